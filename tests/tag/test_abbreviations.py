"""Abbreviations that a record defines."""

from __future__ import annotations

import pytest

from harvest.tag import abbreviations
from harvest.tag.terms import Lexicon

LEXICON = Lexicon({7: ["heart failure", "chronic heart failure"]})


def defined(text: str) -> dict[str, set[int]]:
    return abbreviations.defined(text, LEXICON.find(text))


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("Chronic heart failure (CHF) is common.", "CHF"),
        ("Patients with heart failure (HF; n = 3) came.", "HF"),
        ("In heart failure [HF], the heart fails.", "HF"),
        ("Two kinds of heart failure (HFs).", "HF"),
    ],
)
def test_an_abbreviation_in_brackets_after_a_phrase_stands_for_it(text: str, short: str) -> None:
    """In round or square brackets, alone or followed by more."""
    assert defined(text) == {short: {7}}


@pytest.mark.parametrize(
    "text",
    [
        "Heart failure (n = 3) was seen.",
        "Heart failure (XYZ) was seen.",
        "Heart failure (rare) was seen.",
        "Heart failure, a burden (HF), was seen.",
        "Heart failure scale (HFS) was used.",
        "No heart failure; then (HF) came.",
    ],
)
def test_other_brackets_define_nothing(text: str) -> None:
    """Letters that do not run through the words, ordinary words, and what does not follow the phrase at once."""
    assert defined(text) == {}


def test_every_whole_word_occurrence_is_a_mention() -> None:
    """Singular and plural, not inside another word."""
    text = "CHF, CHFs, (CHF) but not XCHF, CHFX or chf."
    hits = list(abbreviations.mentions(text, {"CHF": (7,)}))
    assert [text[start:end] for start, end, _ in hits] == ["CHF", "CHFs", "CHF"]
    assert hits[0] == (0, 3, (7,))
