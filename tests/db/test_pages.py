"""Every page is found, says what it should, and runs nothing that a record carries."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlite_utils import Database

from tests.db.conftest import database
from tests.db.filled import CORRECTED, ELSEWHERE, FULL, HOSTILE, SCRIPT
from tests.db.site import Site
from tests.db.test_metadata import TABLES

BANNER = "Sample data: invented records"
NO_ADVICE = "An index of the literature, not medical advice."
HINT = "No studies yet: run <code>harvest run</code>"

PAGES = [
    "/",
    "/matrix",
    "/tag/condition/crps",
    "/about",
    "/ketamine",
    "/ketamine?sql=select+1",
    "/ketamine/studies",
    "/ketamine/studies?_search=memory",
    f"/ketamine/studies/{FULL}",
    f"/study/{FULL}",
    "/ketamine/tags/condition,crps",
    "/ketamine/search?words=memory",
    "/completeness",
    "/-/versions",
    "/-/plugins",
    "/-/metadata",
]
ERRORS = [
    ("/nowhere", 404),
    ("/ketamine/nothing", 404),
    ("/ketamine/studies/1", 404),
    ("/study/1", 404),
    ("/tag/condition/nowhere", 404),
    ("/ketamine/studies?_size=x", 400),
]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_carries_what_every_reader_must_know(site: Site, path: str) -> None:
    """Every page says that it is no medical advice, whose records these are and how fresh they are."""
    page = site.page(path)
    assert NO_ADVICE in page
    assert "courtesy of the U.S. National Library of Medicine" in page
    assert re.search(r"Last successful harvest: \d{4}-\d\d-\d\d 03:30 UTC", page)
    assert "failed" not in page.split("<footer")[1]


@pytest.mark.parametrize("path", PAGES)
def test_invented_records_are_called_so(site: Site, sample_site: Site, path: str) -> None:
    """Every page of a sample database has the banner, no page of a live one has it."""
    assert BANNER in sample_site.page(path)
    assert BANNER not in site.page(path)


@pytest.mark.parametrize(("path", "status"), ERRORS)
def test_error_pages_are_pages(site: Site, sample_site: Site, path: str, status: int) -> None:
    """An address that leads nowhere gets the status it should, with banner and footer."""
    answer = sample_site.get(path)
    assert answer.status_code == status
    assert BANNER in answer.text
    assert NO_ADVICE in answer.text
    assert BANNER not in site.get(path).text


@pytest.mark.parametrize("path", ["/ketamine/studies.json", "/ketamine/studies.csv", "/ketamine/newest.json", "/"])
def test_answers_for_programs_are_marked_too(site: Site, sample_site: Site, path: str) -> None:
    """JSON, CSV and pages of invented records carry a header that says so."""
    assert sample_site.get(path).headers["X-Sample-Data"] == "invented records"
    assert "X-Sample-Data" not in site.get(path).headers


@pytest.mark.parametrize("table", [name for name, table in TABLES.items() if not table.get("hidden")])
def test_every_table_has_a_page(site: Site, table: str) -> None:
    """Each table shows its title, its description and what its columns mean."""
    page = site.page(f"/ketamine/{table}")
    assert f"<h1>{TABLES[table]['title']}</h1>" in page
    assert "What the columns mean" in page
    assert "<dt>" in page


def test_internal_tables_are_hidden(site: Site) -> None:
    """The page of the database lists what readers want, not the index's own tables."""
    page = site.page("/ketamine")
    assert "/ketamine/study_tags" in page
    assert "studies_fts" not in page
    assert "_sqlite_migrations" not in page


@pytest.mark.parametrize("path", [*PAGES, f"/study/{HOSTILE}", "/ketamine/studies_per_year"])
def test_pages_ask_no_other_host(site: Site, path: str) -> None:
    """Styles, scripts and pictures come from this site."""
    page = site.page(path)
    loaded = re.findall(r"<(?:script|img|iframe)\b[^>]*\bsrc=\"([^\"]*)|<link\b[^>]*\bhref=\"([^\"]*)", page)
    addresses = [script or style for script, style in loaded]
    assert addresses
    assert not [address for address in addresses if re.match(r"(https?:)?//(?!localhost)", address)]


@pytest.mark.parametrize(
    "path",
    [
        "/?species=any&relevance=any",
        "/tag/condition/crps?species=any&relevance=any",
        f"/ketamine/studies/{HOSTILE}",
        f"/study/{HOSTILE}",
        f"/study/{HOSTILE}?tag=condition:crps",
        f"/study/{CORRECTED}",
        "/ketamine/studies",
        "/ketamine/sections",
        "/ketamine/links",
        "/ketamine/tag_evidence",
        "/ketamine/search?words=title",
        f"/ketamine/why_tagged?pmid={HOSTILE}",
        "/completeness",
        f"/ketamine?sql=select+title,doi,pmcid+from+studies+where+pmid={HOSTILE}",
        "/ketamine/search?words=%3Cscript%3Ealert(%22x%22)%3C/script%3E",
    ],
)
def test_a_record_cannot_run_anything(site: Site, path: str) -> None:
    """Markup in a record or an address is shown as text, and only identifiers become links."""
    page = site.page(path)
    assert SCRIPT not in page
    assert "alert(" in page
    assert "doi.org/javascript" not in page
    assert "articles/PMC1%22" not in page
    assert not re.findall(r"""href=["']?\s*(?:javascript|data):|<[^>]*\sonclick=""", page)


def test_cells_lead_on(site: Site) -> None:
    """Tags lead to definitions, studies to their pages, others to PubMed; abstracts are cut short."""
    assert 'href="/ketamine/tags/condition,crps"' in site.page("/ketamine/study_tags")
    assert f'href="/study/{HOSTILE}">A title of' in site.page("/ketamine/study_tags")
    assert f'href="https://pubmed.ncbi.nlm.nih.gov/{ELSEWHERE}/"' in site.page("/ketamine/links")
    assert f'href="https://pubmed.ncbi.nlm.nih.gov/{ELSEWHERE}/"' in site.page("/ketamine/sightings")
    studies = site.page("/ketamine/studies")
    assert 'href="https://doi.org/10.5555/sample.901"' in studies
    assert "word …" in studies
    assert "word " * 60 not in studies


def test_completeness_is_told_in_words(site: Site) -> None:
    """The page shows for each source how much of it is here, what is missing by its PMID, the lag, runs and changes."""
    page = re.sub(r"\s+", " ", site.page("/completeness"))
    for words in (
        "<dt>Studies here</dt><dd>5, the newest",
        "<h3>Search pubmed</h3>",
        "<dd>9 for the whole search, of any year</dd>",
        "<dd>1 (8 are not: <code>harvest backfill</code>",
        "<dd>1 new, 0 revised; 6 promised, 6 received (run 3)</dd>",
        "an HTML page came",
        f"PMID {ELSEWHERE}</a>: pending, named by pubmed",
        f"PMID {ELSEWHERE - 1}</a>: missing, named by pubmed",
        "<dt>95 in 100 within</dt><dd>0 days</dd>",
        "<dd>1 study since 2026-01-02</dd>",
        "could not finish (interrupted)",
        "notice: none → corrected",
    ):
        assert words in page, words


def test_every_number_of_completeness_can_be_followed(site: Site) -> None:
    """Each part names the saved query that it shows, and what it shows is that query's answer."""
    page = site.page("/completeness")
    for query in ("standing", "completeness", "missing", "lag", "last_runs", "changes_by_column", "recent_changes"):
        assert f'<a href="/ketamine/{query}">Open “' in page
        assert site.rows(query)


def test_completeness_is_a_step_away(site: Site) -> None:
    """Every page leads to it, the front page beside its count too."""
    link = '<a href="/completeness">How complete is this?</a>'
    assert link in site.page("/").split("<footer")[0]
    assert link in site.page("/ketamine/studies").split("<footer")[1]


def test_completeness_before_the_first_harvest(empty_site: Site) -> None:
    """Nothing is known yet, and the page says so rather than that nothing is new."""
    page = empty_site.page("/completeness")
    assert "No source has been asked yet." in page
    assert "Not known before a regular run has brought studies." in page
    assert "no new studies</li>" not in page


def test_a_run_under_way_is_told(home: Path) -> None:
    """Until it ends nobody can say what it brings; it may have been cut off as well."""
    with database(home) as opened:
        opened.table("runs").insert({"command": "run", "started": "2026-11-02T03:00:00Z", "status": "running"})
    with Site(home) as site:
        assert "A run began 2026-11-02 03:00 UTC and has not ended" in site.page("/completeness")


def test_loading_a_file_is_no_harvest(home: Path) -> None:
    """How fresh a site is does not depend on what was brought from a file."""
    with database(home) as opened:
        _runs(opened, {"command": "load", "status": "ok", "finished": "2026-11-02T03:00:00Z"})
    with Site(home) as site:
        assert "Last successful harvest: 2026-11-01 03:00 UTC" in site.page("/")


def test_an_empty_database_says_what_to_do(empty_site: Site) -> None:
    """Before the first harvest each page tells the reader to run one, and none shows an empty list."""
    for path in ("/", "/ketamine", "/ketamine/studies", "/ketamine/search", "/-/versions"):
        assert HINT in empty_site.page(path)
    assert "No harvest has ended well yet." in empty_site.page("/")
    assert "Newest studies</h2>" not in empty_site.page("/")
    assert HINT in empty_site.get("/ketamine/studies/1").text


def test_a_missing_database_says_what_to_do(home: Path) -> None:
    """A home without a database still has pages that say how to get one."""
    with Site(home) as site:
        assert HINT in site.page("/")
        assert "start Datasette again" in site.page("/")
        assert "There is no database yet." in site.page("/completeness")
        answer = site.get("/ketamine")
        assert answer.status_code == 404
        assert HINT in answer.text


@pytest.mark.parametrize(
    ("run", "words"),
    [
        ({"command": "run", "status": "failed", "error": "pubmed: no answer\nand more"}, "pubmed: no answer</strong>"),
        ({"command": "load", "status": "interrupted"}, "interrupted</strong>"),
    ],
)
def test_a_failed_harvest_is_said_on_every_page(home: Path, run: dict[str, str], words: str) -> None:
    """The footer says that the last harvest failed and why, beside the last that did not."""
    with database(home) as opened:
        _runs(opened, run)
    with Site(home) as site:
        for path in ("/", "/ketamine/runs", "/ketamine"):
            footer = site.page(path).split("<footer")[1]
            assert f"The last harvest failed: {words}" in footer
            assert "Last successful harvest: 2026-11-01 03:00 UTC" in footer


def test_a_failure_that_was_mended_is_not_said(home: Path) -> None:
    """Once a harvest ended well, or while one is running, an older failure is no news."""
    with database(home) as opened:
        _runs(opened, {"command": "run", "status": "failed", "error": "no answer"}, {"command": "run", "status": "ok"})
        _runs(opened, {"command": "run", "status": "running"}, {"command": "tag", "status": "failed"})
    with Site(home) as site:
        assert "failed" not in site.page("/").split("<footer")[1]


def _runs(db: Database, *runs: dict[str, str]) -> None:
    earlier = {"command": "run", "started": "2026-11-01T02:59:00Z", "finished": "2026-11-01T03:00:00Z", "status": "ok"}
    db.table("runs").insert_all([earlier, *({"started": "2026-11-02T03:00:00Z"} | run for run in runs)])


@pytest.mark.parametrize("path", [path for path, _ in ERRORS])
def test_an_error_answer_leaves_no_traceback(site: Site, capfd: pytest.CaptureFixture[str], path: str) -> None:
    """An address that leads nowhere writes nothing into the log of the server."""
    site.get(path)
    assert capfd.readouterr() == ("", "")
