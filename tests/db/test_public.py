"""What the public may see, do and read; on one's own machine everything stays open.

A home is made with marks in it: a key, an operator's and an author's e-mail address, folders of its host, and words of
an abstract. It is served in each way, and everything that is served is read.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

import httpx
import lxml.html
import pytest
from click.testing import CliRunner
from datasette.app import Datasette
from datasette.plugins import pm
from pyarrow import parquet

from harvest import config as recipe
from harvest import home as homes
from harvest.cli import main
from harvest.config import Abstracts
from harvest.publish.snapshot import Wanted, export
from harvest.store import Store
from tests.db.site import Site
from tests.db.test_crawl import OWN, Crawl
from tests.pubmed import serve
from tests.pubmed.invented import article, article_set

pytestmark = pytest.mark.slow

MARKED, OTHER, SHORT = range(970_000_101, 970_000_104)
KEY, OPERATOR, AUTHOR, PLACE = "k3ycanary", "operator-canary@example.org", "author-canary@example.org", "folder-canary"
LAST = "zebraquagga"
"""A word of the second half of an abstract."""

DAY = date(2026, 11, 22)
WAYS: tuple[Abstracts, ...] = get_args(Abstracts)
HIDDEN = (
    *("metrics", "threads", "versions", "plugins", "settings", "databases", "config", "metadata", "actor"),
    *("permissions", "logout", "messages", "allow-debug", "auth-token", "patterns"),
)
"""What Datasette tells of itself."""


def record(revised: str) -> bytes:
    filler = "Of the people asked some answered and others did not, as is usual where questions are asked. " * 4
    return article(
        MARKED,
        title="Ketamine for depression: an invented trial.",
        abstract=[
            ("METHODS", f"Opening words of an invented abstract. {filler}"),
            ("RESULTS", f"{filler}The {LAST} ran away {revised}. Correspondence: {AUTHOR}."),
        ],
        keywords=[f"write to {AUTHOR}", "esketamine"],
        authors=[("Samplewood", "Ada Q", "AQ")],
        created="2026-11-20",
        revised=revised,
        inside=f"<CoiStatement>None. {AUTHOR}</CoiStatement>",
    )


@pytest.fixture(scope="module")
def marked_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a mark of each kind, in as many places as there are."""
    folder = tmp_path_factory.mktemp(PLACE) / "home"
    homes.make(folder)
    settings = folder / "ketamine.toml"
    settings.write_text(settings.read_text().replace('email = ""', f'email = "{OPERATOR}"'))
    others = [
        article(OTHER, title="Ketamine and memory: a letter.", created="2026-11-19"),
        article(SHORT, title="Ketamine, briefly.", abstract=[("", f"Short, {LAST}.")], created="2026-11-18"),
    ]
    revision = folder.parent / "revision.xml"
    revision.write_bytes(article_set(record("2026-11-21")))
    broken = folder.parent / "broken.xml"
    broken.write_bytes(b"no XML")
    with ExitStack() as stack:
        pubmed = stack.enter_context(serve([record("2026-11-20"), *others], rate=None))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr("harvest.http.Pacer.wait", lambda _: None)
        patch.setattr("harvest.http._backoff", lambda _: 0.0)
        for name, value in {"HARVEST_EUTILS": pubmed.eutils, "NCBI_API_KEY": KEY, "HARVEST_HOME": str(folder)}.items():
            patch.setenv(name, value)
        assert _harvest("run", "--since", "2026-01-01") == 0
        pubmed.faults.add("esearch:*:bad-key")
        assert _harvest("run") == 1
        assert _harvest("load", revision) == 0
        assert _harvest("load", broken) == 1
    with Store(folder / "ketamine.db") as store:
        assert PLACE in str(store.rows("SELECT error FROM runs"))
        assert store.rows("SELECT * FROM changes WHERE field = 'abstract'")
        assert store.rows("SELECT * FROM studies WHERE conflict_of_interest LIKE '%@%'")
    return folder


def _harvest(*arguments: object) -> int:
    return CliRunner().invoke(main, [str(one) for one in arguments]).exit_code


@dataclass(frozen=True)
class Served:
    """A site, how much of the abstracts it has, where it lies, and everything that it answers."""

    site: Site
    abstracts: Abstracts
    folder: Path
    answers: dict[str, httpx.Response]


class ReadOnce(Site):
    """A site that is asked for each address once."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.answers: dict[str, httpx.Response] = {}

    def get(self, path: str, **parameters: object) -> httpx.Response:
        """The answer to a GET; one to a plain address is kept."""
        if parameters:
            return super().get(path, **parameters)
        if path not in self.answers:
            self.answers[path] = super().get(path)
        return self.answers[path]


def everything(folder: Path) -> dict[str, httpx.Response]:
    """The answers of all pages that links lead to, and of every table, row and query in each of its forms."""
    site = ReadOnce(folder)
    with site:
        crawl = Crawl()
        crawl.follow(site)
        database = site.get("/ketamine.json").json()
        names = [one["name"] for one in database["tables"] + database["queries"]]
        addresses = {
            *crawl.origins,
            *(f"/ketamine/{name}{form}" for name in names for form in ("", ".json?_shape=objects", ".csv")),
            *(f"/study/{pmid}" for pmid in (MARKED, OTHER, SHORT)),
            *(f"/ketamine/studies/{pmid}{form}" for pmid in (MARKED, OTHER, SHORT) for form in ("", ".json")),
            *("/robots.txt", "/sitemap.xml", "/-/health", "/nowhere", "/.json", "/ketamine.json", f"/search?q={LAST}"),
            *(f"/-/{name}{form}" for name in HIDDEN for form in ("", ".json")),
            *(f"/search.json?q={word}" for word in (LAST, "opening", "")),
            *("/ketamine?sql=select+1", "/ketamine.json?sql=select+*+from+sections", "/ketamine.db", "/_internal"),
            *("/ketamine/studies?_where=1", "/ketamine/studies.json?_sort=nonsense", f"/study/{MARKED}x", "/%00"),
        }
        return {address: site.get(address) for address in sorted(addresses | site.answers.keys())}


@pytest.fixture(scope="module")
def publics(marked_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Abstracts, Served]]:
    """The home as the public sees it, in each way with abstracts."""
    found: dict[Abstracts, Served] = {}
    with ExitStack() as stack:
        for abstracts in WAYS:
            wanted = Wanted(abstracts, public=True, parquet=True)
            folder = export(recipe.load(marked_home, {}), tmp_path_factory.mktemp("public"), wanted, DAY)
            site = stack.enter_context(Site(folder))
            found[abstracts] = Served(site, abstracts, folder, everything(folder))
        yield found


@pytest.fixture(params=WAYS)
def public(request: pytest.FixtureRequest, publics: dict[Abstracts, Served]) -> Served:
    """The home as the public sees it, in one way with abstracts."""
    return publics[request.param]


@pytest.fixture(scope="module")
def own(marked_home: Path) -> Iterator[Served]:
    """The home as its owner sees it."""
    with Site(marked_home) as site:
        yield Served(site, "full", marked_home, everything(marked_home))


def holding(served: Served, mark: str) -> list[str]:
    """The addresses that show a mark; where it was asked for it may be repeated as what was asked."""
    return [
        address
        for address, answer in served.answers.items()
        if mark in (answer.text + str(answer.headers)).lower() and mark not in address
    ]


def test_everything_was_read(public: Served, own: Served) -> None:
    """Some hundred pages, tables and queries, and no answer is an error but that on the last harvest, which failed."""
    for served in (public, own):
        assert len(served.answers) > 200
        assert [address for address, answer in served.answers.items() if answer.status_code >= 500] == ["/-/health"]


def test_a_key_and_the_operators_address_are_nowhere(public: Served, own: Served) -> None:
    """Not even for the owner: they are in no database."""
    for mark in (KEY, OPERATOR):
        assert holding(public, mark) == holding(own, mark) == []


def test_the_public_sees_no_author_address_and_no_folder(public: Served) -> None:
    """Wherever they stood."""
    assert holding(public, AUTHOR) == []
    assert holding(public, PLACE) == []
    assert holding(public, str(public.folder).lower()) == []
    assert holding(public, str(Path.cwd()).lower()) == []


def test_the_public_sees_so_much_of_the_abstracts(public: Served, own: Served) -> None:
    """All, the beginning or nothing, on every page, in every table and form."""
    assert bool(holding(public, LAST)) == (public.abstracts == "full")
    assert bool(holding(public, "opening words of an")) == (public.abstracts != "link")
    assert f"/study/{MARKED}" in holding(own, LAST)


def test_the_public_finds_by_what_it_may_see(public: Served) -> None:
    """A search for a word that was cut finds nothing."""
    total = public.answers[f"/search.json?q={LAST}"].json()["total"]
    assert total == (2 if public.abstracts == "full" else 0)


def test_no_file_of_the_folder_holds_a_mark(public: Served, tmp_path: Path) -> None:
    """Nor do unused pages of the database, nor the Parquet files."""
    marks = [KEY, OPERATOR, AUTHOR, PLACE, str(public.folder), *([] if public.abstracts == "full" else [LAST])]
    for path in (path for path in public.folder.rglob("*") if path.is_file()):
        is_table = path.suffix == ".parquet"
        content = str(parquet.read_table(path).to_pylist()).encode() if is_table else path.read_bytes()
        assert [mark for mark in marks if mark.encode() in content.lower()] == [], path


def test_pages_say_what_they_leave_out(public: Served) -> None:
    """And where it can be read; that PubMed has no abstract is said of those only that have none."""
    told = public.answers[f"/study/{MARKED}"].text
    assert ("Only its beginning is shown here" in told) == (public.abstracts == "excerpt")
    assert ("It is not shown here" in told) == (public.abstracts == "link")
    assert "No abstract in PubMed" not in told
    assert "No abstract in PubMed" in public.answers[f"/study/{OTHER}"].text
    [found] = public.site.get("/search.json?abstract=1&q=invented+trial").json()["results"]
    assert found["pmid"] == MARKED


def test_the_public_runs_no_sql_and_takes_no_database(public: Served) -> None:
    """Nor does it see Datasette's own; tables and saved queries stay."""
    refused = ["/ketamine?sql=select+1", "/ketamine.json?sql=select+*+from+sections", "/ketamine.db", "/_internal"]
    assert {public.answers[address].status_code for address in refused} == {403}
    assert public.answers["/ketamine/studies?_where=1"].status_code in (400, 403)
    assert public.answers["/ketamine/newest"].status_code == 200
    assert public.answers["/ketamine/studies.csv"].status_code == 200
    assert public.site.get("/ketamine/studies.csv?_stream=on").status_code == 400
    assert public.site.get("/ketamine/studies.json?_facet=title").status_code == 400
    assert public.site.get("/ketamine/studies.json?_size=1001").status_code == 400


@pytest.mark.parametrize("name", HIDDEN)
@pytest.mark.parametrize("form", ["", ".json", "/"])
def test_the_public_is_not_told_of_the_machine(public: Served, name: str, form: str) -> None:
    """Threads, versions, plugins, settings, files: there is no such address."""
    assert public.site.get(f"/-/{name}{form}").status_code == 404


@pytest.mark.parametrize("address", ["/%2D/threads", "/-%2Fthreads", "//-/threads", "/./-/threads", "/-/../-/threads"])
def test_nor_by_another_spelling(public: Served, address: str) -> None:
    """However it is written."""
    assert public.site.get(address).status_code in (302, 404)
    assert "num_threads" not in public.site.get(address).text


def test_a_monitor_is_answered(public: Served) -> None:
    """That the last harvest failed, of which the public is told no more than that; styles and scripts are served."""
    answer = public.site.get("/-/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "failing")
    assert public.site.get("/-/static/app.css").status_code == 200


def test_an_error_of_the_program_is_not_told_to_the_public(
    public: Served, own: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It goes to the log; the owner may read it on the page."""

    def failing(*_: object) -> None:
        raise RuntimeError("at /srv/inside")

    monkeypatch.setattr(pm.get_plugin("about.py"), "_facets", failing)
    answer = public.site.get("/about")
    assert (answer.status_code, answer.text) == (500, "Something failed here. It has been noted.\n")
    assert "RuntimeError: at /srv/inside" in capsys.readouterr().err
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "at /srv/inside" in own.site.get("/about").text


def test_a_flood_is_turned_away_and_leaves_no_queue(publics: dict[Abstracts, Served], own: Served) -> None:
    """Who has waited longest goes, with a time to come back; who comes last is answered. The owner always is."""

    async def flooded(folder: Path) -> tuple[list[httpx.Response], httpx.Response]:
        site = Datasette(config_dir=folder)
        await site.client.get("/")
        answers = await asyncio.gather(*(site.client.get(f"/nowhere/{number}") for number in range(100)))
        after = await site.client.get("/")
        site.executor.shutdown()
        return answers, after

    answers, after = asyncio.run(flooded(publics["link"].folder))
    turned_away = [answer for answer in answers if answer.status_code == 503]
    assert 20 <= len(turned_away) <= 28
    assert {answer.status_code for answer in answers[-64:]} == {404}
    assert {answer.headers["retry-after"] for answer in turned_away} == {"2"}
    assert after.status_code == 200
    answers, _ = asyncio.run(flooded(own.folder))
    assert {answer.status_code for answer in answers} == {404}


def test_the_owner_keeps_everything(own: Served) -> None:
    """SQL of one's own, threads, settings."""
    assert own.site.get("/ketamine.json?sql=select+1+as+one&_shape=array").json() == [{"one": 1}]
    assert own.site.get("/-/threads.json").json()["num_threads"]
    assert own.site.get("/-/settings.json").status_code == 200


COMMON = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
}


def policy_of(answer: httpx.Response) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer.headers["content-security-policy"].split(";"))
    return {name: value for name, _, value in parts}


def test_every_answer_has_the_headers(public: Served, own: Served) -> None:
    """Errors and data included; Datasette's own stricter referrer policy for JSON stands."""
    for address, answer in (public.answers | own.answers).items():
        told = {name: answer.headers.get(name) for name in COMMON}
        assert told in (COMMON, COMMON | {"referrer-policy": "no-referrer"}), address
        assert "camera=()" in answer.headers["permissions-policy"]
        policy = policy_of(answer)
        assert (policy["default-src"], policy["frame-ancestors"], policy["base-uri"]) == ("'none'",) * 3
        assert "unsafe" not in policy["script-src"]
        assert len(answer.headers.get_list("content-security-policy")) == 1


def test_our_pages_have_the_strict_policy_and_need_no_other(public: Served, own: Served) -> None:
    """No script, style or handler stands in a page, and nothing comes from elsewhere."""
    pages = [
        (address, answer)
        for served in (public, own)
        for address, answer in served.answers.items()
        if OWN.fullmatch(urlsplit(address).path) and answer.headers["content-type"].startswith("text/html")
    ]
    assert len(pages) > 20
    for address, answer in pages:
        assert policy_of(answer)["style-src"] == policy_of(answer)["script-src"] == "'self'", address
        page = lxml.html.fromstring(answer.text)
        assert page.xpath("//script[not(@src)] | //style | //@style | //@*[starts-with(name(), 'on')]") == [], address
        assert page.xpath("//iframe | //object | //embed | //base") == [], address


def test_scripts_of_datasettes_own_pages_are_known_by_their_digests(public: Served, own: Served) -> None:
    """All that stand in a page, and no others would run."""
    scripts = 0
    for served in (public, own):
        for address, answer in served.answers.items():
            if "text/html" in answer.headers["content-type"] and answer.status_code == 200:
                page = lxml.html.fromstring(answer.text)
                for script in [one.text for one in page.iter("script") if "src" not in one.attrib]:
                    digest = base64.b64encode(hashlib.sha256(str(script).encode()).digest()).decode()
                    assert f"'sha256-{digest}'" in policy_of(answer)["script-src"], address
                    scripts += 1
    assert scripts > 10


def test_crawlers_are_welcome_on_a_public_site_only(public: Served, own: Served) -> None:
    """There they are kept from what says the same in endless ways."""
    assert own.site.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"
    lines = public.site.get("/robots.txt").text.splitlines()
    assert lines[:4] == ["User-agent: *", "Disallow: /-/", "Disallow: /search", "Disallow: /ketamine"]
    assert lines[-1] == "Sitemap: http://localhost/sitemap.xml"


def located(answer: httpx.Response) -> list[str]:
    assert answer.headers["content-type"].startswith("application/xml")
    return re.findall(r"<loc>(.*?)</loc>", answer.text)


def test_the_sitemap_names_every_study_and_tag(public: Served) -> None:
    """By addresses that are there."""
    found = located(public.site.get("/sitemap.xml"))
    tags = public.site.rows("tags", _size=1000)
    assert {address for address in found if "/tag/" in address} == {
        f"http://localhost/tag/{row['facet']}/{row['tag']}" for row in tags
    }
    assert found[-3:] == [f"http://localhost/study/{pmid}" for pmid in (MARKED, OTHER, SHORT)]
    assert "<lastmod>2026-11-21</lastmod>" in public.site.get("/sitemap.xml").text
    for address in [*found[:8], *found[-3:]]:
        assert public.site.get(address.removeprefix("http://localhost")).status_code == 200


def test_a_large_sitemap_is_in_parts(public: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """None with more than a crawler takes, and together they name the same."""
    whole = located(public.site.get("/sitemap.xml"))
    monkeypatch.setattr(pm.get_plugin("crawlers.py"), "LARGEST", 100)
    parts = located(public.site.get("/sitemap.xml"))
    assert parts == [f"http://localhost/sitemap-{number}.xml" for number in range(1, -(-len(whole) // 100) + 1)]
    named = [located(public.site.get(part.removeprefix("http://localhost"))) for part in parts]
    assert max(map(len, named)) <= 100
    assert [address for part in named for address in part] == whole
    assert public.site.get("/sitemap-999.xml").status_code == 404


def test_the_recipe_says_where_the_site_is_and_who_may_read_it(marked_home: Path, tmp_path: Path) -> None:
    """Its address stands in the sitemap whatever the request names; scripts of other sites may read data, not pages."""
    loaded = recipe.load(marked_home, {})
    publish = recipe.Publish(address="https://tracker.example.org", cors=True)
    config = replace(loaded, recipe=loaded.recipe.model_copy(update={"publish": publish}))
    with Site(export(config, tmp_path, Wanted("link", public=True), DAY)) as site:
        assert located(site.get("/sitemap.xml"))[0] == "https://tracker.example.org/"
        assert "Sitemap: https://tracker.example.org/sitemap.xml" in site.get("/robots.txt").text
        for address in ("/search.json", "/ketamine/studies.json", "/ketamine/studies.csv", "/-/health"):
            assert site.get(address).headers["access-control-allow-origin"] == "*"
        for address in ("/", f"/study/{MARKED}", "/ketamine/studies"):
            assert "access-control-allow-origin" not in site.get(address).headers


def test_figures_are_shown_if_the_recipe_says_so(marked_home: Path, public: Served, tmp_path: Path) -> None:
    """Else they have no address on a public site."""
    assert public.site.get("/-/metrics").status_code == 404
    loaded = recipe.load(marked_home, {})
    config = replace(loaded, recipe=loaded.recipe.model_copy(update={"publish": recipe.Publish(metrics=True)}))
    with Site(export(config, tmp_path, Wanted("link", public=True), DAY)) as site:
        assert "harvest_studies 3.0" in site.get("/-/metrics").text
        assert site.get("/-/threads").status_code == 404


def test_without_that_no_other_site_reads_it(public: Served, own: Served) -> None:
    """Least of all the owner's, where SQL can be run."""
    for served in (public, own):
        assert not [one for one in served.answers.values() if "access-control-allow-origin" in one.headers]


def test_the_settings_of_both_profiles_are_known_to_datasette() -> None:
    """And those for the public are nowhere laxer."""
    own, public = (json.loads((homes.SHIPPED / name).read_text()) for name in ("settings.json", "public.json"))
    for name in ("sql_time_limit_ms", "facet_time_limit_ms", "max_returned_rows", "num_sql_threads"):
        assert public[name] <= own[name]
    assert not any(public[name] for name in ("default_allow_sql", "allow_download", "allow_csv_stream", "allow_facet"))
