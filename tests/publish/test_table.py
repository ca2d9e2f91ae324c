"""Studies as CSV are read by any reader of CSV as they were."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.publish.formats import FORMATS
from harvest.publish.record import Record
from harvest.publish.table import columns
from tests.publish.invented import FULL, VOCABULARY, record, studies


def read(*some: Record) -> list[dict[str, Any]]:
    """What Python's reader reads of some studies."""
    return list(csv.DictReader(io.StringIO(FORMATS["csv"].whole(some, VOCABULARY), newline="")))


def plain(cell: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from working it out."""
    return cell[1:] if re.match(r"'+[=+\-@\t\r]", cell) else cell


def test_all_that_is_known_is_told() -> None:
    """One column a question, and one for each facet of tags."""
    (row,) = read(FULL)
    assert list(row) == columns(VOCABULARY)
    told = {name: value for name, value in row.items() if value}
    assert told == {
        "pmid": "970000123",
        "title": "Low mood, {braces} & 100 % of _it_",
        "notice": "retracted",
        "authors": "van der Sample Ada B Jr; Example Study Group, Unit 2",
        "journal": "Invented Annals",
        "publication_date": "2026-11-03",
        "publication_year": "2026",
        "volume": "12",
        "issue": "3",
        "pages": "1085-92",
        "doi": "10.5555/sample.123",
        "pmcid": "PMC97000123",
        "language": "eng",
        "entered": "2026-11-02",
        "relevance": "main",
        "design": "rct",
        "participants": "80",
        "follow_up_days": "84",
        "mood": "low",
        "findings": "mood/low=no-change",
        "keywords": "low mood; recall",
        "mesh": "Depressive Disorder, Major; Humans",
        "publication_types": "Journal Article",
        "pubmed": "https://pubmed.ncbi.nlm.nih.gov/970000123/",
        "abstract": "METHODS: A trial.\n\nRESULTS: It helped.",
    }


def test_no_studies_are_a_header() -> None:
    """So that a program finds the columns."""
    assert FORMATS["csv"].whole([], VOCABULARY).strip() == ",".join(columns(VOCABULARY))


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "'=1"])
def test_no_text_is_a_formula(title: str) -> None:
    """An apostrophe before it keeps a spreadsheet from working it out."""
    told = read(record(title=title))[0]["title"]
    assert told == f"'{title}"
    assert plain(told) == title


def test_other_texts_are_left_as_they_are() -> None:
    """A quotation at the beginning is none of it."""
    assert read(record(title="'Words': Erratum."))[0]["title"] == "'Words': Erratum."


@given(st.lists(studies, max_size=4))
def test_whatever_a_study_says_it_is_read_again_once(some: list[Record]) -> None:
    """None lost, none doubled; every character of every plane is there."""
    rows = read(*some)
    assert len(rows) == len(some)
    for study, row in zip(some, rows, strict=True):
        for name in ("title", "abstract", "journal", "doi"):
            assert plain(row[name]) == (getattr(study, name) or "")
