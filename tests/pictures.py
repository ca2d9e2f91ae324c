"""The pictures of the README, taken of the sample home by chromium: ``make pictures``.

They show the pages as they were at one moment, so that they change only where the pages, the sample corpus or the
browser do. ``python -m tests.pictures FOLDER`` puts them elsewhere.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from PIL import Image
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from tests.browser.conftest import serving
from tests.demo import make_sample_home

FOLDER = Path(".github/pictures")

PAGES = {
    "home": "/",
    "search": "/search?q=bladder&species=human&design=observational",
    "study": "/study/970000024?tag=long_term_effect:urinary",
    "matrix": "/matrix",
}
"""What each picture shows: the way of a reader from the front page to the words that a tag rests on."""

MOMENT = "2026-11-21T06:00:00+00:00"
"""When the sample home is harvested and looked at: two days after the newest of its studies entered PubMed."""

SIZE = ViewportSize(width=1000, height=900)
SHARPNESS = 2
"""Pixels of a picture for each of the page, for screens that have more than one."""

_TRAVEL = f"import time_machine\ntime_machine.travel({MOMENT!r}).start()\n"


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=FOLDER)
def main(folder: Path) -> None:
    """Take every picture and put it into FOLDER."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as made, at_the_moment(Path(made)), sync_playwright() as playwright:
        home = Path(made, "home")
        make_sample_home(home)
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--disable-gpu", "--disable-quic"]
        )
        with serving(home) as site:
            for name, path in PAGES.items():
                _picture(browser, site + path).save(folder / f"{name}.webp", lossless=True, method=6)
        browser.close()


@contextmanager
def at_the_moment(folder: Path) -> Iterator[None]:
    """Every Python that is started meanwhile takes it that it is the moment.

    Python imports ``sitecustomize`` before it begins; the clock of this process goes on as it was.
    """
    (folder / "sitecustomize.py").write_text(_TRAVEL)
    os.environ["PYTHONPATH"] = str(folder)
    try:
        yield
    finally:
        del os.environ["PYTHONPATH"]


def _picture(browser: Browser, address: str) -> Image.Image:
    """What a reader sees first of a page."""
    page = browser.new_page(viewport=SIZE, device_scale_factor=SHARPNESS, color_scheme="light", locale="en-GB")
    answer = page.goto(address)
    assert answer is not None
    assert answer.ok, f"{address}: {answer.status}"
    return Image.open(BytesIO(page.screenshot(animations="disabled")))


if __name__ == "__main__":
    main()
