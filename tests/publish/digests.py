"""What tests of the digest have in common: a home that follows a small local PubMed, and invented records for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from tests.pubmed.invented import article
from tests.tracker import Tracker, tracking

PAIN, MEMORY, RATS, OLD, BIPOLAR = range(970_000_301, 970_000_306)
"""A study of pain, one of memory after months, one of animals, one of long ago, one of two conditions."""

END = "Nobody reads the end of an abstract in a digest."
"""How abstracts end that are longer than an excerpt."""

FILLER = "Invented words fill this section so that its end lies beyond an excerpt. " * 6


def record(pmid: int, title: str, told: str, found: str = "Nothing is told.", **more: Any) -> bytes:
    """An invented record with an abstract that is longer than an excerpt."""
    abstract = [("METHODS", f"{told} {FILLER}"), ("RESULTS", found), ("CONCLUSIONS", END)]
    return article(pmid, title=title, abstract=abstract, **{"created": "2026-11-18"} | more)


def records() -> list[bytes]:
    """The records, of which the first three entered PubMed in the week before the tracker's day."""
    adults = "Forty adults were randomised to intravenous ketamine or placebo."
    memory = "Eighty adults with depression took esketamine and were followed for six months."
    return [
        record(PAIN, "Ketamine for neuropathic pain in adults: an invented trial.", adults),
        record(
            MEMORY,
            "Memory after six months of esketamine for depression.",
            memory,
            "At six months memory did not differ from baseline.",
        ),
        record(RATS, "Ketamine and chronic pain in rats.", "Rats were given ketamine.", mesh=["Animals", "Rats"]),
        record(OLD, "Ketamine for depression in adults: an invented trial of old.", adults, created="2026-10-20"),
        record(
            BIPOLAR,
            "Ketamine for post-traumatic stress disorder and bipolar depression: an invented trial.",
            "Forty adults with bipolar depression and post-traumatic stress disorder were randomised to ketamine.",
            created="2026-11-17",
        ),
    ]


_harvested: dict[str, bytes] = {}
"""The database after the first harvest, which is the same for all."""


@contextmanager
def following(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tracker]:
    """A tracker that holds the records."""
    with tracking(records(), folder, monkeypatch) as tracker:
        database = tracker.home / "ketamine.db"
        if _harvested:
            database.write_bytes(_harvested["database"])
        else:
            assert tracker.harvest("run").output == ""
            _harvested["database"] = database.read_bytes()
        yield tracker


def publish(tracker: Tracker, line: str) -> None:
    """Put a line into the part of the recipe that says what others may have."""
    tracker.set_limit("[publish]\n", f"[publish]\n{line}\n")


def parsed(message: bytes) -> EmailMessage:
    """A message as a mail program reads it."""
    read = message_from_bytes(message, policy=default)
    assert isinstance(read, EmailMessage)
    assert not read.defects
    return read


def body(message: EmailMessage, kind: str) -> str:
    """One of the forms of a message."""
    part = message.get_body((kind,))
    assert part is not None
    content: str = part.get_content()
    return content.replace("\r\n", "\n")
