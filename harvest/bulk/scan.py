"""One file: which of its records hold the words, what it deletes, what else it names. This is what a worker does.

Nothing is parsed and nothing is kept but the records that are wanted, so a worker needs little more memory than an idle
one, whatever the size of the file.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, BinaryIO, cast

from harvest.bulk.finder import Finder, Places, finder
from harvest.bulk.terms import Terms, needles
from harvest.medline.records import without_references


def _gunzip() -> tuple[Any, type[Exception]]:
    """What decompresses, and what it raises at damage; ``isal`` (the extra ``bulk``) is two to three times as fast."""
    try:
        from isal import igzip, igzip_lib
    except ImportError:
        return gzip.GzipFile, zlib.error
    damage: Any = igzip_lib.IsalError
    return igzip.GzipFile, damage


_GzipFile, _DamageError = _gunzip()

_CHUNK = 1 << 18
_HEAD = 1 << 16
_LIMIT = 1 << 26

_SET = b"<PubmedArticleSet"
_ENDS = re.compile(rb"</PubmedArticleSet>|<PubmedArticleSet[^>]*/>")
_TAG = b"</PubmedArticle>"
_ARTICLE = re.compile(rb"\s*(<PubmedArticle>)\s*<MedlineCitation\b[^<>]*>\s*<PMID\b[^<>]*>\s*(\d{1,18})\s*<")
_ELEMENT = re.compile(rb"<(PubmedArticle|PubmedBookArticle|DeleteCitation)>.*?</\1>", re.DOTALL)
_PMID = re.compile(rb"<(?:MedlineCitation|BookDocument)\b[^<>]*>\s*<PMID\b[^<>]*>\s*(\d{1,18})\s*<")
_DELETED = re.compile(rb"<PMID\b[^<>]*>\s*(\d{1,18})\s*<")
_SUM = re.compile(rb"\b[0-9a-fA-F]{32}\b")


@dataclass(frozen=True, slots=True)
class Job:
    """A file to look through, for records that hold the words, and for those of some PMIDs whatever they hold."""

    path: str
    terms: Terms
    pmids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Scan:
    """What a file holds of what is wanted; ``trouble`` says why it could not be read, and then nothing of it counts.

    ``hits`` are wanted records, each with its PMID, 0 where none can be seen; ``named`` are the PMIDs of all records.
    """

    hits: list[tuple[int, bytes]] = field(default_factory=list)
    deleted: list[int] = field(default_factory=list)
    named: array[int] = field(default_factory=partial(array, "Q"))
    trouble: str | None = None


def scan(job: Job) -> Scan:
    """Look through a file, from its beginning to its end."""
    result = Scan()
    try:
        with open(job.path, "rb") as raw:
            summed = _Summed(raw, _stated_sum(Path(job.path)))
            stream = cast(BinaryIO, summed)
            _read(_GzipFile(fileobj=stream) if job.path.endswith(".gz") else stream, job, result)
            summed.check()
    except _UnusableError as error:
        return Scan(trouble=str(error))
    except EOFError:
        return Scan(trouble="the gzip data is cut off")
    except (_DamageError, gzip.BadGzipFile):
        return Scan(trouble="the gzip data is damaged")
    except OSError as error:
        return Scan(trouble=f"cannot be read: {error.strerror or error}")
    return result


class _UnusableError(Exception):
    """Says why nothing of a file counts."""


class _Summed(io.RawIOBase):
    """A file that sums up what is read of it, where a sum is stated."""

    def __init__(self, raw: BinaryIO, stated: bytes | None) -> None:
        self._raw = raw
        self._stated = stated
        self._sum = hashlib.md5(usedforsecurity=False)

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Read the next bytes into a buffer."""
        size = self._raw.readinto(buffer)  # type: ignore[attr-defined]  # a file opened for reading bytes has it
        if self._stated is not None:
            self._sum.update(memoryview(buffer)[:size])
        return int(size)

    def check(self) -> None:
        """Refuse a file that is another than the one whose sum is stated."""
        if self._stated is None:
            return
        while self.read(_CHUNK):
            pass
        if self._sum.hexdigest().encode() != self._stated.lower():
            raise _UnusableError("its MD5 is not the one that its .md5 file states; download both again")


def _stated_sum(path: Path) -> bytes | None:
    """What the ``.md5`` file beside a file says; ``None`` where there is none."""
    beside = path.with_name(path.name + ".md5")
    if not beside.exists():
        return None
    stated = _SUM.search(beside.read_bytes())
    return stated[0] if stated else b""


def _read(stream: BinaryIO, job: Job, result: Scan) -> None:
    """Read block by block; what stands after the last record that ends in one is left for the next."""
    find = _finder(job.terms)
    block = chunk = stream.read(_CHUNK)
    if _SET not in block[:_HEAD]:
        raise _UnusableError("not a file of PubMed: no <PubmedArticleSet> at its beginning")
    while chunk:
        ends, words = find(block)
        start = 0
        for end, within in _parts(ends, words):
            _take(block, start, end + len(_TAG), within, job, result)
            start = end + len(_TAG)
        chunk = stream.read(_CHUNK)
        block = block[start:] + chunk
        if len(block) > _LIMIT:
            raise _UnusableError(f"what stands between two articles is longer than {_LIMIT:,} bytes")
    if not _ENDS.search(block):
        raise _UnusableError("the file ends before </PubmedArticleSet>")
    _take_others(block, job, result)


def _parts(ends: Places, words: Places) -> Iterator[tuple[int, Places]]:
    """Each end, with where words stand before it and after the end before it."""
    at = 0
    for end in ends:
        first = at
        while at < len(words) and words[at] < end:
            at += 1
        yield end, words[first:at]


def _take(block: bytes, start: int, end: int, words: Places, job: Job, result: Scan) -> None:
    """Take an article, if it is wanted, that stands in a part of a block."""
    named = _ARTICLE.match(block, start, end)
    if named is None:
        _take_others(block[start:end], job, result)
        return
    pmid = int(named[2])
    result.named.append(pmid)
    if pmid in job.pmids or (words and not _are_cited(block, start, end, words)):
        _take_record(pmid, block[named.start(1) : end], job, result)


def _are_cited(block: bytes, start: int, end: int, words: Places) -> bool:
    """Whether all words of an article stand in what it cites. Between lists of references there is nothing else."""
    opening = block.find(b"<ReferenceList>", start, end)
    return 0 <= opening < words[0] and words[-1] < block.rfind(b"</ReferenceList>", opening, end)


def _take_others(part: bytes, job: Job, result: Scan) -> None:
    """Take what is wanted of whatever stands in a part of a file: books, deletions, an article after them."""
    for element in _ELEMENT.finditer(part):
        if element[1] == b"DeleteCitation":
            result.deleted.extend(map(int, _DELETED.findall(element[0])))
        else:
            named = _PMID.search(element[0])
            pmid = int(named[1]) if named else 0
            result.named.append(pmid)
            _take_record(pmid, element[0], job, result)


def _take_record(pmid: int, xml: bytes, job: Job, result: Scan) -> None:
    record = without_references(xml)
    if pmid in job.pmids or job.terms.holds(record.lower()):
        result.hits.append((pmid, record))


@lru_cache(maxsize=4)
def _finder(terms: Terms) -> Finder:
    """The finder for the words, made once in each worker."""
    return finder(_TAG, needles(terms) or ())
