"""Which times are none of a study's; in brackets here."""

from __future__ import annotations

import pytest

from harvest.tag.follow_up.outside import is_outside
from tests.tag.studies import timed


def outside(text: str) -> bool:
    """Whether the time in brackets is none of the study's."""
    sentence, days, start, end = timed(text)
    return is_outside(sentence, days, start, sentence.source[:start].lower(), sentence.source[end:].lower())


@pytest.mark.parametrize(
    "text",
    [
        "Patients were aged 18 to [65 years].",
        "A [45-year]-old man slept.",
        "Mean age was [45 ± 12 years].",
        "Users (age [25.1 +/- 4.2 years]) slept.",
        "Children (1.5 to [14 years]) were seen after it.",
        "It was given in the first [three years] of life.",
        "Records of [16 years] were followed up.",
    ],
)
def test_ages_are_outside(text: str) -> None:
    """So is whatever is too long for a study."""
    assert outside(text)


@pytest.mark.parametrize(
    "text",
    [
        "It was given every [4 weeks].",
        "Two visits were [1 week] apart.",
        "Visits had [five days] in between.",
        "It was done [24 h] after each session.",
        "They used it on [six days] a week.",
        "Lithium and saline were given on [two days].",
        "They filled in a [three-day] frequency-volume chart.",
        "The drug has a half-life of [3 days].",
    ],
)
def test_intervals_and_counted_days_are_outside(text: str) -> None:
    """They tell how often something was done."""
    assert outside(text)


@pytest.mark.parametrize(
    "text",
    [
        "They had smoked in the past [12 months].",
        "They had been ill for [5 years] before.",
        "The median disease duration was [5.3 years].",
        "Patients had to be drug-free for [6 months].",
        "The drug was started [3 days] after onset.",
        "Lithium was started after [3 days].",
        "Adults with pain of one limb for a median of [3.2 years] slept.",
        "Users had used it for [6 years].",
        "Use lasted long (median 41 sessions over [19 months]).",
        "She had been sniffing 3 g a day for [four years].",
        "He had been using it up to 3 g daily for [4 years].",
    ],
)
def test_times_before_the_study_are_outside(text: str) -> None:
    """Of illness, of use, or until something began."""
    assert outside(text)


@pytest.mark.parametrize(
    "text",
    [
        "Patients were recruited over [2 years].",
        "Records of consecutive cases over a [6-year] period were read.",
        "Over [14 months] we audited children after sutures.",
        "Data were collected for [6 months].",
        "Loads were followed over [five years] (2018-2022).",
        "A thematic analysis of [11 years] of posts was done.",
        "[Two years] of a sleep clinic: who stayed after all.",
        "Exposures reported to one service over [eight years] were counted.",
        "One drug was used in the first [ten months] and another in the following ten.",
    ],
)
def test_what_recruitment_records_and_services_span_is_outside(text: str) -> None:
    """It tells how long people were sought, not how long they were seen."""
    assert outside(text)


@pytest.mark.parametrize(
    "text",
    [
        "Patients were followed for at least [12 months].",
        "Relief lasted for >[3 months].",
        "Median duration of treatment was [19 months].",
        "The median observation period was [14 months].",
        "Pressure drifted in the course of [one year].",
        "Liver tests were done monthly for [one year].",
        "She remained symptom-free for [6 months].",
        "Abstinence over the [6-month] follow-up was greater.",
        "Blood samples were collected for [6 h].",
        "Consumption fell after the [24-day] period, and consecutively the pain.",
        "Patients were recruited and treated for [4 weeks].",
    ],
)
def test_people_may_be_followed_in_the_same_words(text: str) -> None:
    """At least so long, free of symptoms, or while samples were collected."""
    assert not outside(text)


@pytest.mark.parametrize(
    "text",
    [
        "He remains well at [18 months].",
        "In the first [two years] they had a mean of 6.3 visits.",
        "Those who came back were examined at a median of [14 months].",
        "It was given often: longest exposure [19 months].",
        "We interviewed users (mean age 51 years, median treatment [19 months]).",
        "Adults who had used the spray for 7 to [31 months] were asked.",
        "They had been on the lozenges for a median of [26 months].",
    ],
)
def test_long_times_are_the_studys_where_people_were_seen_or_took_what_was_prescribed(text: str) -> None:
    """Whatever they had used before."""
    assert not outside(text)
