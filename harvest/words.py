"""Values in plain words, the same on pages and in letters."""

from __future__ import annotations

from collections.abc import Sequence

NAMED_IN_A_LINE = 20
"""How many of many values a line names."""


def first_of(values: Sequence[object], most: int = NAMED_IN_A_LINE) -> str:
    """The first of many values; dots tell that there are more."""
    return ", ".join(map(str, values[:most])) + (" ..." if len(values) > most else "")


def span(days: int) -> str:
    """A number of days in the largest unit that tells it exactly enough: 84 days are 12 weeks, 365 days a year."""
    for unit, length in (("year", 365), ("month", 30), ("week", 7)):
        if days >= 2 * length and days % length == 0:
            return f"{days // length} {unit}s"
        if days == length:
            return f"1 {unit}"
    return f"{days:,} day{'' if days == 1 else 's'}"
