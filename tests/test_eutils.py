"""How NCBI is spoken to: no faster than it allows, and no error of its is taken for an answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harvest.errors import PayloadError
from harvest.eutils import NCBI, Eutils, read_json, refuse_error_body
from harvest.http import Client, Pacer
from tests.scripted import answer, scripted


@pytest.fixture
def client() -> Iterator[Client]:
    """A client that asks once."""
    opened = Client("test", attempts=1)
    yield opened
    opened.close()


@pytest.mark.parametrize(("key", "rate"), [("", 3), ("k3y", 10)])
def test_the_rate_is_ncbis_3_a_second_and_10_with_a_key(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, rate: float
) -> None:
    """Kept for the host, and for the key where there is one; every request takes its turn."""
    made: list[tuple[str, float, str]] = []
    waits: list[float] = []

    def pacer(url: str, rate: float, secret: str = "") -> Pacer:
        made.append((url, rate, secret))
        return Pacer(tmp_path / "pace", 1, lambda: 1000.0, waits.append)

    monkeypatch.setattr("harvest.eutils.shared_pacer", pacer)
    with scripted(answer("{}")) as server:
        eutils = Eutils(client, server.url, api_key=key)
        for _ in range(3):
            assert eutils.call("einfo", {}, read_json) == {}
    assert made == [(server.url, rate, key)]
    assert waits == pytest.approx([0, 1.06, 2.12])


def test_ncbi_is_asked_unless_another_address_is_given(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the address of the documentation."""
    asked: list[str] = []
    monkeypatch.setattr("harvest.eutils.shared_pacer", lambda url, *_: asked.append(url))
    Eutils(client)
    assert asked == [NCBI] == ["https://eutils.ncbi.nlm.nih.gov/entrez/eutils/"]


def test_a_request_names_the_database_and_leaves_out_what_is_empty(client: Client, tmp_path: Path) -> None:
    """NCBI refuses an empty key; an address without a slash at its end is completed."""
    with scripted(answer("{}")) as server:
        base = server.url + "entrez/eutils"
        Eutils(client, base, pacer=Pacer(tmp_path / "pace", 1000)).call("einfo", {"a": "b", "c": ""}, read_json)
    assert server.requests[0][1] == "/entrez/eutils/einfo.fcgi"
    assert server.requests[0][3] == "db=pubmed&tool=harvest&a=b"


@pytest.mark.parametrize(
    ("body", "said", "retryable"),
    [
        (b" \n", "the answer is empty", True),
        (b"\n<!DOCTYPE HTML><p>", "an HTML page came instead of data", True),
        (b"<?xml version='1.0'?><HTML>", "an HTML page came instead of data", True),
        (b'{"error":"API rate limit exceeded","count":"4"}', "NCBI answered with an error: too many requests", True),
        (b'{"error":"API key invalid"}', "NCBI answered with an error: API key invalid", False),
        (b'{"error":12}', "NCBI answered with an error: no reason given", False),
    ],
)
def test_a_body_that_is_an_error_is_one_whatever_was_asked(body: bytes, said: str, retryable: bool) -> None:
    """It is said in NCBI's words, and asked for again where that may help."""
    with pytest.raises(PayloadError) as caught:
        refuse_error_body(body)
    assert (str(caught.value), caught.value.retryable) == (said, retryable)


@pytest.mark.parametrize("body", [b"<PubmedArticleSet/>", b'{"esearchresult":{}}', b"0"])
def test_any_other_body_is_left_to_its_reader(body: bytes) -> None:
    """Nothing is refused that is no error."""
    refuse_error_body(body)


def test_json_may_hold_control_characters() -> None:
    """NCBI's error above the cap has a raw newline within a string."""
    assert read_json(b'{"a":"b\nc"}') == {"a": "b\nc"}
