"""Dates at the precision that PubMed states."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.medline import dates

DAYS = st.dates(min_value=dt.date(1500, 1, 1), max_value=dt.date(2200, 12, 31))


@pytest.mark.parametrize(
    ("parts", "date"),
    [
        (("2019",), "2019"),
        (("2019", "11"), "2019-11"),
        (("2019", "3"), "2019-03"),
        (("2019", "Nov"), "2019-11"),
        (("2019", "november"), "2019-11"),
        (("2019", "Sept."), "2019-09"),
        (("2019", "Nov", "3"), "2019-11-03"),
        (("2024", "02", "29"), "2024-02-29"),
        (("2019", None, "3"), "2019"),
        ((None, "Nov", "3"), None),
        (("", None, None), None),
    ],
)
def test_a_date_keeps_the_precision_that_is_stated(parts: tuple[str | None, ...], date: str | None) -> None:
    """Nothing finer than what is stated is made up, and there is nothing wrong with it."""
    assert dates.stated(*parts) == (date, None)


@pytest.mark.parametrize(
    ("parts", "date"),
    [
        (("2023", "Feb", "30"), "2023-02"),
        (("2023", "2", "29"), "2023-02"),
        (("2023", "4", "0"), "2023-04"),
        (("2023", "4", "first"), "2023-04"),
        (("2023", "13", "1"), "2023"),
        (("2023", "Winter"), "2023"),
        (("1499",), None),
        (("2201",), None),
        (("20230",), None),
        (("２０２３",), None),
        (("-202",), None),
    ],
)
def test_an_impossible_part_is_left_out_and_told(parts: tuple[str, ...], date: str | None) -> None:
    """What is valid before the impossible part stays, and the flaw quotes the whole date."""
    assert dates.stated(*parts) == (date, f"{' '.join(parts)} is no date")


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2024 Jan-Mar", "2024-01"),
        ("1998 Dec-1999 Jan", "1998-12"),
        ("2000 Dec 23-30", "2000-12"),
        ("2000 Spring-Summer", "2000"),
        ("1976-1977", "1976"),
        ("1976-1977 Dec", "1976"),
        ("2019 May/June", "2019-05"),
        ("2015 Autumn Oct", "2015-10"),
        ("Dec 1998-Jan 1999", "1998"),
        ("2000 Marble", "2000"),
        ("Winter", None),
        ("12345", None),
        ("", None),
    ],
)
def test_a_medline_date_begins_with_its_first_year_and_month(text: str, date: str | None) -> None:
    """The first year counts, and a month only where it belongs to that year."""
    assert dates.free_text(text) == (date, None)


def test_a_medline_date_in_an_impossible_year_is_told() -> None:
    """A year that no journal was printed in is a flaw and no date."""
    assert dates.free_text("9999 Jan") == (None, "9999 Jan is no date")


@pytest.mark.parametrize(
    ("one", "other", "date"),
    [
        ("2026-03", "2026-02-11", "2026-02-11"),
        ("2026-01", "2026-02-11", "2026-01"),
        ("2026", "2026-02-11", "2026-02-11"),
        ("2026-02", "2026", "2026-02"),
        ("2025", "2026-02-11", "2025"),
        ("2027-01-01", "2026", "2026"),
        (None, "2026", "2026"),
        ("2026", None, "2026"),
        (None, None, None),
    ],
)
def test_the_earlier_of_two_dates_is_found_over_the_precision_they_share(
    one: str | None, other: str | None, date: str | None
) -> None:
    """Of two dates that agree as far as both go, the more precise one counts."""
    assert dates.earlier(one, other) == date
    assert dates.earlier(other, one) == date


@given(DAYS)
def test_every_day_survives(day: dt.date) -> None:
    """A day stated in numbers or with the name of its month is that day in ISO."""
    for month in (f"{day.month}", f"{day.month:02}", f"{day:%b}", f"{day:%B}"):
        assert dates.stated(f"{day.year}", month, f"{day.day}") == (day.isoformat(), None)


@given(st.text(max_size=30), st.text(max_size=10), st.text(max_size=10))
def test_any_text_gives_a_date_or_none(year: str, month: str, day: str) -> None:
    """Whatever stands there, a date comes out in ISO form or not at all."""
    for date, _ in (dates.stated(year, month, day), dates.free_text(year), dates.free_text(f"{year} {month} {day}")):
        assert date is None or dt.date.fromisoformat((date + "-01-01")[:10]).isoformat().startswith(date)
