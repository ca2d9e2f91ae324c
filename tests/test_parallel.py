"""Several requests in flight: every item is done once, in whatever order, and errors find their way."""

from __future__ import annotations

import threading
import time
from collections import Counter
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvest.errors import PayloadError, SourceError, TransportError
from harvest.parallel import in_flight


def new_threads(before: set[threading.Thread]) -> set[threading.Thread]:
    return set(threading.enumerate()) - before


def wait_for_end(before: set[threading.Thread]) -> bool:
    """Whether the threads that were started since come to their end within two seconds."""
    deadline = time.monotonic() + 2
    while new_threads(before) and time.monotonic() < deadline:
        time.sleep(0.005)
    return not new_threads(before)


@settings(max_examples=60)
@given(st.lists(st.integers(-5, 5), max_size=30), st.integers(1, 8))
def test_every_item_comes_back_once_with_its_own_result_or_error(items: list[int], workers: int) -> None:
    """Whatever the number of items and of workers; an error of a source is the result of its item alone."""

    def work(item: int) -> int:
        if item < 0:
            raise TransportError(f"no {item}")
        return item * 2

    results = list(in_flight(work, items, workers))
    assert Counter(item for item, _ in results) == Counter(items)
    for item, result in results:
        if item < 0:
            assert isinstance(result, TransportError)
            assert str(result) == f"no {item}"
        else:
            assert result == item * 2


def test_so_many_items_are_worked_on_at_a_time() -> None:
    """Three workers meet at a barrier for three, and no fourth item is begun meanwhile."""
    together = threading.Barrier(3)
    lock = threading.Lock()
    under_way, most = 0, 0

    def work(item: int) -> int:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        together.wait(timeout=5)
        with lock:
            under_way -= 1
        return item

    assert sorted(item for item, _ in in_flight(work, range(9), 3)) == list(range(9))
    assert most == 3


def test_what_is_done_first_is_told_first() -> None:
    """A slow answer does not hold up the others."""
    release = threading.Event()

    def work(item: int) -> int:
        if item == 0:
            release.wait(5)
        return item

    results = in_flight(work, range(4), 2)
    assert sorted(item for item, _ in islice(results, 3)) == [1, 2, 3]
    release.set()
    assert [item for item, _ in results] == [0]


@pytest.mark.parametrize("error", [ZeroDivisionError("bug"), KeyboardInterrupt()])
def test_an_error_that_is_no_sources_is_raised(error: BaseException) -> None:
    """A bug is not taken for an answer that did not come, and the work ends."""
    before = set(threading.enumerate())

    def work(item: int) -> int:
        raise error

    with pytest.raises(type(error)):
        list(in_flight(work, range(50), 3))
    assert wait_for_end(before)


def test_whoever_stops_asking_stops_the_work() -> None:
    """After the first result nothing new is begun, and no thread is left waiting to hand over what nobody takes."""
    before = set(threading.enumerate())
    begun = []

    def work(item: int) -> int:
        begun.append(item)
        return item

    results = in_flight(work, range(1_000), 3)
    next(iter(results))
    while len(begun) < 7:  # three results wait, and each of three workers holds one more
        time.sleep(0.001)
    results.close()  # type: ignore[attr-defined]  # an iterator that is a generator
    assert wait_for_end(before)
    assert len(begun) < 12


def test_no_more_results_wait_than_there_are_workers() -> None:
    """A store that is slow to write holds up the requests, so that memory stays bounded."""
    begun = []

    def work(item: int) -> int:
        begun.append(item)
        return item

    results = in_flight(work, range(100), 4)
    next(iter(results))
    time.sleep(0.1)
    assert len(begun) <= 2 + 4 + 4
    assert len(list(results)) == 99


def test_a_result_that_is_there_is_begun_with_before_its_turn() -> None:
    """The next one, and no more than that."""
    begun: list[int | SourceError] = []
    results = in_flight(int, range(9), 4, begun.append)
    next(results)
    for taken in range(2, 9):
        time.sleep(0.05)  # time enough for the workers to have the next one ready
        next(results)
        assert len(begun) == taken + 1
    assert len(list(results)) == 1
    assert sorted(map(int, map(str, begun))) == list(range(9))


def test_no_result_is_held_back_for_one_that_is_to_come() -> None:
    """What has arrived is stored while the next answer stalls."""
    release = threading.Event()

    def work(item: int) -> int:
        if item:
            release.wait(5)
        return item

    results = in_flight(work, range(2), 2, lambda _: None)
    assert next(results) == (0, 0)
    assert not release.is_set()
    release.set()
    assert list(results) == [(1, 1)]


def test_what_is_added_meanwhile_is_worked_on_too() -> None:
    """An answer may tell what else to ask; as many items as workers or more may come of it, or none."""
    items = [7]
    for item, _ in in_flight(str, items, 3):
        items += range(item)
    assert len(items) == 2**7


def test_what_is_added_does_not_wait_for_what_was_there() -> None:
    """A slow answer does not hold up what a quick one gave rise to."""
    added = threading.Event()

    def work(item: str) -> bool:
        if item == "slow":
            return added.wait(5)
        if item == "added":
            added.set()
        return True

    items = ["slow", "quick"]
    for item, result in in_flight(work, items, 2):
        assert result is True
        if item == "quick":
            items.append("added")
    assert len(items) == 3


def test_no_items_are_no_work() -> None:
    """No thread is started for nothing."""
    before = set(threading.enumerate())
    assert list(in_flight(str, [], 6)) == []
    assert not new_threads(before)


@pytest.mark.parametrize("error", [SourceError("a"), PayloadError("b"), TransportError("c")])
def test_every_kind_of_source_error_is_a_result(error: SourceError) -> None:
    """The caller decides what it means."""

    def work(item: int) -> int:
        raise error

    assert list(in_flight(work, [1], 1)) == [(1, error)]
