"""The agreement: one text, shown whole, accepted by both sides in order, and never another one."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from app.cases import queries
from app.cases.models import Acceptance, Agreement
from app.cases.rules import CLIENT_DUTIES, State, text_digest
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, reading, writing
from app.kernel.errors import Forbidden, Invalid, Refused
from tests.cases.make import accept_agreement, agree, agreement_digest, make_case, row, step
from tests.conftest import SetClock
from tests.licences.make import change


def test_the_text_names_the_parties_the_rules_and_every_duty(site: Site) -> None:
    world = make_case(site, State.AGREEMENT_PENDING)
    with reading(site, world.client) as unit:
        page = queries.agreement_page(unit, world.ref)
    text = page.agreement.text
    assert "Harbour Lane Training" in text
    assert "Northgate Certification" in text
    assert row(world).rule_pack_digest in text
    assert all(words in text for _letter, words in CLIENT_DUTIES)
    assert page.agreement.digest == text_digest(text)
    assert page.step == "accept-agreement"


def test_it_is_in_force_once_both_sides_accepted(site: Site) -> None:
    world = make_case(site, State.AGREEMENT_IN_FORCE)
    with reading(site, world.client) as unit:
        shown = queries.case_view(unit, world.ref).agreement
    assert shown
    assert shown.in_force
    assert [(one.side, one.by) for one in shown.accepted] == [
        ("Client", "Ŵyn Prydderch"),
        ("Body", "Olive Officer"),
    ]


def test_the_body_signs_only_what_the_client_accepted_before(site: Site) -> None:
    world = make_case(site, State.AGREEMENT_PENDING)
    with pytest.raises(Refused, match="not accepted the agreement yet"):
        step(world, world.officer, "sign-agreement", digest=agreement_digest(world), entitled=True)


def test_neither_side_accepts_for_the_other(site: Site) -> None:
    world = make_case(site, State.AGREEMENT_PENDING)
    with pytest.raises(Forbidden):
        step(world, world.officer, "accept-agreement", digest=agreement_digest(world), entitled=True)
    accept_agreement(world)
    with pytest.raises(Forbidden):
        step(world, world.client, "sign-agreement", digest=agreement_digest(world), entitled=True)


def test_a_client_accepts_once(site: Site) -> None:
    world = make_case(site, State.AGREEMENT_PENDING)
    accept_agreement(world)
    with pytest.raises(Refused, match="already"):
        accept_agreement(world)


def test_nobody_accepts_words_they_were_not_shown(site: Site) -> None:
    world = make_case(site, State.AGREEMENT_PENDING)
    with pytest.raises(Refused, match="not the text that was shown"):
        step(world, world.client, "accept-agreement", digest="0" * 64, entitled=True)


def test_a_text_that_was_changed_behind_our_back_is_accepted_by_nobody(site: Site) -> None:
    world = make_case(site, State.AGREEMENT_PENDING)
    shown = agreement_digest(world)
    with writing(site, SYSTEM) as unit:
        unit.db.execute(update(Agreement).values(text="You owe us everything."))
    with pytest.raises(Refused, match="not the text that was shown"):
        step(world, world.client, "accept-agreement", digest=shown, entitled=True)


def test_somebody_must_say_that_they_may_sign(site: Site) -> None:
    world = make_case(site, State.AGREEMENT_PENDING)
    with pytest.raises(Invalid):
        step(world, world.client, "accept-agreement", digest=agreement_digest(world), entitled=False)


def test_a_licence_suspended_in_between_stops_the_signature(site: Site, clock: SetClock) -> None:
    world = make_case(site, State.AGREEMENT_PENDING)
    accept_agreement(world)
    clock.now += timedelta(days=1)
    change(site, world.manager, world.body, "suspend", clock.now.date())
    with pytest.raises(Refused, match="no agreement can be made today"):
        step(world, world.officer, "sign-agreement", digest=agreement_digest(world), entitled=True)
    change(site, world.manager, world.body, "reinstate", clock.now.date())
    step(world, world.officer, "sign-agreement", digest=agreement_digest(world), entitled=True)
    assert row(world).status is State.AGREEMENT_IN_FORCE


def test_an_acceptance_is_never_changed(site: Site) -> None:
    world = make_case(site, State.AGREEMENT_PENDING)
    agree(world)
    with pytest.raises(DBAPIError, match="append-only"), writing(site, SYSTEM) as unit:
        unit.db.execute(update(Acceptance).values(by_name="Somebody else"))
    with reading(site, SYSTEM) as unit:
        assert len(unit.db.scalars(select(Acceptance)).all()) == 2
