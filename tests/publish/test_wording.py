"""What the formats have in common."""

from __future__ import annotations

import pytest
from hypothesis import given

from harvest.publish.record import Notice
from harvest.publish.wording import day_of, notes, one_line, page_range, slugs, subjects, title_of
from tests.publish.invented import FULL, VOCABULARY, record, tag, words


@given(words)
def test_a_text_on_one_line_has_no_line_break_of_any_kind(text: str) -> None:
    """And nothing else is missing."""
    line = one_line(text)
    assert len(f"{line}x".splitlines()) == 1
    assert "".join(line.split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("pages", "first", "last"),
    [
        ("45-51", "45", "51"),
        ("1085-92", "1085", "1092"),
        ("123-9", "123", "129"),
        ("e123-e129", "e123", "e129"),
        ("S12-5", "S12", "S15"),
        ("123-129.e3", "123", "129.e3"),
        ("123–9", "123", "129"),
        ("7-7", "7", "7"),
        ("e0123456", "e0123456", None),
        ("98-3", "98-3", None),
        ("12-15, 18", "12-15, 18", None),
        ("45-51; discussion 52", "45-51; discussion 52", None),
        ("e12-s15", "e12-s15", None),
    ],
)
def test_a_page_range_is_told_in_full(pages: str, first: str, last: str | None) -> None:
    """What is no plain range stands as PubMed has it."""
    assert page_range(pages) == (first, last)


def test_no_pages_are_none() -> None:
    """Nothing is made up."""
    assert page_range(None) is None
    assert page_range("") is None


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("A trial.", "RETRACTED: A trial."),
        ("RETRACTED: A trial.", "RETRACTED: A trial."),
        ("Retracted: A trial.", "Retracted: A trial."),
        ("[Retracted] A trial.", "[Retracted] A trial."),
        ("RETRACTED ARTICLE: A trial.", "RETRACTED ARTICLE: A trial."),
        ("Retracted trials of memory.", "RETRACTED: Retracted trials of memory."),
        ("", "RETRACTED: "),
    ],
)
def test_a_retracted_study_is_marked_once(title: str, told: str) -> None:
    """Where PubMed's title has the mark, that one stands."""
    assert title_of(record(title=title, notice="retracted")) == told
    assert title_of(record(title=title)) == title


@pytest.mark.parametrize(
    ("date", "parts"),
    [
        ("2019", ("2019", None, None)),
        ("2019-11", ("2019", "11", None)),
        ("2019-11-03", ("2019", "11", "03")),
        (None, None),
    ],
)
def test_a_date_is_as_precise_as_it_is_known(date: str | None, parts: tuple[str | None, ...] | None) -> None:
    """No month and no day is made up."""
    assert day_of(record(publication_date=date)) == parts


def test_a_subject_is_told_once() -> None:
    """A keyword that is a tag's label in other letters is not told again."""
    assert subjects(FULL) == ["Low mood", "recall", "Depressive Disorder, Major", "Humans"]


def test_notes_tell_the_standing_first() -> None:
    """Then what the study is about, with what was found, and its numbers."""
    assert notes(FULL, VOCABULARY) == [
        "Sample record, invented.",
        "This study was retracted.",
        "Retraction in: Invented Ann. 2026;13:1 (PMID 970000124)",
        "Mood: Low mood (no change)",
        "Relevance: Main topic",
        "Design: Trial",
        "Participants: 80",
        "Follow-up in days: 84",
    ]


def test_notes_of_a_bare_study_are_none() -> None:
    """What is not known is not told."""
    assert notes(record(), VOCABULARY) == []


def test_other_standings_are_noted() -> None:
    """A preprint, a concern without a PMID, a record that PubMed no longer has."""
    study = record(
        notice="concern",
        notices=(Notice("ExpressionOfConcernIn", "Invented Ann. 2026", None),),
        missing_since="2026-03-01T03:00:00Z",
        publication_types=("Preprint",),
    )
    assert notes(study, VOCABULARY) == [
        "The journal has expressed concern about this study.",
        "Expression of concern in: Invented Ann. 2026",
        "PubMed no longer has this record since 2026-03-01.",
        "Preprint.",
    ]


def test_programs_read_tags_by_their_addresses() -> None:
    """With what was found."""
    assert slugs([tag(), tag("design", "rct"), tag(finding="worse")]) == "mood/low; design/rct; mood/low=worse"


def test_a_tag_outside_the_taxonomy_is_told_by_its_slug() -> None:
    """A facet that is gone is listed like another."""
    assert notes(record(tags=(tag("gone", "lost"),)), VOCABULARY) == ["gone: lost"]
