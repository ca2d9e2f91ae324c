"""Finds phrases: every phrase of a lexicon in one pass over the words of a text, before anything else is looked at.

How a phrase is written, here and in a taxonomy:

    heart attack          these words in any case, singular or plural; a blank also finds a hyphen or slash in the text
    post-operative        a hyphen finds a hyphen, a blank or nothing: post-operative, post operative, postoperative
    infect*               any ending; * stands at the end of a word
    (acute|chronic) ulcer one of the alternatives; an empty one makes words optional
    COPD                  an abbreviation of two to six capitals, digits and hyphens is found as it is written only

A British spelling finds the American one too: anaemia, tumour, randomised.

The phrases make one automaton over words. Its states are sets of places in phrases and are worked out when a text first
leads to them (Thompson, Communications of the ACM 1968), so that alternatives need not be written out.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

ABBREVIATION = re.compile(r"[A-Z][A-Z0-9-]{1,5}")
"""What is found in capitals only."""

MOST_FORMS = 5000
"""Forms that the alternatives of one part of a phrase may make; a part ends at a blank outside of brackets."""

LONGEST, MOST_ENDINGS, LONGEST_ENDING = 80, 3, 40
"""Bounds of a phrase, so that what it finds is never longer than 200 characters."""

MOST_WORDS = 20_000
"""Words that a state remembers; beyond them it forgets all, so that memory stays bounded whatever is read."""

_WORD = re.compile(r"(?=.*\w)[\w'’.,/+-]+\*?")
_ALTERNATIVES = re.compile(r"\(([^()]*)\)")
_PIECE = re.compile(r"\([^()]*\)|[^ (]+|\(| +")
_NOT_WORD = re.compile(r"[^\w ]|_")
_CUT = re.compile(r"[^\w* ]")
_SPELLINGS = (
    ("aesth", "esth"),
    ("anaem", "anem"),
    ("behaviour", "behavior"),
    ("labour", "labor"),
    ("tumour", "tumor"),
    ("haem", "hem"),
    ("paed", "ped"),
    ("caesar", "cesar"),
    ("oedema", "edema"),
    ("orrhoea", "orrhea"),
    ("fibre", "fiber"),
    ("isation", "ization"),
    ("ised ", "ized "),
    ("nalyse", "nalyze"),
    ("arise ", "arize "),
    ("programme", "program"),
    ("centre", "center"),
)


Hit = tuple[int, int, tuple[int, ...]]
"""A phrase that was found: its start and end in the text, and the labels that it was filed under."""


def words_of(text: str) -> list[str]:
    """The words of a text, cut at every character that is no letter or digit: between two such stands an empty word.

    The lengths of the words, and one for each cut, add up to the length of the text.
    """
    return _NOT_WORD.sub(" ", text).split(" ")


def check(phrase: str) -> str | None:
    """What is wrong with how a phrase is written, or ``None``."""
    parts = [list(itertools.islice(_alternatives(part), MOST_FORMS + 1)) for part in _parts(phrase)]
    if not any(all(forms) for forms in parts):
        return "a phrase needs a word"
    if any(len(forms) > MOST_FORMS for forms in parts):
        return f"more than {MOST_FORMS} alternatives"
    longest = sum(max(map(len, forms)) for forms in parts) + len(parts) - 1
    if longest > LONGEST or sum(max(form.count("*") for form in forms) for forms in parts) > MOST_ENDINGS:
        return f"longer than {LONGEST} characters, or more than {MOST_ENDINGS} words with *"
    wrong = [word for forms in parts for form in forms for word in form.split() if not _WORD.fullmatch(word)]
    return f"{wrong[0]!r} is not a word, a word with * at its end, or (alternatives|in brackets)" if wrong else None


def _parts(phrase: str) -> list[str]:
    """The parts of a phrase, cut at blanks, be it those that every alternative in brackets ends or begins with."""
    parts = [""]
    for piece in _PIECE.findall(phrase):
        choices = [choice for choice in piece[1:-1].split("|") if choice.strip()] if piece[0] == "(" else [piece]
        if all(choice[0] == " " for choice in choices):
            parts.append("")
        parts[-1] += piece.strip()
        if all(choice[-1] == " " for choice in choices):
            parts.append("")
    return [part for part in parts if part]


def _alternatives(part: str) -> Iterator[str]:
    pieces = _ALTERNATIVES.split(part)
    choices = [piece.split("|") if i % 2 else [piece] for i, piece in enumerate(pieces)]
    return (" ".join("".join(choice).split()) for choice in itertools.product(*choices))


def _forms(alternatives: Iterable[str], *, first: bool, last: bool) -> set[tuple[str, ...]]:
    """The words of each form of a part: its alternatives with hyphens, spellings and, at the end, plurals written out.

    A word in capitals stands for itself, any other one for every case. A full stop between two words of a phrase is a
    cut as it is in a text.
    """
    forms: set[tuple[str, ...]] = set()
    for form in alternatives:
        cased = " ".join(word if ABBREVIATION.fullmatch(word) else word.lower() for word in form.split())
        for spelled in _spellings(f" {cased} "):
            for joined in _hyphens(spelled):
                words = _CUT.sub(" ", joined)[1:-1]
                words = words.lstrip() if first else words
                forms.update(tuple(plural.split(" ")) for plural in (_plurals(words.rstrip()) if last else (words,)))
    return forms


def _spellings(text: str) -> set[str]:
    forms = {text}
    for british, american in _SPELLINGS:
        if british in text:
            forms |= {form.replace(british, american) for form in forms}
    return forms


def _hyphens(text: str) -> Iterable[str]:
    if "-" not in text:
        return (text,)
    return map("".join, itertools.product(*([" ", ""] if c == "-" else [c] for c in text)))


def _plurals(words: str) -> Iterator[str]:
    yield words
    if words.endswith("y") and words[-2:-1] not in "aeiou":
        yield words[:-1] + "ies"
    elif words.endswith(("ch", "sh", "x", "ss")):
        yield words + "es"
    elif words and not words.endswith(("s", "*")):
        yield words + "s"


_Node = int
"""A place in a phrase: between two of its words, or at its end."""


class _Phrases:
    """The phrases as a graph: from each node each word, or head of a word, leads on to others."""

    def __init__(self, phrases: Mapping[int, Iterable[str]]) -> None:
        self.words: list[dict[str, list[_Node]]] = [{}]
        self.heads: list[dict[str, list[_Node]]] = [{}]
        self.labels: dict[_Node, set[int]] = defaultdict(set)
        filed: dict[str, set[int]] = defaultdict(set)
        for label, texts in phrases.items():
            for text in texts:
                filed[text].add(label)
        for text, labels in filed.items():
            self._add(_parts(text), labels)

    def _add(self, parts: Sequence[str], labels: set[int]) -> None:
        """A phrase: from where each part may begin its forms lead to where it ends; one that may be empty is passed."""
        alternatives = [list(_alternatives(part)) for part in parts]
        optional = ["" in choices for choices in alternatives]
        begins = {0}
        for number, choices in enumerate(alternatives):
            end = self._new()
            for form in _forms(choices, first=not number, last=all(optional[number + 1 :])):
                if form != ("",):
                    self._lead(begins, form, end)
            begins = {*begins, end} if optional[number] else {end}
        for node in begins:
            self.labels[node] |= labels

    def _lead(self, begins: Iterable[_Node], form: Sequence[str], end: _Node) -> None:
        """From some nodes through the words of a form to its end."""
        for word in form[:-1]:
            through = self._new()
            for node in begins:
                self._link(node, word, through)
            begins = (through,)
        for node in begins:
            self._link(node, form[-1], end)

    def _new(self) -> _Node:
        self.words.append({})
        self.heads.append({})
        return len(self.words) - 1

    def _link(self, node: _Node, word: str, other: _Node) -> None:
        edges = self.heads if word.endswith("*") else self.words
        edges[node].setdefault(word.removesuffix("*"), []).append(other)


@lru_cache(maxsize=2)
def _graph(phrases: tuple[tuple[int, tuple[str, ...]], ...]) -> _Phrases:
    """The phrases of each label as a graph, which takes long to make and is the same for the same phrases."""
    return _Phrases(dict(phrases))


_NOWHERE: frozenset[_Node] = frozenset()


class _State(dict[str, "tuple[tuple[int, ...], _State] | None"]):
    """What a text may be in the middle of: some places in phrases.

    It maps each word that it has met to the labels of the phrases that end there, and the state that follows; to
    ``None`` where the word leads nowhere.
    """

    def __init__(self, lexicon: Lexicon, nodes: Iterable[_Node]) -> None:
        self._lexicon = lexicon
        self._words = _joined(lexicon.phrases.words[node] for node in nodes)
        self._heads = _joined(lexicon.phrases.heads[node] for node in nodes)
        self._lengths = sorted({len(head) for head in self._heads})
        self.goes_on = bool(self._words or self._heads)

    def __missing__(self, word: str) -> tuple[tuple[int, ...], _State] | None:
        if len(word) > LONGEST + LONGEST_ENDING:
            return None
        if len(self) >= MOST_WORDS:
            self.clear()
        nodes = self._after(word)
        self[word] = following = self._lexicon.following(nodes) if nodes else None
        return following

    def _after(self, word: str) -> frozenset[_Node]:
        """The places that a word leads to."""
        low = word.lower()
        nodes = self._words.get(low, _NOWHERE)
        if low != word:
            nodes = nodes | self._words.get(word, _NOWHERE)
        for length in self._lengths:
            if length <= len(low) <= length + LONGEST_ENDING:
                nodes = nodes | self._heads.get(low[:length], _NOWHERE)
        return nodes


def _joined(edges: Iterable[Mapping[str, Iterable[_Node]]]) -> dict[str, frozenset[_Node]]:
    joined: dict[str, set[_Node]] = defaultdict(set)
    for mapping in edges:
        for word, nodes in mapping.items():
            joined[word].update(nodes)
    return {word: frozenset(nodes) for word, nodes in joined.items()}


class Lexicon:
    """Phrases filed under labels, found all at once.

    Args:
        phrases: the phrases of each label.
    """

    def __init__(self, phrases: Mapping[int, Iterable[str]]) -> None:
        self.phrases = _graph(tuple((label, tuple(texts)) for label, texts in phrases.items()))
        self._following: dict[frozenset[_Node], tuple[tuple[int, ...], _State]] = {}
        self._start = _State(self, {0})

    def following(self, nodes: frozenset[_Node]) -> tuple[tuple[int, ...], _State]:
        """The labels of the phrases that end at some of the nodes, and the state of a text that has come to them."""
        if nodes not in self._following:
            labels = {label for node in nodes for label in self.phrases.labels.get(node, ())}
            self._following[nodes] = tuple(sorted(labels)), _State(self, nodes)
        return self._following[nodes]

    def find(self, text: str) -> list[Hit]:
        """Every phrase in the text, in the order of their beginnings; time is linear in the text's length."""
        words = words_of(text)
        ends = list(itertools.accumulate(map(len, words)))  # without the cuts, of which there is one for each word
        last = len(words) - 1
        hits: list[Hit] = []
        for place, reached in enumerate(map(self._start.__getitem__, words)):
            here = place
            while reached is not None:
                labels, state = reached
                if labels:
                    hits.append((ends[place] - len(words[place]) + place, ends[here] + here, labels))
                if here == last or not state.goes_on:
                    break
                here += 1
                reached = state[words[here]]
        return hits
