"""What became different of studies that were held, and what of it somebody must be told."""

from __future__ import annotations

from typing import Any

from harvest.model import Pmid
from harvest.store.connection import Connection
from harvest.store.rows import VALUES

_TRACKED_LISTS = {
    "authors": "SELECT name FROM study_authors JOIN authors ON id = author_id WHERE pmid = ? ORDER BY position",
    "publication_types": "SELECT name FROM study_publication_types JOIN publication_types USING (ui)"
    " WHERE pmid = ? ORDER BY position",
    "substances": "SELECT name FROM study_substances JOIN substances USING (ui) WHERE pmid = ? ORDER BY position",
    "trials": "SELECT accession FROM trials WHERE pmid = ? ORDER BY position",
}
_UNTRACKED = frozenset({"pmid", "first_seen", "fingerprint", "checked", *VALUES})


class Changes:
    """The history of the studies in a database."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def tracked(self, pmid: Pmid) -> dict[str, Any] | None:
        """What of a study is watched for changes, its columns and some lists, or ``None`` where it is not held."""
        row = self._conn.execute("SELECT * FROM studies WHERE pmid = ?", (pmid,)).fetchone()
        if row is None:
            return None
        lists = {
            name: "; ".join(value for (value,) in self._conn.execute(query, (pmid,))) or None
            for name, query in _TRACKED_LISTS.items()
        }
        return {name: row[name] for name in row.keys() if name not in _UNTRACKED} | lists  # noqa: SIM118 - a Row iterates over its values

    def note(self, pmid: Pmid, before: dict[str, Any] | None) -> None:
        """Keep what became different of a study that was held before. Call within a transaction.

        Args:
            pmid: the study.
            before: what was tracked of it before it was written to, ``None`` where it was not held.
        """
        after = self.tracked(pmid) if before else None
        if before is None or after is None:
            return
        self._conn.executemany(
            "INSERT INTO changes (pmid, changed_at, field, old, new) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (pmid, changed_at, field) DO UPDATE SET new = excluded.new",
            [
                (pmid, self._conn.now(), name, _as_text(before[name]), _as_text(value))
                for name, value in after.items()
                if before[name] != value
            ],
        )

    def untold_retractions(self) -> list[tuple[Pmid, str]]:
        """The studies, with their titles, that were found to be retracted and that nobody has been told of yet."""
        rows = self._conn.execute(
            "SELECT DISTINCT pmid, title FROM changes JOIN studies USING (pmid)"
            " WHERE changes.rowid > ? AND field = 'notice' AND new = 'retracted' AND notice = new ORDER BY pmid",
            (int(self._conn.fact("told_changes") or 0),),
        )
        return [(Pmid(pmid), title) for pmid, title in rows]

    def retractions_told(self) -> None:
        """Note that somebody has been told of every retraction found so far. Call after that, not before."""
        (last,) = self._conn.execute("SELECT coalesce(max(rowid), 0) FROM changes").fetchone()
        with self._conn.transaction():
            self._conn.set_fact("told_changes", str(last))


def _as_text(value: object) -> str | None:
    return None if value is None else str(value)
