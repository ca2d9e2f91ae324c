"""nginx with the configuration of the shipped home, at a free port of this machine."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harvest.home import SHIPPED
from harvest.serving import CONFIG, nginx, stop

LISTEN = "listen 127.0.0.1:8080;"


def free_port() -> int:
    """A port that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def configure(home: Path) -> str:
    """Give a home the shipped configuration, but for a free port; the address of the front, without the last slash."""
    text = (SHIPPED / CONFIG).read_text(encoding="utf-8")
    assert LISTEN in text
    address = f"127.0.0.1:{free_port()}"
    file = home / CONFIG
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text.replace(LISTEN, f"listen {address};"), encoding="utf-8")
    return f"http://{address}"


def put_in_front(site: Path, release: str) -> None:
    """Change the link that nginx reads, at once."""
    (site / release).mkdir(exist_ok=True)
    link = site / "front.new"
    link.symlink_to(release)
    link.replace(site / "front")


@contextmanager
def fronted(site: Path, home: Path) -> Iterator[str]:
    """Run the nginx of a site as long as the block; the address of the front."""
    address = configure(home)
    subprocess.run(nginx(site, home / CONFIG), check=True)
    try:
        yield address
    finally:
        stop(site)
