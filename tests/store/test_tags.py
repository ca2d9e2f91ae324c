"""Tags are given by what is stored."""

from __future__ import annotations

from harvest.store import Store
from tests.fakes import STUDY
from tests.store.saving import save


def test_a_study_comes_back_as_it_was_stored(store: Store) -> None:
    """What the tagger reads from the store equals what it reads from PubMed."""
    save(store, STUDY)
    [text] = store.tags.texts()
    for part in ("pmid", "sections", "keywords", "mesh", "publication_types", "substances"):
        assert getattr(text, part) == getattr(STUDY, part)
