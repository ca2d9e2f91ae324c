"""A monitor is told by the status of the answer whether all is well, and in its body what is not."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from httpx import Response

from harvest import config as recipe
from harvest.cli import main
from harvest.publish.snapshot import Wanted, export
from tests.db.conftest import database
from tests.db.filled import TODAY, fill
from tests.db.site import Site

LONG_AGO = "2026-01-01T00:00:00Z"


def asked(home: Path) -> Response:
    """The answer of a site over a home."""
    with Site(home) as site:
        return site.get("/-/health")


def fill_after(home: Path, *runs: dict[str, Any]) -> None:
    """Fill a home's database and note some more runs."""
    with database(home) as opened:
        fill(opened, kind="live")
        opened.table("runs").insert_all({"started": "2026-11-22T05:00:00Z", "command": "run"} | run for run in runs)


def ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_site_that_is_kept_up_is_ok(home: Path) -> None:
    """With when it was harvested last and what it holds."""
    fill_after(home)
    answer = asked(home)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "max-age=10")
    assert answer.json() == {
        "status": "ok",
        "studies": 5,
        "newest_entered": TODAY.isoformat(),
        "last_success": f"{TODAY}T03:30:00Z",
        "failure": None,
        "pending": 1,
    }


@pytest.mark.parametrize(
    ("runs", "code", "status"),
    [
        ([{"status": "failed", "error": "no answer\nand more"}], 503, "failing"),
        ([{"status": "interrupted"}], 503, "failing"),
        ([{"status": "failed", "error": "no answer"}, {"status": "ok"}], 503, "stale"),
        ([{"status": "running"}], 200, "ok"),
        ([{"status": "failed", "command": "tag"}], 200, "ok"),
    ],
)
def test_a_failed_harvest_is_told_to_a_monitor(home: Path, runs: list[dict[str, str]], code: int, status: str) -> None:
    """Until one ended well; of an error the first line."""
    fill_after(home, *({"finished": LONG_AGO} | run for run in runs))
    answer = asked(home)
    assert (answer.status_code, answer.json()["status"]) == (code, status)
    assert answer.json()["failure"] in {None, "no answer", "interrupted"}


@pytest.mark.parametrize(("days", "patience", "status"), [(2, 3, "ok"), (4, 3, "stale"), (4, 5, "ok")])
def test_studies_go_stale_when_the_recipe_says(home: Path, days: int, patience: int, status: str) -> None:
    """So long after the last harvest that ended well; the verb says the same word, and so does a snapshot."""
    written = (home / "ketamine.toml").read_text()
    (home / "ketamine.toml").write_text(written.replace("stale_days = 3", f"stale_days = {patience}"))
    fill_after(home, {"status": "ok", "finished": ago(days)})
    snapshot = export(recipe.load(home, {}), home.parent / "out", Wanted("link", public=True), date(2026, 11, 22))
    assert [asked(folder).json()["status"] for folder in (home, snapshot)] == [status, status]
    verb = CliRunner().invoke(main, ["--home", str(home), "status", "--json"])
    assert json.loads(verb.stdout)["status"] == status


def test_the_verb_and_the_saved_query_tell_what_the_monitor_is_told(home: Path) -> None:
    """Whatever the body says."""
    fill_after(home, {"status": "failed", "error": "no answer", "finished": LONG_AGO})
    with Site(home) as site:
        told = site.get("/-/health").json()
        [standing] = site.rows("standing")
    verb = json.loads(CliRunner().invoke(main, ["--home", str(home), "status", "--json"]).stdout)
    assert {name: verb[name] for name in told} == told
    shared = set(told) - {"status", "failure"}
    assert {name: standing[name] for name in shared} == {name: told[name] for name in shared}


def test_studies_that_were_only_loaded_do_not_go_stale(home: Path) -> None:
    """Nobody said that they would be kept up."""
    fill_after(home)
    with database(home) as opened:
        opened.execute("UPDATE runs SET command = 'load', status = 'ok', finished = ?", [LONG_AGO])
        opened.conn.commit()
    answer = asked(home)
    assert (answer.status_code, answer.json()["status"], answer.json()["last_success"]) == (200, "ok", None)


def test_pages_are_served_however_the_studies_stand(home: Path) -> None:
    """What asks whether the site is alive, such as a load balancer, asks a page."""
    fill_after(home, {"status": "failed", "error": "no answer", "finished": LONG_AGO})
    with Site(home) as site:
        assert [site.get(address).status_code for address in ("/-/health", "/", "/about")] == [503, 200, 200]


def test_a_site_without_studies_is_empty(empty_site: Site) -> None:
    """Nothing has come yet."""
    answer = empty_site.get("/-/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "empty")


def test_a_site_without_a_database_is_empty_too(home: Path) -> None:
    """And says so in the same form."""
    answer = asked(home)
    assert (answer.status_code, answer.json()) == (
        503,
        {
            "status": "empty",
            "studies": 0,
            "newest_entered": None,
            "last_success": None,
            "failure": None,
            "pending": 0,
        },
    )
