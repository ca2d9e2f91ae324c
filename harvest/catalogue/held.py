"""Keeps the sets of a served database in memory, and reads them anew when the database has changed.

They are read in a thread of Datasette's own while the former ones go on answering, and no more often than takes a tenth
of the time, so that a harvest that writes all the while does not keep the site from answering.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from harvest.catalogue.search import Searcher
from harvest.catalogue.sets import Reads, Sets

REST = 10.0
"""How many times as long as reading took must pass before it is done again."""

LOOK = 1.0
"""Seconds after which it is looked again whether the database has changed."""

Answer = TypeVar("Answer")

REVISION = "SELECT (SELECT value FROM about WHERE key = 'revision')"
"""How often the database has changed: one row, of null where it does not say."""


class Held:
    """The searcher of one served database, which is passed in: who keeps a searcher must not keep the database."""

    def __init__(self) -> None:
        self._searcher: Searcher | None = None
        self._revision: str | None = None
        self._next = 0.0
        self._reading: asyncio.Task[None] | None = None

    async def searcher(self, database: Any) -> Searcher:
        """The searcher of the newest sets that are read; all who ask for the first one wait for the same reading."""
        if self._searcher is None:
            await asyncio.shield(self._reading or self._start(database))
        elif self._reading is None and time.monotonic() >= self._next:
            self._next = time.monotonic() + LOOK
            if await _revision(database) != self._revision and self._reading is None:
                self._start(database)
        assert self._searcher is not None
        return self._searcher

    def _start(self, database: Any) -> asyncio.Task[None]:
        self._reading = asyncio.get_running_loop().create_task(self._read(database))
        return self._reading

    async def _read(self, database: Any) -> None:
        started = time.monotonic()
        try:
            revision = await _revision(database)
            self._searcher = await database.execute_fn(lambda conn: Searcher(Sets(conn)))
            self._revision = revision
        finally:
            self._next = time.monotonic() + max(LOOK, REST * (time.monotonic() - started))
            self._reading = None


async def _revision(database: Any) -> str | None:
    """How often the database has changed."""
    revision: str | None = (await database.execute(REVISION)).single_value()
    return revision


_TABLES = {"studies", "facets", "tag_synonyms", "about"}

_held: WeakKeyDictionary[Any, Held] = WeakKeyDictionary()


async def served(datasette: Any) -> Any | None:
    """The database with studies that Datasette serves; ``None`` where there is none of the present schema."""
    # the one that is held comes first, as it takes a thread to ask another for its tables
    for database in sorted(datasette.databases.values(), key=lambda one: one not in _held):
        if database in _held or set(await database.table_names()) >= _TABLES:
            return database
    return None


async def asked(database: Any, question: Callable[[Searcher, Reads], Answer]) -> Answer:
    """The answer to a question that needs a searcher and a connection, worked out in one of Datasette's threads."""
    searcher = await _held.setdefault(database, Held()).searcher(database)
    answer: Answer = await database.execute_fn(lambda conn: question(searcher, conn))
    return answer


async def present(datasette: Any) -> Sets | None:
    """The newest sets that are read of the database that Datasette serves; ``None`` where there is none yet."""
    database = await served(datasette)
    return (await _held.setdefault(database, Held()).searcher(database)).sets if database else None
