"""Sites that are served by Datasette itself, and Debian's chromium to read them with."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, sync_playwright

from harvest.cli import main
from tests.browser.told import told
from tests.db.hostile import make_hostile_home
from tests.demo import make_sample_home, program

PATIENCE = 60
"""Seconds that a server may take to begin."""

NOWHERE = "http://127.0.0.1:9/"
"""Where nobody answers."""


def needs(command: str, package: str) -> str:
    """Where a program of a package of Debian's is; without it tests are skipped, but fail where they must not be."""
    found = shutil.which(command)
    if found:
        return found
    if os.environ.get("CI"):
        pytest.fail(f"{command} is not installed, and CI must not skip what needs it", pytrace=False)
    # a program of the system, which make cannot install for whoever only changes a word of the code
    pytest.skip(f"{command} is not installed: apt-get install {package}")


@contextmanager
def serving(
    home: Path, datasette: Path | None = None, environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> Iterator[str]:
    """Serve a home at a free port; the address of its front page, without the last slash.

    By the ``datasette`` of the environment that this runs in, or another one called from a folder.
    """
    log = home.with_suffix(".log")
    command = [datasette or program("datasette"), home, "--port", "0"]
    with (
        log.open("wb") as stream,
        subprocess.Popen(command, stdout=stream, stderr=stream, env=environment, cwd=folder) as server,
    ):
        try:
            yield _address(server, log)
        finally:
            server.terminate()


def _address(server: subprocess.Popen[bytes], log: Path) -> str:
    """The address that a server says it listens at."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        if found := re.search(r"running on (http://127\.0\.0\.1:\d+)", log.read_text()):
            return found[1]
        time.sleep(0.05)
    raise AssertionError(f"datasette does not serve: {log.read_text()}")


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample home, and a few studies that tell of harm."""
    folder = tmp_path_factory.mktemp("served") / "sample"
    make_sample_home(folder)
    file = folder.with_suffix(".xml")
    file.write_bytes(told())
    assert _harvest(folder, "load", str(file)) == 0
    return folder


@pytest.fixture(scope="session")
def sample(sample_home: Path) -> Iterator[str]:
    """The address of the sample home."""
    with serving(sample_home) as address:
        yield address


@pytest.fixture(scope="session")
def failed(sample_home: Path) -> Iterator[str]:
    """The address of a home whose last harvest found no PubMed."""
    home = sample_home.with_name("failed")
    shutil.copytree(sample_home, home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HARVEST_EUTILS", NOWHERE)
        patch.setattr("harvest.http._backoff", lambda _: 0.0)
        assert _harvest(home, "run") == 1
    with serving(home) as address:
        yield address


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a home of studies out to harm."""
    with serving(make_hostile_home(tmp_path_factory.mktemp("served") / "hostile")) as address:
        yield address


def _harvest(home: Path, *arguments: str) -> int:
    return CliRunner().invoke(main, ["--home", str(home), *arguments], catch_exceptions=False).exit_code


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's chromium with a profile of its own; it ends with each module, as does the event loop that it brings."""
    executable = needs("chromium", "chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--disable-gpu", "--disable-quic"])
        yield browser
        browser.close()
