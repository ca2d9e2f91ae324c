from __future__ import annotations

import pickle
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.bench import store
from tests.bench.store import Work, inserted, saved, upserted
from tests.dumps import logical_dump


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Work:
    """Two batches of five studies on top of an empty database."""
    folder = tmp_path_factory.mktemp("work")
    store._publish(folder / "empty.db")
    tagged = list(store._tagged(10))
    return Work.of(folder, folder / "empty.db", [tagged[:5], tagged[5:]])


@pytest.mark.parametrize("write", [inserted, upserted])
def test_the_others_leave_the_database_that_the_store_leaves(work: Work, write: store.Write, tmp_path: Path) -> None:
    """Row by row, with full-text search; only then are they timed."""
    ours = store._made_by(saved, work, tmp_path / "ours.db")
    theirs = store._made_by(write, work, tmp_path / "theirs.db")
    dump = logical_dump(ours)
    assert len(dump["studies"]) == 10
    assert len(dump["tag_evidence"]) > 50
    assert logical_dump(theirs) == dump
    assert store._faults_of_search(theirs) == []


def test_a_database_that_is_another_is_not_timed(work: Work, tmp_path: Path) -> None:
    """It is told what is different."""
    cut = work._replace(added=tmp_path / "added")
    rows = pickle.loads(work.added.read_bytes())
    cut.added.write_bytes(pickle.dumps(rows[:1]))
    with pytest.raises(ValueError, match="inserted left another database"):
        list(store._compared(tmp_path, [cut]))


def test_a_search_index_that_lacks_a_study_is_told(work: Work, tmp_path: Path) -> None:
    """SQLite's own check does not look there."""
    path = store._made_by(saved, work, tmp_path / "ours.db")
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("INSERT INTO studies_fts (studies_fts) VALUES ('delete-all')")
        conn.commit()
    assert store._faults_of_search(path) != []
