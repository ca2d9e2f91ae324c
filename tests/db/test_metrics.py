"""Prometheus is answered at an address of its own, with what the pages say too."""

from __future__ import annotations

from pathlib import Path

from tests.db.conftest import database
from tests.db.filled import TODAY, fill
from tests.db.site import Site
from tests.test_metrics import Samples, read


def told(site: Site) -> Samples:
    """The figures of a site."""
    answer = site.get("/-/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return read(answer.text)


def test_the_figures_are_those_of_the_pages(site: Site) -> None:
    """Of the home as a whole, of its source, and of its runs."""
    figures = told(site)
    [standing] = site.rows("standing")
    source = next(row for row in site.rows("completeness") if row["source"] == "pubmed")
    assert figures["harvest_state", "ok"] == 1
    assert figures["harvest_studies",] == standing["studies"]
    assert figures["harvest_withdrawn_studies",] == standing["withdrawn"] == 1
    assert figures["harvest_source_pubmed_studies", "pubmed"] == source["in_pubmed"] == 9
    assert figures["harvest_source_studies", "pubmed"] == source["here"] == 1
    assert figures["harvest_runs_total", "run", "ok"] == 2
    assert figures["harvest_source_failed", "weekly"] == 1


def test_what_has_changed_since_is_told(home: Path) -> None:
    """Though figures are kept as long as nothing is written."""
    with database(home) as opened:
        fill(opened, kind="live")
        with Site(home) as site:
            before = told(site)
            opened.table("runs").insert({"command": "run", "started": f"{TODAY}T06:00:00Z", "status": "failed"})
            assert told(site)["harvest_runs_total", "run", "ok"] == before["harvest_runs_total", "run", "ok"]
            opened.table("about").upsert({"key": "revision", "value": "2"}, pk="key")
            after = told(site)
    assert ("harvest_runs_total", "run", "failed") not in before
    assert after["harvest_runs_total", "run", "failed"] == 1


def test_a_site_without_a_database_answers(home: Path) -> None:
    """It is up, and empty."""
    with Site(home) as site:
        assert told(site) == {
            ("harvest_state", "ok"): 0,
            ("harvest_state", "stale"): 0,
            ("harvest_state", "failing"): 0,
            ("harvest_state", "empty"): 1,
            ("harvest_studies",): 0,
        }
