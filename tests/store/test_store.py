"""Only a database of this program, and of no newer version of it, is opened."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from harvest.errors import StoreError
from harvest.store import Store


def test_a_database_made_by_a_newer_program_is_refused(tmp_path: Path) -> None:
    """An old program does not write into a schema that it does not know."""
    path = tmp_path / "newer.db"
    Store(path).close()
    db = Database(path)
    db.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('harvest', '9999', '2030')")
    db.close()
    with pytest.raises(StoreError, match="newer version of harvest"):
        Store(path)


def test_a_database_of_another_program_is_refused_by_name(tmp_path: Path) -> None:
    """Its tables are left as they are."""
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE studies (mine TEXT)")
    other.close()
    with pytest.raises(StoreError, match="belongs to another program"):
        Store(tmp_path / "other.db")
