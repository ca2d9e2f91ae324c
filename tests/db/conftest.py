"""A home outside the checkout, filled row by row, and Datasette over it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlite_utils import Database

from harvest import home as homes
from harvest.store.migrations import migrations
from tests.db.filled import fill
from tests.db.site import Site
from tests.db.varied import fill_varied


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A fresh home without a database."""
    folder = tmp_path / "home"
    homes.make(folder)
    return folder


@contextmanager
def database(home: Path) -> Iterator[Database]:
    """The home's database with the present schema."""
    opened = Database(home / "ketamine.db")
    migrations.apply(opened)
    yield opened
    opened.close()


@pytest.fixture
def empty_site(home: Path) -> Iterator[Site]:
    """A site over a database that has a schema and no row."""
    with database(home):
        pass
    with Site(home) as site:
        yield site


@pytest.fixture(scope="module")
def filled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a few studies."""
    folder = tmp_path_factory.mktemp("filled") / "home"
    homes.make(folder)
    with database(folder) as opened:
        fill(opened, kind="live")
    return folder


@pytest.fixture(scope="module")
def site(filled_home: Path) -> Iterator[Site]:
    """A site over a few studies; tests of it only read."""
    with Site(filled_home) as opened:
        yield opened


@pytest.fixture(scope="module")
def sample_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site over the same studies in a database of invented records."""
    folder = tmp_path_factory.mktemp("sample") / "home"
    homes.make(folder)
    with database(folder) as opened:
        fill(opened, kind="sample")
    with Site(folder) as opened_site:
        yield opened_site


@pytest.fixture(scope="module")
def varied_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site over some hundred studies that differ in all that is counted."""
    folder = tmp_path_factory.mktemp("varied") / "home"
    homes.make(folder)
    with database(folder) as opened:
        fill_varied(opened)
    with Site(folder) as opened_site:
        yield opened_site
