"""The saved queries answer the questions that they are named for, whatever is typed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.db.filled import BARE, CORRECTED, ELSEWHERE, FULL, HOSTILE, RETRACTED, SCRIPT
from tests.db.site import Site
from tests.db.test_metadata import QUERIES

TYPED = [
    '"',
    "'; drop table studies; --",
    "a AND (",
    "*",
    "-",
    'NEAR("',
    "title:",
    "^",
    "\0",
    "１２",
    "-1e999",
    "a" * 5000,
]
PARAMETERS = [(name, parameter) for name, query in QUERIES.items() for parameter in query["params"]]


def pmids(rows: list[dict[str, Any]]) -> list[int]:
    return [row["pmid"] for row in rows]


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_answers_with_nothing_filled_in(site: Site, name: str) -> None:
    """Every saved query finds something when it is opened."""
    assert site.rows(name)
    assert QUERIES[name]["title"] in site.page(f"/ketamine/{name}")


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_runs_on_an_empty_database(empty_site: Site, name: str) -> None:
    """Before the first harvest a saved query says that it found nothing, or shows what is not yet there."""
    assert empty_site.rows(name) == []
    assert "Nothing found" in empty_site.page(f"/ketamine/{name}")


@pytest.mark.parametrize(("name", "parameter"), PARAMETERS)
@pytest.mark.parametrize("typed", TYPED)
def test_nothing_typed_is_an_error(site: Site, name: str, parameter: str, typed: str) -> None:
    """Quotes, operators, control characters and overlong text in any parameter still give an answer."""
    answer = site.get(f"/ketamine/{name}.json", **{parameter: typed}).json()
    assert answer["ok"], answer["error"]


def test_search_ranks_the_title_first(site: Site) -> None:
    """A study with the words in its title comes before one with the words in its abstract alone."""
    found = site.rows("search", words="resistant depression memory")
    assert pmids(found) == [FULL, RETRACTED]
    assert found[1]["notice"] == "retracted"
    assert "resistant depression" in found[1]["passage"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("memory", {FULL, RETRACTED}),
        ("MEMORY cohort", {FULL}),
        ('"words that count"', {RETRACTED}),
        ('"count words that"', set()),
        ("memory -cohort", {RETRACTED}),
        ('memory -"words that count"', {FULL}),
        ('"memory', {FULL, RETRACTED}),
        ("nowhere", set()),
    ],
)
def test_search_reads_words_phrases_and_exclusions(site: Site, words: str, expected: set[int]) -> None:
    """Words must all occur, phrases in their order, and excluded words not at all."""
    assert set(pmids(site.rows("search", words=words))) == expected


def test_recent_studies_of_a_condition(site: Site) -> None:
    """Only studies that entered PubMed within the days and carry the condition are recent studies of it."""
    assert pmids(site.rows("recent_by_condition")) == [FULL]
    assert pmids(site.rows("recent_by_condition", condition="crps")) == []
    assert set(pmids(site.rows("recent_by_condition", days=36500))) == {FULL, RETRACTED, HOSTILE, CORRECTED}
    row = site.rows("recent_by_condition", condition="depression", days=1)[0]
    assert row["conditions"] == "Depression, Treatment-resistant depression"


@pytest.mark.parametrize(
    "typed", ["treatment-resistant-depression", "Treatment-resistant depression", "TREATMENT-RESISTANT DEPRESSION"]
)
def test_a_tag_is_known_by_slug_and_label(site: Site, typed: str) -> None:
    """A condition may be typed as its short name or its label, in any case."""
    assert pmids(site.rows("recent_by_condition", condition=typed)) == [FULL]


def test_an_effect_comes_with_the_phrases_behind_it(site: Site) -> None:
    """A study of a condition and an effect is listed with the finding and the strongest phrase behind either tag."""
    rows = site.rows("effect_by_condition", condition="depression", long_term_effect="cognition")
    assert pmids(rows) == [FULL, RETRACTED]
    assert rows[0]["long_term_effect"] == "Cognition"
    assert rows[0]["finding"] == "no-change"
    assert rows[0]["condition_phrase"] == "resistant depression"
    assert rows[0]["effect_phrase"] == "memory was tested"


def test_an_effect_of_every_condition(site: Site) -> None:
    """Without a condition a study is listed once for each that it carries."""
    rows = site.rows("effect_by_condition", long_term_effect="cognition")
    assert [(row["pmid"], row["condition"]) for row in rows] == [
        (FULL, "Depression"),
        (FULL, "Treatment-resistant depression"),
        (RETRACTED, "Depression"),
    ]


def test_the_matrix_counts_standing_studies_by_finding(site: Site) -> None:
    """Each pair is counted by finding, without retracted studies, and a pair without studies is there as zero."""
    cells = {(row["condition"], row["long_term_effect"]): row for row in site.rows("matrix")}
    assert len(cells) == 3 * 2
    cognition = cells["Depression", "Cognition"]
    assert (cognition["studies"], cognition["no_change"], cognition["worse"], cognition["not_judged"]) == (1, 1, 0, 0)
    assert cognition["of_studies_on_condition"] == 2
    none = cells["Complex regional pain syndrome", "Urinary tract"]
    assert (none["studies"], none["of_studies_on_condition"]) == (0, 1)


def test_studies_per_year(site: Site) -> None:
    """Years come newest first, of all studies or of a condition."""
    assert site.rows("studies_per_year") == [{"year": 2026, "studies": 1}, {"year": 2019, "studies": 4}]
    assert site.rows("studies_per_year", condition="crps") == [{"year": 2019, "studies": 1}]


def test_why_a_study_is_tagged(site: Site) -> None:
    """Every phrase behind a tag or number is shown with the words around it, a heading with its identifier."""
    rows = site.rows("why_tagged", pmid=FULL)
    text = next(row for row in rows if row["phrase"] == "memory was tested")
    assert (text["label"], text["where"]) == ("Cognition", "METHODS")
    assert text["words_around"] == "In a cohort of 80 adults memory was tested after twelve weeks of treatment."
    assert next(row for row in rows if row["basis"] == "mesh")["mesh_identifier"] == "D008568"
    assert {row["phrase"] for row in rows if row["facet"] == "participants"} == {"80 adults"}
    assert rows == site.rows("why_tagged")
    assert site.rows("why_tagged", pmid=BARE) == []


def test_notices_name_what_they_rest_on(site: Site) -> None:
    """Retracted and corrected studies are listed with the notice, where PubMed names one."""
    rows = {row["pmid"]: row for row in site.rows("notices")}
    assert rows.keys() == {RETRACTED, CORRECTED}
    assert (rows[RETRACTED]["link"], rows[RETRACTED]["other_pmid"]) == ("RetractionIn", ELSEWHERE)
    assert rows[CORRECTED]["link"] is None
    assert pmids(site.rows("notices", notice="corrected")) == [CORRECTED]


def test_tags_are_counted(site: Site) -> None:
    """Every tag is listed with the number of its studies, none left out for want of any."""
    counts = {row["tag"]: row["studies"] for row in site.rows("tag_counts")}
    assert counts == {"depression": 3, "treatment-resistant-depression": 1, "crps": 1, "cognition": 2, "urinary": 1}


def test_completeness_says_what_is_waiting(site: Site) -> None:
    """A source shows its last success, what its last run brought, and what it named that is not stored."""
    (row,) = site.rows("completeness")
    assert (row["source"], row["last_success"], row["stored_up_to"]) == ("pubmed", "2026-11-21T03:00:00Z", "2026-11-20")
    assert (row["last_run"], row["expected"], row["found"], row["new"]) == (1, 6, 6, 5)
    assert (row["pending"], row["missing"]) == (1, 1)


def test_newest_studies_come_first(site: Site) -> None:
    """The studies are in the order of their entry, one without a date of entry last."""
    found = pmids(site.rows("newest"))
    assert (found[0], found[-1], len(found)) == (FULL, BARE, 5)


def test_a_query_page_offers_the_tags_of_its_parameter(site: Site) -> None:
    """A parameter named after a facet lists its tags, and keeps what was typed."""
    page = site.page("/ketamine/effect_by_condition", condition='"x">')
    assert '<datalist id="tags-condition"><option>Depression</option>' in page
    assert "<option>Urinary tract</option>" in page
    assert 'value="&#34;x&#34;&gt;"' in page


def test_a_query_page_leads_to_the_studies(site: Site) -> None:
    """A PMID and a title in an answer are links to the study, and text in them is text."""
    page = site.page("/ketamine/newest")
    assert f'<a href="/ketamine/studies/{HOSTILE}">A title of' in page
    assert f'<a href="/ketamine/studies/{HOSTILE}">{HOSTILE}</a>' in page
    assert SCRIPT not in page


def test_the_sql_of_a_query_can_be_read(site: Site) -> None:
    """The SQL is hidden until it is asked for."""
    sql = "select publication_year as year"
    assert sql not in site.page("/ketamine/studies_per_year")
    assert sql in site.page("/ketamine/studies_per_year", _show_sql=1)
