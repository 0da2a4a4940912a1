"""Passwords, apps and recovery codes: set anew without telling who has an account."""

from datetime import timedelta

from sqlalchemy import select
from starlette.testclient import TestClient

from app.kernel.database import Site, reading
from app.kernel.mail import Letter
from app.kernel.outbox import deliver_all
from app.organisations.models import Organisation
from app.permissions import Role, Seat
from tests.conftest import SetClock
from tests.organisations.make import make_organisation
from tests.people.conftest import NewBrowser
from tests.people.make import PASSWORD, code_now, make_person, post, sign_in
from tests.people.test_people import can_sign_in, last_link


def test_a_forgotten_password_is_set_anew_by_a_link_and_everybody_is_signed_out(
    open_browser: NewBrowser, site: Site, provider: Organisation
) -> None:
    ann = make_person(site, provider, Role.TRAINER)
    old, new = open_browser(), open_browser()
    sign_in(old, site, ann)
    assert post(new, "/password", email=ann.email).headers["location"] == "/password/sent"
    link = last_link(site)
    assert new.get(link).status_code == 200
    other = "cold tea under bridges"
    assert post(new, link, password=other, again="not the same at all").status_code == 422
    assert old.get("/account").status_code == 200
    assert post(new, link, password=other, again=other).headers["location"] == "/sign-in"
    assert old.get("/account").status_code == 303
    assert post(new, link, password=PASSWORD, again=PASSWORD).status_code == 404
    assert not can_sign_in(open_browser(), ann.email, PASSWORD)
    assert can_sign_in(open_browser(), ann.email, other)


def test_a_link_for_a_new_password_works_for_an_hour(
    browser: TestClient, site: Site, provider: Organisation, clock: SetClock
) -> None:
    ann = make_person(site, provider, Role.TRAINER)
    post(browser, "/password", email=ann.email)
    link = last_link(site)
    clock.now += timedelta(minutes=59)
    assert browser.get(link).status_code == 200
    clock.now += timedelta(minutes=1)
    assert browser.get(link).status_code == 404


def test_asking_for_a_new_password_never_tells_who_has_an_account(
    open_browser: NewBrowser, site: Site, provider: Organisation
) -> None:
    make_person(site, provider, Role.TRAINER, email="ann@harbourlane.example")
    answers = {}
    for who in ("ann", "bob"):
        browser = open_browser()
        said = [post(browser, "/password", email=f"{who}@harbourlane.example") for _unused in range(4)]
        answers[who] = [(one.status_code, one.headers.get("location")) for one in said]
        with reading(site) as unit:
            letters = unit.db.scalars(select(Letter)).all()
        assert letters == [], "nothing is looked up while somebody waits for the answer"
    assert answers["ann"] == answers["bob"] == [(303, "/password/sent")] * 3 + [(429, None)]
    deliver_all(site)
    with reading(site) as unit:
        assert {row.to for row in unit.db.scalars(select(Letter))} == {"ann@harbourlane.example"}


def test_a_password_is_changed_only_by_who_knows_it_and_other_browsers_are_signed_out(
    open_browser: NewBrowser, site: Site, provider: Organisation
) -> None:
    ann = make_person(site, provider, Role.TRAINER)
    here, there = open_browser(), open_browser()
    sign_in(here, site, ann)
    sign_in(there, site, ann)
    new = {"password": "cold tea under bridges", "again": "cold tea under bridges"}
    assert post(here, "/account/password", now="not my password", **new).status_code == 422
    assert there.get("/account").status_code == 200
    assert post(here, "/account/password", now=PASSWORD, **new).status_code == 303
    assert (here.get("/account").status_code, there.get("/account").status_code) == (200, 303)


def test_a_lost_telephone_is_forgiven_by_the_director_but_not_across_organisations(
    open_browser: NewBrowser, site: Site, body: Organisation
) -> None:
    dora = make_person(site, body, Role.DIRECTOR, name="Dora Finch")
    eve = make_person(site, body, Role.ASSESSOR, name="Eve Ward")
    desk = open_browser()
    sign_in(desk, site, dora)
    assert post(desk, f"/people/{eve.ref}/second-factor/reset").status_code == 303
    assert (
        post(open_browser(), "/sign-in", email=eve.email, password=PASSWORD).headers["location"]
        == "/sign-in/app"
    )
    other = make_organisation(site, "Calder Assurance", Seat.BODY, code="CAL")
    make_person(site, other, Role.REVIEWER, email=eve.email)
    refused = post(desk, f"/people/{eve.ref}/second-factor/reset")
    assert refused.status_code == 422
    assert "Calder Assurance" in refused.text


def test_a_new_app_needs_the_password_and_the_old_one_stops_working(
    browser: TestClient, site: Site, body: Organisation, clock: SetClock
) -> None:
    eve = make_person(site, body, Role.ASSESSOR, name="Eve Ward")
    sign_in(browser, site, eve)
    assert post(browser, "/account/second-factor", password="wrong").status_code == 422
    assert browser.get("/account").status_code == 200
    assert post(browser, "/account/second-factor", password=PASSWORD).headers["location"] == "/sign-in/app"
    assert browser.get("/people").status_code == 303
    clock.now += timedelta(minutes=1)
    assert post(browser, "/sign-in/app", code=code_now(site, eve)).status_code == 200
    assert browser.get("/people").status_code == 200


def test_new_recovery_codes_replace_the_old_ones(
    open_browser: NewBrowser, site: Site, body: Organisation
) -> None:
    eve = make_person(site, body, Role.ASSESSOR, name="Eve Ward")
    browser = open_browser()
    sign_in(browser, site, eve)
    first, second = (post(browser, "/account/recovery-codes", password=PASSWORD).text for _unused in range(2))
    codes = [[part.split("</code>")[0] for part in page.split("<code>")[1:]] for page in (first, second)]
    assert not set(codes[0]) & set(codes[1])
    again = open_browser()
    post(again, "/sign-in", email=eve.email, password=PASSWORD)
    assert post(again, "/sign-in/code", code=codes[0][0]).status_code == 422
    assert post(again, "/sign-in/code", code=codes[1][0]).status_code == 303
