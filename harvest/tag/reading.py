"""Reads a study once: its sentences with their roles, and in each what the lexicon found.

A reading holds no decision. What it knows of each sentence is enough for ``context`` to weigh a mention and for
``decision`` to add the weights up.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal, NamedTuple

from harvest.model import Section, Taggable
from harvest.tag import abbreviations, sentences
from harvest.tag.ages import MARKERS, ages_at
from harvest.tag.cues import CUES, Cue
from harvest.tag.durations import UNITS, days_at
from harvest.tag.sentences import Role
from harvest.tag.taxonomy import SUBJECT, Facet, TagEntry, Taxonomy, Terms
from harvest.tag.terms import Hit, Lexicon

Span = tuple[int, int]

_BETWEEN = " | "
"""Stands between keywords that are read in one go; no phrase runs across it."""

_LISTING = re.compile(r"\b\d{1,2}[.)] ?$")
"""The end of a sentence that is cut at the number of a list's next item."""


_spans: Callable[[], dict[Any, list[Span]]] = partial(defaultdict, list)


@dataclass(slots=True)
class Sentence:
    """A sentence of the title or abstract, or one keyword (``section`` is then ``None`` and ``source`` the keyword).

    Spans are offsets in ``source``, the whole text of the section. ``mentions`` holds by number of a group of terms;
    ``misleading`` holds by facet and tag what is no mention of it although it looks like one.
    """

    section: int | None
    source: str
    start: int
    end: int
    role: Role
    mentions: dict[int, list[Span]] = field(default_factory=_spans)
    cues: dict[Cue, list[Span]] = field(default_factory=_spans)
    signals: dict[str, list[Span]] = field(default_factory=_spans)
    misleading: dict[tuple[str, str], list[Span]] = field(default_factory=_spans)


@dataclass(frozen=True, slots=True)
class Group:
    """A group of terms of a taxonomy with the facet and tag that it speaks for; ``key`` is their slugs.

    ``free`` tells that no signals are asked of the sentence, ``conditional`` that something is asked of the record as
    a whole. What is looked at for every mention stands here itself, since that is quicker.
    """

    facet: Facet
    tag: TagEntry
    terms: Terms
    key: tuple[str, str]
    points: float
    most: float
    plain: bool
    near: frozenset[str]
    beside: frozenset[str]
    apart: frozenset[str]
    free: bool
    conditional: bool

    @classmethod
    def of(cls, facet: Facet, tag: TagEntry, terms: Terms) -> Group:
        """A group with what is asked of it so often that it is worked out once."""
        conditional = bool(tag.needs or tag.unless or tag.confined or terms.needs or terms.unless)
        return cls(
            facet,
            tag,
            terms,
            key=(facet.slug, tag.slug),
            points=terms.points,
            most=terms.most,
            plain=terms.plain,
            near=terms.near,
            beside=terms.beside,
            apart=terms.apart,
            free=not (terms.near or terms.apart),
            conditional=conditional,
        )


class _Entry(NamedTuple):
    """What a phrase of the lexicon was filed as: one of the kinds of ``_Meaning``, and which one of that kind."""

    kind: Literal["mentions", "signals", "cues", "misleading", "markers"]
    name: Any


class _Meaning(NamedTuple):
    """What all that a hit was filed as means for its sentence; markers are readers of what stands beside them."""

    mentions: list[int]
    signals: list[str]
    cues: list[Cue]
    misleading: list[tuple[str, str]]
    markers: list[Callable[[Sentence, Span], None]]


class _Meanings(dict[tuple[int, ...], _Meaning]):
    """The meaning of each set of labels that a hit may have, worked out once."""

    def __init__(self, entries: Sequence[_Entry]) -> None:
        self._entries = entries

    def __missing__(self, labels: tuple[int, ...]) -> _Meaning:
        found = [self._entries[label] for label in labels]
        self[labels] = meaning = _Meaning(*([name for kind, name in found if kind == one] for one in _Meaning._fields))
        return meaning


class Reader:
    """Reads studies with the words of one taxonomy and the language of abstracts."""

    def __init__(self, taxonomy: Taxonomy, groups: Iterable[Group]) -> None:
        self._groups = list(groups)
        self._pervasive = {signal.slug for signal in taxonomy.signals if signal.pervasive}
        self._days = [(signal.slug, signal.days) for signal in taxonomy.signals if signal.days is not None]
        self._ages = [(signal.slug, signal.ages) for signal in taxonomy.signals if signal.ages is not None]
        vocabulary = list(self._vocabulary(taxonomy))
        entries = [entry for entry, _ in vocabulary]
        self._meaning = _Meanings(entries)
        self._lexicon = Lexicon({label: phrases for label, (_, phrases) in enumerate(vocabulary)})
        self._language = {i for i, entry in enumerate(entries) if entry.kind in ("cues", "markers")}

    def _vocabulary(self, taxonomy: Taxonomy) -> Iterator[tuple[_Entry, list[str]]]:
        yield _Entry("markers", self._file_duration), list(UNITS)
        yield _Entry("markers", self._file_age), list(MARKERS)
        yield from ((_Entry("cues", cue), list(phrases)) for cue, phrases in CUES.items())
        yield _Entry("signals", SUBJECT), list(taxonomy.subject.names)
        tags = {group.key: group.tag for group in self._groups}
        named = [
            *((_Entry("signals", signal.slug), signal.phrases) for signal in taxonomy.signals),
            *((_Entry("mentions", number), group.terms.phrases) for number, group in enumerate(self._groups)),
            *((_Entry("misleading", key), tag.misleading) for key, tag in tags.items()),
        ]
        yield from ((entry, [taxonomy.subject.named_in(phrase) for phrase in phrases]) for entry, phrases in named)

    def read(self, study: Taggable) -> list[Sentence]:
        """The sentences of the study's title and abstract, then its keywords."""
        found = [(section, self._lexicon.find(section.text)) for section in study.sections]
        short = self._abbreviations(found)
        reading: list[Sentence] = []
        for section, hits in found:
            defined = list(abbreviations.mentions(section.text, short))
            reading += self._section(section, sorted([*hits, *defined]) if defined else hits)
        reading += self._keywords([keyword.text for keyword in study.keywords])
        self._spread(reading)
        return reading

    def _spread(self, reading: Sequence[Sentence]) -> None:
        """Gives every sentence the pervasive signals of the title."""
        spread = {signal for title in reading if title.role == "title" for signal in title.signals} & self._pervasive
        for sentence in reading if spread else ():
            for signal in spread:
                sentence.signals.setdefault(signal, [])

    def _abbreviations(self, found: Iterable[tuple[Section, list[Hit]]]) -> dict[str, tuple[int, ...]]:
        short: dict[str, set[int]] = {}
        for section, hits in found:
            for abbreviation, labels in abbreviations.defined(section.text, hits).items():
                short.setdefault(abbreviation, set()).update(labels - self._language)
        return {abbreviation: tuple(sorted(labels)) for abbreviation, labels in short.items() if labels}

    def _section(self, section: Section, hits: list[Hit]) -> list[Sentence]:
        """The sentences of a section, with the hits filed under them and their roles."""
        text, number = section.text, section.number
        if number == 0:
            parts = [Sentence(number, text, 0, len(text), "title")]
            self._file_all(parts, hits)
            return parts
        parts = [Sentence(number, text, start, end, "background") for start, end in sentences.split(text)]
        self._file_all(parts, hits)
        _give_roles(parts, sentences.role_of(section))
        return parts

    def _keywords(self, texts: Sequence[str]) -> list[Sentence]:
        """The keywords as sentences, read in one go."""
        role: Role = "keyword" if len(texts) <= sentences.MOST_KEYWORDS else "index"
        parts, joined = [], _BETWEEN.join(texts)
        start = 0
        for text in texts:
            parts.append(Sentence(None, joined, start, start + len(text), role))
            start += len(text) + len(_BETWEEN)
        self._file_all(parts, self._lexicon.find(joined))
        return parts

    def _file_all(self, parts: Sequence[Sentence], hits: Sequence[Hit]) -> None:
        """Files what each hit, in the order of their beginnings, means under the part that it begins in."""
        waiting = iter(parts)
        part = next(waiting, None)
        for start, end, labels in hits:
            while part is not None and start >= part.end:
                part = next(waiting, None)
            if part is None:
                return
            _file(part, (start, end), self._meaning[labels])

    def _file_duration(self, sentence: Sentence, span: Span) -> None:
        duration = days_at(sentence.source, *span)
        if duration is not None:
            start, end, days = duration
            for slug, least in self._days:
                if days >= least:
                    sentence.signals.setdefault(slug, []).append((start, end))

    def _file_age(self, sentence: Sentence, span: Span) -> None:
        ages = ages_at(sentence.source, *span)
        if ages is not None:
            for slug, (youngest, oldest) in self._ages:
                if youngest <= ages.lowest and ages.highest <= oldest:
                    sentence.signals.setdefault(slug, []).append((ages.start, ages.end))


def _file(sentence: Sentence, span: Span, meaning: _Meaning) -> None:
    """Files what stands at the span under the sentence."""
    for number in meaning.mentions:
        sentence.mentions[number].append(span)
    for name in meaning.signals:
        sentence.signals[name].append(span)
    for cue in meaning.cues:
        sentence.cues[cue].append(span)
    for tag in meaning.misleading:
        sentence.misleading[tag].append(span)
    for read in meaning.markers:
        read(sentence, span)


def _give_roles(parts: Sequence[Sentence], role: Role | None) -> None:
    """Gives the sentences of a section their roles: that of its label, of a label inside it, or by their wording."""
    worded = sentences.roles_by_wording([part.cues for part in parts]) if role is None else ()
    aims = any("objective" in part.cues for part in parts)
    excluding = False
    for number, part in enumerate(parts):
        text = part.source[part.start : part.end]
        role = sentences.inline_role(text) or role
        part.role = sentences.refined(role, part.cues, aims=aims) if role else worded[number]
        if sentences.cites(text):
            part.role = "other"
        if excluding:
            part.cues.setdefault("excluded", [])
        excluding = "excluded" in part.cues and _LISTING.search(text) is not None
