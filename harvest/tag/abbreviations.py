"""Follows the abbreviations that a record defines: after "chronic heart failure (CHF)" every CHF is a mention."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from harvest.tag.terms import Hit

_DEFINED = re.compile(r"[(\[]['\"“‘]?((?=[^)]{0,8}[A-Z][^)]{0,8}[A-Z])[A-Za-z][A-Za-z0-9/-]{1,9}?)s?['\"”’]?[)\];,:]")
_WORDS = re.compile(r"[\w'’/-]+")
_REACH = 80
"""Characters before the bracket in which the long form must begin."""


def defined(text: str, hits: Sequence[Hit]) -> dict[str, set[int]]:
    """Each abbreviation that the text defines for a phrase found in it, with the labels of that phrase."""
    found: dict[str, set[int]] = defaultdict(set)
    for match in _DEFINED.finditer(text):
        for _, end, labels in hits:
            if end == match.start() - 1 and _stands_for(match[1], text[max(0, end - _REACH) : end]):
                found[match[1]].update(labels)
    return found


def long_forms(text: str, short: str) -> Iterator[str]:
    """What a text says that an abbreviation stands for, in lower case: the words before it in brackets."""
    for match in re.finditer(rf"[(\[]{re.escape(short)}s?[)\];,]", text):
        start = max(0, match.start() - _REACH)
        for word in reversed(list(_WORDS.finditer(text, start, match.start()))[-2 * len(short) :]):
            before = text[word.start() : match.start()].strip().lower()
            if before[0] == short[0].lower() and _stands_for(short, before):
                yield before
                break


def _stands_for(short: str, before: str) -> bool:
    """Whether the letters of ``short`` run through ``before`` from right to left, the first at the start of a word.

    The rule is that of Schwartz and Hearst (2003).
    """
    letters = [c for c in short.lower() if c.isalnum()]
    at, words = len(before), before.lower()
    for position in range(len(letters) - 1, -1, -1):
        at = words.rfind(letters[position], 0, at)
        while position == 0 and at > 0 and words[at - 1].isalnum():
            at = words.rfind(letters[0], 0, at)
        if at < 0:
            return False
    return True


def mentions(text: str, abbreviations: Mapping[str, tuple[int, ...]]) -> Iterator[Hit]:
    """Every whole-word occurrence of the abbreviations in a text, singular or plural."""
    for short, labels in abbreviations.items():
        start = text.find(short)
        while start >= 0:
            end = start + len(short)
            end += text.startswith("s", end)
            if not text[start - 1 : start].isalnum() and not text[end : end + 1].isalnum():
                yield start, end, labels
            start = text.find(short, end)
