"""The tables as Parquet files, for those who work with DuckDB, pandas or R; they need pyarrow, which is an extra."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harvest.errors import ConfigError
from harvest.store.connection import Connection

ROWS = 20_000
"""Rows that are held in memory at a time."""


def require() -> None:
    """See that Parquet files can be written.

    Raises:
        ConfigError: they cannot; the text says what to install.
    """
    try:
        importlib.import_module("pyarrow")
    except ImportError:
        raise ConfigError("--parquet needs pyarrow; install it with: pip install pyarrow") from None


def write(conn: Connection, folder: Path, tables: Sequence[str], words: Mapping[str, Mapping[str, str]]) -> None:
    """Write one file for each table into a new folder, with what its columns mean.

    Args:
        conn: the database.
        folder: the folder to make.
        tables: the names of the tables.
        words: the meaning of each column of each table.
    """
    folder.mkdir()
    for table in tables:
        _write(conn, folder / f"{table}.parquet", table, words.get(table, {}))


def _write(conn: Connection, path: Path, table: str, words: Mapping[str, str]) -> None:
    import pyarrow
    from pyarrow import parquet

    schema = _schema(conn, table, words)
    rows = conn.execute(f'SELECT * FROM "{table}" ORDER BY rowid')
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        while batch := rows.fetchmany(ROWS):
            columns = [[row[place] for row in batch] for place in range(len(schema))]
            arrays = [pyarrow.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
            writer.write_batch(pyarrow.record_batch(arrays, schema=schema))


def _schema(conn: Connection, table: str, words: Mapping[str, str]) -> Any:
    import pyarrow

    kinds = {"INTEGER": pyarrow.int64(), "REAL": pyarrow.float64(), "TEXT": pyarrow.string()}
    columns = conn.execute("SELECT name, type FROM pragma_table_info(?)", (table,))
    return pyarrow.schema(
        [pyarrow.field(name, kinds[kind], metadata={"description": words.get(name, "")}) for name, kind in columns]
    )
