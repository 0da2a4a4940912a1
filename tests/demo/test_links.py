"""Every link that a page of the demonstration draws for somebody can be opened by that person."""

import re
from collections import Counter, deque
from collections.abc import Iterator
from html import unescape

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.demo import start
from app.demo.start import SignIn
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, connect, writing
from app.main import create_app
from app.people.models import Membership, Session
from app.people.queries import by_email
from app.people.rules.codes import digest
from app.settings import Settings
from app.web.gate import cookie_name

pytestmark = pytest.mark.slow
LINK = re.compile(r'<a\b[^>]*?\bhref="(/[^"#]*)')
REFERENCE = re.compile(r"/(?=[^/]*\d)[^/]+|\?.*")
MOST_OF_A_KIND = 3
"""Pages of one kind that are opened for one person."""
OPEN = ("/static/", "/certificates/", "/register", "/verify", "/c/", "/badge/", "/sign-out", "/documents/")
"""Public addresses have crawlers of their own, and files are no pages; certificates are looked at by their number."""


@pytest.fixture(scope="module")
def site(made: Settings) -> Iterator[Site]:
    site = connect(made)
    yield site
    site.engine.dispose()


@pytest.fixture(scope="module")
def door(made: Settings) -> TestClient:
    return TestClient(create_app(made, rates={}), base_url=made.public_base_url, follow_redirects=False)


def cookie_of(site: Site, email: str) -> dict[str, str]:
    """The cookie of somebody who is signed in past the second factor."""
    with writing(site, SYSTEM) as unit:
        person = by_email(unit, email)
        assert person
        home = unit.db.scalars(
            select(Membership.organisation_id)
            .where(Membership.person_id == person.id)
            .order_by(Membership.id)
        ).first()
        unit.db.add(
            Session(
                person_id=person.id, digest=digest(f"links of {email}"), second_factor=True, organisation_id=home,
                began_at=unit.now, seen_at=unit.now,
            )
        )  # fmt: skip
    return {"Cookie": f"{cookie_name(site.settings)}=links of {email}"}


def dead_links(door: TestClient, cookie: dict[str, str], most: int) -> tuple[list[str], int]:
    """Links that the person was shown and could not open, and how many pages were opened."""
    waiting: deque[tuple[str, str]] = deque([("/desk", "")])
    known, kinds, dead = {"/desk"}, Counter[str](), []
    while waiting:
        path, shown_on = waiting.popleft()
        answer = door.get(path, headers=cookie)
        if answer.status_code in (403, 404):
            dead.append(f"{path} on {shown_on}: {answer.status_code}")
        if answer.status_code != 200 or "text/html" not in answer.headers["content-type"]:
            continue
        for found in map(unescape, LINK.findall(answer.text)):
            kind = REFERENCE.sub("/*", found)
            if found in known or kinds[kind] >= most or not is_page(found):
                continue
            known.add(found)
            kinds[kind] += 1
            waiting.append((found, path))
    return dead, len(known)


def is_page(path: str) -> bool:
    return not path.startswith(OPEN) or (path.count("/") == 2 and path.startswith("/certificates/"))


@pytest.mark.parametrize("one", start.sign_ins(), ids=lambda one: one.email)
def test_no_link_leads_to_a_closed_door(door: TestClient, site: Site, one: SignIn) -> None:
    dead, opened = dead_links(door, cookie_of(site, one.email), MOST_OF_A_KIND)
    assert dead == []
    assert opened >= 3
