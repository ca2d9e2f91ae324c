from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.pubmed import LocalPubMed, serve
from tests.pubmed.invented import CHAPTER, TRIAL, article_set, records


def test_requests_are_logged(pubmed: LocalPubMed, session: requests.Session) -> None:
    """With their time, way, parameters and headers; what came in the body is not in the target."""
    before = time.monotonic()
    session.post(pubmed.eutils + "esearch.fcgi?db=pubmed", data={"term": "rats", "api_key": "s3cret"}, timeout=5)
    session.get(pubmed.feed_url("rats"), headers={"User-Agent": "tracker"}, timeout=5)
    search, feed = pubmed.requests
    assert (search.method, search.path, search.endpoint) == ("POST", "/entrez/eutils/esearch.fcgi", "esearch")
    assert search.params == {"db": "pubmed", "term": "rats", "api_key": "s3cret"}
    assert search.form == {"term": "rats", "api_key": "s3cret"}
    assert "s3cret" not in search.target
    assert (feed.method, feed.endpoint, feed.header("user-agent")) == ("GET", "rss", "tracker")
    assert before <= search.time <= feed.time <= time.monotonic()


def test_answers_are_compressed_for_those_who_accept_it(pubmed: LocalPubMed, session: requests.Session) -> None:
    """And plain for the rest."""
    url = f"{pubmed.eutils}efetch.fcgi?id={TRIAL}"
    zipped = session.get(url, timeout=5)
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})) as raw:
        assert gzip.decompress(raw.read()) == zipped.content
    plain = session.get(url, headers={"Accept-Encoding": "identity"}, timeout=5)
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert plain.content == zipped.content


def test_an_address_can_be_too_long(pubmed: LocalPubMed, session: requests.Session) -> None:
    """Two thousand identifiers go by POST, not by GET."""
    ids = ",".join(str(TRIAL + number) for number in range(2000))
    refused = session.get(pubmed.eutils + "efetch.fcgi", params={"id": ids}, timeout=5)
    assert (refused.status_code, refused.headers["Content-Type"]) == (414, "text/html; charset=UTF-8")
    assert session.post(pubmed.eutils + "efetch.fcgi", data={"id": ids}, timeout=5).status_code == 200
    assert session.get(pubmed.eutils + "efetch.fcgi", params={"id": ids[:2000]}, timeout=5).status_code == 200


@pytest.mark.parametrize("path", ["nothing", "entrez/eutils/elink.fcgi", "rss/search/short/", "create-rss-feed-url/"])
def test_other_addresses_are_not_found(pubmed: LocalPubMed, session: requests.Session, path: str) -> None:
    """The local PubMed has what its callers use, and says so of the rest."""
    assert session.get(pubmed.url + path, timeout=5).status_code == 404


def test_callers_are_served_side_by_side(pubmed: LocalPubMed) -> None:
    """A stalled answer holds up nobody else."""
    pubmed.faults.add("efetch:1:timeout")
    stalled = threading.Thread(target=requests.get, args=(pubmed.eutils + "efetch.fcgi?id=1",), kwargs={"timeout": 5})
    stalled.start()
    while not pubmed.requests:
        time.sleep(0.001)
    assert requests.get(pubmed.eutils + "efetch.fcgi?id=1", timeout=0.2).status_code == 200
    stalled.join()


def test_a_server_ends_at_once(session: requests.Session) -> None:
    """Idle connections and stalled answers do not keep it."""
    with serve(records(), stall=60) as pubmed:
        session.get(pubmed.url, timeout=5)
        pubmed.faults.add("einfo:1:timeout")
        with pytest.raises(requests.Timeout):
            requests.get(pubmed.eutils + "einfo.fcgi", timeout=0.05)
        end = time.monotonic()
    assert time.monotonic() - end < 1
    with pytest.raises(requests.ConnectionError):
        requests.get(pubmed.url, timeout=5)


def test_latency_delays_every_answer(session: requests.Session) -> None:
    """By so many seconds."""
    with serve(records(), latency=0.1) as pubmed:
        start = time.monotonic()
        session.get(pubmed.url, timeout=5)
        assert 0.1 <= time.monotonic() - start < 1


@pytest.mark.parametrize("name", [".", "a.xml"])
def test_a_corpus_may_be_files(tmp_path: Path, name: str) -> None:
    """A folder or a single file."""
    (tmp_path / "a.xml").write_bytes(article_set(*records()))
    with serve(tmp_path / name) as pubmed:
        assert CHAPTER in pubmed.corpus.pmids()


@contextmanager
def command(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.pubmed", *arguments],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONWARNINGS": "error"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_serves_until_told_to_stop(tmp_path: Path, number: signal.Signals) -> None:
    """It prints its address first, then its feeds, and ends cleanly."""
    (tmp_path / "a.xml").write_bytes(article_set(*records()))
    more = ("--grow", "20", "--feed", "rats=rats[ti]", "--cap", "7", "--fault", "einfo:1:html", "--rate", "0")
    with command("--corpus", str(tmp_path), *more) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        feeds = [process.stdout.readline().split() for _ in range(2)]
        assert [feed[:2] for feed in feeds] == [["feed", "all"], ["feed", "rats"]]
        assert all(feed[2].startswith(f"{url}rss/search/1") for feed in feeds)
        found = requests.get(url + "entrez/eutils/esearch.fcgi?term=all[sb]&retmode=json&retmax=99", timeout=5).json()
        assert (found["esearchresult"]["count"], found["esearchresult"]["retmax"]) == ("25", "7")
        assert "<html" in requests.get(url + "entrez/eutils/einfo.fcgi", timeout=5).text
        process.send_signal(number)
        assert process.wait(timeout=5) == 0
        assert process.stdout.read() == ""


def test_the_command_serves_the_sample_corpus() -> None:
    """Unless it is told of another; every PMID there is one that PubMed has not issued."""
    with command() as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        answer = requests.get(
            url + "entrez/eutils/esearch.fcgi?term=all[sb]&retmode=json&retmax=9999", timeout=5
        ).json()
        process.terminate()
        assert process.wait(timeout=5) == 0
    ids = answer["esearchresult"]["idlist"]
    assert len(ids) >= 60
    assert all(970_000_000 <= int(pmid) < 980_000_000 for pmid in ids)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--fault", "esearch:2:nothing"), 2),
        (("--corpus", "/nowhere"), 2),
        (("--port", "x"), 2),
        (("--corpus", "tests/pubmed/corpus/psychiatry.labels.jsonl", "--grow", "5"), 1),
    ],
)
def test_what_cannot_be_served_is_refused(arguments: tuple[str, ...], code: int) -> None:
    """A wrong option or an empty corpus ends in a line that says so."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.pubmed", *arguments],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == code
    assert "Error: " in run.stderr
    assert "Traceback" not in run.stderr
