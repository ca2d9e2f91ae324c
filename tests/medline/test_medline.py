"""PubMed XML to studies: pairs of input and expectation in ``data/medline``, and input that is bad in every way."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvest import medline
from harvest.errors import PayloadError
from harvest.model import Deletion, Pmid, Problem, Study

DATA = Path(__file__).parent / "data"
PAIRS = sorted(DATA.glob("*.xml"))
CLEAN = (DATA / "languages.xml").read_bytes()
"""Three studies and no problem."""


@pytest.mark.parametrize("xml", PAIRS, ids=lambda path: path.stem)
def test_a_file_reads_as_the_expectation_beside_it_says(xml: Path) -> None:
    """Each file reads, in its order, as the JSON beside it says: objects are studies or deletions, strings problems."""
    expected = json.loads(xml.with_suffix(".json").read_text("utf-8"))
    found = medline.read_set(xml.read_bytes())
    assert [reduced(item, wanted) for item, wanted in zip(found, expected, strict=True)] == expected


def test_the_full_article_expects_every_field() -> None:
    """The expectation of the full article leaves no field of a study out, but the digest of all the others."""
    (expected,) = json.loads((DATA / "article.json").read_text("utf-8"))
    assert list(expected) == list(Study.__struct_fields__)


def test_a_stream_is_read_record_by_record() -> None:
    """The first study comes before the end of the file has been read."""
    record = b"<PubmedArticle><MedlineCitation><PMID>1</PMID><Article/></MedlineCitation></PubmedArticle>"
    stream = io.BytesIO(b"<PubmedArticleSet>" + record * 20_000 + b"</PubmedArticleSet>")
    first = next(medline.read(stream))
    assert isinstance(first, Study)
    assert stream.tell() < len(stream.getvalue()) / 2


def test_an_empty_set_holds_nothing_and_is_no_error() -> None:
    """efetch answers unknown PMIDs with an empty set, with or without an end tag of its own."""
    assert medline.read_set(b"<PubmedArticleSet>\n\n</PubmedArticleSet>") == []
    assert medline.read_set(b'<?xml version="1.0" ?><PubmedArticleSet/>') == []


def test_a_file_cut_anywhere_gives_the_complete_records_before_the_cut() -> None:
    """Every record that ends before a cut is read, and the cut is told: as an error where nothing is left to read."""
    whole = [item for item in medline.read_set(CLEAN) if isinstance(item, Study)]
    for cut in range(len(CLEAN)):
        found = read_or_refused(CLEAN[:cut])
        complete = CLEAN[:cut].count(b"</PubmedArticle>")
        assert found[:complete] == whole[:complete], cut
        is_whole = b"</PubmedArticleSet>" in CLEAN[:cut]
        assert [type(item) for item in found[complete:]] == ([] if is_whole or not complete else [Problem]), cut


def test_a_cut_names_the_record_that_it_hit() -> None:
    """The problem says which record the file breaks off in."""
    *_, last = medline.read_set(CLEAN[: CLEAN.index(b"An abstract without")])
    assert last == Problem("PMID 970000072", "the file ends inside this record")


@given(st.integers(0, len(CLEAN) - 1), st.binary(min_size=1, max_size=4))
def test_changed_bytes_raise_nothing_but_a_payload_error(at: int, junk: bytes) -> None:
    """Whatever bytes are overwritten, a file is read as far as it goes or refused in one line."""
    read_or_refused(CLEAN[:at] + junk + CLEAN[at + len(junk) :])


@settings(max_examples=300)
@given(st.integers(0, len(CLEAN)), st.sampled_from([b"<", b">", b"&", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"\0"]))
def test_no_record_is_lost_without_a_word(at: int, junk: bytes) -> None:
    """Markup put in anywhere leaves three studies, or a problem for what is missing, or a refusal."""
    found = read_or_refused(CLEAN[:at] + junk + CLEAN[at:])
    studies = [item for item in found if isinstance(item, Study)]
    assert not found or len(studies) == 3 or any(isinstance(item, Problem) for item in found)


@given(st.integers(0, 400), st.binary(min_size=1, max_size=3))
def test_damaged_gzip_raises_nothing_but_a_payload_error(at: int, junk: bytes) -> None:
    """Damage in compressed data is a problem or a refusal, wherever it is."""
    packed = gzip.compress(CLEAN, mtime=0)
    read_or_refused(packed[:at] + junk + packed[at + len(junk) :])


def test_what_follows_a_broken_record_is_read() -> None:
    """The parser forgets a broken record: as many good ones come after it as before."""
    good = b"<PubmedArticle><MedlineCitation><PMID>%d</PMID><Article/></MedlineCitation></PubmedArticle>"
    broken = b"<PubmedArticle><MedlineCitation><PMID>5</PMID><Article></MedlineCitation></PubmedArticle>"
    records = [good % 1, good % 2, broken, good % 3, good % 4]
    found = medline.read_set(b"<PubmedArticleSet>%b</PubmedArticleSet>" % b"".join(records))
    assert [item.record if isinstance(item, Problem) else item.pmid for item in found] == [1, 2, "PMID 5", 3, 4]


@pytest.mark.parametrize("pmid", ["0", "00", "12a", "1.0", "+1", "１２", "9" * 30, "&#160;"])
def test_a_pmid_that_is_no_positive_integer_is_a_problem(pmid: str) -> None:
    """No study is made of a record whose PMID could not be its identity."""
    xml = f"<PubmedArticle><MedlineCitation><PMID>{pmid}</PMID><Article/></MedlineCitation></PubmedArticle>"
    (found,) = medline.read_set(xml.encode())
    assert isinstance(found, Problem)
    assert found.record == "record 1"


def test_nothing_is_fetched_or_read_for_a_record(tmp_path: Path) -> None:
    """A record's text cannot reach files: an entity in it is undefined, whatever its name."""
    secret = tmp_path / "secret"
    secret.write_text("do not tell")
    doctype = f'<!DOCTYPE PubmedArticleSet SYSTEM "{secret.as_uri()}">'
    record = "<PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>{}</ArticleTitle></Article>"
    xml = f"{doctype}<PubmedArticleSet>{record.format('&secret;')}</MedlineCitation></PubmedArticle></PubmedArticleSet>"
    (problem,) = medline.read_set(xml.encode())
    assert str(problem).startswith("PMID 1: not well-formed (undefined entity) at '&secret;")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_place_of_a_fault_is_quoted(end: str) -> None:
    """Whatever ends the lines before it, and whatever letters stand before it on its own."""
    article = f"<Article>{end}{end}<ArticleTitle>Ölüdeniz 😀 &no; such</ArticleTitle></Article>"
    xml = f"<PubmedArticle><MedlineCitation>{end}<PMID>7</PMID>{article}</MedlineCitation></PubmedArticle>"
    (problem,) = medline.read_set(xml.encode())
    assert str(problem).startswith("PMID 7: not well-formed (undefined entity) at '&no; such</ArticleTitle>")


@pytest.mark.parametrize("name", ["i", "math"])
def test_a_record_nested_out_of_all_measure_is_a_problem_of_its_own(name: str) -> None:
    """It neither ends the program nor spoils the next record."""
    depth = 100_000
    record = "<PubmedArticle><MedlineCitation><PMID>{}</PMID><Article><ArticleTitle>{}</ArticleTitle></Article>"
    bodies = [f"<{name}>" * depth + "x" + f"</{name}>" * depth, "Good"]
    records = [record.format(number, body) for number, body in enumerate(bodies, start=1)]
    xml = "".join(f"{one}</MedlineCitation></PubmedArticle>" for one in records)
    problem, study = medline.read_set(f"<PubmedArticleSet>{xml}</PubmedArticleSet>".encode())
    assert problem == Problem("PMID 1", "its elements are nested more deeply than in any record of PubMed")
    assert isinstance(study, Study)


@pytest.mark.parametrize(
    ("written", "version"), [("", 1), (' Version="1"', 1), (' Version="3"', 3), (' Version="x"', 1)]
)
def test_a_record_without_a_version_is_the_first(written: str, version: int) -> None:
    """Older files give none."""
    xml = f"<PubmedArticle><MedlineCitation><PMID{written}>7</PMID><Article/></MedlineCitation></PubmedArticle>"
    (found,) = medline.read_set(xml.encode())
    assert isinstance(found, Study)
    assert found.version == version


@pytest.mark.parametrize("aside", ["<!-- no word -->", "<?no word?>"])
def test_what_is_no_text_is_not_read(aside: str) -> None:
    """Comments and processing instructions cut no text in two."""
    article = f"<Article><ArticleTitle>An {aside}<i>in{aside}vented</i> title</ArticleTitle></Article>"
    xml = f"<PubmedArticle><MedlineCitation>{aside}<PMID>7</PMID>{article}</MedlineCitation></PubmedArticle>"
    (found,) = medline.read_set(xml.encode())
    assert isinstance(found, Study)
    assert found.title == "An invented title"


def test_deletions_carry_pmids() -> None:
    """A DeleteCitation gives one deletion for each PMID."""
    xml = b"<PubmedArticleSet><DeleteCitation><PMID>7</PMID><PMID>8</PMID></DeleteCitation></PubmedArticleSet>"
    assert medline.read_set(xml) == [Deletion(Pmid(7)), Deletion(Pmid(8))]


def read_or_refused(body: bytes) -> list[medline.Record]:
    """What a body holds; nothing where it is refused, which must be in one line."""
    found, refusal = [], ""
    try:
        found = medline.read_set(body)
    except PayloadError as error:
        refusal = str(error)
    assert "\n" not in refusal
    return found


def reduced(item: medline.Record, wanted: Any) -> Any:
    """An item as JSON without what is unknown or empty, and of a study only what is wanted."""
    if isinstance(item, Problem):
        return str(item)
    said = dict(filled(msgspec.to_builtins(item)))
    return {name: said.get(name) for name in wanted} if isinstance(wanted, dict) else said


def filled(values: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, tuple):
            value = [dict(filled(part)) if isinstance(part, dict) else part for part in value]
        if value not in (None, [], ""):
            yield name, value
