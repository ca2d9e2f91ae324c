"""A search in PubMed's language -> the words that a record must hold for the search to find it.

Where a word stands is left aside, and so is whatever cannot be told from words, such as a date: what is asked here is
never more than what the search asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from harvest.errors import ConfigError

_TOKEN = re.compile(r'"([^"]*)"|([()])|\[([^\]]*)\]|([^\s()\[\]"]+)')
_WORD = re.compile(r"[a-z0-9]+")
_OPERATORS = ("AND", "OR", "NOT")
_SHORT = 2
"""Words of so many letters are in every record, as parts of others."""

# fields whose words stand in the record as they stand in the search; of others nothing is asked
_FIELDS = re.compile(
    r"|tiab|ti|ab|title/abstract|title|tw|text words?|all|all fields|ot|other term|nm|substance name"
    r"|supplementary concept|mh|mesh|mesh terms|majr|mesh major topic|rn|ec/rn number|ta|journal|au|author|ad"
    r"|affiliation|tt"
)


@dataclass(frozen=True, slots=True)
class Word:
    """Letters and digits in lower case, as they stand in a record, be it within a longer word."""

    letters: bytes

    def holds(self, text: bytes) -> bool:
        """Whether a text in lower case has it."""
        return self.letters in text


@dataclass(frozen=True, slots=True)
class All:
    """Each of these; of nothing, nothing is asked."""

    parts: tuple[Terms, ...]

    def holds(self, text: bytes) -> bool:
        """Whether a text in lower case has each."""
        return all(part.holds(text) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Any:
    """At least one of these."""

    parts: tuple[Terms, ...]

    def holds(self, text: bytes) -> bool:
        """Whether a text in lower case has one."""
        return any(part.holds(text) for part in self.parts)


Terms: TypeAlias = Word | All | Any
NOTHING_ASKED = All(())


def terms_of(searches: Iterable[tuple[str, str]]) -> Terms:
    """What a record must hold to be found by one of the searches, given by names and expressions.

    Raises:
        ConfigError: there is no search, or one could find records by something else than words.
    """
    wanted = {name: parse(expression) for name, expression in searches}
    if not wanted:
        raise ConfigError("there is no search in the recipe, so nothing tells which records to take; add [[searches]]")
    for name, terms in wanted.items():
        if needles(terms) is None:
            raise ConfigError(f"search {name}: it can find records without any word of its own, as files cannot")
    return _either(*wanted.values())


def parse(expression: str) -> Terms:
    """The words that an expression asks for; operators are taken from left to right, as PubMed does."""
    return _read(_items(expression))


def needles(terms: Terms) -> frozenset[bytes] | None:
    """Words of which every record that is wanted holds one at least, as few and as rare as can be; ``None`` if none."""
    if isinstance(terms, Word):
        return frozenset([terms.letters])
    found = [needles(part) for part in terms.parts]
    if isinstance(terms, All):
        return max(filter(None, found), key=_rarity, default=None)
    told = [each for each in found if each is not None]
    return _shortest(frozenset().union(*told)) if len(told) == len(found) else None


def _rarity(words: frozenset[bytes]) -> tuple[int, int]:
    """Longer words are rarer, and fewer of them too."""
    return min(map(len, words)), -len(words)


def _shortest(words: frozenset[bytes]) -> frozenset[bytes]:
    """Without words that hold another of them: where they are, the other is as well."""
    return frozenset(word for word in words if not any(other in word for other in words - {word}))


def _items(expression: str) -> Iterator[Terms | str]:
    """The terms, operators and brackets of an expression, in order."""
    said = ""
    for quoted, bracket, field, word in _TOKEN.findall(expression):
        if bracket or word in _OPERATORS:
            if said:
                yield _term(said)
            yield bracket or word
            said = ""
        elif quoted or word:
            said = f"{said} {quoted or word}"
        else:
            yield _term(said, field)
            said = ""
    if said:
        yield _term(said)


def _read(items: Iterator[Terms | str]) -> Terms:
    """Read up to the closing bracket, or to the end; terms without an operator between them are both asked for."""
    read: Terms | None = None
    operator = "AND"
    for item in items:
        if item == ")":
            break
        if item == "(":
            item = _read(items)
        if isinstance(item, str):
            operator = item
        else:
            read, operator = _joined(read, operator, item), "AND"
    return NOTHING_ASKED if read is None else read


def _joined(former: Terms | None, operator: str, term: Terms) -> Terms:
    if operator == "NOT":
        return NOTHING_ASKED if former is None else former
    if former is None:
        return term
    return All((former, term)) if operator == "AND" else _either(former, term)


def _either(*parts: Terms) -> Terms:
    """At least one of these, without what is found anyway: a word that holds another one of them."""
    flat = [each for part in parts for each in (part.parts if isinstance(part, Any) else (part,))]
    words = _shortest(frozenset(each.letters for each in flat if isinstance(each, Word)))
    others = dict.fromkeys(each for each in flat if not isinstance(each, Word))
    return Any((*map(Word, sorted(words)), *others))


def _term(said: str, field: str = "") -> Terms:
    """The words of one term. A field may be followed by how it is searched, as in ``mh:noexp`` and ``tiab:~3``."""
    words = _WORD.findall(said.lower())
    if not _FIELDS.fullmatch(field.partition(":")[0].strip().lower()) or said.strip().lower() == "hasabstract":
        return NOTHING_ASKED
    telling = [word for word in words if len(word) > _SHORT] or words
    asked = tuple(Word(word.encode()) for word in telling)
    return asked[0] if len(asked) == 1 else All(asked)
