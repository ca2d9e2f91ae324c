"""A harvest that is cut off at any moment, by a kill or by a full disk, and started again, loses nothing."""

from __future__ import annotations

import random
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.dumps import differences, logical_dump
from tests.large import EARLIEST, assert_sound, fresh_home, large_pubmed, program
from tests.pubmed import LocalPubMed

KILLS = 100
SEED = 20_261_122
STUDIES = 2_000

LATEST = {"discover": 8, "fetch": 30, "transaction": 20_000, "commit": 8, "between": 60}
"""The last event of each phase at which a harvest may be killed, some batches after its start."""

WEIGHTS = (10, 20, 50, 15, 15)

LOST = "nothing was lost"
ROOMS = ((0, "the space on its disk"), (200_000, LOST), (2_000_000, LOST), (6_000_000, LOST))
"""Bytes that a file may have, and what is said when one would need more."""


@pytest.fixture(scope="module")
def pubmed() -> Iterator[LocalPubMed]:
    """A local PubMed with the sample corpus and 2,000 studies more."""
    with large_pubmed(STUDIES) as running:
        yield running


class Lives:
    """Harvests that run until they are done or killed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def live(self, home: Path, phase: str = "between", number: int = 0) -> bool:
        """Harvest into a home until a moment, and say whether it was killed there; else it ended in success."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{phase} {number} {home}\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        assert code in (0, -9)
        return code == -9


@contextmanager
def lives(pubmed: LocalPubMed, home: Path) -> Iterator[Lives]:
    command = program(pubmed, "tests.killed", home)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Lives(process)


def moments() -> Iterator[tuple[str, int]]:
    """Phases and events, the same in every test run."""
    chance = random.Random(SEED)
    while True:
        [phase] = chance.choices(tuple(LATEST), WEIGHTS)
        yield phase, chance.randint(1, LATEST[phase])


@pytest.mark.slow
def test_a_harvest_killed_at_a_hundred_moments_ends_like_one_that_was_not(pubmed: LocalPubMed, tmp_path: Path) -> None:
    """Wherever SIGKILL strikes, the file is whole and the next run goes on; the last one leaves nothing different."""
    homes = (fresh_home(tmp_path / str(number), pubmed) for number in range(KILLS))
    killed, whole, home = Counter[str](), next(homes), next(homes)
    with lives(pubmed, whole) as harvests:
        assert not harvests.live(whole)
        expected = logical_dump(whole / "ketamine.db")
        assert len(expected["studies"]) > STUDIES
        for phase, number in moments():
            if harvests.live(home, phase, number):
                killed[phase] += 1
                print(f"killed at {phase} {number}")  # noqa: T201 - the log of a test that fails
                assert_sound(home / "ketamine.db")
            else:
                assert differences(logical_dump(home / "ketamine.db"), expected) == []
                home = next(homes)
            if killed.total() == KILLS:
                break
        assert not harvests.live(home)
    assert differences(logical_dump(home / "ketamine.db"), expected) == []
    assert set(killed) == set(LATEST)
    assert killed["transaction"] >= 25


@pytest.mark.slow
def test_a_disk_that_fills_ends_a_run_in_a_line_and_the_next_one_goes_on(pubmed: LocalPubMed, tmp_path: Path) -> None:
    """Exit code 1 and a sound file with what fitted, however full; with room again the harvest is complete."""
    home, whole = fresh_home(tmp_path / "home", pubmed), fresh_home(tmp_path / "whole", pubmed)
    for room, words in ROOMS:
        command = program(pubmed, "tests.unpaced", "--room", room, "--home", home, "run", "--since", EARLIEST)
        full = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (full.returncode, full.stdout) == (1, ""), full.stderr
        [line] = full.stderr.splitlines()
        assert line.startswith(f"harvest: {home / 'ketamine.db'}: ")
        assert words in line
        assert_sound(home / "ketamine.db")
    for folder in (home, whole):
        subprocess.run(program(pubmed, "tests.unpaced", "--home", folder, "run", "--since", EARLIEST), check=True)
    assert differences(logical_dump(home / "ketamine.db"), logical_dump(whole / "ketamine.db")) == []
