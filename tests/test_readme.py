"""What the README says is so."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from harvest import config as recipe
from harvest import home as homes
from harvest.cli import main
from harvest.errors import ConfigError, HarvestError, LockedError

README = Path("README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    (\S.*)$", README, re.MULTILINE)


def test_the_commands_are_those_we_know() -> None:
    """Each is run by a test below, or by CI as it stands."""
    assert sorted(COMMANDS) == [  # the first stands there twice
        ".venv/bin/harvest check",
        ".venv/bin/harvest check",
        ".venv/bin/harvest run",
        ".venv/bin/harvest status",
        ".venv/bin/harvest tag",
        ".venv/bin/harvest tag --dry-run",
        "make check",
        "make run",
        "make test",
    ]


@pytest.mark.parametrize("command", ["check", "status", "tag --dry-run", "tag"])
def test_the_commands_that_need_no_network_run(command: str, tmp_path: Path) -> None:
    """On a fresh home."""
    homes.make(tmp_path / "home")
    assert f".venv/bin/harvest {command}\n" in README
    assert CliRunner(env={"HARVEST_HOME": str(tmp_path / "home")}).invoke(main, command.split()).exit_code == 0


def test_every_facet_is_explained() -> None:
    """Those that the recipe asks for, and no other."""
    table = README.partition("## What is tagged")[2].partition("## ")[0]
    explained = {
        name for row in re.findall(r"^\| (`.+?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }
    assert explained == set(recipe.load(homes.SHIPPED, {}).recipe.tracker.facets)


def test_every_verb_is_in_the_table_with_its_options() -> None:
    """No verb or option that is undocumented, none that does not exist."""
    table = {row.split()[0]: row for row in re.findall(r"^\| `([^`]+)` \|", README, re.MULTILINE)}
    assert set(main.commands) <= set(table)
    for name, command in main.commands.items():
        options = {opt for param in command.params for opt in param.opts if opt.startswith("--")} - {"--home"}
        assert options == set(re.findall(r"--[a-z-]+", table[name]))


def test_the_exit_codes_are_those_of_the_errors() -> None:
    """0 done, 1 failed, 2 configuration, 3 locked."""
    assert (HarvestError.exit_code, ConfigError.exit_code, LockedError.exit_code) == (1, 2, 3)
    assert "1 something failed" in README
    assert "2 the recipe" in README
    assert "3 another" in README


@pytest.mark.parametrize("target", sorted(set(re.findall(r"`?make ([a-z-]+)`?", README))))
def test_every_make_target_exists(target: str) -> None:
    """``make -n`` knows it."""
    assert subprocess.run(["make", "-n", target], capture_output=True, check=False).returncode == 0


def test_every_table_named_exists_in_the_schema() -> None:
    """The tables that researchers are sent to."""
    schema = Path("harvest/store/migrations.py").read_text(encoding="utf-8")
    named = (
        "studies",
        "sections",
        "facets",
        "tags",
        "study_tags",
        "tag_evidence",
        "tag_accuracy",
        "runs",
        "run_sources",
    )
    for table in named:
        assert f"`{table}`" in README
        assert f"CREATE TABLE {table} " in schema
