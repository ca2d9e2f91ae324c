"""At 40,000 studies facets still show and saved queries still answer in time."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
from datetime import timedelta
from time import process_time
from typing import Any

import pytest
from sqlite_utils import Database

from harvest import home as homes
from tests.db.conftest import database
from tests.db.filled import TODAY
from tests.db.site import Site
from tests.db.test_metadata import QUERIES, TABLES

pytestmark = pytest.mark.slow

STUDIES = 40_000
TAGS = {"condition": 23, "long_term_effect": 11, "population": 8, "theme": 11, "route": 10}
"""Facets and how many tags each has, as many as a full taxonomy."""

FINDINGS = ["worse", "better", "no-change", "mixed", "unclear", None]


class Words:
    """Text of words that occur as unevenly as those of a language."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        words = ["".join(chance.choices(string.ascii_lowercase, k=chance.randint(3, 11))) for _ in range(20_000)]
        words[:2] = ["first", "second"]
        self._text = chance.choices(words, [1 / (place + 3) for place in range(len(words))], k=500_000)

    def take(self, count: int) -> str:
        start = self._chance.randrange(len(self._text) - count)
        return " ".join(self._text[start : start + count])


def study_rows(chance: random.Random, words: Words) -> Iterator[dict[str, Any]]:
    for pmid in range(1, STUDIES + 1):
        entered = TODAY - timedelta(days=int(chance.expovariate(1 / 2500)))
        yield {
            "pmid": pmid,
            "title": words.take(12),
            "abstract": words.take(220),
            "journal": f"Journal {int(chance.paretovariate(0.6)) % 1500}",
            "publication_date": entered.isoformat(),
            "publication_year": entered.year,
            "entered": entered.isoformat(),
            "language": chance.choice(["eng"] * 9 + ["chi"]),
            "relevance": chance.choice(["main", "secondary", "incidental"]),
            "species": chance.choice(["human", "animal", "in-vitro", "none"]),
            "design": chance.choice(["rct", "trial", "observational", "review", "preclinical"]),
            "notice": chance.choices(["none", "retracted", "concern", "corrected"], [97, 1, 1, 1])[0],
            "first_seen": "2026-01-01T00:00:00Z",
            "kind": "article",
            "version": 1,
            "authors_complete": 1,
            "fingerprint": str(pmid),
        }


def tag_rows(chance: random.Random) -> Iterator[dict[str, Any]]:
    for pmid in range(1, STUDIES + 1):
        for facet, count in TAGS.items():
            for number in chance.sample(range(count), chance.choice([0, 1, 1, 2, 3])):
                finding = chance.choice(FINDINGS) if facet == "long_term_effect" else None
                basis = chance.choice(["text", "text", "mesh", "keyword"])
                yield {"pmid": pmid, "facet": facet, "tag": f"tag-{number}", "basis": basis, "finding": finding}


def grow(db: Database) -> None:
    """Fill the database with studies of random words, their tags and evidence."""
    chance = random.Random(1)
    words = Words(chance)
    db.table("tags").insert_all(
        {"facet": facet, "tag": f"tag-{number}", "label": f"Tag {number}", "definition": "A tag."}
        for facet, count in TAGS.items()
        for number in range(count)
    )
    db.table("studies").insert_all(study_rows(chance, words), batch_size=1000)
    db.table("study_tags").insert_all(tag_rows(chance), batch_size=1000)
    db.execute(
        "insert into tag_evidence (pmid, facet, tag, position, basis, section, phrase)"
        " select pmid, facet, tag, position.value, basis, 1, 'some phrase ' || study_tags.rowid"
        " from study_tags, json_each('[1, 2]') as position"
    )
    history_rows(db)
    db.conn.commit()


def history_rows(db: Database) -> None:
    """Two years of a run every hour, with what they brought, what is wanting and what changed."""
    hourly = "with recursive hour (n) as (select 1 union all select n + 1 from hour where n < 17520)"
    db.execute(
        f"insert into runs (id, command, started, finished, status, new) {hourly} select n,"
        " iif(n % 1000 = 2, 'backfill', 'run'), datetime('2024-01-01', n || ' hours'),"
        " datetime('2024-01-01', n || ' hours', '5 minutes'), iif(n % 50 = 0, 'failed', 'ok'), 2 from hour"
    )
    db.execute(
        f"insert into run_sources (run_id, source, since, found) {hourly}"
        " select n, 'search', date('2023-12-01', n || ' hours'), 2 from hour"
    )
    db.execute("update studies set first_seen = datetime('2024-01-01', (pmid % 17520) || ' hours', '1 minute')")
    db.execute("insert into sources (name, kind, last_success) select 'search', 'search', max(finished) from runs")
    db.execute(
        "insert into sightings select pmid, 'search', first_seen,"
        " case pmid % 500 when 0 then 'pending' when 1 then 'missing' else 'stored' end from studies"
    )
    db.execute("insert into misses select pmid, '2026-01-01' from sightings where state = 'missing'")
    db.execute(
        "insert into changes select pmid, datetime('now', -(pmid % 300) || ' days'), 'abstract', 'a', 'b' from studies"
    )


@pytest.fixture(scope="module")
def large_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site over 40,000 studies."""
    folder = tmp_path_factory.mktemp("large") / "home"
    homes.make(folder)
    with database(folder) as opened:
        grow(opened)
    with Site(folder) as site:
        yield site


@pytest.mark.parametrize(
    ("table", "filters"),
    [
        ("studies", {}),
        ("studies", {"language": "eng"}),
        ("studies", {"_search": "first"}),
        ("study_tags", {}),
        ("study_tags", {"facet": "long_term_effect"}),
    ],
)
def test_facets_show(large_site: Site, table: str, filters: dict[str, str]) -> None:
    """No facet of a table is left out for want of time, whole or filtered."""
    answer = large_site.get(f"/ketamine/{table}.json", **filters).json()
    assert answer["facet_results"].keys() == set(TABLES[table]["facets"])
    assert all(facet["results"] for facet in answer["facet_results"].values())


@pytest.mark.parametrize("name", QUERIES)
def test_a_saved_query_answers_within_a_second(large_site: Site, name: str) -> None:
    """Each saved query, opened with nothing filled in, takes less than a second of processor time."""
    started = process_time()
    large_site.rows(name)
    assert process_time() - started < 1


@pytest.mark.parametrize("words", ["first", "first second", "first -second", '"first second"'])
def test_a_search_for_common_words_answers_within_a_second(large_site: Site, words: str) -> None:
    """A search that matches thousands of studies takes less than a second of processor time."""
    started = process_time()
    assert large_site.rows("search", words=words)
    assert process_time() - started < 1
