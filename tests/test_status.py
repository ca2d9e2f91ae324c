"""How a home stands, in words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from harvest import config, home
from harvest.errors import TransportError
from harvest.pipeline import Since, run
from harvest.status import lines_of, status_of, summary_of
from harvest.store import Store
from tests.fakes import Clock, FakeSource, FakeTagger, fetch_from, study

ONE = study(970_000_001)


@pytest.fixture
def shipped(tmp_path: Path) -> config.Config:
    """A fresh home's configuration."""
    home.make(tmp_path / "home")
    return config.load(tmp_path / "home", {})


def harvest(store: Store, source: FakeSource) -> None:
    run(
        [source],
        store,
        FakeTagger(),
        fetch_from(ONE),
        since=lambda _: Since(date(2026, 9, 1)),
        today=date(2026, 11, 22),
    )


def test_after_a_success_it_says_when_and_up_to_where(store: Store, shipped: config.Config) -> None:
    """Both for the home and for the source."""
    harvest(store, FakeSource("ketamine", pmids=[ONE.pmid]))
    lines = lines_of(status_of(shipped, store))
    assert lines[0].endswith("1 invented studies (sample data); last successful harvest 2026-11-22 12:00 UTC")
    assert "search ketamine: followed to 2026-11-22, last success 2026-11-22 12:00 UTC" in lines


def test_a_failure_after_a_success_is_shown_beside_it(store: Store, shipped: config.Config, clock: Clock) -> None:
    """The last success stays, and what has failed since then is said."""
    harvest(store, FakeSource("ketamine", pmids=[ONE.pmid]))
    clock.pass_by(days=1)
    harvest(store, FakeSource("ketamine", error=TransportError("timed out")))
    lines = lines_of(status_of(shipped, store))
    assert "last successful harvest 2026-11-22 12:00 UTC" in lines[0]
    assert "the last run failed: ketamine: timed out" in lines
    assert any(line.endswith("2026-11-22 12:00 UTC; since then: timed out") for line in lines)


def test_what_waits_is_counted(store: Store, shipped: config.Config) -> None:
    """A study that could not be fetched is not forgotten."""
    harvest(store, FakeSource("ketamine", pmids=[ONE.pmid, 970_000_005]))
    status = status_of(shipped, store)
    assert status.pending == 1
    assert "waiting to be fetched: 1" in lines_of(status)
    assert "no successful harvest yet" in summary_of(status)
    assert any(line.startswith("search ketamine: never succeeded; 1 studies") for line in lines_of(status))
