"""What a wording says under what governs it; in brackets here, in a clause of its own."""

from __future__ import annotations

import re

import pytest

from harvest.model import Finding
from harvest.tag.findings.turns import OWN, PLAIN, RELATIVE, denies, may_deny, past_contrast, turned


def told(clause: str, finding: Finding, rank: int = PLAIN) -> Finding:
    """What the wording in brackets, which by itself tells the finding, says."""
    before, wording, after = re.split(r"[\[\]]", clause)
    return turned(finding, rank, wording, before, after)


@pytest.mark.parametrize(
    "clause",
    [
        "Kidney [damage] was not observed.",
        "Kidney [damage] scores remained stable.",
        "None of the patients showed kidney [damage].",
        "Fever, kidney [damage] and rash were rare.",
        "Kidney [damage] seemed to be extremely rare.",
        "There was a low risk of kidney [damage].",
        "The risk of kidney [damage] is very low.",
        "Kidney [damage] scores remained low.",
        "There was minimal risk for kidney [damage].",
        "There was fever in most and kidney [damage] in none.",
        "No event was adjudicated as kidney [damage].",
        "Nobody was found to have kidney [damage].",
        "Of ten patients not a single one was left with kidney [damage].",
        "Of nine patients none, including the eldest, had kidney [damage].",
        "Fever was no problem, nor was kidney [damage] more often seen.",
        "There was nothing to suggest that lithium [harms] the kidney.",
        "We could not confirm that lithium [harms] the kidney.",
        "Kidney [damage] was no more frequent than in controls.",
        "Kidney [damage] was neither more frequent nor heavier.",
        "Kidney [damage] was similar in both groups.",
        "Kidney [damage] was equally frequent in both groups.",
        "Kidney [damage] was rarely seen.",
        "The dose was insufficient to [damage] the kidney.",
        "Kidney [damage] was named twice, below the threshold of a signal.",
    ],
)
def test_harm_denied_is_no_change(clause: str) -> None:
    """Whether the denial stands before it or after it."""
    assert told(clause, "worse") == "no-change"


@pytest.mark.parametrize(
    "clause",
    [
        "It showed that lithium [harms] the kidney.",
        "All but two had kidney [damage].",
        "Adult but not young rats had kidney [damage].",
        "Kidney [damage] was seen in more than 3 patients.",
    ],
)
def test_harm_that_nothing_governs_is_harm(clause: str) -> None:
    """An exception, others or a count beside it deny nothing."""
    assert told(clause, "worse") == "worse"


@pytest.mark.parametrize(
    ("clause", "finding"),
    [
        ("Lithium did not [improve] renal function.", "no-change"),
        ("Renal function [improved] to the same extent with placebo.", "no-change"),
        ("[Better] renal function may be due to practice.", "no-change"),
        ("No patient died and renal function [improved].", "better"),
    ],
)
def test_improvement_denied_or_explained_is_no_change(clause: str, finding: str) -> None:
    """A denial of what stands before "and" is none of it."""
    assert told(clause, "better") == finding


@pytest.mark.parametrize(
    ("clause", "by_itself", "finding"),
    [
        ("Renal function [improved] (p = 0.21).", "better", "no-change"),
        ("Renal function [improved] (p = 0.02).", "better", "better"),
        ("Kidney [damage] was found (odds ratio 1.2, 95% CI 0.8 to 1.9).", "worse", "no-change"),
        ("Kidney [damage] was found (odds ratio 2.2, 95% CI 1.2 to 3.9).", "worse", "worse"),
        ("Renal function [improved] (difference 3.1, 95% CI -1.2 to 7.4).", "better", "no-change"),
        ("Renal function [improved] (difference 3.1, 95% CI 1.2 to 5.0).", "better", "better"),
        (
            "Renal function [improved] by 1.4 and by 1.3 with placebo (difference 0.1, 95% CI -0.4 to 0.6).",
            "better",
            "no-change",
        ),
        ("Renal function [improved] (n = 20).", "better", "better"),
    ],
)
def test_what_may_be_chance_is_no_change(clause: str, by_itself: Finding, finding: str) -> None:
    """By the probability, or by limits between which there is no difference."""
    assert told(clause, by_itself) == finding


@pytest.mark.parametrize(
    "clause",
    [
        "Kidney [damage] waned.",
        "Lithium prevented kidney [damage].",
        "Kidney [damage] was significantly reduced.",
        "Lithium prevented fever, rash and kidney [damage].",
    ],
)
def test_less_of_harm_is_an_improvement(clause: str) -> None:
    """Whether that is told before it or after it."""
    assert told(clause, "worse") == "better"


@pytest.mark.parametrize(
    ("clause", "finding"),
    [
        ("Kidney [damage] was seen in 12% on lithium and in 30% on placebo.", "better"),
        ("Kidney [damage] was seen in 30% on lithium and in 12% on placebo.", "worse"),
        ("Kidney [damage] was seen in 30% on placebo and in 12% on lithium.", "better"),
        ("Kidney [damage] was seen in 12% of controls and in 30% on lithium.", "worse"),
        ("Kidney [damage] was seen in 12% vs. 30%.", "better"),
        ("Kidney [damage] was seen in 30% vs. 12%.", "worse"),
        ("Kidney [damage] was seen in 12% at first and in 30% later.", "worse"),
        ("Kidney [damage] was seen in 12% (95% CI 3 to 21) of those on placebo.", "worse"),
        ("Kidney [damage] was seen in 12%.", "worse"),
        ("Controls had 30% and those on lithium 12% of kidney [damage].", "better"),
        ("The [lower renal function] was seen in 12% on lithium and in 30% on placebo.", "worse"),
    ],
)
def test_harm_that_the_controls_had_more_often_is_an_improvement(clause: str, finding: str) -> None:
    """By the rates of both, unless they count a loss; two side by side begin with that of the subject."""
    assert told(clause, "worse") == finding


@pytest.mark.parametrize(
    ("clause", "finding"),
    [
        ("Renal function [higher] than 60 was the rule.", "unclear"),
        ("Renal function was [higher] than before.", "better"),
        ("It helped, but [less] so the kidney.", "unclear"),
        ("The [lower] limbs and the kidney were looked at.", "unclear"),
        ("Six or [higher] on the kidney scale was looked for.", "unclear"),
    ],
)
def test_a_threshold_or_a_place_tells_nothing(clause: str, finding: str) -> None:
    """More of something than a number tells how it was counted."""
    assert told(clause, "better", RELATIVE) == finding


@pytest.mark.parametrize(
    "clause",
    [
        "[Worse] baseline renal function was common.",
        "Kidney [damage] was transient.",
        "There was transient kidney [damage].",
        "Renal function was [worse] only transiently.",
    ],
)
def test_harm_at_first_or_for_a_short_time_tells_nothing(clause: str) -> None:
    """What was there before is no finding, and what passes is no lasting harm."""
    assert told(clause, "worse") == "unclear"


def test_few_tell_of_no_wording_of_the_effects_own() -> None:
    """Whether that is few depends on what it is."""
    assert told("Only two had a [goitre].", "worse", OWN) == "unclear"
    assert told("Two had a [goitre].", "worse", OWN) == "worse"
    assert told("Only two had [damage].", "worse") == "worse"


def test_the_effects_own_wordings_are_taken_at_their_word() -> None:
    """They name lasting harm whatever is said of its time or of chance; their improvement is missed where denied."""
    assert told("A [goitre] was transient.", "worse", OWN) == "worse"
    assert told("A [goitre] was seen (p = 0.21).", "worse", OWN) == "worse"
    assert told("There was no [euthyroid state].", "better", OWN) == "worse"


def test_less_of_something_else_turns_no_relative_wording() -> None:
    """Only harm named as such can be lessened."""
    assert told("Lithium reduced mood and the thyroid [increased].", "worse", RELATIVE) == "worse"
    assert told("Lithium reduced mood and the thyroid [damage].", "worse", PLAIN) == "better"


def test_a_mention_may_be_denied() -> None:
    """But that nobody looked is no absence."""
    assert denies("Without an instance of ")
    assert not denies("No trial of ")
    assert not denies("An instance of ")


def test_a_cheap_look_promises_a_denial() -> None:
    """Where there is none, none is found; the reverse does not hold."""
    assert may_deny("No trial of ")
    assert not may_deny("An instance of ")


def test_a_contrast_of_people_denies_nothing_of_the_first() -> None:
    """That A but not B harms says of A that it harms."""
    before = "Daily but not weekly use "
    assert turned("worse", PLAIN, "harms", before, " the kidney.") == "no-change"
    assert turned("worse", PLAIN, "harms", past_contrast(before), " the kidney.") == "worse"
