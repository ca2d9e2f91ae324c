"""PubMed's dates as ISO text at the precision that is stated: ``2019``, ``2019-11`` or ``2019-11-03``."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH_NUMBERS = {form: n for n, name in enumerate(_MONTHS, 1) for form in (name, name[:3])} | {"sept": 9}
_YEARS = range(1500, 2201)

_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)([^-–/\d]*+)", re.ASCII)
_WORD = re.compile(r"[A-Za-z]++")
_DIGITS = re.compile(r"\d{1,4}", re.ASCII)


@lru_cache(maxsize=1 << 14)
def stated(year: str | None, month: str | None = None, day: str | None = None) -> tuple[str | None, str | None]:
    """The date that a year, a month (name or number) and a day state, and what is impossible about it.

    A part that is impossible is left out together with the finer ones: 30 February is ``2024-02``.

    Returns:
        the ISO date or None, and the flaw in words or None.
    """
    year, month, day = (part.strip() if part else "" for part in (year, month, day))
    if not year:
        return None, None
    flaw = f"{' '.join(filter(None, (year, month, day)))} is no date"
    year_number = _number(year)
    if year_number not in _YEARS:
        return None, flaw
    if not month:
        return f"{year_number}", None
    month_number = _MONTH_NUMBERS.get(month.lower().rstrip(".")) or _number(month)
    if not 1 <= month_number <= 12:
        return f"{year_number}", flaw
    to_month = f"{year_number}-{month_number:02}"
    if not day:
        return to_month, None
    try:
        return dt.date(year_number, month_number, _number(day)).isoformat(), None
    except ValueError:
        return to_month, flaw


def free_text(text: str) -> tuple[str | None, str | None]:
    """The date that a MedlineDate begins with (``1998 Dec-1999 Jan`` is ``1998-12``), and its flaw, as in `stated`.

    The first year counts, and a month only where it follows that year before a hyphen or another number.
    """
    found = _YEAR.search(text)
    if found is None:
        return None, None
    months = (word for word in _WORD.findall(found[2]) if word.lower() in _MONTH_NUMBERS)
    return stated(found[1], next(months, None))


def earlier(one: str | None, other: str | None) -> str | None:
    """The earlier of two dates over the precision they share; of two that agree so far, the more precise one."""
    if not one or not other:
        return one or other
    shared = min(len(one), len(other))
    if one[:shared] == other[:shared]:
        return max(one, other, key=len)
    return min(one, other)


def _number(text: str) -> int:
    """The number that up to four digits state, else 0, which is no year, month or day."""
    return int(text) if _DIGITS.fullmatch(text) else 0
