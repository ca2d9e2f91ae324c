"""The store keeps studies, and only ever moves from one consistent state to another."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from harvest.errors import StoreError
from harvest.migrations import migrations
from harvest.model import Deletion, Link, Pmid, PublicationType, Section, Study
from harvest.sources import Discovery
from harvest.store import Held, Outcome, SourceState, Store, decide
from tests.fakes import STUDY, Clock, FakeSource, FakeTagger, study


def save(store: Store, *studies: Study) -> list[Outcome]:
    tagger = FakeTagger()
    with store.transaction():
        if not store.fact("taxonomy"):
            store.publish_taxonomy(tagger.definitions, tagger.digest)
        return list(store.save(studies, tagger.tag).values())


def dump(store: Store) -> dict[str, list[dict[str, object]]]:
    """Every table of the database, without the shadow tables of the index."""
    names = [
        row["name"]
        for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'studies_fts%'")
        if not row["name"].startswith("_")
    ]
    return {name: store.rows(f"SELECT * FROM {name} ORDER BY 1, 2") for name in names}


def test_a_study_comes_back_as_it_was_stored(store: Store) -> None:
    """What the tagger reads from the store equals what it reads from PubMed."""
    save(store, STUDY)
    [text] = store.texts()
    for part in ("pmid", "sections", "keywords", "mesh", "publication_types", "substances"):
        assert getattr(text, part) == getattr(STUDY, part)


def test_every_field_of_a_study_is_in_the_database(store: Store) -> None:
    """No field is read from PubMed and then dropped: each value can be found in some table."""
    save(store, STUDY)
    stored = repr(dump(store))
    for value in ("Ada Q", "0000-0000-0000-0001", "Sample University", "Sample Study Group", "An invented summary.",
                  "NCT00000001", "X01", "C000000001", "10.5555/sample.1", "Sample J Psychiatry. 2026;12:111.",
                  "690G0D6V8H", "drug therapy", "Automated", "Print-Electronic", "2026 Nov"):  # fmt: skip
        assert value in stored


def test_every_value_of_a_study_stands_in_its_own_column(store: Store, clock: Clock) -> None:
    """What PubMed says is told by the name of what it is."""
    full = study(
        vernacular_title="Erfundene Studie.",
        languages=("eng", "ger"),
        electronic_date="2026-10-05",
        publication_date="2026-10-05",
        completed="2026-11-06",
        conflict_of_interest="None, it is invented.",
        version=2,
        authors_complete=False,
        keywords=(*STUDY.keywords, replace(STUDY.keywords[0], text="made up")),
    )
    save(store, full)
    [row] = store.rows("SELECT * FROM studies")
    assert {name: value for name, value in row.items() if value is not None} == {
        "pmid": 970_000_001,
        "title": "Invented trial of repeated dosing.",
        "abstract": full.abstract,
        "journal": "Sample journal of psychiatry",
        "publication_date": "2026-10-05",
        "publication_year": 2026,
        "entered": "2026-11-04",
        "revised": "2026-11-05",
        "doi": "10.5555/sample.1",
        "pmcid": "PMC97000001",
        "language": "eng, ger",
        "notice": "none",
        "first_seen": "2026-11-22T12:00:00Z",
        "keywords": "invented; made up",
        "mesh": "Humans; Depressive Disorder, Major",
        "vernacular_title": "Erfundene Studie.",
        "journal_abbreviation": "Sample J Psychiatry",
        "nlm_unique_id": "000000000",
        "issn": "0000-0000",
        "volume": "12",
        "issue": "3",
        "pages": "101-110",
        "publication_date_text": "2026 Nov",
        "electronic_date": "2026-10-05",
        "publication_model": "Print-Electronic",
        "publication_status": "ppublish",
        "completed": "2026-11-06",
        "kind": "article",
        "status": "MEDLINE",
        "indexing_method": "Automated",
        "version": 2,
        "copyright": "Sample record, invented.",
        "conflict_of_interest": "None, it is invented.",
        "authors_complete": 0,
        "fingerprint": full.fingerprint(),
    }


def test_the_abstract_is_its_sections_with_labels_joined_by_blank_lines(store: Store) -> None:
    """One column holds the whole abstract for whoever exports a flat table."""
    save(store, STUDY)
    [row] = store.rows("SELECT abstract FROM studies")
    assert row["abstract"] == "BACKGROUND: An invented background.\n\nRESULTS: Mood improved and memory did not change."


def test_a_record_without_abstract_has_none(store: Store) -> None:
    """Unknown is NULL, not an empty text."""
    save(store, study(sections=STUDY.sections[:1]))
    assert store.rows("SELECT abstract FROM studies") == [{"abstract": None}]


def test_storing_the_same_study_twice_changes_nothing(store: Store, clock: Clock) -> None:
    """The second time is not even noted in first_seen."""
    assert save(store, STUDY) == [Outcome.NEW]
    before = dump(store)
    clock.pass_by(days=1)
    assert save(store, STUDY) == [Outcome.UNCHANGED]
    assert dump(store) == before


def test_a_newer_revision_replaces_every_part_of_an_older_one(store: Store) -> None:
    """No row of the former revision is left behind, and first_seen stays."""
    save(store, STUDY)
    [first] = store.rows("SELECT first_seen FROM studies")
    newer = study(revised="2026-11-09", sections=(Section(0, None, None, "New title."),), authors=(), mesh=(), links=())
    assert save(store, newer) == [Outcome.REVISED]
    assert store.rows("SELECT title, abstract, first_seen FROM studies") == [
        {"title": "New title.", "abstract": None} | first
    ]
    for table in ("study_authors", "study_mesh", "links", "study_tags", "tag_evidence"):
        assert store.rows(f"SELECT * FROM {table}") == []


def test_a_revision_of_authors_types_and_trials_is_kept_as_a_change(store: Store) -> None:
    """Lists beside the study's own columns count too."""
    save(store, STUDY)
    newer = study(
        revised="2026-11-09",
        authors=STUDY.authors[1:],
        publication_types=(*STUDY.publication_types, PublicationType("D016454", "Review")),
        trials=(),
    )
    save(store, newer)
    assert store.rows("SELECT field, old, new FROM changes WHERE field <> 'revised' ORDER BY field") == [
        {"field": "authors", "old": "Samplewood Ada Q; Sample Study Group", "new": "Sample Study Group"},
        {"field": "publication_types", "old": "Journal Article", "new": "Journal Article; Review"},
        {"field": "trials", "old": "NCT00000001", "new": None},
    ]


def test_an_older_revision_never_replaces_a_newer_one(store: Store) -> None:
    """Files of the past may be loaded at any time."""
    save(store, STUDY)
    before = dump(store)
    assert save(store, study(title="Old", revised="2026-11-01")) == [Outcome.OLDER]
    assert save(store, study(title="Old", revised=None)) == [Outcome.OLDER]
    assert dump(store) == before


def test_the_pmid_version_outweighs_the_revision_date(store: Store) -> None:
    """Version 2 of a record is newer whatever its dates say."""
    save(store, STUDY)
    assert save(store, study(version=2, revised="2020-01-01")) == [Outcome.REVISED]


@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from([None, "2026", "2026-01-02", "2026-02-01"])), min_size=1))
def test_the_order_of_arrival_does_not_matter_between_different_dates(arrivals: list[tuple[int, str | None]]) -> None:
    """Whatever comes in whatever order, what is held in the end has the highest version and date of all."""
    held: Held | None = None
    for version, revised in arrivals:
        record = study(version=version, revised=revised)
        if decide(held, record) in (Outcome.NEW, Outcome.REVISED):
            held = Held(version, revised, record.fingerprint())
    assert held
    assert (held.version, held.revised or "") == max((version, revised or "") for version, revised in arrivals)


def test_words_are_found_in_title_abstract_keywords_and_mesh(store: Store) -> None:
    """Full-text search covers what a reader would search."""
    save(store, STUDY)
    for word in ("repeated", "mood", "invented", "depressive", '"Disorder, Major"'):
        assert store.rows("SELECT rowid FROM studies_fts WHERE studies_fts MATCH ?", word) == [{"rowid": STUDY.pmid}]


def test_a_revised_study_is_found_by_its_new_words_only(store: Store) -> None:
    """The index follows the text."""
    save(store, STUDY)
    save(store, study(revised="2026-11-09", title="Pristine title."))
    assert store.rows("SELECT rowid FROM studies_fts WHERE studies_fts MATCH 'repeated'") == []
    assert store.rows("SELECT rowid FROM studies_fts WHERE studies_fts MATCH 'pristine'") == [{"rowid": STUDY.pmid}]
    store.rows("INSERT INTO studies_fts (studies_fts, rank) VALUES ('integrity-check', 1)")


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    """Half a batch is never seen."""

    def fails(_: Study) -> tuple[()]:
        raise ZeroDivisionError

    before = dump(store)
    with pytest.raises(ZeroDivisionError), store.transaction():
        store.save([STUDY], fails)
    assert dump(store) == before


@pytest.mark.parametrize(
    ("changes", "notice"),
    [
        ({}, "none"),
        ({"publication_types": (PublicationType("D016441", "Retracted Publication"),)}, "retracted"),
        ({"links": (Link("RetractionIn", None, "x", None),)}, "retracted"),
        ({"links": (Link("ExpressionOfConcernIn", None, "x", None),)}, "concern"),
        ({"links": (Link("ErratumIn", None, "x", None), Link("RetractionIn", None, "x", None))}, "retracted"),
        ({"links": (Link("ErratumIn", None, "x", None),)}, "corrected"),
        ({"links": (Link("ErratumFor", None, "x", None), Link("RetractionOf", None, "x", None))}, "none"),
    ],
)
def test_the_gravest_notice_stands_with_the_study(store: Store, changes: dict[str, object], notice: str) -> None:
    """A retraction shows by publication type or by link; the notice itself is not retracted."""
    save(store, replace(STUDY, **changes))  # type: ignore[arg-type]  # a table of unlike changes
    assert store.rows("SELECT notice FROM studies") == [{"notice": notice}]


def test_a_withdrawn_study_is_kept_and_marked(store: Store) -> None:
    """PubMed deletes records; a tracker says so and forgets nothing."""
    save(store, STUDY)
    with store.transaction():
        store.withdraw([Deletion(STUDY.pmid), Deletion(Pmid(970_000_099))])
    assert store.rows("SELECT missing_since FROM studies") == [{"missing_since": "2026-11-22T12:00:00Z"}]


def test_what_a_source_names_is_pending_until_it_is_stored(store: Store) -> None:
    """The next run finishes what this one could not."""
    save(store, STUDY)
    with store.transaction():
        store.see(FakeSource(), Discovery((STUDY.pmid, Pmid(970_000_007), Pmid(970_000_003))))
    assert store.pending() == [970_000_003, 970_000_007]
    save(store, study(970_000_003))
    assert store.pending() == [970_000_007]


def test_a_study_that_two_sources_name_is_fetched_once(store: Store) -> None:
    """Pending is a set of studies, not of sightings."""
    with store.transaction():
        store.see(FakeSource("one"), Discovery((STUDY.pmid,)))
        store.see(FakeSource("two"), Discovery((STUDY.pmid,)))
    assert store.pending() == [STUDY.pmid]
    save(store, STUDY)
    assert store.pending_of("one") == store.pending_of("two") == []


def test_a_watermark_set_by_a_clock_that_was_ahead_is_corrected(store: Store) -> None:
    """Else nothing would be asked about until that day comes."""
    with store.transaction():
        store.see(FakeSource("one"), Discovery(()))
        store.succeed("one", "2036-01-01")
        store.succeed("one", "2026-11-22")
    assert store.source_state("one").watermark == "2026-11-22"


def test_a_source_that_asks_something_else_begins_anew(store: Store) -> None:
    """Another expression under the same name has been followed nowhere, and its server's marks mean nothing."""
    with store.transaction():
        assert not store.ask(FakeSource("one", identity="old"), date(2026, 9, 1))
        store.see(FakeSource("one", identity="old"), Discovery((), etag="v1"))
        store.succeed("one", "2026-11-22")
        assert not store.ask(FakeSource("one", identity="old"), date(2026, 11, 8))
    assert store.source_state("one", "new") == SourceState()
    with store.transaction():
        assert store.ask(FakeSource("one", identity="new"), date(2026, 9, 23))
    assert store.source_state("one", "new") == SourceState(asked_from="2026-09-23")


def test_what_was_asked_from_is_kept_until_it_has_come_to_its_end(store: Store) -> None:
    """The earliest day counts, and only a success without a gap ends it."""
    source = FakeSource("one")
    with store.transaction():
        for day in (date(1780, 1, 1), date(2026, 11, 8)):
            store.ask(source, day)
        store.succeed("one", None)
    assert store.source_state("one") == SourceState(asked_from="1780-01-01")
    with store.transaction():
        store.succeed("one", "2026-11-22")
    assert store.source_state("one") == SourceState(watermark="2026-11-22")


def test_a_deletion_that_is_read_before_its_record_counts(store: Store) -> None:
    """Files may be read in any order; what PubMed itself describes is there after all."""
    with store.transaction():
        store.withdraw([Deletion(STUDY.pmid)])
    save(store, STUDY)
    assert store.rows("SELECT missing_since FROM studies") == [{"missing_since": "2026-11-22T12:00:00Z"}]
    with store.transaction():
        store.described([STUDY.pmid], date(2026, 11, 23))
    assert store.rows("SELECT missing_since FROM studies") == [{"missing_since": None}]


def test_a_run_that_was_cut_off_is_told_apart_from_one_that_goes_on(store: Store) -> None:
    """The next run finds a run without an end and says so."""
    first = store.start_run("run")
    store.start_run("run")
    assert store.rows("SELECT id, status FROM runs ORDER BY id") == [
        {"id": first, "status": "interrupted"},
        {"id": first + 1, "status": "running"},
    ]


def test_a_database_made_by_a_newer_program_is_refused(tmp_path: Path) -> None:
    """An old program does not write into a schema that it does not know."""
    path = tmp_path / "newer.db"
    Store(path).close()
    db = Database(path)
    db.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('harvest', '9999', '2030')")
    db.close()
    with pytest.raises(StoreError, match="newer version of harvest"):
        Store(path)


def test_a_file_that_is_no_database_is_refused_by_name(tmp_path: Path) -> None:
    """One line, and the file stays as it was."""
    path = tmp_path / "text.db"
    path.write_text("not a database, but long enough to be looked at as one " * 40)
    with pytest.raises(StoreError, match=r"text\.db.*not a database"):
        Store(path)
    assert path.read_text().startswith("not a database")


def test_a_database_of_another_program_is_refused_by_name(tmp_path: Path) -> None:
    """Its tables are left as they are."""
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE studies (mine TEXT)")
    other.close()
    with pytest.raises(StoreError, match="belongs to another program"):
        Store(tmp_path / "other.db")


def test_a_locked_database_is_said_to_be_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator learns that it is another writer, and to try again."""
    monkeypatch.setattr("harvest.store.BUSY_SECONDS", 0)
    path = tmp_path / "busy.db"
    with Store(path) as store:
        other = sqlite3.connect(path)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another program has been writing"), store.transaction():
            store.set_fact("kind", "live")
        other.close()


def test_a_full_disk_is_said_to_be_full_and_loses_nothing(store: Store) -> None:
    """The batch that did not fit is undone, what was there before stays."""
    save(store, STUDY)
    before = dump(store)
    pages = store.rows("PRAGMA page_count")[0]["page_count"]
    store.rows(f"PRAGMA max_page_count = {pages + 2}")
    large = study(970_000_002, sections=(Section(0, None, None, "many words " * 20_000),))
    with pytest.raises(StoreError, match="free some space"):
        save(store, large)
    assert dump(store) == before


def test_migrations_are_applied_once_and_in_order(tmp_path: Path) -> None:
    """Opening a database again finds nothing to do."""
    for _ in range(2):
        Store(tmp_path / "again.db").close()
    db = Database(tmp_path / "again.db")
    names = [applied.name for applied in migrations.applied(db)]
    db.close()
    assert names == sorted(names)
    assert len(names) == len(set(names))


@pytest.mark.parametrize("pragma", ["foreign_keys", "journal_mode"])
def test_the_database_is_opened_safely(store: Store, pragma: str) -> None:
    """Foreign keys hold, and readers do not wait for the writer."""
    assert store.rows(f"PRAGMA {pragma}")[0][pragma] in (1, "wal")
