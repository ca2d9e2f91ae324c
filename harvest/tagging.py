"""Tags of stored studies: given anew, changed by people, measured against readers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from harvest.accuracy import Label, Measure, measured, read_labels
from harvest.batches import batches, one_ahead
from harvest.errors import ConfigError
from harvest.model import FacetDefinition, Pmid, Tag, TagDefinition, Taggable
from harvest.progress import Progress, silent
from harvest.store import Store

AT_ONCE = 200
"""Studies whose new tags are written together."""


class Tagger(Protocol):
    """Whatever says what a study is about."""

    digest: str

    @property
    def facets(self) -> Sequence[FacetDefinition]:
        """The facets it tags."""

    @property
    def definitions(self) -> Sequence[TagDefinition]:
        """The tags it may give."""

    def tag(self, study: Taggable) -> tuple[Tag, ...]:
        """The tags of one study, each with its evidence."""

    def begin(self, studies: Sequence[Taggable]) -> None:
        """Be told of studies that ``tag_all`` will be asked for."""

    def tag_all(self, studies: Sequence[Taggable]) -> Iterable[tuple[Tag, ...]]:
        """The tags of each study, in their order."""


@dataclass(frozen=True, slots=True)
class Change:
    """What tagging anew would change about one tag: which studies gain or lose it, or get another value with it."""

    facet: str
    tag: str
    gained: tuple[Pmid, ...]
    lost: tuple[Pmid, ...]
    altered: tuple[Pmid, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How well the tags agree with readers' labels, and the labelled studies that are not here."""

    measures: list[Measure]
    studies: int
    missing: tuple[Pmid, ...]


def retag(store: Store, tagger: Tagger, progress: Progress = silent) -> int:
    """Publish the taxonomy and tag every stored study anew, in one transaction. Returns how many studies there are."""
    total = store.studies.count()
    with store.transaction(), progress("tagging", total) as advance:
        store.tags.publish(tagger.facets, tagger.definitions, tagger.digest)
        for texts in one_ahead(batches(store.tags.texts(), AT_ONCE), tagger.begin):
            tagged = zip((text.pmid for text in texts), tagger.tag_all(texts), strict=True)
            store.tags.give(tagged)
            advance(len(texts))
    return total


def retag_if_outdated(store: Store, tagger: Tagger, progress: Progress) -> None:
    """Tag anew when the taxonomy is not the one that the tags were given by."""
    if store.fact("taxonomy") != tagger.digest:
        retag(store, tagger, progress)


def preview(store: Store, tagger: Tagger, progress: Progress = silent) -> list[Change]:
    """What tagging anew would change, tag by tag in their order; nothing is written."""
    former = store.tags.tagged()
    with store.rehearsal():
        retag(store, tagger, progress)
        coming = store.tags.tagged()
    return list(_changes(former, coming))


def _changes(
    former: dict[tuple[str, str], dict[Pmid, str]], coming: dict[tuple[str, str], dict[Pmid, str]]
) -> Iterator[Change]:
    for key in sorted(former.keys() | coming.keys()):
        before, after = former.get(key, {}), coming.get(key, {})
        if before != after:
            yield Change(
                *key,
                gained=tuple(sorted(after.keys() - before.keys())),
                lost=tuple(sorted(before.keys() - after.keys())),
                altered=tuple(sorted(pmid for pmid in before.keys() & after.keys() if before[pmid] != after[pmid])),
            )


def curate(store: Store, tagger: Tagger, pmid: Pmid, facet: str, slug: str, verdict: str, reason: str) -> None:
    """Keep a person's verdict on a tag of a study, and tag the study anew under it.

    Raises:
        ConfigError: the study is not held, or the taxonomy has no such tag.
    """
    text = store.tags.text(pmid)
    if text is None:
        raise ConfigError(f"PMID {pmid} is not here; `harvest run` or `harvest load` must bring it first")
    if fault := _not_to_be_had(tagger, facet, slug):
        raise ConfigError(fault)
    retag_if_outdated(store, tagger, silent)
    with store.transaction():
        store.tags.curate(pmid, facet, slug, verdict, reason)
        store.tags.replace(pmid, tagger.tag(text))


def _not_to_be_had(tagger: Tagger, facet: str, slug: str) -> str | None:
    """Why no study can have the tag, or ``None`` where one can."""
    kinds = {definition.facet: definition.kind for definition in tagger.facets}
    if kinds.get(facet) == "number":
        return None if slug.isdecimal() and slug.isascii() else f"{facet} is a whole number, not {slug}"
    known = {(definition.facet, definition.tag) for definition in tagger.definitions}
    return None if (facet, slug) in known else f"the taxonomy has no tag {slug} in {facet}"


def evaluate(store: Store, tagger: Tagger, labels: Path, name: str, progress: Progress = silent) -> Evaluation:
    """Measure what the tagger says of stored studies against readers' labels, and keep the figures under a name.

    People's verdicts are left aside: it is the tagger that is measured.

    Raises:
        ConfigError: the file holds no labels, a line of it is none, or none of its studies is here.
    """
    read = read_labels(labels, tagger.facets, tagger.definitions)
    retag_if_outdated(store, tagger, progress)
    pairs = list(_tagged(store, tagger, read, progress))
    if not pairs:
        raise ConfigError(f"{labels}: none of its {len(read):,} studies is here")
    here = {label.pmid for label, _ in pairs}
    measures = measured(pairs, tagger.facets)
    store.tags.keep_accuracy(name, measures)
    return Evaluation(measures, len(pairs), tuple(label.pmid for label in read if label.pmid not in here))


def _tagged(
    store: Store, tagger: Tagger, labels: Sequence[Label], progress: Progress
) -> Iterator[tuple[Label, Sequence[Tag]]]:
    """Each label whose study is here, with what the tagger says of that."""
    with progress("measuring", len(labels)) as advance:
        for label in labels:
            text = store.tags.text(label.pmid)
            if text is not None:
                yield label, tagger.tag(text)
            advance(1)
