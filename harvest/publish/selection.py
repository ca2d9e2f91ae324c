"""Which studies an address names: those that a search finds, or those that are named by PMID."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from harvest.catalogue.filters import Filters
from harvest.catalogue.lookup import SIZE, Lookup
from harvest.catalogue.search import Searcher
from harvest.catalogue.sets import Reads, Sets, Studies

LONGEST_PMID = 12
"""Digits of a number that may be a PMID."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The studies that an address names.

    Attributes:
        pmids: all of them in the order of the search, or as they were named.
        lookup: the search; it is that of everything where studies were named.
        with_retracted: all of them as a set, with those that were left out only because they are retracted.
        is_named: whether they were named one by one.
    """

    pmids: list[int]
    lookup: Lookup
    with_retracted: Studies
    is_named: bool = False

    @property
    def key(self) -> str:
        """What the studies are, whatever their order, as the parameters of an address."""
        if self.is_named:
            return urlencode([("pmid", pmid) for pmid in self.pmids])
        return replace(self.lookup, page=1, size=SIZE, sort="relevance").address


def select(
    searcher: Searcher, conn: Reads, args: Mapping[str, Sequence[str]], levels: Sequence[Mapping[str, Any]] = ()
) -> Selection:
    """The studies that the parameters of an address name; all, not a page of them.

    Args:
        searcher: the studies.
        conn: the database.
        args: the values of each parameter; where there is a ``pmid``, nothing else counts.
        levels: the levels of evidence, each with its designs.
    """
    sets = searcher.sets
    if "pmid" in args:
        pmids = [pmid for pmid in dict.fromkeys(map(pmid_of, args["pmid"])) if pmid in sets.places]
        return Selection(pmids, Lookup(), sets.of(pmids), is_named=True)
    lookup = lookup_of(sets, args)
    filters = filters_of(lookup, levels)
    found = searcher.search(conn, lookup.text, filters, lookup.sort, size=len(sets))
    visible = replace(filters, without_retracted=False).apply(sets)
    return Selection(found.pmids, lookup, found.by_words & visible)


def lookup_of(sets: Sets, args: Mapping[str, Sequence[str]]) -> Lookup:
    """The search that the parameters of an address name."""
    return Lookup.read(args, [facet.slug for facet in sets.facets.values() if facet.kind != "number"])


def filters_of(lookup: Lookup, levels: Sequence[Mapping[str, Any]]) -> Filters:
    """What studies must be like for a search, the designs of the levels of evidence that it wants included."""
    designs = [design for level in levels[: lookup.level] for design in level["designs"]]
    return replace(lookup.filters, designs=designs)


def pmid_of(typed: str) -> int:
    """A PMID as it was typed; 0, which no study has, where it is none."""
    is_number = typed.isascii() and typed.isdecimal() and len(typed) <= LONGEST_PMID
    return int(typed) if is_number else 0
