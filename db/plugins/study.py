"""A study's page, ``/study/PMID``: its text with the evidence of each tag marked in place, its record, its like.

``?tag=FACET:TAG`` chooses one tag: only its evidence is marked, with the sentence that tells what was found of it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from datasette import Request, Response
from pluggy import HookimplMarker

from harvest.catalogue.citation import citation
from harvest.catalogue.held import asked, served
from harvest.catalogue.marks import Passage, Span, passages
from harvest.catalogue.search import Searcher
from harvest.catalogue.sets import Reads, Sets
from harvest.catalogue.similar import Similar, similar
from harvest.publish.selection import pmid_of
from harvest.publish.wording import NOTICES

hookimpl = HookimplMarker("datasette")

SHOWN = 2
"""Reasons of one kind that stand beside a tag; choosing the tag shows all."""

_STUDY = "select * from studies where pmid = ?"

_SIGHTING = "select state from sightings where pmid = ? order by state = 'pending' desc limit 1"

_PARTS = {
    "sections": "select section, label, category, text from sections where pmid = ? order by section",
    "other_abstracts": "select type, language, text from other_abstracts where pmid = ? order by position",
    "authors": """
        select name, last_name, initials, suffix, collective_name, orcid, role, affiliation
        from study_authors join authors on authors.id = author_id where pmid = ? order by position
    """,
    "tags": "select facet, tag, finding from study_tags where pmid = ?",
    "evidence": """
        select facet, tag, basis, section, phrase, "start", "end", role from tag_evidence where pmid = ?
        order by facet, tag, position
    """,
    "links": """
        select kind, citation, note, stated, doi, links.other_pmid, held.pmid as held_pmid, held.title as held_title,
          exists (
            select 1 from study_publication_types as type where type.pmid = held.pmid and type.ui = 'D000076942'
          ) as is_preprint
        from links left join (select pmid, title, doi as own_doi from studies) as held on held.pmid = coalesce(
          links.other_pmid, (select pmid from studies where links.doi = studies.doi collate nocase)
        )
        where links.pmid = ? order by position
    """,
    "publication_types": """
        select ui, name from study_publication_types join publication_types using (ui) where pmid = ? order by position
    """,
    "mesh": """
        select name, max(major) as major, group_concat(qualifier, ', ') as qualifiers
        from study_mesh join mesh_headings using (ui) where pmid = ? group by ui order by min(position)
    """,
    "keywords": "select distinct keyword as name from study_keywords where pmid = ? order by position",
    "substances": "select name from study_substances join substances using (ui) where pmid = ? order by position",
    "trials": "select distinct registry, accession from trials where pmid = ? order by position",
    "of_same_trial": """
        select distinct other.accession, studies.pmid, title from trials
        join trials as other using (accession) join studies on studies.pmid = other.pmid
        where trials.pmid = ? and other.pmid <> trials.pmid order by studies.pmid desc limit 20
    """,
    "excluded": """
        select facets.label as question, tags.label, reason, curated_at
        from curation join tags using (facet, tag) join facets using (facet)
        where pmid = ? and verdict = 'exclude' order by tags.rowid
    """,
    "changes": """
        select changed_at, field, old, new from changes where pmid = ?
        order by changed_at desc, field <> 'notice', field
    """,
    "grants": "select distinct grant_id, agency, country from grants where pmid = ? order by position",
}

_ACCURACY = """
select facet, tag, f1, low, high, n, measured_on, max(measured_at),
  rules = (select value from about where key = 'taxonomy') as is_current
from tag_accuracy group by facet, tag
"""

_OTHERS = "select pmid, title, journal, publication_date, notice from studies where pmid in ({places})"

_CITED = ("RetractionIn", "RetractedandRepublishedIn", "ExpressionOfConcernIn")
"""What a citation of the study must not leave out."""

_NOTICE_OF = {
    "RetractionOf": "the retraction of",
    "RetractedandRepublishedFrom": "a new version, published in place of the retracted",
    "ExpressionOfConcernFor": "an expression of concern about",
    "ErratumFor": "a correction of",
    "CorrectedandRepublishedFrom": "a corrected version of",
}
"""Links that stand on the notice itself."""

_PREPRINT = "D000076942"
_ALL = "(all)"
_FINDING = "finding"


@dataclass(frozen=True, slots=True)
class Reason:
    """Something that a tag rests on, as often as it is there; ``where`` is empty outside of the text."""

    basis: str
    phrase: str
    where: str
    count: int


@dataclass(frozen=True, slots=True)
class Tagged:
    """A tag of the study, or a number that its text states; ``value`` is the number."""

    facet: str
    slug: str
    label: str
    definition: str
    finding: str | None
    value: int | None
    reasons: list[Reason]
    sentence: str | None
    accuracy: Any | None

    @property
    def strongest(self) -> list[Reason]:
        """The first reasons of each kind, each phrase once."""
        shown: dict[str, dict[str, Reason]] = defaultdict(dict)
        for reason in self.reasons:
            if len(shown[reason.basis]) < SHOWN:
                shown[reason.basis].setdefault(reason.phrase.casefold(), reason)
        return [reason for some in shown.values() for reason in some.values()]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question asked of the study, and the answers; ``accuracy`` is how well such answers agree with readers."""

    slug: str
    label: str
    definition: str
    accuracy: Any | None
    tags: list[Tagged]


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the abstract with its evidence marked."""

    heading: str
    passages: list[Passage]


@dataclass(frozen=True, slots=True)
class Study:
    """What the page of a study shows; ``chosen`` is the tag of which the evidence is wanted."""

    row: Any
    parts: dict[str, list[Any]]
    title: list[Passage]
    sections: list[Section]
    asked: list[Asked]
    chosen: Tagged | None
    finding_accuracy: Any | None
    is_measured: bool
    citation: str
    similar: list[tuple[Any, Similar]]

    def people(self, role: str) -> list[Any]:
        """The people of a role, in their order."""
        return [person for person in self.parts["authors"] if person["role"] == role]

    @property
    def notices(self) -> list[Any]:
        """The links to what was published about the study's standing."""
        return [link for link in self.parts["links"] if link["kind"] in NOTICES]

    @property
    def notice_of(self) -> list[tuple[str, Any]]:
        """What this record is a notice of, in words and as a link."""
        return [(_NOTICE_OF[link["kind"]], link) for link in self.parts["links"] if link["kind"] in _NOTICE_OF]

    @property
    def versions(self) -> list[tuple[str, Any]]:
        """Other versions of the study, in words and as links."""
        is_preprint = any(one["ui"] == _PREPRINT for one in self.parts["publication_types"])
        words = {
            "UpdateIn": "This is a preprint. It was published as" if is_preprint else "There is a newer version:",
            "UpdateOf": "An earlier version, which may be a preprint, is",
        }
        return [
            ("The preprint of this study is", link)
            if link["kind"] == "UpdateOf" and link["is_preprint"]
            else (words[link["kind"]], link)
            for link in self.parts["links"]
            if link["kind"] in words
        ]

    @property
    def other_links(self) -> list[Any]:
        """The links that are not told above the title."""
        told = {*NOTICES, *_NOTICE_OF, "UpdateIn", "UpdateOf"}
        return [link for link in self.parts["links"] if link["kind"] not in told]


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """The address of a study."""
    return [(r"^/study/(?P<pmid>[^/]+)$", study_page)]


async def study_page(datasette: Any, request: Request) -> Response:
    """The page of a study; one that says what to do where there is no such study."""
    typed = request.url_vars["pmid"]
    pmid = pmid_of(typed)
    if pmid and str(pmid) != typed:
        return Response.redirect(datasette.urls.path(f"/study/{pmid}"))
    database = await served(datasette)
    chosen = request.args.get("tag") or ""
    found = None
    if database is not None and pmid:
        found = await asked(database, lambda searcher, conn: _study(searcher, conn, pmid, chosen))
    if isinstance(found, Study):
        context = {"study": found, "database": database.name}
        return Response.html(await datasette.render_template("study.html", context, request=request))
    context = {"typed": typed, "pmid": pmid, "state": found}
    html = await datasette.render_template("study_missing.html", context, request=request)
    return Response.html(html, status=404)


def _study(searcher: Searcher, conn: Reads, pmid: int, chosen: str) -> Study | str | None:
    """A study; where it is not here, what became of it when a source named it, if one did."""
    row = conn.execute(_STUDY, (pmid,)).fetchone()
    if row is None:
        sighting = conn.execute(_SIGHTING, (pmid,)).fetchone()
        return sighting["state"] if sighting else None
    parts = {part: conn.execute(sql, (pmid,)).fetchall() for part, sql in _PARTS.items()}
    accuracy = {(one["facet"], one["tag"]): one for one in conn.execute(_ACCURACY)}
    answers = list(_asked(searcher.sets, row, parts, accuracy))
    tags = {f"{tag.facet}:{tag.slug}": tag for answer in answers for tag in answer.tags}
    title, sections = _text(row, parts, tags, tags.get(chosen))
    authors = [one for one in parts["authors"] if one["role"] == "author"]
    standing = [f"{NOTICES[one['kind']]}: {one['citation']}" for one in parts["links"] if one["kind"] in _CITED]
    return Study(
        row=row,
        parts=parts,
        title=title,
        sections=sections,
        asked=answers,
        chosen=tags.get(chosen),
        finding_accuracy=accuracy.get((_FINDING, _ALL)),
        is_measured=bool(accuracy),
        citation=citation(row, authors, standing),
        similar=_similar(searcher.sets, conn, pmid),
    )


def _asked(sets: Sets, row: Any, parts: Mapping[str, Sequence[Any]], accuracy: Mapping[Any, Any]) -> Iterable[Asked]:
    """The questions to which the study has an answer, in the order of the taxonomy."""
    places = {one["section"]: one for one in parts["sections"]}
    evidence: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for one in parts["evidence"]:
        evidence[one["facet"], one["tag"]].append(one)
    carried = {(one["facet"], one["tag"]): one for one in parts["tags"]}
    for facet in sets.facets.values():
        if facet.kind == "number":
            tags = list(_number_of(row, facet.slug, facet.label, evidence, places))
        else:
            tags = [
                _tagged(tag, carried[key]["finding"], evidence[key], places, accuracy.get(key))
                for key, tag in sets.tags.items()
                if tag.facet == facet.slug and key in carried
            ]
        if tags:
            yield Asked(facet.slug, facet.label, facet.definition, accuracy.get((facet.slug, _ALL)), tags)


def _number_of(row: Any, column: str, label: str, evidence: Mapping[Any, Any], places: Any) -> Iterable[Tagged]:
    value = row[column] if column in row.keys() else None  # noqa: SIM118 - a row of SQLite's is no mapping
    if value is not None:
        reasons = _reasons(evidence.get((column, str(value)), ()), places)
        yield Tagged(column, str(value), label, "", None, value, reasons, None, None)


def _tagged(tag: Any, finding: str | None, evidence: list[Any], places: Any, accuracy: Any) -> Tagged:
    sentences = [one["phrase"] for one in evidence if one["role"] == "finding"]
    return Tagged(
        facet=tag.facet,
        slug=tag.slug,
        label=tag.label,
        definition=tag.definition,
        finding=finding,
        value=None,
        reasons=_reasons(evidence, places),
        sentence=" ".join(sentences) or None,
        accuracy=accuracy,
    )


def _reasons(evidence: Iterable[Any], places: Mapping[int, Any]) -> list[Reason]:
    """What a tag rests on, the strongest first; the same words in the same section are told once, with their number."""
    counts: Counter[tuple[str, str, str]] = Counter()
    first: dict[tuple[str, str, str], str] = {}
    for one in evidence:
        if one["role"] == "tag":
            key = one["basis"], one["phrase"].casefold(), _where(one["section"], places)
            counts[key] += 1
            first.setdefault(key, one["phrase"])
    return [Reason(key[0], phrase, key[2], counts[key]) for key, phrase in first.items()]


def _where(section: int | None, places: Mapping[int, Any]) -> str:
    if section is None:
        return ""
    if section == 0:
        return "title"
    return (section in places and _heading(places[section])) or "abstract"


def _heading(section: Any) -> str:
    """A section's own label, else NLM's category for it; empty where it has neither."""
    category = section["category"]
    return str(section["label"] or (category if category != "UNASSIGNED" else "") or "").capitalize()


def _text(
    row: Any, parts: Mapping[str, Sequence[Any]], tags: Mapping[str, Tagged], chosen: Tagged | None
) -> tuple[list[Passage], list[Section]]:
    """The title and the sections of the abstract, with what the tags rest on."""
    spans: dict[int, list[Span]] = defaultdict(list)
    for one in parts["evidence"]:
        if one["start"] is not None and (span := _span(one, tags, chosen)):
            spans[one["section"]].append(span)
    texts = {one["section"]: one for one in parts["sections"]}
    title = texts[0]["text"] if 0 in texts else row["title"]
    return (
        passages(title, spans[0]),
        [Section(_heading(one), passages(one["text"], spans[place])) for place, one in texts.items() if place > 0],
    )


def _span(one: Any, tags: Mapping[str, Tagged], chosen: Tagged | None) -> Span | None:
    """A piece of evidence as a mark; ``None`` for what was found of other tags than the chosen one."""
    tag = tags.get(f"{one['facet']}:{one['tag']}")
    if tag is None or (one["role"] == "finding" and chosen not in (None, tag)):
        return None
    if one["role"] == "finding":
        return Span(one["start"], one["end"], "sentence", f"{tag.label}: {(tag.finding or '').replace('-', ' ')}")
    return Span(one["start"], one["end"], "chosen" if tag is chosen else "evidence", tag.label)


def _similar(sets: Sets, conn: Reads, pmid: int) -> list[tuple[Any, Similar]]:
    """The studies that are most like this one, with what a list shows of them."""
    alike = similar(sets, conn, pmid)
    sql = _OTHERS.format(places=", ".join("?" * len(alike)))
    rows = {row["pmid"]: row for row in conn.execute(sql, [one.pmid for one in alike])}
    return [(rows[one.pmid], one) for one in alike if one.pmid in rows]
