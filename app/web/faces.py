"""What stands behind one route: its HTML face, its JSON face, the page of its form, and what they answer with."""

import hashlib
import inspect
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from app.kernel.actor import Actor
from app.kernel.database import Site, Unit, reading, writing
from app.kernel.errors import Invalid, Problem, Refused, Stale, TooSoon, WrongState
from app.kernel.fields import View
from app.kernel.repeat import remember, remembered
from app.web import forms, gate, problems
from app.web.finding import API
from app.web.limits import read_capped
from app.web.menu import links
from app.web.rendering import render
from app.web.sent import form_fields
from app.web.uploads import Upload

PageFunction = Callable[..., BaseModel]
ActionFunction = Callable[..., Any]
AskFunction = Callable[..., "Ask | Landing"]


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
    template: str = "form.html"
    more: View | None = None
    """What a template of its own shows beside the form."""


class AskView(View):
    """The page of one form."""

    title: str
    lead: str
    back: str
    form: forms.FormView
    problem: str = ""
    more: View | None = None


@dataclass(frozen=True)
class Landing:
    """Where an action leads when that is not simply its page: another address, or with a cookie to set or clear."""

    place: Mapping[str, Any] = field(default_factory=dict)
    to: str = ""
    cookie: str | None = None
    clear_cookie: bool = False
    refusal: Problem | None = None
    """Said once the transaction is committed: a refusal that must leave its trace (a wrong password is counted)."""
    show: BaseModel | None = None
    """Answered at once instead of leading there: a secret that is shown once and kept nowhere."""


@dataclass(frozen=True)
class Answer:
    """A file or another plain answer."""

    content: bytes
    media: str
    name: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class Faces:
    """The three endpoints of one action: HTML form, JSON body, and the page of the form."""

    def __init__(
        self,
        function: ActionFunction,
        then: PageFunction,
        model: type[BaseModel],
        may: gate.May,
        ask: AskFunction | None,
        path: str,
        slow: bool = False,
        asks: bool = False,
    ) -> None:
        self.function, self.then, self.model, self.may = function, then, model, may
        self.ask, self.path, self.slow, self.asks = ask, path, slow, asks
        self.places = inspect.signature(then).parameters

    def html(self, cap: int) -> Callable[..., Any]:
        async def sent(request: Request) -> dict[str, list[Any]]:
            return await form_fields(request, cap)

        def as_html(request: Request, sent: dict[str, list[Any]] = Depends(sent), **values: Any) -> Response:
            settings = site_of(request).settings
            session = request.cookies.get(gate.cookie_name(settings))
            typed = forms.typed(self.model, sent)
            try:
                self._let_in(request, sent, json=False)
                gate.check_own_form(request, settings, session, str(sent.get("csrf", [""])[0]))
                form = forms.read_form(
                    self.model, {name: value for name, value in typed.items() if name not in ("csrf", "once")}
                )
                landing, _actor = self._perform(
                    request, values, form, str(sent.get("once", [""])[0]), json=False
                )
            except gate.SignInNeeded as problem:
                if self.ask is None:
                    raise
                return self._kept(request, sent, problem)
            except (Invalid, Refused, Stale, WrongState, TooSoon, gate.FormTooOld) as problem:
                if self.ask is None:
                    raise
                try:
                    return self._again(request, values, typed, problem)
                except Problem as gone:  # the form is not asked for any more: somebody else was faster
                    return self._kept(request, sent, gone)
            return self._landed(request, landing)

        return asking_for(self.function, as_html)

    def json(self, cap: int, status: int) -> Callable[..., Any]:
        async def sent(request: Request) -> bytes | dict[str, list[Any]]:
            kind = request.headers.get("content-type", "").split(";")[0].strip()
            if kind == "multipart/form-data":
                return await form_fields(request, cap)
            if kind != "application/json":
                raise HTTPException(415)
            return await read_capped(request, cap)

        def as_json(
            request: Request, sent: bytes | dict[str, list[Any]] = Depends(sent), **values: Any
        ) -> Response:
            self._let_in(request, sent, json=True)
            form = (
                forms.read_json(self.model, sent)
                if isinstance(sent, bytes)
                else forms.read_form(self.model, forms.typed(self.model, sent))
            )
            landing, actor = self._perform(
                request, values, form, request.headers.get("idempotency-key", ""), json=True
            )
            return self._told(request, landing, actor, status)

        return asking_for(self.function, as_json)

    def form_page(self) -> Callable[..., Any]:
        def as_form(request: Request, **values: Any) -> Response:
            with Admitted(request, self.may, json=False) as unit:
                return self._draw(request, unit, values)

        return asking_for(self.function, as_form, *filter(None, [self.ask]))

    def _perform(
        self, request: Request, values: dict[str, Any], form: BaseModel, key: str, *, json: bool
    ) -> tuple[Landing, Actor]:
        """The whole write: admit, look for the same call before, do, remember. One transaction, committed before the answer."""
        if self.asks:
            return self._answered(request, values, form, json=json)
        place = {name: value for name, value in values.items() if name in self.places}
        asked = hashlib.sha256(
            f"{self.function.__module__}.{self.function.__qualname__}{sorted(values.items())}{form!r}".encode()
        ).hexdigest()
        brought = gate.credentials(request, site_of(request).settings, json=json)
        act = self._prepared(request, brought, values, form) if self.slow else self._bound(values, form)
        with writing(site_of(request)) as unit:
            gate.admit(unit, request.app.state.ports, brought, self.may)
            if key and (before := remembered(unit, key, asked)) is not None:
                return Landing(before), unit.actor
            done = act(unit)
            landing = done if isinstance(done, Landing) else Landing(place | (done or {}))
            if key and not landing.to and not landing.refusal:
                remember(unit, key, asked, dict(landing.place))
        if landing.refusal:
            raise landing.refusal
        return landing, unit.actor

    def _answered(
        self, request: Request, values: dict[str, Any], form: BaseModel, *, json: bool
    ) -> tuple[Landing, Actor]:
        """A question: what takes long is done before any transaction, and none writes."""
        request.state.asks = True
        told: Callable[[Unit], BaseModel] = self.function(site_of(request), **values, form=form)
        with Admitted(request, self.may, json=json) as unit:
            return Landing(show=told(unit)), unit.actor

    def _let_in(self, request: Request, sent: bytes | dict[str, list[Any]], *, json: bool) -> None:
        """Nobody's form is read before somebody brought credentials, and no file is opened for who may not send it."""
        gate.bring_something(gate.credentials(request, site_of(request).settings, json=json), self.may)
        fields = [] if isinstance(sent, bytes) else sent.values()
        if any(isinstance(one, Upload) for values in fields for one in values):
            with Admitted(request, self.may, json=json):
                pass

    def _bound(self, values: dict[str, Any], form: BaseModel) -> Callable[[Unit], Any]:
        return lambda unit: self.function(unit, **values, form=form)

    def _prepared(
        self, request: Request, brought: gate.Credentials, values: dict[str, Any], form: BaseModel
    ) -> Callable[[Unit], Any]:
        """What a slow action leaves to be written: its own work is done before any writer waits for it."""
        with reading(site_of(request)) as unit:
            gate.admit(unit, request.app.state.ports, brought, self.may)
            prepared: Callable[[Unit], Any] = self.function(unit, **values, form=form)
        return prepared

    def _told(self, request: Request, landing: Landing, actor: Actor, status: int) -> Response:
        """What a program is told: the page as it is now, or only where that is when the program prefers so (RFC 7240)."""
        if landing.show is None and "return=minimal" in request.headers.get("prefer", ""):
            headers = {
                "Content-Location": API + _address(self.then, landing),
                "Preference-Applied": "return=minimal",
            }
            return Response(status_code=204, headers=headers)
        with reading(site_of(request), actor) as unit:  # admitted a moment ago, in the transaction itself
            return json_answer(landing.show or self.then(unit, **landing.place), status)

    def _landed(self, request: Request, landing: Landing) -> Response:
        """Where a browser goes from here, or the page that is shown only now."""
        if landing.show is None:
            return _redirect(request, landing, self.then)
        settings = site_of(request).settings
        with Admitted(request, gate.PUBLIC, json=False) as unit:
            around = context(request, unit)
        if landing.cookie is not None:
            around["csrf"] = gate.csrf_token(settings, landing.cookie)
        text = render(self.then.face[1], page=landing.show, **around)  # type: ignore[attr-defined]
        return _with_cookie(request, HTMLResponse(text, headers={"Cache-Control": "no-store"}), landing)

    def _again(
        self, request: Request, values: dict[str, Any], typed: dict[str, Any], problem: Problem
    ) -> Response:
        """The same form with what was typed and what was wrong with it."""
        with Admitted(request, self.may, json=False) as unit:
            return self._draw(request, unit, values, typed, problem)

    def _kept(self, request: Request, sent: dict[str, list[Any]], problem: Problem) -> Response:
        """The form cannot be shown again: nothing is saved, and what was typed stays on the page (issue 2, faults)."""
        out = isinstance(problem, gate.SignInNeeded)
        action = self.path.format(**request.path_params)
        page = forms.kept_view(self.model, action, sent, detail=problem.detail, signed_out=out)
        text = render("kept.html", page=page, **context(request))
        return HTMLResponse(
            text, 401 if out else problems.STATUS[type(problem)], headers={"Cache-Control": "no-store"}
        )

    def _draw(
        self,
        request: Request,
        unit: Unit,
        values: dict[str, Any],
        typed: dict[str, Any] | None = None,
        problem: Problem | None = None,
    ) -> Response:
        assert self.ask
        ask = self.ask(unit, **values)
        if isinstance(ask, Landing):
            return RedirectResponse(ask.to, status_code=303)
        errors = problem.fields if isinstance(problem, Invalid) else {}
        drawn = forms.draw_form(
            self.model, self.path.format(**request.path_params), ask.title, ask.submit, version=_looked_at(ask, typed, problem), once=None if self.asks else secrets.token_urlsafe(16),
            values=ask.values if typed is None else typed, errors=errors, choices=ask.choices, danger=ask.danger,
        )  # fmt: skip
        page = AskView(
            title=ask.title,
            lead=ask.lead,
            back=ask.back,
            form=drawn,
            problem=problem.detail if problem else "",
            more=ask.more,
        )
        text = render(ask.template, page=page, errors=errors, **context(request, unit))
        return HTMLResponse(
            text,
            problems.STATUS[type(problem)] if problem else 200,
            caching(request, self.may) if self.asks and not problem else problems.waiting(problem),
        )


def _looked_at(ask: Ask, typed: Mapping[str, Any] | None, problem: Problem | None) -> int | None:
    """The version the form is about: a form that is only too old still speaks of the one its sender looked at."""
    seen = str((typed or {}).get("version", ""))
    return (
        int(seen)
        if isinstance(problem, gate.FormTooOld) and seen.isascii() and seen.isdigit() and len(seen) < 10
        else ask.version
    )


def context(request: Request, unit: Unit | None = None) -> dict[str, Any]:
    """What every template may use beside its View."""
    site = site_of(request)
    session = request.cookies.get(gate.cookie_name(site.settings))
    actor = unit.actor if unit else None
    line = request.app.state.ports.register_line(unit) if unit else ""
    return {
        "csrf": gate.csrf_token(site.settings, session), "actor": actor if actor and actor.signed_in else None, "path": request.url.path, "address": site.settings.link(request.url.path),
        "nav": links(actor, request.url.path) if actor else [], "demo": site.settings.demo, "register_line": line,
        "now": site.clock(),
    }  # fmt: skip


def site_of(request: Request) -> Site:
    site: Site = request.app.state.site
    return site


class Admitted:
    """A reading unit with the actor of the request on it."""

    def __init__(self, request: Request, may: gate.May, json: bool) -> None:
        self.request, self.may, self.json = request, may, json

    def __enter__(self) -> Unit:
        site = site_of(self.request)
        self.unit = reading(site)
        unit = self.unit.__enter__()
        try:
            gate.admit(
                unit,
                self.request.app.state.ports,
                gate.credentials(self.request, site.settings, json=self.json),
                self.may,
            )
        except BaseException as error:
            self.unit.__exit__(type(error), error, error.__traceback__)
            raise
        return unit

    def __exit__(self, *error: Any) -> None:
        self.unit.__exit__(*error)


def caching(request: Request, may: gate.May) -> dict[str, str]:
    """Public answers may be kept and asked about again; whoever is signed in gets their own."""
    everybodys = may == gate.PUBLIC and gate.is_stranger(request)
    return {"Cache-Control": "public, no-cache" if everybodys else "no-store"}


def json_answer(view: BaseModel, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(view.model_dump_json(by_alias=True), status, dict(headers or {}), "application/json")


def _redirect(request: Request, landing: Landing, then: PageFunction) -> Response:
    target = landing.to or _address(then, landing)
    return _with_cookie(request, RedirectResponse(target, status_code=303), landing)


def _address(then: PageFunction, landing: Landing) -> str:
    place = {name: quote(str(value), safe="") for name, value in landing.place.items()}
    return str(then.face[0].format(**place))  # type: ignore[attr-defined]


def _with_cookie(request: Request, response: Response, landing: Landing) -> Response:
    settings = site_of(request).settings
    cookie = gate.cookie_name(settings)
    if landing.cookie is not None:
        response.set_cookie(
            cookie,
            landing.cookie,
            path="/",
            httponly=True,
            secure=settings.secure,
            samesite="lax",
            max_age=14 * 86400,
        )
    if landing.clear_cookie:
        response.delete_cookie(cookie, path="/", httponly=True, secure=settings.secure, samesite="lax")
    return response


def asking_for(served: ActionFunction, endpoint: ActionFunction, *more: AskFunction) -> ActionFunction:
    """Give the endpoint the path and query parameters of the function it serves, and of what else it calls."""
    own = [p for p in inspect.signature(endpoint).parameters.values() if p.kind is not p.VAR_KEYWORD]
    named = {
        name: p
        for one in (*more, served)
        for name, p in inspect.signature(one).parameters.items()
        if name not in ("unit", "_unit", "site", "form") and p.kind is not p.VAR_KEYWORD
    }
    parameters = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in [*own, *named.values()]]
    endpoint.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    endpoint.__name__, endpoint.__doc__ = served.__name__, served.__doc__
    return endpoint
