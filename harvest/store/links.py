"""Links between studies, shown from both of their ends, and what they say of a study's standing.

PubMed states a link in the record of one study, sometimes by DOI only, and the other record may never be revised.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from harvest.model import INVERSE_LINK, RETRACTED_PUBLICATION, Pmid, gravest
from harvest.store.changes import Changes
from harvest.store.connection import LISTED, Connection, listed

_FIRST_MIRRORED = 1_001


class Links:
    """The links between the studies in a database."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._changes = Changes(conn)

    def link(self, added: Collection[Pmid]) -> None:
        """Show the links of studies just added from their other ends too, and what they say of either's standing.

        Which of two linked studies came first makes no difference. Call within a transaction.
        """
        concerned = self._conn.execute(
            f"WITH added (pmid) AS {LISTED}"
            " SELECT pmid FROM added JOIN links USING (pmid) UNION"
            " SELECT added.pmid FROM added JOIN links ON other_pmid = added.pmid WHERE stated UNION"
            " SELECT added.pmid FROM added JOIN studies s USING (pmid) JOIN links l ON l.doi = lower(s.doi)"
            " WHERE l.stated AND l.other_pmid IS NULL UNION"
            " SELECT pmid FROM added JOIN study_publication_types USING (pmid) WHERE ui = ?",
            (listed(added), RETRACTED_PUBLICATION),
        ).fetchall()
        self._show([pmid for (pmid,) in concerned], set(added))

    def relink(self, pmid: Pmid) -> None:
        """Do the same for a study that was written over. Call within a transaction."""
        self._show([pmid], {pmid})

    def relink_all(self) -> None:
        """Relink every study that states a link. Call within a transaction."""
        for (pmid,) in self._conn.execute("SELECT DISTINCT pmid FROM links WHERE stated").fetchall():
            self.relink(pmid)

    def _show(self, concerned: Iterable[Pmid], written: Collection[Pmid]) -> None:
        """Renew some studies, and those that they are linked to; of those not just written what changes is kept."""
        others: set[Pmid] = set()
        for pmid in concerned:
            self._renew(pmid)
            others |= self._linked(pmid)
        for other in sorted(others.difference(written)):
            before = self._changes.tracked(other)
            self._renew(other)
            self._changes.note(other, before)

    def _linked(self, pmid: Pmid) -> set[Pmid]:
        rows = self._conn.execute(
            "SELECT pmid FROM links WHERE other_pmid = ?1 AND NOT stated UNION"
            " SELECT s.pmid FROM links l JOIN studies s ON s.pmid = l.other_pmid WHERE l.pmid = ?1 AND l.stated UNION"
            " SELECT s.pmid FROM links l JOIN studies s ON s.doi = l.doi COLLATE NOCASE"
            " WHERE l.pmid = ?1 AND l.stated AND l.other_pmid IS NULL",
            (pmid,),
        )
        return {other for (other,) in rows}

    def _renew(self, pmid: Pmid) -> None:
        self._mirror(pmid)
        self._set_notice(pmid)

    def _mirror(self, pmid: Pmid) -> None:
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
