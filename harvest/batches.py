"""Values a batch at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batches(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """Values in their order, so many at a time; ``itertools.batched`` does it from Python 3.12 on."""
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch
