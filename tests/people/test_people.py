"""People: joining and leaving organisations, roles, sessions and tokens, competence, and the ties that count."""

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from fastapi import FastAPI
from sqlalchemy import event, select
from starlette.testclient import TestClient

from app.kernel.actor import SYSTEM
from app.kernel.database import Site, reading, writing
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.mail import Letter
from app.kernel.outbox import deliver_all
from app.organisations.models import Organisation
from app.people import commands, queries
from app.people.models import Invitation, Person, Session, Token
from app.people.rules import Tied
from app.people.rules.codes import TOKEN_PREFIX, digest
from app.people.rules.forms import Authorise, Declare, Invite
from app.permissions import Permission, Role, Seat
from tests.conftest import SetClock
from tests.organisations.make import make_organisation
from tests.people.conftest import NewBrowser
from tests.people.make import PASSWORD, actor_for, as_person, code_now, make_person, post, sign_in, token_for


def last_link(site: Site) -> str:
    """The path of the link in the newest letter that was sent."""
    deliver_all(site)
    newest = max(site.settings.mail_dir.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    letter = message_from_bytes(newest.read_bytes(), policy=default)
    body = letter.get_body(("plain",))
    assert body
    words = str(body.get_content()).split()
    return next(word for word in words if "/invitations/" in word or "/password/" in word).removeprefix(
        "http://testserver"
    )


def can_sign_in(browser: TestClient, email: str, password: str) -> bool:
    return post(browser, "/sign-in", email=email, password=password).status_code == 303


def test_a_director_invites_and_the_invited_person_joins(
    open_browser: NewBrowser, site: Site, body: Organisation
) -> None:
    dora = make_person(site, body, Role.DIRECTOR, name="Dora Finch")
    desk, new = open_browser(), open_browser()
    sign_in(desk, site, dora)
    answer = post(
        desk,
        "/people/invitations",
        name="Eve Ward",
        email=" Eve@Northgate.example ",
        roles=["assessor", "reviewer"],
    )
    assert answer.headers["location"] == "/people"
    assert "Eve Ward" in desk.get("/people").text
    link = last_link(site)
    page = new.get(link)
    assert "Northgate Certification" in page.text
    assert "Assessor and Reviewer" in page.text
    with reading(site) as unit:
        assert queries.by_email(unit, "eve@northgate.example") is None, "opening the link changes nothing"
    weak = post(new, f"{link}/accept", password="password1234", again="password1234")
    assert weak.status_code == 422
    assert "first that anybody would try" in weak.text
    assert post(new, f"{link}/accept", password=PASSWORD, again=PASSWORD).headers["location"] == "/sign-in"
    assert new.get(link).status_code == 404, "a link works once"
    assert (
        post(new, "/sign-in", email="eve@northgate.example", password=PASSWORD).headers["location"]
        == "/sign-in/app"
    )
    with reading(site) as unit:
        assert [row.name for row in queries.members(unit, body.id, Role.ASSESSOR)] == ["Eve Ward"]


def test_an_invitation_is_for_seven_days_and_can_be_taken_back(
    open_browser: NewBrowser, site: Site, provider: Organisation, clock: SetClock
) -> None:
    rhys = make_person(site, provider, Role.REPRESENTATIVE, name="Rhys Pugh")
    with as_person(site, rhys, provider) as unit:
        own = queries.own_organisation(unit)
        first = commands.invite(
            unit, own, Invite(name="A B", email="a@harbourlane.example", roles=[Role.TRAINER])
        )
        second = commands.invite(
            unit, own, Invite(name="C D", email="c@harbourlane.example", roles=[Role.TRAINER])
        )
    paths = [link.removeprefix("http://testserver") for link in (first, second)]
    browser = open_browser()
    assert [browser.get(path).status_code for path in paths] == [200, 200]
    with as_person(site, rhys, provider) as unit:
        found = unit.db.scalars(select(Invitation).where(Invitation.name == "C D")).one()
        commands.withdraw_invitation(unit, queries.find_invitation(unit, found.ref))
    assert browser.get(paths[1]).status_code == 404
    clock.now += timedelta(days=7)
    assert browser.get(paths[0]).status_code == 404
    assert post(browser, f"{paths[0]}/accept", password=PASSWORD, again=PASSWORD).status_code == 404


def test_only_the_digest_of_a_link_is_kept_and_a_sent_letter_is_forgotten(
    site: Site, provider: Organisation
) -> None:
    rhys = make_person(site, provider, Role.REPRESENTATIVE, name="Rhys Pugh")
    with as_person(site, rhys, provider) as unit:
        link = commands.invite(
            unit,
            queries.own_organisation(unit),
            Invite(name="A B", email="a@x.example", roles=[Role.TRAINER]),
        )
    deliver_all(site)
    with reading(site) as unit:
        assert unit.db.scalars(select(Invitation.digest)).one() == digest(link.rsplit("/", 1)[1])
        assert unit.db.scalars(select(Letter)).one().values == {}


def test_a_role_is_given_only_where_it_sits(site: Site, provider: Organisation, body: Organisation) -> None:
    rhys = make_person(site, provider, Role.REPRESENTATIVE, name="Rhys Pugh")
    with pytest.raises(Invalid), as_person(site, rhys, provider) as unit:
        commands.invite(
            unit,
            queries.own_organisation(unit),
            Invite(name="A B", email="a@x.example", roles=[Role.DIRECTOR]),
        )
    with pytest.raises(Forbidden), as_person(site, rhys, provider) as unit:
        commands.invite(
            unit,
            unit.db.get_one(Organisation, body.id),
            Invite(name="A B", email="a@x.example", roles=[Role.DIRECTOR]),
        )


def test_an_officer_invites_the_first_person_of_a_provider_and_nobody_else(
    site: Site, provider: Organisation, body: Organisation
) -> None:
    olga = make_person(site, body, Role.CASE_OFFICER, name="Olga Reed")
    with as_person(site, olga, body) as unit:
        held = unit.db.get_one(Organisation, provider.id)
        assert commands.invite(
            unit, held, Invite(name="A B", email="a@x.example", roles=[Role.REPRESENTATIVE])
        )
    trainer = Invite(name="A B", email="a@x.example", roles=[Role.TRAINER])
    with pytest.raises(Forbidden, match="organisational representative"), as_person(site, olga, body) as unit:
        commands.invite(unit, unit.db.get_one(Organisation, provider.id), trainer)


def test_ending_a_role_ends_rights_sessions_and_tokens_at_once(
    open_browser: NewBrowser, site: Site, provider: Organisation
) -> None:
    rhys = make_person(site, provider, Role.REPRESENTATIVE, name="Rhys Pugh")
    ann = make_person(site, provider, Role.TRAINER)
    desk, other, program = open_browser(), open_browser(), open_browser()
    sign_in(desk, site, rhys)
    sign_in(other, site, ann)
    bearer = {"Authorization": f"Bearer {token_for(site, ann, provider)}"}
    assert program.get("/api/v1/account", headers=bearer).status_code == 200
    page = desk.get(f"/people/{ann.ref}").text
    ending = page.split('action="/people/roles/')[1].split("/end")[0]
    version = page.split('name="version" value="')[1].split('"')[0]
    assert (
        post(desk, f"/people/roles/{ending}/end", version=version).headers["location"] == f"/people/{ann.ref}"
    )
    assert other.get("/account").status_code == 303
    assert program.get("/api/v1/account", headers=bearer).status_code == 401
    sign_in(other, site, ann)
    assert "no role in any organisation" in other.get("/account").text
    assert other.get("/organisations").status_code == 403
    with reading(site) as unit:
        assert [row.name for row in queries.members(unit, provider.id)] == ["Rhys Pugh"]


def test_somebody_who_looks_after_people_must_remain(site: Site, provider: Organisation) -> None:
    rhys = make_person(site, provider, Role.REPRESENTATIVE, name="Rhys Pugh")
    with reading(site) as unit:
        only = queries.memberships(unit, provider.id)[0]
    with pytest.raises(Refused, match="Nobody would be left"), as_person(site, rhys, provider) as unit:
        commands.end_membership(unit, queries.find_membership(unit, only.ref), only.version)
    with pytest.raises(Stale), as_person(site, rhys, provider) as unit:
        commands.end_membership(unit, queries.find_membership(unit, only.ref), only.version + 1)


def test_people_of_another_organisation_cannot_be_seen_or_ended(site: Site, provider: Organisation) -> None:
    other = make_organisation(site, "Wrenmoor Partnership Trust")
    rhys = make_person(site, provider, Role.REPRESENTATIVE, name="Rhys Pugh")
    mary = make_person(site, other, Role.REPRESENTATIVE, name="Mary Wren")
    with reading(site) as unit:
        foreign = queries.memberships(unit, other.id)[0].ref
    with reading(site, actor_for(site, rhys, provider)) as unit:
        for ask in (
            lambda: queries.find_person(unit, mary.ref),
            lambda: queries.find_membership(unit, foreign),
        ):
            with pytest.raises(NotFound):
                ask()


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


def authorisation(**more: object) -> Authorise:
    return Authorise.model_validate(
        {"role": "assessor", "evidence": "Observed twice in 2025.", "from_on": "2026-01-01", **more}
    )


def test_who_is_trusted_with_a_role_is_known_for_every_day(site: Site, body: Organisation) -> None:
    dora = make_person(site, body, Role.DIRECTOR, name="Dora Finch")
    eve = make_person(site, body, Role.ASSESSOR, name="Eve Ward")
    with as_person(site, dora, body) as unit:
        commands.authorise(unit, queries.find_person(unit, eve.ref), authorisation(to_on="2026-07-01"))
    with reading(site) as unit:
        trusted = {
            day: queries.authorised(unit, body.id, Role.ASSESSOR, day)
            for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1))
        }
        assert list(trusted.values()) == [set(), {eve.ref}, {eve.ref}, set()]
        assert queries.authorised(unit, body.id, Role.REVIEWER, date(2026, 3, 1)) == set()


def test_only_a_director_trusts_and_only_with_roles_of_a_body(site: Site, body: Organisation) -> None:
    dora = make_person(site, body, Role.DIRECTOR, name="Dora Finch")
    eve = make_person(site, body, Role.ASSESSOR, name="Eve Ward")
    with pytest.raises(Forbidden), as_person(site, eve, body) as unit:
        commands.authorise(unit, queries.find_person(unit, eve.ref), authorisation())
    with pytest.raises(Invalid), as_person(site, dora, body) as unit:
        commands.authorise(unit, queries.find_person(unit, eve.ref), authorisation(role="trainer"))


def test_trust_can_be_ended_and_stays_on_record(site: Site, body: Organisation) -> None:
    dora = make_person(site, body, Role.DIRECTOR, name="Dora Finch")
    with as_person(site, dora, body) as unit:
        ref = commands.authorise(unit, queries.find_person(unit, dora.ref), authorisation()).ref
    with as_person(site, dora, body) as unit:
        commands.end_authorisation(unit, ref)
    with reading(site) as unit:
        assert queries.authorised(unit, body.id, Role.ASSESSOR, date(2026, 3, 1)) == {dora.ref}
        assert queries.authorised(unit, body.id, Role.ASSESSOR, date(2026, 3, 2)) == set()


def test_ties_are_those_declared_and_the_work_we_know_of(
    site: Site, provider: Organisation, body: Organisation
) -> None:
    eve = make_person(site, body, Role.ASSESSOR, name="Eve Ward")
    make_person(site, provider, Role.TRAINER, email=eve.email)
    with as_person(site, eve, body) as unit:
        form = Declare(
            organisation=provider.ref, kind=Tied.CONSULTED, from_on=date(2023, 1, 1), to_on=date(2024, 5, 1)
        )
        commands.declare_interest(unit, queries.account_of(unit), form)
    with reading(site) as unit:
        assert {tie.kind for tie in queries.interests(unit, {eve.ref}, provider.id, date(2024, 4, 1))} == {
            Tied.CONSULTED,
            Tied.EMPLOYED,
        }
        assert {tie.kind for tie in queries.interests(unit, {eve.ref}, provider.id, date(2024, 6, 1))} == {
            Tied.EMPLOYED
        }
        assert queries.interests(unit, {"nobody"}, provider.id, date(2020, 1, 1)) == []


def test_two_accounts_of_one_person_are_one_person(
    site: Site, provider: Organisation, body: Organisation
) -> None:
    eve = make_person(site, body, Role.ASSESSOR, name="Eve Ward")
    second = make_person(site, provider, Role.TRAINER, name="E. Ward", email="e.ward@harbourlane.example")
    third = make_person(site, provider, Role.TRAINER, name="Evelyn Ward", email="evelyn@harbourlane.example")
    with writing(site, SYSTEM) as unit:
        rows = {row.id: row for row in unit.db.scalars(select(Person))}
        commands.same_person(unit, rows[third.id], rows[second.id])
        commands.same_person(unit, rows[second.id], rows[eve.id])
    assert actor_for(site, second, provider).id == actor_for(site, third, provider).id == eve.ref
    with reading(site) as unit:
        assert [row.ref for row in queries.members(unit, provider.id)] == [eve.ref]
        assert queries.person(unit, third.ref).ref == eve.ref
        assert {tie.kind for tie in queries.interests(unit, {eve.ref}, provider.id, date(2026, 1, 1))} == {
            Tied.EMPLOYED
        }
    with pytest.raises(Refused), writing(site, SYSTEM) as unit:
        commands.same_person(unit, unit.db.get_one(Person, eve.id), unit.db.get_one(Person, second.id))


def test_an_interest_is_declared_and_ended_on_the_account_page_and_seen_by_the_director(
    open_browser: NewBrowser, site: Site, provider: Organisation, body: Organisation
) -> None:
    dora = make_person(site, body, Role.DIRECTOR, name="Dora Finch")
    eve = make_person(site, body, Role.ASSESSOR, name="Eve Ward")
    own, desk = open_browser(), open_browser()
    sign_in(own, site, eve)
    sign_in(desk, site, dora)
    typed = {"from_on-day": "1", "from_on-month": "2", "from_on-year": "2024", "about": "Wrote a module."}
    assert (
        post(own, "/account/interests", organisation=provider.ref, kind="co_wrote", **typed).headers[
            "location"
        ]
        == "/account"
    )
    assert "Co wrote: Wrote a module." in desk.get(f"/people/{eve.ref}").text
    assert "Wrote a module." not in own.get(f"/people/{eve.ref}").text, "colleagues do not read it"
    ref = own.get("/account").text.split("/account/interests/")[1].split("/end")[0]
    assert post(own, f"/account/interests/{ref}/end").status_code == 303
    assert "1 February 2024 to 2 March 2026" in desk.get(f"/people/{eve.ref}").text


def test_the_first_administrator_joins_by_a_link_and_there_is_only_one_first(
    open_browser: NewBrowser, site: Site
) -> None:
    with writing(site, SYSTEM) as unit:
        link = commands.first_administrator(unit, "Lena Holt", "lena@rrn.example")
    path = link.removeprefix("http://testserver")
    browser = open_browser()
    assert "Restraint Reduction Network" in browser.get(path).text
    assert post(browser, f"{path}/accept", password=PASSWORD, again=PASSWORD).status_code == 303
    assert (
        post(browser, "/sign-in", email="lena@rrn.example", password=PASSWORD).headers["location"]
        == "/sign-in/app"
    )
    with pytest.raises(Refused, match="already"), writing(site, SYSTEM) as unit:
        commands.first_administrator(unit, "Max Stone", "max@rrn.example")


def test_every_page_of_people_and_organisations_is_drawn_for_a_director_and_a_licence_manager(
    app: FastAPI, open_browser: NewBrowser, site: Site, provider: Organisation, body: Organisation
) -> None:
    rrn = make_organisation(site, "Restraint Reduction Network", Seat.RRN)
    dora = make_person(site, body, Role.DIRECTOR, name="Dora Finch")
    lena = make_person(site, rrn, Role.LICENCE_MANAGER, name="Lena Holt")
    common = [
        "/account",
        "/account/password",
        "/account/second-factor",
        "/account/recovery-codes",
        "/account/recovery-codes/new",
        "/account/token",
        "/account/tokens/new",
        "/account/interests/new",
        "/people",
        "/people/invite",
        "/organisations",
    ]
    places = {
        dora: [
            f"/people/{dora.ref}",
            f"/people/{dora.ref}/roles",
            f"/people/{dora.ref}/authorise",
            f"/organisations/{provider.ref}",
        ],
        lena: [
            f"/people/{lena.ref}",
            "/organisations/new",
            f"/organisations/{body.ref}",
            f"/organisations/{body.ref}/details",
            f"/organisations/{body.ref}/rename",
            f"/organisations/{body.ref}/invite",
            "/organisations?q=north&seat=certification_body",
        ],
    }
    for who, own in places.items():
        browser = open_browser()
        sign_in(browser, site, who)
        for path in common + own:
            answer = browser.get(path)
            assert answer.status_code == 200, (path, answer.text[:500])
            assert answer.headers["cache-control"] == "no-store", path
    for path in ("/sign-in", "/password", "/password/sent"):
        assert open_browser().get(path).status_code == 200


def test_who_is_asking_costs_one_question(
    site: Site, provider: Organisation, browser: TestClient, clock: SetClock
) -> None:
    ann = make_person(site, provider, Role.TRAINER)
    make_person(site, make_organisation(site, "Wrenmoor Partnership Trust"), Role.TRAINER, email=ann.email)
    sign_in(browser, site, ann)
    secret = browser.cookies["session"]

    class Cookie:
        session = secret
        token = None

    asked: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    with reading(site) as unit:
        unit.db.connection()
        event.listen(site.engine, "before_cursor_execute", count)
        actor = queries.identify(unit, Cookie())
        event.remove(site.engine, "before_cursor_execute", count)
    assert actor
    assert len(asked) == 1


def test_rights_follow_the_calendar_of_london(site: Site, provider: Organisation, clock: SetClock) -> None:
    clock.now = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    ann = make_person(site, provider, Role.TRAINER)
    with reading(site) as unit:
        assert unit.today == date(2026, 7, 1)
        assert Permission.PROVIDER_READ in {
            right for right in Permission if actor_for(site, ann, provider).may(right)
        }
        assert queries.members(unit, provider.id, on=date(2026, 6, 30)) == []
