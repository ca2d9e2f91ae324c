"""The search fields of PubMed: what each is called and how it is looked up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tests.pubmed.record import COLUMNS

Kind = Literal["words", "terms", "days", "uid"]


@dataclass(frozen=True, slots=True)
class Field:
    """A field by its full name; ``keys`` are the word columns, or the one field of the terms or days."""

    name: str
    kind: Kind
    keys: tuple[str, ...]


TEXT = ("title", "abstract", "keywords")

FIELDS = {
    "all": Field("All Fields", "words", COLUMNS),
    "tiab": Field("Title/Abstract", "words", TEXT),
    "ti": Field("Title", "words", ("title",)),
    "ab": Field("Abstract", "words", ("abstract",)),
    "tw": Field("Text Word", "words", (*TEXT, "vocabulary")),
    "ot": Field("Other Term", "words", ("keywords",)),
    "au": Field("Author", "words", ("authors",)),
    "ad": Field("Affiliation", "words", ("affiliation",)),
    "mh": Field("MeSH Terms", "terms", ("mh",)),
    "majr": Field("MeSH Major Topic", "terms", ("majr",)),
    "sh": Field("MeSH Subheading", "terms", ("sh",)),
    "nm": Field("Supplementary Concept", "terms", ("nm",)),
    "rn": Field("EC/RN Number", "terms", ("rn",)),
    "pt": Field("Publication Type", "terms", ("pt",)),
    "la": Field("Language", "terms", ("la",)),
    "ta": Field("Journal", "terms", ("ta",)),
    "aid": Field("Article Identifier", "terms", ("aid",)),
    "si": Field("Secondary Source ID", "terms", ("si",)),
    "sb": Field("Filter", "terms", ("sb",)),
    "dp": Field("Date - Publication", "days", ("dp",)),
    "crdt": Field("Date - Create", "days", ("crdt",)),
    "edat": Field("Date - Entry", "days", ("edat",)),
    "mhda": Field("Date - MeSH", "days", ("mhda",)),
    "lr": Field("Date - Modification", "days", ("lr",)),
    "dcom": Field("Date - Completion", "days", ("dcom",)),
    "epdat": Field("Electronic Date of Publication", "days", ("epdat",)),
    "ppdat": Field("Print Date of Publication", "days", ("ppdat",)),
    "uid": Field("UID", "uid", ("uid",)),
}

ALIASES = {
    "all fields": "all",
    "all field": "all",
    "mesh": "mh",
    "mesh terms:noexp": "mh:noexp",
    "mesh:noexp": "mh:noexp",
    "majr:noexp": "majr:noexp",
    "substance": "nm",
    "substance name": "nm",
    "text words": "tw",
    "lang": "la",
    "jour": "ta",
    "doi": "aid",
    "filter": "sb",
    "subset": "sb",
    "pdat": "dp",
    "publication date": "dp",
    "date of publication": "dp",
    "mdat": "lr",
    "date - last revised": "lr",
    "create date": "crdt",
    "date - entrez": "edat",
    "entry date": "edat",
    "mesh date": "mhda",
    "completion date": "dcom",
    "pmid": "uid",
} | {field.name.lower(): key for key, field in FIELDS.items()}

EXPLOSIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "mh": {
        "mood disorders": ("depressive disorder", "bipolar disorder"),
        "depressive disorder": (
            "depressive disorder, major",
            "depressive disorder, treatment-resistant",
            "dysthymic disorder",
            "depression, postpartum",
        ),
        "suicide": ("suicidal ideation", "suicide, attempted"),
        "pain": ("acute pain", "chronic pain", "pain, postoperative", "neuralgia", "headache", "back pain"),
        "neuralgia": ("neuralgia, postherpetic",),
        "back pain": ("low back pain",),
        "substance-related disorders": (
            "alcoholism",
            "opioid-related disorders",
            "cocaine-related disorders",
            "substance withdrawal syndrome",
        ),
    },
    "pt": {
        "clinical study": ("clinical trial", "observational study"),
        "clinical trial": (
            "controlled clinical trial",
            "clinical trial, phase i",
            "clinical trial, phase ii",
            "clinical trial, phase iii",
            "clinical trial, phase iv",
            "pragmatic clinical trial",
        ),
        "controlled clinical trial": ("randomized controlled trial",),
        "review": ("systematic review",),
        "retraction of publication": ("retraction notice",),
        "retraction notice": ("retraction of publication",),
    },
    "la": {
        "english": ("eng",),
        "french": ("fre",),
        "german": ("ger",),
        "spanish": ("spa",),
        "chinese": ("chi",),
        "japanese": ("jpn",),
    },
}
"""Narrower or other names that a search term takes in: a small part of the MeSH tree, and two vocabularies."""

KNOWN = re.compile(r"ketamin|ketalar|ketanest|ketaset|spravato")
"""Words that PubMed's index holds, whether or not a record of the corpus has them: they are never "not found"."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A field tag as written in a query. ``known`` is false where PubMed has no such field and searches all."""

    field: Field
    explode: bool = True
    known: bool = True


def tag_of(text: str) -> Tag:
    """The field that a tag names: ``tiab``, ``Title/Abstract``, ``mh:noexp``; letter case does not matter."""
    key = " ".join(text.lower().split())
    key = ALIASES.get(key, key)
    stem, _, option = key.partition(":")
    stem = ALIASES.get(stem, stem)
    known = stem in FIELDS and option in ("", "noexp")
    return Tag(FIELDS[stem] if known else FIELDS["all"], option != "noexp", known)


def exploded(key: str, value: str) -> Iterator[str]:
    """A folded value and every narrower one."""
    seen: set[str] = set()
    waiting = [value]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            yield name
            waiting.extend(EXPLOSIONS.get(key, {}).get(name, ()))
