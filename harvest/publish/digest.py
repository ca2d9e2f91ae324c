"""What has come since the last digest, in the order in which it is told, and told once."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from harvest.catalogue.citation import day
from harvest.config import MOST_DAYS, Config
from harvest.errors import ConfigError
from harvest.publish.items import Item, Items, clean
from harvest.store import Store
from harvest.store.digests import News

_DAYS = {"d": 1, "w": 7}

_STANDING = {"retracted": "retracted", "concern": "under an expression of concern", "corrected": "corrected"}
"""What is told of a study's standing, the gravest first, as it is counted."""


@dataclass(frozen=True, slots=True)
class Group:
    """Studies of one tag; ``label`` is ``None`` for those that have none."""

    label: str | None
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """What is told, each study once: those with a new notice, those with findings, the others in groups.

    ``since`` is the day of entry into PubMed from which on studies are told of, ``last`` the day of the last digest,
    ``None`` in the first; both are in words. ``findings`` is the label of the facet whose findings are told, ``None``
    where there is none; ``site`` is the address of the site, empty where there is none.
    """

    title: str
    is_sample: bool
    since: str
    last: str | None
    site: str
    findings: str | None
    noticed: tuple[Item, ...]
    found: tuple[Item, ...]
    groups: tuple[Group, ...]

    @property
    def counts(self) -> str:
        """How much is told: ``1 retracted, 2 corrected, 12 new studies``."""
        told = Counter(item.notice for item in self.noticed)
        parts = [f"{told[notice]:,} {words}" for notice, words in _STANDING.items() if told[notice]]
        if new := len(self.found) + sum(len(group.items) for group in self.groups):
            parts.append(f"{new:,} new {'study' if new == 1 else 'studies'}")
        return ", ".join(parts)


def look_back(text: str, today: date) -> date:
    """The day that ``7d``, ``2w`` or a date names, seen from today.

    Raises:
        ValueError: it names none, or one in the future.
    """
    found = re.fullmatch(r"([0-9]{1,6})([dw])", text)
    if found:
        return today - timedelta(days=min(int(found[1]) * _DAYS[found[2]], MOST_DAYS))
    chosen = date.fromisoformat(text)
    if chosen > today:
        raise ValueError(f"{chosen} is in the future; today is {today} (UTC)")
    return chosen


def tell(store: Store, config: Config, since: date, deliver: Callable[[Digest], str | None]) -> str | None:
    """Deliver what has not been told yet, if there is anything, and note that it was told if that succeeds.

    Args:
        store: the database; nothing else may be writing to it.
        config: the home.
        since: the day of entry into PubMed from which on studies are told of, if no earlier one was ever asked for.
        deliver: brings the digest to its readers; raises an error if it reached none, else returns what went wrong.

    Returns:
        What went wrong for some of the readers.

    Raises:
        ConfigError: the recipe names a facet that it does not ask for.
    """
    _refuse_unknown_facets(config)
    first = store.digests.look_back(since)
    with store.transaction():
        last = store.digests.last()
        news = store.digests.news(first)
        if not news:
            return None
        store.digests.tell(news)
        return deliver(_digest(store, config, first, last, news))


def _refuse_unknown_facets(config: Config) -> None:
    for key, facet in config.recipe.digest:
        if facet and facet not in config.recipe.tracker.facets:
            raise ConfigError(f"{config.home / config.name}.toml: digest.{key}: {facet} is none of tracker.facets")


def _digest(store: Store, config: Config, since: date, last: str | None, news: Sequence[News]) -> Digest:
    items = Items(store, config)
    noticed = items.of([one.pmid for one in news if one.what != "new"])
    new = items.of([one.pmid for one in news if one.what == "new"])
    ranks = list(_STANDING)
    return Digest(
        title=clean(config.recipe.tracker.title),
        is_sample=store.studies.kind() == "sample",
        since=day(since.isoformat()) or "",
        last=day(last[:10]) if last else None,
        site=config.recipe.publish.address,
        findings=items.label(config.recipe.digest.findings),
        noticed=tuple(sorted(noticed, key=lambda item: ranks.index(item.notice))),
        found=tuple(item for item in new if item.effects),
        groups=tuple(_grouped((item for item in new if not item.effects), items.groups)),
    )


def _grouped(items: Iterable[Item], labels: Sequence[str]) -> Iterator[Group]:
    """Items in their groups; those of none come last."""
    groups: dict[str | None, list[Item]] = defaultdict(list)
    for item in items:
        groups[item.group].append(item)
    for label in (*labels, None):
        if label in groups:
            yield Group(label, tuple(groups[label]))
