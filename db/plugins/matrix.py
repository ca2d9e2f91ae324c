"""The evidence matrix: how many studies have a tag of one facet and one of another, and what they found."""

from typing import Any
from weakref import WeakKeyDictionary

from datasette import Request, Response
from jinja2 import Environment
from markupsafe import Markup
from pluggy import HookimplMarker

from harvest.catalogue.held import asked, served
from harvest.catalogue.overview import Matrix, Overview, Scope
from harvest.catalogue.sets import Sets
from harvest.catalogue.settings import matrix_facets

hookimpl = HookimplMarker("datasette")

_tables: WeakKeyDictionary[Sets, dict[tuple[Scope, bool], Markup]] = WeakKeyDictionary()
"""The tables of a moment's studies: some hundred cells take longer to write than all the rest of a page."""


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """The address of the matrix."""
    return [(r"^/matrix$", matrix_page)]


@hookimpl
def prepare_jinja2_environment(env: Environment, datasette: Any) -> None:
    """Give templates the function ``matrix_table``."""

    async def matrix_table(scope: Scope, signs: bool) -> Markup:
        """The matrix of a scope as a table, findings as signs or as words; empty where there is none."""
        database = await served(datasette)
        sets = await asked(database, lambda searcher, _: searcher.sets)
        kept = _tables.setdefault(sets, {})
        if (scope, signs) not in kept:
            matrix = await asked(database, lambda *_: _matrix(datasette, sets, scope))
            table = env.get_template("_matrix.html")
            html = await table.render_async(matrix=matrix, signs=signs, urls=datasette.urls) if matrix else ""
            kept[scope, signs] = Markup(html)  # noqa: S704 - the template has escaped what it holds
        return kept[scope, signs]

    env.globals["matrix_table"] = matrix_table


async def matrix_page(datasette: Any, request: Request) -> Response:
    """The page of the matrix in the scope that the address names."""
    context = {"scope": Scope.read(request.args), "facets": await _facets(datasette)}
    return Response.html(await datasette.render_template("matrix.html", context, request=request))


def _matrix(datasette: Any, sets: Sets, scope: Scope) -> Matrix | None:
    facets = matrix_facets(datasette)
    return Overview(sets, scope).matrix(facets.get("rows", ""), facets.get("columns", ""))


async def _facets(datasette: Any) -> list[Any]:
    """The facets of rows and columns; empty where the database has none such."""
    database = await served(datasette)
    if database is None:
        return []
    names = matrix_facets(datasette)
    facets = await asked(database, lambda searcher, _: searcher.sets.facets)
    found = [facets.get(names.get(part)) for part in ("rows", "columns")]
    return found if all(found) else []
