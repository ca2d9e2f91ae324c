"""What is ticked leaves the studies that are like that, and the number beside a value is what it would show."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from harvest.catalogue.filters import Filters
from harvest.catalogue.lookup import FINDINGS
from harvest.catalogue.sets import Sets
from harvest.store.migrations import migrations
from tests.db.filled import TODAY
from tests.db.varied import FACETS, fill_varied

TICKED = {facet: tags for facet, (kind, tags) in FACETS.items() if kind != "number"}


@pytest.fixture(scope="module")
def conn() -> Iterator[sqlite3.Connection]:
    """Studies that differ in all that can be asked of them."""
    db = Database(memory=True)
    migrations.apply(db)
    fill_varied(db)
    db.execute("UPDATE studies SET abstract = 'Text' WHERE pmid % 3")
    db.execute("UPDATE studies SET participants = pmid % 7 * 10 WHERE pmid % 2")
    db.execute("UPDATE studies SET follow_up_days = pmid % 5 * 7 WHERE pmid % 4")
    db.conn.row_factory = sqlite3.Row
    yield db.conn
    db.close()


@pytest.fixture(scope="module")
def sets(conn: sqlite3.Connection) -> Sets:
    """The sets of these studies."""
    return Sets(conn)


@pytest.fixture(scope="module")
def studies(conn: sqlite3.Connection) -> list[dict[str, Any]]:
    """The same studies one by one, each with what was found of its tags."""
    rows = [dict(row) | {"tags": {}} for row in conn.execute("SELECT * FROM studies ORDER BY pmid")]
    by_pmid = {row["pmid"]: row for row in rows}
    for row in conn.execute("SELECT * FROM study_tags"):
        by_pmid[row["pmid"]]["tags"][row["facet"], row["tag"]] = row["finding"]
    return rows


def has(study: Mapping[str, Any], facet: str, value: str) -> bool:
    return study[facet] == value if facet in ("relevance", "species", "design") else (facet, value) in study["tags"]


def at_least(value: int | None, bound: int | None) -> bool:
    return bound is None or (value is not None and value >= bound)


def is_like(study: Mapping[str, Any], filters: Filters) -> bool:
    """What the filters ask, asked of one study in plain words."""
    judged = [("long_term_effect", tag) for tag in filters.ticked.get("long_term_effect", ()) if tag in JUDGED]
    findings = {finding for tag, finding in study["tags"].items() if not judged or tag in judged}
    year = study["publication_year"]
    since = filters.entered_days
    return all(
        [
            all(any(has(study, facet, one) for one in some) for facet, some in filters.ticked.items() if some),
            not filters.findings or bool(findings & set(filters.findings)),
            not filters.designs or study["design"] in filters.designs,
            at_least(year, filters.year_from),
            filters.year_to is None or (year is not None and year <= filters.year_to),
            at_least(study["participants"], filters.participants),
            at_least(study["follow_up_days"], filters.follow_up_days),
            since is None or study["entered"] >= (TODAY - timedelta(days=since)).isoformat(),
            bool(study["abstract"]) or not filters.with_abstract,
            study["notice"] != "retracted" or not filters.without_retracted,
            study["relevance"] != "incidental"
            or filters.with_incidental
            or "incidental" in filters.ticked.get("relevance", ()),
        ]
    )


JUDGED = ("memory", "bladder")
"""The tags of which something was found; of others it cannot be asked."""

MAYBE = st.none() | st.integers(0, 60)
YEARS = st.none() | st.integers(TODAY.year - 6, TODAY.year + 2)
FILTERS = st.builds(
    Filters,
    ticked=st.fixed_dictionaries(
        {}, optional={facet: st.lists(st.sampled_from(tags), max_size=2) for facet, tags in TICKED.items()}
    ),
    findings=st.lists(st.sampled_from(FINDINGS), max_size=2, unique=True),
    designs=st.lists(st.sampled_from(["rct", "review", "trial"]), max_size=2),
    year_from=YEARS,
    year_to=YEARS,
    participants=MAYBE,
    follow_up_days=MAYBE,
    entered_days=MAYBE,
    with_abstract=st.booleans(),
    without_retracted=st.booleans(),
    with_incidental=st.booleans(),
)
FEW = st.builds(
    Filters,
    ticked=FILTERS.map(lambda filters: filters.ticked),
    findings=st.lists(st.sampled_from(FINDINGS), max_size=2, unique=True),
    with_incidental=st.booleans(),
)
"""Filters that leave some studies more often than not."""


@given(FILTERS | FEW)
def test_studies_are_what_the_filters_ask(sets: Sets, studies: list[dict[str, Any]], filters: Filters) -> None:
    """As if each study was asked by itself."""
    assert sets.all(filters.apply(sets)) == [study["pmid"] for study in studies if is_like(study, filters)]


@given(FEW, st.sampled_from(list(TICKED)), st.integers(0, (1 << 160) - 1))
def test_a_count_is_what_ticking_the_value_alone_would_show(
    sets: Sets, filters: Filters, facet: str, found: int
) -> None:
    """In its facet, all that is ticked in others left as it is, of those studies that the words find."""
    counts = filters.counts(sets, found, facet)
    assert list(counts) == TICKED[facet]
    for value, count in counts.items():
        alone = replace(filters, ticked={**filters.ticked, facet: [value]})
        assert count == (alone.apply(sets) & found).bit_count()


@given(FEW)
def test_findings_are_counted_as_if_ticked_alone(sets: Sets, filters: Filters) -> None:
    """Of the tags that are ticked."""
    for finding, count in filters.finding_counts(sets, sets.everything, FINDINGS).items():
        assert count == replace(filters, findings=[finding]).apply(sets).bit_count()


def test_incidental_studies_are_hidden_unless_asked_for(sets: Sets) -> None:
    """By the switch or by ticking them."""
    incidental = sets.tagged("relevance", "incidental")
    assert incidental
    assert not Filters().apply(sets) & incidental
    assert Filters(with_incidental=True).apply(sets) == sets.everything
    assert Filters(ticked={"relevance": ["incidental"]}).apply(sets) == incidental


def test_what_is_not_there_shows_nothing(sets: Sets) -> None:
    """A value that no facet has is no error."""
    assert Filters(ticked={"condition": ["gone"]}).apply(sets) == 0
    assert Filters(findings=["gone"]).apply(sets) == 0
