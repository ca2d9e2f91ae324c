"""Studies: saved with their tags, asked for again, missed, withdrawn, and never forgotten."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from harvest.model import Deletion, Pmid, Study, Tag
from harvest.store.changes import Changes
from harvest.store.connection import LISTED, Connection, listed
from harvest.store.decision import Held, Outcome, decide
from harvest.store.ledger import Ledger
from harvest.store.links import Links
from harvest.store.rows import CHILDREN, COLUMNS, LOOKUPS, VALUES, Lookup, Row, TagRows, study_row
from harvest.store.tags import Tags

MISSES_THAT_COUNT = 3
"""Days on which PubMed must leave out a PMID before it is taken as gone."""


TagAll = Callable[[Sequence[Study]], Iterable[Sequence[Tag]]]
"""Gives each of some studies its tags, in their order."""


class Studies:
    """The studies in a database."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._changes = Changes(conn)
        self._links = Links(conn)
        self._tags = Tags(conn)
        self._ledger = Ledger(conn)

    def kind(self) -> str | None:
        """``live`` or ``sample``, whichever the first record stored was; ``None`` as long as there is none."""
        return self._conn.fact("kind")

    def held(self) -> set[Pmid]:
        """The PMIDs of all studies that are held."""
        return {Pmid(pmid) for (pmid,) in self._conn.execute("SELECT pmid FROM studies")}

    def count(self) -> int:
        """How many studies are held."""
        return int(self._conn.execute("SELECT count(*) FROM studies").fetchone()[0])

    def unlike(self, studies: Iterable[Study]) -> list[Study]:
        """Those studies that are not held just as they are."""
        brought = list(studies)
        known = self._fingerprints([study.pmid for study in brought])
        return [study for study in brought if known.get(study.pmid) != study.fingerprint]

    def save(
        self,
        studies: Iterable[Study],
        tags: TagAll,
        *,
        answered: bool = False,
        later: Collection[Pmid] = (),
    ) -> dict[Pmid, Outcome]:
        """Keep studies with their tags, each only if it is newer than what is held, and close their sightings.

        Call within a transaction, with studies of the store's kind; ``answered`` tells that PubMed gave them just now,
        ``later`` which of them come from a later file of PubMed's than the records that are held.
        """
        outcomes: dict[Pmid, Outcome] = {}
        for some in _each_once(studies):
            known = self._fingerprints(some)
            unchanged = {pmid for pmid, fingerprint in known.items() if fingerprint == some[pmid].fingerprint}
            held = self._held(known.keys() - unchanged)
            decided = {
                pmid: Outcome.UNCHANGED
                if pmid in unchanged
                else decide(held.get(pmid), study, answered=answered, later=pmid in later)
                for pmid, study in some.items()
            }
            new, revised = (
                [some[pmid] for pmid, outcome in decided.items() if outcome is wanted]
                for wanted in (Outcome.NEW, Outcome.REVISED)
            )
            tagged = self._tagged([*new, *revised], tags)
            self._add(new, tagged[: len(new)])
            for study, given in zip(revised, tagged[len(new) :], strict=True):
                self._revise(study, given)
            self._conn.set_fact("kind", "sample" if next(iter(some.values())).is_sample else "live")
            outcomes |= decided
        self._ledger.arrived(outcomes)
        return outcomes

    def described(self, pmids: Collection[Pmid], day: date) -> None:
        """Note that PubMed described these studies on a day. Call within a transaction.

        One that was missing is back, and former misses no longer count.
        """
        self._conn.executemany("UPDATE studies SET checked = ? WHERE pmid = ?", ((str(day), pmid) for pmid in pmids))
        self._conn.executemany("DELETE FROM misses WHERE pmid = ?", ((pmid,) for pmid in pmids))
        self.restore(pmids)

    def restore(self, pmids: Collection[Pmid]) -> None:
        """Note that PubMed has studies that it may have withdrawn before. Call within a transaction."""
        self._conn.executemany("DELETE FROM withdrawals WHERE pmid = ?", ((pmid,) for pmid in pmids))
        missing = self._conn.execute(
            f"SELECT pmid FROM studies WHERE missing_since IS NOT NULL AND pmid IN {LISTED}", (listed(pmids),)
        ).fetchall()
        for (pmid,) in missing:
            before = self._changes.tracked(pmid)
            self._conn.execute("UPDATE studies SET missing_since = NULL WHERE pmid = ?", (pmid,))
            self._changes.note(pmid, before)

    def missed(self, pmids: Iterable[Pmid], day: date) -> None:
        """Note that PubMed, asked for these PMIDs on a day, left them out. Call within a transaction.

        PubMed sometimes leaves out what it has, so only misses on three different days count: then a study that is held
        is marked as missing, and one that a source named is no longer waited for.
        """
        for pmid in pmids:
            self._conn.execute("INSERT INTO misses (pmid, day) VALUES (?, ?) ON CONFLICT DO NOTHING", (pmid, str(day)))
            (days,) = self._conn.execute("SELECT count(*) FROM misses WHERE pmid = ?", (pmid,)).fetchone()
            if days >= MISSES_THAT_COUNT:
                self._ledger.given_up(pmid)
                self._mark_missing(pmid)

    def withdraw(self, deletions: Iterable[Deletion]) -> None:
        """Mark studies that PubMed has withdrawn, those too that are yet to come. Call within a transaction."""
        for deletion in deletions:
            self._conn.execute(
                "INSERT INTO withdrawals (pmid, noted_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
                (deletion.pmid, self._conn.now()),
            )
            self._mark_missing(deletion.pmid)

    def due_for_check(self, day: date, cycle_days: int) -> list[Pmid]:
        """Studies to ask PubMed for again, so that all of them are seen once in a cycle.

        Those that it left out before and that may be gone come first, then those that were asked for longest ago.
        """
        last = self._conn.fact("rechecked")
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

    def _mark_missing(self, pmid: Pmid) -> None:
        """Mark a study that PubMed no longer has; it is kept."""
        before = self._changes.tracked(pmid)
        mark = "UPDATE studies SET missing_since = ? WHERE pmid = ? AND missing_since IS NULL"
        self._conn.execute(mark, (self._conn.now(), pmid))
        self._changes.note(pmid, before)

    def _fingerprints(self, pmids: Iterable[Pmid]) -> dict[Pmid, str]:
        """Those of the studies among them that are held."""
        rows = self._conn.execute(f"SELECT pmid, fingerprint FROM studies WHERE pmid IN {LISTED}", (listed(pmids),))
        return dict(rows.fetchall())

    def _held(self, pmids: Collection[Pmid]) -> dict[Pmid, Held]:
        rows = self._conn.execute(
            "SELECT pmid, version, revised, fingerprint, (SELECT max(date) FROM history h WHERE h.pmid = s.pmid),"
            " status, (SELECT count(*) FROM article_ids i WHERE i.pmid = s.pmid)"
            f" FROM studies s WHERE pmid IN {LISTED}",
            (listed(pmids),),
        )
        return {pmid: Held(*values) for pmid, *values in rows}

    def _tagged(self, studies: Sequence[Study], tags: TagAll) -> list[TagRows]:
        return self._tags.rows(zip((study.pmid for study in studies), tags(studies), strict=True))

    def _add(self, studies: Sequence[Study], tagged: Sequence[TagRows]) -> None:
        """Write studies that are not held yet, all at once."""
        pmids = [study.pmid for study in studies]
        self._write(studies, tagged)
        self._links.link(pmids)
        withdrawn = self._conn.execute(f"SELECT pmid FROM withdrawals WHERE pmid IN {LISTED}", (listed(pmids),))
        for (pmid,) in withdrawn.fetchall():
            self._mark_missing(pmid)

    def _revise(self, study: Study, tagged: TagRows) -> None:
        """Write a study over what is held of it, and keep what became different."""
        before = self._changes.tracked(study.pmid)
        former = [self._shared(lookup, study.pmid) for lookup in LOOKUPS]
        for child in CHILDREN:
            self._conn.execute(f"DELETE FROM {child.table} WHERE pmid = ?", (study.pmid,))
        self._tags.clear(study.pmid)
        self._write([study], [tagged])
        for lookup, keys in zip(LOOKUPS, former, strict=True):
            self._forget_unused(lookup, keys - self._shared(lookup, study.pmid))
        self._links.relink(study.pmid)
        self._changes.note(study.pmid, before)

    def _write(self, studies: Sequence[Study], tagged: Sequence[TagRows]) -> None:
        """Write studies with their tags, table by table; in ``studies`` alone they may be already."""
        first_seen = self._conn.now()
        self._conn.executemany(
            _UPSERT,
            ((*study_row(study, first_seen), *given.values) for study, given in zip(studies, tagged, strict=True)),
        )
        for lookup, upsert in _UPSERTS:
            said: dict[Row, tuple[str, Pmid]] = {}
            for study in studies:
                told = study.revised or "", study.pmid
                said |= {row: max(told, said.get(row, told)) for row in lookup.rows(study)}
            # of those revised on one day the last stands, so that it is the same in whichever order they come
            rows = sorted(said.items(), key=lambda item: (item[1][0], [value or "" for value in item[0]]))
            self._conn.executemany(upsert, ((*row, *told) for row, told in rows))
        for child, insert in _INSERTS:
            self._conn.executemany(insert, ((study.pmid, *values) for study in studies for values in child.rows(study)))
        self._tags.insert(tagged)

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


def _each_once(studies: Iterable[Study]) -> Iterator[dict[Pmid, Study]]:
    """Studies in their order by PMID, in as few parts as there must be for none to hold a PMID twice."""
    some: dict[Pmid, Study] = {}
    for study in studies:
        if study.pmid in some:
            yield some
            some = {}
        some[study.pmid] = study
    if some:
        yield some


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


def _marks(values: Collection[Any]) -> str:
    return ", ".join("?" * len(values))


_WRITTEN = (*COLUMNS, *VALUES)
_UPSERT = (
    f"INSERT INTO studies ({', '.join(_WRITTEN)}) VALUES ({_marks(_WRITTEN)}) ON CONFLICT (pmid) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _WRITTEN if name not in ("pmid", "first_seen"))
)
_UPSERTS = [(lookup, _upsert_of(lookup)) for lookup in LOOKUPS]
_INSERTS = [
    (child, f"INSERT INTO {child.table} (pmid, {', '.join(child.columns)}) VALUES ({_marks(('pmid', *child.columns))})")
    for child in CHILDREN
]
