"""The metadata describes the schema, all of it and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlite_utils import Database

from harvest.store.migrations import migrations

HOME = Path(__file__).resolve().parents[2] / "db"
METADATA: dict[str, Any] = yaml.safe_load((HOME / "metadata.yaml").read_text("utf-8"))
TABLES: dict[str, dict[str, Any]] = METADATA["databases"]["tracker"]["tables"]
QUERIES: dict[str, dict[str, Any]] = METADATA["databases"]["tracker"]["queries"]

SHADOW = re.compile(r"studies_fts_(data|idx|docsize|config)|sqlite_.*")
"""What SQLite keeps for itself; Datasette hides it with the full-text index."""


@pytest.fixture(scope="module")
def schema() -> dict[str, list[str]]:
    """The columns of each table and view."""
    db = Database(memory=True)
    migrations.apply(db)
    names = [name for name in db.table_names() + db.view_names() if not SHADOW.fullmatch(name)]
    columns = {name: [column.name for column in db.table(name).columns] for name in names}
    db.close()
    return columns


def test_every_table_and_column_is_described(schema: dict[str, list[str]]) -> None:
    """Each table and view with each of its columns, in their order, is in the metadata, and nothing else is."""
    assert {name: list(table["columns"]) for name, table in TABLES.items()} == schema


def test_descriptions_are_words() -> None:
    """No title or description is empty, and no table's is used twice."""
    for name, table in TABLES.items():
        words = [table["title"], table["description"], *table["columns"].values()]
        assert all(isinstance(text, str) and text.strip() for text in words), name
    descriptions = [table["description"] for table in TABLES.values()]
    assert len(set(descriptions)) == len(descriptions)


@pytest.mark.parametrize("key", ["facets", "label_column", "sort_desc"])
def test_settings_name_columns(key: str) -> None:
    """Facets, labels and sort orders are columns of their table."""
    for name, table in TABLES.items():
        named = table.get(key, [])
        assert set([named] if isinstance(named, str) else named) <= set(table["columns"]), name


def test_full_text_search_is_told_to_datasette() -> None:
    """The studies are searched by their index, which is hidden like the program's own table."""
    assert (TABLES["studies"]["fts_table"], TABLES["studies"]["fts_pk"]) == ("studies_fts", "pmid")
    assert {name for name, table in TABLES.items() if table.get("hidden")} == {"studies_fts", "_sqlite_migrations"}


@pytest.mark.parametrize("name", QUERIES)
def test_every_query_says_what_it_answers(name: str) -> None:
    """A saved query has a title, a description and exactly the parameters that its SQL takes."""
    query = QUERIES[name]
    assert query["title"].strip()
    assert query["description"].strip()
    assert set(query["params"]) == set(re.findall(r"(?<!:):([a-z_]+)", query["sql"]))


def test_no_query_hides_a_table() -> None:
    """Saved queries and tables share addresses, so they share no name."""
    assert not QUERIES.keys() & TABLES.keys()


def test_the_source_is_named_as_it_asks() -> None:
    """The reader learns that this is no medical advice, where the records come from, and that NLM endorses nothing."""
    words = " ".join(METADATA["databases"]["tracker"]["description_html"].split())
    for phrase in (
        "not medical advice",
        "courtesy of the U.S. National Library of Medicine",
        "does not endorse",
        "may not be the most current",
        "copyright",
    ):
        assert phrase in words
