"""The tagger as a whole, with the project's taxonomy."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from harvest.errors import ConfigError
from harvest.model import Keyword, Section, Tag
from harvest.tag import Tagger, load
from tests.tag.studies import LITHIUM, lithium, study, without, written

STUDIES = {
    "repeated infusions": study(
        "Repeated ketamine infusions for treatment-resistant depression: a six-month follow-up.",
        (
            "BACKGROUND",
            "Ketamine works fast. Whether its benefit lasts in treatment-resistant depression (TRD) is unknown.",
        ),
        ("METHODS", "Adults with TRD (n = 40) received six infusions; patients with psychosis were excluded."),
        ("RESULTS", "At 6 months, 18 of 40 had relapsed. Working memory did not change over repeated infusions."),
        ("CONCLUSIONS", "Response was maintained in half. Memory was not harmed."),
        keywords=("ketamine", "relapse"),
        mesh=(("D061218", "Depressive Disorder, Treatment-Resistant"), ("D007649", "Ketamine")),
    ),
    "users": study(
        "Bladder symptoms and white matter in chronic ketamine users.",
        "Recreational ketamine is linked to cystitis. We compared 30 chronic ketamine users with 30 controls. Users "
        "had smaller bladder capacity, lower white matter integrity and worse verbal memory. Ketamine use disorder was "
        "severe in most of them. We conclude that bladder and brain are harmed.",
    ),
    "surgery": study(
        "Esketamine for pain after caesarean section: a randomised trial.",
        ("OBJECTIVE", "To test whether esketamine prevents postpartum depression and lowers postoperative pain."),
        ("METHODS", "120 women under spinal anaesthesia were randomised. Pain scores were taken for 48 hours."),
        ("RESULTS", "Pain scores were lower. Postpartum depression at 6 weeks was rarer."),
    ),
    "animals": study(
        "Neonatal ketamine exposure in rats.",
        "Rat pups received ketamine on postnatal day 7. Apoptosis in the developing brain rose, and adult offspring "
        "learned the water maze more slowly; spatial learning was impaired.",
    ),
    "headings only": study(
        "Notes on ketamine.", keywords=("obsessive-compulsive disorder",), mesh=(("D009437", "Neuralgia"),)
    ),
}


def slugs(tags: tuple[Tag, ...], facet: str) -> set[str]:
    return {tag.tag for tag in tags if tag.facet == facet}


@pytest.mark.parametrize(
    ("name", "conditions", "effects"),
    [
        ("repeated infusions", {"depression", "treatment-resistant-depression"}, {"durability", "cognition"}),
        ("users", {"substance-use-disorder"}, {"urinary", "brain", "cognition", "dependence"}),
        ("surgery", {"acute-pain", "depression", "perinatal-depression"}, {"durability"}),
        ("animals", set(), {"brain", "neurodevelopment", "cognition"}),
        ("headings only", {"ocd", "neuropathic-pain", "chronic-pain"}, set()),
    ],
)
def test_an_invented_study_gets_the_tags_of_a_careful_reader(
    project: Tagger, name: str, conditions: set[str], effects: set[str]
) -> None:
    """From text, keywords and headings."""
    tags = project.tag(STUDIES[name])
    assert slugs(tags, "condition") == conditions
    assert slugs(tags, "long_term_effect") == effects


@pytest.mark.parametrize("name", STUDIES)
def test_every_offset_cuts_its_phrase(project: Tagger, name: str) -> None:
    """Out of the section that it names, and no span is longer than 200 characters."""
    told = STUDIES[name]
    texts = [one for tag in project.tag(told) for one in tag.evidence if one.basis == "text"]
    for one in texts:
        assert one.section is not None
        assert told.sections[one.section].text[one.start : one.end] == one.phrase
        assert 0 < len(one.phrase) <= 200
    assert texts or name == "headings only"


@pytest.mark.parametrize("name", STUDIES)
def test_a_tag_goes_with_its_evidence(project: Tagger, name: str) -> None:
    """Blanking every span, keyword and heading that speaks for a tag removes it: it rests on nothing else."""
    for tag in project.tag(STUDIES[name]):
        assert (tag.facet, tag.tag) not in {(t.facet, t.tag) for t in project.tag(without(STUDIES[name], tag.evidence))}


def test_the_same_study_always_gets_the_same_tags(project: Tagger) -> None:
    """In the same order with the same evidence."""
    for told in STUDIES.values():
        assert project.tag(told) == project.tag(told)


@given(
    title=st.text(max_size=80),
    abstract=st.text(max_size=400),
    keyword=st.text(max_size=30),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_is_tagged_or_left_blank(project: Tagger, title: str, abstract: str, keyword: str) -> None:
    """Never an error, whatever the script; and every offset holds."""
    told = study(title, abstract, keywords=(keyword,))
    for tag in project.tag(told):
        for one in tag.evidence:
            assert one.section is None or told.sections[one.section].text[one.start : one.end] == one.phrase


@pytest.mark.parametrize(
    "abstract",
    [
        "Ketamine improved depression for 6 months. " * 2400,
        "depression " * 9000,
        "抑郁症患者接受氯胺酮治疗。" * 8000,
        "الكيتامين لعلاج الاكتئاب. " * 4000,
        "0123456789" * 10_000,
        "(" * 50_000 + ")" * 50_000,
        "no history of " * 7000,
        "A. " * 33_000,
    ],
    ids=["ordinary", "one sentence", "Chinese", "right to left", "digits", "brackets", "absence", "initials"],
)
def test_a_hundred_thousand_characters_are_no_trouble(project: Tagger, abstract: str) -> None:
    """Time grows with length and no faster."""
    started = time.process_time()
    project.tag(study("A long abstract.", abstract))
    assert time.process_time() - started < 10


def test_a_study_without_an_abstract_is_tagged_from_its_title(project: Tagger) -> None:
    """And one without a word is left blank."""
    assert slugs(project.tag(study("Ketamine for fibromyalgia.")), "condition") == {"fibromyalgia", "chronic-pain"}
    assert (
        project.tag(replace(study(), sections=(Section(0, None, None, ""),), keywords=(Keyword("", "NOTNLM", False),)))
        == ()
    )


def test_only_the_facets_asked_for_are_tagged(tmp_path: Path) -> None:
    """A facet that the taxonomy lacks is an error that names it."""
    taxonomy = lithium(tmp_path)
    assert Tagger(taxonomy, ()).tag(study("Kidney.")) == ()
    assert {tag.facet for tag in Tagger(taxonomy, ["effect"]).tag(study("Kidney."))} == {"effect"}
    with pytest.raises(ConfigError, match="unknown facet 'colour'"):
        Tagger(taxonomy, ["colour"])


def test_the_tagger_tells_what_it_may_give(tmp_path: Path) -> None:
    """Definitions for the store, and a digest that changes with the facets."""
    taxonomy = lithium(tmp_path)
    tagger = Tagger(taxonomy)
    assert [(one.facet, one.tag, one.parents) for one in tagger.definitions][:2] == [
        ("effect", "organ", ()),
        ("effect", "kidney", ("organ",)),
    ]
    assert tagger.digest == Tagger(taxonomy).digest != Tagger(taxonomy, ()).digest


NUMBERS: dict[str, Any] = {
    **LITHIUM,
    "signals": {**LITHIUM["signals"], "harmed": {"phrases": ["(impair*|worse)"]}},
    "facets": {
        "effect": {**LITHIUM["facets"]["effect"], "findings": {"worse": ["harmed"]}},
        "participants": {"label": "Participants", "definition": "How many.", "kind": "number", "unless": ["overdose"]},
    },
}


def test_numbers_and_findings_come_with_the_words_that_state_them(tmp_path: Path) -> None:
    """A number is a tag of its facet; a facet that is not asked of a record gives none."""
    tagger = Tagger(load(written(tmp_path / "numbers.yaml", NUMBERS)))
    told = ("RESULTS", "We enrolled 38 patients. Kidney function was impaired by lithium.")
    organ, kidney, number = tagger.tag(study("Lithium.", told))
    assert (kidney.finding, organ.finding) == ("worse", "worse")
    assert kidney.finding_evidence is not None
    assert kidney.finding_evidence.phrase.startswith("Kidney function was impaired")
    assert (number.facet, number.tag) == ("participants", "38")
    assert "38 patients" in number.evidence[0].phrase
    assert [tag.facet for tag in tagger.tag(study("Overdose.", told))] == ["effect", "effect"]


def test_a_number_that_nobody_can_read_is_refused(tmp_path: Path) -> None:
    """The facets of numbers are those that the program has readers for."""
    raw = {**NUMBERS, "facets": {"wisdom": {"label": "Wisdom", "definition": "How much.", "kind": "number"}}}
    with pytest.raises(ConfigError, match="facets > wisdom: numbers can be read of participants, follow_up_days only"):
        Tagger(load(written(tmp_path / "wisdom.yaml", raw)))


def test_facets_are_told_in_the_order_in_which_they_are_asked_for(tmp_path: Path) -> None:
    """Whatever their order in the taxonomy, and however they build on each other."""
    taxonomy = load(written(tmp_path / "numbers.yaml", NUMBERS))
    tagger = Tagger(taxonomy, ["participants", "effect"])
    tags = tagger.tag(study("Kidney.", ("METHODS", "We enrolled 38 patients.")))
    assert [tag.facet for tag in tags] == ["participants", "effect", "effect"]
    assert [facet.facet for facet in tagger.facets] == ["participants", "effect"]
