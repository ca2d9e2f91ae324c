"""Reads after how many days the last outcome of a record is told.

Every duration in the record's own work is taken in turn: "at 6 weeks", "days 1, 3 and 7", "a 12-week course". Ages,
intervals, times before the study and times of recruitment are none. The longest counts; where a course and a time after
its end are told ("four weeks of treatment followed by 12 weeks") they are added up. Hours within the first day are 0.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from harvest.model import Evidence
from harvest.tag.numbers import Number, evidence, figures, has
from harvest.tag.reading import Sentence
from harvest.tag.sentences import Role

_LONGEST = 15 * 365
"""Days beyond which a duration is an age, or the history of a field."""

_REVIEWS = frozenset({"design:meta-analysis", "design:systematic-review"})
"""What tells of the courses of others."""

_SEASON = 90.0
"""Days from which on a time of use is a habit, no course."""

_DAYS = {"min": 1 / 1440, "h": 1 / 24, "d": 1.0, "morning": 1.0, "p": 1.0, "w": 7.0, "mo": 30.0, "y": 365.0}
"""Days in a unit by how its name begins, as the readers of abstracts count them; p is a postoperative day."""

_YEAR = 365.0

_ROLES: frozenset[Role] = frozenset(
    {"title", "objective", "methods", "results", "conclusion", "statement", "background"}
)
_WORDS = r"min(?:ute)?s?|h(?:ou)?rs?|h|days?|weeks?|wks?|months?|mos?|years?|yrs?"
_UNIT_AFTER = re.compile(
    rf"(?:st|nd|rd|th)?(?: ?(?:±|\+/?-) ?[\d.]+)? ?[-‐–]? ?"
    rf"(?:consecutive |full |additional |further |more |calendar |post-?\w+ |\+ )?"
    rf"({_WORDS}|(?-i:d))\b",
    re.IGNORECASE,
)
_UNIT_BEFORE = re.compile(r"\b(days?|weeks?|months?|years?|PODs?|PPDs?)[ -]?$|\b(hours?|minutes?|min) $", re.IGNORECASE)
_UNNUMBERED = re.compile(
    r"\b(?:an?|the|up to a) (day|week|month|year)(?=,? (?:after|later|following|post))"
    r"|\b(week|month|year)-long(?= (?:follow|treat|stud|trial|observ|course|maint))"
    r"|\bthe (?:next|following) (day|morning|week)\b"
)

_UNNUMBERED_PARTS = (
    "a day",
    "a week",
    "a month",
    "a year",
    "the day",
    "the week",
    "the month",
    "the year",
    "-long ",
    "next ",
    "the following ",
)

_NO_UNIT = frozenset("),.;:%]/=")
"""After one of these a figure has no unit."""

_UNIT_ENDS = frozenset("sykhrDn")
"""The last letters of units."""

_LIST = re.compile(
    r"(?: ?\([^()]{1,40}\))?,? ?(?:(?:and|or|to|through|until) |, ?| ?[-–‐] ?|,? )(?:(?:day|week|month)s? )?",
    re.IGNORECASE,
)

_LISTED = re.compile(r"(?! ?(?:%|mg\b|patients|participants|subjects|individuals|women|men\b|children))")
"""What may follow a figure of a list of days, so that it is one."""

_NO_BEFORE = re.compile(
    r"\b(?:age|aged|ages)\b[^.;]{0,30}$|\byears,[^.;]{0,6}$"
    r"|\b(?:every|each|past|last|previous|prior|preceding)(?: about| approximately)? $|\b(?:previously|illness"
    r"|history|older|younger|than|between|born"
    r"|gestation\w*|half-life|minimum of|abstinen\w+|free for|duration of|for at least|at least|interval\w*(?: of)?"
    r"|separated by|washout|stay|recruit\w* (?:over|in|for|during)|spanning|experience of|onset|recent|since|apart"
    r"|under|spaced by|timeframe of"
    r"|within (?:the )?(?:past|last)|length of)\b[^.;,]{0,16}$"
    r"|(?:±|(?<!for )(?<!up to )(?<!after )[<>≥≤]) ?$",
)
"""Words before a duration that make it an age, an interval or a time before the study."""

_DAYS_COUNTED = re.compile(r"(?!days)\w+ (?:\w+ )?days\b")

_LATENCY = re.compile(r"\b(?:latency|started|initiated|commenced)\b[^.;,]{0,16}$")

_NO_BEFORE_PARTS = (
    *(
        "age",
        "years,",
        "every",
        "each",
        "past",
        "last",
        "previous",
        "prior",
        "preceding",
        "illness",
        "history",
        "older",
    ),
    *(
        "younger",
        "than",
        "between",
        "born",
        "half-life",
        "minimum of",
        "abstinen",
        "free for",
        "duration of",
        "at least",
    ),
    *(
        "interval",
        "separated by",
        "washout",
        "stay",
        "recruit",
        "spanning",
        "experience of",
        "onset",
        "recent",
        "since",
    ),
    *("apart", "under", "spaced by", "timeframe", "gestation", "length of", "±", "<", ">", "≥", "≤"),
)
"""One of these stands in all of them."""

_FOLLOWED_FOR = re.compile(
    r"\bfollow[\w -]{0,30}(?:for|of|was|to|periods?|at least|minimum of|than|[(<>≥≤])[ (]{0,2}[<>≥≤]? ?$"
)
"""Words before a duration that make it a follow-up even so: "followed for at least"."""

_NO_AFTER = re.compile(
    r"(?: of|,)? (?:each|every|in between)\b|[ -](?:test-)?retest| (?:a|per|each|every) (?:day|week|month|year)\b"
    r"| of an? (?:[\w-]+ ){0,3}(?:clinic|service|program|registry|practice)| after (?:\w+ )?onset"
    r"|\)? ?(?:after|following) (?:the )?(?:each|every)\b"
    r"|\)?[ -](?:olds?\b|of age\b|age\b|gestation|pregnan|ago\b|before\b|prior\b|earlier\b|previous|preced|history"
    r"|apart\b|interval|washout|between\b|drug-free|medication-free|per\b|half|prevalence|window|diar|urin|recall"
    r"|trends?\b|since\b"
    r"|of (?:illness|education|experience|use\b|pregnancy|gestation|abstinence|age\b|research|onset|admission"
    r"|screening))"
    r"|/|-item",
)
"""Words after it that do."""

_USING = re.compile(
    r"\b(?:us(?:e|ed|ers?|ing)|(?:mis|ab)us\w+|addict\w+|smok\w+|suffer\w*|diagnos\w+) [^.;,]{0,25}"
    r"(?:for|over|of|was|is) [^.;,]{0,10}$",
)
_AGED = re.compile(r"(?:\(|from |boys |girls |children |adults |women |men )[\d.]+ ?(?:to|-|–|and) ?$")
_ILL_FOR = re.compile(
    r"\bwith (?!a |an |follow)[^.;,]{2,50} for (?:an? (?:mean|median) of |more than |over |at least )?$"
)
_RECRUITING = re.compile(r"\b(?:recruit\w*|enrol\w*|screened)\b([^.;]{0,90})$", re.IGNORECASE)
_RECORDS = re.compile(
    r"\b(?:enrol|recruit|admitted|presenting|retrospective|records|identified|consecutive|database|registry|published"
    r"|search|literature|prevalence|fatalit|driver|seiz|review|reports|trend|cases|presentation|admission|questionnaire"
    r"|attend)",
    re.IGNORECASE,
)
_VISITED = re.compile(r"(?:month|week|quarter|dai)ly (?:\w+ )?(?:for|over) $|\bwithin $")

_PERIOD = re.compile(
    r"[ -](?:study |monitoring )?(?:period|span|interval)|,? ?\([^)]{0,30}\d{4}|,? (?:from|between) [\w ,]{0,12}\d{4}"
)
_LASTING = re.compile(
    r"follow|later|after|post|long-term|maint|sustain|persist|up to|surviv|relaps|continu|extension",
    re.IGNORECASE,
)
"""What a sentence says that tells something over years."""

_SINCE = re.compile(
    r"[ -]?(?:after|post\w*|following|later|from (?:the )?(?:start|end|infusion|injection|administration)"
    r"|of (?:surgery|infusion|administration)|time ?points?|follow-?up)",
)
_AT = re.compile(
    r"\b(?:at|after|until|till|up to|within|first|through|initial|next|subsequent|t|minute|min|hours?|to"
    r"|(?:monitor|follow|observ|assess|record|measur|evaluat)\w* [^.;]{0,25}(?:for|over|during))\W*"
    r"(?:the )?(?:first |subsequent )?(?:approximately |about )?[\d,. ]*(?:and |to |or |[-–])?$",
)
_MEASURED = re.compile(
    r"\b(?:record|measur|assess|monitor|scor|rated|evaluat|repeated)\w*[^.;,]{0,25} (?:every|at) $"
    r"|\b(?:analgesia|blocks?|effects?|relief|sedation|symptoms|anaesthesia|anesthesia)\b[^.;,]{0,20} lasted $"
)
"""Words before minutes or hours in which something was looked at again and again, or an effect was felt."""

_DOSING = re.compile(
    r"[ -](?:infusion|injection|bolus|period|session|intravenous|iv\b|i\.v|before|prior|preoperative|constant|test|dose"
    r"|shift|interval|drive|recall|treatment|after (?:child|birth|induc|intub|inject|oral))",
)
"""Words after minutes and hours over which something is given."""

_DOSED = re.compile(
    r"\b(?:injected|administered|given|received|started|ended|bolus|infused|lasting|lasted)\b(?:[^,;.()]|\.\d){0,30}$"
)
_END = re.compile(
    r"[ -]?(?:after(?! each| every)|following(?! each| every)|post|since|from|of (?=[\w -]{0,30}(?:complet|end))"
    r"|of (?:the )?end)[ -]?(?:the )?(?:[\w-]+ ){0,3}?(?:last|final|end|complet\w*|cessation"
    r"|discontinu\w*|course|series|sixth|infusions|therapy|discharge|phase)\b"
    r"|[ -](?:of )?(?:\w+ ){0,2}?follow[ -]?up|[ -]?post[ -]?treatment|[ -]after treatment",
)
_THEN = re.compile(
    r"\b(?:followed (?:up )?by|additional|further|subsequent|following|another"
    r"|then (?:\w+ )?(?:seen|followed|observed|monitored|assessed) (?:up )?for"
    r"|follow-?up (?:of|for|period of|at)|then) "
    r"(?:an? |the |of |for )?(?:\w+ )?(?:up to )?$",
)
_COURSE_AFTER = re.compile(
    r"[ -](?:course|(?!post|after|following|of )(?:\w+ )?(?:treatment|therapy)|of (?!(?:the )?(?:follow|observ|end))"
    r"|double-blind|open-label|acute|induction|program|twice|intervention|regimen)",
)
_COURSE_BEFORE = re.compile(
    r"\b(?:over|for|during|across|period of|duration of)"
    r"(?: an?| the| up to| about| approximately| [\w.]+ ?(?:to|-|–))? ?$",
)
_GIVEN = re.compile(
    r"infusion|treat|receiv|administ|dos(?:e|ing)|course|weekly|daily|twice|thrice|given|therapy|inject|intervention",
    re.IGNORECASE,
)
_FOLLOWED = re.compile(
    r"follow(?!ed an? )|monitor|assess|evaluat|observ|relaps|sustain|maintain|persist|remain", re.IGNORECASE
)

_OF_OTHERS = re.compile(r"\b(?:studies|trials|reports|reviews|evidence|findings|data)\b")
"""What a background speaks of that tells of the work of others."""

_HISTORY = re.compile(
    r"\b(?:present(?:ed|s|ing) (?:to|with|complain)|histor|complain|began|onset|deploy|first admi)", re.IGNORECASE
)

_Kind = Literal["outcome", "after", "then", "course"]


class _Time(NamedTuple):
    """A duration in days that ``start:end`` of a sentence's section tells.

    ``kind`` tells what it is: how long a course took, how long after its end something was seen, or neither.
    """

    days: float
    start: int
    end: int
    kind: _Kind
    sentence: Sentence


def read(reading: Sequence[Sentence], signals: Collection[str]) -> Number | None:
    """The days from the first dose to the last outcome, ``None`` where the record states none."""
    protocol = "design:protocol" in signals
    times = [time for sentence in reading if _is_own(sentence, protocol) for time in _times(sentence)]
    if not _REVIEWS.isdisjoint(signals):
        times = [time for time in times if time.kind != "course"]
    elif "design:case-report" in signals:
        times = [time for time in times if not _is_history(time)]
    return _last(times) if times else None


def _is_history(time: _Time) -> bool:
    """Whether a time is told of a patient's history rather than of what came of the treatment."""
    return _HISTORY.search(time.sentence.source, time.sentence.start, time.end + 60) is not None


def _is_own(sentence: Sentence, protocol: bool) -> bool:
    """Whether the sentence tells of the record's own work."""
    if sentence.role not in _ROLES or not {"excluded", "searched", "future"}.isdisjoint(sentence.cues):
        return False
    if sentence.role != "background":
        return sentence.role != "conclusion" or "elsewhere" not in sentence.cues
    if "elsewhere" in sentence.cues or (not protocol and {"methods", "results"}.isdisjoint(sentence.cues)):
        return False
    return _OF_OTHERS.search(sentence.source, sentence.start, sentence.end) is None


def _last(times: Sequence[_Time]) -> Number:
    """The longest of the times, or a course and the time after it; all that come to the same are evidence."""
    told = [*((time,) for time in times), *_with_courses(times)]
    days = [_whole(sum(time.days for time in one)) for one in told]
    last = max(days)
    return Number(last, _evidence(time for one, sum_ in zip(told, days, strict=True) if sum_ == last for time in one))


def _whole(days: float) -> int:
    """Whole days; hours within the first day are none."""
    return round(days) if days >= 1 else 0


def _evidence(times: Iterable[_Time]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(evidence(time.sentence, time.start, time.end) for time in times))


def _with_courses(times: Sequence[_Time]) -> Iterator[tuple[_Time, ...]]:
    """Each time after the end of a course with that course: the last one told before it, else the first one after it.

    A course as long as the time after it is the same time told twice, unless the words say that one follows the other.
    """
    courses = [(place, time) for place, time in enumerate(times) if time.kind == "course"]
    for place, after in enumerate(times if courses else ()):
        if after.kind in ("after", "then"):
            fit = [(at, time) for at, time in courses if time.days != after.days or after.kind == "then"]
            before = [time for at, time in fit if at < place]
            yield from ((course, after) for course in before[-1:] or [time for _, time in fit[:1]])


def _times(sentence: Sentence) -> Iterator[_Time]:
    for days, start, end in _durations(sentence):
        kind = _kind(sentence, days, start, end)
        if kind:
            yield _Time(days, start, end, kind, sentence)


def _durations(sentence: Sentence) -> Iterator[tuple[float, int, int]]:
    """Every duration in the sentence in days, with its start and end: "6 weeks", "day 7", each of "days 1, 3 and 7"."""
    text = sentence.source
    unit, start, end = 0.0, 0, -1
    yield from _unnumbered(sentence)
    for figure in figures(text, sentence.start, sentence.end):
        if text[figure.end : figure.end + 1] not in _NO_UNIT and (match := _UNIT_AFTER.match(text, figure.end)):
            yield figure.value * _unit(match[1]), figure.start, match.end()
            continue
        tail = text[max(0, figure.start - 2) : figure.start]
        named = tail[-1:] in _UNIT_ENDS or tail[:1] in _UNIT_ENDS
        if named and (before := _UNIT_BEFORE.search(text, max(sentence.start, figure.start - 9), figure.start)):
            unit, start = _unit(before[1] or before[2]), before.start()
        elif end < 0 or not _LIST.fullmatch(text, end, figure.start):
            continue
        if not figure.ordinal and _LISTED.match(text, figure.end):
            end = figure.end
            yield figure.value * unit, start, end


def _unnumbered(sentence: Sentence) -> Iterator[tuple[float, int, int]]:
    """The durations told without a number: "a year after it", "a year-long follow-up", "the next day"."""
    if not has(sentence.source[sentence.start : sentence.end], _UNNUMBERED_PARTS):
        return
    for match in _UNNUMBERED.finditer(sentence.source, sentence.start, sentence.end):
        yield _unit(match[1] or match[2] or match[3]), *match.span()


def _unit(name: str) -> float:
    """The days in a unit."""
    name = name.lower()
    return next(days for beginning, days in _DAYS.items() if name.startswith(beginning))


def _kind(sentence: Sentence, days: float, start: int, end: int) -> _Kind | None:
    """What a duration is, ``None`` where it is none of the study's."""
    before = sentence.source[max(sentence.start, start - 45) : start].lower()
    after = sentence.source[end : min(sentence.end, end + 60)].lower()
    if days < 1 and _MEASURED.search(before):
        return "outcome"
    if days > _LONGEST or _is_elsewhere(sentence, days, start, before, after):
        return None
    if days < 1:
        return "outcome" if "±" not in sentence.source[start:end] and _is_seen_at(before, after) else None
    if _THEN.search(before):
        return "then"
    if _END.match(after):
        return "after"
    return "course" if _is_course(sentence, start, before, after) else "outcome"


def _is_course(sentence: Sentence, start: int, before: str, after: str) -> bool:
    """Whether something was given over a duration, rather than seen at or after it."""
    if _SINCE.match(after) or before.endswith("at ") or sentence.source.startswith("the ", start):
        return False
    if _COURSE_AFTER.match(after):
        return True
    given = sentence.source[max(sentence.start, start - 120) : start].lower() + after[:40]
    return _COURSE_BEFORE.search(before) is not None and not _FOLLOWED.search(before) and bool(_GIVEN.search(given))


def _is_elsewhere(sentence: Sentence, days: float, start: int, before: str, after: str) -> bool:
    """Whether the words around a duration make it an age, an interval, or a time before the study or of recruitment."""
    text = sentence.source
    if _NO_AFTER.match(after) or _LATENCY.search(before):
        return True
    if before.endswith("on ") and _DAYS_COUNTED.match(text, start):
        return True
    if has(before, _NO_BEFORE_PARTS) and _NO_BEFORE.search(before) and not _FOLLOWED_FOR.search(before):
        return True
    if _is_recruiting(text[max(sentence.start, start - 110) : start]):
        return True
    if _PERIOD.match(after) and _RECORDS.search(text, sentence.start, sentence.end):
        return True
    return days >= _SEASON and _is_long_past(sentence, days, before)


def _is_recruiting(before: str) -> bool:
    """Whether people were recruited over a duration."""
    match = _RECRUITING.search(before) if has(before, ("ecruit", "nrol", "creened")) else None
    return match is not None and not _GIVEN.search(match[1]) and not _FOLLOWED.search(match[1])


def _is_long_past(sentence: Sentence, days: float, before: str) -> bool:
    """Whether a duration of a season or more is one of illness or use, an age, or what a field or a service lasted."""
    if _ILL_FOR.search(before) or _USING.search(before) or (days >= _YEAR and _AGED.search(before)):
        return True
    text = sentence.source
    return days >= _YEAR and not _VISITED.search(before) and not _LASTING.search(text, sentence.start, sentence.end)


def _is_seen_at(before: str, after: str) -> bool:
    """Whether something was seen at these minutes or hours, rather than given over them."""
    if _DOSING.match(after) or _DOSED.search(before):
        return False
    if _SINCE.match(after):
        return True
    return _AT.search(before) is not None
