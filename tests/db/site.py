"""Datasette over a home, asked through its own test client."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from datasette.app import Datasette


class Site:
    """What ``datasette HOME`` serves, without a port."""

    def __init__(self, home: Path, name: str = "ketamine", **options: Any) -> None:
        self._name = name
        self._runner = asyncio.Runner()
        self._datasette = Datasette(config_dir=home, **options)

    def __enter__(self) -> Site:
        return self

    def __exit__(self, *_: object) -> None:
        self._datasette.executor.shutdown()
        self._runner.close()

    @property
    def metadata(self) -> dict[str, Any]:
        """The metadata of the home's database, once the plugins have started."""
        self._runner.run(self._datasette.invoke_startup())
        found: dict[str, Any] = self._datasette.metadata(database=self._name)
        return found

    def get(self, path: str, **parameters: object) -> httpx.Response:
        """The answer to a GET; parameters are added to the path."""
        return self.ask(f"{path}?{urlencode(parameters)}" if parameters else path)

    def ask(self, path: str, **options: Any) -> httpx.Response:
        """The answer to a GET with what else ``httpx`` can send: headers, parameters that are lists."""
        response: httpx.Response = self._runner.run(self._datasette.client.get(path, **options))
        return response

    def head(self, path: str) -> httpx.Response:
        """The headers of an answer."""
        response: httpx.Response = self._runner.run(self._datasette.client.head(path))
        return response

    def together(self, *paths: str) -> list[httpx.Response]:
        """The answers to some GETs that are asked at the same time."""

        async def asked() -> list[httpx.Response]:
            return list(await asyncio.gather(*(self._datasette.client.get(path) for path in paths)))

        return self._runner.run(asked())

    def page(self, path: str, **parameters: object) -> str:
        """The HTML of an address that must be found."""
        response = self.get(path, **parameters)
        if response.is_redirect:
            response = self.get(response.headers["location"])
        assert response.status_code == 200, response.text
        return response.text

    def rows(self, path: str, **parameters: object) -> list[dict[str, Any]]:
        """The rows of a table or saved query."""
        response = self.get(f"/{self._name}/{path}.json", _shape="array", **parameters)
        assert response.status_code == 200, response.text
        found: list[dict[str, Any]] = response.json()
        return found
