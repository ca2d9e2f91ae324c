"""Which conditions, forms and ways in a record is about, and which it only mentions."""

from __future__ import annotations

import pytest

from harvest.tag import Tagger
from tests.tag.studies import study


def tags(tagger: Tagger, facet: str, title: str, *abstract: str | tuple[str, str]) -> set[str]:
    return {tag.tag for tag in tagger.tag(study(title, *abstract)) if tag.facet == facet}


def review(tagger: Tagger, sentence: str) -> set[str]:
    """The conditions of a systematic review with this result."""
    parts = (("METHODS", "We searched Embase and included 14 trials of ketamine."), ("RESULTS", sentence))
    return tags(tagger, "condition", "Ketamine and sleep: a systematic review.", *parts)


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("psychosis", "schizophrenia"),
        ("bipolar-disorder", "bipolar disorder"),
        ("substance-use-disorder", "alcohol use disorder"),
        ("ptsd", "post-traumatic stress disorder"),
        ("ocd", "obsessive-compulsive disorder"),
        ("eating-disorder", "anorexia nervosa"),
    ],
)
@pytest.mark.parametrize("barred", ["were not eligible", "will not be enrolled", "were left out", "were not accepted"])
def test_who_could_not_take_part_tells_no_condition(project: Tagger, tag: str, words: str, barred: str) -> None:
    """Who took part does."""
    about = (("METHODS", f"People with {words} took part."),)
    aside = (("METHODS", f"People with {words} {barred}."),)
    assert tag in tags(project, "condition", "Ketamine and sleep.", *about)
    assert tag not in tags(project, "condition", "Ketamine and sleep.", *aside)


@pytest.mark.parametrize(
    ("tag", "aside", "about"),
    [
        ("neuropathic-pain", "A neuropathic component was as common.", "Neuropathic pain was as common."),
        ("neuropathic-pain", "Neuropathic characteristics were rare.", "Postherpetic neuralgia was rare."),
        ("acute-pain", "Spinal cord injury pain was eased.", "Pain after surgery was eased."),
        ("acute-pain", "Postoperative pain was treated with carprofen.", "Postoperative pain was less."),
        ("psychosis", "No patient developed mania or psychosis.", "Patients with psychosis did as well."),
        ("psychosis", "One had a history of schizophrenia.", "Symptoms of schizophrenia fell."),
        ("suicidality", "None attempted suicide.", "Fewer attempted suicide."),
        ("suicidality", "Suicidal ideation after discontinuation was reported.", "Suicidal ideation fell."),
        ("substance-use-disorder", "He denied alcohol misuse.", "He was treated for alcohol dependence."),
        ("substance-use-disorder", "A past alcohol use disorder was of no effect.", "Alcohol use disorder remitted."),
        ("substance-use-disorder", "Daily opioid intake fell.", "Opioid craving fell."),
        ("anxiety", "Many felt anxiety about relapse.", "Anxiety fell."),
        ("neurological", "The number of motor neurons fell.", "Motor neuron disease advanced."),
        ("neurological", "There was no neurodevelopmental disorder.", "Demyelination and multiple sclerosis advanced."),
    ],
)
def test_words_of_a_condition_may_only_stand_beside_it(project: Tagger, tag: str, aside: str, about: str) -> None:
    """A feature, a history, what did not come, a worry, cells."""
    title = "Ketamine in 40 adults."
    about_twice = (("RESULTS", about), ("CONCLUSIONS", about))
    assert tag not in tags(project, "condition", title, ("RESULTS", aside))
    assert tag in tags(project, "condition", title, *about_twice)


@pytest.mark.parametrize(
    "sentence",
    [
        "Disorders included anxiety, depression, eating disorders, PTSD and alcohol use disorder.",
        "There were reductions in anxiety, depression, eating disorders, PTSD and alcohol use disorder.",
    ],
)
def test_what_a_review_covers_is_told_in_a_list(project: Tagger, sentence: str) -> None:
    """A list of what is known of other drugs is not."""
    covered = {"anxiety", "depression", "eating-disorder", "ptsd", "substance-use-disorder"}
    known = "Other drugs act on anxiety, depression, eating disorders, PTSD and alcohol use disorder."
    assert covered <= review(project, sentence)
    assert not covered & review(project, known)


def test_evidence_that_a_review_names_tells_a_condition(project: Tagger) -> None:
    """That a drug was approved for it does not."""
    title = "Ketamine: a narrative review for clinicians."
    opening = "Ketamine is old."
    found = "There is evidence for efficacy in resistant depression and in bipolar depression."
    licensed = "Another drug has a licence in resistant depression and in bipolar depression."
    both = {"treatment-resistant-depression", "bipolar-depression"}
    assert both <= tags(project, "condition", title, f"{opening} {found}")
    assert not both & tags(project, "condition", title, f"{opening} {licensed}")


def test_evidence_named_in_a_review_of_acute_pain_is_a_passing_mention(project: Tagger) -> None:
    """A review of another use only says that there is some."""
    text = (
        "Ketamine is effective in treatment-resistant depression. In the emergency department it relieves acute pain. "
        "We review its use for acute pain after trauma."
    )
    assert tags(project, "condition", "Ketamine for acute pain: a review", text) == {"acute-pain"}


@pytest.mark.parametrize(
    ("tag", "sentence"),
    [
        ("suicidality", "Suicidal ideation after ketamine infusion was halved."),
        ("acute-pain", "Postoperative pain was treated with ketamine."),
        ("neuropathic-pain", "The neuropathic pain component fell."),
        ("substance-use-disorder", "All had a lifetime alcohol use disorder."),
    ],
)
def test_what_ketamine_was_given_for_is_a_condition(project: Tagger, tag: str, sentence: str) -> None:
    """Though much the same words tell of what came of stopping it, of another drug and of a scale."""
    assert tag in tags(project, "condition", "Ketamine at night.", ("RESULTS", sentence))


def test_of_the_agitated_sedation_and_intubation_are_no_condition(project: Tagger) -> None:
    """Of others they are."""
    results = ("RESULTS", "Adequate sedation was achieved in 90%, tracheal intubation followed in 4%.")
    agitated = tags(project, "condition", "Prehospital ketamine for severe agitation.", results)
    others = tags(project, "condition", "Ketamine for the repair of wounds in toddlers.", results)
    assert "anaesthesia-sedation" not in agitated
    assert "anaesthesia-sedation" in others


@pytest.mark.parametrize(
    "sentence",
    [
        "Response was similar to those reported with IV ketamine.",
        "The response is consistent with intravenous ketamine trials.",
        "Previous studies have used intravenous ketamine.",
    ],
)
def test_the_way_in_that_others_used_is_not_the_record_s(project: Tagger, sentence: str) -> None:
    """One that it used is."""
    given = "Patients received oral ketamine, then one intravenous dose of ketamine."
    assert "intravenous" not in tags(project, "route", "Oral ketamine in depression.", ("RESULTS", sentence))
    assert "intravenous" in tags(project, "route", "Oral ketamine in depression.", ("METHODS", given))


@pytest.mark.parametrize(
    "sentence", ["Most studies used intravenous ketamine.", "Ketamine was mostly given intravenously."]
)
def test_the_usual_way_in_is_that_of_a_review(project: Tagger, sentence: str) -> None:
    """It tells what the studies under review did."""
    searched = ("METHODS", "We searched Embase and included 14 trials of ketamine.")
    title = "Ketamine and sleep: a systematic review."
    assert tags(project, "route", title, searched, ("RESULTS", sentence)) == {"intravenous"}


@pytest.mark.parametrize(
    ("route", "sentence"),
    [
        ("intravenous", "Rapamycin infusion into the infralimbic cortex abolished the effect of ketamine."),
        ("intravenous", "Infusion of muscimol abolished the effect of ketamine."),
        ("intravenous", "They had DSM-IV ketamine dependence."),
        ("oral", "Ketamine was given to patients on sublingual buprenorphine."),
    ],
)
def test_what_looks_like_a_way_in_may_be_none(project: Tagger, route: str, sentence: str) -> None:
    """An infusion into the brain, the number of a manual, another drug's way in."""
    assert route not in tags(project, "route", "Ketamine and memory.", ("RESULTS", sentence))


def test_relief_is_no_harm(project: Tagger) -> None:
    """Not even in a sentence that also tells of harms."""
    relieved = ("RESULTS", "There was a reduction of anxiety with few serious adverse effects.")
    harmed = ("RESULTS", "Common adverse effects were anxiety and nausea.")
    assert "anxiety-distress" not in tags(project, "adverse_effect", "Ketamine for cancer.", relieved)
    assert "anxiety-distress" in tags(project, "adverse_effect", "Ketamine for cancer.", harmed)
