"""Takes apart what a reader typed into the search box; whatever it is, it is read as something.

- ``heart failure``: words; studies that match all or most of them
- ``"heart failure"``: a phrase; it must be there as it is
- ``-rats``, ``-"heart failure"``: must not be there
- ``title:heart``, ``author:Smith``: in one field, be it title, abstract, keywords, mesh, author or journal
- ``year:2020``, ``year:2018-2021``: published in these years
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 1000
"""Characters that are read of what was typed."""

TEXT_FIELDS = {"title": "title", "abstract": "abstract", "keyword": "keywords", "keywords": "keywords", "mesh": "mesh"}
"""The fields of the full-text index by the names that a reader may use."""

OTHER_FIELDS = frozenset({"author", "journal", "year"})

_PIECE = re.compile(r'(-?)(?:([a-z]+):(?=[^\s]))?(?:"([^"]*)"|([^\s"]+))', re.IGNORECASE)
_UNWRITABLE = re.compile(r"[\0\ud800-\udfff]")  # what SQLite does not take
_OPERATORS = frozenset({"AND", "OR", "&", "+", "|"})


@dataclass(frozen=True, slots=True)
class Clause:
    """Something that must be there, or must not: a word or phrase, in one field or in any (``None``)."""

    field: str | None
    text: str

    @property
    def expression(self) -> str:
        """The clause as an expression of FTS5, in its field if the full-text index has it."""
        field = TEXT_FIELDS.get(self.field or "")
        return f"{{{field}}} : {quoted(self.text)}" if field else quoted(self.text)


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed: loose words in their order, and what must and must not be there."""

    words: str = ""
    required: tuple[Clause, ...] = ()
    excluded: tuple[Clause, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked."""
        return not (self.words or self.required or self.excluded)


def parse(text: str) -> Query:
    """What a reader typed as a query; text that is no well-formed query is read as words."""
    words: list[str] = []
    required: list[Clause] = []
    excluded: list[Clause] = []
    negated = False
    for minus, name, phrase, word in _PIECE.findall(_UNWRITABLE.sub(" ", text[:LONGEST])):
        if word == "NOT" and not name:
            negated = True
            continue
        if word in _OPERATORS:
            continue
        field = name.lower() if name and (name.lower() in TEXT_FIELDS or name.lower() in OTHER_FIELDS) else None
        content = (phrase or word).strip() if field or not name else f"{name} {phrase or word}"
        if not re.search(r"\w", content):
            continue
        if minus or negated:
            excluded.append(Clause(field, content))
        elif field or phrase:
            required.append(Clause(field, content))
        else:
            words.append(content)
        negated = False
    if excluded and not (words or required):
        return Query(" ".join(clause.text for clause in excluded))
    return Query(" ".join(words), tuple(required), tuple(excluded))


def quoted(text: str) -> str:
    """A text as one phrase of FTS5, in which nothing is an operator."""
    return '"' + text.replace('"', '""') + '"'
