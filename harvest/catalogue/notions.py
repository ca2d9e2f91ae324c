"""Reads what was typed as notions: words that name a tag are one, any other word that carries meaning is one itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from harvest.catalogue.query import quoted
from harvest.catalogue.sets import Reads, Sets, words_of
from harvest.catalogue.spelling import KNOWN, SHORTEST, corrected, slips, spellings
from harvest.tag.abbreviations import long_forms
from harvest.tag.terms import Lexicon

ABBREVIATED_IN = 50
"""Texts that are looked through for what an abbreviation stands for."""

DEFINED_IN = 2
"""Texts that must say what a word stands for that was typed in lower case."""

USED = 50
"""A word stands as it was typed if no more than so many times as many studies use what may have been meant."""

SEARCHED = 3
"""Words of a query, unknown to titles and keywords, that are looked for in abstracts with each letter changed."""

_WORD = re.compile(r"[^\W_][\w'’-]*")
_LETTERS = re.compile(r"[^\W\d_]+")
_ABBREVIATION = re.compile(r"[A-Z][A-Z0-9-]{1,7}")
_EMPTY = frozenset(
    """
    a about after also am an and any are as at be been before being between both but by can could did do does during
    each either else find for from get gets give given gives had has have having he her here him his how i if in into
    is it its it's just me more most much my need needs no nor not of off on or other our out over own per s same she
    should so some such take taking than that the their them then there these they this those through to too under
    until up use used using very was we were what when where whether which while who whom whose why will with within
    without would you your
    actually afterwards become becomes better come ever gave getting giving go goes going good happen
    happens keep kept know known let like may might now often please really shall still tell thing things
    want way ways well
    make makes made making help helps helped people patient patients person work works worked study studies
    effect effects evidence paper papers research article articles
    """.split()  # noqa: SIM905 - words read better than a list of strings
)
"""Words that tell nothing of what is looked for."""

_EVERYDAY = frozenset(
    """
    aid aim all arm art bad ban bar bed big bit blood brain can cap caps car care cat cope cost cup cut dare dark
    day die dose drug eat end face fact fall fast fat fear feel fit free gap girl hand hard harm head heat help high
    hip home hope ice im kid lamp last lead leg less life link lip loss low lung mad man map mask mean men mice mind
    mode mood move name near nerve new nice norse old one only open oral pain pan part past pet pill plan play pop
    pulse rate rats real rest rise risk sad safe save scan see self sex side sit skin sleep slow sore star start
    stay step stop stress tap task team test time trip trial try type view war week who win work years yes young
    """.split()  # noqa: SIM905
)
"""Words that are not an abbreviation when they are typed in lower case."""

_USED = "SELECT count(*) FROM (SELECT 1 FROM studies_fts WHERE studies_fts MATCH ? LIMIT 1000)"


class Notion(NamedTuple):
    """Something that was asked for: its words as expressions of FTS5, each with its forms, and the tags it may mean."""

    expressions: tuple[str, ...]
    tags: tuple[tuple[str, str], ...]


class _Named(NamedTuple):
    """Words that name tags, from a character on to before another."""

    start: int
    end: int
    tags: tuple[tuple[str, str], ...]


class Reader:
    """Reads what was typed by the words and the tags of one database.

    Args:
        sets: its studies.
    """

    def __init__(self, sets: Sets) -> None:
        self._keys = list(sets.tags)
        self._names = Lexicon({number: sets.tags[key].synonyms for number, key in enumerate(self._keys)})
        names = [name for tag in sets.tags.values() for name in tag.synonyms]
        short = {name for name in names if _ABBREVIATION.fullmatch(name)}
        self._short = {name.lower(): name for name in short if name.lower() not in _EVERYDAY}
        named = set().union(*map(words_of, names))
        self._known = {**sets.words, **{word: max(KNOWN, sets.words[word]) for word in named}}

    def corrections(self, conn: Reads, words: str) -> dict[str, str]:
        """The words that were probably mistyped, with what was probably meant."""
        meant: dict[str, str] = {}
        unknown: list[str] = []
        for word in dict.fromkeys(word for word in _LETTERS.findall(words) if not word.isupper()):
            other = corrected(word.lower(), self._known)
            used = _used_in(conn, word)
            if other and (used < KNOWN or self._known[other] > USED * used):
                meant[word] = other
            elif not used and len(word) >= SHORTEST and word.lower() not in self._known:
                unknown.append(word)
        return meant | dict(self._searched(conn, unknown[:SEARCHED]))

    def _searched(self, conn: Reads, words: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Words that no study uses, with the commonest word in any text that is one slip away."""
        for word in words:
            uses, other = max((_used_in(conn, slip), slip) for slip in slips(word.lower()))
            if uses:
                yield word, other

    def notions(self, conn: Reads, words: str, corrections: Mapping[str, str]) -> Iterator[Notion]:
        """What was asked for: first what names tags, then the other words."""
        words = _LETTERS.sub(lambda match: corrections.get(match[0], match[0]), words)
        words = _WORD.sub(lambda match: self._short.get(match[0], match[0]), words)
        named = self._named(words)
        together: dict[tuple[tuple[str, str], ...], list[str]] = {}
        for start, end, tags in named:
            typed = [match[0] for match in _WORD.finditer(words, start, end) if match[0].lower() not in _EMPTY]
            together.setdefault(tags, []).extend(self._with(one, _long_forms(conn, one)) for one in typed)
        for tags, expressions in together.items():
            yield Notion(tuple(dict.fromkeys(expressions)), tags)
        for match in _WORD.finditer(words):
            word = match[0]
            if word.lower() in _EMPTY or any(start <= match.start() < end for start, end, _ in named):
                continue
            forms = _long_forms(conn, word)
            yield Notion((self._with(word, forms),), ())
            for _, _, tags in self._named(forms[0]) if forms else ():
                yield Notion((), tags)

    def _with(self, word: str, forms: Iterable[str]) -> str:
        """An expression that finds a word in both spellings, or what it stands for."""
        other = (spelling for spelling in spellings(word.lower()) if spelling in self._known)
        return " OR ".join(map(quoted, dict.fromkeys((word, *other, *forms))))

    def _named(self, words: str) -> list[_Named]:
        """The longest words that name tags."""
        found = self._names.find(words)
        hits = [_Named(start, end, tuple(self._keys[label] for label in labels)) for start, end, labels in found]
        longest: list[_Named] = []
        for hit in sorted(hits, key=lambda hit: hit.start - hit.end):
            if all(hit.end <= other.start or other.end <= hit.start for other in longest):
                longest.append(hit)
        return sorted(longest)


def _used_in(conn: Reads, word: str) -> int:
    """How many studies, some thousand at most, use a word in one of its forms."""
    (count,) = conn.execute(_USED, (quoted(word),)).fetchone()
    return int(count)


def _long_forms(conn: Reads, word: str) -> list[str]:
    """What an abbreviation most often stands for, if the texts say so."""
    short = word.upper()
    if not _ABBREVIATION.fullmatch(short) or word in _EVERYDAY:
        return []
    texts = conn.execute(
        "SELECT abstract FROM studies_fts WHERE studies_fts MATCH ? LIMIT ?", (quoted(word), ABBREVIATED_IN)
    )
    forms = Counter(form for (text,) in texts if text and short in text for form in long_forms(text, short))
    return [form for form, _ in forms.most_common(2)] if forms.total() >= (1 if word == short else DEFINED_IN) else []
