"""What every test stands on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from harvest.store import Store
from harvest.tag import Tagger, Taxonomy
from tests.fakes import Clock

settings.register_profile("project", deadline=None)  # a busy machine is no fault of the code
settings.load_profile("project")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees the settings of whoever runs it, nor shares a rate limit with another one."""
    for name in ("HARVEST_HOME", "HARVEST_EUTILS", "NCBI_EMAIL", "NCBI_API_KEY", "HARVEST_SMTP_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)


_taggers: dict[tuple[str, tuple[str, ...]], Tagger] = {}


def tagger_built_once(taxonomy: Taxonomy, facets: tuple[str, ...]) -> Tagger:
    """A tagger is a value and takes a second to build: tests of everything else share it."""
    key = (taxonomy.digest, facets)
    if key not in _taggers:
        _taggers[key] = Tagger(taxonomy, facets)
    return _taggers[key]


@pytest.fixture(autouse=True)
def shared_taggers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line builds each tagger once in all tests."""
    monkeypatch.setattr("harvest.assembly.Tagger", tagger_built_once)


@pytest.fixture
def clock() -> Clock:
    """A clock that moves when it is told to."""
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    """An empty database."""
    with Store(tmp_path / "test.db", clock) as opened:
        yield opened
