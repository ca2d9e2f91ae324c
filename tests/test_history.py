"""Nothing is forgotten and nothing arrives unseen: changes, links, retractions, withdrawals, sweeps and backfill."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from harvest.errors import TransportError
from harvest.http import Pacer
from harvest.model import INVERSE_LINK, ArticleId, HistoryDate, Link, MeshHeading, Pmid, Study, Substance
from harvest.pipeline import Fetch, Report, Since, run
from harvest.pubmed import Described
from harvest.store import Outcome, Store
from harvest.store.decision import Held, decide
from tests.fakes import Clock, FakeSource, FakeTagger, fetch_from, study, untagged
from tests.pubmed import LocalPubMed, revise
from tests.pubmed.invented import article, article_set
from tests.tracker import FIRST, TODAY, Tracker, studies, tracking

ONE, TWO, THREE, FOUR, FIVE = range(FIRST, FIRST + 5)


@pytest.fixture
def tracker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tracker]:
    """A home that holds five studies of PubMed's."""
    with tracking(studies(5), tmp_path, monkeypatch) as tracking_five:
        assert tracking_five.harvest("run").output == ""
        yield tracking_five


def save(store: Store, *studies: Study, answered: bool = False) -> list[Outcome]:
    with store.transaction():
        return list(store.studies.save(studies, untagged, answered=answered).values())


def changed(tracker: Tracker) -> dict[tuple[int, str], tuple[str | None, str | None]]:
    rows = tracker.rows("SELECT pmid, field, old, new FROM changes")
    return {(row["pmid"], row["field"]): (row["old"], row["new"]) for row in rows}


# Changes


def test_a_new_study_has_no_changes_and_neither_has_an_unchanged_one(tracker: Tracker) -> None:
    """History begins with the first difference, however often PubMed is asked."""
    tracker.set_limit("recheck_days = 28", "recheck_days = 1")
    for _ in range(2):
        tracker.pubmed.requests.clear()
        assert tracker.next_day().exit_code == 0
        assert sorted(tracker.asked_for()) == [ONE, TWO, THREE, FOUR, FIVE]
    assert changed(tracker) == {}


def test_what_indexing_changes_is_kept_with_old_and_new(tracker: Tracker) -> None:
    """The heading, the stage, and the days of completion and of revision."""
    revise.index(tracker.pubmed.corpus, ONE, ui="D006801", heading="Humans", on=date(2026, 11, 23))
    assert tracker.next_day().exit_code == 0
    assert changed(tracker) == {
        (ONE, "mesh"): (None, "Humans"),
        (ONE, "completed"): (None, "2026-11-23"),
        (ONE, "revised"): ("2026-11-02", "2026-11-23"),
    }


def test_what_printing_changes_is_kept_with_old_and_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ahead of print today, in an issue tomorrow: volume, issue, pages, dates and status."""
    early = studies(1, state="aheadofprint", electronic="2026-11-01", printed="<Year>2026</Year><Month>Dec</Month>")
    with tracking(early, tmp_path, monkeypatch) as tracker:
        tracker.harvest("run")
        revise.print_issue(tracker.pubmed.corpus, ONE, volume="8", issue="4", pages="1-9", on=date(2026, 11, 23))
        tracker.next_day()
        assert changed(tracker) == {
            (ONE, "volume"): ("7", "8"),
            (ONE, "issue"): (None, "4"),
            (ONE, "pages"): (None, "1-9"),
            (ONE, "publication_date_text"): ("2026 Dec", "2026 11 23"),
            (ONE, "publication_status"): ("aheadofprint", "ppublish"),
            (ONE, "revised"): ("2026-11-02", "2026-11-23"),
        }


def test_a_correction_and_then_a_retraction_are_two_changes(tracker: Tracker) -> None:
    """Each revision adds to history; none replaces what is kept of the one before."""
    corpus = tracker.pubmed.corpus
    revise.correct(corpus, ONE, notice=TWO, on=date(2026, 11, 23))
    tracker.next_day()
    time.sleep(1.1 - time.time() % 1)  # moments are kept to the second
    revise.retract(corpus, ONE, notice=THREE, on=date(2026, 11, 24))
    tracker.next_day()
    rows = tracker.rows("SELECT pmid, field, old, new FROM changes ORDER BY changed_at, field")
    assert [tuple(row.values()) for row in rows] == [
        (ONE, "notice", "none", "corrected"),
        (ONE, "revised", "2026-11-02", "2026-11-23"),
        (ONE, "notice", "corrected", "retracted"),
        (ONE, "publication_types", "Journal Article", "Journal Article; Retracted Publication"),
        (ONE, "revised", "2026-11-23", "2026-11-24"),
    ]


# Links and notices, from both ends and in any order

NOTICES = {
    "RetractionIn": "retracted",
    "ExpressionOfConcernIn": "concern",
    "ErratumIn": "corrected",
    "UpdateIn": "none",
    "CommentIn": "none",
}


@dataclass(frozen=True)
class Pair:
    """A study and its notice: how each names the other (``pmid``, ``doi`` or not), and who takes it back later."""

    kind: str
    number: int
    by_study: str | None
    by_notice: str | None
    taken_back: frozenset[str]

    @property
    def pmids(self) -> tuple[int, int]:
        return FIRST + 2 * self.number, FIRST + 2 * self.number + 1

    @property
    def shown(self) -> bool:
        """Whether one of the two states the link in the end."""
        return bool(
            (self.by_study and "study" not in self.taken_back) or (self.by_notice and "notice" not in self.taken_back)
        )

    def records(self) -> Iterator[Study]:
        """Every revision of the two."""
        own, other = self.pmids
        yield from self._revisions("study", own, self._link(self.kind, self.by_study, other))
        yield from self._revisions("notice", other, self._link(INVERSE_LINK[self.kind], self.by_notice, own))

    def _revisions(self, end: str, pmid: int, links: tuple[Link, ...]) -> Iterator[Study]:
        plain = study(pmid, doi=f"10.5555/Sample.{pmid}", links=())
        yield replace(plain, links=links)
        if links and end in self.taken_back:
            yield replace(plain, revised="2026-11-09")

    @staticmethod
    def _link(kind: str, by: str | None, other: int) -> tuple[Link, ...]:
        if by is None:
            return ()
        pmid = Pmid(other) if by == "pmid" else None
        return (Link(kind, pmid, f"Sample J. 2026;1:1. doi: 10.5555/sample.{other}.", None),)


def seen_links(store: Store) -> Counter[tuple[int, str, int]]:
    """Every link as a reader sees it, the other study by its PMID however it is named."""
    rows = store.rows(
        "SELECT l.pmid, l.kind, coalesce(l.other_pmid, s.pmid) AS other FROM links l"
        " LEFT JOIN studies s ON l.other_pmid IS NULL AND lower(s.doi) = l.doi"
    )
    return Counter((row["pmid"], row["kind"], row["other"]) for row in rows)


def seen_notices(store: Store) -> dict[int, str]:
    return {row["pmid"]: row["notice"] for row in store.rows("SELECT pmid, notice FROM studies")}


def link_tables(store: Store) -> list[list[dict[str, Any]]]:
    return [
        store.rows("SELECT * FROM links ORDER BY pmid, position"),
        store.rows("SELECT pmid, notice FROM studies ORDER BY pmid"),
    ]


def check_links(store: Store, pairs: Sequence[Pair]) -> None:
    links = Counter[tuple[int, str, int]]()
    notices: dict[int, str] = {}
    for pair in pairs:
        own, other = pair.pmids
        notices |= {own: NOTICES[pair.kind] if pair.shown else "none", other: "none"}
        if pair.shown:
            links += Counter([(own, pair.kind, other), (other, INVERSE_LINK[pair.kind], own)])
    assert seen_links(store) == links
    assert seen_notices(store) == notices


NAMINGS = [
    ("pmid", None, ()),
    (None, "pmid", ()),
    ("pmid", "pmid", ()),
    ("doi", None, ()),
    (None, "doi", ()),
    ("doi", "pmid", ()),
    ("pmid", "doi", ()),
    ("doi", "doi", ()),
    (None, "pmid", ("notice",)),
    (None, "doi", ("notice",)),
    ("pmid", "pmid", ("study",)),
    ("doi", "pmid", ("notice",)),
    ("pmid", "doi", ("study", "notice")),
]


@pytest.mark.parametrize("kind", NOTICES)
@pytest.mark.parametrize(("by_study", "by_notice", "taken_back"), NAMINGS)
def test_a_link_shows_once_at_each_end_in_every_order_of_arrival(
    kind: str, by_study: str | None, by_notice: str | None, taken_back: tuple[str, ...]
) -> None:
    """Stated by either or both, by PMID or by DOI, kept or taken back: all orders end in the same tables."""
    pair = Pair(kind, 0, by_study, by_notice, frozenset(taken_back))
    ends = []
    for order in permutations(pair.records()):
        with Store(Path(":memory:")) as store:
            for record in order:
                save(store, record)
            check_links(store, [pair])
            ends.append(link_tables(store))
    assert all(end == ends[0] for end in ends)


@st.composite
def pairs_in_some_order(draw: st.DrawFn) -> tuple[list[Pair], list[Study], list[int]]:
    """A few linked pairs, all their revisions in some order, and the places where a batch ends."""
    naming = st.sampled_from(NAMINGS)
    pairs = []
    for number in range(draw(st.integers(1, 4))):
        by_study, by_notice, taken_back = draw(naming)
        pairs.append(Pair(draw(st.sampled_from(list(NOTICES))), number, by_study, by_notice, frozenset(taken_back)))
    records = draw(st.permutations([record for pair in pairs for record in pair.records()]))
    cuts = draw(st.lists(st.integers(0, len(records)), max_size=4).map(sorted))
    return pairs, list(records), cuts


@settings(max_examples=30)
@given(pairs_in_some_order())
def test_many_links_in_any_order_and_any_batches_end_as_in_any_other(
    drawn: tuple[list[Pair], list[Study], list[int]],
) -> None:
    """What shows depends on what PubMed says, not on when it said so."""
    pairs, records, cuts = drawn
    with Store(Path(":memory:")) as store, Store(Path(":memory:")) as straight:
        for first, last in zip([0, *cuts], [*cuts, len(records)], strict=True):
            save(store, *records[first:last])
        check_links(store, pairs)
        save(straight, *(record for pair in pairs for record in pair.records()))
        assert link_tables(store) == link_tables(straight)


def test_a_study_with_many_notices_shows_the_gravest(store: Store) -> None:
    """An erratum, a concern and a retraction, each stated by its notice alone: in any order it is retracted."""
    notices = [
        study(number, links=(Link(INVERSE_LINK[kind], Pmid(ONE), "x", None),), doi=None)
        for number, kind in enumerate(("RetractionIn", "ExpressionOfConcernIn", "ErratumIn"), TWO)
    ]
    for order in permutations([study(ONE, links=()), *notices]):
        with Store(Path(":memory:")) as fresh:
            save(fresh, *order)
            assert seen_notices(fresh)[ONE] == "retracted"


# Which record stands

STAGES = ("Publisher", "In-Data-Review", "In-Process", "PubMed-not-MEDLINE", "MEDLINE", None, "Unheard-of")

arrivals = st.builds(
    lambda version, revised, last, stage, ids, title: study(
        ONE,
        title=title,
        version=version,
        revised=revised,
        status=stage,
        history=tuple(HistoryDate("medline", day) for day in last),
        article_ids=tuple(ArticleId("pii", str(number)) for number in range(ids)),
    ),
    st.integers(1, 2),
    st.sampled_from([None, "2026-11-05"]),
    st.lists(st.sampled_from(["2026-11-04", "2026-11-07"]), max_size=2),
    st.sampled_from(STAGES),
    st.integers(0, 2),
    st.sampled_from(["Alpha.", "Beta."]),
)


@given(st.lists(arrivals, min_size=1, max_size=6).flatmap(lambda a: st.tuples(st.just(a), st.permutations(a))))
def test_files_in_any_order_leave_the_same_record(drawn: tuple[list[Study], list[Study]]) -> None:
    """Whatever differs, be it nothing but the title."""

    def last_of(records: list[Study]) -> str:
        held: Held | None = None
        for record in records:
            if decide(held, record) in (Outcome.NEW, Outcome.REVISED):
                held = Held.of(record)
        assert held
        return held.fingerprint

    assert last_of(drawn[0]) == last_of(drawn[1])


BEFORE = study(ONE, status="In-Process", history=(HistoryDate("entrez", "2026-11-04"),), article_ids=())


@pytest.mark.parametrize(
    "after",
    [
        replace(BEFORE, version=2, revised="2020-01-01"),
        replace(BEFORE, revised="2026-11-06", status="Publisher"),
        replace(BEFORE, status="Publisher", history=(HistoryDate("medline", "2026-11-08"),)),
        replace(BEFORE, status="MEDLINE"),
        replace(BEFORE, article_ids=(ArticleId("pmc", "PMC1"),)),
    ],
    ids=["version", "revised", "history", "stage", "identifiers"],
)
def test_of_two_records_from_files_the_one_that_had_come_further_stands(store: Store, after: Study) -> None:
    """By version, by DateRevised, by the last date of its history, by the stage of indexing, by its identifiers."""
    assert save(store, BEFORE) == [Outcome.NEW]
    assert save(store, after) == [Outcome.REVISED]
    assert save(store, BEFORE) == [Outcome.OLDER]


def test_what_pubmed_answers_now_stands_unless_its_revision_is_older(store: Store) -> None:
    """PubMed takes back what it added without a new date; an answer of an older revision is a stale one."""
    later = replace(BEFORE, status="MEDLINE", article_ids=(ArticleId("pmc", "PMC1"),))
    save(store, later)
    assert save(store, BEFORE, answered=True) == [Outcome.REVISED]
    assert save(store, BEFORE, answered=True) == [Outcome.UNCHANGED]
    assert save(store, replace(later, revised="2026-11-01"), answered=True) == [Outcome.OLDER]


def test_an_author_whose_name_was_corrected_is_listed_no_more(store: Store) -> None:
    """Nor a heading, a substance or a publication type of no study; what another study has stays."""
    other = study(TWO, authors=study().authors[:1])
    save(store, study(ONE), other)
    save(store, study(ONE, revised="2026-11-09", authors=(), mesh=(), substances=(), publication_types=()))
    assert store.rows("SELECT last_name FROM authors") == [{"last_name": "Samplewood"}]
    assert len(store.rows("SELECT * FROM mesh_headings")) == 2
    save(store, replace(other, revised="2026-11-09", authors=(), mesh=(), substances=(), publication_types=()))
    for table in ("authors", "mesh_headings", "substances", "publication_types"):
        assert store.rows(f"SELECT * FROM {table}") == []


def test_a_heading_has_the_name_that_the_study_revised_last_gives_it(store: Store) -> None:
    """MeSH renames headings, and a file of the past does not bring an old name back."""
    names = {"2013-01-01": "Former name", "2020-01-01": "Present name", None: "First name", "2020-01-01 ": "Old name"}
    named = [
        study(number, revised=revised and revised.strip(), mesh=(MeshHeading("D000001", name, False, ()),))
        for number, (revised, name) in enumerate(names.items(), FIRST)
    ]
    for order in permutations(named):
        with Store(Path(":memory:")) as fresh:
            save(fresh, *order)
            assert fresh.rows("SELECT name FROM mesh_headings") == [{"name": "Present name"}]


def test_a_substance_gains_its_registry_number_by_a_later_revision(store: Store) -> None:
    """Of the same study too, and it keeps the number when a record does not repeat it."""
    former, later = (Substance("D044767", "Sample ligase", number) for number in (None, "EC 2.3.2.27"))
    save(store, study(ONE, substances=(former,)))
    save(store, study(ONE, substances=(later,), revised="2026-11-09"))
    assert store.rows("SELECT registry_number FROM substances") == [{"registry_number": "EC 2.3.2.27"}]
    save(store, study(ONE, substances=(former,), revised="2026-11-10"))
    assert store.rows("SELECT registry_number FROM substances") == [{"registry_number": "EC 2.3.2.27"}]


# Retractions are news


def test_a_retraction_of_a_study_that_is_here_is_told_once(tracker: Tracker) -> None:
    """On stdout, without a terminal; the next runs are silent again."""
    revise.retract(tracker.pubmed.corpus, ONE, notice=TWO, on=date(2026, 11, 23))
    assert tracker.next_day().stdout == f"newly retracted: PMID {ONE}: Ketamine: invented study {ONE}.\n"
    assert tracker.harvest("run").output == ""
    assert tracker.next_day().output == ""


NOTICE = """<CommentsCorrectionsList><CommentsCorrections RefType="RetractionOf"><RefSource>Invented J Tests. 2026;7.\
 doi: 10.5555/INVENTED.{pmid}.</RefSource>{by_pmid}</CommentsCorrections></CommentsCorrectionsList>"""


@pytest.mark.parametrize("by_pmid", [f'<PMID Version="1">{ONE}</PMID>', ""], ids=["pmid", "doi"])
def test_a_retraction_that_only_its_notice_tells_of_is_news_too(tracker: Tracker, by_pmid: str) -> None:
    """PubMed has not touched the record of the study itself; the notice names it by PMID, or by DOI alone."""
    notice = studies(1, first=FIRST + 9, created="2026-11-23", inside=NOTICE.format(pmid=ONE, by_pmid=by_pmid))
    tracker.pubmed.corpus.extend(notice)
    assert f"newly retracted: PMID {ONE}:" in tracker.next_day().stdout
    assert changed(tracker) == {(ONE, "notice"): ("none", "retracted")}
    assert tracker.next_day().output == ""


def test_a_study_that_arrives_with_its_retraction_is_no_news(tracker: Tracker) -> None:
    """Nobody here has read it before, whichever of the two comes first."""
    pairs = {FIRST + 8: FIRST + 9, FIRST + 11: FIRST + 10}
    for pmid, notice in pairs.items():
        inside = NOTICE.format(pmid=pmid, by_pmid="")
        tracker.pubmed.corpus.extend(studies(1, first=pmid, created="2026-11-23"))
        tracker.pubmed.corpus.extend(studies(1, first=notice, created="2026-11-23", inside=inside))
    assert tracker.next_day().output == ""
    retracted = tracker.rows("SELECT pmid FROM studies WHERE notice = 'retracted' ORDER BY pmid")
    assert [row["pmid"] for row in retracted] == list(pairs)


def test_a_retraction_that_a_run_could_not_tell_of_is_told_by_the_next(store: Store, clock: Clock) -> None:
    """A run that is cut off after it stored a retraction has told nobody."""
    tagger = FakeTagger()
    harvest(store, FakeSource(pmids=[ONE]), fetch_from(study(ONE, links=())))
    retracted = fetch_from(study(ONE, links=(Link("RetractionIn", None, "x", None),), revised="2026-11-09"))

    def cut_off(source: FakeSource) -> Since:
        save(store, *retracted([Pmid(ONE)]).studies)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run([FakeSource()], store, tagger, retracted, since=cut_off, today=TODAY)  # type: ignore[arg-type]  # it is asked of one kind of source
    assert [pmid for pmid, _ in harvest(store, FakeSource(), retracted).retracted] == [ONE]
    store.changes.retractions_told()
    assert harvest(store, FakeSource(), retracted).retracted == []


def test_a_retraction_that_was_taken_back_before_it_was_told_is_no_news(store: Store, clock: Clock) -> None:
    """What is told is what PubMed says now."""
    save(store, study(ONE, links=()))
    save(store, study(ONE, links=(Link("RetractionIn", None, "x", None),), revised="2026-11-09"))
    clock.pass_by(minutes=1)
    save(store, study(ONE, links=(), revised="2026-11-10"))
    assert store.changes.untold_retractions() == []


# What PubMed no longer has


def harvest(store: Store, source: FakeSource, fetch: Fetch, today: date = TODAY, recheck_days: int = 28) -> Report:
    return run(
        [source],
        store,
        FakeTagger(),
        fetch,
        since=lambda _: Since(today - timedelta(days=14)),
        today=today,
        recheck_days=recheck_days,
    )


def missing(tracker: Tracker) -> list[int]:
    return [row["pmid"] for row in tracker.rows("SELECT pmid FROM studies WHERE missing_since IS NOT NULL")]


def test_a_study_that_pubmed_leaves_out_on_three_days_is_marked_and_kept(tracker: Tracker) -> None:
    """PubMed sometimes leaves out what it has: twice on a day is once, and two days are not enough."""
    tracker.set_limit("recheck_days = 28", "recheck_days = 1")
    corpus = tracker.pubmed.corpus
    record = corpus.xml(THREE)
    assert record
    corpus.delete(THREE)
    for _ in range(2):
        assert tracker.next_day().output == ""
        assert tracker.harvest("run").output == ""
    assert missing(tracker) == []
    assert tracker.next_day().output == ""
    assert missing(tracker) == [THREE]
    assert tracker.pmids() == [ONE, TWO, THREE, FOUR, FIVE]
    [(field, (old, new))] = changed(tracker).items()
    assert (field, old) == ((THREE, "missing_since"), None)
    assert new
    time.sleep(1.1 - time.time() % 1)  # moments are kept to the second
    corpus.extend([record])
    tracker.next_day()
    assert missing(tracker) == []
    rows = tracker.rows("SELECT old, new FROM changes ORDER BY changed_at")
    assert [tuple(row.values()) for row in rows] == [(None, new), (new, None)]
    assert tracker.rows("SELECT * FROM misses") == []


def test_a_study_that_is_described_again_begins_anew_to_be_missed(store: Store) -> None:
    """Two misses, an answer, two misses: never three in a row."""
    here, gone = fetch_from(study(ONE)), fetch_from()
    harvest(store, FakeSource(pmids=[ONE]), here)
    for day, fetch in enumerate([gone, gone, here, gone, gone], 1):
        harvest(store, FakeSource(), fetch, TODAY + timedelta(days=day), recheck_days=1)
    assert store.rows("SELECT missing_since FROM studies") == [{"missing_since": None}]


def test_a_doubted_study_is_asked_for_on_each_of_the_next_days(store: Store) -> None:
    """The slow cycle would take months to three misses: what was left out once is asked for before all others."""
    many = [study(FIRST + number) for number in range(60)]
    harvest(store, FakeSource(pmids=[one.pmid for one in many]), fetch_from(*many))
    gone = fetch_from(*many[1:])
    for day in (1, 2, 3):
        harvest(store, FakeSource(), gone, TODAY + timedelta(days=day))
    assert store.rows("SELECT pmid FROM studies WHERE missing_since IS NOT NULL") == [{"pmid": FIRST}]


def test_a_deletion_in_a_file_counts_at_once_and_an_answer_of_pubmed_takes_it_back(
    tracker: Tracker, tmp_path: Path
) -> None:
    """DeleteCitation is PubMed's own word; what it describes again is no longer missing."""
    (tmp_path / "gone.xml").write_bytes(article_set(deleted=[TWO, 970_009_999]))
    assert tracker.harvest("load", tmp_path / "gone.xml").exit_code == 0
    assert missing(tracker) == [TWO]
    assert (TWO, "missing_since") in changed(tracker)
    tracker.set_limit("recheck_days = 28", "recheck_days = 1")
    tracker.next_day()
    assert missing(tracker) == []


def test_a_study_that_pubmed_never_describes_is_named_until_it_is_no_longer_waited_for(store: Store) -> None:
    """Two runs name it and hold the watermark; on the third day it is given up and the source goes on."""
    source = FakeSource(pmids=[ONE, TWO])
    here = fetch_from(study(ONE))
    for day in (0, 1):
        report = harvest(store, source, here, TODAY + timedelta(days=day))
        assert str(TWO) in report.problems[0]
        assert store.ledger.pending() == [TWO]
        assert store.ledger.state("invented").watermark is None
    report = harvest(store, source, here, TODAY + timedelta(days=2))
    assert report.problems == []
    assert store.rows("SELECT state FROM sightings WHERE pmid = ?", TWO) == [{"state": "missing"}]
    assert store.ledger.state("invented").watermark == "2026-11-24"
    assert store.rows("SELECT missing FROM run_sources ORDER BY run_id") == [
        {"missing": str(TWO)},
        {"missing": str(TWO)},
        {"missing": None},
    ]


def test_a_study_that_was_given_up_arrives_when_pubmed_has_it_and_a_source_names_it(store: Store) -> None:
    """Giving up is no sentence: what PubMed was slow to publish is not lost."""
    source = FakeSource(pmids=[ONE, TWO])
    for day in range(4):
        harvest(store, source, fetch_from(study(ONE)), TODAY + timedelta(days=day))
    report = harvest(store, source, fetch_from(study(ONE), study(TWO)), TODAY + timedelta(days=4))
    assert report.count(Outcome.NEW) == 1
    assert store.rows("SELECT state FROM sightings WHERE pmid = ?", TWO) == [{"state": "stored"}]


# Sweeps


def test_a_revised_record_is_found_by_the_day_of_its_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long ago it entered PubMed; and no other record is asked for."""
    with tracking(studies(40, created="2019-05-01"), tmp_path, monkeypatch) as tracker:
        tracker.harvest("backfill")
        tracker.set_limit("recheck_days = 28", "recheck_days = 100000")
        tracker.pubmed.requests.clear()
        revise.index(tracker.pubmed.corpus, FOUR, ui="D006801", heading="Humans", on=date(2026, 11, 23))
        assert tracker.next_day().output == ""
        assert (FOUR, "mesh") in changed(tracker)
        assert set(tracker.asked_for()) <= {FOUR, ONE}  # ONE is the share of the slow cycle
        [row] = tracker.rows("SELECT expected, found, new, revised FROM run_sources ORDER BY run_id DESC LIMIT 1")
        assert row == {"expected": 1, "found": 1, "new": 0, "revised": 1}


def test_a_revision_from_before_a_failed_run_is_found_by_the_next(tracker: Tracker) -> None:
    """The watermark of a run that failed does not move, and the sweep starts from it."""
    revise.index(tracker.pubmed.corpus, ONE, ui="D006801", heading="Humans", on=date(2026, 11, 23))
    tracker.pubmed.faults.add("esearch:*:html")
    for _ in range(5):  # more than the overlap of three days
        assert tracker.next_day().exit_code == 1
    tracker.pubmed.faults.clear()
    assert tracker.next_day().exit_code == 0
    assert (ONE, "mesh") in changed(tracker)


def test_a_record_added_late_with_an_old_date_is_found(tracker: Tracker) -> None:
    """PubMed gives records of old issues an old EDAT on the day of their entry; CRDT is the day of their entry."""
    late = article(
        FIRST + 20, title="Ketamine of old.", created="2026-11-23", entered="1976-05-01", revised="2026-11-23"
    )
    tracker.pubmed.corpus.extend([late])
    tracker.next_day()
    assert FIRST + 20 in tracker.pmids()


@dataclass
class Asked:
    """A PubMed that describes everything, and remembers on which day it was asked for what."""

    whole: Fetch
    days: defaultdict[date, list[int]]
    today: date = TODAY

    def __call__(self, pmids: Sequence[Pmid]) -> Described:
        self.days[self.today].extend(pmids)
        return self.whole(pmids)


def asked_for(store: Store, count: int) -> Asked:
    """A store that holds so many studies, and the PubMed that they came from."""
    many = [study(FIRST + number, links=(), sections=study().sections[:1]) for number in range(count)]
    save(store, *many)
    with store.transaction():
        store.studies.described([one.pmid for one in many], TODAY)
    return Asked(fetch_from(*many), defaultdict(list))


@pytest.mark.parametrize("source", [FakeSource(), FakeSource(error=TransportError("down"))], ids=["well", "ill"])
def test_every_study_is_asked_for_again_within_28_days_and_each_day_its_share(store: Store, source: FakeSource) -> None:
    """N/28 a day, also while some source fails each day: its failure is no reason to ask for everything each day."""
    pubmed = asked_for(store, 300)
    for day in range(1, 57):
        pubmed.today = TODAY + timedelta(days=day)
        harvest(store, FakeSource() if day == 1 else source, pubmed, pubmed.today)
    shares = [len(pubmed.days[TODAY + timedelta(days=day)]) for day in range(1, 57)]
    assert set(shares) == {11}
    for first in range(1, 29):
        window = [pmid for day in range(first, first + 28) for pmid in pubmed.days[TODAY + timedelta(days=day)]]
        assert len(set(window)) == 300


def test_studies_that_pubmed_no_longer_has_do_not_hold_up_the_others(store: Store) -> None:
    """Forty of a hundred are gone, ten times a day's share: the rest is asked for again within 28 days all the same."""
    pubmed = asked_for(store, 100)
    kept = list(range(FIRST + 40, FIRST + 100))
    pubmed.whole = fetch_from(*(study(pmid) for pmid in kept))
    for day in range(1, 57):
        pubmed.today = TODAY + timedelta(days=day)
        harvest(store, FakeSource(), pubmed, pubmed.today)
    later = {pmid for day in range(29, 57) for pmid in pubmed.days[TODAY + timedelta(days=day)]}
    assert later == set(range(FIRST, FIRST + 100))
    assert store.rows("SELECT count(*) AS n FROM studies WHERE missing_since IS NOT NULL") == [{"n": 40}]


def test_days_without_a_run_are_made_up_for(store: Store) -> None:
    """A run after a week off asks for a week's share; a second one on the same day for none."""
    pubmed = asked_for(store, 280)
    for day, share in ((1, 10), (8, 70), (8, 0), (9, 10), (100, 280)):
        pubmed.days.clear()
        pubmed.today = TODAY + timedelta(days=day)
        harvest(store, FakeSource(), pubmed, pubmed.today)
        assert len(pubmed.days[pubmed.today]) == share


def test_a_day_on_which_pubmed_did_not_answer_is_made_up_for(store: Store) -> None:
    """A share that was asked for in vain is owed."""

    def down(_: Sequence[Pmid]) -> Described:
        raise TransportError("down")

    pubmed = asked_for(store, 280)
    harvest(store, FakeSource(), pubmed, TODAY + timedelta(days=1))
    harvest(store, FakeSource(), down, TODAY + timedelta(days=2))
    pubmed.days.clear()
    harvest(store, FakeSource(), pubmed, TODAY + timedelta(days=3))
    assert len(pubmed.days[TODAY]) == 20


def test_a_feed_that_shows_nothing_but_news_has_the_search_catch_up(tracker: Tracker) -> None:
    """A feed of five has dropped what came before: run alone, it brings all twelve."""
    tracker.add_feed(limit=5)
    assert tracker.harvest("run", "newest").exit_code == 0
    tracker.pubmed.corpus.extend(studies(3, first=FIRST + 50, created="2026-11-23"))
    tracker.pubmed.requests.clear()
    assert tracker.next_day("newest").exit_code == 0
    assert len(tracker.pmids()) == 8
    assert all(request.endpoint != "esearch" for request in tracker.pubmed.requests)
    tracker.pubmed.corpus.extend(studies(12, first=FIRST + 60, created="2026-11-24"))
    assert tracker.next_day("newest").exit_code == 0
    assert len(tracker.pmids()) == 20
    last = "SELECT source FROM run_sources WHERE run_id = (SELECT max(id) FROM runs) ORDER BY source"
    assert tracker.rows(last) == [{"source": "ketamine"}, {"source": "newest"}]


# Backfill


@pytest.fixture
def century(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tracker]:
    """An empty home before a PubMed of thirty studies, one from each of thirty years; five are asked for at a time."""
    monkeypatch.setattr("harvest.pipeline.BATCH", 5)
    records = [
        record
        for number in range(30)
        for record in studies(1, first=FIRST + number, created=f"{1990 + number}-03-01", printed="<Year>1900</Year>")
    ]
    with tracking(records, tmp_path, monkeypatch) as tracker:
        yield tracker


@pytest.mark.parametrize("fault", ["reset", "html", "truncated", "429"])
def test_a_backfill_that_was_cut_off_goes_on_without_asking_twice(century: Tracker, fault: str) -> None:
    """What is stored is not asked for again, and in the end everything is here."""
    century.pubmed.faults.add(f"efetch:3x10000:{fault}")
    assert century.harvest("backfill").exit_code == 1
    stored = century.pmids()
    assert 0 < len(stored) < 30
    assert century.rows("SELECT watermark FROM sources") == [{"watermark": None}]
    century.pubmed.faults.clear()
    century.pubmed.requests.clear()
    assert century.harvest("backfill").exit_code == 0
    assert century.pmids() == [FIRST + number for number in range(30)]
    assert set(century.asked_for()) == set(century.pmids()) - set(stored)
    assert century.rows("SELECT watermark FROM sources") == [{"watermark": "2026-11-22"}]


def test_a_run_finishes_what_a_backfill_began(century: Tracker) -> None:
    """Every study is known by name before the first one is fetched."""
    century.pubmed.faults.add("efetch:2x10000:reset")
    assert century.harvest("backfill").exit_code == 1
    century.pubmed.faults.clear()
    assert century.harvest("run").exit_code == 0
    assert len(century.pmids()) == 30


def test_the_pacer_spaces_the_requests_of_many_threads(tmp_path: Path) -> None:
    """Twelve threads that ask at once get moments a 106 % of the interval apart, each moment once."""
    now, waits, lock = time.time(), list[float](), threading.Lock()

    def sleep(seconds: float) -> None:
        with lock:
            waits.append(seconds)

    pacer = Pacer(tmp_path / "pace", 10, clock=lambda: now, sleep=sleep)

    def take_five() -> None:
        for _ in range(5):
            pacer.wait()

    threads = [threading.Thread(target=take_five) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(waits) == pytest.approx([0.106 * number for number in range(60)], abs=1e-4)


@pytest.mark.slow
def test_a_backfill_with_requests_in_flight_keeps_the_rate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PubMed takes 0.6 s to answer and lets three requests a second pass: several are under way, none is refused."""
    wait = Pacer.wait
    monkeypatch.setattr("harvest.pipeline.BATCH", 3)
    with tracking(studies(60), tmp_path, monkeypatch) as tracker:
        monkeypatch.setattr("harvest.http.Pacer.wait", wait)
        tracker.pubmed.latency = 0.6
        tracker.pubmed.limit.anonymous = 4  # one more than NCBI's: a busy machine delivers two requests late and close
        answers = refusals(tracker.pubmed, monkeypatch)
        assert tracker.harvest("backfill").output == ""
        fetches = [request.time for request in tracker.pubmed.requests if request.endpoint == "efetch"]
    assert answers == []
    assert len(fetches) == 20
    assert 19 * 0.34 < max(fetches) - min(fetches) < 19 * 0.6


def refusals(pubmed: LocalPubMed, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The statuses, from here on, of answers that refuse a request as one too many."""
    seen: list[int] = []
    check = type(pubmed.limit).check

    def watched(limit: Any, key: str | None, address: str) -> Any:
        headers, refusal = check(limit, key, address)
        seen.extend([refusal.status] if refusal else [])
        return headers, refusal

    monkeypatch.setattr(type(pubmed.limit), "check", watched)
    return seen
