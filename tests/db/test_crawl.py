"""Whoever follows the links of the sample home finds everything in it, and no link leads nowhere."""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

import lxml.html
import pytest

from tests.db.markup import Page
from tests.db.site import Site
from tests.db.test_metadata import QUERIES
from tests.demo import make_sample_home

pytestmark = pytest.mark.slow

HOSTS = {
    "clinicaltrials.gov",
    "doi.org",
    "orcid.org",
    "pmc.ncbi.nlm.nih.gov",
    "pubmed.ncbi.nlm.nih.gov",
    "www.nlm.nih.gov",
}
"""Where links may lead: to those who issue the identifiers, and to the source of the records."""

OWN = re.compile(r"/|/(search|matrix|about|completeness)|/study/\d+|/tag/[^/]+/[^/]+")
"""The pages that are this site's own, not Datasette's."""

INDEX = re.compile(r"/ketamine/studies_fts_")
"""The tables within the search index, which Datasette shows on request: no address can name their rows."""

FEW = 2
"""How many addresses are followed that differ by the values of their parameters alone."""

HERE = "http://localhost"


@dataclass(slots=True)
class Crawl:
    """What was met by following links from the front page: pages by their address, and what they lead to."""

    pages: dict[str, str] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)
    hosts: Counter[str] = field(default_factory=Counter)
    origins: dict[str, str] = field(default_factory=lambda: {"/": ""})
    fragments: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _kinds: Counter[object] = field(default_factory=Counter)

    def follow(self, site: Site) -> None:
        """Ask for every address that is worth it."""
        queue = deque(["/"])
        while queue:
            queue += self._ask(site, queue.popleft())

    def _ask(self, site: Site, address: str) -> list[str]:
        answer = site.get(address)
        if answer.status_code >= 400:
            self.failures[f"{address} on {self.origins[address]}"] = answer.status_code
        if answer.is_redirect:
            return self._told(address, [answer.headers["Location"]])
        if answer.status_code >= 400 or not answer.headers["Content-Type"].startswith("text/html"):
            return []
        self.pages[address] = answer.text
        return self._told(address, [link for _, attribute, link, _ in lxml.html.iterlinks(answer.text) if attribute])

    def _told(self, address: str, links: list[str]) -> list[str]:
        """The addresses among the links of a page that are new."""
        found = []
        for parts in (urlsplit(urljoin(HERE + address, link)) for link in links):
            if f"{parts.scheme}://{parts.netloc}" != HERE:
                self.hosts[parts.netloc or parts.scheme] += 1
                continue
            target = parts._replace(scheme="", netloc="", fragment="").geturl()
            self.fragments[target] |= {unquote(parts.fragment)} - {""}
            if target not in self.origins and self._is_worth_it(address, parts.path, parts.query):
                self.origins[target] = address
                found.append(target)
        return found

    def _is_worth_it(self, origin: str, path: str, query: str) -> bool:
        """Every page of the site's own by its plain address; of others a few that differ in nothing but values.

        Filters combine without end: what leads from one choice of them to another is left out.
        """
        if OWN.fullmatch(path) and not query:
            return True
        return not (query and "?" in origin) and not INDEX.match(path) and self._is_new(path, query)

    def _is_new(self, path: str, query: str) -> bool:
        kind = (_kind(path), frozenset(name for name, _ in parse_qsl(query, keep_blank_values=True)))
        self._kinds[kind] += 1
        return self._kinds[kind] <= FEW


def _kind(path: str) -> str:
    """A path without what it says of one study, tag or row: what it is a page of."""
    database, _, row = path.strip("/").partition("/")
    return "tag" if database == "tag" else re.sub(r"\d+", "0", f"{database}/{row.partition('/')[0]}/{'/' in row}")


@pytest.fixture(scope="module")
def sample_home_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site over the sample home, as ``make demo`` serves it."""
    folder = tmp_path_factory.mktemp("crawled") / "sample-home"
    make_sample_home(folder)
    with Site(folder) as site:
        yield site


@pytest.fixture(scope="module")
def crawl(sample_home_site: Site) -> Crawl:
    """The site, followed to its ends."""
    crawl = Crawl()
    crawl.follow(sample_home_site)
    return crawl


def test_the_crawl_reaches_the_site(crawl: Crawl) -> None:
    """There are hundreds of pages to read."""
    assert len(crawl.pages) >= 200


def test_every_link_resolves(crawl: Crawl) -> None:
    """No address that a page names is answered by an error."""
    assert crawl.failures == {}


def test_every_link_to_a_part_of_a_page_finds_it(crawl: Crawl) -> None:
    """What stands after # is an identifier on the page."""
    lost = [
        f"{address}#{fragment}"
        for address, page in crawl.pages.items()
        for fragment in crawl.fragments[address]
        if f'id="{fragment}"' not in page
    ]
    assert lost == []


def test_links_lead_out_to_few_hosts(crawl: Crawl) -> None:
    """Nothing but those who issued the identifiers."""
    assert set(crawl.hosts) <= HOSTS


def test_every_study_and_every_tag_is_reached(crawl: Crawl, sample_home_site: Site) -> None:
    """Nothing that is here is out of a reader's reach."""
    studies = {f"/study/{row['pmid']}" for row in sample_home_site.rows("studies", _size=1000)}
    tags = {f"/tag/{row['facet']}/{row['tag']}" for row in sample_home_site.rows("tags", _size=1000)}
    assert sorted((studies | tags) - crawl.pages.keys()) == []


@pytest.mark.parametrize("name", QUERIES)
def test_every_saved_query_is_reached_and_runs(crawl: Crawl, sample_home_site: Site, name: str) -> None:
    """Its page is a link away and its rows come without anything filled in."""
    assert any(urlsplit(address).path == f"/ketamine/{name}" for address in crawl.pages)
    sample_home_site.rows(name)


def test_one_page_of_each_kind_is_whole(crawl: Crawl) -> None:
    """A browser finds no error in it, no identifier twice, and nothing of another host."""
    kinds = {_kind(urlsplit(address).path): address for address in crawl.pages if OWN.fullmatch(urlsplit(address).path)}
    found = {}
    for address in kinds.values():
        page = Page(crawl.pages[address])
        found[address] = page.faults() + page.dangers()
    assert {address: faults for address, faults in found.items() if faults} == {}
