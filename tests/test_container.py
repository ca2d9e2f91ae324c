"""The container's recipe does what it says: its steps are replayed here, in a folder instead of an image."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from harvest.assembly import today
from tests.demo import program
from tests.pubmed import serve
from tests.tracker import studies

CONTAINERFILE = Path("Containerfile")
PATIENCE = 60
"""Seconds that the server may take to begin."""


def instructions() -> list[tuple[str, str]]:
    """What the file says step by step."""
    text = re.sub(r"^#.*\n", "", CONTAINERFILE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = [line for line in text.replace("\\\n", " ").splitlines() if line.strip()]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def ignored(path: str) -> bool:
    """Whether .dockerignore keeps a path out; the last line that fits decides."""
    answer = False
    for line in Path(".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!").removeprefix("**/")
        name = Path(path).name if line.lstrip("!").startswith("**/") else path.partition("/")[0]
        if line and not line.startswith("#") and fnmatch(name, pattern):
            answer = not line.startswith("!")
    return answer


@dataclass(slots=True)
class Replay:
    """A folder in which ``/opt`` and ``/srv`` of the image lie."""

    root: Path
    environment: dict[str, str]
    folder: str = "/"
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)

    def here(self, text: str) -> str:
        """A text with the image's paths as they are here."""
        return re.sub(r"(?<![\w.])/(opt|srv)(?=[/\s:]|$)", rf"{self.root}/\1", text)

    def step(self, word: str, rest: str) -> None:
        """Take a step."""
        if word == "RUN":
            subprocess.run(["/bin/sh", "-ec", self.here(rest)], cwd=self.folder, env=self.environment, check=True)
        elif word == "COPY":
            *sources, target = rest.split()
            for source in sources:
                self._copy(Path(source), Path(self.folder, target))
        elif word not in ("FROM", "USER", "VOLUME", "EXPOSE"):
            self._set(word, rest)

    def _set(self, word: str, rest: str) -> None:
        match word:
            case "ENV":
                for pair in shlex.split(rest):
                    name, _, value = pair.partition("=")
                    self.environment[name] = self.here(value).replace("$PATH", self.environment["PATH"])
            case "WORKDIR":
                self.folder = self.here(rest)
                Path(self.folder).mkdir(parents=True)
            case "CMD":
                self.command = [self.here(part) for part in json.loads(rest)]
            case "HEALTHCHECK":
                self.health = json.loads(rest.partition("CMD ")[2])
            case _:
                raise AssertionError(f"{word}: a step that the replay does not know")

    def _copy(self, source: Path, target: Path) -> None:
        if source.is_file():
            assert not ignored(str(source))
            shutil.copy(source, target)
            return
        for path in source.rglob("*"):
            if path.is_file() and not ignored(path.as_posix()):
                copied = target / path.relative_to(source)
                copied.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copied)

    def run(self, command: Sequence[str]) -> str:
        """What a command prints, run as in a container of the image; it must end well and without a word of trouble."""
        found = shutil.which(command[0], path=self.environment["PATH"])
        assert found, command
        ran = subprocess.run(
            [found, *command[1:]], cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert (ran.returncode, ran.stderr) == (0, "")
        return ran.stdout


@contextmanager
def serving(replay: Replay, port: int) -> Iterator[None]:
    """The command of the image under way, at a port of ours and open to this machine alone."""
    command = [{"8001": str(port), "0.0.0.0": "127.0.0.1"}.get(part, part) for part in replay.command]
    found = shutil.which(command[0], path=replay.environment["PATH"])
    assert found
    with subprocess.Popen([found, *command[1:]], cwd=replay.folder, env=replay.environment) as server:
        try:
            yield
        finally:
            server.terminate()


def asked(address: str) -> bytes:
    """What a server answers, which may still be beginning."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with urlopen(address, timeout=10) as answer:
                body: bytes = answer.read()
                return body
        except URLError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def test_the_linter_has_nothing_to_say() -> None:
    """hadolint, without any exception."""
    told = subprocess.run([program("hadolint"), CONTAINERFILE], capture_output=True, text=True, check=False)
    assert (told.stdout, told.returncode) == ("", 0)


def test_it_does_not_run_as_root() -> None:
    """A number, so that no engine needs to look up who it is; and it runs nothing as root after that."""
    steps = instructions()
    place = steps.index(("USER", "10001:10001"))
    assert not [rest for word, rest in steps[place:] if word == "RUN"]


@pytest.mark.parametrize("path", ["db/ketamine.db", "db/ketamine.db-wal", "db/ketamine.db.lock", ".git/config", ".env"])
def test_what_was_harvested_and_secrets_stay_out(path: str) -> None:
    """They lie in the folder that an image is built from."""
    assert ignored(path)
    assert not ignored("requirements.lock")
    assert not ignored("harvest/cli.py")


@pytest.mark.slow
def test_an_image_would_harvest_and_serve(tmp_path: Path) -> None:
    """Its steps one after the other; then a home in the volume, a harvest, the server and its health."""
    shims = tmp_path / "shims"
    shims.mkdir()
    (shims / "python").symlink_to(sys.executable)
    (shims / "chown").write_text("#!/bin/sh\n")  # whoever tests need not be root
    (shims / "chown").chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "HOME", "TMPDIR", "LANG"))}
    replay = Replay(tmp_path, kept | {"PATH": f"{shims}:{os.environ['PATH']}"})
    for word, rest in instructions():
        replay.step(word, rest)
    home = replay.here("/srv/tracker")
    assert replay.environment["HARVEST_HOME"] == home
    assert not list((tmp_path / "opt").rglob("*.db"))
    replay.run(["harvest", "init", home])
    with serve(studies(2, created=f"{today()}"), rate=None) as pubmed:
        replay.environment["HARVEST_EUTILS"] = pubmed.eutils
        assert replay.run(["harvest", "run"]) == ""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with serving(replay, port):
        assert json.loads(asked(f"http://127.0.0.1:{port}/-/health"))["studies"] == 2
        replay.run([part.replace(":8001/", f":{port}/") for part in replay.health])
