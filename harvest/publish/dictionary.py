"""What every table and column means, as a home's ``metadata.yaml`` says it, and what the schema makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from harvest.store.connection import Connection

_COLUMNS = 'SELECT name, type, "notnull" OR pk AS is_filled, pk FROM pragma_table_info(?)'

_POINTERS = 'SELECT "from", "table" FROM pragma_foreign_key_list(?)'


@dataclass(frozen=True, slots=True)
class Meaning:
    """A table: what it is called, what its rows are, and what each column means."""

    title: str
    description: str
    columns: Mapping[str, str]


def meanings(home: Path) -> dict[str, Meaning]:
    """The tables that a home's metadata describes; none where it has no metadata."""
    path = home / "metadata.yaml"
    told: dict[str, Any] = (yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None) or {}
    databases = told.get("databases", {}).values()
    return {
        name: Meaning(
            str(table.get("title", name)),
            " ".join(str(table.get("description", "")).split()),
            {column: " ".join(str(words).split()) for column, words in table.get("columns", {}).items()},
        )
        for database in databases
        for name, table in database.get("tables", {}).items()
    }


def text(title: str, conn: Connection, tables: Sequence[str], meanings: Mapping[str, Meaning]) -> str:
    """A data dictionary for people, in Markdown.

    Args:
        title: what the data are called.
        conn: a database that has the tables.
        tables: their names, in the order in which they are described.
        meanings: what they mean.
    """
    return f"# {title}: data dictionary\n\n{described(conn, tables, meanings)}"


def described(conn: Connection, tables: Sequence[str], meanings: Mapping[str, Meaning], heading: str = "##") -> str:
    """A section for each table, its columns with their types, keys and meanings, in Markdown.

    A key is "primary", alone or together with others of the table, or the table to a row of which it points.

    Args:
        conn: a database that has the tables.
        tables: their names, in the order in which they are described.
        meanings: what they mean.
        heading: what the heading of a section begins with.
    """
    return "\n".join(
        line for name in tables for line in _lines(conn, name, meanings.get(name, Meaning(name, "", {})), heading)
    )


def _lines(conn: Connection, name: str, meaning: Meaning, heading: str) -> Iterator[str]:
    yield from (f"{heading} `{name}`: {meaning.title}", "", meaning.description, "")
    yield from ("| column | type | key | meaning |", "|---|---|---|---|")
    pointers = {column: f"`{table}`" for column, table in conn.execute(_POINTERS, (name,))}
    for column, kind, is_filled, place in conn.execute(_COLUMNS, (name,)):
        keys = [key for key in ("primary" if place else None, pointers.get(column)) if key]
        words = meaning.columns.get(column, "").replace("|", "/")
        yield f"| `{column}` | {kind}{'' if is_filled else ' or null'} | {', '.join(keys)} | {words} |"
    yield ""
