"""What texts tell of the ages of those studied, and what only looks like an age."""

from __future__ import annotations

import re

import pytest

from harvest.tag.ages import LONGEST, MARKERS, OLDEST, ages_at

_MARKER = re.compile(rf"(?<![^\W\d])(?:{'|'.join(sorted(MARKERS, key=len, reverse=True))})s?(?![^\W_])", re.IGNORECASE)


def told(text: str) -> list[tuple[float, float]]:
    """The lowest and highest of all ages that a text tells, in the order of their markers."""
    found = [ages_at(text, *match.span()) for match in _MARKER.finditer(text)]
    return [(ages.lowest, ages.highest) for ages in found if ages]


@pytest.mark.parametrize(
    ("text", "lowest", "highest"),
    [
        ("patients aged 18-65", 18, 65),
        ("patients aged 18 to 65", 18, 65),
        ("participants aged between 18 and 64", 18, 64),
        ("children 5-15 years of age", 5, 15),
        ("participants (21–66 years old)", 21, 66),
        ("3- to 12-year-old children", 3, 12),
        ("Patients' ages ranged from 19 to 70", 19, 70),
        ("adults (18-64 y)", 18, 64),
        ("adolescents (12 to <18 years old)", 12, 17),
        ("children aged between 6 months and 12 years", 0.5, 12),
    ],
)
def test_a_range_tells_its_lowest_and_highest_age(text: str, lowest: float, highest: float) -> None:
    """A range of ages is told by its two ends, in years."""
    assert (lowest, highest) in told(text)


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("a 23-year-old man", 23),
        ("a 44-yr-old woman", 44),
        ("a 7 yo boy", 7),
        ("the mean age was 43.1 years", 43.1),
        ("mean (SD) age, 46·5 (3) years", 46.5),
        ("median age 47, 61.5% female", 47),
        ("the mean age of participants was 33.7", 33.7),
    ],
)
def test_a_single_age_is_both_lowest_and_highest(text: str, age: float) -> None:
    """An age or a mean is a range of one age."""
    assert told(text) == [(age, age)]


@pytest.mark.parametrize(
    "text", ["60 years or older", "aged ≥ 60", "over the age of 60", "patients >60 years", "aged 60+", "60+ years"]
)
def test_a_range_may_have_no_upper_end(text: str) -> None:
    """Without an upper end a range goes up to the oldest age there is."""
    assert (60, OLDEST) in told(text)


@pytest.mark.parametrize(
    "text", ["under 18 years old", "aged <18 years", "younger than 18 years", "below the age of 18"]
)
def test_a_range_may_have_no_lower_end(text: str) -> None:
    """Ages below a number begin at birth and end before it."""
    assert told(text)[0] == (0, 17)


@pytest.mark.parametrize(
    "text",
    [
        "followed for two to five years",
        "treated for >= 2 years",
        "over 18 years (2003-2020)",
        "gestational age 38 weeks",
        "who began at age 14",
        "age and weight were recorded",
        "rose with age, from 11.2% to 24.4%",
        "a 50-year-old drug",
        "age 999",
    ],
)
def test_durations_and_other_numbers_are_no_ages(text: str) -> None:
    """A number of years, or one beside the word age, that is nobody's age is not taken for one."""
    assert told(text) == []


def test_the_last_number_of_a_broken_range_is_no_single_age() -> None:
    """Where words stand between the ends of a range its end is an upper bound."""
    assert told("from 18 (in some countries 21) to 64 years of age") == [(0, 64)]


def test_the_statement_of_an_age_is_short() -> None:
    """Words between "age" and a far number do not make it an age."""
    assert told("age" + " , standard deviation" * 20 + " 45") == []
    ages = ages_at("aged 18 to 65 years", 0, 4)
    assert ages is not None
    assert ages.end - ages.start <= LONGEST
