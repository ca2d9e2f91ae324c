"""Tells what a record found of an effect: harm, improvement, no change, both, or nothing.

Wordings (signals) speak for a finding. Those of the facet speak in sentences that mention the effect. A tag may read
one of them otherwise ("increased" is good of memory and bad of pain): such wordings are relative, and are heard only in
clauses where no plainer one speaks. Wordings that only the tag lists name the effect themselves: they speak in every
sentence, and before all others. ``turns`` tells what a wording says under what governs it, ``wordings`` what those of a
sentence come to. Conclusions and results are heard before title and statements; a sentence that asks or says that
nothing is known tells nothing, and neither does a record whose title says so. "However, no effect was seen in ..."
limits what was found before it: both are true. So are change and none where neither is told by enough sentences; where
harm and improvement contradict each other the conclusion decides, and without one nothing is told. A sentence after
harm may say that it passes without naming it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from harvest.model import Evidence, Finding, Tag
from harvest.tag.context import FAINT
from harvest.tag.findings.clauses import Clauses
from harvest.tag.findings.turns import OWN, PLAIN, RELATIVE, denies, may_deny, past_contrast, turned
from harvest.tag.findings.wordings import Word, come_to, concerning
from harvest.tag.numbers import LONGEST_EVIDENCE
from harvest.tag.patterns import Guarded
from harvest.tag.reading import Sentence, Span
from harvest.tag.sentences import Role
from harvest.tag.taxonomy import Facet

WEIGHT: dict[Role, float] = {"conclusion": 3.0, "results": 2.0, "title": 0.5, "statement": 1.0, "objective": 1.0}
"""What a sentence counts by its role: an objective only where it presents cases; other roles state no results."""

DIRECT = (0.5, 1.0, 2.0)
"""By what that is multiplied where neither, one or both hold: it mentions the effect, a wording of its own speaks."""

ENOUGH = 0.6
"""What all sentences must come to for a finding to be told."""

BALANCE = 0.9
"""Harm and improvement are both found where the lesser comes to this part of the greater."""

PART = 0.25
"""So are they where what sentences say of both comes to this part of what outweighs it."""

SURE = 0.6
"""Nothing is told where the sentences that agree come to less than this part of all."""

_ASKS = re.compile(r"\?\W*$")
_HOWEVER = re.compile(r"(?:However|In contrast|By contrast|Conversely|Nevertheless|Yet)\b")
_THUS = re.compile(r"\b(?:[Tt]hus|[Tt]herefore|[Hh]ence|[Aa]ccordingly|[Ii]n short|[Aa]ltogether)\b")

_TIMED = re.compile(
    r"\b(?:\d+|one|two|three|four|five|six|seven|several|first)[ -]?(?:h|hours?|min|minutes?|days?|weeks?)\b"
    r"|\b(?:day|days|POD|week|hour)s? ?\d|\bshort[ -]term\b"
)
"""A time that a sentence states.

An effect that it names without mentioning it is not meant then: a long time would have been a mention.
"""

_PRESENTS = Guarded(
    "report|describ|present",
    r"\b(?:we|authors|is|was|paper|article) (?:\w+ )?(?:report|describe|present)(?:s|ed|d)?\b",
    re.IGNORECASE,
)
"""An aim that tells what befell those whom it presents."""

_PASSES = Guarded(
    "revers|recover|regain|regress|resolve|resolution|recede|abate|ease|subside|normal|persist|permanent",
    r"\b(?:reversib\w+|reverse[sd]?|recover\w*|regain\w*|regress(?:es|ed)?|resolv\w+|resolution|recede[sd]?"
    r"|abate[sd]?|eased?|subsided?|normalised|returned to normal|persist\w*|permanent\w*)\b",
    re.IGNORECASE,
)
"""A sentence after one about harm that says whether it passes."""


class _Verdict(NamedTuple):
    """What a sentence says of the effect, and how much that counts."""

    finding: Finding
    weight: float
    sentence: Sentence


class Findings:
    """Tells the findings of the tags of one facet."""

    def __init__(self, facet: Facet) -> None:
        general = _by_signal(facet.findings)
        special = {tag.slug: _by_signal(tag.findings) for tag in facet.tags}
        relative = {
            signal
            for readings in special.values()
            for signal in general.keys() & readings.keys()
            if readings[signal] != "unclear"
        }
        self._open = frozenset(facet.findings.get("unclear", ()))
        self._effects = {
            slug: _Effect({**general, **readings}, readings.keys() - general.keys(), relative)
            for slug, readings in special.items()
        }

    def told(self, tag: Tag, reading: Sequence[Sentence]) -> Tag:
        """The tag with its finding and the sentence that says so; ``unclear`` without one where no result is stated."""
        verdicts = self._verdicts(tag, reading)
        finding = _balance(verdicts)
        evidence = None
        if finding != "unclear":
            best = max(verdicts, key=lambda verdict: (verdict.finding == finding, verdict.weight))
            evidence = _evidence(best.sentence)
        return Tag(tag.facet, tag.tag, tag.evidence, finding, evidence)

    def _verdicts(self, tag: Tag, reading: Sequence[Sentence]) -> list[_Verdict]:
        """What each sentence says of the effect; nothing where the title says that nothing is known yet."""
        effect = self._effects[tag.tag]
        naming = _naming(effect.own, _mentioned(tag), reading)
        said = [effect.verdict(sentence, mentions) for sentence, mentions in naming if not self._is_open(sentence)]
        verdicts = [verdict for verdict in said if verdict]
        if verdicts and any([sentence.role == "title" and self._is_open(sentence) for sentence in reading]):
            return []
        return verdicts

    def _is_open(self, sentence: Sentence) -> bool:
        """Whether the sentence says that nothing is known yet."""
        return not self._open.isdisjoint(sentence.signals)


class _Effect:
    """How the wordings are read of one effect: what each says, which are the effect's own and which are relative."""

    def __init__(self, heard: Mapping[str, Finding], own: Collection[str], relative: Collection[str]) -> None:
        self._heard = heard
        self.own = frozenset(own)
        self._rank = {signal: OWN if signal in own else RELATIVE if signal in relative else PLAIN for signal in heard}

    def verdict(self, sentence: Sentence, mentions: Sequence[Span]) -> _Verdict | None:
        """What the sentence, which names the effect or mentions it, says of it, if anything."""
        if not _states_results(sentence):
            return None
        finding, own = self._said(sentence, mentions)
        direct = bool(mentions) + own
        if finding and (direct or not _TIMED.search(sentence.source, sentence.start, sentence.end)):
            return _Verdict(finding, _weight(sentence) * DIRECT[direct], sentence)
        return None

    def _said(self, sentence: Sentence, mentions: Sequence[Span]) -> tuple[Finding | None, bool]:
        """What the sentence says of the effect that it names, and whether a wording of the effect's own says so."""
        standing = self._standing(sentence)
        if not standing and not _deniable(mentions, sentence):
            return None, False
        clauses = Clauses(sentence)
        words = concerning(self._words(standing, clauses), sentence)
        if not words:
            return "no-change" if _denied(mentions, clauses) else None, False
        own = self.own & sentence.signals.keys()
        named = [*mentions, *(span for name in own for span in sentence.signals[name])]
        return come_to(words, named, clauses, sentence)

    def _words(self, standing: Iterable[tuple[Span, str]], clauses: Clauses) -> list[Word]:
        """The wordings that say something where they stand."""
        words: list[Word] = []
        for span, signal in standing:
            clause = clauses.at(span)
            before, after = clauses.around(clause, span)
            if not any(word.clause < clause for word in words):
                before = past_contrast(before)
            said, rank = self._heard[signal], self._rank[signal]
            finding = turned(said, rank, clauses.text(span), before, after)
            if finding != "unclear":
                words.append(Word(clause, span, rank, finding, rank != OWN and said == "no-change"))
        return words

    def _standing(self, sentence: Sentence) -> Sequence[tuple[Span, str]]:
        """Where signals that may tell something stand in the sentence, in order, without those inside a longer one."""
        heard = self._heard
        found = [(span, signal) for signal, spans in sentence.signals.items() if signal in heard for span in spans]
        if len(found) > 1:
            found = _outermost(found)
        return [one for one in found if heard[one[1]] != "unclear"] if found else found


def _outermost(found: list[tuple[Span, str]]) -> list[tuple[Span, str]]:
    """Signals where they stand, in order, without those inside a longer one."""
    kept = []
    reached = 0
    for one in sorted(found, key=_by_place):
        if one[0][1] > reached:
            kept.append(one)
            reached = one[0][1]
    return kept


def _by_place(standing: tuple[Span, str]) -> tuple[int, int, str]:
    (start, end), signal = standing
    return start, -end, signal


def _states_results(sentence: Sentence) -> bool:
    """Whether a sentence of a role that does neither asks nor calls for more work."""
    if "future" in sentence.cues:
        return False
    start, end = sentence.start, sentence.end
    asks = sentence.source.find("?", start, end) >= 0
    return not asks or (sentence.role != "title" and not _ASKS.search(sentence.source, start, end))


def _by_signal(findings: Mapping[Finding, Sequence[str]]) -> dict[str, Finding]:
    return {signal: finding for finding, signals in findings.items() for signal in signals}


def _mentioned(tag: Tag) -> dict[int | None, list[Span]]:
    """Where the effect is mentioned, in order, by section."""
    mentioned: dict[int | None, list[Span]] = {}
    for one in tag.evidence:
        if one.start is not None and one.end is not None:
            mentioned.setdefault(one.section, []).append((one.start, one.end))
    for spans in mentioned.values():
        spans.sort()
    return mentioned


def _naming(
    own: frozenset[str], mentioned: Mapping[int | None, Sequence[Span]], reading: Iterable[Sentence]
) -> Iterator[tuple[Sentence, Sequence[Span]]]:
    """The sentences that may state results and either mention the effect, with where, or have a wording of its own."""
    named: Sentence | None = None
    for sentence in reading:
        if _may_tell(sentence):
            spans = mentioned.get(sentence.section, ())
            if spans:
                spans = spans[bisect_left(spans, (sentence.start,)) : bisect_left(spans, (sentence.end,))]
            if spans or not own.isdisjoint(sentence.signals):
                yield sentence, spans
                named = sentence
            elif (
                named
                and named.section == sentence.section
                and sentence.start - named.end < 3
                and _PASSES.span(sentence.source, sentence.start, sentence.end)
            ):
                yield sentence, spans


def _may_tell(sentence: Sentence) -> bool:
    """Whether a sentence of its role may state results; an aim does where it presents cases."""
    if sentence.role != "objective":
        return sentence.role in WEIGHT
    return _PRESENTS.span(sentence.source, sentence.start, sentence.end) is not None


def _deniable(mentions: Sequence[Span], sentence: Sentence) -> bool:
    """Whether a denial may stand before one of the mentions, which are in order."""
    return bool(mentions) and may_deny(sentence.source[sentence.start : mentions[-1][0]])


def _denied(mentions: Iterable[Span], clauses: Clauses) -> bool:
    """Whether a mention is itself denied: "no case of ..."."""
    return any([denies(clauses.around(clauses.at(span), span)[0]) for span in mentions])


def _weight(sentence: Sentence) -> float:
    """What the sentence counts by its role; what others found counts little."""
    if sentence.role != "statement":
        return WEIGHT[sentence.role]
    if "elsewhere" in sentence.cues:
        return WEIGHT["statement"] * FAINT
    return WEIGHT["conclusion" if _THUS.search(sentence.source, sentence.start, sentence.end) else "statement"]


def _balance(verdicts: Sequence[_Verdict]) -> Finding:
    """What all sentences come to, ``unclear`` where that is too little."""
    if sum([verdict.weight for verdict in verdicts]) < ENOUGH:
        return "unclear"
    if len({verdict.finding for verdict in verdicts}) == 1:
        return verdicts[0].finding
    total: dict[Finding, float] = {"worse": 0.0, "better": 0.0, "no-change": 0.0, "mixed": 0.0}
    for verdict in verdicts:
        total[verdict.finding] += verdict.weight
    less, more = sorted((total["worse"], total["better"]))
    if (less and less >= BALANCE * more) or (more and any(map(_takes_back, verdicts))):
        return "mixed"
    finding, concluded = max(total, key=lambda one: total[one]), _concluded(verdicts)
    if total[finding] >= SURE * sum(total.values()):
        plain = finding == "worse" == concluded or total["mixed"] < PART * total[finding]
        return finding if plain else "mixed"
    if total["no-change"]:
        return "unclear" if less or total["mixed"] else "mixed"
    return "mixed" if concluded == "unclear" and total["mixed"] >= BALANCE * more else concluded


def _concluded(verdicts: Iterable[_Verdict]) -> Finding:
    """What conclusions that name the effect say of it, where they say one thing."""
    least = WEIGHT["conclusion"]
    said = {one.finding for one in verdicts if one.sentence.role == "conclusion" and one.weight >= least}
    return said.pop() if len(said) == 1 else "unclear"


def _takes_back(verdict: _Verdict) -> bool:
    """Whether the sentence limits what was found before it: "However, no effect was seen in ..."."""
    return (
        verdict.finding == "no-change" and _HOWEVER.match(verdict.sentence.source, verdict.sentence.start) is not None
    )


def _evidence(sentence: Sentence) -> Evidence:
    """The sentence, cut at a word boundary."""
    start = sentence.start
    phrase = sentence.source[start : sentence.end].rstrip()
    if len(phrase) > LONGEST_EVIDENCE:
        cut = phrase.rfind(" ", 0, LONGEST_EVIDENCE + 1)
        phrase = phrase[: cut if cut > 0 else LONGEST_EVIDENCE]
    return Evidence("text", phrase, sentence.section, start, start + len(phrase))
