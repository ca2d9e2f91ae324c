"""Where a value leads: a PMID to its study, a tag to its definition, an identifier to the site that issued it."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from jinja2 import Environment
from markupsafe import Markup
from pluggy import HookimplMarker

hookimpl = HookimplMarker("datasette")

ABSTRACT_SHOWN = 200
"""Characters of an abstract that a cell shows; the study's page has all of it."""

_ELSEWHERE = {
    "pmid": (re.compile(r"\d+"), "https://pubmed.ncbi.nlm.nih.gov/{}/"),
    "pmid_in_pubmed": (re.compile(r"\d+"), "https://pubmed.ncbi.nlm.nih.gov/{}/"),
    "other_pmid": (re.compile(r"\d+"), "https://pubmed.ncbi.nlm.nih.gov/{}/"),
    "doi": (re.compile(r"10\.\d{4,9}/\S+"), "https://doi.org/{}"),
    "pmcid": (re.compile(r"PMC\d+"), "https://pmc.ncbi.nlm.nih.gov/articles/{}/"),
    "orcid": (re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]"), "https://orcid.org/{}"),
    "accession": (re.compile(r"NCT\d{8}"), "https://clinicaltrials.gov/study/{}"),
}
"""The shape that an identifier must have to become an address, and the address."""


def elsewhere(value: object, kind: str) -> str | None:
    """The address of an identifier on the site that issued it; ``None`` where it does not look like one."""
    shape, address = _ELSEWHERE[kind]
    return address.format(quote(str(value), safe="/")) if shape.fullmatch(str(value)) else None


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    """Give templates the filter ``elsewhere``."""
    env.filters["elsewhere"] = elsewhere


@hookimpl
def render_cell(row: Any, value: Any, column: str, table: str | None, database: str, datasette: Any) -> str | None:
    """A cell as a link, or an abstract cut short; ``None`` leaves the cell to Datasette."""
    if isinstance(value, Mapping):
        return _labelled(value, datasette.urls) if column == "pmid" else None
    if value in (None, ""):
        return None
    if column == "abstract":
        return shortened(str(value))
    if address := _address(row, value, column, table, database, datasette.urls):
        return Markup('<a href="{}">{}</a>').format(address, value)
    return None


def _labelled(study: Mapping[str, Any], urls: Any) -> str:
    """A study that a row refers to, by its title and PMID."""
    return Markup('<a href="{}">{}</a> <em>{}</em>').format(
        _study(study["value"], urls), shortened(str(study["label"] or "Untitled record")), study["value"]
    )


def _study(pmid: object, urls: Any) -> str:
    return str(urls.path(f"/study/{quote(str(pmid), safe='')}"))


def shortened(text: str) -> str:
    """The beginning of a text, cut at a blank."""
    if len(text) <= ABSTRACT_SHOWN:
        return text
    return text[:ABSTRACT_SHOWN].rsplit(maxsplit=1)[0] + " …"


def _address(row: Any, value: object, column: str, table: str | None, database: str, urls: Any) -> str | None:
    columns = row.keys()
    if column == "pmid" and table != "sightings":  # what was only sighted may have no row to lead to
        return _study(value, urls)
    if column == "title" and table is None and "pmid" in columns:
        return _study(row["pmid"], urls)
    if column == "tag" and "facet" in columns:
        return str(urls.row(database, "tags", f"{quote(row['facet'])},{quote(str(value))}"))
    return elsewhere(value, column) if column in _ELSEWHERE else None
