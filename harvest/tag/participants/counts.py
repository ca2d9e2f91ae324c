"""Finds the figures of a text that count people: "84 patients", "(n = 42)", "227 were randomised".

A figure counts the people named after it, unless a word between them makes it count something else (doses, days, sites)
or it is the name of something: a year, group 2, phase 3.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from harvest.tag.numbers import Figure, figures, figures_between
from harvest.tag.reading import Sentence

_PEOPLE_WORDS = """
    patient patients inpatients outpatients subject subjects participant participants volunteer volunteers
    individuals adult adults persons people child children infants neonates newborns toddlers adolescents youth
    youths teenagers teens women men male males female females boys girls parturient parturients mothers pregnancies
    primiparas nulliparas elders seniors users ex-users non-users nonusers abusers misusers smokers drinkers
    alcoholics clubbers controls comparisons comparators students respondents responders nonresponders
    non-responders remitters attempters completers interviewees recipients enrollees attendees visitors clients
    consumers residents prisoners offenders detainees veterans soldiers firefighters casualties victims survivors
    drivers decedents fatalities twins siblings relatives cases ss hcs hvs hv msm caregivers personnel attendances
    addicts neighbours neighbors peers sufferers referents comparator schoolchildren pupils nurses workers officers
    soldier ladies gentlemen dyads charts interviewee informants carers trainees enlistees migraineurs members employees
    deaths inmates arrestees callers beneficiaries partygoers servicemen applicants probationers claimants insurees
"""

_PEOPLE = frozenset(_PEOPLE_WORDS.split())
"""Words for people."""

_PEOPLE_IN_COMPOUNDS = frozenset(
    ("users", "addicts", "abusers", "smokers", "drinkers", "responders", "siblings", "twins", "workers", "goers")
)
"""Words for people before which anything may stand with a hyphen: never-users, co-twins."""

_GROUP_NAME = re.compile(r"(?!ICU|R[CT]{2})[A-Z]{1,3}[UCVPS]s")
"""Abbreviations of groups of people: HCs are healthy controls, NVs normal volunteers."""

_OTHERS_WORDS = """
    of in to from at on by with for per was were is are be been being had has have did do the a an that which who
    whose this these those its their than as but when while if into over under about around without mg kg g ml mcg
    ug μg µg mmol ng l cm mm hz min mins minute minutes h hr hrs hour hours day days week weeks month months year
    years time times times, point points session sessions infusion infusions dose doses injection injections
    treatment treatments administration administrations episode episodes visit visits item items question questions
    sample samples factor factors vs versus respectively during after before within between until studies
    trials rct rcts article articles paper papers publication publications database databases site sites
    center centers centre centres hospitals country countries group groups arm arms received underwent
    showed reported completed score scores or out out-of million more less least most authors case-control case-controls
    psychiatrists physicians clinicians experts doctors providers surgeons pharmacists specialists panellists
"""

_OTHERS = frozenset(_OTHERS_WORDS.split())
"""Words after which a number counts something else."""

_WORK = frozenset(("study", "trial"))
"""Words that may stand before people unless a mark follows: "30 study participants", "a phase 2 trial, with adults"."""

_REACH = 9
"""Words from a number to the people that it counts."""

_EDGE = "()[],.;:'\"’“”-–—‐*"
"""What may stand at the edges of a word."""

_N = re.compile(r"(?<![A-Za-z])[nN]s?[ \u2009\xa0]?=[ \u2009\xa0]?(?:\d{1,5}[-–‐])?$")

_BEFORE_WORDS = frozenset(" (,[/")
"""What may stand between a figure and the words that make it a count."""

_BEFORE_NO_COUNT = frozenset("<>≥≤⩾⩽≧≦±-–‐/−$#=")

_AFTER_NO_COUNT = re.compile(
    r" ?(?:%|±|[\])]|mg\b|min|ml\b|h\b|hours?\b|days?\b|weeks?\b|months?\b|years?\b)|/(?!group|arm)|[\-‐–]"
)

_NO_COUNT_STARTS = frozenset("%±])mhdwy/")
"""One of these stands first in it, or after a blank."""

_LABEL_BEFORE = re.compile(
    r"\b(?:asa|asa-ps|class|grades?|phases?|days?|weeks?|months?|stages?|levels?|types?|cohorts?|parts?|status|visits?"
    r"|groups?|figure|table|version|dsm|axis|aged?|pod)(?: \w{1,3} (?:or|and|to))? $"
)

_LABEL_WORDS = """
    asa ps class grade grades phase phases day days week weeks month months stage stages level levels type types cohort
    cohorts part parts status visit visits group groups figure table version dsm axis age aged pod or and to study
    experiment experiments
"""
_LABEL_ENDS = tuple(f"{word} " for word in _LABEL_WORDS.split())
"""The last words before the name of something."""

_STUDY_BEFORE = re.compile(r"\b(?:study|experiments?) $")

_YEAR_BEFORE = re.compile(
    r"(?:\b(?:in|since|until|till|through|from|between|during|before|after|early|late|mid|january|february|march|april|may"
    r"|june|july|august|september|october|november|december)|\b(?:19|20)\d\d(?:,| and| to)|[-–‐/])[ .]?$"
)

_ASIDE = re.compile(r" ?[(\[][^()\[\]]{1,40}[)\]]")

_OPENING = frozenset("([")

_THOUSANDS = re.compile(r"\d{3}(?![\d.,])")

_AGED = re.compile(r"year|yr|\d(?:st|nd|rd|th)")

_GRADED = re.compile(
    r" ASA(?: physical)?(?: status)?(?: (?:class|grade|score))?(?: ?(?:I+V?|[1-4]|and|or|to|[-–,/&]))+(?= )"
    r"| \d{1,2}-? ?(?:to|-|–) ?\d{1,2}[- ](?:year|yr|month)s?[- ]old(?= )"
)

_GRADES = frozenset("A0123456789")

_WORD = re.compile(r"[\w-]{1,20}")

_PER_SITE = re.compile(r" per (?:\w+ )?(?:cent|site|hospital|year|month|day|week|drug|dose|treatment|condition|cohort)")

_NO_N = re.compile(
    r" ?%|[-‐–]\d| (?:[\w/-]+ ){0,3}(?:treatments?|infusions?|sessions?|administrations?|studies|trials|rcts|reports"
    r"|articles|episodes)\b",
    re.IGNORECASE,
)

_STUDIES_N = re.compile(r"\b(?:studies|trials|rcts|articles|reports|records)(?: [a-z]+){0,3} \($", re.IGNORECASE)

_PLACES_N = re.compile(
    r"\b(?:clinics|practices|hospitals|centers|centres|sites|websites|databases|infusions|sessions|prescriptions|posts"
    r"|tweets|specimens|rats|mice) \($",
    re.IGNORECASE,
)
"""Words before "(n = 484)" that make it the number of something else than people."""

_INVITED = (
    r"(?:the |our |all )?\d{1,3}(?:,?\d{3})? (?:[a-z]+ ){0,2}(?:eligible|invited|approached|screened|contacted"
    r"|referred)\b(?! (?:stud|trial|rct|record|article|report|paper))"
)
"""A number of people of whom some were studied: "30 of 41 eligible men"."""

_OF_INVITED = re.compile(rf"\b(?:of|from) {_INVITED}")

_DONE = re.compile(
    r",? (?:(?:were|was|have been|had been|could be) )?(?:(?:randomi[sz]ed|randomly (?:assigned|allocated|divided)"
    r"|enrolled|recruited|included|analy[sz]ed|participated|assigned|allocated|took part|treated|studied|interviewed"
    r"|tested|scanned|operated|examined|followed up|evaluable|available for)"
    r"(?=[.;:)]|, (?:and|of whom|\d)| (?:to|into|in|and|for|between|equally|with|at|from|on|by|analys\w+|were)\b)"
    rf"|of {_INVITED}"
    r"|consented|volunteered|(?:answered|completed) (?:the|an?|our|this|both|all) (?:[\w-]+ ){0,3}"
    r"(?:interview|survey|questionnaire|form|study|protocol|trial)s?\b"
    r"|(?:[a-z]+ ){0,2}(?:questionnaires|responses|surveys|replies) (?:\([\d.]+ ?%\) )?(?:were |was )?"
    r"(?:returned|received|analy[sz]ed|obtained|collected|evaluable|available))"
)

_PUNCTUATED = frozenset(",/")
_BEGINNINGS = """
    we wa ha ra en re in an pa as al to ea pe gi tr un on wi co st te sc op ex fo ev av vo ma ot qu us va of wh
"""
_TELLING = frozenset(f" {beginning}" for beginning in _BEGINNINGS.split())
"""What the words that tell what was done or said of people begin with."""

_RATIO_BEFORE = re.compile(
    r"\b(?:each|every|individually)\b[^.;,]{0,30} matched (?:with|to|by) (?:up to )?$", re.IGNORECASE
)
"""Words before a number that make it how many are matched to one: "each matched with two patients"."""

_BOUND = re.compile(
    r"\b(?:(?:than|above|below|over|under|least|score of|index of)|(?:between|aged?|ages|from|of) \d{1,3} (?:and|to)) $"
)
"""Words before a number that make it a bound: "a score greater than 20 were randomised"."""

SHARED = re.compile(r",? (?:each(?=[.,;)])|(?:in each|per) (?:\w+ )?(?:group|arm)\b)|/(?:group|arm)\b")

_ELLIPTIC = re.compile(r"(?: ([a-z-]{2,20}))?,? and \d{1,3}(?:[, ]\d{3})*(?= [a-z\d])")

SAID = re.compile(
    r" (?:who )?(?:to|in|received|receiving|underwent|on|with|treated with"
    r"|(?:were |was )?(?:given|assigned|allocated|treated|randomi[sz]ed|randomly|in))\b"
)

AND_BEFORE = re.compile(
    r"(?:\band|versus|vs\.?|,|;|compared (?:with|to)|while|whereas)(?: the)?(?: other| remaining)? $", re.IGNORECASE
)

_MATCHED = re.compile(r"(?: others?,?)? (?:who were )?(?:individually )?matched\b(?! (?:the|our|these)\b)")
"""What makes a number that of a group for comparison: "71 patients and 142 matched for age"."""

_BESIDE = re.compile(r"\b(?:and|with|to|versus|vs\.?|against|by|plus) (?:an? (?:group|cohort|set) of )?$")

_SIZED = re.compile(
    r"\b(?:(?:sample size|target(?:ed)? (?:sample|enrol\w+|recruit\w+)|number of (?:patients|participants|subjects))"
    r"(?: [a-z]+){0,4}?(?: (?:is|was|were|be|of))?:?|(?:cohort|sample|population) (?:numbered|comprised|of)"
    r"|(?:groups|arms) of"
    r"|(?:matched|comparison|control|reference) (?:group|set) of|(?:data|charts|records) (?:of|from|on)) $",
    re.IGNORECASE,
)
"""Words before a figure that is the size of a sample."""

_SIZED_ENDS = frozenset(
    ("of ", "is ", "as ", "re ", "be ", "e: ", "d: ", "ed ", "ts ", "om ", "on ", "nt ", "ze ", "t: ")
)

_SIZE_AFTER = re.compile(
    r"[);:\]]|[.,](?!\d)|$| ?[(\[]| (?:were|was|who|with|and|are|is|had|could|for|in|served|received"
    r"|underwent|of wh\w+|per (?:group|arm))\b"
)
"""What may follow it."""

Kind = Literal["people", "n", "done", "parallel"]


class Count(NamedTuple):
    """A number of people, and what tells it: ``start:end``, the number itself ending at ``after``.

    ``kind`` is how it is told: with a word for people, as "n =", by what was done ("227 randomised"), or in parallel to
    another count ("40 patients received ... and 42 received ..."). ``depth`` is how many brackets it stands in.
    """

    value: int
    start: int
    after: int
    end: int
    kind: Kind
    depth: int


def counts_in(sentence: Sentence) -> list[Count]:
    """The counts of people in a sentence, in order."""
    text, since, counts = sentence.source, sentence.start, list[Count]()
    for figure in _joined(text, figures(text, since, sentence.end)):
        value, start, end, ordinal = figure
        if ordinal or value < 1 or not value.is_integer():
            continue
        if text[end : end + 1] not in _BEFORE_WORDS and "=" not in text[max(since, start - 12) : start]:
            count = _size(sentence, figure)
        else:
            count = _count(sentence, figure) or _size(sentence, figure)
        if count and (counts or count.kind != "parallel"):
            counts.append(count)
    return counts


def _joined(text: str, found: Sequence[Figure]) -> Sequence[Figure]:
    """The figures, those put together that only a blank parts where it parts thousands: 18 424."""
    if len(found) < 2 or not any(
        one[2] + 1 == other[1] and _THOUSANDS.match(text, other[1]) for one, other in pairwise(found)
    ):
        return found
    joined: list[Figure] = []
    for figure in found:
        value, start, end, _ = figure
        last = joined[-1] if joined else None
        if last and last[2] + 1 == start and _parts_thousands(text, last, start):
            joined[-1] = (last[0] * 1000 + value, last[1], end, False)
        else:
            joined.append(figure)
    return joined


def _parts_thousands(text: str, last: Figure, start: int) -> bool:
    """Whether the blank between two figures parts thousands, the first being no label: "group 1 150 patients"."""
    digits = text[last[1] : last[2]]
    whole = digits.isdecimal() and len(digits) <= len("999") and text[start - 1] == " "
    return whole and _THOUSANDS.match(text, start) is not None and not _is_label(text, last)


def _size(sentence: Sentence, figure: Figure) -> Count | None:
    """The count that a figure is by being called the size of a sample."""
    text, (value, start, end, _) = sentence.source, figure
    if value < len("some") or text[start - 3 : start] not in _SIZED_ENDS:
        return None
    match = _SIZED.search(text, max(sentence.start, start - 60), start)
    if match is None or not _SIZE_AFTER.match(text, end) or _is_label(text, figure):
        return None
    return Count(int(value), match.start(), end, end, "n", _depth(text, sentence.start, start))


def _depth(text: str, start: int, end: int) -> int:
    """How many brackets more are opened than closed."""
    opened = text.count("(", start, end) + text.count("[", start, end)
    return opened - text.count(")", start, end) - text.count("]", start, end)


def _count(sentence: Sentence, figure: Figure) -> Count | None:
    """The count that a figure is, ``None`` where it counts no people."""
    text, (value, start, end, _) = sentence.source, figure
    leading = text[max(sentence.start, start - 12) : start]
    if "=" in leading and (match := _N.search(leading)):
        return _n(sentence, int(value), start - len(match[0]), end)
    following = text[end : end + 2]
    if following[:1] not in _BEFORE_WORDS or leading[-1:] in _BEFORE_NO_COUNT:
        return None
    if not _NO_COUNT_STARTS.isdisjoint(following) and _AFTER_NO_COUNT.match(text, end):
        return None
    aside = None if _OPENING.isdisjoint(following) else _ASIDE.match(text, end)
    told = _told(text, aside.end() if aside else end, figure, sentence.end)
    if told is None or _is_invited(text, start) or _is_label(text, figure) or _is_ratio(text, start):
        return None
    return Count(int(value), start, end, told[1], told[0], _depth(text, sentence.start, start))


def _n(sentence: Sentence, value: int, start: int, end: int) -> Count | None:
    """The count that "n =" at ``start`` tells."""
    if _NO_N.match(sentence.source, end) or _tells_others(sentence.source, start):
        return None
    return Count(value, start, end, end, "n", _depth(sentence.source, sentence.start, start))


def _told(text: str, at: int, figure: Figure, limit: int) -> tuple[Kind, int] | None:
    """How the words at ``at`` make the figure before them a count, and where they end."""
    if end := _people_end(text, at, limit):
        return None if _PER_SITE.match(text, end) else ("people", end)
    if text[at : at + 1] not in _PUNCTUATED and text[at : at + 3] not in _TELLING:
        return ("people", figure[2]) if _is_elliptic(text, at, limit) else None
    if (match := _DONE.match(text, at) or SHARED.match(text, at)) and not _bounds(text, figure[1]):
        return "done", match.end()
    if figure[0] > 1 and _is_elliptic(text, at, limit):
        return "people", figure[2]
    if (match := _MATCHED.match(text, at)) and _BESIDE.search(text, max(0, figure[1] - 30), figure[1]):
        return "people", match.end()
    if (match := SAID.match(text, at)) and AND_BEFORE.search(text, max(0, figure[1] - 20), figure[1]):
        return "parallel", match.end()
    return None


def _is_elliptic(text: str, at: int, limit: int) -> bool:
    """Whether the people are named after the next number only: "12 treated and 14 untreated patients"."""
    match = _ELLIPTIC.match(text, at) if text.find(" and ", at, at + 30) >= 0 else None
    return match is not None and match[1] not in _OTHERS and _people_end(text, match.end(), limit) is not None


def _bounds(text: str, start: int) -> bool:
    return _BOUND.search(text, max(0, start - 18), start) is not None


def _is_invited(text: str, start: int) -> bool:
    """Whether the number at ``start`` counts those of whom some were studied."""
    at = start - len("of ")
    return text.startswith("of ", at) and text[at - 2 : at - 1].isalnum() and _OF_INVITED.match(text, at) is not None


def _is_ratio(text: str, start: int) -> bool:
    """Whether the number at ``start`` tells how many were matched to each."""
    if text.find("matched", max(0, start - 20), start) < 0:
        return False
    return _RATIO_BEFORE.search(text, max(0, start - 60), start) is not None


def _tells_others(text: str, start: int) -> bool:
    """Whether "n =" tells how many of something else there are: "studies (n = 12)", but not "six studies (n = 221)"."""
    since = max(0, start - 50)
    match = _STUDIES_N.search(text, since, start)
    if match is None:
        return _PLACES_N.search(text, since, start) is not None
    return not figures_between(text, max(0, match.start() - 40), match.start())


def _is_label(text: str, figure: Figure) -> bool:
    """Whether a figure is a year, or the name of something: group 2, phase 3, day 7."""
    value, start, end, _ = figure
    before = text[max(0, start - 24) : start].lower()
    if before.endswith(_LABEL_ENDS) and (_LABEL_BEFORE.search(before) or (value < 10 and _STUDY_BEFORE.search(before))):
        return True
    year = end - start == len("2000") and 1900 <= value < 2100
    return year and _YEAR_BEFORE.search(before) is not None


def _people_end(text: str, at: int, limit: int) -> int | None:
    """Where the people end that a number before ``at`` counts, ``None`` where it counts something else."""
    if text[at + 1 : at + 2] in _GRADES and (match := _GRADED.match(text, at)):
        at = match.end()
    for _ in range(_REACH):
        if text[at : at + 1] != " ":
            return None
        blank = text.find(" ", at + 1, limit)
        stop = blank if blank >= 0 else limit
        if length := _people_length(text[at + 1 : stop]):
            return _noun_end(text, at + 1 + length) if length > 0 else None
        at = stop
    return None


@lru_cache(maxsize=4096)
def _people_length(word: str) -> int:
    """Where people end in a word for them; 0 where other words may stand before them, -1 where nothing more may."""
    word = word.partition("—")[0]
    bare = word.strip(_EDGE)
    if _names_people(bare):
        return len(word.rstrip(_EDGE))
    return -1 if _is_other(word, bare.lower()) else 0


def _names_people(bare: str) -> bool:
    """Whether a word names people: "patients", "HCs", "never-users"."""
    lowered = bare.lower()
    if lowered in _PEOPLE or (bare[-1:] == "s" and _GROUP_NAME.fullmatch(bare) is not None):
        return True
    return "-" in lowered and lowered.rpartition("-")[2] in _PEOPLE_IN_COMPOUNDS and lowered not in _OTHERS


def _is_other(word: str, bare: str) -> bool:
    """Whether a word between a number and people ends what the number may count."""
    if bare in _OTHERS or (bare in _WORK and word != bare):
        return True
    return (bare[:1].isdigit() and not _AGED.search(bare)) or word[-1:] in {".", ";", ":", "=", "%"}


def _noun_end(text: str, end: int) -> int:
    """Where a noun for people ends: "female" goes on in "female patients"."""
    following = _WORD.match(text, end + 1) if text[end : end + 1] == " " else None
    return following.end() if following and following[0].lower() in _PEOPLE else end
