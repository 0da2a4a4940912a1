"""Finding the route of a request by the first word of its address, not by trying some five hundred one after the other."""

from collections import defaultdict

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

API = "/api/v1"


def first_word(path: str) -> str:
    """What tells the groups of addresses apart: `cases` of /cases/{ref}, `api/v1/cases` of its JSON twin."""
    prefix, rest = ("api/v1/", path[len(API) :]) if path.startswith(f"{API}/") else ("", path)
    return prefix + rest.lstrip("/").split("/", 1)[0]


class ByFirstWord:
    """Stands where the router of an application stood and asks, of the same routes in the same order, only those of one word."""

    def __init__(self, router: APIRouter) -> None:
        groups: dict[str, list[BaseRoute]] = defaultdict(list)
        for route in router.routes:
            word = first_word(getattr(route, "path", "/{"))
            assert "{" not in word, f"every address begins with a word of its own: {route}"
            groups[word].append(route)
        self.router = router
        self.groups = {
            word: APIRouter(routes=routes, redirect_slashes=False) for word, routes in groups.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        group = self.groups.get(first_word(scope["path"])) if scope["type"] == "http" else None
        scope["router"] = self.router  # links are made by the whole of it
        await (group or self.router).app(scope, receive, send)


def find_by_first_word(app: FastAPI) -> None:
    """Call it once all routes are mounted; a route added later is not found."""
    app.router.middleware_stack = ByFirstWord(app.router)
