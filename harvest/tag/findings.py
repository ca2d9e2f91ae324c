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
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from harvest.model import Evidence, Finding, Tag
from harvest.tag.context import FAINT
from harvest.tag.numbers import LONGEST_EVIDENCE
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


class _Rule:
    """A pattern with the stems of which a text must hold one, in whatever case, for the pattern to be found in it.

    Most texts hold none, and to look for a few stems costs much less than to try the pattern at every character.
    """

    def __init__(self, stems: str, pattern: str, flags: re.RegexFlag = re.NOFLAG) -> None:
        self._stems = stems.split("|")
        self._pattern = re.compile(pattern, flags)

    def may_hold(self, text: str) -> bool:
        """Whether one of the stems stands in the text."""
        return any(map(text.lower().__contains__, self._stems))

    def holds(self, text: str) -> bool:
        """Whether the pattern is found anywhere in the text."""
        return self.may_hold(text) and self._pattern.search(text) is not None

    def begins(self, text: str) -> bool:
        """Whether the pattern is found at the start of the text."""
        return self.may_hold(text) and self._pattern.match(text) is not None

    def starts(self, text: str, start: int, end: int) -> list[int]:
        """Where the pattern is found in this part of the text."""
        if not self.may_hold(text[start:end]):
            return []
        return [match.start() for match in self._pattern.finditer(text, start, end)]


_ASKS = re.compile(r"\?\W*$")
_HOWEVER = re.compile(r"(?:However|In contrast|By contrast|Conversely|Nevertheless|Yet)\b")
# An effect that a sentence names without mentioning it is not meant where the sentence states a time: a long one would
# have been a mention.
_TIMED = re.compile(
    r"\b(?:\d+|one|two|three|four|five|six|seven|several|first)[ -]?(?:h|hours?|min|minutes?|days?|weeks?)\b"
    r"|\b(?:day|days|POD|week|hour)s? ?\d|\bshort[ -]term\b"
)
_STOP = re.compile(r";|:(?! ?\d)")
_TURN = _Rule(
    "but|whil|whereas|though|however|yet|despite|except|with no|without",
    r"\b(?:but|while|whilst|whereas|although|though|however|yet|despite|except|with no|without)\b",
    re.IGNORECASE,
)
# By first letters: these are tried at every word.
_VERB = r"\b(?:w(?:as|ere|ould|ho|hich)|ha(?:d|s|ve)|is|are|showed|did|c(?:an|ould)|m(?:ay|ight))\b"
_REACH = rf"\b(?:(?:(?!{_VERB})[^;]){{0,90}}|(?:(?!{_VERB})[^,;]){{0,120}})$"
_DENIES = r"n(?:o|or|either)|without|absence of|free of"
_DENIED = _Rule("no|without|neither|absence of|free of", rf"\b(?:{_DENIES}){_REACH}", re.IGNORECASE)
_NOT = _Rule(
    "no|without|neither|never|lack|absence of|free |fail|rather than|little|few|low |minimal|negligible|small ",
    rf"\b(?:{_DENIES}|n(?:ot(?! only)|ever|one|on-?significant(?:ly)?)|cannot|lack(?:ed|s|ing)?|free from"
    r"|fail(?:ed|s|ure) to|rather than|little|few"
    r"|(?:low|minimal|negligible|small) (?:risk|rates?|incidence|prevalence|potential|likelihood) (?:of|for))"
    rf"{_REACH}|\bnone, (?:including|even)[^;]{{0,90}}$"
    r"|\b(?:none of|neither|no (?:patients?|participants?|subjects?|animals?|one|cases?))\b[^;,]{0,120}$",
    re.IGNORECASE,
)
_NOT_AFTER = _Rule(
    "not|absent|unaffected|unchanged|unaltered|stable|in no|uncommon|rare|unlikely|infrequent",
    r"[^,;.]{0,25}?\b(?:(?:was|were|is|are|did|does|do|has|have|had|could|be) not"
    r"|(?:was|were) (?:absent|unaffected)"
    r"|not (?:significant|observed|found|seen|detected|reported|different)|in (?:none|no (?:patient|case|one)))\b"
    r"|(?: (?!and\b)\w+){0,2} (?:was|were|remained) (?:unchanged|unaltered|stable)\b"
    r"|[^;.]{0,80}?\b(?:seem|appear|is|are|was|were)\w* (?:to be )?(?:\w+ly )?(?:uncommon|rare|unlikely|infrequent)\b",
)
_LESS = _Rule(
    "less|lower|lowest|fewer|reduc|decreas|attenuat|prevent|alleviat|mitigat|amelior|revers|protect|diminish|avoid"
    "|minimi|limit|reliev|delay|rescu|abolish|improv|blunt|counteract|eliminat|normali",
    r"\b(?:less|lower(?:s|ed|ing)?|lowest|fewer|reduc\w+|decreas\w+|attenuat\w+|prevent\w*|alleviat\w+|mitigat\w+"
    r"|amelior\w+|revers\w+|protect\w+|diminish\w*|avoid\w*|minimi\w+|limit\w+|reliev\w+|delay\w*|rescu\w+"
    r"|abolish\w*|improv\w+|blunt\w*|counteract\w*|eliminat\w+|normali\w+)\b"
    r"(?:(?:(?!\b(?:was|were|is|are|and \w+ed)\b)[^,;]){0,60}"
    r"|[^,;\d]{0,40}(?:,(?: [^,;\d ]+){1,3}){1,3},? (?:and|or)(?: [^,;\d ]+){0,3} )$",
    re.IGNORECASE,
)
_LESS_AFTER = _Rule(
    "less|lower|fewer|reduced|decreased|attenuated|prevented|alleviated|mitigated|ameliorated|reversed|improved"
    "|diminished|resolved|delayed|rescued|declined|later than|higher|greater|more",
    r"[^,;.]{0,30}?\b(?:(?:was|were|is|are|be|been|had|have) (?:\w+ly |also |\w+ )?(?:less|lower|fewer|reduced"
    r"|decreased|attenuated|prevented|alleviated|mitigated|ameliorated|reversed|improved|diminished|resolved|delayed"
    r"|rescued)|decreased|declined|improved|resolved|diminished|later than)\b"
    r"|[^,;.]{0,30}?\b(?:control|placebo|comparison|saline)\b[^,;.]{0,30}?\b(?:higher|greater|more)\b",
)
_THRESHOLD = re.compile(r" (?:than (?:or equal to )?(?:an? |one |\d|[≥<>=])|so\b)")
# Harm that passes is no lasting one; no wording of an effect's own, since those name it as what it is.
_BRIEF = r"\b(?:transient|brief|temporary|short-lived|acute|immediate)(?:ly)?\b"
_BRIEF_STEMS = "transient|brief|temporary|short-lived|acute|immediate"
_BRIEFLY = _Rule(_BRIEF_STEMS, rf"{_BRIEF}(?:,? (?:and )?\w+)?,? $", re.IGNORECASE)
_BRIEF_AFTER = _Rule(
    _BRIEF_STEMS,
    r"(?:[^,;.]{0,40}\b(?:was|were|is|are)\b[^,;.]{0,40}"
    rf"| (?:(?:an?|the|only|mild|some|occurrence of|increases? in) ){{0,3}}){_BRIEF}",
    re.IGNORECASE,
)
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
        self._starts = [sentence.start, *_cuts(self._text, sentence.start, sentence.end)]
        self._end = sentence.end

    def at(self, span: Span) -> int:
        """The number of the clause in which the span begins."""
        return bisect_right(self._starts, span[0]) - 1

    def around(self, clause: int, span: Span) -> tuple[str, str]:
        """What stands before and after the span in its clause, within ``REACH``."""
        start, end = span
        left, right = start - REACH, end + REACH
        first = self._starts[clause]
        last = self._starts[clause + 1] if clause + 1 < len(self._starts) else self._end
        return self._text[max(first, left) : start], self._text[end : min(last, right)]

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
        self._rank = {signal: 0 if signal in own else 2 if signal in relative else 1 for signal in heard}

    def verdict(self, sentence: Sentence, mentions: Sequence[Span]) -> _Verdict | None:
        """What the sentence, which names the effect or mentions it, says of it, if anything."""
        if not _states_results(sentence):
            return None
        finding, own = self._said(sentence, mentions)
        direct = bool(mentions) + own
        if finding and (direct or not _TIMED.search(sentence.source, *_span(sentence))):
            return _Verdict(finding, _weight(sentence) * DIRECT[direct], sentence)
        return None

    def _said(self, sentence: Sentence, mentions: Sequence[Span]) -> tuple[Finding | None, bool]:
        """What the sentence says of the effect that it names, and whether a wording of the effect's own says so."""
        standing = self._standing(sentence)
        if not standing and not _deniable(mentions, sentence):
            return None, False
        clauses = _Clauses(sentence)
        words = self._words(standing, clauses)
        if not words:
            return "no-change" if _denied(mentions, clauses) else None, False
        if len(words) == 1:
            return words[0].finding, words[0].rank == 0
        own = self.own & sentence.signals.keys()
        return _weighed(words, [*mentions, *(span for name in own for span in sentence.signals[name])], clauses)

    def _words(self, standing: Iterable[tuple[Span, str]], clauses: _Clauses) -> list[_Word]:
        """The wordings that say something where they stand."""
        words = []
        for span, signal in standing:
            clause = clauses.at(span)
            finding = self._turned(signal, *clauses.around(clause, span))
            if finding != "unclear":
                rank = self._rank[signal]
                words.append(_Word(clause, span, rank, finding, rank > 0 and self._heard[signal] == "no-change"))
        return words

    def _standing(self, sentence: Sentence) -> Sequence[tuple[Span, str]]:
        """Where signals that may tell something stand in the sentence, in order, without those inside a longer one."""
        heard = self._heard
        found = [(span, signal) for signal, spans in sentence.signals.items() if signal in heard for span in spans]
        if len(found) > 1:
            found = _outermost(found)
        return [one for one in found if heard[one[1]] != "unclear"] if found else found

    def _turned(self, signal: str, before: str, after: str) -> Finding:
        """What a wording says under what governs it; the effect's own improvement is missed where it is denied."""
        finding = self._heard[signal]
        own = signal in self.own
        if not own and _THRESHOLD.match(after):
            return "unclear"
        if finding in ("worse", "better") and (_NOT.holds(before) or _NOT_AFTER.begins(after)):
            return "worse" if finding == "better" and own else "no-change"
        return self._harm(signal, before, after) if finding == "worse" else finding

    def _harm(self, signal: str, before: str, after: str) -> Finding:
        """What harm comes to: improvement where there is less of it, nothing where it passes."""
        rank = self._rank[signal]
        if rank and (_BRIEFLY.holds(before) or _BRIEF_AFTER.begins(after)):
            return "unclear"
        if rank == 2:
            return "worse"
        lessened = _LESS.holds(before) or _LESS_AFTER.begins(after) or _more_in_controls(before + after)
        return "better" if lessened else "worse"


def _cuts(text: str, start: int, end: int) -> list[int]:
    """Where clauses begin within this part of the text: at a stop, or at a word with the comma and blank before it."""
    stops = [stop.start() for stop in _STOP.finditer(text, start, end)]
    turns = [
        start + len(text[start:turn].removesuffix(" ").removesuffix(",")) for turn in _TURN.starts(text, start, end)
    ]
    return sorted(stops + turns) if stops and turns else stops or turns


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
    start, end = _span(sentence)
    return sentence.source.find("?", start, end) < 0 or not _ASKS.search(sentence.source, start, end)


def _more_in_controls(clause: str) -> bool:
    """Whether of two rates that the clause tells the higher one is that of the controls."""
    rates = _RATES.search(clause) if clause.count("%") > 1 else None
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
    for sentence in reading:
        if sentence.role in WEIGHT:
            spans = mentioned.get(sentence.section, ())
            if spans:
                spans = spans[bisect_left(spans, (sentence.start,)) : bisect_left(spans, (sentence.end,))]
            if spans or not own.isdisjoint(sentence.signals):
                yield sentence, spans


def _deniable(mentions: Sequence[Span], sentence: Sentence) -> bool:
    """Whether a denial may stand before one of the mentions, which are in order."""
    return bool(mentions) and _DENIED.may_hold(sentence.source[sentence.start : mentions[-1][0]])


def _denied(mentions: Iterable[Span], clauses: _Clauses) -> bool:
    """Whether a mention is itself denied: "no case of ..."."""
    return any([_DENIED.holds(clauses.around(clauses.at(span), span)[0]) for span in mentions])


def _weighed(words: Sequence[_Word], named: Sequence[Span], clauses: _Clauses) -> tuple[Finding | None, bool]:
    """What several words of a sentence come to, and whether wordings of the effect's own are among those that tell."""
    naming = {clauses.at(span) for span in named}
    telling = _telling(_nearest(_outranking(words), named), naming)
    ranges = _ranges([word for word in words if word.clause in naming], clauses)
    return "mixed" if ranges else _together(telling), any(word.rank == 0 for word in telling)


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
        and _THERE.match(clauses.around(other.clause, other.span)[1])
        and _HERE.match(clauses.between(one.span, other.span))
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
    if len(phrase) > LONGEST_EVIDENCE:
        cut = phrase.rfind(" ", 0, LONGEST_EVIDENCE + 1)
        phrase = phrase[: cut if cut > 0 else LONGEST_EVIDENCE]
    return Evidence("text", phrase, sentence.section, start, start + len(phrase))
