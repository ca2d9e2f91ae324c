"""Where words and one tag stand in a block of bytes, at several gigabytes a second with ``hyperscan``.

``re`` is ten times slower for a handful of words in any case; without ``hyperscan`` (the extra ``bulk``) each block is
lower-cased and searched for one word after another, which takes about as long as to decompress it.

Words that begin alike are looked for together, by what they have in common: fewer words are quicker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

Places = list[int]
Finder = Callable[[bytes], tuple[Places, Places]]
"""Takes a block; gives where the tag begins in it, and where words do, each in order."""

_ALIKE = 4
"""So many first letters in common make words alike; fewer would be found too often."""

_FEW = 4
"""So many searches for one literal each, which ``hyperscan`` does quickest, are quicker than one for all."""


def finder(tag: bytes, words: Iterable[bytes]) -> Finder:
    """Finds a tag as it is and words, given in lower case, in any case."""
    alike = _alike(words)
    longest = max((len(word) for group in alike.values() for word in group), default=0)
    search = _search(tag, list(alike))

    def find(block: bytes) -> tuple[Places, Places]:
        tags, begun = search(block)
        words = [at for beginning, at in begun if block[at : at + longest].lower().startswith(alike[beginning])]
        return sorted(tags), sorted(words)

    return find


def _alike(words: Iterable[bytes]) -> dict[bytes, tuple[bytes, ...]]:
    """Words by what those that begin alike have in common."""
    groups = [tuple(group) for _, group in groupby(sorted(words), key=lambda word: word[:_ALIKE])]
    return {_in_common(group[0], group[-1]): group for group in groups}


def _in_common(first: bytes, last: bytes) -> bytes:
    """What two words begin with, and so all that are sorted between them."""
    length = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), None)
    return first[:length] if length is not None else min(first, last, key=len)


_Search = Callable[[bytes], tuple[Places, list[tuple[bytes, int]]]]
"""Takes a block; gives where the tag stands, and where which beginnings of words do."""


def _search(tag: bytes, beginnings: Sequence[bytes]) -> _Search:
    try:
        return _by_hyperscan(tag, beginnings)
    except ImportError:
        return _by_lowering(tag, beginnings)


def _by_hyperscan(tag: bytes, beginnings: Sequence[bytes]) -> _Search:
    import hyperscan

    literals = [(tag, 0), *((beginning, hyperscan.HS_FLAG_CASELESS) for beginning in beginnings)]
    numbered = list(enumerate(literals))
    databases = []
    for group in [[each] for each in numbered] if len(numbered) <= _FEW else [numbered]:
        database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        database.compile(
            expressions=[_quoted(text) for _, (text, _) in group],
            ids=[number for number, _ in group],
            elements=len(group),
            flags=[flag for _, (_, flag) in group],
        )
        databases.append(database)

    def search(block: bytes) -> tuple[Places, list[tuple[bytes, int]]]:
        tags: Places = []
        begun: list[tuple[bytes, int]] = []

        def note(number: int, _: int, end: int, *__: object) -> None:
            if number:
                begun.append((beginnings[number - 1], end - len(beginnings[number - 1])))
            else:
                tags.append(end - len(tag))

        for database in databases:
            database.scan(block, match_event_handler=note)
        return tags, begun

    return search


def _quoted(text: bytes) -> bytes:
    """A text as a pattern that is found where the text stands."""
    return b"".join(b"\\x%02x" % byte for byte in text)


def _by_lowering(tag: bytes, beginnings: Sequence[bytes]) -> _Search:
    def search(block: bytes) -> tuple[Places, list[tuple[bytes, int]]]:
        lowered = block.lower()
        return _places(block, tag), [(each, at) for each in beginnings for at in _places(lowered, each)]

    return search


def _places(block: bytes, text: bytes) -> Places:
    places: Places = []
    at = block.find(text)
    while at >= 0:
        places.append(at)
        at = block.find(text, at + 1)
    return places
