"""A tagger that has the other processors help once there is much to tag."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from harvest.batches import batches
from harvest.model import StoredText, Tag, Taggable
from harvest.processes import killing_told, pool, processors
from harvest.tag.tagger import Tagger
from harvest.tag.taxonomy import Taxonomy

MUCH = 1_000
"""Studies that are tagged alone: a helper takes seconds to learn a taxonomy, and a daily harvest needs none."""

AT_ONCE = 25
"""Studies that a helper is given at a time."""

_READ = tuple(StoredText.__slots__)


class Crew:
    """Tags studies as ``Tagger`` does, many of them in processes of its own, which end when it is closed.

    Args:
        taxonomy: what there is to be about.
        facets: the slugs of the facets to tag.
        alone: the tagger for these, which works in this process.
        helpers: how many processes may help, by default one for each processor but that of this process.

    Attributes:
        tagged: how many studies it has been given.
    """

    def __init__(
        self, taxonomy: Taxonomy, facets: Collection[str] | None, alone: Tagger, helpers: int | None = None
    ) -> None:
        self.facets = alone.facets
        self.definitions = alone.definitions
        self.digest = alone.digest
        self.tag = alone.tag
        self._told = (taxonomy, facets)
        self._count = processors() - 1 if helpers is None else helpers
        self.tagged = 0
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def tag_all(self, studies: Sequence[Taggable]) -> Iterator[tuple[Tag, ...]]:
        """The tags of each study in their order, as ``tag`` gives them.

        Raises:
            SourceError: a helper was killed.
        """
        self.tagged += len(studies)
        if not self._count or self.tagged <= MUCH or len(studies) <= AT_ONCE:
            yield from map(self.tag, studies)
            return
        self._pool = self._pool or pool(self._count, _learn, *self._told)
        parts = list(batches(studies, AT_ONCE))
        with killing_told():
            given = [self._pool.submit(_tag_some, list(map(_read_of, part))) for part in parts]
            # what no helper has begun yet is done here, from the end
            own = {}
            for number in reversed(range(len(parts))):
                if given[number].cancel():
                    own[number] = list(map(self.tag, parts[number]))
            for number, tagged in enumerate(given):
                yield from own[number] if number in own else tagged.result()


def _read_of(study: Taggable) -> StoredText:
    """What a tagger reads of a study, which is less than there is to send."""
    return StoredText(*(getattr(study, name) for name in _READ))


_helper: list[Tagger] = []
"""The tagger of a process that helps."""


def _learn(*told: Any) -> None:
    _helper.append(Tagger(*told))


def _tag_some(texts: Sequence[StoredText]) -> list[tuple[Tag, ...]]:
    (tagger,) = _helper
    return [tagger.tag(text) for text in texts]
