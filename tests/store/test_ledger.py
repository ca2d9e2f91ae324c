"""What was asked, named and followed is written down, so that nothing is asked for in vain or not at all."""

from __future__ import annotations

from datetime import date

from harvest.model import Pmid
from harvest.sources import Discovery
from harvest.store import SourceState, Store
from tests.fakes import STUDY, FakeSource, study
from tests.store.saving import save


def test_what_a_source_names_is_pending_until_it_is_stored(store: Store) -> None:
    """The next run finishes what this one could not."""
    save(store, STUDY)
    with store.transaction():
        store.ledger.see(FakeSource(), Discovery((STUDY.pmid, Pmid(970_000_007), Pmid(970_000_003))))
    assert store.ledger.pending() == [970_000_003, 970_000_007]
    save(store, study(970_000_003))
    assert store.ledger.pending() == [970_000_007]


def test_a_study_that_two_sources_name_is_fetched_once(store: Store) -> None:
    """Pending is a set of studies, not of sightings."""
    with store.transaction():
        store.ledger.see(FakeSource("one"), Discovery((STUDY.pmid,)))
        store.ledger.see(FakeSource("two"), Discovery((STUDY.pmid,)))
    assert store.ledger.pending() == [STUDY.pmid]
    save(store, STUDY)
    assert store.ledger.pending_of("one") == store.ledger.pending_of("two") == []


def test_a_watermark_set_by_a_clock_that_was_ahead_is_corrected(store: Store) -> None:
    """Else nothing would be asked about until that day comes."""
    with store.transaction():
        store.ledger.see(FakeSource("one"), Discovery(()))
        store.ledger.succeed("one", "2036-01-01")
        store.ledger.succeed("one", "2026-11-22")
    assert store.ledger.state("one").watermark == "2026-11-22"


def test_a_source_that_asks_something_else_begins_anew(store: Store) -> None:
    """Another expression under the same name has been followed nowhere, and its server's marks mean nothing."""
    with store.transaction():
        assert not store.ledger.ask(FakeSource("one", identity="old"), date(2026, 9, 1))
        store.ledger.see(FakeSource("one", identity="old"), Discovery((), etag="v1"))
        store.ledger.succeed("one", "2026-11-22")
        assert not store.ledger.ask(FakeSource("one", identity="old"), date(2026, 11, 8))
    assert store.ledger.state("one", "new") == SourceState()
    with store.transaction():
        assert store.ledger.ask(FakeSource("one", identity="new"), date(2026, 9, 23))
    assert store.ledger.state("one", "new") == SourceState(asked_from="2026-09-23")


def test_what_was_asked_from_is_kept_until_it_has_come_to_its_end(store: Store) -> None:
    """The earliest day counts, and only a success without a gap ends it."""
    source = FakeSource("one")
    with store.transaction():
        for day in (date(1780, 1, 1), date(2026, 11, 8)):
            store.ledger.ask(source, day)
        store.ledger.succeed("one", None)
    assert store.ledger.state("one") == SourceState(asked_from="1780-01-01")
    with store.transaction():
        store.ledger.succeed("one", "2026-11-22")
    assert store.ledger.state("one") == SourceState(watermark="2026-11-22")


def test_a_run_that_was_cut_off_is_told_apart_from_one_that_goes_on(store: Store) -> None:
    """The next run finds a run without an end and says so."""
    first = store.ledger.start_run("run")
    store.ledger.start_run("run")
    assert store.rows("SELECT id, status FROM runs ORDER BY id") == [
        {"id": first, "status": "interrupted"},
        {"id": first + 1, "status": "running"},
    ]
