"""What a reader ticked, as sets of studies: any of the values ticked in one facet, and all facets together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from harvest.catalogue.sets import Sets, Studies

INCIDENTAL = "incidental"
"""The relevance of studies that only mention the subject; they are hidden unless they are asked for."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What studies must be like.

    ``ticked`` holds the values ticked by facet, single values included. ``findings`` are what must have been found of
    one of the ticked tags, or of any tag where none that has findings is ticked. ``designs`` are those of which one is
    wanted whatever is ticked; empty, any will do. Years, participants and follow-up (days) are bounds; ``None`` bounds
    nothing. ``entered_days`` leaves the studies that entered PubMed so many days ago (UTC) or later.
    """

    ticked: Mapping[str, Sequence[str]] = field(default_factory=dict)
    findings: Sequence[str] = ()
    designs: Sequence[str] = ()
    year_from: int | None = None
    year_to: int | None = None
    participants: int | None = None
    follow_up_days: int | None = None
    entered_days: int | None = None
    with_abstract: bool = False
    without_retracted: bool = False
    with_incidental: bool = False

    def apply(self, sets: Sets) -> Studies:
        """The studies that are like this."""
        studies = self._bounded(sets)
        for facet, values in self.ticked.items():
            if values:
                studies &= _any(sets.tagged(facet, value) for value in values)
        if self.findings:
            studies &= _any(sets.found(*tag, finding) for tag in self._judged(sets) for finding in self.findings)
        return studies

    def counts(self, sets: Sets, found: Studies, facet: str) -> dict[str, int]:
        """How many studies of those found each value of a facet would show if it were ticked instead of those that are.

        Args:
            sets: the studies.
            found: the studies that the words find, before any filter.
            facet: the facet.
        """
        others = replace(self, ticked={name: values for name, values in self.ticked.items() if name != facet})
        if facet == "relevance":
            others = replace(others, with_incidental=True)
        slugs = [slug for name, slug in sets.tags if name == facet]
        if self.findings:  # of which tag they are asked depends on what is ticked
            alone = [replace(others, ticked={**others.ticked, facet: [slug]}) for slug in slugs]
            return {slug: (found & one.apply(sets)).bit_count() for slug, one in zip(slugs, alone, strict=True)}
        inside = found & others.apply(sets)
        return {slug: (inside & sets.tagged(facet, slug)).bit_count() for slug in slugs}

    def finding_counts(self, sets: Sets, found: Studies, findings: Sequence[str]) -> dict[str, int]:
        """How many studies of those found each finding would show if it were ticked alone."""
        inside = found & replace(self, findings=()).apply(sets)
        judged = self._judged(sets)
        return {one: (inside & _any(sets.found(*tag, one) for tag in judged)).bit_count() for one in findings}

    def _bounded(self, sets: Sets) -> Studies:
        """The studies within the bounds."""
        studies = sets.everything
        if self.year_from is not None:
            studies &= sets.at_least("publication_year", self.year_from)
        if self.year_to is not None:
            studies &= sets.up_to_year(self.year_to)
        if self.participants is not None:
            studies &= sets.at_least("participants", self.participants)
        if self.follow_up_days is not None:
            studies &= sets.at_least("follow_up_days", self.follow_up_days)
        if self.entered_days is not None:
            studies &= sets.entered_since(_days_ago(self.entered_days))
        if self.designs:
            studies &= _any(sets.tagged("design", design) for design in self.designs)
        return studies & self._shown(sets)

    def _shown(self, sets: Sets) -> Studies:
        """The studies that are not hidden."""
        studies = sets.with_abstract if self.with_abstract else sets.everything
        if self.without_retracted:
            studies &= ~sets.noticed("retracted")
        if not self.with_incidental and INCIDENTAL not in self.ticked.get("relevance", ()):
            studies &= ~sets.tagged("relevance", INCIDENTAL)
        return studies

    def _judged(self, sets: Sets) -> list[tuple[str, str]]:
        """The tags of which a finding is asked: the ticked ones that have any, else all that have."""
        tags = {(facet, tag) for facet, tag, _ in sets.judgements}
        ticked = [(facet, value) for facet, values in self.ticked.items() for value in values]
        return [tag for tag in ticked if tag in tags] or sorted(tags)


def _days_ago(days: int) -> str:
    """The day so many days before today (ISO, UTC), the first of the calendar where there is none."""
    return date.fromordinal(max(1, datetime.now(UTC).toordinal() - days)).isoformat()


def _any(some: Iterator[Studies]) -> Studies:
    studies = 0
    for one in some:
        studies |= one
    return studies
