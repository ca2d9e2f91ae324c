"""Invented studies, as short as a test needs them, and a taxonomy of another subject."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar

import yaml
from msgspec.structs import replace

from harvest.model import Evidence, Keyword, MeshHeading, Pmid, PublicationType, Section, StoredText, Study, Substance
from harvest.tag import Taxonomy, load
from harvest.tag.follow_up.times import durations
from harvest.tag.reading import Sentence

PROJECT_TAXONOMY = Path("db/taxonomy")

LITHIUM: dict[str, Any] = {
    "subject": {"names": ["lithium"], "mesh": {"D999001": "Lithium"}},
    "signals": {
        "years": {"days": 365},
        "overdose": {"phrases": ["overdose"]},
        "pregnant": {"phrases": ["pregnan*"], "pervasive": True},
    },
    "facets": {
        "effect": {
            "label": "Effect",
            "definition": "What lithium does to the body.",
            "crowd": 3,
            "tags": {
                "organ": {
                    "label": "An organ",
                    "definition": "Any organ.",
                    "terms": [{"phrases": ["organ damage"]}],
                },
                "kidney": {
                    "label": "Kidney",
                    "definition": "Effects on the kidney.",
                    "parents": ["organ"],
                    "terms": [
                        {
                            "phrases": ["kidney", "renal (failure|function)", "CKD"],
                            "mesh": {"D999002": "Kidney Diseases"},
                        },
                        {"phrases": ["creatinine"], "points": 0.5},
                    ],
                    "misleading": ["kidney bean"],
                },
                "thyroid": {
                    "label": "Thyroid",
                    "definition": "Effects on the thyroid, in the long run.",
                    "terms": [
                        {"phrases": ["hypothyroid*", "thyroid"], "apart": ["overdose"]},
                        {"signal": "years", "near": ["subject"], "needs": ["focus"], "points": 0.5},
                    ],
                },
                "birth": {
                    "label": "Birth",
                    "definition": "Effects on the unborn.",
                    "terms": [{"phrases": ["malformation"], "near": ["pregnant"], "unless": ["overdose"]}],
                    "confined": {"overdose": ["title"]},
                },
            },
        }
    },
}


def study(
    title: str = "An invented study.",
    *abstract: str | tuple[str, str],
    keywords: tuple[str, ...] = (),
    mesh: tuple[tuple[str, str], ...] = (),
    major: tuple[tuple[str, str], ...] = (),
    types: tuple[tuple[str, str], ...] = (),
    substances: tuple[tuple[str, str], ...] = (),
) -> StoredText:
    """A study with this title; each part of the abstract is a text or a label with its text."""
    parts = [(part, None) if isinstance(part, str) else (part[1], part[0]) for part in abstract]
    return StoredText(
        pmid=Pmid(970_000_000),
        sections=(
            Section(0, None, None, title),
            *(Section(number, label, None, text) for number, (text, label) in enumerate(parts, start=1)),
        ),
        keywords=tuple(Keyword(text, "NOTNLM", False) for text in keywords),
        mesh=tuple(MeshHeading(ui, name, (ui, name) in major, ()) for ui, name in (*mesh, *major)),
        publication_types=tuple(PublicationType(ui, name) for ui, name in types),
        substances=tuple(Substance(ui, name, None) for ui, name in substances),
    )


def timed(text: str) -> tuple[Sentence, float, int, int]:
    """A sentence, its brackets taken away, and the time that stood in them: its days, its start and its end."""
    before, time, after = re.split(r"[\[\]]", text)
    sentence = Sentence(0, before + time + after, 0, len(text) - len("[]"), "results")
    end = len(before + time)
    days, start = next((days, start) for days, start, stop in durations(sentence) if stop == end)
    return sentence, days, start, end


def written(path: Path, raw: object) -> Path:
    """The path, with the taxonomy written to it."""
    path.write_text(yaml.safe_dump(raw, sort_keys=False), encoding="utf-8")
    return path


def lithium(tmp_path: Path) -> Taxonomy:
    """The taxonomy of another subject."""
    return load(written(tmp_path / "lithium.yaml", LITHIUM))


AnyStudy = TypeVar("AnyStudy", Study, StoredText)


def without(study: AnyStudy, evidence: tuple[Evidence, ...]) -> AnyStudy:
    """The study with spaces in place of the spans, and without the keywords, headings and types."""
    texts = [section.text for section in study.sections]
    for one in evidence:
        if one.section is not None and one.start is not None and one.end is not None:
            text = texts[one.section]
            texts[one.section] = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    words = {one.phrase for one in evidence if one.basis == "keyword"}
    indexed = {one.source_id for one in evidence}
    return replace(
        study,
        sections=tuple(replace(section, text=text) for section, text in zip(study.sections, texts, strict=True)),
        keywords=tuple(keyword for keyword in study.keywords if keyword.text not in words),
        mesh=tuple(heading for heading in study.mesh if heading.ui not in indexed),
        substances=tuple(one for one in study.substances if one.ui not in indexed),
        publication_types=tuple(one for one in study.publication_types if one.ui not in indexed),
    )
