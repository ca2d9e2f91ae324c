"""The record store: every record's XML word for word, and an index over it, in one SQLite database in memory.

Of several revisions of a PMID the one with the highest version, then the latest DateRevised, is kept.
"""

from __future__ import annotations

import gzip
import re
import sqlite3
import threading
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.pubmed.record import COLUMNS, Record, read_record

RECORD = re.compile(rb"<(PubmedArticle|PubmedBookArticle)>.*?</\1>", re.DOTALL)
DELETED = re.compile(rb"<DeleteCitation>.*?</DeleteCitation>", re.DOTALL)
ROOT = re.compile(rb"<([A-Za-z]+)[\s>/]")
ROOTS = (b"PubmedArticleSet", b"PubmedBookArticleSet", b"PubmedArticle", b"PubmedBookArticle")
PMID = re.compile(rb"<PMID[^>]*>\s*(\d+)")
KEPT_ANSWERS = 64
LARGEST = 2**62

SCHEMA = f"""
CREATE TABLE records (pmid INTEGER PRIMARY KEY, version INTEGER, revised TEXT, entered TEXT, published TEXT, xml BLOB);
CREATE TABLE days (field TEXT, day TEXT, pmid INTEGER, PRIMARY KEY (field, day, pmid)) WITHOUT ROWID;
CREATE TABLE terms (field TEXT, value TEXT, pmid INTEGER, PRIMARY KEY (field, value, pmid)) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5 ({", ".join(COLUMNS)}, tokenize = 'unicode61 remove_diacritics 2');
"""


class Corpus:
    """Records by PMID, and the sets of PMIDs that a word, a term or a range of days selects."""

    def __init__(self, records: Iterable[bytes] = ()) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(":memory:", check_same_thread=False)
        self._db.executescript(SCHEMA)
        self._answers: dict[tuple[object, ...], frozenset[int]] = {}
        self.extend(records)

    @classmethod
    def read(cls, paths: Iterable[Path]) -> Corpus:
        """Read files, and folders of ``*.xml`` and ``*.xml.gz``, with their deletions."""
        corpus = cls()
        for path in corpus_files(paths):
            content = read_bytes(path)
            root = ROOT.search(content)
            if root is None or root[1] not in ROOTS:
                warnings.warn(f"{path} holds no PubMed articles and is left out", stacklevel=2)
                continue
            try:
                corpus.extend(split_records(content))
            except ValueError as error:
                raise ValueError(f"{path}: {error}") from error
            for pmid in deleted_pmids(content):
                corpus.delete(pmid)
        return corpus

    def close(self) -> None:
        """Let go of the store."""
        with self._lock:
            self._db.close()

    def extend(self, records: Iterable[bytes]) -> None:
        """Add records; each replaces an older revision of its PMID and yields to a newer one."""
        with self._lock, self._db:
            self._answers.clear()
            for xml in records:
                self._put(read_record(xml))

    def delete(self, pmid: int) -> None:
        """Remove a record, as if PubMed had withdrawn it."""
        with self._lock, self._db:
            self._answers.clear()
            self._drop(pmid)

    def xml(self, pmid: int) -> bytes | None:
        """A record's XML, or ``None`` where the PMID is unknown."""
        row = self._rows("SELECT xml FROM records WHERE pmid = ?", min(pmid, LARGEST))
        return row[0][0] if row else None

    def records(self) -> Iterator[bytes]:
        """The XML of every record, by PMID."""
        return (xml for pmid in sorted(self.pmids()) if (xml := self.xml(pmid)) is not None)

    def pmids(self, low: int = 0, high: int = LARGEST) -> frozenset[int]:
        """The PMIDs from ``low`` to ``high``, both included."""
        return self._set("SELECT pmid FROM records WHERE pmid BETWEEN ? AND ?", min(low, LARGEST), min(high, LARGEST))

    def days(self, field: str, first: str, last: str) -> frozenset[int]:
        """PMIDs of records whose date field lies from ``first`` to ``last``, ISO days, both included."""
        return self._set("SELECT pmid FROM days WHERE field = ? AND day BETWEEN ? AND ?", field, first, last)

    def term(self, field: str, value: str, *, prefix: bool = False) -> frozenset[int]:
        """PMIDs of records that carry a whole value, already folded, in a field."""
        end = value + "\U0010ffff" if prefix else value
        return self._kept("SELECT pmid FROM terms WHERE field = ? AND value BETWEEN ? AND ?", field, value, end)

    def words(self, columns: Iterable[str], phrase: str, *, prefix: bool = False) -> frozenset[int]:
        """PMIDs of records that have the words of a phrase in sequence in one of the columns."""
        if not re.search(r"[^\W_]", phrase):
            return frozenset()
        match = f"{{{' '.join(columns)}}} : {_quoted(phrase)}{' *' if prefix else ''}"
        return self._kept("SELECT rowid FROM words WHERE words MATCH ?", match)

    def newest_first(self, pmids: Iterable[int], by: str) -> list[int]:
        """PMIDs ordered by ``pmid``, ``entered`` or ``published``, newest first."""
        wanted = set(pmids)
        if by == "pmid":
            return sorted(wanted, reverse=True)
        return self._in_order(wanted, f"SELECT pmid FROM records ORDER BY {by} DESC, pmid DESC")

    def best_first(self, pmids: Iterable[int], phrases: Iterable[str]) -> list[int]:
        """PMIDs ordered by how well the words of the query fit (BM25), the rest by PMID."""
        wanted = set(pmids)
        match = " OR ".join(_quoted(phrase) for phrase in phrases)
        found = (
            self._in_order(wanted, "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank", match) if match else []
        )
        return found + self.newest_first(wanted.difference(found), "pmid")

    def latest(self, field: str) -> str | None:
        """The latest day in a date field."""
        day: str | None = self._rows("SELECT max(day) FROM days WHERE field = ?", field)[0][0]
        return day

    def __len__(self) -> int:
        return int(self._rows("SELECT count(*) FROM records")[0][0])

    def _put(self, record: Record) -> None:
        revised = record.day("lr")
        known = self._rows("SELECT version, revised FROM records WHERE pmid = ?", record.pmid)
        if known:
            if known[0] > (record.version, revised):
                return
            self._drop(record.pmid)
        row = (record.pmid, record.version, revised, record.day("edat"), record.day("dp"), record.xml)
        self._db.execute("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?)", row)
        self._db.executemany(
            "INSERT OR IGNORE INTO days VALUES (?, ?, ?)", ((*day, record.pmid) for day in record.days)
        )
        self._db.executemany("INSERT INTO terms VALUES (?, ?, ?)", ((*term, record.pmid) for term in record.terms))
        marks = ", ".join("?" * len(COLUMNS))
        self._db.execute(
            f"INSERT INTO words (rowid, {', '.join(COLUMNS)}) VALUES (?, {marks})", (record.pmid, *record.texts)
        )

    def _drop(self, pmid: int) -> None:
        known = self._rows("SELECT xml FROM records WHERE pmid = ?", pmid)
        if known:
            record = read_record(known[0][0])
            self._db.executemany(
                "DELETE FROM days WHERE field = ? AND day = ? AND pmid = ?", ((*day, pmid) for day in record.days)
            )
            self._db.executemany(
                "DELETE FROM terms WHERE field = ? AND value = ? AND pmid = ?", ((*term, pmid) for term in record.terms)
            )
            self._db.execute("DELETE FROM words WHERE rowid = ?", (pmid,))
            self._db.execute("DELETE FROM records WHERE pmid = ?", (pmid,))

    def _rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(sql, parameters).fetchall()

    def _set(self, sql: str, *parameters: object) -> frozenset[int]:
        return frozenset(pmid for (pmid,) in self._rows(sql, *parameters))

    def _kept(self, sql: str, *parameters: object) -> frozenset[int]:
        with self._lock:
            key = (sql, *parameters)
            if key not in self._answers:
                if len(self._answers) >= KEPT_ANSWERS:
                    self._answers.clear()
                self._answers[key] = self._set(sql, *parameters)
            return self._answers[key]

    def _in_order(self, wanted: set[int], sql: str, *parameters: object) -> list[int]:
        return [pmid for (pmid,) in self._rows(sql, *parameters) if pmid in wanted]


def corpus_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files named, and those in the folders named, in order of name."""
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.name.endswith((".xml", ".xml.gz")))
        else:
            yield path


def read_bytes(path: Path) -> bytes:
    """A file's bytes, unzipped where it is gzip."""
    content = path.read_bytes()
    return gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content


def split_records(content: bytes) -> Iterator[bytes]:
    """The records of a PubmedArticleSet, each as its own bytes."""
    return (match[0] for match in RECORD.finditer(content))


def deleted_pmids(content: bytes) -> Iterator[int]:
    """The PMIDs that a set's DeleteCitation names."""
    return (int(pmid) for block in DELETED.finditer(content) for pmid in PMID.findall(block[0]))


def _quoted(phrase: str) -> str:
    return '"' + phrase.replace('"', " ") + '"'
