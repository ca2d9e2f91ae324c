"""PubMed's search language: fields in brackets, phrases, truncation, ranges, AND, OR and NOT from left to right.

Lower-case ``and`` and ``or`` are words here as in PubMed, and stop words among untagged terms are ignored. A term
without a field is mapped to the MeSH heading of that name, where the corpus has it, or searched in all fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from tests.pubmed.corpus import Corpus
from tests.pubmed.fields import FIELDS, Field, Tag, tag_of
from tests.pubmed.terms import OPERATORS, Found, Operand, Terms, combined

TOKEN = re.compile(r'(?P<open>\()|(?P<close>\))|(?P<quoted>"[^"]*"\*?)|\[(?P<tag>[^\]]*)\]|(?P<word>[^\s()\[\]"]+)')
SPAN = re.compile(r"(?P<low>[\d/]*)(?P<colon>:)(?P<high>[\d/]*)")


class QueryError(ValueError):
    """A search expression that PubMed's back end refuses."""


class Token(NamedTuple):
    """A piece of a search expression: ``open``, ``close``, ``quoted``, ``tag``, ``word`` or ``colon``."""

    kind: str
    text: str


def search(corpus: Corpus, term: str, today: date, default: Field = FIELDS["all"]) -> Found:
    """Find the records that a search expression selects. Raises ``QueryError`` where it cannot be read."""
    terms = Terms(corpus, today, default)
    reader = _Reader(list(tokens(term)), terms)
    operand = reader.expression()
    if reader.peek() is not None:
        raise QueryError("a bracket is closed that was never opened")
    terms.found.pmids, terms.found.translation = operand.pmids, operand.text
    return terms.found


def tokens(term: str) -> Iterator[Token]:
    """Cut a search expression into its pieces; a range such as ``2026/11/01:2026/11/22`` becomes three."""
    for match in TOKEN.finditer(term):
        kind = str(match.lastgroup)
        span = SPAN.fullmatch(match[kind]) if kind == "word" else None
        if span is None:
            yield Token(kind, match[kind])
        else:
            yield from (Token("colon" if part == ":" else "word", part) for part in span.groups() if part)


class _Reader:
    """Reads tokens from left to right and evaluates as it goes."""

    def __init__(self, pieces: list[Token], terms: Terms) -> None:
        self.pieces = pieces
        self.terms = terms
        self.place = 0

    def peek(self) -> Token | None:
        return self.pieces[self.place] if self.place < len(self.pieces) else None

    def take(self) -> Token:
        piece = self.peek()
        if piece is None:
            raise QueryError("the expression ends where a term is expected")
        self.place += 1
        return piece

    def at(self, *kinds: str) -> bool:
        piece = self.peek()
        return piece is not None and piece.kind in kinds and not (piece.kind == "word" and piece.text in OPERATORS)

    def expression(self) -> Operand:
        left = self.operand()
        while (piece := self.peek()) is not None and piece.kind != "close":
            operator = self.take().text if piece.kind == "word" and piece.text in OPERATORS else "AND"
            left = combined(left, operator, self.operand())
        return left

    def operand(self) -> Operand:
        if self.at("open"):
            self.take()
            inner = self.expression()
            if self.peek() is None:
                raise QueryError("a bracket is never closed")
            self.take()
            return inner
        if self.at("word", "quoted"):
            return self.term()
        raise QueryError(f"a term is expected at {' '.join(piece.text for piece in self.pieces[self.place :])!r}")

    def term(self) -> Operand:
        quoted = self.at("quoted")
        value = self.take().text
        while not quoted and self.at("word"):
            value += " " + self.take().text
        tag = self.tag()
        if self.at("colon"):
            self.take()
            high = self.take().text
            tag = self.tag() or tag or tag_of("uid")
            return self.terms.span(value.strip('"'), high.strip('"'), tag)
        if tag is None:
            return self.terms.untagged(value, quoted=quoted)
        return self.terms.tagged(value, tag, quoted=quoted)

    def tag(self) -> Tag | None:
        if not self.at("tag"):
            return None
        name = self.take().text
        tag = tag_of(name)
        if not tag.known:
            self.terms.found.fields_not_found.append(name)
        return tag
