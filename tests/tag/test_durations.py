"""Durations in days."""

from __future__ import annotations

import re

import pytest

from harvest.tag.durations import days_at

UNIT = re.compile(r"\b(?:day|week|month|year)s?\b")


def days(text: str) -> list[tuple[str, float]]:
    found = [days_at(text, *match.span()) for match in UNIT.finditer(text)]
    return [(text[one[0] : one[1]], one[2]) for one in found if one is not None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("held for 6 weeks", ("6 weeks", 42)),
        ("a 12-week period", ("12-week", 84)),
        ("a three-month follow-up", ("three-month", 90)),
        ("for 1.5 years", ("1.5 years", 547.5)),
        ("2 to 8 weeks later", ("2 to 8 weeks", 56)),
        ("at 1 and 6 weeks", ("1 and 6 weeks", 42)),
        ("at month 6", ("month 6", 180)),
        ("on day 28", ("day 28", 28)),
        ("one year after", ("one year", 365)),
    ],
)
def test_a_duration_is_read_in_days(text: str, expected: tuple[str, float]) -> None:
    """In figures or words, as a range (its longest) or after the unit; its offsets cut it out."""
    assert days(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "aged 18 to 65 years",
        "a 35-year-old man",
        "45 ± 12 years",
        "older than 60 years",
        "in the past 12 months",
        "ill for 5 years before",
        "every 4 weeks",
        "history of 10 years",
        "at 12 weeks of gestation",
        "patients recruited over a 16-month period",
        "thirty were enrolled in two centres over 2 years",
        "adults (18 to 64 years)",
        "after 50 years of research",
        "a few weeks",
        "per week",
    ],
)
def test_an_age_an_interval_or_a_time_before_the_study_is_no_duration(text: str) -> None:
    """Nor is the time over which patients were recruited, nor a unit without a number."""
    assert days(text) == []


def test_a_period_of_treatment_is_a_duration() -> None:
    """Where nobody was recruited over it."""
    assert days("treated over a 16-month period") == [("16-month", 480)]
