"""A database is opened safely, moves from one consistent state to another only, and what is wrong with it is said."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from harvest.errors import StoreError
from harvest.model import Section, Study, Tag
from harvest.store import Store
from tests.fakes import STUDY, study
from tests.store.saving import dump, save


@pytest.mark.parametrize(("pragma", "value"), [("foreign_keys", 1), ("journal_mode", "wal")])
def test_the_database_is_opened_safely(store: Store, pragma: str, value: object) -> None:
    """Foreign keys hold, and readers do not wait for the writer."""
    assert store.rows(f"PRAGMA {pragma}") == [{pragma: value}]


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    """Half a batch is never seen."""

    def fails(_: Sequence[Study]) -> list[tuple[Tag, ...]]:
        raise ZeroDivisionError

    before = dump(store)
    with pytest.raises(ZeroDivisionError), store.transaction():
        store.studies.save([STUDY], fails)
    assert dump(store) == before


def test_a_file_that_is_no_database_is_refused_by_name(tmp_path: Path) -> None:
    """One line, and the file stays as it was."""
    path = tmp_path / "text.db"
    path.write_text("not a database, but long enough to be looked at as one " * 40)
    with pytest.raises(StoreError, match=r"text\.db.*not a database"):
        Store(path)
    assert path.read_text().startswith("not a database")


def test_a_locked_database_is_said_to_be_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator learns that it is another writer, and to try again."""
    monkeypatch.setattr("harvest.store.connection.BUSY_SECONDS", 0)
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
