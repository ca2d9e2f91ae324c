"""People and their affiliations."""

from __future__ import annotations

import re
import time
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.medline.people import people, without_emails

WORDS = st.sampled_from(
    ["Dept", "of", "Examples,", "Nowhere", "USA.", "and", ";", "(", ")", "E-mail:", "Electronic address:", "-"]
)
EMAILS = st.emails() | st.from_regex(r"[a-z.]{0,8} ?[@＠] ?[a-z.]{0,8}", fullmatch=True)


@pytest.mark.parametrize(
    ("affiliation", "tidy"),
    [
        ("Example University, Nowhere, USA.", "Example University, Nowhere, USA."),
        ("St., Nowhere .; Other..", "St., Nowhere .; Other.."),
        ("Nowhere, USA. Electronic address: a.b@example.org.", "Nowhere, USA."),
        ("Nowhere, USA. a.b@example.org", "Nowhere, USA."),
        ("Nowhere, USA a.b@example.org.", "Nowhere, USA."),
        ("Nowhere, USA; email: a.b@example.org.", "Nowhere, USA."),
        ("Nowhere 1234, and a.b@example.org.", "Nowhere 1234."),
        ("Nowhere - a.b@example.org.", "Nowhere."),
        ("Nowhere. a@example.org b@example.org; c@example.org.", "Nowhere."),
        ("Unit A; a@example.org; Unit B.", "Unit A; Unit B."),
        ("Unit A (E-mail: a@example.org), Nowhere.", "Unit A, Nowhere."),
        ("Unit A <mailto:a@example.org>, Nowhere", "Unit A, Nowhere"),
        ("St. Example Hospital Inc., Nowhere: a@example.org", "St. Example Hospital Inc., Nowhere"),
        ("name @ example.org, Nowhere", "Nowhere"),
        ("Unit A(a@example.org)of Nowhere", "Unit A of Nowhere"),
        ("a@example.org", ""),
        ("Electronic address: a@example.org.", ""),
    ],
)
def test_an_address_goes_with_what_announces_it_and_the_rest_stays_tidy(affiliation: str, tidy: str) -> None:
    """The words around an e-mail address read on as a sentence; an affiliation without one is left alone."""
    assert without_emails(affiliation) == tidy


@given(st.lists(WORDS | EMAILS, max_size=8).map(" ".join))
def test_no_address_survives(affiliation: str) -> None:
    """Whatever surrounds them, no at sign is left, and no words are glued together."""
    tidy = without_emails(" ".join(affiliation.split()))
    assert "@" not in tidy
    assert "＠" not in tidy
    assert set(re.findall(r"\w+", tidy)) <= set(re.findall(r"\w+", affiliation))


def test_a_long_affiliation_takes_no_long_time() -> None:
    """The patterns run through a text once: a million characters of any kind take seconds at most, not hours."""
    started = time.process_time()
    for filling in ("a", ".", ", ", " and", "(", "a@", "@ ", "e-mail "):
        assert "@" not in without_emails(filling * (1_000_000 // len(filling)) + " a@example.org")
    assert time.process_time() - started < 60


@pytest.mark.parametrize(
    ("identifier", "orcid"),
    [
        ("0000-0000-0000-000X", "0000-0000-0000-000X"),
        ("000000000000000x", "0000-0000-0000-000X"),
        (" https://orcid.org/0000-0000-0000-0001/ ", "0000-0000-0000-0001"),
        ("0000 0000 0000 0001", "0000-0000-0000-0001"),
        ("0000-0000-0000-00011", None),
        ("0000-0000-0000-001", None),
        ("", None),
    ],
)
def test_an_orcid_is_four_groups_of_four(identifier: str, orcid: str | None) -> None:
    """An ORCID given as such, as an address or without hyphens is the bare identifier; anything else is none."""
    xml = f'<L><Author><LastName>A</LastName><Identifier Source="ORCID">{identifier}</Identifier></Author></L>'
    (author,) = people([("author", ElementTree.fromstring(xml))])
    assert author.orcid == orcid
