"""Tags: the published taxonomy, what each study was tagged with and why, people's verdicts, what the tagger reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import astuple, replace
from typing import Any

from harvest.accuracy import ALL, Measure
from harvest.model import (
    Evidence,
    FacetDefinition,
    Keyword,
    MeshHeading,
    MeshQualifier,
    Pmid,
    PublicationType,
    Section,
    StoredText,
    Substance,
    Tag,
    TagDefinition,
)
from harvest.store.connection import Connection
from harvest.store.rows import EVIDENCE, NUMBERS, VALUES, TagRows

_READ_AT_ONCE = 1_000


class Tags:
    """The tags in a database."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def publish(self, facets: Iterable[FacetDefinition], tags: Collection[TagDefinition], digest: str) -> None:
        """Replace the published taxonomy and drop every tag given by the former one. Call within a transaction."""
        for table in ("tag_evidence", "study_tags", "tag_parents", "tag_synonyms", "tags", "facets"):
            self._conn.execute(f"DELETE FROM {table}")
        self._conn.executemany(
            "INSERT INTO facets (position, facet, kind, label, definition) VALUES (?, ?, ?, ?, ?)",
            [(position, *astuple(facet)) for position, facet in enumerate(facets, start=1)],
        )
        self._conn.executemany(
            "INSERT INTO tags (facet, tag, parent, label, definition) VALUES (?, ?, ?, ?, ?)",
            [(d.facet, d.tag, d.parents[0] if d.parents else None, d.label, d.definition) for d in tags],
        )
        self._conn.executemany(
            "INSERT INTO tag_parents (facet, tag, parent) VALUES (?, ?, ?)",
            [(d.facet, d.tag, parent) for d in tags for parent in d.parents],
        )
        self._conn.executemany(
            "INSERT INTO tag_synonyms (facet, tag, position, synonym) VALUES (?, ?, ?, ?)",
            [(d.facet, d.tag, position, one) for d in tags for position, one in enumerate(d.synonyms, start=1)],
        )
        self._conn.set_fact("taxonomy", digest)

    def curate(self, pmid: Pmid, facet: str, tag: str, verdict: str, reason: str) -> None:
        """Keep a person's verdict on a tag of a study; it stands until another one. Call within a transaction.

        Of a facet that has one value at most a newly included value takes the place of one included before.
        """
        if verdict == "include" and facet in VALUES:
            self._conn.execute(
                "DELETE FROM curation WHERE pmid = ? AND facet = ? AND verdict = 'include'", (pmid, facet)
            )
        self._conn.execute(
            "INSERT INTO curation (pmid, facet, tag, verdict, reason, curated_at) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (pmid, facet, tag) DO UPDATE SET verdict = excluded.verdict, reason = excluded.reason,"
            " curated_at = excluded.curated_at",
            (pmid, facet, tag, verdict, reason, self._conn.now()),
        )

    def replace(self, pmid: Pmid, tags: Sequence[Tag]) -> None:
        """Replace the tags of a stored study, over which people's verdicts stand. Call within a transaction."""
        self.clear(pmid)
        self.give([(pmid, tags)])

    def clear(self, pmid: Pmid) -> None:
        """Take a study's tags away. Call within a transaction."""
        self._conn.execute("DELETE FROM study_tags WHERE pmid = ?", (pmid,))
        self._conn.execute("DELETE FROM tag_evidence WHERE pmid = ?", (pmid,))

    def give(self, tagged: Iterable[tuple[Pmid, Sequence[Tag]]]) -> None:
        """Give stored studies that have no tags theirs, over which people's verdicts stand. Call in a transaction."""
        rows = self.rows(tagged)
        self.insert(rows)
        columns = ", ".join(f"{column} = ?" for column in VALUES)
        self._conn.executemany(
            f"UPDATE studies SET {columns} WHERE pmid = ?", ((*study.values, study.pmid) for study in rows)
        )

    def rows(self, tagged: Iterable[tuple[Pmid, Sequence[Tag]]]) -> list[TagRows]:
        """The rows of studies' tags, over which people's verdicts stand."""
        judged = {pmid for (pmid,) in self._conn.execute("SELECT DISTINCT pmid FROM curation")}
        return [TagRows.of(p, self._curated(p, tags) if p in judged else tags) for p, tags in tagged]

    def insert(self, rows: Sequence[TagRows]) -> None:
        """Write the tags of stored studies that have none, with their evidence. Call within a transaction."""
        self._conn.executemany(
            "INSERT INTO study_tags (pmid, facet, tag, basis, finding) VALUES (?, ?, ?, ?, ?)",
            (row for study in rows for row in study.tags),
        )
        self._conn.executemany(
            f"INSERT INTO tag_evidence ({', '.join(f'[{name}]' for name in EVIDENCE)})"
            f" VALUES ({', '.join('?' * len(EVIDENCE))})",
            (row for study in rows for row in study.evidence),
        )

    def tagged(self) -> dict[tuple[str, str], dict[Pmid, str]]:
        """The studies that have each tag, by facet and tag, with what was found; of numbers those that have one."""
        studies: dict[tuple[str, str], dict[Pmid, str]] = defaultdict(dict)
        found = self._conn.execute("SELECT facet, tag, pmid, coalesce(finding, '') FROM study_tags")
        for facet, tag, pmid, detail in found:
            studies[facet, tag][Pmid(pmid)] = detail
        for column in NUMBERS:
            stated = self._conn.execute(f"SELECT pmid, {column} FROM studies WHERE {column} IS NOT NULL")
            studies[column, ALL].update((Pmid(pmid), str(number)) for pmid, number in stated)
        return studies

    def keep_accuracy(self, measured_on: str, measures: Iterable[Measure]) -> None:
        """Keep how well the tags agree with some readers' labels, in place of what was measured on them before."""
        with self._conn.transaction():
            self._conn.execute("DELETE FROM tag_accuracy WHERE measured_on = ?", (measured_on,))
            self._conn.executemany(
                "INSERT INTO tag_accuracy"
                " (measured_on, measured_at, rules, facet, tag, n, positives, precision, recall, f1, low, high)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(measured_on, self._conn.now(), self._conn.fact("taxonomy"), *astuple(one)) for one in measures],
            )

    def texts(self) -> Iterator[StoredText]:
        """What the tagger reads of every study, in the order of PMIDs."""
        pmids = [row[0] for row in self._conn.execute("SELECT pmid FROM studies ORDER BY pmid")]
        for start in range(0, len(pmids), _READ_AT_ONCE):
            yield from self._texts(pmids[start : start + _READ_AT_ONCE])

    def text(self, pmid: Pmid) -> StoredText | None:
        """What the tagger reads of one study, or ``None`` where it is not held."""
        held = self._conn.execute("SELECT 1 FROM studies WHERE pmid = ?", (pmid,)).fetchone()
        return next(self._texts([pmid])) if held else None

    def _curated(self, pmid: Pmid, tags: Sequence[Tag]) -> Sequence[Tag]:
        """The tags of a study after people's verdicts: theirs stand, whatever the tagger says.

        A tag that a person included brings its parents along, unless a person excluded those.
        """
        verdicts = self._conn.execute(
            "WITH RECURSIVE verdicts (facet, tag, verdict, reason, distance) AS ("
            " SELECT facet, tag, verdict, reason, 0 FROM curation c WHERE pmid = ? AND ("
            " EXISTS (SELECT 1 FROM tags t WHERE t.facet = c.facet AND t.tag = c.tag) OR"
            " EXISTS (SELECT 1 FROM facets f WHERE f.facet = c.facet AND f.kind = 'number'))"
            " UNION SELECT facet, parent, 'include', reason, distance + 1 FROM verdicts JOIN tag_parents"
            " USING (facet, tag) WHERE verdict = 'include'"
            ") SELECT facet, tag, verdict, reason FROM verdicts ORDER BY distance DESC, facet, tag",
            (pmid,),
        ).fetchall()
        given = {(tag.facet, tag.tag): tag for tag in tags}
        for facet, slug, verdict, reason in verdicts:
            former = given.pop((facet, slug), Tag(facet, slug, ()))
            if verdict == "include":
                given[facet, slug] = replace(former, evidence=(Evidence("curated", reason), *former.evidence))
        chosen = {facet: slug for facet, slug, verdict, _ in verdicts if verdict == "include" and facet in VALUES}
        return [tag for tag in given.values() if chosen.get(tag.facet, tag.tag) == tag.tag]

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


def _headings(rows: Iterable[tuple[Any, ...]]) -> tuple[MeshHeading, ...]:
    """Headings from their rows, one for each qualifier."""
    headings: dict[tuple[str, str, bool], list[MeshQualifier]] = {}
    for ui, name, major, qualifier_ui, qualifier, qualifier_major in rows:
        qualifiers = headings.setdefault((ui, name, bool(major)), [])
        if qualifier_ui:
            qualifiers.append(MeshQualifier(qualifier_ui, qualifier, bool(qualifier_major)))
    return tuple(MeshHeading(*heading, tuple(qualifiers)) for heading, qualifiers in headings.items())
