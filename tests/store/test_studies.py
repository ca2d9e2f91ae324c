"""Studies are kept as PubMed describes them, and only a newer record replaces one."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from harvest.model import Deletion, Pmid, Section
from harvest.store import Outcome, Store
from tests.fakes import STUDY, Clock, study
from tests.store.saving import dump, save


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
        "fingerprint": full.fingerprint,
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


def test_a_withdrawn_study_is_kept_and_marked(store: Store) -> None:
    """PubMed deletes records; a tracker says so and forgets nothing."""
    save(store, STUDY)
    with store.transaction():
        store.studies.withdraw([Deletion(STUDY.pmid), Deletion(Pmid(970_000_099))])
    assert store.rows("SELECT missing_since FROM studies") == [{"missing_since": "2026-11-22T12:00:00Z"}]


def test_a_deletion_that_is_read_before_its_record_counts(store: Store) -> None:
    """Files may be read in any order; what PubMed itself describes is there after all."""
    with store.transaction():
        store.studies.withdraw([Deletion(STUDY.pmid)])
    save(store, STUDY)
    assert store.rows("SELECT missing_since FROM studies") == [{"missing_since": "2026-11-22T12:00:00Z"}]
    with store.transaction():
        store.studies.described([STUDY.pmid], date(2026, 11, 23))
    assert store.rows("SELECT missing_since FROM studies") == [{"missing_since": None}]
