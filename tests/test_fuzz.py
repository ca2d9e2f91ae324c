"""Damaged input by the thousand is read as far as it goes or refused: never a traceback, a hang, or half a study."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

INPUTS = {"feed": 2_000, "esearch": 7_000, "efetch": 4_000, "file": 5_000, "partly": 2_500}
SEED = 20261122
MINUTES = 5


@pytest.mark.slow
@pytest.mark.parametrize("kind", INPUTS)
def test_damaged_input_is_a_clean_record_or_a_clean_error(kind: str, tmp_path: Path) -> None:
    """Feeds, searches, records and files, damaged in every way; in 1 GiB of memory and 10 s for each (see fuzz.py)."""
    command = [sys.executable, "-m", "tests.fuzz", kind, str(SEED), str(INPUTS[kind]), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=MINUTES * 60)
    assert (done.returncode, done.stderr) == (0, "")


def test_there_are_enough_damaged_inputs() -> None:
    """Twenty thousand at least."""
    assert sum(INPUTS.values()) >= 20_000
