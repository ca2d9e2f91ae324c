"""A home of another topic is another recipe and taxonomy: the site takes its name from the recipe.

``metadata.yaml`` describes the tables and the saved queries, which are the same whatever is tracked. Datasette looks it
up by the name of the database, and that is the recipe's name.
"""

import tomllib
from pathlib import Path
from typing import Any

from pluggy import HookimplMarker

hookimpl = HookimplMarker("datasette")


@hookimpl
def startup(datasette: Any) -> None:
    """File the description under the names of the databases served, with the recipe's title.

    Datasette 0.65 has no public way to do so once for all requests: the hook ``get_metadata`` is asked dozens of times
    for each page.
    """
    metadata = datasette._metadata_local
    (described,) = metadata["databases"].values()
    if title := _title(datasette.config_dir):
        metadata["title"] = described["title"] = title
    metadata["databases"] = dict.fromkeys(datasette.databases, described)


def _title(home: Path | None) -> str | None:
    recipe = next(iter(home.glob("*.toml")), None) if home else None
    return tomllib.loads(recipe.read_text(encoding="utf-8"))["tracker"]["title"] if recipe else None
