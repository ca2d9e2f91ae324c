"""All studies of a search, a filter or a selection can be taken away in every format, and come out as they are here."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import sys
import time
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import bibtexparser
import pytest
import rispy
from bibtexparser.bparser import BibTexParser
from datasette.app import Datasette

from harvest.publish.formats import FORMATS
from tests.db import large
from tests.db.filled import CORRECTED, FULL, RETRACTED
from tests.db.hostile import make_hostile_home, pmids
from tests.db.markup import Page
from tests.db.site import Site
from tests.publish.invented import collapsed
from tests.publish.test_bibtex import is_balanced, typeset
from tests.publish.test_table import plain

Study = tuple[int, str]
"""What identifies a study in every format: its PMID and its title, collapsed."""


def studies_of(ending: str, text: str) -> list[Study]:
    """The studies that a reader of a format finds in a file."""
    return [(int(pmid), collapsed(title)) for pmid, title in READERS[ending](text)]


def _of_ris(text: str) -> Iterator[tuple[str, str]]:
    return ((one["accession_number"], one.get("title", "")) for one in rispy.loads(text))


def _of_bibtex(text: str) -> Iterator[tuple[str, str]]:
    assert is_balanced(text)
    parser = BibTexParser(common_strings=True)
    return ((one["pmid"], typeset(one.get("title", ""))) for one in bibtexparser.loads(text, parser).entries)


def _of_csl(text: str) -> Iterator[tuple[str, str]]:
    return ((one["PMID"], one.get("title", "")) for one in json.loads(text))


def _of_csv(text: str) -> Iterator[tuple[str, str]]:
    return ((one["pmid"], plain(one["title"])) for one in csv.DictReader(io.StringIO(text, newline="")))


def _of_json(text: str) -> Iterator[tuple[str, str]]:
    return ((one["pmid"], one["title"]) for one in json.loads(text))


def _of_lines(text: str) -> Iterator[tuple[str, str]]:
    return ((one["pmid"], one["title"]) for one in map(json.loads, text.split("\n")[:-1]))


READERS = {
    "ris": _of_ris,
    "bib": _of_bibtex,
    "csl.json": _of_csl,
    "csv": _of_csv,
    "full.json": _of_json,
    "jsonl": _of_lines,
}

MARKED = ("ris", "bib", "csl.json")
"""The formats in which the title of a retracted study is marked."""


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site over studies that were loaded from a hostile file."""
    with Site(make_hostile_home(tmp_path_factory.mktemp("hostile") / "home")) as site:
        yield site


def test_every_format_is_tested() -> None:
    """By a reader of it."""
    assert set(READERS) == set(FORMATS)


@pytest.mark.parametrize("ending", FORMATS)
def test_a_search_is_taken_away_whole(varied_site: Site, ending: str) -> None:
    """All studies and not a page of them, in the order of the page, each once."""
    pages = [varied_site.get("/search.json", size=50, page=page).json()["results"] for page in range(1, 6)]
    expected = [study["pmid"] for page in pages for study in page]
    answer = varied_site.get(f"/search.{ending}", size=50, page=2)
    assert [pmid for pmid, _ in studies_of(ending, answer.text)] == expected
    assert len(set(expected)) == len(expected) > 100


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize(
    "asked",
    [
        {"condition": "mood"},
        {"condition": "mood", "long_term_effect": "memory"},
        {"finding": "worse"},
        {"q": "nothing"},
    ],
    ids=str,
)
def test_a_filter_or_a_cell_is_taken_away(varied_site: Site, ending: str, asked: dict[str, str]) -> None:
    """The same studies as the page shows."""
    found = varied_site.get("/search.json", **asked, size=100).json()
    told = studies_of(ending, varied_site.get(f"/search.{ending}", **asked).text)
    assert [pmid for pmid, _ in told][:100] == [study["pmid"] for study in found["results"]]
    assert len(told) == found["total"]


@pytest.mark.parametrize("ending", FORMATS)
def test_a_selection_is_taken_away(site: Site, ending: str) -> None:
    """The studies that are named, in that order, retracted and incidental ones included; the title is marked."""
    text = site.get(f"/search.{ending}?pmid={RETRACTED}&pmid={FULL}&pmid=1&pmid=x&pmid={FULL}").text
    mark = "RETRACTED: " if ending in MARKED else ""
    assert studies_of(ending, text) == [
        (RETRACTED, f"{mark}Memory and the words that count for less"),
        (FULL, "Memory after repeated infusions for resistant depression"),
    ]
    assert "retracted" in text


@pytest.mark.parametrize("ending", FORMATS)
def test_an_export_is_a_file_of_its_type(site: Site, ending: str) -> None:
    """A browser saves it under a name with the day."""
    answer = site.get(f"/search.{ending}")
    assert answer.headers["content-type"] == FORMATS[ending].content_type
    name = re.fullmatch(r'attachment; filename="(.*)"', answer.headers["content-disposition"])
    assert name is not None
    assert re.fullmatch(rf"ketamine-\d{{4}}-\d\d-\d\d\.{re.escape(ending)}", name[1])
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("ending", FORMATS)
def test_an_export_of_nothing_can_be_read(empty_site: Site, ending: str) -> None:
    """It is an empty file of its format."""
    assert studies_of(ending, empty_site.page(f"/search.{ending}")) == []


@pytest.mark.parametrize("ending", FORMATS)
def test_without_a_database_nothing_is_exported(home: Path, ending: str) -> None:
    """And nothing fails."""
    with Site(home) as site:
        assert site.get(f"/search.{ending}").status_code == 200


@pytest.mark.parametrize("ending", FORMATS)
def test_hostile_studies_come_out_as_they_are(hostile_site: Site, ending: str) -> None:
    """None lost, none doubled, nothing of them taken for the format's own."""
    raw = hostile_site.rows("studies", _size="max", _col="title")
    titles = {row["pmid"]: collapsed(row["title"]) for row in raw}
    told = studies_of(ending, hostile_site.page(f"/search.{ending}", incidental=1))
    assert sorted(pmid for pmid, _ in told) == sorted(titles) == sorted(pmids())
    for pmid, title in told:
        assert title.removeprefix("RETRACTED: ") == titles[pmid].removeprefix("RETRACTED: ")


def test_exports_at_the_same_time_are_whole(varied_site: Site) -> None:
    """They take turns, and pages are answered between them."""
    *exports, page = varied_site.together(*["/search.ris"] * 6, "/search?q=nothing")
    assert len({export.text for export in exports}) == 1
    assert len(studies_of("ris", exports[0].text)) > 100
    assert page.status_code == 200


def test_the_headers_of_an_export_can_be_asked_for_alone(site: Site) -> None:
    """Nothing is made of it then."""
    answer = site.head("/search.ris")
    assert answer.headers["content-type"] == FORMATS["ris"].content_type
    assert answer.content == b""


@pytest.mark.parametrize("ending", ["ris", "bib"])
@pytest.mark.parametrize("address", ["studies", "study_tags", "recent"])
def test_tables_and_queries_of_studies_are_taken_away(site: Site, ending: str, address: str) -> None:
    """Each study of the rows shown once."""
    if address == "recent":
        address = next(name for name in _queries(site) if "pmid" in (site.rows(name) or [{}])[0])
    rows = site.rows(address)
    told = studies_of(ending, site.page(f"/ketamine/{address}.{ending}"))
    assert [pmid for pmid, _ in told] == list(dict.fromkeys(row["pmid"] for row in rows))


def _queries(site: Site) -> list[str]:
    return list(site.metadata["queries"])


def test_a_table_that_goes_on_says_where(site: Site) -> None:
    """Its pages are taken one by one."""
    told: list[int] = []
    address = "/ketamine/studies.ris?_size=2&_labels=on&_sort=pmid"
    while address:
        answer = site.get(address)
        told += [pmid for pmid, _ in studies_of("ris", answer.text)]
        following = re.fullmatch(r"<(.*)>; rel=\"next\"", answer.headers.get("link", ""))
        address = following[1].removeprefix("http://localhost") if following else ""
    assert told == sorted(row["pmid"] for row in site.rows("studies"))


def test_a_query_that_was_cut_off_is_not_taken_away(site: Site) -> None:
    """Part of it would pass for all of it."""
    sql = f"with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000) select {FULL} as pmid from n"
    answer = site.get("/ketamine.ris", sql=sql)
    assert answer.status_code == 400
    assert "narrow it" in answer.text


def test_tables_of_other_things_have_no_citations(site: Site) -> None:
    """Neither an address nor a link to it."""
    assert site.get("/ketamine/runs.ris").status_code == 404
    assert ".ris" not in site.page("/ketamine/runs")


def test_labelled_cells_are_studies_too(site: Site) -> None:
    """Where Datasette shows titles beside PMIDs."""
    told = studies_of("ris", site.page("/ketamine/study_tags.ris", _labels="on", pmid=CORRECTED))
    assert [pmid for pmid, _ in told] == [CORRECTED]


def test_results_offer_what_can_be_taken_away(varied_site: Site) -> None:
    """With the search as it is, from its first page on; links in the page and for programs in its head."""
    page = Page(varied_site.page("/search", condition="mood", page=2))
    asked = "?condition=mood"
    assert {f"/search.{ending}{asked}" for ending in FORMATS if ending != "jsonl"} <= set(page.links())
    alternates = [link.attrib["href"] for link in page.elements("link") if link.attrib["rel"] == "alternate"]
    assert f"/search.atom{asked}" in alternates
    assert f"/search.atom{asked}" in page.links()


STUDIES, MEMORY, RATE = 40_000, 150, 10_000
"""So many studies are streamed in so many MB above idle, so many a second."""


def _memory() -> float:
    """What this process holds in memory, in MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


class Stream:
    """Asks Datasette without keeping what it answers."""

    def __init__(self, home: Path) -> None:
        self._datasette = Datasette(config_dir=home)
        self.most, self.entries = 0.0, 0

    async def get(self, address: str) -> None:
        """Count the entries of an answer in RIS and note the most memory that was held."""
        self.most, self.entries = 0.0, 0
        await self._datasette.invoke_startup()
        path, _, query = address.partition("?")
        scope: dict[str, Any] = {"type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "path": path}
        scope |= {"raw_path": path.encode(), "query_string": query.encode(), "headers": [(b"host", b"localhost")]}
        await self._datasette.app()(scope, self._receive, self._send)

    async def _receive(self) -> dict[str, Any]:
        return await asyncio.Future()

    async def _send(self, message: MutableMapping[str, Any]) -> None:
        self.entries += message.get("body", b"").count(b"\nER  - \n")
        self.most = max(self.most, _memory())

    def close(self) -> None:
        self._datasette.executor.shutdown()


@pytest.mark.slow
def test_many_studies_are_streamed_in_constant_memory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And fast: the better of three times counts, since others use this machine too."""
    stream = Stream(large.make(tmp_path / "large", STUDIES))

    async def measured() -> tuple[float, float, float]:
        await stream.get("/search.ris?from=2026")
        idle, rates = _memory(), []
        for _ in range(3):
            clock, used = time.perf_counter(), time.process_time()
            await stream.get("/search.ris?incidental=1")
            assert stream.entries == STUDIES
            rates.append((STUDIES / (time.process_time() - used), STUDIES / (time.perf_counter() - clock)))
        return *max(rates), stream.most - idle

    per_second, by_the_clock, grown = asyncio.run(measured())
    stream.close()
    figures = f"{per_second:,.0f} records a second of processor time, {by_the_clock:,.0f} by the clock, +{grown:.0f} MB"
    with capsys.disabled():
        sys.stdout.write(f"\n{figures}\n")
    assert grown <= MEMORY, figures
    assert per_second >= RATE, figures
