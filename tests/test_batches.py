"""Values a batch at a time, and one ahead."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.batches import batches, one_ahead


@given(st.lists(st.integers()), st.integers(1, 5))
def test_batches_are_full_but_the_last_and_lose_nothing(values: list[int], size: int) -> None:
    """None is empty."""
    found = list(batches(values, size))
    assert [value for batch in found for value in batch] == values
    assert all(len(batch) == size for batch in found[:-1])
    assert all(found)


def test_each_value_comes_when_the_next_one_has_been_begun_with() -> None:
    """The last one has none to wait for."""
    begun: list[int] = []
    seen = [(value, list(begun)) for value in one_ahead([1, 2, 3], begun.append)]
    assert seen == [(1, [1, 2]), (2, [1, 2, 3]), (3, [1, 2, 3])]


def test_an_error_comes_after_the_values_before_it() -> None:
    """What was begun with is not lost."""

    def broken() -> Iterator[int]:
        yield 1
        yield 2
        raise ZeroDivisionError

    seen: list[int] = []
    with pytest.raises(ZeroDivisionError):
        seen.extend(one_ahead(broken(), lambda _: None))
    assert seen == [1, 2]
