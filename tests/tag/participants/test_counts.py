"""Which figures of a sentence count people."""

from __future__ import annotations

import pytest

from harvest.tag.participants.counts import Count, counts_in
from harvest.tag.reading import Sentence


def counts(text: str) -> list[Count]:
    return counts_in(Sentence(1, text, 0, len(text), "methods"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We enrolled 84 patients.", [84]),
        ("Twelve healthy male volunteers slept.", [12]),
        ("Sixty ASA physical status I-II women slept.", [60]),
        ("We asked 36 never-users and 20 HCs.", [36, 20]),
        ("We studied 12 treated and 14 untreated patients.", [12, 14]),
        ("We studied 71 patients and 142 matched for age.", [71, 142]),
        ("We followed 18 424 children.", [18424]),
        ("There were 283 deaths.", [283]),
        ("Patients took 40 mg for 30 days at 12 sites.", []),
        ("In 2019 patients slept, and in group 2 patients woke.", []),
        ("More than 60% of patients slept.", []),
        ("Those with a score above 40 were randomised.", []),
        ("Each was matched with two patients.", []),
        ("A panel of 22 psychiatrists and patients met.", []),
        ("We read 12 trials in adults.", []),
        ("We enrolled 30 of 41 eligible men.", [30]),
    ],
)
def test_a_figure_counts_the_people_named_after_it(text: str, expected: list[int]) -> None:
    """Not doses, places, years, names, shares and bounds, nor those of whom some were studied."""
    assert [count.value for count in counts(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Adults with asthma (N = 157) slept.", [157]),
        ("Six studies (n = 221) were read.", [221]),
        ("Studies (n = 12) were read.", []),
        ("We read infusions (n = 205).", []),
        ("It was sent to four databases (n = 484).", []),
        ("There were 205 treatments (n = 205 treatments).", []),
        ("It was common (n = 12%).", []),
    ],
)
def test_n_counts_people_unless_something_else_stands_beside_it(text: str, expected: list[int]) -> None:
    """Studies, places, treatments and shares are no people."""
    assert [count.value for count in counts(text)] == expected


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("We enrolled 84 patients.", ["people"]),
        ("The sample size is 96.", ["n"]),
        ("Adults (n = 30) slept.", ["n"]),
        ("In all, 227 were randomised.", ["done"]),
        ("There were 40 patients on the drug and 42 received saline.", ["people", "parallel"]),
        ("Forty patients who slept and 16 who received saline woke.", ["people", "parallel"]),
        ("And 42 received saline.", []),
    ],
)
def test_a_count_tells_how_it_is_told(text: str, kinds: list[str]) -> None:
    """One in parallel to another needs that other before it."""
    assert [count.kind for count in counts(text)] == kinds


def test_a_count_knows_its_place_and_its_brackets() -> None:
    """It starts at the number, or at "n =", and ends after the people."""
    text = "We enrolled 40 old patients (12 women; placebo, n = 20)."
    found = counts(text)
    assert [text[count.start : count.end] for count in found] == ["40 old patients", "12 women", "n = 20"]
    assert [text[count.start : count.after] for count in found] == ["40", "12", "n = 20"]
    assert [count.depth for count in found] == [0, 1, 1]
