"""A study as it is taken away: all that an export needs of it, read in batches, so that any number of them fits."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from harvest.batches import batches
from harvest.catalogue.sets import Facet, Reads, facets_of

BATCH = 250
"""Studies that are read at once."""

PREPRINT = "Preprint"
"""The publication type of a study that no journal has published yet."""


class Person(NamedTuple):
    """A person or, where ``collective_name`` is set, a group; ``name`` is how it is shown."""

    role: str
    name: str
    last_name: str | None
    fore_name: str | None
    initials: str | None
    suffix: str | None
    collective_name: str | None
    orcid: str | None

    @property
    def given(self) -> str | None:
        """The given names, as initials where no more is known."""
        return self.fore_name or self.initials


class Tagged(NamedTuple):
    """A tag of a study; ``place`` orders tags as the taxonomy does, ``question`` is the label of the facet.

    Where ``is_listed`` a study may have several of the facet; otherwise the tag is a column of the study as well.
    """

    place: int
    facet: str
    tag: str
    label: str
    question: str
    is_listed: bool
    basis: str
    finding: str | None


class Notice(NamedTuple):
    """Where a study was retracted, corrected or doubted."""

    kind: str
    citation: str
    pmid: int | None


class Record(NamedTuple):
    """A study; the columns are those of the table ``studies``, the lists are in their order."""

    pmid: int
    title: str
    abstract: str | None
    journal: str | None
    journal_abbreviation: str | None
    issn: str | None
    publication_date: str | None
    publication_year: int | None
    volume: str | None
    issue: str | None
    pages: str | None
    doi: str | None
    pmcid: str | None
    language: str | None
    kind: str
    notice: str
    relevance: str | None
    species: str | None
    design: str | None
    participants: int | None
    follow_up_days: int | None
    entered: str | None
    revised: str | None
    first_seen: str
    missing_since: str | None
    authors_complete: int
    mesh: Sequence[str]
    people: Sequence[Person]
    tags: Sequence[Tagged]
    keywords: Sequence[str]
    publication_types: Sequence[str]
    notices: Sequence[Notice]

    @property
    def is_retracted(self) -> bool:
        """Whether PubMed says that the study was retracted."""
        return self.notice == "retracted"

    @property
    def is_preprint(self) -> bool:
        """Whether no journal has published the study yet."""
        return PREPRINT in self.publication_types

    def of_role(self, role: str) -> list[Person]:
        """The people of a role, in their order."""
        return [person for person in self.people if person.role == role]


COLUMNS = Record._fields[: Record._fields.index("people")]
"""The fields that are columns of ``studies``."""

_STUDIES = f"SELECT {', '.join(COLUMNS)} FROM studies WHERE pmid IN (SELECT value FROM json_each(?))"

_PEOPLE = """
SELECT pmid, role, name, last_name, fore_name, initials, suffix, collective_name, orcid
FROM study_authors JOIN authors ON id = author_id
WHERE pmid IN (SELECT value FROM json_each(?)) ORDER BY pmid, position
"""

_TAGS = """
SELECT
  pmid,
  group_concat(facet || char(31) || tag || char(31) || basis || char(31) || coalesce(finding, ''), char(30))
FROM study_tags WHERE pmid IN (SELECT value FROM json_each(?)) GROUP BY pmid
"""
"""The tags of each study in one row, divided by control characters: a row for each would take twice as long to read."""

_KEYWORDS = """
SELECT pmid, keyword FROM study_keywords WHERE pmid IN (SELECT value FROM json_each(?)) ORDER BY pmid, position
"""

_TYPES = """
SELECT pmid, name FROM study_publication_types JOIN publication_types USING (ui)
WHERE pmid IN (SELECT value FROM json_each(?)) ORDER BY pmid, position
"""

_NOTICES = """
SELECT pmid, kind, citation, other_pmid FROM links
WHERE pmid IN (SELECT value FROM json_each(?)) AND kind IN (
  'RetractionIn', 'RetractedandRepublishedIn', 'ExpressionOfConcernIn', 'ErratumIn', 'CorrectedandRepublishedIn'
) ORDER BY pmid, position
"""

_LABELS = """
SELECT facet, tag, tags.label FROM tags LEFT JOIN facets USING (facet) ORDER BY position, tags.rowid
"""


class Vocabulary:
    """The published taxonomy, as far as an export tells of it.

    Args:
        conn: the database.

    Attributes:
        facets: the questions in their order, by slug.
    """

    def __init__(self, conn: Reads) -> None:
        self.facets = facets_of(conn)
        labels = enumerate(conn.execute(_LABELS))
        self._labels: dict[tuple[str, str], tuple[int, str]] = {
            (facet, tag): (place, label) for place, (facet, tag, label) in labels
        }
        self.read = lru_cache(maxsize=1 << 14)(self._read)

    def tag(self, facet: str, tag: str, basis: str, finding: str | None = None) -> Tagged:
        """A tag of a study."""
        place, label = self._labels.get((facet, tag), (len(self._labels), tag))
        asked = self.facets.get(facet) or Facet(facet, "list", facet, "")
        return Tagged(place, facet, tag, label, asked.label, asked.kind == "list", basis, finding or None)

    def _read(self, joined: str) -> Tagged:
        """A tag of a study as a query has joined it."""
        return self.tag(*joined.split("\x1f"))

    def label(self, facet: str, tag: str) -> str:
        """What a tag is called."""
        return self._labels.get((facet, tag), (0, tag))[1]


def records(conn: Reads, vocabulary: Vocabulary, pmids: Iterable[int]) -> Iterator[Record]:
    """Some studies in their order; those that are not there are left out.

    Args:
        conn: the database; it is read batch by batch.
        vocabulary: the published taxonomy.
        pmids: the studies.
    """
    for some in batches(pmids, BATCH):
        yield from batch(conn, vocabulary, some)


def batch(conn: Reads, vocabulary: Vocabulary, pmids: Sequence[int]) -> list[Record]:
    """A few studies in their order, as they stand at one moment; those that are not there are left out."""
    conn.execute("SAVEPOINT batch")
    try:
        return _batch(conn, vocabulary, pmids)
    finally:
        conn.execute("RELEASE batch")


def _batch(conn: Reads, vocabulary: Vocabulary, pmids: Sequence[int]) -> list[Record]:
    wanted = json.dumps(list(pmids))
    rows = {row[0]: row for row in _rows(conn, _STUDIES, wanted)}
    people = _grouped(conn, _PEOPLE, wanted, Person._make)
    keywords = _grouped(conn, _KEYWORDS, wanted, itemgetter(0))
    types = _grouped(conn, _TYPES, wanted, itemgetter(0))
    noticed = [pmid for pmid, row in rows.items() if row[_NOTICE] != "none"]
    notices = _grouped(conn, _NOTICES, json.dumps(noticed), Notice._make) if noticed else {}
    tags = {pmid: sorted(map(vocabulary.read, joined.split("\x1e"))) for pmid, joined in _rows(conn, _TAGS, wanted)}
    return [
        Record._make(
            (
                *(row := rows[pmid])[:_MESH],
                row[_MESH].split("; ") if row[_MESH] else (),  # no heading of MeSH holds a semicolon
                people.get(pmid, ()),
                tags.get(pmid, ()),
                keywords.get(pmid, ()),
                types.get(pmid, ()),
                notices.get(pmid, ()),
            )
        )
        for pmid in pmids
        if pmid in rows
    ]


_MESH, _NOTICE = COLUMNS.index("mesh"), COLUMNS.index("notice")


def _grouped(conn: Reads, sql: str, wanted: str, made: Callable[[Any], Any]) -> dict[int, list[Any]]:
    """The rows of a query by their first column, each made into something of its other columns."""
    groups: dict[int, list[Any]] = defaultdict(list)
    for row in _rows(conn, sql, wanted):
        groups[row[0]].append(made(row[1:]))
    return groups


def _rows(conn: Reads, sql: str, wanted: str) -> Iterable[tuple[Any, ...]]:
    """The rows of a query as plain tuples, which takes half the time."""
    cursor = conn.execute(sql, (wanted,))
    cursor.row_factory = None
    rows: Iterable[tuple[Any, ...]] = cursor
    return rows
