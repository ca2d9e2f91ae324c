"""Moves up the studies that speak the language of the best ones.

A study may answer a question in other words than those that were typed. The words that the titles, keywords and MeSH
headings of the best few studies share tell which (relevance feedback: Rocchio 1971; Lavrenko and Croft, SIGIR 2001).
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from harvest.catalogue.sets import Reads, Sets, words_of

BEST, MOVED = 5, 100
"""How many of the best studies are believed, and how many can move."""

SHARED = 0.25
"""The share of the best studies, by score, that must have a word for it to be heeded."""

COMMON = 0.33
"""A word that a larger share of all studies has tells nothing."""

WORDS = 20
"""How many words are heeded at most, those that tell most."""

WORTH = 0.25
"""What having all of them adds to a score, as a share of the best one."""


def moved(sets: Sets, conn: Reads, ranked: Sequence[int], scores: Mapping[int, float]) -> list[int]:
    """Studies in a better order.

    Args:
        sets: all studies.
        conn: the database that they were read from.
        ranked: the PMIDs of some, the best first.
        scores: their scores.
    """
    if len(ranked) <= BEST:
        return list(ranked)
    first = ranked[:MOVED]
    words = {pmid: words_of(text) for pmid, text in conn.execute(_DESCRIBED, (json.dumps(first),))}
    telling = _telling(sets, {pmid: scores[pmid] for pmid in first[:BEST]}, words)
    worth = WORTH * scores[first[0]] / (sum(telling.values()) or 1)

    def raised(pmid: int) -> float:
        has = words.get(pmid, ())
        return scores[pmid] + worth * sum(weight for word, weight in telling.items() if word in has)

    return [*sorted(first, key=raised, reverse=True), *ranked[MOVED:]]


def _telling(sets: Sets, best: Mapping[int, float], words: Mapping[int, set[str]]) -> dict[str, float]:
    """The words that the best studies share, with how telling each is."""
    shares: dict[str, float] = defaultdict(float)
    total = sum(best.values()) or 1
    for pmid, score in best.items():
        for word in words.get(pmid, ()):
            shares[word] += score / total
    telling = {
        word: share * math.log(len(sets) / sets.words[word])
        for word, share in shares.items()
        if share >= SHARED and 0 < sets.words[word] <= COMMON * len(sets)
    }
    return dict(sorted(telling.items(), key=lambda pair: (-pair[1], pair[0]))[:WORDS])


_DESCRIBED = """
SELECT pmid, title || ' ' || coalesce(keywords, '') || ' ' || coalesce(mesh, '') FROM studies
WHERE pmid IN (SELECT value FROM json_each(?))
"""
