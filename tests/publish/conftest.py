"""What the tests of what is taken away share."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from sqlite_utils import Database

from harvest.store.migrations import migrations
from tests.db.filled import fill


@pytest.fixture(scope="module")
def conn() -> Iterator[sqlite3.Connection]:
    """A database with a few studies."""
    db = Database(memory=True)
    migrations.apply(db)
    fill(db, kind="live")
    yield db.conn
    db.close()
