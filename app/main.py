"""create_app(settings) and work(settings): the one place where the parts meet, for a web process and for a worker."""

import gc
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from types import FrameType
from typing import Any

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from sqlalchemy import text

import app.audits.effects
import app.cases.effects
import app.certificates.effects
import app.complaints.effects
import app.daily.effects
import app.ledger.effects
import app.licences.effects
import app.papers.effects
import app.people.effects
import app.providers.effects
import app.registry.effects
import app.statements.effects
import app.surveillance.effects  # noqa: F401
from app.audits.pages import area as audits
from app.cases.pages import area as cases
from app.certificates.pages import area as certificates
from app.complaints.pages import area as complaints
from app.curricula.pages import area as curricula
from app.daily.pages import area as daily
from app.designs.pages import area as designs
from app.desks.pages import area as desks
from app.kernel import outbox
from app.kernel.clock import Clock, civil_date, system_clock
from app.kernel.database import POOL, Site, Unit, connect, reading
from app.kernel.logging import logger, set_up
from app.ledger.pages import area as ledger
from app.ledger.queries import size_reader, witnessed
from app.licences.pages import area as licences
from app.marks.pages import area as marks
from app.organisations.pages import area as organisations
from app.people.commands import recognise
from app.people.pages import area as people
from app.providers.pages import area as providers
from app.registry.pages import area as registry
from app.registry.queries import register_line
from app.settings import Settings
from app.standards.pages import area as standards
from app.standards.queries import catalogue
from app.statements.pages import area as statements
from app.surveillance.pages import area as surveillance
from app.web import problems
from app.web.faces import context
from app.web.finding import ByFirstWord, find_by_first_word
from app.web.gate import PUBLIC, Ports, SignInNeeded, cookie_name
from app.web.headers import SecurityHeaders
from app.web.kept import KeptAnswers, Stamp
from app.web.limits import Buckets, Rate
from app.web.rendering import STATIC, check_assets
from app.web.routing import Area
from app.web.styleguide import StyleguideView, styleguide_view

AREAS: tuple[Area, ...] = (
    cases,
    certificates,
    desks,
    organisations,
    people,
    audits,
    licences,
    designs,
    ledger,
    providers,
    standards,
    curricula,
    registry,
    marks,
    surveillance,
    complaints,
    statements,
    daily,
)
IDLE_SECONDS = 0.5
"""How long a worker with nothing to do waits before it looks again."""
styleguide = Area("styleguide")


@styleguide.page("/styleguide", "styleguide.html", may=PUBLIC, api="")
def show_styleguide(_unit: Unit) -> StyleguideView:
    """Every part of the look, in demonstrations only."""
    return styleguide_view()


def create_app(
    settings: Settings, clock: Clock = system_clock, rates: Mapping[str, Rate] | None = None
) -> FastAPI:
    """The web application of these settings. It opens no connection until somebody asks something.

    Raises Unstyled when the styles are missing, StandardsFault when a published edition or rule pack was changed.
    """
    check_assets()
    catalogue()
    app = FastAPI(
        title="Certified Training Register",
        version="1",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        lifespan=serving,
    )
    app.state.site = connect(settings, clock)
    app.state.ports = make_ports()
    app.state.buckets = Buckets(rates)
    app.state.context = context
    for kind, handler in problems.HANDLERS.items():
        app.add_exception_handler(kind, handler)
    app.add_exception_handler(SignInNeeded, problems.answer_sign_in)
    app.add_api_route("/healthz", alive, include_in_schema=False)
    app.add_api_route("/readyz", ready, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    finder = find_by_first_word(app, (*AREAS, styleguide) if settings.demo else AREAS)
    app.add_middleware(SecurityHeaders, secure=settings.secure)
    keep_answers(app, finder)
    app.openapi = lambda: describe(app, finder)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def serving(_app: FastAPI) -> AsyncIterator[None]:
    """As many threads as connections that stay open: more of them only take memory and turns from each other.

    What is loaded by now stays for good, so the garbage collector need not walk through it again and again; what the
    requests leave behind is collected sooner than while loading (a page leaves some 70 objects, 12 MiB in 50,000).
    """
    current_default_thread_limiter().total_tokens = POOL
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 20, 50)
    yield


def keep_answers(app: FastAPI, finder: ByFirstWord) -> None:
    """Put the kept answers in front of every other layer, so that they are kept as they leave and nothing else is asked.

    How far the ledger goes is read first, on SQLite when first asked.
    """
    site, reader, build = app.state.site, list[Callable[[], int]](), app.build_middleware_stack

    def stamp() -> Stamp:
        if not reader:
            reader.append(size_reader(site))
        return reader[0](), civil_date(site.clock())

    app.build_middleware_stack = lambda: KeptAnswers(  # type: ignore[method-assign]
        build(),
        stamp=stamp,
        cookie=cookie_name(site.settings),
        in_thread=not site.reads_at_once,
        reads=finder.reads,
    )


def make_ports() -> Ports:
    """What the edge asks of the areas above it."""
    return Ports(identify=recognise, register_line=register_line)


async def alive() -> Response:
    """Liveness: touches nothing (rules page, 31)."""
    return PlainTextResponse("alive")


def ready(request: Request) -> Response:
    """Readiness: says what is missing."""
    try:
        with reading(request.app.state.site) as unit:
            unit.db.execute(text("select 1 from event limit 1"))
            witnesses = witnessed(unit)
    except Exception as error:
        return JSONResponse({"ready": False, "missing": f"the database ({type(error).__name__})"}, 503)
    return JSONResponse({"ready": True, "missing": None, "witnesses": witnesses})


def describe(app: FastAPI, finder: ByFirstWord) -> dict[str, Any]:
    """OpenAPI of the JSON face; the schemas of bodies that we parse ourselves are added by name."""
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, routes=finder.every())
        forms: list[type[BaseModel]] = sorted(
            {route.form for area in AREAS for route in area.routes if route.form},
            key=lambda form: form.__name__,
        )
        _names, definitions = models_json_schema(
            [(form, "validation") for form in forms], ref_template="#/components/schemas/{model}"
        )
        schema.setdefault("components", {}).setdefault("schemas", {}).update(definitions.get("$defs", {}))
        app.openapi_schema = schema
    return app.openapi_schema


def work(settings: Settings) -> None:
    """Deliver until told to stop; a signal lets the delivery at hand finish."""
    set_up(settings.log_level)
    stopping: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopping.append(number)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    site, last = connect(settings), dict[str, datetime]()
    parent = os.getppid()
    while not stopping and os.getppid() == parent:
        if not work_once(site, last):
            time.sleep(IDLE_SECONDS)


def work_once(site: Site, last: dict[str, datetime]) -> bool:
    """One delivery, else a piece of what can wait, and the duties that are due; False when there was nothing. A gone database is waited for."""
    try:
        outbox.run_ticks(site, last)
        return outbox.deliver_next(site) or outbox.use_idle_time(site)
    except Exception:
        logger().exception("worker_failed")
        return False
