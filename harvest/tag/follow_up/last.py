"""Reads after how many days the last outcome of a record is told.

Every time in the record's own work is taken in turn: ``times`` finds them, ``kinds`` says what each is. The longest
counts; where a course and a time after its end are told ("four weeks of treatment followed by 12 weeks") they are added
up. Hours within the first day are 0: they count where no day is told, unless doses were given over days.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from harvest.model import Evidence
from harvest.tag.follow_up.kinds import Kind, kind_of
from harvest.tag.follow_up.times import durations
from harvest.tag.numbers import Number, evidence
from harvest.tag.patterns import Guarded
from harvest.tag.reading import Sentence
from harvest.tag.sentences import Role

_ROLES: frozenset[Role] = frozenset(
    {"title", "objective", "methods", "results", "conclusion", "statement", "background"}
)
"""Roles of sentences that may tell of the record's own work."""

_OWN: frozenset[Role] = frozenset({"title", "objective", "methods", "results"})
"""Roles of sentences that tell of the record's own work even where it seems to be a review."""

_OTHER_WORK = frozenset({"excluded", "searched", "future"})
"""Cues of sentences that do not tell of what was found."""

_OF_OTHERS = re.compile(r"\b(?:studies|trials|reports|reviews|evidence|findings|data)\b")
"""What a background speaks of that tells of the work of others."""

_WISHED = re.compile(r"\b(?:would (?:require|need|have to)|(?:is|are) (?:needed|warranted|required)|powered)\b")
"""What a conclusion says of studies to come."""

_REVIEWS = frozenset({"design:meta-analysis", "design:systematic-review"})
"""What tells of the courses of others."""

_SURVEYS_OTHERS = frozenset({"design:review", "relevance:secondary"})
"""What tells of a survey of a field in which the subject is one of several: its times are those of other treatments."""

_HISTORY = re.compile(
    r"\b(?:present(?:ed|s|ing) (?:to|with|complain)|histor|complain|began|onset|deploy|first admi)", re.IGNORECASE
)
"""What tells that a time of a case is one before the treatment."""

_WITHIN_HOURS = Guarded("attack|cris", r"\b(?:attacks?|crisis|crises)\b", re.IGNORECASE)
"""What is treated with doses that may be repeated within hours."""

_NO_SESSION = frozenset({"regimen:repeated-dose", "design:protocol"})
"""What tells of more than one day, or of times that are not those of outcomes."""

_SESSION = Guarded(
    "during|test|post|infusion|pacu|recovery room|emergence",
    r"\bduring (?:\S+ ){0,6}?(?:infusions?|scan(?:s|ning)?|sessions?|administration|treatment|test|recordings?"
    r"|perfusion|challenge|experiment|imaging|\w+ hours)\b"
    r"|\b(?:before|baseline),? (?:and )?during\b|\btest (?:days?|sessions?)\b"
    r"|\bpost-?(?:infusion|treatment|injection|administration|dos\w+)\b"
    r"|\b(?:end of|immediately after) (?:the |each )?infusions?\b"
    r"|\bPACU\b|\brecovery room\b|\bpost-?ana?esthe(?:sia|tic) care unit\b|\bemergence (?:agitation|delirium)\b",
    re.IGNORECASE,
)
"""What tells that outcomes were seen while a drug was given or just after."""

_NO_TIME = re.compile(r"1 ?H\b|1 ?min ?[-‐–−⁻]")
"""What looks like an hour or a minute and is none: an isotope, or a part of a rate."""


class _Time(NamedTuple):
    """A duration in days that ``start:end`` of a sentence's section tells.

    ``kind`` tells what it is: how long a course took, how long after its end something was seen, or neither.
    """

    days: float
    start: int
    end: int
    kind: Kind
    sentence: Sentence


def read(reading: Sequence[Sentence], signals: Collection[str]) -> Number | None:
    """The days from the first dose to the last outcome, ``None`` where the record states none."""
    if _SURVEYS_OTHERS.issubset(signals):
        return None
    protocol, roles = "design:protocol" in signals, _OWN if "design:review" in signals else _ROLES
    own = [one for one in reading if one.role in roles and _is_own(one, protocol)]
    told = [(one, *time) for one in own for time in durations(one)]
    days = [time for time in told if time[1] >= 1]
    hours = [time for time in told if time[1] < 1]
    times = _times(days, signals) or [*_times(hours, signals), *_in_session(own, hours, signals)]
    last = _last(times) if times else None
    if last is None or last.value > 1 or not _are_many_doses(signals):
        return last
    return last if last.value == 0 and _tells(_WITHIN_HOURS, own) else None


def _is_own(sentence: Sentence, protocol: bool) -> bool:
    """Whether the sentence tells of the record's own work."""
    role, cues = sentence.role, sentence.cues
    if not _OTHER_WORK.isdisjoint(cues):
        return False
    if role == "conclusion":
        return "elsewhere" not in cues and not _WISHED.search(sentence.source, sentence.start, sentence.end)
    if role != "background":
        return True
    if "elsewhere" in cues or not (protocol or "methods" in cues or "results" in cues):
        return False
    return _OF_OTHERS.search(sentence.source, sentence.start, sentence.end) is None


def _are_many_doses(signals: Collection[str]) -> bool:
    """Whether the study gave doses over days: hours after one of them do not tell how long people were seen.

    Doses that stop an attack may follow each other within hours.
    """
    return "regimen:repeated-dose" in signals and "regimen:single-dose" not in signals and _REVIEWS.isdisjoint(signals)


def _tells(pattern: Guarded, sentences: Iterable[Sentence]) -> bool:
    return any(pattern.span(one.source, one.start, one.end) for one in sentences)


def _in_session(
    own: Iterable[Sentence], hours: Iterable[tuple[Sentence, float, int, int]], signals: Collection[str]
) -> list[_Time]:
    """The minutes and hours of an experiment with one dose in which all was seen in one session."""
    if "regimen:single-dose" not in signals or not _NO_SESSION.isdisjoint(signals):
        return []
    if not _tells(_SESSION, own):
        return []
    told = [_Time(days, start, end, "outcome", one) for one, days, start, end in hours]
    return [time for time in told if not _NO_TIME.match(time.sentence.source, time.start)]


def _times(durations: Iterable[tuple[Sentence, float, int, int]], signals: Collection[str]) -> list[_Time]:
    """Those of the durations that tell of the study."""
    kinds = ((kind_of(*duration), duration) for duration in durations)
    times = [_Time(days, start, end, kind, sentence) for kind, (sentence, days, start, end) in kinds if kind]
    if not _REVIEWS.isdisjoint(signals):
        return [time for time in times if time.kind != "course"]
    if "design:case-report" in signals:
        return [time for time in times if not _is_history(time)]
    return times


def _is_history(time: _Time) -> bool:
    """Whether a time is told of a patient's history rather than of what came of the treatment."""
    return _HISTORY.search(time.sentence.source, time.sentence.start, time.end + 60) is not None


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
