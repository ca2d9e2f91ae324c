"""From which day on a source is asked: no day is ever left out without being asked about later."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from harvest import config, home
from harvest.assembly import since_of
from harvest.pipeline import BEGINNING, Since, run
from harvest.store import Store
from tests.fakes import FakeSource, FakeTagger, fetch_from

TODAY = date(2026, 11, 22)


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> config.Config:
    """A fresh home's configuration, on a fixed day."""
    monkeypatch.setattr("harvest.assembly.today", lambda: TODAY)
    home.make(tmp_path / "home")
    return config.load(tmp_path / "home", {})


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def followed(store: Store, watermark: date | None, asked_from: date | None = None) -> FakeSource:
    source = FakeSource("one")
    with store.transaction():
        store.ledger.ask(source, asked_from or ago(60))
        store.ledger.succeed("one", watermark.isoformat() if watermark else None)
        if watermark and asked_from:
            store.ledger.ask(source, asked_from)
    return source


def test_the_first_time_it_is_the_days_that_the_recipe_names(store: Store, shipped: config.Config) -> None:
    """And no revisions: nothing is here."""
    assert since_of(shipped, store, None)(FakeSource()) == Since(ago(60))


def test_later_it_is_the_watermark_with_an_overlap(store: Store, shipped: config.Config) -> None:
    """14 days for new studies, 3 for revised ones."""
    assert since_of(shipped, store, None)(followed(store, ago(10))) == Since(ago(24), ago(13))


@pytest.mark.parametrize(("day", "gapless"), [(60, True), (50, True), (49, False), (3, False)])
def test_a_given_day_after_the_watermark_leaves_a_gap(
    store: Store, shipped: config.Config, day: int, gapless: bool
) -> None:
    """The days between have not been asked about, so the watermark must stay."""
    assert since_of(shipped, store, ago(day))(followed(store, ago(50))).gapless is gapless


@pytest.mark.parametrize(("day", "gapless"), [(60, True), (59, False), (10_000, True)])
def test_a_given_day_on_a_fresh_home_counts_if_it_is_early_enough(
    store: Store, shipped: config.Config, day: int, gapless: bool
) -> None:
    """A look at the last three days is no harvest of the first sixty."""
    assert since_of(shipped, store, ago(day))(FakeSource()).gapless is gapless


def test_what_was_cut_off_is_asked_for_again(store: Store, shipped: config.Config) -> None:
    """A backfill that did not come to its end goes on with the next run."""
    source = followed(store, ago(1), asked_from=date(1780, 1, 1))
    assert since_of(shipped, store, None)(source).entered == date(1780, 1, 1)
    assert not since_of(shipped, store, ago(60))(source).gapless


def test_a_watermark_in_the_future_is_not_believed(store: Store, shipped: config.Config) -> None:
    """A clock was wrong once; today counts."""
    assert since_of(shipped, store, None)(followed(store, date(2036, 1, 1))) == Since(ago(14), ago(3))


def test_another_expression_is_another_source(store: Store, shipped: config.Config) -> None:
    """It begins anew, and the operator is told once."""
    followed(store, ago(1))
    other = FakeSource("one", identity="other")
    since = since_of(shipped, store, None)
    assert since(other) == Since(ago(60))
    first = run([other], store, FakeTagger(), fetch_from(), since=since, today=TODAY)
    second = run([other], store, FakeTagger(), fetch_from(), since=since, today=TODAY)
    assert ["harvest backfill" in problem for problem in first.problems] == [True]
    assert second.problems == []


def test_a_backfill_of_another_expression_is_all_there_is_to_do(store: Store, shipped: config.Config) -> None:
    """It asks for all years, so it need not tell that they are missing."""
    followed(store, ago(1))
    since = since_of(shipped, store, BEGINNING)
    report = run([FakeSource("one", identity="other")], store, FakeTagger(), fetch_from(), since=since, today=TODAY)
    assert report.problems == []


def test_a_gap_holds_the_watermark_until_a_run_without_one(store: Store, shipped: config.Config) -> None:
    """50 days without a harvest, a look at the last three, then a plain run: all 50 days are asked about."""
    source = followed(store, ago(50))
    for day, watermark in ((ago(3), ago(50)), (None, TODAY)):
        run([source], store, FakeTagger(), fetch_from(), since=since_of(shipped, store, day), today=TODAY)
        assert store.ledger.state("one").watermark == watermark.isoformat()
    assert [entered for entered, _ in source.asked] == [ago(3), ago(64)]
