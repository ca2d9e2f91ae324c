"""The figures as a table of Markdown, and the document that keeps it: ``.github/BENCHMARKS.md``."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version

from tests.bench.measure import Figure

BEGIN, END = "<!-- measured -->\n", "<!-- end -->\n"
HEAD = "| row | what | measured | target | | from |\n|---|---|---|---|---|---|\n"


def machine() -> str:
    """What was measured on."""
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    versions = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, lxml {version('lxml')}"
    return f"{os.cpu_count()} cores ({platform.machine()}), {system}, {versions}"


def merged(document: str, measured: Mapping[str, Sequence[Figure | str]], day: str, order: Sequence[str]) -> str:
    """A document with what was measured in place of what stood there of the same rows.

    Other rows stay where they were measured on the same machine and day; otherwise they go, as one table must not say
    what was never true together.

    Args:
        document: as it stands, with a marked place for the table.
        measured: by row, what it yielded.
        day: when, ISO.
        order: all rows, in the order in which they are shown.
    """
    before, rest = document.split(BEGIN)
    former, after = rest.split(END)
    heading = f"Measured on {day}: {machine()}.\n"
    kept = former if former.startswith(heading) else ""
    lines = {name: _former(kept, name) for name in order}
    lines |= {name: [*_rows(name, found), *_notes(name, found)] for name, found in measured.items()}
    told = [line for name in order for line in lines[name]]
    table = "".join(line for line in told if line.startswith("|"))
    notes = "".join(line for line in told if line.startswith("-"))
    return f"{before}{BEGIN}{heading}\n{HEAD}{table}\n{notes}{END}{after}"


def _former(text: str, row: str) -> list[str]:
    return re.findall(rf"^(?:\| |- ){re.escape(row)}(?: \||: ).*\n", text, re.MULTILINE)


def _rows(row: str, found: Iterable[Figure | str]) -> Iterator[str]:
    for one in found:
        if isinstance(one, Figure):
            yield f"| {row} | {one.what} | {one.said} | {one.target} | {one.verdict} | {one.detail} |\n"


def _notes(row: str, found: Iterable[Figure | str]) -> Iterator[str]:
    return (f"- {row}: {one}\n" for one in found if isinstance(one, str))
