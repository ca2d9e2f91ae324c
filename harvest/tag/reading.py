"""Reads a study once: its sentences with their roles, and in each what the lexicon found.

A reading holds no decision. What it knows of each sentence is enough for ``context`` to weigh a mention and for
``decision`` to add the weights up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from harvest.model import Section, Taggable
from harvest.tag import abbreviations, sentences
from harvest.tag.ages import MARKERS, ages_at
from harvest.tag.cues import CUES, Cue
from harvest.tag.durations import UNITS, days_at
from harvest.tag.sentences import ROLES, Role
from harvest.tag.taxonomy import SUBJECT, Facet, TagEntry, Taxonomy, Terms
from harvest.tag.terms import Hit, Lexicon

Span = tuple[int, int]

_BETWEEN = " | "
"""Stands between keywords that are read in one go; no phrase runs across it."""

_LISTING = re.compile(r"\b\d{1,2}[.)] ?$")
"""The end of a sentence that is cut at the number of a list's next item."""


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
    mentions: dict[int, list[Span]] = field(default_factory=dict)
    cues: dict[Cue, list[Span]] = field(default_factory=dict)
    signals: dict[str, list[Span]] = field(default_factory=dict)
    misleading: dict[tuple[str, str], list[Span]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """A group of terms of a taxonomy with the facet and tag that it speaks for; ``key`` is their slugs.

    ``free`` tells that nothing is asked of the sentence, ``conditional`` that something is asked of the record as a
    whole.
    """

    facet: Facet
    tag: TagEntry
    terms: Terms
    key: tuple[str, str]
    points: float
    plain: bool
    free: bool
    conditional: bool

    @classmethod
    def of(cls, facet: Facet, tag: TagEntry, terms: Terms) -> Group:
        """A group with what is asked of it so often that it is worked out once."""
        conditional = bool(tag.needs or tag.unless or tag.confined or terms.needs or terms.unless)
        free = len(terms.places) == len(ROLES) and not (terms.near or terms.beside or terms.apart)
        return cls(facet, tag, terms, (facet.slug, tag.slug), terms.points, terms.plain, free, conditional)


class _Meaning(NamedTuple):
    """What a phrase of the lexicon was filed as: one of the kinds below, and which one of that kind."""

    kind: Literal["mention", "signal", "cue", "misleading", "marker"]
    name: Any


class _Meanings(dict[tuple[int, ...], tuple[list[Any], ...]]):
    """What the labels of a hit mean, by kind: worked out once for each set of labels."""

    def __init__(self, meanings: Sequence[_Meaning]) -> None:
        self._meanings = meanings

    def __missing__(self, labels: tuple[int, ...]) -> tuple[list[Any], ...]:
        found = [self._meanings[label] for label in labels]
        kinds = ("mention", "signal", "cue", "misleading", "marker")
        self[labels] = by_kind = tuple([name for kind, name in found if kind == wanted] for wanted in kinds)
        return by_kind


class Reader:
    """Reads studies with the words of one taxonomy and the language of abstracts."""

    def __init__(self, taxonomy: Taxonomy, groups: Iterable[Group]) -> None:
        self._groups = list(groups)
        self._pervasive = {signal.slug for signal in taxonomy.signals if signal.pervasive}
        self._days = [(signal.slug, signal.days) for signal in taxonomy.signals if signal.days is not None]
        self._ages = [(signal.slug, signal.ages) for signal in taxonomy.signals if signal.ages is not None]
        vocabulary = list(self._vocabulary(taxonomy))
        meanings = [meaning for meaning, _ in vocabulary]
        self._meaning = _Meanings(meanings)
        self._lexicon = Lexicon({label: phrases for label, (_, phrases) in enumerate(vocabulary)})
        self._language = {i for i, meaning in enumerate(meanings) if meaning.kind in ("cue", "marker")}

    def _vocabulary(self, taxonomy: Taxonomy) -> Iterator[tuple[_Meaning, list[str]]]:
        yield _Meaning("marker", self._file_duration), list(UNITS)
        yield _Meaning("marker", self._file_age), list(MARKERS)
        yield from ((_Meaning("cue", cue), list(phrases)) for cue, phrases in CUES.items())
        yield _Meaning("signal", SUBJECT), list(taxonomy.subject.names)
        tags = {group.key: group.tag for group in self._groups}
        named = [
            *((_Meaning("signal", signal.slug), signal.phrases) for signal in taxonomy.signals),
            *((_Meaning("mention", number), group.terms.phrases) for number, group in enumerate(self._groups)),
            *((_Meaning("misleading", key), tag.misleading) for key, tag in tags.items()),
        ]
        yield from ((meaning, [taxonomy.subject.named_in(phrase) for phrase in phrases]) for meaning, phrases in named)

    def read(self, study: Taggable) -> list[Sentence]:
        """The sentences of the study's title and abstract, then its keywords."""
        found = [(section, self._lexicon.find(section.text)) for section in study.sections]
        short = self._abbreviations(found)
        reading: list[Sentence] = []
        for section, hits in found:
            reading += self._section(section, [*hits, *abbreviations.mentions(section.text, short)])
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

    def _file_all(self, parts: Iterable[Sentence], hits: Iterable[Hit]) -> None:
        """Files each hit under the part that it begins in."""
        waiting = iter(parts)
        part = next(waiting, None)
        for hit in sorted(hits):
            while part is not None and hit.start >= part.end:
                part = next(waiting, None)
            if part is not None:
                self._file(part, hit)

    def _file(self, sentence: Sentence, hit: Hit) -> None:
        """Files what a hit means under the sentence."""
        span = (hit.start, hit.end)
        mentions, signals, cues, misleading, markers = self._meaning[hit.labels]
        for number in mentions:
            sentence.mentions.setdefault(number, []).append(span)
        for name in signals:
            sentence.signals.setdefault(name, []).append(span)
        for cue in cues:
            sentence.cues.setdefault(cue, []).append(span)
        for tag in misleading:
            sentence.misleading.setdefault(tag, []).append(span)
        for file in markers:
            file(sentence, span)

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
