"""A home's recipe and the environment, read into one value that is right or refused by the name of the key at fault."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from harvest.errors import ConfigError
from harvest.eutils import NCBI
from harvest.mailbox import mailbox
from harvest.sources.search import CAP


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def _web_address(text: str) -> str:
    if not _has_host(text):
        raise ValueError("not an http or https address")
    return text


def _has_host(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a bracket that is not closed, a port that is no number
        return False


def _contact(text: str) -> str:
    """An e-mail address that can stand in a User-Agent, which is printable ASCII (RFC 9110)."""
    if " " in text or not (text.isascii() and text.isprintable()):
        raise ValueError("not an e-mail address in plain ASCII without blanks")
    return text


def _mailbox(text: str) -> str:
    mailbox(text)
    return text


Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Contact = Annotated[str, AfterValidator(_contact)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
MOST_DAYS = 100_000
"""Back beyond the first study that PubMed lists, and still within the calendar."""


class Tracker(_Part):
    """What the tracker is called and which facets of the taxonomy it tags."""

    title: str
    facets: tuple[str, ...] = Field(min_length=1)


class Pubmed(_Part):
    """Where PubMed is and who is asking."""

    eutils: WebAddress = NCBI
    email: Contact = ""


class Limits(_Part):
    """How much at once, how far to look back, and how long without a successful harvest is too long."""

    first_days: int = Field(default=60, ge=1, le=MOST_DAYS)
    overlap_days: int = Field(default=14, ge=0, le=MOST_DAYS)
    revision_overlap_days: int = Field(default=3, ge=0, le=MOST_DAYS)
    recheck_days: int = Field(default=28, ge=1, le=MOST_DAYS)
    stale_days: int = Field(default=3, ge=1, le=MOST_DAYS)
    cap: int = Field(default=CAP, ge=1, le=CAP)


Abstracts = Literal["full", "excerpt", "link"]
"""How much of each abstract is passed on: all of it, its beginning, or only the way to PubMed."""


def _own_address(text: str) -> str:
    """The address of the site, without the slash that addresses below it begin with."""
    return _web_address(text).rstrip("/") if text else ""


class Publish(_Part):
    """What of it others may have, and how.

    ``address`` is that of the public site, empty where there is none; ``cors`` whether pages of other sites may read
    what programs are given; ``metrics`` whether a public site shows its figures for Prometheus.
    """

    abstracts: Abstracts = "full"
    address: Annotated[str, AfterValidator(_own_address)] = ""
    cors: bool = False
    metrics: bool = False

    @property
    def public_abstracts(self) -> Abstracts:
        """How much of each abstract the public is given: the beginning, unless the recipe says otherwise."""
        return self.abstracts if "abstracts" in self.model_fields_set else "excerpt"


class Digest(_Part):
    """How a digest puts new studies in order; an empty name asks for no such order.

    ``findings`` is the facet whose tags come first, with what was found, ``groups`` the one by which the others are
    grouped.
    """

    findings: str = ""
    groups: str = ""


class Mail(_Part):
    """The mail server that takes a digest, who sends it and who gets it.

    ``security`` says how the connection is encrypted: after STARTTLS, from its beginning (``tls``), or not at all, as
    with a server on the same machine. ``user`` is who logs in where a password is set, else the address of ``sender``.
    """

    host: str = Field(pattern=r"^[A-Za-z0-9_.:-]+$")
    port: int = Field(default=587, ge=1, le=65_535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    sender: Mailbox = Field(alias="from")
    to: tuple[Mailbox, ...] = Field(min_length=1)


class SearchEntry(_Part):
    """A search: a name and an expression in PubMed's language."""

    name: Name
    term: str = Field(min_length=1)

    @property
    def expression(self) -> str:
        """The term on one line."""
        return " ".join(self.term.split())


class FeedEntry(_Part):
    """A feed: a name and the address that PubMed issued."""

    name: Name
    url: WebAddress


class Recipe(_Part):
    """The whole recipe, key by key as in the file."""

    tracker: Tracker
    pubmed: Pubmed = Pubmed()
    limits: Limits = Limits()
    publish: Publish = Publish()
    digest: Digest = Digest()
    mail: Mail | None = None
    searches: tuple[SearchEntry, ...] = ()
    feeds: tuple[FeedEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """Where a home keeps its things, what its recipe says, and what only the environment may know."""

    home: Path
    name: str
    recipe: Recipe
    eutils: str
    email: str
    api_key: str
    smtp_password: str

    @property
    def database(self) -> Path:
        """The home's one database, named after the recipe."""
        return self.home / f"{self.name}.db"

    @property
    def taxonomy(self) -> Path:
        """The home's taxonomy: a folder of files, or one file where that is enough."""
        folder = self.home / "taxonomy"
        return folder if folder.is_dir() else self.home / "taxonomy.yaml"


def load(home: Path, environ: Mapping[str, str] = os.environ) -> Config:
    """Read the recipe of a home; the environment overrides or completes it.

    ``HARVEST_EUTILS``, ``NCBI_EMAIL``, ``NCBI_API_KEY`` and ``HARVEST_SMTP_PASSWORD`` are what may stand there.

    Raises:
        ConfigError: there is no home, or its recipe or the environment is wrong; the text names the key at fault.
    """
    try:
        path = _recipe_path(home)
        recipe = _recipe(path)
    except OSError as error:
        raise ConfigError(f"{error.filename}: cannot be read ({error.strerror})") from None
    _refuse_doubled_names(path, recipe)
    return Config(
        home=home,
        name=path.stem,
        recipe=recipe,
        eutils=_given(environ, "HARVEST_EUTILS", _web_address) or recipe.pubmed.eutils,
        email=_given(environ, "NCBI_EMAIL", _contact) or recipe.pubmed.email,
        api_key=environ.get("NCBI_API_KEY", "").strip(),
        smtp_password=environ.get("HARVEST_SMTP_PASSWORD", ""),
    )


Part = TypeVar("Part", bound=_Part)


def part(home: Path | None, kind: type[Part]) -> Part:
    """One part of a home's recipe, for a site, which must answer even where the recipe cannot be read.

    Returns:
        the part; its defaults where the recipe does not say, or says something wrong (``harvest check`` tells what).
    """
    path = next(iter(home.glob("*.toml")), None) if home else None
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8")) if path else {}
        return kind.model_validate(told.get(kind.__name__.lower(), {}))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError):
        return kind()


def _given(environ: Mapping[str, str], name: str, checked: Callable[[str], str]) -> str:
    """What the environment says under a name, or an empty text."""
    text = environ.get(name, "").strip()
    try:
        return checked(text) if text else ""
    except ValueError as error:
        raise ConfigError(f"{name}: {error}") from None


def _recipe_path(home: Path) -> Path:
    if not home.is_dir():
        raise ConfigError(f"{home}: no such folder; make a home with: harvest init {home}")
    recipes = sorted(home.glob("*.toml"))
    if len(recipes) != 1:
        found = ", ".join(path.name for path in recipes) or "none"
        raise ConfigError(f"{home}: a home has exactly one recipe (*.toml), here: {found}")
    return recipes[0]


def _recipe(path: Path) -> Recipe:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from None
    try:
        return Recipe.model_validate(raw)
    except ValidationError as error:
        raise ConfigError(f"{path}: " + "; ".join(_fault(fault) for fault in error.errors())) from None


def _fault(fault: Any) -> str:
    """One fault of the recipe in words: where, what, and the key that may have been meant."""
    key = ".".join(str(part) for part in fault["loc"])
    if fault["type"] != "extra_forbidden":
        return f"{key}: {fault['msg'].removeprefix('Value error, ')}"
    if key.endswith("api_key"):
        return f"{key}: an API key does not belong in a file that is published; set NCBI_API_KEY instead"
    if key == "mail.password":
        return f"{key}: a password does not belong in a file that is published; set HARVEST_SMTP_PASSWORD instead"
    known = _keys(fault["loc"][:-1])
    near = difflib.get_close_matches(str(fault["loc"][-1]), known, n=1)
    return f"{key}: unknown key" + (f", did you mean {near[0]}?" if near else f"; known are {', '.join(known)}")


def _keys(location: tuple[int | str, ...]) -> list[str]:
    """The keys that are known at a place of the recipe."""
    parts: dict[str, type[_Part]] = {
        "tracker": Tracker,
        "pubmed": Pubmed,
        "limits": Limits,
        "publish": Publish,
        "digest": Digest,
        "mail": Mail,
        "searches": SearchEntry,
        "feeds": FeedEntry,
    }
    part = parts[str(location[0])] if location else Recipe
    return [field.alias or name for name, field in part.model_fields.items()]


def _refuse_doubled_names(path: Path, recipe: Recipe) -> None:
    names = [search.name for search in recipe.searches] + [feed.name for feed in recipe.feeds]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise ConfigError(f"{path}: two sources are named {doubled[0]}")
    if not names:
        raise ConfigError(f"{path}: no source; add [[searches]] or [[feeds]]")
