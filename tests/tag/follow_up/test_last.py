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
        ("Scores were lower at 6 weeks than on day 7.", 42),
        ("Patients were seen at 3, 12 and 36 months.", 1080),
        ("Relief was maintained for 1.5 years.", 548),
        ("Mood was rated 24 h after the infusion.", 1),
        ("Mood was rated 2 h and 24 h after the infusion.", 1),
        ("Patients were monitored for 4 h.", 0),
        ("Agitation was graded in the first hour.", 0),
        ("Twelve patients slept.", None),
        ("Patients aged 18 to 65 years had their pain rated at 6 weeks.", 42),
        ("Patients aged 18 to 65 years were seen at 6 weeks.", 42),
    ],
)
def test_the_longest_time_counts_in_days(text: str, expected: int | None) -> None:
    """Whole ones; hours within the first day are none, but a follow-up all the same, and ages are no follow-up."""
    assert days(text) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("Four weeks of treatment were followed by 12 weeks without.",), 28 + 84),
        (("They received six doses over 12 days.", "Visits were weekly for 8 weeks after the last dose."), 12 + 56),
        (("Visits were weekly for 8 weeks after the last dose.", "They received six doses over 12 days."), 12 + 56),
        (("Two doses were given over 7 days, then six over 12 days; visits went on 8 weeks after the last.",), 12 + 56),
        (("They were treated for 4 weeks.", "At 4 weeks after the end of treatment they slept."), 28),
        (("It was given for four weeks.", "Visits went on for four weeks after the last dose."), 28 + 28),
        (("They received a dose.", "They were seen 12 months after the last dose."), 360),
        (("They received it over 12 days.", "They slept well at 6 weeks."), 42),
    ],
)
def test_a_course_and_the_time_after_it_are_added_up(texts: tuple[str, ...], expected: int) -> None:
    """The last course told before it, or else the first; the same time told twice is told once."""
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
