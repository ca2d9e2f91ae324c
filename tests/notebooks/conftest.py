"""Homes to run notebooks on."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from harvest import home as homes
from harvest.store import Store
from tests.demo import make_sample_home


@pytest.fixture(scope="session")
def notebooks_extra() -> None:
    """Notebooks need pandas and the like; without them they are skipped, but not where everything must be tested."""
    if all(map(find_spec, ("matplotlib", "nbconvert", "pandas"))):
        return
    if os.environ.get("CI"):
        pytest.fail("harvest[notebooks] is not installed, and CI must not skip what needs it", pytrace=False)
    pytest.skip("needs harvest[notebooks]")  # an extra: an environment made by hand may be without it


@pytest.fixture(scope="session")
def sample(notebooks_extra: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample home, harvested from the local PubMed."""
    folder = tmp_path_factory.mktemp("sample") / "home"
    make_sample_home(folder)
    return folder


@pytest.fixture(scope="session")
def empty(notebooks_extra: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a database and nothing in it."""
    folder = tmp_path_factory.mktemp("empty") / "home"
    homes.make(folder)
    Store(folder / "ketamine.db").close()
    return folder
