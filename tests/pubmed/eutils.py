"""What the E-utilities answer: esearch, efetch, esummary, epost and einfo over a corpus."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from xml.sax.saxutils import escape

from tests.pubmed.answer import Answer
from tests.pubmed.corpus import Corpus
from tests.pubmed.fields import FIELDS, tag_of
from tests.pubmed.query import QueryError, search
from tests.pubmed.summary import summary
from tests.pubmed.terms import Found, days_of
from tests.pubmed.wire import (
    CAP_TEXT,
    EutilsError,
    Params,
    error_answer,
    json_answer,
    record_set,
    search_answer,
    summary_refusal,
    xml_answer,
)

MOST_SUMMARIES = 500
MOST_FETCHED = 10_000
LISTED_UNASKED = 20


@dataclass(slots=True)
class History:
    """Sets of PMIDs kept on the server under a WebEnv and a query key."""

    _sets: dict[str, list[list[int]]] = field(default_factory=dict)
    _issued: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, pmids: list[int], webenv: str = "") -> tuple[str, str]:
        """Keep a set, in a new environment unless a living one is named; returns WebEnv and query key."""
        with self._lock:
            if webenv not in self._sets:
                self._issued += 1
                webenv = f"MCID_{hashlib.sha256(str(self._issued).encode()).hexdigest()[:32]}"
            self._sets.setdefault(webenv, []).append(pmids)
            return webenv, str(len(self._sets[webenv]))

    def get(self, webenv: str, key: str) -> list[int]:
        """The set kept under a key. Raises ``EutilsError`` where it has expired or never was."""
        with self._lock:
            sets = self._sets.get(webenv, [])
            if not key.isdigit() or not 1 <= int(key) <= len(sets):
                raise EutilsError(f"Unable to obtain query #{key or 1}")
            return sets[int(key) - 1]

    def expire(self) -> None:
        """Forget every set, as NCBI does after some hours."""
        with self._lock:
            self._sets.clear()


@dataclass(slots=True)
class Eutils:
    """E-utilities over a corpus. ``cap`` is how many records of a set can be listed: 9,999 at PubMed."""

    corpus: Corpus
    today: Callable[[], date]
    cap: int = 9999
    history: History = field(default_factory=History)

    def answer(self, endpoint: str, params: Params) -> Answer:
        """Answer a request to ``esearch``, ``efetch``, ``esummary``, ``epost`` or ``einfo``."""
        answers: dict[str, Callable[[Params], Answer]] = {
            "esearch": self._esearch,
            "efetch": self._efetch,
            "esummary": self._esummary,
            "epost": self._epost,
            "einfo": self._einfo,
        }
        try:
            _check_db(endpoint, params)
            return answers[endpoint](params)
        except EutilsError as error:
            return error_answer(endpoint, params, error)

    def _esearch(self, params: Params) -> Answer:
        found, pmids = self._selected(params)
        start, most = _number(params, "retstart", 0), _number(params, "retmax", LISTED_UNASKED)
        if start >= self.cap:
            raise EutilsError(f"Search Backend failed: Exception:\n{self._cap_text()}")
        if params.get("rettype") == "count":
            return search_answer({"count": str(len(pmids))}, params)
        listed = [str(pmid) for pmid in pmids[start : min(start + most, self.cap)]]
        result = {"count": str(len(pmids)), "retmax": str(len(listed)), "retstart": str(start)}
        if params.get("usehistory") == "y":
            webenv, key = self.history.keep(pmids, params.get("WebEnv", ""))
            result |= {"querykey": key, "webenv": webenv}
        return search_answer({**result, "idlist": listed, **_explanation(found)}, params)

    def _selected(self, params: Params) -> tuple[Found, list[int]]:
        """What the term, the dates and an earlier query select together, sorted."""
        term, webenv, key = params.get("term", "").strip(), params.get("WebEnv", ""), params.get("query_key", "")
        if not term and webenv:
            return Found(), self.history.get(webenv, key)
        if not term:
            raise EutilsError("Empty term and query_key - nothing todo")
        try:
            found = search(self.corpus, term, self.today(), tag_of(params.get("field") or "all").field)
        except QueryError as error:
            raise EutilsError(f"Search Backend failed: Exception: {error}") from error
        self._limit_days(found, params)
        if webenv and key:
            found.pmids &= frozenset(self.history.get(webenv, key))
        return found, self._sorted(found, params.get("sort", ""))

    def _limit_days(self, found: Found, params: Params) -> None:
        """Apply ``reldate``, or ``mindate`` with ``maxdate``: either of those alone does nothing."""
        target = tag_of(params.get("datetype") or "pdat").field
        target = target if target.kind == "days" else FIELDS["dp"]
        low, high = params.get("mindate", ""), params.get("maxdate", "")
        if params.get("reldate", "").isdigit():
            low = (self.today() - timedelta(days=int(params["reldate"]))).strftime("%Y/%m/%d")
            high = self.today().strftime("%Y/%m/%d")
        first, last = days_of(low, self.today()), days_of(high, self.today())
        if first and last:
            found.pmids &= self.corpus.days(target.keys[0], first[0], last[1])
            found.translation = f"({found.translation}) AND {low}:{high}[{target.name}]"

    def _sorted(self, found: Found, sort: str) -> list[int]:
        if sort == "relevance":
            return self.corpus.best_first(found.pmids, found.phrases)
        return self.corpus.newest_first(found.pmids, "published" if sort == "pub_date" else "pmid")

    def _efetch(self, params: Params) -> Answer:
        """The records that exist, by PMID from the newest on, whatever the order asked for."""
        if "id" in params:
            ids = _ids(params)
            if not ids:
                raise EutilsError("Supplied id parameter is empty.")
            wanted = [int(number) for number in ids if number.isdigit()]
        elif params.get("WebEnv"):
            wanted = self._page(params)
        else:
            raise EutilsError("WebEnv parameter is required", 400)
        records = (self.corpus.xml(pmid) for pmid in sorted(set(wanted), reverse=True))
        return record_set(xml for xml in records if xml is not None)

    def _page(self, params: Params) -> list[int]:
        """A page of a kept set: silently cut at the cap, and refused from there on."""
        kept = self.history.get(params["WebEnv"], params.get("query_key", ""))
        start, most = _number(params, "retstart", 0), _number(params, "retmax", MOST_FETCHED)
        if start >= self.cap:
            reason = f"Search backend cannot retrieve history data. Reason: Exception: {self._cap_text()}"
            raise EutilsError(reason, 400)
        if start >= len(kept):
            raise EutilsError(
                f"Cannot retrieve history data: OUT OF RANGE. Parameter retstart={start} + 1 is greater than number of"
                f" records available in history. History includes {len(kept)} IDs.",
                400,
            )
        return kept[start : min(start + most, self.cap)]

    def _esummary(self, params: Params) -> Answer:
        if "id" not in params and not params.get("WebEnv"):
            raise EutilsError("Neither query_key nor id specified")
        ids = _ids(params) if "id" in params else [str(pmid) for pmid in self._page(params)]
        bad = next((place for place, number in enumerate(ids) if not number.isdigit()), None)
        if bad is not None:
            return summary_refusal(f"Invalid uid {ids[bad]} at position= {bad}")
        if len(ids) > MOST_SUMMARIES:
            text = f"Too many UIDs in request. Maximum number of UIDs is {MOST_SUMMARIES} for JSON format output."
            return json_answer("esummary", {"error": text})
        documents = {number: self._summary(number) for number in ids}
        return json_answer("esummary", {"result": {"uids": ids} | documents})

    def _summary(self, number: str) -> dict[str, Any]:
        xml = self.corpus.xml(int(number))
        return {"uid": number, "error": "cannot get document summary"} if xml is None else summary(xml)

    def _epost(self, params: Params) -> Answer:
        ids = _ids(params)
        if not ids:
            raise EutilsError("Empty ID list; Nothing to store")
        webenv, key = self.history.keep([int(number) for number in ids if number.isdigit()], params.get("WebEnv", ""))
        bad = "".join(f"<Id>{escape(number)}</Id>" for number in ids if not number.isdigit())
        invalid = f"<InvalidIdList>{bad}</InvalidIdList>" if bad else ""
        return xml_answer("epost", f"{invalid}<QueryKey>{key}</QueryKey><WebEnv>{webenv}</WebEnv>")

    def _einfo(self, params: Params) -> Answer:
        info = {
            "dbname": "pubmed",
            "menuname": "PubMed",
            "description": "PubMed bibliographic record",
            "count": str(len(self.corpus)),
            "lastupdate": f"{(self.corpus.latest('lr') or '').replace('-', '/')} 05:00",
            "fieldlist": [{"name": key.upper(), "fullname": found.name} for key, found in FIELDS.items()],
        }
        return json_answer("einfo", {"einforesult": {"dbinfo": [info]}})

    def _cap_text(self) -> str:
        return CAP_TEXT.format(last=self.cap - 1, cap=self.cap)


def _check_db(endpoint: str, params: Params) -> None:
    name = params.get("db", "pubmed")
    if name != "pubmed":
        raise EutilsError("Wrong DB name" if endpoint == "epost" else f"Invalid db name specified: {name}")


def _explanation(found: Found) -> dict[str, Any]:
    """The parts of an esearch result that tell how PubMed read the query."""
    told: dict[str, Any] = {
        "translationset": [{"from": source, "to": meaning} for source, meaning in found.mappings],
        "querytranslation": found.translation,
    }
    if found.phrases_not_found or found.fields_not_found:
        told["errorlist"] = {"phrasesnotfound": found.phrases_not_found, "fieldsnotfound": found.fields_not_found}
    messages = [] if found.pmids or not found.translation else ["No items found."]
    if messages or found.ignored or found.quoted_not_found:
        told["warninglist"] = {
            "phrasesignored": found.ignored,
            "quotedphrasesnotfound": found.quoted_not_found,
            "outputmessages": messages,
        }
    return told


def _ids(params: Params) -> list[str]:
    return [number for number in params.get("id", "").replace(" ", "").split(",") if number]


def _number(params: Params, name: str, default: int) -> int:
    value = params.get(name, "")
    return int(value) if value.isdigit() else default
