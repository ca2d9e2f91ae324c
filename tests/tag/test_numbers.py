"""The figures of which a text tells its numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.tag import sentences
from harvest.tag.numbers import LONGEST_EVIDENCE, evidence, figures, figures_between, has
from harvest.tag.reading import Sentence


def values(text: str) -> list[float]:
    return [value for value, _, _, _ in figures(text, 0, len(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We enrolled 84 patients.", [84]),
        ("It took 0.5 to 2.25 hours.", [0.5, 2.25]),
        ("A total of 1,036 women and 11 938 men.", [1036, 11938]),
        ("Doses of 0·5 mg.", [0.5]),
        ("Thirty-five men and one hundred and eight women.", [35, 108]),
        ("Twelve hundred forms.", [1200]),
        ("After three and six months.", [3, 6]),
        ("On the third day and the 14th.", [3, 14]),
        ("On POD3 and PPD42.", [3, 42]),
        ("The receptor GluN2B, and CD4 cells.", []),
        ("Someone attended often.", []),
    ],
)
def test_numbers_are_found_in_figures_and_words(text: str, expected: list[float]) -> None:
    """With commas or blanks between thousands; digits that go on a word are none."""
    assert values(text) == expected


def test_a_word_for_a_rank_is_told_from_a_number() -> None:
    """Digits are no rank by themselves, whatever ends them."""
    text = "The third of 3 doses, then the 14th."
    assert [rank for _, _, _, rank in figures(text, 0, len(text))] == [True, False, False]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They slept. Twenty-one woke. Two left.", [[], [21], [2]]),
        ("One/two of them slept. One woke.", [[], [1]]),
    ],
)
def test_each_sentence_has_its_own_figures(text: str, expected: list[list[float]]) -> None:
    """The same as if it stood alone."""
    found = [figures(text, *span) for span in sentences.split(text)]
    assert [[value for value, _, _, _ in one] for one in found] == expected
    assert found == [figures_between(text, *span) for span in sentences.split(text)]


@given(st.text(st.sampled_from("19,. -twohundredandthird"), max_size=200))
def test_figures_stand_in_order_where_they_say(text: str) -> None:
    """None over another."""
    found = figures(text, 0, len(text))
    places = [place for _, start, end, _ in found for place in (start, end)]
    assert places == sorted(places)
    assert all(0 <= start < end <= len(text) for _, start, end, _ in found)


def test_a_text_has_any_of_the_parts_or_none() -> None:
    """Of no parts it has none."""
    assert has("in each group", ("every", "each"))
    assert not has("in both groups", ("every", "each"))
    assert not has("in both groups", ())


def test_evidence_is_cut_from_the_section_and_never_too_long() -> None:
    """It keeps its place."""
    text = "We enrolled 84 patients" + " and more" * LONGEST_EVIDENCE
    sentence = Sentence(2, text, 0, len(text), "methods")
    short, long = evidence(sentence, 12, 23), evidence(sentence, 12, len(text))
    assert (short.phrase, short.section, short.start, short.end) == ("84 patients", 2, 12, 23)
    assert long.phrase == text[12 : 12 + LONGEST_EVIDENCE]
