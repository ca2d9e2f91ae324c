"""One store keeps the studies: the only room that writes to the database.

A batch is one transaction: its studies, their tags and the state of their sightings become visible together or not at
all. Studies are upserted, never replaced: a replaced row would take its tags with it.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from harvest.errors import StoreError
from harvest.migrations import migrations
from harvest.model import (
    INVERSE_LINK,
    Deletion,
    Evidence,
    Keyword,
    MeshHeading,
    MeshQualifier,
    Pmid,
    PublicationType,
    Section,
    StoredText,
    Study,
    Substance,
    Tag,
    TagDefinition,
    gravest,
)
from harvest.rows import CHILDREN, LOOKUPS, Lookup, study_row, tag_rows
from harvest.sources import Discovery, Source

MISSES_THAT_COUNT = 3
"""Days on which PubMed must leave out a PMID before it is taken as gone."""

BUSY_SECONDS = 30
"""How long a writer waits for another one before it gives up."""

_READ_AT_ONCE = 1_000
_FIRST_MIRRORED = 1_001
_TRACKED_LISTS = {
    "authors": "SELECT name FROM study_authors JOIN authors ON id = author_id WHERE pmid = ? ORDER BY position",
    "publication_types": "SELECT name FROM study_publication_types JOIN publication_types USING (ui)"
    " WHERE pmid = ? ORDER BY position",
    "substances": "SELECT name FROM study_substances JOIN substances USING (ui) WHERE pmid = ? ORDER BY position",
    "trials": "SELECT accession FROM trials WHERE pmid = ? ORDER BY position",
}
_UNTRACKED = frozenset({"pmid", "first_seen", "fingerprint", "checked"})
_STAGES = ("Publisher", "In-Data-Review", "In-Process", "PubMed-not-MEDLINE", "OLDMEDLINE", "Completed", "MEDLINE")


class Outcome(StrEnum):
    """What became of a study that was brought to the store."""

    NEW = "new"
    REVISED = "revised"
    UNCHANGED = "unchanged"
    OLDER = "older"


@dataclass(frozen=True, slots=True)
class Held:
    """What the store knows of a study it holds, as far as a decision about another record of it needs it."""

    version: int
    revised: str | None
    fingerprint: str
    last_event: str | None = None
    status: str | None = None
    identifiers: int = 0

    @classmethod
    def of(cls, study: Study) -> Held:
        """What would be known of a study if it were held."""
        return cls(
            study.version,
            study.revised,
            study.fingerprint(),
            max((event.date for event in study.history), default=None),
            study.status,
            len(study.article_ids),
        )

    @property
    def revision(self) -> tuple[int, str]:
        """What PubMed itself orders the revisions of a record by."""
        return self.version, self.revised or ""

    @property
    def maturity(self) -> tuple[str, int, int, str]:
        """How far a record had come among those of one revision."""
        stage = _STAGES.index(self.status) if self.status in _STAGES else -1
        return self.last_event or "", stage, self.identifiers, self.fingerprint


def decide(held: Held | None, study: Study, *, answered: bool = False) -> Outcome:
    """Whether a record is taken: a newer revision replaces an older one, never the reverse.

    Records are ordered by PMID version, then by DateRevised. PubMed also changes records without a new DateRevised. Of
    two such, what PubMed answers now stands, for it is what PubMed now has. Files may come in any order and must end in
    the same state, so of two from files that one stands which had come further: the later last date of its history,
    then the later stage of indexing, then the more identifiers (PubMed Central's comes last). Where all of these are
    equal nothing in the records tells which is newer, and the higher fingerprint stands, so that it is always the same.

    Args:
        held: what is known of the record that is held, if one is.
        study: the record that was brought.
        answered: whether PubMed itself gave it just now.
    """
    if held is None:
        return Outcome.NEW
    brought = Held.of(study)
    if held.fingerprint == brought.fingerprint:
        return Outcome.UNCHANGED
    if brought.revision == held.revision:
        return Outcome.REVISED if answered or brought.maturity > held.maturity else Outcome.OLDER
    return Outcome.REVISED if brought.revision > held.revision else Outcome.OLDER


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


class _RehearsalOver(Exception):  # noqa: N818 - no error
    """Undoes what was written."""


class Store:
    """An open database.

    Args:
        path: the file; it is made, or brought to the current schema, if need be.
        clock: the current moment, with its time zone.

    Raises:
        StoreError: the file is no database of this program, is newer than the program, or cannot be opened.
    """

    def __init__(self, path: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._path = path
        self._clock = clock
        with self._explained():
            self._conn = sqlite3.connect(path, timeout=BUSY_SECONDS)
            self._conn.row_factory = sqlite3.Row
            for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
                self._conn.execute(f"PRAGMA {pragma}")
            self._db = Database(self._conn, recursive_triggers=False, execute_plugins=False)
            self._migrate()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self._conn.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything written inside becomes visible together, or not at all.

        The lock on the file is taken at once: a writer that only read so far would not be let wait for it (SQLite's
        "BEGIN IMMEDIATE").

        Raises:
            StoreError: the database is locked, full or damaged.
        """
        with self._explained():
            if not self._conn.in_transaction:
                self._conn.execute("BEGIN IMMEDIATE")
                with self._ended():
                    yield
            else:
                with self._db.atomic():
                    yield

    @contextmanager
    def _ended(self) -> Iterator[None]:
        """Commit the transaction that was begun, or undo it."""
        try:
            yield
            self._conn.execute("COMMIT")
        except BaseException:
            self._conn.rollback()
            raise

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """Everything written inside is undone at the end."""
        with suppress(_RehearsalOver), self.transaction():
            yield
            raise _RehearsalOver

    # Studies

    def kind(self) -> str | None:
        """``live`` or ``sample``, whichever the first record stored was; ``None`` as long as there is none."""
        return self.fact("kind")

    def save(
        self, studies: Iterable[Study], tags: Callable[[Study], Sequence[Tag]], *, answered: bool = False
    ) -> dict[Pmid, Outcome]:
        """Keep studies with their tags, each only if it is newer than what is held, and close their sightings.

        Call within a transaction, with studies of the store's kind; ``answered`` tells that PubMed gave them just now.
        """
        outcomes: dict[Pmid, Outcome] = {}
        for study in studies:
            outcome = decide(self._held(study.pmid), study, answered=answered)
            if outcome in (Outcome.NEW, Outcome.REVISED):
                before = self._tracked(study.pmid)
                self._write_study(study)
                self._relink(study.pmid)
                self._note_changes(study.pmid, before)
                self._write_tags(study.pmid, tags(study))
            if outcome is Outcome.NEW and self._is_withdrawn(study.pmid):
                self._mark_missing(study.pmid)
            outcomes[study.pmid] = outcome
            self.set_fact("kind", "sample" if study.is_sample else "live")
        self._conn.executemany("UPDATE sightings SET state = 'stored' WHERE pmid = ?", [(pmid,) for pmid in outcomes])
        return outcomes

    def described(self, pmids: Iterable[Pmid], day: date) -> None:
        """Note that PubMed described these studies on a day. Call within a transaction.

        One that was missing is back, and former misses no longer count.
        """
        for pmid in pmids:
            self._conn.execute("UPDATE studies SET checked = ? WHERE pmid = ?", (day.isoformat(), pmid))
            self._conn.execute("DELETE FROM misses WHERE pmid = ?", (pmid,))
            self._conn.execute("DELETE FROM withdrawals WHERE pmid = ?", (pmid,))
            before = self._tracked(pmid)
            if before and before["missing_since"]:
                self._conn.execute("UPDATE studies SET missing_since = NULL WHERE pmid = ?", (pmid,))
                self._note_changes(pmid, before)

    def missed(self, pmids: Iterable[Pmid], day: date) -> None:
        """Note that PubMed, asked for these PMIDs on a day, left them out. Call within a transaction.

        PubMed sometimes leaves out what it has, so only misses on three different days count: then a study that is held
        is marked as missing, and one that a source named is no longer waited for.
        """
        for pmid in pmids:
            self._conn.execute("INSERT INTO misses (pmid, day) VALUES (?, ?) ON CONFLICT DO NOTHING", (pmid, str(day)))
            (days,) = self._conn.execute("SELECT count(*) FROM misses WHERE pmid = ?", (pmid,)).fetchone()
            if days >= MISSES_THAT_COUNT:
                self._conn.execute(
                    "UPDATE sightings SET state = 'missing' WHERE pmid = ? AND state = 'pending'", (pmid,)
                )
                self._mark_missing(pmid)

    def withdraw(self, deletions: Iterable[Deletion]) -> None:
        """Mark studies that PubMed has withdrawn, those too that are yet to come. Call within a transaction."""
        for deletion in deletions:
            self._conn.execute(
                "INSERT INTO withdrawals (pmid, noted_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
                (deletion.pmid, self._now()),
            )
            self._mark_missing(deletion.pmid)

    def _is_withdrawn(self, pmid: Pmid) -> bool:
        return self._conn.execute("SELECT 1 FROM withdrawals WHERE pmid = ?", (pmid,)).fetchone() is not None

    def _mark_missing(self, pmid: Pmid) -> None:
        """Mark a study that PubMed no longer has; it is kept."""
        before = self._tracked(pmid)
        mark = "UPDATE studies SET missing_since = ? WHERE pmid = ? AND missing_since IS NULL"
        self._conn.execute(mark, (self._now(), pmid))
        self._note_changes(pmid, before)

    def due_for_check(self, day: date, cycle_days: int) -> list[Pmid]:
        """Studies to ask PubMed for again, so that all of them are seen once in a cycle.

        Those that it left out before and that may be gone come first, then those that were asked for longest ago.
        """
        last = self.fact("rechecked")
        last = last if last and last <= str(day) else None  # a clock that was ahead must not put it off
        elapsed = min(cycle_days, (day - date.fromisoformat(last)).days) if last else 1
        share = -(-self.count() * max(0, elapsed) // cycle_days)
        doubted = self._conn.execute(
            "SELECT DISTINCT pmid FROM misses JOIN studies USING (pmid)"
            " WHERE missing_since IS NULL AND pmid NOT IN (SELECT pmid FROM misses WHERE day = ?) ORDER BY pmid",
            (str(day),),
        )
        oldest = self._conn.execute(
            "SELECT pmid FROM (SELECT s.pmid, max(coalesce(s.checked, ''), coalesce(max(m.day), '')) AS asked"
            " FROM studies s LEFT JOIN misses m USING (pmid) GROUP BY s.pmid)"
            " WHERE asked < ? ORDER BY asked, pmid LIMIT ?",
            (str(day), share),
        )
        return list(dict.fromkeys(Pmid(row[0]) for row in (*doubted, *oldest)))

    def untold_retractions(self) -> list[tuple[Pmid, str]]:
        """The studies, with their titles, that were found to be retracted and that nobody has been told of yet."""
        rows = self._conn.execute(
            "SELECT DISTINCT pmid, title FROM changes JOIN studies USING (pmid)"
            " WHERE changes.rowid > ? AND field = 'notice' AND new = 'retracted' AND notice = new ORDER BY pmid",
            (int(self.fact("told_changes") or 0),),
        )
        return [(Pmid(pmid), title) for pmid, title in rows]

    def retractions_told(self) -> None:
        """Note that somebody has been told of every retraction found so far. Call after that, not before."""
        (last,) = self._conn.execute("SELECT coalesce(max(rowid), 0) FROM changes").fetchone()
        with self.transaction():
            self.set_fact("told_changes", str(last))

    def count(self) -> int:
        """How many studies are held."""
        return int(self._conn.execute("SELECT count(*) FROM studies").fetchone()[0])

    def texts(self) -> Iterator[StoredText]:
        """What the tagger reads of every study, in the order of PMIDs."""
        pmids = [row[0] for row in self._conn.execute("SELECT pmid FROM studies ORDER BY pmid")]
        for start in range(0, len(pmids), _READ_AT_ONCE):
            yield from self._texts(pmids[start : start + _READ_AT_ONCE])

    # Tags

    def publish_taxonomy(self, definitions: Collection[TagDefinition], digest: str) -> None:
        """Replace the published taxonomy and drop every tag given by the former one. Call within a transaction."""
        for table in ("tag_evidence", "study_tags", "tag_parents", "tags"):
            self._conn.execute(f"DELETE FROM {table}")
        self._conn.executemany(
            "INSERT INTO tags (facet, tag, parent, label, definition) VALUES (?, ?, ?, ?, ?)",
            [(d.facet, d.tag, d.parents[0] if d.parents else None, d.label, d.definition) for d in definitions],
        )
        self._conn.executemany(
            "INSERT INTO tag_parents (facet, tag, parent) VALUES (?, ?, ?)",
            [(d.facet, d.tag, parent) for d in definitions for parent in d.parents],
        )
        self.set_fact("taxonomy", digest)

    def text(self, pmid: Pmid) -> StoredText | None:
        """What the tagger reads of one study, or ``None`` where it is not held."""
        return next(self._texts([pmid]), None) if self._held(pmid) else None

    def curate(self, pmid: Pmid, facet: str, tag: str, verdict: str, reason: str) -> None:
        """Keep a person's verdict on a tag of a study; it stands until another one. Call within a transaction."""
        self._conn.execute(
            "INSERT INTO curation (pmid, facet, tag, verdict, reason, curated_at) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (pmid, facet, tag) DO UPDATE SET verdict = excluded.verdict, reason = excluded.reason,"
            " curated_at = excluded.curated_at",
            (pmid, facet, tag, verdict, reason, self._now()),
        )

    def tag(self, pmid: Pmid, tags: Sequence[Tag]) -> None:
        """Replace the tags of a stored study. Call within a transaction."""
        self._write_tags(pmid, tags)

    def tagged(self) -> dict[tuple[str, str], set[Pmid]]:
        """The studies that have each tag, by facet and tag."""
        studies: dict[tuple[str, str], set[Pmid]] = defaultdict(set)
        for facet, tag, pmid in self._conn.execute("SELECT facet, tag, pmid FROM study_tags"):
            studies[facet, tag].add(Pmid(pmid))
        return studies

    # Sources, sightings, runs

    def source_state(self, name: str, identity: str | None = None) -> SourceState:
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
        former = self.source_state(source.name)
        changed = self.source_state(source.name, source.identity) != former
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
            [(pmid, source.name, self._now()) for pmid in found.pmids],
        )
        self._conn.executemany(
            "INSERT INTO sightings (pmid, source, seen, state) VALUES (?, ?, ?, 'pending')"
            " ON CONFLICT DO UPDATE SET state = 'pending', seen = excluded.seen",
            [(pmid, source.name, self._now()) for pmid in found.changed],
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

    def succeed(self, source: str, watermark: str | None) -> None:
        """Note that everything a source named is stored. Call within a transaction.

        ``watermark`` is the day up to which it has now been followed without a gap, ``None`` where a gap is left. It
        may lie before the former one: then the clock was wrong.
        """
        self._conn.execute("UPDATE sources SET last_success = ? WHERE name = ?", (self._now(), source))
        if watermark:
            self._conn.execute(
                "UPDATE sources SET watermark = ?, asked_from = NULL WHERE name = ?", (watermark, source)
            )

    def start_run(self, command: str) -> int:
        """Note that a run begins; returns its number. A run that never noted its end was cut off."""
        with self.transaction():
            self._conn.execute("UPDATE runs SET status = 'interrupted' WHERE status = 'running'")
            row = self._conn.execute(
                "INSERT INTO runs (command, started, status) VALUES (?, ?, 'running') RETURNING id",
                (command, self._now()),
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
        with self.transaction():
            self._conn.execute(
                "UPDATE runs SET finished = ?, status = ?, error = ?, new = ?, revised = ?, unchanged = ? WHERE id = ?",
                (
                    self._now(),
                    status,
                    error,
                    tally[Outcome.NEW],
                    tally[Outcome.REVISED],
                    tally[Outcome.UNCHANGED] + tally[Outcome.OLDER],
                    run,
                ),
            )
            for row in sources:
                self._insert("run_sources", {"run_id": run} | row)

    def rows(self, sql: str, *parameters: object) -> list[dict[str, Any]]:
        """The rows of a read-only query, for reports."""
        with self._explained():
            return [dict(row) for row in self._conn.execute(sql, parameters)]

    # Facts about the database

    def fact(self, key: str) -> str | None:
        """A fact about the database, or ``None``."""
        row = self._conn.execute("SELECT value FROM about WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else None

    def set_fact(self, key: str, value: str) -> None:
        """Note a fact about the database. Call within a transaction."""
        if self.fact(key) != value:
            self._conn.execute(
                "INSERT INTO about (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                (key, value),
            )

    # Within

    def _now(self) -> str:
        return self._clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def _migrate(self) -> None:
        known = {migration.name for migration in migrations._migrations}
        newer = sorted({migration.name for migration in migrations.applied(self._db)} - known)
        if newer:
            raise StoreError(
                f"{self._path}: made by a newer version of harvest ({newer[-1]}); upgrade harvest to use it"
            )
        if migrations.pending(self._db):
            with self._db.atomic():
                migrations.apply(self._db)
                for (pmid,) in self._conn.execute("SELECT DISTINCT pmid FROM links WHERE stated").fetchall():
                    self._relink(pmid)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what SQLite says of the file into one line that says what to do; other errors are bugs."""
        try:
            yield
        except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
            advice = _advice(error)
            if not advice:
                raise
            raise StoreError(f"{self._path}: {error}; {advice}") from None

    def _held(self, pmid: Pmid) -> Held | None:
        row = self._conn.execute(
            "SELECT version, revised, fingerprint, (SELECT max(date) FROM history WHERE pmid = ?1), status,"
            " (SELECT count(*) FROM article_ids WHERE pmid = ?1) FROM studies WHERE pmid = ?1",
            (pmid,),
        ).fetchone()
        return Held(*row) if row else None

    def _tracked(self, pmid: Pmid) -> dict[str, Any] | None:
        """What of a study is watched for changes, its columns and some lists, or ``None`` where it is not held."""
        row = self._conn.execute("SELECT * FROM studies WHERE pmid = ?", (pmid,)).fetchone()
        if row is None:
            return None
        lists = {
            name: "; ".join(value for (value,) in self._conn.execute(query, (pmid,))) or None
            for name, query in _TRACKED_LISTS.items()
        }
        return {name: row[name] for name in row.keys() if name not in _UNTRACKED} | lists  # noqa: SIM118 - a Row iterates over its values

    def _note_changes(self, pmid: Pmid, before: dict[str, Any] | None) -> None:
        """Keep what became different of a study that was held before."""
        after = self._tracked(pmid) if before else None
        if before is None or after is None:
            return
        self._conn.executemany(
            "INSERT INTO changes (pmid, changed_at, field, old, new) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (pmid, changed_at, field) DO UPDATE SET new = excluded.new",
            [
                (pmid, self._now(), name, _as_text(before[name]), _as_text(value))
                for name, value in after.items()
                if before[name] != value
            ],
        )

    def _relink(self, pmid: Pmid) -> None:
        """Show the links of a study just written from their other ends too, and what they say of either's standing.

        Which of two linked studies came first makes no difference.
        """
        self._mirror_links(pmid)
        self._set_notice(pmid)
        others = self._conn.execute(
            "SELECT pmid FROM links WHERE other_pmid = ?1 AND NOT stated UNION"
            " SELECT s.pmid FROM links l JOIN studies s ON s.pmid = l.other_pmid WHERE l.pmid = ?1 AND l.stated UNION"
            " SELECT s.pmid FROM links l JOIN studies s ON s.doi = l.doi COLLATE NOCASE"
            " WHERE l.pmid = ?1 AND l.stated AND l.other_pmid IS NULL",
            (pmid,),
        ).fetchall()
        for (other,) in others:
            before = self._tracked(other)
            self._mirror_links(other)
            self._set_notice(other)
            self._note_changes(other, before)

    def _mirror_links(self, pmid: Pmid) -> None:
        """Give a study the links that others state to it, by PMID or else by DOI, and that it does not state itself."""
        self._conn.execute("DELETE FROM links WHERE pmid = ? AND NOT stated", (pmid,))
        stated = self._conn.execute(
            "SELECT l.pmid, l.kind, coalesce(s.journal_abbreviation || '. ', '') || coalesce(s.publication_date, '')"
            " FROM links l JOIN studies s USING (pmid) WHERE l.stated AND l.pmid <> ?1 AND (l.other_pmid = ?1"
            " OR (l.other_pmid IS NULL AND l.doi = (SELECT lower(doi) FROM studies WHERE pmid = ?1)))"
            " ORDER BY l.pmid, l.kind",
            (pmid,),
        ).fetchall()
        own = {
            tuple(row)
            for row in self._conn.execute(
                "SELECT l.kind, coalesce(l.other_pmid, s.pmid) FROM links l LEFT JOIN studies s"
                " ON l.other_pmid IS NULL AND s.doi = l.doi COLLATE NOCASE WHERE l.pmid = ? AND l.stated",
                (pmid,),
            )
        }
        mirrored = dict.fromkeys(
            (INVERSE_LINK[kind], other, citation) for other, kind, citation in stated if kind in INVERSE_LINK
        )
        self._conn.executemany(
            "INSERT INTO links (pmid, position, kind, other_pmid, citation, stated) VALUES (?, ?, ?, ?, ?, 0)",
            [
                (pmid, position, *link)
                for position, link in enumerate((link for link in mirrored if link[:2] not in own), _FIRST_MIRRORED)
            ],
        )

    def _set_notice(self, pmid: Pmid) -> None:
        types = self._conn.execute("SELECT ui FROM study_publication_types WHERE pmid = ?", (pmid,)).fetchall()
        kinds = self._conn.execute("SELECT kind FROM links WHERE pmid = ?", (pmid,)).fetchall()
        notice = gravest((ui for (ui,) in types), (kind for (kind,) in kinds))
        self._conn.execute("UPDATE studies SET notice = ? WHERE pmid = ? AND notice <> ?", (notice, pmid, notice))

    def _write_study(self, study: Study) -> None:
        row = study_row(study, first_seen=self._now())
        columns = ", ".join(row)
        updates = ", ".join(f"{c} = excluded.{c}" for c in row if c not in ("pmid", "first_seen"))
        self._conn.execute(
            f"INSERT INTO studies ({columns}) VALUES ({_marks(row)}) ON CONFLICT (pmid) DO UPDATE SET {updates}",
            tuple(row.values()),
        )
        former = [self._shared(lookup, study.pmid) for lookup in LOOKUPS]
        for lookup in LOOKUPS:
            self._conn.executemany(
                _upsert_of(lookup), ((*row, study.revised or "", study.pmid) for row in lookup.rows(study))
            )
        for child in CHILDREN:
            self._conn.execute(f"DELETE FROM {child.table} WHERE pmid = ?", (study.pmid,))
            self._conn.executemany(
                f"INSERT INTO {child.table} (pmid, {', '.join(child.columns)}) VALUES (?, {_marks(child.columns)})",
                ((study.pmid, *values) for values in child.rows(study)),
            )
        for lookup, keys in zip(LOOKUPS, former, strict=True):
            self._forget_unused(lookup, keys - self._shared(lookup, study.pmid))

    def _shared(self, lookup: Lookup, pmid: Pmid) -> set[Any]:
        """The keys of what a study shares with others in a table."""
        rows = self._conn.execute(f"SELECT {lookup.reference} FROM {lookup.users} WHERE pmid = ?", (pmid,))
        return {key for (key,) in rows}

    def _forget_unused(self, lookup: Lookup, keys: Iterable[Any]) -> None:
        """Drop what no study refers to any more: an author whose name PubMed has corrected wrote nothing."""
        self._conn.executemany(
            f"DELETE FROM {lookup.table} WHERE {lookup.columns[0]} = ?1"
            f" AND NOT EXISTS (SELECT 1 FROM {lookup.users} WHERE {lookup.reference} = ?1)",
            [(key,) for key in keys],
        )

    def _write_tags(self, pmid: Pmid, tags: Sequence[Tag]) -> None:
        tagged, evidence = tag_rows(pmid, self._curated(pmid, tags))
        self._conn.execute("DELETE FROM study_tags WHERE pmid = ?", (pmid,))
        self._conn.execute("DELETE FROM tag_evidence WHERE pmid = ?", (pmid,))
        self._conn.executemany("INSERT INTO study_tags (pmid, facet, tag, basis) VALUES (?, ?, ?, ?)", tagged)
        self._conn.executemany(
            'INSERT INTO tag_evidence (pmid, facet, tag, position, basis, section, phrase, "start", "end", source_id)'
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            evidence,
        )

    def _curated(self, pmid: Pmid, tags: Sequence[Tag]) -> Sequence[Tag]:
        """The tags of a study after people's verdicts: theirs stand, whatever the tagger says.

        A tag that a person included brings its parents along, unless a person excluded those.
        """
        verdicts = self._conn.execute(
            "WITH RECURSIVE verdicts (facet, tag, verdict, reason, distance) AS ("
            " SELECT facet, tag, verdict, reason, 0 FROM curation JOIN tags USING (facet, tag) WHERE pmid = ?"
            " UNION SELECT facet, parent, 'include', reason, distance + 1 FROM verdicts JOIN tag_parents"
            " USING (facet, tag) WHERE verdict = 'include'"
            ") SELECT facet, tag, verdict, reason FROM verdicts ORDER BY distance DESC, facet, tag",
            (pmid,),
        ).fetchall()
        given = {(tag.facet, tag.tag): tag for tag in tags}
        for facet, slug, verdict, reason in verdicts:
            former = given.pop((facet, slug), None)
            if verdict == "include":
                evidence = former.evidence if former else ()
                given[facet, slug] = Tag(facet, slug, (Evidence("curated", reason), *evidence))
        return list(given.values())

    def _insert(self, table: str, row: dict[str, Any]) -> None:
        self._conn.execute(
            f"INSERT INTO {table} ({', '.join(row)}) VALUES ({_marks(row)})",
            tuple(row.values()),
        )

    def _texts(self, pmids: Sequence[int]) -> Iterator[StoredText]:
        def grouped(sql: str) -> dict[int, list[tuple[Any, ...]]]:
            groups: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
            for pmid, *values in self._conn.execute(sql, (pmids[0], pmids[-1])):
                groups[pmid].append(tuple(values))
            return groups

        between = "WHERE pmid BETWEEN ? AND ? ORDER BY pmid"
        sections = grouped(f"SELECT pmid, section, label, category, text FROM sections {between}, section")
        keywords = grouped(f"SELECT pmid, keyword, owner, major FROM study_keywords {between}, position")
        mesh = grouped(
            "SELECT pmid, ui, name, descriptor_major, qualifier_ui, qualifier, qualifier_major"
            f" FROM study_mesh JOIN mesh_headings USING (ui) {between}, position"
        )
        types = grouped(
            f"SELECT pmid, ui, name FROM study_publication_types JOIN publication_types USING (ui) {between}, position"
        )
        substances = grouped(
            "SELECT pmid, ui, name, registry_number"
            f" FROM study_substances JOIN substances USING (ui) {between}, position"
        )
        for pmid in pmids:
            yield StoredText(
                Pmid(pmid),
                tuple(Section(*values) for values in sections[pmid]),
                tuple(Keyword(text, owner, bool(major)) for text, owner, major in keywords[pmid]),
                _headings(mesh[pmid]),
                tuple(PublicationType(*values) for values in types[pmid]),
                tuple(Substance(*values) for values in substances[pmid]),
            )


def _upsert_of(lookup: Lookup) -> str:
    """Keep what a study says of a thing that others have too; its revision and its PMID are the last two parameters.

    MeSH renames headings: of two names that of the study revised last stands, whichever arrived last. Not every record
    that names a substance has its number: one that is known stays.
    """
    key, *others = lookup.columns
    now = ", ".join(f"coalesce({lookup.table}.{name}, '')" for name in others)
    said = ", ".join(f"coalesce(excluded.{name}, '')" for name in others)
    revised, pmid = len(lookup.columns) + 1, len(lookup.columns) + 2
    newer = (
        f"(?{revised}, {said}) > (SELECT coalesce(max(revised), ''), {now} FROM {lookup.users} u"
        f" JOIN studies USING (pmid) WHERE u.{lookup.reference} = {lookup.table}.{key} AND pmid <> ?{pmid})"
    )
    updates = ", ".join(
        f"{name} = iif({newer}, coalesce(excluded.{name}, {name}), coalesce({name}, excluded.{name}))"
        for name in others
    )
    return (
        f"INSERT INTO {lookup.table} ({', '.join(lookup.columns)}) VALUES ({_marks(lookup.columns)})"
        f" ON CONFLICT ({key}) DO UPDATE SET {updates} WHERE ({said}) <> ({now})"
    )


def _headings(rows: Iterable[tuple[Any, ...]]) -> tuple[MeshHeading, ...]:
    """Headings from their rows, one for each qualifier."""
    headings: dict[tuple[str, str, bool], list[MeshQualifier]] = {}
    for ui, name, major, qualifier_ui, qualifier, qualifier_major in rows:
        qualifiers = headings.setdefault((ui, name, bool(major)), [])
        if qualifier_ui:
            qualifiers.append(MeshQualifier(qualifier_ui, qualifier, bool(qualifier_major)))
    return tuple(MeshHeading(*heading, tuple(qualifiers)) for heading, qualifiers in headings.items())


def _as_text(value: object) -> str | None:
    return None if value is None else str(value)


def _marks(values: Collection[Any]) -> str:
    return ", ".join("?" * len(values))


def _advice(error: sqlite3.Error) -> str | None:
    """What an operator can do about the state of a database file."""
    text = str(error)
    for mark, advice in (
        ("locked", f"another program has been writing to it for {BUSY_SECONDS} s; try again later"),
        ("full", "free some space and run again; nothing was lost"),
        ("disk I/O", "look at the disk and run again; nothing was lost"),
        ("not a database", "this is no SQLite file; move it away or name another home"),
        ("malformed", "the file is damaged; restore it from a backup"),
        ("already exists", "this database belongs to another program; name another home"),
        ("unable to open", "look at the folder and its permissions"),
        ("readonly", "look at the permissions of the file and its folder"),
    ):
        if mark in text:
            return advice
    return None
