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
        ("detection", "Ketamine and date-rape drugs: a smartphone-based test"),
        ("access-cost", "Receipt of ketamine in the ambulance by race and sex"),
        ("access-cost", "Number of ketamine clinics in rural counties"),
        ("law-ethics", "Marketing of ketamine on clinic websites"),
        ("law-ethics", "Ketamine and criminal responsibility"),
        ("care-delivery", "Ketamine given by non-anaesthetists: the role of the nurse"),
        ("care-delivery", "Ketamine in cancer pain: Danish and European recommendations"),
        ("patient-experience", "Physicians' perceptions of ketamine"),
        ("patient-experience", "Online posts about ketamine"),
        ("epidemiology", "Variation in the use of ketamine: a registry study of nine hospitals"),
        ("epidemiology", "Ketamine in toothache: a survey of clinics"),
        ("pharmacology", "Once weekly or twice weekly? Two routes of ketamine"),
        ("mechanism", "Pathogenesis of ketamine cystitis"),
        ("combination", "Protecting the bladder against ketamine: broccoli extract in mice"),
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
        ("care-delivery", "Rule implementation under ketamine"),
        ("access-cost", "Access to autobiographical memory after ketamine"),
        ("detection", "Bowel trouble in users of street ketamine"),
        ("epidemiology", "Back to school after starting esketamine"),
        ("patient-experience", "Cortical folds in ketamine users: insights from imaging"),
        ("access-cost", "Hospital admissions with ketamine intoxication"),
        ("care-delivery", "Ketamine and the kynurenine pathway in inpatients with low mood"),
        ("detection", "Molecular fingerprints of the response to ketamine"),
        ("detection", "Smartphone-based monitoring of mood after ketamine"),
        ("epidemiology", "Use of ketamine in children with status epilepticus: a retrospective study"),
        ("epidemiology", "Prehospital use of ketamine for pain: a cohort study"),
        ("law-ethics", "Ketamine relieves low mood by regulating BDNF"),
        ("law-ethics", "Ketamine promotes receptor trafficking"),
        ("law-ethics", "Ketamine for closure of a patent ductus arteriosus"),
        ("law-ethics", "Xylazine and ketamine for chemical restraint of wild boar"),
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
        ("law-ethics", "Tighter control of ketamine would spare many bladders."),
        ("access-cost", "Ketamine is unlikely to be cost-effective where money is short."),
        ("care-delivery", "Ketamine was safely administered in a community pain service."),
        ("patient-experience", "Functional unblinding may explain the benefit of ketamine."),
        ("epidemiology", "Ketamine use has risen markedly among Dutch students."),
        ("epidemiology", "The prevalence of past-year ketamine use was 2%."),
        ("detection", "Ketamine was detected in wastewater of both towns."),
        ("comparison", "Both drugs were equally well tolerated."),
        ("prediction", "Females were more sensitive to ketamine."),
        ("mechanism", "The benefit of ketamine was abolished by a TrkB antagonist."),
    ],
)
def test_a_conclusion_tells_a_theme(project: Tagger, theme: str, conclusion: str) -> None:
    """One that the title does not name."""
    told = (("RESULTS", RESULT), ("CONCLUSIONS", conclusion))
    assert theme in tags(project, "theme", "Ketamine in everyday practice", *told)


@pytest.mark.parametrize(
    ("theme", "conclusion"),
    [
        ("access-cost", "Ketamine reduced pain at low cost to memory."),
        ("care-delivery", "Guidelines exist for other drugs."),
        ("comparison", "Both groups were similar at baseline."),
        ("epidemiology", "Ketamine use increased the risk of cystitis."),
        ("law-ethics", "Ketamine is approved for anaesthesia."),
        ("detection", "Ketamine was found in few of the trials."),
        ("access-cost", "Ketamine is a safe and cost-effective alternative to fentanyl."),
        ("care-delivery", "It is feasible to administer ketamine to adolescents."),
        ("care-delivery", "These data provide guidance on the dose of ketamine."),
        ("detection", "Blood tests for liver enzymes are advised in users of ketamine."),
        ("epidemiology", "Ketamine abuse is becoming more common, and urologists should know of its harms."),
        ("law-ethics", "Ketamine led to better regulation of emotion."),
        ("mechanism", "Ketamine prevented delirium, paralleled by lower cortisol."),
        ("prediction", "GluN2C receptors are more sensitive to ketamine than others."),
    ],
)
def test_a_conclusion_only_sounds_like_a_theme(project: Tagger, theme: str, conclusion: str) -> None:
    """It says something of the effect, or of what is known."""
    told = (("RESULTS", RESULT), ("CONCLUSIONS", conclusion))
    assert theme not in tags(project, "theme", "Ketamine in everyday practice", *told)


@pytest.mark.parametrize(
    ("theme", "objective"),
    [
        ("access-cost", "We compared the total costs of care with and without esketamine."),
        ("law-ethics", "We discuss the legal status of ketamine in five countries."),
        ("care-delivery", "We describe the introduction of an esketamine clinic."),
        ("care-delivery", "To develop practical guidance for the use of ketamine."),
        ("patient-experience", "To explore patients' views of ketamine."),
        ("patient-experience", "We asked how clinicians perceive ketamine."),
        ("epidemiology", "To estimate the prevalence of recreational ketamine use."),
        ("detection", "To validate a method for the quantification of ketamine."),
        ("pharmacology", "To set against each other both doses of esketamine and their intervals."),
    ],
)
def test_an_objective_tells_a_theme(project: Tagger, theme: str, objective: str) -> None:
    """One that the title does not name."""
    told = (("OBJECTIVE", objective), ("RESULTS", RESULT))
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
        (
            "protocol",
            "Ketamine and tinnitus",
            "This is a double-blind study. Subjects will be randomized to ketamine or saline.",
        ),
        (
            "protocol",
            "Ketamine and tinnitus",
            "The goal of this clinical trial is to test ketamine. Adults will receive placebo.",
        ),
        (
            "protocol",
            "Ketamine for tinnitus: double-blind, randomised",
            "CONDITION: Disorders PRIMARY OUTCOME: Loudness.",
        ),
        (
            "rct",
            "Ketamine and tinnitus",
            "This is a randomised, double-blind study of 60 adults. Loudness fell by half.",
        ),
        (
            "rct",
            "Ketamine added to bupivacaine",
            "This is a randomised double-blind study. Ketamine prolonged the block from 4 to 9 h (p<0.01).",
        ),
        (
            "trial",
            "Ketamine and glucose uptake",
            "Uptake was examined in 11 volunteers. It correlated strongly with mood.",
        ),
        ("trial", "Ketamine and tinnitus", "The trial included 41 patients after ketamine. Loudness was lower."),
        ("observational", "Validation of the Tinnitus Scale in people given ketamine", "Data of 41 adults were used."),
        ("review", "Ketamine and tinnitus", "Loudness is a burden for many. Ketamine may offer relief."),
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
        ("Long-term intrathecal administration of ketamine was tried.", {"repeated-dose"}),
        ("Ketamine was then tapered, and the mood fell again.", {"repeated-dose"}),
        ("Pulse was noted throughout the course of ketamine anaesthesia.", set()),
        ("Plasma concentrations of ketamine were measured over 6 h.", {"single-dose"}),
        ("In intensive care ketamine was infused and then gradually tapered.", {"single-dose"}),
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In most of the trials a single infusion of ketamine was tested.", {"single-dose"}),
        ("Repeated infusions of ketamine were tested in four trials.", {"repeated-dose"}),
        ("Ketamine is also used as a standalone treatment.", set()),
    ],
)
def test_a_review_tells_how_often_it_was_given_in_the_studies(project: Tagger, text: str, expected: set[str]) -> None:
    """In its results."""
    abstract = (("METHODS", "In this systematic review PubMed was searched."), ("RESULTS", text))
    assert tags(project, "regimen", "Ketamine for low mood: a systematic review", *abstract) == expected


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Emerging treatments of tinnitus", "In this review we discuss new drugs, such as ketamine.", "secondary"),
        ("Tinnitus and rest", "Sixty adults rested. Unlike ketamine, rest helped slowly.", "incidental"),
        ("Dexmedetomidine for scans", "Sixty children received it. Rescue ketamine was given to six.", "incidental"),
    ],
)
def test_one_of_the_drugs_that_a_review_weighs_is_more_than_a_mention(
    project: Tagger, title: str, text: str, expected: str
) -> None:
    """A study that names it as an example only mentions it."""
    assert tags(project, "relevance", title, text) == {expected}


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Ketamine and its appeal", "Its self-administration was studied in healthy volunteers.", "human"),
        ("Ketamine and transporters", "Radioligand scans were made in 14 adults who had been given it.", "human"),
        ("Ketamine and stress", "We measured grooming in adult mice.", "animal"),
    ],
)
def test_a_species_is_told_by_those_in_the_experiment(project: Tagger, title: str, text: str, expected: str) -> None:
    """Words of the laboratory are used of people too."""
    assert tags(project, "species", title, text) == {expected}
