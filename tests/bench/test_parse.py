from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bench import readers
from tests.bench.material import grown_records, pmid_of, real_articles, write
from tests.bench.parse import PEERS, PINS, built, built_alone, differences, sides
from tests.bench.readers import Told
from tests.pubmed.corpus import read_bytes, split_records
from tests.pubmed.invented import article

OURS = Told("1", "A title.", "METHODS What was done.", [["Roe", "Jane"]], "10.5555/1", ["D000001"], ["Q000001"])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Some records as a file that every reader takes."""
    return write(tmp_path / "some.xml.gz", grown_records(40))


def otherwise(xml: bytes = b"", **fields: object) -> dict[str, int]:
    """What is found where another reader says something else of some fields."""
    return dict(differences({"1": OURS}, [OURS._asdict() | fields], {"1": xml}))


def test_what_is_read_alike_is_no_difference() -> None:
    """Fields that the other was not asked for do not count."""
    assert otherwise() == {}
    assert differences({"1": OURS}, [{"pmid": "1", "title": "A title."}], {"1": b""}) == {}


@pytest.mark.parametrize(
    ("field", "xml", "cause"),
    [
        ("title", b"<ArticleTitle>Ca<sup>2+</sup></ArticleTitle>", "markup in the text, which becomes 10^3 here"),
        ("abstract", b'<AbstractText Label="AIM">10<sup>3</sup></AbstractText>', "markup in the text, which becomes"),
        ("abstract", b'<AbstractText Label="AIM">To see.</AbstractText>', "the label of the only section"),
        ("title", "<ArticleTitle>H₂O</ArticleTitle>".encode(), "Unicode's small digits"),
        ("doi", b'<ELocationID EIdType="pii">S1</ELocationID>', "the publisher's number stands beside it"),
        ("title", b"<ArticleTitle>Plain.</ArticleTitle>", "unexplained"),
        ("authors", b"<ArticleTitle>Ca<sup>2+</sup></ArticleTitle>", "unexplained"),
    ],
)
def test_a_difference_is_told_with_its_cause(field: str, xml: bytes, cause: str) -> None:
    """What the record shows to be behind it; else it is unexplained."""
    ((found, count),) = otherwise(xml, **{field: "other"}).items()
    assert found.startswith(f"{field}: {cause}")
    assert count == 1


def test_records_that_only_one_reads_are_told() -> None:
    """Left out, twice, or from nowhere."""
    both = {"1": OURS, "2": OURS._replace(pmid="2")}
    found = differences(both, [OURS._asdict(), OURS._asdict(), {"pmid": "3"}], {"1": b"", "2": b""})
    assert found == {"record: left out": 1, "record: it is not in the file, or comes twice": 2}


def test_ours_is_read_and_timed_by_the_program_that_reads_the_peers(file: Path) -> None:
    """In a process of its own."""
    ours = sides()["harvest"]
    assert ours.seconds(file) > 0
    told = ours.told(file)
    assert [one["pmid"] for one in told] == [pmid_of(record) for record in split_records(read_bytes(file))]
    assert all(one["title"] for one in told)


@pytest.mark.skipif(not PEERS.exists(), reason="make bench installs the peers")
def test_the_peers_read_what_we_read(file: Path) -> None:
    """But for what has a cause."""
    xml = {pmid_of(record): record for record in split_records(read_bytes(file))}
    ours = {told["pmid"]: Told(**told) for told in sides()["harvest"].told(file)}
    others = {name: side for name, side in sides().items() if name != "harvest"}
    assert {"pubmed_parser", "biopython"} <= {name.split()[0] for name in others}
    for side in others.values():
        found = differences(ours, side.told(file), xml)
        assert [what for what in found if "unexplained" in what or what.startswith("record")] == []


def test_the_floor_is_timed_with_references_and_without(file: Path) -> None:
    """And the trees alone."""
    assert min(built(file, references=True), built(file, references=False), built_alone(file)) > 0


def test_one_revision_of_each_real_article_is_read(tmp_path: Path) -> None:
    """Of all files in the folder; what is no article is left out."""
    for number, pmids in enumerate([(1, 2), (2, 3)]):
        write(tmp_path / f"{number}.xml.gz", [article(pmid, title="An invented study.") for pmid in pmids])
    write(tmp_path / "books.xml.gz", [b"<PubmedBookArticle></PubmedBookArticle>"])
    assert [pmid_of(record) for record in real_articles(tmp_path)] == ["1", "2", "3"]


def test_every_peer_is_pinned() -> None:
    """In the lock file that ``make bench`` installs from."""
    pinned = {line.split("==")[0] for line in PINS.read_text(encoding="utf-8").splitlines() if "==" in line}
    assert {name.replace("_", "-") for name in readers.READERS} - {"harvest"} <= pinned


def test_what_is_told_survives_json() -> None:
    """It comes from another process."""
    assert Told(**json.loads(json.dumps(OURS._asdict()))) == OURS
