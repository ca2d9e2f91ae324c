from __future__ import annotations

import time

import requests

from tests.pubmed import Corpus, serve


def statuses(session: requests.Session, url: str, count: int, **form: str) -> list[int]:
    return [session.post(url, data={"term": "rats", **form}, timeout=5).status_code for _ in range(count)]


def test_a_caller_without_a_key_gets_three_a_second(corpus: Corpus, session: requests.Session) -> None:
    """The fourth is refused with NCBI's body; a second later all is well."""
    with serve(corpus) as pubmed:
        url = pubmed.eutils + "esearch.fcgi"
        assert statuses(session, url, 3) == [200, 200, 200]
        refused = session.get(url, params={"term": "rats"}, timeout=5)
        assert refused.status_code == 429
        assert refused.json() == {
            "error": "API rate limit exceeded",
            "api-key": "127.0.0.1",
            "count": "4",
            "limit": "3",
        }
        assert (refused.headers["X-RateLimit-Limit"], refused.headers["X-RateLimit-Remaining"]) == ("3", "0")
        assert "Retry-After" not in refused.headers
        time.sleep(1.01)
        again = session.get(url, params={"term": "rats"}, timeout=5)
        assert (again.status_code, again.headers["X-RateLimit-Remaining"]) == (200, "2")


def test_each_key_has_a_limit_of_its_own(corpus: Corpus, session: requests.Session) -> None:
    """Ten a second, counted by key and not by address, wherever the key stands."""
    with serve(corpus) as pubmed:
        url = pubmed.eutils + "esearch.fcgi"
        assert statuses(session, url, 11, api_key="first") == [200] * 10 + [429]
        assert statuses(session, url, 1, api_key="second") == [200]
        assert session.get(url, params={"term": "rats", "api_key": "first"}, timeout=5).status_code == 429


def test_a_bad_key_is_refused(corpus: Corpus, session: requests.Session) -> None:
    """So is a blank one."""
    with serve(corpus, keys=["good"]) as pubmed:
        url = pubmed.eutils + "efetch.fcgi"
        assert statuses(session, url, 1, api_key="good", id="1") == [200]
        for key in ("", "bad"):
            refused = session.post(url, data={"id": "1", "api_key": key}, timeout=5)
            assert refused.status_code == 400
            assert refused.json() == {
                "error": "API key invalid",
                "api-key": key,
                "type": "invalid",
                "status": "unknown",
            }


def test_the_limit_can_be_lifted(corpus: Corpus, session: requests.Session) -> None:
    """For tests that are not about it; feeds never have one."""
    with serve(corpus, rate=None) as pubmed:
        assert statuses(session, pubmed.eutils + "esearch.fcgi", 20) == [200] * 20
        assert statuses(session, pubmed.eutils + "esearch.fcgi", 20, api_key="k") == [200] * 20
    with serve(corpus, rate=1) as pubmed:
        assert {session.get(pubmed.feed_url("rats"), timeout=5).status_code for _ in range(4)} == {200}
