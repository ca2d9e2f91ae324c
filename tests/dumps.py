"""What a database says, apart from when it was told: two databases with equal dumps are equal to every reader."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

Dump = dict[str, list[tuple[object, ...]]]

MOMENTS = frozenset({"first_seen", "seen", "last_success", "changed_at", "checked", "missing_since", "curated_at"})
MOMENTS |= {"noted_at", "asked_from", "identity", "done_at"}
"""Columns that hold moments, or the digest of a feed's address: only whether there is one is told."""

LEFT_OUT = frozenset({"runs", "run_sources", "_sqlite_migrations"})
"""Tables about how a database came to be."""

BY_NAME = {
    "authors": "(SELECT name, last_name, fore_name, initials, suffix, collective_name, orcid FROM authors)",
    "study_authors": "(SELECT s.pmid, s.position, s.role, s.affiliation, a.name, a.last_name, a.fore_name, a.initials,"
    " a.suffix, a.collective_name, a.orcid FROM study_authors s JOIN authors a ON a.id = s.author_id)",
    "about": "(SELECT * FROM about WHERE key <> 'revision')",
}
"""Tables that are told without how they came to be: the numbers of rows, how many transactions there were."""


def logical_dump(path: Path) -> Dump:
    """Every table with its rows in order, without moments, runs and what full-text search keeps for itself."""
    with closing(sqlite3.connect(path)) as db:
        return {table: _rows(db, table) for table in _tables(db)}


def differences(one: Dump, other: Dump) -> list[str]:
    """A line for each row that only one of two dumps has, for the message of a failed test."""
    return [
        f"{sign} {table}: {row!r}"
        for table in sorted(one.keys() | other.keys())
        for sign, here, there in (("-", one, other), ("+", other, one))
        for row in sorted(set(here.get(table, [])) - set(there.get(table, [])), key=repr)
    ]


def faults_of(path: Path) -> list[str]:
    """What SQLite finds wrong with a file: damage, and rows that refer to nothing."""
    with closing(sqlite3.connect(path)) as db:
        damage = [text for (text,) in db.execute("PRAGMA integrity_check") if text != "ok"]
        dangling = [f"dangling: {row!r}" for row in db.execute("PRAGMA foreign_key_check")]
    return damage + dangling


def _tables(db: sqlite3.Connection) -> list[str]:
    named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    return [name for (name,) in db.execute(named) if name not in LEFT_OUT and not name.startswith("studies_fts")]


def _rows(db: sqlite3.Connection, table: str) -> list[tuple[object, ...]]:
    source = BY_NAME.get(table, f'"{table}"')
    columns = [column for (column, *_) in db.execute(f"SELECT * FROM {source} LIMIT 0").description]
    told = ", ".join(f"{c} IS NOT NULL" if c in MOMENTS else f'"{c}"' for c in columns)
    return sorted(db.execute(f"SELECT {told} FROM {source}").fetchall(), key=repr)
