"""A local PubMed over five invented records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import requests

from tests.pubmed import Corpus, LocalPubMed, serve
from tests.pubmed.invented import records

NOW = datetime(2026, 11, 22, 15, 45, tzinfo=UTC)


@pytest.fixture
def corpus() -> Iterator[Corpus]:
    made = Corpus(records())
    yield made
    made.close()


@pytest.fixture
def pubmed(corpus: Corpus) -> Iterator[LocalPubMed]:
    with serve(corpus, rate=None, cap=4, stall=0.3, now=lambda: NOW) as running:
        yield running


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as opened:
        yield opened
