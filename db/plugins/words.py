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
    """Give templates the function ``condition_in_words`` and the filter ``span``."""

    async def condition_in_words(name: str, value: str) -> str:
        if name == "followup":
            return f"followed at least {span(int(value))}"
        if name in _CONDITIONS:
            return _CONDITIONS[name].format(value.replace("-", " "))
        sets = await present(datasette)
        return sets.label(name, value) if sets else value.replace("-", " ")

    env.globals["condition_in_words"] = condition_in_words
    env.filters["span"] = span
