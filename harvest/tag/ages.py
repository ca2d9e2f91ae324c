"""Reads ages: how old those studied are said to be, as an age, a mean or a range in years."""

from __future__ import annotations

import re
from typing import NamedTuple

MARKERS = ("age", "aged", "year", "yr", "y", "yo")
"""Words that tell an age together with the numbers beside them."""

OLDEST = 120
"""Years that end a range without an upper end ("18 years or older"), and beyond which a number is no age."""

LEAST_WITHOUT_WORD = 12
"""Years from which a range in brackets, or a number after "≥", is an age where no word says so; below, a duration."""

LONGEST = 120
"""Characters that the statement of an age has at most."""

_YEARS = {"d": 1 / 365, "w": 7 / 365, "m": 1 / 12, "y": 1}
_UNITS = r"days?|weeks?|wks?|months?|mos?|years?|yrs?|y"
_NUMBER = r"\d{1,3}(?:[.,·]\d{1,2})?(?![\d%]|[.,·]\d)"
_MORE = r"[≥⩾≧>]=?|(?:older|greater|more|higher) than(?: or equal to)?|over|above|at least|from"
_LESS = r"[≤⩽≦<]=?|(?:younger|less|lower|fewer) than(?: or equal to)?|under|below|up to"
_TO = r"(?:[ ,]*(?:to|through|and|until)[ ,]+| ?[-–—−‐~] ?|[-–] ?to[ -])"
_RANGE = (
    rf"(?:(?P<more>{_MORE})|(?P<less>{_LESS}))? ?(?P<first>{_NUMBER})(?:[ -]?(?P<unit>{_UNITS})\b)?"
    rf"(?:{_TO}(?P<below>{_LESS})? ?(?P<last>{_NUMBER})(?:[ -]?(?P<last_unit>{_UNITS})\b)?)?"
)
_OPEN_END = (
    r"(?:(?P<upwards> ?\+|(?: of age)?,? ?(?:or|and|&) (?:older|over|above|upwards)\b)"
    r"|(?P<downwards>(?: of age)?,? ?(?:or|and) (?:younger|under|below)\b))"
)
_FILLER = (
    r"(?:[ ,:=()\[\]/±-]|\+/-|\b(?:between|range[ds]?|ranging|of|was|were|is|in|the|years?|yrs?|y|mean|median|average"
    r"|sd|sem|se|iqr|standard deviation|s\.d\.?|m|participants?|patients?|subjects?|volunteers?|women|men|children"
    r"|sample|group|at|inclusion|baseline|criteri(?:a|on)|approximately|about|only)\b){0,12}"
)
_AFTER = re.compile(rf"s?{_FILLER}{_RANGE}{_OPEN_END}?", re.IGNORECASE)
_SPREAD = rf"(?: ?(?:±|\+/-) ?{_NUMBER})"
"""A standard deviation after a mean."""

_BEFORE = re.compile(rf"(?<![\w.]){_RANGE}{_SPREAD}?(?P<plus>\+)?[ ‐-]{{0,2}}$", re.IGNORECASE)
_OTHER_AGE = re.compile(
    r"\b(?:gestational|postnatal|bone|mental|postmenstrual)[ -]$|\b(?:at|from|by|since|before) (?:the )?$",
    re.IGNORECASE,
)
"""Words before "age" that make it an age of something else, or the age at an event."""

_BOUND = re.compile(
    r"\b(?:(?P<more>over|above|older than)|(?P<less>under|below|younger than|up to)) the $", re.IGNORECASE
)
_OLD = re.compile(
    rf"s?(?:[ ‐-]?olds?\b(?! (?:drug|anaesthetic|anesthetic|history))|[ -](?:of )?age\b|{_OPEN_END})", re.IGNORECASE
)
_SPREAD_AFTER = re.compile(_SPREAD)
_UP_TO = re.compile(r"(?:\bto|\band|[-–]) $")
"""Words before an age that is the end of a range: "from 18 (in some centres 21) to 64 years of age"."""

_SIGN = re.compile(r"[≥⩾≧>≤⩽≦<]|(?:older|younger) than", re.IGNORECASE)
_OPENING = re.compile(r"(?:[(\[]|\brange[:,]? )$")


class Ages(NamedTuple):
    """Ages told at ``start:end`` of a text, the lowest and the highest in years; of a single age both are the same."""

    start: int
    end: int
    lowest: float
    highest: float


def ages_at(text: str, start: int, end: int) -> Ages | None:
    """The ages that the marker at ``start:end`` tells; ``None`` where it tells none: "for five years"."""
    word = text[start:end].lower()
    ages = _told_after(text, start, end) if word.startswith("age") else _told_before(text, start, end)
    return ages if ages and ages.lowest <= ages.highest <= OLDEST and ages.end - ages.start <= LONGEST else None


def _told_after(text: str, start: int, end: int) -> Ages | None:
    """The ages in "aged 18 to 65", "mean age was 43.1 years", "over the age of 60"."""
    match = _AFTER.match(text, end)
    before = max(0, start - 16)
    if match is None or _OTHER_AGE.search(text, before, start):
        return None
    low, high = _bounds(match, upwards=bool(match["upwards"]), downwards=bool(match["downwards"]))
    if low == high and (bound := _BOUND.search(text, before, start)):
        low, high = (low, OLDEST) if bound["more"] else (0, low - 1)
    return Ages(start, match.end(), low, high)


def _told_before(text: str, start: int, end: int) -> Ages | None:
    """The ages in "18-65 years old", "a 23-year-old man", "≥ 60 years", "(18-64 years)"."""
    match = _BEFORE.search(text, max(0, start - LONGEST // 2), start)
    if match is None:
        return None
    old = _OLD.match(text, end)
    upwards = bool(match["plus"] or (old and old["upwards"]))
    low, high = _bounds(match, upwards=upwards, downwards=bool(old and old["downwards"]))
    if low == high and _UP_TO.search(text, max(0, match.start() - 8), match.start()):
        low = 0
    if old or text[start:end].lower() == "yo" or ((low or high) >= LEAST_WITHOUT_WORD and _looks_like_ages(match)):
        return Ages(match.start(), old.end() if old else end, low, high)
    if low >= LEAST_WITHOUT_WORD and (spread := _SPREAD_AFTER.match(text, end)):
        return Ages(match.start(), spread.end(), low, high)
    return None


def _looks_like_ages(match: re.Match[str]) -> bool:
    """Whether the years have a sign such as "≥" or "+", or are a range in brackets: durations seldom do."""
    signed = match["plus"] or _SIGN.match(match[0])
    return bool(signed or (match["last"] and _OPENING.search(match.string, max(0, match.start() - 8), match.start())))


def _bounds(match: re.Match[str], *, upwards: bool, downwards: bool) -> tuple[float, float]:
    """The lowest and the highest age in years; a range that is open to one side ends at 0 or at ``OLDEST``."""
    first = _in_years(match["first"], match["unit"] or match["last_unit"])
    if match["last"]:
        return first, _in_years(match["last"], match["last_unit"] or match["unit"]) - bool(match["below"])
    if match["less"] or downwards:
        return 0, max(0, first - 1)
    return first, OLDEST if match["more"] or upwards else first


def _in_years(number: str, unit: str | None) -> float:
    return float(number.replace(",", ".").replace("·", ".")) * _YEARS[(unit or "y")[0].lower()]
