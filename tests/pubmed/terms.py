"""What one term of a search means: the records that it selects, and how PubMed tells about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import reduce
from typing import NamedTuple

from tests.pubmed.corpus import Corpus
from tests.pubmed.fields import FIELDS, KNOWN, Field, Tag, exploded
from tests.pubmed.record import fold

LAST = re.compile(r"last (\d+) (day|month|year)s?")
DAY = re.compile(r"(\d{4})(?:[/-](\d{1,2}))?(?:[/-](\d{1,2}))?")
DAYS_IN = {"day": 1, "month": 30, "year": 365}
NEVER = "9999-12-31"
OPERATORS: dict[str, Callable[[frozenset[int], frozenset[int]], frozenset[int]]] = {
    "AND": frozenset.intersection,
    "OR": frozenset.union,
    "NOT": frozenset.difference,
}
STOP_WORD = re.compile(
    r"an?|and|are|as|at|be|by|for|from|has|have|in|is|it|not|of|on|or|that|the|these|this|to|was|were|with",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Found:
    """What a search expression selects, and what PubMed tells about it."""

    pmids: frozenset[int] = frozenset()
    translation: str = ""
    mappings: list[tuple[str, str]] = field(default_factory=list)
    phrases: list[str] = field(default_factory=list)
    phrases_not_found: list[str] = field(default_factory=list)
    fields_not_found: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    quoted_not_found: list[str] = field(default_factory=list)


class Operand(NamedTuple):
    """A set of PMIDs and how PubMed writes it; ``operator`` is that of the last step where there was one."""

    pmids: frozenset[int]
    text: str
    operator: str | None = None


def all_of(operands: list[Operand]) -> Operand:
    """What all of the operands select."""
    return reduce(lambda left, right: combined(left, "AND", right), operands)


def combined(left: Operand, operator: str, right: Operand) -> Operand:
    """Two operands under AND, OR or NOT; brackets in the text show what was read first."""
    first = left.text if left.operator in (None, operator) else f"({left.text})"
    second = right.text if right.operator is None else f"({right.text})"
    return Operand(OPERATORS[operator](left.pmids, right.pmids), f"{first} {operator} {second}", operator)


def days_of(value: str, today: date) -> tuple[str, str] | None:
    """The first and last ISO day that ``2026``, ``2026/11``, ``2026/11/01`` or ``last 30 days`` means."""
    last = LAST.fullmatch(value.strip().lower())
    if last:
        return (today - timedelta(days=int(last[1]) * DAYS_IN[last[2]])).isoformat(), NEVER
    parts = DAY.fullmatch(value.strip())
    if parts is None:
        return None
    year, month, day = parts.groups()
    return (
        f"{year}-{int(month or 1):02}-{int(day or 1):02}",
        f"{year}-{int(month or 12):02}-{int(day or 31):02}",
    )


class Terms:
    """Looks terms up, and notes in ``found`` what PubMed would tell; ``default`` is the field of those without one."""

    def __init__(self, corpus: Corpus, today: date, default: Field) -> None:
        self.corpus = corpus
        self.today = today
        self.default = default
        self.found = Found()

    def span(self, low: str, high: str, tag: Tag) -> Operand:
        """A range of days or PMIDs, both ends included; in other fields a colon is a mark between two words."""
        if tag.field.kind in ("words", "terms"):
            return self.tagged(f"{low}:{high}", tag, quoted=True)
        text = f"{low}:{high}[{tag.field.name}]"
        if tag.field.kind == "uid" and low.isdigit() and high.isdigit():
            return Operand(self.corpus.pmids(int(low), int(high)), text)
        first, last = days_of(low, self.today), days_of(high, self.today)
        if tag.field.kind == "uid" or first is None or last is None:
            return self._not_found(text)
        return Operand(self.corpus.days(tag.field.keys[0], first[0], last[1]), text)

    def untagged(self, value: str, *, quoted: bool) -> Operand:
        """A term without a field: stop words fall away, a MeSH heading is looked for, all words are wanted."""
        if quoted:
            return self.tagged(value, Tag(self.default), quoted=True)
        heading = fold(value)
        if self._maps_to(heading):
            return self._mapped(value, heading)
        operands = [self._word(word) for word in value.split() if not self._stop_word(word)]
        if not operands:
            return Operand(frozenset(), value)
        return all_of(operands)

    def _word(self, word: str) -> Operand:
        heading = fold(word)
        if self._maps_to(heading):
            return self._mapped(word, heading)
        if word.isdigit() and self.corpus.xml(int(word)):
            return Operand(frozenset({int(word)}), f"{word}[UID]")
        return self.tagged(word, Tag(self.default), quoted=False)

    def _maps_to(self, heading: str) -> bool:
        return self.default is FIELDS["all"] and bool(self.corpus.term("mh", heading))

    def _mapped(self, value: str, heading: str) -> Operand:
        meaning = f'"{heading}"[MeSH Terms] OR "{heading}"[All Fields]'
        self.found.mappings.append((value, meaning))
        self.found.phrases.append(value)
        pmids = self._lookup(FIELDS["mh"], heading, explode=True) | self._lookup(FIELDS["all"], heading, explode=False)
        return Operand(pmids, f"({meaning})")

    def _stop_word(self, word: str) -> bool:
        ignored = STOP_WORD.fullmatch(word) is not None
        if ignored:
            self.found.ignored.append(word)
        return ignored

    def tagged(self, value: str, tag: Tag, *, quoted: bool) -> Operand:
        """A term in a field. An unquoted phrase that stands nowhere is searched word by word."""
        plain = value.replace('"', "")
        if tag.field.kind == "words":
            self.found.phrases.append(plain.rstrip("*"))
        pmids = self._lookup(tag.field, plain, explode=tag.explode)
        name = tag.field.name if tag.explode else f"{tag.field.name}:noexp"
        if not pmids and not quoted and " " in plain and tag.field.kind == "words":
            return all_of([self.tagged(word, tag, quoted=False) for word in plain.split()])
        if pmids or tag.field.kind == "days" or KNOWN.search(fold(plain)):
            return Operand(pmids, f'"{plain}"[{name}]')
        if quoted:
            self.found.quoted_not_found.append(f"{value}[{name}]")
            return Operand(frozenset(), f"{value}[{name}]")
        return self._not_found(value, f"{value}[{name}]")

    def _not_found(self, value: str, text: str | None = None) -> Operand:
        self.found.phrases_not_found.append(value)
        return Operand(frozenset(), text or value)

    def _lookup(self, target: Field, value: str, *, explode: bool) -> frozenset[int]:
        prefix = value.endswith("*")
        stem = value.rstrip("*")
        if target.kind == "words":
            initials = target.keys == ("authors",) and " " in stem
            return self.corpus.words(target.keys, stem, prefix=prefix or initials)
        if target.kind == "uid":
            return self.corpus.pmids(int(stem), int(stem)) if stem.isdigit() else frozenset()
        if target.kind == "days":
            days = days_of(stem, self.today)
            return self.corpus.days(target.keys[0], *days) if days else frozenset()
        return self._named(target.keys[0], fold(stem), prefix=prefix, explode=explode)

    def _named(self, key: str, value: str, *, prefix: bool, explode: bool) -> frozenset[int]:
        if (key, value) == ("sb", "all"):
            return self.corpus.pmids()
        tree = "mh" if key == "majr" else key
        names = exploded(tree, value) if explode and not prefix else [value]
        return frozenset().union(*(self.corpus.term(key, name, prefix=prefix) for name in names))
