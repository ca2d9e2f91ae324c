"""A PubMed search names every study that matches an expression and entered PubMed in a window of days.

PubMed lists no more than the first 9,999 records of a set, so a larger window is halved until each part fits; every
record has exactly one create date ([crdt]), so the halves are disjoint and complete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from harvest.errors import PayloadError
from harvest.eutils import Eutils, read_json
from harvest.model import Pmid
from harvest.sources import Discovery

CAP = 9_999
"""The most records of one set that esearch lists (in force since late 2022)."""


@dataclass(frozen=True, slots=True)
class Found:
    """One esearch answer: ``count`` is PubMed's promise for the whole set, ``pmids`` what this answer lists."""

    count: int
    pmids: tuple[Pmid, ...]
    translated_query: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """Days on which records entered PubMed, both ends included."""

    first: date
    last: date

    def halves(self) -> tuple[Window, Window]:
        """The earlier and the later half of a window of two days or more."""
        middle = self.first + (self.last - self.first) // 2
        return Window(self.first, middle), Window(middle + timedelta(days=1), self.last)

    def __str__(self) -> str:
        return f'("{self.first:%Y/%m/%d}"[crdt] : "{self.last:%Y/%m/%d}"[crdt])'


@dataclass(frozen=True, slots=True)
class Search:
    """A search of the recipe.

    Args:
        name: its name there.
        term: the expression, every term tagged with its field.
        eutils: where to ask.
        today: the current day.
        cap: the most records that one window may hold.
    """

    name: str
    term: str
    eutils: Eutils
    today: Callable[[], date]
    cap: int = CAP
    kind: str = field(default="search", init=False)

    def discover(self, since: date) -> Discovery:
        """Name every study that entered PubMed from ``since`` on.

        The window ends a day ahead, as PubMed's day may already have turned.

        Raises:
            PayloadError: PubMed refused the expression, or listed fewer studies than it promised.
            TransportError: PubMed did not answer.
        """
        window = Window(since, max(since, self.today() + timedelta(days=1)))
        promised = self._ask(window, retmax=0)
        parts = tuple(self._listed(window, promised.count))
        pmids = tuple(dict.fromkeys(pmid for part in parts for pmid in part.pmids))
        return Discovery(
            pmids,
            expected=sum(part.count for part in parts),
            query=f"({self.term}) AND {window}",
            translated_query=promised.translated_query,
            warnings=promised.warnings,
        )

    def _listed(self, window: Window, count: int) -> Iterator[Found]:
        """The answers that together list the window's ``count`` records."""
        if count == 0:
            return
        if count <= self.cap:
            found = self._ask(window, retmax=self.cap)
            if len(found.pmids) == found.count:
                yield found
                return
            count = found.count
        if window.first == window.last:
            raise PayloadError(f"PubMed promised {count:,} studies for {window.first} and did not list them all")
        earlier, later = window.halves()
        earlier_count = self._ask(earlier, retmax=0).count
        yield from self._listed(earlier, earlier_count)
        yield from self._listed(later, count - earlier_count)

    def _ask(self, window: Window, retmax: int) -> Found:
        parameters = {
            "term": f"({self.term}) AND {window}",
            "retmode": "json",
            "retmax": str(retmax),
            "sort": "pub_date",
        }
        return self.eutils.call("esearch", parameters, read_esearch)


def read_esearch(body: bytes) -> Found:
    """Read an esearch answer in JSON.

    Raises:
        PayloadError: the body is none, or PubMed's word for an error.
    """
    result = read_json(body).get("esearchresult")
    if not isinstance(result, dict):
        raise PayloadError("the answer is no esearch result", retryable=True)
    if "ERROR" in result:
        said = " ".join(str(result["ERROR"]).split())
        raise PayloadError(
            f"PubMed answered with an error: {said[:200]}", retryable="failed" in said and "retstart" not in said
        )
    try:
        pmids = tuple(Pmid(int(text)) for text in result["idlist"])
        return Found(int(result["count"]), pmids, str(result.get("querytranslation", "")), tuple(_warnings(result)))
    except (KeyError, TypeError, ValueError):
        raise PayloadError("the esearch result lacks its count or its list of PMIDs", retryable=True) from None


def _warnings(result: dict[str, Any]) -> Iterator[str]:
    """Words of PubMed about the expression; "No items found." is an answer, not a warning."""
    for group, words in (("errorlist", "does not know"), ("warninglist", "warns of")):
        for kind, texts in (result.get(group) or {}).items():
            for text in texts:
                if text != "No items found.":
                    yield f"PubMed {words} {text!r} ({kind})"
