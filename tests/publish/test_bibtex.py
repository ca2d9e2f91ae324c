"""Studies as BibTeX are read by bibtexparser as they were."""

from __future__ import annotations

import re
from typing import Any

import bibtexparser
from bibtexparser.bparser import BibTexParser
from bibtexparser.customization import splitname
from hypothesis import given
from hypothesis import strategies as st

from harvest.publish.formats import FORMATS
from harvest.publish.record import Record
from harvest.publish.wording import title_of
from tests.publish.invented import FULL, VOCABULARY, collapsed, person, record, studies

COMMANDS = {
    "textbackslash": "\\",
    "textbraceleft": "{",
    "textbraceright": "}",
    "textasciitilde": "~",
    "textasciicircum": "^",
}


def read(*some: Record) -> list[dict[str, Any]]:
    """What bibtexparser reads of some studies."""
    text = FORMATS["bib"].whole(some, VOCABULARY)
    assert is_balanced(text)
    parser = BibTexParser(common_strings=True, ignore_nonstandard_types=False)
    entries: list[dict[str, Any]] = bibtexparser.loads(text, parser).entries
    return entries


def is_balanced(text: str) -> bool:
    """Whether every brace has its partner, as BibTeX counts: a backslash before a brace changes nothing."""
    depth = 0
    for character in text:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth < 0:
            return False
    return depth == 0


def typeset(latex: str) -> str:
    """What LaTeX makes of a field: its commands as characters, its grouping braces gone."""
    pieces = re.split(r"\{\\(\w+)\}|\\([&%$#_])|[{}]", latex)
    literal, commands, escaped = pieces[0::3], pieces[1::3], pieces[2::3]
    made = [COMMANDS[command] if command else one or "" for command, one in zip(commands, escaped, strict=True)]
    return "".join(text + after for text, after in zip(literal, [*made, ""], strict=True))


def test_all_that_is_known_is_told() -> None:
    """Braces of a text are commands, which BibTeX does not count."""
    (entry,) = read(FULL)
    note = entry.pop("note")
    assert entry == {
        "ENTRYTYPE": "article",
        "ID": "pmid970000123",
        "title": r"RETRACTED: Low mood, {\textbraceleft}braces{\textbraceright} \& 100 \% of \_it\_",
        "author": "van der Sample, Jr, Ada B and {Example Study Group, Unit 2}",
        "editor": "Editwood, E",
        "journal": "Invented Annals",
        "year": "2026",
        "month": "November",
        "day": "3",
        "volume": "12",
        "number": "3",
        "pages": "1085--1092",
        "issn": "0000-0019",
        "doi": "10.5555/sample.123",
        "pmid": "970000123",
        "pmcid": "PMC97000123",
        "url": "https://pubmed.ncbi.nlm.nih.gov/970000123/",
        "language": "eng",
        "keywords": "Low mood, recall, {Depressive Disorder, Major}, Humans",
        "abstract": "METHODS: A trial. RESULTS: It helped.",
    }
    assert note.startswith("Sample record, invented. | This study was retracted. | Retraction in: Invented Ann.")
    assert "Mood: Low mood (no change) | " in note
    assert note.endswith("Participants: 80 | Follow-up in days: 84")


def test_nothing_is_told_of_what_is_not_known() -> None:
    """A bare study has its identifier and no more."""
    (entry,) = read(record())
    assert set(entry) == {"ENTRYTYPE", "ID", "pmid", "url"}


def test_authors_that_pubmed_leaves_out_are_others() -> None:
    """As BibTeX writes it."""
    (entry,) = read(record(people=(person(last_name="Sample", initials="A"),), authors_complete=0))
    assert entry["author"] == "Sample, A and others"


def test_a_chapter_stands_in_a_book() -> None:
    """And a whole book in none."""
    chapter, book = read(record(kind="book", journal="A Book"), record(kind="book", pmid=2))
    assert (chapter["ENTRYTYPE"], chapter["booktitle"], book["ENTRYTYPE"]) == ("incollection", "A Book", "book")


def test_a_date_is_as_precise_as_it_is_known() -> None:
    """A year is no first of January."""
    told = read(*(record(publication_date=date, pmid=place) for place, date in enumerate(("2019", "2019-11", None))))
    dates = [{name: entry[name] for name in ("year", "month", "day") if name in entry} for entry in told]
    assert dates == [{"year": "2019"}, {"year": "2019", "month": "November"}, {}]


def test_names_are_taken_apart_where_they_were_put_together() -> None:
    """A particle is one, a suffix is one, and a last name of several words stays whole."""
    people = (
        person(last_name="van der Sample", fore_name="Ada", suffix="Jr"),
        person(last_name="Wood and Stone", fore_name="Eve"),
        person(last_name="Sole Name"),
        person(last_name="Sample", suffix="III"),
    )
    (entry,) = read(record(people=people))
    written = re.split(r" and (?![^{]*\})", entry["author"])
    assert splitname(written[0]) == {"first": ["Ada"], "von": ["van", "der"], "last": ["Sample"], "jr": ["Jr"]}
    assert written[1:] == ["{Wood and Stone}, Eve", "{Sole Name}", "{Sample III}"]


@given(st.lists(studies, max_size=3, unique_by=lambda study: study.title))
def test_whatever_a_study_says_it_is_read_again_once(some: list[Record]) -> None:
    """None lost, none doubled; every character of every plane is there, and no brace has lost its partner."""
    numbered = [study._replace(pmid=place) for place, study in enumerate(some, start=1)]
    told = read(*numbered)
    assert [entry["ID"] for entry in told] == [f"pmid{study.pmid}" for study in numbered]
    for study, entry in zip(numbered, told, strict=True):
        pairs = {"title": title_of(study), "abstract": study.abstract, "journal": study.journal, "doi": study.doi}
        for field, said in pairs.items():
            assert collapsed(typeset(entry.get(field, ""))) == collapsed(said)
