"""The pictures of the README can be taken again, and are small enough to be kept."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.browser.conftest import needs
from tests.pictures import FOLDER, MOMENT, PAGES, SHARPNESS, SIZE, at_the_moment

MOST_BYTES = 1_000_000


def test_those_that_are_kept_are_those_that_are_taken() -> None:
    """No page without a picture, and none left over; together they do not weigh much."""
    kept = list(FOLDER.iterdir())
    assert {path.name for path in kept} == {f"{name}.webp" for name in PAGES}
    assert sum(path.stat().st_size for path in kept) < MOST_BYTES


def test_they_show_one_moment(tmp_path: Path) -> None:
    """So that the table of what is new does not run empty: whatever is started takes it for now."""
    command = [sys.executable, "-c", "import datetime; print(datetime.datetime.now(datetime.UTC).isoformat())"]
    with at_the_moment(tmp_path):
        then = subprocess.check_output(command, text=True)
    assert then[:16] == MOMENT[:16]
    assert subprocess.check_output(command, text=True) > then


@pytest.mark.slow
def test_they_can_be_taken_again(tmp_path: Path) -> None:
    """Each of its page at the size that it is kept at: no two alike."""
    needs("chromium", "chromium")
    subprocess.run([sys.executable, "-m", "tests.pictures", tmp_path], check=True)
    taken = {path.name: Image.open(path) for path in tmp_path.glob("*.webp")}
    assert len({picture.tobytes() for picture in taken.values()}) == len(PAGES)
    for path in FOLDER.iterdir():
        with Image.open(path) as kept:
            assert kept.size == taken[path.name].size == (SIZE["width"] * SHARPNESS, SIZE["height"] * SHARPNESS)
