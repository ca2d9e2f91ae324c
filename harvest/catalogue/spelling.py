"""The word that was meant: the commonest known word one slip of the finger away; and a word as it is spelled elsewhere.

After Norvig, "How to Write a Spelling Corrector" (https://norvig.com/spell-correct.html).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

SHORTEST = 5
"""Letters of the shortest word that is corrected: shorter ones are too near to one another."""

KNOWN = 3
"""Studies that use a word which is taken as it is."""

_BRITISH = (
    ("our", "or"),
    ("ae", "e"),
    ("oe", "e"),
    ("is", "iz"),
    ("ys", "yz"),
    ("tre", "ter"),
    ("mme", "m"),
    ("ll", "l"),
)
"""Letters of British words, with those that stand for them in American ones."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def corrected(word: str, known: Mapping[str, int]) -> str | None:
    """The known word that was probably meant, ``None`` where the word may stand or nothing like it is known.

    Args:
        word: a word in lower case.
        known: words, with how many studies use each.
    """
    if len(word) < SHORTEST or not word.isalpha() or known.get(word, 0) >= KNOWN:
        return None
    best = max(slips(word), key=lambda other: known.get(other, 0))
    return best if known.get(best, 0) >= max(KNOWN, 5 * known.get(word, 0)) else None


def slips(word: str) -> Iterator[str]:
    """The words that one letter too few, too many, wrong, or two swapped would make of this one."""
    for at in range(len(word) + 1):
        left, right = word[:at], word[at:]
        if right:
            yield left + right[1:]
        if len(right) > 1:
            yield left + right[1] + right[0] + right[2:]
        for letter in _LETTERS:
            yield left + letter + right
            if right:
                yield left + letter + right[1:]


def spellings(word: str) -> Iterator[str]:
    """How a word might be spelled on the other side of the Atlantic; most of these are no words.

    Args:
        word: a word in lower case.
    """
    if len(word) < SHORTEST:
        return
    for british, american in _BRITISH:
        for there, here in ((british, american), (american, british)):
            at = word.find(there)
            while at >= 0:
                yield word[:at] + here + word[at + len(there) :]
                at = word.find(there, at + 1)
