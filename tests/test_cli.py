"""The command line, as an operator uses it: over real HTTP against the local PubMed."""

from __future__ import annotations

import gzip
import json
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harvest import home as homes
from harvest.assembly import today
from harvest.cli import main
from harvest.store import Store
from tests.fakes import HOLD
from tests.pubmed import LocalPubMed, serve
from tests.pubmed.invented import article, article_set

Harvest = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A fresh home."""
    homes.make(tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def pubmed(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalPubMed]:
    """The local PubMed over the sample corpus, where the home's harvests go."""
    with serve(rate=None) as running:
        monkeypatch.setenv("HARVEST_EUTILS", running.eutils)
        monkeypatch.setattr("harvest.http.Pacer.wait", lambda _: None)
        monkeypatch.setattr("harvest.http._backoff", lambda _: 0.0)
        yield running


@pytest.fixture
def harvest(home: Path) -> Harvest:
    """``harvest`` on that home."""

    def invoke(*arguments: object) -> Result:
        result = CliRunner().invoke(main, ["--home", str(home), *map(str, arguments)])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


def add_feed(home: Path, url: str) -> None:
    with (home / "ketamine.toml").open("a") as recipe:
        recipe.write(f'\n[[feeds]]\nname = "newest"\nurl = "{url}"\n')


def query(home: Path, sql: str) -> list[dict[str, object]]:
    with Store(home / "ketamine.db") as store:
        return store.rows(sql)


def test_a_run_from_nothing_stores_and_tags_the_whole_corpus_in_silence(
    harvest: Harvest, home: Path, pubmed: LocalPubMed
) -> None:
    """By feed and by search, over HTTP; without a terminal nothing is said."""
    add_feed(home, pubmed.feed_url("all[sb]", limit=100))
    result = harvest("run", "--since", "1900-01-01")
    assert (result.exit_code, result.output) == (0, "")
    [counts] = query(home, "SELECT count(*) AS n FROM studies")
    assert counts["n"] == len(pubmed.corpus)
    assert query(home, "SELECT source, error FROM run_sources ORDER BY source") == [
        {"source": "ketamine", "error": None},
        {"source": "newest", "error": None},
    ]
    [tagged] = query(home, "SELECT count(DISTINCT tag) AS n FROM study_tags")
    assert tagged["n"] == len(query(home, "SELECT tag FROM tags"))


def test_a_second_run_fetches_only_what_was_revised_since(harvest: Harvest, home: Path, pubmed: LocalPubMed) -> None:
    """What is here and unchanged is not asked for again, and nothing changes."""
    harvest("run", "--since", "1900-01-01")
    before = query(home, "SELECT pmid, fingerprint FROM studies")
    [followed] = query(home, "SELECT date(watermark, '-3 days') AS day FROM sources")
    revised = query(home, f"SELECT pmid FROM studies WHERE revised >= '{followed['day']}'")
    pubmed.requests.clear()
    assert harvest("run").exit_code == 0
    fetched = [request.params["id"].split(",") for request in pubmed.requests if request.path.endswith("efetch.fcgi")]
    assert sorted(pmid for ids in fetched for pmid in ids) == sorted(str(row["pmid"]) for row in revised)
    assert query(home, "SELECT pmid, fingerprint FROM studies") == before


def test_the_first_run_takes_the_days_that_the_recipe_names(harvest: Harvest, home: Path, pubmed: LocalPubMed) -> None:
    """60 days by default, later runs look back to the last success and a little more."""
    harvest("run")
    harvest("run")
    first, second = (str(row["since"]) for row in query(home, "SELECT since FROM run_sources ORDER BY run_id"))
    [days] = query(home, f"SELECT julianday('{second}') - julianday('{first}') AS n")
    assert days["n"] == 60 - 14


def test_a_set_above_the_cap_is_harvested_whole(harvest: Harvest, home: Path, pubmed: LocalPubMed) -> None:
    """A PubMed that lists no more than 10 records of a set loses us none."""
    with serve(pubmed.corpus, rate=None, cap=10) as narrow:
        recipe = home / "ketamine.toml"
        recipe.write_text(recipe.read_text().replace("cap = 9999", "cap = 10"))
        pubmed_url, narrow_url = pubmed.eutils, narrow.eutils
        assert pubmed_url != narrow_url
        result = CliRunner(env={"HARVEST_EUTILS": narrow_url}).invoke(
            main, ["run", "--home", str(home), "--since", "1900-01-01"]
        )
    assert (result.exit_code, result.output) == (0, "")
    assert query(home, "SELECT count(*) AS n FROM studies") == [{"n": len(pubmed.corpus)}]


def test_one_source_can_be_run_alone(harvest: Harvest, home: Path, pubmed: LocalPubMed) -> None:
    """By its name in the recipe; another name is refused."""
    add_feed(home, pubmed.feed_url("all[sb]", limit=20))
    assert harvest("run", "newest").exit_code == 0
    assert query(home, "SELECT count(*) AS n FROM studies") == [{"n": 20}]
    result = harvest("run", "newst")
    assert result.exit_code == 2
    assert result.output == "harvest: no source is named newst; the recipe has newest, ketamine\n"


def test_a_source_that_is_named_twice_is_run_once(harvest: Harvest, home: Path, pubmed: LocalPubMed) -> None:
    """As if it had been named once."""
    result = harvest("run", "ketamine", "ketamine")
    assert (result.exit_code, result.output) == (0, "")
    assert query(home, "SELECT source FROM run_sources") == [{"source": "ketamine"}]


def test_a_run_since_a_day_to_come_is_refused(harvest: Harvest, home: Path) -> None:
    """Nothing can have entered PubMed then; most likely the year is mistyped."""
    result = harvest("run", "--since", "2999-01-01")
    assert result.exit_code == 2
    assert "'--since': 2999-01-01 is in the future" in result.output
    assert not (home / "ketamine.db").exists()


def test_a_run_since_today_is_none_of_the_future(harvest: Harvest, pubmed: LocalPubMed) -> None:
    """The day by which watermarks are kept has begun."""
    assert harvest("run", "--since", today()).exit_code == 0


def test_a_run_that_fails_says_so_in_a_line_and_the_next_one_finishes_it(
    harvest: Harvest, home: Path, pubmed: LocalPubMed
) -> None:
    """Exit code 1, nothing lost, no success claimed."""
    pubmed.faults.add("efetch:*:html")
    result = harvest("run", "--since", "1900-01-01")
    assert result.exit_code == 1
    assert "HTML page" in result.output
    assert "no successful harvest yet" in harvest("status").output
    pubmed.faults.clear()
    assert harvest("run").exit_code == 0
    assert query(home, "SELECT count(*) AS n FROM studies") == [{"n": len(pubmed.corpus)}]
    assert "waiting to be fetched: 0" in harvest("status").output


def test_a_file_can_be_loaded_plain_and_gzipped(harvest: Harvest, home: Path, tmp_path: Path) -> None:
    """The same records by either way, and twice changes nothing."""
    corpus = Path("tests/pubmed/corpus/psychiatry.xml")
    (tmp_path / "same.xml.gz").write_bytes(gzip.compress(corpus.read_bytes()))
    assert harvest("load", corpus).exit_code == 0
    before = query(home, "SELECT * FROM studies ORDER BY pmid")
    assert len(before) > 40
    assert harvest("load", tmp_path / "same.xml.gz").exit_code == 0
    assert query(home, "SELECT * FROM studies ORDER BY pmid") == before


def test_loading_equals_harvesting(harvest: Harvest, home: Path, pubmed: LocalPubMed, tmp_path: Path) -> None:
    """Files and PubMed go through the same parser, store and tagger."""
    homes.make(tmp_path / "other")
    harvest("run", "--since", "1900-01-01")
    CliRunner().invoke(
        main, ["--home", str(tmp_path / "other"), "load", *map(str, Path("tests/pubmed/corpus").glob("*.xml"))]
    )
    for sql in ("SELECT pmid, fingerprint FROM studies ORDER BY 1", "SELECT * FROM tag_evidence ORDER BY 1, 2, 3, 4"):
        assert query(home, sql) == query(tmp_path / "other", sql)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"no xml at all", "not XML"),
        (b"<!DOCTYPE html><html><body>Gateway</body></html>", "HTML"),
        (gzip.compress(b"<PubmedArticleSet><PubmedArticle>" + b"x" * 10_000, mtime=0)[:60], "gzip|cut|truncated|end"),
        (b"<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>", "eFetchResult"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><PubmedArticleSet></PubmedArticleSet>', "entit"),
        (b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><PubmedArticleSet>&a;</PubmedArticleSet>', "entit"),
    ],
)
def test_a_bad_file_is_refused_by_name_and_the_good_one_is_stored(
    harvest: Harvest, home: Path, tmp_path: Path, content: bytes, reason: str
) -> None:
    """One line that names the file, exit code 1, nothing half-written."""
    bad = tmp_path / "bad.xml"
    bad.write_bytes(content)
    result = harvest("load", bad, "tests/pubmed/corpus/psychiatry.xml")
    assert result.exit_code == 1
    [line] = result.output.splitlines()
    assert line.startswith(f"harvest: {bad}: ")
    assert any(word.lower() in line.lower() for word in reason.split("|")), line
    assert len(query(home, "SELECT pmid FROM studies")) > 40


def test_a_bad_record_is_named_and_the_good_ones_of_its_file_are_stored(
    harvest: Harvest, home: Path, tmp_path: Path
) -> None:
    """No PMID, a doubled PMID, a date that cannot be: each has its line; the others are stored."""
    record = """<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM">{pmid}
        <DateRevised><Year>2026</Year><Month>{month}</Month><Day>30</Day></DateRevised>
        <Article PubModel="Print"><Journal><JournalIssue CitedMedium="Print"><PubDate><Year>2026</Year></PubDate>
        </JournalIssue><Title>Sample journal</Title></Journal><ArticleTitle>A title.</ArticleTitle>
        <Language>eng</Language></Article></MedlineCitation></PubmedArticle>"""
    pmid = "<PMID Version='1'>97000029{}</PMID>"
    records = [
        record.format(pmid=pmid.format(1), month="01"),
        record.format(pmid="", month="01"),
        record.format(pmid=pmid.format(2), month="02"),
        record.format(pmid=pmid.format(1), month="01"),
        record.format(pmid=pmid.format(3), month="01"),
    ]
    mixed = tmp_path / "mixed.xml"
    mixed.write_text(f"<PubmedArticleSet>{''.join(records)}</PubmedArticleSet>")
    result = harvest("load", mixed)
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert len(lines) == 3
    assert all(line.startswith(f"harvest: {mixed}: ") for line in lines)
    assert "record 2" in lines[0]
    assert "970000292" in lines[1]
    assert "970000291" in lines[2]
    assert query(home, "SELECT pmid, revised FROM studies ORDER BY pmid") == [
        {"pmid": 970_000_291, "revised": "2026-01-30"},
        {"pmid": 970_000_292, "revised": "2026-02"},
        {"pmid": 970_000_293, "revised": "2026-01-30"},
    ]


def test_a_deletion_in_a_file_marks_the_study_and_keeps_it(harvest: Harvest, home: Path, tmp_path: Path) -> None:
    """Update files of PubMed name what was withdrawn, beside what is new."""
    update = tmp_path / "update.xml"
    update.write_bytes(article_set(article(970_000_001), article(970_000_002)))
    harvest("load", update)
    update.write_bytes(article_set(article(970_000_003), deleted=[970_000_001]))
    assert harvest("load", update).exit_code == 0
    assert query(home, "SELECT pmid, missing_since IS NOT NULL AS gone FROM studies ORDER BY pmid") == [
        {"pmid": 970_000_001, "gone": 1},
        {"pmid": 970_000_002, "gone": 0},
        {"pmid": 970_000_003, "gone": 0},
    ]


def test_a_feed_is_asked_for_what_has_changed_since_the_last_run(
    harvest: Harvest, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each run sends the server's marks of the last one, and keeps the new ones when the feed has changed."""
    with serve([article(970_000_001, created="2026-11-01")], rate=None, etag=True) as pubmed:
        monkeypatch.setenv("HARVEST_EUTILS", pubmed.eutils)
        add_feed(home, pubmed.feed_url("all[sb]"))
        marks = []
        for pmid in (970_000_001, 970_000_002, 970_000_002):
            pubmed.corpus.extend([article(pmid, created="2026-11-02")])
            assert harvest("run", "newest").exit_code == 0
            [request] = [request for request in pubmed.requests if request.endpoint == "rss"]
            marks.append((request.header("If-None-Match"), request.header("If-Modified-Since")))
            pubmed.requests.clear()
        [state] = query(home, "SELECT etag, last_modified FROM sources WHERE name = 'newest'")
    assert marks[0] == ("", "")
    assert len(set(marks)) == 3
    assert marks[2] == (state["etag"], state["last_modified"])


def test_a_file_that_is_not_there_is_named(harvest: Harvest) -> None:
    """No traceback for a typing error."""
    result = harvest("load", "nowhere.xml")
    assert result.exit_code == 1
    assert result.output == "harvest: nowhere.xml: cannot be read: No such file or directory\n"


def test_tagging_again_gives_the_same_tags(harvest: Harvest, home: Path) -> None:
    """What is read back from the store is tagged as what came from PubMed."""
    harvest("load", *Path("tests/pubmed/corpus").glob("*.xml"))
    sql = "SELECT * FROM tag_evidence ORDER BY 1, 2, 3, 4"
    before = query(home, sql)
    assert harvest("tag").exit_code == 0
    assert query(home, sql) == before


def test_a_dry_run_of_tagging_says_what_would_change_and_changes_nothing(harvest: Harvest, home: Path) -> None:
    """Tag by tag, with examples; without a change of the taxonomy nothing would."""
    harvest("load", "tests/pubmed/corpus/psychiatry.xml")
    assert harvest("tag", "--dry-run").output == "nothing would change\n"
    before = query(home, "SELECT * FROM study_tags ORDER BY 1, 2, 3")
    [lost] = query(home, "SELECT count(*) AS n, min(pmid) AS first FROM study_tags WHERE tag = 'durability'")
    taxonomy = home / "taxonomy" / "long_term_effect.yaml"
    taxonomy.write_text(taxonomy.read_text().replace("      durability:\n", "      lastingness:\n"))
    lines = harvest("tag", "--dry-run").output.splitlines()
    assert [line.split(" (")[0] for line in lines] == [
        f"long_term_effect durability: -{lost['n']}",
        f"long_term_effect lastingness: +{lost['n']}",
    ]
    assert all(f"({lost['first']}, " in line for line in lines)
    assert query(home, "SELECT * FROM study_tags ORDER BY 1, 2, 3") == before


def test_a_second_run_at_the_same_time_exits_3_and_names_the_first(harvest: Harvest, home: Path) -> None:
    """Two cron jobs do not write into one database."""
    command = [sys.executable, "-c", HOLD, str(home / "ketamine.db")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        holder.stdout.readline()
        result = harvest("run")
        holder.kill()
    assert result.exit_code == 3
    assert f"process {holder.pid} is writing" in result.output


def test_status_of_a_fresh_home_says_what_to_do(harvest: Harvest) -> None:
    """No studies, no feed, and how to come by them."""
    output = harvest("status").output
    assert "0 studies; no successful harvest yet" in output
    assert "no feed configured; `harvest check` says how to add one" in output


def test_status_for_programs_is_json(harvest: Harvest, pubmed: LocalPubMed) -> None:
    """The same facts, by name."""
    harvest("run", "--since", "1900-01-01")
    told = json.loads(harvest("status", "--json").output)
    assert told["studies"] == len(pubmed.corpus)
    assert told["kind"] == "sample"
    assert told["pending"] == 0
    assert told["last_run"]["status"] == "ok"
    assert [source["name"] for source in told["sources"]] == ["ketamine"]


def test_status_in_a_line_fails_where_there_are_no_studies(harvest: Harvest, pubmed: LocalPubMed) -> None:
    """So that a script can tell."""
    assert (harvest("status", "--line").exit_code, harvest("status", "--line").output) == (1, "")
    harvest("run", "--since", "1900-01-01")
    result = harvest("status", "--line")
    assert result.exit_code == 0
    assert "invented studies (sample data); last successful harvest" in result.output


def test_check_prints_the_page_where_a_feed_is_made(harvest: Harvest) -> None:
    """PubMed issues feed addresses to people only: the page, the steps, and where the address goes."""
    output = harvest("check").output
    assert "no feed configured" in output
    assert "https://pubmed.ncbi.nlm.nih.gov/?term=ketamine%5Bmh%5D+OR+" in output
    assert "[[feeds]]" in output


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        ("ketamine.toml", "email =", "emial =", "pubmed.emial: unknown key, did you mean email?"),
        ("ketamine.toml", '"condition"', '"conditon"', "conditon"),
        ("taxonomy/condition.yaml", "facets:", "fazets:", "fazets"),
    ],
)
def test_a_wrong_recipe_or_taxonomy_exits_2_and_names_the_key(
    harvest: Harvest, home: Path, file: str, old: str, new: str, named: str
) -> None:
    """Before anything is written."""
    path = home / file
    path.write_text(path.read_text().replace(old, new, 1))
    for verb in ("check", "run", "tag"):
        result = harvest(verb)
        assert result.exit_code == 2
        assert named in result.output
        assert len(result.output.splitlines()) == 1
    assert not (home / "ketamine.db").exists()


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("parents: [depression]", "parents: [sadness]", "unknown parent 'sadness'"),
        ("parents: [depression]", "parents: [treatment-resistant-depression]", "a cycle"),
        ("      ocd:\n", "      ptsd:\n", "duplicate entry 'ptsd'"),
        ("      ocd:\n        label:", "      ocd:\n        labels:", "ocd > labels: unknown key"),
        ("- (obsessive-compulsive|", "- ((obsessive-compulsive|", "ocd > terms > 0 > phrases > 0: invalid phrase"),
    ],
)
def test_a_faulty_taxonomy_leaves_a_database_the_tags_it_has(
    harvest: Harvest, home: Path, old: str, new: str, named: str
) -> None:
    """Every verb that would tag names the entry, exits 2 and touches nothing."""
    harvest("load", "tests/pubmed/corpus/shapes.xml")
    before = query(home, "SELECT * FROM study_tags ORDER BY 1, 2, 3")
    path = home / "taxonomy" / "condition.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    for verb in (("check",), ("tag",), ("tag", "--dry-run"), ("load", "tests/pubmed/corpus/psychiatry.xml")):
        result = harvest(*verb)
        assert result.exit_code == 2
        assert named in result.output
    assert before
    assert query(home, "SELECT * FROM study_tags ORDER BY 1, 2, 3") == before


def test_reaching_pubmed_is_told_by_exit_code(
    harvest: Harvest, pubmed: LocalPubMed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where PubMed answers nothing is said; where it does not, one line."""
    assert (harvest("check", "--reach").exit_code, harvest("check", "--reach").output) == (0, "")
    monkeypatch.setenv("HARVEST_EUTILS", "http://127.0.0.1:9/")
    result = harvest("check", "--reach")
    assert result.exit_code == 1
    assert "cannot be reached within 10 s" in result.output


def test_the_address_that_the_local_pubmed_prints_can_be_harvested(
    harvest: Harvest, home: Path, pubmed: LocalPubMed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its root answers as the path of NCBI's E-utilities does."""
    monkeypatch.setenv("HARVEST_EUTILS", pubmed.url)
    assert (harvest("check", "--reach").exit_code, harvest("check", "--reach").output) == (0, "")
    assert harvest("run", "--since", "1900-01-01").exit_code == 0
    assert query(home, "SELECT count(*) AS n FROM studies") == [{"n": len(pubmed.corpus)}]


def test_an_address_that_only_the_client_refuses_is_told_in_a_line(
    harvest: Harvest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked in a thread, from which an error does not come by itself."""
    monkeypatch.setenv("HARVEST_EUTILS", "http://.label/")
    result = harvest("check", "--reach")
    assert result.exit_code == 1
    [line] = result.output.splitlines()
    assert "not an address that can be fetched" in line


def test_make_run_harvests_the_home_that_it_serves(tmp_path: Path) -> None:
    """Whatever HARVEST_HOME says: each call of ``harvest`` names the folder that Datasette is given."""
    for program in ("harvest", "datasette"):
        (tmp_path / program).write_text(f'#!/bin/sh\necho {program} "$@" >> {shlex.quote(str(tmp_path))}/calls\n')
        (tmp_path / program).chmod(0o755)
    command = ["make", "--assume-old=.venv/.complete", "run", f"BIN={tmp_path}", "PORT=1"]
    subprocess.run(command, cwd=homes.SHIPPED.parent, check=True, capture_output=True)
    assert (tmp_path / "calls").read_text().splitlines() == [
        "harvest check --home db --reach",
        "harvest run --home db",
        "harvest status --home db --line",
        "datasette db --port 1",
    ]


def test_an_api_key_is_in_no_address_error_or_table(
    harvest: Harvest, home: Path, pubmed: LocalPubMed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It travels in the body of the request and nowhere else, even when PubMed echoes it."""
    monkeypatch.setenv("NCBI_API_KEY", "s3cretkey")
    harvest("run", "--since", "1900-01-01")
    assert all("s3cretkey" in request.form.get("api_key", "") for request in pubmed.requests)
    assert not any("s3cretkey" in request.target for request in pubmed.requests)
    pubmed.faults.add("esearch:*:bad-key")
    result = harvest("run")
    assert result.exit_code == 1
    assert "s3cretkey" not in result.output
    assert b"s3cretkey" not in (home / "ketamine.db").read_bytes()


@pytest.mark.parametrize("verb", sorted(main.commands))
def test_every_verb_teaches_itself(verb: str) -> None:
    """``--help`` says what the verb does."""
    result = CliRunner().invoke(main, [verb, "--help"])
    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 4


def test_the_home_may_stand_before_or_after_the_verb_or_in_the_environment(home: Path) -> None:
    """Three ways, one home."""
    outputs = [
        CliRunner().invoke(main, ["--home", str(home), "status"]).output,
        CliRunner().invoke(main, ["status", "--home", str(home)]).output,
        CliRunner(env={"HARVEST_HOME": str(home)}).invoke(main, ["status"]).output,
    ]
    assert len(set(outputs)) == 1
    assert str(home) in outputs[0]


def test_init_makes_a_home_and_says_what_next(tmp_path: Path) -> None:
    """From an empty folder to the first harvest in two commands."""
    result = CliRunner().invoke(main, ["init", str(tmp_path / "new")])
    assert result.exit_code == 0
    assert f"harvest --home {tmp_path / 'new'} run" in result.output
    again = CliRunner().invoke(main, ["init", str(tmp_path / "new")])
    assert again.exit_code == 2


def test_the_command_that_init_prints_can_be_pasted(tmp_path: Path) -> None:
    """A blank in the folder's name does not tear it apart."""
    result = CliRunner().invoke(main, ["init", str(tmp_path / "a b")])
    command = result.output.partition("next: ")[2]
    assert shlex.split(command) == ["harvest", "--home", str(tmp_path / "a b"), "run"]
