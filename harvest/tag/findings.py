"""Tells what a record found of an effect: harm, improvement, no change, both, or nothing.

Wordings (signals) speak for a finding. Those of the facet speak in sentences that mention the effect. A tag may read
one of them otherwise ("increased" is good of memory and bad of pain): such wordings are relative, and are heard only in
clauses where no plainer one speaks. Wordings that only the tag lists name the effect themselves: they speak in every
sentence, and before all others. What a wording says is turned by what governs it: "no decline" is no change, "less
decline" an improvement, and a lack of the effect's own improvement is harm. Conclusions and results are heard before
title and statements; a sentence that asks or says that nothing is known tells nothing, and neither does a record whose
title says so. "However, no effect was seen in ..." limits what was found before it: both are true. So are change and
none where neither is told by enough sentences; where harm and improvement contradict each other the conclusion
decides, and without one nothing is told. What is done against harm of the subject's shows that harm; found of some
people or doses and not of others, it is mixed; and a sentence after harm may say that it passes without naming it.
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
from harvest.tag.taxonomy import SUBJECT, Facet

WEIGHT: dict[Role, float] = {"conclusion": 3.0, "results": 2.0, "title": 0.5, "statement": 1.0}
"""What a sentence counts by its role; sentences of other roles state no results."""

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

SIGNIFICANT = 0.05
"""From this probability on a difference may be chance."""

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

    def span(self, text: str, start: int, end: int) -> Span | None:
        """Where the pattern is first found in this part of the text, if anywhere."""
        found = self._pattern.search(text, start, end) if self.may_hold(text[start:end]) else None
        return found.span() if found else None

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
# A sentence after one about harm that says whether it passes.
_PASSES = _Rule(
    "revers|recover|regain|regress|resolve|resolution|recede|abate|ease|subside|normal|persist|permanent",
    r"\b(?:reversib\w+|reverse[sd]?|recover\w*|regain\w*|regress(?:es|ed)?|resolv\w+|resolution|recede[sd]?"
    r"|abate[sd]?|eased?|subsided?|normalised|returned to normal|persist\w*|permanent\w*)\b",
    re.IGNORECASE,
)
# Harm that the subject did, and what is done against it.
_HARM = (
    r"(?:impair|deficit|damag|injur|toxic|neurotox|apopto|neuroapop|neurodegen|degenerat|death|loss\b|cystitis|dysfunct"
    r"|abnormal|fibrosis|decline|disturb|harm|amnesi|inflam|neuroinflam|lesion|disrupt)\w*"
)
_INFLICTS = re.compile(
    rf"[-‐ ](?:induced|evoked|elicited|caused|provoked) (?:[\w-]+ ){{0,4}}?{_HARM}|(?:['’]s)? (?:\w+ )?{_HARM}"
)
_INFLICTED = re.compile(
    r"\b(?:protect\w*|rescue[sd]?|spared?|shield\w*|safeguard\w*)\b[^,;.]{0,60}\b(?:from|against) (?:\w+ ){0,3}$"
    rf"|{_HARM} (?:\w+ ){{0,2}}(?:(?:induced|caused|evoked|elicited|produced|provoked) by|of) (?:\w+ ){{0,2}}$"
)
_UNDOES = _Rule(
    "protect|rescu|attenuat|prevent|revers|amelior|alleviat|mitigat|normali|restor|abolish|counteract|block|reduc"
    "|improv|diminish|spare|shield",
    r"\b(?:(?:neuro)?protect\w*|rescu\w+|attenuat\w+|prevent\w*|revers\w+|amelior\w+|alleviat\w+|mitigat\w+"
    r"|normali\w+|restor\w+|abolish\w*|counteract\w*|block\w*|reduc\w+|improv\w+|diminish\w*|spare[sd]?"
    r"|shield\w*)\b",
    re.IGNORECASE,
)
_STOP = re.compile(r";|:(?! ?\d)")
# The clause before the main one: "Although memory improved, mood did not".
_OPENING = re.compile(
    r"(?:While|Whilst|Whereas|Although|Though|Even though|Despite)\b[^;]{5,200}?"
    r"(?=, (?:we|it|they|there|th(?:is|ese|e|ose|at)|its|their|no|neither|none|both|most|some|all|only"
    r"|(?:[\w-]+ ){1,3}(?:was|were|did|is|are|ha[sd]|does|may|can|rose|fell|\w+ed))\b)"
)
_TURN = _Rule(
    "but|whil|whereas|though|however|yet|despite|except|with no|without",
    r"\b(?:(?<!all )but|while|whilst|whereas|although|though|however|yet|despite|except|with no|without)\b",
    re.IGNORECASE,
)
# By first letters: these are tried at every word.
_VERB = (
    r"\b(?:w(?:as|ere|ould|ho|hich)|ha(?:d|s|ve)|is|are|showed|did|c(?:an|ould)|m(?:ay|ight)|arose|occurred|emerged)\b"
)
_REACH = rf"\b(?:(?:(?!{_VERB})[^;]){{0,90}}|(?:(?!{_VERB})[^,;]){{0,120}})$"
# That nobody looked is no absence.
_UNKNOWN = r"(?:\w+ )?(?:stud(?:y|ies)|trials?|data|information|research|consensus|(?:\w+ )?other than)\b"
_DENIES = rf"n(?:o(?! {_UNKNOWN})|or|either|othing)|without|absence of|free of"
# A subject that is none governs its clause beyond the verb.
_NOBODY = (
    r"(?:(?:^\W*|, |\b(?:and|that|but) )(?:in )?(?:no(?:[ -]one)?|neither|nothing)"
    r"|\b(?:nobody|none|not (?:one|a single)))\b"
    rf"(?! (?:longer|{_UNKNOWN}))(?:(?! and (?:\w+ ){{1,4}}{_VERB})[^;,]){{0,140}}$"
    r"|\bnor (?:was|were|is|are|did|does|do|has|had|have|could|can) [^;,]{0,120}$"
)
_DENIED = _Rule("no|without|neither|absence of|free of", rf"\b(?:{_DENIES}){_REACH}|{_NOBODY}", re.IGNORECASE)
_NOT = _Rule(
    "no|without|neither|never|lack|insufficient|absence of|free |fail|rather than|little|few|low |minimal|negligible"
    "|small |far from|instead of|hardly|scarcely|barely|rarely|seldom",
    rf"\b(?:{_DENIES}|n(?:ot(?! only)|ever|one|obody|on-?significant(?:ly)?)|cannot|insufficient"
    r"|lack(?:ed|s|ing)?|free from|fail(?:ed|s|ure) to|little|few|hardly|scarcely|barely|rarely|seldom"
    r"|(?:low|minimal|negligible|small) (?:risk|rates?|incidence|prevalence|potential|likelihood) (?:of|for))"
    rf"{_REACH}|\bnone, (?:including|even)[^;]{{0,90}}$|{_NOBODY}"
    r"|\b(?:far from|rather than|instead of) [^,;]{0,60}$"
    r"|\b(?:none of|no (?:patients?|participants?|subjects?|animals?|cases?))\b[^;,]{0,120}$",
    re.IGNORECASE,
)
# "No patient died and memory improved": the second statement has a subject of its own.
_JOINED = re.compile(
    r"^\W*(?:no|none|nobody|neither)\b[^,;]*\b(?:\w+ed|was|were|had|did)\b[^,;]* and (?=(?:[\w-]+ ){1,4}$)",
    re.IGNORECASE,
)
# That there is no proof is less than that the opposite was found.
_UNPROVEN = _Rule(
    "that",
    r"\b(?:no|not|nothing|without|little|lack of|cannot|unable|fail(?:s|ed)?|insufficient|absence of) "
    r"(?:(?!but\b)[^,;]){0,25}?(?:eviden\w*|indicat\w+|suggest\w*|sign|hint|reason|proof|support\w*|signal|show\w*"
    r"|demonstrat\w+|confirm\w*|establish\w*|prov[ei]\w*)[^,;]{0,20}? that [^;,]{0,120}$",
    re.IGNORECASE,
)
_NOT_AFTER = _Rule(
    "not|absent|unaffected|neither|below|unchanged|unaltered|stable|in no|by no|for no|among no|uncommon|rare|unlikely"
    "|infrequent|exception|extent|degree|no more|no higher|no greater|no worse|no different|similar|comparable"
    "|the same|seldom|equally|rarely|hardly",
    r"[^,;.]{0,25}?\b(?:(?:was|were|is|are|did|does|do|has|have|had|could|be) not"
    r"|(?:was|were|is|are) (?:absent|unaffected|neither)"
    r"|not (?:significant|observed|found|seen|detected|reported|different))\b"
    r"|[^,;.]{0,45}?\b(?:in|by|for|among) (?:none|no (?:patient|participant|case|one))\b"
    r"|(?: (?!and\b)\w+){0,2} (?:was|were|remained) (?:unchanged|unaltered|stable)\b"
    r"|[^,;.]{0,30}?\b(?:was|were|is|are) (?:(?:\w+ly )?(?:no (?:more|higher|greater|worse|different)"
    r"|(?:similar|comparable|the same) (?:to|between|across|in (?:both|all|either|the two)))"
    r"|(?:only )?rarely|seldom|hardly|equally \w+ in (?:both|all|either|the two))\b"
    r"|[^;.]{0,80}?\b(?:seem|appear|is|are|was|were)\w* (?:to be )?(?:\w+ly )?"
    r"(?:uncommon|rare|unlikely|infrequent|the exception)\b"
    r"| to (?:the same|an? (?:similar|comparable|equal)) (?:extent|degree)\b"
    r"|[^;.]{0,60}?\bbelow (?:the|any) (?:\w+ )?threshold\b",
)
_LESSER = r" (?:\w+ly )?less (?:in|with|after|on|under|than)\b(?! (?:the )?(?:placebo|controls?|saline|vehicle|sham)\b)"
_LESS = _Rule(
    "less|lower|lowest|fewer|reduc|decreas|attenuat|prevent|alleviat|mitigat|amelior|revers|protect|diminish|avoid"
    "|minimi|limit|reliev|delay|rescu|abolish|improv|blunt|counteract|eliminat|normali",
    r"\b(?:less|lower(?:s|ed|ing)?|lowest|fewer|reduc\w+|decreas\w+|attenuat\w+|prevent\w*|alleviat\w+|mitigat\w+"
    r"|amelior\w+|revers\w+|protect\w+|diminish\w*|avoid\w*|minimi\w+|limit\w+|reliev\w+|delay\w*(?! recall| memory)"
    r"|rescu\w+"
    r"|abolish\w*|improv(?:e[sd]?|ing|ements? (?:in|of))|blunt\w*|counteract\w*|eliminat\w+|normali\w+)\b"
    r"(?:(?:(?!\b(?:was|were|is|are|and (?:\w+ed|made|had|took|did|showed?))\b)[^,;\"”]){0,60}"
    r"|[^,;\d]{0,40}(?:,(?: [^,;\d ]+){1,3}){1,3},? (?:and|or)(?: [^,;\d ]+){0,3} )$",
    re.IGNORECASE,
)
_LESS_AFTER = _Rule(
    "less|lower|fewer|reduced|decreased|attenuated|prevented|alleviated|mitigated|ameliorated|reversed|improved"
    "|diminished|resolved|delayed|rescued|declined|later than|higher|greater|more|abated|dropped|fell|waned|ceased"
    "|disappeared|vanished|receded|recovered|remitted|subsided|eased|came down|went down|placebo|sham|vehicle",
    r"[^,;.]{0,30}?\b(?:(?:was|were|is|are|be|been|had|have) (?:\w+ly |also |\w+ )?(?:less|lower|fewer|reduced"
    r"|decreased|attenuated|prevented|alleviated|mitigated|ameliorated|reversed|improved|diminished|resolved|delayed"
    r"|rescued)|decreased|declined|improved|resolved|diminished|later than"
    r"|abated|dropped|fell|waned|ceased|disappeared|vanished|receded|recovered|remitted|subsided|eased|came down"
    r"|went down)\b"
    r"|[^,;.]{0,30}?\b(?:control|placebo|comparison|saline)\b[^,;.]{0,30}?\b(?:higher|greater|more)\b"
    rf"|{_LESSER}"
    r"|(?:(?!\band\b)(?:[^,;.%]|\.\d)){0,40}?(?<!compared )(?<!comparison )(?<!than )\b(?:with|on|in|under) (?:the )?"
    r"(?:placebo|sham|vehicle)\b",
)
# "A but not B harms" denies no harm, "harms A but not B" denies that of B.
_BUT_NOT = re.compile(r",? (?:but|and|though|although) not (?!only\b)")
# What was there before, and what few had, is no finding.
_AT_FIRST = _Rule("baseline|initial|pre", r" (?:baseline|initial|pre-?treatment|pre-?morbid)\b", re.IGNORECASE)
_FEW = _Rule(
    "only|just|merely|fewer than|less than|no more than",
    r"\b(?:only|just|merely|fewer than|less than|no more than) (?:about )?"
    r"(?:\d|one\b|two\b|three\b|four\b|five\b|an? (?:few|minority|quarter|third|fifth)\b)[^,;]{0,50}$",
    re.IGNORECASE,
)
# A clause without a subject of its own, or whose subject is another part of the same people.
_GOES_ON = re.compile(
    r"\W*(?:but|whereas|while|although|though|yet) (?:(?:then|later|also|still|only|not) )?"
    r"(?:it|they|these|this|d(?:o|oes|id) not"
    r"|(?:(?:was|were|is|are|had) )?(?:remained|worsened|declined|deteriorated|improved"
    r"|recovered|increased|decreased|fell|rose|returned|persisted|unchanged|impaired|lower|higher|worse|better)"
    r"|(?:the |an? )?(?:one|two|three|four|five|six|several|repeated|multiple|single|prolonged|brief|high(?:er)?"
    r"|low(?:er)?|chronic|acute|infrequent|occasional|former|light|moderate|heavy|frequent|daily|younger|older|male|female|adult"
    r"|adolescent|abstinent|other|women|men|others|some|those|adults|adolescents|children))\b"
)
_WITHOUT = re.compile(r"\W*(?:with no|without|despite)\b")
# What is left out after a contrast is what was said before it: "A improved but not B", "whereas B did not".
_NOT_SO = r"\b(?:(?:did|was|were|had|do|does|is|are) not|(?:had|has|have|showed|was of|were) (?:no effect|none|spared))"
_NO_CONTROL = r"(?![^,;.]{0,40}\b(?:placebo|controls?|saline|vehicle|sham|untreated|non-?users?|comparison)\b)"
_NO_PRONOUN = r"(?!(?:it|they|this|these|which|that|and|or|who)\b)"
_ELIDED = _Rule(
    "but not|did not|was not|were not|had not|does not|do not|is not|are not|no effect|none|spared",
    r",? \b(?:but not (?!only\b|in\b|at\b|after\b|on\b|by\b|for\b|with\b)[^,;.]{3,60}"
    rf"|(?:but|whereas|while|although) [^,;.]{{3,60}}{_NOT_SO}(?=[.,;)]| ?$))"
    rf"|[;,] (?!but\b){_NO_PRONOUN}[^,;.]{{3,50}}{_NOT_SO}(?=[.,;)]| ?$)",
)
# Found of part of them, not by mere contrast with controls: "in daily but not in weekend users".
_PARTED = _Rule(
    "but not|though not|although not|did not|was not|were not|had not|no effect",
    rf",? (?:but|though|although) not (?:in|at|after|among|during|to|on) {_NO_CONTROL}(?!all\b|only\b)"
    rf"|[;,] (?:(?:but|whereas|while|although) )?{_NO_CONTROL}{_NO_PRONOUN}[^,;.]{{3,50}}{_NOT_SO}(?=[.,;)]| ?$)",
)
_PART = re.compile(
    r"\b(?:users?|patients?|participants|responders|wom[ae]n|m[ae]n|(?:fe)?males?|boys|girls|rats|mice|animals"
    r"|adolescents?|adults?|juveniles|children|infants|those|others|rest|remainder|group|arm|doses?|mg|exposures?"
    r"|infusions?|single|an?other one|one|two|three|repeated|heaviest|lightest|oldest|youngest|week|month|day)\b",
    re.IGNORECASE,
)
# Change that is explained away.
_EXPLAINED = _Rule(
    "practice|learning effect|regression|expectan",
    r"[^;.]{0,90}?\b(?:due|attribut\w+|reflect\w*|explained|accounted|owing|result of|artefact)\b[^;.]{0,30}?"
    r"\b(?:practice|learning effects?|regression to the mean|expectanc\w+|expectations?)\b",
    re.IGNORECASE,
)
# The statistic that follows in brackets: a probability, or the limits of an interval.
_BRACKETS = re.compile(r"[^.;()\[\]]{0,60}[(\[]([^()\[\]]{3,90})")
_CHANCE = re.compile(r"\bp ?(?:=|>|≥) ?0?\.(\d+)", re.IGNORECASE)
_LIMITS = re.compile(r"([-−–]?\d+\.\d+)(?: ?(?:to|,|–|-) ?)([-−–]?\d+\.\d+)(?! ?%)\D{0,30}$")
_RATIO = re.compile(r"\b(?:[a-z]?[OHIR]R|SHR|ROR|ratio|odds|hazard)\b")
_IMPROVES_LESS = _Rule("less", _LESSER)
_THUS = re.compile(r"\b(?:[Tt]hus|[Tt]herefore|[Hh]ence|[Aa]ccordingly|[Ii]n short|[Aa]ltogether)\b")
# "More than 6", "six or more", "the lower end".
_THRESHOLD = re.compile(
    r" (?:than (?:or equal to )?(?:an? |one |\d|[≥<>=])|so\b|(?:end|third|pole|half|limbs?|extremit\w+|back)\b)"
)
_OR_MORE = re.compile(r"\b(?:\d|one|two|three|four|five|six|ten|twice) or $", re.IGNORECASE)
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
_HERE = re.compile(
    r"[^,;]{0,25}\b(?:in|among|for|by|with|at|after|during) [^;,.]{3,60},?"
    r" ?\b(?:and|but|whereas|while|or),? [^,;]{0,30}$"
)
_THERE = re.compile(r"[^,;.]{0,25}\b(?:in|among|for|by|with|at|after|during) ")


# What stands after a wording that holds of another arm: "declined in the placebo group".
_OTHER_ARM = re.compile(
    r"[^,;.]{0,25}\b(?:in|among|with|for|after|under|on) (?:the )?(?:[\w-]+ ){0,3}?"
    r"(?:groups?|arms?|controls?|placebo|saline|sham|vehicle)\b"
)


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

    def continued(self, naming: set[int]) -> set[int]:
        """These clauses and those that go on about the same, with a pronoun or no subject: "but declined later"."""
        for clause in range(1, len(self._starts)):
            if clause - 1 in naming and _GOES_ON.match(self._text, self._starts[clause]):
                naming.add(clause)
        return naming

    def apart(self, clause: int, named: Sequence[Span]) -> bool:
        """Whether the clause is about something else than those that name the effect."""
        naming = {self.at(span) for span in named}
        hangs = _WITHOUT.match(self._text, self._starts[clause]) is not None
        return bool(naming) and not hangs and clause not in self.continued(naming)

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
        words = _of_the_subject(self._words(standing, clauses), sentence)
        if not words:
            return "no-change" if _denied(mentions, clauses) else None, False
        own = self.own & sentence.signals.keys()
        named = [*mentions, *(span for name in own for span in sentence.signals[name])]
        elided = _elided(words, named, sentence)
        if elided:
            return elided, False
        if _is_undone(words, sentence):
            return "worse", any(word.rank == 0 for word in words)
        if len(words) == 1:
            word = words[0]
            return None if clauses.apart(word.clause, named) else word.finding, word.rank == 0
        return _weighed(words, named, clauses)

    def _words(self, standing: Iterable[tuple[Span, str]], clauses: _Clauses) -> list[_Word]:
        """The wordings that say something where they stand."""
        words: list[_Word] = []
        for span, signal in standing:
            clause = clauses.at(span)
            before, after = clauses.around(clause, span)
            if not any(word.clause < clause for word in words):
                before = _BUT_NOT.sub("", before, count=1)
            finding = self._turned(signal, before, after)
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
        if _is_void(finding, own, before, after):
            return "unclear"
        if _is_unproven(before, after) or (not (own and finding == "worse") and _by_chance(after)):
            return "no-change"
        if _is_denied(finding, before, after):
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
    stops = _opening(text, start, end) + [stop.start() for stop in _STOP.finditer(text, start, end)]
    turns = [
        start + len(text[start:turn].removesuffix(" ").removesuffix(",")) for turn in _TURN.starts(text, start, end)
    ]
    return sorted(stops + turns) if stops and turns else stops or turns


def _opening(text: str, start: int, end: int) -> list[int]:
    """Where the main clause begins after one that yields to it: "Although memory improved, ..."."""
    yielding = _OPENING.match(text, start, end)
    return [yielding.end()] if yielding else []


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
    asks = sentence.source.find("?", start, end) >= 0
    return not asks or (sentence.role != "title" and not _ASKS.search(sentence.source, start, end))


def _is_void(finding: Finding, own: bool, before: str, after: str) -> bool:
    """Whether a wording tells nothing where it stands: a threshold, the state at first, "only two had"."""
    if not own and (_OR_MORE.search(before) or _THRESHOLD.match(after) or _AT_FIRST.begins(after)):
        return True
    if finding == "better" and _IMPROVES_LESS.begins(after):
        return True
    return (own or finding == "better") and _FEW.holds(before)


def _is_unproven(before: str, after: str) -> bool:
    """Whether a wording tells what was looked for in vain, or is explained away."""
    return _UNPROVEN.holds(before) or _EXPLAINED.begins(after)


def _is_denied(finding: Finding, before: str, after: str) -> bool:
    """Whether harm or improvement is denied by what stands around it."""
    if finding not in ("worse", "better"):
        return False
    return _NOT.holds(before if finding == "worse" else _JOINED.sub("", before)) or _NOT_AFTER.begins(after)


def _by_chance(after: str) -> bool:
    """Whether the first statistic in brackets after a wording says that there may be no difference."""
    brackets = _BRACKETS.match(after) if "(" in after or "[" in after else None
    if brackets is None:
        return False
    statistic = brackets[1]
    chance = _CHANCE.search(statistic)
    if chance:
        return float(f"0.{chance[1]}") >= SIGNIFICANT
    limits = _LIMITS.search(statistic)
    if not limits:
        return False
    low, high = (float(re.sub("[−–]", "-", limit)) for limit in limits.groups())
    return low < 0 < high or (low < 1 < high and _RATIO.search(statistic) is not None)


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
    named: Sentence | None = None
    for sentence in reading:
        if sentence.role in WEIGHT:
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
                and _PASSES.span(sentence.source, *_span(sentence))
            ):
                yield sentence, spans


def _deniable(mentions: Sequence[Span], sentence: Sentence) -> bool:
    """Whether a denial may stand before one of the mentions, which are in order."""
    return bool(mentions) and _DENIED.may_hold(sentence.source[sentence.start : mentions[-1][0]])


def _denied(mentions: Iterable[Span], clauses: _Clauses) -> bool:
    """Whether a mention is itself denied: "no case of ..."."""
    return any([_DENIED.holds(clauses.around(clauses.at(span), span)[0]) for span in mentions])


def _is_undone(words: Iterable[_Word], sentence: Sentence) -> bool:
    """Whether improvement is that of harm which the subject did: "X protects from <subject>", "<subject>-induced"."""
    if not any(word.finding == "better" for word in words):
        return False
    source, spans = sentence.source, sentence.signals.get(SUBJECT)
    if not spans or not _UNDOES.span(source, *_span(sentence)):
        return False
    return all(
        _INFLICTS.match(source, end) or _INFLICTED.search(source, max(start - REACH, sentence.start), start)
        for start, end in spans
    )


def _elided(words: Sequence[_Word], named: Sequence[Span], sentence: Sentence) -> Finding | None:
    """What a contrast says that leaves out its own wording: the effect is spared, or part of it is."""
    contrast = _ELIDED.span(sentence.source, *_span(sentence)) if named else None
    parted = _PARTED.span(sentence.source, *_span(sentence)) if named else None
    first = words[0]
    if first.finding == "no-change":
        return None
    if contrast and first.span[1] <= contrast[0] and not _speaks(words, contrast):
        beyond = [contrast[0] <= span[0] < contrast[1] for span in named]
        if all(beyond):
            return "no-change"
        if any(beyond):
            return "mixed"
    changes = [word for word in words if word.finding != "no-change"]
    if parted and first.span[1] <= parted[0] and not _speaks(changes, parted) and _is_part(sentence, parted):
        return "mixed"
    return None


def _is_part(sentence: Sentence, contrast: Span) -> bool:
    """Whether a contrast names some of the people, doses or forms of the subject, rather than another outcome."""
    start, end = contrast
    forms = sentence.signals.get(SUBJECT, ())
    return any(start <= form[0] < end for form in forms) or _PART.search(sentence.source, start, end + 40) is not None


def _speaks(words: Iterable[_Word], contrast: Span) -> bool:
    """Whether a word that is not itself of a contrast stands in it."""
    start, end = contrast
    return any(start <= word.span[0] < end and word.finding != "mixed" for word in words)


def _weighed(words: Sequence[_Word], named: Sequence[Span], clauses: _Clauses) -> tuple[Finding | None, bool]:
    """What several words of a sentence come to, and whether wordings of the effect's own are among those that tell."""
    naming = clauses.continued({clauses.at(span) for span in named})
    telling = _telling(_nearest(_outranking(words), named), naming)
    ranges = _ranges([word for word in words if word.clause in naming], clauses)
    return "mixed" if ranges else _together(telling), any(word.rank == 0 for word in telling)


def _outranking(words: Sequence[_Word]) -> list[_Word]:
    """The words without those that a plainer one in their clause outranks, or of which it says "no difference"."""
    best: dict[int, int] = {}
    same: dict[int, int] = {}
    for word in words:
        if word.finding != "no-change" or not word.sameness:
            best[word.clause] = min(best.get(word.clause, word.rank), word.rank)
        if word.sameness:
            same.setdefault(word.clause, word.span[0])
    return [
        word
        for word in words
        if (word.rank <= best.get(word.clause, word.rank) or word.finding in ("mixed", "no-change"))
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


def _of_the_subject(words: Sequence[_Word], sentence: Sentence) -> Sequence[_Word]:
    """The words without those that hold of another arm only, where one holds of the subject's."""
    named = sentence.signals.get(SUBJECT, ())
    if len(words) < 2 or not named:
        return words
    ends = [*(word.span[0] for word in words[1:]), sentence.end]
    own = [any(word.span[1] <= start < end for start, _ in named) for word, end in zip(words, ends, strict=True)]
    if not any(own):
        return words
    return [
        word
        for word, end, is_own in zip(words, ends, own, strict=True)
        if is_own or not _OTHER_ARM.match(sentence.source, word.span[1], end)
    ]


def _ranges(words: Iterable[_Word], clauses: _Clauses) -> bool:
    """Whether one thing is said here and another there: "declined in men and unchanged in women"."""
    return any(
        one.finding != other.finding
        and abs(one.rank - other.rank) < 2
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
    if sentence.role != "statement":
        return WEIGHT[sentence.role]
    if "elsewhere" in sentence.cues:
        return WEIGHT["statement"] * FAINT
    return WEIGHT["conclusion" if _THUS.search(sentence.source, *_span(sentence)) else "statement"]


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
