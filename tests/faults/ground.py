"""A register in which a great deal has happened, with somebody of every role in front of it, at home and elsewhere."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from json import dumps
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from httpx2 import Response
from sqlalchemy import text
from starlette.testclient import TestClient

from app.designs.rules import DEFAULT
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, connect, writing
from app.main import AREAS
from app.organisations.models import Organisation
from app.organisations.queries import organisation
from app.people.commands import add_member, authorise, invite, make_token
from app.people.commands.sign_in import begin_session, fulfil
from app.people.models import Session
from app.people.rules.codes import digest
from app.people.rules.forms import Authorise, Invite
from app.permissions import GRANTS, SEAT, Role, Seat
from app.settings import Settings
from app.web.gate import cookie_name, csrf_token
from app.web.routing import Route
from tests.check.world import Clean, make_clean
from tests.conftest import SetClock
from tests.databases import Databases
from tests.licences.make import make_organisation

EVERYTHING = {right for role in Role for right in GRANTS[role]}
JSON = {"Content-Type": "application/json"}
ROUTES: list[Route] = [route for area in AREAS for route in area.routes]
TABLES: tuple[tuple[str, str], ...] = (
    ("/curricula/versions/{ref}", "curriculum_version"), ("/curricula/modules/{ref}", "curriculum_module"),
    ("/curricula/techniques/{ref}", "technique"), ("/curricula/{ref}", "curriculum"), ("/register/curricula/{ref}", "curriculum"),
    ("/register/services/{ref}", "training_service"), ("/register/affiliates/{ref}", "affiliate"),
    ("/cases/{ref}", "case"), ("/audits/{ref}", "audit"), ("/findings/{ref}", "finding"), ("/documents/{ref}", "document"),
    ("/licences/{ref}", "licence"), ("/complaints/{ref}", "complaint"), ("/accreditations/{ref}", "accreditation"), ("/providers/{ref}", "training_service"),
    ("/affiliates/{ref}", "affiliate"), ("/trainers/{ref}", "trainer_appointment"), ("/people/invitations/{ref}", "invitation"),
    ("/people/roles/{ref}", "membership"), ("/people/authorisations/{ref}", "competence"), ("/people/{ref}", "person"),
    ("/surveillance/picks/{ref}", "surveillance_pick"), ("/surveillance/draws/{ref}", "surveillance_draw"),
    ("/keys/{ref}", "key_order"), ("/reissues/{ref}", "reissue"), ("/redactions/{ref}", "redaction"), ("/statements/{ref}", "signed_statement"),
    ("/account/sessions/{ref}", "session"), ("/account/tokens/{ref}", "token"), ("/account/interests/{ref}", "interest"),
)  # fmt: skip
"""Which table the reference in an address is of; the first that fits."""
PAPERS = {"audits": ("audit", "report"), "cases": ("case", "decision"), "licences": ("licence", "licence")}
"""Of which table's first row, and of which kind, the paper in an address is, by the address's first word."""


@dataclass(frozen=True)
class Caller:
    """Somebody with an account: a token for programs and a session for the screen, both past the second factor."""

    name: str
    role: Role | None
    organisation: str
    token: str = ""
    cookie: str = ""


@dataclass
class Ground:
    """The whole application over a register that is in use."""

    app: FastAPI
    client: TestClient
    clean: Clean
    clock: SetClock
    callers: dict[str, Caller]
    refs: dict[str, str] = field(default_factory=dict)

    @property
    def site(self) -> Site:
        site: Site = self.app.state.site
        return site

    @property
    def settings(self) -> Settings:
        return self.site.settings

    def ask(self, method: str, path: str, caller: str = "", *, json: bool = False, **more: Any) -> Response:
        """One request of somebody: a program when it is for JSON, else a browser. Nothing is carried over to the next."""
        who = self.callers.get(caller)
        headers = dict(more.pop("headers", {}))
        if who and json:
            headers["Authorization"] = f"Bearer {who.token}"
        elif who:
            headers["Cookie"] = f"{cookie_name(self.settings)}={who.cookie}"
        self.client.cookies.clear()
        return self.client.request(method, path, headers=headers, **more)

    def csrf(self, caller: str) -> str:
        return csrf_token(self.settings, self.callers[caller].cookie if caller else None)

    def address(self, path: str, json: bool = False) -> str:
        """The address of a route with the references of the home organisations filled in."""
        filled = path
        for prefix, table in TABLES:
            if path.startswith(prefix):
                filled = path.replace("{ref}", self.refs[table], 1)
                break
        places = {
            "ref": self.refs["body"], "organisation": self.refs["holder"], "edition": "rrn-1.2", "secret": "x" * 43, "version": "1",
            "body": self.refs["body"], "document": self.refs["document"], "purpose": "suspension", "path:path": "0/000.p/1", "kind": "bodies", "name": "certificate-1.json",
            "context": "register-1.jsonld", "about": self.refs["holder"], "design": DEFAULT, "key": "x" * 43, "root": "1",
            "day": self.refs["day"], "digest": self.refs["statement token"],
            "number": "1.1.1" if re.search(r"requirements|coverage", path) else "1" if "/status/" in path else self.clean.number,
        }  # fmt: skip
        if "{paper}" in path:
            places["paper"] = self.refs.get(f"paper of {path.split('/')[1]}", self.refs["paper of audits"])
        for name, value in places.items():
            filled = filled.replace("{" + name + "}", value)
        assert "{" not in filled, filled
        return ("/api/v1" if json else "") + filled

    def get(self, route: Route, caller: str = "") -> Response:
        """Ask a GET route as somebody."""
        json = route.json or route.path.startswith("/api/")
        return self.ask("GET", self.address(route.path, route.json), caller, json=json)

    def send(self, route: Route, caller: str, said: dict[str, Any]) -> Response:
        """Send a form as a page of ours would, or the JSON of it."""
        address = self.address(route.path, route.json)
        if route.json:
            return self.ask("POST", address, caller, json=True, content=dumps(said), headers=JSON)
        return self.ask("POST", address, caller, data={"csrf": self.csrf(caller), **said})


def make_ground(site: Site, clock: SetClock, app: FastAPI, client: TestClient) -> Ground:
    """Make the register, then give every role an account: at home, and in organisations that have nothing to do with it."""
    clean = make_clean(site, clock)
    world = clean.world
    ground = Ground(app, client, clean, clock, {})
    rrn, body, holder = world.manager.organisation_id, world.body.id, world.client.organisation_id
    with writing(site, SYSTEM) as unit:
        elsewhere = {
            Seat.BODY: make_organisation(unit, "Tarn Assessment", Seat.BODY, "TRN").id,
            Seat.PROVIDER: world.stranger.organisation_id,
            Seat.AFFILIATE: make_organisation(unit, "Foxglove Homes", Seat.AFFILIATE).id,
        }
        held = unit.db.scalar(text("SELECT organisation_id FROM affiliate ORDER BY id LIMIT 1"))
        home = {Seat.RRN: rrn, Seat.BODY: body, Seat.PROVIDER: holder, Seat.AFFILIATE: held}
    for role in Role:
        _seat(ground, site, role.value, role, home[SEAT[role]] or 0)
        if SEAT[role] in elsewhere:
            _seat(ground, site, f"other {role.value}", role, elsewhere[SEAT[role]] or 0)
    with writing(site, SYSTEM) as unit:
        invite(
            unit,
            organisation(unit, holder or 0),
            Invite(name="Nia Newcomer", email="nia@harbourlane.example", roles=[Role.TRAINER]),
        )
    _note_refs(ground, site)
    return ground


def _seat(ground: Ground, site: Site, name: str, role: Role, organisation_id: int) -> None:
    with writing(site, SYSTEM) as unit:
        of = unit.db.get_one(Organisation, organisation_id)
        email = f"{name.replace(' ', '.').replace('_', '-')}@{of.ref}.example"
        person = add_member(unit, of, name.replace("_", " ").capitalize(), email, role)
        if role in (Role.LEAD_ASSESSOR, Role.ASSESSOR, Role.REVIEWER, Role.DECISION_MAKER):
            trusted = Authorise(role=role, evidence="Ten years of practice.", from_on=unit.today)
            authorise(unit, person, trusted, body_id=of.id)
        token = make_token(unit, person, of.id, "test", EVERYTHING)
        begun = begin_session(unit, person)
        session = unit.db.query(Session).filter_by(digest=digest(begun.secret)).one()
        ground.callers[name] = Caller(name, role, of.ref, token, fulfil(unit, session))


def _note_refs(ground: Ground, site: Site) -> None:
    with site.engine.connect() as connection:
        for table in {table for _prefix, table in TABLES}:
            found = connection.execute(text(f'SELECT ref FROM "{table}" ORDER BY id LIMIT 1')).scalar()
            ground.refs[table] = str(found or "nothing-yet")
        for word, (table, kind) in PAPERS.items():
            first = f'SELECT id FROM "{table}" WHERE ref = :ref'
            asked = text(f"SELECT ref FROM paper WHERE kind = :kind AND subject_id = ({first}) ORDER BY id")
            found = connection.execute(asked, {"ref": ground.refs[table], "kind": kind}).scalars().first()
            ground.refs[f"paper of {word}"] = str(found)
        ground.refs["day"] = str(connection.execute(text("SELECT min(day) FROM day_report")).scalar())
        told = text("SELECT token_digest FROM signed_statement WHERE entry IS NOT NULL ORDER BY id")
        ground.refs["statement token"] = str(connection.execute(told).scalars().first())
    ground.refs |= {"body": ground.clean.world.body.ref, "holder": ground.clean.world.client.organisation_ref}


@contextmanager
def a_register(prepared: Databases, folder: Path) -> Iterator[tuple[Site, SetClock, Settings]]:
    """A fresh installation on a fresh copy of the database, for as long as the block lasts."""
    with prepared.copy(folder) as settings:
        clock = SetClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
        site = connect(settings, clock)
        try:
            yield site, clock, settings
        finally:
            site.engine.dispose()


def sentence(answer: Response) -> Any:
    """The problem of a JSON answer, which must be one in words."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text[:300]
    said = answer.json()
    assert said["detail"].endswith((".", "?")), said
    assert " " in said["detail"], said
    assert said["reference"], said
    return said
