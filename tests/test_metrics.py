"""The figures are those of the saved queries, in a text that Prometheus understands."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from harvest.catalogue.harvests import HEALTH, Health, health_of
from harvest.errors import TransportError
from harvest.metrics import figures_of, text_of
from harvest.pipeline import Since, run
from harvest.sources import Discovery
from harvest.store import Store
from tests.fakes import Clock, FakeSource, FakeTagger, fetch_from, study

FIRST = 970_000_001

Samples = dict[tuple[str, ...], float]
"""Values by the name of the metric and the values of its labels."""


def harvest(store: Store, source: FakeSource, *days: str, at: int = FIRST) -> None:
    """Harvest studies that entered PubMed on these days."""
    known = [study(at + number, entered=day) for number, day in enumerate(days)]
    run(
        [source],
        store,
        FakeTagger(),
        fetch_from(*known),
        since=lambda _: Since(date(2026, 9, 1)),
        today=date(2026, 11, 22),
    )


def text(store: Store, now: datetime) -> str:
    return text_of(health_of(store.rows(HEALTH)[0], now, 3), figures_of(store.rows)).decode()


def read(told: str) -> Samples:
    """What Prometheus makes of a text."""
    families = text_string_to_metric_families(told)
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


@pytest.fixture
def told(store: Store, clock: Clock) -> Samples:
    """The figures after a harvest that ended well, a backfill cut off, a harvest that left one out, and no answer."""
    harvest(store, FakeSource("search", pmids=[FIRST]), "2026-11-20")
    backfill = store.ledger.start_run("backfill")
    clock.pass_by(minutes=5)
    store.ledger.finish_run(backfill, status="interrupted", error=None, outcomes=[], sources=[])
    clock.pass_by(days=1)
    harvest(store, FakeSource("search", pmids=[FIRST + 1, FIRST + 2]), "2026-11-22", at=FIRST + 1)
    clock.pass_by(days=1)
    harvest(store, FakeSource("newest", kind="feed", error=TransportError("no answer")))
    with store.transaction():
        store.ledger.see(FakeSource("search"), Discovery((), total=12))
    return read(text(store, clock.now))


def test_the_state_is_one_of_all(told: Samples) -> None:
    """It has a one and the others have a nought, so that each can be followed."""
    states = {key[1]: value for key, value in told.items() if key[0] == "harvest_state"}
    assert states == {"ok": 0, "stale": 0, "failing": 1, "empty": 0}


def test_runs_are_counted_by_how_they_ended(told: Samples) -> None:
    """With the time that they took and what they brought."""
    assert told["harvest_runs_total", "run", "ok"] == 1
    assert told["harvest_runs_total", "run", "failed"] == 2
    assert told["harvest_runs_total", "backfill", "interrupted"] == 1
    assert told["harvest_run_seconds_total", "backfill", "interrupted"] == 300
    assert told["harvest_run_studies_total", "run", "new"] == 2


def test_completeness_is_what_is_here_of_what_was_named(told: Samples) -> None:
    """And of what PubMed has, source by source; of a feed nobody knows that."""
    assert (told["harvest_studies",], told["harvest_pending_studies",], told["harvest_missing_studies",]) == (2, 1, 0)
    assert told["harvest_source_pubmed_studies", "search"] == 12
    assert told["harvest_source_studies", "search"] == 2
    assert told["harvest_source_pending_studies", "search"] == 1
    assert told["harvest_source_failed", "newest"] == 1
    assert ("harvest_source_pubmed_studies", "newest") not in told


def test_moments_are_seconds_since_1970(told: Samples) -> None:
    """Those that are not known have no line."""
    assert told["harvest_last_success_timestamp_seconds",] == datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp()
    assert told["harvest_newest_entered_timestamp_seconds",] == datetime(2026, 11, 22, tzinfo=UTC).timestamp()
    assert ("harvest_source_last_success_timestamp_seconds", "newest") not in told
    assert ("harvest_running_since_timestamp_seconds",) not in told


def test_lag_is_in_seconds(told: Samples) -> None:
    """That of the one study that a later run brought, a day after it had entered PubMed."""
    assert (told["harvest_lag_studies",], told["harvest_lag_seconds", "0.5"]) == (1, 86_400)


def test_a_run_under_way_is_no_run_that_has_ended(store: Store, clock: Clock) -> None:
    """It has a beginning only."""
    store.ledger.start_run("run")
    told = read(text(store, clock.now))
    assert told["harvest_running_since_timestamp_seconds",] == clock.now.timestamp()
    assert not [key for key in told if key[0] == "harvest_runs_total"]


def test_the_size_is_that_of_the_file(store: Store, tmp_path: Path, clock: Clock) -> None:
    """Once everything is in it."""
    harvest(store, FakeSource(pmids=[FIRST]), "2026-11-20")
    measured = read(text(store, clock.now))["harvest_database_size_bytes",]
    store.close()
    assert measured == (tmp_path / "test.db").stat().st_size


def test_names_are_as_prometheus_wants_them(store: Store, clock: Clock) -> None:
    """A type and a meaning for each, a prefix, units in full, and the ending of what only grows."""
    harvest(store, FakeSource(pmids=[FIRST]), "2026-11-20")
    for family in text_string_to_metric_families(text(store, clock.now)):
        assert family.name.startswith("harvest")
        assert family.documentation.endswith(".")
        assert family.type in {"gauge", "counter"}
        assert not re.search(r"_(days|minutes|kb|mb|count)$", family.name)
        assert all(one.name.endswith("_total") == (family.type == "counter") for one in family.samples)


def test_a_site_without_a_database_tells_its_state() -> None:
    """And that there is nothing; of the rest it says nothing."""
    told = read(text_of(Health(), None).decode())
    assert (told["harvest_state", "empty"], told["harvest_studies",]) == (1, 0)
    assert {key[0] for key in told} == {"harvest_state", "harvest_studies"}
