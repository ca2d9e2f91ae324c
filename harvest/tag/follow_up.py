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
from harvest.tag.numbers import Number, evidence, figures
from harvest.tag.reading import Sentence
from harvest.tag.sentences import Role

_LONGEST = 15 * 365
"""Days beyond which a duration is an age, or the history of a field."""

_SEASON = 90.0
"""Days from which on a time of use is a habit, no course."""

_DAYS = {"min": 1 / 1440, "h": 1 / 24, "d": 1.0, "p": 1.0, "w": 7.0, "mo": 30.0, "y": 365.0}
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
_LIST = re.compile(r",? ?(?:(?:and|or|to|through|until) |, ?| ?[-–‐] ?|,? )(?:(?:day|week|month)s? )?", re.IGNORECASE)

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

_FOLLOWED_FOR = re.compile(
    r"\bfollow[\w -]{0,30}(?:for|of|was|to|periods?|at least|minimum of|than|[(<>≥≤])[ (]{0,2}[<>≥≤]? ?$"
)
"""Words before a duration that make it a follow-up even so: "followed for at least"."""

_NO_AFTER = re.compile(
    r"\)? ?(?:after|following) (?:the )?(?:each|every)\b|\)?[ -](?:olds?\b|of age\b|age\b|gestation|pregnan|ago\b"
    r"|before\b|prior\b|earlier\b|previous|preced|history|apart\b"
    r"|interval|washout|between\b|drug-free|medication-free|per\b|half|prevalence|window|diar|urin|recall|trends?\b"
    r"|since\b"
    r"|of (?:illness|education|experience|use\b|pregnancy|gestation|abstinence|age\b|research|onset|admission"
    r"|screening))"
    r"|/|-item",
)
"""Words after it that do."""

_USING = re.compile(
    r"\b(?:us(?:e|ed|ers?|ing)|(?:mis|ab)us\w+|addict\w+|smok\w+|suffer\w*|diagnos\w+) [^.;,]{0,25}"
    r"(?:for|over|of|was|is) [^.;,]{0,10}$",
)
_RECRUITING = re.compile(r"\b(?:recruit\w*|enrol\w*|screened)\b([^.;]{0,90})$", re.IGNORECASE)
_RECORDS = re.compile(
    r"\b(?:enrol|recruit|admitted|presenting|retrospective|records|identified|consecutive|database|registry|published"
    r"|search|literature|prevalence|fatalit|driver|seiz|review|reports|trend|cases|presentation|admission|questionnaire"
    r"|attend)",
    re.IGNORECASE,
)
_PERIOD = re.compile(
    r"[ -](?:study |monitoring )?(?:period|span|interval)|,? ?\([^)]{0,30}\d{4}|,? (?:from|between) [\w ,]{0,12}\d{4}"
)
_LASTING = re.compile(
    r"follow|later|after|long-term|maint|sustain|persist|up to|surviv|relaps|continu|extension",
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
    r"|discontinu\w*|course|series|sixth|infusions|therapy|dosing|discharge|phase)\b"
    r"|[ -](?:of )?(?:\w+ ){0,2}?follow[ -]?up|[ -]?post[ -]?treatment|[ -]after treatment",
)
_THEN = re.compile(
    r"\b(?:followed by|additional|further|subsequent|another|follow-?up (?:of|for|period of|at)|then) "
    r"(?:an? |the |of |for )?(?:\w+ )?(?:up to )?$",
)
_COURSE_AFTER = re.compile(
    r"[ -](?:course|(?!post|after|following|of )(?:\w+ )?(?:treatment|therapy)|of (?!(?:the )?(?:follow|observ|end))"
    r"|double-blind|open-label|acute|induction|program|twice|intervention|regimen)",
)
_COURSE_BEFORE = re.compile(
    r"\b(?:over|for|during|across|period of|duration of)(?: an?| the| up to| about| approximately)? ?$",
)
_GIVEN = re.compile(
    r"infusion|treat|receiv|administ|dos(?:e|ing)|course|weekly|daily|twice|thrice|given|therapy|inject|intervention",
    re.IGNORECASE,
)
_FOLLOWED = re.compile(r"follow|monitor|assess|evaluat|observ|relaps|sustain|maintain|persist|remain", re.IGNORECASE)

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
    if "design:meta-analysis" in signals:
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
        return True
    return "elsewhere" not in sentence.cues and (protocol or not {"methods", "results"}.isdisjoint(sentence.cues))


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
    for figure in figures(text, sentence.start, sentence.end):
        if match := _UNIT_AFTER.match(text, figure.end):
            yield figure.value * _unit(match[1]), figure.start, match.end()
        elif figure.ordinal or not _LISTED.match(text, figure.end):
            continue
        elif before := _UNIT_BEFORE.search(text, max(sentence.start, figure.start - 9), figure.start):
            unit, start, end = _unit(before[1] or before[2]), before.start(), figure.end
            yield figure.value * unit, start, end
        elif end >= 0 and _LIST.fullmatch(text, end, figure.start):
            end = figure.end
            yield figure.value * unit, start, end


def _unit(name: str) -> float:
    """The days in a unit."""
    name = name.lower()
    return next(days for beginning, days in _DAYS.items() if name.startswith(beginning))


def _kind(sentence: Sentence, days: float, start: int, end: int) -> _Kind | None:
    """What a duration is, ``None`` where it is none of the study's."""
    before = sentence.source[max(sentence.start, start - 45) : start].lower()
    after = sentence.source[end : min(sentence.end, end + 60)].lower()
    if days > _LONGEST or _is_elsewhere(sentence, days, start, before, after):
        return None
    if days < 1:
        return "outcome" if _is_seen_at(before, after) else None
    if _THEN.search(before):
        return "then"
    if _END.match(after):
        return "after"
    return "course" if _is_course(sentence, start, before, after) else "outcome"


def _is_course(sentence: Sentence, start: int, before: str, after: str) -> bool:
    """Whether something was given over a duration, rather than seen at or after it."""
    if _SINCE.match(after) or before.endswith("at "):
        return False
    if _COURSE_AFTER.match(after):
        return True
    given = sentence.source[max(sentence.start, start - 120) : start].lower() + after[:40]
    return _COURSE_BEFORE.search(before) is not None and not _FOLLOWED.search(before) and bool(_GIVEN.search(given))


def _is_elsewhere(sentence: Sentence, days: float, start: int, before: str, after: str) -> bool:
    """Whether the words around a duration make it an age, an interval, or a time before the study or of recruitment."""
    if _NO_AFTER.match(after):
        return True
    if _NO_BEFORE.search(before) and not _FOLLOWED_FOR.search(before):
        return True
    text = sentence.source
    match = _RECRUITING.search(text, max(sentence.start, start - 110), start)
    if match and not _GIVEN.search(match[1]) and not _FOLLOWED.search(match[1]):
        return True
    if days >= _SEASON and _USING.search(before):
        return True
    if _PERIOD.match(after) and _RECORDS.search(text, sentence.start, sentence.end):
        return True
    return days >= _YEAR and not _LASTING.search(text, sentence.start, sentence.end)


def _is_seen_at(before: str, after: str) -> bool:
    """Whether something was seen at these minutes or hours, rather than given over them."""
    if _DOSING.match(after) or _DOSED.search(before):
        return False
    if _SINCE.match(after):
        return True
    return _AT.search(before) is not None
