"""A digest as a page, as plain text and as an e-mail message."""

from __future__ import annotations

import re
from datetime import datetime
from email.headerregistry import Address, Group
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from textwrap import fill
from typing import Literal
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, select_autoescape

from harvest.config import Config
from harvest.errors import ConfigError
from harvest.home import SHIPPED
from harvest.mailbox import mailbox
from harvest.publish.digest import Digest

Form = Literal["text", "html", "eml"]

WIDTH = 78
"""Characters in a line of plain text (RFC 5322 asks for no more)."""

SUFFIXES: dict[Form, str] = {"text": "txt", "html": "html", "eml": "eml"}
"""What the name of a file of each form ends in."""


def written(digest: Digest, form: Form, config: Config, now: datetime) -> bytes:
    """A digest in one of its forms.

    Raises:
        ConfigError: a template of the home is wrong.
    """
    if form == "eml":
        return bytes(message(digest, config, now))
    return _rendered(digest, SUFFIXES[form], config).encode()


def message(digest: Digest, config: Config, now: datetime) -> EmailMessage:
    """A digest as a message with both its forms; no header holds anything of a study.

    Raises:
        ConfigError: a template of the home is wrong.
    """
    sender = _sender(digest, config)
    letter = EmailMessage(SMTP)
    letter["From"] = sender
    letter["To"] = _readers(config)
    letter["Subject"] = ("[Sample data] " if digest.is_sample else "") + f"{digest.title}: {digest.counts}"
    letter["Date"] = format_datetime(now)
    letter["Message-ID"] = make_msgid(domain=sender.domain)
    letter["List-Id"] = f"<digest.{_as_label(config.name)}.{sender.domain}>"
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answers of the absent, please
    letter.set_content(_rendered(digest, "txt", config))
    letter.add_alternative(_rendered(digest, "html", config), subtype="html")
    return letter


def _sender(digest: Digest, config: Config) -> Address:
    """Who sends it, by the name of the tracker where the recipe gives none."""
    mail = config.recipe.mail
    host = urlsplit(config.recipe.publish.address).hostname or "localhost"
    given = mailbox(mail.sender) if mail else Address(username="digest", domain=host)
    return Address(given.display_name or digest.title, given.username, given.domain)


def _readers(config: Config) -> Address | Group:
    """The reader; where there are several they are not told of each other."""
    readers = config.recipe.mail.to if config.recipe.mail else ()
    return mailbox(readers[0]) if len(readers) == 1 else Group("undisclosed-recipients")


def _as_label(name: str) -> str:
    """A name as a part of a domain name (RFC 2919)."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-") or "tracker"


def _rendered(digest: Digest, suffix: str, config: Config) -> str:
    """A digest by the home's template, or the shipped one where the home has none."""
    environment = Environment(
        loader=FileSystemLoader([config.home / "templates", SHIPPED / "templates"]),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["wrapped"] = _wrapped
    try:
        text = environment.get_template(f"digest/digest.{suffix}").render(digest=digest)
    except TemplateError as error:
        raise ConfigError(f"{config.home}/templates/digest/digest.{suffix}: {error}") from None
    return text.rstrip() + "\n"


def _wrapped(text: str, first: int = 0, others: int | None = None) -> str:
    """A paragraph in lines of plain text, the first and the others so far from the margin; no word is broken."""
    margins = " " * first, " " * (first if others is None else others)
    return fill(
        text,
        WIDTH,
        initial_indent=margins[0],
        subsequent_indent=margins[1],
        break_long_words=False,
        break_on_hyphens=False,
    )
