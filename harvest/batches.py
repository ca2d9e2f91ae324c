"""Values a batch at a time, and one ahead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batches(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """Values in their order, so many at a time; ``itertools.batched`` does it from Python 3.12 on."""
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch


def one_ahead(values: Iterable[T], begin: Callable[[T], object]) -> Iterator[T]:
    """Values in their order, each when the next one has been begun with, so that two are worked on at a time.

    Where the values break off with an error it comes after the last of them.
    """
    waiting: list[T] = []
    try:
        for value in values:
            begin(value)
            yield from waiting
            waiting = [value]
    except Exception:
        yield from waiting
        raise
    yield from waiting
