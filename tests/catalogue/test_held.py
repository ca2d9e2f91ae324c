"""The sets of a served database are read once, and anew when it has changed."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from harvest.catalogue import held as module
from harvest.catalogue.held import Held, asked, present, served
from tests.catalogue.shelf import Shelf


class Value:
    """The answer to a query of one value."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def single_value(self) -> Any:
        return self._value


class Served:
    """A database as Datasette serves it; ``waits`` lets others run while it is read."""

    def __init__(self, shelf: Shelf) -> None:
        self.conn = shelf.conn
        self.readings = 0
        self.looks = 0
        self.fails = False

    async def execute(self, sql: str) -> Value:
        return Value(self.conn.execute(sql).fetchone()[0])

    async def execute_fn(self, function: Callable[[sqlite3.Connection], Any]) -> Any:
        self.readings += 1
        await asyncio.sleep(0)
        if self.fails:
            raise sqlite3.OperationalError("unable to open database file")
        return function(self.conn)

    async def table_names(self) -> list[str]:
        self.looks += 1
        return [name for (name,) in self.conn.execute("SELECT name FROM sqlite_master")]


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock that is looked at."""
    made = Clock()
    monkeypatch.setattr(module, "time", made)
    return made


@pytest.fixture
def database(shelf: Shelf) -> Served:
    """A database with one study."""
    shelf.study(1, "Pain")
    change(shelf, 1)
    return Served(shelf)


def change(shelf: Shelf, revision: int) -> None:
    shelf.db.table("about").upsert({"key": "revision", "value": str(revision)}, pk="key")


async def count(held: Held, database: Served) -> int:
    """How many studies are known; whatever was begun meanwhile is let finish."""
    known = len((await held.searcher(database)).sets)
    for _ in range(3):
        await asyncio.sleep(0)
    return known


def test_the_sets_are_kept(database: Served, clock: Clock) -> None:
    """However often they are asked for, while nothing has changed."""

    async def ask() -> None:
        held = Held()
        for _ in range(5):
            assert await count(held, database) == 1
            clock.now += 60

    asyncio.run(ask())
    assert database.readings == 1


def test_all_who_ask_first_wait_for_one_reading(database: Served, clock: Clock) -> None:
    """Many large readings at once would take the memory of many."""

    async def ask() -> None:
        held = Held()
        known = await asyncio.gather(*(held.searcher(database) for _ in range(5)))
        assert len(set(map(id, known))) == 1

    asyncio.run(ask())
    assert database.readings == 1


def test_after_a_change_the_former_sets_answer_until_the_new_ones_are_read(
    shelf: Shelf, database: Served, clock: Clock
) -> None:
    """Nobody waits for a harvest."""

    async def ask() -> list[int]:
        held = Held()
        known = [await count(held, database)]
        shelf.study(2, "Sleep")
        change(shelf, 2)
        known.append(await count(held, database))  # it was looked a moment ago
        clock.now += module.LOOK
        known.append(await count(held, database))
        known.append(await count(held, database))
        return known

    assert asyncio.run(ask()) == [1, 1, 1, 2]
    assert database.readings == 2


def test_reading_takes_a_small_share_of_the_time(
    shelf: Shelf, database: Served, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though a harvest changes the database all the while: after 3 seconds of reading 30 pass without."""

    async def slow(function: Callable[[sqlite3.Connection], Any]) -> Any:
        database.readings += 1
        clock.now += 3
        return function(database.conn)

    monkeypatch.setattr(database, "execute_fn", slow)

    async def ask() -> None:
        held = Held()
        for revision in range(2, 102):
            change(shelf, revision)
            await count(held, database)
            clock.now += 1

    asyncio.run(ask())
    assert database.readings <= 5


def test_a_reading_that_fails_is_done_again(database: Served, clock: Clock) -> None:
    """Whoever waited for it learns why; the next one asks anew."""

    async def ask() -> None:
        held = Held()
        database.fails = True
        answers = await asyncio.gather(*(held.searcher(database) for _ in range(2)), return_exceptions=True)
        assert all(isinstance(answer, sqlite3.OperationalError) for answer in answers)
        database.fails = False
        assert await count(held, database) == 1

    asyncio.run(ask())


def test_one_who_goes_away_does_not_stop_the_reading(database: Served, clock: Clock) -> None:
    """Others may be waiting for it."""

    async def ask() -> None:
        held = Held()
        first, second = (asyncio.create_task(held.searcher(database)) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        assert len((await second).sets) == 1

    asyncio.run(ask())
    assert database.readings == 1


class Datasette:
    """What serves some databases."""

    def __init__(self, *databases: Served) -> None:
        self.databases = dict(enumerate(databases))


def test_the_database_with_studies_is_served(database: Served) -> None:
    """Others beside it are not, nor asked for their tables once it is known; where there is none, nothing is."""

    async def ask() -> None:
        other, empty = Served(Shelf()), Datasette()
        other.conn.execute("DROP TABLE tag_synonyms")
        assert await served(empty) is None
        assert await present(empty) is None
        assert await served(Datasette(other)) is None
        both = Datasette(other, database)
        assert await served(both) is database
        sets = await present(both)
        assert sets is not None
        assert list(sets.pmids) == [1]
        assert await asked(database, lambda searcher, conn: (len(searcher.sets), conn)) == (1, database.conn)
        looks = other.looks
        assert await served(both) is database
        assert other.looks == looks

    asyncio.run(ask())
