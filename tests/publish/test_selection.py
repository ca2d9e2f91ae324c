"""An address names studies: by a search or one by one."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

import pytest

from harvest.catalogue.search import Searcher
from harvest.catalogue.sets import Sets
from harvest.publish.selection import Selection, pmid_of, select
from tests.db.filled import BARE, FULL, RETRACTED

Ask = Mapping[str, Sequence[str]]


def asked(conn: sqlite3.Connection, args: Ask, levels: Sequence[Mapping[str, object]] = ()) -> Selection:
    return select(Searcher(Sets(conn)), conn, args, levels)


def test_all_that_a_search_finds_is_named(conn: sqlite3.Connection) -> None:
    """Whatever page of it is asked for."""
    assert len(asked(conn, {}).pmids) == 5
    assert asked(conn, {"size": ["1"], "page": ["3"]}).pmids == asked(conn, {}).pmids


def test_named_studies_come_once_and_as_they_were_named(conn: sqlite3.Connection) -> None:
    """What is no PMID, or not here, is passed over; nothing else counts."""
    named = ["x", str(RETRACTED), str(FULL), str(RETRACTED), "1", "", "٣", "9" * 30]
    found = asked(conn, {"pmid": named, "q": ["nothing"]})
    assert found.pmids == [RETRACTED, FULL]
    assert found.key == f"pmid={RETRACTED}&pmid={FULL}"


def test_retracted_studies_that_are_hidden_are_known(conn: sqlite3.Connection) -> None:
    """So that a feed can tell of the retraction."""
    sets = Sets(conn)
    shown, hidden = (asked(conn, {"condition": ["depression"], **more}) for more in ({}, {"retracted": ["hide"]}))
    assert RETRACTED in shown.pmids
    assert RETRACTED not in hidden.pmids
    assert hidden.with_retracted == shown.with_retracted == sets.of(shown.pmids)


def test_a_level_of_evidence_wants_its_designs(conn: sqlite3.Connection) -> None:
    """And those of the levels above."""
    levels = [{"designs": ["meta-analysis"]}, {"designs": ["rct"]}]
    assert asked(conn, {"level": ["2"]}, levels).pmids == []


def test_a_key_does_not_depend_on_order_and_page(conn: sqlite3.Connection) -> None:
    """It says what the studies are."""
    first = asked(conn, {"q": ["memory"], "sort": ["entered"], "page": ["2"], "size": ["5"]})
    assert first.key == asked(conn, {"q": ["memory"]}).key == "q=memory"


@pytest.mark.parametrize(("typed", "pmid"), [(str(BARE), BARE), ("007", 7), ("-1", 0), ("1.0", 0), ("", 0)])
def test_a_pmid_is_a_number(typed: str, pmid: int) -> None:
    """Anything else is none that a study has."""
    assert pmid_of(typed) == pmid
