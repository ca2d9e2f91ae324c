"""Points are added up for all studies at once as they would be one by one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harvest.catalogue.tally import Tally

STUDIES = 12
SET = st.integers(0, (1 << STUDIES) - 1)
GIVEN = st.lists(st.tuples(SET, st.integers(1, 40)), max_size=8)


def totals(given_: list[tuple[int, int]]) -> list[int]:
    return [sum(points for studies, points in given_ if studies >> place & 1) for place in range(STUDIES)]


def tally_of(given_: list[tuple[int, int]]) -> Tally:
    tally = Tally()
    for studies, points in given_:
        tally.add(studies, points)
    return tally


@given(GIVEN, st.integers(1, 200))
def test_who_has_so_many_points_is_told(given_: list[tuple[int, int]], points: int) -> None:
    """And how many the study with most has."""
    expected = totals(given_)
    found = tally_of(given_).at_least(points)
    assert [place for place in range(STUDIES) if found >> place & 1] == [
        place for place, total in enumerate(expected) if total >= points
    ]
    assert tally_of(given_).most() == max(expected)


@given(GIVEN, SET, st.integers(0, STUDIES + 2))
def test_those_with_most_points_are_found(given_: list[tuple[int, int]], among: int, count: int) -> None:
    """Among some studies; of equals the last."""
    expected = totals(given_)
    inside = [place for place in range(STUDIES) if among >> place & 1]
    best = sorted(inside, key=lambda place: (expected[place], place), reverse=True)[:count]
    assert tally_of(given_).highest(among, count) == sum(1 << place for place in best)


def test_points_can_be_given_to_none() -> None:
    """Then nobody has any."""
    assert tally_of([]).most() == tally_of([(0, 5)]).most() == 0
    assert tally_of([]).at_least(1) == 0
