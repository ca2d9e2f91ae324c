"""What every table and column means, as a home's ``metadata.yaml`` says it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Meaning:
    """A table: what it is called, what its rows are, and what each column means."""

    title: str
    description: str
    columns: Mapping[str, str]


def meanings(home: Path) -> dict[str, Meaning]:
    """The tables that a home's metadata describes; none where it has no metadata."""
    path = home / "metadata.yaml"
    described: dict[str, Any] = (yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None) or {}
    databases = described.get("databases", {}).values()
    return {
        name: Meaning(
            str(table.get("title", name)),
            " ".join(str(table.get("description", "")).split()),
            {column: " ".join(str(words).split()) for column, words in table.get("columns", {}).items()},
        )
        for database in databases
        for name, table in database.get("tables", {}).items()
    }


def text(title: str, tables: Sequence[str], meanings: Mapping[str, Meaning]) -> str:
    """A data dictionary for people, in Markdown.

    Args:
        title: what the data are called.
        tables: the names of the tables, in the order in which they are described.
        meanings: what they mean.
    """
    return "\n".join([f"# {title}: data dictionary", "", *(line for name in tables for line in _lines(name, meanings))])


def _lines(name: str, meanings: Mapping[str, Meaning]) -> Iterator[str]:
    meaning = meanings.get(name, Meaning(name, "", {}))
    yield from (f"## `{name}`: {meaning.title}", "", meaning.description, "", "| column | meaning |", "|---|---|")
    for column, words in meaning.columns.items():
        yield f"| `{column}` | {words.replace('|', '/')} |"
    yield ""
