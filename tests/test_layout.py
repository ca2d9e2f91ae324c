"""The house rules that can be checked."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import re
import shutil
import subprocess
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pytest

from harvest.tag import load

MODULES = sorted(Path("harvest").rglob("*.py"))


def imports(module: Path) -> set[str]:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    named = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return named | {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) if node.module}


EVERYDAY = {"brain", "durability", "functioning", "respiratory", "visual"}


@cache
def subject_words() -> frozenset[str]:
    """The drug's names and the slugs of the tags, less those that are everyday words."""
    told = {facet.slug: facet for facet in load(Path("db/taxonomy")).facets}
    subject = ("condition", "long_term_effect", "adverse_effect", "substance")
    slugs = {tag.slug for facet in subject if facet in told for tag in told[facet].tags}
    return frozenset({"ketamine", "esketamine", "spravato", *slugs} - EVERYDAY)


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_no_module_knows_the_subject(module: Path) -> None:
    """The subject is data in a home: neither the drug nor any condition or effect is named in the code."""
    text = module.read_text(encoding="utf-8").lower()
    assert [word for word in sorted(subject_words()) if re.search(rf"\b{re.escape(word)}\b", text)] == []


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_only_one_room_talks_to_the_network(module: Path) -> None:
    """requests is imported by harvest/http.py alone."""
    assert ("requests" in imports(module)) == (module == Path("harvest/http.py"))


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_only_the_store_opens_the_database(module: Path) -> None:
    """By one connection, and the migrations that it applies; what has no file, for the stems of words, is none."""
    if {"sqlite3", "sqlite_utils"} & imports(module):
        store = (Path("harvest/store/connection.py"), Path("harvest/store/migrations.py"))
        assert module in store or 'sqlite3.connect(":memory:")' in module.read_text("utf-8")


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_values_do_not_change(module: Path) -> None:
    """Dataclasses are slotted, and frozen but for those that are filled in step by step."""
    name = ".".join(module.with_suffix("").parts).removesuffix(".__init__")
    for value in vars(importlib.import_module(name)).values():
        if isinstance(value, type) and dataclasses.is_dataclass(value) and value.__module__ == name:
            assert "__slots__" in vars(value), value
            frozen = value.__dataclass_params__.frozen  # type: ignore[attr-defined]  # unknown to typeshed
            assert frozen == (value.__name__ not in ("Report", "SourceReport", "Sentence")), value


def test_the_local_pubmed_shares_no_code_with_the_harvester() -> None:
    """It is the other side, to test against."""
    for module in Path("tests/pubmed").glob("*.py"):
        if not module.name.startswith("test_"):
            assert not any(name.split(".")[0] == "harvest" for name in imports(module)), module


def test_datasette_is_of_the_stable_line() -> None:
    """No plugin has pulled in an alpha."""
    assert re.fullmatch(r"0\.65(\.\d+)?", version("datasette"))
    assert re.search(r"^datasette==0\.65(\.\d+)? ", Path("requirements.lock").read_text(), re.MULTILINE)


def test_every_requirement_is_pinned_with_hashes() -> None:
    """``pip --require-hashes`` needs them, and the lock covers what pyproject.toml asks for."""
    lock = Path("requirements.lock").read_text()
    pins = re.findall(
        r"^([a-z0-9-]+)==[^ ]+ ?(?:;.*)?\\\n((?:    --hash=sha256:[0-9a-f]{64}.*\n)+)", lock, re.MULTILINE
    )
    assert len(pins) == len(re.findall(r"^[a-z0-9-]+==", lock, re.MULTILINE)) > 40


def test_exactly_one_recipe_and_no_tracked_database_lie_in_the_home() -> None:
    """Datasette publishes every database that it finds."""
    assert [path.name for path in Path("db").glob("*.toml")] == ["ketamine.toml"]
    assert {path.name for path in Path("db").glob("*.db")} <= {"ketamine.db"}


@pytest.mark.skipif(not Path(".git").exists() or not shutil.which("git"), reason="needs git to tell what is kept")
def test_the_top_level_holds_four_folders() -> None:
    """Whatever else is kept has its room in one of them."""
    listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip(f"git cannot tell what is kept: {listed.stderr.strip()}")
    folders = {name.partition("/")[0] for name in listed.stdout.splitlines() if "/" in name}
    assert {name for name in folders if not name.startswith(".")} <= {"harvest", "db", "notebooks", "tests"}
