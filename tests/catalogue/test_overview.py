"""What a reader who looks around is shown is counted rightly, and each count leads to its studies."""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs
from weakref import ref

import pytest
from sqlite_utils import Database

from harvest.catalogue.filters import Filters
from harvest.catalogue.lookup import Lookup
from harvest.catalogue.overview import ANY, NEW_WITHIN, Overview, Scope, branches, narrower
from harvest.catalogue.sets import Sets
from harvest.store.migrations import migrations
from tests.db.filled import TODAY
from tests.db.varied import fill_varied

SCOPES = [Scope(), Scope(species=None), Scope(relevance=None), Scope(None, None)]
MEMORY = ("long_term_effect", "memory")


@pytest.fixture(scope="module")
def conn() -> Iterator[sqlite3.Connection]:
    """A database of studies that differ in all that is counted."""
    db = Database(memory=True)
    migrations.apply(db)
    fill_varied(db)
    db.conn.row_factory = sqlite3.Row
    yield db.conn
    db.close()


@pytest.fixture(scope="module")
def sets(conn: sqlite3.Connection) -> Sets:
    """Its studies."""
    return Sets(conn)


def searched(sets: Sets, search: str) -> int:
    """How many studies a search shows."""
    return Lookup.read(parse_qs(search, strict_parsing=True), sets.facets).filters.apply(sets).bit_count()


@pytest.mark.parametrize("scope", SCOPES)
def test_every_count_is_what_its_search_shows(sets: Sets, scope: Scope) -> None:
    """In each scope, of the matrix, of what is new, of years and of company."""
    overview = Overview(sets, scope)
    matrix = overview.matrix("condition", "long_term_effect")
    assert matrix is not None
    splits = [*matrix.totals, *(cell for row in matrix.rows for cell in row.cells)]
    counts = [
        *[(one.studies, one.search) for one in [matrix.all, *(row.all for row in matrix.rows)]],
        *[(one.studies, one.search) for one in splits],
        *[(told.studies, told.search) for split in splits for told in split.told],
        *[(count.studies, count.search) for new in overview.news("condition") for count in new.counts],
        *[(year.studies, year.search) for year in overview.years(TODAY, sets.tags[MEMORY])],
        *[(c.studies, c.search) for one in overview.company(sets.tags[MEMORY], 9) for _, c in one.tags],
    ]
    assert len(counts) > 50
    assert [count for count, _ in counts] == [searched(sets, search) for _, search in counts]


def test_summaries_count_studies_of_people_on_the_subject(sets: Sets) -> None:
    """Unless an address widens that, one facet at a time; retracted ones never count."""
    people, animals = sets.tagged("species", "human"), sets.tagged("species", "animal")
    usual, wider = Scope.read({}), Scope.read({"species": ANY, "relevance": "other"})
    assert usual.studies(sets) == people & sets.tagged("relevance", "main") & ~sets.noticed("retracted")
    assert wider.studies(sets) & animals
    assert not wider.studies(sets) & sets.tagged("relevance", "secondary")
    assert Scope(None, None).studies(sets) == sets.everything & ~sets.noticed("retracted")


def test_a_page_of_a_species_counts_every_species(sets: Sets) -> None:
    """A scope can leave out what the page itself decides."""
    assert Scope().wider("species") == Scope(species=None)
    assert Scope().wider("condition") == Scope()
    assert Scope(species=None).asked == {"relevance": "main", "species": "any"}


def test_a_cell_is_split_by_what_was_found(sets: Sets) -> None:
    """The parts and the studies of which nobody judged it add up, and so do their places on a bar."""
    split = Overview(sets, Scope(None, None)).split(sets.tags[MEMORY])
    assert {told.finding for told in split.told} == {"worse", "better", "no-change", "mixed", "unclear"}
    assert sum(told.studies for told in split.told) + split.unjudged == split.studies
    assert split.unjudged > 0
    assert split.told[0].start == 0
    for one, following in zip(split.told, split.told[1:], strict=False):
        assert one.start + one.width == pytest.approx(following.start)
    assert split.told[-1].start + split.told[-1].width < 100


def test_a_narrower_tag_stands_below_its_wider_one(sets: Sets) -> None:
    """With how deep it lies."""
    order = [(tag.slug, depth) for tag, depth in branches(sets, "condition")]
    assert order == [("pain", 0), ("mood", 0), ("low-mood", 1), ("sleep", 0), ("nowhere", 0)]
    assert [tag.slug for tag in narrower(sets, sets.tags["condition", "mood"])] == ["low-mood"]
    assert narrower(sets, sets.tags["condition", "low-mood"]) == []


def test_there_is_no_matrix_of_facets_that_are_not_there(sets: Sets) -> None:
    """Another topic may ask other questions."""
    assert Overview(sets, Scope()).matrix("condition", "flavour") is None


def test_what_is_new_comes_with_most_first(sets: Sets) -> None:
    """All studies before the tags, of which those without any new study are left out."""
    everything, *tags = Overview(sets, Scope()).news("condition")
    assert everything.tag is None
    numbers = [[count.studies for count in new.counts] for new in (everything, *tags)]
    assert all(week <= month <= quarter for week, month, quarter in numbers)
    assert [row[-1] for row in numbers[1:]] == sorted((row[-1] for row in numbers[1:]), reverse=True)
    assert "nowhere" not in {new.tag.slug for new in tags if new.tag}


def test_years_have_no_gaps_and_the_running_one_is_partial(sets: Sets) -> None:
    """A year without studies is there as 0; what is dated ahead is partial too."""
    years = Overview(sets, Scope()).years(TODAY)
    this = TODAY.year
    assert [year.year for year in years] == list(range(this - 4, this + 2))
    assert [year.is_partial for year in years] == [False] * 4 + [True] * 2
    assert years[1].studies == years[1].share == 0
    assert max(year.share for year in years) == 1
    assert Overview(sets, Scope()).years(TODAY, sets.tags["condition", "nowhere"]) == []


def test_company_is_of_other_facets(sets: Sets) -> None:
    """Those of the tag itself and those that the scope decides say nothing; each facet's commonest come first."""
    company = list(Overview(sets, Scope()).company(sets.tags[MEMORY], 2))
    assert [one.facet.slug for one in company] == ["design", "condition", "theme"]
    assert all(len(one.tags) <= 2 for one in company)
    assert all(first[1].studies >= last[1].studies for first, *_, last in (one.tags for one in company))
    wide = Overview(sets, Scope(species=None)).company(sets.tags[MEMORY], 2)
    assert "species" in {one.facet.slug for one in wide}


def test_the_newest_studies_of_a_tag_come_first(sets: Sets, conn: sqlite3.Connection) -> None:
    """By the day that they entered PubMed."""
    newest = Overview(sets, Scope()).newest(5, sets.tags[MEMORY])
    tagged = "SELECT entered FROM studies JOIN study_tags USING (pmid) WHERE pmid = ? AND facet = ? AND tag = ?"
    entered = [conn.execute(tagged, (pmid, *MEMORY)).fetchone()[0] for pmid in newest]
    assert entered == sorted(entered, reverse=True)


def test_a_search_can_ask_for_what_entered_pubmed_lately(sets: Sets, conn: sqlite3.Connection) -> None:
    """``since`` counts days from today, the day itself included, and is kept in the address."""
    for days in (0, *NEW_WITHIN):
        first = (TODAY - timedelta(days=days)).isoformat()
        lookup = Lookup.read({"since": [str(days)], "incidental": ["1"]}, sets.facets)
        expected = conn.execute("SELECT count(*) FROM studies WHERE entered >= ?", [first]).fetchone()[0]
        assert lookup.filters.apply(sets).bit_count() == expected
        assert ("since", str(days)) in lookup.conditions


def test_days_before_the_calendar_are_all_days(sets: Sets) -> None:
    """However large the number, an address is never wrong."""
    assert Filters(entered_days=10_000_000, with_incidental=True).apply(sets) == sets.everything


def test_the_sets_of_a_former_moment_are_let_go(conn: sqlite3.Connection) -> None:
    """Whatever was counted of them: a served database is read anew after every harvest."""
    former = Sets(conn)
    Overview(former, Scope()).news("condition")
    former.at_least("participants", 1)
    held = ref(former)
    del former
    gc.collect()
    assert held() is None
