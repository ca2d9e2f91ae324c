"""Patterns that are tried only where one of their stems stands."""

from __future__ import annotations

import re

from harvest.tag.patterns import Guarded

RISES = Guarded("rise|rose", r"\b(?:rises?|rose)\b", re.IGNORECASE)


def test_it_is_found_where_the_pattern_is() -> None:
    """Anywhere, or at the start only."""
    assert RISES.holds("Mood rose.")
    assert not RISES.begins("Mood rose.")
    assert RISES.begins("Rose it did.")


def test_a_stem_is_not_enough() -> None:
    """It only promises that the pattern may be found; without one it is not looked for."""
    assert RISES.may_hold("PROSE")
    assert not RISES.holds("PROSE")
    assert not RISES.may_hold("Mood fell.")
    untried = Guarded("absent", "Mood")
    assert not untried.holds("Mood rose.")
    assert not untried.begins("Mood rose.")


def test_it_tells_where_in_a_part_of_the_text() -> None:
    """By offsets in the whole text."""
    text = "Mood rose, then rose again."
    assert RISES.span(text, 0, len(text)) == (5, 9)
    assert RISES.span(text, 6, len(text)) == (16, 20)
    assert RISES.span(text, 0, 8) is None
    assert RISES.starts(text, 0, len(text)) == [5, 16]
    assert RISES.starts(text, 0, 4) == []
