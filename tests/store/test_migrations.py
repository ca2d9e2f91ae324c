"""A database of every earlier schema is brought to the newest with everything in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from harvest.store import Store
from harvest.store.links import Links
from harvest.store.migrations import migrations

NAMES = [migration.name for migration in migrations._migrations]
RETRACTED, NOTICE = 970_000_101, 970_000_102

STUDY: dict[str, Any] = {
    "title": "Ketamine: an invented study.",
    "abstract": "Mood improved.",
    "notice": "none",
    "first_seen": "2026-10-01T05:00:00Z",
    "kind": "article",
    "version": 1,
    "authors_complete": 1,
    "revised": "2026-09-01",
}
ROWS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "0001_studies": [
        ("studies", STUDY | {"pmid": RETRACTED, "doi": "10.5555/Sample.101", "fingerprint": "a"}),
        ("studies", STUDY | {"pmid": NOTICE, "doi": "10.5555/sample.102", "fingerprint": "b"}),
        ("sections", {"pmid": RETRACTED, "section": 0, "text": "Ketamine: an invented study."}),
        ("authors", {"id": 7, "name": "Ada Samplewood", "last_name": "Samplewood"}),
        ("study_authors", {"pmid": RETRACTED, "position": 1, "author_id": 7, "role": "author"}),
        (
            "links",
            {
                "pmid": NOTICE,
                "position": 1,
                "kind": "RetractionOf",
                "citation": "Sample J. 2020;1:1. doi: 10.5555/SAMPLE.101.",
            },
        ),
        ("links", {"pmid": NOTICE, "position": 2, "kind": "CommentIn", "other_pmid": 5, "citation": "Sample J. 2021."}),
    ],
    "0002_tags": [
        ("tags", {"facet": "effect", "tag": "harm", "label": "Harm", "definition": "Any harm."}),
        ("study_tags", {"pmid": RETRACTED, "facet": "effect", "tag": "harm", "basis": "text"}),
        (
            "tag_evidence",
            {"pmid": RETRACTED, "facet": "effect", "tag": "harm", "position": 1, "basis": "text", "phrase": "Mood"},
        ),
    ],
    "0003_runs": [
        ("about", {"key": "kind", "value": "sample"}),
        ("sources", {"name": "ketamine", "kind": "search", "watermark": "2026-10-01", "etag": "mark"}),
        ("runs", {"id": 3, "command": "run", "started": "2026-10-01T05:00:00Z", "status": "ok", "new": 2}),
        ("run_sources", {"run_id": 3, "source": "ketamine", "expected": 2, "found": 2}),
        ("sightings", {"pmid": RETRACTED, "source": "ketamine", "seen": "2026-10-01T05:00:00Z", "state": "stored"}),
        ("sightings", {"pmid": 970_000_103, "source": "ketamine", "seen": "2026-10-01", "state": "pending"}),
    ],
    "0004_history": [
        (
            "changes",
            {"pmid": RETRACTED, "changed_at": "2026-10-02T05:00:00Z", "field": "title", "old": "A.", "new": "B."},
        ),
        ("misses", {"pmid": NOTICE, "day": "2026-10-02"}),
    ],
}
"""What a database of each version may hold, beyond what one of the version before may."""


def make_at(path: Path, versions: list[str]) -> list[tuple[str, dict[str, Any]]]:
    """A database that has seen the first versions only; returns the rows that it holds."""
    db = Database(path)
    migrations.apply(db, stop_before=NAMES[len(versions)] if len(versions) < len(NAMES) else None)
    rows = [row for version in versions for row in ROWS.get(version, [])]
    for table, row in rows:
        places = ", ".join("?" * len(row))
        db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", list(row.values()))
    db.close()
    return rows


def test_migrations_are_applied_once_and_in_order(tmp_path: Path) -> None:
    """Opening a database again finds nothing to do."""
    for _ in range(2):
        Store(tmp_path / "again.db").close()
    db = Database(tmp_path / "again.db")
    names = [applied.name for applied in migrations.applied(db)]
    db.close()
    assert names == sorted(names)
    assert len(names) == len(set(names))


@pytest.mark.parametrize("count", range(len(NAMES) + 1))
def test_every_row_of_an_earlier_version_is_kept(tmp_path: Path, count: int) -> None:
    """Opened by the program of today, a database of any version has the newest schema and all that was in it."""
    rows = make_at(tmp_path / "old.db", NAMES[:count])
    with Store(tmp_path / "old.db") as store, Store(tmp_path / "new.db") as fresh:
        schema = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
        assert store.rows(schema) == fresh.rows(schema)
        for table, row in rows:
            columns = [name for name in row if (table, name) != ("studies", "notice")]
            held = store.rows(f"SELECT {', '.join(columns)} FROM {table}")
            assert {name: row[name] for name in columns} in held
        assert store.rows("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
        assert store.rows("PRAGMA foreign_key_check") == []


@pytest.mark.parametrize("count", [1, 2, 3])
def test_what_history_needs_is_filled_in_from_what_was_there(tmp_path: Path, count: int) -> None:
    """DOIs of links in lower case, and the day on which a study was last described: no link is lost for its age."""
    make_at(tmp_path / "old.db", NAMES[:count])
    with Store(tmp_path / "old.db") as store:
        assert store.rows("SELECT position, doi, stated FROM links WHERE pmid = ? ORDER BY position", NOTICE) == [
            {"position": 1, "doi": "10.5555/sample.101", "stated": 1},
            {"position": 2, "doi": None, "stated": 1},
        ]
        assert store.rows("SELECT DISTINCT checked FROM studies") == [{"checked": "2026-10-01"}]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_retraction_that_an_old_database_held_at_one_end_shows_at_both(tmp_path: Path, count: int) -> None:
    """Studies of old need no revision before their notices reach them, and the next run tells of it."""
    make_at(tmp_path / "old.db", NAMES[:count])
    with Store(tmp_path / "old.db") as store:
        assert store.rows("SELECT pmid, notice FROM studies ORDER BY pmid") == [
            {"pmid": RETRACTED, "notice": "retracted"},
            {"pmid": NOTICE, "notice": "none"},
        ]
        assert store.rows("SELECT kind, other_pmid, stated FROM links WHERE pmid = ?", RETRACTED) == [
            {"kind": "RetractionIn", "other_pmid": NOTICE, "stated": 0}
        ]
        assert store.changes.untold_retractions() == [(RETRACTED, STUDY["title"])]


def test_a_migration_that_fails_leaves_the_database_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No version stands half-way: what was there can be opened again."""
    rows = make_at(tmp_path / "old.db", NAMES[:2])

    def fails(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(Links, "relink", fails)
        with pytest.raises(ZeroDivisionError):
            Store(tmp_path / "old.db")
    db = Database(tmp_path / "old.db")
    assert [applied.name for applied in migrations.applied(db)] == NAMES[:2]
    db.close()
    with Store(tmp_path / "old.db") as store:
        assert store.rows("SELECT count(*) AS n FROM studies") == [{"n": sum(table == "studies" for table, _ in rows)}]
