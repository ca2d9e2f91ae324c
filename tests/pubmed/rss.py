"""Saved searches as RSS feeds: the newest records by entry date, in the words and shape of PubMed's own feeds."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import format_datetime
from xml.sax.saxutils import escape

from tests.pubmed.citation import Author, Citation, html, plain, read_citation
from tests.pubmed.record import Element, read_record

DEFAULT_LIMIT = 15
MOST_ITEMS = 100
VERSION = "2.19.0"
SHORTENED = 500
PARAGRAPH = (
    '<p xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:mml="http://www.w3.org/1998/Math/MathML"'
    ' xmlns:p1="http://pubmed.gov/pub-one">'
)
START = (
    "<?xml version='1.0' encoding='UTF-8'?>\n"
    '<rss xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"'
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/" version="2.0">'
)
BROWSERS = {"Edg": "Edge", "Chrome": "Chrome", "Firefox": "Firefox", "SimplePie": "SimplePie", "Rested": "Rested"}


@dataclass(frozen=True, slots=True)
class Feed:
    """A saved search. ``created`` is when it was made."""

    name: str
    term: str
    created: datetime

    @property
    def id(self) -> str:
        """The feed's identifier, 50 characters that begin with 1, always the same for the same search."""
        return "1" + base64.urlsafe_b64encode(hashlib.sha512(self.term.encode()).digest()).decode()[:49]


@dataclass(frozen=True, slots=True)
class Visit:
    """One fetch of a feed: when, with which User-Agent, and which in the server's life."""

    feed: Feed
    now: datetime
    agent: str
    number: int

    @property
    def tracking(self) -> str:
        """The parameters that PubMed hangs on every link; ``ff`` and ``v`` are of this fetch."""
        return (
            f"utm_source={agent_family(self.agent)}&utm_medium=rss&utm_campaign=pubmed-2&utm_content={self.feed.id}"
            f"&fc={stamp(self.feed.created)}&ff={stamp(self.now)}&v={VERSION}.post{self.number}+{self.number:07x}"
        )


def render(visit: Visit, records: Sequence[bytes]) -> bytes:
    """A feed of records, the newest first."""
    name = escape(visit.feed.name)
    address = escape(f"https://pubmed.ncbi.nlm.nih.gov/rss-feed/?feed_id={visit.feed.id}&{visit.tracking}")
    newest = entry_day(records[0]) if records else visit.now.date()
    channel = [
        f"<title>{name}</title>",
        f"<link>{address}</link>",
        f"<description>{name}: Latest results from PubMed</description>",
        f'<atom:link href="{address}" rel="self"/>',
        "<docs>http://www.rssboard.org/rss-specification</docs>",
        f"<generator>PubMed RSS feeds ({VERSION})</generator>",
        "<language>en</language>",
        f"<lastBuildDate>{format_datetime(visit.now.astimezone(UTC))}</lastBuildDate>",
        f"<pubDate>{format_datetime(morning(newest))}</pubDate>",
        "<ttl>120</ttl>",
        *(_item(visit, record) for record in records),
    ]
    inner = "\n    ".join(channel)
    return f"{START}\n  <channel>\n    {inner}\n  </channel>\n</rss>\n".encode()


def entry_day(record: bytes) -> date:
    """The day (EDAT) that a feed sorts and dates a record by."""
    return date.fromisoformat(read_record(record).day("edat"))


def morning(day: date) -> datetime:
    """Six in the morning in Washington, the hour that all items carry."""
    return datetime.combine(day, time(6), eastern(day))


def eastern(day: date) -> timezone:
    """US Eastern time on a day: summer time runs from the second Sunday of March to the first of November."""
    spring = _sunday(day.year, 3, 8)
    autumn = _sunday(day.year, 11, 1)
    return timezone(timedelta(hours=-4 if spring <= day < autumn else -5))


def stamp(moment: datetime) -> str:
    """A moment as the links write it, ``YYYYMMDDHHMMSS`` in US Eastern time."""
    return moment.astimezone(eastern(moment.date())).strftime("%Y%m%d%H%M%S")


def agent_family(agent: str) -> str:
    """What PubMed makes of a User-Agent."""
    return next((family for mark, family in BROWSERS.items() if mark in agent), "Other")


def _sunday(year: int, month: int, earliest: int) -> date:
    day = date(year, month, earliest)
    return day + timedelta(days=6 - day.weekday())


def _item(visit: Visit, record: bytes) -> str:
    shown = read_citation(record)
    pmid = shown.ids.get("pubmed") or str(read_record(record).pmid)
    day = entry_day(record)
    title = escape(html(shown.title, italic="em").rstrip("."))
    address = f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/?{visit.tracking}"
    parts = [
        f"<title>{title}</title>",
        f"<link>{escape(address)}</link>",
        f"<description>{escape(_description(shown.sections))}</description>",
        f"<content:encoded><![CDATA[{_content(shown, pmid, visit)}]]></content:encoded>",
        f'<guid isPermaLink="false">pubmed:{pmid}</guid>',
        f"<pubDate>{format_datetime(morning(day))}</pubDate>",
        *(f"<dc:creator>{escape(_creator(author))}</dc:creator>" for author in shown.authors),
        f"<dc:date>{day}</dc:date>",
        f"<dc:source>{escape(shown.journal)}</dc:source>",
        f"<dc:title>{title}</dc:title>",
        f"<dc:identifier>pmid:{pmid}</dc:identifier>",
        *(
            f"<dc:identifier>{kind}:{escape(shown.ids[kind])}</dc:identifier>"
            for kind in ("pmc", "doi")
            if kind in shown.ids
        ),
    ]
    return "<item>\n      " + "\n      ".join(parts) + "\n    </item>"


def _creator(author: Author) -> str:
    return author.collective or f"{author.first} {author.last}".strip()


def _description(sections: Sequence[Element]) -> str:
    """The last section of a structured abstract, or the beginning of a plain one."""
    if not sections:
        return "NO ABSTRACT"
    text = _labelled(sections[-1].get("Label", ""), plain(sections[-1]))
    return text if len(text) <= SHORTENED else text[:SHORTENED].rsplit(" ", 1)[0] + "..."


def _content(shown: Citation, pmid: str, visit: Visit) -> str:
    paragraphs = "".join(
        f"{PARAGRAPH}{_labelled(escape(section.get('Label', '')), html(section))}</p>" for section in shown.sections
    )
    body = f"<p><b>ABSTRACT</b></p>{paragraphs}" if paragraphs else "<p><b>NO ABSTRACT</b></p>"
    links = " | ".join(_links(shown, pmid, visit))
    content = (
        f'<div><p style="color: #4aa564;">{escape(shown.line)}</p>{body}<p style="color: lightgray">{links}</p></div>'
    )
    return content.replace("]]>", "]]&gt;")


def _links(shown: Citation, pmid: str, visit: Visit) -> Iterable[str]:
    yield f'PMID:<a href="https://pubmed.ncbi.nlm.nih.gov/{pmid}/?{visit.tracking}">{pmid}</a>'
    if "pmc" in shown.ids:
        pmc = shown.ids["pmc"]
        yield f'PMC:<a href="https://www.ncbi.nlm.nih.gov/pmc/{pmc}/?{visit.tracking}">{pmc}</a>'
    if "doi" in shown.ids:
        doi = escape(shown.ids["doi"])
        yield f"DOI:<a href=https://doi.org/{doi}>{doi}</a>"


def _labelled(label: str, text: str) -> str:
    return f"{label}: {text}" if label else text
