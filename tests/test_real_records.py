"""Real records, where they lie beside the project: none of their words is lost, and nothing of them is kept here.

The folder named by ``HARVEST_REAL`` (by default ``../shared/real``) belongs to others and is not part of the project.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import sqlite3
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice, permutations
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

from harvest import home as homes
from harvest import medline
from harvest.cli import main
from harvest.errors import PayloadError
from harvest.eutils import refuse_error_body
from harvest.model import Pmid, Study
from harvest.pipeline import load
from harvest.sources.feed import read_feed
from harvest.sources.search import read_esearch
from harvest.store import Store
from tests.dumps import Dump, differences, logical_dump
from tests.fakes import FakeTagger, untagged
from tests.pubmed import serve

REAL = Path(os.environ.get("HARVEST_REAL", "../shared/real"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not REAL.is_dir(), reason=f"no real records at {REAL}; HARVEST_REAL names another folder"),
]


def opened(path: Path) -> bytes:
    raw = path.read_bytes()
    return gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw


def letters(text: str) -> str:
    """A text without anything but letters and digits."""
    return re.sub(r"[\W_]+", "", text)


def spoken(*elements: ET.Element | None) -> str:
    return letters("".join("".join(element.itertext()) for element in elements if element is not None))


def records_of(path: Path) -> Iterator[tuple[int, str, str]]:
    """PMID, title and abstract of every record, walked without the parser that is being tested."""
    root = ET.fromstring(opened(path))
    for record in root.iter():
        if record.tag == "MedlineCitation":
            article = record.find("Article")
            assert article is not None
            yield _walked(record, article, article.find("ArticleTitle"))
        elif record.tag == "BookDocument":
            title = record.find("ArticleTitle")
            yield _walked(record, record, title if title is not None else record.find("Book/BookTitle"))


def _walked(record: ET.Element, article: ET.Element, title: ET.Element | None) -> tuple[int, str, str]:
    pmid = record.findtext("PMID")
    assert pmid
    return int(pmid), spoken(title), spoken(*article.findall("Abstract/AbstractText"))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home harvested from the local PubMed over the real ketamine studies, with a cap that forces splitting."""
    folder = tmp_path_factory.mktemp("real") / "home"
    homes.make(folder)
    with serve(REAL / "ketamine", cap=100, rate=None) as pubmed:
        with (folder / "ketamine.toml").open("a") as recipe:
            recipe.write(f'\n[[feeds]]\nname = "newest"\nurl = "{pubmed.feed_url("all[sb]", limit=100)}"\n')
        command = [
            str(Path(sys.executable).with_name("harvest")),
            "run",
            "--home",
            str(folder),
            "--since",
            "1970-01-01",
        ]
        done = subprocess.run(
            command, env=os.environ | {"HARVEST_EUTILS": pubmed.eutils}, capture_output=True, text=True, check=False
        )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return folder


def test_every_real_study_is_discovered_fetched_stored_and_tagged(home: Path) -> None:
    """All of the corpus, by feed and by search."""
    database = sqlite3.connect(home / "ketamine.db")
    [studies] = database.execute("SELECT count(*) FROM studies").fetchone()
    assert studies == sum(1 for _ in records_of(REAL / "ketamine" / "open.xml.gz")) == 900
    named = dict(database.execute("SELECT source, count(*) FROM sightings WHERE state = 'stored' GROUP BY source"))
    assert named == {"ketamine": 900, "newest": 100}
    [tagged] = database.execute("SELECT count(DISTINCT pmid) FROM study_tags").fetchone()
    assert tagged > 700


def test_no_word_of_a_real_study_is_lost(home: Path) -> None:
    """Title and abstract in the database hold the letters and digits of the XML, in their order."""
    database = sqlite3.connect(home / "ketamine.db")
    for pmid, title, abstract in records_of(REAL / "ketamine" / "open.xml.gz"):
        sections = database.execute("SELECT text FROM sections WHERE pmid = ? ORDER BY section", (pmid,)).fetchall()
        assert letters(sections[0][0]) == title
        assert letters("".join(text for (text,) in sections[1:])) == abstract


def test_every_offset_cuts_its_phrase(home: Path) -> None:
    """Evidence can be highlighted in place."""
    database = sqlite3.connect(home / "ketamine.db")
    rows = database.execute(
        'SELECT phrase, substr(text, "start" + 1, "end" - "start")'
        " FROM tag_evidence JOIN sections USING (pmid, section) WHERE basis = 'text'"
    ).fetchall()
    assert len(rows) > 2000
    assert all(phrase == cut and len(phrase) <= 200 for phrase, cut in rows)


def test_every_recorded_file_is_taken_or_refused_by_name(tmp_path: Path) -> None:
    """Error answers among the files are refused; no word of the others is lost."""
    homes.make(tmp_path / "home")
    files = sorted(path for path in (REAL / "pubmed_xml").rglob("*") if path.is_file())
    result = CliRunner().invoke(main, ["--home", str(tmp_path / "home"), "load", *map(str, files)])
    refused = {line.split(": ")[1] for line in result.output.splitlines() if "PMID " not in line}
    database = sqlite3.connect(tmp_path / "home" / "ketamine.db")
    words = {
        pmid: (version, revised, title, abstract)
        for pmid, version, revised, title, abstract in database.execute(
            "SELECT pmid, version, revised, title, abstract FROM studies"
        )
    }
    assert len(words) > 300
    for path in files:
        if str(path) in refused:
            assert b"<PubmedArticle>" not in opened(path)
            continue
        assert all(pmid in words for pmid, _, _ in records_of(path)), path


def recorded_revisions() -> dict[Pmid, list[Study]]:
    """The records that lie in the files in several revisions, each different one once."""
    revisions: dict[Pmid, dict[str, Study]] = defaultdict(dict)
    for path in sorted(path for path in (REAL / "pubmed_xml").rglob("*") if path.is_file()):
        try:
            with path.open("rb") as stream:
                for record in medline.read(stream):
                    if isinstance(record, Study):
                        revisions[record.pmid][record.fingerprint] = record
        except PayloadError:  # recorded error answers lie among the files
            continue
    return {pmid: list(records.values()) for pmid, records in revisions.items() if len(records) > 1}


def state(path: Path) -> Dump:
    """What a database says, without the history of how it came to say so."""
    return {table: rows for table, rows in logical_dump(path).items() if table not in ("changes", "about")}


def state_after(path: Path, records: Sequence[Study]) -> Dump:
    with Store(path) as store:
        for record in records:
            with store.transaction():
                store.studies.save([record], untagged)
    said = state(path)
    path.unlink()
    return said


def test_the_revisions_of_a_real_record_end_in_the_same_state_in_every_order(tmp_path: Path) -> None:
    """One by one, up to six revisions in each of their orders."""
    found = recorded_revisions()
    assert len(found) >= 10
    assert max(map(len, found.values())) >= 4
    for records in found.values():
        straight, *others = (state_after(tmp_path / "one.db", order) for order in permutations(records[:6]))
        assert len(straight["studies"]) == 1
        for other in others:
            assert differences(straight, other) == []


def test_the_revisions_of_all_real_records_together_end_in_the_same_state_in_any_order(tmp_path: Path) -> None:
    """They share authors, headings and links; twenty shuffles of all of them."""
    records = [record for revisions in recorded_revisions().values() for record in revisions]
    straight = state_after(tmp_path / "one.db", records)
    for seed in range(20):
        shuffled = Random(seed).sample(records, len(records))
        assert differences(straight, state_after(tmp_path / "one.db", shuffled)) == []


def test_real_files_in_any_order_end_in_the_same_state(tmp_path: Path) -> None:
    """All of them, as an operator would load them, in four orders."""
    files = sorted(path for path in (REAL / "pubmed_xml").rglob("*") if path.is_file())
    orders = [files, files[::-1], *(Random(seed).sample(files, len(files)) for seed in range(2))]
    states = []
    for number, order in enumerate(orders):
        path = tmp_path / f"{number}.db"
        with Store(path) as store:
            load(order, store, FakeTagger())
        states.append(state(path))
    assert len(states[0]["studies"]) > 300
    for other in islice(states, 1, None):
        assert differences(states[0], other) == []


def test_every_real_feed_yields_its_pmids() -> None:
    """As many as it has items, from the guids."""
    feeds = sorted((REAL / "pubmed_rss").glob("*.xml"))
    assert feeds
    for path in feeds:
        assert list(read_feed(path.read_bytes())) == [
            int(pmid) for pmid in re.findall(rb"<guid[^>]*>pubmed:([0-9]+)</guid>", path.read_bytes())
        ]


def test_every_recorded_error_body_is_an_error() -> None:
    """Each JSON or XML error body of the list is refused as an answer to a search."""
    bodies = re.findall(r'(\{"(?:error|header|esearchresult)".*\})', (REAL / "eutils_errors.md").read_text())
    errors = [body for body in bodies if '"error":' in body or '"ERROR"' in body]
    assert len(errors) >= 4
    for body in errors:
        with pytest.raises(PayloadError):
            _read_as_search(body.replace("<LF>", "\n").encode())


def _read_as_search(body: bytes) -> None:
    refuse_error_body(body)
    read_esearch(body)


FLOOR = {
    "condition": 0.92,
    "long_term_effect": 0.88,
    "adverse_effect": 0.88,
    "theme": 0.80,
    "substance": 0.95,
    "route": 0.95,
    "regimen": 0.85,
    "population": 0.85,
    "relevance": 0.92,
    "species": 0.95,
    "design": 0.88,
    "finding": 0.78,
}
"""The least micro F1 of each facet on the readers' labels of ``gold/``."""


def test_the_readers_labels_are_agreed_with(home: Path) -> None:
    """Facet by facet; and numbers are the readers' where these found one, and seldom given where they found none."""
    labels = REAL / "gold" / "open_labels.jsonl"
    command = [
        sys.executable,
        str(REAL.parent / "tools" / "score.py"),
        str(home / "ketamine.db"),
        str(labels),
        "--json",
    ]
    scores = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert {facet: scores[facet]["micro_f1"] for facet in FLOOR if scores[facet]["micro_f1"] < FLOOR[facet]} == {}
    assert scores["participants"]["recall"] >= 0.88
    assert scores["follow_up_days"]["recall"] >= 0.82
    assert scores["participants"]["given_where_readers_found_none"] <= 0.05 * scores["participants"]["silent"]
    assert scores["finding"]["reversed"] <= 0.03 * scores["finding"]["told"]


def test_the_accuracy_of_every_tag_is_measured_and_kept(home: Path) -> None:
    """By the program's own verb, which agrees with the judge's script on the F1 of each facet."""
    labels = REAL / "gold" / "open_labels.jsonl"
    result = CliRunner().invoke(main, ["--home", str(home), "evaluate", str(labels), "--json"])
    assert result.exit_code == 0
    whole = {one["facet"]: one["f1"] for one in json.loads(result.output) if one["tag"] == "(all)"}
    script = [sys.executable, str(REAL.parent / "tools" / "score.py"), str(home / "ketamine.db"), str(labels), "--json"]
    judged = json.loads(subprocess.run(script, capture_output=True, text=True, check=True).stdout)
    for facet in ("condition", "long_term_effect", "theme", "design", "relevance", "route"):
        assert whole[facet] == pytest.approx(judged[facet]["micro_f1"])
    database = sqlite3.connect(home / "ketamine.db")
    [kept] = database.execute("SELECT count(*) FROM tag_accuracy WHERE measured_on = 'open_labels.jsonl'").fetchone()
    assert kept > 90
