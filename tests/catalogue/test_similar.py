"""The studies most like one are those that share most with it, and what few have counts most."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlite_utils import Database

from harvest.catalogue import similar as module
from harvest.catalogue.sets import Sets
from harvest.catalogue.similar import similar
from harvest.store.migrations import migrations

TAGS = ["common", "rare", "narrow", *(f"tag-{number}" for number in range(12))]
COMMON = {"notice": "none", "first_seen": "2026-01-01", "kind": "article", "version": 1, "authors_complete": 1}


@pytest.fixture
def db() -> Iterator[Database]:
    opened = Database(memory=True)
    migrations.apply(opened)
    opened.table("facets").insert(
        {"facet": "topic", "position": 1, "kind": "list", "label": "Topic", "definition": "What it is about."}
    )
    opened.table("tags").insert_all(
        {"facet": "topic", "tag": tag, "label": tag.capitalize(), "definition": "A tag."} for tag in TAGS
    )
    opened.table("tag_parents").insert({"facet": "topic", "tag": "narrow", "parent": "rare"})
    yield opened
    opened.close()


def fill(db: Database, studies: Mapping[int, str], **columns: Any) -> None:
    """Insert studies with the tags and, after a bar, the headings that they have."""
    for pmid, said in studies.items():
        tags, _, headings = said.partition("|")
        db.table("studies").insert(COMMON | {"pmid": pmid, "title": "", "fingerprint": str(pmid)} | columns)
        db.table("study_tags").insert_all(
            {"pmid": pmid, "facet": "topic", "tag": tag, "basis": "text"} for tag in tags.split()
        )
        for position, name in enumerate(headings.split(), 1):
            db.table("mesh_headings").insert({"ui": name, "name": name}, ignore=True)
            common = {"pmid": pmid, "ui": name, "major": 0, "descriptor_major": 0}
            db.table("study_mesh").insert_all(common | {"position": 2 * position + twice} for twice in (0, 1))


def like(db: Database, pmid: int, count: int = 5) -> dict[int, list[str]]:
    return {one.pmid: one.shared for one in similar(Sets(db.conn), db.conn, pmid, count)}


def test_what_few_studies_share_counts_most(db: Database) -> None:
    """One rare tag in common outweighs a common one, and what is shared is told, the rarest first."""
    fill(db, {1: "common rare", 2: "common", 3: "common", 4: "rare", 5: "common rare", 6: "common", 7: ""})
    found = like(db, 1)
    assert list(found) == [5, 4, 6, 3, 2]
    assert found[5] == ["Rare", "Common"]


def test_headings_count_like_tags(db: Database) -> None:
    """Whatever qualifiers they have."""
    fill(db, {1: "common|Bladder", 2: "common", 3: "|Bladder", 4: "common", 5: "", 6: ""})
    assert like(db, 1)[3] == ["Bladder (MeSH)"]
    assert list(like(db, 1)) == [3, 4, 2]


def test_a_narrower_tag_speaks_for_the_wider(db: Database) -> None:
    """Both count, one is told."""
    fill(db, {1: "rare narrow", 2: "rare narrow", 3: "rare", 4: "", 5: ""})
    assert like(db, 1) == {2: ["Narrow"], 3: ["Rare"]}


def test_what_all_studies_have_tells_nothing(db: Database) -> None:
    """A study that shares no more is not similar, nor is one that shares nothing."""
    fill(db, {1: "common", 2: "common", 3: "common"})
    assert like(db, 1) == {}


def test_studies_that_only_mention_the_subject_are_left_out(db: Database) -> None:
    """Unless the study itself is one."""
    fill(db, {1: "rare", 2: "rare", 9: ""})
    fill(db, {3: "rare", 4: "rare"}, relevance="incidental")
    assert list(like(db, 1)) == [2]
    assert list(like(db, 3)) == [4, 2, 1]


def test_a_very_common_heading_is_left_to_the_tags(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading who has it would take longer than it tells."""
    fill(db, {1: "|Humans", 2: "|Humans", 3: "", 4: ""})
    assert list(like(db, 1)) == [2]
    monkeypatch.setattr(module, "COMMONEST", 4)
    assert list(like(db, 1)) == [2]
    monkeypatch.setattr(module, "COMMONEST", 3)
    assert like(db, 1) == {}


def test_a_study_that_came_later_than_the_sets_has_none(db: Database) -> None:
    """It is not known to them yet."""
    fill(db, {1: "rare", 2: "rare", 3: ""})
    sets = Sets(db.conn)
    fill(db, {4: "rare"})
    assert similar(sets, db.conn, 4) == []


@pytest.mark.parametrize("seed", range(20))
def test_the_scores_are_those_of_plain_addition(db: Database, seed: int) -> None:
    """Adding up study by study finds the same studies in the same order."""
    chance = random.Random(seed)
    carried = {pmid: chance.sample(TAGS, chance.randint(0, 8)) for pmid in range(1, 61)}
    fill(db, {pmid: " ".join(tags) for pmid, tags in carried.items()})
    having = {tag: sum(tag in tags for tags in carried.values()) for tag in TAGS}
    weights = {tag: round(module.STEPS * math.log(61 / (n + 1))) for tag, n in having.items()}
    scores = {
        pmid: sum(weights[tag] for tag in tags if tag in carried[1]) for pmid, tags in carried.items() if pmid != 1
    }
    ranked = sorted((pmid for pmid, score in scores.items() if score), key=lambda pmid: (scores[pmid], pmid))
    assert list(like(db, 1, 7)) == ranked[::-1][:7]
