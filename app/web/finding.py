"""Finding the route of a request by the first word of its address, not by trying some five hundred one after the other."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Protocol

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

API = "/api/v1"


def first_word(path: str) -> str:
    """What tells the groups of addresses apart: `cases` of /cases/{ref}, `api/v1/cases` of its JSON twin."""
    prefix, rest = ("api/v1/", path[len(API) :]) if path.startswith(f"{API}/") else ("", path)
    return prefix + rest.lstrip("/").split("/", 1)[0]


class Declared(Protocol):
    """An area: addresses that are declared at the start, and routes that are made of them when one is asked for."""

    @property
    def words(self) -> Collection[str]: ...
    def made(self, word: str) -> Sequence[BaseRoute]: ...


class ByFirstWord:
    """Stands where the router of an application stood and asks only the routes of one word.

    The routes of an area are made with the first request for their word: all of them would be a quarter of a start.
    """

    def __init__(self, router: APIRouter, areas: Sequence[Declared]) -> None:
        self.router, self.areas = router, areas
        self.own: dict[str, list[BaseRoute]] = defaultdict(list)
        for route in router.routes:
            self.own[first_word(getattr(route, "path", "/{"))].append(route)
        self.words = [*self.own, *dict.fromkeys(word for area in areas for word in area.words)]
        assert not any("{" in word for word in self.words), f"every address begins with a word: {self.words}"
        self.groups: dict[str, APIRouter | None] = dict.fromkeys(self.words)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        word = first_word(scope["path"]) if scope["type"] == "http" else "{"
        await (self.group(word) if word in self.groups else self.router).app(scope, receive, send)

    def group(self, word: str) -> APIRouter:
        """The routes of one word, made when they are not there yet."""
        found = self.groups[word]
        if found is None:
            routes = [*self.own.get(word, ()), *(one for area in self.areas for one in area.made(word))]
            found = self.groups[word] = APIRouter(routes=routes, redirect_slashes=False)
        return found

    def reads(self, path: str) -> frozenset[str]:
        """The names of the parameters that the page at this address reads after the `?`."""
        word = first_word(path)
        asked = {"type": "http", "method": "GET", "path": path}
        for route in self.group(word).routes if word in self.groups else ():
            if isinstance(route, APIRoute) and route.matches(asked)[0] is Match.FULL:
                given = get_flat_params(route.dependant)
                return frozenset(one.alias for one in given if isinstance(one.field_info, Query))
        return frozenset()

    def every(self) -> list[BaseRoute]:
        """All routes there are, in the order of the areas."""
        return [route for word in self.words for route in self.group(word).routes]


def find_by_first_word(app: FastAPI, areas: Sequence[Declared] = ()) -> ByFirstWord:
    """Call it once the application's own routes are added; a route added later is not found."""
    finder = ByFirstWord(app.router, areas)
    app.router.middleware_stack = finder
    return finder
