"""What all rows share: rounds in turn, fresh processes, ratios, and the figures that come of them."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Options:
    """What a row is measured on: how many ``records`` if not the row's own number, a folder of ``real`` ones, if any.

    ``large`` asks for sizes that take long to make.
    """

    records: int | None = None
    real: Path | None = None
    large: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, and the target, if there is one: the least or the most that it should be.

    ``detail`` is what the value was computed from.
    """

    what: str
    value: float
    unit: str
    least: float | None = None
    most: float | None = None
    detail: str = ""

    @property
    def said(self) -> str:
        """The value, with as many digits as mean something."""
        return f"{_number(self.value)} {self.unit}".strip()

    @property
    def target(self) -> str:
        """The target in words; empty where there is none."""
        if self.least is not None:
            return f"at least {_number(self.least)}"
        return f"at most {_number(self.most)}" if self.most is not None else ""

    @property
    def verdict(self) -> str:
        """Whether the target is met; empty where there is none."""
        if self.least is None and self.most is None:
            return ""
        above = self.least is None or self.value >= self.least
        below = self.most is None or self.value <= self.most
        return "met" if above and below else "**missed**"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def fresh(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What some work returns that is done in a process of its own, in which nothing was done and kept before.

    It is forked from one that has imported everything and done nothing, which is quicker than to import it again.
    """
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.bench.__main__"])
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(work, *args, **kwargs).result()


def in_turn(sides: Mapping[str, Callable[[int], float]], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """What each side took in each round: A B C, A B C ..., so that whatever slows the machine slows all of them.

    A side is given the number of the round, from 0.
    """
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(rounds):
        for name, work in sides.items():
            taken[name].append(work(number))
    return taken


def times_as_fast(one: Sequence[float], other: Sequence[float]) -> float:
    """How many times as fast one side was as the other: the median of the rounds."""
    return statistics.median(theirs / ours for ours, theirs in zip(one, other, strict=True))


def seconds(work: Callable[[], object]) -> float:
    """The seconds of a processor that some work takes in this process."""
    started = time.process_time()
    work()
    return time.process_time() - started


@dataclass(frozen=True, slots=True)
class Spent:
    """What a command and the processes that it started took: seconds of processors, seconds elapsed, MB at the most.

    ``memory`` is what all of them held together, ``largest`` what one of them held.
    """

    processor: float
    elapsed: float
    memory: float
    largest: float


def spent(command: Sequence[str]) -> Spent:
    """Run a command to its end; raises ``CalledProcessError`` where it fails."""
    told = subprocess.run([sys.executable, "-m", "tests.bench.spent", *command], stdout=subprocess.PIPE, check=True)
    return Spent(**json.loads(told.stdout))


def peak_memory() -> float:
    """The most MB that this process has held; of those that started it nothing, as ``getrusage`` would tell."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
