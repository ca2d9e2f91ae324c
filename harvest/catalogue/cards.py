"""What a list shows of each study."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from harvest.catalogue.sets import Reads, Sets
from harvest.words import span

USUAL = {"human", "main"}
"""Values of species and relevance that go without saying."""

_STUDIES = """
SELECT
  pmid, title, journal, publication_date, relevance, species, design, participants, follow_up_days, notice,
  abstract IS NOT NULL AS has_abstract, substr(abstract, 1, 320) AS beginning
FROM studies WHERE pmid IN (SELECT value FROM json_each(?))
"""

_TAGS = """
SELECT pmid, facet, tag, finding FROM study_tags
WHERE facet IN (SELECT value FROM json_each(?)) AND pmid IN (SELECT value FROM json_each(?))
"""


class Carried(NamedTuple):
    """A tag that a study carries, and what was found of it, if anything."""

    facet: str
    slug: str
    label: str
    finding: str | None


class Card(NamedTuple):
    """What a list shows of a study.

    Attributes:
        facts: where and when it was published, and what kind of study it is, in plain words.
        beginning: of the abstract.
        tags: those of the facets that are shown.
        marked_title: the title with what was looked for marked, where something was.
        passage: of the abstract, with what was looked for marked.
    """

    pmid: int
    title: str
    notice: str
    facts: list[str]
    has_abstract: bool
    beginning: str | None
    tags: list[Carried]
    marked_title: str | None = None
    passage: str | None = None


def cards(sets: Sets, conn: Reads, pmids: Sequence[int], facets: Sequence[str]) -> list[Card]:
    """What a list shows of some studies, in their order.

    Args:
        sets: the published tags.
        conn: the database; its rows are known by name.
        pmids: the studies; those that are no longer there are left out.
        facets: the facets whose tags are shown.
    """
    wanted = json.dumps(list(pmids))
    tags: dict[int, list[Carried]] = {pmid: [] for pmid in pmids}
    for pmid, facet, slug, finding in conn.execute(_TAGS, (json.dumps(list(facets)), wanted)):
        if tag := sets.tags.get((facet, slug)):
            tags[pmid].append(Carried(facet, slug, tag.label, finding))
    studies = {row["pmid"]: _card(sets, row, tags[row["pmid"]]) for row in conn.execute(_STUDIES, (wanted,))}
    return [studies[pmid] for pmid in pmids if pmid in studies]


def _card(sets: Sets, row: Any, tags: list[Carried]) -> Card:
    facts = [fact for fact in _facts(sets, row) if fact]
    return Card(row["pmid"], row["title"], row["notice"], facts, bool(row["has_abstract"]), row["beginning"], tags)


def _facts(sets: Sets, row: Any) -> Iterator[str | None]:
    """What is known of a study in plain words, ``None`` or empty where it is not."""
    yield row["journal"]
    yield row["publication_date"]
    yield sets.label("design", row["design"])
    if row["participants"] is not None:
        yield f"{row['participants']:,} participant{'' if row['participants'] == 1 else 's'}"
    if row["follow_up_days"]:
        yield f"followed {span(row['follow_up_days'])}"
    for facet in ("species", "relevance"):
        if row[facet] not in USUAL:
            yield sets.label(facet, row[facet]).lower()
