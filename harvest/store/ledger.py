"""What was asked and what came of it: sources and how far they were followed, what they named, and the runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from harvest.model import Pmid
from harvest.sources import Discovery, Source
from harvest.store.connection import LISTED, Connection, listed
from harvest.store.decision import Outcome


@dataclass(frozen=True, slots=True)
class SourceState:
    """How far a source has been followed, in ISO days; the marks are the feed server's.

    Everything up to ``watermark`` is stored; ``asked_from`` is the earliest day asked about since, if that has not come
    to its end.
    """

    watermark: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    asked_from: str | None = None


class Ledger:
    """The record of sources, sightings and runs in a database."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def state(self, name: str, identity: str | None = None) -> SourceState:
        """How far a source has been followed; not at all where it has another identity than the one that was."""
        row = self._conn.execute(
            "SELECT watermark, etag, last_modified, asked_from, identity FROM sources WHERE name = ?", (name,)
        ).fetchone()
        if row is None or (identity and row["identity"] and row["identity"] != identity):
            return SourceState()
        return SourceState(*row[:-1])

    def ask(self, source: Source, since: date) -> bool:
        """Note that a source is about to be asked from a day on. Call within a transaction.

        If it is cut off the next run knows from when to go on. Returns whether the source, by its name, was followed
        before with another expression or address: then it begins anew.
        """
        former = self.state(source.name)
        changed = self.state(source.name, source.identity) != former
        if changed:
            self._conn.execute("DELETE FROM sources WHERE name = ?", (source.name,))
        self._conn.execute(
            "INSERT INTO sources (name, kind, identity, asked_from) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE"
            " SET identity = excluded.identity, asked_from = min(coalesce(asked_from, '9'), excluded.asked_from)",
            (source.name, source.kind, source.identity, since.isoformat()),
        )
        return changed and former.watermark is not None

    def see(self, source: Source, found: Discovery) -> None:
        """Note what a source named. Call within a transaction.

        What is not stored yet becomes pending, and so does what PubMed says it has changed. What PubMed did not
        describe for so long that it is no longer waited for is asked for once more whenever it is named again.

        The feed server's marks are noted too: from here on the sightings themselves keep what was named.
        """
        self._conn.executemany(
            "INSERT INTO sightings (pmid, source, seen, state) VALUES (?1, ?2, ?3,"
            " iif(EXISTS (SELECT 1 FROM studies WHERE pmid = ?1), 'stored', 'pending'))"
            " ON CONFLICT DO UPDATE SET state = excluded.state WHERE state = 'missing'",
            [(pmid, source.name, self._conn.now()) for pmid in found.pmids],
        )
        self._conn.executemany(
            "INSERT INTO sightings (pmid, source, seen, state) VALUES (?, ?, ?, 'pending')"
            " ON CONFLICT DO UPDATE SET state = 'pending', seen = excluded.seen",
            [(pmid, source.name, self._conn.now()) for pmid in found.changed],
        )
        self._conn.execute(
            "INSERT INTO sources (name, kind, etag, last_modified, total) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, etag = excluded.etag,"
            " last_modified = excluded.last_modified, total = excluded.total",
            (source.name, source.kind, found.etag, found.last_modified, found.total),
        )

    def unknown(self, pmids: Iterable[Pmid]) -> list[Pmid]:
        """Those of some PMIDs that no source has named before and that are not held."""
        known = "SELECT 1 FROM studies WHERE pmid = ?1 UNION SELECT 1 FROM sightings WHERE pmid = ?1"
        return [pmid for pmid in pmids if not self._conn.execute(known, (pmid,)).fetchone()]

    def pending(self) -> list[Pmid]:
        """The PMIDs that sources named and PubMed has not described yet, oldest sighting first."""
        rows = self._conn.execute(
            "SELECT pmid FROM sightings WHERE state = 'pending' GROUP BY pmid ORDER BY min(seen), pmid"
        )
        return [Pmid(row[0]) for row in rows]

    def pending_of(self, source: str) -> list[Pmid]:
        """The PMIDs that one source named and PubMed has not described yet."""
        rows = self._conn.execute(
            "SELECT pmid FROM sightings WHERE state = 'pending' AND source = ? ORDER BY pmid", (source,)
        )
        return [Pmid(row[0]) for row in rows]

    def arrived(self, pmids: Iterable[Pmid]) -> None:
        """Note that PubMed has described studies, whichever sources named them. Call within a transaction."""
        self._conn.execute(
            f"UPDATE sightings SET state = 'stored' WHERE state <> 'stored' AND pmid IN {LISTED}", (listed(pmids),)
        )

    def given_up(self, pmid: Pmid) -> None:
        """Note that a study that is pending is no longer waited for. Call within a transaction."""
        self._conn.execute("UPDATE sightings SET state = 'missing' WHERE pmid = ? AND state = 'pending'", (pmid,))

    def succeed(self, source: str, watermark: str | None) -> None:
        """Note that everything a source named is stored. Call within a transaction.

        ``watermark`` is the day up to which it has now been followed without a gap, ``None`` where a gap is left. It
        may lie before the former one: then the clock was wrong.
        """
        self._conn.execute("UPDATE sources SET last_success = ? WHERE name = ?", (self._conn.now(), source))
        if watermark:
            self._conn.execute(
                "UPDATE sources SET watermark = ?, asked_from = NULL WHERE name = ?", (watermark, source)
            )

    def start_run(self, command: str) -> int:
        """Note that a run begins; returns its number. A run that never noted its end was cut off."""
        with self._conn.transaction():
            self._conn.execute("UPDATE runs SET status = 'interrupted' WHERE status = 'running'")
            row = self._conn.execute(
                "INSERT INTO runs (command, started, status) VALUES (?, ?, 'running') RETURNING id",
                (command, self._conn.now()),
            ).fetchone()
        return int(row[0])

    def finish_run(
        self,
        run: int,
        *,
        status: str,
        error: str | None,
        outcomes: Iterable[Outcome],
        sources: Iterable[dict[str, Any]],
    ) -> None:
        """Note how a run ended, what became of the studies it brought, and what it found in each source."""
        tally = Counter(outcomes)
        with self._conn.transaction():
            self._conn.execute(
                "UPDATE runs SET finished = ?, status = ?, error = ?, new = ?, revised = ?, unchanged = ? WHERE id = ?",
                (
                    self._conn.now(),
                    status,
                    error,
                    tally[Outcome.NEW],
                    tally[Outcome.REVISED],
                    tally[Outcome.UNCHANGED] + tally[Outcome.OLDER],
                    run,
                ),
            )
            for row in sources:
                self._note_source({"run_id": run} | row)

    def _note_source(self, row: dict[str, Any]) -> None:
        self._conn.execute(
            f"INSERT INTO run_sources ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values())
        )
