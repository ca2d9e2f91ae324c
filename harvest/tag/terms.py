"""Finds phrases: every phrase of a lexicon in one pass over a text (Aho-Corasick), before anything else is looked at.

How a phrase is written, here and in a taxonomy:

    heart attack          these words in any case, singular or plural; a blank also finds a hyphen or slash in the text
    post-operative        a hyphen finds a hyphen, a blank or nothing: post-operative, post operative, postoperative
    infect*               any ending; * stands at the end of a word
    (acute|chronic) ulcer one of the alternatives; an empty one makes words optional
    COPD                  an abbreviation of two to six capitals, digits and hyphens is found as it is written only

A British spelling finds the American one too: anaemia, tumour, randomised.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import ahocorasick

ABBREVIATION = re.compile(r"[A-Z][A-Z0-9-]{1,5}")
"""What is found in capitals only."""

MOST_FORMS = 5000
"""Forms that the alternatives of one phrase may make."""

LONGEST, MOST_ENDINGS, LONGEST_ENDING = 80, 3, 40
"""Bounds of a phrase, so that what it finds is never longer than 200 characters."""

ANY = "*"

_WORD = re.compile(r"(?=.*\w)[\w'’./+-]+\*?")
_ALTERNATIVES = re.compile(r"\(([^()]*)\)")
_NOT_WORD = re.compile(r"[^\w ]|_")
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


class Hit(NamedTuple):
    """A phrase found at ``start:end`` of a text; ``labels`` tells what it was filed under."""

    start: int
    end: int
    labels: tuple[int, ...]


def fold(text: str) -> str:
    """The text in lower case with a blank for everything that is no letter or digit; its length never changes."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return _NOT_WORD.sub(" ", lowered)


def check(phrase: str) -> str | None:
    """What is wrong with how a phrase is written, or ``None``."""
    forms = list(itertools.islice(_alternatives(phrase), MOST_FORMS + 1))
    if not all(forms):
        return "a phrase needs a word"
    if len(forms) > MOST_FORMS:
        return f"more than {MOST_FORMS} alternatives"
    if any(len(form) > LONGEST or form.count("*") > MOST_ENDINGS for form in forms):
        return f"longer than {LONGEST} characters, or more than {MOST_ENDINGS} words with *"
    wrong = [word for form in forms for word in form.split() if not _WORD.fullmatch(word)]
    return f"{wrong[0]!r} is not a word, a word with * at its end, or (alternatives|in brackets)" if wrong else None


def variants(phrase: str) -> Iterator[tuple[str, str | None]]:
    """The folded forms of a phrase, alternatives, hyphens, spellings and plurals written out.

    With each comes the abbreviation that must stand in the text as written, where the form is one.
    """
    for form in _alternatives(phrase):
        exact = form if ABBREVIATION.fullmatch(form) else None
        for spelled in _spellings(f" {form.lower()} "):
            for joined in _hyphens(spelled):
                words = " ".join(re.sub(r"[^\w* ]", " ", joined).split())
                yield from ((plural, exact) for plural in _plurals(words))


def _alternatives(phrase: str) -> Iterator[str]:
    pieces = _ALTERNATIVES.split(phrase)
    choices = [piece.split("|") if i % 2 else [piece] for i, piece in enumerate(pieces)]
    return (" ".join("".join(choice).split()) for choice in itertools.product(*choices))


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
    elif not words.endswith(("s", "*")):
        yield words + "s"


class _Ending(NamedTuple):
    """What must follow the literal head of a phrase with ``*``, and the phrase's labels."""

    pattern: re.Pattern[str] | None
    labels: tuple[int, ...]


class Lexicon:
    """Phrases filed under labels, found all at once.

    Args:
        phrases: for each label (a number of the caller's choice) its phrases.
    """

    def __init__(self, phrases: Mapping[int, Iterable[str]]) -> None:
        whole: dict[str, set[tuple[str | None, int]]] = defaultdict(set)
        open_ended: dict[str, set[tuple[str, int]]] = defaultdict(set)
        for label, texts in phrases.items():
            for text in texts:
                for variant, exact in variants(text):
                    head, star, rest = variant.partition("*")
                    if star:
                        open_ended[f" {head}"].add((rest, label))
                    else:
                        whole[f" {variant} "].add((exact, label))
        self._automaton = ahocorasick.Automaton()
        for key, wanted in whole.items():
            self._automaton.add_word(key, (len(key), _by_exact(wanted), None))
        for head, endings in open_ended.items():
            self._automaton.add_word(head, (len(head), None, _endings(endings)))
        self._automaton.make_automaton()

    def find(self, text: str) -> list[Hit]:
        """Every phrase in the text, in the order in which it is met; time is linear in the text's length."""
        folded = f" {fold(text)} "
        hits: list[Hit] = []
        for last, (length, whole, endings) in self._automaton.iter(folded):
            start = last - length + 1
            if whole is None:
                hits += _ended(folded, start, last + 1, endings)
                continue
            for exact, labels in whole:
                if exact is None or text.startswith(exact, start):
                    hits.append(Hit(start, last - 1, labels))
        return hits


def _by_exact(wanted: Iterable[tuple[str | None, int]]) -> list[tuple[str | None, tuple[int, ...]]]:
    labels: dict[str | None, list[int]] = defaultdict(list)
    for exact, label in sorted(wanted, key=repr):
        labels[exact].append(label)
    return [(exact, tuple(found)) for exact, found in labels.items()]


def _endings(wanted: Iterable[tuple[str, int]]) -> dict[str, list[_Ending]]:
    """The endings by the word that must come next; those that need none, or one with an ending, stand under ``ANY``."""
    labels: dict[str, list[int]] = defaultdict(list)
    for rest, label in sorted(wanted):
        labels[rest].append(label)
    by_word: dict[str, list[_Ending]] = defaultdict(list)
    for rest, found in labels.items():
        word = rest.split(" ")[1] if rest.startswith(" ") else ""
        pattern = re.compile(re.escape(rest).replace(r"\*", rf"\w{{0,{LONGEST_ENDING}}}") + r"(?= )") if rest else None
        by_word[ANY if "*" in word or not word else word].append(_Ending(pattern, tuple(found)))
    return dict(by_word)


def _ended(folded: str, start: int, at: int, endings: Mapping[str, list[_Ending]]) -> list[Hit]:
    """The phrases whose head stands at ``start`` and that end as they must; at ``at`` the head's last word goes on."""
    blank = folded.index(" ", at)
    if blank - at > LONGEST_ENDING:
        return []
    hits = []
    following = folded[blank + 1 : folded.find(" ", blank + 1)]
    for ending in (*endings.get(ANY, ()), *endings.get(following, ())):
        if ending.pattern is None:
            hits.append(Hit(start, blank - 1, ending.labels))
        elif match := ending.pattern.match(folded, blank):
            hits.append(Hit(start, match.end() - 1, ending.labels))
    return hits
