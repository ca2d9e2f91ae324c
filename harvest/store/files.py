"""PubMed's numbered files: which have been read, and which of them last named each study."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harvest.model import Pmid
from harvest.store.connection import Connection


@dataclass(frozen=True, slots=True)
class FileState:
    """By what a file is known to be the one that was read: the words looked for, its size and its time."""

    words: str
    size: int
    modified: int


@dataclass(frozen=True, slots=True)
class LastNamed:
    """The file that last named a study: whether it withdrew it, and whether what it brought is what is held."""

    file: str
    withdrew: bool
    stands: bool


class Files:
    """The record of PubMed's files in a database."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def state(self, name: str) -> FileState | None:
        """As what a file was read, or ``None``."""
        row = self._conn.execute("SELECT words, size, modified FROM files WHERE name = ?", (name,)).fetchone()
        return FileState(*row) if row else None

    def finish(self, name: str, state: FileState, *, records: int, hits: int, deletions: int) -> None:
        """Note that all of a file is stored. Call within a transaction."""
        self._conn.execute(
            "INSERT INTO files (name, words, size, modified, done_at, records, hits, deletions)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET words = excluded.words,"
            " size = excluded.size, modified = excluded.modified, done_at = excluded.done_at,"
            " records = excluded.records, hits = excluded.hits, deletions = excluded.deletions",
            (name, state.words, state.size, state.modified, self._conn.now(), records, hits, deletions),
        )

    def last_named(self, pmid: Pmid) -> LastNamed | None:
        """What the last file that named a study said of it, or ``None``."""
        row = self._conn.execute(
            "SELECT r.file, r.fingerprint IS NULL, coalesce(r.fingerprint = s.fingerprint, 0)"
            " FROM file_records r LEFT JOIN studies s USING (pmid) WHERE pmid = ?",
            (pmid,),
        ).fetchone()
        return LastNamed(row[0], bool(row[1]), bool(row[2])) if row else None

    def name(self, file: str, records: Iterable[tuple[Pmid, str | None]]) -> None:
        """Note what a file, the last one to do so, says of studies. Call within a transaction."""
        self._conn.executemany(
            "INSERT INTO file_records (pmid, file, fingerprint) VALUES (?, ?, ?)"
            " ON CONFLICT (pmid) DO UPDATE SET file = excluded.file, fingerprint = excluded.fingerprint",
            ((pmid, file, fingerprint) for pmid, fingerprint in records),
        )
