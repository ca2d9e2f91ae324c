"""Tags of stored studies: given anew, rehearsed, and measured against readers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from harvest.errors import ConfigError
from harvest.model import Evidence, FacetDefinition, Finding, Pmid, Study, Tag, TagDefinition, Taggable
from harvest.pipeline import Since, run
from harvest.store import Store
from harvest.tagging import Change, curate, evaluate, preview, retag
from tests.fakes import FakeSource, FakeTagger, fetch_from, study

ONE, TWO = (study(970_000_000 + number) for number in (1, 2))


def harvest(store: Store, *studies: Study, tagger: FakeTagger | None = None) -> None:
    source = FakeSource(pmids=[one.pmid for one in studies])
    fetch = fetch_from(*studies)
    run(
        [source],
        store,
        tagger or FakeTagger(),
        fetch,
        since=lambda _: Since(date(2026, 9, 23)),
        today=date(2026, 11, 22),
    )


def test_a_changed_taxonomy_tags_everything_anew(store: Store) -> None:
    """Tags of the former taxonomy are gone, those of the new one are there, before anything is fetched."""
    harvest(store, ONE)
    other = FakeTagger(word="Mood", slug="mood", digest="second")
    harvest(store, tagger=other)
    assert store.rows("SELECT tag FROM study_tags") == [{"tag": "mood"}]
    assert store.rows("SELECT tag, parent FROM tags ORDER BY tag") == [
        {"tag": "harm", "parent": None},
        {"tag": "mood", "parent": "harm"},
    ]


def test_an_unchanged_taxonomy_costs_no_tagging(store: Store) -> None:
    """Only studies that come in are tagged."""
    harvest(store, ONE)
    again = FakeTagger()
    harvest(store, TWO, tagger=again)
    assert again.seen == [TWO.pmid]


def test_tagging_anew_is_all_or_nothing(store: Store) -> None:
    """A tagger that fails half-way leaves every tag as it was."""
    harvest(store, ONE, TWO)

    class Breaks(FakeTagger):
        def tag(self, study: Taggable) -> tuple[Tag, ...]:
            if study.pmid == TWO.pmid:
                raise ZeroDivisionError
            return super().tag(study)

    with pytest.raises(ZeroDivisionError):
        retag(store, Breaks(slug="other", digest="second"))
    assert store.rows("SELECT DISTINCT tag FROM study_tags") == [{"tag": "cognition"}]
    assert store.fact("taxonomy") == "first"


@dataclass(slots=True)
class Told(FakeTagger):
    """Also tells a finding, the species and how many took part."""

    digest: str = "told"
    finding: Finding = "worse"
    species: str = "human"
    people: int = 38

    @property
    def facets(self) -> Sequence[FacetDefinition]:
        return (
            FacetDefinition("effect", "list", "Effect", "Any effect."),
            FacetDefinition("species", "single", "Species", "Who."),
            FacetDefinition("participants", "number", "Participants", "How many."),
        )

    @property
    def definitions(self) -> Sequence[TagDefinition]:
        return (
            TagDefinition("effect", self.slug, (), "Cognition", "An invented tag."),
            TagDefinition("species", self.species, (), "Human", "People."),
        )

    def tag(self, study: Taggable) -> tuple[Tag, ...]:
        title = study.sections[0].text
        why = (Evidence("text", title[:4], 0, 0, 4),)
        sentence = Evidence("text", title[:9], 0, 0, 9)
        return (
            Tag("effect", self.slug, why, self.finding, sentence),
            Tag("species", self.species, why),
            Tag("participants", str(self.people), why),
        )


def test_single_values_and_numbers_are_columns_of_the_study(store: Store) -> None:
    """With their evidence; a value is also a tag, a number is not."""
    harvest(store, ONE, tagger=Told())
    assert store.rows("SELECT species, design, participants, follow_up_days FROM studies") == [
        {"species": "human", "design": None, "participants": 38, "follow_up_days": None}
    ]
    assert store.rows("SELECT facet, tag, finding FROM study_tags ORDER BY facet") == [
        {"facet": "effect", "tag": "cognition", "finding": "worse"},
        {"facet": "species", "tag": "human", "finding": None},
    ]
    evidence = store.rows('SELECT facet, tag, position, role, "end" FROM tag_evidence ORDER BY facet, position')
    assert [tuple(row.values()) for row in evidence] == [
        ("effect", "cognition", 1, "tag", 4),
        ("effect", "cognition", 2, "finding", 9),
        ("participants", "38", 1, "tag", 4),
        ("species", "human", 1, "tag", 4),
    ]
    assert store.rows("SELECT facet, position, kind FROM facets ORDER BY position") == [
        {"facet": "effect", "position": 1, "kind": "list"},
        {"facet": "species", "position": 2, "kind": "single"},
        {"facet": "participants", "position": 3, "kind": "number"},
    ]


def test_a_value_that_is_no_longer_stated_becomes_blank(store: Store) -> None:
    """Tagging anew is total: a number of the former rules does not stay behind."""
    harvest(store, ONE, tagger=Told())
    retag(store, FakeTagger(digest="second"))
    assert store.rows("SELECT species, participants FROM studies") == [{"species": None, "participants": None}]


def test_a_rehearsal_tells_other_findings_and_numbers_too(store: Store) -> None:
    """As altered: the study keeps the tag."""
    harvest(store, ONE, tagger=Told())
    changes = preview(store, Told(digest="second", finding="better", people=40))
    assert changes == [
        Change("effect", "cognition", (), (), (ONE.pmid,)),
        Change("participants", "(all)", (), (), (ONE.pmid,)),
    ]
    assert preview(store, Told()) == []


def test_a_person_can_correct_a_number_and_a_single_value(store: Store) -> None:
    """The value takes the place of the tagger's; excluding it leaves a blank; a number must be one."""
    harvest(store, ONE, tagger=Told())
    curate(store, Told(), ONE.pmid, "participants", "83", "include", "A slip of the digits.")
    assert store.rows("SELECT participants FROM studies") == [{"participants": 83}]
    assert store.rows("SELECT tag, basis, phrase FROM tag_evidence WHERE facet = 'participants'") == [
        {"tag": "83", "basis": "curated", "phrase": "A slip of the digits."}
    ]
    curate(store, Told(), ONE.pmid, "participants", "84", "include", "Counted again.")
    retag(store, Told(digest="second"))
    assert store.rows("SELECT participants FROM studies") == [{"participants": 84}]
    curate(store, Told(), ONE.pmid, "participants", "84", "exclude", "No.")
    curate(store, Told(), ONE.pmid, "participants", "38", "exclude", "No.")
    assert store.rows("SELECT participants FROM studies") == [{"participants": None}]
    with pytest.raises(ConfigError, match="participants is a whole number, not many"):
        curate(store, Told(), ONE.pmid, "participants", "many", "include", "x")


def test_a_curated_tag_keeps_its_finding(store: Store) -> None:
    """A person who confirms a tag says nothing of what was found."""
    harvest(store, ONE, tagger=Told())
    curate(store, Told(), ONE.pmid, "effect", "cognition", "include", "Yes.")
    assert store.rows("SELECT basis, finding FROM study_tags WHERE facet = 'effect'") == [
        {"basis": "curated", "finding": "worse"}
    ]


def labels(path: Path, *said: tuple[Pmid, list[str]]) -> Path:
    path.write_text("\n".join(json.dumps({"pmid": pmid, "effect": tags}) for pmid, tags in said), encoding="utf-8")
    return path


def test_an_evaluation_is_kept_with_what_it_was_measured_on(store: Store, tmp_path: Path) -> None:
    """It takes the place of a former one of that name, leaves others alone, and tells which studies are not here."""
    tagger = FakeTagger()
    harvest(store, ONE, TWO)
    first = labels(tmp_path / "first.jsonl", (ONE.pmid, ["cognition"]), (TWO.pmid, []))
    evaluate(store, tagger, first, "two readers")
    evaluate(store, tagger, first, "one reader")
    again = labels(tmp_path / "again.jsonl", (ONE.pmid, ["cognition"]), (Pmid(970_000_009), ["cognition"]))
    evaluation = evaluate(store, tagger, again, "two readers")
    assert (evaluation.studies, evaluation.missing) == (1, (970_000_009,))
    rows = store.rows(
        "SELECT measured_on, n, positives, precision, recall, f1, rules FROM tag_accuracy"
        " WHERE tag = 'cognition' ORDER BY measured_on"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("one reader", 2, 1, 0.5, 1.0, pytest.approx(2 / 3), "first"),
        ("two readers", 1, 1, 1.0, 1.0, 1.0, "first"),
    ]


def test_an_evaluation_measures_the_tagger_and_not_the_people_who_corrected_it(store: Store, tmp_path: Path) -> None:
    """A verdict would make it look better than it is."""
    harvest(store, ONE)
    curate(store, FakeTagger(), ONE.pmid, "effect", "cognition", "exclude", "Not about it.")
    measured = evaluate(store, FakeTagger(), labels(tmp_path / "labels.jsonl", (ONE.pmid, [])), "x").measures
    assert measured[0].precision == 0


def test_an_evaluation_tags_anew_first_where_the_rules_have_changed(store: Store, tmp_path: Path) -> None:
    """The figures shown must be those of the tags shown."""
    harvest(store, ONE)
    other = FakeTagger(slug="memory", digest="second")
    evaluate(store, other, labels(tmp_path / "labels.jsonl", (ONE.pmid, ["memory"])), "x")
    assert store.rows("SELECT DISTINCT tag FROM study_tags") == [{"tag": "memory"}]


def test_labels_of_other_studies_measure_nothing(store: Store, tmp_path: Path) -> None:
    """An error that says so, and no figure is kept."""
    harvest(store, ONE)
    with pytest.raises(ConfigError, match="none of its 1 studies is here"):
        evaluate(store, FakeTagger(), labels(tmp_path / "labels.jsonl", (Pmid(970_000_009), [])), "x")
    assert store.rows("SELECT * FROM tag_accuracy") == []
