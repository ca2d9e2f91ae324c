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
    connection.execute("CREATE VIRTUAL TABLE texts USING fts5 (text)")
    connection.executemany("INSERT INTO texts VALUES (?)", [("one two",), ("two one",), ("one AND three",)])
    return connection


@pytest.mark.parametrize(
    ("typed", "expression"),
    [
        ("one two", '"one" "two"'),
        ('"one two" three', '"one two" "three"'),
        ("one -two", '"one" NOT ("two")'),
        ('one -"two three" -four', '"one" NOT ("two three" OR "four")'),
        ("S-one", '"S-one"'),
        ("-one -two", '"one" "two"'),
        ('"one two', '"one" "two"'),
        ("one OR two*", '"one" "OR" "two*"'),
        ("", '""'),
        ("   ", '""'),
    ],
)
def test_words_phrases_and_exclusions(typed: str, expression: str) -> None:
    """Every piece is quoted; what cannot be read as phrase or exclusion is words."""
    assert fts_quote(typed) == expression


@given(st.text())
@example('"')
@example("\0")
@example('-"')
@example("word " * 5000)
@example("-word " * 5000 + "one")
@example('one"' * 5000)
def test_whatever_is_typed_is_accepted(index: sqlite3.Connection, typed: str) -> None:
    """No text makes an expression that FTS5 refuses."""
    index.execute("SELECT count(*) FROM texts WHERE texts MATCH ?", [fts_quote(typed)]).fetchone()


def test_an_operator_is_a_word(index: sqlite3.Connection) -> None:
    """AND is searched for, not obeyed."""
    found = index.execute("SELECT text FROM texts WHERE texts MATCH ?", [fts_quote("one AND")]).fetchall()
    assert found == [("one AND three",)]
