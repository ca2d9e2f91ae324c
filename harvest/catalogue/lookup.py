"""A search as an address holds it: what was typed and ticked, the order and the page, so that it can be shared.

An address is never wrong: a number that is none, or an order that there is not, is as if it had not been given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from harvest.catalogue.filters import Filters
from harvest.catalogue.query import LONGEST
from harvest.catalogue.search import SORTS, Sort
from harvest.model import Finding

FINDINGS: tuple[Finding, ...] = ("worse", "better", "no-change", "mixed", "unclear")

SIZE, LARGEST = 20, 100
"""How many studies a page shows, by default and at most."""

LARGEST_NUMBER = 10_000_000
"""A bound above this is read as this."""

_BOUNDS = {
    "from": "year_from",
    "to": "year_to",
    "participants": "participants",
    "followup": "follow_up_days",
    "since": "entered_days",
}
_SWITCHES = {
    "abstract": ("with_abstract", "1"),
    "retracted": ("without_retracted", "hide"),
    "incidental": ("with_incidental", "1"),
}


@dataclass(frozen=True, slots=True)
class Lookup:
    """A search; ``level`` is the number of the lowest level of evidence that is wanted, 0 for any."""

    text: str = ""
    filters: Filters = field(default_factory=Filters)
    level: int = 0
    sort: Sort = "relevance"
    page: int = 1
    size: int = SIZE

    @classmethod
    def read(cls, args: Mapping[str, Sequence[str]], facets: Iterable[str]) -> Lookup:
        """The search that the parameters of an address name.

        Args:
            args: the values of each parameter.
            facets: the facets that can be ticked.
        """
        told = {facet: tuple(dict.fromkeys(filter(None, args.get(facet, ())))) for facet in facets}
        ticked = {facet: values for facet, values in told.items() if values}
        last = {name: values[-1] for name, values in args.items() if values}
        bounds: dict[str, Any] = {name: _number(last.get(parameter)) for parameter, name in _BOUNDS.items()}
        switches: dict[str, Any] = {name: last.get(one) == value for one, (name, value) in _SWITCHES.items()}
        findings = tuple(finding for finding in FINDINGS if finding in args.get("finding", ()))
        sort: Sort = next((sort for sort in SORTS if sort == last.get("sort")), "relevance")
        return cls(
            text=last.get("q", "").strip()[:LONGEST],
            filters=Filters(ticked=ticked, findings=findings, **bounds, **switches),
            level=_number(last.get("level")) or 0,
            sort=sort,
            page=max(1, _number(last.get("page")) or 1),
            size=min(LARGEST, _number(last.get("size")) or SIZE) or SIZE,
        )

    def parameters(self) -> Iterator[tuple[str, str]]:
        """What an address needs to say of this search: nothing that goes without saying."""
        if self.text:
            yield "q", self.text
        for facet, values in self.filters.ticked.items():
            yield from ((facet, value) for value in values)
        yield from (("finding", finding) for finding in self.filters.findings)
        bounds = {parameter: getattr(self.filters, name) for parameter, name in _BOUNDS.items()}
        yield from ((parameter, str(bound)) for parameter, bound in bounds.items() if bound is not None)
        ticked = [one for one in _SWITCHES.items() if getattr(self.filters, one[1][0])]
        yield from ((parameter, value) for parameter, (_, value) in ticked)
        others = {"level": (self.level, 0), "page": (self.page, 1), "size": (self.size, SIZE)}
        yield from ((parameter, str(number)) for parameter, (number, usual) in others.items() if number != usual)
        if self.sort != "relevance":
            yield "sort", self.sort

    @property
    def address(self) -> str:
        """The parameters as a query string."""
        return urlencode(list(self.parameters()))

    def on_page(self, page: int) -> Lookup:
        """The same search, another page of it."""
        return replace(self, page=page)

    def without(self, parameter: str, value: str) -> Lookup:
        """The same search without one of its conditions, from its first page."""
        left = [pair for pair in self.parameters() if pair != (parameter, value) and pair[0] != "page"]
        args: dict[str, list[str]] = {}
        for name, one in left:
            args.setdefault(name, []).append(one)
        return Lookup.read(args, self.filters.ticked)

    @property
    def conditions(self) -> list[tuple[str, str]]:
        """What narrows the search, as parameters: all but the words, the order and the page."""
        return [pair for pair in self.parameters() if pair[0] not in ("q", "page", "size", "sort")]


def _number(text: str | None) -> int | None:
    """A whole number from 0 up; ``None`` where there is none."""
    return min(int(text), LARGEST_NUMBER) if text and text.isascii() and text.isdecimal() else None
