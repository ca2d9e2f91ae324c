"""Text for those who run a home by the clock: a line for cron, units for systemd, with every path spelled out.

    harvest-schedule cron                           prints the line
    crontab -l | harvest-schedule cron --merge      prints a whole crontab, in which the line stands once
    harvest-schedule systemd DIR                    writes the units into DIR

Nothing here installs anything: what is printed is for the operator, or the Makefile, to hand on.
"""

from __future__ import annotations

import getpass
import re
import shlex
import sys
from pathlib import Path
from zlib import crc32

import click

from harvest import config as recipe
from harvest import home as homes
from harvest.config import Config
from harvest.errors import HarvestError

HOUR = 4
"""The hour of the machine's clock at which a home is harvested."""

_SANDBOX = """\
NoNewPrivileges=true
PrivateDevices=true
PrivateTmp=true
ProtectClock=true
ProtectControlGroups=true
ProtectHome=read-only
ProtectHostname=true
ProtectKernelLogs=true
ProtectKernelModules=true
ProtectKernelTunables=true
ProtectSystem=strict
CapabilityBoundingSet=
LockPersonality=true
RestrictAddressFamilies=AF_INET AF_INET6 AF_NETLINK AF_UNIX
RestrictNamespaces=true
RestrictRealtime=true
RestrictSUIDSGID=true
SystemCallArchitectures=native
SystemCallFilter=@system-service
UMask=0027
"""

_HARVEST = """\
[Unit]
Description=Harvest {title}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
User={user}
ExecStart={harvest} --home {home} run
# an optional file of NCBI_EMAIL=, NCBI_API_KEY= and HARVEST_SMTP_PASSWORD=, readable by root alone
EnvironmentFile=-/etc/harvest/{name}.env
ReadWritePaths={home}
TimeoutStartSec=6h
Nice=10
{sandbox}"""

_TIMER = """\
[Unit]
Description=Harvest {title} every day

[Timer]
OnCalendar=*-*-* {hour:02d}:{minute:02d}
RandomizedDelaySec=30m
# a day on which the machine was off is made up for
Persistent=true

[Install]
WantedBy=timers.target
"""

_SITE = """\
[Unit]
Description=Serve {title}
After=network.target

[Service]
User={user}
ExecStart={datasette} {served} --host 127.0.0.1 --port {port}
Restart=on-failure
RestartSec=5s
# readers of a database that is being written to share a file beside it
ReadWritePaths={served}
MemoryMax=2G
{sandbox}
[Install]
WantedBy=multi-user.target
"""


def cron_line(config: Config) -> str:
    """The line of a crontab that harvests a home every day, at a minute of its own so that not all ask NCBI at once."""
    command = f"{_program('harvest')} --home {shlex.quote(str(config.home))} run # harvest of {config.home}"
    return f"{_minute(config)} {HOUR} * * * {_for_cron(command)}"


def merged(crontab: str, line: str) -> str:
    """A crontab in which the line stands once, in place of an earlier one for the same home."""
    mark = line[line.index(" # harvest of ") :]
    kept = [old for old in crontab.splitlines() if not old.endswith(mark)]
    return "\n".join([*kept, line, ""])


def units(config: Config, user: str, served: Path, port: int) -> dict[str, str]:
    """The units of systemd by their file names: the harvest, its timer, and the site."""
    told = {
        "name": config.name,
        "title": config.recipe.tracker.title.replace("%", "%%"),
        "user": user,
        "home": _for_systemd(config.home),
        "served": _for_systemd(served),
        "harvest": _for_systemd(_beside("harvest")),
        "datasette": _for_systemd(_beside("datasette")),
        "hour": HOUR,
        "minute": _minute(config),
        "port": port,
        "sandbox": _SANDBOX,
    }
    texts = {f"harvest-{config.name}.service": _HARVEST, f"harvest-{config.name}.timer": _TIMER}
    return {name: text.format(**told) for name, text in (texts | {f"datasette-{config.name}.service": _SITE}).items()}


def _minute(config: Config) -> int:
    return crc32(str(config.home).encode()) % 60


def _beside(program: str) -> Path:
    """A command of the environment that this runs in."""
    return Path(sys.executable).with_name(program)


def _program(name: str) -> str:
    return shlex.quote(str(_beside(name)))


def _for_cron(command: str) -> str:
    """In a crontab a per cent sign would end the command."""
    return command.replace("%", r"\%")


def _for_systemd(path: Path) -> str:
    text = str(path).replace("%", "%%")
    return f'"{text}"' if re.search(r"\s", text) else text


@click.group()
@click.option("--home", type=click.Path(path_type=Path), envvar="HARVEST_HOME")
@click.pass_context
def main(ctx: click.Context, home: Path | None) -> None:
    """Text for cron and systemd, with the paths of a home."""
    try:
        ctx.obj = recipe.load((home or homes.default()).resolve())
    except HarvestError as error:
        click.echo(f"harvest-schedule: {error}", err=True)
        ctx.exit(error.exit_code)


@main.command()
@click.option("--merge", is_flag=True, help="Read a crontab and print it with the line in it.")
@click.pass_obj
def cron(config: Config, merge: bool) -> None:
    """Print the line of a crontab."""
    line = cron_line(config)
    click.echo(merged(sys.stdin.read(), line) if merge else f"{line}\n", nl=False)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option("--user", default=getpass.getuser, help="Who runs them.  [default: you]")
@click.option("--serve", type=click.Path(path_type=Path, exists=True), help="What to serve.  [default: the home]")
@click.option("--port", default=8001, show_default=True)
@click.pass_obj
def systemd(config: Config, folder: Path, user: str, serve: Path | None, port: int) -> None:
    """Write the units into DIR and say how to install them."""
    folder.mkdir(parents=True, exist_ok=True)
    made = units(config, user, (serve or config.home).resolve(), port)
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")
    timer, site = (name for name in made if not name.startswith("harvest-") or name.endswith(".timer"))
    paths = " ".join(shlex.quote(str(folder / name)) for name in made)
    click.echo(f"sudo cp {paths} /etc/systemd/system/")
    click.echo(f"sudo systemctl daemon-reload && sudo systemctl enable --now {timer} {site}")


if __name__ == "__main__":
    main()
