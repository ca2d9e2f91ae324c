"""Which figures of a sentence are times, and how many days they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.tag.follow_up.times import durations
from harvest.tag.reading import Sentence

UNITS = {"day": 1, "week": 7, "month": 30, "year": 365}


def told(text: str) -> dict[str, float]:
    """The times of the text as they stand there, with their days."""
    sentence = Sentence(0, text, 0, len(text), "results")
    return {text[start:end]: days for days, start, end in durations(sentence)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sleep was rated at 6 weeks.", {"6 weeks": 42}),
        ("A three-month course was given.", {"three-month": 90}),
        ("Mood was rated 24 h after it.", {"24 h": 1}),
        ("One patient was seen daily for 10 d.", {"10 d": 10}),
        ("Relief lasted for 1.5 years.", {"1.5 years": 547.5}),
        ("It was scored on the 14th day.", {"14th day": 14}),
        ("Pain was lower on the third postoperative day.", {"third postoperative day": 3}),
        ("Sleep was better on the third night.", {"third night": 3}),
        ("They were seen for three further months.", {"three further months": 90}),
        ("Delirium was assessed on POD3 and POD30.", {"POD3": 3, "POD30": 30}),
    ],
)
def test_a_number_with_a_unit_is_a_time(text: str, expected: dict[str, float]) -> None:
    """In figures or words, after its unit or before it; a month has 30 days, a year 365."""
    assert told(text) == expected


@given(st.integers(min_value=2, max_value=14), st.sampled_from(sorted(UNITS)))
def test_a_time_is_its_number_times_the_days_of_its_unit(number: int, unit: str) -> None:
    """Wherever the unit stands."""
    expected = [number * UNITS[unit]]
    assert list(told(f"They were followed for {number} {unit}s.").values()) == expected
    assert list(told(f"A {number}-{unit} follow-up was completed.").values()) == expected
    assert list(told(f"Relapse was assessed until {unit} {number}.").values()) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Scores were taken on days 1, 3, 7 and 28.", [1, 3, 7, 28]),
        ("Scores were taken on days 0, 1, 3 (endpoint), 7 and 30.", [0, 1, 3, 7, 30]),
        ("Mood correlated with volume at Days 1 (r=0.39), 2 (r=0.45) and 3 (r=0.42).", [1, 2, 3]),
        ("Pain was rated on postoperative days (POD) 1, 3 and 5.", [1, 3, 5]),
        ("It was scored from day 1 to day 7.", [1, 7]),
        ("By month 6 and seven had relapsed.", [180]),
        ("At week 8, 72 (27%) of 271 were well.", [56]),
        ("At week 8, 72 of 271 were well.", [56]),
    ],
)
def test_a_unit_before_a_list_holds_for_each_of_it(text: str, expected: list[float]) -> None:
    """But people counted after a day are no days."""
    assert list(told(text).values()) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pain was lower at 6, 24 and 48 h.", {"48 h": 2}),
        ("Symptoms were rated after three and six months.", {"six months": 180}),
    ],
)
def test_of_a_list_before_its_unit_the_last_is_told(text: str, expected: dict[str, float]) -> None:
    """The others have no unit beside them."""
    assert told(text) == expected


def test_each_of_a_list_is_told_by_all_of_it_up_to_there() -> None:
    """So that the unit stands in it."""
    assert list(told("Mood was rated on days 1, 3 and 7.")) == ["days 1", "days 1, 3", "days 1, 3 and 7"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Deaths in the year after treatment were counted.", {"the year": 365}),
        ("A year-long follow-up was done.", {"year-long": 365}),
        ("Words were recalled on the following day.", {"the following day": 1}),
        ("The scan was repeated after a year.", {"a year": 365}),
        ("Patients remained well for half a year.", {"half a year": 182}),
        ("Patients remained well over the first half year.", {"half year": 182}),
        ("Scores were lower one fortnight later.", {"one fortnight": 14}),
        ("Sleep was measured the night after the infusion.", {"the night after the infus": 1}),
        ("Scores were lower the morning after the infusion.", {"the morning after the infus": 1}),
    ],
)
def test_some_times_have_no_number(text: str, expected: dict[str, float]) -> None:
    """They are one unit, or half a year."""
    assert told(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Two doses were given.",
        "Those in their first months were left out.",
        "A dose was given twice a day.",
        "Images were 2D.",
        "Scores rose by 6 (weekly visits).",
    ],
)
def test_other_figures_are_no_times(text: str) -> None:
    """Nor are units that nothing counts."""
    assert told(text) == {}


def test_only_the_sentence_itself_is_read() -> None:
    """Its section may tell more."""
    text = "It lasted 6 weeks. They were seen for a year after it. It lasted 8 weeks."
    start, end = text.index("They"), text.index(" It lasted 8")
    assert durations(Sentence(0, text, start, end, "results")) == [(365, text.index("a year"), text.index(" after"))]
