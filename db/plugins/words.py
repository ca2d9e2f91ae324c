"""Values in plain words: a tag by its label, days as weeks and months, a filter as a reader would say it."""

from typing import Any

from jinja2 import Environment
from pluggy import HookimplMarker

from harvest.catalogue.held import present
from harvest.words import span

hookimpl = HookimplMarker("datasette")

_CONDITIONS = {
    "from": "published from {}",
    "to": "published until {}",
    "participants": "at least {} participants",
    "since": "entered PubMed in the last {} days",
    "level": "evidence level {} or above",
    "finding": "found: {}",
    "abstract": "with an abstract",
    "retracted": "without retracted studies",
    "incidental": "with studies that only mention the subject",
}


@hookimpl
def prepare_jinja2_environment(env: Environment, datasette: Any) -> None:
    """Give templates the functions ``label_of`` and ``condition_in_words``, and the filter ``span``."""

    async def label_of(facet: str, tag: str) -> str:
        sets = await present(datasette)
        known = sets and sets.tags.get((facet, tag))
        return known.label if known else tag.replace("-", " ")

    async def condition_in_words(name: str, value: str) -> str:
        if name == "followup":
            return f"followed at least {span(int(value))}"
        if name in _CONDITIONS:
            return _CONDITIONS[name].format(value.replace("-", " "))
        return await label_of(name, value)

    env.globals.update(label_of=label_of, condition_in_words=condition_in_words)
    env.filters["span"] = span
