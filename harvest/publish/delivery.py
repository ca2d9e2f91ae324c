"""The ways by which a digest reaches its readers: what is running, a folder, the mail."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from harvest.config import Config
from harvest.errors import ConfigError, DeliveryError
from harvest.publish import mail
from harvest.publish.digest import Digest
from harvest.publish.letter import SUFFIXES, Form, message, written

Delivery = Callable[[Digest], str | None]
"""Brings a digest to its readers; raises an error if it reached none, else returns what went wrong for some."""


def to_stream(stream: BinaryIO, form: Form, config: Config) -> Delivery:
    """Write a digest to a stream."""

    def deliver(digest: Digest) -> None:
        content = written(digest, form, config, _now())
        try:
            stream.write(content)
            stream.flush()
        except OSError as error:
            _give_up(stream)
            raise DeliveryError(
                f"digest not written ({error.strerror}); the next one will tell what it would have"
            ) from None

    return deliver


def _give_up(stream: BinaryIO) -> None:
    """Lead a stream that cannot be written to nowhere: what it still holds would fail once more when Python ends."""
    with suppress(OSError), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())


def to_folder(folder: Path, form: Form, config: Config) -> Delivery:
    """Write a digest to a file of its own, named after the home and the moment (UTC); half a file is never seen."""

    def deliver(digest: Digest) -> None:
        now = _now()
        content = written(digest, form, config, now)
        path = folder / f"{config.name}-digest-{now:%Y-%m-%dT%H%M%SZ}.{SUFFIXES[form]}"
        unfinished = path.with_name(f".{path.name}.part")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(content)
            unfinished.replace(path)
        except OSError as error:
            with suppress(OSError):
                unfinished.unlink()
            told = f"{path}: digest not written ({error.strerror}); the next one will tell what it would have"
            raise DeliveryError(told) from None

    return deliver


def by_mail(config: Config) -> Delivery:
    """Send a digest as the recipe says.

    Raises:
        ConfigError: the recipe does not say how.
    """
    settings = config.recipe.mail
    if settings is None:
        raise ConfigError(
            f"{config.home / config.name}.toml: mail: no server to send by; add [mail] with host, from and to"
        )
    return lambda digest: mail.send(message(digest, config, _now()), settings, config.smtp_password)


def _now() -> datetime:
    return datetime.now(UTC)
