"""What is made of how the harvests went."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from harvest.catalogue.harvests import health_of

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LIMIT = 3
IN_TIME, TOO_LATE = ((NOW - timedelta(days=LIMIT, seconds=late)).isoformat() for late in (0, 1))

WELL = {
    "studies": 5,
    "newest_entered": "2026-11-20",
    "last_success": IN_TIME,
    "first_asked": "2026-01-01T03:30:00Z",
    "failure": None,
    "pending": 0,
}
"""A row of a database that is well."""


@pytest.mark.parametrize(
    ("differs", "status"),
    [
        ({}, "ok"),
        ({"last_success": TOO_LATE}, "stale"),
        ({"last_success": None}, "stale"),
        ({"last_success": None, "first_asked": IN_TIME}, "ok"),
        ({"last_success": None, "first_asked": None}, "ok"),
        ({"failure": "no answer"}, "failing"),
        ({"failure": "no answer", "last_success": TOO_LATE}, "failing"),
        ({"studies": 0}, "empty"),
        ({"studies": 0, "failure": "no answer"}, "empty"),
        ({"last_success": (NOW + timedelta(days=9)).isoformat()}, "ok"),
    ],
)
def test_the_word_is_the_worst_of_what_is_true(differs: dict[str, Any], status: str) -> None:
    """Three days are not too long; a first harvest has as long; what was only loaded from files is never stale."""
    assert health_of(WELL | differs, NOW, LIMIT).status == status


def test_of_what_went_wrong_the_first_line_is_told() -> None:
    """The others are in the table of runs."""
    assert health_of(WELL | {"failure": "no answer\nand more"}, NOW, LIMIT).failure == "no answer"
