"""Processes of this machine that work for the one that writes, and end with it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any

from harvest.errors import SourceError


def processors() -> int:
    """How many processors this machine has."""
    return os.cpu_count() or 1


def pool(count: int, prepare: Callable[..., object] = bool, *what: Any) -> ProcessPoolExecutor:
    """So many processes, started as they are needed; each prepares itself for its work first."""
    # spawned: a fork would share the open database
    return ProcessPoolExecutor(count, multiprocessing.get_context("spawn"), _settle, (prepare, what))


@contextmanager
def killing_told() -> Iterator[None]:
    """Say in one line that a process is gone.

    Raises:
        SourceError: it is.
    """
    try:
        yield
    except BrokenProcessPool:
        raise SourceError("a worker was killed, for want of memory perhaps; the next call goes on from there") from None


def _settle(prepare: Callable[..., object], what: tuple[Any, ...]) -> None:
    """Let the writer alone decide when to end: by a signal, or by its own end, however sudden."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    writer = multiprocessing.parent_process()
    if writer is not None:
        threading.Thread(target=_follow, args=(writer.join,), daemon=True).start()
    prepare(*what)


def _follow(end: Callable[[], None]) -> None:
    end()
    os._exit(1)
