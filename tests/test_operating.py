"""What the operator's guide says is so: its commands are run in their order."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from harvest.store import Store
from tests.pubmed import serve
from tests.tracker import studies

GUIDE = Path(".github/OPERATING.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)

ELSEWHERE = {"git", "podman", "rsync", "sudo", "0"}
"""What begins a command that no test can run: other machines, an administrator, a line of a crontab."""

APPENDED = {"yaml": "taxonomy/adverse_effect.yaml", "toml": "ketamine.toml"}
"""Where the guide says that a block is to be pasted."""


def script(root: Path) -> str:
    """The guide as one script, with everything that lies under /srv in a folder of its own."""
    parts = ["set -euo pipefail"]
    for kind, text in BLOCKS:
        if kind in APPENDED:
            parts.append(f"cat >>\"$HARVEST_HOME/{APPENDED[kind]}\" <<'END'\n{text}END")
        elif kind == "sh":
            parts.append(text)
    return "\n".join(parts).replace("/srv", str(root))


@pytest.mark.slow
def test_the_commands_run_in_their_order(tmp_path: Path) -> None:
    """On an empty machine; afterwards the restored home holds what the first one had."""
    programs = tmp_path / "bin"
    programs.mkdir()
    shims = {
        "crontab": f'if [ "$1" = - ]; then cat >"{tmp_path}/crontab"; fi',
        "make": f'exec "$(command -v -p make)" -C "{Path.cwd()}" -s -o .venv/.complete UNITS="{tmp_path}/units" "$@"',
    }
    for name, text in shims.items():
        (programs / name).write_text(f"#!/bin/sh\n{text}\n")
        (programs / name).chmod(0o755)
    root = tmp_path / "srv"
    root.mkdir()
    with serve(studies(3), rate=None) as pubmed:
        around = os.environ | {
            "PATH": f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HARVEST_EUTILS": pubmed.eutils,
        }
        ran = subprocess.run(
            ["bash", "-c", script(root)], env=around, cwd=root, capture_output=True, text=True, check=False
        )
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    assert f"--home {root}/tracker run # harvest of {root}/tracker\n" in (tmp_path / "crontab").read_text()
    assert len(list((tmp_path / "units").iterdir())) == 3
    for home in ("tracker", "restored"):
        with Store(root / home / "ketamine.db") as store:
            assert store.rows("SELECT count(*) AS n FROM studies") == [{"n": 3}]
    assert (root / "public" / "now" / "settings.json").exists()
    with Store(root / "tracker" / "ketamine.db") as store:
        assert store.rows("SELECT label FROM tags WHERE tag = 'tinnitus'") == [{"label": "Tinnitus"}]


def test_whatever_is_not_run_cannot_be() -> None:
    """Blocks of text hold nothing that could have been tested here."""
    for kind, text in BLOCKS:
        assert kind in {"sh", "text", *APPENDED}
        if kind == "text":
            assert {line.split()[0] for line in text.splitlines()} <= ELSEWHERE


@pytest.mark.parametrize("said", re.findall(r"^\| `(.+?)` \|", GUIDE, re.MULTILINE))
def test_every_message_that_is_explained_exists(said: str) -> None:
    """The program can say so, word by word."""
    sources = (path.read_text(encoding="utf-8") for path in Path("harvest").rglob("*.py"))
    assert any(said in source for source in sources)


def test_the_states_of_health_are_those_of_the_site() -> None:
    """Each of the four words."""
    plugin = Path("db/plugins/health.py").read_text(encoding="utf-8")
    for state in re.findall(r"`(ok|stale|failing|empty)`", GUIDE):
        assert f'"{state}"' in plugin


def test_every_file_that_is_named_exists() -> None:
    """Those of the checkout."""
    for name in re.findall(r"`((?:\.github|tests|taxonomy)/[\w./-]+)`", GUIDE):
        assert Path("db" if name.startswith("taxonomy") else ".", name).exists(), name
