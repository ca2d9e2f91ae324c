"""An empty database in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.catalogue.shelf import Shelf


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    """A database that the test fills."""
    made = Shelf()
    yield made
    made.db.close()
