"""One function a feature, two faces: each page and each action is served as HTML and as JSON under /api/v1."""

import hashlib
import inspect
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from app.kernel.casework import take
from app.kernel.database import Site, Unit, reading, writing
from app.kernel.errors import Invalid, Problem, Refused, Stale, WrongState
from app.kernel.fields import StepForm, View
from app.kernel.repeat import remember, remembered
from app.kernel.workflow import Step, Workflow
from app.web import forms, gate, problems
from app.web.limits import KILOBYTE, read_capped
from app.web.menu import links
from app.web.rendering import render
from app.web.uploads import LARGEST, Upload

PageFunction = Callable[..., BaseModel]
ActionFunction = Callable[..., Any]
AskFunction = Callable[..., "Ask"]
SMALL = 256 * KILOBYTE
"""Body cap of a route without files, in bytes."""


@dataclass(frozen=True)
class Ask:
    """What the page of a form shows beside the form itself."""

    title: str
    submit: str
    lead: str = ""
    back: str = "/desk"
    version: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    choices: forms.Choices = field(default_factory=dict)
    danger: bool = False


class AskView(View):
    """The page of one form."""

    title: str
    lead: str
    back: str
    form: forms.FormView
    problem: str = ""


@dataclass(frozen=True)
class Landing:
    """Where an action leads when that is not simply its page: another address, or with a cookie to set or clear."""

    place: Mapping[str, Any] = field(default_factory=dict)
    to: str = ""
    cookie: str | None = None
    clear_cookie: bool = False


@dataclass(frozen=True)
class Answer:
    """A file or another plain answer."""

    content: bytes
    media: str
    name: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


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


class Area:
    """The routes of one part of the site."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.routes: list[Route] = []

    def page(self, path: str, template: str, *, may: gate.May, rate: str = "", api: str | None = None) -> Callable[[PageFunction], PageFunction]:
        """Serve what the function answers: HTML at `path`, JSON of the same View at /api/v1 + `api` (or `path`; "" for none)."""

        def register(function: PageFunction) -> PageFunction:
            name = f"{self.name}.{function.__name__}"

            def as_html(request: Request, **values: Any) -> Response:
                with _reading(request, may, json=False) as unit:
                    view = function(unit, **values)
                    text = render(template, page=view, **context(request, unit))
                return HTMLResponse(text, headers=_caching(request, may))

            def as_json(request: Request, **values: Any) -> Response:
                with _reading(request, may, json=True) as unit:
                    return _json(function(unit, **values), headers=_caching(request, may))

            self._add("GET", path, may, rate, 0, _asking_for(function, as_html), name)
            if api != "":
                self._add("GET", api or path, may, rate, 0, _asking_for(function, as_json), f"api.{name}", json=True, response=_answer(function))
            function.face = (name, path, template)  # type: ignore[attr-defined]
            return function

        return register

    def action(
        self, path: str, then: PageFunction, *, may: gate.May, ask: AskFunction | None = None, form_path: str = "", rate: str = "",
        status: int = 200, html_only: bool = False,
    ) -> Callable[[ActionFunction], ActionFunction]:  # fmt: skip
        """Carry out a command in one transaction, then show the page it leads to.

        With `ask` the form has a page of its own at `form_path` (default: `path`), which also shows what was refused.
        """

        def register(function: ActionFunction) -> ActionFunction:
            model: type[BaseModel] = inspect.signature(function).parameters["form"].annotation
            files = any(forms._inner(item.annotation)[0] is Upload for item in model.model_fields.values())
            cap = LARGEST + SMALL if files else SMALL
            name = f"{self.name}.{function.__name__}"
            faces = _Faces(function, then, model, may, ask, path)
            self._add("POST", path, may, rate, cap, faces.html(cap), name)
            if not html_only:
                self._add("POST", path, may, rate, cap, faces.json(cap, status), f"api.{name}", json=True, response=_answer(then), form=model, status=status)
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
        """An action and a form page for every step of a workflow.

        `doing` holds the functions of steps that do more than move their subject; `choices` and `values` fill their forms.
        """
        doing = doing or {}
        assert {step.name for step in workflow.steps if step.command} == set(doing), f"{workflow.name}: commands and `doing` differ"
        for step in workflow.steps:
            fill = ((choices or {}).get(step.name), (values or {}).get(step.name))
            act = _taking(step, workflow, find, doing.get(step.name))
            self.action(f"{path}/{step.name}", then=then, may=step.permission, ask=_asking(step, path, find, *fill))(act)

    def file(self, path: str, *, may: gate.May, rate: str = "") -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
        """Serve bytes: documents, drawings, feeds."""

        def register(function: Callable[..., Answer]) -> Callable[..., Answer]:
            def as_file(request: Request, **values: Any) -> Response:
                with _reading(request, may, json=path.startswith("/api/")) as unit:
                    answer = function(unit, **values)
                headers = {**_caching(request, may), **answer.headers}
                if answer.name:
                    headers["Content-Disposition"] = f'attachment; filename="{answer.name}"'
                return Response(answer.content, media_type=answer.media, headers=headers)

            self._add("GET", path, may, rate, 0, _asking_for(function, as_file), f"{self.name}.{function.__name__}")
            return function

        return register

    def _add(self, method: str, path: str, may: gate.May, rate: str, cap: int, endpoint: Callable[..., Any], name: str, **more: Any) -> None:
        kind = rate or ("look_up" if may == gate.PUBLIC else "desk")
        self.routes.append(Route(method, path, may, kind, cap, endpoint, name, **more))

    def mount(self, app: FastAPI) -> None:
        """Put the routes on the application, fixed addresses before those with a place to fill."""
        html, json = APIRouter(include_in_schema=False), APIRouter(prefix="/api/v1", tags=[self.name])
        for route in sorted(self.routes, key=lambda route: (route.path.count("{"), -route.path.count("/"))):
            router = json if route.json else html
            methods = ["GET", "HEAD"] if route.method == "GET" and not route.json else [route.method]
            router.add_api_route(
                route.path, route.endpoint, methods=methods, name=route.name, response_model=route.response, status_code=route.status,
                dependencies=[Depends(_fair(route.rate))], openapi_extra=_body_schema(route.form) if route.form else None,
            )  # fmt: skip
        app.include_router(json)
        app.include_router(html)


class _Faces:
    """The three endpoints of one action: HTML form, JSON body, and the page of the form."""

    def __init__(self, function: ActionFunction, then: PageFunction, model: type[BaseModel], may: gate.May, ask: AskFunction | None, path: str) -> None:
        self.function, self.then, self.model, self.may, self.ask, self.path = function, then, model, may, ask, path

    def html(self, cap: int) -> Callable[..., Any]:
        async def sent(request: Request) -> dict[str, list[Any]]:
            return await _form_fields(request, cap)

        def as_html(request: Request, sent: dict[str, list[Any]] = Depends(sent), **values: Any) -> Response:
            settings = _site(request).settings
            session = request.cookies.get(gate.cookie_name(settings))
            typed = forms.typed(self.model, sent)
            try:
                gate.check_own_form(request, settings, session, str(sent.get("csrf", [""])[0]))
                form = forms.read_form(self.model, {name: value for name, value in typed.items() if name not in ("csrf", "once")})
                landing = self._perform(request, values, form, str(sent.get("once", [""])[0]), json=False)
            except (Invalid, Refused, Stale, WrongState) as problem:
                if self.ask is None:
                    raise
                return self._again(request, values, typed, problem)
            return _redirect(request, landing, self.then)

        return _asking_for(self.function, as_html)

    def json(self, cap: int, status: int) -> Callable[..., Any]:
        async def sent(request: Request) -> bytes | dict[str, list[Any]]:
            kind = request.headers.get("content-type", "").split(";")[0].strip()
            if kind == "multipart/form-data":
                return await _form_fields(request, cap)
            if kind != "application/json":
                raise HTTPException(415)
            return await read_capped(request, cap)

        def as_json(request: Request, sent: bytes | dict[str, list[Any]] = Depends(sent), **values: Any) -> Response:
            form = forms.read_json(self.model, sent) if isinstance(sent, bytes) else forms.read_form(self.model, forms.typed(self.model, sent))
            landing = self._perform(request, values, form, request.headers.get("idempotency-key", ""), json=True)
            with _reading(request, self.may, json=True) as unit:
                return _json(self.then(unit, **landing.place), status)

        return _asking_for(self.function, as_json)

    def form_page(self) -> Callable[..., Any]:
        def as_form(request: Request, **values: Any) -> Response:
            with _reading(request, self.may, json=False) as unit:
                return self._draw(request, unit, values)

        return _asking_for(self.function, as_form)

    def _perform(self, request: Request, values: dict[str, Any], form: BaseModel, key: str, *, json: bool) -> Landing:
        """The whole write: admit, look for the same call before, do, remember. One transaction, committed before the answer."""
        place = {name: value for name, value in values.items() if name in inspect.signature(self.then).parameters}
        asked = hashlib.sha256(f"{self.function.__module__}.{self.function.__qualname__}{sorted(values.items())}{form!r}".encode()).hexdigest()
        brought = gate.credentials(request, _site(request).settings, json=json)
        with writing(_site(request)) as unit:
            gate.admit(unit, request.app.state.ports, brought, self.may)
            if key and (before := remembered(unit, key[:100], asked)) is not None:
                return Landing(before)
            done = self.function(unit, **values, form=form)
            landing = done if isinstance(done, Landing) else Landing(place | (done or {}))
            if key and not landing.to:
                remember(unit, key[:100], asked, dict(landing.place))
            return landing

    def _again(self, request: Request, values: dict[str, Any], typed: dict[str, Any], problem: Problem) -> Response:
        """The same form with what was typed and what was wrong with it."""
        with _reading(request, self.may, json=False) as unit:
            return self._draw(request, unit, values, typed, problem)

    def _draw(self, request: Request, unit: Unit, values: dict[str, Any], typed: dict[str, Any] | None = None, problem: Problem | None = None) -> Response:
        assert self.ask
        ask = self.ask(unit, **values)
        errors = problem.fields if isinstance(problem, Invalid) else {}
        drawn = forms.draw_form(
            self.model, self.path.format(**request.path_params), ask.title, ask.submit, version=ask.version, once=secrets.token_urlsafe(16),
            values=ask.values if typed is None else typed, errors=errors, choices=ask.choices, danger=ask.danger,
        )  # fmt: skip
        page = AskView(title=ask.title, lead=ask.lead, back=ask.back, form=drawn, problem=problem.detail if problem else "")
        text = render("form.html", page=page, errors=errors, **context(request, unit))
        return HTMLResponse(text, problems.STATUS[type(problem)] if problem else 200)


def context(request: Request, unit: Unit | None = None) -> dict[str, Any]:
    """What every template may use beside its View."""
    site = _site(request)
    session = request.cookies.get(gate.cookie_name(site.settings))
    actor = unit.actor if unit else None
    line = request.app.state.ports.register_line(unit) if unit else ""
    return {
        "csrf": gate.csrf_token(site.settings, session), "actor": actor if actor and actor.signed_in else None, "path": request.url.path,
        "nav": links(actor, request.url.path) if actor else [], "demo": site.settings.demo, "register_line": line,
        "now": site.clock(),
    }  # fmt: skip


def _site(request: Request) -> Site:
    site: Site = request.app.state.site
    return site


def _reading(request: Request, may: gate.May, *, json: bool) -> "_Reading":
    return _Reading(request, may, json)


class _Reading:
    """A reading unit with the actor of the request on it."""

    def __init__(self, request: Request, may: gate.May, json: bool) -> None:
        self.request, self.may, self.json = request, may, json

    def __enter__(self) -> Unit:
        site = _site(self.request)
        self.unit = reading(site)
        unit = self.unit.__enter__()
        try:
            gate.admit(unit, self.request.app.state.ports, gate.credentials(self.request, site.settings, json=self.json), self.may)
        except BaseException as error:
            self.unit.__exit__(type(error), error, error.__traceback__)
            raise
        return unit

    def __exit__(self, *error: Any) -> None:
        self.unit.__exit__(*error)


def _caching(request: Request, may: gate.May) -> dict[str, str]:
    """Public answers may be kept and asked about again; whoever is signed in gets their own."""
    own = gate.cookie_name(_site(request).settings) in request.cookies or "authorization" in request.headers
    return {"Cache-Control": "no-store" if own or may != gate.PUBLIC else "public, no-cache"}


def _json(view: BaseModel, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(view.model_dump_json(by_alias=True), status, dict(headers or {}), "application/json")


def _redirect(request: Request, landing: Landing, then: PageFunction) -> Response:
    settings = _site(request).settings
    name = then.face[0]  # type: ignore[attr-defined]
    target = landing.to or str(request.app.url_path_for(name, **landing.place))
    response = RedirectResponse(target, status_code=303)
    cookie = gate.cookie_name(settings)
    if landing.cookie is not None:
        response.set_cookie(cookie, landing.cookie, path="/", httponly=True, secure=settings.secure, samesite="lax", max_age=14 * 86400)
    if landing.clear_cookie:
        response.delete_cookie(cookie, path="/", httponly=True, secure=settings.secure, samesite="lax")
    return response


async def _form_fields(request: Request, cap: int) -> dict[str, list[Any]]:
    """What a browser sent, by name, each a list. Files become Uploads here, before the connection is let go."""
    kind = request.headers.get("content-type", "").split(";")[0].strip()
    if kind not in ("application/x-www-form-urlencoded", "multipart/form-data", ""):
        raise HTTPException(415)
    body = await read_capped(request, cap)
    again = Request(request.scope, receive=_receive(body))
    async with again.form(max_files=5, max_fields=1000, max_part_size=SMALL) as data:
        return await _collected(data)


def _receive(body: bytes) -> Callable[[], Any]:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _collected(data: FormData) -> dict[str, list[Any]]:
    fields: dict[str, list[Any]] = {}
    for name, value in data.multi_items():
        if isinstance(value, UploadFile):
            content = await value.read()
            if not content and not value.filename:
                continue
            fields.setdefault(name, []).append(Upload(value.filename or "", content))
        else:
            fields.setdefault(name, []).append(value)
    return fields


def _fair(kind: str) -> Callable[[Request], None]:
    async def fair(request: Request) -> None:
        request.app.state.buckets.take(kind, request.client.host if request.client else "")

    return fair  # type: ignore[return-value]


def _body_schema(model: type[BaseModel]) -> dict[str, Any]:
    files = any(forms._inner(item.annotation)[0] is Upload for item in model.model_fields.values())
    media = "multipart/form-data" if files else "application/json"
    return {"requestBody": {"required": True, "content": {media: {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}}}, "x-form": model.__name__}


def _asking(step: Step[Any], path: str, find: Callable[..., Any], choices: Any, values: Any) -> AskFunction:
    def ask(unit: Unit, **place: Any) -> Ask:
        subject = find(unit, **place)
        return Ask(
            title=step.title, submit=step.title, back=path.format(**place), version=subject.version, danger=step.danger,
            choices=choices(unit, subject) if choices else {}, values=values(unit, subject) if values else {},
        )  # fmt: skip

    return ask


def _taking(step: Step[Any], workflow: Workflow[Any], find: Callable[..., Any], doing: Callable[[Unit, Any, Any], Any] | None) -> ActionFunction:
    """The action of one step: find the subject inside the actor's scope, then take the step or call its command."""

    def act(unit: Unit, form: StepForm, **place: Any) -> Any:
        subject = find(unit, **place)
        return doing(unit, subject, form) if doing else _no_place(take(unit, workflow, subject, step.name, form))

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


def _asking_for(function: Callable[..., Any], endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """Give the endpoint the path and query parameters of the function it serves."""
    own = [p for p in inspect.signature(endpoint).parameters.values() if p.kind is not p.VAR_KEYWORD]
    asked = [p for name, p in inspect.signature(function).parameters.items() if name not in ("unit", "form")]
    parameters = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own + asked]
    endpoint.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    endpoint.__name__, endpoint.__doc__ = function.__name__, function.__doc__
    return endpoint


