"""Every page is found, says what it should, and runs nothing that a record carries."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlite_utils import Database

from tests.db.conftest import database
from tests.db.filled import BARE, CORRECTED, ELSEWHERE, FULL, HOSTILE, RETRACTED, SCRIPT
from tests.db.site import Site
from tests.db.test_metadata import TABLES

BANNER = "Sample data: invented records"
NO_ADVICE = "An index of the literature, not medical advice."
HINT = "No studies yet: run <code>harvest run</code>"

PAGES = [
    "/",
    "/ketamine",
    "/ketamine?sql=select+1",
    "/ketamine/studies",
    "/ketamine/studies?_search=memory",
    f"/ketamine/studies/{FULL}",
    "/ketamine/tags/condition,crps",
    "/ketamine/search?words=memory",
    "/-/versions",
    "/-/plugins",
    "/-/metadata",
]
ERRORS = [
    ("/nowhere", 404),
    ("/ketamine/nothing", 404),
    ("/ketamine/studies/1", 404),
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


def test_home_leads_to_what_is_new(site: Site) -> None:
    """The front page has search first, then counts, the newest studies, tags with counts, and the saved queries."""
    page = site.page("/")
    assert '<form class="search" role="search" action="/ketamine/search"' in page
    assert "<strong>5</strong> studies" in page
    assert page.index('name="words"') < page.index("Newest studies") < page.index("Memory after repeated infusions")
    assert 'href="/ketamine/study_tags?facet=condition&amp;tag=depression">Depression</a> 3' in page
    assert 'href="/ketamine/effect_by_condition"' in page
    assert "Untitled record" in page


@pytest.mark.parametrize("path", [*PAGES, f"/ketamine/studies/{HOSTILE}", "/ketamine/studies_per_year"])
def test_pages_ask_no_other_host(site: Site, path: str) -> None:
    """Styles, scripts and pictures come from this site."""
    page = site.page(path)
    loaded = re.findall(r"<(?:script|img|iframe)\b[^>]*\bsrc=\"([^\"]*)|<link\b[^>]*\bhref=\"([^\"]*)", page)
    addresses = [script or style for script, style in loaded]
    assert addresses
    assert not [address for address in addresses if re.match(r"(https?:)?//(?!localhost)", address)]


def test_a_study_is_readable(site: Site) -> None:
    """A study's page shows its title, abstract in sections, tags with their phrases, and the record."""
    page = site.page(f"/ketamine/studies/{FULL}")
    assert "<title>Memory after repeated infusions for resistant depression</title>" in page
    assert "<h1><bdi>Memory after repeated infusions for resistant depression</bdi></h1>" in page
    assert "<h3>Methods</h3>" in page
    for words in (
        "Memory did not change.",
        "Invented Annals of Memory",
        "Long-term effect",
        "found: no change",
        "<q>memory was tested</q> in the abstract",
        "<q>resistant depression</q> in the title",
        "Memory, MeSH heading",
        "<q>80 adults</q>",
        "84 days",
        "drug effects, physiology",
        "recall of lists",
        "Observational Study",
        "Example Study Group",
        "Sample record, invented.",
        "X1, Invented Agency",
        "Memory held.",
    ):
        assert words in page, words


def test_a_study_leads_on(site: Site) -> None:
    """A study links to PubMed, its DOI, its free text, its trial, its author and studies held here."""
    page = site.page(f"/ketamine/studies/{FULL}")
    for address in (
        f"https://pubmed.ncbi.nlm.nih.gov/{FULL}/",
        "https://doi.org/10.5555/sample.901",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC97000901/",
        "https://clinicaltrials.gov/study/NCT00000901",
        "https://orcid.org/0000-0000-0000-0017",
        f"/ketamine/studies/{BARE}",
    ):
        assert f'href="{address}"' in page


def test_a_study_shows_every_column_below(site: Site) -> None:
    """The plain row stays within reach, with the tables that refer to the study."""
    details = site.page(f"/ketamine/studies/{FULL}").split("Every column of this record")[1]
    assert 'class="col-fingerprint' in details
    assert f"/ketamine/tag_evidence?pmid={FULL}" in details


@pytest.mark.parametrize(("pmid", "words"), [(RETRACTED, "Retracted."), (CORRECTED, "Corrected.")])
def test_a_notice_comes_first(site: Site, pmid: int, words: str) -> None:
    """A retracted or corrected study says so above its title."""
    page = site.page(f"/ketamine/studies/{pmid}")
    assert page.index(f"<strong>{words}</strong>") < page.index("<h1>")


def test_a_retraction_leads_to_its_notice(site: Site) -> None:
    """The banner links the notice at PubMed where it is not held here."""
    banner = site.page(f"/ketamine/studies/{RETRACTED}").split("<h1>")[0]
    assert (
        f'Retraction in:\n<a href="https://pubmed.ncbi.nlm.nih.gov/{ELSEWHERE}/">Invented Ann. 2021;2:9</a>'
        in re.sub(r"\s*\n\s*", "\n", banner)
    )


def test_a_bare_record_says_what_is_missing(site: Site) -> None:
    """A record without title and abstract has a page that says so and leaves out what is not known."""
    page = site.page(f"/ketamine/studies/{BARE}")
    assert "Untitled record" in page
    assert "No abstract in PubMed." in page
    article = page.split("<details>")[0]
    for absent in ("Participants", "Follow-up", "DOI", "In PubMed since", "None", "why</h2>"):
        assert absent not in article, absent


@pytest.mark.parametrize(
    "path",
    [
        "/",
        f"/ketamine/studies/{HOSTILE}",
        "/ketamine/studies",
        "/ketamine/sections",
        "/ketamine/links",
        "/ketamine/tag_evidence",
        "/ketamine/search?words=title",
        f"/ketamine/why_tagged?pmid={HOSTILE}",
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
    assert f'href="/ketamine/studies/{HOSTILE}">A title of' in site.page("/ketamine/study_tags")
    assert f'href="https://pubmed.ncbi.nlm.nih.gov/{ELSEWHERE}/"' in site.page("/ketamine/links")
    assert f'href="https://pubmed.ncbi.nlm.nih.gov/{ELSEWHERE}/"' in site.page("/ketamine/sightings")
    studies = site.page("/ketamine/studies")
    assert 'href="https://doi.org/10.5555/sample.901"' in studies
    assert "word …" in studies
    assert "word " * 60 not in studies


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


@pytest.mark.parametrize(("path", "_status"), ERRORS)
def test_an_error_answer_leaves_no_traceback(
    site: Site, capfd: pytest.CaptureFixture[str], path: str, _status: int
) -> None:
    """An address that leads nowhere writes nothing into the log of the server."""
    site.get(path)
    assert capfd.readouterr() == ("", "")
