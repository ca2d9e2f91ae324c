"""Finds the studies that are most like one: those that share its tags and its MeSH headings, the rarer the better.

Each tag and heading that two studies share counts by its inverse document frequency (Spärck Jones, J Doc 1972).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter

from harvest.catalogue.filters import INCIDENTAL
from harvest.catalogue.sets import Reads, Sets, Studies
from harvest.catalogue.tally import Tally

COMMONEST = 500
"""A heading that the records of a study use in more places than this tells little, and is left to the tags."""

STEPS = 4
"""Into how many steps a weight of one is divided."""

REASONS = 4
"""How many of the shared tags and headings are named, the rarest first."""

_STANDING = "relevance"
"""A facet that two studies may share without being alike."""

_HEADINGS = """
SELECT DISTINCT ui, name FROM study_mesh AS own JOIN mesh_headings USING (ui)
WHERE pmid = ? AND (SELECT 1 FROM study_mesh WHERE ui = own.ui LIMIT 1 OFFSET ?) IS NULL ORDER BY position
"""
"""The headings of a study that are used in no more places than so many."""

_HAVING = "SELECT pmid FROM study_mesh WHERE ui = ?"


@dataclass(frozen=True, slots=True)
class Trait:
    """A tag or a heading of the study, which studies have it, and how telling that is.

    ``key`` is that of a tag, ``covers`` are the wider tags that go without saying beside it.
    """

    label: str
    covers: tuple[tuple[str, str], ...]
    key: tuple[str, str] | None
    studies: Studies
    weight: int


@dataclass(frozen=True, slots=True)
class Similar:
    """A study that is like another; ``shared`` is what they share, the most telling first."""

    pmid: int
    shared: list[str]


def similar(sets: Sets, conn: Reads, pmid: int, count: int = 5) -> list[Similar]:
    """The studies most like one, the most similar first; of equals the one with the higher PMID.

    Studies that only mention the subject are left out, unless the study itself is one.

    Args:
        sets: the studies.
        conn: the database that the sets were read from.
        pmid: the study.
        count: how many studies are wanted.
    """
    if pmid not in sets.places:
        return []
    itself = sets.of([pmid])
    traits = [*_tags(sets, itself), *_headings(sets, conn, pmid)]
    tally = Tally()
    for trait in traits:
        tally.add(trait.studies, trait.weight)
    others = sets.everything & ~itself
    incidental = sets.tagged(_STANDING, INCIDENTAL)
    if not itself & incidental:
        others &= ~incidental
    alike = tally.highest(others & tally.at_least(1), count)
    shared = [(place, [trait for trait in traits if trait.studies >> place & 1]) for place in _places(alike)]
    shared.sort(key=lambda one: (sum(trait.weight for trait in one[1]), one[0]), reverse=True)
    return [Similar(sets.pmids[place], _named(some)) for place, some in shared]


def _tags(sets: Sets, itself: Studies) -> Iterator[Trait]:
    """The tags that the study carries."""
    for key, tag in sets.tags.items():
        studies = sets.tagged(*key)
        if studies & itself and tag.facet != _STANDING:
            covers = tuple((tag.facet, parent) for parent in tag.parents)
            yield Trait(tag.label, covers, key, studies, _weight(sets, studies))


def _headings(sets: Sets, conn: Reads, pmid: int) -> Iterator[Trait]:
    """The MeSH headings of the study that are not very common."""
    for ui, name in conn.execute(_HEADINGS, (pmid, COMMONEST)).fetchall():
        studies = sets.of(one for (one,) in conn.execute(_HAVING, (ui,)))
        yield Trait(f"{name} (MeSH)", (), None, studies, _weight(sets, studies))


def _weight(sets: Sets, studies: Studies) -> int:
    """How telling it is to be among some studies: nothing where all are."""
    return round(STEPS * math.log((len(sets) + 1) / (studies.bit_count() + 1)))


def _places(studies: Studies) -> Iterator[int]:
    """The places of a small set of studies."""
    while studies:
        place = studies.bit_length() - 1
        yield place
        studies ^= 1 << place


def _named(shared: list[Trait]) -> list[str]:
    """What is shared, the most telling first; a tag goes without saying where a narrower one is."""
    covered = {key for trait in shared for key in trait.covers}
    told = [trait for trait in shared if trait.weight and trait.key not in covered]
    return [trait.label for trait in sorted(told, key=attrgetter("weight"), reverse=True)[:REASONS]]
