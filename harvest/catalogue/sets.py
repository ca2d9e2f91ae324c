"""Which studies have what, held in memory: a set of studies is a whole number of which each bit is a study.

Counting how many of some thousand studies carry each of a hundred tags is then a hundred operations on numbers, so that
no count has to be left out for want of time. A study's bit is its place in the order of PMIDs.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from sys import intern
from typing import Any, Literal, NamedTuple, Protocol

Studies = int
"""A set of studies; ``&``, ``|`` and ``bit_count`` work on it."""

Column = Literal["publication_year", "participants", "follow_up_days"]

_WORD = re.compile(r"[^\W\d_]{3,}")
_PLAIN_WORD = re.compile(r"[a-z]{3,}")  # the same where all is ASCII, in half the time

_ONE = re.compile("1")

_VALUES = ("relevance", "species", "design")


class Reads(Protocol):
    """A connection that is read from."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Any:
        """The rows of a query."""


class Tag(NamedTuple):
    """A tag of the published taxonomy; ``facet`` and ``slug`` are what is stored."""

    facet: str
    slug: str
    label: str
    definition: str
    parents: tuple[str, ...]
    synonyms: tuple[str, ...]


class Facet(NamedTuple):
    """A question asked of every study; ``kind`` is list, single or number."""

    slug: str
    kind: str
    label: str
    definition: str


class Sets:
    """The studies of one database and what they have, as they stood at one moment.

    Args:
        conn: the database; it is read within one transaction.

    Attributes:
        pmids: the studies in the order of their places.
        facets: the questions, by slug.
        tags: the published tags, by facet and slug.
        by_entry: all places, the study that entered PubMed last first.
        words: the words of titles, keywords and MeSH headings, with how many studies have each.
    """

    def __init__(self, conn: Reads) -> None:
        conn.execute("SAVEPOINT sets")
        try:
            self.facets = facets_of(conn)
            self.tags = {(tag.facet, tag.slug): tag for tag in _tags(conn)}
            self._read_studies(conn)
            self.words = Counter(word for (text,) in conn.execute(_DESCRIBED) for word in words_of(text))
            self._read_tags(conn)
        finally:
            conn.execute("RELEASE sets")
        # kept by this object and not by its class, so that a former moment's sets are let go
        self._kept_at_least = lru_cache(maxsize=256)(self._at_least)
        self._kept_entered_since = lru_cache(maxsize=64)(self._entered_since)

    def _read_studies(self, conn: Reads) -> None:
        rows = conn.execute(_STUDIES).fetchall()
        self.pmids = array("q", [row[0] for row in rows])
        self.places = {pmid: place for place, pmid in enumerate(self.pmids)}
        self._columns: dict[str, Sequence[int]] = {
            "publication_year": array("i", [row[1] or 0 for row in rows]),
            "participants": array("q", [-1 if row[2] is None else row[2] for row in rows]),
            "follow_up_days": array("i", [-1 if row[3] is None else row[3] for row in rows]),
        }
        self._entered = [intern(row[4] or "") for row in rows]
        self._published = [intern(row[5] or "") for row in rows]
        self._valued = {
            name: self._grouped((row[column] or "", place) for place, row in enumerate(rows))
            for column, name in enumerate((*_VALUES, "notice"), start=6)
        }
        self.with_abstract = self.at(place for place, row in enumerate(rows) if row[10])
        self.by_entry = self._ordered(self._entered)
        self.everything = (1 << len(rows)) - 1

    def _read_tags(self, conn: Reads) -> None:
        places = self.places
        tagged: dict[tuple[str, str], list[int]] = defaultdict(list)
        found: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        for facet, tag, pmid, finding in conn.execute("SELECT facet, tag, pmid, finding FROM study_tags"):
            place = places[pmid]
            tagged[facet, tag].append(place)
            if finding:
                found[facet, tag, finding].append(place)
        titled: dict[tuple[str, str], list[int]] = defaultdict(list)
        for facet, tag, pmid in conn.execute(_TITLED):
            titled[facet, tag].append(places[pmid])
        self._titled = {key: self.at(some) for key, some in titled.items()}
        self._tagged = {key: self.at(some) for key, some in tagged.items()}
        self._found = {key: self.at(some) for key, some in found.items()}

    def _grouped(self, pairs: Iterable[tuple[str, int]]) -> dict[str, Studies]:
        groups: dict[str, list[int]] = defaultdict(list)
        for value, place in pairs:
            groups[value].append(place)
        return {value: self.at(places) for value, places in groups.items()}

    def at(self, places: Iterable[int]) -> Studies:
        """The set of the studies at some places."""
        bits = bytearray(len(self.pmids) // 8 + 1)
        for place in places:
            bits[place >> 3] |= 1 << (place & 7)
        return int.from_bytes(bits, "little")

    def of(self, pmids: Iterable[int]) -> Studies:
        """The set of some studies; those that came after this moment are left out."""
        known = self.places
        return self.at(known[pmid] for pmid in pmids if pmid in known)

    def label(self, facet: str, slug: str | None) -> str:
        """A tag in plain words, be it published or not; nothing for none."""
        known = self.tags.get((facet, slug or ""))
        return known.label if known else (slug or "").replace("-", " ")

    def tagged(self, facet: str, tag: str) -> Studies:
        """The studies that carry a tag, or have a single value."""
        if facet in self._valued:
            return self._valued[facet].get(tag, 0)
        return self._tagged.get((facet, tag), 0)

    def titled(self, facet: str, tag: str) -> Studies:
        """The studies whose titles say what gives them a tag."""
        return self._titled.get((facet, tag), 0)

    @property
    def judgements(self) -> Iterable[tuple[str, str, str]]:
        """Every facet, tag and finding that some study has."""
        return self._found.keys()

    def found(self, facet: str, tag: str, finding: str) -> Studies:
        """The studies that carry a tag and found this of it."""
        return self._found.get((facet, tag, finding), 0)

    def noticed(self, notice: str) -> Studies:
        """The studies of which PubMed says this: retracted, concern or corrected."""
        return self._valued["notice"].get(notice, 0)

    def at_least(self, column: Column, least: int) -> Studies:
        """The studies of which a column is stated and at least so much."""
        return self._kept_at_least(column, least)

    def _at_least(self, column: Column, least: int) -> Studies:
        values = self._columns[column]
        return self.at([place for place, value in enumerate(values) if value >= max(least, 0)])

    def up_to_year(self, year: int) -> Studies:
        """The studies published in a year or before."""
        return self.at_least("publication_year", 1) & ~self.at_least("publication_year", year + 1)

    def entered_since(self, day: str) -> Studies:
        """The studies that entered PubMed on a day (ISO) or later."""
        return self._kept_entered_since(day)

    def _entered_since(self, day: str) -> Studies:
        return self.at([place for place, entered in enumerate(self._entered) if entered >= day])

    @cached_property
    def years(self) -> dict[int, Studies]:
        """The studies of each year of publication, the first year first."""
        groups: dict[int, list[int]] = defaultdict(list)
        for place, year in enumerate(self._columns["publication_year"]):
            if year:
                groups[year].append(place)
        return {year: self.at(groups[year]) for year in sorted(groups)}

    @cached_property
    def by_publication(self) -> Sequence[int]:
        """All places, the study published last first."""
        return self._ordered(self._published)

    @cached_property
    def by_participants(self) -> Sequence[int]:
        """All places, the study with most participants first; those that state none last."""
        return self._ordered(self._columns["participants"])

    def _ordered(self, values: Sequence[str] | Sequence[int]) -> Sequence[int]:
        pmids = self.pmids
        return array("i", sorted(range(len(pmids)), key=lambda place: (values[place], pmids[place]), reverse=True))

    def first(self, studies: Studies, order: Sequence[int], count: int, skip: int = 0) -> list[int]:
        """The PMIDs of the first studies of a set in an order of places."""
        bits = studies.to_bytes(len(self.pmids) // 8 + 1, "little")
        inside = (place for place in order if bits[place >> 3] >> (place & 7) & 1)
        return [self.pmids[place] for _, place in zip(range(skip + count), inside, strict=False)][skip:]

    def all(self, studies: Studies) -> list[int]:
        """The PMIDs of a set in their order."""
        return [self.pmids[match.start()] for match in _ONE.finditer(format(studies, "b")[::-1])]

    def year_of(self, place: int) -> int:
        """The year of publication of the study at a place, 0 where it has none."""
        return self._columns["publication_year"][place]

    def __len__(self) -> int:
        return len(self.pmids)


def facets_of(conn: Reads) -> dict[str, Facet]:
    """The questions in their order, by slug."""
    return {row[0]: Facet(*row) for row in conn.execute(_FACETS)}


def words_of(text: str) -> set[str]:
    """The words of a text in lower case."""
    return set((_PLAIN_WORD if text.isascii() else _WORD).findall(text.lower()))


_FACETS = "SELECT facet, kind, label, definition FROM facets ORDER BY position"

_STUDIES = """
    SELECT
      pmid, publication_year, participants, follow_up_days, entered, publication_date,
      relevance, species, design, notice, abstract IS NOT NULL
    FROM studies ORDER BY pmid
"""

_DESCRIBED = "SELECT title || ' ' || coalesce(keywords, '') || ' ' || coalesce(mesh, '') FROM studies"

_TITLED = "SELECT facet, tag, pmid FROM tag_evidence WHERE section = 0 AND role = 'tag'"


def _tags(conn: Reads) -> Iterator[Tag]:
    """The published tags in their order."""
    parents: dict[tuple[str, str], list[str]] = defaultdict(list)
    for facet, tag, parent in conn.execute("SELECT facet, tag, parent FROM tag_parents"):
        parents[facet, tag].append(parent)
    synonyms: dict[tuple[str, str], list[str]] = defaultdict(list)
    for facet, tag, synonym in conn.execute("SELECT facet, tag, synonym FROM tag_synonyms ORDER BY position"):
        synonyms[facet, tag].append(synonym)
    for facet, tag, label, definition in conn.execute("SELECT facet, tag, label, definition FROM tags ORDER BY rowid"):
        key = facet, tag
        yield Tag(facet, tag, label, definition, tuple(parents[key]), tuple(synonyms[key]))
