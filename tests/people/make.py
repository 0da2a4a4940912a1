"""People for tests: with a password, a second factor where their role needs one, and a browser that is signed in."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from app.kernel.actor import SYSTEM, Actor
from app.kernel.database import Site, Unit, reading, writing
from app.organisations.models import Organisation
from app.people import commands, queries
from app.people.models import Person
from app.permissions import GRANTS, NEEDS_SECOND_FACTOR, Role
from app.settings import Settings
from app.web.gate import cookie_name, csrf_token

PASSWORD = "quiet lamp river stone"


def make_person(
    site: Site, organisation: Organisation, *roles: Role, name: str = "Ann Lee", email: str = ""
) -> Person:
    """A member who can sign in: account, roles, password, and an app where a role needs one."""
    email = email or f"{name.split()[0].lower()}@harbourlane.example"
    with writing(site, SYSTEM) as unit:
        held = unit.db.get_one(Organisation, organisation.id)
        for role in roles:
            made = commands.add_member(unit, held, name, email, role)
        if made.password_hash is None:
            commands.set_password(unit, made, PASSWORD)
        if NEEDS_SECOND_FACTOR.intersection(roles) and queries.second_factor(unit, made.id) is None:
            commands.enrol_totp(unit, made)
        unit.db.refresh(made)
        unit.db.expunge(made)
        return made


def actor_for(site: Site, person: Person, organisation: Organisation) -> Actor:
    """The actor whom the register sees when this person signs in, made by way of a token with all their rights."""
    token = token_for(site, person, organisation)
    with reading(site) as unit:
        found = queries.identify(unit, Token(token))
    assert found
    return Actor(
        found.id,
        found.name,
        found.roles,
        found.organisation_id,
        found.organisation_ref,
        found.organisation_name,
        found.seat,
    )


def token_for(site: Site, person: Person, organisation: Organisation, days: int = 30) -> str:
    """A bearer token with all the person's rights."""
    everything = {right for role in Role for right in GRANTS[role]}
    with writing(site, SYSTEM) as unit:
        return commands.make_token(
            unit, unit.db.get_one(Person, person.id), organisation.id, "test", everything, days
        )


class Token:
    """What a program brings."""

    session = None

    def __init__(self, token: str) -> None:
        self.token = token


def code_now(site: Site, person: Person) -> str:
    """What the person's app shows now."""
    with reading(site) as unit:
        return queries.totp_code_now(unit, unit.db.get_one(Person, person.id))


def browser_of(app: FastAPI) -> TestClient:
    """A browser of somebody who has never been here."""
    return TestClient(app, follow_redirects=False, raise_server_exceptions=False)


def csrf_of(browser: TestClient, settings: Settings) -> str:
    """The token that every form shown to this browser carries."""
    return csrf_token(settings, browser.cookies.get(cookie_name(settings)))


def post(browser: TestClient, path: str, **data: Any) -> Response:
    """Send a form as a page of ours would."""
    settings = browser.app.state.site.settings  # type: ignore[attr-defined]
    return browser.post(path, data={"csrf": csrf_of(browser, settings), **data})


def sign_in(browser: TestClient, site: Site, person: Person, password: str = PASSWORD) -> None:
    """Sign in as people do: password, then the code when one is asked for."""
    answer = post(browser, "/sign-in", email=person.email, password=password)
    if answer.headers.get("location", "").startswith("/sign-in/code"):
        answer = post(browser, "/sign-in/code", code=code_now(site, person))
    assert (answer.status_code, answer.headers.get("location")) == (303, "/desk"), answer.text


@contextmanager
def as_person(site: Site, person: Person, organisation: Organisation) -> Iterator[Unit]:
    """A writing unit with the person as its actor."""
    with writing(site, actor_for(site, person, organisation)) as unit:
        yield unit
