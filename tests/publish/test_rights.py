"""A copy holds no more than others may have."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.config import Abstracts
from harvest.publish import rights
from harvest.store.connection import Connection
from tests.db.conftest import database
from tests.db.filled import BARE, FULL, fill

METHODS = "In a cohort of 80 adults memory was tested after twelve weeks of treatment."


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Connection]:
    """A database that may be changed."""
    with database(tmp_path) as opened:
        fill(opened, kind="live")
        opened.table("changes").insert(
            {
                "pmid": FULL,
                "changed_at": "2026-11-21T03:00:00Z",
                "field": "abstract",
                "old": None,
                "new": METHODS,
            }
        )
    conn = Connection(tmp_path / "ketamine.db", lambda: datetime.now(UTC))
    yield conn
    conn.close()


def value(conn: Connection, sql: str, *parameters: object) -> Any:
    return conn.execute(sql, parameters).fetchone()[0]


ABSTRACT = "SELECT abstract FROM studies WHERE pmid = ?"
PLACES = """
SELECT count(*), coalesce(sum(phrase = substr(text, "start" + 1, "end" - "start")), 0)
FROM tag_evidence LEFT JOIN sections USING (pmid, section) WHERE "start" IS NOT NULL
"""


def test_a_full_copy_holds_everything(copy: Connection) -> None:
    """And says so."""
    before = value(copy, ABSTRACT, FULL)
    rights.apply(copy, "full")
    assert value(copy, ABSTRACT, FULL) == before
    assert copy.fact("abstracts") == "full"


def test_what_replicates_the_database_leaves_no_trace(copy: Connection) -> None:
    """Its numbers would make a difference between copies of one state."""
    for table in rights.REPLICATED:
        copy.execute(f"CREATE TABLE {table} (id INTEGER)")
    rights.apply(copy, "full")
    assert value(copy, "SELECT count(*) FROM sqlite_master WHERE name LIKE '%litestream%'") == 0


def test_an_excerpt_is_the_beginning(copy: Connection) -> None:
    """Sections with their labels as before, the last one cut; the abstract is still its sections."""
    rights.apply(copy, "excerpt")
    kept = "In a cohort of 80 adults memory was tested …"
    assert value(copy, ABSTRACT, FULL) == f"METHODS: {kept}"
    sections = copy.execute("SELECT section, text FROM sections WHERE pmid = ? AND section > 0", (FULL,)).fetchall()
    assert [tuple(row) for row in sections] == [(1, kept)]
    assert value(copy, "SELECT new FROM changes WHERE pmid = ? AND field = 'abstract'", FULL).endswith(" …")
    assert value(copy, "SELECT text FROM other_abstracts") == "Memory …"


def test_a_link_is_no_text_at_all(copy: Connection) -> None:
    """That there was an abstract stays known: it is an empty text, and null where PubMed has none."""
    rights.apply(copy, "link")
    assert value(copy, ABSTRACT, FULL) == ""
    assert value(copy, ABSTRACT, BARE) is None
    assert value(copy, "SELECT count(*) FROM sections WHERE section > 0") == 0
    assert value(copy, "SELECT count(*) FROM other_abstracts") == 0
    [told] = copy.execute("SELECT old, new FROM changes WHERE pmid = ? AND field = 'abstract'", (FULL,)).fetchall()
    assert tuple(told) == (None, rights.LEFT_OUT)


@pytest.mark.parametrize("abstracts", ["full", "excerpt", "link"])
def test_evidence_stands_where_it_says_or_says_no_place(copy: Connection, abstracts: Abstracts) -> None:
    """The phrases stay as quotations; a place that was cut off is none."""
    phrases = copy.execute("SELECT phrase FROM tag_evidence ORDER BY rowid").fetchall()
    rights.apply(copy, abstracts)
    placed, right = copy.execute(PLACES).fetchone()
    assert placed == right
    assert copy.execute("SELECT phrase FROM tag_evidence ORDER BY rowid").fetchall() == phrases


@pytest.mark.parametrize(("abstracts", "found"), [("full", 1), ("excerpt", 0), ("link", 0)])
def test_what_was_cut_is_not_found(copy: Connection, abstracts: Abstracts, found: int) -> None:
    """Nor does the search index know its words."""
    rights.apply(copy, abstracts)
    assert value(copy, "SELECT count(*) FROM studies_fts WHERE studies_fts MATCH 'twelve' AND rowid = ?", FULL) == found
    copy.execute("INSERT INTO studies_fts (studies_fts, rank) VALUES ('integrity-check', 1)")


def test_addresses_are_blotted_out_wherever_they_stand(copy: Connection) -> None:
    """In any text, with every other character in its place; identifiers with an @ stay."""
    copy.execute("UPDATE sections SET text = ? WHERE pmid = ? AND section = 0", ("Write to a.b@x.org now", FULL))
    copy.execute(
        "UPDATE studies SET conflict_of_interest = ?, doi = ? WHERE pmid = ?", ("c＠y.net", "10.1/a@b.c", FULL)
    )
    copy.execute("COMMIT")
    rights.apply(copy, "full")
    told = copy.execute("SELECT conflict_of_interest, doi FROM studies WHERE pmid = ?", (FULL,)).fetchone()
    assert tuple(told) == ("•••••••", "10.1/a@b.c")
    text = value(copy, "SELECT text FROM sections WHERE pmid = ? AND section = 0", FULL)
    assert text == "Write to ••••••••• now"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("/home/x/some where/f.xml: empty", "…/some where/f.xml: empty"),
        ("/home/x/f.xml: empty; ~/y/g.xml, too", "…/f.xml: empty; …/g.xml, too"),
        ("https://eutils.ncbi.nlm.nih.gov/entrez/eutils/: no answer", None),
        ("1/2 of data/f.xml and/or more", None),
    ],
)
def test_folders_are_left_out(text: str, told: str | None) -> None:
    """The name of the file is what helps; addresses of the web stay."""
    assert rights.without_folders(text) == (told or text)


def test_errors_of_runs_name_no_folders(copy: Connection) -> None:
    """They are shown on pages."""
    copy.execute("UPDATE runs SET error = '/srv/secret/f.xml: empty' WHERE id = 1")
    copy.execute("COMMIT")
    rights.apply(copy, "full")
    assert value(copy, "SELECT error FROM runs WHERE id = 1") == "…/f.xml: empty"


@given(st.lists(st.text(min_size=1), min_size=1))
def test_an_excerpt_is_never_more_than_half(texts: list[str]) -> None:
    """Nor longer than so many characters, the dots aside; it is always a beginning."""
    kept = rights.excerpt(texts)
    assert 1 <= len(kept) <= len(texts)
    assert kept[-1].endswith("…")
    words = [*kept[:-1], kept[-1].removesuffix("…").removesuffix(" ")]
    assert sum(map(len, words)) <= min(rights.LONGEST, sum(map(len, texts)) // 2)
    assert kept[:-1] == texts[: len(kept) - 1]
    assert texts[len(kept) - 1].startswith(words[-1])


def test_a_text_without_blanks_is_cut_all_the_same() -> None:
    """Some languages have none."""
    assert rights.excerpt(["研" * 1000]) == ["研" * 400 + " …"]
