"""What can go wrong with an answer, as one table: name -> how the answer is bent.

A fault is set as ``ENDPOINT:WHEN:KIND``. ENDPOINT is ``esearch``, ``efetch``, ``esummary``, ``epost``, ``einfo``,
``rss`` or ``*``; WHEN is ``*`` (each call), ``2`` (the second call from now on) or ``2x3`` (three calls from the
second).
"""

from __future__ import annotations

import gzip
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from tests.pubmed.answer import FOREVER, HTML, JSON, RSS, Answer, Delivery
from tests.pubmed.corpus import RECORD, Corpus
from tests.pubmed.rate import bad_key, refusal
from tests.pubmed.wire import CAP_TEXT, SET_END, EutilsError, error_answer

WHEN = re.compile(r"(?P<first>\d+)(?:x(?P<times>\d+))?")
IDS = re.compile(rb'("idlist":\[)(.*?)(\])|(<IdList>)(.*?)(</IdList>)', re.DOTALL)
ITEM = re.compile(rb"\s*<item>.*?</item>", re.DOTALL)
PAGE = (
    '<!DOCTYPE html>\n<html lang="en"><head><title>{title}</title></head>'
    "<body><h1>{title}</h1><p>{text}</p></body></html>\n"
)
DRIP = 0.05


@dataclass(frozen=True, slots=True)
class Call:
    """The request that a fault spoils: where it went, what it asked, over which records."""

    endpoint: str
    params: Mapping[str, str]
    corpus: Corpus


Bend = Callable[[Answer, Call], Answer]


@dataclass(slots=True)
class Fault:
    """One fault that is set; ``calls`` counts the matching calls since."""

    endpoint: str
    first: int
    times: float
    kind: str
    calls: int = 0

    def strikes(self, endpoint: str) -> bool:
        """Count a call and tell whether it is spoilt."""
        if self.endpoint not in ("*", endpoint):
            return False
        self.calls += 1
        return self.first <= self.calls < self.first + self.times


@dataclass(slots=True)
class Faults:
    """The faults that are set on a server; they can be set and cleared while it runs."""

    _set: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, spec: str) -> None:
        """Set a fault such as ``esearch:2:html``. Raises ``ValueError`` where the text is no fault."""
        fault = parse_fault(spec)
        with self._lock:
            self._set.append(fault)

    def clear(self) -> None:
        """Take all faults away."""
        with self._lock:
            self._set.clear()

    def bend(self, answer: Answer, call: Call) -> Answer:
        """The answer with every fault that strikes this call, in the order in which they were set."""
        with self._lock:
            kinds = [fault.kind for fault in self._set if fault.strikes(call.endpoint)]
        for kind in kinds:
            answer = KINDS[kind](answer, call)
        return answer


def parse_fault(spec: str) -> Fault:
    """Read ``ENDPOINT:WHEN:KIND``."""
    endpoint, _, rest = spec.partition(":")
    when, _, kind = rest.partition(":")
    place = WHEN.fullmatch(when)
    if kind not in KINDS or endpoint not in ENDPOINTS or (when != "*" and place is None):
        raise ValueError(f"no such fault: {spec!r}; it is ENDPOINT:WHEN:KIND with KIND one of {', '.join(KINDS)}")
    if place is None:
        return Fault(endpoint, 1, FOREVER, kind)
    return Fault(endpoint, int(place["first"]), int(place["times"] or 1), kind)


def _delivered(delivery: Delivery) -> Bend:
    return lambda answer, call: replace(answer, delivery=delivery)


def _page(status: int, title: str, text: str) -> Answer:
    return Answer(PAGE.format(title=title, text=text).encode(), HTML, status)


def _instead(other: Answer) -> Bend:
    return lambda answer, call: other


def _failed(text: str, status: int = 200) -> Bend:
    return lambda answer, call: error_answer(call.endpoint, call.params, EutilsError(text, status))


def _too_many(status: int, *headers: tuple[str, str]) -> Bend:
    return lambda answer, call: replace(
        refusal(call.params.get("api_key") or "127.0.0.1", 4, 3), status=status, headers=headers
    )


def _bad_key(answer: Answer, call: Call) -> Answer:
    return bad_key(call.params.get("api_key", ""))


def _truncated(answer: Answer, call: Call) -> Answer:
    return replace(answer, body=answer.body[: len(answer.body) // 2])


def _gzip_cut(answer: Answer, call: Call) -> Answer:
    body = gzip.compress(answer.body)
    return replace(answer, body=body[: len(body) // 2], encoded=True)


def _cap_error(answer: Answer, call: Call) -> Answer:
    text = CAP_TEXT.format(last=9998, cap=9999)
    return error_answer("esearch", {"retmode": "json"}, EutilsError(f"Search Backend failed: Exception:\n{text}"))


def _summary_backend(answer: Answer, call: Call) -> Answer:
    return Answer(b'<DocumentSummarySet status="OK"><!-- DocSum Backend failed --></DocumentSummarySet>\n')


def _fewer(answer: Answer, call: Call) -> Answer:
    """Leave out the last record, identifier or item, and still promise it."""
    records = list(RECORD.finditer(answer.body)) or list(ITEM.finditer(answer.body))
    if records:
        return replace(answer, body=answer.body[: records[-1].start()] + answer.body[records[-1].end() :])
    return replace(answer, body=IDS.sub(_without_last, answer.body))


def _without_last(match: re.Match[bytes]) -> bytes:
    if match[1]:
        return match[1] + match[2].rpartition(b",")[0] + match[3]
    return match[4] + match[5].rpartition(b"<Id>")[0] + match[6]


def _stranger(answer: Answer, call: Call) -> Answer:
    """Slip in a record that was not asked for."""
    stranger = next((xml for xml in call.corpus.records() if xml not in answer.body), b"")
    return replace(answer, body=answer.body.replace(SET_END, stranger + b"\n" + SET_END))


def _empty_set(answer: Answer, call: Call) -> Answer:
    """Answer in due form that there is nothing."""
    body = ITEM.sub(b"", RECORD.sub(b"", answer.body))
    body = IDS.sub(lambda match: (match[1] or match[4]) + (match[3] or match[6]), body)
    return replace(answer, body=re.sub(rb'("count":")\d+|(<Count>)\d+', rb"\g<1>\g<2>0", body))


def _wrong_root(answer: Answer, call: Call) -> Answer:
    """An answer of another service, well-formed and of no use."""
    if answer.content_type == JSON:
        return replace(answer, body=b'{"header":{"type":"elink","version":"0.3"},"linksets":[]}\n')
    root = b"<feed xmlns='http://www.w3.org/2005/Atom'/>" if answer.content_type == RSS else b"<eLinkResult/>"
    return replace(answer, body=b"<?xml version='1.0' encoding='UTF-8'?>\n" + root + b"\n")


def _empty_body(answer: Answer, call: Call) -> Answer:
    return replace(answer, body=b"")


ENDPOINTS = ("esearch", "efetch", "esummary", "epost", "einfo", "rss", "*")

TOO_LONG = _page(414, "414 Request-URI Too Long", "The requested URL's length exceeds the capacity limit.")

KINDS: dict[str, Bend] = {
    "timeout": _delivered(Delivery(before=FOREVER)),
    "timeout-body": _delivered(Delivery(midway=FOREVER)),
    "drip": _delivered(Delivery(drip=DRIP)),
    "reset": _delivered(Delivery(reset_after=0)),
    "reset-body": _delivered(Delivery(reset_after=0.5)),
    "429": _too_many(429),
    "429-wait": _too_many(429, ("Retry-After", "2")),
    "429-in-200": _too_many(200),
    "bad-key": _bad_key,
    "414": _instead(TOO_LONG),
    "500": _instead(_page(500, "NCBI/eutils202 - WWW Error 500 Diagnostic", "An error has occurred on the server.")),
    "502": _instead(_page(502, "502 Bad Gateway", "The server returned an invalid or incomplete response.")),
    "503": _instead(_page(503, "503 Service Unavailable", "The server is temporarily unable to service your request.")),
    "html": _instead(_page(200, "NCBI - Under maintenance", "This service is temporarily unavailable.")),
    "truncated": _truncated,
    "gzip-cut": _gzip_cut,
    "empty-body": _empty_body,
    "empty-set": _empty_set,
    "wrong-root": _wrong_root,
    "fewer": _fewer,
    "stranger": _stranger,
    "cap-error": _cap_error,
    "expired": _failed("Unable to obtain query #1"),
    "backend": _failed("Search Backend failed: Database is not supported: pubmed"),
    "docsum-backend": _summary_backend,
}
