"""What tests of the store have in common: studies saved with their tags, and all that is then in the database."""

from __future__ import annotations

from harvest.model import Study
from harvest.store import Outcome, Store
from tests.fakes import FakeTagger


def save(store: Store, *studies: Study) -> list[Outcome]:
    tagger = FakeTagger()
    with store.transaction():
        if not store.fact("taxonomy"):
            store.tags.publish(tagger.facets, tagger.definitions, tagger.digest)
        return list(store.studies.save(studies, tagger.tag_all).values())


def dump(store: Store) -> dict[str, list[dict[str, object]]]:
    """Every table of the database, without the shadow tables of the index."""
    names = [
        row["name"]
        for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'studies_fts%'")
        if not row["name"].startswith("_")
    ]
    return {name: store.rows(f"SELECT * FROM {name} ORDER BY 1, 2") for name in names}
