"""Whatever is typed into the search box is read as something."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harvest.catalogue.query import LONGEST, Clause, Query, parse, quoted


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("heart failure", Query("heart failure")),
        ("  heart \t failure\n", Query("heart failure")),
        ('"heart failure" drug', Query("drug", (Clause(None, "heart failure"),))),
        ("drug -rats", Query("drug", (), (Clause(None, "rats"),))),
        ('drug -"wild rats"', Query("drug", (), (Clause(None, "wild rats"),))),
        ("drug NOT rats", Query("drug", (), (Clause(None, "rats"),))),
        ("heart AND failure OR drug & pain | sleep", Query("heart failure drug pain sleep")),
        ("title:heart", Query("", (Clause("title", "heart"),))),
        ('Title:"heart failure"', Query("", (Clause("title", "heart failure"),))),
        ("pain -author:Smith", Query("pain", (), (Clause("author", "Smith"),))),
        ("year:2018-2021", Query("", (Clause("year", "2018-2021"),))),
        ("keyword:pain mesh:heart", Query("", (Clause("keyword", "pain"), Clause("mesh", "heart")))),
        ("ratio:high", Query("ratio high")),
        ("title:", Query("title:")),
        ("S-form (R,S)-form", Query("S-form (R,S)-form")),
        ('"heart failure', Query("heart failure")),
        ("", Query()),
        ('"" -"" - ( ) * ^ ""', Query()),
    ],
)
def test_a_query_is_taken_apart(typed: str, query: Query) -> None:
    """Into loose words, what must be there and what must not."""
    assert parse(typed) == query


@pytest.mark.parametrize("typed", ["-rats", 'NOT "rats"', "-rats -"])
def test_an_exclusion_alone_is_read_as_words(typed: str) -> None:
    """Everything but rats is not what anyone looks for."""
    assert parse(typed) == Query("rats")


def test_not_is_a_word_before_nothing() -> None:
    """Nor does it carry over to what stands behind a word."""
    assert parse("pain NOT") == Query("pain")
    assert parse("NOT rats pain") == Query("pain", (), (Clause(None, "rats"),))


def test_a_query_says_whether_it_asks_anything() -> None:
    """Punctuation asks nothing."""
    assert parse(" ?! ").is_empty
    assert not parse("-rats").is_empty
    assert not parse("year:2020").is_empty


def test_of_an_endless_query_the_beginning_is_read() -> None:
    """So that no query takes longer than others."""
    assert len(parse("pain " * 100_000).words) <= LONGEST


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    """A full-text index."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE texts USING fts5 (title, abstract)")
    connection.execute("INSERT INTO texts VALUES ('one', 'two')")
    yield connection
    connection.close()


@given(st.text())
@example('one" OR "two')
@example("NEAR(one two)")
@example("title : one")
@example("\0")
@example('"')
def test_whatever_is_typed_becomes_words_that_the_index_accepts(index: sqlite3.Connection, typed: str) -> None:
    """Nothing in a quoted text is an operator, and nothing that is typed fails."""
    query = parse(typed)
    texts = [*query.words.split(), *(clause.text for clause in (*query.required, *query.excluded))]
    for text in texts:
        index.execute("SELECT * FROM texts WHERE texts MATCH ?", (quoted(text),)).fetchall()
