"""Decides which tags a reading gives, by adding up points.

Each group of terms gives its points once per sentence, times what the sentence counts (``context``); the keywords count
together as one sentence, a MeSH heading or a publication type counts in full. A tag is given when its points come to at
least ``ENOUGH``: one plain mention in the record's own work, or several weaker ones; of a facet with a single value the
tag with the most points. Every mention that gave points is evidence, the strongest first.

Facets are decided one after the other, each after those that it builds on: what they found is a signal to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter

from harvest.model import Evidence, MeshHeading, PublicationType, Substance, Tag, Taggable
from harvest.tag.context import absent, misled, stands_by, weight_of
from harvest.tag.reading import Group, Sentence, Span
from harvest.tag.sentences import ROLES, Role
from harvest.tag.taxonomy import ABSTRACT, FOCUS, SUBJECT, TITLED, Facet, TagEntry, Taxonomy, Terms

ENOUGH = 1.0
"""Points that give a tag."""

CROWDED = 0.5
"""What is left of a mention in a sentence that enumerates."""

SIGNAL_WEIGHT = 0.5
"""What a sentence must count for its signals to speak for the record."""

KEYWORDS = -1
"""The source that the keywords share."""

Index = MeshHeading | PublicationType | Substance
"""What the indexers of PubMed say of a study."""

_HEADING: tuple[Span, ...] = ((0, 0),)
"""The one mention that a heading is."""

_TELLING = frozenset({"title", "objective", "conclusion"})
_NOT_A_LIST = frozenset({"title", "keyword", "index", "objective"})


_Point = tuple[int, int, float, "Sentence | Index", Sequence[Span]]
"""What the mentions of a group of terms, by its number, in one sentence or heading give for a tag.

The group, the number of the sentence or heading (the keywords share one), the points, where, and the mentions.
"""


_Points = dict[str, dict[str, list[_Point]]]
"""Points by facet and tag."""


class Decision:
    """Decides over readings with the groups of terms of one taxonomy.

    Args:
        taxonomy: the taxonomy.
        facets: the facets with tags to decide, each after those that it builds on.
        groups: their groups of terms, by the numbers that the readings use.
    """

    def __init__(self, taxonomy: Taxonomy, facets: Sequence[Facet], groups: Sequence[Group]) -> None:
        self._facets = facets
        self._groups = groups
        self._subject_mesh = frozenset(taxonomy.subject.mesh)
        self._ancestors = {(facet.slug, tag.slug): facet.ancestors(tag.slug) for facet in facets for tag in facet.tags}
        self._crowds = {facet.slug: facet.crowd for facet in facets if facet.crowd}
        self._here = {
            role: frozenset(n for n, group in enumerate(groups) if role in group.terms.places) for role in ROLES
        }
        self._by_signal: dict[str, list[int]] = defaultdict(list)
        self._by_index: dict[str, list[int]] = defaultdict(list)
        for number, group in enumerate(groups):
            if group.terms.signal:
                self._by_signal[group.terms.signal].append(number)
            for ui in (*group.terms.mesh, *group.terms.publication_types):
                self._by_index[ui].append(number)

    def tags(self, study: Taggable, reading: Sequence[Sentence]) -> tuple[list[Tag], set[str]]:
        """The study's tags, facet by facet, and the record's signals, tags among them."""
        weighed = [(sentence, weight_of(sentence)) for sentence in reading]
        own = [sentence for sentence, weight in weighed if weight >= SIGNAL_WEIGHT]
        signals = _signals(own) | set(self._built_in(study, reading, own))
        points = self._points(study, weighed)
        tags = []
        for facet in self._facets:
            found = points.get(facet.slug)
            if found and asked(facet, signals):
                given = self._given(facet, found, signals)
                signals.update(f"{facet.slug}:{tag.tag}" for tag in given)
                tags += given
        return tags, signals

    def _built_in(self, study: Taggable, reading: Sequence[Sentence], own: Sequence[Sentence]) -> Iterator[str]:
        """The built-in signals that hold for the record."""
        if self._in_focus(study, own):
            yield FOCUS
        if any(SUBJECT in sentence.signals for sentence in reading if sentence.role == "title"):
            yield TITLED
        if len(study.sections) > 1:
            yield ABSTRACT

    def _in_focus(self, study: Taggable, own: Iterable[Sentence]) -> bool:
        """Whether title, aim or conclusion name the subject, or two sentences, or one and a heading."""
        roles = [sentence.role for sentence in own if SUBJECT in sentence.signals and sentence.section is not None]
        indexed = any(heading.ui in self._subject_mesh for heading in study.mesh)
        return not _TELLING.isdisjoint(roles) or len(roles) >= 2 or (bool(roles) and indexed)

    def _points(self, study: Taggable, weighed: Sequence[tuple[Sentence, float]]) -> _Points:
        """What every mention in the study gives, whatever the record as a whole is like."""
        points: _Points = defaultdict(lambda: defaultdict(list))
        for source, (sentence, weight) in enumerate(weighed):
            self._add_sentence(points, KEYWORDS if sentence.section is None else source, sentence, weight)
        headings: tuple[Index, ...] = (*study.mesh, *study.substances, *study.publication_types)
        for source, heading in enumerate(headings, start=len(weighed)):
            self._add_heading(points, source, heading)
        return points

    def _mentions(self, sentence: Sentence) -> Iterator[tuple[int, list[Span]]]:
        """The mentions in the sentence of groups that count in its role, signals that stand for terms included."""
        here = self._here[sentence.role]
        for number, spans in sentence.mentions.items():
            if number in here:
                yield number, spans
        for signal, spans in sentence.signals.items():
            for number in self._by_signal.get(signal, ()):
                if number in here:
                    yield number, spans

    def _add_sentence(self, points: _Points, source: int, sentence: Sentence, weight: float) -> None:
        counting = []
        for number, spans in self._mentions(sentence):
            group = self._groups[number]
            if (weight or group.plain) and (group.free or _allowed(group, sentence)):
                counting.append((group, number, _counting(group, sentence, spans)))
        crowded = self._crowded(sentence, counting)
        for group, number, spans in counting:
            if spans:
                facet, tag = group.key
                share = 1 if group.plain else weight * CROWDED if facet in crowded else weight
                points[facet][tag].append((number, source, share * group.points, sentence, spans))

    def _crowded(self, sentence: Sentence, counting: Iterable[tuple[Group, int, list[Span]]]) -> Collection[str]:
        """The facets of which the sentence names so many tags that it enumerates."""
        if sentence.role in _NOT_A_LIST:
            return ()
        tags = {group.key for group, _, spans in counting if spans and group.key[0] in self._crowds}
        if len(tags) < 2:
            return ()
        fewer = "listing" in sentence.cues
        return {slug for slug, crowd in self._crowds.items() if len(self._narrowest(slug, tags)) >= crowd - fewer}

    def _narrowest(self, facet: str, tags: Iterable[tuple[str, str]]) -> set[str]:
        """The tags of the facet without those that another of them implies."""
        named = {tag for slug, tag in tags if slug == facet}
        return named.difference(*(self._ancestors[facet, tag] for tag in named))

    def _add_heading(self, points: _Points, source: int, heading: Index) -> None:
        for number in self._by_index.get(heading.ui, ()):
            group = self._groups[number]
            if not group.terms.major or (isinstance(heading, MeshHeading) and heading.major):
                facet, tag = group.key
                points[facet][tag].append((number, source, group.points, heading, _HEADING))

    def _given(self, facet: Facet, points: Mapping[str, list[_Point]], signals: Collection[str]) -> list[Tag]:
        """The facet's tags that have points enough, and the broader tags that they imply with the same evidence."""
        found = {slug: self._fitting(some, signals) for slug, some in points.items() if _may_suffice(some)}
        totals = {slug: self._total(fitting) for slug, fitting in found.items() if _may_suffice(fitting)}
        enough = [tag.slug for tag in facet.tags if totals.get(tag.slug, 0) >= ENOUGH]
        if facet.kind == "single":
            enough = sorted(enough, key=lambda slug: -totals[slug])[:1]
        given: dict[str, list[_Point]] = defaultdict(list)
        for slug in enough:
            for implied in (slug, *self._ancestors[facet.slug, slug]):
                given[implied].extend(found[slug])
        return [Tag(facet.slug, tag.slug, _evidence(given[tag.slug])) for tag in facet.tags if tag.slug in given]

    def _fitting(self, found: Iterable[_Point], signals: Collection[str]) -> list[_Point]:
        """The points that count in a record of these signals."""
        groups = self._groups
        fitting: dict[int, bool] = {}
        kept = []
        for point in found:
            number = point[0]
            group = groups[number]
            if group.conditional:
                if number not in fitting:
                    fitting[number] = asked(group.tag, signals) and asked(group.terms, signals)
                if not fitting[number] or not _unconfined(group.tag.confined, point[3], signals):
                    continue
            kept.append(point)
        return kept

    def _total(self, found: list[_Point]) -> float:
        """The points of a tag: the best of each sentence or heading, added up, no group beyond its ``most``."""
        groups = self._groups
        if len(found) == 1:
            number, _, points, _, _ = found[0]
            return min(points, groups[number].most)
        left: dict[int, float] = {}
        counted: set[int] = set()
        total = 0.0
        for number, source, points, _, _ in sorted(found, key=_by_points):
            room = left.get(number, groups[number].most)
            if room and source not in counted:
                counted.add(source)
                left[number] = room - min(points, room)
                total += min(points, room)
        return total


def _may_suffice(found: Iterable[_Point]) -> bool:
    """Whether the points come to enough if nothing is taken off: most that a record gives do not."""
    return sum([points for _, _, points, _, _ in found]) >= ENOUGH


def _by_points(point: _Point) -> float:
    return -point[2]


def _signals(own: Iterable[Sentence]) -> set[str]:
    """The signals that the record's own sentences give: those not only mentioned as absent."""
    signals: set[str] = set()
    for sentence in own:
        if "absent" not in sentence.cues:
            signals.update(sentence.signals)
            continue
        for signal, spans in sentence.signals.items():
            if not spans or not all(absent(sentence, span) for span in spans):
                signals.add(signal)
    return signals


def asked(entry: Facet | TagEntry | Terms, signals: Collection[str]) -> bool:
    """Whether an entry of the taxonomy holds in a record of these signals, by its ``needs`` and ``unless``."""
    return (not entry.needs or not entry.needs.isdisjoint(signals)) and entry.unless.isdisjoint(signals)


def _unconfined(confined: Mapping[str, frozenset[Role]], where: Sentence | Index, signals: Collection[str]) -> bool:
    """Whether a mention in this sentence, or a heading, counts for all that confines the tag."""
    role = where.role if isinstance(where, Sentence) else None
    return all(role in places for signal, places in confined.items() if signal in signals)


def _allowed(group: Group, sentence: Sentence) -> bool:
    """Whether the sentence has the signals that the group's terms ask for, and none that they forbid."""
    signals = sentence.signals
    return (not group.near or not group.near.isdisjoint(signals)) and group.apart.isdisjoint(signals)


def _counting(group: Group, sentence: Sentence, spans: list[Span]) -> list[Span]:
    """Those mentions of the group's terms that count in this sentence, whatever the record as a whole is like."""
    if group.beside:
        spans = [span for span in spans if any(stands_by(sentence, signal, span) for signal in group.beside)]
    if group.key in sentence.misleading:
        spans = [span for span in spans if not misled(sentence, group.key, span)]
    if "absent" in sentence.cues and not group.plain:
        spans = [span for span in spans if not absent(sentence, span)]
    return spans


_Mention = tuple[int, int, int, float, "Sentence | Index"]
"""A mention, of which the sentence or heading, the start, the end and the points make an order; the last two negative.

Of two with one start the longer comes first, and of two of one length the stronger.
"""

_by_place = itemgetter(0, 1, 2, 3)
_by_strength = itemgetter(3, 0, 1)


def _evidence(found: Iterable[_Point]) -> tuple[Evidence, ...]:
    """The mentions without repetition, the strongest first, then in the order of the text; none inside another."""
    single = [
        (source, start, -end, -points, where) for _, source, points, where, spans in found for start, end in spans
    ]
    ordered = sorted(_outermost(single), key=_by_strength)
    return tuple(dict.fromkeys([_as_evidence(where, start, -end) for _, start, end, _, where in ordered]))


def _outermost(found: list[_Mention]) -> Iterable[_Mention]:
    """The mentions without those that lie inside a longer one of the same sentence."""
    if len(found) == 1:
        return found
    last, reached = -2, 0
    kept = []
    for mention in sorted(found, key=_by_place):
        source, _, end, _, _ = mention
        if source != last or source == KEYWORDS or -end > reached or not reached:
            kept.append(mention)
            last, reached = source, -end
    return kept


def _as_evidence(where: Sentence | Index, start: int, end: int) -> Evidence:
    if isinstance(where, Sentence):
        if where.section is None:
            return Evidence("keyword", where.source[where.start : where.end])
        return Evidence("text", where.source[start:end], where.section, start, end)
    return Evidence(
        "publication-type" if isinstance(where, PublicationType) else "mesh", where.name, source_id=where.ui
    )
