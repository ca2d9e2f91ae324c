"""What became different of a study is kept."""

from __future__ import annotations

from harvest.model import PublicationType
from harvest.store import Store
from tests.fakes import STUDY, study
from tests.store.saving import save


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
