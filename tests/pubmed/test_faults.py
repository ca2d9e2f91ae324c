from __future__ import annotations

import contextlib
import json
from collections.abc import Callable

import feedparser
import pytest
import requests
from lxml import etree
from requests.exceptions import ChunkedEncodingError, ConnectionError, ContentDecodingError, ReadTimeout

from tests.pubmed import LocalPubMed, serve
from tests.pubmed.faults import KINDS, Faults, parse_fault
from tests.pubmed.invented import LETTER, RATS, TRIAL, records

Ask = Callable[..., requests.Response]


@pytest.fixture
def ask(pubmed: LocalPubMed, session: requests.Session) -> Ask:
    def asked(endpoint: str, fault: str = "", timeout: float = 5, **params: str) -> requests.Response:
        if fault:
            pubmed.faults.add(f"{endpoint}:1:{fault}")
        if endpoint == "rss":
            return session.get(pubmed.feed_url("ketamine[ti]"), timeout=timeout)
        known = {"esearch": {"term": "ketamine[ti]", "retmode": "json"}, "efetch": {"id": f"{TRIAL},{LETTER}"}}
        return session.post(f"{pubmed.eutils}{endpoint}.fcgi", data=known.get(endpoint, {}) | params, timeout=timeout)

    return asked


ENDPOINTS = ("esearch", "efetch", "rss")
PAUSES = ("timeout", "timeout-body", "drip")


@pytest.mark.parametrize("kind", ["timeout", "timeout-body"])
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_an_answer_can_stall(ask: Ask, endpoint: str, kind: str) -> None:
    """Before the first byte or within the body."""
    with pytest.raises((ReadTimeout, ConnectionError), match="timed out"):
        ask(endpoint, kind, timeout=0.1)


def test_an_answer_can_drip(ask: Ask, pubmed: LocalPubMed) -> None:
    """Each read succeeds, so that only a limit on the whole time would notice."""
    answer = ask("esearch", "drip", timeout=0.2)
    assert answer.json()["esearchresult"]["count"] == "3"
    assert answer.elapsed.total_seconds() < 0.2


@pytest.mark.parametrize(("kind", "error"), [("reset", ConnectionError), ("reset-body", ChunkedEncodingError)])
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_connection_can_be_reset(ask: Ask, endpoint: str, kind: str, error: type[Exception]) -> None:
    """Before the answer or within it; the next call gets through."""
    with pytest.raises(error):
        ask(endpoint, kind)
    assert ask(endpoint).status_code == 200


@pytest.mark.parametrize(("kind", "status"), [("429", 429), ("429-wait", 429), ("429-in-200", 200), ("bad-key", 400)])
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_refusal_echoes_the_key(ask: Ask, endpoint: str, kind: str, status: int) -> None:
    """In JSON whatever was asked for."""
    answer = ask(endpoint, kind, api_key="s3cret")
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.json()["api-key"] in ("s3cret", "127.0.0.1", "")
    assert ("Retry-After" in answer.headers) == (kind == "429-wait")


@pytest.mark.parametrize(("kind", "status"), [("500", 500), ("502", 502), ("503", 503), ("414", 414), ("html", 200)])
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_page_can_come_instead(ask: Ask, endpoint: str, kind: str, status: int) -> None:
    """As HTML, even with status 200."""
    answer = ask(endpoint, kind)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=UTF-8")
    assert answer.text.startswith("<!DOCTYPE html>")
    assert feedparser.parse(answer.content).version == ""


def test_a_body_can_be_cut(ask: Ask) -> None:
    """XML and JSON end in the middle, under a right length and status 200."""
    with pytest.raises(json.JSONDecodeError):
        ask("esearch", "truncated").json()
    for endpoint in ("efetch", "rss"):
        with pytest.raises(etree.XMLSyntaxError):
            etree.fromstring(ask(endpoint, "truncated").content)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_compressed_body_can_be_cut(ask: Ask, endpoint: str) -> None:
    """What could be unzipped is no longer the answer."""
    whole = ask(endpoint).content
    try:
        cut = ask(endpoint, "gzip-cut").content
    except (ContentDecodingError, ChunkedEncodingError):
        cut = b""
    assert len(cut) < len(whole)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_body_can_be_empty(ask: Ask, endpoint: str) -> None:
    """Status 200 and nothing."""
    answer = ask(endpoint, "empty-body")
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_set_can_be_empty(ask: Ask) -> None:
    """A well-formed answer that says there is nothing."""
    result = ask("esearch", "empty-set").json()["esearchresult"]
    assert (result["count"], result["idlist"]) == ("0", [])
    root = etree.fromstring(ask("esearch", "empty-set", retmode="xml").content)
    assert (root.findtext("Count"), len(root.findall("IdList/Id"))) == ("0", 0)
    assert len(etree.fromstring(ask("efetch", "empty-set").content)) == 0
    feed = feedparser.parse(ask("rss", "empty-set").content)
    assert (feed.version, feed.bozo, feed.entries) == ("rss20", False, [])


def test_one_record_can_be_missing(ask: Ask) -> None:
    """While the count still promises it."""
    result = ask("esearch", "fewer").json()["esearchresult"]
    assert (result["count"], result["idlist"]) == ("3", [str(RATS), str(LETTER)])
    root = etree.fromstring(ask("esearch", "fewer", retmode="xml").content)
    assert (root.findtext("Count"), [one.text for one in root.iterfind("IdList/Id")]) == ("3", [str(RATS), str(LETTER)])
    assert [one.text for one in etree.fromstring(ask("efetch", "fewer").content).iterfind("*/*/PMID")] == [str(LETTER)]
    assert len(feedparser.parse(ask("rss", "fewer").content).entries) == 2


def test_a_stranger_can_slip_in(ask: Ask) -> None:
    """A whole record that nobody asked for."""
    found = [one.text for one in etree.fromstring(ask("efetch", "stranger").content).iterfind("*/*/PMID")]
    assert found == [str(LETTER), str(TRIAL), str(RATS)]


def test_the_root_can_be_wrong(ask: Ask) -> None:
    """Well-formed, and of another kind."""
    assert "linksets" in ask("esearch", "wrong-root").json()
    assert etree.fromstring(ask("efetch", "wrong-root").content).tag == "eLinkResult"
    assert feedparser.parse(ask("rss", "wrong-root").content).version == "atom10"


def test_the_error_of_the_cap_is_invalid_json(ask: Ask) -> None:
    """A raw line break stands in its text."""
    with pytest.raises(json.JSONDecodeError, match="Invalid control character"):
        json.loads(ask("esearch", "cap-error").text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [("expired", "Unable to obtain query #1"), ("backend", "Search Backend failed: Database is not supported: pubmed")],
)
def test_errors_come_under_200(ask: Ask, kind: str, text: str) -> None:
    """In the form of each endpoint."""
    assert ask("esearch", kind).json()["esearchresult"] == {"ERROR": text}
    assert etree.fromstring(ask("efetch", kind).content).findtext("ERROR") == text
    assert ask("esummary", kind, retmode="json").json() == {"esummaryresult": [text]}


def test_the_back_end_of_summaries_can_fail(ask: Ask) -> None:
    """In a comment, under an OK."""
    assert b"DocSum Backend failed" in ask("esummary", "docsum-backend").content


@pytest.mark.parametrize("endpoint", ["esearch", "efetch", "esummary", "epost", "einfo", "rss"])
def test_every_fault_fits_every_endpoint(ask: Ask, endpoint: str) -> None:
    """Each spoils one call or leaves it as it is, and the next call is answered."""
    for kind in KINDS:
        with contextlib.suppress(requests.RequestException):
            ask(endpoint, kind, timeout=0.02 if kind in PAUSES else 5)
        assert ask(endpoint).status_code < 500


def test_the_nth_call_is_spoilt(ask: Ask, pubmed: LocalPubMed) -> None:
    """One call, some calls or all, of one endpoint or of every one, counted from when the fault is set."""
    ask("esearch")
    pubmed.faults.add("esearch:2:500")
    pubmed.faults.add("efetch:2x2:502")
    assert [ask("esearch").status_code for _ in range(3)] == [200, 500, 200]
    assert [ask("efetch").status_code for _ in range(4)] == [200, 502, 502, 200]
    pubmed.faults.add("*:*:503")
    assert {ask(endpoint).status_code for endpoint in ENDPOINTS} == {503}
    pubmed.faults.clear()
    assert {ask(endpoint).status_code for endpoint in ENDPOINTS} == {200}


@pytest.mark.parametrize(
    "spec", ["esearch:2:nothing", "nowhere:1:500", "esearch:x:500", "esearch:500", "", "esearch:0x:500"]
)
def test_a_fault_that_is_none_is_refused(spec: str) -> None:
    """With the list of those that there are."""
    with pytest.raises(ValueError, match="ENDPOINT:WHEN:KIND"):
        Faults().add(spec)


def test_faults_can_be_set_from_the_start(session: requests.Session) -> None:
    """As the command line does."""
    with serve(records(), faults=["einfo:1:500"]) as pubmed:
        assert session.get(pubmed.eutils + "einfo.fcgi", timeout=5).status_code == 500
    assert parse_fault("einfo:3x2:500").times == 2
