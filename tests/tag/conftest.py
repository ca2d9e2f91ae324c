"""What the tests of the tagger stand on."""

from __future__ import annotations

import pytest

from harvest.tag import Tagger, load
from tests.tag.studies import PROJECT_TAXONOMY


@pytest.fixture(scope="session")
def project() -> Tagger:
    """The tagger with the project's own taxonomy."""
    return Tagger(load(PROJECT_TAXONOMY))
