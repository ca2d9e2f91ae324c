"""What a site is set to, under ``plugins: tracker`` of its metadata."""

from __future__ import annotations

from typing import Any


def evidence_levels(datasette: Any) -> list[dict[str, Any]]:
    """The order of designs, strongest first, each with ``label`` and ``designs``; none where the site sets none."""
    return list(_settings(datasette).get("evidence_levels", []))


def matrix_facets(datasette: Any) -> dict[str, str]:
    """The facets of the evidence matrix by ``rows`` and ``columns``; none where the site sets none."""
    return dict(_settings(datasette).get("matrix", {}))


def _settings(datasette: Any) -> dict[str, Any]:
    settings: dict[str, Any] = datasette.plugin_config("tracker") or {}
    return settings
