"""Which of two records of a study stands."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harvest.store.decision import Held, Outcome, decide
from tests.fakes import study


@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from([None, "2026", "2026-01-02", "2026-02-01"])), min_size=1))
def test_the_order_of_arrival_does_not_matter_between_different_dates(arrivals: list[tuple[int, str | None]]) -> None:
    """Whatever comes in whatever order, what is held in the end has the highest version and date of all."""
    held: Held | None = None
    for version, revised in arrivals:
        record = study(version=version, revised=revised)
        if decide(held, record) in (Outcome.NEW, Outcome.REVISED):
            held = Held(version, revised, record.fingerprint)
    assert held
    assert (held.version, held.revised or "") == max((version, revised or "") for version, revised in arrivals)
