"""Every error that this program expects, in one tree.

    HarvestError                 one clear line on stderr and an exit code
    ├── ConfigError              the recipe, the taxonomy or the command line is wrong (exit 2)
    ├── LockedError              another run holds the home (exit 3)
    ├── SourceError              a source or a file did not deliver (exit 1)
    │   ├── TransportError       no answer: refused, timed out, cut, or an HTTP status that is an error
    │   └── PayloadError         an answer that is not what was asked for: HTML, an ERROR body, truncated XML
    ├── DeliveryError            a digest could not be sent or written (exit 1)
    └── StoreError               the database cannot be used: locked, full, newer than the program (exit 1)

Anything else that is raised is a bug and keeps its traceback.
"""

from __future__ import annotations


class HarvestError(Exception):
    """An expected failure; its text is one line that names what failed and what to do."""

    exit_code = 1


class ConfigError(HarvestError):
    """The recipe, the taxonomy or the command line is wrong; the text names the key or entry at fault."""

    exit_code = 2


class LockedError(HarvestError):
    """Another process is writing to this home."""

    exit_code = 3


class SourceError(HarvestError):
    """A source or a file did not deliver what it should.

    Args:
        message: one line for the reader.
        retryable: whether the same request may succeed if it is sent again shortly.
        retry_after: seconds that the server asked to wait first.
    """

    def __init__(self, message: str, *, retryable: bool = False, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.retryable = retryable
        self.retry_after = retry_after


class TransportError(SourceError):
    """No usable answer came: refused, timed out, cut off, or an HTTP status that is an error."""


class PayloadError(SourceError):
    """An answer came and is not what was asked for."""


class DeliveryError(HarvestError):
    """A digest did not reach those whom it was meant for."""


class StoreError(HarvestError):
    """The database cannot be read or written as needed."""
