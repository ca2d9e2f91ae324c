"""A study is taken away as it stands in the database."""

from __future__ import annotations

import sqlite3

from harvest.batches import batches
from harvest.publish.record import BATCH, Record, Vocabulary, batch, records
from tests.db.filled import BARE, CORRECTED, FULL, HOSTILE, RETRACTED


def taken(conn: sqlite3.Connection, *pmids: int) -> list[Record]:
    return list(records(conn, Vocabulary(conn), pmids))


def test_studies_come_in_the_order_asked_for(conn: sqlite3.Connection) -> None:
    """Those that are not there are left out."""
    assert [study.pmid for study in taken(conn, BARE, 1, FULL)] == [BARE, FULL]


def test_a_study_has_its_columns_and_its_lists(conn: sqlite3.Connection) -> None:
    """People with their roles, tags in the order of the taxonomy with what was found."""
    (study,) = taken(conn, FULL)
    assert (study.title, study.pages, study.participants) == (
        "Memory after repeated infusions for resistant depression",
        "45-51",
        80,
    )
    assert [(person.role, person.name) for person in study.people] == [
        ("author", "Samplewood Ada"),
        ("investigator", "Example Study Group"),
    ]
    assert [(tag.facet, tag.tag, tag.finding) for tag in study.tags] == [
        ("condition", "depression", None),
        ("condition", "treatment-resistant-depression", None),
        ("long_term_effect", "cognition", "no-change"),
    ]
    assert list(study.keywords) == ["recall of lists"]
    assert list(study.mesh) == ["Memory"]
    assert list(study.publication_types) == ["Observational Study"]
    assert not study.notices


def test_a_bare_study_has_none(conn: sqlite3.Connection) -> None:
    """Unknown is None or empty."""
    (study,) = taken(conn, BARE)
    assert study.is_preprint
    assert not any((study.abstract, study.people, study.tags, study.keywords, study.mesh, study.notices))


def test_notices_come_with_the_studies_that_have_a_standing(conn: sqlite3.Connection) -> None:
    """Other relations are no notices."""
    retracted, corrected = taken(conn, RETRACTED, CORRECTED)
    assert retracted.is_retracted
    assert [notice.kind for notice in retracted.notices] == ["RetractionIn"]
    assert not corrected.notices


def test_a_tag_is_labelled(conn: sqlite3.Connection) -> None:
    """One that the taxonomy no longer has is called by its slug."""
    vocabulary = Vocabulary(conn)
    assert vocabulary.label("condition", "crps") == "Complex regional pain syndrome"
    assert vocabulary.label("condition", "gone") == "gone"
    assert [tag.question for tag in batch(conn, vocabulary, [HOSTILE])[0].tags] == ["Condition"]


def test_batches_lose_none() -> None:
    """However many there are, each comes once."""
    for count in (0, 1, BATCH, BATCH + 1):
        some = list(batches(range(count), BATCH))
        assert [one for batch in some for one in batch] == list(range(count))
        assert all(0 < len(one) <= BATCH for one in some)
