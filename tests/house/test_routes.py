"""Every route says who may ask it, how often, how much it takes and what it answers; the table of rights is written down."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.routing import BaseRoute

from app.main import AREAS, create_app
from app.permissions import GRANTS, NEEDS_SECOND_FACTOR, REGISTER, SEAT, Permission, Role
from app.settings import Settings
from app.web.finding import ByFirstWord
from app.web.gate import PUBLIC, SIGNED_IN, May
from app.web.limits import RATES
from app.web.routing import Route

TABLE = Path(__file__).with_name("permissions.md")
LARGEST_BODY = 26 * 1024 * 1024
ROUTES = [(area.name, route) for area in AREAS for route in area.routes]
UNASKED = {Permission.REGISTER_CONTINUE, Permission.STANDARDS_MANAGE, Permission.OVERSIGHT_READ}
"""Rights that no route asks for: the register's own, the desk's figures, and what comes with the editions desk."""


def called(route: Route) -> str:
    return f"{route.method} {'/api/v1' if route.json else ''}{route.path}"


def faulty(is_right: Callable[[Route], bool]) -> list[str]:
    """The routes for which something does not hold."""
    return [called(route) for _area, route in ROUTES if not is_right(route)]


def test_every_route_says_who_may_ask_and_how_often() -> None:
    assert ROUTES
    assert faulty(lambda route: isinstance(route.may, Permission) or route.may in (PUBLIC, SIGNED_IN)) == []
    assert faulty(lambda route: route.rate in RATES) == []


def test_a_route_takes_a_body_only_when_it_changes_something_and_never_one_without_end() -> None:
    assert faulty(lambda route: route.method in ("GET", "POST")) == []
    assert (
        faulty(lambda route: route.cap == 0 if route.method == "GET" else 0 < route.cap <= LARGEST_BODY) == []
    )


def test_the_json_of_a_route_is_a_named_model() -> None:
    assert (
        faulty(
            lambda route: (
                not route.json or (isinstance(route.response, type) and issubclass(route.response, BaseModel))
            )
        )
        == []
    )


def test_what_a_program_sends_is_a_model_that_refuses_unknown_fields() -> None:
    taking = [route for _area, route in ROUTES if route.json and route.method == "POST"]
    assert taking
    assert [
        called(route)
        for route in taking
        if not route.form or route.form.model_config.get("extra") != "forbid"
    ] == []


def test_no_address_is_declared_twice_and_no_name_either() -> None:
    assert [
        name for name, count in Counter(called(route) for _area, route in ROUTES).items() if count > 1
    ] == []
    assert [name for name, count in Counter(route.name for _area, route in ROUTES).items() if count > 1] == []


def test_what_reads_and_what_writes_never_share_a_function() -> None:
    reads = {route.endpoint for _area, route in ROUTES if route.method == "GET"}
    assert reads.isdisjoint({route.endpoint for _area, route in ROUTES if route.method == "POST"})


def test_nothing_is_served_that_no_area_declares(settings: Settings) -> None:
    declared = {called(route) for _area, route in ROUTES}
    alone = {"GET /healthz", "GET /readyz"}
    assert served(settings) - declared - alone == set()
    assert declared - served(settings) == set()


def served(settings: Settings) -> set[str]:
    """What the application really answers to, by method and address."""
    return {f"{method} {path}" for method, path in answered(every_route(settings)) if method != "HEAD"}


def every_route(settings: Settings) -> list[BaseRoute]:
    found = create_app(settings).router.middleware_stack
    assert isinstance(found, ByFirstWord)
    return found.every()


def answered(routes: object) -> Iterator[tuple[str, str]]:
    for one in routes:  # type: ignore[attr-defined]
        if isinstance(one, APIRoute):
            yield from ((method, one.path) for method in one.methods or ())
        elif hasattr(one, "effective_candidates"):
            yield from (
                (method, each.path) for each in one.effective_candidates() for method in each.methods or ()
            )


def test_every_right_is_asked_for_somewhere() -> None:
    asked = {route.may for _area, route in ROUTES if isinstance(route.may, Permission)}
    assert set(Permission) - asked - UNASKED == set()


def test_the_table_of_rights_is_the_one_that_is_written_down() -> None:
    """RRN_WRITE_DOCS=1 writes it anew; the change of rights then shows as a diff."""
    wanted = "\n".join(table()) + "\n"
    if os.environ.get("RRN_WRITE_DOCS"):
        TABLE.write_text(wanted)
    assert TABLE.read_text() == wanted, (
        "the rights changed: look at them, then write the table with RRN_WRITE_DOCS=1"
    )


def table() -> Iterator[str]:
    yield "# Who may ask what"
    yield ""
    yield "Written by `tests/house/test_routes.py` from `app/permissions.py` and the routes of every area; a change of rights is a diff here."
    yield "Which rows somebody may know of, and what may be done now, are the two questions after this one."
    yield ""
    yield from rights_by_role()
    for area in sorted(AREAS, key=lambda one: one.name):
        yield f"\n## {area.name.capitalize()}\n"
        yield "| asked | address | JSON | right | roles |"
        yield "|---|---|---|---|---|"
        yield from sorted({line(route, area.routes) for route in area.routes if not route.json})


def rights_by_role() -> Iterator[str]:
    yield "## Roles\n"
    yield "| role | sits at | second factor | rights |"
    yield "|---|---|---|---|"
    for role in Role:
        rights = ", ".join(f"`{one}`" for one in sorted(GRANTS[role]))
        yield f"| {role} | {SEAT[role]} | {'yes' if role in NEEDS_SECOND_FACTOR else 'no'} | {rights} |"
    yield f"| *the register itself* | | | {', '.join(f'`{one}`' for one in sorted(REGISTER))} |"


def line(route: Route, routes: list[Route]) -> str:
    twin = any(
        one.json and (one.method, one.path, one.may) == (route.method, route.path, route.may)
        for one in routes
    )
    return f"| {route.method} | `{route.path}` | {'yes' if twin else 'no'} | {right(route.may)} | {roles(route.may)} |"


def right(may: May) -> str:
    return f"`{may}`" if isinstance(may, Permission) else "nobody needs one" if may == PUBLIC else "signed in"


def roles(may: May) -> str:
    if not isinstance(may, Permission):
        return "everybody" if may == PUBLIC else "everybody who is signed in"
    return ", ".join(role for role in Role if may in GRANTS[role]) or "none"
