"""The connection that all rooms of the store share: transactions, facts about the database, errors that explain."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from harvest.errors import StoreError

BUSY_SECONDS = 30
"""How long a writer waits for another one before it gives up."""

LISTED = "(SELECT value FROM json_each(?))"
"""What a column can be IN where the parameter is a list of numbers, as ``listed`` makes it."""


def listed(numbers: Iterable[int]) -> str:
    """Numbers as one parameter of a statement."""
    return json.dumps([*numbers])


class Connection:
    """A connection to one database file.

    Args:
        path: the file; it is made if need be.
        clock: the current moment, with its time zone.

    Raises:
        StoreError: the file is no database, or cannot be opened.
    """

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        self.path = path
        self._clock = clock
        with self.explained():
            self._sqlite = sqlite3.connect(path, timeout=BUSY_SECONDS)
            self._sqlite.row_factory = sqlite3.Row
            for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
                self._sqlite.execute(f"PRAGMA {pragma}")
            self.database = Database(self._sqlite, recursive_triggers=False, execute_plugins=False)

    def close(self) -> None:
        """Close the database."""
        self._sqlite.close()

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Run one statement; its rows can be read by the names of their columns."""
        return self._sqlite.execute(sql, parameters)

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each row of parameters."""
        self._sqlite.executemany(sql, rows)

    def copy_to(self, path: Path) -> None:
        """Write what the database holds at this moment, whoever is writing to it, into a file that is not there yet.

        The copy is packed: what was deleted or overwritten has left no trace in it.

        Raises:
            StoreError: the database cannot be read, or the copy not be written.
        """
        with self.explained():
            self.execute("VACUUM INTO ?", (str(path),))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything written inside becomes visible together, or not at all.

        The lock on the file is taken at once: a writer that only read so far would not be let wait for it (SQLite's
        "BEGIN IMMEDIATE").

        Raises:
            StoreError: the database is locked, full or damaged.
        """
        with self.explained():
            if not self._sqlite.in_transaction:
                self._sqlite.execute("BEGIN IMMEDIATE")
                with self._ended():
                    yield
            else:
                with self.database.atomic():
                    yield

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turn what SQLite says of the file into one line that says what to do; other errors are bugs.

        Raises:
            StoreError: the database cannot be used.
        """
        try:
            yield
        except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
            advice = _advice(error)
            if not advice:
                raise
            raise StoreError(f"{self.path}: {error}; {advice}") from None

    def now(self) -> str:
        """The current moment as it is written into the database: ISO, in UTC, to the second."""
        return self._clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def fact(self, key: str) -> str | None:
        """A fact about the database, or ``None``."""
        row = self.execute("SELECT value FROM about WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else None

    def set_fact(self, key: str, value: str) -> None:
        """Note a fact about the database. Call within a transaction."""
        if self.fact(key) != value:
            self.execute(
                "INSERT INTO about (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                (key, value),
            )

    def _count_revision(self) -> None:
        """Count the transactions that changed something, by which a reader knows that what it holds is out of date."""
        self.set_fact("revision", str(int(self.fact("revision") or 0) + 1))

    @contextmanager
    def _ended(self) -> Iterator[None]:
        """Commit the transaction that was begun, or undo it."""
        changes = self._sqlite.total_changes
        try:
            yield
            if self._sqlite.total_changes > changes:
                self._count_revision()
            self._sqlite.execute("COMMIT")
        except BaseException:
            self._sqlite.rollback()
            raise


def _advice(error: sqlite3.Error) -> str | None:
    """What an operator can do about the state of a database file."""
    text = str(error)
    for mark, advice in (
        ("locked", f"another program has been writing to it for {BUSY_SECONDS} s; try again later"),
        ("full", "free some space and run again; nothing was lost"),
        ("disk I/O", "look at the disk and run again; nothing was lost"),
        ("not a database", "this is no SQLite file; move it away or name another home"),
        ("malformed", "the file is damaged; restore it from a backup"),
        ("already exists", "this database belongs to another program; name another home"),
        ("unable to open", "look at the folder and its permissions"),
        ("readonly", "look at the permissions of the file and its folder"),
    ):
        if mark in text:
            return advice
    return None
