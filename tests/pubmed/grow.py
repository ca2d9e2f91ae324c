"""Many records from few: each new one is a record of the corpus with its own identifiers, dates, sentences and numbers.

Sentences come from sections of the same kind, titles from the halves of two titles, numbers move by up to a third. The
same corpus, count and seed make the same records. Entry dates run evenly over the years up to the corpus's newest.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from xml.sax.saxutils import escape

from lxml import etree

from tests.pubmed.record import PARSER, Element, element_day, publication_day, read_record

SAMPLE_PMIDS = range(970_000_000, 980_000_000)
FRESH_SAMPLE_PMIDS = range(971_000_001, 980_000_000)
FRESH_OTHER_PMIDS = range(500_000_001, 600_000_000)
YEARS = 12
SLOT = re.compile("⟦([^⟧]+)⟧")
DATES = (
    "MedlineCitation/DateRevised",
    "MedlineCitation/DateCompleted",
    "MedlineCitation/Article/ArticleDate",
    "*/History/PubMedPubDate",
    "MedlineCitation/Article/Journal/JournalIssue/PubDate",
)
SENTENCE_END = re.compile(r"(?<=[.?!])\s+(?=[A-Z])")
NUMBER = re.compile(
    r"<[^>]*>|(?<![\w.-])(?!(?:19|20)\d\d\b)\d+(?:\.\d+)?(?!\w|-(?!week|month|day|year|hour|item|point))"
)
BORROWED = 0.35
SHUFFLED = 0.5
IDENTIFIERS = ("PubmedData/ArticleIdList/ArticleId", "MedlineCitation/Article/ELocationID")
SLOT_OF = {"pubmed": "⟦pmid⟧", "doi": "10.5555/grown.⟦pmid⟧", "pmc": "PMC⟦pmid⟧"}
DROPPED = ("MedlineCitation/CommentsCorrectionsList", "MedlineCitation/OtherAbstract")


@dataclass(frozen=True, slots=True)
class Mould:
    """A record with slots in it: text and slot names in turn, and what its sections are filled with."""

    parts: tuple[str, ...]
    title: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]


class Pool:
    """The sentences and titles of a corpus, to draw from."""

    def __init__(self, moulds: Iterable[Mould], random: Random) -> None:
        self.random = random
        self.sentences: defaultdict[str, list[str]] = defaultdict(list)
        self.tails: list[str] = []
        for mould in moulds:
            self.tails.append(_cut(mould.title)[1])
            for kind, sentences in mould.sections:
                self.sentences[kind].extend(sentences)

    def section(self, kind: str, own: tuple[str, ...]) -> str:
        """A section of a kind: its own sentences and borrowed ones, numbers varied."""
        random = self.random
        sentences = [
            random.choice(self.sentences[kind]) if random.random() < BORROWED else sentence for sentence in own
        ]
        if random.random() < SHUFFLED:
            random.shuffle(sentences)
        return " ".join(self.varied(sentence) for sentence in sentences)

    def title(self, own: str) -> str:
        """A title of two halves from two records."""
        halves = (_cut(own)[0].rstrip("."), self.random.choice(self.tails))
        return ": ".join(self.varied(half) for half in halves if half)

    def varied(self, text: str) -> str:
        """The text with its numbers changed by up to a third, years left alone."""
        return NUMBER.sub(self._number, text)

    def _number(self, match: re.Match[str]) -> str:
        if match[0].startswith("<"):
            return match[0]
        value = float(match[0]) * self.random.uniform(0.67, 1.33)
        decimals = len(match[0].partition(".")[2])
        return f"{value:.{decimals}f}"


def grow(records: Iterable[bytes], count: int, *, seed: int = 1, newest: date) -> Iterator[bytes]:
    """Make ``count`` records from records, the last entered on ``newest``.

    Raises ``ValueError`` where no article is given.
    """
    moulds, taken = _moulds(records)
    if count and not moulds:
        raise ValueError("there is no article to grow from")
    random = Random(seed)
    pool = Pool(moulds, random)
    pmids = _fresh_pmids(taken)
    for number in range(count):
        entered = newest - timedelta(days=YEARS * 365 * (count - 1 - number) // count)
        yield _cast(random.choice(moulds), pool, next(pmids), entered, newest)


def moved(records: Iterable[bytes], newest: date) -> Iterator[bytes]:
    """Records with all their dates moved alike, so that the last one entered PubMed on ``newest``."""
    read = [(etree.fromstring(xml, PARSER), read_record(xml).day("crdt")) for xml in records]
    last = date.fromisoformat(max(entered for _, entered in read))
    for root, _ in read:
        _slot_dates(root, last)
        yield SLOT.sub(lambda slot: _filled(slot[1], newest), etree.tostring(root, encoding="unicode")).encode()


def _moulds(records: Iterable[bytes]) -> tuple[list[Mould], set[int]]:
    moulds, taken = [], set()
    for xml in records:
        root = etree.fromstring(xml, PARSER)
        taken.add(int(root.findtext("*/PMID") or 0))
        if root.tag == "PubmedArticle":
            moulds.append(_mould(root))
    return moulds, taken


def _fresh_pmids(taken: set[int]) -> Iterator[int]:
    fresh = FRESH_SAMPLE_PMIDS if all(pmid in SAMPLE_PMIDS for pmid in taken) else FRESH_OTHER_PMIDS
    return (pmid for pmid in fresh if pmid not in taken)


def _mould(root: Element) -> Mould:
    title = root.find("MedlineCitation/Article/ArticleTitle")
    for path in DROPPED:
        for element in root.findall(path):
            _remove(element)
    _slot_dates(root, date.fromisoformat(read_record(etree.tostring(root)).day("crdt")))
    _slot_identifiers(root)
    sections = []
    for number, section in enumerate(root.iterfind("MedlineCitation/Article/Abstract/AbstractText")):
        kind = (section.get("NlmCategory") or section.get("Label") or "").upper()
        sections.append((kind, tuple(_sentences(_inner(section)))))
        _fill(section, f"⟦section {number}⟧")
    own = "" if title is None else _inner(title)
    if title is not None:
        _fill(title, "⟦title⟧")
    return Mould(tuple(SLOT.split(etree.tostring(root, encoding="unicode"))), own, tuple(sections))


def _slot_identifiers(root: Element) -> None:
    pmid = root.find("MedlineCitation/PMID")
    if pmid is not None:
        pmid.text = "⟦pmid⟧"
        pmid.set("Version", "1")
    for path in IDENTIFIERS:
        for element in root.findall(path):
            kind = element.get("IdType") or element.get("EIdType") or ""
            if kind in SLOT_OF:
                element.text = SLOT_OF[kind]
            elif kind != "pii":
                _remove(element)


def _slot_dates(root: Element, entered: date) -> None:
    """Turn each date into slots that keep its distance in days from the record's entry."""
    for path in DATES:
        for element in root.iterfind(path):
            day = publication_day(element) if element.tag == "PubDate" else element_day(element)
            if day:
                _slot_date(element, (date.fromisoformat(day) - entered).days)


def _slot_date(element: Element, distance: int) -> None:
    for part in element:
        if part.tag == "Year":
            part.text = f"⟦{distance} %Y⟧"
        elif part.tag == "Month":
            part.text = f"⟦{distance} {'%m' if (part.text or '').isdigit() else '%b'}⟧"
        elif part.tag == "Day":
            part.text = f"⟦{distance} %d⟧"
        elif part.tag == "MedlineDate":
            part.text = re.sub(r"\d{4}", f"⟦{distance} %Y⟧", part.text or "", count=1)


def _cast(mould: Mould, pool: Pool, pmid: int, entered: date, newest: date) -> bytes:
    """Fill a mould: every other part is a slot's name."""

    def value(slot: str) -> str:
        if slot == "pmid":
            return str(pmid)
        if slot == "title":
            return pool.title(mould.title)
        name, _, rest = slot.partition(" ")
        if name == "section":
            return pool.section(*mould.sections[int(rest)])
        return _filled(slot, entered, newest)

    filled = (value(part) if place % 2 else part for place, part in enumerate(mould.parts))
    return "".join(filled).encode()


def _filled(slot: str, day: date, latest: date = date.max) -> str:
    """The part of a date that a slot stands for: so many days from a day, at the latest a certain one."""
    distance, _, part = slot.partition(" ")
    return min(day + timedelta(days=int(distance)), latest).strftime(part)


def _sentences(text: str) -> Iterator[str]:
    """The sentences of a section's inner XML; one that would cut an element in two goes with the next."""
    held = ""
    for piece in SENTENCE_END.split(text):
        held = f"{held} {piece}".strip()
        if _balanced(held):
            yield held
            held = ""


def _cut(title: str) -> tuple[str, str]:
    """The halves of a title before and after its colon; a title that cannot be cut is both."""
    head, _, tail = title.partition(": ")
    return (head, tail) if tail and _balanced(head) else (title, title)


def _balanced(text: str) -> bool:
    """Whether every element that begins in the text ends in it."""
    return len(re.findall(r"<[a-zA-Z]", text)) == text.count("</") + text.count("/>")


def _inner(element: Element) -> str:
    return escape(element.text or "") + "".join(etree.tostring(child, encoding="unicode") for child in element)


def _fill(element: Element, slot: str) -> None:
    for child in list(element):
        element.remove(child)
    element.text = slot


def _remove(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
