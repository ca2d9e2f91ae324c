"""A search names everything it was promised, however PubMed splits or bends its answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.errors import PayloadError
from harvest.eutils import Eutils
from harvest.http import Client, Pacer
from harvest.sources.search import Search, Window, read_esearch
from tests.scripted import answer, scripted

T = TypeVar("T")
TODAY = date(2026, 11, 22)


class FakeEutils:
    """PubMed with one study for each listed day, that lists no more than ``cap`` of a set and says nothing of it."""

    def __init__(self, days: list[date], cap: int, revised: Sequence[date] = ()) -> None:
        self.days = days
        self.revised = revised
        self.cap = cap
        self.asked = 0
        self.lengths: list[str] = []

    def call(self, utility: str, parameters: Mapping[str, str], read: Callable[[bytes], T]) -> T:
        assert utility == "esearch"
        self.asked += 1
        self.lengths.append(parameters["retmax"])
        quoted = parameters["term"].split('"')[1::2] or ["1000/01/01", "3000/01/01"]
        first, last = (date.fromisoformat(text.replace("/", "-")) for text in quoted)
        days = self.revised if "[lr]" in parameters["term"] else self.days
        outside = " NOT " in parameters["term"]
        found = [number + 1 for number, day in enumerate(days) if (first <= day <= last) != outside]
        listed = found[: min(self.cap, int(parameters["retmax"]))]
        return read(esearch(count=str(len(found)), idlist=[str(pmid) for pmid in listed]))


def esearch(**result: Any) -> bytes:
    return json.dumps({"esearchresult": {"querytranslation": "translated"} | result}).encode()


def search(eutils: object, cap: int = 9999) -> Search:
    return Search("all", "x[tiab]", eutils, lambda: TODAY, cap)  # type: ignore[arg-type]  # the fake speaks as Eutils does


def test_a_small_set_is_counted_and_listed() -> None:
    """Three questions: how many in all, how many since then, and which."""
    eutils = FakeEutils([date(2026, 11, 1)] * 3 + [date(2020, 1, 1)], cap=9999)
    found = search(eutils).discover(date(2026, 10, 1), None)
    assert (found.pmids, found.changed, found.expected, found.total, eutils.asked) == ((1, 2, 3), (), 3, 4, 3)
    assert (found.query, found.translated_query) == ("x[tiab]", "translated")


def test_what_was_revised_is_named_apart_from_what_is_new() -> None:
    """By the date of last revision, with a window of its own."""
    eutils = FakeEutils([date(2020, 1, 1)] * 3, cap=1, revised=[date(2026, 11, day) for day in (1, 20, 21)])
    found = search(eutils).discover(date(2026, 11, 1), date(2026, 11, 19))
    assert (found.pmids, found.changed, found.expected) == ((), (2, 3), 2)


def test_only_a_list_that_is_needed_is_asked_for() -> None:
    """Counts come without PMIDs; the list is as long as PubMed allows."""
    eutils = FakeEutils([date(2026, 11, 1)], cap=9999)
    search(eutils).discover(date(2026, 10, 1), None)
    assert eutils.lengths == ["0", "0", "9999"]


def test_a_part_is_counted_by_the_answer_that_lists_it() -> None:
    """One question for each of three parts, besides the two for what there is in all."""
    eutils = FakeEutils([date(2026, 10, day) for day in (1, 10, 20, 30)], cap=2)
    assert search(eutils, cap=2).discover(date(2026, 10, 1), None).expected == 4
    assert eutils.lengths == ["0", "0", "2", "2", "2"]


def test_a_part_is_divided_while_others_are_still_asked_for() -> None:
    """The latest part holds the most: its parts do not wait until an early one has been found empty."""
    divided = threading.Event()

    class SlowPast(FakeEutils):
        def call(self, utility: str, parameters: Mapping[str, str], read: Callable[[bytes], T]) -> T:
            if parameters["retmax"] != "0" and "1780" in parameters["term"]:
                assert divided.wait(5)
            if self.asked > 4:
                divided.set()
            return super().call(utility, parameters, read)

    eutils = SlowPast([date(2026, 10, day) for day in (1, 10, 20, 30)], cap=3)
    assert search(eutils, cap=3).discover(date(1780, 1, 1), None).expected == 4


def test_what_pubmed_says_of_an_error_is_cut_short() -> None:
    """A line is a line."""
    with pytest.raises(PayloadError) as caught:
        read_esearch(esearch(ERROR="x" * 500))
    assert str(caught.value) == f"PubMed answered with an error: {'x' * 200}"


def test_a_window_is_written_as_pubmed_reads_it() -> None:
    """Both ends included, the field with each."""
    assert str(Window(date(2026, 10, 1), date(2026, 11, 3))) == '("2026/10/01"[crdt] : "2026/11/03"[crdt])'


def test_nothing_found_is_an_answer() -> None:
    """No new studies is no error, as all that PubMed has is found among the old ones."""
    found = search(FakeEutils([date(2020, 1, 1)], cap=10)).discover(date(2026, 10, 1), None)
    assert (found.pmids, found.expected, found.total, found.warnings) == ((), 0, 1, ())


def test_a_search_that_finds_nothing_at_all_is_an_error() -> None:
    """An expression that PubMed has nothing for is a slip, and an empty answer may be a fault: neither is no news."""
    with pytest.raises(PayloadError, match="no study at all"):
        search(FakeEutils([], cap=10)).discover(date(2026, 10, 1), None)


@pytest.mark.parametrize("told", [[3, 0, 0], [3, 0, 2], [3, 2, 0, 0], [3, 2, 1, 0, 1, 1]])
def test_an_empty_or_short_answer_is_believed_only_if_it_adds_up(told: list[int]) -> None:
    """Counts that contradict each other are an error, not a gap."""

    class Wavering(FakeEutils):
        def call(self, utility: str, parameters: Mapping[str, str], read: Callable[[bytes], T]) -> T:
            count = told[min(self.asked, len(told) - 1)]
            self.asked += 1
            listed = [str(number) for number in range(1, count + 1)] if parameters["retmax"] != "0" else []
            return read(esearch(count=str(count), idlist=listed))

    with pytest.raises(PayloadError, match=r"named none|did not list"):
        search(Wavering([], cap=10)).discover(date(2026, 10, 1), None)


@given(st.lists(st.integers(0, 200), min_size=1, max_size=120), st.integers(1, 30), st.booleans())
def test_a_set_above_the_cap_is_named_completely_or_refused(offsets: list[int], cap: int, told: bool) -> None:
    """Whatever the days, every study is named once; a day above the cap is an error, not a gap.

    That holds too when PubMed's cap is lower than the one we know.
    """
    days = [TODAY - timedelta(days=offset) for offset in offsets]
    wanted = search(FakeEutils(days, cap), cap if told else 9999)
    if any(days.count(day) > cap for day in days):
        with pytest.raises(PayloadError, match="did not list them all"):
            wanted.discover(date(2026, 1, 1), None)
        return
    found = wanted.discover(date(2026, 1, 1), None)
    assert sorted(found.pmids) == list(range(1, len(days) + 1))
    assert found.expected == len(days)


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(1, 40_000), st.integers(2, 9))
def test_the_parts_of_a_window_are_disjoint_and_complete(first: date, days: int, count: int) -> None:
    """No day is asked for twice, none is left out, and none has more than its share."""
    window = Window(first, first + timedelta(days=days))
    parts = window.parts(count)
    assert (parts[0].first, parts[-1].last) == (window.first, window.last)
    assert [part.last + timedelta(days=1) for part in parts[:-1]] == [part.first for part in parts[1:]]
    lengths = {(part.last - part.first).days for part in parts}
    assert min(lengths) >= 0
    assert max(lengths) - min(lengths) <= 1
    assert len(parts) == min(count, days + 1)


def test_the_window_ends_a_day_ahead() -> None:
    """PubMed's day may have turned before ours."""
    assert search(FakeEutils([TODAY + timedelta(days=1)], 10)).discover(TODAY, None).pmids == (1,)


@pytest.mark.parametrize(
    ("body", "reason", "retryable"),
    [
        (b"not json", "not JSON", True),
        (b'{"esearchresult":{"count":"3","idlist":["1","2"', "cut off", True),
        (b"[]", "unexpected kind", True),
        (b"{}", "no esearch result", True),
        (b'{"esearchresult":{"ERROR":"Search Backend failed: Database is not supported: pubmed"}}', "Backend", True),
        (b'{"esearchresult":{"ERROR":"Unable to obtain query #1"}}', "query #1", False),
        (
            b'{"esearchresult":{"ERROR":"Search Backend failed: Exception:\n\'retstart\' cannot be larger"}}',
            "Exception: 'retstart' cannot be larger",
            False,
        ),
        (b'{"esearchresult":{"count":"3"}}', "lacks its count", True),
        (b'{"esearchresult":{"count":"many","idlist":[]}}', "lacks its count", True),
        (b'{"esearchresult":{"count":"1","idlist":["x"]}}', "lacks its count", True),
        (b'{"esearchresult":{"count":"1","idlist":["0"]}}', "lacks its count", True),
        (b'{"esearchresult":{"count":"-1","idlist":[]}}', "lacks its count", True),
        (b'{"esearchresult":{"count":1e999,"idlist":[]}}', "lacks its count", True),
        (b'{"esearchresult":{"count":"1","idlist":"123"}}', "lacks its count", True),
        (b'{"esearchresult":{"count":"0","idlist":[],"errorlist":["x"]}}', "lacks its count", True),
        (b"[" * 100_000, "not JSON", True),
    ],
)
def test_an_answer_that_is_an_error_is_an_error(body: bytes, reason: str, retryable: bool) -> None:
    """HTTP 200 proves nothing."""
    with pytest.raises(PayloadError, match=reason) as caught:
        read_esearch(body)
    assert caught.value.retryable is retryable


def test_what_pubmed_does_not_know_is_a_warning() -> None:
    """An unknown phrase, which PubMed leaves out of the search, is told; "No items found." is not a warning."""
    found = read_esearch(
        esearch(
            count="0",
            idlist=[],
            errorlist={"phrasesnotfound": ["xyzzy"], "fieldsnotfound": []},
            warninglist={"quotedphrasesnotfound": ['"a b"[mh]'], "outputmessages": ["No items found."]},
        )
    )
    assert found.warnings == (
        "PubMed does not know 'xyzzy' (phrasesnotfound)",
        "PubMed warns of '\"a b\"[mh]' (quotedphrasesnotfound)",
    )


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('{"error":"API rate limit exceeded","api-key":"192.0.2.7","count":"4","limit":"3"}', "too many requests"),
        ("<html><title>NCBI - WWW Error</title></html>", "HTML page"),
        ("", "empty"),
    ],
)
def test_an_error_body_under_http_200_is_retried_and_then_an_error(tmp_path: Path, body: str, reason: str) -> None:
    """A 429 dressed as 200, a gateway's page, an empty body: never "no results"."""
    client = Client("test", attempts=2, sleep=lambda _: None)
    with scripted(answer(body)) as server:
        eutils = Eutils(client, server.url, pacer=Pacer(tmp_path / "pace", 1000))
        with pytest.raises(PayloadError, match=reason):
            search(eutils).discover(TODAY, None)
        assert len(server.requests) == 2
    client.close()


def test_who_asks_is_said_with_every_request_and_the_key_only_in_the_body(tmp_path: Path) -> None:
    """NCBI asks for tool and email; a key in an address would end in logs; an empty key is an error at NCBI."""
    client = Client("test")
    with scripted(answer(esearch(count="1", idlist=["1"]))) as server:
        for key in ("", "s3cret"):
            eutils = Eutils(client, server.url, email="a@example.org", api_key=key, pacer=Pacer(tmp_path / "p", 1000))
            search(eutils).discover(TODAY, None)
        (method, path, _, plain), (_, keyed_path, _, keyed) = server.requests[0], server.requests[-1]
    client.close()
    assert (method, path, keyed_path) == ("POST", "/esearch.fcgi", "/esearch.fcgi")
    assert "tool=harvest&email=a%40example.org&term=" in plain
    assert "api_key" not in plain
    assert "api_key=s3cret" in keyed
