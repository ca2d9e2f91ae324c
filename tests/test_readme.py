"""What the README says is so, and every command in it is run."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from harvest import config as recipe
from harvest import home as homes
from harvest.assembly import today
from harvest.cli import main
from harvest.errors import ConfigError, HarvestError, LockedError
from tests.demo import make_sample_home
from tests.pubmed import serve
from tests.tracker import studies

README = Path("README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
COMMANDS = [line for kind, text in BLOCKS if kind == "sh" for line in text.splitlines()]
QUERIES = [text for kind, text in BLOCKS if kind == "sql"]

SERVE = {"make run": 3, "make demo": 170}
"""Commands that go on until they are stopped, and how many studies they serve meanwhile."""

IN_CI = {"make check", "make test"}
"""Commands that a test cannot run, being run by them."""

PATIENCE = 120
"""Seconds that a harvest and a server may take to begin."""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What a user has checked out, but for a home of its own: whoever runs the tests has harvested into the other."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / ".venv").symlink_to(sys.prefix)
    for path in Path.cwd().iterdir():
        if path.name not in (".venv", "db", "sample-home", "public-home"):
            (folder / path.name).symlink_to(path)
    homes.make(folder / "db")
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "make").write_text('#!/bin/sh\nexec "$(command -v -p make)" -o .venv/.complete "$@"\n')
    (programs / "make").chmod(0o755)
    return folder


@pytest.fixture
def around(checkout: Path) -> Iterator[Mapping[str, str]]:
    """The environment of whoever is in the checkout, with a PubMed of three new studies."""
    with serve(studies(3, created=f"{today()}"), rate=None) as pubmed:
        yield os.environ | {
            "PATH": f"{checkout.parent}/bin:{os.environ['PATH']}",
            "HARVEST_HOME": "db",
            "HARVEST_EUTILS": pubmed.eutils,
        }


def test_whatever_looks_like_a_command_is_run_below() -> None:
    """Blocks are of a kind that a test runs; none is indented instead, where it would escape."""
    assert {kind for kind, _ in BLOCKS} == {"sh", "sql"}
    assert re.findall(r"^(?: {4}|\t)\S.*$", README, re.MULTILINE) == []
    assert {command for command in COMMANDS if command.startswith("make")} == SERVE.keys() | IN_CI


@pytest.mark.slow
def test_the_commands_run_in_their_order(checkout: Path, around: Mapping[str, str]) -> None:
    """Without a word of trouble; afterwards the home holds what PubMed has."""
    script = [command for command in COMMANDS if command not in SERVE.keys() | IN_CI]
    assert len(script) > 3
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(script)],
        cwd=checkout,
        env=around,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "3 invented studies" in ran.stdout
    assert "nothing would change" in ran.stdout


@pytest.mark.slow
@pytest.mark.parametrize("command", SERVE)
def test_a_command_serves_what_it_harvested(command: str, checkout: Path, around: Mapping[str, str]) -> None:
    """At the port that it was given, until it is stopped."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with _under_way(command, checkout, {**around, "PORT": str(port)}):
        page = _asked(f"http://127.0.0.1:{port}/")
    assert f"<strong>{SERVE[command]}</strong> studies" in page
    assert "Sample data: invented records" in page
    assert "since=7&amp;" in page, "nothing is new"


@contextmanager
def _under_way(command: str, folder: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """A command, and whatever it begins, in a process group that ends with it."""
    with subprocess.Popen(command.split(), cwd=folder, env=environment, start_new_session=True) as started:
        try:
            yield
        finally:
            os.killpg(started.pid, signal.SIGTERM)


def _asked(address: str) -> str:
    """What a server answers once it has begun."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urlopen(address, timeout=10) as answer:
                body: bytes = answer.read()
                return body.decode()
        except URLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


@pytest.mark.parametrize("command", sorted(IN_CI))
def test_a_command_that_runs_the_tests_is_run_by_ci(command: str) -> None:
    """As it stands."""
    assert command in Path(".ci/run").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("query", QUERIES)
def test_a_question_has_an_answer(query: str, tmp_path: Path) -> None:
    """In the sample home."""
    make_sample_home(tmp_path / "home")
    with closing(sqlite3.connect(tmp_path / "home" / "ketamine.db")) as conn:
        assert conn.execute(query).fetchall()


@pytest.mark.parametrize(("alt", "picture"), re.findall(r"!\[(.*?)\]\((.+?)\)", README))
def test_a_picture_is_there_and_told_to_those_who_cannot_see_it(alt: str, picture: str) -> None:
    """In a sentence, not in a word."""
    assert Path(picture).exists()
    assert len(alt.split()) > 10


def test_every_facet_is_explained() -> None:
    """Those that the recipe asks for, and no other."""
    table = README.partition("### What is tagged")[2].partition("\n#")[0]
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
