"""Whatever goes wrong on the way to PubMed, nothing is lost: the next run ends where a run without faults would have.

Each fault strikes one endpoint at its first call, at its second or at every one: on the first harvest of a home, and on
a later one that finds new, revised and retracted studies. The table of what became of each is shown by ``pytest -s``.
"""

from __future__ import annotations

import shutil
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from time import monotonic

import click
import pytest
from click.testing import CliRunner, Result

from harvest import home as homes
from harvest.assembly import network_of
from harvest.cli import main
from harvest.errors import TransportError
from harvest.http import Answer, Client
from harvest.tag.taxonomy import load as load_taxonomy
from tests.conftest import tagger_built_once
from tests.dumps import Dump, differences, faults_of, logical_dump
from tests.pubmed import Corpus, LocalPubMed, serve
from tests.pubmed.faults import Fault, parse_fault
from tests.pubmed.invented import article
from tests.pubmed.revise import index, print_issue, retract
from tests.pubmed.server import SAMPLE

FIRST_DAY = date(2026, 11, 22)
CAP = 9
BATCH = 4
LINKED = (970_000_016, 970_000_059, *range(970_000_213, 970_000_226))
"""Studies of the sample corpus that comment on, correct or retract each other."""

ENDPOINTS = ("esearch", "efetch", "rss")
WHENS = {"1st": "1", "2nd": "2", "every": "*"}
PAUSES = ("timeout", "timeout-body", "drip")
UNREACHED = ("refused", "no-name")
LIES = ("fewer", "empty-set")
"""Answers in due form that leave something out; a feed promises nothing, so there nothing tells them from the truth."""

KINDS = (
    *UNREACHED,
    *PAUSES,
    *("reset", "reset-body", "429", "429-wait", "429-in-200", "500", "502", "html", "truncated", "gzip-cut"),
    *("empty-body", "wrong-root"),
    *LIES,
)
KINDS_OF_ONE = {"esearch": ("cap-error", "expired", "backend"), "efetch": ("stranger", "expired"), "rss": ()}
MATRIX = [
    (endpoint, kind, when) for endpoint in ENDPOINTS for kind in (*KINDS, *KINDS_OF_ONE[endpoint]) for when in WHENS
]

CLIENT_DEFAULTS = Client.__init__.__kwdefaults__ or {}

SHORT = (0.5, 0.25, 0.6)
"""Seconds that a client waits for a connection, for a byte, for an answer, where a fault is that they pass."""


def is_telling(endpoint: str, kind: str, when: str) -> bool:
    """Whether a fault is worth its time in every run of the tests: one that waits once, the others for ever."""
    return kind in LIES or when == ("2nd" if kind in PAUSES else "every")


@dataclass(slots=True)
class Scene:
    """A home before a run, what PubMed holds on that day, and what the home holds after that run and the next day's."""

    home: Path
    corpus: Corpus
    day: date
    once: Dump = field(default_factory=dict)
    twice: Dump = field(default_factory=dict)


@dataclass(slots=True)
class Bench:
    """The scenes, and what became of each fault in each."""

    scenes: dict[str, Scene]
    outcomes: dict[tuple[str, str, str], dict[str, str]] = field(default_factory=dict)

    def note(self, scene: str, endpoint: str, kind: str, when: str, outcome: str) -> None:
        self.outcomes.setdefault((scene, endpoint, kind), {})[when] = outcome

    def table(self) -> str:
        lines = [f"{'scene':6} {'endpoint':8} {'fault':13}" + "".join(f"{when:32}" for when in WHENS)]
        lines += [
            f"{scene:6} {endpoint:8} {kind:13}" + "".join(f"{found.get(when, '-'):32}" for when in WHENS)
            for (scene, endpoint, kind), found in sorted(self.outcomes.items())
        ]
        return "\n".join(lines)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Homes to start from, harvested without a fault; no waiting between requests, several calls of every endpoint."""
    folder = tmp_path_factory.mktemp("faults")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("harvest.http.Pacer.wait", lambda _: None)
        patch.setitem(CLIENT_DEFAULTS, "sleep", lambda _: None)
        patch.setattr("harvest.pipeline.BATCH", BATCH)
        patch.setattr("harvest.assembly.Tagger", tagger_built_once)
        taxonomy = load_taxonomy(homes.SHIPPED / "taxonomy")
        patch.setattr("harvest.assembly.load_taxonomy", lambda _: taxonomy)
        with closing(early_corpus()) as early, closing(early_corpus()) as late:
            move_on(late, FIRST_DAY + timedelta(days=1))
            first = scene_of(folder / "fresh", early, FIRST_DAY)
            shutil.copytree(folder / "fresh-once", folder / "followed")
            later = scene_of(folder / "followed", late, FIRST_DAY + timedelta(days=1))
            bench = Bench({"first": first, "later": later})
            yield bench
    click.echo(f"\n{bench.table()}")


def early_corpus() -> Corpus:
    """Thirty studies of the sample corpus, half of them linked to one another."""
    with closing(Corpus.read([SAMPLE])) as whole:
        others = islice((xml for pmid in sorted(whole.pmids()) if pmid not in LINKED and (xml := whole.xml(pmid))), 15)
        return Corpus([*others, *filter(None, map(whole.xml, LINKED))])


def move_on(corpus: Corpus, day: date) -> None:
    """A day in PubMed: new studies, an indexed one, a printed one, a retracted one."""
    fresh = range(970_000_901, 970_000_906)
    corpus.extend(article(pmid, title=f"Ketamine and {pmid}.", created=day.isoformat()) for pmid in fresh)
    index(corpus, 970_000_001, ui="D003865", heading="Depressive Disorder, Major", on=day)
    print_issue(corpus, 970_000_002, volume="3", issue="4", pages="5-6", on=day)
    retract(corpus, 970_000_224, notice=970_000_901, on=day)
    retract(corpus, 970_000_003, notice=970_000_902, on=day)


def scene_of(home: Path, corpus: Corpus, day: date) -> Scene:
    """The scene of a home, made fresh where there is none, after two runs without a fault."""
    if not home.exists():
        homes.make(home)
        recipe = (home / "ketamine.toml").read_text()
        for old, new in (
            ("first_days = 60", "first_days = 6000"),
            ("overlap_days = 14", "overlap_days = 0"),
            ("revision_overlap_days = 3", "revision_overlap_days = 0"),
            ("recheck_days = 28", "recheck_days = 6"),
            ("cap = 9999", f"cap = {CAP}"),
        ):
            assert old in recipe
            recipe = recipe.replace(old, new, 1)
        (home / "ketamine.toml").write_text(recipe)
    scene = Scene(home, corpus, day)
    once = home.with_name(f"{home.name}-once")
    shutil.copytree(home, once)
    with serve(corpus, rate=None, cap=CAP) as pubmed:
        assert harvest(once, pubmed, day).exit_code == 0
        scene.once = logical_dump(once / "ketamine.db")
        twice = Path(shutil.copytree(once, home.with_name(f"{home.name}-twice")))
        assert harvest(twice, pubmed, day + timedelta(days=1)).exit_code == 0
        scene.twice = logical_dump(twice / "ketamine.db")
    return scene


def harvest(home: Path, pubmed: LocalPubMed, day: date) -> Result:
    """``harvest run`` on a day, by the home's search and two feeds."""
    recipe = (home / "ketamine.toml").read_text()
    feeds = {"newest": pubmed.feed_url("all[sb]", limit=2), "titles": pubmed.feed_url("ketamine[ti]", limit=2)}
    with pytest.MonkeyPatch.context() as patch:
        for place in ("harvest.cli.today", "harvest.assembly.today"):
            patch.setattr(place, lambda: day)
        entries = "".join(f'\n[[feeds]]\nname = "{name}"\nurl = "{url}"\n' for name, url in feeds.items())
        (home / "ketamine.toml").write_text(recipe + entries)
        environment = {"HARVEST_EUTILS": pubmed.eutils, "NCBI_API_KEY": None, "NCBI_EMAIL": None}
        result = CliRunner(env=environment).invoke(main, ["--home", str(home), "run"])
    (home / "ketamine.toml").write_text(recipe)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@contextmanager
def fault(pubmed: LocalPubMed, endpoint: str, kind: str, when: str) -> Iterator[Callable[[], bool]]:
    """One fault, while the context lasts; yields what tells whether it has struck."""
    place = WHENS[when]
    if kind in UNREACHED:
        with misdirected(pubmed, parse_fault(f"{endpoint}:{place}:reset"), kind) as struck:
            yield struck
        return
    pubmed.faults.add(f"{endpoint}:{place}:{kind}")
    [spec] = pubmed.faults._set
    with impatient() if kind in PAUSES else pytest.MonkeyPatch.context():
        yield lambda: spec.calls >= spec.first
    pubmed.faults.clear()


@contextmanager
def misdirected(pubmed: LocalPubMed, spec: Fault, kind: str) -> Iterator[Callable[[], bool]]:
    """Requests that the fault strikes go where nothing listens, or to a name that does not exist."""
    send, lock = Client._send, threading.Lock()
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{unused.getsockname()[1]}/" if kind == "refused" else "http://nowhere.invalid/"

        def astray(
            client: Client, method: str, url: str, headers: Mapping[str, str], form: Mapping[str, str] | None
        ) -> Answer:
            with lock:
                strikes = spec.strikes(spec.endpoint if spec.endpoint in url else "")
            return send(client, method, url.replace(pubmed.url, nowhere) if strikes else url, headers, form)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Client, "_send", astray)
            yield lambda: spec.calls >= spec.first


@contextmanager
def impatient() -> Iterator[None]:
    """A client that waits for fractions of a second, and asks twice."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(CLIENT_DEFAULTS, "timeout", SHORT)
        patch.setattr("harvest.cli.network_of", partial(network_of, attempts=2))
        yield


def rows(database: Path, sql: str) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(database)) as db:
        return db.execute(sql).fetchall()


def watermarks(database: Path) -> dict[str, str | None]:
    """How far each source has been followed."""
    if not database.exists():
        return {}
    return dict(rows(database, "SELECT name, watermark FROM sources"))  # type: ignore[arg-type]  # rows are pairs


def lacking(dump: Dump, whole: Dump) -> set[object]:
    """The sources that named a study which is not here or, as a search names revisions too, not as it should be."""
    absent = {row[0] for row in whole["studies"]} - {row[0] for row in dump["studies"]}
    outdated = {row[0] for row in set(whole["studies"]) - set(dump["studies"])}
    return {
        source
        for pmid, source, *_ in whole["sightings"]
        if pmid in absent or (pmid in outdated and source == "ketamine")
    }


def assert_fails_in_the_open(result: Result, database: Path, scene: Scene, kind: str, before: object) -> str:
    """A faulty run is done or says in a line for each failure that it is not. Returns what became of it."""
    dump = logical_dump(database)
    [(status,)] = rows(database, "SELECT status FROM runs ORDER BY id DESC LIMIT 1")
    problems = [line for line in result.output.splitlines() if not line.startswith("newly retracted: ")]
    assert all(line.startswith("harvest: ") for line in problems), result.output
    assert (result.exit_code, status, bool(problems)) in ((0, "ok", False), (1, "failed", True)), result.output
    assert faults_of(database) == []
    followed = watermarks(database)
    assert {followed.get(str(source)) for source in lacking(dump, scene.once)} <= {before, None}
    if result.exit_code:
        return f"failed, {len(set(scene.once['studies']) - set(dump['studies']))} studies behind"
    told = [table for table in scene.once if kind not in LIES or table not in ("sightings", "misses", "about")]
    assert differences({t: dump[t] for t in told}, {t: scene.once[t] for t in told}) == []
    return "waited out" if dump == scene.once else "unnoticed, nothing lost"


def strike(bench: Bench, name: str, endpoint: str, kind: str, when: str, home: Path) -> None:
    """One cell of the matrix: a run under a fault, and one on the next day without."""
    scene = bench.scenes[name]
    shutil.copytree(scene.home, home)
    database = home / "ketamine.db"
    before = watermarks(database).get("ketamine")
    with serve(scene.corpus, rate=None, cap=CAP, stall=2 * max(SHORT)) as pubmed:
        with fault(pubmed, endpoint, kind, when) as struck:
            result = harvest(home, pubmed, scene.day)
        assert struck()
        outcome = assert_fails_in_the_open(result, database, scene, kind, before)
        recovered = harvest(home, pubmed, scene.day + timedelta(days=1))
    assert recovered.exit_code == 0, recovered.output
    assert faults_of(database) == []
    assert differences(logical_dump(database), scene.twice) == []
    bench.note(name, endpoint, kind, when, outcome)


@pytest.mark.parametrize(("endpoint", "kind", "when"), [case for case in MATRIX if is_telling(*case)])
def test_a_fault_loses_nothing(bench: Bench, tmp_path: Path, endpoint: str, kind: str, when: str) -> None:
    """New studies, revisions and a retraction arrive all the same, at the latest on the next day."""
    strike(bench, "later", endpoint, kind, when, tmp_path / "home")


@pytest.mark.slow
@pytest.mark.parametrize(("endpoint", "kind", "when"), [case for case in MATRIX if not is_telling(*case)])
def test_a_fault_at_any_call_loses_nothing(bench: Bench, tmp_path: Path, endpoint: str, kind: str, when: str) -> None:
    """The first call and the second are spoilt in turn, or every one."""
    strike(bench, "later", endpoint, kind, when, tmp_path / "home")


@pytest.mark.slow
@pytest.mark.parametrize(("endpoint", "kind", "when"), MATRIX)
def test_a_fault_of_the_first_harvest_loses_nothing(
    bench: Bench, tmp_path: Path, endpoint: str, kind: str, when: str
) -> None:
    """With nothing stored yet, no watermark to go by, and windows that are halved under the cap."""
    strike(bench, "first", endpoint, kind, when, tmp_path / "home")


def test_a_drip_is_given_up_when_its_time_is_over(bench: Bench) -> None:
    """Not when a whole chunk has come: single bytes would take weeks for that. This one would last a minute."""
    client = Client("test", attempts=1, timeout=SHORT)
    with serve(bench.scenes["first"].corpus, rate=None, faults=["rss:*:drip"]) as pubmed:
        started = monotonic()
        with pytest.raises(TransportError, match=r"took longer than 0\.6 s"):
            client.get(pubmed.feed_url("all[sb]", limit=5), lambda answer: answer, headers={"Accept-Encoding": ""})
        assert monotonic() - started < 10
    client.close()


def test_the_runs_without_faults_have_something_to_lose(bench: Bench) -> None:
    """The matrix stands on this: studies, revisions, retractions, tags, and several calls of every endpoint."""
    first, later = bench.scenes["first"], bench.scenes["later"]
    assert len(first.once["studies"]) == len(LINKED) + 15
    assert len(later.once["studies"]) == len(first.once["studies"]) + 5
    assert first.once["changes"] == []
    assert {row[0] for row in later.once["changes"]} >= {970_000_001, 970_000_002, 970_000_003, 970_000_224}
    assert first.once["study_tags"]
