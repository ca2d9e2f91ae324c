"""Several requests in flight, results one by one in the thread that asked."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TypeVar

from harvest.errors import SourceError

IN_FLIGHT = 6
"""Requests under way at a time: enough to use up NCBI's rate when it takes its time to answer."""

T = TypeVar("T")
R = TypeVar("R")


def in_flight(
    work: Callable[[T], R],
    items: Iterable[T],
    workers: int,
    begin: Callable[[R | SourceError], object] = lambda _: None,
) -> Iterator[tuple[T, R | SourceError]]:
    """Do the work on every item, on so many at a time, and yield each with its result or its error as it is done.

    Each result is begun with when it is taken, which is one ahead of the one that is yielded where it is there already;
    none is held back to wait for another.

    The workers are daemon threads: a program that is told to stop does not wait for answers that nobody reads. Whoever
    stops asking stops the work; no more than ``workers`` results wait to be taken, besides the one that was begun with.

    Raises:
        Exception: what the work raised, if that is no ``SourceError``.
    """
    waiting: queue.SimpleQueue[T] = queue.SimpleQueue()
    for item in items:
        waiting.put(item)
    count = waiting.qsize()
    done: queue.Queue[tuple[T, R | BaseException]] = queue.Queue(maxsize=workers)
    stop = threading.Event()
    for _ in range(min(workers, count)):
        threading.Thread(target=_serve, args=(work, waiting, done, stop), daemon=True).start()
    taken: deque[tuple[T, R | SourceError]] = deque()
    try:
        for _ in range(count):
            while not taken or (len(taken) == 1 and not done.empty()):
                item, result = done.get()
                if isinstance(result, BaseException) and not isinstance(result, SourceError):
                    raise result
                begin(result)
                taken.append((item, result))
            yield taken.popleft()
    finally:
        stop.set()
        _empty(done)


def _empty(done: queue.Queue[T]) -> None:
    """Make room, so that no worker waits for ever to hand over what nobody takes."""
    with suppress(queue.Empty):
        while True:
            done.get_nowait()


def _serve(
    work: Callable[[T], R],
    waiting: queue.SimpleQueue[T],
    done: queue.Queue[tuple[T, R | BaseException]],
    stop: threading.Event,
) -> None:
    """Work on what waits until nothing does, or until told to stop."""
    while not stop.is_set():
        try:
            item = waiting.get_nowait()
        except queue.Empty:
            return
        try:
            done.put((item, work(item)))
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that takes the result
            done.put((item, error))
