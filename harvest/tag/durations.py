"""Reads durations: how long after a first dose, or over how long a course, something is told."""

from __future__ import annotations

import re

UNITS = {"day": 1, "week": 7, "month": 30, "year": 365, "wk": 7, "yr": 365, "mo": 30}
"""Days in a unit of time, as the readers of abstracts count them: a month has 30, a year 365."""

LONGEST = 15 * 365
"""Days beyond which a duration is an age, or the history of a field."""

_WORDS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "sixteen": 16,
    "eighteen": 18,
    "twenty": 20,
    "twenty-four": 24,
}
_NUMBER = rf"(?:\d{{1,4}}(?:[.,·]\d{{1,2}})?|{'|'.join(_WORDS)})"
_BEFORE = re.compile(rf"(?<![\w.])({_NUMBER})(?:[ -]?(?:to|–|-|or|and)[ -]?({_NUMBER}))?[ -]?$", re.IGNORECASE)
_AFTER = re.compile(r"s? (\d{1,3})\b(?!\.\d)")
_NOT_BEFORE = re.compile(
    r"(?:\b(?:aged?|ages|every|each|past|last|previous|prior|preceding|previously|illness|history|mean|median age|than"
    r"|between|over the age of|for at least|born|gestation\w*)\b|[±<>≥≤≧]|years,?)[^.;]{0,14}$",
    re.IGNORECASE,
)
"""Words before a duration that make it an age, an interval or a time before the study."""

_NOT_AFTER = re.compile(
    r"s?[ -](?:olds?|of age|age|gestation|pregnan|ago|before|prior|earlier|previously|history"
    r"|of (?:illness|education|experience|use|pregnancy|gestation))",
    re.IGNORECASE,
)
"""Words after a duration that make it one of these."""

_RECRUITING = re.compile(r"\b(?:enrol|recruit)[^.;]{0,80}$", re.IGNORECASE)
_RECRUITED = re.compile(
    r"\b(?:enrol|recruit|admitted|present(?:ed|ing)|retrospective|records|identified|conducted|consecutive|all patients"
    r"|database|registry|published)",
    re.IGNORECASE,
)
_PERIOD = re.compile(r"s?[ -](?:study )?(?:period|span|interval)")
"""Words of a period of recruitment, which is no follow-up."""


def days_at(text: str, start: int, end: int) -> tuple[int, int, float] | None:
    """The duration that the unit at ``start:end`` belongs to: its start, its end and the days, the longest of a range.

    ``None`` where the unit has no number or tells an age, an interval or a time before the study.
    """
    unit = UNITS[text[start:end].lower().removesuffix("s")]
    before = text[max(0, start - 30) : start]
    if match := _BEFORE.search(before):
        first = start - len(before) + match.start()
        days = unit * _number(match[2] or match[1])
        return None if days > LONGEST or _is_no_follow_up(text, first, end) else (first, end, days)
    if match := _AFTER.match(text, end):
        return start, match.end(), unit * float(match[1])
    return None


def _is_no_follow_up(text: str, start: int, end: int) -> bool:
    """Whether the words around a duration make it an age, an interval, or a time before the study or of recruitment."""
    return bool(
        _NOT_AFTER.match(text, end)
        or _NOT_BEFORE.search(text, max(0, start - 25), start)
        or _RECRUITING.search(text, max(0, start - 90), start)
        or (_PERIOD.match(text, end) and _RECRUITED.search(text, max(0, start - 120), start))
    )


def _number(text: str) -> float:
    return float(_WORDS.get(text.lower()) or text.replace(",", ".").replace("·", "."))
