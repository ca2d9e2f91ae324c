"""What is typed becomes an FTS5 expression that FTS5 accepts."""

from __future__ import annotations

import runpy
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

PLUGIN = runpy.run_path(str(Path(__file__).resolve().parents[2] / "db" / "plugins" / "search.py"))
fts_quote: Callable[[str], str] = PLUGIN["fts_quote"]


@pytest.fixture(scope="module")
def index() -> sqlite3.Connection:
    """An index of a few texts."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE texts USING fts5 (title, abstract, keywords, mesh)")
    texts = [("one two", ""), ("two one", ""), ("one", "and three")]
    connection.executemany("INSERT INTO texts (title, abstract) VALUES (?, ?)", texts)
    return connection


@pytest.mark.parametrize(
    ("typed", "expression"),
    [
        ("one two", '"one" "two"'),
        ('"one two" three', '"three" "one two"'),
        ("one -two", '"one" NOT ("two")'),
        ('one -"two three" -four', '"one" NOT ("two three" OR "four")'),
        ("S-one", '"S-one"'),
        ("-one -two", '"one" "two"'),
        ('"one two', '"one" "two"'),
        ("one OR two*", '"one" "two*"'),
        ("one text:two", '"one" "text" "two"'),
        ("one -title:two", '"one" NOT ({title} : "two")'),
        ("author:Sample", '"Sample"'),
        ("", '""'),
        ("   ", '""'),
    ],
)
def test_words_phrases_and_exclusions(typed: str, expression: str) -> None:
    """Every piece is quoted; a field that the index does not have is as if it was not named."""
    assert fts_quote(typed) == expression


@given(st.text())
@example('"')
@example("\0")
@example('-"')
@example("word " * 5000)
@example("-word " * 5000 + "one")
@example("title:one year:2020 one -mesh:two")
@example("_ -_ title:_")
@example('one"' * 5000)
def test_whatever_is_typed_is_accepted(index: sqlite3.Connection, typed: str) -> None:
    """No text makes an expression that FTS5 refuses."""
    index.execute("SELECT count(*) FROM texts WHERE texts MATCH ?", [fts_quote(typed)]).fetchone()


@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ("one AND", ["one two", "two one", "one"]),
        ('one "and three"', ["one"]),
        ("one -title:two", ["one"]),
        ("one abstract:three", ["one"]),
        ('two -"two one"', ["one two"]),
    ],
)
def test_it_finds_what_the_search_box_would(index: sqlite3.Connection, typed: str, titles: list[str]) -> None:
    """All words and phrases, in their fields, and nothing excluded; operators go without saying."""
    found = index.execute("SELECT title FROM texts WHERE texts MATCH ?", [fts_quote(typed)]).fetchall()
    assert [title for (title,) in found] == titles
