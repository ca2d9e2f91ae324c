"""The pages that every reader comes to, one of each kind."""

from __future__ import annotations

from tests.browser.told import LONG_TRIAL
from tests.db.hostile import FIRST, payloads

RETRACTED = 970_000_213
"""A retracted study of the sample corpus."""

NOTICE = 970_000_214
"""The notice of its retraction."""

PAGES = (
    "/",
    "/search",
    "/search?q=depression&species=human&followup=28",
    "/search?q=nothingofthekind",
    f"/study/{LONG_TRIAL}",
    f"/study/{LONG_TRIAL}?tag=long_term_effect:cognition",
    f"/study/{RETRACTED}",
    "/tag/condition/depression",
    "/tag/long_term_effect/cognition",
    "/matrix",
    "/about",
    "/completeness",
)
"""Pages of the sample home."""

HOSTILE_PAGES = (
    "/",
    "/search?q=ketamine&size=100",
    *(f"/study/{FIRST + place}" for place in range(len(payloads()) + 2)),
    f"/study/{FIRST}?tag=long_term_effect:cognition",
    "/tag/condition/depression",
    "/matrix",
    "/completeness",
)
"""Pages of the home of studies out to harm."""
