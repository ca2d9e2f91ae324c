"""Finding records in bytes: every kind of file that is accepted, and each that is refused."""

from __future__ import annotations

import gzip
import io
import tracemalloc
import zlib
from collections import deque
from collections.abc import Callable
from itertools import chain, repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.errors import PayloadError
from harvest.medline import records
from harvest.model import Problem

ONE = "<PubmedArticle><MedlineCitation><PMID>1</PMID>ä</MedlineCitation></PubmedArticle>"
TWO = "<PubmedArticle><MedlineCitation><PMID>2</PMID></MedlineCitation></PubmedArticle>"
SET = f"<PubmedArticleSet>{ONE}\n{TWO}</PubmedArticleSet>"
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><PubmedArticleSet>&b;</PubmedArticleSet>'


class Drip(io.BytesIO):
    """A stream that gives a few bytes at a time, as a slow connection does."""

    def __init__(self, body: bytes, portion: int) -> None:
        super().__init__(body)
        self._portion = portion

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(self._portion)


class Repeated(io.BytesIO):
    """A stream of a beginning, a text that comes again and again, and an end; it is never in memory as a whole."""

    def __init__(self, begin: str, text: str, times: int, end: str) -> None:
        super().__init__()
        self._parts = chain([begin.encode()], repeat(text.encode(), times), [end.encode()])

    def read(self, size: int | None = -1, /) -> bytes:
        return next(self._parts, b"")


def names(body: bytes) -> list[str]:
    return [item.name if isinstance(item, records.RawRecord) else str(item) for item in records.split(io.BytesIO(body))]


@pytest.mark.parametrize(
    "body",
    [
        SET.encode(),
        b"\xef\xbb\xbf" + SET.encode(),
        b" \n\t" + SET.encode(),
        b" \n\xef\xbb\xbf" + SET.encode(),
        f'<?xml version="1.0" encoding="UTF-8"?>\n{SET}'.encode(),
        f'<?xml version="1.0" encoding="us-ascii"?>\n{SET}'.encode(),
        f'<?xml version="1.0" encoding="ISO-8859-1"?>{SET}'.encode("latin-1"),
        f'<?xml version="1.0" encoding="windows-1252"?>{SET}'.encode("cp1252"),
        f'<?xml version="1.0" encoding="UTF-16"?>{SET}'.encode("utf-16"),
        f'<?xml version="1.0" encoding="UTF-16"?>{SET}'.encode("utf-16-be"),
        f'<?xml version="1.0" encoding="UTF-16"?>{SET}'.encode(),
        gzip.compress(SET.encode(), mtime=0),
        gzip.compress(SET[:100].encode(), mtime=0) + gzip.compress(SET[100:].encode(), mtime=0) + b"\0" * 512,
        f'<?xml version="1.0"?><!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD" "https://example.org/a.dtd">{SET}'.encode(),
        f"<!-- before -->{SET}<!-- after -->\n".encode(),
        SET.replace("\n", "</PubmedArticleSet>\n<?xml version='1.0'?><PubmedArticleSet>").encode(),
        SET.replace("<PubmedArticleSet>", "<PubmedArticleSet a='>' b=\"x\">").encode(),
        SET.replace("</PubmedArticle>", "</PubmedArticle\n >")
        .replace("<PubmedArticle>", "<PubmedArticle\tx='y'>")
        .encode(),
    ],
)
def test_the_records_are_found_whatever_the_wrapping(body: bytes) -> None:
    """Encoding, compression, DOCTYPE, comments and white space do not change what is found."""
    assert names(body) == ["PMID 1", "PMID 2"]


@pytest.mark.parametrize("portion", [1, 2, 3, 7, 100])
@pytest.mark.parametrize(
    "pack",
    [str.encode, lambda text: gzip.compress(text.encode()), lambda text: text.encode("utf-16")],
    ids=["plain", "gzip", "utf-16"],
)
def test_the_size_of_the_portions_does_not_matter(portion: int, pack: Callable[[str], bytes]) -> None:
    """A stream that comes byte by byte gives the same records as one that comes at once."""
    body = pack("\n<!-- x -->" + SET.replace("ä", "ä" * 5_000))
    found = list(records.split(Drip(body, portion)))
    assert found == list(records.split(io.BytesIO(body)))
    assert len(found) == 2


def test_each_record_is_a_document_of_its_own() -> None:
    """A record keeps the root's start tag, so that the prefixes that it declares still stand."""
    body = b'<PubmedArticleSet xmlns:m="urn:m"><PubmedArticle><m:x/></PubmedArticle></PubmedArticleSet>'
    assert [item.xml for item in records.split(io.BytesIO(body)) if isinstance(item, records.RawRecord)] == [body]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the file is empty"),
        (b" \n ", "the file is empty"),
        (b"PMID- 1\nTI  - Text, not XML", "not XML: syntax error: line 1, column 0"),
        (b'{"error":"API rate limit exceeded","api-key":"127.0.0.1"}', "JSON instead of PubMed XML"),
        (b"<PubmedArticleSet", "not XML: unclosed token: line 1, column 0"),
        (b"<!-- only a remark -->", "not XML: no element found: line 1, column 22"),
        (b"<!doctype html>\n<title>502 Bad\nGateway</title>", "an HTML page instead of PubMed XML: 502 Bad Gateway"),
        (b"<html><head><title>Down</title></head></html>", "an HTML page instead of PubMed XML: Down"),
        (b"<HTML><body>", "an HTML page instead of PubMed XML"),
        (
            b"<!DOCTYPE eEfetchResult PUBLIC '-//NLM//DTD' 'https://example.org/x.dtd'>"
            b"<eFetchResult>\n\t<ERROR>Unable to obtain\n query #1</ERROR>\n</eFetchResult>",
            "the root element is eFetchResult, not a set of PubMed records: Unable to obtain query #1",
        ),
        (b"<eSearchResult><Count>1</Count>", "the root element is eSearchResult, not a set of PubMed records"),
        (b"<MedlineCitation/>", "the root element is MedlineCitation, not a set of PubMed records"),
        (BOMB.encode(), "the DOCTYPE declares the entity a, as PubMed never does; nothing of it is read"),
        (
            b'<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd">]><PubmedArticleSet/>',
            "the DOCTYPE declares the entity file, as PubMed never does; nothing of it is read",
        ),
        (
            b'<!DOCTYPE x [<!ENTITY % remote SYSTEM "http://127.0.0.1/x"> %remote;]><PubmedArticleSet/>',
            "the DOCTYPE declares the entity remote, as PubMed never does; nothing of it is read",
        ),
        (
            b'<?xml version="1.0" encoding="utf-7"?><PubmedArticleSet/>',
            "cannot read the encoding utf-7 that the file declares; convert it to UTF-8",
        ),
        (
            b'<?xml version="1.0" encoding="no-such"?><PubmedArticleSet/>',
            "cannot read the encoding no-such that the file declares; convert it to UTF-8",
        ),
        (b"\x1f\x8bnot gzip at all", "nothing could be read: the gzip data is damaged"),
        (gzip.compress(b"x" * 99, mtime=0)[:12], "nothing could be read: the gzip data is cut off"),
        (gzip.compress(b"", mtime=0), "the file is empty"),
        (b"\xff\xfe<", "nothing could be read: the bytes are not utf-16-le"),
        (
            b"<PubmedArticleSet>",
            "record 1: the file ends before </PubmedArticleSet>; nothing could be read",
        ),
        (
            b"<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>7</PMID>",
            "PMID 7: the file ends inside this record; nothing could be read",
        ),
        (b"<PubmedArticle><Medline", "record 1: the file ends inside this record; nothing could be read"),
        (b"<!-- " + b"x" * 100_000, "not PubMed XML: no root element near its start"),
    ],
)
def test_what_is_no_pubmed_file_is_refused_in_one_line(body: bytes, reason: str) -> None:
    """The error says what came instead."""
    with pytest.raises(PayloadError) as refused:
        names(body)
    assert str(refused.value) == reason


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (SET[:-1], ["PMID 1", "PMID 2", "record 3: the file ends before </PubmedArticleSet>"]),
        (SET[:-40], ["PMID 1", "PMID 2: the file ends inside this record"]),
        (SET + "<html>", ["PMID 1", "PMID 2", "record 3: what stands here is no record"]),
        (SET.replace("\n", "</PubmedArticle>"), ["PMID 1", "record 2: what stands here is no record", "PMID 2"]),
        (SET.replace("\n", "<ERROR>x</ERROR>"), ["PMID 1", "record 2: what stands here is no record", "PMID 2"]),
        (SET.replace(f"{ONE}\n", ONE[:-16]), ["PMID 1: the record has no end tag", "PMID 2"]),
        (SET.replace(TWO, TWO[:-16]), ["PMID 1", "PMID 2: the record has no end tag"]),
        (SET.replace(TWO, "<PubmedArticle a='b'/>"), ["PMID 1", "record 2"]),
        (SET.replace("\n", f"<!-- {TWO} -->"), ["PMID 1", "PMID 2"]),
        (SET.replace("\n", "<!-- never closed"), ["PMID 1", "record 2: what stands here is no record", "PMID 2"]),
    ],
)
def test_what_is_wrong_within_a_set_is_a_problem_of_its_place(body: str, found: list[str]) -> None:
    """Gaps, cuts and missing tags are told in order, and the records around them are found."""
    assert names(body.encode()) == found


def test_cut_gzip_gives_what_came_before_the_cut() -> None:
    """The records that were compressed before the cut are found, and the cut is told."""
    compressor = zlib.compressobj(wbits=31)
    packed = compressor.compress(SET.encode()) + compressor.flush(zlib.Z_SYNC_FLUSH)
    assert names(packed) == ["PMID 1", "PMID 2", "record 3: the gzip data is cut off"]


def test_damaged_gzip_gives_what_came_before_the_damage() -> None:
    """A wrong checksum at the end of a file is told after its records."""
    body = f"<PubmedArticleSet>{ONE}{'<PubmedArticle/>' * 50_000}</PubmedArticleSet>".encode()
    found = names(gzip.compress(body)[:-8] + b"\0" * 8)
    assert found[0] == "PMID 1"
    assert found[-1].endswith(": the gzip data is damaged")


def test_bytes_outside_the_encoding_are_told_where_they_stand() -> None:
    """The records before a broken UTF-16 pair are found."""
    text = f"<PubmedArticleSet>{ONE}".encode("utf-16-le")
    assert names(b"\xff\xfe" + text + b"\x00\xdc\x00\xdc") == ["PMID 1", "record 2: the bytes are not utf-16-le"]


@given(st.lists(st.sampled_from([ONE, TWO, "\n", "<!-- a -->", "<DeleteCitation/>"]), max_size=8), st.integers(1, 50))
def test_every_record_of_a_whole_set_is_found_once(parts: list[str], portion: int) -> None:
    """As many records come out as stand in the set, in their order and numbered from 1."""
    body = f"<PubmedArticleSet>{''.join(parts)}</PubmedArticleSet>".encode()
    found = list(records.split(Drip(body, portion)))
    assert [item.xml.count(b"<PMID>1<") for item in found if isinstance(item, records.RawRecord)] == [
        part.count("<PMID>1<") for part in parts if part in (ONE, TWO, "<DeleteCitation/>")
    ]
    assert [item.number for item in found if isinstance(item, records.RawRecord)] == list(range(1, len(found) + 1))


def test_memory_does_not_grow_with_the_file() -> None:
    """Forty megabytes of records or of blanks, compressed or not, take the memory of a few chunks."""
    long = ONE.replace("ä", "ä" * 10_000)
    streams = {
        "records": Repeated("<PubmedArticleSet>", long, 2_000, "</PubmedArticleSet>"),
        "blanks": Repeated("<PubmedArticleSet>", " " * (1 << 18), 160, "</PubmedArticleSet>"),
        "blanks before": Repeated("\n", " " * (1 << 18), 160, SET),
        "blanks in gzip": io.BytesIO(gzip.compress(b" " * (40 << 20) + SET.encode())),
    }
    for name, stream in streams.items():
        tracemalloc.start()
        deque(records.split(stream), maxlen=0)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 4 << 20, name


def test_a_record_without_end_is_given_up() -> None:
    """A record that goes on and on is a problem, not a reason to fill the memory, and those after it are found."""
    begin = f"<PubmedArticleSet>{ONE}<PubmedArticle><MedlineCitation><PMID>9</PMID>"
    first, problem, stray, last = records.split(Repeated(begin, "x" * (1 << 20), 40, f"{TWO}</PubmedArticleSet>"))
    assert isinstance(first, records.RawRecord)
    assert problem == Problem("PMID 9", "the record is longer than 33,554,432 bytes")
    assert stray == Problem("record 3", "what stands here is no record")
    assert isinstance(last, records.RawRecord)
    assert last.name == "PMID 2"
