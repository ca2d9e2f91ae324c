"""How well tags agree with readers' labels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.accuracy import ALL, Label, Measure, f1_interval, measured, read_labels, table
from harvest.errors import ConfigError
from harvest.model import Evidence, FacetDefinition, Finding, Pmid, Tag, TagDefinition

FACETS = (
    FacetDefinition("organ", "list", "Organ", "Which organ."),
    FacetDefinition("species", "single", "Species", "Who."),
    FacetDefinition("people", "number", "People", "How many."),
    FacetDefinition("follow_up_days", "number", "Follow-up", "How long."),
)
TAGS = [TagDefinition("organ", tag, (), tag.title(), tag) for tag in ("kidney", "liver", "thyroid")] + [
    TagDefinition("species", tag, (), tag.title(), tag) for tag in ("human", "animal")
]


def label(**said: Any) -> Label:
    return Label(Pmid(970_000_001), said)


def given_tags(*tags: tuple[str, str]) -> list[Tag]:
    return [Tag(facet, tag, (Evidence("keyword", tag),)) for facet, tag in tags]


def measures(*pairs: tuple[Label, list[Tag]]) -> dict[tuple[str, str], Measure]:
    return {(one.facet, one.tag): one for one in measured(pairs, FACETS)}


def test_precision_and_recall_count_each_tag_of_each_study() -> None:
    """Kidney: found twice, once wrongly, missed once; the facet as a whole adds its tags up."""
    found = measures(
        (label(organ=["kidney", "liver"]), given_tags(("organ", "kidney"))),
        (label(organ=["kidney"]), given_tags(("organ", "kidney"))),
        (label(organ=[]), given_tags(("organ", "kidney"))),
        (label(organ=["kidney"]), []),
    )
    kidney = found["organ", "kidney"]
    assert (kidney.n, kidney.positives) == (4, 3)
    assert [kidney.precision, kidney.recall, kidney.f1] == pytest.approx([2 / 3, 2 / 3, 2 / 3])
    whole = found["organ", ALL]
    assert [whole.positives, whole.precision, whole.recall] == pytest.approx([4, 2 / 3, 1 / 2])


def test_a_tag_that_nobody_gave_has_no_figure() -> None:
    """No figure rather than a perfect one; one that only readers gave has no precision."""
    found = measures((label(organ=["liver"]), []))
    assert ("organ", "thyroid") not in found
    assert (found["organ", "liver"].precision, found["organ", "liver"].recall, found["organ", "liver"].f1) == (
        None,
        0,
        0,
    )


def test_what_readers_left_open_is_neither_hit_nor_fault() -> None:
    """They differed on it."""
    found = measures(
        (label(organ=["liver"], organ_open=["kidney"]), given_tags(("organ", "liver"), ("organ", "kidney")))
    )
    assert ("organ", "kidney") not in found
    assert found["organ", ALL].precision == 1


def test_a_facet_that_the_labels_leave_out_is_not_measured() -> None:
    """Each facet counts the studies whose labels have it."""
    found = measures((label(organ=["liver"]), given_tags(("organ", "liver"), ("species", "human"))), (label(), []))
    assert {facet for facet, _ in found} == {"organ"}
    assert found["organ", "liver"].n == 1


def test_a_single_value_is_right_or_wrong() -> None:
    """A wrong one is a false alarm of the one given and a miss of the one read."""
    found = measures((label(species="human"), given_tags(("species", "animal"))), (label(species=None), []))
    assert (found["species", "animal"].precision, found["species", "human"].recall) == (0, 0)
    assert found["species", ALL].f1 == 0


@pytest.mark.parametrize(
    ("facet", "read", "given", "precision", "recall"),
    [
        ("people", 40, "40", 1, 1),
        ("people", 40, "41", 0, 0),
        ("people", None, "41", 0, None),
        ("people", 40, None, None, 0),
        ("follow_up_days", 100, "110", 1, 1),
        ("follow_up_days", 100, "111", 0, 0),
        ("follow_up_days", 0, "0", 1, 1),
        ("follow_up_days", 0, "1", 0, 0),
    ],
)
def test_a_number_must_be_the_reader_s(
    facet: str, read: float | None, given: str | None, precision: float | None, recall: float | None
) -> None:
    """Exactly, and days of follow-up within a tenth."""
    found = measures((label(**{facet: read}), given_tags((facet, given)) if given else []))
    assert (found[facet, ALL].precision, found[facet, ALL].recall) == (precision, recall)


def test_findings_are_measured_where_both_see_the_effect() -> None:
    """Told and right, told and wrong, left unclear; an effect that only one of them saw is left out."""

    def told(tag: str, finding: Finding) -> list[Tag]:
        return [Tag("organ", tag, (Evidence("keyword", tag),), finding)]

    found = measures(
        (label(finding={"kidney": "worse"}), told("kidney", "worse")),
        (label(finding={"kidney": "worse"}), told("kidney", "better")),
        (label(finding={"kidney": "worse"}), told("kidney", "unclear")),
        (label(finding={"kidney": "unclear"}), told("kidney", "unclear")),
        (label(finding={}), told("liver", "worse")),
    )
    assert (found["finding", "kidney"].precision, found["finding", "kidney"].recall) == (1 / 2, 1 / 3)
    assert ("finding", "liver") not in found


@given(hits=st.integers(0, 500), faults=st.integers(0, 500))
def test_the_interval_holds_the_figure_and_stays_between_0_and_1(hits: int, faults: int) -> None:
    """It has no width of 0, however few the positives are."""
    low, high = f1_interval(hits, faults)
    if low is None or high is None:
        assert hits + faults == 0
        return
    assert 0 <= low < high <= 1
    assert low - 1e-9 <= 2 * hits / (2 * hits + faults) <= high + 1e-9


def test_the_interval_is_wilson_s() -> None:
    """8 hits and 2 faults: the 95 % Wilson interval of 8 in 10 is 0.4901 to 0.9433 (any table), of F1 2p / (1 + p)."""
    low, high = f1_interval(8, 2)
    assert low == pytest.approx(2 * 0.4901 / 1.4901, abs=1e-3)
    assert high == pytest.approx(2 * 0.9433 / 1.9433, abs=1e-3)


def written(path: Path, *labels: object) -> Path:
    path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in labels), encoding="utf-8")
    return path


def test_labels_are_read_from_json_lines(tmp_path: Path) -> None:
    """Blank lines do no harm, and of two for one study the later stands."""
    path = written(
        tmp_path / "labels.jsonl", {"pmid": 1, "organ": ["liver"]}, "", {"pmid": 2}, {"pmid": 1, "organ": []}
    )
    assert [(one.pmid, one.said.get("organ")) for one in read_labels(path, FACETS, TAGS)] == [(1, []), (2, None)]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{", "labels.jsonl:2: not JSON"),
        ("[1]", "labels.jsonl:2: a label is a JSON object with a pmid"),
        ({"organ": []}, "labels.jsonl:2: a label is a JSON object with a pmid"),
        ({"pmid": "x"}, "labels.jsonl:2: a label is a JSON object with a pmid"),
        ({"pmid": 3, "organ": ["spleen"]}, "labels.jsonl:2: organ: the taxonomy has no tag 'spleen'"),
        ({"pmid": 3, "organ": "liver"}, "labels.jsonl:2: organ: a list of tags is wanted"),
        ({"pmid": 3, "species": ["human"]}, "labels.jsonl:2: species: one tag or null is wanted"),
        ({"pmid": 3, "species": "martian"}, "labels.jsonl:2: species: the taxonomy has no tag 'martian'"),
        ({"pmid": 3, "people": "many"}, "labels.jsonl:2: people: a number or null is wanted"),
        ({"pmid": 3, "people": True}, "labels.jsonl:2: people: a number or null is wanted"),
    ],
)
def test_a_line_that_is_no_label_is_an_error_that_names_it(tmp_path: Path, line: object, fault: str) -> None:
    """A slip in the labels must not pass for a fault of the tagger."""
    with pytest.raises(ConfigError) as caught:
        read_labels(written(tmp_path / "labels.jsonl", {"pmid": 1}, line), FACETS, TAGS)
    assert fault in str(caught.value)


@pytest.mark.parametrize(("name", "text", "fault"), [("none", None, "cannot be read"), ("empty", "\n", "no labels")])
def test_a_file_without_labels_is_an_error(tmp_path: Path, name: str, text: str | None, fault: str) -> None:
    """Missing or empty."""
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    with pytest.raises(ConfigError, match=fault):
        read_labels(path, FACETS, TAGS)


def test_the_table_names_facet_tag_and_figures() -> None:
    """A figure that there is none of is a dash."""
    lines = list(table(measured([(label(organ=["liver"], people=4), given_tags(("people", "4")))], FACETS)))
    assert [line.split()[0] for line in lines] == ["organ,", "(all)", "liver", "people,", "(all)"]
    assert lines[1].split() == ["(all)", "1", "-", "0.00", "0.00", "0.00", "to", "0.88"]
    assert "1.00" in lines[4]
