"""What the wordings of one sentence come to together.

A plainer wording outranks the relative ones in its clause, and the clauses that name the effect tell before others. A
change in one clause and none in another is mixed; so is what holds of some people or doses and not of others. What is
done against harm of the subject's shows that harm. What holds of another arm, or of men and women alike, is left aside.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import combinations
from typing import NamedTuple

from harvest.model import Finding
from harvest.tag.findings.clauses import REACH, Clauses
from harvest.tag.findings.turns import OWN, RELATIVE
from harvest.tag.patterns import Guarded
from harvest.tag.reading import Sentence, Span
from harvest.tag.taxonomy import SUBJECT

_HARM = (
    r"(?:impair|deficit|damag|injur|toxic|neurotox|apopto|neuroapop|neurodegen|degenerat|death|loss\b|cystitis|dysfunct"
    r"|abnormal|fibrosis|decline|disturb|harm|amnesi|inflam|neuroinflam|lesion|disrupt)\w*"
)
_INFLICTS = re.compile(
    rf"[-‐ ](?:induced|evoked|elicited|caused|provoked) (?:[\w-]+ ){{0,4}}?{_HARM}|(?:['’]s)? (?:\w+ )?{_HARM}"
)
"""Harm that the subject did, after its name."""

_INFLICTED = re.compile(
    r"\b(?:protect\w*|rescue[sd]?|spared?|shield\w*|safeguard\w*)\b[^,;.]{0,60}\b(?:from|against) (?:\w+ ){0,3}$"
    rf"|{_HARM} (?:\w+ ){{0,2}}(?:(?:induced|caused|evoked|elicited|produced|provoked) by|of) (?:\w+ ){{0,2}}$"
)
"""The same before its name, and what protects from it."""

_UNDOES = Guarded(
    "protect|rescu|attenuat|prevent|revers|amelior|alleviat|mitigat|normali|restor|abolish|counteract|block|reduc"
    "|improv|diminish|spare|shield",
    r"\b(?:(?:neuro)?protect\w*|rescu\w+|attenuat\w+|prevent\w*|revers\w+|amelior\w+|alleviat\w+|mitigat\w+"
    r"|normali\w+|restor\w+|abolish\w*|counteract\w*|block\w*|reduc\w+|improv\w+|diminish\w*|spare[sd]?"
    r"|shield\w*)\b",
    re.IGNORECASE,
)
"""What is done against harm."""

_NOT_SO = r"\b(?:(?:did|was|were|had|do|does|is|are) not|(?:had|has|have|showed|was of|were) (?:no effect|none|spared))"
"""What is left out after a contrast is what was said before it: "A improved but not B", "whereas B did not"."""

_NO_CONTROL = r"(?![^,;.]{0,40}\b(?:placebo|controls?|saline|vehicle|sham|untreated|non-?users?|comparison)\b)"
_NO_PRONOUN = r"(?!(?:it|they|this|these|which|that|and|or|who)\b)"

_ELIDED = Guarded(
    "but not|did not|was not|were not|had not|does not|do not|is not|are not|no effect|none|spared",
    r",? \b(?:but not (?!only\b|in\b|at\b|after\b|on\b|by\b|for\b|with\b)[^,;.]{3,60}"
    rf"|(?:but|whereas|while|although) [^,;.]{{3,60}}{_NOT_SO}(?=[.,;)]| ?$))"
    rf"|[;,] (?!but\b){_NO_PRONOUN}[^,;.]{{3,50}}{_NOT_SO}(?=[.,;)]| ?$)",
)
"""A contrast that leaves out what it says."""

_PARTED = Guarded(
    "but not|though not|although not|did not|was not|were not|had not|no effect",
    rf",? (?:but|though|although) not (?:in|at|after|among|during|to|on) {_NO_CONTROL}(?!all\b|only\b)"
    rf"|[;,] (?:(?:but|whereas|while|although) )?{_NO_CONTROL}{_NO_PRONOUN}[^,;.]{{3,50}}{_NOT_SO}(?=[.,;)]| ?$)",
)
"""Found of part of them, not by mere contrast with controls: "in daily but not in weekend users"."""

_PART = re.compile(
    r"\b(?:users?|patients?|participants|responders|wom[ae]n|m[ae]n|(?:fe)?males?|boys|girls|rats|mice|animals"
    r"|adolescents?|adults?|juveniles|children|infants|those|others|rest|remainder|group|arm|doses?|mg|exposures?"
    r"|infusions?|single|an?other one|one|two|three|repeated|heaviest|lightest|oldest|youngest|week|month|day)\b",
    re.IGNORECASE,
)
"""Some of the people, doses or times."""

_SUBGROUPS = Guarded(
    "without|younger|women|female|sexes|age groups|subgroups|subtypes|diagnos|between|regardless|irrespective",
    r"[^;.]{0,100}?\b(?:(?:between|across|among|in|of|for) (?:[\w-]+ ){0,5}?(?:with (?:and|or|versus|vs\.?) without"
    r"|younger (?:and|or|versus) older|older (?:and|or|versus) younger|(?:wo)?men and (?:wo)?men"
    r"|(?:fe)?males? and (?:fe)?male|(?:both )?sexes|age groups|subgroups|subtypes|diagnos[ei]s)"
    r"|between (?:patients|subjects|participants|those|individuals|people) with|regardless of|irrespective of)\b",
    re.IGNORECASE,
)
"""Groups of one whole: "no difference between men and women" says nothing of how both fared."""

_HERE = re.compile(
    r"[^,;]{0,25}\b(?:in|among|for|by|with|at|after|during) [^;,.]{3,60},?"
    r" ?\b(?:and|but|whereas|while|or),? [^,;]{0,30}$"
)
"""What stands between two wordings where each holds of some: "declined in men and unchanged in women"."""

_THERE = re.compile(r"[^,;.]{0,25}\b(?:in|among|for|by|with|at|after|during) ")
"""What stands after the second of them."""

_OTHER_ARM = re.compile(
    r"[^,;.]{0,25}\b(?:in|among|with|for|after|under|on) (?:the )?(?:[\w-]+ ){0,3}?"
    r"(?:groups?|arms?|controls?|placebo|saline|sham|vehicle)\b"
)
"""What stands after a wording that holds of another arm: "declined in the placebo group"."""


class Word(NamedTuple):
    """A wording in a clause (by number) with what it says, turned by what governs it.

    ``rank`` is ``OWN``, ``PLAIN`` or ``RELATIVE``. ``sameness`` tells whether it says "no difference" of what follows.
    """

    clause: int
    span: Span
    rank: int
    finding: Finding
    sameness: bool


def concerning(words: Sequence[Word], sentence: Sentence) -> Sequence[Word]:
    """The words, in order, without those that tell how groups compare or what befell another arm."""
    return _of_the_subject(_of_all(words, sentence), sentence)


def come_to(
    words: Sequence[Word], named: Sequence[Span], clauses: Clauses, sentence: Sentence
) -> tuple[Finding | None, bool]:
    """What the words of a sentence come to, if anything, and whether wordings of the effect's own are among those.

    Args:
        words: at least one, in order.
        named: where the sentence names the effect.
        clauses: the clauses of the sentence.
        sentence: the sentence.
    """
    elided = _elided(words, named, sentence)
    if elided:
        return elided, False
    if _is_undone(words, sentence):
        return "worse", any(word.rank == OWN for word in words)
    if len(words) == 1:
        word = words[0]
        return None if clauses.apart(word.clause, named) else word.finding, word.rank == OWN
    return _weighed(words, named, clauses)


def _of_all(words: Sequence[Word], sentence: Sentence) -> Sequence[Word]:
    """The words without "no difference" between men and women or the like, where one says how all of them fared."""
    same = [word for word in words if word.sameness and word.finding == "no-change"]
    if not same or len(same) == len(words):
        return words
    source, end = sentence.source, sentence.end
    return [word for word in words if word not in same or not _SUBGROUPS.begins(source[word.span[1] : end])]


def _of_the_subject(words: Sequence[Word], sentence: Sentence) -> Sequence[Word]:
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


def _elided(words: Sequence[Word], named: Sequence[Span], sentence: Sentence) -> Finding | None:
    """What a contrast says that leaves out its own wording: the effect is spared, or part of it is."""
    contrast = _ELIDED.span(sentence.source, sentence.start, sentence.end) if named else None
    parted = _PARTED.span(sentence.source, sentence.start, sentence.end) if named else None
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


def _speaks(words: Iterable[Word], contrast: Span) -> bool:
    """Whether a word that is not itself of a contrast stands in it."""
    start, end = contrast
    return any(start <= word.span[0] < end and word.finding != "mixed" for word in words)


def _is_undone(words: Iterable[Word], sentence: Sentence) -> bool:
    """Whether improvement is that of harm which the subject did: "X protects from <subject>", "<subject>-induced"."""
    if not any(word.finding == "better" for word in words):
        return False
    source, spans = sentence.source, sentence.signals.get(SUBJECT)
    if not spans or not _UNDOES.span(source, sentence.start, sentence.end):
        return False
    return all(
        _INFLICTS.match(source, end) or _INFLICTED.search(source, max(start - REACH, sentence.start), start)
        for start, end in spans
    )


def _weighed(words: Sequence[Word], named: Sequence[Span], clauses: Clauses) -> tuple[Finding | None, bool]:
    """What several words of a sentence come to, and whether wordings of the effect's own are among those that tell."""
    naming = clauses.continued({clauses.at(span) for span in named})
    telling = _telling(_nearest(_outranking(words), named), naming)
    ranges = _ranges([word for word in words if word.clause in naming], clauses)
    return "mixed" if ranges else _together(telling), any(word.rank == OWN for word in telling)


def _outranking(words: Sequence[Word]) -> list[Word]:
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


def _nearest(words: Sequence[Word], named: Sequence[Span]) -> Sequence[Word]:
    """The words, but of the relative ones only those that stand nearest to where the effect is named."""
    relative = [word for word in words if word.rank == RELATIVE]
    near = {min(relative, key=lambda word: _distance(word.span, span)) for span in named} if relative else set()
    return [word for word in words if word.rank != RELATIVE or word in near]


def _distance(one: Span, other: Span) -> int:
    return max(one[0] - other[1], other[0] - one[1])


def _telling(words: Sequence[Word], naming: Collection[int]) -> Sequence[Word]:
    """The words of the clauses that name the effect, the effect's own before all others; all where there are none."""
    here = [word for word in words if word.clause in naming or word.finding == "mixed"] or words
    own = [word for word in here if word.rank == OWN and word.finding != "no-change"]
    return [word for word in here if word in own or word.finding == "mixed"] if own else here


def _ranges(words: Iterable[Word], clauses: Clauses) -> bool:
    """Whether one thing is said here and another there: "declined in men and unchanged in women"."""
    return any(
        one.finding != other.finding
        and {one.rank, other.rank} != {OWN, RELATIVE}
        and _THERE.match(clauses.around(other.clause, other.span)[1])
        and _HERE.match(clauses.between(one.span, other.span))
        for one, other in combinations(words, 2)
    )


def _contrasted(words: Iterable[Word]) -> bool:
    """Whether one clause says that nothing changed and another that something did."""
    clauses: dict[int, set[Finding]] = {}
    for word in words:
        clauses.setdefault(word.clause, set()).add(word.finding)
    same = {clause for clause, said in clauses.items() if said == {"no-change"}}
    return bool(same) and any("no-change" not in said for said in clauses.values())


def _together(words: Sequence[Word]) -> Finding | None:
    """What the words of a sentence come to: in one clause harm and improvement each outweigh no change."""
    said = {word.finding for word in words}
    if "mixed" in said or {"worse", "better"} <= said or _contrasted(words):
        return "mixed"
    return next((finding for finding in ("worse", "better", "no-change") if finding in said), None)
