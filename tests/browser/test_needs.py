"""Tests that need a program are skipped where it is missing, but never in CI."""

from __future__ import annotations

import sys

import pytest

from tests.browser.conftest import needs


def test_a_program_that_is_there_is_found() -> None:
    """By where it is."""
    assert needs(sys.executable, "python3") == sys.executable


def test_a_missing_program_skips_a_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the reason and the remedy."""
    monkeypatch.delenv("CI", raising=False)
    # what a skip raises: this test skips nothing
    with pytest.raises(pytest.skip.Exception, match="apt-get install no-such-package"):
        needs("no-such-program", "no-such-package")


def test_a_missing_program_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody would see that the test did not run."""
    monkeypatch.setenv("CI", "1")
    with pytest.raises(pytest.fail.Exception, match="CI must not skip"):
        needs("no-such-program", "no-such-package")
