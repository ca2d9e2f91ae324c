"""Numbers in words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.tag.spoken import SMALL, spoken

LOW = "one two three four five six seven eight nine ten eleven twelve"
TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
ROUND = "twenty thirty forty fifty sixty seventy eighty ninety"
ONES = ["", *f"{LOW} {TEENS}".split()]
TENS = ["", "", *ROUND.split()]


def said(number: int) -> str:
    """The number as it is spoken."""
    if number >= 1000:
        rest = number % 1000
        return f"{said(number // 1000)} thousand" + (f" {said(rest)}" if rest else "")
    if number >= 100:
        rest = number % 100
        return f"{ONES[number // 100]} hundred" + (f" and {said(rest)}" if rest else "")
    if number >= 20:
        return TENS[number // 10] + (f"-{ONES[number % 10]}" if number % 10 else "")
    return ONES[number]


@given(st.integers(1, 999_999))
def test_a_number_in_words_is_read_as_it_is_spoken(number: int) -> None:
    """Up to a million, with "and" after hundreds."""
    assert spoken(said(number)) == number


@pytest.mark.parametrize("number", range(1, 100))
def test_a_small_number_is_found_whole(number: int) -> None:
    """Not by its last word alone, whatever joins its words; what goes on as a word is none."""
    assert re.fullmatch(SMALL, said(number))
    assert re.fullmatch(SMALL, said(number).replace("-", " "))
    assert not re.fullmatch(SMALL, f"{said(number)}fold")


@pytest.mark.parametrize("text", ["", "6", "30th", "some"])
def test_what_says_no_number_is_nought(text: str) -> None:
    """Figures are read elsewhere."""
    assert spoken(text) == 0
