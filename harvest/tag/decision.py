"""Decides which tags a reading gives, by adding up points.

Each group of terms gives its points once per sentence, times what the sentence counts (``context``); the keywords count
together as one sentence, a MeSH heading counts in full. A tag is given when its points come to at least ``ENOUGH``: one
plain mention in the record's own work, or several weaker ones. Every mention that gave points is evidence, the
strongest first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from harvest.model import Evidence, MeshHeading, Tag, Taggable
from harvest.tag.context import absent, misled, weight_of
from harvest.tag.reading import Group, Sentence, Span
from harvest.tag.sentences import Role
from harvest.tag.taxonomy import FOCUS, SUBJECT, Facet, Taxonomy

ENOUGH = 1.0
"""Points that give a tag."""

CROWDED = 0.5
"""What is left of a mention in a sentence that enumerates."""

SIGNAL_WEIGHT = 0.5
"""What a sentence must count for its signals to speak for the record."""

KEYWORDS = -1
"""The source that the keywords share."""

_TELLING = frozenset({"title", "objective", "conclusion"})
_NOT_A_LIST = frozenset({"title", "keyword", "index", "objective"})


class _Point(NamedTuple):
    """What one mention gives for a tag. ``source`` numbers its sentence or heading; the keywords share one number."""

    source: int
    points: float
    where: Sentence | MeshHeading
    span: Span


class _Record(NamedTuple):
    """What holds for a record as a whole: its signals, and the numbers of the groups of terms that count in it."""

    signals: Collection[str]
    fitting: Collection[int]


_Points = dict[tuple[str, str], list[_Point]]


class Decision:
    """Decides over readings with the groups of terms of one taxonomy."""

    def __init__(self, taxonomy: Taxonomy, facets: Sequence[Facet], groups: Sequence[Group]) -> None:
        self._facets = facets
        self._groups = groups
        self._subject_mesh = frozenset(taxonomy.subject.mesh)
        self._ancestors = {(facet.slug, tag.slug): facet.ancestors(tag.slug) for facet in facets for tag in facet.tags}
        self._sometimes = {n for n, g in enumerate(groups) if g.tag.needs | g.terms.needs | g.terms.unless}
        self._always = set(range(len(groups))) - self._sometimes
        self._by_signal: dict[str, list[int]] = defaultdict(list)
        self._by_mesh: dict[str, list[int]] = defaultdict(list)
        for number, group in enumerate(groups):
            if group.terms.signal:
                self._by_signal[group.terms.signal].append(number)
            for ui in group.terms.mesh:
                self._by_mesh[ui].append(number)

    def tags(self, study: Taggable, reading: Sequence[Sentence]) -> tuple[Tag, ...]:
        """The study's tags in the order of the taxonomy."""
        weighed = [(sentence, weight_of(sentence)) for sentence in reading]
        record = self._record(study, [sentence for sentence, weight in weighed if weight >= SIGNAL_WEIGHT])
        points: _Points = defaultdict(list)
        for source, (sentence, weight) in enumerate(weighed):
            if weight:
                self._add_sentence(points, KEYWORDS if sentence.section is None else source, sentence, weight, record)
        for source, heading in enumerate(study.mesh, start=len(reading)):
            self._add_heading(points, source, heading, record)
        return tuple(tag for facet in self._facets for tag in self._given(facet, points))

    def _record(self, study: Taggable, own: Sequence[Sentence]) -> _Record:
        signals = self._record_signals(study, own)
        fitting = self._always.union(n for n in self._sometimes if _fits(self._groups[n], signals))
        return _Record(signals, fitting)

    def _record_signals(self, study: Taggable, own: Sequence[Sentence]) -> set[str]:
        """The signals that hold for the record: those of its own sentences, and whether it is about the subject."""
        signals = {
            signal
            for sentence in own
            for signal, spans in sentence.signals.items()
            if not spans or not all(absent(sentence, span) for span in spans)
        }
        if self._in_focus(study, own):
            signals.add(FOCUS)
        return signals

    def _in_focus(self, study: Taggable, own: Iterable[Sentence]) -> bool:
        """Whether title, aim or conclusion name the subject, or two sentences, or one and a heading."""
        roles = [sentence.role for sentence in own if SUBJECT in sentence.signals and sentence.section is not None]
        indexed = any(heading.ui in self._subject_mesh for heading in study.mesh)
        return not _TELLING.isdisjoint(roles) or len(roles) >= 2 or (bool(roles) and indexed)

    def _mentions(self, sentence: Sentence, fitting: Collection[int]) -> list[tuple[int, Span]]:
        """The mentions in the sentence of groups that fit the record, signals that stand for terms included."""
        mentions = [mention for mention in sentence.mentions if mention[0] in fitting]
        for signal in self._by_signal.keys() & sentence.signals.keys():
            numbers = [number for number in self._by_signal[signal] if number in fitting]
            mentions += ((number, span) for number in numbers for span in sentence.signals[signal])
        return mentions

    def _add_sentence(self, points: _Points, source: int, sentence: Sentence, weight: float, record: _Record) -> None:
        mentions = self._mentions(sentence, record.fitting)
        crowded = self._crowded(sentence, mentions)
        for number, span in mentions:
            group = self._groups[number]
            if _allowed(group, sentence, record.signals) and not _void(group, sentence, span):
                worth = weight * group.terms.points * (CROWDED if group.facet.slug in crowded else 1)
                points[group.facet.slug, group.tag.slug].append(_Point(source, worth, sentence, span))

    def _crowded(self, sentence: Sentence, mentions: Sequence[tuple[int, Span]]) -> set[str]:
        """The facets of which the sentence names so many tags that it enumerates."""
        if sentence.role in _NOT_A_LIST or len(mentions) < 2:
            return set()
        tags = {(group.facet.slug, group.tag.slug) for group in (self._groups[number] for number, _ in mentions)}
        few = {facet.slug: facet.crowd - ("listing" in sentence.cues) for facet in self._facets if facet.crowd}
        return {slug for slug, crowd in few.items() if len(self._narrowest(slug, tags)) >= crowd}

    def _narrowest(self, facet: str, tags: Iterable[tuple[str, str]]) -> set[str]:
        """The tags of the facet without those that another of them implies."""
        named = {tag for slug, tag in tags if slug == facet}
        return named.difference(*(self._ancestors[facet, tag] for tag in named))

    def _add_heading(self, points: _Points, source: int, heading: MeshHeading, record: _Record) -> None:
        for number in self._by_mesh.get(heading.ui, ()):
            group = self._groups[number]
            if number in record.fitting and _unconfined(group, None, record.signals):
                points[group.facet.slug, group.tag.slug].append(_Point(source, group.terms.points, heading, (0, 0)))

    def _given(self, facet: Facet, points: _Points) -> Iterator[Tag]:
        """The facet's tags that have points enough, and the broader tags that they imply with the same evidence."""
        given: dict[str, list[_Point]] = defaultdict(list)
        for tag in facet.tags:
            found = points.get((facet.slug, tag.slug))
            if found and _total(found) >= ENOUGH:
                for slug in (tag.slug, *self._ancestors[facet.slug, tag.slug]):
                    given[slug].extend(found)
        yield from (Tag(facet.slug, tag.slug, _evidence(given[tag.slug])) for tag in facet.tags if tag.slug in given)


def _fits(group: Group, signals: Collection[str]) -> bool:
    """Whether a record of these signals is one in which the group's terms count."""
    terms, needed = group.terms, group.tag.needs
    return (
        (not needed or not needed.isdisjoint(signals))
        and (not terms.needs or not terms.needs.isdisjoint(signals))
        and terms.unless.isdisjoint(signals)
    )


def _allowed(group: Group, sentence: Sentence, signals: Collection[str]) -> bool:
    """Whether a mention of the group's terms counts in this sentence of a record of these signals."""
    terms = group.terms
    return (
        sentence.role in terms.places
        and (not terms.near or not terms.near.isdisjoint(sentence.signals))
        and terms.apart.isdisjoint(sentence.signals)
        and _unconfined(group, sentence.role, signals)
    )


def _unconfined(group: Group, role: Role | None, signals: Collection[str]) -> bool:
    """Whether a mention in a sentence of this role, or a heading (``None``), counts for all that confines the tag."""
    return all(role in places for signal, places in group.tag.confined.items() if signal in signals)


def _void(group: Group, sentence: Sentence, span: Span) -> bool:
    return absent(sentence, span) or misled(sentence, group.tag.slug, span)


def _total(found: Iterable[_Point]) -> float:
    """The points of a tag: the best of each sentence and of each heading, added up."""
    best: dict[int, float] = {}
    for source, points, _, _ in found:
        best[source] = max(best.get(source, 0.0), points)
    return sum(best.values())


def _evidence(found: Iterable[_Point]) -> tuple[Evidence, ...]:
    """The mentions without repetition, the strongest first, then in the order of the text; none inside another."""
    ordered = sorted(_outermost(found), key=lambda point: (-point.points, point.source, point.span))
    return tuple(dict.fromkeys(_as_evidence(point) for point in ordered))


def _outermost(found: Iterable[_Point]) -> Iterator[_Point]:
    """The mentions without those that lie inside a longer one of the same sentence."""
    source, reached = -2, 0
    for point in sorted(found, key=lambda point: (point.source, point.span[0], -point.span[1], -point.points)):
        if point.source != source or point.source == KEYWORDS or point.span[1] > reached or not reached:
            yield point
            source, reached = point.source, point.span[1]


def _as_evidence(point: _Point) -> Evidence:
    where, (start, end) = point.where, point.span
    if isinstance(where, MeshHeading):
        return Evidence("mesh", where.name, source_id=where.ui)
    if where.section is None:
        return Evidence("keyword", where.source[where.start : where.end])
    return Evidence("text", where.source[start:end], where.section, start, end)
