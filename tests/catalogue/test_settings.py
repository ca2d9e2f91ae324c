"""What a site is set to."""

from __future__ import annotations

from datasette.app import Datasette

from harvest.catalogue.settings import evidence_levels, matrix_facets

LEVEL = {"label": "Randomised trials", "designs": ["rct"]}


def test_settings_are_read_from_the_metadata() -> None:
    """Under ``plugins: tracker``."""
    site = Datasette(metadata={"plugins": {"tracker": {"evidence_levels": [LEVEL], "matrix": {"rows": "condition"}}}})
    assert evidence_levels(site) == [LEVEL]
    assert matrix_facets(site) == {"rows": "condition"}


def test_a_site_without_settings_has_none() -> None:
    """No levels and no matrix, instead of an error."""
    assert evidence_levels(Datasette()) == []
    assert matrix_facets(Datasette()) == {}
