"""The tagger: a study in, its tags with evidence out."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from functools import cache
from pathlib import Path

from harvest.errors import ConfigError
from harvest.model import Tag, TagDefinition, Taggable
from harvest.tag.decision import Decision
from harvest.tag.reading import Group, Reader
from harvest.tag.taxonomy import Taxonomy


@cache
def _rules() -> str:
    """A digest of the rules themselves: tags made by other ones are out of date."""
    modules = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.blake2b(b"".join(module.read_bytes() for module in modules), digest_size=8).hexdigest()


class Tagger:
    """Tags studies by one taxonomy; the same study always gets the same tags.

    Args:
        taxonomy: what there is to be about.
        facets: the slugs of the facets to tag, all of them by default.

    Attributes:
        definitions: the tags it may give.
        digest: changes whenever the same study may get other tags than before.

    Raises:
        ConfigError: the taxonomy has no such facet.
    """

    def __init__(self, taxonomy: Taxonomy, facets: Collection[str] | None = None) -> None:
        known = [facet.slug for facet in taxonomy.facets]
        if unknown := sorted(set(facets or ()) - set(known)):
            raise ConfigError(f"unknown facet {unknown[0]!r}; the taxonomy has {', '.join(known)}")
        wanted = [facet for facet in taxonomy.facets if facets is None or facet.slug in facets]
        groups = [Group(facet, tag, terms) for facet in wanted for tag in facet.tags for terms in tag.terms]
        self._reader = Reader(taxonomy, groups)
        self._decision = Decision(taxonomy, wanted, groups)

        self.definitions = tuple(
            TagDefinition(facet.slug, tag.slug, tag.parents, tag.label, tag.definition)
            for facet in wanted
            for tag in facet.tags
        )
        self.digest = f"{_rules()} {taxonomy.digest} {' '.join(facet.slug for facet in wanted)}"

    def tag(self, study: Taggable) -> tuple[Tag, ...]:
        """The study's tags in the order of the taxonomy, broader tags included; none where nothing speaks for one."""
        return self._decision.tags(study, self._reader.read(study))
