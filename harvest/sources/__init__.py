"""Sources name studies: each yields PMIDs and nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from harvest.model import Pmid


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a source named.

    ``pmids`` entered PubMed in the time asked about, ``changed`` were revised in it; ``expected`` is how many of either
    PubMed promised where it says so, ``total`` how many it has for the whole expression, whenever they entered.
    ``query`` is the expression that was asked and ``translated_query`` what PubMed made of it; ``warnings`` are for the
    operator; ``etag`` and ``last_modified`` are the server's marks of this state of a feed, for the next fetch.
    """

    pmids: tuple[Pmid, ...]
    changed: tuple[Pmid, ...] = ()
    expected: int | None = None
    total: int | None = None
    query: str | None = None
    translated_query: str | None = None
    warnings: tuple[str, ...] = ()
    etag: str | None = None
    last_modified: str | None = None


def identity_of(text: str) -> str:
    """A digest of an expression or address."""
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


class Source(Protocol):
    """Anything that names studies."""

    @property
    def name(self) -> str:
        """The name under which the recipe lists the source."""

    @property
    def kind(self) -> str:
        """``feed`` or ``search``."""

    @property
    def identity(self) -> str:
        """A digest of what is asked: another expression or address is another source under the same name."""

    def discover(self, since: date, changed_since: date | None) -> Discovery:
        """Name the studies that entered PubMed, or were revised there, from a day on, as far as the source knows.

        Args:
            since: the first day of entry.
            changed_since: the first day of revision, ``None`` not to ask for revisions.

        Raises:
            SourceError: the source did not deliver; nothing may be concluded from it.
        """
