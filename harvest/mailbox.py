"""An e-mail address with or without a name, as the header of a message takes it."""

from __future__ import annotations

from email.errors import MessageError
from email.headerregistry import Address
from email.utils import getaddresses

WRONG = 'not an e-mail address such as name@example.org or "Name, in quotes" <name@example.org>'


def mailbox(text: str) -> Address:
    """Take an address apart.

    The name may be in any script, the address itself is plain ASCII, as not every mail server takes others (RFC 6531).

    Raises:
        ValueError: it is none, or more than one.
    """
    found = getaddresses([text]) if text.isprintable() else []
    if len(found) != 1 or not _is_plain(found[0][1]):
        raise ValueError(WRONG)
    try:
        return Address(display_name=found[0][0], addr_spec=found[0][1])
    except (MessageError, ValueError, IndexError):
        raise ValueError(WRONG) from None


def _is_plain(address: str) -> bool:
    name, _, domain = address.rpartition("@")
    return bool(name and domain) and address.isascii() and " " not in address
