"""Reads durations: how long after a first dose, or over how long a course, something is told.

They are signals of their sentences, "four weeks or more". ``follow_up`` asks something else of them, and has rules of
its own: each of a list counts, hours too, and whether it is a course, the time after one, or neither.
"""

from __future__ import annotations

import re

from harvest.tag.spoken import SMALL, spoken

UNITS = {"day": 1, "week": 7, "month": 30, "year": 365, "wk": 7, "yr": 365, "mo": 30, "pod": 1}
"""Days in a unit of time, as the readers of abstracts count them; POD is a postoperative day."""

LONGEST = 15 * 365
"""Days beyond which a duration is an age, or the history of a field."""

_GAP = "[ \u2010\u2011\u2013-]?"
"""What joins a number and its unit, or the ends of a range: a blank or one of Unicode's hyphens."""

_NUMBER = rf"(?:\d{{1,4}}(?:[.,·]\d{{1,2}}|(?:st|nd|rd|th)\b)?|{SMALL})"
_BEFORE = re.compile(
    rf"(?<![\w.])({_NUMBER})(?:{_GAP}(?:to|or|and|{_GAP}){_GAP}({_NUMBER})|( ?(?:±|\+/-) ?[\d.]+))?{_GAP}\+?{_GAP}$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"s?[ -]\d{1,3}\b(?!\.\d|%)"
    r"(?:(?: \([a-z -]{1,20}\))?(?:, (?:and )?| and | to |[-\u2013/])\d{1,3}\b(?!\.\d|%| ?mg| [a-z]+s\b))*"
)
_COUNTED_BEFORE = re.compile(r"(?:postnatal|post-natal|gestation\w*|embryonic) $", re.IGNORECASE)
"""Words before "day 7" that make it an age."""

_NOT_BEFORE = re.compile(
    r"(?:\b(?:aged?|ages|illness|history|median age|over the age of|for at least|born|gestation\w*)\b"
    r"|[±<>≥≤≧])[^.;]{0,14}$"
    r"|\b(?:stable (?:dos|medic|regim|treat|antidep|psychotrop)\w*|episode|life expectancy|-free)\b[^.;]{0,20}$"
    r"|\b(?:pain|symptoms?) (?:lasting|persisting|present|duration|for (?:over|longer))\b[^.;]{0,14}$"
    r"|\bpresent for\b[^.;]{0,14}$"
    r"|\b(?:past|last|previous|prior|preceding|previously|than)\b[^.;]{0,4}$"
    r"|\b(?:every|each|separated by|intervals? of|wash-?out(?: period)?(?: of)?)\b[^.;]{0,9}$",
    re.IGNORECASE,
)
"""Words before a duration that make it an age, an interval or a time before the study."""

_KEPT = re.compile(
    r"\b(?:abstinen(?:ce|t)|sober|remission|respon(?:se|ded)|relief|benefit|improvement|followed|maintained|treated)"
    r"(?: \w+){0,2} (?:more|longer|greater) than $",
    re.IGNORECASE,
)
"""Words that make "more than" before a duration tell how long something was kept up, not how long it had been there."""

_OTHER_YEARS = re.compile(
    r"(?:\b(?:mean|between)\b|years,?)[^.;]{0,14}$"
    r"|\b(?:children|adolescents|adults|participants|boys|girls|infants) \($"
    r"|\b(?:conducted|collected|performed|published|accrued|pooled|refined|developed|evolved|experience)\b[^.;]{0,12}$",
    re.IGNORECASE,
)
"""Words before a number of years that make it an age or what a collection spans; before other units they make none."""

_NOT_AFTER = re.compile(
    rf"s?['\u2019]? (?:duration|(?:corrected|gestational|postmenstrual) age)\b|s?{_GAP[:-1]}"
    r"(?:olds?|of age|age|gestation|pregnan|ago|before|prior|earlier|previously|history"
    r"|wash-?out|intervals?|(?:treatment )?gaps?\b|apart|retrospective|screening|run-in|lead-in"
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
        no_course = unit == UNITS["year"] and (match[3] or _are_other_years(text, first, end))
        return None if no_course or days > LONGEST or _is_no_follow_up(text, first, end) else (first, end, days)
    if (match := _AFTER.match(text, end)) and not _COUNTED_BEFORE.search(before):
        return start, match.end(), unit * max(map(float, re.findall(r"\d+", match[0])))
    return None


def _are_other_years(text: str, start: int, end: int) -> bool:
    """Whether years are an age or a period that a record looks back on, as the same words of other units are not."""
    return bool(_PERIOD.match(text, end) or _OTHER_YEARS.search(text, max(0, start - 25), start))


def _is_no_follow_up(text: str, start: int, end: int) -> bool:
    """Whether the words around a duration make it an age, an interval, or a time before the study or of recruitment."""
    return bool(
        _NOT_AFTER.match(text, end)
        or (_NOT_BEFORE.search(text, max(0, start - 35), start) and not _KEPT.search(text, max(0, start - 50), start))
        or _RECRUITING.search(text, max(0, start - 90), start)
        or (_PERIOD.match(text, end) and _RECRUITED.search(text, max(0, start - 120), start))
    )


def _number(text: str) -> float:
    return float(spoken(text.lower()) or text.replace(",", ".").replace("·", ".").rstrip("stndrh"))
