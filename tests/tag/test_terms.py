"""How phrases are written and found."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.tag.terms import Lexicon, check, fold


def found(phrase: str, text: str) -> list[str]:
    return [text[hit.start : hit.end] for hit in Lexicon({0: [phrase]}).find(text)]


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("heart attack", "Heart Attack", ["Heart Attack"]),
        ("heart attack", "two heart attacks", ["heart attacks"]),
        ("heart attack", "heart-attack", ["heart-attack"]),
        ("biopsy", "biopsies", ["biopsies"]),
        ("day", "days", ["days"]),
        ("crutch", "crutches", ["crutches"]),
        ("diabetes", "diabetes", ["diabetes"]),
        ("post-operative", "post-operative", ["post-operative"]),
        ("post-operative", "post operative", ["post operative"]),
        ("post-operative", "postoperative", ["postoperative"]),
        ("infect*", "reinfection of an infected wound", ["infected"]),
        ("infect* wound", "infected wounds", ["infected wounds"]),
        ("infect* (|of the )wound", "infection of the wound", ["infection of the wound"]),
        ("(acute|chronic) ulcer", "chronic ulcer", ["chronic ulcer"]),
        ("(|acute )ulcer", "an ulcer", ["ulcer"]),
        ("anaemia", "anemia", ["anemia"]),
        ("tumour", "tumors", ["tumors"]),
        ("randomised", "randomized", ["randomized"]),
        ("Alzheimer's disease", "Alzheimer’s disease", ["Alzheimer’s disease"]),
        ("COPD", "COPD and copd", ["COPD"]),
        ("COPD", "two COPDs", ["COPDs"]),
        ("(COPD|asthma)", "copd or Asthma", ["Asthma"]),
    ],
)
def test_a_phrase_is_found_in_the_forms_it_stands_for(phrase: str, text: str, expected: list[str]) -> None:
    """Case, number, hyphen, ending, alternative, spelling and apostrophe may differ, an abbreviation's capitals not."""
    assert found(phrase, text) == expected


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("art", "heart start"),
        ("heart attack", "heart. Attack"),
        ("heart attack", "heart, attack"),
        ("post-operative", "post, operative"),
        ("infect", "infection"),
        ("COPD", "Copd"),
    ],
)
def test_a_phrase_is_not_found_inside_words_or_across_punctuation(phrase: str, text: str) -> None:
    """Its words stand by themselves and next to each other."""
    assert found(phrase, text) == []


def test_a_phrase_tells_every_label_that_it_is_filed_under() -> None:
    """Two tags may share a phrase, and one may have several."""
    lexicon = Lexicon({1: ["stroke", "apoplexy"], 2: ["stroke"], 3: ["strok*"]})
    assert sorted(label for hit in lexicon.find("A stroke.") for label in hit.labels) == [1, 2, 3]


@given(before=st.text(max_size=40), after=st.text(max_size=40))
def test_offsets_cut_the_phrase_out_of_any_text(before: str, after: str) -> None:
    """Whatever stands around it, in any script."""
    text = f"{before} Heart-Attack {after}"
    assert "Heart-Attack" in found("heart attack", text)


@given(st.text())
def test_folding_keeps_every_offset(text: str) -> None:
    """Lower case may lengthen a letter (İ); the folded text is as long as the text all the same."""
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    ("phrase", "fault"),
    [
        ("", "needs a word"),
        ("(|)", "needs a word"),
        ("(a|b", "is not a word"),
        ("a|b", "is not a word"),
        ("((a|b) c|d)", "is not a word"),
        ("in*fect", "is not a word"),
        ("*", "is not a word"),
        ("wound ≥ 2", "is not a word"),
        ("(a|b|c|d|e|f|g|h|i|j) (a|b|c|d|e|f|g|h|i|j) (a|b|c|d|e|f|g|h|i|j) (a|b|c|d|e|f|g|h|i|j)", "alternatives"),
        ("a* b* c* d*", "more than 3 words with *"),
        ("a" * 81, "longer than 80 characters"),
    ],
)
def test_a_phrase_that_cannot_be_found_is_refused(phrase: str, fault: str) -> None:
    """With what is wrong with it."""
    assert fault in (check(phrase) or "")


@pytest.mark.parametrize("phrase", ["heart attack", "post-operative (|wound )infect*", "COPD", "C-reactive", "1-year"])
def test_a_phrase_that_can_be_found_is_accepted(phrase: str) -> None:
    """There is nothing wrong with it."""
    assert check(phrase) is None


@pytest.mark.parametrize("text", ["infect" * 20_000, "infected wound " * 8_000, "创" * 100_000, "7 " * 50_000])
def test_time_does_not_run_away_on_long_texts(text: str) -> None:
    """No ending backtracks: a hundred thousand characters take a fraction of a second."""
    lexicon = Lexicon({0: ["infect* wound", "infect* of* wound", "wound infect*"]})
    started = time.process_time()
    lexicon.find(text)
    assert time.process_time() - started < 2


def test_what_a_phrase_finds_is_never_longer_than_200_characters() -> None:
    """An endless word ends no phrase."""
    assert found("infect* wound", "infect" + "x" * 300 + " wound") == []
    assert found("infect*", "infect" + "x" * 300) == []
