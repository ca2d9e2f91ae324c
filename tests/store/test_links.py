"""A study shows what its links say of its standing."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from harvest.model import Link, PublicationType
from harvest.store import Store
from tests.fakes import STUDY
from tests.store.saving import save


@pytest.mark.parametrize(
    ("changes", "notice"),
    [
        ({}, "none"),
        ({"publication_types": (PublicationType("D016441", "Retracted Publication"),)}, "retracted"),
        ({"links": (Link("RetractionIn", None, "x", None),)}, "retracted"),
        ({"links": (Link("ExpressionOfConcernIn", None, "x", None),)}, "concern"),
        ({"links": (Link("ErratumIn", None, "x", None), Link("RetractionIn", None, "x", None))}, "retracted"),
        ({"links": (Link("ErratumIn", None, "x", None),)}, "corrected"),
        ({"links": (Link("ErratumFor", None, "x", None), Link("RetractionOf", None, "x", None))}, "none"),
    ],
)
def test_the_gravest_notice_stands_with_the_study(store: Store, changes: dict[str, object], notice: str) -> None:
    """A retraction shows by publication type or by link; the notice itself is not retracted."""
    save(store, replace(STUDY, **changes))
    assert store.rows("SELECT notice FROM studies") == [{"notice": notice}]
