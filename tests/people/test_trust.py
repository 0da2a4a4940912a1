"""Who is trusted with a role, the ties that count, and two accounts of one person."""

from datetime import date

import pytest
from sqlalchemy import select

from app.kernel.actor import SYSTEM
from app.kernel.database import Site, reading, writing
from app.kernel.errors import Forbidden, Invalid, Refused
from app.organisations.models import Organisation
from app.people import commands, queries
from app.people.models import Person
from app.people.rules import Tied
from app.people.rules.forms import Authorise, Declare
from app.permissions import Role
from tests.people.conftest import NewBrowser
from tests.people.make import actor_for, as_person, make_person, post, sign_in


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
