"""Tells what a record found of an effect: harm, improvement, no change, both, or nothing.

Wordings (signals) speak for a finding. Those of the facet speak in sentences that mention the effect. A tag may read
one of them otherwise ("increased" is good of memory and bad of pain): such wordings are relative, and are heard only in
clauses where no plainer one speaks. Wordings that only the tag lists name the effect themselves: they speak in every
sentence, and before all others. What a wording says is turned by what governs it: "no decline" is no change, "less
decline" an improvement, and a lack of the effect's own improvement is harm. Conclusions and results are heard before
title and statements; a sentence that asks or says that nothing is known tells nothing, and neither does a record whose
title says so. "However, no effect was seen in ..." limits what was found before it: both are true. Where sentences
contradict each other too much for either side to hold and too little for both, nothing is told.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import combinations
from typing import NamedTuple

from harvest.model import Evidence, Finding, Tag
from harvest.tag.context import FAINT
from harvest.tag.reading import Sentence, Span
from harvest.tag.sentences import Role
from harvest.tag.taxonomy import Facet

WEIGHT: dict[Role, float] = {"conclusion": 3.0, "results": 2.0, "title": 0.5, "statement": 1.0}
"""What a sentence counts by its role; sentences of other roles state no results."""

DIRECT = (0.5, 1.0, 2.0)
"""By what that is multiplied where neither, one or both hold: it mentions the effect, a wording of its own speaks."""

ENOUGH = 0.5
"""What all sentences must come to for a finding to be told."""

BALANCE = 0.9
"""Harm and improvement are both found where the lesser comes to this part of the greater."""

SURE = 0.6
"""Nothing is told where the sentences that agree come to less than this part of all."""

REACH = 160
"""Characters on either side of a wording in which something may govern it."""

LONGEST = 200
"""Characters of a sentence that are kept as evidence."""

_ASKS = re.compile(r"\?\W*$")
_HOWEVER = re.compile(r"(?:However|In contrast|By contrast|Conversely|Nevertheless|Yet)\b")
# An effect that a sentence names without mentioning it is not meant where the sentence states a time: a long one would
# have been a mention.
_TIMED = re.compile(
    r"\b(?:\d+|one|two|three|four|five|six|seven|several|first)[ -]?(?:h|hours?|min|minutes?|days?|weeks?)\b"
    r"|\b(?:day|days|POD|week|hour)s? ?\d|\bshort[ -]term\b"
)
_CLAUSE = re.compile(
    r";|:(?! ?\d)|,? ?\b(?:but|while|whilst|whereas|although|though|however|yet|despite|except|with no|without)\b",
    re.IGNORECASE,
)
_VERB = r"\b(?:was|were|is|are|had|has|have|showed|did|may|can|could|might|would|which|who)\b"
_REACH = rf"\b(?:(?:(?!{_VERB})[^;]){{0,90}}|(?:(?!{_VERB})[^,;]){{0,120}})$"
_DENIES = r"no|without|neither|nor|absence of|free of"
_DENIED = re.compile(rf"\b(?:{_DENIES}){_REACH}", re.IGNORECASE)
_NOT = re.compile(
    rf"\b(?:{_DENIES}|not(?! only)|never|none|cannot|lack(?:ed|s|ing)?|free from|fail(?:ed|s|ure) to|rather than"
    r"|non-?significant(?:ly)?|little|few"
    r"|(?:low|minimal|negligible|small) (?:risk|rates?|incidence|prevalence|potential|likelihood) (?:of|for))"
    rf"{_REACH}|\bnone, (?:including|even)[^;]{{0,90}}$"
    r"|\b(?:none of|neither|no (?:patients?|participants?|subjects?|animals?|one|cases?))\b[^;,]{0,120}$",
    re.IGNORECASE,
)
_NOT_AFTER = re.compile(
    r"[^,;.]{0,25}?\b(?:(?:was|were|is|are|did|does|do|has|have|had|could|be) not|(?:was|were) (?:absent|unaffected)"
    r"|not (?:significant|observed|found|seen|detected|reported|different)|in (?:none|no (?:patient|case|one)))\b"
    r"|[^;.]{0,80}?\b(?:seem|appear|is|are|was|were)\w* (?:uncommon|rare|unlikely|infrequent)\b"
)
_LESS = re.compile(
    r"\b(?:less|lower(?:s|ed|ing)?|lowest|fewer|reduc\w+|decreas\w+|attenuat\w+|prevent\w*|alleviat\w+|mitigat\w+"
    r"|amelior\w+|revers\w+|protect\w+|diminish\w*|avoid\w*|minimi\w+|limit\w+|reliev\w+|delay\w*|rescu\w+"
    r"|abolish\w*|improv\w+|blunt\w*|counteract\w*|eliminat\w+|normali\w+)\b"
    r"(?:(?:(?!\b(?:was|were|is|are|and \w+ed)\b)[^,;]){0,60}"
    r"|[^,;\d]{0,40}(?:,(?: [^,;\d ]+){1,3}){1,3},? (?:and|or)(?: [^,;\d ]+){0,3} )$",
    re.IGNORECASE,
)
_LESS_AFTER = re.compile(
    r"[^,;.]{0,30}?\b(?:(?:was|were|is|are|be|been|had|have) (?:\w+ly |also |\w+ )?(?:less|lower|fewer|reduced"
    r"|decreased|attenuated|prevented|alleviated|mitigated|ameliorated|reversed|improved|diminished|resolved|delayed"
    r"|rescued)|decreased|declined|improved|resolved|diminished|later than)\b"
    r"|[^,;.]{0,30}?\b(?:control|placebo|comparison|saline)\b[^,;.]{0,30}?\b(?:higher|greater|more)\b"
)
_THRESHOLD = re.compile(r" (?:than (?:or equal to )?(?:an? |one |\d|[≥<>=])|so\b)")
# Harm that passes is no lasting one; no wording of an effect's own, since those name it as what it is.
_BRIEF = r"\b(?:transient|brief|temporary|short-lived|acute|immediate)(?:ly)?\b"
_BRIEFLY = re.compile(rf"{_BRIEF}(?:,? (?:and )?\w+)?,? $", re.IGNORECASE)
_BRIEF_AFTER = re.compile(rf"[^,;.]{{0,40}}\b(?:was|were|is|are)\b[^,;.]{{0,40}}{_BRIEF}", re.IGNORECASE)
# The rates of two groups. Where neither is said to be that of the controls, "12% vs. 30%" tells the subject's first.
_RATE = r"(\d+(?:\.\d+)?) ?%(?! ?(?:CI|confidence|credib))"
_CONTROL = r"\b(?:placebo|controls?|saline|sham|vehicle|comparison|untreated|unexposed)\b"
_RATES = re.compile(
    rf"(?:({_CONTROL})[^%;]{{0,40}}?)?{_RATE}(\W*(?:for|in|on|with|of|among|under) [^%;\d]{{0,20}}?{_CONTROL})?"
    rf"([^%;]{{0,100}}?){_RATE}([^%;]{{0,40}}?{_CONTROL})?",
    re.IGNORECASE,
)
_VERSUS = re.compile(r"\b(?:vs?\.|vs|versus|compared (?:with|to)|as against)")
# What stands between and after two wordings where each holds of some: "declined in men and unchanged in women".
_HERE = re.compile(r"[^,;]{0,25}\b(?:in|among|for|by|with) [^;,.]{3,60}\b(?:and|but|whereas|while|or),? [^,;]{0,30}$")
_THERE = re.compile(r"[^,;.]{0,25}\b(?:in|among|for|by|with) ")


class _Word(NamedTuple):
    """A wording in a clause (by number) with what it says, turned by what governs it.

    ``rank`` is 0 for a wording of the effect's own, 1 for one that all effects read alike, 2 for a relative one.
    ``sameness`` tells whether it says "no difference" of what follows it.
    """

    clause: int
    span: Span
    rank: int
    finding: Finding
    sameness: bool


class _Verdict(NamedTuple):
    """What a sentence says of the effect, and how much that counts."""

    finding: Finding
    weight: float
    sentence: Sentence


class _Clauses:
    """The clauses of a sentence, by number."""

    def __init__(self, sentence: Sentence) -> None:
        self._text = sentence.source
        cuts = _CLAUSE.finditer(self._text, *_span(sentence))
        self._starts = [sentence.start, *(cut.start() for cut in cuts)]
        self._ends = [*self._starts[1:], sentence.end]

    def at(self, span: Span) -> int:
        """The number of the clause in which the span begins."""
        return bisect_right(self._starts, span[0]) - 1

    def around(self, span: Span) -> tuple[str, str]:
        """What stands before and after the span in its clause, within ``REACH``."""
        clause = self.at(span)
        start, end = max(self._starts[clause], span[0] - REACH), min(self._ends[clause], span[1] + REACH)
        return self._text[start : span[0]], self._text[span[1] : end]

    def between(self, one: Span, other: Span) -> str:
        """What stands between two spans."""
        return self._text[one[1] : other[0]]


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
        verdicts = list(self._verdicts(tag, reading))
        if sum(verdict.weight for verdict in verdicts) < ENOUGH:
            return replace(tag, finding="unclear")
        finding = _balance(verdicts)
        if finding == "unclear":
            return replace(tag, finding=finding)
        best = max(verdicts, key=lambda verdict: (verdict.finding == finding, verdict.weight))
        return replace(tag, finding=finding, finding_evidence=_evidence(best.sentence))

    def _verdicts(self, tag: Tag, reading: Sequence[Sentence]) -> Iterator[_Verdict]:
        if any(sentence.role == "title" and self._is_open(sentence) for sentence in reading):
            return
        for sentence in reading:
            if _states_results(sentence) and not self._is_open(sentence):
                yield from self._effects[tag.tag].verdict(sentence, _mentions(tag, sentence))

    def _is_open(self, sentence: Sentence) -> bool:
        """Whether the sentence says that nothing is known yet."""
        return not self._open.isdisjoint(sentence.signals)


@dataclass(frozen=True, slots=True)
class _Effect:
    """How the wordings are read of one effect: what each says, which are the effect's own and which are relative."""

    heard: Mapping[str, Finding]
    own: Set[str]
    relative: Set[str]

    def verdict(self, sentence: Sentence, mentions: Sequence[Span]) -> Iterator[_Verdict]:
        """What the sentence says of the effect, if anything."""
        named = [*mentions, *(span for own in self.own & sentence.signals.keys() for span in sentence.signals[own])]
        if not named:
            return
        clauses = _Clauses(sentence)
        words = list(self._words(sentence, clauses)) or list(_denied(mentions, clauses))
        naming = {clauses.at(span) for span in named}
        telling = _telling(_nearest(_outranking(words), named), naming)
        direct = bool(mentions) + any(word.rank == 0 for word in telling)
        finding = "mixed" if _ranges([word for word in words if word.clause in naming], clauses) else _together(telling)
        if finding and (direct or not _TIMED.search(sentence.source, *_span(sentence))):
            yield _Verdict(finding, _weight(sentence) * DIRECT[direct], sentence)

    def _words(self, sentence: Sentence, clauses: _Clauses) -> Iterator[_Word]:
        """The wordings in the sentence that say something, none inside a longer one."""
        for span, signal in self._outermost(sentence):
            finding = self._turned(signal, span, clauses)
            same = self.heard[signal] == "no-change" and signal not in self.own
            if finding != "unclear":
                yield _Word(clauses.at(span), span, self._rank(signal), finding, same)

    def _outermost(self, sentence: Sentence) -> Iterator[tuple[Span, str]]:
        """Where the signals that are heard stand, in order, without those inside a longer one."""
        signals = self.heard.keys() & sentence.signals.keys()
        found = [(span, signal) for signal in signals for span in sentence.signals[signal]]
        reached = 0
        for span, signal in sorted(found, key=lambda one: (one[0][0], -one[0][1], one[1])):
            if span[1] > reached:
                yield span, signal
                reached = span[1]

    def _rank(self, signal: str) -> int:
        return 0 if signal in self.own else 2 if signal in self.relative else 1

    def _turned(self, signal: str, span: Span, clauses: _Clauses) -> Finding:
        """What a wording says under what governs it; the effect's own improvement is missed where it is denied."""
        finding = self.heard[signal]
        before, after = clauses.around(span)
        if signal not in self.own and _THRESHOLD.match(after):
            return "unclear"
        if finding in ("worse", "better") and (_NOT.search(before) or _NOT_AFTER.match(after)):
            return "worse" if finding == "better" and signal in self.own else "no-change"
        return self._harm(signal, before, after) if finding == "worse" else finding

    def _harm(self, signal: str, before: str, after: str) -> Finding:
        """What harm comes to: improvement where there is less of it, nothing where it passes."""
        if signal not in self.own and (_BRIEFLY.search(before) or _BRIEF_AFTER.match(after)):
            return "unclear"
        if signal in self.relative:
            return "worse"
        lessened = _LESS.search(before) or _LESS_AFTER.match(after) or _more_in_controls(before + after)
        return "better" if lessened else "worse"


def _states_results(sentence: Sentence) -> bool:
    """Whether the sentence has a role that does, and neither asks nor calls for more work."""
    return (
        sentence.role in WEIGHT
        and "future" not in sentence.cues
        and not _ASKS.search(sentence.source, *_span(sentence))
    )


def _more_in_controls(clause: str) -> bool:
    """Whether of two rates that the clause tells the higher one is that of the controls."""
    rates = _RATES.search(clause)
    if rates is None:
        return False
    before, first, with_first, between, second, with_second = rates.groups()
    first_is_control = bool(with_first) or (bool(before) and not with_second)
    if not (first_is_control or with_second or _VERSUS.search(between)):
        return False
    return float(first) > float(second) if first_is_control else float(second) > float(first)


def _by_signal(findings: Mapping[Finding, Sequence[str]]) -> dict[str, Finding]:
    return {signal: finding for finding, signals in findings.items() for signal in signals}


def _span(sentence: Sentence) -> Span:
    return sentence.start, sentence.end


def _mentions(tag: Tag, sentence: Sentence) -> list[Span]:
    """Where the sentence mentions the effect."""
    return [
        (one.start, one.end)
        for one in tag.evidence
        if one.section == sentence.section and one.start is not None and one.end is not None
        if sentence.start <= one.start < sentence.end
    ]


def _denied(mentions: Iterable[Span], clauses: _Clauses) -> Iterator[_Word]:
    """The mentions that are themselves denied: "no case of ..."."""
    for span in mentions:
        if _DENIED.search(clauses.around(span)[0]):
            yield _Word(clauses.at(span), span, 1, "no-change", False)


def _outranking(words: Sequence[_Word]) -> list[_Word]:
    """The words without those that a plainer one in their clause outranks, or of which it says "no difference"."""
    best: dict[int, int] = {}
    same: dict[int, int] = {}
    for word in words:
        if word.finding != "no-change":
            best[word.clause] = min(best.get(word.clause, word.rank), word.rank)
        if word.sameness:
            same.setdefault(word.clause, word.span[0])
    return [
        word
        for word in words
        if (word.rank <= best.get(word.clause, word.rank) or word.finding == "mixed")
        and word.span[0] <= same.get(word.clause, word.span[0])
    ]


def _nearest(words: Sequence[_Word], named: Sequence[Span]) -> Sequence[_Word]:
    """The words, but of the relative ones only those that stand nearest to where the effect is named."""
    relative = [word for word in words if word.rank == 2]
    near = {min(relative, key=lambda word: _distance(word.span, span)) for span in named} if relative else set()
    return [word for word in words if word.rank < 2 or word in near]


def _distance(one: Span, other: Span) -> int:
    return max(one[0] - other[1], other[0] - one[1])


def _telling(words: Sequence[_Word], naming: Collection[int]) -> Sequence[_Word]:
    """The words of the clauses that name the effect, the effect's own before all others; all where there are none."""
    here = [word for word in words if word.clause in naming or word.finding == "mixed"] or words
    own = [word for word in here if word.rank == 0 and word.finding != "no-change"]
    return [word for word in here if word in own or word.finding == "mixed"] if own else here


def _ranges(words: Iterable[_Word], clauses: _Clauses) -> bool:
    """Whether one thing is said here and another there: "declined in men and unchanged in women"."""
    return any(
        one.finding != other.finding
        and _HERE.match(clauses.between(one.span, other.span))
        and _THERE.match(clauses.around(other.span)[1])
        for one, other in combinations(words, 2)
    )


def _contrasted(words: Iterable[_Word]) -> bool:
    """Whether one clause says that nothing changed and another that something did."""
    clauses: dict[int, set[Finding]] = {}
    for word in words:
        clauses.setdefault(word.clause, set()).add(word.finding)
    same = {clause for clause, said in clauses.items() if said == {"no-change"}}
    return bool(same) and any("no-change" not in said for said in clauses.values())


def _together(words: Sequence[_Word]) -> Finding | None:
    """What the words of a sentence come to: in one clause harm and improvement each outweigh no change."""
    said = {word.finding for word in words}
    if "mixed" in said or {"worse", "better"} <= said or _contrasted(words):
        return "mixed"
    return next((finding for finding in ("worse", "better", "no-change") if finding in said), None)


def _weight(sentence: Sentence) -> float:
    """What the sentence counts by its role; what others found counts little."""
    elsewhere = "elsewhere" in sentence.cues and sentence.role == "statement"
    return WEIGHT[sentence.role] * (FAINT if elsewhere else 1.0)


def _balance(verdicts: Sequence[_Verdict]) -> Finding:
    """What all sentences come to."""
    total: dict[Finding, float] = {"worse": 0.0, "better": 0.0, "no-change": 0.0, "mixed": 0.0}
    for verdict in verdicts:
        total[verdict.finding] += verdict.weight
    less, more = sorted((total["worse"], total["better"]))
    if (less and less >= BALANCE * more) or (more and any(map(_takes_back, verdicts))):
        return "mixed"
    finding = max(total, key=lambda one: total[one])
    return finding if total[finding] >= SURE * sum(total.values()) else "unclear"


def _takes_back(verdict: _Verdict) -> bool:
    """Whether the sentence limits what was found before it: "However, no effect was seen in ..."."""
    return (
        verdict.finding == "no-change" and _HOWEVER.match(verdict.sentence.source, verdict.sentence.start) is not None
    )


def _evidence(sentence: Sentence) -> Evidence:
    """The sentence, cut at a word boundary."""
    start = sentence.start
    phrase = sentence.source[start : sentence.end].rstrip()
    if len(phrase) > LONGEST:
        cut = phrase.rfind(" ", 0, LONGEST + 1)
        phrase = phrase[: cut if cut > 0 else LONGEST]
    return Evidence("text", phrase, sentence.section, start, start + len(phrase))
