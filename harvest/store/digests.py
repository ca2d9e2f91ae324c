"""What is news for a digest, and what a digest has told: the same thing is not told twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from harvest.model import NOTICE_OF_LINK, Pmid
from harvest.store.connection import LISTED, Connection, listed

_NEW = """
SELECT pmid, iif(notice = 'none', 'new', notice) FROM studies AS s
WHERE coalesce(entered, substr(first_seen, 1, 10)) >= ? AND missing_since IS NULL
  AND (relevance = 'main' OR NOT EXISTS (SELECT 1 FROM facets WHERE facet = 'relevance'))
  AND (species = 'human' OR NOT EXISTS (SELECT 1 FROM facets WHERE facet = 'species'))
  AND NOT EXISTS (SELECT 1 FROM digest_studies AS told WHERE told.pmid = s.pmid)
ORDER BY entered DESC, pmid DESC
"""

_SAYING = " ".join(f"WHEN '{kind}' THEN '{notice}'" for kind, notice in NOTICE_OF_LINK.items())

_NOTICED = f"""
WITH noticed (pmid, notice) AS (
  SELECT pmid, new FROM changes WHERE field = 'notice' AND changed_at >= ?1
  UNION
  SELECT links.pmid, CASE links.kind {_SAYING} END
  FROM links JOIN studies AS published ON published.pmid = other_pmid WHERE published.entered >= ?1
)
SELECT pmid, notice FROM noticed JOIN studies AS s USING (pmid, notice)
WHERE notice <> 'none'
  AND NOT EXISTS (SELECT 1 FROM digest_studies AS told WHERE told.pmid = s.pmid AND told.news = s.notice)
ORDER BY entered DESC, pmid DESC
"""

_NOTICES_OF = f"""
SELECT other_pmid FROM links JOIN studies ON studies.pmid = other_pmid
WHERE links.kind IN ('RetractionIn', 'ExpressionOfConcernIn', 'ErratumIn')
  AND links.pmid IN {LISTED}
"""
"""Records that are nothing but a notice about one of some studies."""


class News(NamedTuple):
    """A study and what is to be told of it: that it is new, or its notice: retracted, concern or corrected."""

    pmid: Pmid
    what: str


class Digests:
    """What the digests of a database told."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def look_back(self, day: date) -> date:
        """The day of entry into PubMed from which on studies are news: the earliest that was ever asked for.

        It is kept, whether or not anything is told, so that nothing is lost to a digest that could not be sent.
        """
        kept = self._conn.fact("digest_since")
        since = min(day, date.fromisoformat(kept)) if kept else day
        with self._conn.transaction():
            self._conn.set_fact("digest_since", since.isoformat())
        return since

    def last(self) -> str | None:
        """The moment of the last digest that told anything, ``None`` before the first."""
        (moment,) = self._conn.execute("SELECT max(told_at) FROM digest_studies").fetchone()
        return str(moment) if moment else None

    def news(self, since: date) -> list[News]:
        """What has not been told yet, each study once: new notices of any study, then new studies.

        A study is new if it entered PubMed on a day or later, is of people and mainly about the subject, as far as the
        taxonomy asks for that, and no digest has named it. A notice that was published is told with its study.
        """
        day = since.isoformat()
        told = dict(map(tuple, self._conn.execute(_NOTICED, (day,))))
        new = dict(map(tuple, self._conn.execute(_NEW, (day,))))
        notices = self._notices_of([*told, *(pmid for pmid, what in new.items() if what != "new")])
        told |= {pmid: what for pmid, what in new.items() if what != "new" or pmid not in notices}
        return [News(Pmid(pmid), what) for pmid, what in told.items()]

    def tell(self, news: Sequence[News]) -> None:
        """Note that something has been told, and the published notices with it. Call within a transaction."""
        notices = self._notices_of([pmid for pmid, what in news if what != "new"])
        self._conn.executemany(
            "INSERT INTO digest_studies (pmid, news, told_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [(pmid, what, self._conn.now()) for pmid, what in (*news, *((notice, "new") for notice in notices))],
        )

    def _notices_of(self, pmids: Sequence[int]) -> set[int]:
        return {pmid for (pmid,) in self._conn.execute(_NOTICES_OF, (listed(pmids),))}
