"""Some hundred invented studies that differ in all that is counted."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlite_utils import Database

from tests.db.filled import TODAY

FIRST, STUDIES = 970_001_001, 160

FACETS = {
    "relevance": ("single", ["main", "secondary", "incidental"]),
    "species": ("single", ["human", "animal"]),
    "design": ("single", ["rct", "review"]),
    "participants": ("number", []),
    "condition": ("list", ["pain", "mood", "low-mood", "sleep", "nowhere"]),
    "long_term_effect": ("list", ["memory", "bladder", "unseen"]),
    "theme": ("list", ["cost", "mechanism"]),
}
"""Facets, their kinds and their tags; no study carries the tags ``nowhere`` and ``unseen``."""

PARENTS = {"low-mood": "mood"}

FINDINGS = ["worse", "better", "no-change", "mixed", "unclear", None]


def fill_varied(db: Database) -> None:
    """Insert the studies and what is asked of them."""
    chance = random.Random(5)
    for position, (facet, (kind, tags)) in enumerate(FACETS.items()):
        described = {"label": facet.replace("_", " ").capitalize(), "definition": f"What the {facet} is."}
        db.table("facets").insert({"facet": facet, "position": position, "kind": kind, **described})
        db.table("tags").insert_all(_tag(facet, tag) for tag in tags)
    db.table("tag_parents").insert({"facet": "condition", "tag": "low-mood", "parent": "mood"})
    names = ["mind", "remember*", "(recall|recollection)"]
    synonyms = [{"position": place, "synonym": name} for place, name in enumerate(names)]
    db.table("tag_synonyms").insert_all({"facet": "long_term_effect", "tag": "memory", **one} for one in synonyms)
    studies = [_study(pmid, chance) for pmid in range(FIRST, FIRST + STUDIES)]
    db.table("studies").insert_all(studies)
    db.table("study_tags").insert_all(tag for study in studies for tag in _tags(study, chance))
    db.table("about").insert_all([{"key": "kind", "value": "live"}, {"key": "taxonomy", "value": "new rules"}])
    db.table("sources").insert({"name": "all", "kind": "search", "total": 1234})
    common = {"measured_on": "Two readers", "measured_at": "2026-11-20T10:00:00Z", "n": 150, "positives": 40}
    figures = {"precision": 0.9, "recall": None, "f1": 0.847, "low": 0.75, "high": 0.91, "rules": "old rules"}
    measured = [("long_term_effect", "(all)"), ("long_term_effect", "memory"), ("finding", "memory"), ("theme", "cost")]
    db.table("tag_accuracy").insert_all({"facet": facet, "tag": tag} | common | figures for facet, tag in measured)


def _tag(facet: str, tag: str) -> dict[str, Any]:
    label = tag.replace("-", " ").capitalize()
    return {"facet": facet, "tag": tag, "label": label, "definition": f"{label}.", "parent": PARENTS.get(tag)}


def _study(pmid: int, chance: random.Random) -> dict[str, Any]:
    entered = TODAY - timedelta(days=int(chance.expovariate(1 / 80)))
    return {
        "pmid": pmid,
        "title": f"Invented study {pmid}",
        "entered": entered.isoformat(),
        "publication_date": entered.isoformat(),
        "publication_year": chance.choice([TODAY.year + 1, TODAY.year, TODAY.year - 1, TODAY.year - 4, None]),
        "relevance": chance.choices(["main", "secondary", "incidental", None], [6, 2, 1, 1])[0],
        "species": chance.choices(["human", "animal", None], [7, 2, 1])[0],
        "design": chance.choice(["rct", "review"]),
        "notice": chance.choices(["none", "retracted", "corrected"], [8, 1, 1])[0],
        "first_seen": "2026-01-01T00:00:00Z",
        "kind": "article",
        "version": 1,
        "authors_complete": 1,
        "fingerprint": str(pmid),
    }


def _tags(study: dict[str, Any], chance: random.Random) -> Iterator[dict[str, Any]]:
    common = {"pmid": study["pmid"], "basis": "text"}
    for facet, (kind, tags) in FACETS.items():
        if kind == "single" and study[facet]:
            yield common | {"facet": facet, "tag": study[facet], "finding": None}
        if kind == "list":
            given = {tag for tag in tags if tag not in ("nowhere", "unseen") and chance.random() < 0.4}
            for tag in sorted(given | {PARENTS[tag] for tag in given if tag in PARENTS}):
                finding = chance.choice(FINDINGS) if facet == "long_term_effect" else None
                yield common | {"facet": facet, "tag": tag, "finding": finding}
