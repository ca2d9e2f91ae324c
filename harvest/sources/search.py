"""A PubMed search names every study that matches an expression and entered PubMed in a window of days.

PubMed lists no more than the first 9,999 records of a set, so a larger window is divided until each part fits. Every
record has exactly one create date ([crdt]) and one of last revision ([lr]), so parts are disjoint and complete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from pydantic import BaseModel, NonNegativeInt, PositiveInt

from harvest.errors import PayloadError, SourceError
from harvest.eutils import Eutils, read_json
from harvest.model import Pmid
from harvest.parallel import IN_FLIGHT, in_flight
from harvest.sources import Discovery, identity_of

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
    """Days of a date field, both ends included: ``crdt`` is the day of entry, ``lr`` that of the last revision."""

    first: date
    last: date
    field: str = "crdt"

    def parts(self, count: int) -> list[Window]:
        """So many parts of the window, from the earliest to the latest, or one for each day where it has fewer."""
        days = (self.last - self.first).days + 1
        count = min(count, days)
        starts = [self.first + timedelta(days=days * number // count) for number in range(count)]
        ends = [start - timedelta(days=1) for start in starts[1:]]
        return [replace(self, first=first, last=last) for first, last in zip(starts, [*ends, self.last], strict=True)]

    def __str__(self) -> str:
        return f'("{self.first:%Y/%m/%d}"[{self.field}] : "{self.last:%Y/%m/%d}"[{self.field}])'


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

    @property
    def identity(self) -> str:
        """A digest of the expression."""
        return identity_of(self.term)

    def discover(self, since: date, changed_since: date | None) -> Discovery:
        """Name every study that entered PubMed, or was revised there, from a day on.

        Windows end a day ahead, as PubMed's day may already have turned.

        Raises:
            PayloadError: PubMed refused the expression, has nothing for it, or listed fewer studies than it promised.
            TransportError: PubMed did not answer.
        """
        whole = self._ask(None, retmax=0)
        if not whole.count:
            raise PayloadError("; ".join(("PubMed has no study at all for this search", *whole.warnings)))
        entered = self._named(Window(since, self._ahead(since)), whole.count)
        revised = Window(changed_since, self._ahead(changed_since), "lr") if changed_since else None
        changed = self._named(revised, whole.count) if revised else []
        return Discovery(
            _pmids(entered),
            _pmids(changed),
            expected=sum(part.count for part in (*entered, *changed)),
            total=whole.count,
            query=self.term,
            translated_query=whole.translated_query,
            warnings=whole.warnings,
        )

    def _ahead(self, since: date) -> date:
        return max(since, self.today() + timedelta(days=1))

    def _named(self, window: Window, total: int) -> list[Found]:
        """The answers that list a window whole. That it is empty is believed if all studies are found outside of it."""
        count = self._ask(window, retmax=0).count
        if not count and self._ask(window, retmax=0, operator="NOT").count < total:
            raise PayloadError(f"PubMed named none of the studies that it has in {window}")
        parts = self._listed(window, count)
        if sum(part.count for part in parts) < count:
            raise PayloadError(f"PubMed promised {count:,} studies in {window} and did not list them all")
        return parts

    def _listed(self, window: Window, count: int) -> list[Found]:
        """The answers that together list the window's ``count`` records, in the order of their days.

        A part that PubMed does not list whole is divided as soon as that is known, while others are still asked for.
        Each part is counted by itself: a record may join one of them at any moment.
        """
        listed: dict[Window, Found] = {}
        windows = [window] if 0 < count <= self.cap else self._split(window, count)
        for part, found in in_flight(self._ask, windows, IN_FLIGHT):
            if isinstance(found, SourceError):
                raise found
            if len(set(found.pmids)) == found.count:
                listed[part] = found
            else:
                windows += self._split(part, found.count)
        return [listed[part] for part in sorted(listed, key=lambda part: part.first)]

    def _split(self, window: Window, count: int) -> list[Window]:
        """The parts of the window to ask for, from the latest, which holds the most; none where it has no record.

        There is one part more than would hold them if they lay evenly: the literature grows.
        """
        if count and window.first == window.last:
            raise PayloadError(f"PubMed promised {count:,} studies for {window.first} and did not list them all")
        return window.parts(-(-count // self.cap) + 1)[::-1] if count else []

    def _ask(self, window: Window | None, retmax: int | None = None, operator: str = "AND") -> Found:
        parameters = {
            "term": f"({self.term}) {operator} {window}" if window else self.term,
            "retmode": "json",
            "retmax": str(self.cap if retmax is None else retmax),
            "sort": "pub_date",
        }
        return self.eutils.call("esearch", parameters, read_esearch)


def _pmids(parts: Iterable[Found]) -> tuple[Pmid, ...]:
    return tuple(dict.fromkeys(pmid for part in parts for pmid in part.pmids))


class _Result(BaseModel):
    """The part of an esearch result that is read; each list of words names the kind of what PubMed says."""

    count: NonNegativeInt
    idlist: tuple[PositiveInt, ...]
    querytranslation: str = ""
    errorlist: dict[str, list[str]] | None = None
    warninglist: dict[str, list[str]] | None = None


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
        read = _Result.model_validate(result)
    except ValueError:
        raise PayloadError("the esearch result lacks its count or its list of PMIDs", retryable=True) from None
    return Found(read.count, tuple(map(Pmid, read.idlist)), read.querytranslation, tuple(_warnings(read)))


def _warnings(result: _Result) -> Iterator[str]:
    """Words of PubMed about the expression; "No items found." is an answer, not a warning."""
    for group, words in ((result.errorlist, "does not know"), (result.warninglist, "warns of")):
        for kind, texts in (group or {}).items():
            for text in texts:
                if text != "No items found.":
                    yield f"PubMed {words} {text!r} ({kind})"
