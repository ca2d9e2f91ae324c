"""A card says in plain words what is known of a study, and nothing of what is not."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from harvest.catalogue.cards import Card, Carried, cards
from tests.catalogue.shelf import Shelf


@pytest.fixture
def taxed(shelf: Shelf) -> Shelf:
    """Questions, and studies to come."""
    shelf.facet("topic", "pain", "sleep")
    shelf.facet("effect", "memory")
    shelf.facet("design", "rct", kind="single")
    shelf.facet("species", "animal", kind="single")
    shelf.conn.row_factory = sqlite3.Row
    return shelf


def card(shelf: Shelf, *facets: str, **columns: Any) -> Card:
    shelf.study(1, **columns)
    [made] = cards(shelf.sets, shelf.conn, [1], facets)
    return made


def test_cards_come_in_the_order_asked_for(taxed: Shelf) -> None:
    """A study that has gone meanwhile is left out."""
    for pmid in (1, 2, 3):
        taxed.study(pmid, f"Study {pmid}")
    made = cards(taxed.sets, taxed.conn, [3, 9, 1, 2], [])
    assert [(one.pmid, one.title) for one in made] == [(3, "Study 3"), (1, "Study 1"), (2, "Study 2")]
    assert cards(taxed.sets, taxed.conn, [], []) == []


def test_the_tags_are_those_of_the_facets_shown(taxed: Shelf) -> None:
    """By their labels, with what was found of them; what is no longer published is not shown."""
    made = card(taxed, "effect", "topic", tags="effect/memory=worse topic/pain topic/gone design/rct")
    assert sorted(made.tags) == [
        Carried("effect", "memory", "Memory", "worse"),
        Carried("topic", "pain", "Pain", None),
    ]


def test_what_is_known_of_a_study_is_told_in_words(taxed: Shelf) -> None:
    """The journal, the date, then what kind of study it is; a value that is not published by its slug."""
    made = card(
        taxed,
        journal="Annals",
        publication_date="2026-11",
        design="rct",
        participants=1200,
        follow_up_days=84,
        species="animal",
        relevance="only-named",
    )
    assert made.facts == ["Annals", "2026-11", "Rct", "1,200 participants", "followed 12 weeks", "animal", "only named"]


@pytest.mark.parametrize(
    ("columns", "facts"),
    [
        ({}, []),
        ({"species": "human", "relevance": "main", "journal": "", "follow_up_days": 0}, []),
        ({"relevance": None, "participants": 0}, ["0 participants"]),
        ({"participants": 1}, ["1 participant"]),
    ],
)
def test_what_goes_without_saying_is_not_told(taxed: Shelf, columns: dict[str, Any], facts: list[str]) -> None:
    """Nor what is not known; 0 participants is known."""
    assert card(taxed, **columns).facts == facts


def test_the_abstract_is_begun(taxed: Shelf) -> None:
    """Whether there is one is told apart from what it says: a published copy may hold an empty one."""
    for pmid, abstract in enumerate((None, "word " * 100, "")):
        taxed.study(pmid, abstract=abstract)
    made = cards(taxed.sets, taxed.conn, [0, 1, 2], [])
    assert [(one.has_abstract, one.beginning) for one in made] == [(False, None), (True, "word " * 64), (True, "")]
