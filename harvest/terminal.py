"""What a person at a terminal sees, and cron does not."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from harvest.progress import Advance


def say(line: str) -> None:
    """A line on stderr if that is a terminal."""
    if sys.stderr.isatty():
        click.echo(line, err=True)


@contextmanager
def progress(label: str, total: int | None) -> Iterator[Advance]:
    """A progress bar on stderr if that is a terminal and there is something to do."""
    console = Console(stderr=True)
    if not console.is_terminal or total == 0:
        yield lambda _: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(label, total=total)
        yield lambda amount: bar.advance(task, amount)
