"""The store's step alone, with tags that were found before, against the same rows written without any of its care.

The rows come out of the finished database, table by table, so that whoever writes them has nothing to work out: they
are inserted by ``executemany`` of the standard library, which is as quick as Python gets them into this schema, with
its indexes, triggers and full-text search; and upserted by sqlite-utils. The databases must be equal, before any is
timed.
"""

from __future__ import annotations

import pickle
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, TypeAlias

from sqlite_utils import Database

from harvest.assembly import tagger_of
from harvest.batches import batches
from harvest.config import load
from harvest.model import Study, Tag
from harvest.pubmed import BATCH
from harvest.store import Store
from tests.bench.material import grown
from tests.bench.measure import ROUNDS, Figure, Options, fresh, in_turn, seconds, times_as_fast
from tests.dumps import differences, faults_of, logical_dump

HELD, ADDED = 10_000, 2_000
"""Studies that a database of some age holds, and that a backfill stores."""

DAILY, BACKFILL, OVER_UPSERT, OVER_FIRST = 0.45, 0.75, 1.8, 50

Batch: TypeAlias = list[tuple[Study, Sequence[Tag]]]


class Added(NamedTuple):
    """The rows that a batch added to a table, or of which it replaced some: replacing is the slower statement."""

    table: str
    columns: list[str]
    rows: list[tuple[Any, ...]]
    replaces: bool


class Work(NamedTuple):
    """Batches to be stored one after the other on top of a database, as files, and the rows that come of each."""

    base: Path
    batches: Path
    added: Path

    @classmethod
    def of(cls, folder: Path, base: Path, given: Sequence[Batch]) -> Work:
        """Prepare the files in a folder."""
        work = cls(base, folder / "batches", folder / "added")
        work.batches.write_bytes(pickle.dumps(given))
        work.added.write_bytes(pickle.dumps(list(_added(folder, base, given))))
        return work


Write: TypeAlias = Callable[[Work, Path], float]
"""Stores the batches of a work in a copy of its database; returns the seconds of a processor that it took."""


def store(options: Options) -> Iterator[Figure | str]:
    """A day's new studies in a database of some age, a backfill of an empty one, and the same studies once more."""
    held = options.records or HELD
    count, day = min(held, ADDED), min(held, BATCH)
    with TemporaryDirectory() as name:
        folder = Path(name)
        tagged = list(_tagged(held + ROUNDS * day + count))
        empty, aged = folder / "empty.db", folder / "aged.db"
        _publish(empty)
        shutil.copy(empty, aged)
        save(aged, list(batches(tagged[:held], BATCH)))
        daily = [Work.of(_made(folder / str(n)), aged, [tagged[held + n * day :][:day]]) for n in range(ROUNDS)]
        backfill = [Work.of(_made(folder / "backfill"), empty, list(batches(tagged[-count:], BATCH)))] * ROUNDS
        yield from _compared(folder, [daily[0], backfill[0]])
        yield from _ratios(folder, f"{day} new studies beside {held:,}", daily, DAILY, OVER_UPSERT)
        yield from _ratios(folder, f"{count:,} studies into an empty database", backfill, BACKFILL)
        yield _once_more(folder, backfill[0], count)


def _ratios(
    folder: Path, what: str, works: Sequence[Work], floor: float, upsert: float | None = None
) -> Iterator[Figure]:
    def side(write: Write) -> Callable[[int], float]:
        return lambda number: fresh(_on_a_copy, write, works[number], folder)

    taken = in_turn({"harvest": side(saved), "executemany": side(inserted), "upsert_all": side(upserted)})
    for other, least in (("executemany", floor), ("upsert_all", upsert)):
        detail = f"{min(taken['harvest']):.2f} s to {min(taken[other]):.2f} s of a processor, the best of each"
        name = "sqlite-utils upsert_all" if other == "upsert_all" else "raw executemany"
        yield Figure(f"{what}, against {name}", times_as_fast(taken["harvest"], taken[other]), "x", least, None, detail)


def _once_more(folder: Path, work: Work, count: int) -> Figure:
    """The first time and then the same studies, read anew, in a process that has never seen them."""
    database = folder / "twice.db"
    shutil.copy(work.base, database)
    first = fresh(saved, work, database)
    again = [fresh(saved, work, database) for _ in range(ROUNDS)]
    detail = f"{first / count * 1e6:,.0f} to {min(again) / count * 1e6:,.0f} microseconds a study"
    ratio = times_as_fast(again, [first] * ROUNDS)
    return Figure(f"{count:,} unchanged studies, against the first time", ratio, "x", OVER_FIRST, None, detail)


def _compared(folder: Path, works: Sequence[Work]) -> Iterator[str]:
    """That everybody leaves the same database.

    Raises:
        ValueError: they do not.
    """
    for work in works:
        made = [_made_by(write, work, folder / f"{write.__name__}.db") for write in (saved, inserted, upserted)]
        ours, *others = map(logical_dump, made)
        for path, other in zip(made[1:], others, strict=True):
            if found := [*differences(ours, other), *faults_of(path), *_faults_of_search(path)]:
                raise ValueError(f"{path.stem} left another database: {found[:5]}")
        rows = sum(map(len, ours.values()))
        for path in made:
            path.unlink()
        yield f"harvest, executemany and upsert_all leave the same {rows:,} rows in {len(ours)} tables, search included"


def saved(work: Work, database: Path) -> float:
    """The seconds that the store takes."""
    return save(database, pickle.loads(work.batches.read_bytes()))


def inserted(work: Work, database: Path) -> float:
    """The seconds that ``executemany`` takes, under the store's promises: its journal, its foreign keys."""
    added: list[list[Added]] = pickle.loads(work.added.read_bytes())
    with closing(sqlite3.connect(database, isolation_level=None)) as conn:
        _promise(conn)
        return seconds(lambda: list(map(partial(_insert, conn), added)))


def upserted(work: Work, database: Path) -> float:
    """The seconds that sqlite-utils takes, under the same promises and in one transaction a batch."""
    added: list[list[Added]] = pickle.loads(work.added.read_bytes())
    with closing(sqlite3.connect(database)) as conn:
        _promise(conn)
        db = Database(conn, execute_plugins=False)
        keys = {one.table: db.table(one.table).pks for batch in added for one in batch}
        given = [[(t, [dict(zip(c, row, strict=True)) for row in rows]) for t, c, rows, _ in batch] for batch in added]
        return seconds(lambda: list(map(partial(_upsert, db, keys), given)))


def _insert(conn: sqlite3.Connection, batch: list[Added]) -> None:
    conn.execute("BEGIN IMMEDIATE")
    conn.execute("PRAGMA defer_foreign_keys = ON")
    for table, columns, rows, replaces in batch:
        named, marks = ", ".join(f'"{column}"' for column in columns), ", ".join("?" * len(columns))
        conn.executemany(f"{'REPLACE' if replaces else 'INSERT'} INTO {table} ({named}) VALUES ({marks})", rows)
    conn.execute("COMMIT")


def _upsert(db: Database, keys: dict[str, list[str]], batch: list[tuple[str, list[dict[str, Any]]]]) -> None:
    with db.atomic():
        db.execute("PRAGMA defer_foreign_keys = ON")
        for table, rows in batch:
            db.table(table).upsert_all(rows, pk=keys[table])


def _promise(conn: sqlite3.Connection) -> None:
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        conn.execute(f"PRAGMA {pragma}")


def save(database: Path, given: Sequence[Batch]) -> float:
    """Store batches, each in a transaction; the seconds of a processor that it took."""
    with Store(database) as opened:

        def store_one(batch: Batch) -> None:
            tags = {study.pmid: found for study, found in batch}
            with opened.transaction():
                opened.studies.save([study for study, _ in batch], lambda some: [tags[study.pmid] for study in some])

        return seconds(lambda: list(map(store_one, given)))


def _added(folder: Path, base: Path, given: Sequence[Batch]) -> Iterator[list[Added]]:
    """What each batch adds, by looking at the database before and after."""
    before, after = folder / "before.db", folder / "after.db"
    shutil.copy(base, after)
    for batch in given:
        shutil.copy(after, before)
        save(after, [batch])
        with closing(sqlite3.connect(after)) as conn:
            conn.execute("ATTACH ? AS former", (str(before),))
            yield [added for table in _tables(conn) if (added := _new_rows(conn, table)).rows]
    before.unlink()
    after.unlink()


def _tables(conn: sqlite3.Connection) -> list[str]:
    """The tables in the order in which they were made, without what full-text search keeps for itself."""
    plain = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%'"
    return [name for (name,) in conn.execute(f"SELECT name FROM sqlite_master WHERE name IN ({plain}) ORDER BY rowid")]


def _new_rows(conn: sqlite3.Connection, table: str) -> Added:
    found = conn.execute(f"SELECT * FROM main.{table} EXCEPT SELECT * FROM former.{table}")
    columns, rows = [column for column, *_ in found.description], found.fetchall()
    count = f"SELECT (SELECT count(*) FROM main.{table}) - (SELECT count(*) FROM former.{table})"
    (gained,) = conn.execute(count).fetchone()
    return Added(table, columns, rows, replaces=gained < len(rows))


def _faults_of_search(path: Path) -> list[str]:
    """What full-text search says of its index, compared with the text that it is of."""
    with closing(sqlite3.connect(path)) as conn:
        for (table,) in conn.execute("SELECT name FROM pragma_table_list WHERE type = 'virtual'").fetchall():
            try:
                conn.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)")
            except sqlite3.DatabaseError as error:
                return [f"{table}: {error}"]
    return []


def _tagged(count: int) -> Iterator[tuple[Study, Sequence[Tag]]]:
    tagger = tagger_of(load(Path("db"), {}))
    return ((study, tagger.tag(study)) for some in grown(count) for study in some)


def _publish(database: Path) -> None:
    """An empty database with the shipped taxonomy."""
    tagger = tagger_of(load(Path("db"), {}))
    with Store(database) as opened, opened.transaction():
        opened.tags.publish(tagger.facets, tagger.definitions, tagger.digest)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _made_by(write: Write, work: Work, database: Path) -> Path:
    shutil.copy(work.base, database)
    write(work, database)
    return database


def _on_a_copy(write: Write, work: Work, folder: Path) -> float:
    """The seconds that writing takes on a copy of the work's database."""
    database = folder / "copy.db"
    for leftover in folder.glob("copy.db*"):
        leftover.unlink()
    shutil.copy(work.base, database)
    return write(work, database)
