"""Several requests in flight, results one by one in the thread that asked."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TypeVar

from harvest.errors import SourceError

IN_FLIGHT = 6
"""Requests under way at a time: enough to use up NCBI's rate when it takes its time to answer."""

T = TypeVar("T")
R = TypeVar("R")


def in_flight(
    work: Callable[[T], R],
    items: Sequence[T],
    workers: int,
    begin: Callable[[R | SourceError], object] = lambda _: None,
) -> Iterator[tuple[T, R | SourceError]]:
    """Do the work on every item, on so many at a time, and yield each with its result or its error as it is done.

    What is added to ``items`` while results are taken is worked on as well; no item is ``None``.

    Each result is begun with when it is taken, which is one ahead of the one that is yielded where it is there already;
    none is held back to wait for another.

    The workers are daemon threads: a program that is told to stop does not wait for answers that nobody reads. Whoever
    stops asking stops the work; no more than ``workers`` results wait to be taken, besides the one that was begun with.

    Raises:
        Exception: what the work raised, if that is no ``SourceError``.
    """
    waiting: queue.SimpleQueue[T | None] = queue.SimpleQueue()
    done: queue.Queue[tuple[T, R | BaseException]] = queue.Queue(maxsize=workers)
    taken: deque[tuple[T, R | SourceError]] = deque()
    given = told = 0
    try:
        while told < len(items):
            for item in items[given:]:
                waiting.put(item)
                if given < workers:
                    threading.Thread(target=_serve, args=(work, waiting, done), daemon=True).start()
                given += 1
            while not taken or (len(taken) == 1 and not done.empty()):
                item, result = done.get()
                if isinstance(result, BaseException) and not isinstance(result, SourceError):
                    raise result
                begin(result)
                taken.append((item, result))
            yield taken.popleft()
            told += 1
    finally:
        _empty(waiting)
        for _ in range(workers):
            waiting.put(None)
        _empty(done)  # so that no worker waits for ever to hand over what nobody takes


def _empty(values: queue.Queue[T] | queue.SimpleQueue[T]) -> None:
    with suppress(queue.Empty):
        while True:
            values.get_nowait()


def _serve(
    work: Callable[[T], R],
    waiting: queue.SimpleQueue[T | None],
    done: queue.Queue[tuple[T, R | BaseException]],
) -> None:
    """Work on what comes, until ``None`` does."""
    while (item := waiting.get()) is not None:
        try:
            done.put((item, work(item)))
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that takes the result
            done.put((item, error))
