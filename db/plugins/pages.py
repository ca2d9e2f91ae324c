"""What the pages of a home show beside what Datasette gives them: the front page, a study, a saved query."""

import re
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment
from pluggy import HookimplMarker

hookimpl = HookimplMarker("datasette")

_FRONT_PAGE = {
    "counts": """
        select count(*) as studies,
          (select count(*) from studies where entered >= date('now', '-30 days')) as recent
        from studies
    """,
    "newest": """
        select pmid, title, journal, publication_date, entered, notice from studies
        order by entered desc, pmid desc limit 10
    """,
    "tags": """
        select facet, tag, label,
          (select count(*) from study_tags where facet = tags.facet and tag = tags.tag) as studies
        from tags where facet in ('condition', 'long_term_effect') order by rowid
    """,
}

_STUDY_PAGE = {
    "sections": "select label, category, text from sections where pmid = :pmid and section > 0 order by section",
    "other_abstracts": "select type, language, text from other_abstracts where pmid = :pmid order by position",
    "authors": """
        select name, orcid, role, affiliation from study_authors join authors on authors.id = author_id
        where pmid = :pmid order by position
    """,
    "tags": """
        select facet, facets.position as place, facets.label as question, tag, tags.label, tags.definition, finding,
          (
            select phrase from tag_evidence as told
            where told.pmid = :pmid and told.facet = tags.facet and told.tag = tags.tag and role = 'finding'
          ) as sentence,
          f1, low, high, n, measured_on
        from study_tags join tags using (facet, tag) join facets using (facet) left join (
          select facet, tag, f1, low, high, n, measured_on, max(measured_at) from tag_accuracy group by facet, tag
        ) using (facet, tag)
        where pmid = :pmid order by place, tags.rowid
    """,
    "evidence": """
        select facet, tag, basis, phrase, section from tag_evidence where pmid = :pmid and role = 'tag'
        group by facet, tag, basis, lower(phrase), section = 0 order by min(position)
    """,
    "links": """
        select kind, other_pmid, citation, note, stated,
          exists (select 1 from studies where pmid = other_pmid) as is_held
        from links where pmid = :pmid order by position
    """,
    "publication_types": """
        select name from study_publication_types join publication_types using (ui) where pmid = :pmid order by position
    """,
    "mesh": """
        select name, max(major) as major, group_concat(qualifier, ', ') as qualifiers
        from study_mesh join mesh_headings using (ui) where pmid = :pmid group by ui order by min(position)
    """,
    "keywords": "select distinct keyword as name from study_keywords where pmid = :pmid order by position",
    "substances": """
        select name from study_substances join substances using (ui) where pmid = :pmid order by position
    """,
    "trials": "select registry, accession from trials where pmid = :pmid order by position",
    "excluded": """
        select facet, label, reason, curated_at from curation join tags using (facet, tag)
        where pmid = :pmid and verdict = 'exclude' order by tags.rowid
    """,
    "changes": """
        select changed_at, field, old, new from changes where pmid = :pmid
        order by changed_at desc, field <> 'notice', field
    """,
    "grants": """
        select distinct grant_id, agency, country from grants where pmid = :pmid order by position
    """,
}

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

    async def front_page(database: str) -> dict[str, list[Any]]:
        return await _read(datasette.get_database(database), _FRONT_PAGE, {})

    async def study_page(database: str, pmid: str) -> dict[str, list[Any]]:
        return await _read(datasette.get_database(database), _STUDY_PAGE, {"pmid": pmid})

    async def saved_queries(database: str) -> list[dict[str, str]]:
        return list((await datasette.get_canned_queries(database, None)).values())

    async def answer_to(database: str, query: str) -> Answer:
        saved = await datasette.get_canned_query(database, query, None)
        rows = await datasette.get_database(database).execute(saved["sql"], dict.fromkeys(saved["params"], ""))
        return Answer(query, saved["title"], saved["description"], list(rows))

    async def tags_on_offer(database: str, facet: str) -> list[Any]:
        return list(await datasette.get_database(database).execute(_TAGS_ON_OFFER, {"facet": facet}))

    env.globals.update(
        front_page=front_page,
        study_page=study_page,
        saved_queries=saved_queries,
        answer_to=answer_to,
        tags_on_offer=tags_on_offer,
    )
    env.filters["in_words"] = in_words
    env.filters["notice_in_words"] = _NOTICES.get


async def _read(database: Any, queries: dict[str, str], parameters: dict[str, str]) -> dict[str, list[Any]]:
    return {part: list(await database.execute(sql, parameters)) for part, sql in queries.items()}


def in_words(name: str) -> str:
    """A name of the schema or of PubMed's as words: ``long_term_effect``, ``ExpressionOfConcernIn``."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.replace("edand", "ed and")).replace("_", " ").lower()
    for plain, spelt in _SPELLINGS.items():
        apart = apart.replace(plain, spelt)
    return apart[:1].upper() + apart[1:]
