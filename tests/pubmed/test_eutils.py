from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from lxml import etree

from tests.pubmed import LocalPubMed, serve
from tests.pubmed.conftest import NOW
from tests.pubmed.invented import CHAPTER, LETTER, OLD, RATS, TRIAL, article, records

UNKNOWN = 970_999_999


class Caller:
    """Asks a local PubMed."""

    def __init__(self, pubmed: LocalPubMed, session: requests.Session) -> None:
        self.pubmed = pubmed
        self.session = session

    def ask(self, endpoint: str, **params: str | int) -> requests.Response:
        asked: dict[str, str | int] = {"db": "pubmed", **params}
        return self.session.get(f"{self.pubmed.eutils}{endpoint}.fcgi", params=asked, timeout=5)

    def json(self, endpoint: str, **params: str | int) -> Any:
        return self.ask(endpoint, retmode="json", **params).json(strict=False)

    def search(self, term: str, **params: str | int) -> Any:
        return self.json("esearch", term=term, **params)["esearchresult"]


@pytest.fixture
def caller(pubmed: LocalPubMed, session: requests.Session) -> Caller:
    return Caller(pubmed, session)


def error_of(answer: requests.Response) -> str | None:
    return etree.fromstring(answer.content).findtext("ERROR")


def pmids_of(answer: requests.Response) -> list[int]:
    return [int(pmid.text or "") for pmid in etree.fromstring(answer.content).iterfind("*/*/PMID")]


def test_esearch_counts_and_lists(caller: Caller) -> None:
    """In JSON every number is a text, and the newest PMID comes first."""
    answer = caller.json("esearch", term="ketamine[ti]", retmax=2)
    assert answer == {
        "header": {"type": "esearch", "version": "0.3"},
        "esearchresult": {
            "count": "3",
            "retmax": "2",
            "retstart": "0",
            "idlist": [str(RATS), str(LETTER)],
            "translationset": [],
            "querytranslation": '"ketamine"[Title]',
        },
    }


def test_esearch_speaks_xml(caller: Caller) -> None:
    """The same answer in the elements of eSearchResult, with its DOCTYPE."""
    answer = caller.ask("esearch", term="ketamine", retmax=1, usehistory="y")
    assert b"<!DOCTYPE eSearchResult PUBLIC" in answer.content
    root = etree.fromstring(answer.content)
    assert [child.tag for child in root] == [
        "Count",
        "RetMax",
        "RetStart",
        "QueryKey",
        "WebEnv",
        "IdList",
        "TranslationSet",
        "QueryTranslation",
    ]
    assert (root.findtext("Count"), root.findtext("IdList/Id")) == ("4", str(CHAPTER))
    assert root.findtext("TranslationSet/Translation/From") == "ketamine"


def test_finding_nothing_is_no_error(caller: Caller) -> None:
    """A warning says so; an unknown phrase is named beside it."""
    result = caller.search("nowhere[tiab]")
    assert (result["count"], result["retmax"], result["idlist"]) == ("0", "0", [])
    assert result["errorlist"] == {"phrasesnotfound": ["nowhere"], "fieldsnotfound": []}
    assert result["warninglist"]["outputmessages"] == ["No items found."]
    assert "errorlist" not in caller.search("rats[ti] AND letter[pt]")
    root = etree.fromstring(caller.ask("esearch", term="nowhere[tiab]").content)
    assert root.findtext("ErrorList/PhraseNotFound") == "nowhere"
    assert root.findtext("WarningList/OutputMessage") == "No items found."


def test_a_malformed_term_is_an_error_under_200(caller: Caller) -> None:
    """As PubMed's back end reports it."""
    assert caller.search("((")["ERROR"].startswith("Search Backend failed")
    assert (error_of(caller.ask("esearch", term="((")) or "").startswith("Search Backend failed")
    assert "Empty term" in caller.search("")["ERROR"]
    assert "Invalid db name" in caller.search("rats", db="nothing")["ERROR"]


def test_only_the_count_can_be_asked_for(caller: Caller) -> None:
    """rettype=count has no list, retmax=0 an empty one."""
    assert caller.search("all[sb]", rettype="count") == {"count": "5"}
    assert caller.search("all[sb]", retmax=0)["idlist"] == []


def test_pages_end_at_the_cap(caller: Caller) -> None:
    """Of five records only four can be listed; the count stays true and nothing is said."""
    first, last = caller.search("all[sb]", retmax=3), caller.search("all[sb]", retstart=3, retmax=3)
    assert (first["count"], last["count"]) == ("5", "5")
    assert first["idlist"] + last["idlist"] == [str(pmid) for pmid in (CHAPTER, OLD, RATS, LETTER)]
    assert caller.search("all[sb]", retmax=10_000)["retmax"] == "4"


def test_a_start_over_the_cap_is_invalid_json(caller: Caller) -> None:
    """The error text holds a raw line break, and the status is 200."""
    answer = caller.ask("esearch", term="all[sb]", retmode="json", retstart=4)
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError, match="Invalid control character at: line 1 column 105"):
        json.loads(answer.text)
    error = json.loads(answer.text, strict=False)["esearchresult"]["ERROR"]
    assert error.startswith("Search Backend failed: Exception:\n'retstart' cannot be larger than 3. For PubMed")


def test_the_cap_is_that_of_pubmed_by_default(session: requests.Session) -> None:
    """9,998 is the largest start."""
    with serve(records()) as pubmed:
        caller = Caller(pubmed, session)
        assert caller.search("all[sb]", retstart=9998)["idlist"] == []
        assert "larger than 9998" in caller.search("all[sb]", retstart=9999)["ERROR"]
        assert "first 9,999 records" in caller.search("all[sb]", retstart=9999)["ERROR"]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"mindate": "2026/11/05", "maxdate": "2026/11/15", "datetype": "crdt"}, {LETTER, OLD, CHAPTER}),
        ({"mindate": "2026/11/05", "maxdate": "2026/11/15", "datetype": "edat"}, {LETTER, CHAPTER}),
        ({"mindate": "2026/11/16", "maxdate": "2026/11", "datetype": "mdat"}, {TRIAL, OLD}),
        ({"mindate": "2026/10", "maxdate": "2026/10", "datetype": "pdat"}, {TRIAL}),
        ({"mindate": "1976", "maxdate": "1976"}, {OLD}),
        ({"mindate": "1976"}, {TRIAL, LETTER, RATS, OLD, CHAPTER}),
        ({"reldate": 2, "datetype": "edat"}, {TRIAL}),
    ],
)
def test_dates_limit_a_search(session: requests.Session, params: dict[str, str | int], expected: set[int]) -> None:
    """Both ends count, a lone end does nothing, and the translation tells of it."""
    with serve(records(), now=lambda: NOW) as pubmed:
        result = Caller(pubmed, session).search("all[sb]", **params)
    assert {int(pmid) for pmid in result["idlist"]} == expected
    assert (" AND " in result["querytranslation"]) == (len(params) > 1)


@pytest.mark.parametrize(
    ("sort", "first"), [("", RATS), ("relevance", LETTER), ("pub_date", TRIAL), ("most recent", RATS)]
)
def test_the_order_can_be_chosen(caller: Caller, sort: str, first: int) -> None:
    """The newest PMID unless told otherwise."""
    term = "letter[ti] OR ketamine[ti]" if sort == "relevance" else "ketamine[ti]"
    assert caller.search(term, sort=sort)["idlist"][0] == str(first)


def test_efetch_sends_records_as_they_are(caller: Caller) -> None:
    """Articles and books byte for byte, under the real DOCTYPE; what is unknown is absent."""
    answer = caller.ask("efetch", id=f"{TRIAL},{UNKNOWN},{CHAPTER}", retmode="xml")
    assert answer.headers["Content-Type"] == "text/xml; charset=UTF-8"
    assert b'"-//NLM//DTD PubMedArticle, 1st January 2025//EN"' in answer.content
    assert sorted(pmids_of(answer)) == [TRIAL, CHAPTER]
    assert records()[0] in answer.content
    assert records()[4] in answer.content


def test_efetch_of_the_unknown_is_an_empty_set(caller: Caller) -> None:
    """Status 200, the right root, nothing in it."""
    answer = caller.ask("efetch", id=UNKNOWN)
    assert answer.content.endswith(b"<PubmedArticleSet></PubmedArticleSet>")
    assert pmids_of(caller.ask("efetch", id="233333333333333333333")) == []


def test_efetch_takes_a_form(pubmed: LocalPubMed, session: requests.Session) -> None:
    """Long lists of identifiers come by POST, repeated parameters are one list."""
    form = [("db", "pubmed"), ("id", f"{TRIAL},{LETTER}"), ("id", str(OLD))]
    answer = session.post(pubmed.eutils + "efetch.fcgi", data=form, timeout=5)
    assert sorted(pmids_of(answer)) == [TRIAL, LETTER, OLD]


def test_efetch_without_identifiers_is_an_error(caller: Caller) -> None:
    """An empty list under 200, none at all under 400."""
    empty, none = caller.ask("efetch", id=""), caller.ask("efetch")
    assert (empty.status_code, error_of(empty)) == (200, "Supplied id parameter is empty.")
    assert (none.status_code, error_of(none)) == (400, "WebEnv parameter is required")
    assert b"<!DOCTYPE eEfetchResult PUBLIC" in none.content


def test_a_search_can_be_fetched_from_history(caller: Caller) -> None:
    """By WebEnv and key, page by page, silently cut at the cap and refused beyond it."""
    kept = caller.search("all[sb]", usehistory="y", sort="pub_date", retmax=0)
    keys = {"WebEnv": kept["webenv"], "query_key": kept["querykey"]}
    assert kept["webenv"].startswith("MCID_")
    assert sorted(pmids_of(caller.ask("efetch", **keys, retstart=0, retmax=2))) == [TRIAL, LETTER]
    assert sorted(pmids_of(caller.ask("efetch", **keys, retstart=2, retmax=3))) == [RATS, CHAPTER]
    beyond = caller.ask("efetch", **keys, retstart=4, retmax=1)
    assert beyond.status_code == 400
    assert (error_of(beyond) or "").startswith("Search backend cannot retrieve history data. Reason: Exception: 'ret")


def test_a_page_out_of_range_is_refused(caller: Caller) -> None:
    """With the size of the set in the text."""
    kept = caller.search("rats[ti]", usehistory="y")
    answer = caller.ask("efetch", WebEnv=kept["webenv"], query_key="1", retstart=1)
    assert answer.status_code == 400
    assert (error_of(answer) or "").endswith("History includes 1 IDs.")


def test_history_expires(caller: Caller) -> None:
    """Then no endpoint can obtain the query."""
    kept = caller.search("all[sb]", usehistory="y")
    keys = {"WebEnv": kept["webenv"], "query_key": "1"}
    caller.pubmed.expire_history()
    text = "Unable to obtain query #1"
    fetched = caller.ask("efetch", **keys)
    assert (fetched.status_code, error_of(fetched)) == (200, text)
    assert caller.json("esearch", **keys) == {"esearchresult": {"ERROR": text}}
    assert caller.json("esummary", **keys) == {"esummaryresult": [text]}


def test_a_search_can_be_combined_with_an_earlier_one(caller: Caller) -> None:
    """Within one environment, queries are counted on."""
    first = caller.search("ketamine[mh]", usehistory="y")
    second = caller.search("all[sb]", WebEnv=first["webenv"], query_key="1", usehistory="y")
    assert (second["count"], second["webenv"], second["querykey"]) == ("2", first["webenv"], "2")
    assert caller.json("esearch", WebEnv=first["webenv"], query_key="1")["esearchresult"]["count"] == "2"


def test_epost_keeps_identifiers(caller: Caller) -> None:
    """Bad ones are named, good ones can be fetched."""
    root = etree.fromstring(caller.ask("epost", id=f"{TRIAL},-1,{OLD}").content)
    assert root.findtext("InvalidIdList/Id") == "-1"
    keys = {"WebEnv": root.findtext("WebEnv") or "", "query_key": root.findtext("QueryKey") or ""}
    assert sorted(pmids_of(caller.ask("efetch", **keys))) == [TRIAL, OLD]
    assert error_of(caller.ask("epost", id="1", db="nothing")) == "Wrong DB name"
    assert error_of(caller.ask("epost", id="")) == "Empty ID list; Nothing to store"


def test_esummary_describes_records(caller: Caller) -> None:
    """Bibliographic fields in the order asked for, no abstract, no MeSH."""
    result = caller.json("esummary", id=f"{TRIAL},{CHAPTER},{UNKNOWN}", version="2.0")["result"]
    assert result["uids"] == [str(TRIAL), str(CHAPTER), str(UNKNOWN)]
    trial = result[str(TRIAL)]
    assert trial["title"] == "Repeated S-ketamine for treatment-resistant depression: an invented trial."
    assert trial["authors"][0] == {"name": "Samplewood AQ", "authtype": "Author", "clusterid": ""}
    assert trial["lastauthor"] == "Fictner B"
    assert (trial["pubdate"], trial["epubdate"], trial["sortpubdate"]) == ("2026 Nov", "2026 Oct 5", "2026/11/01 00:00")
    assert (trial["source"], trial["fulljournalname"]) == ("Invented J Tests", "Invented journal of tests")
    assert (trial["recordstatus"], trial["pubstatus"]) == ("PubMed - indexed for MEDLINE", "4")
    assert {"idtype": "pmcid", "idtypen": 5, "value": "pmc-id: PMC97000001;"} in trial["articleids"]
    assert {"pubstatus": "entrez", "date": "2026/11/20 00:00"} in trial["history"]
    assert (trial["attributes"], trial["elocationid"]) == (["Has Abstract"], f"doi: 10.5555/invented.{TRIAL}")
    assert (result[str(CHAPTER)]["title"], result[str(CHAPTER)]["booktitle"]) == ("Bladder harm", "Invented handbook")
    assert result[str(UNKNOWN)] == {"uid": str(UNKNOWN), "error": "cannot get document summary"}


def test_esummary_refuses_what_it_cannot_do(caller: Caller) -> None:
    """Words as identifiers, too many of them, none of them."""
    bad = caller.json("esummary", id="1,abc")
    assert bad == {"error": "Invalid uid abc at position= 1", "result": {"uids": []}}
    many = caller.json("esummary", id=",".join(map(str, range(1, 502))))
    assert many["error"] == "Too many UIDs in request. Maximum number of UIDs is 500 for JSON format output."
    assert caller.json("esummary") == {"esummaryresult": ["Neither query_key nor id specified"]}


def test_einfo_tells_the_size(caller: Caller) -> None:
    """And the day of the latest revision."""
    (info,) = caller.json("einfo")["einforesult"]["dbinfo"]
    assert (info["count"], info["lastupdate"]) == ("5", "2026/11/20 05:00")


def test_what_changes_is_found_at_once(caller: Caller) -> None:
    """Records can come and go while the server runs."""
    assert caller.search("zebra[ti]")["count"] == "0"
    caller.pubmed.corpus.extend([article(970_000_020, title="Zebra.")])
    assert caller.search("zebra[ti]")["idlist"] == ["970000020"]
    caller.pubmed.corpus.delete(970_000_020)
    assert caller.search("zebra[ti]")["count"] == "0"
