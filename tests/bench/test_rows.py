from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.bench.__main__ import ROWS, main
from tests.bench.growth import draw
from tests.bench.search import MID, WORDS, bands

SMALL = {
    "parse": 20,
    "tagging": 40,
    "store": 20,
    "load": 40,
    "backfill": 40,
    "bulk": 1_000,
    "search": 400,
    "site": 800,
    "growth": 1_000,
}
"""Records on which each row takes seconds."""


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS)
def test_each_row_can_be_measured_alone(row: str) -> None:
    """With its targets, if it has any."""
    ended = CliRunner(env={"HARVEST_REAL": None}).invoke(main, [row, "--records", str(SMALL[row])])
    assert ended.exit_code == 0, ended.output
    title, *lines = ended.output.splitlines()[1:]
    assert title == row
    assert lines
    assert ("; at " in ended.output) == (row not in ("tagging", "growth"))


def test_words_are_taken_from_the_studies_by_how_many_have_them(tmp_path: Path) -> None:
    """Some of middle frequency, the same ones each time, and the commonest of all."""
    with closing(sqlite3.connect(tmp_path / "some.db")) as conn:
        conn.execute("CREATE TABLE studies (title, abstract)")
        some = [("Everywhere", "often rare" if n < 10 else "often" if n < 900 else "") for n in range(1_000)]
        conn.executemany("INSERT INTO studies VALUES (?, ?)", some)
        conn.commit()
    mid, common = bands(tmp_path / "some.db")
    assert mid == ["rare"]
    assert common == ["everywhere", "often", "rare"][:WORDS]
    assert MID[0] <= 10 / 1_000 <= MID[1]


def test_growth_is_drawn(tmp_path: Path) -> None:
    """Costs of a study and of an answer, each with its name; twice the same is the same file."""
    costs = {"read a study, µs": [5.0, 6.0], "page, ms": [1.0, 9.0]}
    pictures = [tmp_path / "one.svg", tmp_path / "other.svg"]
    for picture in pictures:
        draw([1_000, 10_000], costs, picture)
    drawn = pictures[0].read_text(encoding="utf-8")
    assert all(f">{text}<" in drawn for text in ("read a study", "page", "10,000", "studies in the database"))
    assert drawn == pictures[1].read_text(encoding="utf-8")
