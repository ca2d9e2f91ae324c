"""Reads the times that a sentence tells, in days: "at 6 weeks", "days 1, 3 and 7", "a year after it".

A number is a time where a unit stands beside it, and in a list the unit holds for all: the last of "3, 12 and 36
months", each of "days 1, 3 and 7". Some times have no number. What a time is of, ``kinds`` says.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from harvest.tag.durations import UNITS
from harvest.tag.numbers import figures, has
from harvest.tag.reading import Sentence

Duration = tuple[float, int, int]
"""A time in days, and where it starts and ends in the section of its sentence."""

_DAYS = {
    "half": 182.0,
    "min": 1 / 1440,
    "h": 1 / 24,
    "d": 1.0,
    "morning": 1.0,
    "p": 1.0,
    "w": UNITS["week"],
    "mo": UNITS["month"],
    "y": UNITS["year"],
    "f": 14.0,
    "n": 1.0,
}
"""Days in a unit by how its name begins; p is a postoperative or postpartum day, f a fortnight, n a night."""

_WORDS = r"min(?:ute)?s?|h(?:ou)?rs?|h|days?|weeks?|wks?|months?|mos?|years?|yrs?|nights?"
"""Units that may follow a number."""

_UNIT_AFTER = re.compile(
    rf"(?:st|nd|rd|th)?(?: ?(?:±|\+/?-) ?[\d.]+)? ?[-‐–]? ?"
    rf"(?:consecutive |full |additional |further |more |calendar |post-?\w+ |\+ )?"
    rf"({_WORDS}|(?-i:d))\b",
    re.IGNORECASE,
)
"""A unit after its number, with what may stand between: "43 ± 8 months", "third postoperative day".

A lone d is a day only where it is small: "2D" is none.
"""

_UNIT_BEFORE = re.compile(
    r"\b(days?|weeks?|months?|years?|PODs?\)?|PPDs?)[ -]?$|\b(hours?|minutes?|min) $", re.IGNORECASE
)
"""A unit before its number: "day 7", "POD3"; of hours and minutes only with a blank."""

_UNNUMBERED = re.compile(
    r"\b(?:an?|the|up to a) (day|week|month|year)(?=,? (?:after|later|following|post))"
    r"|\b(week|month|year)-long(?= (?:follow|treat|stud|trial|observ|course|maint))"
    r"|\bthe (?:next|following) (day|morning|week)\b|(?<=after )an? (day|week|month|year)\b(?! (?:of|on|in)\b)"
    r"|(?<=the first )(hour)\b"
    r"|\bthe (night|morning) (?:after|following) (?:the )?(?:infus|inject|surg|operat|dos)"
    r"|\b(?:an?|one|the first) (fortnight)\b|\b(half)[ -](?:a )?year\b"
)
"""A time without a number, by what follows or precedes it; "a day" may be how often something is done."""

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
    "the night",
    "the morning",
    "fortnight",
    "half a year",
    "half-year",
    "half year",
    "first hour",
    "after a ",
)
"""One of these stands in all of them."""

_NO_UNIT = frozenset("),.;:%]/=")
"""After one of these a figure has no unit."""

_UNIT_SIGNS = frozenset("hHdD±+/-‐– ")
"""Signs with which a unit, or what may stand before one, begins after a blank."""

_STARTS = "mi mo we wk ye yr ni co fu ad ca po"
_UNIT_STARTS = frozenset(
    cased
    for start in _STARTS.split()
    for cased in (start, start.capitalize(), start.upper(), start[0] + start[1].upper())
)
"""Letters with which others do."""

_ENDS = "ay ys ek ks th hs ar rs oD OD Ds ds PD pD ur es in D) s)"
_UNIT_ENDS = frozenset(ends for end in _ENDS.split() for ends in (end, end.capitalize(), end[0].upper() + end[1]))
"""The last letters of units."""

_LONGEST_LINK = 80
"""Characters beyond which no two figures are of one list."""

_LIST = re.compile(
    r"(?: ?\([^()]{1,40}\))?,? ?(?:(?:and|or|to|through|until) |, ?| ?[-–‐] ?|,? )(?:(?:day|week|month)s? )?",
    re.IGNORECASE,
)
"""What links two figures of a list: "days 1 (r=0.39), 2 and 3", "1-3", "day 1 to day 7"."""

_LISTED = re.compile(
    r"(?! ?(?:%|mg\b|patients|participants|subjects|individuals|women|men\b|children|\([\d.]+ ?%|of (?:the )?\d))"
)
"""What may follow a figure of a list of days, so that it is one and counts nothing else: "at week 8, 72 patients"."""


def durations(sentence: Sentence) -> list[Duration]:
    """Every time in the sentence: "6 weeks", "day 7", each of "days 1, 3 and 7" with all of the list up to it."""
    text, since, until = sentence.source, sentence.start, sentence.end
    found = _unnumbered(text, since, until) if _may_be_unnumbered(text) else []
    unit, begin, end = 0.0, 0, -1
    for value, start, stop, ordinal in figures(text, since, until):
        if match := _unit_after(text, stop):
            if ordinal and match[1].endswith("s"):
                continue
            found.append((value * _unit(match[1]), start, match.end()))
            continue
        if before := _unit_before(text, since, start):
            unit, begin = _unit(before[1] or before[2]), before.start()
        elif end < 0 or start - end > _LONGEST_LINK or not _is_listed(text, end, start):
            continue
        if not ordinal and _LISTED.match(text, stop):
            end = stop
            found.append((value * unit, begin, end))
    return found


def _is_listed(text: str, end: int, start: int) -> bool:
    """Whether two figures are of one list: "days 1, 3 and 7", but not "by month 6 and seven had relapsed"."""
    return text[end - 1].isdigit() is text[start].isdigit() and _LIST.fullmatch(text, end, start) is not None


def _unit_after(text: str, at: int) -> re.Match[str] | None:
    """The unit of the number that ends here; most are told apart by the next three characters."""
    following = text[at : at + 3]
    first = following[:1]
    if first in _NO_UNIT or (first == " " and following[1:2] not in _UNIT_SIGNS and following[1:] not in _UNIT_STARTS):
        return None
    return _UNIT_AFTER.match(text, at)


def _unit_before(text: str, since: int, at: int) -> re.Match[str] | None:
    """The unit before the number that starts here, told apart in the same way."""
    leading = text[max(since, at - 3) : at]
    if leading[-2:] in _UNIT_ENDS or leading[:2] in _UNIT_ENDS:
        return _UNIT_BEFORE.search(text, max(since, at - 9), at)
    return None


def _unnumbered(text: str, start: int, end: int) -> list[Duration]:
    """The times told without a number: "a year after it", "a year-long follow-up", "the next day"."""
    return [(_unit(match[match.lastindex or 0]), *match.span()) for match in _UNNUMBERED.finditer(text, start, end)]


@lru_cache(maxsize=16)
def _may_be_unnumbered(text: str) -> bool:
    """Whether a section may tell a time without a number; asked for each of its sentences."""
    return has(text, _UNNUMBERED_PARTS)


@cache
def _unit(name: str) -> float:
    """The days in a unit."""
    name = name.lower()
    return next(days for beginning, days in _DAYS.items() if name.startswith(beginning))
