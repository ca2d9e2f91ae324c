"""What else a record is about, how it was done and of whom it tells: ways to say so, and what only looks like them."""

from __future__ import annotations

import pytest

from harvest.tag import Tagger
from tests.tag.studies import study

RESULT = "Sixty adults were studied. Scores fell by a third (p=0.01)."


def tags(tagger: Tagger, facet: str, title: str, *abstract: str | tuple[str, str]) -> set[str]:
    return {tag.tag for tag in tagger.tag(study(title, *abstract)) if tag.facet == facet}


@pytest.mark.parametrize(
    ("theme", "title"),
    [
        ("comparison", "One dose of arketamine outlasts esketamine in stressed mice"),
        ("comparison", "Discrimination of racemic ketamine and its enantiomers by pigeons"),
        ("comparison", "Infused ketamine or intranasal esketamine for late-life depression"),
        ("combination", "Ketamine versus midazolam, with motivational interviewing, for cannabis use disorder"),
        ("combination", "Intrathecal morphine with or without low-dose ketamine after hip surgery"),
        ("combination", "Does topiramate blunt the antidepressant response to ketamine?"),
        ("mechanism", "Time perception during a pharmacological challenge with ketamine"),
        ("pharmacology", "Kidney function and closely spaced ketamine infusions"),
        ("prediction", "Age at onset and outcome of subcutaneous ketamine"),
        ("care-delivery", "Ketamine by post: a service evaluation"),
        ("access-cost", "Waiting for ketamine: referrals in two regions"),
        ("patient-experience", "What do nurses make of ketamine on the ward?"),
        ("patient-experience", "Expectation and relief in trials of ketamine"),
        ("law-ethics", "Off-label ketamine: liability of those who prescribe"),
        ("epidemiology", "How often is ketamine prescribed in Norway?"),
        ("comparison", "Recall after thiopental and after ketamine"),
        ("comparison", "Should ketamine replace fentanyl in the ambulance?"),
        ("comparison", "Etomidate, ketamine or neither in shock"),
        ("combination", "Clonidine curbs the pressor response to ketamine"),
        ("pharmacology", "What is the right dose of ketamine for a restless child?"),
        ("pharmacology", "Three versus nine infusions of ketamine"),
        ("prediction", "Does weight matter for the response to ketamine?"),
        ("mechanism", "How ketamine harms the lining of the bladder"),
        ("mechanism", "The insula under ketamine"),
        ("care-delivery", "Does urine need to be checked during treatment with ketamine?"),
        ("access-cost", "Who pays for ketamine?"),
        ("patient-experience", "Why students take ketamine"),
        ("epidemiology", "Use of ketamine on Danish wards: a postal survey"),
        ("detection", "A dipstick for ketamine in drinks"),
    ],
)
def test_a_title_tells_a_theme_in_many_ways(project: Tagger, theme: str, title: str) -> None:
    """By verbs as well as by the nouns of the field."""
    assert theme in tags(project, "theme", title, RESULT)


@pytest.mark.parametrize(
    ("theme", "title"),
    [
        ("access-cost", "Counting the cost: kidney failure after years of ketamine"),
        ("access-cost", "Access to memory after ketamine"),
        ("access-cost", "Relapse after esketamine in a national reimbursement database"),
        ("combination", "Memory of ketamine users in compulsory rehabilitation"),
        ("combination", "A multimodal imaging study of one ketamine infusion"),
        ("comparison", "Brief versus repeated ketamine anaesthesia in infant rats"),
        ("comparison", "Minocycline protects against memory loss after repeated ketamine in rats"),
        ("comparison", "Ketamine with cognitive therapy versus ketamine alone"),
        ("epidemiology", "Bladder surveillance during maintenance ketamine"),
        ("epidemiology", "Word recall of people in treatment for ketamine misuse in Macau"),
        ("law-ethics", "Breaking the law of diminishing returns: repeated ketamine in depression"),
        ("law-ethics", "Abuse liability of ketamine in monkeys"),
        ("mechanism", "Brain volume in dependent ketamine users: an MRI study"),
        ("patient-experience", "Psychotic-like experiences among ketamine users"),
        ("pharmacology", "Two infusions of ketamine for cannabis use disorder"),
        ("pharmacology", "From lozenge to line: ketamine use disorder in a nurse"),
        ("comparison", "Ketamine versus sham infusion for shingles"),
        ("comparison", "School marks after ketamine anaesthesia: a comparison with siblings"),
        ("epidemiology", "Ketamine for burns and the later prevalence of nightmares"),
        ("care-delivery", "Ketamine cystitis seen in a urology outpatient service"),
    ],
)
def test_what_only_sounds_like_a_theme_is_none(project: Tagger, theme: str, title: str) -> None:
    """A word of the theme that means something else, or tells how the study was done."""
    assert theme not in tags(project, "theme", title, RESULT)


@pytest.mark.parametrize(
    ("theme", "conclusion"),
    [
        ("comparison", "Relapse was common, at a rate resembling that after electroconvulsive therapy."),
        ("prediction", "Serum zinc may be a marker of early recovery."),
        ("prediction", "Men and women responded alike."),
        ("prediction", "Those with less rumination were more likely to respond."),
        ("prediction", "Young age was an independent risk factor for emergence agitation."),
        ("law-ethics", "Regulators ought to act before more people are harmed by ketamine."),
    ],
)
def test_a_conclusion_tells_a_theme(project: Tagger, theme: str, conclusion: str) -> None:
    """One that the title does not name."""
    told = (("RESULTS", RESULT), ("CONCLUSIONS", conclusion))
    assert theme in tags(project, "theme", "Ketamine in everyday practice", *told)


@pytest.mark.parametrize(
    ("design", "title", "text"),
    [
        ("case-report", "Memantine for craving: a series of six cases", "We describe six consecutive ketamine users."),
        ("case-report", "Ketamine in bulimia: three women seen for a year", "Ketamine was given weekly at 1 mg/kg."),
        ("other", "Ketamine at the chemist's", "In this editorial I argue that registries are needed."),
        ("other", "Hair analysis of ketamine in 90 drivers: method validation", "Hair was extracted."),
        (
            "observational",
            "Ketamine on the ward",
            "Charts from 2014 to 2020 were reviewed. A randomised trial is under way.",
        ),
        ("observational", "Ketamine in ten towns: wastewater surveillance", "Loads rose in seven towns."),
        (
            "rct",
            "Weekly ketamine",
            "Sixty-eight patients were allocated by chance to one or two ketamine infusions a week.",
        ),
        ("observational", "Ketamine calls to a poisons information service", "There were 84 calls in six years."),
        ("observational", "Ketamine loads in the wastewater of two ports", "Influent was analysed by chromatography."),
        ("observational", "Nurses and ketamine: results of a questionnaire", "The form was posted to 300 nurses."),
        ("observational", "Ketamine in the ambulance", "A before-and-after cohort: 84 adults received 5 mg/kg."),
        ("trial", "Ketamine in tinnitus", "Data of 84 adults of two open-label extension studies were pooled."),
        ("rct", "Ketamine gargle", "Using computer-generated numbers, 84 patients were divided into groups."),
        ("case-report", "Stupor relieved by ketamine", "A woman in her forties was given ketamine. She had been mute."),
        ("qualitative", "Users speak of ketamine", "In-depth interviews with 23 users were transcribed and coded."),
    ],
)
def test_a_design_is_told_in_many_ways(project: Tagger, design: str, title: str, text: str) -> None:
    """A trial to come is not that of the record."""
    assert tags(project, "design", title, text) == {design}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He had snorted 3 g of ketamine daily for four years.", True),
        ("Sixty adults entered treatment for ketamine problems.", True),
        ("Thirty people who had sniffed 2 g of ketamine a day were scanned.", True),
        ("No participant met criteria for esketamine misuse.", False),
        ("Prescribers should ask about non-medical use at each visit.", False),
    ],
)
def test_people_who_take_it_outside_medicine_are_told_from_those_who_might(
    project: Tagger, text: str, expected: bool
) -> None:
    """What is looked for and what is warned of is no use."""
    assert ("recreational-users" in tags(project, "population", "Ketamine and mood", ("RESULTS", text))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rats received ketamine 30 mg/kg i.p. for 14 days.", {"repeated-dose"}),
        ("Patients received ketamine 0.5 mg/kg on days 1, 3 and 5.", {"repeated-dose"}),
        ("Pups were given ketamine 20 mg/kg every 90 min six times.", {"repeated-dose"}),
        ("Ketamine was infused on Monday, Wednesday and Friday.", {"repeated-dose"}),
        ("Mice were exposed to ketamine from P35 to P49.", {"repeated-dose"}),
        ("Patients stayed on oral ketamine for a median of 8 months.", {"repeated-dose"}),
        ("Nightly sublingual ketamine was given for pain.", {"repeated-dose"}),
        ("Mice drank ketamine in water for 12 weeks.", {"repeated-dose"}),
        ("Women received a lone dose of ketamine.", {"single-dose"}),
        ("Pups were exposed to ketamine once.", {"single-dose"}),
        ("Horses were given xylazine and ketamine for castration.", {"single-dose"}),
        ("Acute and chronic ketamine were given to rats.", {"single-dose", "repeated-dose"}),
        ("Rats received ketamine acutely or for 14 days.", {"single-dose", "repeated-dose"}),
        ("Volunteers were given two doses of ketamine in a cross-over design.", {"single-dose"}),
        ("Coroners' reports on ketamine were read.", set()),
    ],
)
def test_how_often_it_was_given_is_told_by_days_intervals_and_counts(
    project: Tagger, text: str, expected: set[str]
) -> None:
    """Doses set against each other are no course, and counts of deaths tell nothing of how it was taken."""
    assert tags(project, "regimen", "Ketamine and scores", ("METHODS", text), ("RESULTS", "Scores fell.")) == expected


def test_a_drug_that_is_only_wished_for_in_a_comparison_is_a_mention(project: Tagger) -> None:
    """As is one that others had been given before."""
    abstract = (
        ("BACKGROUND", "Rapid treatments include ketamine."),
        ("METHODS", "Fifty adults had theta-burst stimulation. Those who had received ketamine were not eligible."),
        ("CONCLUSIONS", "Comparison with intravenous ketamine ought to follow."),
    )
    assert tags(project, "relevance", "Theta-burst stimulation for depression", *abstract) == {"incidental"}
