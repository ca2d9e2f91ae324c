"""The taxonomy as a file."""

from __future__ import annotations

from collections import defaultdict
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from harvest.errors import ConfigError
from harvest.tag import load
from tests.tag.studies import LITHIUM, PROJECT_TAXONOMY, lithium, written


def changed(*path: Any, to: object) -> dict[str, Any]:
    raw = deepcopy(LITHIUM)
    here: Any = raw
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = to
    return raw


TAGS = ("facets", "effect", "tags")


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (changed(*TAGS, "kidney", "parents", to=["liver"]), "effect > kidney > parents: unknown parent 'liver'"),
        (changed(*TAGS, "organ", "parents", to=["kidney"]), "a cycle"),
        (changed(*TAGS, "organ", "parents", to=["organ"]), "effect > organ > parents: a cycle"),
        (changed(*TAGS, "kidney", "terms", to=[]), "effect > tags > kidney > terms"),
        (changed(*TAGS, "kidney", "terms", to=[{}]), "needs phrases, a signal, mesh or publication_types"),
        (changed(*TAGS, "kidney", to={}), "effect > tags > kidney > label"),
        (changed(*TAGS, "kidney", to=None), "effect > tags > kidney > label"),
        (changed(*TAGS, "kidney", "colour", to="red"), "effect > tags > kidney > colour: unknown key"),
        (changed(*TAGS, "kidney", "definition", to=""), "effect > tags > kidney > definition"),
        (changed(*TAGS, "kidney", "terms", to=[{"phrases": ["(a|b"]}]), "invalid phrase '(a|b'"),
        (changed(*TAGS, "kidney", "terms", to=[{"phrases": ["a"], "near": ["moon"]}]), "kidney: unknown signal 'moon'"),
        (changed(*TAGS, "kidney", "needs", to=["moon"]), "effect > kidney: unknown signal 'moon'"),
        (changed(*TAGS, "kidney", "terms", to=[{"phrases": ["a"], "points": 0}]), "kidney > terms > 0 > points"),
        (changed(*TAGS, "kidney", "terms", to=[{"phrases": ["a"], "places": ["sky"]}]), "kidney > terms > 0 > places"),
        (changed(*TAGS, "kidney", "terms", to=[{"mesh": {"kidney": "Kidney"}}]), "kidney > terms > 0 > mesh"),
        (changed(*TAGS, "Kidney!", to=LITHIUM["facets"]["effect"]["tags"]["organ"]), "Kidney! > slug"),
        (changed("signals", "years", to={"days": -1}), "signals > years > days"),
        (changed("signals", "years", to={}), "signals > years: a signal needs phrases, days or ages"),
        (changed("subject", "names", to=[]), "subject > names"),
        (changed("facets", to={}), "facets"),
        (changed("facets", "effect", "kind", to="colour"), "facets > effect > kind"),
        (changed("facets", "effect", "kind", to="number"), "facets > effect: a facet of numbers has no tags"),
        (changed("facets", "effect", "tags", to={}), "facets > effect: a facet needs tags"),
        (changed("facets", "effect", "needs", to=["effect:organ"]), "effect: unknown signal 'effect:organ'"),
        (changed("facets", "effect", "needs", to=["colour:red"]), "effect: unknown signal 'colour:red'"),
        (changed("facets", "effect", "findings", to={"worse": ["moon"]}), "effect: unknown signal 'moon'"),
        (changed("facets", "effect", "findings", to={"awful": ["overdose"]}), "facets > effect > findings > awful"),
        (changed(*TAGS, "kidney", "findings", to={"worse": ["moon"]}), "effect > kidney: unknown signal 'moon'"),
        (changed(*TAGS, "kidney", "terms", to=[{"phrases": ["a"], "beside": ["moon"]}]), "unknown signal 'moon'"),
        (changed("signals", "subject", to={"phrases": ["a"]}), "signals > subject: duplicate entry"),
        (changed("color", to="red"), "color: unknown key"),
        ([], "valid dictionary"),
        ("", "valid dictionary"),
    ],
)
def test_a_fault_is_an_error_that_names_the_entry(tmp_path: Path, raw: object, fault: str) -> None:
    """Unknown parents, cycles, empty tags, unknown keys and signals, invalid phrases and values; in one line."""
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path / "taxonomy.yaml", raw))
    assert fault in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "taxonomy.yaml"))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("subject: [", "not YAML"),
        ("facets:\n  effect:\n    tags:\n      kidney: {}\n      kidney: {}\n", "duplicate entry 'kidney'"),
        ("subject: !!python/object:os.system {}", "not YAML"),
        ("\x00", "not YAML"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    """Broken YAML, a slug that stands twice, objects of Python."""
    path = tmp_path / "taxonomy.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=fault):
        load(path)


def split(folder: Path, **parts: object) -> Path:
    """A folder with a taxonomy, one file for each of the parts."""
    folder.mkdir()
    for name, part in parts.items():
        written(folder / f"{name}.yaml", part)
    return folder


def test_a_folder_of_files_is_one_taxonomy(tmp_path: Path) -> None:
    """Facets and signals of all files, in the order of their names; what else lies there is left alone."""
    colour = {"facets": {"colour": LITHIUM["facets"]["effect"]}, "signals": {"grey": {"phrases": ["grey"]}}}
    folder = split(tmp_path / "taxonomy", b=LITHIUM, a=colour)
    (folder / "notes.txt").write_text("not a taxonomy")
    both = load(folder)
    assert [facet.slug for facet in both.facets] == ["colour", "effect"]
    assert {"grey", "overdose"} <= {signal.slug for signal in both.signals}
    assert both.subject.names == ("lithium",)


@pytest.mark.parametrize(
    ("other", "fault"),
    [
        ({"facets": LITHIUM["facets"]}, "facets > effect: duplicate entry"),
        ({"signals": LITHIUM["signals"]}, "signals > years: duplicate entry"),
        ({"subject": LITHIUM["subject"]}, r"other\.yaml: subject: another file has this already"),
        ([], "unknown key|valid dictionary"),
    ],
)
def test_two_files_with_the_same_entry_are_an_error_that_names_it(tmp_path: Path, other: object, fault: str) -> None:
    """Whichever is meant, nobody could tell."""
    with pytest.raises(ConfigError, match=fault):
        load(split(tmp_path / "taxonomy", lithium=LITHIUM, other=other))


def test_facets_come_after_those_that_they_build_on(tmp_path: Path) -> None:
    """Whatever their order in the file; two that build on each other are an error."""
    raw = deepcopy(LITHIUM)
    effect = raw["facets"]["effect"]
    raw["facets"]["species"] = {**effect, "unless": [], "tags": {"rat": effect["tags"]["organ"]}}
    effect["unless"] = ["species:rat"]
    taxonomy = load(written(tmp_path / "ordered.yaml", raw))
    assert [facet.slug for facet in taxonomy.needed_for(["effect"])] == ["species", "effect"]
    assert [facet.slug for facet in taxonomy.needed_for(["species"])] == ["species"]
    raw["facets"]["species"]["unless"] = ["effect:organ"]
    with pytest.raises(ConfigError, match="build on each other"):
        load(written(tmp_path / "circular.yaml", raw))


def test_a_missing_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    """Not a traceback."""
    with pytest.raises(ConfigError, match=r"nowhere\.yaml: cannot be read"):
        load(tmp_path / "nowhere.yaml")


def test_the_taxonomy_tells_its_tags_in_the_order_of_the_file(tmp_path: Path) -> None:
    """With slug, label, definition and parents."""
    facet = lithium(tmp_path).facets[0]
    assert (facet.slug, facet.label) == ("effect", "Effect")
    assert [tag.slug for tag in facet.tags] == ["organ", "kidney", "thyroid", "birth"]
    assert (facet.tags[1].label, facet.tags[1].parents) == ("Kidney", ("organ",))
    assert facet.ancestors("kidney") == {"organ"}


def test_ancestors_are_told_through_all_generations() -> None:
    """A tag may have several parents."""
    condition = next(facet for facet in load(PROJECT_TAXONOMY).facets if facet.slug == "condition")
    assert condition.ancestors("bipolar-depression") == {"depression", "bipolar-disorder"}
    assert condition.ancestors("depression") == set()


def test_the_digest_changes_with_what_is_said_only(tmp_path: Path) -> None:
    """Not with the layout of the file."""
    same = tmp_path / "same.yaml"
    written(same, LITHIUM)
    same.write_text("# a comment\n" + same.read_text(encoding="utf-8"), encoding="utf-8")
    other = written(tmp_path / "other.yaml", changed(*TAGS, "kidney", "label", to="Kidneys"))
    assert load(same).digest == lithium(tmp_path).digest
    assert load(other).digest != lithium(tmp_path).digest


def test_a_name_of_the_subject_can_stand_in_a_phrase() -> None:
    """As one word, or among the alternatives of one."""
    subject = load(PROJECT_TAXONOMY).subject.model_copy(update={"names": ("alpha", "beta")})
    assert subject.named_in("<subject> user") == "(alpha|beta) user"
    assert subject.named_in("(|gamma |<subject> )user") == "(|gamma |alpha |beta )user"
    assert subject.named_in("gamma user") == "gamma user"


CONDITIONS = """
depression treatment-resistant-depression bipolar-depression perinatal-depression bipolar-disorder suicidality ptsd
anxiety ocd substance-use-disorder eating-disorder psychosis chronic-pain neuropathic-pain crps fibromyalgia headache
cancer-pain acute-pain anaesthesia-sedation status-epilepticus delirium-agitation neurological
"""
EFFECTS = """
cognition brain neurodevelopment dependence urinary hepatobiliary cardiovascular psychiatric durability long-term-safety
functioning
"""


def test_the_project_has_every_tag_of_its_facets() -> None:
    """The slugs are stored values, other programs rely on them."""
    facets = {facet.slug: [tag.slug for tag in facet.tags] for facet in load(PROJECT_TAXONOMY).facets}
    assert sorted(facets["condition"]) == sorted(CONDITIONS.split())
    assert sorted(facets["long_term_effect"]) == sorted(EFFECTS.split())


def test_a_mesh_identifier_has_one_name_throughout() -> None:
    """A slip of the pen would tag by the wrong heading."""
    names = defaultdict(set)
    for facet in load(PROJECT_TAXONOMY).facets:
        for tag in facet.tags:
            for terms in tag.terms:
                for ui, name in terms.mesh.items():
                    names[ui].add(name)
    assert {ui: found for ui, found in names.items() if len(found) > 1} == {}
