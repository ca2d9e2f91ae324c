"""What a worker finds in a file."""

from __future__ import annotations

import gzip
import sys
import tracemalloc
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvest import medline
from harvest.bulk import scan as module
from harvest.bulk.scan import Job, Scan, scan
from harvest.model import Study
from tests.bulk.files import START, TERMS, about, add_sum, citing, deletion, file_of, other, write
from tests.pubmed.corpus import split_records
from tests.pubmed.server import SAMPLE

BOOK = (
    b'<PubmedBookArticle><BookDocument><PMID Version="1">970000105</PMID><ArticleTitle>KETALAR</ArticleTitle>'
    b"</BookDocument></PubmedBookArticle>"
)


def found(path: Path, *pmids: int) -> Scan:
    return scan(Job(str(path), TERMS, frozenset(pmids)))


def pmids_of(result: Scan) -> list[int]:
    return [pmid for pmid, _ in result.hits]


def test_records_that_hold_the_words_are_found_in_any_case(tmp_path: Path) -> None:
    """And nothing of the others but their PMIDs."""
    titles = ["KETAMINE", "other", "S-ketamine", "kEtAmInE", "an <b>Esketamine</b> trial", "Ketanserin"]
    path = write(tmp_path, 1, *(other(970_000_101 + at, title) for at, title in enumerate(titles)))
    result = found(path)
    assert pmids_of(result) == [970_000_101, 970_000_103, 970_000_104, 970_000_105]
    assert list(result.named) == [970_000_101 + at for at in range(6)]
    assert result.trouble is None


def test_a_hit_in_what_a_record_cites_is_none(tmp_path: Path) -> None:
    """Unless the record itself says it too; what it cites is not handed on."""
    path = write(
        tmp_path,
        1,
        citing(other(970_000_101), "Ketamine in others."),
        citing(about(970_000_102), "Ketamine in others."),
        other(970_000_103),
    )
    result = found(path)
    assert pmids_of(result) == [970_000_102]
    assert b"Ketamine in others" not in result.hits[0][1]


def test_asked_for_by_its_pmid_a_record_needs_no_word(tmp_path: Path) -> None:
    """It is one that is held."""
    path = write(tmp_path, 1, other(970_000_101), other(970_000_102), about(970_000_103))
    assert pmids_of(found(path, 970_000_102)) == [970_000_102, 970_000_103]


@pytest.mark.parametrize("order", ["first", "between", "last"])
def test_books_and_deletions_are_found_wherever_they_stand(tmp_path: Path, order: str) -> None:
    """Beside articles, which are more."""
    articles = [about(970_000_101), other(970_000_102)]
    extra = [BOOK, deletion(970_000_201, 970_000_202)]
    at = {"first": 0, "between": 1, "last": 2}[order]
    result = found(write(tmp_path, 1, *articles[:at], *extra, *articles[at:]))
    assert sorted(pmids_of(result)) == [970_000_101, 970_000_105]
    assert result.deleted == [970_000_201, 970_000_202]
    assert sorted(result.named) == [970_000_101, 970_000_102, 970_000_105]


@pytest.mark.parametrize("chunk", [300, 1_000, 1_777, 4_096])
def test_the_size_of_the_portions_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    """Words and tags may stand on both sides of a cut."""
    records = [about(970_000_100 + at) if at % 3 else other(970_000_100 + at) for at in range(20)]
    path = write(tmp_path, 1, *records, BOOK, deletion(970_000_201))
    whole = found(path)
    monkeypatch.setattr(module, "_CHUNK", chunk)
    assert found(path) == whole
    assert len(whole.hits) == 14


def test_what_is_found_is_what_parsing_everything_finds(tmp_path: Path) -> None:
    """Over the sample corpus: the same studies, read the same."""
    records = [record for path in sorted(SAMPLE.glob("*.xml")) for record in split_records(path.read_bytes())]
    altered = [
        record if at % 2 else record.replace(b"etamine", b"affeine").replace(b"ETAMINE", b"AFFEINE")
        for at, record in enumerate(records)
    ]
    path = write(tmp_path, 1, *altered)
    result = found(path)
    read = medline.read_set(b"<PubmedArticleSet>" + b"".join(xml for _, xml in result.hits) + b"</PubmedArticleSet>")
    kept = {study.pmid: study for study in read if isinstance(study, Study)}
    everything = [study for study in medline.read_set(file_of(altered)) if isinstance(study, Study)]
    saying = {s.pmid: s for s in everything if "ketamin" in " ".join(section.text for section in s.sections).lower()}
    assert 0 < len(saying) < len(everything)
    assert saying.items() <= kept.items()
    assert set(result.named) == {study.pmid for study in everything}


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.99])
def test_a_file_that_is_cut_off_is_told_in_one_line(tmp_path: Path, keep: float) -> None:
    """Nothing of it counts."""
    path = write(tmp_path, 1, *(about(970_000_100 + at, f"Ketamine {at * 7919}") for at in range(500)))
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    assert found(path) == Scan(trouble="the gzip data is cut off")


BODY = gzip.compress(file_of([about(970_000_100 + at, f"Ketamine {at * 7919}") for at in range(100)]), 6)


@settings(max_examples=60)
@given(at=st.integers(20, len(BODY) - 1), junk=st.binary(min_size=4, max_size=40))
def test_damage_is_told_or_does_no_harm(tmp_path_factory: pytest.TempPathFactory, at: int, junk: bytes) -> None:
    """No other error and no half of a file, whichever bytes are changed."""
    path = tmp_path_factory.mktemp("damaged") / "pubmed26n0001.xml.gz"
    path.write_bytes(BODY[:at] + junk + BODY[at + len(junk) :])
    result = found(path)
    assert result.trouble or len(result.named) == 100


@pytest.mark.parametrize(
    ("body", "trouble"),
    [
        (b"", "not a file of PubMed: no <PubmedArticleSet> at its beginning"),
        (b"<html></html>", "not a file of PubMed: no <PubmedArticleSet> at its beginning"),
        (START + b"<PubmedArticleSet>" + about(970_000_101), "the file ends before </PubmedArticleSet>"),
        (START + b"<PubmedArticleSet>", "the file ends before </PubmedArticleSet>"),
        (START + b"<PubmedArticleSet></PubmedArticleSet>", None),
        (START + b"<PubmedArticleSet/>", None),
    ],
)
@pytest.mark.parametrize("suffix", [".xml", ".xml.gz"])
def test_what_is_no_whole_file_is_told(tmp_path: Path, body: bytes, trouble: str | None, suffix: str) -> None:
    """Plain or compressed; an empty set is one."""
    path = tmp_path / f"pubmed26n0001{suffix}"
    path.write_bytes(gzip.compress(body) if suffix.endswith("gz") else body)
    assert found(path).trouble == trouble


def test_what_is_not_compressed_is_told(tmp_path: Path) -> None:
    """By its name it should be."""
    path = tmp_path / "pubmed26n0001.xml.gz"
    path.write_bytes(file_of([about(970_000_101)]))
    assert found(path).trouble == "the gzip data is damaged"
    assert (found(tmp_path / "pubmed26n0002.xml.gz").trouble or "").startswith("cannot be read: No such file")


@pytest.mark.parametrize("stated", ["MD5(x)= 00000000000000000000000000000000", "no sum", ""])
def test_a_sum_beside_a_file_is_checked(tmp_path: Path, stated: str) -> None:
    """As PubMed states it, in any case; another one means another file."""
    path = write(tmp_path, 1, about(970_000_101), with_sum=True)
    assert found(path).trouble is None
    beside = path.with_name(path.name + ".md5")
    beside.write_text(beside.read_text().upper())
    assert found(path).trouble is None
    beside.write_text(stated)
    assert found(path).trouble == "its MD5 is not the one that its .md5 file states; download both again"


def test_the_standard_library_does_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the quicker decompression all is found, and damage told, as with it."""
    path = write(tmp_path, 1, about(970_000_101), other(970_000_102), with_sum=True)
    with_it = found(path)
    monkeypatch.setitem(sys.modules, "isal", None)
    assert module._gunzip() == (gzip.GzipFile, zlib.error)
    monkeypatch.setattr(module, "_GzipFile", gzip.GzipFile)
    monkeypatch.setattr(module, "_DamageError", zlib.error)
    assert found(path) == with_it
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    assert found(path).trouble == "the gzip data is cut off"
    path.write_bytes(whole[:60] + bytes(40) + whole[100:])
    assert found(path).trouble == "the gzip data is damaged"


def test_a_worker_keeps_no_more_than_what_is_wanted(tmp_path: Path) -> None:
    """Of 60 MB of records that are not wanted hardly more than a portion is in memory at a time."""
    path = write(tmp_path, 1, *(other(970_000_101 + at, "Nothing of interest. " * 300) for at in range(8_000)))
    add_sum(path)
    tracemalloc.start()
    try:
        assert len(found(path).named) == 8_000
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()
