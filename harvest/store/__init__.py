"""One store keeps the studies: the only room that writes to the database.

    studies     a study and everything PubMed says of it: saved, missed, withdrawn, due to be asked for again
    links       what studies state of each other, shown from both ends, and the notice that follows from it
    changes     what became different of a study that was held, and who was told
    tags        the published taxonomy, the tags with their evidence, people's verdicts, the texts the tagger reads
    digests     what is news for a digest, and what digests have told
    ledger      what was asked and what came of it: sources, sightings, watermarks, runs
    files       which of PubMed's numbered files were read, and which of them last named each study
    decision    whether a record replaces the one that is held; pure
    rows        which field of a study goes into which column; pure
    connection  transactions, facts about the database, errors that say what to do
    migrations  the schema as numbered steps

A batch is one transaction: its studies, their tags and the state of their sightings become visible together or not at
all. Studies are upserted, never replaced: a replaced row would take its tags with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harvest.errors import StoreError
from harvest.store.changes import Changes
from harvest.store.connection import Connection
from harvest.store.decision import Outcome
from harvest.store.digests import Digests
from harvest.store.files import Files, FileState, LastNamed
from harvest.store.ledger import Ledger, SourceState
from harvest.store.links import Links
from harvest.store.migrations import migrations
from harvest.store.studies import Studies
from harvest.store.tags import Tags

__all__ = ["FileState", "LastNamed", "Outcome", "SourceState", "Store"]


class _RehearsalOver(Exception):  # noqa: N818 - no error
    """Undoes what was written."""


class Store:
    """An open database: its rooms, and the transactions that hold them together.

    Args:
        path: the file; it is made, or brought to the current schema, if need be.
        clock: the current moment, with its time zone.

    Raises:
        StoreError: the file is no database of this program, is newer than the program, or cannot be opened.
    """

    def __init__(self, path: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._conn = Connection(path, clock)
        self.studies = Studies(self._conn)
        self.changes = Changes(self._conn)
        self.tags = Tags(self._conn)
        self.ledger = Ledger(self._conn)
        self.digests = Digests(self._conn)
        self.files = Files(self._conn)
        with self._conn.explained():
            self._migrate()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self._conn.close()

    def transaction(self) -> AbstractContextManager[None]:
        """Everything written inside, in whichever rooms, becomes visible together, or not at all.

        Raises:
            StoreError: the database is locked, full or damaged.
        """
        return self._conn.transaction()

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """Everything written inside is undone at the end."""
        with suppress(_RehearsalOver), self.transaction():
            yield
            raise _RehearsalOver

    def fact(self, key: str) -> str | None:
        """A fact about the database, or ``None``."""
        return self._conn.fact(key)

    def set_fact(self, key: str, value: str) -> None:
        """Note a fact about the database. Call within a transaction."""
        self._conn.set_fact(key, value)

    def copy_to(self, path: Path) -> None:
        """Write what the database holds at this moment into a file that is not there yet.

        Raises:
            StoreError: the database cannot be read, or the copy not be written.
        """
        self._conn.copy_to(path)

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> Any:
        """The rows of a read-only query as they come, which need not all be held at once."""
        return self._conn.execute(sql, parameters)

    def rows(self, sql: str, *parameters: object) -> list[dict[str, Any]]:
        """The rows of a read-only query, for reports."""
        with self._conn.explained():
            return [dict(row) for row in self._conn.execute(sql, parameters)]

    def _migrate(self) -> None:
        database = self._conn.database
        known = {migration.name for migration in migrations._migrations}
        newer = sorted({migration.name for migration in migrations.applied(database)} - known)
        if newer:
            raise StoreError(
                f"{self._conn.path}: made by a newer version of harvest ({newer[-1]}); upgrade harvest to use it"
            )
        if migrations.pending(database):
            with database.atomic():
                migrations.apply(database)
                Links(self._conn).relink_all()
