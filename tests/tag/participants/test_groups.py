"""How counts of people in one sentence stand to each other."""

from __future__ import annotations

import pytest

from harvest.tag.participants.counts import counts_in
from harvest.tag.participants.groups import groups_of, is_shared_out, runs, whole
from harvest.tag.reading import Sentence


def sentence(text: str) -> Sentence:
    return Sentence(1, text, 0, len(text), "methods")


@pytest.mark.parametrize(
    ("text", "all_", "parts"),
    [
        ("We studied 100 people: 51 users and 49 controls.", 100, [51, 49]),
        ("We saw 9 women, 130 volunteers, 60 smokers and 70 drinkers.", 130, [60, 70]),
        ("We saw 9 women, 5 men, 2 boys and 3 girls.", None, []),
        ("We studied 100 people and 49 controls.", None, []),
    ],
)
def test_one_count_may_be_the_whole_of_those_after_it(text: str, all_: int | None, parts: list[int]) -> None:
    """A small one that does not come first is so by chance."""
    found, rest = whole(counts_in(sentence(text)))
    assert (found.value if found else None, [count.value for count in rest]) == (all_, parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We compared 51 users with 49 controls.", [[51, 49]]),
        ("We compared 51 users (12 women) and 49 controls (10 women).", [[51, 49]]),
        ("Patients took the drug (n = 20), saline (n = 21) or nothing (n = 19).", [[20, 21, 19]]),
        ("We saw 40 patients who received the drug and 42 received saline.", [[40, 42]]),
        ("We enrolled 23 patients with asthma, and of these, 20 patients treated an attack.", [[23], [20]]),
        ("Of 60 patients 12 adults slept.", [[60], [12]]),
    ],
)
def test_counts_that_stand_side_by_side_make_a_run(text: str, expected: list[list[int]]) -> None:
    """A part in brackets is left out; those who were left are another run."""
    one = sentence(text)
    assert [[count.value for count in run] for run in runs(one, counts_in(one))] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We enrolled 50 adults.", 1),
        ("They made three groups of 20 patients each.", 3),
        ("They made 4 groups (n = 12).", 4),
        ("They were split into two arms of 42.", 2),
        ("In each group, 100 patients slept.", 2),
        ("We scanned 18 patients and an equal number of controls.", 2),
        ("We scanned 18 users and as many healthy volunteers.", 2),
        ("We scanned 18 patients and a number of rooms.", 1),
        ("We gave 23 volunteers each a drug.", 2),
        ("Then 23 volunteers each received both drugs.", 1),
        ("In two groups, 23 volunteers each received a drug.", 2),
    ],
)
def test_a_count_may_be_that_of_each_of_several_groups(text: str, expected: int) -> None:
    """Two where their number is not told, unless each of the people is meant."""
    one = sentence(text)
    assert groups_of(one, counts_in(one)[0]) == expected


def test_equal_parts_share_out_a_larger_count() -> None:
    """A count that does not go into another is no part of it."""
    all_, part = counts_in(sentence("We saw 150 adults (50 women)."))
    assert is_shared_out(part, [all_, part])
    assert not is_shared_out(all_, [all_, part])
    all_, part = counts_in(sentence("We saw 150 adults (40 women)."))
    assert not is_shared_out(part, [all_, part])
