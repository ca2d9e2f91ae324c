"""A crew gives what a tagger alone gives, in the same order, and leaves no process behind."""

from __future__ import annotations

import multiprocessing
import time
from pathlib import Path

import pytest

from harvest.errors import ConfigError, SourceError
from harvest.tag import Crew
from harvest.tag.crew import AT_ONCE, MUCH
from tests.tag.studies import LITHIUM, study, written

TEXTS = ("Lithium and renal failure.", "Hypothyroidism under lithium.", "Nothing of interest.")
SOME = [study(TEXTS[number % len(TEXTS)]) for number in range(2 * AT_ONCE + 1)]


def crew_of(folder: Path, helpers: int) -> Crew:
    return Crew(written(folder / "lithium.yaml", LITHIUM), helpers=helpers)


def busy(crew: Crew) -> Crew:
    """A crew that has had enough to tag for helpers to be called."""
    while crew.tagged <= MUCH:
        crew.begin(SOME)
        assert len(list(crew.tag_all(SOME))) == len(SOME)
    return crew


def test_a_crew_tags_as_one_tagger_does(tmp_path: Path) -> None:
    """Alone as long as there is little to tag, then with helpers, which go when it is closed."""
    with crew_of(tmp_path, helpers=2) as crew:
        alone = [crew.tag(one) for one in SOME]
        assert [len(tags) for tags in alone[:3]] != [0, 0, 0]
        while crew.tagged <= MUCH:
            crew.begin(SOME)
            assert list(crew.tag_all(SOME)) == alone
            assert bool(multiprocessing.active_children()) == (crew.tagged > MUCH)
    assert multiprocessing.active_children() == []


def test_what_was_begun_with_comes_in_the_order_in_which_it_is_asked_for(tmp_path: Path) -> None:
    """Some of it, the next before the last; what was not begun with, too, and of two versions each its own."""
    with busy(crew_of(tmp_path, helpers=1)) as crew:
        versions = [study(text) for text in TEXTS * AT_ONCE]
        crew.begin(SOME)
        crew.begin(versions)
        for asked in (SOME[7:2:-1], versions[::2], [study(TEXTS[0])]):
            assert list(crew.tag_all(asked)) == [crew.tag(one) for one in asked]


def test_where_there_is_one_processor_nobody_helps(tmp_path: Path) -> None:
    """A helper would only take its time from the others."""
    with busy(crew_of(tmp_path, helpers=0)):
        assert multiprocessing.active_children() == []


def begin_until_noticed(crew: Crew) -> None:
    """Go on for five seconds at most."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        crew.begin(SOME)
        time.sleep(0.02)


def test_a_helper_that_is_killed_is_told_in_one_line(tmp_path: Path) -> None:
    """For want of memory, say."""
    with busy(crew_of(tmp_path, helpers=2)) as crew:
        for helper in multiprocessing.active_children():
            helper.kill()  # one that the pool has ended by itself meanwhile is let be
            helper.join()
        with pytest.raises(SourceError, match="a worker was killed"):
            begin_until_noticed(crew)


def test_a_taxonomy_that_changes_meanwhile_is_told(tmp_path: Path) -> None:
    """A helper that reads it later would give other tags."""
    crew = crew_of(tmp_path, helpers=1)
    path = tmp_path / "lithium.yaml"
    path.write_text(path.read_text().replace("overdose", "poisoning"))
    with crew, pytest.raises(ConfigError, match=r"lithium.yaml was changed while studies were tagged"):
        busy(crew)
