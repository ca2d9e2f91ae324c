"""Sends a message by SMTP."""

from __future__ import annotations

import base64
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage

from harvest.config import Mail
from harvest.errors import ConfigError, DeliveryError
from harvest.mailbox import mailbox
from harvest.publish.items import shortened

SECONDS = 30
"""How long an answer of the mail server is waited for."""

ANSWER_SHOWN = 200
"""Characters of a server's answer that are told."""

_HERE = ("localhost", "127.0.0.1", "::1")


def send(message: EmailMessage, mail: Mail, password: str) -> str | None:
    """Send a message to all readers.

    Args:
        message: the message.
        mail: the server, the sender and the readers.
        password: what the sender logs in with; empty where the server asks for none.

    Returns:
        Which readers the server refused, and why; ``None`` where it took the message for all.

    Raises:
        ConfigError: the password would travel in the clear.
        DeliveryError: the server took the message for nobody.
    """
    if password and mail.security == "none" and mail.host not in _HERE:
        raise ConfigError("mail.security: none would send HARVEST_SMTP_PASSWORD in the clear; use starttls or tls")
    readers = [mailbox(one).addr_spec for one in mail.to]
    try:
        refused = _sent(message, mail, password, readers)
    except (OSError, UnicodeError) as error:  # an SMTPException is an OSError; a host that is no name a UnicodeError
        told = _secretless(_reason(error), password)
        raise DeliveryError(
            f"digest not sent by {mail.host}:{mail.port}: {told}; the next one will tell what it would have"
        ) from None
    if not refused:
        return None
    told = ", ".join(f"{reader} ({_answer(*answer)})" for reader, answer in refused.items())
    return f"digest sent, but {mail.host}:{mail.port} refused it for {_secretless(told, password)}"


def _sent(message: EmailMessage, mail: Mail, password: str, readers: list[str]) -> dict[str, tuple[int, bytes]]:
    """Hand a message over; returns the answers to the readers that were refused."""
    sender = mailbox(mail.sender).addr_spec
    server = _connected(mail)
    try:
        if password:
            server.login(mail.user or sender, password)
        return server.send_message(message, sender, readers)
    finally:
        with suppress(OSError):  # a farewell that fails takes nothing back
            server.quit()
        server.close()


def _connected(mail: Mail) -> smtplib.SMTP:
    if mail.security == "tls":
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=SECONDS, context=ssl.create_default_context())
    server = smtplib.SMTP(mail.host, mail.port, timeout=SECONDS)
    if mail.security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):  # what the server says may repeat what was sent to it
        return f"user or password refused ({error.smtp_code})"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "no reader accepted: " + ", ".join(_answer(*answer) for answer in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    return shortened(getattr(error, "strerror", None) or str(error) or type(error).__name__, ANSWER_SHOWN)


def _answer(code: int, text: bytes | str) -> str:
    """What a server answered, on one line."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {shortened(words, ANSWER_SHOWN)}".strip()


def _secretless(text: str, password: str) -> str:
    """A text without the password, as it is or as it travelled."""
    travelled = base64.b64encode(password.encode()).decode()
    for secret in filter(None, (password, travelled)):
        text = text.replace(secret, "[redacted]")
    return text
