"""The tagger: a study in, its tags with evidence out."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from harvest.errors import ConfigError
from harvest.model import FacetDefinition, Tag, TagDefinition, Taggable
from harvest.tag import follow_up, numbers, participants
from harvest.tag.decision import Decision, asked
from harvest.tag.findings import Findings
from harvest.tag.reading import Group, Reader, Sentence
from harvest.tag.taxonomy import Facet, Taxonomy

READERS: Mapping[str, numbers.Reader] = {"participants": participants.read, "follow_up_days": follow_up.read}
"""What reads the facets of numbers, by their slugs."""


@cache
def _rules() -> str:
    """A digest of the rules themselves: tags made by other ones are out of date."""
    modules = sorted(Path(__file__).parent.rglob("*.py"))
    return hashlib.blake2b(b"".join(module.read_bytes() for module in modules), digest_size=8).hexdigest()


class Tagger:
    """Tags studies by one taxonomy; the same study always gets the same tags.

    Args:
        taxonomy: what there is to be about.
        facets: the slugs of the facets to tag, all of them by default.

    Attributes:
        facets: the facets it tags.
        definitions: the tags it may give.
        digest: changes whenever the same study may get other tags than before.

    Raises:
        ConfigError: the taxonomy has no such facet, or a facet of numbers has no reader.
    """

    def __init__(self, taxonomy: Taxonomy, facets: Collection[str] | None = None) -> None:
        wanted = _wanted(taxonomy, facets)
        needed = taxonomy.needed_for(facet.slug for facet in wanted)
        groups = [Group.of(facet, tag, terms) for facet in needed for tag in facet.tags for terms in tag.terms]
        self._place = {facet.slug: place for place, facet in enumerate(wanted)}
        self._reader = Reader(taxonomy, groups)
        self._decision = Decision(taxonomy, [facet for facet in needed if facet.tags], groups)
        self._findings = {facet.slug: Findings(facet) for facet in wanted if facet.findings}
        self._numbers = [facet for facet in wanted if facet.kind == "number"]

        self.facets = tuple(FacetDefinition(facet.slug, facet.kind, facet.label, facet.definition) for facet in wanted)
        self.definitions = tuple(
            TagDefinition(facet.slug, tag.slug, tag.parents, tag.label, tag.definition, tag.synonyms)
            for facet in wanted
            for tag in facet.tags
        )
        self.digest = f"{_rules()} {taxonomy.digest} {' '.join(facet.slug for facet in wanted)}"

    def tag(self, study: Taggable) -> tuple[Tag, ...]:
        """The study's tags, facet by facet, broader tags included; none where nothing speaks for one."""
        reading = self._reader.read(study)
        given, signals = self._decision.tags(study, reading)
        wanted = [tag for tag in given if tag.facet in self._place]
        tags = [self._findings[tag.facet].told(tag, reading) if tag.facet in self._findings else tag for tag in wanted]
        tags += self._counted(reading, signals)
        return tuple(sorted(tags, key=lambda tag: self._place[tag.facet]))

    def begin(self, studies: Iterable[Taggable]) -> None:
        """Nothing: it has no helpers that could begin with studies that will be asked for."""

    def tag_all(self, studies: Iterable[Taggable]) -> Iterator[tuple[Tag, ...]]:
        """The tags of each study, in their order."""
        return map(self.tag, studies)

    def _counted(self, reading: Sequence[Sentence], signals: Collection[str]) -> Iterator[Tag]:
        """The numbers that the record states."""
        for facet in self._numbers:
            if asked(facet, signals) and (number := READERS[facet.slug](reading, signals)):
                yield Tag(facet.slug, str(number.value), number.evidence)


def _wanted(taxonomy: Taxonomy, facets: Collection[str] | None) -> list[Facet]:
    """The facets of these slugs in their order, all of the taxonomy's by default."""
    known = {facet.slug: facet for facet in taxonomy.facets}
    if unknown := sorted(set(facets or ()) - set(known)):
        raise ConfigError(f"unknown facet {unknown[0]!r}; the taxonomy has {', '.join(known)}")
    wanted = [known[slug] for slug in (known if facets is None else facets)]
    for facet in wanted:
        if facet.kind == "number" and facet.slug not in READERS:
            raise ConfigError(f"facets > {facet.slug}: numbers can be read of {', '.join(READERS)} only")
    return wanted
