"""The saved queries answer the questions that they are named for, whatever is typed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.db.conftest import database
from tests.db.filled import BARE, CORRECTED, ELSEWHERE, FULL, HOSTILE, RETRACTED, SCRIPT, TODAY, fill
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
NOTHING = {
    "studies": 0,
    "newest_entered": None,
    "last_success": None,
    "running_since": None,
    "pending": 0,
    "missing": 0,
    "withdrawn": 0,
}
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
    assert empty_site.rows(name) == ([NOTHING] if name == "standing" else [])
    assert ("Nothing found" in empty_site.page(f"/ketamine/{name}")) == (name != "standing")


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
    rows = site.rows("matrix", relevance="any", species="any")
    cells = {(row["condition"], row["long_term_effect"]): row for row in rows}
    assert len(cells) == (1 + 3) * 2
    cognition = cells["Depression", "Cognition"]
    assert (cognition["studies"], cognition["no_change"], cognition["worse"], cognition["not_judged"]) == (1, 1, 0, 0)
    assert cognition["of_studies_on_condition"] == 2
    none = cells["Complex regional pain syndrome", "Urinary tract"]
    assert (none["studies"], none["of_studies_on_condition"]) == (0, 1)
    total = cells["(all studies)", "Urinary tract"]
    assert (total["studies"], total["worse"], total["of_studies_on_condition"]) == (1, 1, 4)


@pytest.mark.parametrize(("relevance", "species", "studies"), [("", "", 1), ("MAIN", "Human", 1), ("", "animal", 0)])
def test_summaries_count_studies_of_people_on_the_subject(
    site: Site, relevance: str, species: str, studies: int
) -> None:
    """Unless they are told otherwise, in any case of letters."""
    rows = site.rows("matrix", relevance=relevance, species=species)
    assert {row["of_studies_on_condition"] for row in rows if row["condition"] == "(all studies)"} == {studies}


def test_what_is_new_is_counted_by_condition(site: Site) -> None:
    """By the days since studies entered PubMed, all of them first."""
    counts = {"last_7_days": 1, "last_30_days": 1, "last_90_days": 1}
    labels = ["(all studies)", "Depression", "Treatment-resistant depression"]
    assert site.rows("what_is_new") == [{"condition": label, **counts} for label in labels]
    assert site.rows("what_is_new", species="animal") == []


def test_studies_per_year(site: Site) -> None:
    """Years come newest first, of all studies or of a condition."""
    every = {"relevance": "any", "species": "any"}
    assert site.rows("studies_per_year", **every) == [{"year": 2026, "studies": 1}, {"year": 2019, "studies": 3}]
    assert site.rows("studies_per_year") == [{"year": 2026, "studies": 1}]
    assert site.rows("studies_per_year", condition="crps", **every) == [{"year": 2019, "studies": 1}]


def test_a_tag_is_counted_by_year_and_finding(site: Site) -> None:
    """With no tag, the one that most studies carry."""
    [row] = site.rows("tag_by_year", facet="long_term_effect", tag="COGNITION")
    assert (row["tag"], row["year"], row["studies"], row["no_change"], row["worse"]) == ("cognition", 2026, 1, 1, 0)
    assert {row["tag"] for row in site.rows("tag_by_year", relevance="any", species="any")} == {"depression"}


def test_tags_that_go_together_are_of_other_facets(site: Site) -> None:
    """Each with the number of studies that carry both."""
    rows = site.rows("tags_together", facet="condition", tag="depression", relevance="any", species="any")
    assert [(row["facet"], row["tag"], row["studies"]) for row in rows] == [
        ("long_term_effect", "cognition", 1),
        ("long_term_effect", "urinary", 1),
    ]


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
    row = site.rows("completeness")[0]
    assert (row["source"], row["last_success"], row["stored_up_to"]) == ("pubmed", f"{TODAY}T03:30:00Z", "2026-11-20")
    assert (row["last_run"], row["promised"], row["received"], row["new"]) == (3, 6, 6, 1)
    assert (row["in_pubmed"], row["here"], row["pending"], row["missing"]) == (9, 1, 1, 1)
    assert (row["result"], row["translated_query"]) == ("1 new, 0 revised", '"ketamine"[MeSH Terms]')


def test_a_source_that_never_answered_is_listed(site: Site) -> None:
    """Its failure stands where its studies would."""
    row = site.rows("completeness")[1]
    assert (row["source"], row["last_success"], row["here"]) == ("weekly", None, 0)
    assert (row["result"], row["error"]) == ("could not finish", "an HTML page came")


@pytest.mark.parametrize("status", ["failed", "interrupted"])
def test_a_source_of_a_run_that_was_cut_off_has_no_news_of_it(home: Path, status: str) -> None:
    """What an earlier run brought is not shown as the result of one that ended before it could ask."""
    with database(home) as opened:
        fill(opened, kind="live")
        last = {"id": 9, "command": "run", "started": "2026-11-22T03:30:00Z", "status": status, "error": "disk full"}
        opened.table("runs").insert(last)
    with Site(home) as site:
        rows = site.rows("completeness")
    assert {row["result"] for row in rows} == {f"could not finish ({status})"}
    assert {(row["last_run"], row["promised"], row["new"], row["error"]) for row in rows} == {
        (9, None, None, "disk full")
    }


def test_standing_counts_what_is_here_and_what_is_not(site: Site) -> None:
    """One row says how many studies there are, how fresh they are and what is wanting."""
    (row,) = site.rows("standing")
    assert (row["studies"], row["pending"], row["missing"], row["withdrawn"]) == (5, 1, 1, 1)
    assert (row["newest_entered"], row["last_success"]) == (str(TODAY), f"{TODAY}T03:30:00Z")


def test_what_is_missing_is_named(site: Site) -> None:
    """Every identifier that waits or was left out is listed with who named it and how often PubMed left it out."""
    left_out, waiting = site.rows("missing")
    assert (left_out["pmid_in_pubmed"], left_out["state"], left_out["named_by"]) == (ELSEWHERE - 1, "missing", "pubmed")
    assert (left_out["days_left_out"], left_out["last_left_out"]) == (3, "2026-03-03")
    assert (waiting["pmid_in_pubmed"], waiting["state"], waiting["days_left_out"]) == (ELSEWHERE, "pending", 0)
    assert f'href="https://pubmed.ncbi.nlm.nih.gov/{ELSEWHERE}/"' in site.page("/ketamine/missing")


def test_lag_counts_what_a_regular_run_brought(site: Site) -> None:
    """Studies of the first run are left out, one that came later counts."""
    assert site.rows("lag") == [
        {
            "studies": 1,
            "median_days": 0,
            "days_for_95_in_100": 0,
            "longest_days": 0,
            "counted_since": "2026-01-02",
        }
    ]


def test_a_run_that_was_cut_off_is_never_without_news(site: Site) -> None:
    """Only one that ended well is said to have found nothing new."""
    assert [(row["run"], row["result"]) for row in site.rows("last_runs")] == [
        (4, "no new studies"),
        (3, "1 new, 0 revised"),
        (2, "could not finish"),
        (1, "4 new, 0 revised"),
    ]


def test_recent_changes_come_newest_first(site: Site) -> None:
    """Changes within the days are listed with what stood there and what stands there, long texts cut short."""
    rows = site.rows("recent_changes")
    assert [(row["pmid"], row["field"]) for row in rows] == [
        (CORRECTED, "doi"),
        (CORRECTED, "notice"),
        (HOSTILE, "abstract"),
    ]
    assert (rows[0]["old"], rows[0]["new"]) == (None, "10.5555/sample.905")
    assert len(rows[2]["new"]) == len(" …") + 200
    assert FULL in pmids(site.rows("recent_changes", days=36500))


def test_changes_are_counted_by_column(site: Site) -> None:
    """Those of a study's standing come first."""
    rows = site.rows("changes_by_column")
    assert [(row["column"], row["studies"]) for row in rows] == [("notice", 1), ("abstract", 1), ("doi", 1)]


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
    assert f'<a href="/study/{HOSTILE}">A title of' in page
    assert f'<a href="/study/{HOSTILE}">{HOSTILE}</a>' in page
    assert SCRIPT not in page


def test_the_sql_of_a_query_can_be_read(site: Site) -> None:
    """The SQL is hidden until it is asked for."""
    sql = "select publication_year as year"
    assert sql not in site.page("/ketamine/studies_per_year")
    assert sql in site.page("/ketamine/studies_per_year", _show_sql=1)


def test_the_accuracy_of_a_facet_says_whether_its_rules_have_changed_since(site: Site) -> None:
    """Figures of other rules than those in use are told apart."""
    [row] = site.rows("accuracy")
    assert (row["facet"], row["f1"], row["f1_interval"]) == ("Condition", 0.85, "0.75 to 0.91")
    assert row["rules_changed_since"] == "yes"


def test_the_list_of_tags_shows_how_good_each_is(site: Site) -> None:
    """Where it has been measured."""
    agreement = {row["tag"]: row["agreement"] for row in site.rows("tag_counts")}
    assert (agreement["depression"], agreement["crps"]) == (0.85, None)
