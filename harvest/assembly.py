"""From a recipe to the parts that a run is made of."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from harvest.config import Config
from harvest.errors import ConfigError, HarvestError, SourceError
from harvest.eutils import Eutils, read_json
from harvest.http import Client
from harvest.pipeline import Since
from harvest.sources import Source
from harvest.sources.feed import Feed
from harvest.sources.search import Search
from harvest.store import Store
from harvest.tag import Crew, Tagger
from harvest.tag.taxonomy import load as load_taxonomy

REACH_SECONDS = 10


def today() -> date:
    """The current day in UTC, by which watermarks are kept."""
    return datetime.now(UTC).date()


def tagger_of(config: Config) -> Tagger:
    """The tagger for the facets that the recipe names.

    Raises:
        ConfigError: the taxonomy is wrong, or lacks a facet.
    """
    return Tagger(load_taxonomy(config.taxonomy), config.recipe.tracker.facets)


def crew_of(config: Config) -> Crew:
    """The same with helpers for much to tag; close it after use.

    Raises:
        ConfigError: the taxonomy is wrong, or lacks a facet.
    """
    return Crew(config.taxonomy, config.recipe.tracker.facets)


def network_of(config: Config, *, attempts: int = 5) -> tuple[Client, Eutils]:
    """A client that says who is asking, and the E-utilities through it."""
    contact = f"; {config.email}" if config.email else ""
    client = Client(f"harvest (PubMed literature tracker{contact})", secrets=(config.api_key,), attempts=attempts)
    return client, Eutils(client, config.eutils, email=config.email, api_key=config.api_key)


def sources_of(config: Config, store: Store, client: Client, eutils: Eutils, names: Sequence[str] = ()) -> list[Source]:
    """The recipe's sources, or the named ones of them, each once.

    Raises:
        ConfigError: the recipe has no source of a name.
    """
    sources: list[Source] = [*_feeds(config, store, client), *_searches(config, eutils)]
    known = {source.name: source for source in sources}
    for name in names:
        if name not in known:
            raise ConfigError(f"no source is named {name}; the recipe has {', '.join(known)}")
    return [known[name] for name in dict.fromkeys(names or known)]


def since_of(config: Config, store: Store, day: date | None) -> Callable[[Source], Since]:
    """From which days on each source is asked: a given one, else its watermark less an overlap, else the first days.

    What was asked before and did not come to its end, a backfill for instance, is asked once more.

    Revisions are asked for from the watermark on, a given day or not: before the first success nothing is here that
    could have been revised.
    """
    limits = config.recipe.limits

    def since(source: Source) -> Since:
        state = store.ledger.state(source.name, source.identity)
        followed = min(date.fromisoformat(state.watermark), today()) if state.watermark else None
        begun = [date.fromisoformat(state.asked_from)] if state.asked_from else []
        first = today() - timedelta(days=limits.first_days)
        usual = min([followed - timedelta(days=limits.overlap_days) if followed else first, *begun])
        return Since(
            day or usual,
            followed - timedelta(days=limits.revision_overlap_days) if followed else None,
            gapless=day is None or day <= min([followed or first, *begun]),
        )

    return since


def reach(config: Config) -> None:
    """See whether PubMed answers; the time covers the look-up of its name, which no time-out of a request does.

    Raises:
        SourceError: it does not, within ten seconds.
    """
    trouble: list[str] = ["no answer"]

    def ask() -> None:
        try:
            network_of(config, attempts=1)[1].call("einfo", {"retmode": "json"}, read_json)
            trouble.clear()
        except HarvestError as error:
            trouble[:] = [str(error)]

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(REACH_SECONDS)
    if trouble:
        raise SourceError(f"PubMed cannot be reached within {REACH_SECONDS} s ({trouble[0]})")


def _searches(config: Config, eutils: Eutils) -> list[Search]:
    cap = config.recipe.limits.cap
    return [Search(entry.name, entry.expression, eutils, today, cap) for entry in config.recipe.searches]


def _feeds(config: Config, store: Store, client: Client) -> list[Feed]:
    feeds = [Feed(entry.name, entry.url, client) for entry in config.recipe.feeds]
    states = [store.ledger.state(feed.name, feed.identity) for feed in feeds]
    return [
        replace(feed, etag=state.etag, last_modified=state.last_modified)
        for feed, state in zip(feeds, states, strict=True)
    ]
