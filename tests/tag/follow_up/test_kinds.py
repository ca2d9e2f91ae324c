"""What a time is; in brackets here."""

from __future__ import annotations

import pytest

from harvest.tag.follow_up.kinds import Kind, kind_of
from tests.tag.studies import timed


def kind(text: str) -> Kind | None:
    """What the time in brackets is."""
    return kind_of(*timed(text))


@pytest.mark.parametrize(
    "text",
    [
        "Six doses were given over [three weeks].",
        "They were treated for [16 weeks].",
        "Treatment lasted [8 weeks].",
        "A [12-week] course was given.",
        "[Four weeks] of treatment were enough.",
        "They had a treatment plan for eight to [twelve months].",
        "It was given weekly, with 0.5 mg for [three months].",
    ],
)
def test_over_a_course_something_was_given(text: str) -> None:
    """The time follows what was given, or is said to be one of treatment."""
    assert kind(text) == "course"


@pytest.mark.parametrize(
    "text",
    [
        "They were treated and slept well at [6 weeks].",
        "They were given it and seen [12 months] later.",
        "They were treated and remained well for [6 weeks].",
        "They slept for [6 weeks].",
    ],
)
def test_outcomes_are_seen_at_a_time_or_over_it(text: str) -> None:
    """Whatever was given before."""
    assert kind(text) == "outcome"


@pytest.mark.parametrize(
    "text",
    [
        "They slept [4 weeks] after the end of treatment.",
        "They slept well [one year] post-treatment.",
        "Visits took place [43 ± 8 months] after discharge.",
        "Pain was rated [2 weeks] after the eighth dose.",
        "Patients were seen [4 weeks] after its end.",
        "Visits continued for [three months] thereafter.",
        "A [three-month] follow-up was done.",
        "The maintenance phase lasted [24 weeks].",
    ],
)
def test_some_times_count_from_the_end_of_a_course(text: str) -> None:
    """Or are those of a later phase."""
    assert kind(text) == "after"


@pytest.mark.parametrize(
    "text",
    [
        "Visits went on for [two weeks] after the final dose.",
        "A dose was followed by [12 weeks] without.",
        "It was continued for an additional [four weeks].",
        "They were then seen for [ten weeks].",
        "Responders were monitored for [3 months].",
        "They slept well for the following [six weeks].",
        "Sleep was rated monthly for [three further months].",
        "Responders were followed for [6 months].",
    ],
)
def test_some_times_are_told_as_following_another(text: str) -> None:
    """That of a course, which may be equally long."""
    assert kind(text) == "then"


@pytest.mark.parametrize(
    "text",
    [
        "Pain was rated at 40, 80 and [230 minutes] after the infusion.",
        "Mood was scored [2 hours] postoperatively.",
        "Pain was scored for [6 hours].",
        "Pain was scored every [10 min] until discharge.",
        "Analgesia lasted [701 min].",
        "There was a short (<[30 min]) rise in symptoms.",
    ],
)
def test_minutes_and_hours_are_times_of_outcomes_where_something_was_seen(text: str) -> None:
    """At them, over them, again and again, or where an effect lasted as long."""
    assert kind(text) == "outcome"


@pytest.mark.parametrize(
    "text",
    [
        "The infusion was given over [40 min].",
        "The patients received it [30 min] after induction.",
        "Operations lasting up to [2 h] were done.",
        "Recovery took longer ([40.9 ± 13.0 min]).",
        "A dose was given during a [55 min] scan.",
    ],
)
def test_other_minutes_and_hours_are_none(text: str) -> None:
    """Over them a dose was given, an operation lasted, or a state that is the outcome itself."""
    assert kind(text) is None


def test_a_time_outside_the_study_is_none() -> None:
    """Whatever it would be otherwise."""
    assert kind("They were treated for [4 weeks].") == "course"
    assert kind("They had been treated in the past [4 weeks].") is None
