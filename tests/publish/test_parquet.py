"""The tables as Parquet files say what the database says."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyarrow import parquet as arrow

from harvest.errors import ConfigError
from harvest.home import SHIPPED
from harvest.publish import dictionary, parquet, rights
from harvest.store.connection import Connection
from tests.db.conftest import database
from tests.db.filled import fill


def test_every_table_comes_back_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All rows in their order, numbers as numbers, nulls as nulls, in batches of any size; columns are explained."""
    monkeypatch.setattr(parquet, "ROWS", 3)
    with database(tmp_path) as opened:
        fill(opened, kind="live")
    conn = Connection(tmp_path / "ketamine.db", lambda: datetime.now(UTC))
    tables = rights.tables(conn)
    words = {name: one.columns for name, one in dictionary.meanings(SHIPPED).items()}
    parquet.write(conn, tmp_path / "parquet", tables, words)
    assert {"studies", "sections", "study_tags", "tag_accuracy"} <= set(tables)
    assert not [name for name in tables if "fts" in name or "migrations" in name]
    for name in tables:
        read = arrow.read_table(tmp_path / "parquet" / f"{name}.parquet")
        assert read.to_pylist() == [dict(row) for row in conn.execute(f'SELECT * FROM "{name}" ORDER BY rowid')]
        assert all(field.metadata[b"description"] for field in read.schema), name
    conn.close()


def test_without_pyarrow_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no part of what everybody needs."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ConfigError, match=r"pip install pyarrow"):
        parquet.require()
