"""Where a sentence bends, and what belongs together in it."""

from __future__ import annotations

from itertools import groupby

import pytest

from harvest.tag.findings.clauses import REACH, Clauses
from harvest.tag.reading import Sentence, Span


def clauses(text: str, start: int = 0) -> Clauses:
    """The clauses of the sentence that begins there."""
    return Clauses(Sentence(1, text, start, len(text), "results"))


def place(text: str, word: str) -> Span:
    """Where the word stands."""
    start = text.index(word)
    return start, start + len(word)


@pytest.mark.parametrize(
    "parts",
    [
        ["Mood rose and sleep fell."],
        ["Mood rose", ", but sleep did not."],
        ["Mood rose", " whereas sleep did not."],
        ["Mood rose", "; sleep did not."],
        ["Mood rose", ": nobody fell."],
        ["Mood rose (ratio 1:2) in all but two."],
        ["Mood rose", ", with no fever."],
        ["Although mood rose", ", sleep did not."],
        ["Although mood rose", ", sleep fell", ", but later."],
    ],
)
def test_clauses_begin_at_stops_and_at_words_that_turn(parts: list[str]) -> None:
    """The comma before such a word belongs to its clause; one that yields ends where the main one begins."""
    text = "".join(parts)
    found = clauses(text)
    groups = groupby(range(len(text)), key=lambda at: found.at((at, at)))
    assert ["".join(text[at] for at in group) for _, group in groups] == parts


def test_only_the_sentence_is_cut() -> None:
    """Not what stands before it in its section."""
    text = "Weight fell; it did. Mood rose; sleep did not."
    found = clauses(text, text.index("Mood"))
    assert [found.at(place(text, word)) for word in ("Mood", "sleep")] == [0, 1]


def test_around_a_span_is_its_clause() -> None:
    """Up to the next one, and no farther than what may govern it."""
    text = "Mood rose, but sleep fell again; weight did not."
    found = clauses(text)
    assert found.around(1, place(text, "fell")) == (", but sleep ", " again")
    long = f"{'very ' * 50}ill{' indeed' * 50}"
    before, after = clauses(long).around(0, place(long, "ill"))
    assert (len(before), len(after)) == (REACH, REACH)


@pytest.mark.parametrize(
    ("text", "continued"),
    [
        ("Mood rose, but fell later.", {0, 1}),
        ("Mood rose, but they slept.", {0, 1}),
        ("Mood rose, whereas older patients fell.", {0, 1}),
        ("Mood rose, but fell later, but it rose again.", {0, 1, 2}),
        ("Mood rose, but sleep fell.", {0}),
    ],
)
def test_a_clause_without_a_subject_of_its_own_goes_on(text: str, continued: set[int]) -> None:
    """So does one of which a pronoun or another part of the same people is the subject."""
    assert clauses(text).continued({0}) == continued


@pytest.mark.parametrize(
    ("text", "word", "apart"),
    [
        ("Mood rose, but sleep fell.", "fell", True),
        ("Mood rose, but sleep fell.", "rose", False),
        ("Mood rose, but fell later.", "fell", False),
        ("Mood rose, with no relapse.", "relapse", False),
    ],
)
def test_a_clause_apart_is_about_something_else(text: str, word: str, apart: bool) -> None:
    """It does not name the effect, does not go on about it and does not hang on another."""
    found = clauses(text)
    assert found.apart(found.at(place(text, word)), [place(text, "Mood")]) is apart
    assert not found.apart(found.at(place(text, word)), [])


def test_spans_cut_out_their_text() -> None:
    """And what stands between two of them."""
    text = "Mood rose again."
    found = clauses(text)
    assert found.text(place(text, "rose")) == "rose"
    assert found.between(place(text, "Mood"), place(text, "again")) == " rose "
