"""A public site for many readers: nginx in front, Datasette behind it, and a change of snapshots that nobody notices.

    harvest-serving deploy SITE SNAPSHOT    have SITE serve SNAPSHOT
    harvest-serving stop SITE               end everything that serves it

SITE is a folder of this module's own:

    front               a link to the release that readers are given; nginx reads it at every request
    PORT-NAME-DIGEST/   a release: a copy of the snapshot, and the Datasette that serves it at that port of this machine
    cache/, nginx.*     nginx's own, started with serving/nginx.conf of the home

To deploy is to start a Datasette of its own for the new release, to wait until it answers, to change the link, and to
end the former one when it has answered whoever still waited for it. Where the new one does not answer, the former one
stays. Where SITE serves the snapshot already nothing is done; where it should and does not, after a restart of the
machine, say, it does again. Processes are known by ``/proc``, so that this is for Linux.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import click

from harvest import home as homes
from harvest.errors import ConfigError, HarvestError, StoreError
from harvest.lock import writing_to
from harvest.publish.snapshot import SUMS, check
from harvest.terminal import say

CONFIG = Path("serving") / "nginx.conf"
"""Where a home has the configuration of nginx."""

PATIENCE = 120.0
"""Seconds that a Datasette may take to answer for the first time, or to end."""

DRAIN = 10.0
"""Seconds in which a request that came before the change may still begin to ask the former release.

nginx has a request wait for 5 s at most while another one asks for the same page (``proxy_cache_lock_timeout``).
"""

_RELEASE = re.compile(r"(?P<port>\d+)-(?P<name>.+)")


def deploy(site: Path, snapshot: Path, config: Path) -> Path | None:
    """Have a site serve a snapshot.

    Args:
        site: its folder; it is made if need be.
        snapshot: what ``harvest export --public`` has made.
        config: the configuration of nginx.

    Returns:
        The new release; ``None`` where the snapshot was served already.

    Raises:
        ConfigError: the snapshot is not whole or not for the public, or nginx is missing or does not take its
            configuration.
        LockedError: another process is deploying to this site.
        StoreError: the copy cannot be made, or nothing answers from it.
    """
    site, snapshot = site.resolve(), snapshot.resolve()
    name, front = _name(snapshot), nginx(site, config)
    try:
        site.mkdir(parents=True, exist_ok=True)
        with writing_to(site / "front"):
            new = None if _serves(site, name) else _change(site, snapshot, name)
            _start_nginx(site, front)
            former = [folder for folder in _releases(site) if folder != (site / "front").resolve()]
            if any(_process(folder) for folder in former):
                time.sleep(DRAIN)
            for folder in former:
                _remove(folder)
    except OSError as error:
        raise StoreError(f"{site}: {homes.reason(error)}") from None
    return new


def stop(site: Path) -> None:
    """End nginx and every Datasette of a site; what they kept stays, to be deployed again."""
    site = site.resolve()
    _end(site / "nginx.pid", site)
    for release in _releases(site):
        _end(release / "pid", release)


def _name(snapshot: Path) -> str:
    """What a snapshot is called, with a digest that tells it from another of the same day.

    Raises:
        ConfigError: it is no snapshot, or not one for the public.
    """
    try:
        sums = (snapshot / SUMS).read_bytes()
        settings = json.loads((snapshot / "settings.json").read_bytes())
    except (OSError, ValueError):
        raise ConfigError(f"{snapshot}: no snapshot; make one with: harvest export DEST --public") from None
    if settings.get("default_allow_sql", True):
        raise ConfigError(f"{snapshot}: not for the public; make one with: harvest export DEST --public")
    return f"{snapshot.name}-{hashlib.sha256(sums).hexdigest()[:12]}"


def _serves(site: Path, name: str) -> bool:
    """Whether what is in front is of that name, and alive."""
    front = (site / "front").resolve()
    release = _RELEASE.fullmatch(front.name)
    return release is not None and release["name"] == name and _process(front) is not None


def _change(site: Path, snapshot: Path, name: str) -> Path:
    """Put a new release in front, once it answers; the release."""
    check(snapshot)
    port = _free_port()
    release = site / f"{port}-{name}"
    try:
        shutil.copytree(snapshot, release / "snapshot")
        _start_datasette(release, port)
    except BaseException:
        _remove(release)
        raise
    link = site / "front.new"
    link.unlink(missing_ok=True)
    link.symlink_to(release.name)
    link.replace(site / "front")
    return release


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def _start_datasette(release: Path, port: int) -> None:
    """Start the Datasette of a release, and wait until it has answered.

    Raises:
        StoreError: it does not.
    """
    program = Path(sys.executable).with_name("datasette")
    command = [str(program), str(release / "snapshot"), "--host", "127.0.0.1", "--port", str(port)]
    with (release / "log").open("wb") as log:
        # in a session of its own it outlives whoever deploys
        started = subprocess.Popen(  # noqa: S603 - a program of ours
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    (release / "pid").write_text(f"{started.pid}\n")
    if not _wait(lambda: started.poll() is not None or _answers(port)) or started.poll() is not None:
        told = (release / "log").read_text(errors="replace").splitlines()
        raise StoreError(f"Datasette does not answer from a copy of {release.name}: {' '.join(told[-1:])}")


def _answers(port: int) -> bool:
    """Whether a Datasette shows its front page, for which it has to read all that it keeps in memory."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def nginx(site: Path, config: Path) -> list[str]:
    """The command that starts the nginx of a site.

    Raises:
        ConfigError: it is not installed.
    """
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
    if not program:
        raise ConfigError("nginx is not installed")
    # started by root its workers would be nobody's, who may not look into every folder
    user = ["-g", "user root;"] if os.geteuid() == 0 else []
    return [program, "-p", f"{site}/", "-c", str(config.resolve()), *user]


def _start_nginx(site: Path, command: list[str]) -> None:
    """Start nginx where it does not run.

    Raises:
        ConfigError: it does not take its configuration.
    """
    if _named(site / "nginx.pid", site):
        return
    started = subprocess.run(  # noqa: S603 - what it is told is the operator's own
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if started.returncode:
        raise ConfigError(f"nginx does not start: {started.stderr.strip()}")


def _releases(site: Path) -> list[Path]:
    return [path for path in site.glob("*") if path.is_dir() and _RELEASE.fullmatch(path.name)]


def _remove(release: Path) -> None:
    """End the Datasette of a release when it has answered those who wait for it, and delete what it served."""
    _end(release / "pid", release)
    shutil.rmtree(release, ignore_errors=True)


def _process(release: Path) -> int | None:
    """The Datasette of a release, if it is alive."""
    return _named(release / "pid", release)


def _named(file: Path, folder: Path) -> int | None:
    """The process whose number a file holds, if it is one that was started for a folder.

    After a restart of the machine its number may be that of another process.
    """
    try:
        process = int(file.read_text())
        command = Path(f"/proc/{process}/cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    return process if os.fsencode(folder) in command else None


def _end(file: Path, folder: Path) -> None:
    """Have a process end in order; where it does not, end it."""
    process = _named(file, folder)
    if process is None:
        return
    os.kill(process, signal.SIGTERM)
    if not _wait(lambda: _named(file, folder) is None):
        os.kill(process, signal.SIGKILL)


def _wait(true: Callable[[], bool]) -> bool:
    """Wait until something is true; ``False`` where that takes too long."""
    until = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


class _Verbs(click.Group):
    """Turns an expected error into one line on stderr and its exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except HarvestError as error:
            click.echo(f"harvest-serving: {error}", err=True)
            ctx.exit(error.exit_code)


@click.group(cls=_Verbs)
def main() -> None:
    """Serve snapshots to many readers."""


@main.command("deploy")
@click.argument("site", type=click.Path(path_type=Path, file_okay=False), metavar="SITE")
@click.argument("snapshot", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="SNAPSHOT")
@click.option(
    "--home", type=click.Path(path_type=Path), envvar="HARVEST_HOME", help="Whose serving/nginx.conf is used."
)
def deploy_verb(site: Path, snapshot: Path, home: Path | None) -> None:
    """Have SITE serve SNAPSHOT, and nobody notice the change; where it does already do nothing."""
    if release := deploy(site, snapshot, (home or homes.SHIPPED) / CONFIG):
        say(f"{release.name} is in front")


@main.command("stop")
@click.argument("site", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="SITE")
def stop_verb(site: Path) -> None:
    """End everything that serves SITE."""
    stop(site)


if __name__ == "__main__":
    main()
