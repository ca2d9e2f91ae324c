"""Which long-term effects, conditions and harms are read from the ways in which authors tell them."""

from __future__ import annotations

import pytest

from harvest.model import StoredText
from harvest.tag import Tagger
from tests.tag.studies import study

RECORDS = {
    "year": (
        "Esketamine nasal spray over one year in resistant depression.",
        "Adults with resistant depression received esketamine weekly for 52 weeks.",
    ),
    "course": (
        "Six ketamine infusions for depression.",
        "Adults with depression received six infusions over two weeks and were seen again after three months.",
    ),
    "safe": (
        "Long-term safety of esketamine nasal spray in resistant depression.",
        "Adults with resistant depression received esketamine weekly for 52 weeks.",
    ),
    "one": (
        "A single ketamine infusion for depression.",
        "Adults with depression received one infusion and were rated for seven days.",
    ),
    "drinkers": (
        "Ketamine for alcohol use disorder.",
        "Adults with alcohol use disorder had three weekly ketamine infusions and were followed for six months.",
    ),
    "users": (
        "Consequences of regular ketamine use.",
        "We interviewed 60 regular ketamine users and 60 non-users.",
    ),
    "protocol": (
        "Esketamine to prevent relapse: protocol of a randomised trial.",
        "Adults with depression will receive esketamine weekly for six months.",
    ),
    "rats": ("Ketamine in rats.", "Adult rats received ketamine intraperitoneally."),
    "mice": ("Repeated ketamine in mice.", "Mice received ketamine daily for ten days."),
    "young": ("Early-life ketamine in rats.", "Seven-day-old rats received ketamine."),
    "pups": (
        "Ketamine and behaviour in rats.",
        "Rats received six injections of ketamine on postnatal day 7.",
    ),
    "infants": (
        "Ketamine anaesthesia and later outcome.",
        "Infants who had a ketamine anaesthetic before 36 months were compared with peers.",
    ),
    "survey": ("Ketamine in young people.", "National household survey data were analysed."),
    "reports": (
        "Spontaneous reports on esketamine.",
        "We calculated reporting odds ratios in a pharmacovigilance database of esketamine.",
    ),
    "scanned": (
        "Ketamine in the brain.",
        "Healthy volunteers were scanned after one infusion of ketamine.",
    ),
    "intoxicated": (
        "Ketamine intoxication in the emergency department.",
        "Charts of recreational ketamine users were reviewed.",
    ),
    "sedated": (
        "Ketamine for fracture reduction in children.",
        "Children received intravenous ketamine for fracture reduction.",
    ),
    "repair": ("Caudal ketamine in boys.", "Boys having hypospadias repair received caudal ketamine."),
    "cream": ("Ketamine cream for women.", "Women with paclitaxel-induced neuropathy applied ketamine cream."),
    "review": ("Ketamine for depression: a review.", "We review the efficacy of ketamine in depression."),
    "abusers": ("Bladder capacity of ketamine abusers.", "Sixty ketamine abusers had cystoscopy."),
    "macaques": ("Ketamine in the first week of life.", "Macaques received ketamine for 24 hours."),
    "volunteers": (
        "Ketamine and memory in healthy volunteers.",
        "Healthy volunteers received one infusion of ketamine or placebo.",
    ),
}
"""A title and a sentence of methods by name."""


def record(name: str, label: str, sentence: str) -> StoredText:
    title, methods = RECORDS[name]
    return study(title, ("METHODS", methods), (label, sentence))


def tagged(tagger: Tagger, facet: str, title: str, *abstract: str | tuple[str, str]) -> set[str]:
    return {tag.tag for tag in tagger.tag(study(title, *abstract)) if tag.facet == facet}


def given(tagger: Tagger, facet: str, name: str, sentence: str, label: str = "RESULTS") -> set[str]:
    return {tag.tag for tag in tagger.tag(record(name, label, sentence)) if tag.facet == facet}


@pytest.mark.parametrize(
    ("name", "tag", "sentence"),
    [
        # patients who take more of the drug, or other than in treatment
        ("year", "dependence", "None of the participants bought ketamine on the street."),
        ("year", "dependence", "Two people used the spray more frequently than prescribed."),
        ("year", "dependence", "Requests for extra doses were not received."),
        ("year", "dependence", "No one became dependent on the drug."),
        ("drinkers", "dependence", "Nobody had begun using ketamine at follow-up."),
        ("drinkers", "dependence", "No non-study ketamine use was reported."),
        ("year", "dependence", "After the last dose no withdrawal syndrome was observed."),
        ("users", "dependence", "One in six screened positive for ketamine use disorder."),
        ("rats", "dependence", "Ketamine produced conditioned place preference."),
        # minds of users, and moods that turn under treatment
        ("users", "psychiatric", "A quarter felt suicidal and had low mood."),
        ("users", "psychiatric", "Negative symptoms were raised in users."),
        ("year", "psychiatric", "Nobody was admitted for mania."),
        ("year", "psychiatric", "No carry-over of psychotic symptoms was noticed."),
        ("year", "psychiatric", "Hypomania occurred in one patient."),
        # growing up
        ("young", "neurodevelopment", "Once adult they learned normally."),
        ("young", "brain", "Neuronal apoptosis was increased in the cortex."),
        ("pups", "neurodevelopment", "Learning was impaired at postnatal day 60."),
        ("pups", "neurodevelopment", "As adults they avoided other animals."),
        ("infants", "neurodevelopment", "Full-scale IQ did not differ at the age of six."),
        ("infants", "neurodevelopment", "Bayley scores were similar."),
        ("users", "neurodevelopment", "Poorer memory was linked to use begun in adolescence."),
        # use that is counted, harm that is reported, reward that is tested
        ("survey", "dependence", "Past-year ketamine use rose from 1% to 3%."),
        ("survey", "dependence", "Treatment demand for ketamine tripled."),
        ("reports", "dependence", "Abuse and misuse were not reported more than expected."),
        ("year", "dependence", "Tolerance was not observed."),
        ("year", "dependence", "The physician withdrawal checklist did not change."),
        (
            "rats",
            "dependence",
            "Breakpoints in rats under the progressive ratio for ketamine self-administration rose.",
        ),
        # bodies
        ("users", "hepatobiliary", "Papillary stenosis was found in two."),
        ("users", "hepatobiliary", "Ultrasound showed a dilated CBD."),
        ("mice", "hepatobiliary", "Hepatocyte necrosis was seen."),
        ("users", "brain", "Nucleus accumbens volume was reduced."),
        ("users", "brain", "Resting-state connectivity of the thalamus was altered."),
        ("mice", "brain", "Dendritic spines were lost."),
        ("year", "cardiovascular", "Major adverse cardiovascular events were rare."),
        ("year", "cardiovascular", "Blood pressure did not increase with cumulative exposure."),
        ("mice", "cardiovascular", "Cardiomyocyte hypertrophy was found."),
        ("users", "cardiovascular", "Hypertension was found in a third."),
        ("users", "urinary", "Void volume was 90 mL."),
        ("mice", "urinary", "Glomeruli were swollen."),
        ("users", "functioning", "Debt and job loss were common."),
        ("year", "functioning", "Working capacity was better."),
        ("year", "urinary", "Urinalysis stayed normal."),
        ("users", "urinary", "Half passed urine more than ten times a day."),
        ("year", "cardiovascular", "Ambulatory blood pressure did not change over the year."),
        ("users", "cognition", "Users complained of poor concentration."),
        ("mice", "brain", "Ten daily injections lowered the number of parvalbumin cells."),
        ("users", "functioning", "Users were more often unemployed."),
        ("year", "functioning", "They resumed their studies."),
        # how long it lasts
        ("course", "durability", "Of those who went on with maintenance most stayed well."),
        ("course", "durability", "The benefits were upheld."),
        ("course", "durability", "At one month 40% still responded."),
        ("course", "durability", "Scores were back at baseline after ten weeks."),
        ("course", "durability", "Patients needed an infusion every three weeks to remain well."),
        ("rats", "durability", "Immobility was still reduced 28 days after the injection."),
        # use that is counted among that of other drugs, and a sample in treatment for it
        ("survey", "dependence", "Lifetime use of heroin, ketamine or nitrous oxide was common in clubbers."),
        ("abusers", "dependence", "All ketamine abusers were in residential rehabilitation."),
        ("rats", "dependence", "Tolerance to the antinociceptive effects of ketamine was seen after seven days."),
        # what is seen months after a dose, and years after one in infancy
        ("macaques", "cognition", "At two years they were slower in a reversal task."),
        # what is planned
        ("protocol", "dependence", "Signs of misuse are recorded at each visit."),
        ("protocol", "hepatobiliary", "Liver function tests are done monthly."),
        ("protocol", "cognition", "Secondary outcomes include verbal memory."),
    ],
)
def test_a_long_term_effect_is_told_in_many_ways(project: Tagger, name: str, tag: str, sentence: str) -> None:
    """Whatever word an author takes, and be it not found."""
    label = "METHODS" if name == "protocol" else "RESULTS"
    assert tag in given(project, "long_term_effect", name, sentence, label)


@pytest.mark.parametrize(
    ("name", "tag", "sentence"),
    [
        ("drinkers", "dependence", "Alcohol craving and withdrawal symptoms declined."),
        ("one", "dependence", "Two participants withdrew from the study because of side effects."),
        ("year", "dependence", "Whether misuse occurs could not be assessed."),
        ("one", "dependence", "Abuse liability deserves study."),
        ("one", "urinary", "Harm to the bladder is reviewed elsewhere."),
        ("year", "urinary", "A urinary pregnancy test was negative."),
        ("one", "psychiatric", "No one became psychotic during the infusion."),
        ("volunteers", "psychiatric", "Psychotic symptoms rose and abated within two hours."),
        ("year", "cognition", "Plasma concentration had returned to zero."),
        ("users", "cognition", "Presentations naming ketamine rose."),
        ("one", "neurodevelopment", "Adult patients recovered sooner."),
        ("sedated", "neurodevelopment", "Children with cerebral palsy recovered later."),
        ("scanned", "brain", "Connectivity of the thalamus rose."),
        ("intoxicated", "cardiovascular", "Tachycardia and hypertension were found in half."),
        ("course", "cardiovascular", "Blood pressure peaked at 40 minutes."),
        ("year", "dependence", "Tolerance to pain rose."),
        ("year", "dependence", "Tolerability was good."),
        ("users", "durability", "Six months later half were abstinent."),
        ("rats", "durability", "Immobility was reduced 24 hours after the injection."),
        ("one", "durability", "Scores at day 7 were no longer different."),
        ("one", "durability", "The effects had faded by day 14."),
        ("abusers", "dependence", "Bladder capacity was 90 mL in ketamine abusers."),
        ("review", "dependence", "A drawback of ketamine is its abuse potential."),
    ],
)
def test_what_only_sounds_like_a_long_term_effect_is_none(project: Tagger, name: str, tag: str, sentence: str) -> None:
    """Another drug's withdrawal, a test of urine, a concentration in plasma, what was left to others."""
    assert tag not in given(project, "long_term_effect", name, sentence)


@pytest.mark.parametrize("tag", ["cognition", "dependence", "urinary"])
def test_a_harm_that_a_review_weighs_in_a_clause_is_no_long_term_effect(project: Tagger, tag: str) -> None:
    """One that is looked into is."""
    opening = "Ketamine is an anaesthetic. We review the efficacy of ketamine in depression. Onset is rapid."
    weighed = "Concerns about misuse, impaired memory and bladder pain with long-term use remain."
    found = "With long-term use there is misuse, impaired memory and bladder pain."
    assert tag not in tagged(project, "long_term_effect", "Ketamine for depression.", f"{opening} {weighed}")
    assert tag in tagged(project, "long_term_effect", "Ketamine for depression.", f"{opening} {found}")


def test_a_brief_effect_is_a_matter_of_durability_where_something_was_repeated(project: Tagger) -> None:
    """Not where a conclusion only names it, nor where it is a rise of blood pressure."""
    brief = ("CONCLUSIONS", "The antidepressant effects were short-lived.")
    six = ("METHODS", "Adults with depression received six infusions.")
    one = ("METHODS", "Adults with depression received one infusion.")
    pressure = ("CONCLUSIONS", "Blood pressure effects were transient.")
    title = "Ketamine for depression."
    assert "durability" in tagged(project, "long_term_effect", title, six, brief)
    assert "durability" not in tagged(project, "long_term_effect", title, one, brief)
    assert "durability" not in tagged(project, "long_term_effect", title, six, pressure)


def test_behaviour_of_offspring_is_a_harm_to_the_mind(project: Tagger) -> None:
    """Not where the young animals are a model that is treated."""
    harmed = "Prenatal ketamine causes depression-like behaviour in offspring of rats."
    treated = "Ketamine reverses depression-like behaviour in offspring of prenatally stressed rats."
    assert "psychiatric" in tagged(project, "long_term_effect", harmed)
    assert "psychiatric" not in tagged(project, "long_term_effect", treated)


@pytest.mark.parametrize(
    ("methods", "expected"),
    [
        ("Twenty healthy, young subjects received ketamine.", True),
        ("Twenty patients with TRD received ketamine, 20 healthy volunteers were scanned once.", False),
        ("Twenty patients with TRD and 20 healthy volunteers took part in a cross-over trial.", True),
        ("Twenty ketamine users and 20 healthy volunteers were scanned.", False),
    ],
)
def test_healthy_people_are_studied_or_but_compared(project: Tagger, methods: str, expected: bool) -> None:
    """Beside patients and users they are controls, unless each had both drugs."""
    given_to = tagged(project, "population", "Ketamine and the brain.", ("METHODS", methods))
    assert ("healthy-volunteers" in given_to) == expected


@pytest.mark.parametrize(
    ("name", "tag", "aside", "about"),
    [
        ("year", "suicidality", "There was one death by suicide.", "Suicidal ideation fell."),
        (
            "year",
            "substance-use-disorder",
            "No participant had a first diagnosis of substance use disorder.",
            "Patients with substance use disorder did as well as others.",
        ),
        (
            "rats",
            "substance-use-disorder",
            "Ketamine produced conditioned place preference.",
            "Morphine withdrawal and conditioned place preference for morphine were reduced.",
        ),
        (
            "year",
            "bipolar-disorder",
            "One patient had a first manic episode.",
            "Patients with bipolar disorder did as well as others.",
        ),
        (
            "year",
            "psychosis",
            "One participant developed a delusional psychosis.",
            "Patients with schizophrenia did as well as others.",
        ),
    ],
)
def test_what_came_of_a_treatment_is_no_condition(project: Tagger, name: str, tag: str, aside: str, about: str) -> None:
    """Nor is what one animal test shows of the drug itself."""
    assert tag not in given(project, "condition", name, aside)
    assert tag in given(project, "condition", name, about)


@pytest.mark.parametrize(
    ("name", "tag", "sentence"),
    [
        ("repair", "acute-pain", "Time to first analgesic was nine hours."),
        ("cream", "neuropathic-pain", "Numbness eased."),
        ("cream", "cancer-pain", "Numbness eased."),
        ("sedated", "anaesthesia-sedation", "Sedation succeeded in 96%."),
    ],
)
def test_a_condition_is_told_by_what_was_done(project: Tagger, name: str, tag: str, sentence: str) -> None:
    """An operation, a sedation, the treatment that left a nerve painful."""
    assert tag in given(project, "condition", name, sentence)


@pytest.mark.parametrize(
    ("tag", "sentence"),
    [
        ("chronic-pain", "Scores of Pelvic Pain and Urgency/Frequency did not change."),
        ("acute-pain", "Phantom limb pain was not affected."),
        ("anxiety", "Anxiety occurred in four and was brief."),
    ],
)
def test_a_word_of_a_condition_may_stand_for_something_else(project: Tagger, tag: str, sentence: str) -> None:
    """The name of a scale, a pain of another kind, a harm of the dose."""
    assert tag not in given(project, "condition", "one", sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "All were depressed, with insufficient effect of at least three antidepressants.",
        "Two or more antidepressants had been ineffective in their depression.",
        "Their depression had not yielded to two antidepressants.",
    ],
)
def test_resistance_is_told_by_what_did_not_help(project: Tagger, sentence: str) -> None:
    """One drug that failed is not resistance."""
    assert "treatment-resistant-depression" in given(project, "condition", "course", sentence, "METHODS")
    one = sentence.replace("at least three antidepressants", "one antidepressant")
    one = one.replace("Two or more antidepressants", "One antidepressant").replace("two antidepressants", "sertraline")
    assert "treatment-resistant-depression" not in given(project, "condition", "course", one, "METHODS")


@pytest.mark.parametrize(
    ("tag", "sentence"),
    [
        ("psychotomimetic", "Positive scores of the BPRS rose briefly."),
        ("psychotomimetic", "No one became psychotic."),
        ("confusion-delirium", "Reorientation took longer."),
        ("confusion-delirium", "Two had a rough awakening."),
        ("blood-pressure", "A transient rise in pressure was treated."),
        ("nausea-vomiting", "Two were sick."),
        ("anxiety-distress", "Two stopped because of anxiety."),
        ("anxiety-distress", "Four found the session frightening."),
        ("dizziness-sedation", "Sedation was brief."),
        ("visual", "Sight was blurred in two."),
        ("dissociation", "Most described floating."),
        ("dissociation", "Many felt as if in a dream."),
        ("psychotomimetic", "Time seemed slowed."),
        ("confusion-delirium", "Two had a dysphoric emergence."),
        ("respiratory", "Oxygen was given to two."),
        ("respiratory", "Saturation stayed above 95%."),
        ("blood-pressure", "Labetalol was given to two."),
        ("anxiety-distress", "One found it terrifying."),
        ("anxiety-distress", "Tearfulness occurred in three."),
        ("visual", "Vision was fuzzy."),
    ],
)
def test_a_harm_is_told_in_many_ways(project: Tagger, tag: str, sentence: str) -> None:
    """In the words of patients and of those who watch them."""
    assert tag in given(project, "adverse_effect", "one", sentence)


@pytest.mark.parametrize(
    ("name", "tag", "sentence"),
    [
        ("users", "dissociation", "Dissociation was greater in daily users."),
        ("users", "psychotomimetic", "Positive symptoms were negligible in users."),
        ("year", "blood-pressure", "Ambulatory blood pressure did not drift upwards."),
    ],
)
def test_what_lasts_is_no_harm_of_a_dose(project: Tagger, name: str, tag: str, sentence: str) -> None:
    """It belongs to the long-term effects."""
    assert tag not in given(project, "adverse_effect", name, sentence)


@pytest.mark.parametrize(
    ("name", "tag", "sentence", "finding"),
    [
        ("safe", "long-term-safety", "Side effects were minimal.", "no-change"),
        ("safe", "long-term-safety", "The rate of adverse events was low.", "no-change"),
        ("safe", "long-term-safety", "Adverse events did not increase.", "no-change"),
        ("safe", "long-term-safety", "Only minor side effects were recorded.", "no-change"),
        ("safe", "long-term-safety", "Esketamine did not cause any serious adverse events.", "no-change"),
        ("safe", "long-term-safety", "Adverse events were recorded at each visit.", "unclear"),
        ("course", "durability", "After three months eight had achieved complete relief.", "better"),
        ("course", "durability", "She remained symptom-free for three months.", "better"),
        ("course", "durability", "There was no recurrence of depression at three months.", "better"),
        ("course", "durability", "Response rates at month 3 were 60%.", "better"),
        ("course", "durability", "These data support the effectiveness of ketamine.", "better"),
        ("course", "durability", "At three months the groups no longer differed.", "worse"),
        ("course", "durability", "The advantage had gone at three months.", "worse"),
        ("course", "durability", "The effect was no longer significant at three months.", "worse"),
        ("course", "durability", "Ketamine prolonged the analgesia of the block.", "unclear"),
        ("course", "durability", "At three months all were asked about relief.", "unclear"),
        ("users", "cognition", "Users had memory tests, and reaction times were longer.", "worse"),
        ("users", "cognition", "Errors on memory tests were higher in users.", "worse"),
        ("users", "cognition", "Users recalled fewer words in memory tests (21% vs. 38%).", "worse"),
        ("course", "durability", "At three months the difference was no longer present (8% vs. 10%).", "worse"),
        ("course", "durability", "By three months most no longer met criteria for response.", "worse"),
        ("course", "durability", "At three months pain relief was inadequate.", "unclear"),
        ("safe", "long-term-safety", "Data on adverse events were limited.", "unclear"),
        ("safe", "long-term-safety", "Mild side effects were common, and severe ones increased.", "unclear"),
    ],
)
def test_a_finding_is_told_in_many_ways(project: Tagger, name: str, tag: str, sentence: str, finding: str) -> None:
    """Of safety, of benefit that lasts or is lost, and of what is bad although there is more of it."""
    tags = project.tag(record(name, "RESULTS", sentence))
    assert [one.finding for one in tags if one.tag == tag] == [finding]
