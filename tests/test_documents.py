"""The documents for those who take the house over name what is there."""

from __future__ import annotations

import re
import shlex
import subprocess
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

DOCUMENTS = [
    Path(name)
    for name in (
        ".github/BENCHMARKS.md",
        ".github/CONTRIBUTING.md",
        ".github/OPERATING.md",
        ".github/REFERENCE.md",
        ".github/SECURITY.md",
        "CHANGELOG.md",
        "NOTICE",
        "README.md",
    )
]
HOOKS = yaml.safe_load(Path(".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_file_that_is_named_is_there(document: Path) -> None:
    """Whatever looks like the path of one; made ones aside."""
    text = document.read_text(encoding="utf-8")
    named = re.findall(r"`((?:\.ci|\.github|db|harvest|notebooks|tests)/[\w./-]+)`", text)
    made = {"notebooks/html/", "notebooks/NN-name.ipynb"}
    assert [name for name in named if name not in made and not Path(name).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_target_that_is_named_exists(document: Path) -> None:
    """``make`` knows it."""
    targets = set(re.findall(r"^([a-z-]+):.*##", Path("Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z][a-z-]+)`", document.read_text(encoding="utf-8"))) <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_links_within_the_house_lead_somewhere(document: Path) -> None:
    """Those that are no addresses, seen from the document."""
    links = re.findall(r"\]\(([^):#]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_links_to_a_heading_find_it(document: Path) -> None:
    """In this document or in another one."""
    links = re.findall(r"\]\(([^):#]*)#([^)]+)\)", document.read_text(encoding="utf-8"))
    assert [link for link in links if link[1] not in anchors(document.parent / link[0] if link[0] else document)] == []


def anchors(document: Path) -> set[str]:
    """The names by which the headings of a document can be linked to: GitHub makes them so."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_what_newcomers_are_told_to_run_is_run_by_ci() -> None:
    """As it stands."""
    blocks = re.findall(
        r"^```sh\n(.*?)^```$", Path(".github/CONTRIBUTING.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    commands = [command for block in blocks for command in block.splitlines()]
    assert commands
    assert set(commands) <= set(Path(".ci/run").read_text(encoding="utf-8").splitlines())


def test_code_that_the_guide_names_is_there() -> None:
    """The seams that a newcomer is sent to."""
    for name, module in {
        "class Source(Protocol)": "harvest/sources/__init__.py",
        "def sources_of(": "harvest/assembly.py",
        "FORMATS = {": "harvest/publish/formats.py",
        "    def title(": "notebooks/reading.py",
    }.items():
        assert name in Path(module).read_text(encoding="utf-8")


def test_the_version_is_the_same_everywhere() -> None:
    """In the package, the citation and, first of those released, the changelog."""
    stated = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    changelog = re.findall(r"^## \[(\d.+?)\]", Path("CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert changelog == sorted(changelog, key=lambda number: [int(part) for part in number.split(".")], reverse=True)
    assert stated == version("harvest") == changelog[0] == citation()["version"]


def test_the_citation_has_what_its_format_asks_for() -> None:
    """Citation File Format 1.2: these keys must be there, and the licence is the project's."""
    told = citation()
    assert {"cff-version", "message", "title", "authors", "type"} <= set(told)
    assert told["cff-version"] == "1.2.0"
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert told["license"] == project["license"]
    assert "Apache License" in Path("LICENSE").read_text(encoding="utf-8")


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_every_hook_can_be_run(hook: dict[str, str]) -> None:
    """Its program is one of the environment's, and knows the options that it is given."""
    program, *options = shlex.split(hook["entry"])
    told = subprocess.run([program, *options, "--help"], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr


def citation() -> dict[str, str]:
    """How to cite the program."""
    told: dict[str, str] = yaml.safe_load(Path("CITATION.cff").read_text(encoding="utf-8"))
    return told
