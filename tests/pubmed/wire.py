"""The forms in which E-utilities answer: record sets, search results in JSON and XML, error texts.

The strings follow answers recorded from NCBI in 2019 to 2026.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from xml.sax.saxutils import escape

from tests.pubmed.answer import JSON, Answer

Params = Mapping[str, str]

SET_START = (
    b'<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN"'
    b' "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n<PubmedArticleSet>'
)
SET_END = b"</PubmedArticleSet>"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" ?>\n'
DOCTYPES = {
    "esearch": '<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN"'
    ' "https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd">\n',
    "efetch": '<!DOCTYPE eEfetchResult PUBLIC "-//NLM//DTD efetch 20131226//EN"'
    ' "https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20131226/efetch.dtd">\n',
}
ROOTS = {
    "esearch": "eSearchResult",
    "efetch": "eFetchResult",
    "esummary": "eSummaryResult",
    "epost": "ePostResult",
    "einfo": "eInfoResult",
}
CAP_TEXT = (
    "'retstart' cannot be larger than {last}. For PubMed, ESearch can only retrieve the first {cap:,} records matching"
    " the query. To obtain more than {cap:,} PubMed records, consider using EDirect that contains additional logic to"
    " batch PubMed search results automatically so that an arbitrary number can be retrieved. For details see"
    " https://www.ncbi.nlm.nih.gov/books/NBK25499/"
)
TAGS = {
    "count": "Count",
    "retmax": "RetMax",
    "retstart": "RetStart",
    "querykey": "QueryKey",
    "webenv": "WebEnv",
    "idlist": "IdList",
    "id": "Id",
    "translationset": "TranslationSet",
    "translation": "Translation",
    "from": "From",
    "to": "To",
    "querytranslation": "QueryTranslation",
    "errorlist": "ErrorList",
    "phrasenotfound": "PhraseNotFound",
    "fieldnotfound": "FieldNotFound",
    "warninglist": "WarningList",
    "phraseignored": "PhraseIgnored",
    "quotedphrasenotfound": "QuotedPhraseNotFound",
    "outputmessage": "OutputMessage",
}
ITEMS = {
    "idlist": "id",
    "translationset": "translation",
    "phrasesnotfound": "phrasenotfound",
    "fieldsnotfound": "fieldnotfound",
    "phrasesignored": "phraseignored",
    "quotedphrasesnotfound": "quotedphrasenotfound",
    "outputmessages": "outputmessage",
}
"""What the members of the JSON lists are called; a list without a name of its own in TAGS has no element around it."""


class EutilsError(Exception):
    """A question that E-utilities answers with an error text, under an HTTP status."""

    def __init__(self, text: str, status: int = 200) -> None:
        super().__init__(text)
        self.text = text
        self.status = status


def record_set(records: Iterable[bytes]) -> Answer:
    """Records, each as its own bytes, in the PubmedArticleSet that efetch sends."""
    inner = b"".join(b"\n" + xml for xml in records)
    return Answer(SET_START + inner + (b"\n" if inner else b"") + SET_END)


def json_answer(endpoint: str, content: Mapping[str, Any]) -> Answer:
    """An answer in JSON with its header."""
    return _json({"header": {"type": endpoint, "version": "0.3"}, **content})


def xml_answer(endpoint: str, inner: str, status: int = 200) -> Answer:
    """An answer in XML under the root and DOCTYPE of its endpoint."""
    root = ROOTS[endpoint]
    return Answer(f"{DECLARATION}{DOCTYPES.get(endpoint, '')}<{root}>{inner}</{root}>\n".encode(), status=status)


def search_answer(result: Mapping[str, Any], params: Params) -> Answer:
    """An esearch result, given as in JSON, in the form asked for."""
    if wants_json(params):
        return json_answer("esearch", {"esearchresult": result})
    return xml_answer("esearch", "".join(_xml(key, value) for key, value in result.items()))


def error_answer(endpoint: str, params: Params, error: EutilsError) -> Answer:
    """An error text in the form that the endpoint and ``retmode`` call for.

    A line break in the text stays raw in esearch's JSON, which makes that answer invalid JSON, as NCBI's is.
    """
    if not wants_json(params) or endpoint not in ("esearch", "esummary"):
        return xml_answer(endpoint, f"\n\t<ERROR>{escape(error.text)}</ERROR>\n", error.status)
    if endpoint == "esummary":
        return _json({"esummaryresult": [error.text]}, error.status)
    if error.text.startswith("Unable"):
        return _json({"esearchresult": {"ERROR": error.text}}, error.status)
    answer = json_answer("esearch", {"esearchresult": {"ERROR": error.text}})
    return Answer(answer.body.replace(rb"\n", b"\n"), JSON, error.status)


def summary_refusal(error: str) -> Answer:
    """What esummary says to identifiers that are none."""
    return _json({"error": error, "result": {"uids": []}})


def wants_json(params: Params) -> bool:
    """Whether the question asks for JSON."""
    return params.get("retmode", "").lower() == "json"


def _json(value: object, status: int = 200) -> Answer:
    return Answer(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n", JSON, status)


def _xml(key: str, value: Any) -> str:
    if isinstance(value, str):
        return _element(key, escape(value))
    if isinstance(value, dict):
        return _element(key, "".join(_xml(name, part) for name, part in value.items()))
    inner = "".join(_xml(ITEMS[key], part) for part in value)
    return _element(key, inner) if key in TAGS else inner


def _element(key: str, inner: str) -> str:
    return f"<{TAGS[key]}>{inner}</{TAGS[key]}>" if inner else f"<{TAGS[key]}/>"
