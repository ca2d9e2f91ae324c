"""Finds studies by what was typed and ticked, and puts them in order.

A study has a notion that was asked for when it carries a tag that the notion may mean, or has all of its words. It is
found when the notions that it has come to ``ENOUGH`` of what the best study has, each weighed by how rare it is: the
name of the subject, which nearly every study has, decides nothing.

The order adds up, notion by notion, how well the words fit (BM25, Robertson and Zaragoza 2009, in FTS5's form) and how
rare the tag is that the study carries, more where its title says so. To weigh every study so would take too long where
many are found: a tally of who has what chooses the likeliest first.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

from harvest.catalogue.feedback import moved
from harvest.catalogue.filters import INCIDENTAL, Filters
from harvest.catalogue.notions import Notion, Reader
from harvest.catalogue.query import TEXT_FIELDS, Clause, Query, parse, quoted
from harvest.catalogue.sets import Reads, Sets, Studies
from harvest.catalogue.tally import Tally

ENOUGH = 0.33
"""The share of what the best study has of what was asked, weighed by rarity, that a study must have to be found."""

FEW = 10
"""Where fewer studies are found, half of that is enough."""

FIELDS = (3.0, 1.0, 1.5, 1.0)
"""What a word counts in title, abstract, keywords and MeSH headings."""

TAG = 2.0
"""What a tag counts against a word as rare."""

IN_TITLE = 1.5
"""By what that is multiplied where the title says it."""

UNNAMED = 0.7
"""What a word that names no tag counts beside others that do: of a whole question it is more often a mere filler."""

HAVING_ALL = 0.33
"""What having all notions adds to a score, as a share of it."""

LIGHTER: Mapping[str, float] = {"route": 0.5, "regimen": 0.5}
"""Facets that count less: most searches that name one are about something else."""

RELEVANCE: Mapping[str, float] = {"secondary": 0.7, INCIDENTAL: 0.3}
"""By what the score of studies that are not mainly about the subject is multiplied."""

LIKELIEST = 2000
"""How many studies are put in exact order, of main and of other relevance each; the newest of the rest follow them."""

STEPS = 16
"""Into how many steps a point of a tally is divided."""

REMEMBERED = 500
"""Expressions of which it is remembered which studies match them."""

Sort = Literal["relevance", "published", "entered", "participants"]
SORTS: tuple[Sort, ...] = get_args(Sort)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    Attributes:
        total: how many studies.
        pmids: those of the page asked for, in order.
        studies: all of them as a set.
        by_words: what the words find, before any filter.
        marked: an expression of FTS5 for what to highlight; empty where no words were typed.
        corrections: words that were read as others.
        read_as: the tags that the words were read as.
    """

    total: int
    pmids: list[int]
    studies: Studies
    by_words: Studies
    marked: str
    corrections: dict[str, str]
    read_as: list[tuple[str, str]]


class _Asked(NamedTuple):
    """A notion and the studies that have it.

    Attributes:
        words: its expressions, each with the studies that match it.
        tagged: what its tags count, each with the studies for which they count that; no study is in two.
        having: the studies that have the notion.
        weight: how telling it is to have it.
    """

    words: list[tuple[str, Studies]]
    tagged: list[tuple[float, Studies]]
    having: Studies
    weight: float


class Searcher:
    """Searches the studies of one database as they stood at one moment.

    Args:
        sets: the studies.
    """

    def __init__(self, sets: Sets) -> None:
        self.sets = sets
        self._reader = Reader(sets)
        self._remembered: dict[str, Studies] = {}

    def search(
        self,
        conn: Reads,
        text: str,
        filters: Filters | None = None,
        sort: Sort = "relevance",
        size: int = 20,
        page: int = 1,
    ) -> Found:
        """The studies that fit what was typed and ticked; whatever was typed, something is made of it.

        Args:
            conn: the database that the sets were read from.
            text: what was typed.
            filters: what was ticked; incidental studies are left out by default.
            sort: the order; without words to rank by, the newest first.
            size: how many studies a page has.
            page: which page, from 1.
        """
        query = parse(text)
        corrections = self._reader.corrections(conn, query.words)
        notions = list(self._reader.notions(conn, query.words, corrections))
        asked = [self._asked(conn, notion) for notion in notions]
        by_words = self._by_words(conn, query, asked)
        studies = by_words & (filters or Filters()).apply(self.sets)
        skip = (page - 1) * size
        if sort == "relevance" and asked:
            pmids = self._best(conn, asked, studies, size, skip)
        else:
            pmids = self.sets.first(studies, self._order(sort), size, skip)
        return Found(
            total=studies.bit_count(),
            pmids=pmids,
            studies=studies,
            by_words=by_words,
            marked=_marked(query, notions),
            corrections=corrections,
            read_as=list(dict.fromkeys(tag for notion in notions for tag in notion.tags)),
        )

    def _order(self, sort: Sort) -> Sequence[int]:
        """The places of all studies in an order that needs no words."""
        if sort == "published":
            return self.sets.by_publication
        return self.sets.by_participants if sort == "participants" else self.sets.by_entry

    def _asked(self, conn: Reads, notion: Notion) -> _Asked:
        words = [(one, self._matching(conn, one)) for one in notion.expressions]
        tagged = list(self._tagged(notion.tags))
        having = self.sets.everything if words else 0
        for _, studies in words:
            having &= studies
        for _, studies in tagged:
            having |= studies
        return _Asked(words, tagged, having, self._rarity(having))

    def _tagged(self, tags: Iterable[tuple[str, str]]) -> Iterator[tuple[float, Studies]]:
        """The studies that carry one of the tags, by the most that one of theirs counts."""
        counted: list[tuple[float, Studies]] = []
        for facet, tag in tags:
            studies, titled = self.sets.tagged(facet, tag), self.sets.titled(facet, tag)
            worth = TAG * LIGHTER.get(facet, 1.0) * self._rarity(studies)
            counted += [(worth, studies & ~titled), (worth * IN_TITLE, studies & titled)]
        done = 0
        for worth, studies in sorted(counted, reverse=True):
            yield worth, studies & ~done
            done |= studies

    def _rarity(self, having: Studies) -> float:
        """How telling it is to be among some studies: their inverse document frequency."""
        count = having.bit_count()
        return math.log(1 + (len(self.sets) - count + 0.5) / (count + 0.5))

    def _by_words(self, conn: Reads, query: Query, asked: Sequence[_Asked]) -> Studies:
        """The studies that what was typed finds."""
        studies = self.sets.everything
        for clause in query.required:
            studies &= self._having(conn, clause)
        for clause in query.excluded:
            studies &= ~self._having(conn, clause)
        if not asked:
            return studies if not query.words or query.required else 0
        tally = Tally()
        for one in asked:
            tally.add(one.having, _points(one.weight))
        enough = ENOUGH * tally.most()
        found = studies & tally.at_least(max(1, math.ceil(enough)))
        return found if found.bit_count() >= FEW else studies & tally.at_least(max(1, math.ceil(enough / 2)))

    def _best(self, conn: Reads, asked: Sequence[_Asked], studies: Studies, size: int, skip: int) -> list[int]:
        """The PMIDs of a page of studies, the best match first."""
        likeliest = self._likeliest(conn, asked, studies)
        scores = self._scores(conn, asked, likeliest)
        sets = self.sets
        ranked = sorted(scores, key=lambda pmid: (scores[pmid], sets.year_of(sets.places[pmid]), pmid), reverse=True)
        pmids = moved(sets, conn, ranked, scores)[skip : skip + size]
        others = sets.first(studies & ~likeliest, sets.by_entry, size - len(pmids), max(0, skip - len(ranked)))
        return pmids + others

    def _likeliest(self, conn: Reads, asked: Iterable[_Asked], studies: Studies) -> Studies:
        """The studies that are put in exact order."""
        if studies.bit_count() <= LIKELIEST:
            return studies
        tally = Tally()
        for one in asked:
            for expression, matching in one.words:
                points = _points(self._rarity(matching))
                tally.add(matching, points)
                tally.add(self._matching(conn, f"{{title}} : ({expression})"), points)
            for worth, tagged in one.tagged:
                tally.add(tagged, _points(worth))
        others = self.sets.tagged("relevance", "secondary") | self.sets.tagged("relevance", INCIDENTAL)
        return tally.highest(studies & ~others, LIKELIEST) | tally.highest(studies & others, LIKELIEST)

    def _scores(self, conn: Reads, asked: Iterable[_Asked], studies: Studies) -> dict[int, float]:
        """The score of each of some studies by PMID."""
        pmids = self.sets.all(studies)
        scores, having = dict.fromkeys(pmids, 0.0), dict.fromkeys(pmids, 0.0)
        wanted = json.dumps(pmids)
        has_names = any(one.tagged for one in asked)
        for one in asked:
            counts = UNNAMED if has_names and not one.tagged else 1.0
            for expression, _ in one.words:
                for pmid, points in conn.execute(_FITS, (*FIELDS, expression, wanted)):
                    scores[pmid] += counts * points
            for worth, tagged in one.tagged:
                for pmid in self.sets.all(tagged & studies):
                    scores[pmid] += worth
            for pmid in self.sets.all(one.having & studies):
                having[pmid] += one.weight
        total = sum(one.weight for one in asked)
        factors = self._factors(studies)
        return {pmid: scores[pmid] * factors.get(pmid, 1) * (1 + HAVING_ALL * having[pmid] / total) for pmid in pmids}

    def _factors(self, studies: Studies) -> dict[int, float]:
        """By what the scores of those of some studies that are not mainly about the subject are multiplied, by PMID."""
        return {
            pmid: factor
            for value, factor in RELEVANCE.items()
            for pmid in self.sets.all(self.sets.tagged("relevance", value) & studies)
        }

    def _matching(self, conn: Reads, expression: str) -> Studies:
        """The studies that match an expression of FTS5."""
        studies = self._remembered.get(expression)
        if studies is None:
            (pmids,) = conn.execute(_MATCHES, (expression,)).fetchone()
            studies = self.sets.of(json.loads(pmids))
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            self._remembered[expression] = studies
        return studies

    def _having(self, conn: Reads, clause: Clause) -> Studies:
        """The studies that have a word or phrase, in one field or in any."""
        if clause.field == "year":
            return self._published(clause.text)
        if clause.field in _IN_FIELD:
            return self.sets.of(pmid for (pmid,) in conn.execute(_IN_FIELD[clause.field], (f"{clause.text}%",)))
        return self._matching(conn, clause.expression)

    def _published(self, years: str) -> Studies:
        """The studies published in a year, or in one of some: 2020, 2018-2021."""
        match = re.fullmatch(r"(\d{4})(?:(-)(\d{4})?)?", years)
        if match is None:
            return 0
        first, last = int(match[1]), int(match[3] or (9999 if match[2] else match[1]))
        return self.sets.at_least("publication_year", first) & self.sets.up_to_year(last)


_FITS = """
SELECT rowid, -bm25(studies_fts, ?, ?, ?, ?) FROM studies_fts
WHERE studies_fts MATCH ? AND +rowid IN (SELECT value FROM json_each(?))
"""
# without the plus SQLite would look up row by row, and each time count anew how many studies match

_MATCHES = "SELECT json_group_array(rowid) FROM studies_fts WHERE studies_fts MATCH ?"

_IN_FIELD = {
    "author": "SELECT pmid FROM authors JOIN study_authors ON author_id = authors.id WHERE name LIKE ?",
    "journal": "SELECT pmid FROM studies WHERE ?1 LIKE journal || '%' OR journal LIKE ?1",
}


def _points(weight: float) -> int:
    """A weight in the steps of a tally, one at least."""
    return max(1, round(STEPS * weight))


def _marked(query: Query, notions: Iterable[Notion]) -> str:
    """What to highlight: every word and phrase that was looked for."""
    phrases = [quoted(clause.text) for clause in query.required if clause.field is None or clause.field in TEXT_FIELDS]
    return " OR ".join(dict.fromkeys([*phrases, *(one for notion in notions for one in notion.expressions)]))
