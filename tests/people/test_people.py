"""People: joining and leaving organisations, and the roles they have there."""

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
from app.people.models import Invitation
from app.people.rules.codes import digest
from app.people.rules.forms import Invite
from app.permissions import Permission, Role, Seat
from tests.conftest import SetClock
from tests.organisations.make import make_organisation
from tests.people.conftest import NewBrowser
from tests.people.make import PASSWORD, actor_for, as_person, make_person, post, sign_in, token_for


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
