"""Sessions and tokens: what somebody may do where, seen and ended from elsewhere."""

from datetime import timedelta

from sqlalchemy import select
from starlette.testclient import TestClient

from app.kernel.database import Site, reading
from app.organisations.models import Organisation
from app.people.models import Session, Token
from app.people.rules.codes import TOKEN_PREFIX, digest
from app.permissions import Role, Seat
from tests.conftest import SetClock
from tests.organisations.make import make_organisation
from tests.people.conftest import NewBrowser
from tests.people.make import make_person, post, sign_in


def test_who_works_for_two_organisations_switches_visibly(
    browser: TestClient, site: Site, provider: Organisation
) -> None:
    other = make_organisation(site, "Wrenmoor Partnership Trust")
    stranger = make_organisation(site, "Larkfield Care Homes", Seat.AFFILIATE)
    ann = make_person(site, provider, Role.TRAINER)
    make_person(site, other, Role.REPRESENTATIVE, email=ann.email)
    sign_in(browser, site, ann)
    assert browser.get("/people").status_code == 403
    assert post(browser, "/account/organisation", organisation=other.ref).headers["location"] == "/desk"
    page = browser.get("/people")
    assert page.status_code == 200
    assert "Ann Lee<span> · Wrenmoor Partnership Trust</span>" in page.text
    assert post(browser, "/account/organisation", organisation=stranger.ref).status_code == 404
    assert "Wrenmoor Partnership Trust</span>" in browser.get("/account").text


def test_a_role_that_needs_a_second_factor_ends_what_a_password_alone_opened(
    browser: TestClient, site: Site, provider: Organisation, body: Organisation
) -> None:
    ann = make_person(site, provider, Role.TRAINER)
    sign_in(browser, site, ann)
    make_person(site, body, Role.ASSESSOR, email=ann.email)
    assert browser.get("/account").headers["location"].startswith("/sign-in")
    assert browser.get("/sign-in/code").status_code == 200


def test_sessions_are_listed_and_can_be_signed_out_from_elsewhere(
    open_browser: NewBrowser, site: Site, provider: Organisation
) -> None:
    ann, bob = (
        make_person(site, provider, Role.TRAINER),
        make_person(site, provider, Role.TRAINER, name="Bob Hay"),
    )
    here, there, foreign = open_browser(), open_browser(), open_browser()
    there.headers["User-Agent"] = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
    for browser, who in ((there, ann), (here, ann), (foreign, bob)):
        sign_in(browser, site, who)
    assert "Firefox · Windows" in here.get("/account").text
    with reading(site) as unit:
        ref = unit.db.scalars(select(Session.ref).where(Session.device.contains("Firefox"))).one()
    assert post(foreign, f"/account/sessions/{ref}/end").status_code == 404
    assert post(here, f"/account/sessions/{ref}/end").status_code == 303
    assert there.get("/account").status_code == 303
    assert here.get("/account").status_code == 200


def test_a_token_does_what_was_ticked_and_no_more_until_it_is_withdrawn(
    browser: TestClient, site: Site, provider: Organisation, clock: SetClock
) -> None:
    rhys = make_person(site, provider, Role.REPRESENTATIVE, name="Rhys Pugh")
    sign_in(browser, site, rhys)
    made = post(browser, "/account/tokens", name="Calendar", scopes=["organisation:read"], days="30")
    token = TOKEN_PREFIX + made.text.split(TOKEN_PREFIX)[1].split("<")[0]
    assert len(token) >= 40
    assert token not in browser.get("/account/token").text + browser.get("/account").text
    bearer = {"Authorization": f"Bearer {token}"}
    browser.cookies.clear()
    assert browser.get("/api/v1/organisations", headers=bearer).status_code == 200
    assert browser.get("/api/v1/people", headers=bearer).status_code == 403
    assert browser.get("/organisations", headers=bearer).status_code == 303, "pages do not listen to tokens"
    with reading(site) as unit:
        row = unit.db.scalars(select(Token)).one()
        assert row.digest == digest(token)
    clock.now += timedelta(days=31)
    assert browser.get("/api/v1/organisations", headers=bearer).status_code == 401
    clock.now -= timedelta(days=2)
    assert browser.get("/api/v1/organisations", headers=bearer).status_code == 200
    sign_in(browser, site, rhys)
    assert post(browser, f"/account/tokens/{row.ref}/end").status_code == 303
    assert browser.get("/api/v1/organisations", headers=bearer).status_code == 401


def test_a_token_cannot_hold_a_right_its_maker_lacks(
    browser: TestClient, site: Site, provider: Organisation
) -> None:
    sign_in(browser, site, make_person(site, provider, Role.TRAINER))
    answer = post(browser, "/account/tokens", name="Calendar", scopes=["people:manage"], days="30")
    assert answer.status_code == 422
    assert "cannot do more than you may do yourself" in answer.text
    with reading(site) as unit:
        assert unit.db.scalars(select(Token)).all() == []
