"""The taxonomy: what a subject's studies can be about, as data that a clinician can read and edit.

A taxonomy is a YAML file of three parts. ``subject`` names what the tracker follows. ``signals`` are wordings that say
something about a sentence or a record without being a tag (a repeated course, an adverse event), and durations.
``facets`` hold the tags. Each tag lists groups of ``terms``: phrases and MeSH headings that speak for it, how much they
weigh, and the context that they need. How phrases are written is told in ``harvest.tag.terms``, how points add up in
``harvest.tag.decision``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from harvest.errors import ConfigError
from harvest.tag.sentences import Role
from harvest.tag.terms import check

SUBJECT = "subject"
"""The built-in signal of a sentence, or a record, that names the subject."""

FOCUS = "focus"
"""The built-in signal of a record that is about the subject, not one that mentions it in passing."""


PLACEHOLDER = "<subject>"
"""Stands in a phrase for any name of the subject."""


_BRACKETS = re.compile(r"(\([^()]*\))")


def _phrase(text: str) -> str:
    if fault := check(text.replace(PLACEHOLDER, "subject")):
        raise ValueError(f"invalid phrase {text!r}: {fault}")
    return text


Phrase = Annotated[str, AfterValidator(_phrase)]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
Ui = Annotated[str, Field(pattern=r"^[DC][0-9]{6,9}$")]
Text = Annotated[str, Field(min_length=1)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Subject(_Entry):
    """What the tracker follows; ``<subject>`` in a phrase stands for any of its ``names``."""

    names: Annotated[tuple[Phrase, ...], Field(min_length=1)]
    mesh: dict[Ui, Text] = {}

    def named_in(self, phrase: str) -> str:
        """The phrase with the names in place of ``<subject>``, as alternatives."""
        return "".join(
            f"({self._alternatives(piece[1:-1])})" if piece.startswith("(") else self._outside(piece)
            for piece in _BRACKETS.split(phrase)
        )

    def _alternatives(self, inside: str) -> str:
        """What stands inside brackets, with one alternative for each name."""
        choices = (choice.replace(PLACEHOLDER, name) for choice in inside.split("|") for name in self._needed(choice))
        return "|".join(choices)

    def _needed(self, choice: str) -> tuple[str, ...]:
        return self.names if PLACEHOLDER in choice else ("",)

    def _outside(self, piece: str) -> str:
        return piece.replace(PLACEHOLDER, f"({'|'.join(self.names)})")


class Signal(_Entry):
    """Wordings, or durations of at least so many ``days``, that give context to the terms around them.

    Where the title has a ``pervasive`` signal every sentence has it.
    """

    slug: Slug
    phrases: tuple[Phrase, ...] = ()
    days: Annotated[int, Field(gt=0)] | None = None
    pervasive: bool = False

    @model_validator(mode="after")
    def _says_something(self) -> Signal:
        if not self.phrases and self.days is None:
            raise ValueError("a signal needs phrases or days")
        return self


class Terms(_Entry):
    """Phrases and MeSH headings that speak for a tag.

    A mention counts ``points`` in a sentence of the record's own work. ``near`` lists signals one of which the sentence
    must have, ``apart`` such as it must not have; ``needs`` and ``unless`` ask the same of the record; ``places``
    limits where the mention may stand. ``signal`` takes the mentions of a signal as if they were phrases.
    """

    phrases: tuple[Phrase, ...] = ()
    signal: Slug | None = None
    mesh: dict[Ui, Text] = {}
    points: Annotated[float, Field(gt=0, le=4)] = 1.0
    places: frozenset[Role] = frozenset(get_args(Role))
    near: frozenset[Slug] = frozenset()
    apart: frozenset[Slug] = frozenset()
    needs: frozenset[Slug] = frozenset()
    unless: frozenset[Slug] = frozenset()

    @model_validator(mode="after")
    def _says_something(self) -> Terms:
        if not (self.phrases or self.mesh or self.signal):
            raise ValueError("a group of terms needs phrases, a signal or mesh")
        return self

    @property
    def signals(self) -> Iterator[str]:
        """Every signal that the group refers to."""
        yield from (*self.near, *self.apart, *self.needs, *self.unless)
        if self.signal:
            yield self.signal


class TagEntry(_Entry):
    """One tag: its slug and label, what it means, the broader tags that it implies, and what speaks for it.

    ``needs`` lists signals one of which the record must have. ``misleading`` phrases contain words of the terms and
    mean something else: what stands inside one is no mention. ``confined`` tells for a signal where alone a mention
    counts in records that have it.
    """

    slug: Slug
    label: Text
    definition: Text
    parents: tuple[Slug, ...] = ()
    needs: frozenset[Slug] = frozenset()
    terms: Annotated[tuple[Terms, ...], Field(min_length=1)]
    misleading: tuple[Phrase, ...] = ()
    confined: dict[Slug, frozenset[Role]] = {}

    @property
    def signals(self) -> set[str]:
        """Every signal that the tag refers to."""
        return {signal for terms in self.terms for signal in terms.signals} | self.needs | self.confined.keys()


class Facet(_Entry):
    """A question asked of every study. ``kind`` ``list`` allows any number of tags.

    A sentence that names ``crowd`` tags or more enumerates: its mentions count half.
    """

    slug: Slug
    label: Text
    definition: Text
    kind: Literal["list"] = "list"
    crowd: Annotated[int, Field(ge=2)] | None = None
    tags: Annotated[tuple[TagEntry, ...], Field(min_length=1)]

    def ancestors(self, slug: str) -> set[str]:
        """The slugs of every broader tag that a tag implies."""
        parents = next(tag.parents for tag in self.tags if tag.slug == slug)
        return set(parents).union(*map(self.ancestors, parents))


class Taxonomy(_Entry):
    """A whole taxonomy, its facets and tags in the order of the file."""

    subject: Subject
    signals: tuple[Signal, ...] = ()
    facets: Annotated[tuple[Facet, ...], Field(min_length=1)]

    @property
    def digest(self) -> str:
        """A digest of all that is said, whatever the layout of the file: tags made with another one are out of date."""
        return hashlib.blake2b(repr(_canonical(self.model_dump())).encode(), digest_size=16).hexdigest()


def _canonical(value: Any) -> Any:
    """The value with its sets in order: theirs differs from one process to the next."""
    if isinstance(value, Mapping):
        return {key: _canonical(inner) for key, inner in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    return [_canonical(inner) for inner in value] if isinstance(value, tuple | list) else value


def load(path: Path) -> Taxonomy:
    """The taxonomy in a YAML file.

    Raises:
        ConfigError: the file cannot be read or an entry of it is wrong; the text names the entry.
    """
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not YAML: {_one_line(error)}") from error
    try:
        taxonomy = Taxonomy.model_validate(_listed(raw))
    except ValidationError as error:
        raise ConfigError(f"{path}: {_at_fault(error, _listed(raw))}") from error
    if fault := next(_faults(taxonomy), None):
        raise ConfigError(f"{path}: {fault}")
    return taxonomy


class _Loader(yaml.SafeLoader):
    """Reads YAML, refusing a key that stands twice in one mapping."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"duplicate entry {key.value!r}", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _one_line(error: Exception) -> str:
    return re.sub(r"\s+", " ", str(error))


def _listed(raw: Any) -> Any:
    """The file's mappings from slug to entry as lists of entries that know their slug."""
    if not isinstance(raw, Mapping):
        return raw
    listed = {key: _named(value) if key in ("signals", "facets") else value for key, value in raw.items()}
    if isinstance(listed.get("facets"), list):
        listed["facets"] = [_with_tags(facet) for facet in listed["facets"]]
    return listed


def _named(entries: Any) -> Any:
    if not isinstance(entries, Mapping):
        return entries
    return [{**(entry if isinstance(entry, Mapping) else {}), "slug": slug} for slug, entry in entries.items()]


def _with_tags(facet: dict[str, Any]) -> dict[str, Any]:
    return {**facet, "tags": _named(facet["tags"])} if "tags" in facet else facet


def _at_fault(error: ValidationError, raw: Any) -> str:
    """The fault to mend first, at a path that names entries by their slugs; a misspelt key explains a missing one."""
    first = min(error.errors(), key=lambda fault: fault["type"] != "extra_forbidden")
    path, here = [], raw
    for step in first["loc"]:
        here = _step(here, step)
        named = isinstance(step, int) and isinstance(here, Mapping) and "slug" in here
        path.append(str(here["slug"] if named else step))
    message = "unknown key" if first["type"] == "extra_forbidden" else first["msg"].removeprefix("Value error, ")
    return f"{' > '.join(path)}: {message}"


def _step(here: Any, step: int | str) -> Any:
    try:
        return here[step]
    except (KeyError, IndexError, TypeError):
        return None


def _faults(taxonomy: Taxonomy) -> Iterator[str]:
    signals = {SUBJECT, FOCUS, *(signal.slug for signal in taxonomy.signals)}
    for facet in taxonomy.facets:
        yield from _faulty_parents(facet)
        for tag in facet.tags:
            for name in sorted(tag.signals - signals):
                yield f"{facet.slug} > {tag.slug}: unknown signal {name!r}"


def _faulty_parents(facet: Facet) -> Iterable[str]:
    slugs = {tag.slug for tag in facet.tags}
    for tag in facet.tags:
        for parent in tag.parents:
            if parent not in slugs:
                return [f"{facet.slug} > {tag.slug} > parents: unknown parent {parent!r}"]
    try:
        TopologicalSorter({tag.slug: tag.parents for tag in facet.tags}).prepare()
    except CycleError as error:
        return [f"{facet.slug} > {error.args[1][0]} > parents: a cycle: {' > '.join(error.args[1])}"]
    return []
