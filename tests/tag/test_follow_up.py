"""After how many days the last outcome is told."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from harvest.tag import Tagger, follow_up, sentences
from harvest.tag.cues import Cue
from harvest.tag.numbers import Number
from harvest.tag.reading import Sentence
from harvest.tag.sentences import Role
from tests.tag.studies import study

CASE, POOLED, PROTOCOL = "design:case-report", "design:meta-analysis", "design:protocol"
UNITS = {"day": 1, "week": 7, "month": 30, "year": 365}


def read(
    *texts: str, role: Role = "results", signals: tuple[str, ...] = (), cues: tuple[Cue, ...] = ()
) -> Number | None:
    """The number that the texts tell, each a section whose sentences have this role and these cues."""
    reading = [
        Sentence(section, text, start, end, role, cues={cue: [] for cue in cues})
        for section, text in enumerate(texts)
        for start, end in sentences.split(text)
    ]
    return follow_up.read(reading, signals)


def days(*texts: str, role: Role = "results", signals: tuple[str, ...] = (), cues: tuple[Cue, ...] = ()) -> int | None:
    number = read(*texts, role=role, signals=signals, cues=cues)
    return None if number is None else number.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pain was scored at 6 weeks.", 42),
        ("Scores were taken on days 1, 3, 7 and 28.", 28),
        ("A three-month follow-up was done.", 90),
        ("Mood was rated 24 h after the infusion.", 1),
        ("Pain was lower at 6, 24 and 48 h postoperatively.", 2),
        ("Delirium was assessed on POD3 and POD30.", 30),
        ("The outcome was pain on the third postoperative day.", 3),
        ("It was scored on the 14th day.", 14),
        ("Relief was maintained for 1.5 years.", 548),
        ("Visits took place 43 ± 8 months after discharge.", 1290),
        ("Patients were followed for at least 12 months.", 365 - 5),
        ("Relief lasted for >3 months.", 90),
        ("One patient was monitored daily for 10 d.", 10),
        ("Symptoms were rated after three and six months.", 180),
        ("Mood correlated with volume at Days 1 (r=0.39), 2 (r=0.45) and 3 (r=0.42).", 3),
        ("Scores were taken on days 0, 1, 3 (endpoint), 7 and 30.", 30),
        ("Deaths in the year after treatment were counted.", 365),
        ("A year-long follow-up was done.", 365),
        ("Words were recalled on the following day.", 1),
        ("Liver tests were done monthly for one year.", 365),
        ("The scan was repeated after a year.", 365),
        ("Pressure drifted in the course of one year.", 365),
        ("Median duration of treatment was 19 months.", 570),
        ("The median observation period was 14 months.", 420),
        ("He remains well at 18 months.", 540),
        ("By month 6 and seven had relapsed.", 180),
    ],
)
def test_the_longest_time_counts_in_days(text: str, expected: int) -> None:
    """After its unit or before it, in figures or words; a month has 30 days, a year 365."""
    assert days(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Patients were aged 18 to 65 years.",
        "A 45-year-old man slept.",
        "Mean age was 45 ± 12 years.",
        "It was given every 4 weeks.",
        "Two visits were 1 week apart.",
        "They had smoked in the past 12 months.",
        "They had been ill for 5 years before.",
        "Users had used it for 6 years.",
        "Patients were recruited over 2 years.",
        "Records of consecutive cases over a 6-year period were read.",
        "The drug has a half-life of 3 days.",
        "The infusion was given over 40 min.",
        "The patients received it 30 min after induction.",
        "Operations lasting up to 2 h were done.",
        "It was done 24 h after each session.",
        "Twelve patients slept.",
        "They used it on six days a week.",
        "The drug and saline were given on two days.",
        "Visits had five days in between.",
        "Children (1.5 to 14 years) were seen after it.",
        "Adults with pain of one limb for a median of 3.2 years slept.",
        "The drug was started 3 days after onset.",
        "Two years of a sleep clinic: who stayed after all.",
        "Recovery took longer (40.9 ± 13.0 min, 42.5 ± 13.4 min).",
        "Over 14 months we audited children after sutures.",
        "Exposures reported to one service over eight years were counted.",
        "One drug was used in the first ten months and another in the following ten.",
        "It was given in the first three years of life.",
    ],
)
def test_ages_intervals_and_times_before_the_study_are_no_follow_up(text: str) -> None:
    """Nor are times of use, of recruitment, of giving a dose, or after each of many."""
    assert days(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Pain was rated at 40, 80 and 230 minutes after the infusion.",
        "Mood was scored 2 hours postoperatively.",
        "Patients were monitored for 4 h.",
        "Pain was scored for 6 hours.",
        "Agitation was graded in the first hour.",
        "Pain was scored every 10 min until discharge.",
        "Analgesia lasted 701 min.",
    ],
)
def test_hours_within_the_first_day_are_no_days(text: str) -> None:
    """They are a follow-up all the same."""
    assert days(text) == 0


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("Four weeks of treatment were followed by 12 weeks without.",), 28 + 84),
        (("They received six doses over 12 days.", "Visits were weekly for 8 weeks after the last dose."), 12 + 56),
        (("A course of infusions for 4 weeks.", "It was continued for an additional four weeks."), 28 + 28),
        (("They were treated for 4 weeks.", "At 4 weeks after the end of treatment they slept."), 28),
        (("They were treated for 16 weeks and were then seen for ten weeks.",), 112 + 70),
        (("They had three doses over 7 days and slept well for the following six weeks.",), 7 + 42),
        (("They had a treatment plan for eight to twelve months.", "They slept well one year post-treatment."), 725),
        (("They received a dose.", "They were seen 12 months after the last dose."), 360),
        (("They received it over 12 days.", "They slept well at 6 weeks."), 42),
        (("It was given for four weeks.", "Visits went on for four weeks after the last dose."), 28 + 28),
        (("It was given weekly for four weeks.", "Sleep was rated monthly for three further months."), 28 + 90),
        (("They had it weekly, with 0.5 mg for three months, followed by three months without.",), 90 + 90),
        (("Six doses were given over three weeks.", "The maintenance phase lasted 24 weeks."), 21 + 168),
    ],
)
def test_a_course_and_the_time_after_it_are_added_up(texts: tuple[str, ...], expected: int) -> None:
    """Where the words say that the one follows the other; the same time told twice is told once."""
    assert days(*texts) == expected


def test_only_the_records_own_work_is_read() -> None:
    """A background sentence is none, unless it tells what was done, or what is planned in a protocol."""
    text = "Relapse was seen at 6 weeks."
    assert days(text, role="background") is None
    assert days(text, role="background", cues=("results",)) == 42
    assert days(text, role="background", cues=("results", "elsewhere")) is None
    assert days(text, role="background", signals=(PROTOCOL,)) == 42
    assert days(text, role="other") is None
    assert days(text, cues=("excluded",)) is None
    assert days(text, cues=("future",)) is None


def test_courses_of_the_studies_that_a_review_pools_are_no_follow_up() -> None:
    """Their outcomes are."""
    text = "It was given twice weekly for four weeks. Response was better at 24 hours."
    assert days(text, signals=(POOLED,)) == 1
    assert days(text) == 28


def test_the_history_of_a_case_is_no_follow_up() -> None:
    """What came after the treatment is."""
    text = "The pain began 6 months after a fall. It was gone after 3 weeks."
    assert days(text, signals=(CASE,)) == 21
    assert days(text) == 180


@given(st.integers(min_value=2, max_value=14), st.sampled_from(sorted(UNITS)))
def test_a_time_is_its_number_times_the_days_of_its_unit(number: int, unit: str) -> None:
    """Wherever the unit stands."""
    expected = number * UNITS[unit]
    assert days(f"They were followed for {number} {unit}s.") == expected
    assert days(f"A {number}-{unit} follow-up was completed.") == expected
    assert days(f"Relapse was assessed until {unit} {number}.") == expected


@given(st.lists(st.integers(min_value=1, max_value=300), min_size=1, max_size=6))
def test_of_a_list_of_days_the_last_to_come_counts(listed: list[int]) -> None:
    """In whatever order they are told; the whole list up to it is the evidence."""
    text = f"Mood was rated on days {', '.join(map(str, listed))}."
    number = read(text)
    assert number is not None
    assert number.value == max(listed)
    assert number.evidence[0].phrase.startswith("days ")


@given(st.integers(min_value=2, max_value=30), st.integers(min_value=2, max_value=52))
def test_without_its_evidence_the_number_is_gone(course: int, after: int) -> None:
    """Every mention of a time that counts is evidence."""
    assume(course != 7 * after)
    texts = [
        f"They received six doses over {course} days.",
        f"They were seen {after} weeks after the last dose.",
        f"Six doses over {course} days were well borne, and sleep was good {after} weeks after the last dose.",
    ]
    number = read(*texts)
    assert number is not None
    assert number.value == course + 7 * after
    for one in number.evidence:
        assert one.section is not None
        assert one.start is not None
        assert one.end is not None
        texts[one.section] = texts[one.section][: one.start] + " " * len(one.phrase) + texts[one.section][one.end :]
    assert days(*texts) is None


@given(st.text(st.sampled_from("12 ,.()±-daysweekhmonthof"), max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    """Its evidence is cut out of it."""
    number = read(text)
    for one in number.evidence if number else ():
        assert text[one.start : one.end] == one.phrase


def test_the_tagger_gives_the_number_as_a_tag(project: Tagger) -> None:
    """With the words that state it."""
    trial = study(
        "A randomised double-blind trial of ketamine for depression.",
        ("METHODS", "Eighty patients were randomised to ketamine or placebo."),
        ("RESULTS", "Patients given ketamine had fewer symptoms at 6 weeks."),
    )
    told = [(tag.tag, tag.evidence[0].phrase) for tag in project.tag(trial) if tag.facet == "follow_up_days"]
    assert told == [("42", "6 weeks")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Patients were seen at 3, 12 and 36 months.", 1080),
        ("In the first two years they had a mean of 6.3 visits.", 730),
        ("Use lasted long (median 41 sessions over 19 months): longest exposure 19 months.", 570),
        ("Adults who had used the spray for 7 to 31 months were asked.", 930),
        ("They had been on the lozenges for a median of 26 months.", 780),
        ("Patients remained well for half a year.", 182),
        ("Patients remained well over the first half year.", 182),
        ("Scores were lower one fortnight later.", 14),
        ("Sleep was measured the night after the infusion.", 1),
        ("It was given twice weekly for four weeks, and pain was rated 2 weeks after the eighth dose.", 42),
        ("Treatment lasted 8 weeks and patients were seen 4 weeks after its end.", 84),
        ("They were given it for two weeks; visits continued for three months thereafter.", 104),
    ],
)
def test_times_are_told_in_many_ways(text: str, expected: int) -> None:
    """Long ones at visits or over a prescribed course, spoken ones, and those after the end of a course."""
    assert days(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "A thematic analysis of 11 years of posts was done.",
        "Loads were followed over five years (2018-2022).",
        "They filled in a three-day frequency-volume chart.",
        "Users (age 25.1 +/- 4.2 years) slept.",
        "The median disease duration was 5.3 years.",
        "She had been sniffing 3 g a day for four years.",
        "Those in their first months were left out.",
    ],
)
def test_spans_of_data_diaries_and_habits_are_no_follow_up(text: str) -> None:
    """Nor are ages with their spread, and how long an illness has lasted."""
    assert days(text) is None


def test_hours_after_one_of_many_doses_do_not_tell_how_long_people_were_seen() -> None:
    """Those after a single dose do, and so do days."""
    many, one = "regimen:repeated-dose", "regimen:single-dose"
    assert days("Mood was rated 24 h after the infusion.", signals=(many,)) is None
    assert days("Mood was rated 24 h after the infusion.", signals=(many, one)) == 1
    assert days("Mood was rated on day 3.", signals=(many,)) == 3


def test_a_study_to_come_tells_no_time() -> None:
    """Not in a conclusion that says what it would need."""
    assert days("A trial powered for three-month outcomes would require 900 patients.", role="conclusion") is None


def test_the_times_of_a_survey_of_many_treatments_are_those_of_others() -> None:
    """In which the subject is but one."""
    assert days("Pain was scored at 6 weeks.", signals=("design:review", "relevance:main")) == 42
    assert days("Pain was scored at 6 weeks.", signals=("design:review", "relevance:secondary")) is None


def test_people_counted_after_a_day_are_no_days() -> None:
    """With their share, or of how many."""
    assert days("At week 8, 72 (27%) of 271 were well.") == 56
    assert days("At week 8, 72 of 271 were well.") == 56


def test_long_use_before_the_study_is_no_follow_up() -> None:
    """Wherever in its sentence the use is told."""
    assert days("He had been using intranasal ketamine up to 3 g daily for 4 years.") is None


def test_what_a_narrative_review_says_outside_its_own_work_is_no_follow_up() -> None:
    """Only titles, objectives, methods and results tell of the record's own work there."""
    assert days("Pain was scored at 6 weeks.", role="statement", signals=("design:review",)) is None
    assert days("Pain was scored at 6 weeks.", signals=("design:review",)) == 42


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It ran for 40 min. Scans were made before, during and after it.", 0),
        ("A dose was given during a 55 min resting-state scan.", 0),
        ("It was infused for 2 h. Tasks were done on each test day.", 0),
        ("It was infused over 40 min. Mood was rated post-infusion.", 0),
        ("It was given 20 min before the end. Agitation was rated in the recovery room.", 0),
        ("It was infused over 40 min. Mood was rated.", None),
        ("Scans were made before, during and after it.", None),
        ("It ran for 40 min. Scans were made during it and 2 days after each infusion.", 2),
        ("Spectra (1H) were taken during the infusion of 5 mg kg-1 min-1.", None),
    ],
)
def test_minutes_of_an_experiment_that_stays_within_a_session_are_none_of_its_days(
    text: str, expected: int | None
) -> None:
    """Where one dose was given, outcomes were seen during it or just after, and a time is told."""
    assert days(text, signals=("regimen:single-dose",)) == expected


def test_minutes_tell_nothing_of_many_doses_or_of_a_plan() -> None:
    """Nor where nothing says that there was but one dose."""
    text = "It ran for 40 min. Scans were made before, during and after it."
    assert days(text, signals=("regimen:single-dose", "regimen:repeated-dose")) is None
    assert days(text, signals=("regimen:single-dose", PROTOCOL)) is None
    assert days(text) is None


def test_doses_against_an_attack_may_follow_each_other_within_hours() -> None:
    """Its minutes count where they are all that is told; a day after one of many doses does not."""
    many = ("regimen:repeated-dose",)
    assert days("Pain in one attack was scored 30 min after the first dose.", signals=many) == 0
    assert days("Pain was scored 30 min after the first dose.", signals=many) is None
    assert days("Pain in one attack was scored 24 h after the first dose.", signals=many) is None


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("Blood samples were collected for 6 h.",), 0),
        (("There was a short (<30 min) rise in symptoms.",), 0),
        (("Data were collected for 6 months.",), None),
        (("Pain was rated on postoperative days (POD) 1, 3 and 5.",), 5),
        (("Sleep was better on the third night after surgery.",), 3),
        (("Scores were lower the morning after the infusion.",), 1),
        (("She remained symptom-free for 6 months.",), 180),
        (("Patients had to be drug-free for 6 months.",), None),
        (("Abstinence over the 6-month follow-up was greater.",), 180),
        (("Those who came back were examined at a median of 14 months.",), 420),
        (("We interviewed users (mean age 51 years, median treatment 19 months).",), 570),
        (("Consumption fell after the 24-day period, and consecutively the pain.",), 24),
        (("It was given weekly for 3 weeks.", "Responders were followed for 6 months."), 21 + 180),
        (("It was given weekly for 3 weeks.", "Patients were followed for 6 months."), 180),
    ],
)
def test_nights_samples_and_responders_are_followed_too(texts: tuple[str, ...], expected: int | None) -> None:
    """Responders are followed after their course; being free of symptoms is an outcome, free of drugs is not."""
    assert days(*texts) == expected
