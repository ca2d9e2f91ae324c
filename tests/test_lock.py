"""One writer to a home at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from harvest.errors import LockedError, StoreError
from harvest.lock import writing_to
from tests.fakes import HOLD


def test_a_second_writer_learns_at_once_who_holds_the_home(tmp_path: Path) -> None:
    """The lock is held by another process; the error names it, and it is free when that one is gone."""
    database = tmp_path / "x.db"
    command = [sys.executable, "-c", HOLD, str(database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(LockedError, match=f"process {holder.pid} is writing"), writing_to(database):
            pass
        holder.kill()
    with writing_to(database):
        pass


def test_a_home_that_cannot_be_written_to_is_said_to_be_so(tmp_path: Path) -> None:
    """Here a folder stands where the lock should be; one line, no traceback."""
    (tmp_path / "x.db.lock").mkdir()
    with pytest.raises(StoreError, match=r"x\.db: cannot be written"), writing_to(tmp_path / "x.db"):
        pass


def test_the_lock_is_free_again_after_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed run does not lock out the next one, even while its process lives and its lock is not yet collected."""
    kept: list[FileLock] = []

    def keeping(path: Path) -> FileLock:
        kept.append(FileLock(path))
        return kept[-1]

    monkeypatch.setattr("harvest.lock.FileLock", keeping)
    with pytest.raises(ZeroDivisionError), writing_to(tmp_path / "x.db"):
        raise ZeroDivisionError
    command = [sys.executable, "-c", HOLD, str(tmp_path / "x.db")]
    other = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert (other.stdout, other.stderr) == ("held\n", "")
    assert len(kept) == 1
