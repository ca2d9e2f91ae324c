"""Records and addresses out to harm: every page stays well-formed and shows them as text."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

import pytest

from tests.db.hostile import (
    BIDI,
    FIRST,
    HARM,
    LONG,
    MARKUP,
    OTHER_ORIGIN,
    addresses,
    make_hostile_home,
    pmids,
    wrong_addresses,
)
from tests.db.markup import Page
from tests.db.site import Site


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site over studies that were loaded from a hostile file."""
    with Site(make_hostile_home(tmp_path_factory.mktemp("hostile") / "home")) as site:
        yield site


@pytest.mark.parametrize("address", addresses())
def test_a_page_of_hostile_records_is_whole(hostile_site: Site, address: str) -> None:
    """A browser finds no error in it, no identifier twice, and nothing that runs or asks another host."""
    page = Page(hostile_site.page(address))
    assert page.faults() == []
    assert page.dangers() == []


@pytest.mark.parametrize("address", wrong_addresses())
def test_a_hostile_address_leads_to_a_whole_page(hostile_site: Site, address: str) -> None:
    """What leads nowhere is answered by a page that says so and runs nothing."""
    answer = hostile_site.get(address)
    if answer.is_redirect:  # Datasette has its own way to escape the name of a table
        answer = hostile_site.get(answer.headers["Location"])
    assert 400 <= answer.status_code < 500
    page = Page(answer.text)
    assert page.faults() == []
    assert page.dangers() == []


def test_hostile_records_were_harvested(hostile_site: Site) -> None:
    """They are not turned away: they are tagged and found like others."""
    found = hostile_site.get("/search.json", q="ketamine depression", size=100).json()
    assert {study["pmid"] for study in found["results"]} == set(pmids())


@pytest.mark.parametrize("payload", MARKUP.values(), ids=MARKUP)
def test_a_payload_is_shown_as_it_is(hostile_site: Site, payload: str) -> None:
    """Nothing is lost of a title: what it says is told, not obeyed."""
    pmid = FIRST + list(MARKUP.values()).index(payload)
    (heading,) = Page(hostile_site.page(f"/study/{pmid}")).elements("h1")
    assert " ".join(payload.split()) in " ".join("".join(heading.itertext()).split())


@pytest.mark.parametrize("pmid", pmids())
def test_only_identifiers_become_links(hostile_site: Site, pmid: int) -> None:
    """A link leads to this site or to those that issue identifiers."""
    links = Page(hostile_site.page(f"/study/{pmid}")).links()
    assert not [link for link in links if HARM in link and not link.startswith(("/", "#", "https://doi.org/10."))]
    assert not [link for link in links if link.startswith(("//", OTHER_ORIGIN))]


def test_directions_stay_where_they_belong(hostile_site: Site) -> None:
    """Controls that turn the direction of text stand in elements that end their effect."""
    pmid = FIRST + len(MARKUP)
    for address in (f"/study/{pmid}", "/search?q=forced", "/"):
        body = Page(hostile_site.page(address)).root.find("body")
        assert body is not None
        assert [
            " ".join(text.split())[:80] for text in _loose(body, False) if set(text) & set(BIDI[0] + "\u2067")
        ] == []


def _loose(element: Element, is_held: bool) -> Iterator[str]:
    """Texts that no element isolates from the text around them."""
    is_held = is_held or element.tag in ("bdi", "td", "textarea") or "dir" in element.attrib
    if element.text and not is_held:
        yield element.text
    for child in element:
        yield from _loose(child, is_held)
        if child.tail and not is_held:
            yield child.tail


def test_an_endless_title_is_whole_on_its_page_alone(hostile_site: Site) -> None:
    """The study's page shows all of it."""
    (heading,) = Page(hostile_site.page(f"/study/{pmids()[-1]}")).elements("h1")
    assert len("".join(heading.itertext()).strip()) >= LONG
