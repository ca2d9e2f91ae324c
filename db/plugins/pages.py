"""What the pages of a home show beside what Datasette gives them: saved queries and plain words."""

import re
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment
from pluggy import HookimplMarker

hookimpl = HookimplMarker("datasette")

_NOTICES = {"retracted": "Retracted", "concern": "Expression of concern", "corrected": "Corrected"}

_SPELLINGS = {"pmid": "PMID", "pubmed": "PubMed", "mesh": "MeSH", "doi": "DOI", "long term": "long-term"}

_TAGS_ON_OFFER = "select tag, label from tags where facet = :facet order by rowid"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a saved query finds with nothing filled in."""

    query: str
    title: str
    description: str
    rows: list[Any]


@hookimpl
def prepare_jinja2_environment(env: Environment, datasette: Any) -> None:
    """Give templates what they ask the database with, and two filters."""

    async def saved_queries(database: str) -> list[dict[str, str]]:
        return list((await datasette.get_canned_queries(database, None)).values())

    async def answer_to(database: str, query: str) -> Answer:
        saved = await datasette.get_canned_query(database, query, None)
        rows = await datasette.get_database(database).execute(saved["sql"], dict.fromkeys(saved["params"], ""))
        return Answer(query, saved["title"], saved["description"], list(rows))

    async def tags_on_offer(database: str, facet: str) -> list[Any]:
        return list(await datasette.get_database(database).execute(_TAGS_ON_OFFER, {"facet": facet}))

    env.globals.update(
        saved_queries=saved_queries,
        answer_to=answer_to,
        tags_on_offer=tags_on_offer,
    )
    env.filters["in_words"] = in_words
    env.filters["notice_in_words"] = _NOTICES.get


def in_words(name: str) -> str:
    """A name of the schema or of PubMed's as words: ``long_term_effect``, ``ExpressionOfConcernIn``."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.replace("edand", "ed and")).replace("_", " ").lower()
    for plain, spelt in _SPELLINGS.items():
        apart = apart.replace(plain, spelt)
    return apart[:1].upper() + apart[1:]
