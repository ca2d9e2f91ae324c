from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.__main__ import DOCUMENT, ROWS
from tests.bench.measure import Figure
from tests.bench.table import machine, merged

EMPTY = "before\n<!-- measured -->\n<!-- end -->\nafter\n"
ORDER = ["parse", "store"]
PARSE = Figure("against X", 1.5, "x", least=3, detail="3 to 2")


@pytest.fixture
def measured() -> str:
    """A document with one row."""
    return merged(EMPTY, {"parse": [PARSE, "X reads 2 titles otherwise"]}, "2026-11-22", ORDER)


def test_a_figure_becomes_a_line_of_the_table_and_a_remark_one_below(measured: str) -> None:
    """With machine and day; the text around it stays."""
    assert measured.startswith(f"before\n<!-- measured -->\nMeasured on 2026-11-22: {machine()}.\n")
    assert "\n| parse | against X | 1.5 x | at least 3 | **missed** | 3 to 2 |\n\n" in measured
    assert measured.endswith("\n- parse: X reads 2 titles otherwise\n<!-- end -->\nafter\n")


def test_a_row_takes_its_own_place_and_leaves_the_others(measured: str) -> None:
    """Rows can be measured one by one."""
    both = merged(measured, {"store": [Figure("a", 1, "s"), "b"]}, "2026-11-22", ORDER)
    again = merged(both, {"parse": [Figure("again", 2, "x")]}, "2026-11-22", ORDER)
    assert [line.split(" | ")[1] for line in both.splitlines() if line.startswith("| ")] == ["what", "against X", "a"]
    assert [line.split(" | ")[1] for line in again.splitlines() if line.startswith("| ")] == ["what", "again", "a"]
    assert "reads 2 titles" not in again
    assert "- store: b\n" in again


def test_figures_of_another_day_or_machine_do_not_stay(measured: str) -> None:
    """One table says what was true together."""
    later = merged(measured, {"store": [Figure("a", 1, "s")]}, "2026-11-23", ORDER)
    assert "parse" not in later


def test_the_document_has_a_place_for_the_table_and_explains_every_row() -> None:
    """And none that does not exist."""
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text.count("<!-- measured -->\n") == text.count("<!-- end -->\n") == 1
    explained = [
        line.split("**")[1] for line in text.partition("## What the rows measure")[2].splitlines() if "**" in line
    ]
    assert explained == list(ROWS)


def test_the_document_is_linked() -> None:
    """From where a reader begins."""
    assert "BENCHMARKS.md" in Path("README.md").read_text(encoding="utf-8")
