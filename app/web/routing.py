"""One function a feature, two faces: each page and each action is served as HTML and as JSON under /api/v1."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel
from starlette.routing import BaseRoute

from app.kernel.casework import take
from app.kernel.database import Unit
from app.kernel.fields import StepForm
from app.kernel.workflow import Step, Workflow
from app.web import forms, gate
from app.web.asking import Asking, AskingAtOnce
from app.web.faces import (
    ActionFunction,
    Admitted,
    Answer,
    Ask,
    AskFunction,
    Faces,
    Landing,
    PageFunction,
    asking_for,
    caching,
    context,
    json_answer,
)
from app.web.finding import API, first_word
from app.web.rendering import render
from app.web.sent import SMALL
from app.web.uploads import LARGEST

__all__ = ["Answer", "Area", "Ask", "Landing"]


@dataclass(frozen=True)
class Route:
    """What every route declares before the application starts (rules page, 2)."""

    method: str
    path: str
    may: gate.May
    rate: str
    cap: int
    endpoint: Callable[..., Any]
    name: str
    json: bool = False
    response: Any = None
    form: type[BaseModel] | None = None
    status: int = 200
    at_once: bool = False
    """Whether a stranger's question may be answered without a thread of its own."""

    @property
    def word(self) -> str:
        """What its routes are found by."""
        return first_word(f"{API}{self.path}" if self.json else self.path)


class Area:
    """The routes of one part of the site."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.routes: list[Route] = []
        self._made: dict[str, list[BaseRoute]] = {}

    def page(
        self, path: str, template: str, *, may: gate.May, rate: str = "", api: str | None = None
    ) -> Callable[[PageFunction], PageFunction]:
        """Serve what the function answers: HTML at `path`, JSON of the same View at /api/v1 + `api` (or `path`; "" for none)."""

        def register(function: PageFunction) -> PageFunction:
            name = f"{self.name}.{function.__name__}"

            def as_html(request: Request, **values: Any) -> Response:
                with Admitted(request, may, json=False) as unit:
                    view = function(unit, **values)
                    text = render(template, page=view, **context(request, unit))
                return HTMLResponse(text, headers=caching(request, may))

            def as_json(request: Request, **values: Any) -> Response:
                with Admitted(request, may, json=True) as unit:
                    return json_answer(function(unit, **values), headers=caching(request, may))

            at_once = may == gate.PUBLIC
            self._add("GET", path, may, rate, 0, asking_for(function, as_html), name, at_once=at_once)
            if api != "":
                self._add(
                    "GET",
                    api or path,
                    may,
                    rate,
                    0,
                    asking_for(function, as_json),
                    f"api.{name}",
                    json=True,
                    response=_answer(function),
                    at_once=at_once,
                )
            function.face = (path, template)  # type: ignore[attr-defined]
            return function

        return register

    def action(
        self, path: str, then: PageFunction, *, may: gate.May, ask: AskFunction | None = None, form_path: str = "", rate: str = "",
        status: int = 200, html_only: bool = False, slow: bool = False, asks: bool = False,
    ) -> Callable[[ActionFunction], ActionFunction]:  # fmt: skip
        """Carry out a command in one transaction, then show the page it leads to.

        A `slow` function (it hashes a password) is asked in a reading unit and returns what is then called in the writing one.

        One that `asks` changes nothing: it is called with the site, outside any transaction, and returns what a reading unit is
        then asked for its answer.

        With `ask` the form has a page of its own at `form_path` (default: `path`), which also shows what was refused.
        """

        def register(function: ActionFunction) -> ActionFunction:
            model: type[BaseModel] = inspect.signature(function).parameters["form"].annotation
            cap = LARGEST + SMALL if forms.takes_files(model) else SMALL
            name = f"{self.name}.{function.__name__}"
            faces = Faces(function, then, model, may, ask, path, slow, asks)
            self._add("POST", path, may, rate, cap, faces.html(cap), name)
            if not html_only:
                self._add(
                    "POST",
                    path,
                    may,
                    rate,
                    cap,
                    faces.json(cap, status),
                    f"api.{name}",
                    json=True,
                    response=_answer(then),
                    form=model,
                    status=status,
                )
            if ask:
                self._add("GET", form_path or path, may, rate, 0, faces.form_page(), f"{name}.form")
            return function

        return register

    def steps(
        self, path: str, workflow: Workflow[Any], find: Callable[..., Any], then: PageFunction, *,
        doing: Mapping[str, Callable[[Unit, Any, Any], Any]] | None = None,
        choices: Mapping[str, Callable[[Unit, Any], forms.Choices]] | None = None,
        values: Mapping[str, Callable[[Unit, Any], Mapping[str, Any]]] | None = None,
    ) -> None:  # fmt: skip
        """An action and a form page for every step of a workflow that is not quiet.

        `doing` holds the functions of steps that do more than move their subject; `choices` and `values` fill their forms.
        """
        doing = doing or {}
        addressed = [step for step in workflow.steps if not step.quiet]
        assert {step.name for step in addressed if step.command} == set(doing), (
            f"{workflow.name}: commands and `doing` differ"
        )
        for step in addressed:
            fill = ((choices or {}).get(step.name), (values or {}).get(step.name))
            act = _taking(step, workflow, find, doing.get(step.name))
            self.action(
                f"{path}/{step.name}", then=then, may=step.permission, ask=_asking(step, path, find, *fill)
            )(act)

    def file(
        self, path: str, *, may: gate.May, rate: str = ""
    ) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
        """Serve bytes: documents, drawings, feeds."""

        def register(function: Callable[..., Answer]) -> Callable[..., Answer]:
            def as_file(request: Request, **values: Any) -> Response:
                with Admitted(request, may, json=path.startswith("/api/")) as unit:
                    answer = function(unit, **values)
                headers = {**caching(request, may), **answer.headers}
                if answer.name:
                    headers["Content-Disposition"] = f'attachment; filename="{answer.name}"'
                return Response(answer.content, media_type=answer.media, headers=headers)

            self._add(
                "GET", path, may, rate, 0, asking_for(function, as_file), f"{self.name}.{function.__name__}"
            )
            return function

        return register

    def _add(
        self,
        method: str,
        path: str,
        may: gate.May,
        rate: str,
        cap: int,
        endpoint: Callable[..., Any],
        name: str,
        **more: Any,
    ) -> None:
        kind = rate or ("look_up" if may == gate.PUBLIC else "desk")
        self.routes.append(Route(method, path, may, kind, cap, endpoint, name, **more))

    @property
    def words(self) -> list[str]:
        """The first words of its addresses."""
        return list(dict.fromkeys(route.word for route in self.routes))

    def made(self, word: str) -> list[BaseRoute]:
        """FastAPI's routes of one first word, fixed addresses before those with a place to fill; made once in a process."""
        if word not in self._made:
            html, json = APIRouter(include_in_schema=False), APIRouter(prefix=API, tags=[self.name])
            declared = [route for route in self.routes if route.word == word]
            for route in sorted(declared, key=lambda route: (route.path.count("{"), -route.path.count("/"))):
                _make(json if route.json else html, route)
            self._made[word] = [*json.routes, *html.routes]
        return self._made[word]


def _make(router: APIRouter, route: Route) -> None:
    methods = ["GET", "HEAD"] if route.method == "GET" and not route.json else [route.method]
    router.add_api_route(
        route.path, route.endpoint, methods=methods, name=route.name, response_model=route.response, status_code=route.status,
        dependencies=[Depends(_fair(route.rate))], openapi_extra=_described(route.form) if route.form else None,
        route_class_override=(AskingAtOnce if route.at_once else Asking) if route.method == "GET" else None,
    )  # fmt: skip


def _fair(kind: str) -> Callable[[Request], None]:
    async def fair(request: Request) -> None:
        request.app.state.buckets.take(kind, request.client.host if request.client else "")

    return fair  # type: ignore[return-value]


def _described(model: type[BaseModel]) -> dict[str, Any]:
    media = "multipart/form-data" if forms.takes_files(model) else "application/json"
    return {
        "requestBody": {
            "required": True,
            "content": {media: {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}},
        },
        "parameters": [
            {"name": "Prefer", "in": "header", "schema": {"type": "string"}, "example": "return=minimal"}
        ],
        "responses": {
            "204": {
                "description": "Done, when `Prefer: return=minimal` was sent; `Content-Location` says where to look."
            }
        },
        "x-form": model.__name__,
    }


def _asking(step: Step[Any], path: str, find: Callable[..., Any], choices: Any, values: Any) -> AskFunction:
    def ask(unit: Unit, **place: Any) -> Ask:
        subject = find(unit, **place)
        return Ask(
            title=step.title, submit=step.title, back=path.format(**place), version=subject.version, danger=step.danger,
            choices=choices(unit, subject) if choices else {}, values=values(unit, subject) if values else {},
        )  # fmt: skip

    return ask


def _taking(
    step: Step[Any],
    workflow: Workflow[Any],
    find: Callable[..., Any],
    doing: Callable[[Unit, Any, Any], Any] | None,
) -> ActionFunction:
    """The action of one step: find the subject inside the actor's scope, then take the step or call its command."""

    def act(unit: Unit, form: StepForm, **place: Any) -> Any:
        subject = find(unit, **place)
        return (
            doing(unit, subject, form) if doing else _no_place(take(unit, workflow, subject, step.name, form))
        )

    asked = [p for name, p in inspect.signature(find).parameters.items() if name != "unit"]
    form = inspect.Parameter("form", inspect.Parameter.KEYWORD_ONLY, annotation=step.form)
    act.__signature__ = inspect.Signature([p.replace(kind=p.KEYWORD_ONLY) for p in asked] + [form])  # type: ignore[attr-defined]
    act.__name__ = f"{workflow.name}_{step.name}".replace("-", "_")
    act.__qualname__, act.__doc__ = act.__name__, step.title
    return act


def _no_place(_event: object) -> None:
    return None


def _answer(function: Callable[..., Any]) -> Any:
    return inspect.signature(function).return_annotation
