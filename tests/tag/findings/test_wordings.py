"""What the wordings of a sentence come to; in brackets here, with what each says: [rose=better].

Marked by "~" it is a relative one, by "!" one of the effect's own. The effect is the kidney's, the subject lithium.
"""

from __future__ import annotations

import re
from typing import cast

import pytest

from harvest.model import Finding
from harvest.tag.findings.clauses import Clauses
from harvest.tag.findings.turns import OWN, PLAIN, RELATIVE
from harvest.tag.findings.wordings import Word, come_to, concerning
from harvest.tag.reading import Sentence, Span
from harvest.tag.taxonomy import SUBJECT

RANKS = {"!": OWN, "=": PLAIN, "~": RELATIVE}
MARKED = re.compile(r"\[([^]]+?)([!=~])([a-z-]+)\]")


def places(pattern: str, text: str) -> list[Span]:
    return [found.span() for found in re.finditer(pattern, text, re.IGNORECASE)]


def read(marked: str) -> tuple[Sentence, Clauses, list[Word]]:
    """The sentence, its clauses and its words."""
    text = MARKED.sub(r"\1", marked)
    sentence = Sentence(1, text, 0, len(text), "results")
    sentence.signals[SUBJECT] = places("lithium", text)
    clauses = Clauses(sentence)
    words = []
    shift = 0
    for found in MARKED.finditer(marked):
        wording, rank, finding = found.groups()
        start = found.start() - shift
        span = start, start + len(wording)
        shift += len(found[0]) - len(wording)
        same = finding == "no-change" and wording.startswith(("no ", "not ", "un"))
        words.append(Word(clauses.at(span), span, RANKS[rank], cast("Finding", finding), same))
    return sentence, clauses, words


def said(marked: str) -> Finding | None:
    """What the words that concern the subject come to."""
    sentence, clauses, words = read(marked)
    return come_to(concerning(words, sentence), places("kidney|renal", sentence.source), clauses, sentence)[0]


@pytest.mark.parametrize(
    ("marked", "finding"),
    [
        ("Mood [improved=better] but not renal function.", "no-change"),
        ("Mood [improved=better], whereas the kidney did not.", "no-change"),
        ("Renal function [improved=better], whereas the kidney of others did not.", "mixed"),
    ],
)
def test_what_a_contrast_leaves_out_is_what_was_said_before_it(marked: str, finding: str) -> None:
    """It is the effect, or part of it, of which that does not hold."""
    assert said(marked) == finding


@pytest.mark.parametrize(
    ("marked", "finding"),
    [
        ("Kidney [damage=worse] was seen in daily but not in weekly users.", "mixed"),
        ("Kidney [damage=worse] was seen after ten years; a single year had no effect.", "mixed"),
        ("Kidney [damage=worse] was seen, though not in the lightest users.", "mixed"),
        ("Kidney [damage=worse] was seen in users but not in controls.", "worse"),
        ("Renal function [improved=better], whereas mood did not.", "better"),
    ],
)
def test_what_holds_of_part_of_them_is_mixed(marked: str, finding: str) -> None:
    """Of some people or doses and not of others; controls and other outcomes are no part of them."""
    assert said(marked) == finding


@pytest.mark.parametrize(
    ("marked", "finding"),
    [
        ("Magnesium attenuated lithium-induced kidney [damage=better].", "worse"),
        ("Magnesium protected from lithium, and renal function [improved=better].", "worse"),
        ("Magnesium prevented the kidney [damage=better] caused by lithium.", "worse"),
        ("Lithium prevented kidney [damage=better].", "better"),
        ("Lithium-induced changes in mood [improved=better] renal function.", "better"),
        ("In lithium-treated rats kidney [damage=better] was prevented.", "better"),
    ],
)
def test_what_is_done_against_harm_by_the_subject_shows_the_harm(marked: str, finding: str) -> None:
    """An antidote is good for the patient, but what it works against is what the subject did."""
    assert said(marked) == finding


@pytest.mark.parametrize(
    ("marked", "finding"),
    [
        ("Renal function [improved=better] in some and was [worse=worse] in others.", "mixed"),
        ("Renal function [improved=better] in men and was [unchanged=no-change] in women.", "mixed"),
        ("Renal function was [unchanged=no-change] at noon and [worse=worse] at night.", "mixed"),
        ("Renal function was [unchanged=no-change] and not [worse=no-change].", "no-change"),
    ],
)
def test_one_thing_here_and_another_there_is_mixed(marked: str, finding: str) -> None:
    """Even where one of them is no change."""
    assert said(marked) == finding


@pytest.mark.parametrize(
    ("marked", "finding"),
    [
        ("Renal function [improved=better], with [no difference=no-change] between men and women.", "better"),
        (
            "Renal function was [better=better], which was [unchanged=no-change] in those with and without fever.",
            "better",
        ),
        (
            "Kidney [damage=worse] was seen, and did [not differ=no-change] between patients with fever and rash.",
            "worse",
        ),
        ("Renal function did [not differ=no-change] between younger and older patients.", "no-change"),
        (
            "There was [no difference=no-change] in how renal function [improved=no-change] with lithium and placebo.",
            "no-change",
        ),
    ],
)
def test_that_men_and_women_fared_alike_does_not_say_how(marked: str, finding: str) -> None:
    """What is said of all of them is heard; where nothing else is said there was no change."""
    assert said(marked) == finding


@pytest.mark.parametrize(
    ("marked", "finding"),
    [
        ("Kidney [damage=worse] was [higher~better].", "worse"),
        ("Weight [increased~better] in all of them and renal function was [lower~worse].", "worse"),
        ("Weight was [lower~worse] in all of them and renal function [increased~better].", "better"),
        ("Mood [improved=better], whereas there was [damage=worse] to the kidney.", "worse"),
    ],
)
def test_a_plainer_nearer_or_naming_word_is_heard_before_others(marked: str, finding: str) -> None:
    """A relative one only where no plainer one speaks, and the one that stands nearest to the effect."""
    assert said(marked) == finding


def test_what_befell_another_arm_does_not_concern_the_subject() -> None:
    """Where a word holds of the subject's own."""
    sentence, _, words = read("It [rose=better] in the placebo group and [fell=worse] with lithium.")
    assert concerning(words, sentence) == words[1:]
    sentence, _, words = read("It [rose=better] in the placebo group and [fell=worse] later.")
    assert concerning(words, sentence) == words


def test_it_is_told_whether_the_effects_own_wordings_say_so() -> None:
    """They are heard before all others, where they stand together."""
    for marked, own in (
        ("The kidney [shrank!worse] and [glowed=better].", True),
        ("The kidney [glowed=worse].", False),
    ):
        sentence, clauses, words = read(marked)
        assert come_to(words, places("kidney", sentence.source), clauses, sentence) == ("worse", own)


def test_a_single_word_apart_from_the_effect_says_nothing_of_it() -> None:
    """It speaks of what its own clause names."""
    assert said("The kidney was looked at, yet mood [fell=worse].") is None
