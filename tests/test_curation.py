"""A person's verdict on a tag stands, whatever the tagger, PubMed or the taxonomy do."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from harvest.store import Store
from tests.fakes import FakeTagger, study
from tests.pubmed import revise
from tests.pubmed.invented import article
from tests.tracker import FIRST, Tracker, tracking

TAXONOMY = """
subject:
  names: [ketamin*]
facets:
  condition:
    label: Condition
    definition: What was treated.
    tags:
      any:
        label: Any
        definition: Any.
        terms:
          - phrases: [whatever]
      mood:
        label: Mood
        definition: Mood.
        parents: [any]
        terms:
          - phrases: [mood]
      low-mood:
        label: Low mood
        definition: Low mood.
        parents: [mood]
        terms:
          - phrases: [gloom]
      pain:
        label: Pain
        definition: Pain.
        terms:
          - phrases: [pain]
"""


@pytest.fixture
def tracker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tracker]:
    """A home with one study, of ketamine for pain."""
    record = article(FIRST, title="Ketamine for pain: an invented trial.", abstract=[("", "Pain was relieved.")])
    with tracking([record], tmp_path, monkeypatch) as tracker:
        recipe = tracker.home / "ketamine.toml"
        recipe.write_text(re.sub(r"facets = \[.*?\]", 'facets = ["condition"]', recipe.read_text(), flags=re.DOTALL))
        shutil.rmtree(tracker.home / "taxonomy")
        (tracker.home / "taxonomy.yaml").write_text(TAXONOMY)
        tracker.set_limit("recheck_days = 28", "recheck_days = 1")
        assert tracker.harvest("run").output == ""
        yield tracker


def curate(tracker: Tracker, tag: str, verdict: str, reason: str = "I read it.") -> None:
    result = tracker.harvest("curate", FIRST, "condition", tag, verdict, "--reason", reason)
    assert (result.exit_code, result.output) == (0, "")


def tags(tracker: Tracker) -> dict[str, str]:
    return {row["tag"]: row["basis"] for row in tracker.rows("SELECT tag, basis FROM study_tags ORDER BY tag")}


def evidence(tracker: Tracker, tag: str) -> list[dict[str, Any]]:
    return tracker.rows(
        f"SELECT position, basis, phrase, section FROM tag_evidence WHERE tag = '{tag}' ORDER BY position"
    )


def test_a_tag_that_a_person_includes_shows_as_curated_with_the_reason_and_its_parents(tracker: Tracker) -> None:
    """Every broader tag comes along, with the same reason."""
    assert tags(tracker) == {"pain": "text"}
    curate(tracker, "low-mood", "include", "Table 2 reports it.")
    assert tags(tracker) == {"any": "curated", "low-mood": "curated", "mood": "curated", "pain": "text"}
    for tag in ("any", "mood", "low-mood"):
        assert evidence(tracker, tag) == [
            {"position": 1, "basis": "curated", "phrase": "Table 2 reports it.", "section": None}
        ]


def test_a_tag_that_the_text_and_a_person_give_rests_on_the_person_first(tracker: Tracker) -> None:
    """The phrases of the text stay behind the reason."""
    found = evidence(tracker, "pain")
    curate(tracker, "pain", "include")
    assert tags(tracker) == {"pain": "curated"}
    first, *others = evidence(tracker, "pain")
    assert (first["basis"], first["phrase"]) == ("curated", "I read it.")
    assert [row | {"position": row["position"] - 1} for row in others] == found


def test_a_tag_that_a_person_excludes_is_gone_and_so_is_its_evidence(tracker: Tracker) -> None:
    """Whatever the text says."""
    curate(tracker, "pain", "exclude")
    assert tags(tracker) == {}
    assert evidence(tracker, "pain") == []


def test_a_parent_that_a_person_excludes_does_not_come_along(tracker: Tracker) -> None:
    """The nearer verdict outweighs what follows from another tag, in either order."""
    curate(tracker, "mood", "exclude")
    curate(tracker, "low-mood", "include")
    assert tags(tracker) == {"any": "curated", "low-mood": "curated", "pain": "text"}


def test_the_last_verdict_stands(tracker: Tracker) -> None:
    """One verdict for each tag of a study."""
    curate(tracker, "pain", "exclude")
    curate(tracker, "pain", "include", "On second thought.")
    assert evidence(tracker, "pain")[0]["phrase"] == "On second thought."
    assert tracker.rows("SELECT verdict, reason FROM curation") == [
        {"verdict": "include", "reason": "On second thought."}
    ]


def test_verdicts_outlive_tagging_revisions_and_harvests(tracker: Tracker) -> None:
    """What a person said is as good after each of them as before."""
    curate(tracker, "low-mood", "include")
    curate(tracker, "pain", "exclude")
    expected = {"any": "curated", "low-mood": "curated", "mood": "curated"}
    assert tags(tracker) == expected
    assert tracker.harvest("tag").exit_code == 0
    assert tags(tracker) == expected
    revise.index(tracker.pubmed.corpus, FIRST, ui="D010146", heading="Pain", on=date(2026, 11, 23))
    assert tracker.next_day().exit_code == 0
    assert tracker.rows("SELECT mesh FROM studies") == [{"mesh": "Pain"}]
    assert tags(tracker) == expected
    tracker.pubmed.requests.clear()
    assert tracker.next_day().exit_code == 0
    assert tracker.asked_for() == [FIRST]
    assert tracker.harvest("backfill").exit_code == 0
    assert tags(tracker) == expected


def test_a_dry_run_knows_of_verdicts(tracker: Tracker) -> None:
    """What a person decided is nothing that tagging anew would change; what the taxonomy decides is."""
    curate(tracker, "low-mood", "include")
    curate(tracker, "pain", "exclude")
    assert tracker.harvest("tag", "--dry-run").output == "nothing would change\n"
    taxonomy = tracker.home / "taxonomy.yaml"
    taxonomy.write_text(TAXONOMY.replace("        parents: [any]\n", ""))
    before = tracker.rows("SELECT * FROM study_tags ORDER BY tag")
    assert tracker.harvest("tag", "--dry-run").output == f"condition any: -1 ({FIRST})\n"
    assert tracker.rows("SELECT * FROM study_tags ORDER BY tag") == before
    assert tracker.rows("SELECT tag FROM tag_parents WHERE tag = 'mood'") == [{"tag": "mood"}]


def test_a_tag_that_vanishes_from_the_taxonomy_does_no_harm_and_may_come_back(tracker: Tracker) -> None:
    """The verdict waits: nothing fails, nothing shows, and nothing is forgotten."""
    curate(tracker, "low-mood", "include")
    curate(tracker, "pain", "exclude")
    taxonomy = tracker.home / "taxonomy.yaml"
    taxonomy.write_text(TAXONOMY.partition("      low-mood:")[0])
    assert tracker.harvest("tag").exit_code == 0
    assert tags(tracker) == {}
    assert tracker.next_day().output == ""
    taxonomy.write_text(TAXONOMY)
    assert tracker.harvest("tag").exit_code == 0
    assert tags(tracker) == {"any": "curated", "low-mood": "curated", "mood": "curated"}


@pytest.mark.parametrize(
    ("pmid", "facet", "tag", "named"),
    [
        (FIRST + 1, "condition", "pain", f"PMID {FIRST + 1}"),
        (FIRST, "conditon", "pain", "conditon"),
        (FIRST, "condition", "paine", "paine"),
        (FIRST, "long_term_effect", "pain", "long_term_effect"),
    ],
)
def test_what_is_unknown_is_named_and_nothing_is_kept(
    tracker: Tracker, pmid: int, facet: str, tag: str, named: str
) -> None:
    """A typing error in the PMID, the facet or the tag: exit code 2 and one line."""
    result = tracker.harvest("curate", pmid, facet, tag, "include", "--reason", "x")
    assert result.exit_code == 2
    [line] = result.output.splitlines()
    assert named in line
    assert tracker.rows("SELECT * FROM curation") == []


@pytest.mark.parametrize("arguments", [("pain", "maybe", "--reason", "x"), ("pain", "include")])
def test_a_verdict_is_one_of_two_and_has_a_reason(tracker: Tracker, arguments: tuple[str, ...]) -> None:
    """Usage errors are exit code 2 as well."""
    assert tracker.harvest("curate", FIRST, "condition", *arguments).exit_code == 2
    assert tracker.rows("SELECT * FROM curation") == []


def test_a_verdict_of_one_study_is_none_of_another(store: Store) -> None:
    """Nor of another tag."""
    tagger = FakeTagger()
    with store.transaction():
        store.tags.publish(tagger.facets, tagger.definitions, tagger.digest)
        store.studies.save([study(FIRST), study(FIRST + 1)], tagger.tag_all)
        store.tags.curate(study(FIRST).pmid, "effect", "cognition", "exclude", "x")
        for text in store.tags.texts():
            store.tags.replace(text.pmid, tagger.tag(text))
    assert store.rows("SELECT pmid, tag FROM study_tags") == [{"pmid": FIRST + 1, "tag": "cognition"}]
