"""The shapes of JSON, described as JSON Schema, and the addresses that give them, as OpenAPI.

The shapes grow but do not change: a key that is there stays, and means the same. Every key is always there; what is not
known is null.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

from harvest.catalogue.lookup import FINDINGS, LARGEST, SIZE
from harvest.catalogue.search import SORTS
from harvest.catalogue.sets import Sets
from harvest.model import Basis, Notice
from harvest.publish.formats import FORMATS

Schema = dict[str, Any]

ATOM = "application/atom+xml"

DATE = r"^\d{4}(-\d\d(-\d\d)?)?$"
"""A date at the precision that is known: 2019, 2019-11 or 2019-11-03."""


def _text(description: str, **more: Any) -> Schema:
    return {"type": "string", "description": description, **more}


def _maybe(schema: Schema) -> Schema:
    """The same, or null where it is not known."""
    return {**schema, "type": [schema["type"], "null"]} | (
        {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    )


def _words(description: str) -> Schema:
    return _maybe(_text(description))


def _date(description: str) -> Schema:
    return _maybe(_text(description, pattern=DATE))


def _number(description: str) -> Schema:
    return {"type": "integer", "minimum": 0, "description": description}


def _list(description: str, items: Schema) -> Schema:
    return {"type": "array", "description": description, "items": items}


def _shape(description: str, **properties: Schema) -> Schema:
    """An object of which every key is there."""
    return {"type": "object", "description": description, "properties": properties, "required": [*properties]}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


_PMID = _number("The study's identifier in PubMed.")
_FINDING = _maybe(_text("What was found of an effect; null where nothing was told.", enum=list(FINDINGS)))
_MOMENT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"

_BRIEF: dict[str, Schema] = {
    "pmid": _PMID,
    "title": _text("The title as PubMed has it; empty where there is none."),
    "journal": _words("The journal, or the book that a chapter stands in."),
    "publication_date": _date("When it was published, as far as PubMed states it: year, month or day."),
    "entered": _date("The day on which the record entered PubMed."),
    "doi": _words("The DOI."),
    "notice": _text("The gravest thing that PubMed says of the study's standing.", enum=list(get_args(Notice))),
    "relevance": _words("How much the study is about the subject: a tag of the facet of this name."),
    "species": _words("Who was studied: a tag of the facet of this name."),
    "design": _words("How it was studied: a tag of the facet of this name."),
    "participants": _maybe(_number("How many people the results rest on.")),
    "follow_up_days": _maybe(_number("How long they were followed, in days.")),
    "tags": _list("What the study is about.", _ref("StudyTag")),
}

_STUDY: dict[str, Schema] = {
    **_BRIEF,
    "kind": _text("Whether it is an article or (a chapter of) a book.", enum=["article", "book"]),
    "abstract": _words("The abstract, its sections with their labels divided by blank lines."),
    "journal_abbreviation": _words("The journal's abbreviation."),
    "issn": _words("The journal's ISSN."),
    "publication_year": _maybe(_number("The year of publication.")),
    "volume": _words("The volume."),
    "issue": _words("The issue."),
    "pages": _words("The pages as PubMed has them."),
    "pmcid": _words("The identifier in PubMed Central."),
    "language": _words("The languages, as PubMed abbreviates them, divided by commas."),
    "revised": _date("The day on which PubMed last revised the record."),
    "first_seen": _text("When the study first came here (UTC).", pattern=_MOMENT),
    "missing_since": _words("Since when PubMed no longer has the record (UTC)."),
    "authors": _list("The people, in their order.", _ref("Person")),
    "authors_complete": {"type": "boolean", "description": "Whether PubMed names all authors."},
    "keywords": _list("The authors' keywords.", _text("A keyword.")),
    "mesh": _list("The MeSH headings.", _text("A heading.")),
    "publication_types": _list("The publication types.", _text("A type.")),
    "notices": _list("Where it was retracted, corrected or doubted.", _ref("Notice")),
    "pubmed": _text("The address of the record in PubMed.", format="uri"),
}

SCHEMAS: dict[str, Schema] = {
    "Error": _shape("Why there is nothing.", error=_text("The reason in words.")),
    "StudyTag": _shape(
        "A tag of a study.",
        facet=_text("The question."),
        tag=_text("The answer, as addresses name it."),
        label=_text("The answer in words."),
        basis=_text("What it rests on in the first place.", enum=list(get_args(Basis))),
        finding=_FINDING,
    ),
    "Person": _shape(
        "A person or a group.",
        role=_text("What they are.", enum=["author", "editor", "investigator"]),
        name=_text("How the name is shown."),
        last_name=_words("The family name; null for a group."),
        fore_name=_words("The given names."),
        initials=_words("Their initials."),
        suffix=_words("What follows the name, such as Jr."),
        group=_words("The name of the group; null for a person."),
        orcid=_words("The ORCID."),
    ),
    "Notice": _shape(
        "A publication about a study's standing.",
        kind=_text("PubMed's name of the relation, such as RetractionIn."),
        citation=_text("Where it was published."),
        pmid=_maybe(_PMID),
    ),
    "Section": _shape(
        "A section of the text.",
        section={**_number("0 is the title, 1 and up are the sections of the abstract.")},
        label=_words("The heading as printed."),
        category=_words("The heading as NLM categorises it."),
        text=_text("The text."),
    ),
    "Evidence": _shape(
        "What a tag, a number or a finding rests on.",
        facet=_text("The question."),
        tag=_text("The answer; of a number the number."),
        role=_text("What is told: that the tag fits, or what was found.", enum=["tag", "finding"]),
        basis=_text("What it is.", enum=list(get_args(Basis))),
        section=_maybe(_number("The section that it stands in; null outside of the text.")),
        phrase=_text("The words, the heading or the reason."),
        start=_maybe(_number("The first of the characters of the section that are the phrase, from 0.")),
        end=_maybe(_number("The character after the last.")),
        source_id=_words("The identifier of the heading or publication type."),
    ),
    "Link": _shape(
        "A relation to another publication.",
        kind=_text("PubMed's name of the relation."),
        pmid=_maybe(_PMID),
        doi=_words("The DOI in the citation."),
        citation=_text("The other publication."),
        note=_words("What PubMed notes of it."),
    ),
    "Trial": _shape("A registration.", registry=_text("The registry."), accession=_text("The number in it.")),
    "Brief": _shape("What a list tells of a study.", **_BRIEF),
    "Study": _shape("A study as it is exported.", **_STUDY),
    "StudyInFull": _shape(
        "A study with its text in sections and what its tags rest on.",
        **_STUDY,
        sections=_list("Title and abstract in sections.", _ref("Section")),
        evidence=_list("What tags, numbers and findings rest on, the strongest of each first.", _ref("Evidence")),
        links=_list("Relations to other publications.", _ref("Link")),
        trials=_list("Registrations of the trial.", _ref("Trial")),
    ),
    "Accuracy": _shape(
        "How well a tag agrees with readers.",
        facet=_text("The facet; 'finding' where what was found of the tag was measured."),
        tag=_text("The tag; '(all)' stands for all tags of the facet."),
        measured_on=_text("The labelled studies."),
        n=_number("How many studies were labelled."),
        positives=_number("How many of them readers gave the tag."),
        **{
            name: {"type": ["number", "null"], "description": words}
            for name, words in {
                "precision": "The share of those tagged that readers tagged too.",
                "recall": "The share of those that readers tagged that were tagged.",
                "f1": "Both in one.",
                "low": "Where the 95 % interval of F1 begins.",
                "high": "Where it ends.",
            }.items()
        },
    ),
    "Tag": _shape(
        "A tag of the taxonomy.",
        facet=_text("The question."),
        tag=_text("The answer, as addresses name it."),
        label=_text("The answer in words."),
        definition=_text("What it means."),
        parents=_list("Wider tags.", _text("A tag of the same facet.")),
        narrower=_list("Narrower tags, whose studies carry this one too.", _text("A tag of the same facet.")),
        synonyms=_list("What readers call it.", _text("A name; * stands for any ending.")),
        studies=_number("How many studies carry it, retracted and incidental ones included."),
        findings={
            "type": "object",
            "description": "How many of them found what of it.",
            "propertyNames": {"enum": list(FINDINGS)},
            "additionalProperties": _number("Studies."),
        },
        accuracy=_list("How well it agrees with readers.", _ref("Accuracy")),
    ),
    "Found": _shape(
        "A page of what a search found.",
        total=_number("How many studies were found."),
        page={**_number("The page, from 1."), "minimum": 1},
        size={**_number("How many studies a page has."), "minimum": 1, "maximum": LARGEST},
        read_as=_list("Labels of tags that words were read as.", _text("A label.")),
        corrections={
            "type": "object",
            "description": "Words that were read as others.",
            "additionalProperties": _text("What was meant."),
        },
        results=_list("The studies of the page, in their order.", _ref("Brief")),
    ),
}


def openapi(
    title: str, version: str, sets: Sets | None, levels: Sequence[Mapping[str, Any]], prefix: str = ""
) -> Schema:
    """The addresses for programs, as OpenAPI 3.1.

    Args:
        title: what the site is called.
        version: the version of the program.
        sets: the studies, whose facets can be asked for; ``None`` where there are none.
        levels: the levels of evidence.
        prefix: where the site begins.
    """
    search = [*_of_search(sets, levels)]
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "description": " ".join((__doc__ or "").split())},
        "servers": [{"url": prefix or "/"}],
        "paths": {
            "/search.json": _get("A page of the studies that a search finds.", "Found", [*search, *_PAGING]),
            "/study/{pmid}.json": _get(
                "A study.",
                "StudyInFull",
                [_in_path("pmid", "The PMID.", {"type": "integer", "minimum": 1})],
                is_missing=True,
            ),
            "/tag/{facet}/{tag}.json": _get("A tag.", "Tag", _TAG_PATH, is_missing=True),
            **{
                f"/search.{ending}": _file(f"All studies that a search finds, as {one.name}.", one.content_type, search)
                for ending, one in FORMATS.items()
            },
            "/search.atom": _file("The newest studies that a search finds, as a feed.", ATOM, search),
            "/tag/{facet}/{tag}.atom": _file(
                "The newest studies of a tag, as a feed.", ATOM, [*_TAG_PATH, *search], is_missing=True
            ),
        },
        "components": {"schemas": SCHEMAS},
    }


def _in_path(name: str, description: str, schema: Schema) -> Schema:
    return {"name": name, "in": "path", "required": True, "description": description, "schema": schema}


_SLUG = {"type": "string", "minLength": 1}
_TAG_PATH = [_in_path("facet", "The question.", _SLUG), _in_path("tag", "The answer.", _SLUG)]


def _asked(name: str, description: str, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


_NATURAL = {"type": "integer", "minimum": 0}
_PAGING = [
    _asked("page", "The page, from 1.", {"type": "integer", "minimum": 1, "default": 1}),
    _asked("size", "Studies of a page.", {"type": "integer", "minimum": 1, "maximum": LARGEST, "default": SIZE}),
]


def _of_search(sets: Sets | None, levels: Sequence[Mapping[str, Any]]) -> Iterable[Schema]:
    """What a search can be asked for; a value that there is not finds nothing or is ignored, and is never an error."""
    yield _asked("q", "Words, phrases in quotes, -exclusions and fields, as on the page.", {"type": "string"})
    for facet in sets.facets.values() if sets else ():
        if sets and facet.kind != "number":
            tags = {"type": "string", "enum": [tag.slug for tag in sets.tags.values() if tag.facet == facet.slug]}
            if tags["enum"]:
                yield _asked(facet.slug, f"{facet.label}: any of these tags.", {"type": "array", "items": tags})
    findings = {"type": "string", "enum": list(FINDINGS)}
    yield _asked("finding", "What was found: any of these.", {"type": "array", "items": findings})
    yield _asked("from", "Published in this year or later.", _NATURAL)
    yield _asked("to", "Published in this year or before.", _NATURAL)
    yield _asked("since", "Entered PubMed in so many days.", _NATURAL)
    yield _asked("participants", "At least so many participants.", _NATURAL)
    yield _asked("followup", "Followed for at least so many days.", _NATURAL)
    if levels:
        yield _asked("level", "Level of evidence, at least.", {**_NATURAL, "maximum": len(levels)})
    yield _asked("abstract", "1: with an abstract only.", {"type": "string", "enum": ["1"]})
    yield _asked("retracted", "hide: without retracted studies.", {"type": "string", "enum": ["hide"]})
    yield _asked("incidental", "1: also studies that only mention the subject.", {"type": "string", "enum": ["1"]})
    yield _asked("sort", "The order.", {"type": "string", "enum": list(SORTS), "default": SORTS[0]})


def _answer(description: str, content_type: str, schema: Schema) -> Schema:
    return {"description": description, "content": {content_type: {"schema": schema}}}


def _get(summary: str, schema: str, parameters: list[Schema], is_missing: bool = False) -> Schema:
    return _operation(summary, "application/json", _ref(schema), parameters, is_missing)


_STUDIES = _list("The studies.", _ref("Study"))
_FILES = {"application/json": _STUDIES, "application/vnd.citationstyles.csl+json": {"type": "array"}}
_NAMED = _asked("pmid", "These studies, whatever else is asked.", {"type": "array", "items": _NATURAL})


def _file(summary: str, content_type: str, parameters: list[Schema], is_missing: bool = False) -> Schema:
    plain = content_type.split(";")[0]
    return _operation(summary, plain, _FILES.get(plain, {"type": "string"}), [*parameters, _NAMED], is_missing)


def _operation(
    summary: str, content_type: str, schema: Schema, parameters: list[Schema], is_missing: bool
) -> dict[str, Any]:
    missing = {"404": _answer("There is none.", "application/json", _ref("Error"))} if is_missing else {}
    found = {"200": _answer(summary, content_type, schema)}
    return {"get": {"summary": summary, "parameters": parameters, "responses": found | missing}}
