"""What a list shows of each study."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from harvest.catalogue.sets import Reads, Sets

_STUDIES = """
SELECT
  pmid, title, journal, publication_date, entered, relevance, species, design, participants, follow_up_days, notice,
  abstract IS NOT NULL AS has_abstract, substr(abstract, 1, 320) AS beginning
FROM studies WHERE pmid IN (SELECT value FROM json_each(?))
"""

_TAGS = """
SELECT pmid, facet, tag, finding FROM study_tags
WHERE facet IN (SELECT value FROM json_each(?)) AND pmid IN (SELECT value FROM json_each(?))
"""


def cards(sets: Sets, conn: Reads, pmids: Sequence[int], facets: Sequence[str]) -> list[dict[str, Any]]:
    """What a list shows of some studies, in their order.

    Args:
        sets: the published tags.
        conn: the database; its rows are known by name.
        pmids: the studies; those that are no longer there are left out.
        facets: the facets whose tags are shown.
    """
    wanted = json.dumps(list(pmids))
    studies = {row["pmid"]: {**dict(row), "tags": []} for row in conn.execute(_STUDIES, (wanted,))}
    for row in conn.execute(_TAGS, (json.dumps(list(facets)), wanted)):
        tag = sets.tags.get((row["facet"], row["tag"]))
        if tag is not None and row["pmid"] in studies:
            studies[row["pmid"]]["tags"].append({**dict(row), "label": tag.label})
    return [studies[pmid] for pmid in pmids if pmid in studies]
