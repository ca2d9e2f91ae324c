"""The pipeline: discover, fetch, store and tag, report - and nothing lost in between."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from pathlib import Path

import pytest

from harvest.errors import PayloadError, StoreError, TransportError
from harvest.model import Pmid, Problem, Study
from harvest.pipeline import FILE_BATCH, Fetch, Report, Since, load, run, summary
from harvest.progress import Advance
from harvest.pubmed import BATCH, Described
from harvest.store import Outcome, Store
from tests.fakes import FakeSource, FakeTagger, fetch_from, study
from tests.pubmed.invented import article, article_set

TODAY = date(2026, 11, 22)
ONE, TWO, THREE = (study(970_000_000 + number) for number in (1, 2, 3))


def harvest(store: Store, sources: Sequence[FakeSource], fetch: Fetch, tagger: FakeTagger | None = None) -> Report:
    return run(sources, store, tagger or FakeTagger(), fetch, since=lambda _: Since(date(2026, 9, 23)), today=TODAY)


def unreachable(_: Sequence[Pmid]) -> Described:
    raise TransportError("no answer")


def pmids(store: Store) -> list[int]:
    return [row["pmid"] for row in store.rows("SELECT pmid FROM studies ORDER BY pmid")]


def test_a_run_stores_and_tags_what_its_sources_name(store: Store) -> None:
    """From a name to a tagged study in one go."""
    report = harvest(store, [FakeSource(pmids=[ONE.pmid, TWO.pmid])], fetch_from(ONE, TWO))
    assert report.problems == []
    assert pmids(store) == [ONE.pmid, TWO.pmid]
    assert store.rows("SELECT pmid, tag FROM study_tags ORDER BY pmid") == [
        {"pmid": ONE.pmid, "tag": "cognition"},
        {"pmid": TWO.pmid, "tag": "cognition"},
    ]
    assert store.ledger.state("invented").watermark == "2026-11-22"
    assert store.rows("SELECT status, new FROM runs") == [{"status": "ok", "new": 2}]


def test_a_source_that_fails_leaves_the_others_alone(store: Store) -> None:
    """Its own watermark stays, its failure is recorded, the rest is stored."""
    sources = [FakeSource("bad", error=TransportError("timed out")), FakeSource("good", pmids=[ONE.pmid])]
    report = harvest(store, sources, fetch_from(ONE))
    assert report.problems == ["bad: timed out"]
    assert pmids(store) == [ONE.pmid]
    assert store.ledger.state("bad").watermark is None
    assert store.ledger.state("good").watermark == "2026-11-22"
    assert store.rows("SELECT source, error, found FROM run_sources ORDER BY source") == [
        {"source": "bad", "error": "timed out", "found": None},
        {"source": "good", "error": None, "found": 1},
    ]


def test_what_could_not_be_fetched_stays_pending_and_the_next_run_finishes_it(store: Store) -> None:
    """A failed run never looks like "no new studies", and loses nothing."""
    report = harvest(store, [FakeSource(pmids=[ONE.pmid])], unreachable)
    assert any("wait for the next run" in problem for problem in report.problems)
    assert store.ledger.state("invented").watermark is None
    assert store.rows("SELECT status FROM runs") == [{"status": "failed"}]
    report = harvest(store, [FakeSource(pmids=[])], fetch_from(ONE))
    assert report.problems == []
    assert pmids(store) == [ONE.pmid]


def test_a_study_that_pubmed_leaves_out_is_named_and_holds_the_watermark(store: Store) -> None:
    """Fewer records than asked for is no success."""
    report = harvest(store, [FakeSource(pmids=[ONE.pmid, TWO.pmid])], fetch_from(ONE))
    assert str(TWO.pmid) in report.problems[0]
    assert store.ledger.state("invented").watermark is None
    assert store.rows("SELECT missing FROM run_sources") == [{"missing": str(TWO.pmid)}]


def test_a_batch_that_cannot_be_read_does_not_hold_up_the_others(store: Store) -> None:
    """One poisoned record costs its batch, not the harvest."""
    many = [study(970_001_000 + number) for number in range(BATCH + 1)]
    whole = fetch_from(*many)

    def fetch(batch: Sequence[Pmid]) -> Described:
        if many[0].pmid in batch:
            raise PayloadError("an HTML page came instead of data")
        return whole(batch)

    report = harvest(store, [FakeSource(pmids=[one.pmid for one in many])], fetch)
    assert pmids(store) == [many[-1].pmid]
    assert len(store.ledger.pending()) == BATCH
    assert report.problems[0] == "PubMed: an HTML page came instead of data"


def test_a_known_study_is_not_fetched_again(store: Store) -> None:
    """A search that overlaps the last one costs no second fetch."""
    source = FakeSource(pmids=[ONE.pmid])
    harvest(store, [source], fetch_from(ONE))
    report = harvest(store, [source], unreachable)
    assert report.problems == []


def test_problems_of_records_and_warnings_of_sources_reach_the_operator(store: Store) -> None:
    """Nothing that PubMed warned of is swallowed."""

    def fetch(_: Sequence[Pmid]) -> Described:
        return Described((ONE,), (), (Problem("PMID 970000001", "impossible date 2026-02-30"),))

    report = harvest(store, [FakeSource(pmids=[ONE.pmid], warnings=("PubMed does not know 'x'",))], fetch)
    assert report.problems == [
        "invented: PubMed does not know 'x'",
        "PubMed: PMID 970000001: impossible date 2026-02-30",
    ]
    assert pmids(store) == [ONE.pmid]
    assert store.ledger.state("invented").watermark is None


@pytest.mark.parametrize(("first", "second"), [(ONE, study(42)), (study(42), ONE)])
def test_invented_and_real_records_never_meet(store: Store, first: Study, second: Study) -> None:
    """The first record decides what a database holds; the other kind is left out by name."""
    both = fetch_from(first, second)
    harvest(store, [FakeSource(pmids=[first.pmid])], both)
    report = harvest(store, [FakeSource(pmids=[second.pmid])], both)
    assert pmids(store) == [first.pmid]
    assert "make a home for it" in report.problems[0]


def test_a_run_that_is_interrupted_is_recorded_as_such(store: Store) -> None:
    """What was stored is kept, and nobody takes the run for a success."""

    def fetch(_: Sequence[Pmid]) -> Described:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        harvest(store, [FakeSource(pmids=[ONE.pmid])], fetch)
    assert store.rows("SELECT status FROM runs") == [{"status": "interrupted"}]
    assert store.ledger.pending() == [ONE.pmid]


def test_an_error_of_the_store_is_recorded_and_raised(store: Store) -> None:
    """A bug or a full disk is not swallowed by the record of the run."""

    def fetch(_: Sequence[Pmid]) -> Described:
        raise StoreError("disk full")

    with pytest.raises(StoreError, match="disk full"):
        harvest(store, [FakeSource(pmids=[ONE.pmid])], fetch)
    assert store.rows("SELECT status, error FROM runs") == [{"status": "failed", "error": "disk full"}]


def test_a_revised_study_is_tagged_by_its_new_text(store: Store, tmp_path: Path) -> None:
    """Tags never outlive the words they rest on."""
    harvest(store, [FakeSource(pmids=[ONE.pmid])], fetch_from(ONE))
    newer = study(ONE.pmid, revised="2026-12-01", sections=ONE.sections[:1])
    with store.transaction():
        assert store.studies.save([newer], FakeTagger().tag_all) == {ONE.pmid: Outcome.REVISED}
    assert store.rows("SELECT * FROM study_tags") == []


def test_files_are_loaded_with_their_deletions_and_each_problem_is_told(store: Store, tmp_path: Path) -> None:
    """New, unchanged and withdrawn studies of good files, and a line for each file or record that is bad."""
    names = ("first.xml", "second.xml", "bad.xml", "none.xml")
    first, second, bad, none = (tmp_path / name for name in names)
    first.write_bytes(article_set(article(ONE.pmid), article(TWO.pmid)))
    second.write_bytes(article_set(article(TWO.pmid), b"<PubmedArticle/>", article(THREE.pmid), deleted=[ONE.pmid]))
    bad.write_bytes(b"<html>")
    report = load([first, bad, none, second], store, FakeTagger(word="invented"))
    assert report.outcomes == {ONE.pmid: Outcome.NEW, TWO.pmid: Outcome.NEW, THREE.pmid: Outcome.NEW}
    assert store.rows("SELECT pmid FROM studies WHERE missing_since IS NOT NULL") == [{"pmid": ONE.pmid}]
    assert {row["pmid"] for row in store.rows("SELECT pmid FROM study_tags")} == {ONE.pmid, TWO.pmid, THREE.pmid}
    assert [problem.split(": ")[0] for problem in report.problems] == [str(bad), str(none), str(second)]
    assert report.problems[1] == f"{none}: cannot be read: No such file or directory"
    assert "record 2" in report.problems[2]
    assert store.rows("SELECT command, status, new, error FROM runs") == [
        {"command": "load", "status": "failed", "new": 3, "error": "\n".join(report.problems)}
    ]


def test_a_large_file_is_stored_batch_by_batch(store: Store, tmp_path: Path) -> None:
    """Progress is told by records, and nothing is left out between two batches."""
    large, steps = tmp_path / "large.xml", list[int]()
    large.write_bytes(article_set(*(article(970_000_001 + number) for number in range(FILE_BATCH + 2))))

    def progress(label: str, total: int | None) -> AbstractContextManager[Advance]:
        return nullcontext(lambda amount: steps.append(amount) if label == large.name else None)

    assert load([large], store, FakeTagger(), progress).count(Outcome.NEW) == FILE_BATCH + 2
    assert steps == [FILE_BATCH, 2]


def test_each_source_leaves_a_row_of_what_it_promised_and_gave(store: Store) -> None:
    """And the summary for programs says the same."""
    source = FakeSource(pmids=[ONE.pmid, TWO.pmid], changed=[THREE.pmid])
    report = harvest(store, [source], fetch_from(ONE, THREE))
    missing = f"1 studies that it named are not here yet: {TWO.pmid}"
    row = {
        "source": "invented",
        "since": "2026-09-23",
        "query": "q",
        "translated_query": None,
        "expected": 3,
        "found": 3,
        "new": 2,
        "revised": 0,
        "missing": str(TWO.pmid),
        "warnings": None,
        "error": missing,
    }
    assert summary(report) == {
        "new": 2,
        "revised": 0,
        "unchanged": 0,
        "older": 0,
        "retracted": [],
        "sources": [row],
        "problems": [f"invented: {missing}; the next run asks for them again"],
    }
    [kept] = store.rows("SELECT * FROM run_sources")
    assert row.items() <= kept.items()


def test_of_many_missing_studies_the_first_twenty_are_named(store: Store) -> None:
    """A line stays a line."""
    for count, end in ((20, "970000020"), (21, "970000020 ...")):
        report = harvest(store, [FakeSource(str(count), pmids=range(970_000_001, 970_000_001 + count))], fetch_from())
        assert str(report.sources[0].error).endswith(f": {', '.join(str(970_000_001 + n) for n in range(20))}{end[9:]}")


def test_a_search_catches_up_only_after_a_followed_feed_showed_nothing_but_news(store: Store) -> None:
    """Not at its first fetch, not when it shows something known, not when it shows nothing."""
    search = FakeSource("search")

    def fetched(*pmids: int) -> int:
        feed = FakeSource("feed", kind="feed", pmids=pmids)
        run(
            [feed],
            store,
            FakeTagger(),
            fetch_from(*(study(pmid) for pmid in pmids)),
            since=lambda _: Since(date(2026, 9, 23)),
            today=TODAY,
            catch_up=[search],
        )
        return len(search.asked)

    first = 970_000_001
    assert fetched(first, first + 1) == 0
    assert fetched(first + 1, first + 2) == 0
    assert fetched() == 0
    assert fetched(first + 3, first + 4) == 1


def test_a_run_over_several_batches_has_asked_for_all(store: Store) -> None:
    """Only then does the cycle of checks go on from that day."""
    many = [study(970_001_000 + number) for number in range(BATCH * 2)]
    source = FakeSource(pmids=[one.pmid for one in many])
    harvest(store, [source], unreachable)
    assert store.fact("rechecked") is None
    harvest(store, [source], fetch_from(*many))
    assert store.fact("rechecked") == "2026-11-22"
