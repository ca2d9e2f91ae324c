from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.bench.measure import Figure, fresh, in_turn, peak_memory, spent, times_as_fast
from tests.pubmed.rate import most_in_a_second


def test_sides_are_measured_in_turn() -> None:
    """A B, A B: a slow minute of the machine is shared."""
    order: list[str] = []

    def side(name: str, number: int) -> float:
        order.append(f"{name}{number}")
        return number + 1.0

    taken = in_turn({"a": lambda number: side("a", number), "b": lambda number: side("b", number)}, rounds=2)
    assert order == ["a0", "b0", "a1", "b1"]
    assert taken == {"a": [1.0, 2.0], "b": [1.0, 2.0]}


def test_a_ratio_is_the_median_of_the_rounds() -> None:
    """Not that of sums or of medians: a round that went wrong for one side counts no more than another."""
    assert times_as_fast([1.0, 1.0, 1.0], [2.0, 3.0, 100.0]) == 3.0


def test_fresh_work_is_done_in_another_process() -> None:
    """So that nothing that it keeps helps the next round."""
    assert fresh(os.getpid) != os.getpid()


def test_a_command_is_charged_with_its_own_time_and_memory() -> None:
    """Of the processor, not of waiting; and not with the memory of whoever measures."""
    held = bytearray(300_000_000)
    waiting = spent([sys.executable, "-c", "import time; time.sleep(0.3)"])
    holding = spent([sys.executable, "-c", "held = bytearray(100_000_000)"])
    assert waiting.elapsed > 0.3 > waiting.processor
    assert 100 > waiting.memory > 5
    assert holding.memory > waiting.memory + 90
    del held


def test_the_processes_that_a_command_starts_are_charged_to_it() -> None:
    """Their memory together with its own."""
    worker = "import time; held = bytearray(100_000_000); sum(range(10_000_000)); time.sleep(1.5)"
    both = (
        f"import subprocess, sys; other = subprocess.Popen([sys.executable, '-c', {worker!r}]); {worker}; other.wait()"
    )
    one, two = spent([sys.executable, "-c", worker]), spent([sys.executable, "-c", both])
    assert two.memory > one.memory + 90
    assert two.processor > 1.3 * one.processor


def test_a_command_that_fails_is_no_measurement() -> None:
    """It may have been quick for that reason."""
    with pytest.raises(subprocess.CalledProcessError, match="status 3"):
        spent([sys.executable, "-c", "raise SystemExit(3)"])


def test_the_most_memory_is_that_of_a_process_itself() -> None:
    """Also when what was held is gone; of the process that started it nothing is told."""
    held = bytearray(300_000_000)
    del held
    assert peak_memory() > 300 > fresh(peak_memory)


@pytest.mark.parametrize(
    ("figure", "target", "verdict"),
    [
        (Figure("a", 3.5, "x", least=3.5), "at least 3.5", "met"),
        (Figure("a", 3.4, "x", least=3.5), "at least 3.5", "**missed**"),
        (Figure("a", 30.0, "ms", most=30), "at most 30", "met"),
        (Figure("a", 30.1, "ms", most=30), "at most 30", "**missed**"),
        (Figure("a", 1.0, "s"), "", ""),
    ],
)
def test_a_target_is_met_or_missed(figure: Figure, target: str, verdict: str) -> None:
    """The limit itself meets it."""
    assert (figure.target, figure.verdict) == (target, verdict)


def test_values_have_as_many_digits_as_mean_something() -> None:
    """Three, or all before the point."""
    values = (0.4567, 3.14159, 12345.6)
    assert [Figure("a", value, "s").said for value in values] == ["0.457 s", "3.14 s", "12,346 s"]


def test_the_busiest_second_may_begin_at_any_request() -> None:
    """Not only at full seconds; one that comes a second later belongs to the next."""
    assert most_in_a_second([0.0, 0.9, 1.0, 1.5, 1.8, 2.5]) == 4
    assert most_in_a_second([0.0, 1.0]) == 1
