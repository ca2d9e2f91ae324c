"""Sentences and the roles that they play."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.model import Section
from harvest.tag import sentences
from harvest.tag.cues import Cue
from harvest.tag.sentences import LONGEST, Role


def split(text: str) -> list[str]:
    return [text[start:end].strip() for start, end in sentences.split(text)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two! Three? Four.", ["One.", "Two!", "Three?", "Four."]),
        ("Given (e.g. Monday) to all. Then stopped.", ["Given (e.g. Monday) to all.", "Then stopped."]),
        ("Drug vs. Placebo was tested.", ["Drug vs. Placebo was tested."]),
        ("Smith et al. Reported it.", ["Smith et al. Reported it."]),
        ("Work by J. Doe was read.", ["Work by J. Doe was read."]),
        ("It was 0.5 mg. That was little.", ["It was 0.5 mg.", "That was little."]),
        ('He said "no." She left.', ['He said "no."', "She left."]),
        ("It ended (P = 0.05). Then on.", ["It ended (P = 0.05).", "Then on."]),
        ("of the spray.Areas covered: all", ["of the spray.", "Areas covered: all"]),
        ("in six weeks RESULTS: It held.", ["in six weeks", "RESULTS: It held."]),
        ("第一句。第二句。", ["第一句。", "第二句。"]),
        ("no stop at all", ["no stop at all"]),
        ("", []),
    ],
)
def test_text_splits_where_a_reader_would(text: str, parts: list[str]) -> None:
    """Abbreviations, initials and decimals end no sentence; a label inside the text begins one."""
    assert split(text) == parts


@given(st.text(max_size=300))
def test_sentences_cover_every_word_in_order(text: str) -> None:
    """Nothing but white space lies outside them."""
    spans = list(sentences.split(text))
    assert "".join(text[start:end] for start, end in spans).split() == text.split()
    assert all(one[1] <= other[0] for one, other in pairwise(spans))


def test_an_endless_sentence_is_cut() -> None:
    """Work on one sentence is bounded, with blanks or without."""
    for text in ("word " * 2000, "x" * 5000):
        assert max(end - start for start, end in sentences.split(text)) <= LONGEST


@pytest.mark.parametrize(
    ("label", "category", "role"),
    [
        ("BACKGROUND", None, "background"),
        ("BACKGROUND AND AIMS", None, "background"),
        ("Objectives", None, "objective"),
        ("MATERIALS AND METHODS", None, "methods"),
        ("DESIGN, SETTING, AND PARTICIPANTS", None, "methods"),
        ("DATA SOURCES", None, "methods"),
        ("MAIN OUTCOMES AND MEASURES", None, "methods"),
        ("FINDINGS", None, "results"),
        ("CASE PRESENTATION", None, "results"),
        ("CONCLUSIONS AND RELEVANCE", None, "conclusion"),
        ("TRIAL REGISTRATION", None, "other"),
        ("LIMITATIONS", None, "other"),
        ("XYZZY", "RESULTS", "results"),
        (None, "CONCLUSIONS", "conclusion"),
        (None, "UNASSIGNED", None),
        (None, None, None),
    ],
)
def test_a_label_gives_the_role(label: str | None, category: str | None, role: Role | None) -> None:
    """The printed one first, NLM's category where that says nothing."""
    assert sentences.role_of(Section(1, label, category, "Text.")) == role


def test_an_abstract_without_labels_is_told_by_its_wording() -> None:
    """Background up to the aim, then what was done, found and concluded; what says nothing is a statement."""
    cues: list[set[Cue]] = [set(), {"elsewhere"}, {"objective"}, {"methods"}, {"results"}, set(), {"conclusion"}]
    roles = ["background", "background", "objective", "methods", "results", "statement", "conclusion"]
    assert sentences.roles_by_wording(cues) == roles


def test_an_abstract_that_states_no_aim_has_little_background() -> None:
    """Only its first sentence, if that is not already about the work."""
    assert sentences.roles_by_wording([set(), set(), set()]) == ["background", "statement", "statement"]
    assert sentences.roles_by_wording([{"methods"}, {"results"}]) == ["methods", "results"]


def test_a_conclusion_is_not_in_the_first_half() -> None:
    """A review that opens with what studies suggest concludes nothing yet."""
    assert sentences.roles_by_wording([{"conclusion"}, set(), set(), {"conclusion"}])[0] == "background"


def test_an_aim_in_a_background_section_is_an_objective() -> None:
    """And an ordinary sentence there stays background."""
    assert sentences.refined("background", {"objective"}, aims=True) == "objective"
    assert sentences.refined("background", set(), aims=True) == "background"


def test_an_objective_section_that_states_its_aim_has_background_around_it() -> None:
    """Where no sentence states the aim in so many words, all of it is the objective."""
    assert sentences.refined("objective", set(), aims=True) == "background"
    assert sentences.refined("objective", set(), aims=False) == "objective"


@pytest.mark.parametrize(
    ("sentence", "role"),
    [
        ("METHODS: We asked.", "methods"),
        ("Results Six studies were found.", "results"),
        ("Conclusions: It holds.", "conclusion"),
        ("Results were found.", None),
        ("NMDA: a receptor.", None),
    ],
)
def test_a_label_inside_the_text_gives_the_role(sentence: str, role: Role | None) -> None:
    """With a colon, or before a capital."""
    assert sentences.inline_role(sentence) == role


@pytest.mark.parametrize(
    ("sentence", "cited"),
    [
        ("Sample J, 31(4), 335-343.", True),
        ("Sample J 2020; 42: 2423.", True),
        ("It fell by 31 (4 to 50) points.", False),
        ("In 2020, 42 people came.", False),
    ],
)
def test_an_entry_of_a_list_of_references_is_known(sentence: str, cited: bool) -> None:
    """By volume, issue and pages."""
    assert sentences.cites(sentence) is cited
