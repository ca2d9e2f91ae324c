"""How many people a record rests on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.model import Tag
from harvest.tag import Tagger, participants, sentences
from harvest.tag.numbers import LONGEST_EVIDENCE, Number
from harvest.tag.reading import Sentence
from harvest.tag.sentences import Role
from tests.tag.studies import study

CASE, POOLED, REVIEW = "design:case-report", "design:meta-analysis", "design:systematic-review"
SPELLED = {2: "two", 14: "fourteen", 35: "thirty-five", 108: "one hundred and eight", 1200: "twelve hundred"}

numbers = st.integers(min_value=20, max_value=900_000)


def read(*texts: str, role: Role = "methods", signals: tuple[str, ...] = ()) -> Number | None:
    """The number that the texts tell, each a section whose sentences have this role."""
    reading = [
        Sentence(section, text, start, end, role)
        for section, text in enumerate(texts)
        for start, end in sentences.split(text)
    ]
    return participants.read(reading, signals)


def count(*texts: str, role: Role = "methods", signals: tuple[str, ...] = ()) -> int | None:
    number = read(*texts, role=role, signals=signals)
    return None if number is None else number.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We enrolled 84 patients.", 84),
        ("Fifty-four healthy volunteers were given the drug.", 54),
        ("In all, 11 938 secondary school students took part.", 11938),
        ("A total of 1,036 women undergoing hip surgery were included.", 1036),
        ("Sixty ASA physical status I and II patients were randomised.", 60),
        ("Adults with asthma (N = 157) were randomly assigned.", 157),
        ("Fifteen (15) treatment-naive young adults received it.", 15),
        ("A total of 1987 inpatients were surveyed.", 1987),
        ("Thirty-two 8- to 12-year-old boys were studied.", 32),
        ("We recruited 20 HCs.", 20),
        ("The analysis included 203 (mean 45 ± 14 years of age) patients.", 203),
        ("In a cross-over study 16 healthy volunteers (8 women; 19-44 years) slept.", 16),
        ("A questionnaire was given to 18,556 10th-grade students.", 18556),
        ("The intention-to-treat population comprised 84.", 84),
        ("We asked 70 hospital employees.", 70),
        ("The 45 study participants slept.", 45),
        ("A form was answered by 3,862 festival-goers.", 3862),
    ],
)
def test_a_count_is_a_number_with_the_people_that_it_counts(text: str, expected: int) -> None:
    """In figures or words, with adjectives, abbreviations and ages between them, or as "N =" after them."""
    assert count(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Patients received 40 mg over 30 min.",
        "About 60% of patients improved.",
        "One in 10 patients has it.",
        "Patients aged 18 to 65 years were enrolled.",
        "In 2019 patients were enrolled at 12 hospitals.",
        "We randomised 12 studies.",
        "There were 205 infusions (n = 205 infusions) in patients.",
        "Scores fell by 5-20 patients' points.",
        "Group 2 patients slept.",
        "Four drugs were given (12 subjects per drug).",
        "More than 300 patients exist.",
        "Data came from 17 of 25 eligible studies.",
        "In a 2 x 2 trial, abstinent adults slept.",
        "Those with an index above 40 were randomised.",
        "Claims of 18 million adults were read.",
        "A form was sent to the clinics of 4 databases (n = 484).",
        "A working party of 22 psychiatrists, urologists and patients agreed.",
    ],
)
def test_doses_shares_ages_years_and_names_count_no_people(text: str) -> None:
    """Nor do bounds, and numbers of treatments, studies and places."""
    assert count(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We compared 51 users, 49 former users and 100 controls.", 200),
        ("People with asthma (n=36) and healthy volunteers (HVs; n=21) were scanned.", 57),
        ("Thirty-two participants were assigned to the drug and 31 to placebo.", 63),
        ("We compared 30 current and 31 previous users.", 61),
        ("Thirty-five patients were enrolled and compared with 35 controls.", 70),
        ("There were 340 patients (n = 162 for A and n = 178 for B).", 340),
        ("We studied 130 volunteers: 29 smokers, 71 drinkers and 30 controls.", 130),
        ("We enrolled 58 adults (44 males) and 73 controls (52 males).", 131),
        ("Patients were allocated to three groups of 20 patients each.", 60),
        ("Two groups of 42 received the drug or saline.", 84),
        ("Women were randomised into three groups of 30.", 90),
        ("Adults were randomised to two courses 14 days apart (n = 7), 60 days apart (n = 8) or saline (n = 9).", 24),
        ("We compared 86 patients with asthma, 64 with eczema and 70 nurses without drug use.", 220),
        ("We tested 62 children with many scars, 58 with one and 55 siblings.", 175),
        ("Patients were randomised to one of four groups (n = 12).", 48),
        ("In each group, 100 patients were examined.", 200),
        ("Patients were split into 3 arms, 25 per arm.", 75),
        ("We randomised 150 adults to gargle one of three drugs (50 each).", 150),
        ("In all 298 women were randomised, 149 to each group.", 298),
        ("Fifty-two adults were randomised: 26 to the drug and 26 to placebo.", 52),
        ("Twenty-six were allocated to the drug and 27 to placebo.", 53),
        ("30 were allocated to a low dose, 29 to a high dose and 31 to placebo.", 90),
        ("43 were randomised to the drug and 41 were randomised to placebo.", 84),
        ("84 were randomised to the drug and 71 were treated.", 84),
        ("330 patients were randomised to the drug and 340 to placebo; 329 and 338 received it.", 670),
        ("One hundred patients, 50 in each group, were recruited.", 100),
        ("Adults on the drug (N = 336) slept 43% more weeks than adults on placebo (N = 340).", 676),
        ("We pooled trials of 82 patients with asthma (44 with eczema and 38 with rhinitis).", 82),
        ("From an initial sample of 17 subjects, 8 subjects completed four sessions.", 17),
        ("We enrolled 23 patients with asthma, and of these, 20 patients treated an attack.", 23),
        ("Forty patients who received the drug and 16 who received saline slept.", 56),
        ("We scanned 18 patients with asthma and an equal number of matched controls.", 36),
        ("In a cross-over trial 23 volunteers each received both drugs.", 23),
        ("Registers gave 770 adults with asthma, each matched to two of 1540 others, 2310 people in all.", 2310),
    ],
)
def test_groups_are_added_up_unless_one_is_the_whole_of_them(text: str, expected: int) -> None:
    """A number in brackets is a part; "each" multiplies, by two where no number of groups is told."""
    assert count(text) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("A first group (n=31) received a high dose.", "A second group (n=24) received a low dose."), 55),
        (("Experiment 1 had 48 volunteers.", "Experiment 2 enrolled 32 volunteers."), 80),
        (("We gave it to 48 volunteers (Experiment 1). Its users (Experiment 2) were 16 men and 16 women.",), 80),
        (("We treated 60 patients with asthma.", "Nineteen unaffected controls were assessed too."), 79),
        (("Twenty patients with asthma were scanned.", "Twenty matched healthy adults were scanned once."), 40),
        (("We followed 52 patients.", "Healthy comparison subjects (n = 25) were seen once."), 77),
        (("We treated 60 patients and healthy controls.", "Nineteen controls were assessed."), 60),
    ],
)
def test_a_second_group_or_the_controls_of_another_sentence_are_added(texts: tuple[str, ...], expected: int) -> None:
    """Unless the first sentence speaks of controls already."""
    assert count(*texts) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Of 329 people screened, 168 were randomised.", 168),
        ("We randomised 30 of 41 eligible men.", 30),
        ("Of 243 patients, 170 received it. Casts were seen on scans, which showed beading in eleven patients.", 243),
        ("435 patients were screened, 227 randomised, and 197 completed it.", 227),
        ("We randomised 80 patients. Twelve patients withdrew. Sixty-one patients responded.", 80),
        ("Of the 20 patients who were given it, 18 reported relief.", 20),
        ("We enrolled 120 patients. Of 58 patients who carried on with it, 30 relapsed.", 120),
        ("We enrolled 45 patients. A subset of 50 patients was scanned.", 45),
        ("Ninety subjects completed; 6 (7%) of 88 patients in one arm were included twice.", 90),
    ],
)
def test_those_who_were_randomised_or_enrolled_come_before_those_who_did_this_or_that(text: str, expected: int) -> None:
    """Those screened are too many; responders, drop-outs and subsets are a part."""
    assert count(text) == expected


def test_sentences_that_only_a_semicolon_parts_are_read_as_one() -> None:
    """The groups on both sides of it are added up."""
    assert count("They were analysed (A, n = 310; B, n = 208).") == 518


def test_a_review_that_pools_rests_on_the_people_of_its_studies() -> None:
    """Not on its studies, nor on those of one comparison."""
    text = "Fifty-three trials (2839 patients) were pooled. Sixteen trials tested it in 850 adults."
    assert count(text, role="results", signals=(POOLED,)) == 2839
    assert count("Studies were included (n = 24).", role="results", signals=(POOLED,)) is None
    assert count("Nine studies (n = 281) were included.", role="results", signals=(REVIEW,)) == 281
    assert count("We included 40 patients.", role="results", signals=(REVIEW,)) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A 45-year-old man slept well.", 1),
        ("A 28-year-old woman and a 34-year-old man slept.", 2),
        ("We report four patients with insomnia.", 4),
        ("A patient with insomnia slept well.", 1),
        ("Sleep is a mystery.", None),
    ],
)
def test_a_case_report_rests_on_as_many_as_it_tells_of(text: str, expected: int | None) -> None:
    """By their number, else by their ages, else one where it tells of a patient."""
    assert count(text, role="results", signals=(CASE,)) == expected


def test_a_single_age_tells_one_person_whatever_the_design() -> None:
    """A range of ages tells none."""
    assert count("We treated a 45-year-old man.") == 1
    assert count("We treated people 18 to 65 years old.") is None


def test_keywords_and_registrations_tell_nothing() -> None:
    """The role of a sentence decides whether it is read."""
    assert count("We enrolled 84 patients.", role="other") is None
    assert count("We enrolled 84 patients.", role="keyword") is None


@given(numbers)
def test_the_number_is_read_as_it_is_written(number: int) -> None:
    """With commas, blanks or nothing between its thousands."""
    for written in (f"{number}", f"{number:,}", f"{number:,}".replace(",", " ")):
        assert count(f"A total of {written} patients were enrolled.") == number
        assert count(f"Patients (n = {written}) were enrolled.") == number


@given(st.sampled_from(sorted(SPELLED)))
def test_the_number_is_read_in_words(number: int) -> None:
    """Hundreds, tens and ones."""
    assert count(f"In all, {SPELLED[number]} patients were randomised.") == number


@given(st.lists(st.integers(min_value=100, max_value=199), min_size=2, max_size=5))
def test_groups_in_brackets_come_to_their_sum(sizes: list[int]) -> None:
    """However many they are; each is evidence."""
    arms = ", ".join(f"arm {letter} (n = {size})" for letter, size in zip("abcde", sizes, strict=False))
    number = read(f"Patients were randomised to {arms}.")
    assert number is not None
    assert number.value == sum(sizes)
    assert [one.phrase for one in number.evidence] == [f"n = {size}" for size in sizes]


@given(st.text(st.sampled_from("12 ,.()=n%-patients each group of and;"), max_size=300))
def test_evidence_cuts_the_words_out_of_the_section(text: str) -> None:
    """Whatever the text is, and never more than a reader takes in at a glance."""
    number = read(text)
    for one in number.evidence if number else ():
        assert one.start is not None
        assert one.end is not None
        assert text[one.start : one.end] == one.phrase
        assert 0 < len(one.phrase) <= LONGEST_EVIDENCE


@given(numbers)
def test_without_its_evidence_the_number_is_gone(size: int) -> None:
    """Every mention of the same number is evidence."""
    texts = [f"We enrolled {size} patients.", f"The {size} patients slept.", f"They (N = {size}) slept well."]
    number = read(*texts)
    assert number is not None
    for one in number.evidence:
        assert one.section is not None
        assert one.start is not None
        assert one.end is not None
        texts[one.section] = texts[one.section][: one.start] + " " * len(one.phrase) + texts[one.section][one.end :]
    assert count(*texts) != size


def test_the_equal_parts_of_a_number_are_evidence_of_it() -> None:
    """They would tell it if nothing else did."""
    number = read("We randomised 150 adults to three groups (50 each).")
    assert number is not None
    assert [one.phrase for one in number.evidence] == ["150 adults", "50 each"]


def numbers_of(tagger: Tagger, title: str, text: str) -> list[Tag]:
    return [tag for tag in tagger.tag(study(title, text)) if tag.facet == "participants"]


def test_the_tagger_gives_the_number_as_a_tag(project: Tagger) -> None:
    """With the words that state it; of animals it is not asked."""
    people = numbers_of(project, "A randomised trial.", "Eighty-four patients were randomised to two groups.")
    assert [(tag.tag, tag.evidence[0].phrase) for tag in people] == [("84", "Eighty-four patients")]
    assert not numbers_of(project, "Effects in rats.", "Male Wistar rats were given it; 84 subjects were used.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We scanned 37 inpatients of a centre and 41 age-matched comparison subjects.", 78),
        ("Teams referred 129 current users and recruited 112 never-users from the same estates.", 241),
        ("We compared 71 patients so treated with 142 matched for sex who got the usual drug.", 213),
        ("We scanned 22 persons with pain; 20 untreated sufferers on the list were scanned too.", 42),
        ("Thirty-five patients received a high dose and the other 35 received a low dose.", 70),
        (
            "All persons given it (N = 514) were found. A matched group of 1,542 who began another served as a check.",
            2056,
        ),
        ("We treated 20 patients, who were compared to a historical cohort of 40.", 60),
        ("Costs were compared with those of 1,590 matched residents. We identified 318 patients.", 1908),
        ("Scans were made of 30 users (mean age 25 years) and of 28 people who had never taken it.", 58),
        ("Ninety clients (mean age 26; use 3 g a day), 40 former users and 60 controls took a test.", 190),
        ("All 211 were found (n=211) and each matched with three patients so treated (n=633).", 844),
        ("We included 402 persons fined and 1,608 age-matched members of the public.", 2010),
        ("We treated 55 employees. Work was compared with data from 160 employees treated otherwise.", 215),
    ],
)
def test_a_group_for_comparison_is_a_part_of_the_number(text: str, expected: int) -> None:
    """Whatever it is called, in the same sentence or in another, before or after the others."""
    assert count(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The cohort numbered 311.", 311),
        ("The sample size is 96.", 96),
        ("Planned sample size: 180.", 180),
        ("Target enrolment is 240.", 240),
        ("Charts of 61 were reviewed.", 61),
        ("Data from 205 infusions were read.", None),
        ("242 were eligible and 169 answered the telephone interview.", 169),
        ("Two hundred and eleven consented, of whom 198 were treated.", 211),
        ("Six to nine year olds, aged 3 to 6 were enrolled.", None),
    ],
)
def test_a_sample_may_be_told_without_a_word_for_people(text: str, expected: int | None) -> None:
    """By its size, or by what those who are counted did; ages are no such number."""
    assert count(text) == expected


def test_a_blank_may_part_thousands() -> None:
    """As in 18 424, but the name of something is no part of a number."""
    assert count("We followed 18 424 children.") == 18424
    assert count("In group 2 150 patients were enrolled.") != 2150


def test_a_count_with_sexes_and_ages_in_brackets_is_that_of_the_sample() -> None:
    """Those of whom something happened are fewer."""
    assert count("Among 142 charts (61% women) use was long. It stayed low in 139 patients.", role="results") == 142


def test_what_a_narrative_review_says_outside_its_own_work_is_of_others() -> None:
    """Only titles, objectives, methods and results tell of the record's own work there."""
    assert count("We enrolled 84 patients.", role="statement", signals=("design:review",)) is None
    assert count("We enrolled 84 patients.", signals=("design:review",)) == 84
