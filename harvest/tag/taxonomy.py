"""The taxonomy: what a subject's studies can be about, as data that a clinician can read and edit.

A taxonomy is a YAML file, or a folder of them, of three parts. ``subject`` names what the tracker follows. ``signals``
are wordings that say something about a sentence or a record without being a tag (a repeated course, an adverse event),
and durations. ``facets`` are the questions asked of every study: most hold tags, and each tag lists groups of
``terms``: phrases, MeSH headings and publication types that speak for it, how much they weigh, and the context that
they need. What a facet found is a signal to others, ``facet:tag``. How phrases are written is told in
``harvest.tag.terms``, how points add up in ``harvest.tag.decision``.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from harvest.errors import ConfigError
from harvest.model import FacetKind, Finding
from harvest.tag.sentences import ROLES, Role
from harvest.tag.terms import check

SUBJECT = "subject"
"""The built-in signal of a sentence, or a record, that names the subject."""

FOCUS = "focus"
"""The built-in signal of a record that is about the subject, not one that mentions it in passing."""

TITLED = "titled"
"""The built-in signal of a record whose title names the subject."""

ABSTRACT = "abstract"
"""The built-in signal of a record that has an abstract."""

BUILT_IN = frozenset({SUBJECT, FOCUS, TITLED, ABSTRACT})


PLACEHOLDER = "<subject>"
"""Stands in a phrase for any name of the subject."""


_BRACKETS = re.compile(r"(\([^()]*\))")


def _phrase(text: str) -> str:
    if fault := check(text.replace(PLACEHOLDER, "subject")):
        raise ValueError(f"invalid phrase {text!r}: {fault}")
    return text


Phrase = Annotated[str, AfterValidator(_phrase)]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
SignalName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*(:[a-z][a-z0-9_-]*)?$")]
"""A signal's slug, or ``facet:tag`` for a tag that another facet has given."""

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
    """Wordings, durations of at least so many ``days``, or ages, that give context to the terms around them.

    ``ages`` are the lowest and the highest of the ages meant, in years. Where the title has a ``pervasive`` signal
    every sentence has it.
    """

    slug: Slug
    phrases: tuple[Phrase, ...] = ()
    days: Annotated[int, Field(gt=0)] | None = None
    ages: tuple[int, int] | None = None
    pervasive: bool = False

    @model_validator(mode="after")
    def _says_something(self) -> Signal:
        if not self.phrases and self.days is None and self.ages is None:
            raise ValueError("a signal needs phrases, days or ages")
        return self


class Terms(_Entry):
    """Phrases, MeSH headings and publication types that speak for a tag.

    A mention counts ``points`` in a sentence of the record's own work. ``near`` lists signals one of which the sentence
    must have, ``beside`` such as must stand close by in it, ``apart`` such as it must not have; ``needs`` and
    ``unless`` ask the same of the record; ``places`` limits where the mention may stand. ``signal`` takes the mentions
    of a signal as if they were phrases. ``major`` counts a MeSH heading only where it is a major topic. ``plain``
    mentions count in full wherever they stand; ``most`` is what all mentions of the group together count at most.
    """

    phrases: tuple[Phrase, ...] = ()
    signal: Slug | None = None
    mesh: dict[Ui, Text] = {}
    major: bool = False
    publication_types: dict[Ui, Text] = {}
    points: Annotated[float, Field(gt=0, le=10)] = 1.0
    most: Annotated[float, Field(gt=0)] = math.inf
    plain: bool = False
    places: frozenset[Role] = ROLES
    near: frozenset[SignalName] = frozenset()
    beside: frozenset[SignalName] = frozenset()
    apart: frozenset[SignalName] = frozenset()
    needs: frozenset[SignalName] = frozenset()
    unless: frozenset[SignalName] = frozenset()

    @model_validator(mode="after")
    def _says_something(self) -> Terms:
        if not (self.phrases or self.mesh or self.publication_types or self.signal):
            raise ValueError("a group of terms needs phrases, a signal, mesh or publication_types")
        return self

    @property
    def local_signals(self) -> Iterator[str]:
        """The signals that the group asks of a sentence."""
        yield from (*self.near, *self.beside, *self.apart)
        if self.signal:
            yield self.signal


class TagEntry(_Entry):
    """One tag: its slug and label, what it means, the broader tags that it implies, and what speaks for it.

    ``synonyms`` are what readers call it when they search; they are shown to them and tag nothing. ``needs`` lists
    signals one of which the record must have, ``unless`` such as it must not have. ``misleading`` phrases contain words
    of the terms and mean something else: what stands inside one is no mention. ``confined`` tells for a signal where
    alone a mention counts in records that have it. ``findings`` adds to those of the facet.
    """

    slug: Slug
    label: Text
    definition: Text
    synonyms: tuple[Phrase, ...] = ()
    parents: tuple[Slug, ...] = ()
    needs: frozenset[SignalName] = frozenset()
    unless: frozenset[SignalName] = frozenset()
    terms: Annotated[tuple[Terms, ...], Field(min_length=1)]
    misleading: tuple[Phrase, ...] = ()
    confined: dict[SignalName, frozenset[Role]] = {}
    findings: dict[Finding, tuple[Slug, ...]] = {}

    @property
    def local_signals(self) -> set[str]:
        """The signals that the tag asks of a sentence."""
        return {
            *(signal for terms in self.terms for signal in terms.local_signals),
            *(signal for signals in self.findings.values() for signal in signals),
        }

    @property
    def record_signals(self) -> set[str]:
        """The signals that the tag asks of a record."""
        return {signal for terms in self.terms for signal in terms.needs | terms.unless}.union(
            self.needs, self.unless, self.confined
        )


class Facet(_Entry):
    """A question asked of every study.

    ``kind`` ``list`` allows any number of tags, ``single`` gives the one with the most points, ``number`` has no tags:
    its reader goes by its slug (``harvest.tag.tagger.READERS``). A study without one of ``needs``, or with one of
    ``unless``, is not asked. A sentence that names ``crowd`` tags or more enumerates: its mentions count half.
    ``findings`` lists, for each value that a finding can have, the signals that speak for it; a facet that has any
    tells with each tag what was found.
    """

    slug: Slug
    label: Text
    definition: Text
    kind: FacetKind = "list"
    needs: frozenset[SignalName] = frozenset()
    unless: frozenset[SignalName] = frozenset()
    crowd: Annotated[int, Field(ge=2)] | None = None
    findings: dict[Finding, tuple[Slug, ...]] = {}
    tags: tuple[TagEntry, ...] = ()

    @model_validator(mode="after")
    def _has_tags(self) -> Facet:
        if (self.kind == "number") == bool(self.tags):
            raise ValueError("a facet of numbers has no tags" if self.tags else "a facet needs tags")
        return self

    @property
    def record_signals(self) -> set[str]:
        """The signals that the facet and its tags ask of a record."""
        return {*self.needs, *self.unless}.union(*(tag.record_signals for tag in self.tags))

    @property
    def builds_on(self) -> set[str]:
        """The slugs of the facets whose tags are signals to this one."""
        return {signal.partition(":")[0] for signal in self.record_signals if ":" in signal}

    def ancestors(self, slug: str) -> set[str]:
        """The slugs of every broader tag that a tag implies."""
        parents = next(tag.parents for tag in self.tags if tag.slug == slug)
        return set(parents).union(*map(self.ancestors, parents))


class Taxonomy(_Entry):
    """A whole taxonomy, its facets and tags in the order of the file or files."""

    subject: Subject
    signals: tuple[Signal, ...] = ()
    facets: Annotated[tuple[Facet, ...], Field(min_length=1)]

    @property
    def digest(self) -> str:
        """A digest of all that is said, whatever the layout of the file: tags made with another one are out of date."""
        return hashlib.blake2b(repr(_canonical(self.model_dump())).encode(), digest_size=16).hexdigest()

    def needed_for(self, slugs: Iterable[str]) -> list[Facet]:
        """The facets of these slugs and those that they build on, each after what it builds on."""
        by_slug = {facet.slug: facet for facet in self.facets}
        order = TopologicalSorter({slug: sorted(facet.builds_on) for slug, facet in by_slug.items()}).static_order()
        waiting, needed = list(slugs), set[str]()
        while waiting:
            slug = waiting.pop()
            if slug not in needed:
                needed.add(slug)
                waiting += by_slug[slug].builds_on
        return [by_slug[slug] for slug in order if slug in needed]


def _canonical(value: Any) -> Any:
    """The value with its sets in order: theirs differs from one process to the next."""
    if isinstance(value, Mapping):
        return {key: _canonical(inner) for key, inner in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    return [_canonical(inner) for inner in value] if isinstance(value, tuple | list) else value


def load(path: Path) -> Taxonomy:
    """The taxonomy in a YAML file, or in all those of a folder: their parts are put together, file by file.

    Raises:
        ConfigError: a file cannot be read or an entry of it is wrong; the text names the entry.
    """
    raw = _merged([(file, _raw(file)) for file in _files(path)])
    try:
        taxonomy = Taxonomy.model_validate(raw)
    except ValidationError as error:
        raise ConfigError(f"{path}: {_at_fault(error, raw)}") from error
    if fault := next(_faults(taxonomy), None):
        raise ConfigError(f"{path}: {fault}")
    return taxonomy


def _files(path: Path) -> Sequence[Path]:
    return sorted(path.glob("*.yaml")) if path.is_dir() else [path]


def _raw(path: Path) -> Any:
    """What a file says, its mappings from slug to entry as lists of entries that know their slug."""
    try:
        return _listed(yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader))  # noqa: S506 - a SafeLoader
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not YAML: {_one_line(error)}") from error


def _merged(files: Sequence[tuple[Path, Any]]) -> Any:
    """What all files say together.

    Raises:
        ConfigError: two of them have the same entry.
    """
    if len(files) == 1:
        return files[0][1]
    whole: dict[str, Any] = {}
    for path, raw in files:
        for part, value in raw.items() if isinstance(raw, Mapping) else [("", raw)]:
            if part in whole and not (isinstance(value, list) and isinstance(whole[part], list)):
                raise ConfigError(f"{path}: {part}: another file has this already")
            whole[part] = [*whole[part], *value] if part in whole else value
    return whole


class _Loader(yaml.CSafeLoader):
    """Reads YAML by libyaml, which PyYAML's wheels bring along; refuses a key that stands twice in one mapping."""

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
    yield from _doubles("facets", [facet.slug for facet in taxonomy.facets])
    yield from _doubles("signals", [*BUILT_IN, *(signal.slug for signal in taxonomy.signals)])
    for facet in taxonomy.facets:
        yield from _faulty_parents(facet)
        yield from _unknown_signals(facet, taxonomy)
    try:
        taxonomy.needed_for(())
    except CycleError as error:
        yield f"facets > {error.args[1][0]}: a cycle: {' > '.join(error.args[1])} build on each other"


def _doubles(part: str, slugs: Sequence[str]) -> Iterator[str]:
    yield from (f"{part} > {slug}: duplicate entry" for slug in dict.fromkeys(slugs) if slugs.count(slug) > 1)


def _unknown_signals(facet: Facet, taxonomy: Taxonomy) -> Iterator[str]:
    """The signals that a facet asks for and nothing gives; tags are signals to records, not to sentences."""
    signals = {*BUILT_IN, *(signal.slug for signal in taxonomy.signals)}
    given = {f"{other.slug}:{tag.slug}" for other in taxonomy.facets if other is not facet for tag in other.tags}
    told = {signal for signals in facet.findings.values() for signal in signals}
    entries = [(facet.slug, {*facet.needs, *facet.unless}, told)]
    entries += [(f"{facet.slug} > {tag.slug}", tag.record_signals, tag.local_signals) for tag in facet.tags]
    for name, of_record, of_sentence in entries:
        for signal in sorted((of_record - signals - given) | (of_sentence - signals)):
            yield f"{name}: unknown signal {signal!r}"


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
