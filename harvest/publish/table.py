"""Studies as CSV: one row a study, one column a question."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import Any

from harvest.publish.record import Record, Tagged, Vocabulary
from harvest.publish.wording import PUBMED

BETWEEN = "; "
"""Stands between the values of one cell."""

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""How a text begins that a spreadsheet takes for a formula, with and without the apostrophe that keeps it from that."""

_FIRST = (
    *("pmid", "title", "notice", "authors", "journal", "publication_date", "publication_year", "volume", "issue"),
    *("pages", "doi", "pmcid", "language", "entered", "relevance", "species", "design", "participants"),
    "follow_up_days",
)

_LAST = ("findings", "keywords", "mesh", "publication_types", "pubmed", "abstract")


def header(vocabulary: Vocabulary) -> str:
    """The names of the columns as a line."""
    return lines([columns(vocabulary)])


def columns(vocabulary: Vocabulary) -> list[str]:
    """The names of the columns: what is known of a study, with a column for each facet of tags."""
    return [*_FIRST, *_facets(vocabulary), *_LAST]


def row(record: Record, vocabulary: Vocabulary) -> str:
    """A study as a line."""
    cells: dict[str, Any] = {
        **{name: getattr(record, name) for name in _FIRST if name != "authors"},
        "authors": BETWEEN.join(person.name for person in record.of_role("author")),
        **{facet: _slugs(record, facet) for facet in _facets(vocabulary)},
        "findings": BETWEEN.join(f"{tag.facet}/{tag.tag}={tag.finding}" for tag in record.tags if tag.finding),
        "keywords": BETWEEN.join(record.keywords),
        "mesh": BETWEEN.join(record.mesh),
        "publication_types": BETWEEN.join(record.publication_types),
        "pubmed": PUBMED.format(record.pmid),
        "abstract": record.abstract,
    }
    return lines([[_inert(cells[name]) for name in columns(vocabulary)]])


def lines(rows: Sequence[Sequence[Any]]) -> str:
    """Rows as lines of CSV (RFC 4180)."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _facets(vocabulary: Vocabulary) -> list[str]:
    return [facet.slug for facet in vocabulary.facets.values() if facet.kind == "list"]


def _slugs(record: Record, facet: str) -> str:
    carried: list[Tagged] = [tag for tag in record.tags if tag.facet == facet]
    return BETWEEN.join(tag.tag for tag in carried)


def _inert(value: Any) -> Any:
    """A value that no spreadsheet takes for a formula; who reads it takes one apostrophe away from what begins so."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value
