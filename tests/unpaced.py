"""The command line without NCBI's pace, for a local PubMed that sets none.

``python -m tests.unpaced [--room BYTES] ARGUMENTS`` is ``harvest ARGUMENTS``; no file grows beyond ``BYTES``.
"""

from __future__ import annotations

import resource
import sys

import pytest

from harvest.cli import main


def lift_pace(patch: pytest.MonkeyPatch) -> None:
    """Send requests at once, and again at once after an error."""
    patch.setattr("harvest.http.Pacer.wait", lambda _: None)
    patch.setattr("harvest.http._backoff", lambda _: 0.0)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if arguments[0] == "--room":
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(arguments[1]), int(arguments[1])))
        arguments = arguments[2:]
    with pytest.MonkeyPatch.context() as patch:
        lift_pace(patch)
        main(arguments)
