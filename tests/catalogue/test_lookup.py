"""An address holds a search, and no address is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.catalogue.filters import Filters
from harvest.catalogue.lookup import LARGEST, LARGEST_NUMBER, SIZE, Lookup
from harvest.catalogue.query import LONGEST

FACETS = ("condition", "design")
NAMES = (
    *FACETS,
    *("q", "finding", "from", "to", "participants", "followup", "since", "level"),
    *("abstract", "retracted", "incidental", "sort", "page", "size", "other"),
)
VALUES = st.sampled_from(["", "0", "1", "7", "2020", "-3", "x", "hide", "worse", "entered", "rct", "²", "9" * 30])
ARGS = st.dictionaries(st.sampled_from(NAMES), st.lists(VALUES | st.text(max_size=5), max_size=3))


def read(address: str) -> Lookup:
    return Lookup.read(parse_qs(address, keep_blank_values=True), FACETS)


@given(ARGS)
def test_a_search_is_the_same_after_being_sent_to_a_friend(args: Mapping[str, Sequence[str]]) -> None:
    """Whatever its address said, the address made of it leads to the same search."""
    lookup = Lookup.read(args, FACETS)
    assert read(lookup.address) == lookup
    assert read(lookup.on_page(3).address).page == 3


def test_an_address_says_everything() -> None:
    """Words, what is ticked, bounds, switches, order and page."""
    address = (
        "q=pain+-rats&condition=mood&condition=sleep&design=rct&finding=worse&finding=no-change&from=2015&to=2020"
        "&participants=30&followup=28&since=90&abstract=1&retracted=hide&incidental=1&level=2&page=3&size=50&sort=entered"
    )
    lookup = read(address)
    assert lookup.text == "pain -rats"
    assert lookup.filters == Filters(
        ticked={"condition": ("mood", "sleep"), "design": ("rct",)},
        findings=("worse", "no-change"),
        year_from=2015,
        year_to=2020,
        participants=30,
        follow_up_days=28,
        entered_days=90,
        with_abstract=True,
        without_retracted=True,
        with_incidental=True,
    )
    assert (lookup.level, lookup.page, lookup.size, lookup.sort) == (2, 3, 50, "entered")
    assert lookup.address == address


def test_what_goes_without_saying_is_not_said() -> None:
    """A plain search has a plain address."""
    assert read("q=pain&page=1&size=20&sort=relevance&level=0&from=&condition=").address == "q=pain"
    assert Lookup().address == ""


@pytest.mark.parametrize(
    "address",
    [
        *("page=x", "page=0", "page=-1", "size=0", "from=soon", "sort=best"),
        *("finding=good", "level=%C2%B2", "abstract=yes", "design="),
    ],
)
def test_what_makes_no_sense_is_as_if_it_was_not_there(address: str) -> None:
    """Rather than an error."""
    assert read(address) == Lookup()


def test_numbers_and_texts_have_bounds() -> None:
    """However large they are."""
    lookup = read(f"size=999&page={'9' * 40}&participants={'9' * 40}&q={'x' * 5000}")
    assert lookup.size == LARGEST
    assert lookup.page == lookup.filters.participants == LARGEST_NUMBER
    assert len(lookup.text) == LONGEST
    assert SIZE < LARGEST


def test_of_a_thing_said_twice_the_last_counts() -> None:
    """Of a facet all values count, each once."""
    lookup = read("q=a&q=b&from=1&from=2&condition=mood&condition=mood&condition=pain")
    assert (lookup.text, lookup.filters.year_from) == ("b", 2)
    assert lookup.filters.ticked == {"condition": ("mood", "pain")}


def test_conditions_can_be_taken_away_one_by_one() -> None:
    """Then the others stand, and the first page is shown."""
    lookup = read("q=pain&condition=mood&condition=sleep&from=2015&retracted=hide&level=2&sort=entered&page=4")
    assert lookup.conditions == [
        ("condition", "mood"),
        ("condition", "sleep"),
        ("from", "2015"),
        ("retracted", "hide"),
        ("level", "2"),
    ]
    without = lookup.without("condition", "mood")
    assert without.address == "q=pain&condition=sleep&from=2015&retracted=hide&level=2&sort=entered"
    for name, value in lookup.conditions:
        lookup = lookup.without(name, value)
    assert lookup.address == "q=pain&sort=entered"


def test_size_is_kept_when_a_condition_goes() -> None:
    """As is all that is no condition."""
    assert read("size=50&from=2015").without("from", "2015").address == "size=50"
