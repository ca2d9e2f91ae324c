"""What holds of every format."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from harvest.publish.formats import FORMATS
from harvest.publish.schema import SCHEMAS
from tests.publish.invented import FULL, VOCABULARY, record


@pytest.mark.parametrize("ending", FORMATS)
def test_a_retracted_study_is_marked(ending: str) -> None:
    """In each format; one that is not retracted is not."""
    assert "retracted" in FORMATS[ending].whole([FULL], VOCABULARY).lower()
    fine = FULL._replace(notice="none", notices=())
    assert "retracted" not in FORMATS[ending].whole([fine], VOCABULARY).lower()


@pytest.mark.parametrize("ending", FORMATS)
def test_pieces_make_a_file(ending: str) -> None:
    """Written in pieces it is what it is when it is written at once."""
    one = FORMATS[ending]
    some = [FULL, record(pmid=2, title="Another"), record(pmid=3)]
    pieces = [one.piece([study], VOCABULARY) for study in some]
    assert one.before(VOCABULARY) + one.between.join(pieces) + one.after == one.whole(some, VOCABULARY)


def test_json_lines_are_the_items_of_the_list() -> None:
    """The same shape, one study a line."""
    some = [FULL, record(pmid=2)]
    listed = json.loads(FORMATS["full.json"].whole(some, VOCABULARY))
    lines = FORMATS["jsonl"].whole(some, VOCABULARY).splitlines()
    assert [json.loads(line) for line in lines] == listed
    assert FORMATS["jsonl"].whole([], VOCABULARY) == ""
    assert json.loads(FORMATS["full.json"].whole([], VOCABULARY)) == []


@pytest.mark.parametrize("study", [FULL, record()], ids=["full", "bare"])
def test_an_exported_study_has_the_shape_that_is_described(study: object) -> None:
    """Every key is there, and no other."""
    schema = {"$ref": "#/components/schemas/Study", "components": {"schemas": SCHEMAS}}
    (told,) = json.loads(FORMATS["full.json"].whole([study], VOCABULARY))  # type: ignore[list-item]  # of either kind
    Draft202012Validator(schema).validate(told)
    assert set(told) == set(SCHEMAS["Study"]["properties"])
