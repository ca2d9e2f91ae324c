"""A few invented studies as rows: what PubMed, the tagger and two harvests leave in a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlite_utils import Database

TODAY = datetime.now(UTC).date()

FULL, RETRACTED, BARE, HOSTILE, CORRECTED = range(970000901, 970000906)
"""The studies: one with everything, a retracted one, one with next to nothing, one out to harm, a corrected one."""

ELSEWHERE = 970000999
"""A publication that this database does not hold."""

SCRIPT = '<script>alert("x")</script>'


def fill(db: Database, kind: str) -> None:
    """Insert the studies and what belongs to them."""
    _taxonomy(db)
    _accuracy(db)
    _full(db)
    _retracted(db)
    _study(db, BARE, title="", entered=None, language=None)
    _hostile(db)
    _study(db, CORRECTED, title="Bladder pain and a corrected table", notice="corrected", publication_date="2026")
    _tag(db, CORRECTED, "condition", "depression", "low mood")
    _tag(db, CORRECTED, "long_term_effect", "urinary", "Bladder pain", finding="worse")
    _verdicts(db)
    _changes(db)
    _operations(db, kind)


def _insert(db: Database, table: str, *rows: dict[str, Any]) -> None:
    db.table(table).insert_all(rows)


def _study(db: Database, pmid: int, **columns: Any) -> None:
    common = {
        "pmid": pmid,
        "entered": "2020-02-01",
        "publication_date": "2019-11",
        "publication_year": 2019,
        "language": "eng",
        "notice": "none",
        "first_seen": "2026-01-01T00:00:00Z",
        "kind": "article",
        "version": 1,
        "authors_complete": 1,
        "fingerprint": str(pmid),
    }
    _insert(db, "studies", common | columns)
    _insert(db, "sections", {"pmid": pmid, "section": 0, "text": columns["title"]})


def _tag(db: Database, pmid: int, facet: str, tag: str, phrase: str, finding: str | None = None) -> None:
    _insert(db, "study_tags", {"pmid": pmid, "facet": facet, "tag": tag, "basis": "text", "finding": finding})
    _evidence(db, pmid, facet, tag, phrase, section=0)


def _evidence(db: Database, pmid: int, facet: str, tag: str, phrase: str, **columns: Any) -> None:
    held = db.table("tag_evidence").count_where("pmid = ? and facet = ? and tag = ?", [pmid, facet, tag])
    common = {"pmid": pmid, "facet": facet, "tag": tag, "position": held + 1, "basis": "text", "phrase": phrase}
    _insert(db, "tag_evidence", common | columns)


def _taxonomy(db: Database) -> None:
    for position, (facet, label) in enumerate(
        {"condition": "Condition", "long_term_effect": "Long-term effect"}.items()
    ):
        definition = f"What the {label.lower()} is."
        _insert(
            db,
            "facets",
            {"facet": facet, "position": position, "kind": "list", "label": label, "definition": definition},
        )
    for position, (facet, label) in enumerate({"participants": "Participants", "follow_up_days": "Days"}.items(), 90):
        common = {"kind": "number", "definition": f"How many {label.lower()}."}
        _insert(db, "facets", common | {"facet": facet, "position": position, "label": label})
    tags = [
        ("condition", "depression", None, "Depression"),
        ("condition", "treatment-resistant-depression", "depression", "Treatment-resistant depression"),
        ("condition", "crps", None, "Complex regional pain syndrome"),
        ("long_term_effect", "cognition", None, "Cognition"),
        ("long_term_effect", "urinary", None, "Urinary tract"),
    ]
    columns = ("facet", "tag", "parent", "label")
    rows = [dict(zip(columns, tag, strict=True)) | {"definition": f"What {tag[3]} means."} for tag in tags]
    _insert(db, "tags", *rows)
    _insert(
        db,
        "tag_parents",
        {"facet": "condition", "tag": "treatment-resistant-depression", "parent": "depression"},
    )


def _accuracy(db: Database) -> None:
    common = {"measured_on": "Two readers", "measured_at": "2026-11-20T10:00:00Z", "rules": "digest", "n": 150}
    figures = {"positives": 40, "precision": 0.9, "recall": 0.8, "f1": 0.847, "low": 0.75, "high": 0.91}
    for facet, tag in (("condition", "(all)"), ("condition", "depression"), ("long_term_effect", "cognition")):
        _insert(db, "tag_accuracy", common | figures | {"facet": facet, "tag": tag})


def _full(db: Database) -> None:
    methods = "In a cohort of 80 adults memory was tested after twelve weeks of treatment."
    results = "Memory did not change."
    _study(
        db,
        FULL,
        title="Memory after repeated infusions for resistant depression",
        abstract=f"METHODS: {methods}\n\n{results}",
        journal="Invented Annals of Memory",
        publication_date="2026-11-03",
        publication_year=2026,
        entered=TODAY.isoformat(),
        revised=TODAY.isoformat(),
        doi="10.5555/sample.901",
        pmcid="PMC97000901",
        volume="12",
        issue="3",
        pages="45-51",
        first_seen=f"{TODAY}T03:30:00Z",
        participants=80,
        follow_up_days=84,
        relevance="main",
        species="human",
        keywords="memory",
        mesh="Memory",
        copyright="Sample record, invented.",
    )
    _insert(
        db,
        "sections",
        {"pmid": FULL, "section": 1, "label": "METHODS", "category": "METHODS", "text": methods},
        {"pmid": FULL, "section": 2, "label": None, "category": None, "text": results},
    )
    _people(db)
    _indexing(db)
    for tag in ("depression", "treatment-resistant-depression"):
        _tag(db, FULL, "condition", tag, "resistant depression")
    _insert(
        db,
        "study_tags",
        {"pmid": FULL, "facet": "long_term_effect", "tag": "cognition", "basis": "text", "finding": "no-change"},
    )
    phrase, numbers = "memory was tested", "80 adults"
    for found, facet, tag in ((phrase, "long_term_effect", "cognition"), (numbers, "participants", "80")):
        start = methods.index(found)
        _evidence(db, FULL, facet, tag, found, section=1, start=start, end=start + len(found))
    _evidence(db, FULL, "long_term_effect", "cognition", "Memory", basis="mesh", source_id="D008568")
    told = {"role": "finding", "section": 2, "start": 0, "end": len(results)}
    _evidence(db, FULL, "long_term_effect", "cognition", results, **told)


def _people(db: Database) -> None:
    _insert(
        db,
        "authors",
        {"id": 1, "name": "Samplewood Ada", "last_name": "Samplewood", "orcid": "0000-0000-0000-0017"},
        {"id": 2, "name": "Example Study Group", "collective_name": "Example Study Group"},
    )
    _insert(
        db,
        "study_authors",
        {"pmid": FULL, "position": 1, "author_id": 1, "role": "author"},
        {"pmid": FULL, "position": 2, "author_id": 2, "role": "investigator"},
    )


def _indexing(db: Database) -> None:
    at = {"pmid": FULL, "position": 1}
    _insert(db, "mesh_headings", {"ui": "D008568", "name": "Memory"})
    heading = {"pmid": FULL, "ui": "D008568", "major": 1, "descriptor_major": 0}
    _insert(
        db,
        "study_mesh",
        heading | {"position": 1, "qualifier": "drug effects", "qualifier_major": 1},
        heading | {"position": 2, "qualifier": "physiology", "qualifier_major": 0},
    )
    _insert(db, "study_keywords", at | {"keyword": "recall of lists", "owner": "NOTNLM", "major": 0})
    _insert(db, "substances", {"ui": "D007649", "name": "Ketamine"})
    _insert(db, "study_substances", at | {"ui": "D007649"})
    _insert(db, "publication_types", {"ui": "D064888", "name": "Observational Study"})
    _insert(db, "study_publication_types", at | {"ui": "D064888"})
    _insert(db, "trials", at | {"registry": "ClinicalTrials.gov", "accession": "NCT00000901", "origin": "databank"})
    _insert(db, "grants", at | {"grant_id": "X1", "agency": "Invented Agency", "country": None})
    _insert(db, "links", at | {"kind": "CommentOn", "other_pmid": BARE, "citation": "Invented Ann. 2018;1:1"})
    mirrored = {"pmid": BARE, "position": 1001, "kind": "CommentIn", "other_pmid": FULL, "stated": 0}
    _insert(db, "links", mirrored | {"citation": "Invented Ann. 2026-11-03"})
    _versions(db)
    _insert(db, "other_abstracts", at | {"type": "plain-language-summary", "language": "eng", "text": "Memory held."})


def _versions(db: Database) -> None:
    """The bare record is the preprint of the full one."""
    _insert(db, "publication_types", {"ui": "D000076942", "name": "Preprint"})
    _insert(db, "study_publication_types", {"pmid": BARE, "position": 1, "ui": "D000076942"})
    of = {"pmid": FULL, "position": 2, "kind": "UpdateOf", "other_pmid": BARE, "citation": "Invented preprints. 2025"}
    into = {"pmid": BARE, "position": 1002, "kind": "UpdateIn", "other_pmid": FULL, "stated": 0}
    _insert(db, "links", of)
    _insert(db, "links", into | {"citation": "Invented Ann. 2026-11-03"})


def _retracted(db: Database) -> None:
    title = "Memory and the words that count for less"
    abstract = "Twelve weeks of repeated infusions, resistant depression and memory."
    _study(db, RETRACTED, title=title, abstract=abstract, notice="retracted")
    _insert(
        db,
        "links",
        {
            "pmid": RETRACTED,
            "position": 1,
            "kind": "RetractionIn",
            "other_pmid": ELSEWHERE,
            "citation": "Invented Ann. 2021;2:9",
        },
    )
    _tag(db, RETRACTED, "condition", "depression", "resistant depression")
    _tag(db, RETRACTED, "long_term_effect", "cognition", "memory", finding="worse")


def _hostile(db: Database) -> None:
    _study(
        db,
        HOSTILE,
        title=f"A title of {SCRIPT}",
        abstract=f"An abstract of {SCRIPT} " + "word " * 100,
        journal=f'Journal of "{SCRIPT}',
        doi="javascript:alert(1)",
        pmcid='PMC1"onclick="alert(1)',
        missing_since="2026-03-01T03:00:00Z",
    )
    _insert(db, "sections", {"pmid": HOSTILE, "section": 1, "label": SCRIPT, "text": f"Text of {SCRIPT}"})
    _tag(db, HOSTILE, "condition", "crps", SCRIPT)
    link = {"pmid": HOSTILE, "position": 1, "kind": "ErratumIn", "citation": SCRIPT, "note": SCRIPT}
    _insert(db, "links", link)


def _verdicts(db: Database) -> None:
    """A person confirmed one tag of the corrected study and took another one away."""
    _evidence(db, CORRECTED, "condition", "depression", "The full text says so.", basis="curated")
    common = {"pmid": CORRECTED, "curated_at": "2026-03-02T09:00:00Z"}
    _insert(
        db,
        "curation",
        common | {"facet": "condition", "tag": "depression", "verdict": "include", "reason": "The full text says so."},
        common | {"facet": "condition", "tag": "crps", "verdict": "exclude", "reason": f"Only in {SCRIPT}."},
    )


def _changes(db: Database) -> None:
    changed_at = f"{TODAY - timedelta(days=1)}T03:30:00Z"
    _insert(
        db,
        "changes",
        {"pmid": CORRECTED, "changed_at": changed_at, "field": "notice", "old": "none", "new": "corrected"},
        {"pmid": CORRECTED, "changed_at": changed_at, "field": "doi", "old": None, "new": "10.5555/sample.905"},
        {"pmid": HOSTILE, "changed_at": changed_at, "field": "abstract", "old": SCRIPT, "new": "word " * 100},
        {"pmid": FULL, "changed_at": "2026-02-01T03:30:00Z", "field": "issue", "old": "2", "new": "3"},
    )


def _operations(db: Database, kind: str) -> None:
    _insert(db, "about", {"key": "kind", "value": kind})
    _insert(
        db,
        "sources",
        {
            "name": "pubmed",
            "kind": "search",
            "watermark": "2026-11-20",
            "last_success": f"{TODAY}T03:30:00Z",
            "total": 9,
        },
    )
    first, yesterday = "2026-01-02T03:30:00Z", f"{TODAY - timedelta(days=1)}T03:30:00Z"
    today, later = (f"{TODAY}T0{hour}:30:00Z" for hour in (3, 4))
    _insert(
        db,
        "runs",
        {"id": 1, "command": "run", "started": first, "finished": first, "status": "ok", "new": 4},
        {"id": 2, "command": "run", "started": yesterday, "status": "interrupted", "new": 0},
        {"id": 3, "command": "run", "started": today, "finished": today, "status": "ok", "new": 1},
        {"id": 4, "command": "tag", "started": later, "finished": later, "status": "ok", "new": 0},
    )
    asked = {"source": "pubmed", "translated_query": '"ketamine"[MeSH Terms]'}
    _insert(
        db,
        "run_sources",
        asked | {"run_id": 1, "since": "2025-11-01", "expected": 4, "found": 4, "new": 4},
        asked | {"run_id": 3, "since": "2025-12-20", "expected": 6, "found": 6, "new": 1},
        {"run_id": 3, "source": "weekly", "since": "2025-12-20", "new": 0, "error": "an HTML page came"},
    )
    states = {FULL: "stored", ELSEWHERE: "pending", ELSEWHERE - 1: "missing"}
    rows = [{"pmid": p, "source": "pubmed", "seen": today, "state": state} for p, state in states.items()]
    _insert(db, "sightings", *rows)
    _insert(db, "misses", *({"pmid": ELSEWHERE - 1, "day": f"2026-03-0{day}"} for day in (1, 2, 3)))
