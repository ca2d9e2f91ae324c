"""Another topic is another recipe and taxonomy: a tracker of psilocybin, from an empty folder to its pages."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from harvest.cli import main
from harvest.store import Store
from tests.db.site import Site
from tests.pubmed import serve
from tests.pubmed.invented import article

TOPIC = Path("tests/data/psilocybin")
DRINKING, FLASHBACKS, MENTION, OTHER = range(970_000_201, 970_000_205)
RECORDS = [
    article(
        DRINKING,
        title="Psilocybin for alcohol use disorder: an invented trial.",
        abstract=[
            ("METHODS", "Sixty adults with alcohol use disorder (AUD) were randomised to psilocybin or niacin."),
            ("RESULTS", "At 12 weeks the share of drinking days fell in those given psilocybin."),
        ],
    ),
    article(
        FLASHBACKS,
        title="Visual disturbance one year after psilocybin.",
        abstract=[("RESULTS", "At 12 months visual disturbance did not differ between the groups.")],
    ),
    article(
        MENTION,
        title="A survey of mushrooms in an invented forest.",
        abstract=[
            ("BACKGROUND", "Some contain psilocybin, once tried in heavy drinking."),
            ("RESULTS", "We found 12."),
        ],
    ),
    article(OTHER, title="Ketamine for depression: an invented trial."),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home made from the shipped one, with the recipe and the taxonomy exchanged, after its first harvest."""
    folder = tmp_path_factory.mktemp("another") / "topic"
    assert harvest(folder, "init", folder).exit_code == 0
    (folder / "ketamine.toml").unlink()
    shutil.rmtree(folder / "taxonomy")
    shutil.copytree(TOPIC, folder, dirs_exist_ok=True)
    with serve(RECORDS, rate=None) as pubmed, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HARVEST_EUTILS", pubmed.eutils)
        patch.setattr("harvest.http.Pacer.wait", lambda _: None)
        result = harvest(folder, "run", "--since", "2026-01-01")
    assert (result.exit_code, result.output) == (0, "")
    return folder


def harvest(home: Path, *arguments: object) -> Result:
    return CliRunner().invoke(main, ["--home", str(home), *map(str, arguments)])


def rows(home: Path, sql: str) -> list[tuple[Any, ...]]:
    with Store(home / "psilocybin.db") as store:
        return [tuple(row.values()) for row in store.rows(sql)]


def test_its_own_studies_are_harvested(home: Path) -> None:
    """Those that its search finds, into a database named after its recipe."""
    assert rows(home, "SELECT pmid FROM studies ORDER BY pmid") == [(DRINKING,), (FLASHBACKS,), (MENTION,)]


def test_they_are_tagged_by_its_own_taxonomy(home: Path) -> None:
    """Tags, single values, findings and numbers; nothing of the shipped taxonomy is left."""
    assert rows(home, "SELECT pmid, facet, tag, finding FROM study_tags ORDER BY pmid, facet, tag") == [
        (DRINKING, "condition", "alcohol-use-disorder", None),
        (DRINKING, "later_effect", "drinking", "better"),
        (DRINKING, "relevance", "main", None),
        (FLASHBACKS, "later_effect", "perception", "no-change"),
        (FLASHBACKS, "relevance", "main", None),
        (MENTION, "relevance", "incidental", None),
    ]
    assert rows(home, "SELECT pmid, relevance, participants FROM studies ORDER BY pmid") == [
        (DRINKING, "main", 60),
        (FLASHBACKS, "main", None),
        (MENTION, "incidental", None),
    ]
    assert rows(home, "SELECT DISTINCT facet FROM tags ORDER BY facet") == [
        ("condition",),
        ("later_effect",),
        ("relevance",),
    ]


def test_every_tag_shows_its_phrase(home: Path) -> None:
    """Cut out of the stored text, the sentence of a finding too."""
    cut = 'substr(text, start + 1, "end" - start)'
    told = rows(home, f"SELECT phrase, {cut}, role FROM tag_evidence JOIN sections USING (pmid, section)")
    assert all(phrase == found for phrase, found, _ in told)
    assert {"tag", "finding"} == {role for _, _, role in told}
    assert "drinking days" in {phrase for phrase, _, _ in told}


def test_its_pages_bear_its_name(home: Path) -> None:
    """The title is that of its recipe; tables and saved queries are described as in the shipped home."""
    with Site(home, "psilocybin") as site:
        assert "Psilocybin literature tracker" in site.page("/")
        assert "alcohol use disorder" in site.page(f"/study/{DRINKING}").lower()
        assert [row["studies"] for row in site.rows("tag_counts") if row["tag"] == "drinking"] == [1]
        assert {row["pmid"] for row in site.rows("search", words="drinking")} == {DRINKING, MENTION}
        assert "ketamine" not in site.page("/").lower()


def test_its_state_is_told(home: Path) -> None:
    """By the same words as for any home."""
    assert "3 studies" in harvest(home, "status").output.replace("invented ", "")
    assert harvest(home, "check").exit_code == 0
