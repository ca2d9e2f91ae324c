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
        ("a 30\u2010day rate", ("30\u2010day", 30)),
        ("for 12 + months", ("12 + months", 360)),
        ("43 \u00b1 8 months later", ("43 \u00b1 8 months", 1290)),
        ("on the 30th day", ("30th day", 30)),
        ("at weeks 1, 4, and 12", ("weeks 1, 4, and 12", 84)),
        ("on day 1 and 30 patients", ("day 1", 1)),
        ("at the last visit (6 months)", ("6 months", 180)),
        ("for a mean of 6 months", ("6 months", 180)),
        ("on days 1, 3 (endpoint), 7, and 30", ("days 1, 3 (endpoint), 7, and 30", 30)),
        ("abstinence for more than one year", ("one year", 365)),
        ("twenty-one days later", ("twenty-one days", 21)),
        ("thirty-five days later", ("thirty-five days", 35)),
        ("over seventy two weeks", ("seventy two weeks", 504)),
        ("between twenty and thirty-three days", ("twenty and thirty-three days", 33)),
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
        "postnatal day 35",
        "a 28-day washout",
        "two sessions separated by four weeks",
        "sessions 8 weeks apart",
        "chronic pain lasting over 3 months",
        "ulcers for more than 3 months",
        "of at least six months' duration",
        "a 3-year retrospective review",
        "on stable medication for four weeks",
        "a 4-week screening phase",
        "over a 6-year period",
        "children (1.5 to 14 years)",
        "trials conducted over 13 years",
        "a model of care refined over 6 years",
        "at two years' corrected age",
        "pain present for up to three months",
        "a 45-day gap",
        "a few weeks",
        "per week",
    ],
)
def test_an_age_an_interval_or_a_time_before_the_study_is_no_duration(text: str) -> None:
    """Nor is the time over which patients were recruited, nor a unit without a number."""
    assert days(text) == []


def test_a_postoperative_day_is_counted_like_any_other() -> None:
    """Its abbreviation goes before the number, or before a list of which the last counts."""
    assert days_at("on POD 3, 7, and 30.", 3, 6) == (3, 19, 30)


def test_a_period_of_treatment_is_a_duration() -> None:
    """Where nobody was recruited over it."""
    assert days("treated over a 16-month period") == [("16-month", 480)]
