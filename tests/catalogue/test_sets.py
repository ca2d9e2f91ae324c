"""Sets of studies hold what the database holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.catalogue.sets import Sets, words_of
from tests.catalogue.shelf import Shelf


@pytest.fixture
def sets(shelf: Shelf) -> Sets:
    """Six studies, out of order."""
    shelf.facet("design", "trial", "review", kind="single")
    shelf.facet("topic", "pain", "sleep")
    shelf.facet("effect", "memory")
    shelf.db.table("tag_parents").insert({"facet": "topic", "tag": "sleep", "parent": "pain"})
    shelf.names("topic", "pain", "ache", "PAIN")
    shelf.study(50, "Pain and pain", "Text", "!topic/pain", design="trial", entered="2026-02-01", publication_year=2020)
    shelf.study(10, "Memory", "Text", "effect/memory=worse topic/pain", publication_year=2018, participants=12)
    shelf.study(30, "Other", entered="2026-03-01", participants=0, follow_up_days=7, notice="retracted")
    shelf.study(
        20, "Other", None, design="review", entered="2026-03-01", publication_date="2021", publication_year=2021
    )
    shelf.study(60, "Héart", "Text", design="gone", publication_date="2020-05-01", participants=300)
    shelf.study(40, keywords="Sleep; pain", mesh="Heart", follow_up_days=90)
    return shelf.sets


def test_a_study_is_in_the_sets_of_what_it_has(sets: Sets) -> None:
    """Tags, single values, findings, what its title says, what PubMed says of it."""
    assert list(sets.pmids) == sets.all(sets.everything) == [10, 20, 30, 40, 50, 60]
    assert len(sets) == 6
    assert sets.all(sets.tagged("topic", "pain")) == [10, 50]
    assert sets.all(sets.titled("topic", "pain")) == [50]
    assert sets.all(sets.tagged("design", "trial")) == [50]
    assert sets.all(sets.found("effect", "memory", "worse")) == [10]
    assert sets.all(sets.noticed("retracted")) == [30]
    assert sets.all(sets.with_abstract) == [10, 50, 60]
    assert list(sets.judgements) == [("effect", "memory", "worse")]


def test_what_no_study_has_is_an_empty_set(sets: Sets) -> None:
    """Be it known or not."""
    assert sets.tagged("topic", "sleep") == sets.tagged("topic", "nothing") == sets.tagged("nothing", "x") == 0
    assert sets.found("effect", "memory", "better") == sets.titled("effect", "memory") == sets.noticed("concern") == 0


def test_numbers_are_bounds_of_what_is_stated(sets: Sets) -> None:
    """What is not stated is in no bound, and 0 is a number."""
    assert sets.all(sets.at_least("participants", 0)) == [10, 30, 60]
    assert sets.all(sets.at_least("participants", 12)) == [10, 60]
    assert sets.all(sets.at_least("participants", -5)) == [10, 30, 60]
    assert sets.all(sets.at_least("follow_up_days", 8)) == [40]
    assert sets.all(sets.up_to_year(2020)) == [10, 50]
    assert sets.all(sets.entered_since("2026-02-02")) == [20, 30]
    assert {year: sets.all(studies) for year, studies in sets.years.items()} == {2018: [10], 2020: [50], 2021: [20]}
    assert sets.year_of(sets.places[20]) == 2021
    assert sets.year_of(sets.places[30]) == 0


def test_studies_have_an_order(sets: Sets) -> None:
    """The last comes first, of equals the one with the higher PMID; what states nothing comes last."""
    assert sets.first(sets.everything, sets.by_entry, 4) == [30, 20, 50, 60]
    assert sets.first(sets.everything, sets.by_publication, 3) == [20, 60, 50]
    assert sets.first(sets.everything, sets.by_participants, 9) == [60, 10, 30, 50, 40, 20]
    assert sets.first(sets.of([10, 20, 40]), sets.by_entry, 1, skip=1) == [40]
    assert sets.first(0, sets.by_entry, 5) == sets.first(sets.everything, sets.by_entry, 5, skip=6) == []


def test_the_taxonomy_is_known(sets: Sets) -> None:
    """Facets, tags, what lies above them and what readers call them."""
    assert [facet.kind for facet in sets.facets.values()] == ["single", "list", "list"]
    assert sets.tags["topic", "sleep"].parents == ("pain",)
    assert sets.tags["topic", "pain"].synonyms == ("ache", "PAIN")


def test_a_tag_is_told_in_words(sets: Sets) -> None:
    """By its label; by its slug where it is not published, and not at all where there is none."""
    assert sets.label("topic", "pain") == "Pain"
    assert sets.label("topic", "long-gone") == "long gone"
    assert sets.label("topic", None) == ""


def test_words_are_counted_by_study(sets: Sets) -> None:
    """Those of titles, keywords and headings, each once a study."""
    assert sets.words["pain"] == 2
    assert sets.words["héart"] == sets.words["heart"] == 1
    assert words_of("Pain of 12 x-rays, PAIN_relief") == {"pain", "rays", "relief"}


@given(st.text(st.characters(max_codepoint=127)))
def test_letters_of_other_languages_do_not_change_what_a_word_is(text: str) -> None:
    """Of a text in plain letters the words are the same whatever stands behind it."""
    assert words_of(f"{text} größe") == words_of(text) | {"größe"}


def test_a_study_that_came_later_is_left_out(sets: Sets) -> None:
    """The sets are of one moment."""
    assert sets.all(sets.of([10, 999])) == [10]


def test_an_empty_database_has_no_studies(shelf: Shelf) -> None:
    """And is no error."""
    sets = shelf.sets
    assert sets.everything == len(sets) == 0
    assert sets.all(0) == sets.first(0, sets.by_entry, 5) == []
    assert sets.years == {}


@given(st.sets(st.integers(0, 99)))
def test_a_set_gives_back_what_was_put_in(many: Sets, places: set[int]) -> None:
    """Whatever it was."""
    assert many.all(many.at(places)) == [many.pmids[place] for place in sorted(places)]
    assert many.of(many.all(many.at(places))) == many.at(places)


@pytest.fixture(scope="module")
def many() -> Sets:
    """A hundred studies."""
    shelf = Shelf()
    shelf.others(100)
    sets = shelf.sets
    shelf.db.close()
    return sets
