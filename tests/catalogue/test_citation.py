"""A study is cited as medical journals ask, and nothing is made up."""

from __future__ import annotations

from typing import Any

import pytest

from harvest.catalogue.citation import citation, day

AUTHOR = {"name": "Sample Ada B", "last_name": "Sample", "initials": "AB", "suffix": None, "collective_name": None}
GROUP = {
    "name": "Example Group",
    "last_name": None,
    "initials": None,
    "suffix": None,
    "collective_name": "Example Group",
}
STUDY: dict[str, Any] = {
    "pmid": 970000001,
    "title": "Does memory hold?",
    "journal": "Invented Annals",
    "journal_abbreviation": "Inv Ann",
    "publication_date": "2026-11-03",
    "publication_date_text": "2026 Nov 3",
    "volume": "12",
    "issue": "3",
    "pages": "45-51",
    "doi": "10.5555/1",
    "pmcid": None,
    "authors_complete": 1,
}


def test_a_study_is_cited_in_one_line() -> None:
    """Authors, title, journal, date, place and identifiers; a question mark needs no full stop."""
    assert citation(STUDY, [AUTHOR, GROUP]) == (
        "Sample AB, Example Group. Does memory hold? Inv Ann. 2026 Nov 3;12(3):45-51. doi: 10.5555/1. PMID: 970000001."
    )


@pytest.mark.parametrize(("count", "complete", "others"), [(6, 1, False), (7, 1, True), (2, 0, True)])
def test_of_many_authors_six_are_named(count: int, complete: int, others: bool) -> None:
    """The others are told of, and so are those that the record leaves out."""
    told = citation(STUDY | {"authors_complete": complete}, [AUTHOR] * count)
    assert told.count("Sample AB") == min(count, 6)
    assert (", et al. Does" in told) == others


def test_what_is_not_known_is_left_out() -> None:
    """No empty brackets, no "None"."""
    bare = dict.fromkeys(STUDY, None) | {"pmid": 1, "title": "", "authors_complete": 1}
    assert citation(bare, []) == "PMID: 1."
    assert (
        citation(bare | {"title": "T", "publication_date": "2019-11", "issue": "2"}, []) == "T. 2019 Nov;(2). PMID: 1."
    )
    assert "1998 Spring:1." in citation(bare | {"publication_date_text": "1998 Spring", "pages": "1"}, [])


def test_a_retraction_is_part_of_the_citation() -> None:
    """Who copies it copies the warning."""
    assert citation(STUDY, [], ["Retraction in: Inv Ann. 2027;1:1"]).endswith("Retraction in: Inv Ann. 2027;1:1.")


@pytest.mark.parametrize(
    ("date", "told"), [("2019", "2019"), ("2019-01", "2019 Jan"), ("2019-12-31", "2019 Dec 31"), (None, None)]
)
def test_a_date_is_told_at_its_precision(date: str | None, told: str | None) -> None:
    """Never at more."""
    assert day(date) == told
