"""What programs are given has the shape that is described, whatever they ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from schemathesis import Case, GenerationMode

from harvest.catalogue.lookup import Lookup
from harvest.publish.formats import FORMATS
from harvest.publish.schema import SCHEMAS
from tests.db.filled import BARE, CORRECTED, FULL, HOSTILE, RETRACTED
from tests.db.hostile import make_hostile_home, pmids
from tests.db.markup import Page
from tests.db.site import Site


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site over studies that were loaded from a hostile file."""
    with Site(make_hostile_home(tmp_path_factory.mktemp("hostile") / "home")) as site:
        yield site


def check(shape: str, told: Any) -> None:
    """That something has a shape, and no key that is not described."""
    schema = {"$ref": f"#/components/schemas/{shape}", "components": {"schemas": SCHEMAS}}
    Draft202012Validator(schema).validate(told)
    assert set(told) == set(SCHEMAS[shape]["properties"])


def has_shape(site: Site, address: str, shape: str) -> Any:
    """What an address tells, which has a shape."""
    answer = site.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")
    check(shape, answer.json())
    return answer.json()


@pytest.mark.parametrize("pmid", [FULL, RETRACTED, BARE, HOSTILE, CORRECTED])
def test_a_study_has_its_shape(site: Site, pmid: int) -> None:
    """Every key is there, and what is not known is null."""
    assert has_shape(site, f"/study/{pmid}.json", "StudyInFull")["pmid"] == pmid


def test_a_study_is_told_with_its_evidence(site: Site) -> None:
    """The offsets cut the phrase out of the section's text."""
    told = has_shape(site, f"/study/{FULL}.json", "StudyInFull")
    texts = {section["section"]: section["text"] for section in told["sections"]}
    cut = [one for one in told["evidence"] if one["start"] is not None]
    assert cut
    assert [texts[one["section"]][one["start"] : one["end"]] for one in cut] == [one["phrase"] for one in cut]
    assert told["authors"][1]["group"] == "Example Study Group"
    assert {tag["tag"]: tag["finding"] for tag in told["tags"]}["cognition"] == "no-change"


def test_hostile_studies_have_their_shape(hostile_site: Site) -> None:
    """Whatever their texts say."""
    for pmid in pmids():
        has_shape(hostile_site, f"/study/{pmid}.json", "StudyInFull")


@pytest.mark.parametrize("tag", ["condition/depression", "condition/crps", "long_term_effect/cognition"])
def test_a_tag_has_its_shape(site: Site, tag: str) -> None:
    """With its place among the others."""
    assert has_shape(site, f"/tag/{tag}.json", "Tag")["tag"] == tag.rpartition("/")[2]


def test_a_tag_is_counted(site: Site) -> None:
    """As the tables have it."""
    told = has_shape(site, "/tag/long_term_effect/cognition.json", "Tag")
    rows = site.rows("study_tags", facet="long_term_effect", tag="cognition")
    assert told["studies"] == len(rows)
    assert told["findings"] == {"worse": 1, "no-change": 1}
    assert has_shape(site, "/tag/condition/depression.json", "Tag")["narrower"] == ["treatment-resistant-depression"]


@pytest.mark.parametrize("asked", ["", "?q=memory", "?q=nothing+at+all", "?size=1&page=2", "?condition=depression"])
def test_what_a_search_finds_has_its_shape(site: Site, asked: str) -> None:
    """Found or not."""
    told = has_shape(site, f"/search.json{asked}", "Found")
    assert len(told["results"]) <= told["size"]


@pytest.mark.parametrize(
    "address",
    [
        "/study/1.json",
        "/study/0.json",
        "/study/nothing.json",
        "/study/%00.json",
        f"/study/{'9' * 400}.json",
        f"/study/{quote('١')}.json",
        "/tag/condition/nothing.json",
        "/tag/nothing/depression.json",
        "/tag/condition/nothing.atom",
        f"/tag/{quote('§%')}/depression.atom",
    ],
)
def test_what_is_not_there_is_said_not_to_be(site: Site, address: str) -> None:
    """In the shape of an error."""
    answer = site.get(address)
    assert answer.status_code == 404
    check("Error", answer.json())


@pytest.mark.parametrize("address", [f"/study/{FULL}.json", "/tag/condition/depression.json"])
def test_without_a_database_nothing_is_there(home: Path, address: str) -> None:
    """And nothing fails."""
    with Site(home) as site:
        assert site.get(address).status_code == 404
        assert has_shape(site, "/search.json", "Found")["total"] == 0
        assert site.get("/openapi.json").status_code == 200
        assert site.get("/api").status_code == 200


def test_pages_have_the_addresses_that_they_had(site: Site) -> None:
    """A study's page and a tag's are not taken for JSON."""
    assert "<h1>" in site.page(f"/study/{FULL}")
    assert "<h1>" in site.page("/tag/condition/depression")


def test_every_parameter_of_a_search_is_described(site: Site) -> None:
    """Those that an address can hold, and no others."""
    described = site.get("/openapi.json").json()["paths"]["/search.json"]["get"]["parameters"]
    names = {one["name"] for one in described} - {"condition", "long_term_effect"}
    args = {name: ["1"] for name in ("from", "to", "participants", "followup", "since", "level", "abstract")}
    lookup = Lookup.read(
        args
        | {"q": ["words"], "incidental": ["1"], "retracted": ["hide"], "finding": ["worse"]}
        | {"page": ["2"], "size": ["3"], "sort": ["entered"]},
        [],
    )
    assert names == {name for name, _ in lookup.parameters()}


def test_every_export_is_described(site: Site) -> None:
    """With its type."""
    paths = site.get("/openapi.json").json()["paths"]
    for ending, one in FORMATS.items():
        assert list(paths[f"/search.{ending}"]["get"]["responses"]["200"]["content"]) == [
            one.content_type.partition(";")[0]
        ]


def test_people_can_read_what_is_described(site: Site) -> None:
    """Every address, parameter, shape and key stands on a page that is whole."""
    text = site.page("/api")
    page = Page(text)
    assert page.faults() == []
    codes = {"".join(code.itertext()) for code in page.elements("code")}
    document = site.get("/openapi.json").json()
    assert set(document["paths"]) <= codes
    assert {one["name"] for one in document["paths"]["/search.json"]["get"]["parameters"]} <= codes
    assert {key for shape in SCHEMAS.values() for key in shape["properties"]} <= codes
    assert {f"shape-{name}" for name in SCHEMAS} <= set(page.ids)


@pytest.mark.parametrize("is_open", [True, False])
def test_other_sites_may_read_only_where_datasette_is_set_so(filled_home: Path, is_open: bool) -> None:
    """Its option --cors."""
    addresses = ["/search.json", f"/study/{FULL}.json", "/study/1.json", "/openapi.json", "/search.atom", "/search.ris"]
    with Site(filled_home, cors=is_open) as site:
        for address in addresses:
            allowed = site.get(address).headers.get("access-control-allow-origin")
            assert allowed == ("*" if is_open else None), address


OPERATIONS = {
    "/search.json": "Found",
    "/study/{pmid}.json": "StudyInFull",
    "/tag/{facet}/{tag}.json": "Tag",
    "/search.ris": None,
    "/search.bib": None,
    "/search.csl.json": None,
    "/search.csv": None,
    "/search.full.json": None,
    "/search.jsonl": None,
    "/search.atom": None,
    "/tag/{facet}/{tag}.atom": None,
}
"""Addresses as they are described, and the shape of what those in JSON tell."""


EXAMPLES = 10
"""Questions that each address is asked."""


def test_all_addresses_are_tried(site: Site) -> None:
    """That are described."""
    assert set(site.get("/openapi.json").json()["paths"]) == set(OPERATIONS)


# of a tag's address any text may be a part: none is otherwise than described
@pytest.mark.parametrize(
    ("path", "mode"),
    [
        *((path, GenerationMode.POSITIVE) for path in OPERATIONS),
        *((path, GenerationMode.NEGATIVE) for path in OPERATIONS if path != "/tag/{facet}/{tag}.json"),
    ],
)
def test_no_question_makes_an_address_fail(site: Site, path: str, mode: GenerationMode) -> None:
    """What is asked as it is described, and what is not, is answered: found in its shape, or not found."""
    schema = schemathesis.openapi.from_dict(site.get("/openapi.json").json())
    operation = schema[path]["GET"]

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy(generation_mode=mode))
    def ask(case: Case[Any]) -> None:
        wanted = case.as_transport_kwargs(base_url="http://localhost")
        answer = site.ask(wanted["url"].removeprefix("http://localhost"), params=wanted.get("params"))
        assert answer.status_code in (200, 404), answer.text
        shape = OPERATIONS[path]
        if shape and answer.status_code == 200:
            check(shape, answer.json())

    ask()
