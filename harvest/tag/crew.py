"""A tagger that has the other processors help once there is much to tag."""

from __future__ import annotations

import multiprocessing
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path

from harvest.batches import batches
from harvest.errors import ConfigError
from harvest.model import StoredText, Tag, Taggable
from harvest.processes import killing_told, pool, processors
from harvest.tag.tagger import Tagger
from harvest.tag.taxonomy import load

MUCH = 1_000
"""Studies that are tagged alone: a helper takes seconds to learn a taxonomy, and a daily harvest needs none."""

AT_ONCE = 25
"""Studies that a helper is given at a time."""

_READ = StoredText.__struct_fields__

_Begun = tuple[Sequence[Taggable], "Future[list[tuple[Tag, ...]]]"]


class Crew:
    """Tags studies as ``Tagger`` does, many of them in processes of its own, which end when it is closed.

    Args:
        taxonomy: where there is written what there is to be about; each helper reads it for itself.
        facets: the slugs of the facets to tag, all of them by default.
        helpers: how many processes may help, by default one for each processor but that of this process.

    Attributes:
        tagged: how many studies it has been told to begin with.

    Raises:
        ConfigError: the taxonomy is wrong, or lacks a facet.
    """

    def __init__(self, taxonomy: Path, facets: Collection[str] | None = None, helpers: int | None = None) -> None:
        alone = Tagger(load(taxonomy), facets)
        self.facets = alone.facets
        self.definitions = alone.definitions
        self.digest = alone.digest
        self.tag = alone.tag
        self._told = (taxonomy, facets, alone.digest)
        self._count = processors() - 1 if helpers is None else helpers
        self.tagged = 0
        self._pool: ProcessPoolExecutor | None = None
        self._begun: list[_Begun] = []

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)
            for helper in multiprocessing.active_children():
                helper.kill()  # where one was killed the pool may leave the others, and the program would wait for them

    def begin(self, studies: Sequence[Taggable]) -> None:
        """Have the helpers begin with studies that ``tag_all`` will be asked for.

        Raises:
            SourceError: a helper was killed.
        """
        self.tagged += len(studies)
        if self._count and self.tagged > MUCH and len(studies) > AT_ONCE:
            self._pool = self._pool or pool(self._count, _learn, *self._told)
            for part in batches(studies, AT_ONCE):
                with killing_told():
                    self._begun.append((part, self._pool.submit(_tag_some, list(map(_read_of, part)))))

    def tag_all(self, studies: Sequence[Taggable]) -> Iterator[tuple[Tag, ...]]:
        """The tags of each study in their order, as ``tag`` gives them; what no helper has come to is done here.

        Raises:
            SourceError: a helper was killed.
            ConfigError: the taxonomy has been changed.
        """
        begun = self._taken(studies)
        # by identity: a file may hold two versions of a study
        tags: dict[int, tuple[Tag, ...]] = {}
        for part, given in reversed(begun):
            if given.cancel():
                tags |= {id(study): self.tag(study) for study in part}
        for part, given in begun:
            if not given.cancelled():
                with killing_told():
                    tags |= zip(map(id, part), given.result(), strict=True)
        return (tags[id(study)] if id(study) in tags else self.tag(study) for study in studies)

    def _taken(self, studies: Sequence[Taggable]) -> list[_Begun]:
        """What was begun of these studies; what was begun before that is no longer asked for."""
        wanted = set(map(id, studies))
        asked = [not wanted.isdisjoint(map(id, part)) for part, _ in self._begun]
        taken = [begun for begun, is_asked in zip(self._begun, asked, strict=True) if is_asked]
        if taken:
            del self._begun[: len(asked) - asked[::-1].index(True)]
        return taken


def _read_of(study: Taggable) -> StoredText:
    """What a tagger reads of a study, which is less than there is to send."""
    return StoredText(*(getattr(study, name) for name in _READ))


_helper: list[Tagger | ConfigError] = []
"""The tagger of a process that helps, or why it has none."""


def _learn(taxonomy: Path, facets: Collection[str] | None, digest: str) -> None:
    """Read the taxonomy; to be handed all of it a helper would have to live until it has taken it from a pipe."""
    try:
        tagger = Tagger(load(taxonomy), facets)
        if tagger.digest != digest:
            raise ConfigError(f"{taxonomy} was changed while studies were tagged by it; run the command again")
        _helper.append(tagger)
    except ConfigError as error:
        _helper.append(error)


def _tag_some(texts: Sequence[StoredText]) -> list[tuple[Tag, ...]]:
    (tagger,) = _helper
    if isinstance(tagger, ConfigError):
        raise tagger
    return [tagger.tag(text) for text in texts]
