"""What the operator's guide says is so: its commands are run in their order."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from harvest import home as homes
from harvest.assembly import today
from harvest.catalogue.harvests import Health, State
from harvest.cli import main
from harvest.metrics import figures_of, text_of
from harvest.store import Store
from tests.browser.conftest import needs
from tests.front import free_port
from tests.pubmed import LocalPubMed, serve
from tests.pubmed.invented import article
from tests.tracker import FIRST, studies

GUIDE = Path(".github/OPERATING.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL))
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(section, kind, text) for section, told in SECTIONS.items() for kind, text in BLOCK.findall(told)]

MOVE, PAST = "Move to another machine", "Serving past one machine"
METABOLITE = FIRST + 100
"""A study that the shipped search finds, and that it does not find any more when it is changed as the guide says."""

ELSEWHERE = {"git", "pipx", "uv", "podman", "rsync", "sudo", "0"}
"""What begins a command that no test can run: other machines, an administrator, a line of a crontab."""

APPENDED = {"yaml": "taxonomy/adverse_effect.yaml", "toml": "ketamine.toml"}
"""Where the guide says that a block is to be pasted."""


FEED = "https://pubmed.ncbi.nlm.nih.gov/rss/search/EXAMPLE/?limit=100"


RSYNC = """\
for destination; do :; done
for source; do
    case $source in
        old:*/) cp -r "{old}/${{source##*/srv/}}." "$destination" ;;
        old:*) cp -r "{old}/${{source##*/srv/}}" "$destination" ;;
    esac
done"""
"""Copies from another machine as rsync would: what ends with a slash is a folder whose content is meant."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine that runs what the guide says: whatever it has under /srv lies in a folder of its own."""

    root: Path
    pubmed: LocalPubMed

    @property
    def srv(self) -> Path:
        return self.root / "srv"

    def run(self, *parts: str, **programs: str) -> subprocess.CompletedProcess[str]:
        """Run parts of a script; ``programs`` stand in for what is not here."""
        shims = self.root / "bin"
        shims.mkdir(parents=True)
        self.srv.mkdir()
        for name, text in programs.items():
            (shims / name).write_text(f"#!/bin/sh\n{text}\n")
            (shims / name).chmod(0o755)
        around = os.environ | {
            "PATH": f"{shims}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HARVEST_EUTILS": self.pubmed.eutils,
        }
        script = "\n".join(["set -euo pipefail", *parts]).replace("/srv", str(self.srv))
        command = ["bash", "-c", script]
        return subprocess.run(command, env=around, cwd=self.srv, capture_output=True, text=True, check=False)

    def rows(self, home: str, sql: str) -> list[dict[str, object]]:
        """What the database of a home holds."""
        with Store(self.srv / home / "ketamine.db") as store:
            return store.rows(sql)


def parts(pubmed: LocalPubMed) -> Iterator[str]:
    """The guide as the parts of a script, but for what has a test of its own; what is to be pasted or changed is."""
    for section, kind, text in BLOCKS:
        if section in (MOVE, PAST):
            continue
        if kind in APPENDED:
            pasted = text.replace(FEED, pubmed.feed_url("ketamine[tiab]", limit=100))
            yield f"cat >>\"$HARVEST_HOME/{APPENDED[kind]}\" <<'END'\n{pasted}END"
        elif kind == "diff":
            yield changed(text)
        elif kind == "sh":
            yield text


def changed(difference: str) -> str:
    """A part of a script that changes the recipe as a difference says."""
    old, new = ("".join(line[1:] for line in difference.splitlines(keepends=True) if line[0] == mark) for mark in "-+")
    assert old in (homes.SHIPPED / "ketamine.toml").read_text(encoding="utf-8")
    recipe = "Path('/srv/tracker/ketamine.toml')"
    change = f"{recipe}.write_text({recipe}.read_text().replace({old!r}, {new!r}))"
    return f"python - <<'END'\nfrom pathlib import Path\n{change}\nEND"


@pytest.fixture(scope="module")
def operated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine on which all of the guide was run."""
    root = tmp_path_factory.mktemp("operated")
    entered = f"{today()}"
    metabolite = article(METABOLITE, title="Norketamine: an invented study.", created=entered)
    records = [*studies(3, created=entered), metabolite]
    with serve(records, rate=None) as pubmed:
        machine = Machine(root, pubmed)
        ran = machine.run(
            *parts(pubmed),
            crontab=f'if [ "$1" = - ]; then cat >"{root}/crontab"; fi',
            make=f'exec "$(command -v -p make)" -C "{Path.cwd()}" -s -o .venv/.complete UNITS="{root}/units" "$@"',
            gh=f'cd "{root}/srv/public" && for day in ketamine-*; do tar -czf "$day.tar.gz" "$day"; done',
        )
        assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
        yield machine


@pytest.mark.slow
def test_what_the_guide_says_was_done(operated: Machine) -> None:
    """The crontab and the units are written, the restored home holds what the first one had, the public's is served."""
    line = f"--home {operated.srv}/tracker run # harvest of {operated.srv}/tracker\n"
    assert line in (operated.root / "crontab").read_text()
    assert len(list((operated.root / "units").iterdir())) == 3
    for home in ("tracker", "restored"):
        assert operated.rows(home, "SELECT count(*) AS n FROM studies") == [{"n": 4}]
    assert (operated.srv / "public" / "now" / "settings.json").exists()
    assert operated.rows("tracker", "SELECT label FROM tags WHERE tag = 'tinnitus'") == [{"label": "Tinnitus"}]
    assert operated.rows("tracker", "SELECT kind FROM sources ORDER BY kind") == [{"kind": "feed"}, {"kind": "search"}]


@pytest.mark.slow
def test_a_study_that_leaves_the_search_stays(operated: Machine) -> None:
    """It is one of those here, though PubMed has one less for the search."""
    assert operated.rows("tracker", f"SELECT pmid FROM studies WHERE pmid = {METABOLITE}")
    assert operated.rows("tracker", "SELECT total FROM sources WHERE name = 'ketamine'") == [{"total": 3}]
    [here] = operated.rows("tracker", "SELECT count(*) AS n FROM sightings WHERE source = 'ketamine'")
    assert here == {"n": 4}


@pytest.mark.slow
def test_a_tracker_moves_to_another_machine(operated: Machine, tmp_path: Path) -> None:
    """With its recipe, its taxonomy and its studies; the first run there finds nothing to make up for."""
    last = ["--home", str(operated.srv / "tracker"), "export", str(operated.srv / "backups"), "--abstracts", "full"]
    assert CliRunner().invoke(main, last).exit_code == 0
    block = next(text for section, kind, text in BLOCKS if (section, kind) == (MOVE, "sh"))
    new = Machine(tmp_path, operated.pubmed)
    ran = new.run(f"mkdir /srv/backups\n{block}", rsync=RSYNC.format(old=operated.srv))
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    assert new.rows("tracker", "SELECT pmid FROM studies") == operated.rows("tracker", "SELECT pmid FROM studies")
    for name in ("ketamine.toml", "taxonomy/adverse_effect.yaml"):
        assert (new.srv / "tracker" / name).read_text() == (operated.srv / "tracker" / name).read_text()
    assert new.rows("tracker", "SELECT command, status, new FROM runs ORDER BY id DESC LIMIT 1") == [
        {"command": "run", "status": "ok", "new": 0}
    ]


@pytest.mark.slow
def test_a_site_is_served_past_one_machine(tmp_path: Path) -> None:
    """Its front answers, its database is replicated and comes back, and in the end nothing runs any more."""
    needs("nginx", "nginx")
    port = str(free_port())
    begin = "harvest init /srv/tracker\nexport HARVEST_HOME=/srv/tracker\nharvest run"
    listen = f"sed -i s/8080/{port}/ $HARVEST_HOME/serving/nginx.conf"
    blocks = [text.replace("8080", port) for section, kind, text in BLOCKS if (section, kind) == (PAST, "sh")]
    with serve(studies(3, created=f"{today()}"), rate=None) as pubmed:
        machine = Machine(tmp_path, pubmed)
        ran = machine.run(begin, listen, "trap 'harvest-serving stop /srv/site' EXIT", *blocks)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    assert json.loads((machine.srv / "found.json").read_text())["total"] == 3
    (machine.srv / "returned.db").rename(machine.srv / "site" / "ketamine.db")
    assert machine.rows("site", "SELECT * FROM runs") == machine.rows("tracker", "SELECT * FROM runs")
    with pytest.raises(URLError):
        urlopen(f"http://127.0.0.1:{port}/")


def test_whatever_is_not_run_cannot_be() -> None:
    """Blocks of text hold nothing that could have been tested here."""
    assert {kind for _, kind, _ in BLOCKS} <= {"sh", "text", "diff", *APPENDED}
    for _, kind, text in BLOCKS:
        if kind == "text":
            assert {line.split()[0] for line in text.splitlines()} <= ELSEWHERE


@pytest.mark.parametrize("said", re.findall(r"^\| `(.+?)` \|", SECTIONS["What to do when"], re.MULTILINE))
def test_every_message_that_is_explained_exists(said: str) -> None:
    """The program can say so, word by word."""
    sources = (path.read_text(encoding="utf-8") for path in Path("harvest").rglob("*.py"))
    assert any(said in source for source in sources)


def test_every_state_of_health_is_explained() -> None:
    """And no other."""
    [table, *_] = re.findall(r"^\| `status` .*?\n\n", SECTIONS["Watch it"], re.MULTILINE | re.DOTALL)
    assert re.findall(r"^\| `(\w+)`", table, re.MULTILINE)[1:] == list(get_args(State))


def test_the_figures_to_be_alarmed_by_exist(store: Store) -> None:
    """Under these names."""
    told = text_of(Health(), figures_of(store.rows)).decode()
    named = set(re.findall(r"\bharvest_\w+", SECTIONS["Watch it"]))
    assert len(named) > 3
    assert named <= set(re.findall(r"^# TYPE (\w+)", told, re.MULTILINE))


def test_every_file_that_is_named_exists() -> None:
    """Those of the checkout."""
    for name in re.findall(r"`((?:\.github|serving|tests|taxonomy)/[\w./-]+)`", GUIDE):
        assert Path("db" if name.startswith(("serving", "taxonomy")) else ".", name).exists(), name
