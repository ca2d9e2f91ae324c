"""One slip of the finger does not keep a word from being understood."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.catalogue.spelling import KNOWN, SHORTEST, corrected, spellings

WORDS = {"depression": 50, "cystitis": 9, "memory": 8, "pain": 70, "control": 40, "rare": 1}

LONG_WORDS = st.text(string.ascii_lowercase, min_size=SHORTEST + 1, max_size=14)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("depresion", "depression"),
        ("deppression", "depression"),
        ("deprassion", "depression"),
        ("derpession", "depression"),
        ("cysttis", "cystitis"),
        ("depression", None),
        ("dprsion", None),
        ("memori", "memory"),
        ("pian", None),
        ("xqzwy", None),
        ("d3pression", None),
    ],
)
def test_one_slip_is_forgiven(typed: str, meant: str | None) -> None:
    """A letter too few, too many, wrong, or two swapped; short words, known words and nonsense stand."""
    assert corrected(typed, WORDS) == meant


def test_of_several_words_the_commonest_was_meant() -> None:
    """And a word that some use is not taken for one that hardly more do."""
    assert corrected("stats", {"state": 4, "stars": 40}) == "stars"
    assert corrected("stats", {"stats": 2, "stars": 9}) is None
    assert corrected("stats", {"stats": 2, "stars": 10}) == "stars"
    assert corrected("stats", {"stats": KNOWN, "stars": 1000}) is None


@given(
    st.text(string.ascii_lowercase, min_size=SHORTEST + 1, max_size=14),
    st.data(),
    st.sampled_from(["drop", "add", "swap"]),
)
def test_any_slip_in_any_long_word_is_forgiven(word: str, data: st.DataObject, slip: str) -> None:
    """Wherever it happens."""
    at = data.draw(st.integers(0, len(word) - 2))
    letter = data.draw(st.sampled_from(string.ascii_lowercase))
    typed = {
        "drop": word[:at] + word[at + 1 :],
        "add": word[:at] + letter + word[at:],
        "swap": word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    }[slip]
    assert corrected(typed, {word: KNOWN}) == (None if typed == word else word)


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("behaviour", "behavior"),
        ("anaesthesia", "anesthesia"),
        ("oedema", "edema"),
        ("randomised", "randomized"),
        ("analyse", "analyze"),
        ("centre", "center"),
        ("programme", "program"),
        ("labelled", "labeled"),
    ],
)
def test_a_word_is_known_in_both_spellings(british: str, american: str) -> None:
    """The British one leads to the American one, and back."""
    assert american in spellings(british)
    assert british in spellings(american)


def test_short_words_have_one_spelling() -> None:
    """ "Or" is not "our"."""
    assert list(spellings("or")) == []
