"""Studies as a digest tells of them: in plain words, each text on one line, no more of the abstract than is allowed."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harvest.catalogue.citation import day
from harvest.config import Config
from harvest.publish.record import Record, Tagged, Vocabulary, records
from harvest.publish.rights import LONGEST, excerpt, without_addresses
from harvest.publish.wording import PUBMED, standing, title_of
from harvest.store import Store
from harvest.words import span

_BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")

_UNSEEN = re.compile(
    "[\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef"
    + "".join(chr(0x10000 * plane + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
"""Controls that turn the direction of what follows, and code points that are no characters."""

_TITLED = """
SELECT DISTINCT pmid, tag FROM tag_evidence
WHERE facet = ? AND section = 0 AND role = 'tag' AND pmid IN (SELECT value FROM json_each(?))
"""

_SENTENCES = """
SELECT pmid, tag, phrase FROM tag_evidence
WHERE facet = ? AND role = 'finding' AND pmid IN (SELECT value FROM json_each(?)) ORDER BY pmid, tag, position
"""


@dataclass(frozen=True, slots=True)
class Effect:
    """A tag, what was found of it if that is judged, and the words that say so if they may be quoted."""

    label: str
    finding: str | None
    sentence: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """A study as it is told.

    ``notices`` say how it stands, a line each, ``notices_in_pubmed`` where to read them; ``facts`` are where and when
    it was published and how it was done. ``group`` is the widest tag that it is told under, ``None`` where it has none.
    Nothing is told of what a retracted study found.
    """

    pmid: int
    title: str
    address: str
    in_pubmed: str
    notice: str
    notices: tuple[str, ...]
    notices_in_pubmed: tuple[str, ...]
    facts: tuple[str, ...]
    tags: tuple[str, ...]
    group: str | None
    effects: tuple[Effect, ...]
    excerpt: str | None


class Items:
    """Turns studies into items.

    Args:
        store: the database.
        config: the home; it says which facets are told of, where the site is and how much may be quoted.
    """

    def __init__(self, store: Store, config: Config) -> None:
        self._store = store
        self._asked = config.recipe.digest
        self._site = config.recipe.publish.address
        self._quotes = config.recipe.publish.abstracts != "link"
        self._vocabulary = Vocabulary(store)
        tags = store.execute(
            "SELECT tag, parent, label FROM tags WHERE facet = ? ORDER BY rowid", (self._asked.groups,)
        )
        self._groups = {tag: (parent, str(label)) for tag, parent, label in tags}

    @property
    def groups(self) -> list[str]:
        """The labels of what items can be grouped under, in the order of the taxonomy."""
        return [label for _, label in self._groups.values()]

    def label(self, facet: str) -> str | None:
        """What a facet is called; ``None`` where there is none of that name."""
        known = self._vocabulary.facets.get(facet)
        return known.label if known else None

    def of(self, pmids: Sequence[int]) -> list[Item]:
        """Some studies in their order."""
        wanted = json.dumps(pmids)
        titled: dict[int, set[str]] = defaultdict(set)
        for pmid, tag in self._store.execute(_TITLED, (self._asked.groups, wanted)):
            titled[pmid].add(tag)
        said: dict[tuple[int, str], list[str]] = defaultdict(list)
        for pmid, tag, phrase in self._store.execute(_SENTENCES, (self._asked.findings, wanted)):
            said[pmid, tag].append(phrase)
        return [
            self._item(one, titled[one.pmid], {tag.tag: " ".join(said[one.pmid, tag.tag]) for tag in one.tags})
            for one in records(self._store, self._vocabulary, pmids)
        ]

    def _item(self, record: Record, titled: set[str], said: dict[str, str]) -> Item:
        in_pubmed = PUBMED.format(record.pmid)
        tags = [one for one in record.tags if one.facet == self._asked.groups]
        found = [one for one in record.tags if one.facet == self._asked.findings and not record.is_retracted]
        effects = tuple(self._effects(found, said))
        return Item(
            pmid=record.pmid,
            title=clean(title_of(record)) or "Untitled record",
            address=f"{self._site}/study/{record.pmid}" if self._site else in_pubmed,
            in_pubmed=in_pubmed,
            notice=record.notice,
            notices=tuple(map(clean, standing(record))),
            notices_in_pubmed=tuple(PUBMED.format(one.pmid) for one in record.notices if one.pmid),
            facts=tuple(filter(None, self._facts(record))),
            tags=tuple(one.label for one in tags),
            group=self._group(tags, titled),
            effects=effects,
            excerpt=None if any(one.sentence for one in effects) else self._beginning(record),
        )

    def _effects(self, tags: Sequence[Tagged], said: dict[str, str]) -> Iterator[Effect]:
        quoted: set[str] = set()
        for one in tags:
            left = LONGEST - sum(map(len, quoted)) if self._quotes else 0
            sentence = shortened(without_addresses(said[one.tag]), left)
            is_news = bool(sentence) and sentence not in quoted
            quoted.add(sentence)
            yield Effect(one.label, one.finding and one.finding.replace("-", " "), sentence if is_news else None)

    def _beginning(self, record: Record) -> str | None:
        is_quoted = self._quotes and record.abstract and not record.is_retracted
        return clean(excerpt([without_addresses(record.abstract or "")])[0]) if is_quoted else None

    def _facts(self, record: Record) -> Iterator[str | None]:
        yield clean(record.journal or "")
        yield day(record.publication_date)
        yield self._vocabulary.label("design", record.design) if record.design else None
        if record.participants is not None:
            yield f"{record.participants:,} participant{'' if record.participants == 1 else 's'}"
        if record.follow_up_days:
            yield f"followed {span(record.follow_up_days)}"
        for facet, value, usual in (("species", record.species, "human"), ("relevance", record.relevance, "main")):
            if value not in (None, usual):
                yield self._vocabulary.label(facet, value).lower()

    def _group(self, tags: Sequence[Tagged], titled: set[str]) -> str | None:
        """The widest tag above the first one that the title names, or else that the study carries."""
        first = next((one for one in tags if one.tag in titled), tags[0] if tags else None)
        slug = first.tag if first else None
        while slug in self._groups and self._groups[slug][0]:
            slug = self._groups[slug][0]
        return self._groups[slug][1] if slug in self._groups else None


def clean(text: str) -> str:
    """A text on one line, without controls that would act on a terminal or turn what follows them."""
    return _BLANKS.sub(" ", _UNSEEN.sub("", text)).strip()


def shortened(text: str, most: int) -> str:
    """The beginning of a text on one line, cut at a blank; so few characters that none makes sense are none."""
    line = clean(text)
    if len(line) <= most:
        return line
    kept = line[:most].rsplit(maxsplit=1)
    return f"{kept[0]} …" if len(kept) > 1 else ""
