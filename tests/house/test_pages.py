"""Every page and every form of the real application, drawn from real Views; no template of ours names what is not there."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from jinja2 import Undefined
from sqlalchemy import text
from starlette.testclient import TestClient

from app.kernel.actor import Actor
from app.kernel.database import reading
from app.main import AREAS
from app.permissions import Permission, Role, Seat
from app.web.gate import PUBLIC
from app.web.limits import Buckets
from app.web.rendering import ROOT, templates
from app.web.routing import Route
from tests.check.world import Clean
from tests.licences.desk import Desk

OURS = str(ROOT / "templates")
MOST_TRIES = 8
PLACES: tuple[tuple[str, str, str], ...] = (
    ("/surveillance/picks/", "ref", "SELECT ref FROM surveillance_pick"),
    ("/surveillance/draws/", "ref", "SELECT ref FROM surveillance_draw"),
    ("/cases/", "ref", 'SELECT ref FROM "case"'),
    (
        "/curricula/versions/",
        "ref",
        "SELECT ref FROM curriculum_version ORDER BY CASE status WHEN 'draft' THEN 0 ELSE 1 END",
    ),
    ("/curricula/modules/", "ref", "SELECT ref FROM curriculum_module ORDER BY id DESC"),
    ("/curricula/techniques/", "ref", "SELECT ref FROM technique ORDER BY id DESC"),
    ("/curricula/", "ref", "SELECT ref FROM curriculum"),
    ("/register/", "kind", "SELECT kind FROM signed_statement"),
    ("/register/certificates/", "ref", "SELECT subject_ref FROM signed_statement"),
    ("/statements/", "ref", "SELECT ref FROM signed_statement"),
    ("/log/days/", "day", "SELECT day FROM day_report"),
    ("/log/statements/", "digest", "SELECT token_digest FROM signed_statement"),
    ("/log/papers/", "digest", "SELECT pdf_digest FROM paper WHERE entry IS NOT NULL"),
    ("/register/services/", "ref", "SELECT ref FROM training_service"),
    ("/register/services/", "ref", "SELECT ref FROM organisation WHERE seat = 'training_service'"),
    ("/register/curricula/", "ref", "SELECT ref FROM curriculum"),
    ("/register/affiliates/", "ref", "SELECT ref FROM affiliate"),
    ("/register/bodies/", "ref", "SELECT ref FROM organisation WHERE code IS NOT NULL"),
    ("/designs/", "ref", "SELECT ref FROM organisation WHERE code IS NOT NULL"),
    ("/designs/", "design", "SELECT DISTINCT design FROM certificate_version"),
    ("/bodies/", "ref", "SELECT ref FROM organisation WHERE code IS NOT NULL"),
    ("/organisations/", "ref", "SELECT ref FROM organisation"),
    ("/people/", "ref", "SELECT ref FROM person"),
    ("/audits/", "ref", "SELECT ref FROM audit"),
    ("/findings/", "ref", "SELECT ref FROM finding"),
    ("/complaints/", "ref", "SELECT ref FROM complaint"),
    ("/complaints/", "document", "SELECT ref FROM document WHERE subject = 'complaint'"),
    ("/cases/", "paper", "SELECT ref FROM paper WHERE kind = 'decision'"),
    ("/audits/", "paper", "SELECT ref FROM paper WHERE kind = 'report'"),
    ("/licences/", "paper", "SELECT ref FROM paper WHERE kind = 'licence'"),
    ("/keys/", "ref", "SELECT ref FROM key_order"),
    ("/licences/", "ref", "SELECT ref FROM licence"),
    ("/redactions/", "ref", "SELECT ref FROM redaction"),
    ("/reissues/", "ref", "SELECT ref FROM reissue"),
    ("/accreditations/", "ref", "SELECT ref FROM accreditation"),
    ("/providers/", "ref", "SELECT ref FROM training_service"),
    ("/affiliates/", "ref", "SELECT ref FROM affiliate"),
    ("/trainers/", "ref", "SELECT ref FROM trainer_appointment"),
    ("/documents/", "ref", "SELECT ref FROM document"),
    ("/marks/", "organisation", "SELECT ref FROM organisation WHERE seat = 'training_service'"),
    ("/scheme/standards/", "edition", "SELECT edition FROM certificate"),
    ("/audits/", "number", "SELECT requirement FROM audit_result"),
    ("/curricula/versions/", "number", "SELECT requirement FROM audit_result"),
    ("/.well-known/seal-ca-", "root", "SELECT id FROM signed_revocation_list"),
    ("/status/", "body", "SELECT ref FROM organisation WHERE code IS NOT NULL"),
    ("/status/", "purpose", "SELECT purpose FROM signed_status_list"),
    ("/status/", "number", "SELECT number FROM signed_status_list"),
    ("/contexts/", "context", "SELECT 'register-1.jsonld'"),
    ("/certificates/", "about", "SELECT about FROM endorsement"),
    ("/bodies/", "version", "SELECT number FROM licence_credential"),
    ("/bodies/", "key", "SELECT credential_key FROM certificate_version"),
    ("/schemas/", "name", "SELECT 'certificate-1.json'"),
    ("/certificates/", "version", "SELECT number FROM certificate_version"),
    ("/", "number", "SELECT number FROM certificate"),
)
"""What stands in an address, by its beginning; the first that fits counts."""
ELSEWHERE = (
    "/api/v1/", "/invitations/{secret}", "/password/{secret}", "/sign-in/code", "/sign-in/app", "/account", "/log/tile/", "/marks/{number}/logo.",
    "/register/{kind}/{ref}/statement.",
)  # fmt: skip
"""Pages that need a secret, a session of one's own or a file made before: their areas' tests read them."""


class Telling(Undefined):
    """A missing name that is told when a template of ours looked for it and something was done with it."""

    __slots__ = ("place",)
    missed: list[str]

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.place = _template()

    def tell(self) -> None:
        if self.place.startswith(OURS):
            Telling.missed.append(f"{self.place.removeprefix(OURS)}: {self._undefined_message}")

    def __str__(self) -> str:
        self.tell()
        return super().__str__()

    def __iter__(self) -> Iterator[Any]:
        self.tell()
        return super().__iter__()

    def __len__(self) -> int:
        self.tell()
        return super().__len__()

    def __bool__(self) -> bool:
        return False


def _template() -> str:
    """The template that is being drawn, the innermost one."""
    frame = sys._getframe(1)
    while frame := frame.f_back:  # type: ignore[assignment]
        if frame.f_code.co_filename.endswith((".html", ".txt")):
            return frame.f_code.co_filename
    return ""


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """The templates that were drawn; missing names are collected in Telling.missed."""
    names: set[str] = set()
    found = templates.get_template

    def get_template(name: Any, *more: Any, **others: Any) -> Any:
        names.add(str(name))
        return found(name, *more, **others)

    Telling.missed = []
    monkeypatch.setattr(templates, "undefined", Telling)
    monkeypatch.setattr(templates, "get_template", get_template)
    assert templates.cache is not None
    templates.cache.clear()  # compiled templates keep the kind of undefined they were compiled with
    yield names
    templates.cache.clear()


def test_a_missing_name_in_a_template_of_ours_is_told(drawn: set[str]) -> None:
    templates.get_template("problem.html").render(page={"title": "x", "status": 404}, actor=None)
    assert any("detail" in one for one in Telling.missed)


def test_every_page_and_every_form_is_drawn_without_a_missing_name(clean: Clean, drawn: set[str]) -> None:
    desk = Desk(replace(clean.site.settings, demo=True), clean.site.clock)  # type: ignore[arg-type]
    desk.app.state.buckets = Buckets({})
    asked = [
        one
        for area in AREAS
        for one in area.routes
        if one.method == "GET" and not one.json and not one.path.startswith(ELSEWHERE)
    ]
    failed = {one.path: why for one in asked if (why := read(desk, clean, one))}
    desk.client.get("/styleguide")
    assert not failed, "\n".join(f"{path}: {why}" for path, why in failed.items())
    assert sorted(set(Telling.missed)) == []
    assert pages() - drawn == set()
    desk.app.state.site.engine.dispose()


def pages() -> set[str]:
    """The templates that are whole pages: they build on a layout, and stand in an area's folder."""
    found = set()
    for path in (ROOT / "templates").glob("*/*.html"):
        if path.parent.name not in ("layouts", "parts", "email") and "{% extends" in path.read_text():
            found.add(path.relative_to(ROOT / "templates").as_posix())
    return found - {
        "people/token.html",
        "people/codes.html",
        "people/welcome.html",
        "people/account.html",
        "people/app.html",
    }


def read(desk: Desk, clean: Clean, route: Route) -> str:
    """Why nobody could read a page, or nothing when somebody could."""
    last = "nobody has the right"
    for actor in actors(clean):
        if route.may != PUBLIC and actor is None:
            continue
        if isinstance(route.may, Permission) and not (actor and actor.may(route.may)):
            continue
        for address in addresses(clean, route.path):
            answer = look(desk, actor, address)
            if answer.status_code == 200:
                return ""
            last = f"{address} for {actor.name if actor else 'the public'}: {answer.status_code}"
    return last


def look(desk: Desk, actor: Actor | None, address: str) -> Any:
    client: TestClient = desk.sit(actor).client
    return client.get(address, follow_redirects=True)


def actors(clean: Clean) -> list[Actor | None]:
    world = clean.world
    standards = replace(world.manager, roles=frozenset({Role.STANDARDS_MANAGER}))
    return [None, world.client, *world.actors.values(), world.manager, standards, _affiliate(clean)]


def _affiliate(clean: Clean) -> Actor:
    with reading(clean.site) as unit:
        row = unit.db.execute(
            text(
                "SELECT o.id, o.ref, o.name FROM organisation o JOIN affiliate a ON a.organisation_id = o.id"
            )
        ).first()
    assert row
    return Actor(
        "affiliate",
        "Mina Manager",
        frozenset({Role.AFFILIATE_MANAGER}),
        row.id,
        row.ref,
        row.name,
        Seat.AFFILIATE,
    )


def addresses(clean: Clean, path: str) -> list[str]:
    """The address with what the register holds in its places, several times where there are several."""
    name = path.partition("{")[2].partition("}")[0]
    if not name:
        return [path]
    fits = [sql for start, place, sql in PLACES if path.startswith(start) and place == name.partition(":")[0]]
    assert fits, f"say in PLACES what stands in {path}"
    asked = fits[0]
    with reading(clean.site) as unit:
        values = [str(value) for value in unit.db.scalars(text(asked)).all()][:MOST_TRIES]
    return [made for value in values for made in addresses(clean, path.replace("{" + name + "}", value, 1))][
        :MOST_TRIES
    ]
