"""How phrases are written and found."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.tag.terms import MOST_WORDS, Lexicon, check, words_of


def found(phrase: str, text: str) -> list[str]:
    return [text[start:end] for start, end, _ in Lexicon({0: [phrase]}).find(text)]


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
        ("(|severe )COPD", "severe COPD", ["severe COPD", "COPD"]),
        ("severe COPD", "Severe COPDs, severe copd", ["Severe COPDs"]),
        ("C-PTSD", "C-PTSD and CPTSD", ["C-PTSD", "CPTSD"]),
        ("(acute|chronic) (|renal) failure", "chronic failure", ["chronic failure"]),
        (
            "urinary (tract|) (|infection)",
            "urinary, urinary tract infections",
            ["urinary", "urinary", "urinary tract", "urinary tract infections"],
        ),
        ("i.v. drug", "an i.v. drug", ["i.v. drug"]),
        (
            "(|mild |very mild )(|chronic )pain",
            "very mild chronic pain",
            ["very mild chronic pain", "mild chronic pain", "chronic pain", "pain"],
        ),
        ("pain( relief| in (a|an))", "no pain relief", []),
        ("pain(| relief| at rest)", "pain relief", ["pain", "pain relief"]),
        ("(pre|post)natal (|care )unit", "prenatal care unit", ["prenatal care unit"]),
        ("healthy, young (man|men)", "healthy young men and healthy, young men", ["healthy, young men"]),
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
    assert sorted(label for *_, labels in lexicon.find("A stroke.") for label in labels) == [1, 2, 3]


@given(before=st.text(max_size=40), after=st.text(max_size=40))
def test_offsets_cut_the_phrase_out_of_any_text(before: str, after: str) -> None:
    """Whatever stands around it, in any script."""
    text = f"{before} Heart-Attack {after}"
    assert "Heart-Attack" in found("heart attack", text)


@given(st.text())
def test_words_keep_every_offset(text: str) -> None:
    """They stand in the text where their lengths, and one for each cut, say."""
    start = 0
    for word in words_of(text):
        assert text[start : start + len(word)] == word
        start += len(word) + 1
    assert start == len(text) + 1


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
        ("(a|b|c|d|e|f|g|h|i|j)(a|b|c|d|e|f|g|h|i|j)(a|b|c|d|e|f|g|h|i|j)(a|b|c|d|e|f|g|h|i|j)", "alternatives"),
        ("(|a) (|b)", "needs a word"),
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


def test_many_alternatives_in_a_row_cost_no_more_than_their_sum() -> None:
    """They are not written out: ten of each of six make a million forms."""
    ten = "(a|b|c|d|e|f|g|h|i|j)"
    started = time.process_time()
    assert found(" ".join([ten] * 6), "x a b c d e f y") == ["a b c d e f"]
    assert time.process_time() - started < 0.5


def test_what_was_read_before_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The words that are remembered are forgotten when they become too many."""
    monkeypatch.setattr("harvest.tag.terms.MOST_WORDS", 3)
    assert MOST_WORDS > 1000
    lexicon = Lexicon({0: ["heart attack", "infect* wound"]})
    for text in ("a b c d e f", "heart attack", "infected wound", "1 2 3 4", "heart attack", "infected wound"):
        hits = [text[start:end] for start, end, _ in lexicon.find(text)]
        assert hits == ([text] if text in ("heart attack", "infected wound") else [])


WORDS = ["heart", "attack", "attacks", "post", "operative", "postoperative", "COPD", "copd", "infected", "of", ",", "."]
PHRASES = [
    "heart attack",
    "post-operative (|heart )attack",
    "infect* (of|post) heart",
    "COPD",
    "(|of )(heart|COPD)",
    "of",
]


@given(st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join))
def test_the_automaton_finds_what_trying_every_form_finds(text: str) -> None:
    """By regular expressions of all forms, which share no code with it."""
    spelled = {
        "heart attack": "heart attacks?",
        "post-operative (|heart )attack": "post ?operative (?:heart )?attacks?",
        "infect* (of|post) heart": r"infect\w{0,40} (?:of|post) hearts?",
        "COPD": "(?-i:COPD)s?",
        "(|of )(heart|COPD)": "(?:of )?(?:hearts?|(?-i:COPD)s?)",
        "of": "ofs?",
    }
    expected = set()
    for number, phrase in enumerate(PHRASES):
        for start in range(len(text)):
            for end in range(start + 1, len(text) + 1):
                whole = (not start or text[start - 1] == " ") and (end == len(text) or not text[end].isalnum())
                if whole and re.fullmatch(spelled[phrase], text[start:end], re.IGNORECASE):
                    expected.add((start, end, number))
    lexicon = Lexicon({number: [phrase] for number, phrase in enumerate(PHRASES)})
    assert {(start, end, label) for start, end, labels in lexicon.find(text) for label in labels} == expected
