"""How a home stands, in words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from harvest import config, home
from harvest.errors import TransportError
from harvest.model import Deletion, Pmid, PublicationType, Study, Tag, Taggable
from harvest.pipeline import Since, run
from harvest.sources import Discovery
from harvest.status import lines_of, status_of, summary_of
from harvest.store import Store
from tests.fakes import Clock, FakeSource, FakeTagger, fetch_from, study

ONE = study(970_000_001)
NOW = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)


@pytest.fixture
def shipped(tmp_path: Path) -> config.Config:
    """A fresh home's configuration."""
    home.make(tmp_path / "home")
    return config.load(tmp_path / "home", {})


def harvest(
    store: Store,
    *sources: FakeSource,
    known: Sequence[Study] = (ONE,),
    since: str = "2026-09-01",
    command: str = "run",
    tagger: FakeTagger | None = None,
) -> None:
    run(
        sources,
        store,
        tagger or FakeTagger(),
        fetch_from(*known),
        since=lambda _: Since(date.fromisoformat(since)),
        today=date(2026, 11, 22),
        command=command,
    )


def arrive(store: Store, first: int, *days: str, since: str = "2026-09-01", command: str = "run") -> None:
    """Harvest studies that entered PubMed on these days."""
    known = [study(first + number, entered=day) for number, day in enumerate(days)]
    harvest(store, FakeSource("ketamine", pmids=[one.pmid for one in known]), known=known, since=since, command=command)


def test_after_a_success_it_says_when_and_up_to_where(store: Store, shipped: config.Config) -> None:
    """Both for the home and for the source."""
    harvest(store, FakeSource("ketamine", pmids=[ONE.pmid]))
    lines = lines_of(status_of(shipped, store, NOW))
    assert lines[0].endswith("1 invented studies (sample data); last successful harvest 2026-11-22 12:00 UTC")
    assert "search ketamine: followed to 2026-11-22, last success 2026-11-22 12:00 UTC" in lines


def test_a_failure_after_a_success_is_shown_beside_it(store: Store, shipped: config.Config, clock: Clock) -> None:
    """The last success stays, and what has failed since then is said."""
    harvest(store, FakeSource("ketamine", pmids=[ONE.pmid]))
    clock.pass_by(days=1)
    harvest(store, FakeSource("ketamine", error=TransportError("timed out")))
    lines = lines_of(status_of(shipped, store, NOW))
    assert "last successful harvest 2026-11-22 12:00 UTC" in lines[0]
    assert "the last run failed: ketamine: timed out" in lines
    assert any(line.endswith("2026-11-22 12:00 UTC; since then: timed out") for line in lines)


def test_it_says_the_word_that_a_monitor_is_told(store: Store, shipped: config.Config, clock: Clock) -> None:
    """Stale or not is a matter of the recipe; what went wrong is named until a harvest ends well."""
    harvest(store, FakeSource("ketamine", pmids=[ONE.pmid]))
    in_time, too_late = (clock.now + timedelta(days=days) for days in (3, 3.01))
    assert status_of(shipped, store, in_time).status == "ok"
    late = status_of(shipped, store, too_late)
    assert late.status == "stale"
    assert "stale: it is too long since a harvest ended well" in lines_of(late)
    patient = shipped.recipe.model_copy(update={"limits": config.Limits(stale_days=4)})
    assert status_of(replace(shipped, recipe=patient), store, too_late).status == "ok"
    harvest(store, FakeSource("ketamine", error=TransportError("timed out")))
    failing = status_of(shipped, store, NOW)
    assert (failing.status, failing.failure) == ("failing", "ketamine: timed out")


def test_what_waits_is_counted(store: Store, shipped: config.Config) -> None:
    """A study that could not be fetched is not forgotten."""
    harvest(store, FakeSource("ketamine", pmids=[ONE.pmid, 970_000_005]))
    status = status_of(shipped, store, NOW)
    assert status.pending == 1
    assert "waiting to be fetched: 1" in lines_of(status)
    assert "no successful harvest yet" in summary_of(status)
    assert any(line.startswith("search ketamine: never succeeded; 1 studies") for line in lines_of(status))


def test_what_waits_is_named(store: Store, shipped: config.Config) -> None:
    """By its PMID, with who named it; of many a line names the first."""
    waiting = range(970_000_100, 970_000_125)
    harvest(store, FakeSource("ketamine", pmids=waiting))
    status = status_of(shipped, store, NOW)
    assert [row["pmid_in_pubmed"] for row in status.not_here] == list(waiting)
    assert {(row["state"], row["named_by"]) for row in status.not_here} == {("pending", "ketamine")}
    named = next(line for line in lines_of(status) if line.startswith("  PMID"))
    assert named == f"  PMID {', '.join(map(str, waiting[:20]))} ..."


def test_what_pubmed_left_out_is_named(store: Store, shipped: config.Config) -> None:
    """After three days it is no longer waited for, and not forgotten either."""
    harvest(store, FakeSource("ketamine", pmids=[ONE.pmid, 970_000_005]))
    with store.transaction():
        for day in (20, 21):
            store.studies.missed([Pmid(970_000_005)], date(2026, 11, day))
        store.studies.withdraw([Deletion(ONE.pmid)])
    lines = lines_of(status_of(shipped, store, NOW))
    assert lines[lines.index("named by a source, but left out by PubMed: 1") + 1] == "  PMID 970000005"
    assert "waiting to be fetched: 0" in lines
    assert "here, but withdrawn from PubMed: 1" in lines


def test_what_is_here_is_held_against_what_pubmed_has(store: Store, shipped: config.Config) -> None:
    """The total of the search, promised, received, and how PubMed reads it."""
    harvest(store, FakeSource("ketamine", pmids=[ONE.pmid]))
    with store.transaction():
        found = Discovery((ONE.pmid,), total=12_345, query="q")
        store.ledger.see(FakeSource("ketamine"), found)
    status = status_of(shipped, store, NOW)
    assert "  PubMed has 12,345 studies for it, 1 of them are here" in lines_of(status)
    assert "  run 1: 1 new, 0 revised; 1 of 1 promised received" in lines_of(status)
    assert (status.sources[0].in_pubmed, status.sources[0].here, status.sources[0].promised) == (12_345, 1, 1)


def test_a_doubt_of_pubmed_is_shown(store: Store, shipped: config.Config) -> None:
    """A search with a word that PubMed does not know is not said to have found nothing new."""
    harvest(store, FakeSource("ketamine", warnings=("PubMed does not know 'ketamin'",)))
    lines = lines_of(status_of(shipped, store, NOW))
    assert "  PubMed does not know 'ketamin'" in lines
    assert "  run 1: PubMed had doubts about the search; 0 of 0 promised received" in lines


def test_a_run_that_could_not_finish_is_never_without_news(store: Store, shipped: config.Config, clock: Clock) -> None:
    """Neither one that failed nor one that was cut off, even where the run before had nothing new."""
    harvest(store, FakeSource("ketamine"))
    assert any("no new studies" in line for line in lines_of(status_of(shipped, store, NOW)))
    clock.pass_by(hours=24)
    harvest(store, FakeSource("ketamine", error=TransportError("timed out")))
    source = status_of(shipped, store, NOW).sources[0]
    assert (source.result, source.promised, source.received) == ("could not finish", None, None)
    store.ledger.start_run("run")
    status = status_of(shipped, store, NOW)
    assert "and has not ended" in lines_of(status)[1]
    assert status.runs[0]["result"] == "under way"
    harvest(store, FakeSource("other"))
    assert [row["result"] for row in status_of(shipped, store, NOW).runs] == [
        "no new studies",
        "could not finish",
        "could not finish",
        "no new studies",
    ]


class Interrupting(FakeTagger):
    """Is stopped by the operator at its first study."""

    def tag(self, study: Taggable) -> tuple[Tag, ...]:
        raise KeyboardInterrupt


def test_a_run_that_was_stopped_midway_is_never_without_news(store: Store, shipped: config.Config) -> None:
    """Its sources had named studies, and none of these was counted yet."""
    with pytest.raises(KeyboardInterrupt):
        harvest(store, FakeSource("ketamine", pmids=[ONE.pmid]), tagger=Interrupting())
    source = status_of(shipped, store, NOW).sources[0]
    assert (source.result, source.promised, source.received) == ("could not finish", 1, 1)
    assert (source.new, source.pending, source.here) == (None, 1, 0)


def test_lag_is_the_time_from_pubmed_to_here(store: Store, shipped: config.Config, clock: Clock) -> None:
    """Half of the studies take at most the median, 95 in 100 at most the other figure; the first run does not count."""
    arrive(store, 970_000_100, "2020-01-01")
    assert status_of(shipped, store, NOW).lag is None
    clock.pass_by(days=10)
    arrive(store, 970_000_200, *["2026-12-01"] * 10, *["2026-11-30"] * 9, "2026-11-02")
    status = status_of(shipped, store, NOW)
    assert status.lag == {
        "studies": 20,
        "median_days": 1,
        "days_for_95_in_100": 2,
        "longest_days": 30,
        "counted_since": "2026-11-22",
    }
    assert (
        "from entry in PubMed to here: median 1, 95 in 100 within 2 days (over 20 studies since 2026-11-22)"
        in lines_of(status)
    )


@pytest.mark.parametrize("asked", [{"command": "backfill"}, {"since": "1990-01-01"}])
def test_old_studies_that_were_asked_for_do_not_count(
    store: Store, shipped: config.Config, clock: Clock, asked: dict[str, str]
) -> None:
    """Neither those of a backfill nor those of a run that was told to look further back."""
    arrive(store, 970_000_100, "2026-11-20")
    clock.pass_by(days=1)
    arrive(store, 970_000_200, "1999-01-01", "2000-01-01", **asked)
    assert status_of(shipped, store, NOW).lag is None
    clock.pass_by(days=1)
    arrive(store, 970_000_300, "2026-11-21")
    lag = status_of(shipped, store, NOW).lag
    assert lag
    assert (lag["studies"], lag["median_days"]) == (1, 3)


def test_the_first_look_at_a_further_source_does_not_count(store: Store, shipped: config.Config, clock: Clock) -> None:
    """What it names is old already, however long the home has been kept."""
    arrive(store, 970_000_100, "2026-11-20")
    clock.pass_by(days=1)
    harvest(store, FakeSource("further", pmids=[ONE.pmid]))
    assert status_of(shipped, store, NOW).lag is None


def test_what_changed_is_counted(store: Store, shipped: config.Config, clock: Clock) -> None:
    """By column, those of the standing of a study first."""
    clock.now = datetime.now(UTC)
    harvest(store, FakeSource("ketamine", pmids=[ONE.pmid]))
    retracted = (PublicationType("D016441", "Retracted Publication"),)
    later = study(ONE.pmid, "Another title.", revised="2026-11-20", publication_types=retracted)
    harvest(store, FakeSource("ketamine", changed=[ONE.pmid]), known=[later])
    status = status_of(shipped, store, NOW)
    assert status.changes[0] | {"last_change": None} == {"column": "notice", "studies": 1, "last_change": None}
    assert "changed in the last 30 days: notice of 1, publication_types of 1, revised of 1, title of 1" in lines_of(
        status
    )


def test_status_for_programs_has_it_all(store: Store, shipped: config.Config) -> None:
    """The same facts by name, ready for JSON, with the names of the saved queries."""
    harvest(store, FakeSource("ketamine", pmids=[ONE.pmid]))
    told = json.loads(json.dumps(status_of(shipped, store, NOW).as_json()))
    assert told["last_run"] == told["runs"][0]
    assert (told["pending"], told["missing"], told["withdrawn"], told["not_here"]) == (0, 0, 0, [])
    assert told["sources"][0]["result"] == "1 new, 0 revised"
    assert told["sources"][0].keys() >= {"in_pubmed", "here", "promised", "received", "translated_query", "warnings"}
