"""Invented studies as they are taken away, one by one and any number of them."""

from __future__ import annotations

import sqlite3
from typing import Any

from hypothesis import strategies as st

from harvest.publish.record import Notice, Person, Record, Tagged, Vocabulary

FACETS = (("relevance", "Relevance", "single"), ("design", "Design", "single"), ("mood", "Mood", "list"))
TAGS = (("relevance", "main", "Main topic"), ("design", "rct", "Trial"), ("mood", "low", "Low mood"))


def vocabulary() -> Vocabulary:
    """A small taxonomy."""
    conn = sqlite3.connect(":memory:")
    conn.execute("CREATE TABLE facets (facet, label, kind, position, definition)")
    conn.execute("CREATE TABLE tags (facet, tag, label)")
    numbers = (("participants", "Participants", "number"), ("follow_up_days", "Follow-up in days", "number"))
    facets = enumerate((*FACETS, *numbers))
    conn.executemany("INSERT INTO facets VALUES (?, ?, ?, ?, '')", ((*facet, place) for place, facet in facets))
    conn.executemany("INSERT INTO tags VALUES (?, ?, ?)", TAGS)
    found = Vocabulary(conn)
    conn.close()
    return found


VOCABULARY = vocabulary()


def person(**parts: Any) -> Person:
    """An author."""
    fields: dict[str, Any] = {**dict.fromkeys(Person._fields), "role": "author", "name": "", **parts}
    names = (fields["last_name"], fields["fore_name"] or fields["initials"], fields["suffix"])
    fields["name"] = fields["name"] or fields["collective_name"] or " ".join(filter(None, names))
    return Person(**fields)


def tag(facet: str = "mood", slug: str = "low", finding: str | None = None) -> Tagged:
    """A tag of a study."""
    return VOCABULARY.tag(facet, slug, "text", finding)


def record(**fields: Any) -> Record:
    """A study of which nothing is known but what is told."""
    lists: dict[str, Any] = dict.fromkeys(("mesh", "people", "tags", "keywords", "publication_types", "notices"), ())
    known = {"pmid": 1, "title": "", "kind": "article", "notice": "none", "authors_complete": 1}
    seen = {"first_seen": "2026-01-02T03:04:05Z"}
    return Record(**{**dict.fromkeys(Record._fields), **lists, **known, **seen, **fields})


FULL = record(
    pmid=970_000_123,
    title="Low mood, {braces} & 100 % of _it_",
    abstract="METHODS: A trial.\n\nRESULTS: It helped.",
    journal="Invented Annals",
    journal_abbreviation="Invented Ann",
    issn="0000-0019",
    publication_date="2026-11-03",
    publication_year=2026,
    volume="12",
    issue="3",
    pages="1085-92",
    doi="10.5555/sample.123",
    pmcid="PMC97000123",
    language="eng",
    notice="retracted",
    relevance="main",
    design="rct",
    participants=80,
    follow_up_days=84,
    entered="2026-11-02",
    mesh=("Depressive Disorder, Major", "Humans"),
    people=(
        person(last_name="van der Sample", fore_name="Ada B", initials="AB", suffix="Jr"),
        person(collective_name="Example Study Group, Unit 2"),
        person(role="editor", last_name="Editwood", initials="E"),
        person(role="investigator", last_name="Seek", initials="S"),
    ),
    tags=(tag("relevance", "main"), tag("design", "rct"), tag(finding="no-change")),
    keywords=("low mood", "recall"),
    publication_types=("Journal Article",),
    notices=(Notice("RetractionIn", "Invented Ann. 2026;13:1", 970_000_124),),
)
"""A retracted study of which all is known."""

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
"""Any text that a database can hold."""

harmful = st.sampled_from(
    [
        "a\nER  - \n\nTY  - JOUR\nTI  - another",
        "a},\n}\n@article{pmid2, title = {another",
        "{ } }{ \\{ \\} {{",
        '"; DROP TABLE studies; --',
        "=HYPERLINK(1)",
        "<script>alert(1)</script>",
        "\u2028\u2029\x85\x0b\x0c\x1c end",
        "%&$#_~^\\ all",
        "A, B and C and others",
        "plane 1 \U0001f9e0, 2 \U00020000, 14 \U000e0041, 15 \U000f0000, 16 \U0010ffff",
    ]
)
"""Texts that would mean something to a format."""

words = texts | harmful
names = words.filter(lambda text: bool(text.strip()))
maybe = st.none() | names

people = st.lists(
    st.builds(person, last_name=names, fore_name=maybe, suffix=maybe) | st.builds(person, collective_name=names),
    max_size=3,
).map(tuple)

dates = st.sampled_from([None, "2019", "2019-11", "2019-11-03"])

studies = st.builds(
    record,
    title=words,
    abstract=maybe,
    journal=maybe,
    volume=maybe,
    issue=maybe,
    pages=maybe,
    doi=maybe,
    publication_date=dates,
    people=people,
    keywords=st.lists(names, max_size=3).map(tuple),
    notice=st.sampled_from(["none", "retracted", "corrected"]),
    participants=st.none() | st.integers(0, 10**6),
)


def collapsed(text: str | None) -> str:
    """A text with its white space collapsed, as whoever reads an export may have it."""
    return " ".join((text or "").split())
