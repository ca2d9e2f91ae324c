"""Counts studies for a reader who looks around: what is new, what was found of what, year by year.

Every count comes with the parameters of the search that shows the studies counted. Retracted studies are left out, and
unless more is asked for only studies of people that are mainly about the subject are counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import NamedTuple
from urllib.parse import urlencode

from harvest.catalogue.filters import INCIDENTAL, Filters
from harvest.catalogue.lookup import FINDINGS
from harvest.catalogue.sets import Facet, Sets, Studies, Tag

NEW_WITHIN = (7, 30, 90)
"""Within how many days a study must have entered PubMed to be called new."""

ANY = "any"
"""What a parameter says where studies are counted whatever they have."""

Pairs = Sequence[tuple[str, str]]
"""Parameters of an address."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which studies are counted: the species and the relevance that they must have; ``None`` asks for none."""

    species: str | None = "human"
    relevance: str | None = "main"

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Scope:
        """The scope that the parameters of an address name; what they do not widen is as usual."""
        return cls(**{facet: None for facet in ("species", "relevance") if args.get(facet) == ANY})

    def wider(self, facet: str) -> Scope:
        """The same whatever studies have in this facet."""
        return replace(self, **{facet: None}) if facet in self.fixed else self

    @property
    def fixed(self) -> dict[str, str]:
        """What studies must have, by facet."""
        values = {"species": self.species, "relevance": self.relevance}
        return {facet: value for facet, value in values.items() if value}

    @property
    def asked(self) -> dict[str, str]:
        """The same for a saved query, which takes ``any`` where nothing is asked for."""
        return {"relevance": self.relevance or ANY, "species": self.species or ANY}

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of a search in this scope."""
        hidden = [] if self.relevance else [(INCIDENTAL, "1")]
        return [*self.fixed.items(), *hidden, ("retracted", "hide")]

    def studies(self, sets: Sets) -> Studies:
        """The studies in this scope."""
        ticked = {facet: [value] for facet, value in self.fixed.items()}
        return Filters(ticked=ticked, without_retracted=True, with_incidental=True).apply(sets)


class Count(NamedTuple):
    """How many studies, and the parameters of the search that shows them."""

    studies: int
    search: str


class Told(NamedTuple):
    """How many studies found this of a tag; ``start`` and ``width`` are its place on a bar of length 100."""

    finding: str
    studies: int
    search: str
    start: float
    width: float


class Split(NamedTuple):
    """How many studies, and what they found; of ``unjudged`` ones nobody said."""

    studies: int
    search: str
    told: list[Told]
    unjudged: int


class Row(NamedTuple):
    """A row of a matrix: a tag, how deep it lies below wider ones, all its studies, and those of each column."""

    tag: Tag
    depth: int
    all: Count
    cells: list[Split]


class Matrix(NamedTuple):
    """Tags of one facet against tags of another, whose findings are told."""

    rows_facet: Facet
    columns_facet: Facet
    columns: list[Tag]
    rows: list[Row]
    all: Count
    totals: list[Split]


class New(NamedTuple):
    """What is new of a tag, or of all (``None``): a count for each number of days."""

    tag: Tag | None
    counts: list[Count]


class Year(NamedTuple):
    """A year of publication; one that is not over is partial. ``share`` is its part of the fullest year."""

    year: int
    studies: int
    search: str
    is_partial: bool
    share: float


class Company(NamedTuple):
    """The tags of a facet that go most often with a tag."""

    facet: Facet
    tags: list[tuple[Tag, Count]]


class Overview:
    """Counts the studies of a scope.

    Args:
        sets: the studies.
        scope: which of them are counted.
    """

    def __init__(self, sets: Sets, scope: Scope) -> None:
        self.sets = sets
        self.scope = scope
        self._end = "&" + urlencode(scope.pairs)

    @cached_property
    def inside(self) -> Studies:
        """The studies of the scope."""
        return self.scope.studies(self.sets)

    @property
    def all(self) -> Count:
        """Every study of the scope."""
        return self._count(self.inside, [])

    def on(self, tag: Tag) -> Count:
        """The studies that carry a tag."""
        return self._count(self._tagged(tag), [(tag.facet, tag.slug)])

    def newest(self, count: int, tag: Tag | None = None) -> list[int]:
        """The PMIDs that entered PubMed last."""
        return self.sets.first(self._tagged(tag), self.sets.by_entry, count)

    def matrix(self, rows: str, columns: str) -> Matrix | None:
        """The tags of one facet against those of another; ``None`` where there is no such facet."""
        facets = self.sets.facets
        if not {rows, columns} <= facets.keys():
            return None
        effects = [tag for tag, _ in branches(self.sets, columns)]
        return Matrix(
            rows_facet=facets[rows],
            columns_facet=facets[columns],
            columns=effects,
            rows=[
                Row(tag, depth, self.on(tag), [self.split(effect, tag) for effect in effects])
                for tag, depth in branches(self.sets, rows)
            ],
            all=self.all,
            totals=[self.split(effect) for effect in effects],
        )

    def split(self, of: Tag, tag: Tag | None = None) -> Split:
        """The studies of a tag, of those that carry another one too, by what they found."""
        studies = self._tagged(tag) & self.sets.tagged(of.facet, of.slug)
        count = self._count(studies, [*([(tag.facet, tag.slug)] if tag else []), (of.facet, of.slug)])
        told: list[Told] = []
        done = 0
        for finding in FINDINGS if count.studies else ():
            number = (studies & self.sets.found(of.facet, of.slug, finding)).bit_count()
            if number:
                start, width = 100 * done / count.studies, 100 * number / count.studies
                told.append(Told(finding, number, f"{count.search}&finding={finding}", start, width))
                done += number
        return Split(count.studies, count.search, told, count.studies - done)

    def news(self, facet: str) -> list[New]:
        """What is new: of all studies, then of each tag of a facet that has any, most first."""
        tags = [tag for tag in self.sets.tags.values() if tag.facet == facet]
        news = [New(tag, self._new(tag)) for tag in tags]
        some = [new for new in news if new.counts[-1].studies]
        return [New(None, self._new()), *sorted(some, key=lambda new: [-count.studies for count in new.counts[::-1]])]

    def years(self, today: date, tag: Tag | None = None) -> list[Year]:
        """The studies of each year from the first to the last that has any."""
        studies = self._tagged(tag)
        numbers = {year: (studies & one).bit_count() for year, one in self.sets.years.items()}
        some = [year for year, number in numbers.items() if number]
        most = max(numbers.values(), default=0)
        ticked = [(tag.facet, tag.slug)] if tag else []
        return [
            Year(
                year=year,
                studies=numbers.get(year, 0),
                search=self._search([*ticked, ("from", str(year)), ("to", str(year))]),
                is_partial=year >= today.year,
                share=numbers.get(year, 0) / most,
            )
            for year in (range(some[0], some[-1] + 1) if some else ())
        ]

    def company(self, tag: Tag, most: int) -> Iterator[Company]:
        """The tags that go most often with a tag, facet by facet, its own and those of the scope left out."""
        by_facet: dict[str, list[tuple[Tag, Count]]] = defaultdict(list)
        studies = self._tagged(tag)
        for other in self.sets.tags.values():
            both = studies & self.sets.tagged(other.facet, other.slug)
            if both and other.facet != tag.facet and other.facet not in self.scope.fixed:
                count = self._count(both, [(tag.facet, tag.slug), (other.facet, other.slug)])
                by_facet[other.facet].append((other, count))
        for facet in self.sets.facets.values():
            if found := by_facet.get(facet.slug):
                yield Company(facet, sorted(found, key=lambda pair: -pair[1].studies)[:most])

    def _tagged(self, tag: Tag | None) -> Studies:
        return self.inside & self.sets.tagged(tag.facet, tag.slug) if tag else self.inside

    def _new(self, tag: Tag | None = None) -> list[Count]:
        studies = self._tagged(tag)
        ticked = [(tag.facet, tag.slug)] if tag else []
        return [
            self._count(
                Filters(entered_days=days, with_incidental=True).apply(self.sets) & studies,
                [*ticked, ("since", str(days)), ("sort", "entered")],
            )
            for days in NEW_WITHIN
        ]

    def _count(self, studies: Studies, pairs: Pairs) -> Count:
        return Count(studies.bit_count(), self._search(pairs))

    def _search(self, pairs: Pairs) -> str:
        return (urlencode(pairs) + self._end).removeprefix("&")


def branches(sets: Sets, facet: str) -> list[tuple[Tag, int]]:
    """The tags of a facet, each narrower one below the first of its wider ones, with how deep it lies."""
    tags = [tag for tag in sets.tags.values() if tag.facet == facet]
    below: dict[str, list[Tag]] = defaultdict(list)
    for tag in tags:
        below[tag.parents[0] if tag.parents else ""].append(tag)

    def under(parent: str, depth: int) -> Iterator[tuple[Tag, int]]:
        for tag in below.get(parent, ()):
            yield tag, depth
            yield from under(tag.slug, depth + 1)

    return list(under("", 0))


def narrower(sets: Sets, tag: Tag) -> list[Tag]:
    """The tags next below a tag."""
    return [one for one in sets.tags.values() if one.facet == tag.facet and tag.slug in one.parents]
