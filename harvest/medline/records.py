"""Bytes to records: finds the records of a PubMed file without parsing them, so that a broken one spoils no other.

Each record becomes a document of its own inside the file's root element. The DOCTYPE stays behind, and with it every
entity; memory holds about one record, whatever the size of the file.
"""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import BinaryIO, NamedTuple, NoReturn
from xml.parsers import expat

from harvest.errors import PayloadError
from harvest.model import Problem

_CHUNK = 1 << 18
_RECORD_LIMIT = 1 << 25
# what stands before the root or between two records is kept up to here
_PROLOG_LIMIT = 1 << 16
# no tag is longer than this, and no longer comment is skipped as one
_LOOKAHEAD = 1 << 12
_QUOTED = 160

_SETS = {
    "PubmedArticleSet": ("PubmedArticle", "PubmedBookArticle", "DeleteCitation"),
    "PubmedBookArticleSet": ("PubmedBookArticle", "DeleteCitation"),
    "MedlineCitationSet": ("MedlineCitation", "DeleteCitation"),
}
_SINGLE = ("PubmedArticle", "PubmedBookArticle")

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WINDOW = 31
# zlib gives nothing of a slice in which it meets damage, so slices are short
_GZIP_SLICE = 1 << 10

_UTF16 = {
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
    b"<\0": "utf-16-le",
    b"\0<": "utf-16-be",
}
_DECLARED_ENCODING = re.compile(rb"""\s*+<\?xml[^>]{0,200}?\sencoding\s{0,9}=\s{0,9}["']([A-Za-z0-9._-]++)""")
_SINGLE_BYTE = re.compile(r"iso8859-\d+|cp125\d|koi8-[ru]")

_START_TAG = re.compile(rb"""<[^<>"']*+(?:(?:"[^"]*+"|'[^']*+')[^<>"']*+)*>""")
_PROLOG = re.compile(rb"(?:\s++|<\?[^>]*+>|<!--.*?-->|<!DOCTYPE[^>\[]*+>)*", re.DOTALL)
_REFERENCES, _END_OF_REFERENCES = b"<ReferenceList>", b"</ReferenceList>"
_PMID = re.compile(rb"(?:MedlineCitation|BookDocument)\b[^<>]*+>\s*+<(?:\w++:)?PMID\b[^<>]*+>\s*+([1-9]\d{0,17})\s*+<")
_ERROR = re.compile(rb"<ERROR>([^<]*+)", re.IGNORECASE)
_HTML = re.compile(rb"<(?:!doctype\s{1,9}html|html)\b", re.IGNORECASE)
_HTML_TITLE = re.compile(rb"<title>([^<]*+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RawRecord:
    """The ``number``-th record of a file; ``xml`` is a document with the file's root and this record as its child."""

    number: int
    xml: bytes

    @property
    def name(self) -> str:
        """How a reader finds the record: ``PMID 123``, or ``record 7`` where no PMID can be seen."""
        return _name(self.number, self.xml)


def split(stream: BinaryIO) -> Iterator[RawRecord | Problem]:
    """Yield the records of a PubMed file in order; a gap, an unclosed record or a cut comes as a problem.

    Args:
        stream: XML or gzipped XML, in UTF-8, UTF-16 or a single-byte encoding that it declares.

    Raises:
        PayloadError: the whole is no PubMed file, or it breaks off before its first complete record.
    """
    source = _Source(stream)
    chunks = iter(source)
    root = _find_root(chunks, source)
    cutter = _Cutter(root)
    for text, tag in _tags(chain([root.body], chunks), (*root.records, root.name)):
        yield from cutter.take(text, tag)
    yield from cutter.end(source.damage)


def without_references(record: bytes) -> bytes:
    """A record without what it cites: no field comes from there, and it is often the larger part.

    Lists may lie in lists. Where one is not closed nothing is left out, so that the parser meets the fault.
    """
    before, *lists = record.split(_REFERENCES)
    kept, depth = [before], 0
    for text in lists:
        *closed, after = text.split(_END_OF_REFERENCES)
        depth += 1 - len(closed)
        if depth < 0:
            return record
        if depth == 0:
            kept.append(after)
    return b"".join(kept) if depth == 0 else record


class _Source:
    """A file as UTF-8 in chunks; ``damage`` says afterwards why it broke off, if it did."""

    def __init__(self, stream: BinaryIO) -> None:
        self.damage: str | None = None
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        chunks = iter(partial(self._stream.read, _CHUNK), b"")
        head = _read_head(chunks)
        whole = chain([head], chunks)
        plain = self._inflated(whole) if head.startswith(_GZIP_MAGIC) else whole
        # an empty chunk would look like the end
        return filter(None, self._decoded(plain))

    def _inflated(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        plain = bytearray()
        try:
            for piece in _inflate(chunks):
                plain += piece
                if len(plain) >= _CHUNK:
                    yield bytes(plain)
                    plain.clear()
        except zlib.error:
            self.damage = "the gzip data is damaged"
        except EOFError:
            self.damage = "the gzip data is cut off"
        yield bytes(plain)

    def _decoded(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        head = _read_head(chunks)
        whole = chain([head], chunks)
        encoding = _encoding(head)
        if encoding == "utf-8":
            yield from whole
            return
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            for chunk in chain(whole, [b""]):
                yield decoder.decode(chunk, final=not chunk).encode()
        except UnicodeDecodeError as error:
            self.damage = f"the bytes are not {encoding}"
            yield error.object[: error.start].decode(encoding).encode()


def _inflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Inflate gzip members one after another; raises ``zlib.error`` at damage and ``EOFError`` at a cut."""
    member = zlib.decompressobj(_GZIP_WINDOW)
    for chunk in chunks:
        for start in range(0, len(chunk), _GZIP_SLICE):
            rest = chunk[start : start + _GZIP_SLICE]
            while rest:
                yield member.decompress(rest, _CHUNK)
                rest = member.unconsumed_tail
                if member.eof and (rest := member.unused_data.lstrip(b"\0")):
                    member = zlib.decompressobj(_GZIP_WINDOW)
    if not member.eof:
        raise EOFError


def _read_head(chunks: Iterator[bytes]) -> bytes:
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= _LOOKAHEAD:
            break
    return head


def _encoding(head: bytes) -> str:
    """The encoding that the first bytes show or declare; a declared UTF-16 that is plainly 8-bit counts as UTF-8."""
    for sign, encoding in _UTF16.items():
        if head.startswith(sign):
            return encoding
    declared = _DECLARED_ENCODING.match(head.removeprefix(codecs.BOM_UTF8))
    if declared is None:
        return "utf-8"
    label = declared[1].decode("ascii")
    try:
        name = codecs.lookup(label).name
    except LookupError:
        name = label
    if name in ("utf-8", "ascii") or name.startswith("utf-16"):
        return "utf-8"
    if _SINGLE_BYTE.fullmatch(name):
        return name
    raise PayloadError(f"cannot read the encoding {label} that the file declares; convert it to UTF-8")


@dataclass(frozen=True, slots=True)
class _Root:
    """The root element: its name as written, the start tag that wraps each record, the bytes after it.

    ``records`` are the names of the elements to look for, as written; ``closed`` says that no end tag is to come.
    """

    name: str
    start: bytes
    body: bytes
    records: tuple[str, ...]
    closed: bool

    def wrap(self, record: bytes) -> bytes:
        return b"%b%b</%b>" % (self.start, record, self.name.encode())


class _RootFoundError(Exception):
    """Stops expat at the root's start tag."""


def _find_root(chunks: Iterator[bytes], source: _Source) -> _Root:
    """Read up to the root's start tag, refusing what declares entities, is no XML, or is not of PubMed."""
    parser = expat.ParserCreate("UTF-8")
    found: dict[str, int] = {}

    def stop(name: str, _attributes: dict[str, str]) -> NoReturn:
        found[name] = parser.CurrentByteIndex
        raise _RootFoundError

    parser.StartElementHandler = stop
    parser.EntityDeclHandler = _refuse_entity
    head = b""
    for chunk in chain(chunks, [b""]):
        text = chunk if head else chunk.lstrip().removeprefix(codecs.BOM_UTF8).lstrip()
        head += text
        try:
            parser.Parse(text, not chunk)
        except _RootFoundError:
            break
        except expat.ExpatError as error:
            raise PayloadError(_not_xml(head, source.damage, str(error)), retryable=True) from None
        if len(head) > _PROLOG_LIMIT:
            raise PayloadError("not PubMed XML: no root element near its start")
    return _root(*found.popitem(), head)


def _refuse_entity(name: str, *_declaration: object) -> NoReturn:
    raise PayloadError(f"the DOCTYPE declares the entity {name[:_QUOTED]}, as PubMed never does; nothing of it is read")


def _not_xml(head: bytes, damage: str | None, error: str) -> str:
    if damage:
        return f"nothing could be read: {damage}"
    if not head:
        return "the file is empty"
    if html := _HTML.search(head, 0, _LOOKAHEAD):
        return f"an HTML page instead of PubMed XML{_quoted(_HTML_TITLE.search(head, html.end()))}"
    if head.startswith((b"{", b"[")):
        return "JSON instead of PubMed XML"
    return f"not XML: {error}"


def _root(name: str, at: int, head: bytes) -> _Root:
    prefix, _, local = name.rpartition(":")
    start = _START_TAG.match(head, at)
    if start is None or local not in (*_SETS, *_SINGLE):
        raise PayloadError(_wrong_root(name, head), retryable=name.lower() == "html")
    if local in _SINGLE:
        return _Root("PubmedArticleSet", b"<PubmedArticleSet>", head[at:], (name,), closed=True)
    records = tuple(f"{prefix}:{record}" if prefix else record for record in _SETS[local])
    return _Root(name, start[0], head[start.end() :], records, closed=start[0].endswith(b"/>"))


def _wrong_root(name: str, head: bytes) -> str:
    if name.lower() == "html":
        return f"an HTML page instead of PubMed XML{_quoted(_HTML_TITLE.search(head))}"
    return f"the root element is {name[:_QUOTED]}, not a set of PubMed records{_quoted(_ERROR.search(head))}"


def _quoted(text: re.Match[bytes] | None) -> str:
    """What the sender says, on one line and not too long."""
    if text is None:
        return ""
    line = " ".join(text[1].decode("utf-8", "replace").split())
    return f": {line[:_QUOTED]}"


class _Tag(NamedTuple):
    """A start tag, an end tag, or both in one (``<DeleteCitation/>``)."""

    name: str
    starts: bool
    ends: bool
    xml: bytes


def _tags(chunks: Iterable[bytes], names: Iterable[str]) -> Iterator[tuple[bytes, _Tag | None]]:
    """Cut a stream at the tags of the elements named; what stands in comments and CDATA sections is no tag.

    Yields:
        the text up to the next tag and that tag, or a part of the text and None.
    """
    alternatives = "|".join(map(re.escape, names)).encode()
    mark = re.compile(rb"<!--|<!\[CDATA\[|<(/?)(%b)(?=[\s/>])[^<>]{0,1000}+>" % alternatives)
    buffer, at = b"", 0
    for chunk in chain(chunks, [b""]):
        buffer += chunk
        horizon = max(at, len(buffer) - _LOOKAHEAD) if chunk else len(buffer)
        done = 0
        while (found := mark.search(buffer, at)) and found.start() < horizon:
            at = found.end()
            if found[2]:
                yield buffer[done : found.start()], _tag(found)
                done = at
            else:
                at = _after_literal(buffer, found)
        at = max(at, horizon)
        yield buffer[done:at], None
        buffer, at = buffer[at:], 0


def _tag(found: re.Match[bytes]) -> _Tag:
    return _Tag(found[2].decode(), starts=not found[1], ends=bool(found[1]) or found[0].endswith(b"/>"), xml=found[0])


def _after_literal(buffer: bytes, opening: re.Match[bytes]) -> int:
    """Where a comment or CDATA section ends; an endless one ends at its opening, so that it hides no record."""
    closing = b"-->" if opening[0] == b"<!--" else b"]]>"
    end = buffer.find(closing, opening.end(), opening.start() + _LOOKAHEAD)
    return opening.end() if end < 0 else end + len(closing)


class _Cutter:
    """Makes records of the tags that open and close them, and problems of whatever else it meets."""

    def __init__(self, root: _Root) -> None:
        self._root = root
        self._closed = root.closed
        self._number = 0
        self._complete = 0
        self._opened = b""
        self._stray = b""

    def take(self, text: bytes, tag: _Tag | None) -> Iterator[RawRecord | Problem]:
        """Take the text up to the next tag, and that tag."""
        if self._opened:
            self._opened += text
        else:
            self._stray = (self._stray + text).lstrip()[:_PROLOG_LIMIT]
        if tag is None:
            yield from self._check_length()
        elif tag.name not in self._root.records:
            yield from self._leave_open()
            self._closed = tag.ends
        elif tag.starts:
            yield from self._leave_open()
            yield from self._start(tag)
        elif self._opened:
            yield self._record(self._opened + tag.xml)
        else:
            self._stray += tag.xml

    def end(self, damage: str | None) -> Iterator[Problem]:
        """Say how the file broke off, if it did."""
        if self._opened:
            problem = Problem(_name(self._number, self._opened), damage or "the file ends inside this record")
        elif damage or not self._closed:
            problem = Problem(f"record {self._number + 1}", damage or f"the file ends before </{self._root.name}>")
        else:
            yield from self._check_stray()
            return
        if not self._complete:
            raise PayloadError(f"{problem}; nothing could be read", retryable=True)
        yield problem

    def _start(self, tag: _Tag) -> Iterator[RawRecord | Problem]:
        yield from self._check_stray()
        self._number += 1
        if tag.ends:
            yield self._record(tag.xml)
        else:
            self._opened = tag.xml

    def _record(self, xml: bytes) -> RawRecord:
        self._opened = b""
        self._complete += 1
        return RawRecord(self._number, self._root.wrap(xml))

    def _leave_open(self) -> Iterator[Problem]:
        if self._opened:
            yield Problem(_name(self._number, self._opened), "the record has no end tag")
            self._opened = b""

    def _check_length(self) -> Iterator[Problem]:
        if len(self._opened) > _RECORD_LIMIT:
            yield Problem(_name(self._number, self._opened), f"the record is longer than {_RECORD_LIMIT:,} bytes")
            self._opened = b""

    def _check_stray(self) -> Iterator[Problem]:
        if not _PROLOG.fullmatch(self._stray):
            self._number += 1
            yield Problem(_name(self._number, self._stray), "what stands here is no record")
        self._stray = b""


def _name(number: int, xml: bytes) -> str:
    pmid = _PMID.search(xml)
    return f"PMID {int(pmid[1])}" if pmid else f"record {number}"
