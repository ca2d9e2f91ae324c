"""A database of many studies: invented text in which the words of the taxonomy occur about as often as in PubMed."""

from __future__ import annotations

import random
import sqlite3
import string
from bisect import bisect
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path
from time import process_time
from typing import Any, NamedTuple

from harvest import home as homes
from harvest.assembly import tagger_of
from harvest.config import load
from harvest.store import Store
from tests.db.filled import TODAY
from tests.db.site import Site

SUBJECT = "ketamine"
WITH_SUBJECT = 0.92
"""The share of studies that name the subject."""

SHARES = {
    ("condition", "depression"): 0.3,
    ("condition", "treatment-resistant-depression"): 0.1,
    ("condition", "anaesthesia-sedation"): 0.2,
    ("long_term_effect", "urinary"): 0.02,
    ("route", "intravenous"): 0.25,
    ("theme", "mechanism"): 0.2,
}
"""The share of studies that carry a tag; of every other tag it is ``SHARE``."""

SHARE = 0.04

WORDS = {"depression": ("condition", "depression", 0.95), "cystitis": ("long_term_effect", "urinary", 0.75)}
"""Words, the tag that brings them, and in which share of its studies."""

SINGLE = {
    "relevance": {"main": 70, "secondary": 20, "incidental": 10},
    "species": {"human": 60, "animal": 30, "in-vitro": 5, "none": 5},
    "design": {"review": 20, "rct": 15, "preclinical": 30, "observational": 15, "case-report": 10, "trial": 10},
    "notice": {"none": 970, "corrected": 20, "retracted": 5, "concern": 5},
    "language": {"eng": 90, "chi": 5, "ger": 5},
}

FINDINGS = ("worse", "better", "no-change", "mixed", "unclear", None)
HEADINGS, HEADINGS_EACH, AUTHORS_EACH = 3_000, 8, 5
AT_ONCE = 1_000

COLUMNS = {
    "studies": (
        "pmid, title, abstract, keywords, mesh, journal, publication_date, publication_year, entered, participants,"
        " follow_up_days, relevance, species, design, notice, language, first_seen, kind, version, authors_complete,"
        " fingerprint"
    ),
    "sections": "pmid, section, text",
    "study_tags": "pmid, facet, tag, basis, finding",
    "tag_evidence": 'pmid, facet, tag, position, basis, section, phrase, "start", "end"',
    "study_mesh": "pmid, position, ui, major, descriptor_major",
    "study_authors": "pmid, position, author_id, role",
}

Rows = dict[str, list[tuple[Any, ...]]]


class Words:
    """Text of words that occur as unevenly as those of a language."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        words = ["".join(chance.choices(string.ascii_lowercase, k=chance.randint(3, 11))) for _ in range(20_000)]
        words[:2] = ["first", "second"]
        self._text = chance.choices(words, [1 / (place + 3) for place in range(len(words))], k=500_000)

    def take(self, count: int) -> list[str]:
        start = self._chance.randrange(len(self._text) - count)
        return self._text[start : start + count]


class Tagged(NamedTuple):
    """A tag that studies may carry, and what their texts say of it."""

    facet: str
    slug: str
    share: float
    phrases: Sequence[str]


class Many:
    """Invents studies, the same ones each time.

    Args:
        tags: what they may carry.
        count: how many there will be.
    """

    def __init__(self, tags: Sequence[Tagged], count: int) -> None:
        self._chance = random.Random(1)
        self._words = Words(self._chance)
        self._tags = tags
        self._count = count
        self._headings = list(accumulate(1 / (place + 3) for place in range(HEADINGS)))

    def studies(self) -> Iterator[Rows]:
        """The rows of each study, by table."""
        for pmid in range(1, self._count + 1):
            yield self._study(pmid)

    def _study(self, pmid: int) -> Rows:
        draw = self._chance.random
        tags = [tag for tag in self._tags if draw() < tag.share]
        title, abstract = self._words.take(12), self._words.take(220)
        if draw() < WITH_SUBJECT:
            self._say(abstract, SUBJECT, times=5)
            if draw() < 0.8:
                self._say(title, SUBJECT)
        for word, (facet, slug, share) in WORDS.items():
            if any((tag.facet, tag.slug) == (facet, slug) for tag in tags) and draw() < share:
                self._say(abstract, word, times=3)
        said = [(tag, self._chance.choice(tag.phrases), draw() < 0.35) for tag in tags]
        for _, phrase, is_titled in said:
            self._say(title if is_titled else abstract, phrase)
        texts = " ".join(title), " ".join(abstract)
        rows: Rows = {"study_tags": [], "tag_evidence": []}
        for tag, phrase, is_titled in said:
            finding = self._chance.choice(FINDINGS) if tag.facet == "long_term_effect" else None
            rows["study_tags"].append((pmid, tag.facet, tag.slug, "text", finding))
            start = texts[not is_titled].find(phrase)
            place = (start, start + len(phrase)) if start >= 0 else (None, None)
            rows["tag_evidence"].append((pmid, tag.facet, tag.slug, 1, "text", int(not is_titled), phrase, *place))
        headings = sorted({bisect(self._headings, draw() * self._headings[-1]) for _ in range(HEADINGS_EACH)})
        rows["study_mesh"] = [(pmid, place, f"D{number}", 0, 0) for place, number in enumerate(headings, start=1)]
        author = self._chance.randrange(1, self._count + 1)
        rows["study_authors"] = [
            (pmid, place, (author + place * place) % self._count + 1, "author") for place in range(1, AUTHORS_EACH + 1)
        ]
        rows["sections"] = [(pmid, 0, texts[0]), (pmid, 1, texts[1])]
        mesh = "; ".join(f"heading {number}" for number in headings)
        rows["studies"] = [(pmid, *texts, " ".join(title[:3]), mesh, *self._columns(), str(pmid))]
        return rows

    def _say(self, text: list[str], phrase: str, times: int = 1) -> None:
        for _ in range(times):
            text[self._chance.randrange(len(text))] = phrase

    def _columns(self) -> tuple[Any, ...]:
        chance = self._chance
        entered = TODAY - timedelta(days=int(chance.expovariate(1 / 2500)))
        relevance, species, design, notice, language = (
            chance.choices(list(shares), list(shares.values()))[0] for shares in SINGLE.values()
        )
        participants = int(chance.lognormvariate(4, 1)) if species == "human" and chance.random() < 0.6 else None
        follow_up_days = chance.choice((1, 7, 28, 84, 365)) if participants and chance.random() < 0.4 else None
        journal = f"Journal {int(chance.paretovariate(0.6)) % 1500}"
        dates = (entered.isoformat(), entered.year, entered.isoformat())
        values = (participants, follow_up_days, relevance, species, design, notice, language)
        return (journal, *dates, *values, "2026-01-01T00:00:00Z", "article", 1, 1)


def make(folder: Path, count: int) -> Path:
    """Make a home with so many studies, with the tags of the shipped taxonomy."""
    homes.make(folder)
    tagger = tagger_of(load(folder, {}))
    path = folder / "ketamine.db"
    with Store(path, lambda: datetime.now(UTC)) as store, store.transaction():
        store.tags.publish(tagger.facets, tagger.definitions, tagger.digest)
    carried = [
        Tagged(tag.facet, tag.tag, SHARES.get((tag.facet, tag.tag), SHARE), plain)
        for tag in tagger.definitions
        if tag.facet not in SINGLE and (plain := [one for one in tag.synonyms if not set(one) & set("(|*")])
    ]
    with closing(sqlite3.connect(path)) as conn:
        fill(conn, carried, count)
    return folder


def fill(conn: sqlite3.Connection, tags: Sequence[Tagged], count: int) -> None:
    """Fill a database with so many studies."""
    conn.execute("PRAGMA synchronous = off")
    conn.execute("INSERT INTO about (key, value) VALUES ('kind', 'live')")
    conn.executemany(
        "INSERT INTO mesh_headings (ui, name) VALUES (?, ?)",
        ((f"D{number}", f"Heading {number}") for number in range(HEADINGS + 1)),
    )
    conn.executemany(
        "INSERT INTO authors (id, name, last_name) VALUES (?, ?, ?)",
        ((number, f"Author {number}", "Author") for number in range(1, count + 1)),
    )
    studies = Many(tags, count).studies()
    while some := list(islice(studies, AT_ONCE)):
        for table, columns in COLUMNS.items():
            places = ", ".join("?" * (columns.count(",") + 1))
            rows = (row for study in some for row in study[table])
            conn.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)
        conn.commit()


RESULTS, PAGE = 150, 50
"""Milliseconds of a processor that results may take, and any other page."""

LIMITS = {
    "/search?q=ketamine": RESULTS,
    "/search?q=depression": RESULTS,
    "/search?q=ketamine+cystitis": RESULTS,
    "/search?q=does+repeated+ketamine+harm+memory+in+TRD%3F": RESULTS,
    "/search?condition=depression&design=rct&species=human": RESULTS,
    "/search": RESULTS,
    "/": PAGE,
    "/matrix": PAGE,
    "/study/777": PAGE,
    "/tag/condition/depression": PAGE,
}
"""What each address may take at 40,000 studies."""


def times(site: Site, address: str, count: int = 7) -> list[float]:
    """Milliseconds of a processor that each of some answers took."""
    taken = []
    for _ in range(count):
        started = process_time()
        site.page(address)
        taken.append(1000 * (process_time() - started))
    return taken
