"""What comes after a grant: the certificate is issued, and the body looks again at it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.cases import commands, effects, queries
from app.cases.models import Decision
from app.cases.rules import Kind, Outcome, Section, State
from app.cases.rules.forms import OpenFollowUp
from app.certificates.commands import publish
from app.certificates.commands.publishing import FILES
from app.certificates.models import Certificate
from app.certificates.rules import Status
from app.kernel import journal
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, reading, writing
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from tests.cases.make import (
    World,
    begin_evaluation,
    items,
    make_case,
    plan,
    record_all,
    row,
    step,
    take_into_review,
    today,
)
from tests.conftest import SetClock
from tests.licences.make import change, make_body, make_manager


def certificate(world: World) -> Certificate:
    with reading(world.site, SYSTEM) as unit:
        return unit.db.scalars(select(Certificate)).one()


def issued(site: Site, curricula: int = 1) -> World:
    """A case whose certificate is public; drawing and sealing it is the worker's business and tested there."""
    world = make_case(site, State.GRANTED, curricula)
    with writing(site, SYSTEM) as unit:
        digests = dict.fromkeys(FILES, "ab" * 32)
        assert publish(unit, unit.db.scalars(select(Certificate)).one().id, 1, digests)
    return world


def follow(world: World, kind: Kind = Kind.SURVEILLANCE) -> None:
    """The body opens a case on the certificate."""
    with writing(world.site, world.officer) as unit:
        form = OpenFollowUp(certificate=certificate(world).number, kind=kind, reason="First year of three.")
        world.ref = commands.open_follow_up(unit, form).ref


def followed(site: Site, curricula: int = 1) -> World:
    """A surveillance case whose review has ended."""
    world = issued(site, curricula)
    follow(world)
    plan(world)
    begin_evaluation(world)
    record_all(world)
    step(world, world.lead, "complete-evaluation", verdict="maintain", report="All was seen.")
    take_into_review(world)
    return world


def recommend(world: World, verdict: str = "maintain") -> None:
    step(world, world.reviewer, "recommend", sections=list(Section), verdict=verdict, reasons="In order.")


def test_a_published_certificate_moves_its_case_on_by_the_register_itself(site: Site) -> None:
    world = issued(site)
    with reading(site, SYSTEM) as unit:
        told = unit.db.scalars(
            select(journal.Event).where(journal.Event.kind == "certificate.published")
        ).one()
        finish = effects.certificate_published(unit, told)
    assert finish
    for _twice in range(2):
        with writing(site, SYSTEM) as unit:
            finish(unit)
    case = row(world)
    assert (case.status, case.certificate_number) == (State.CERTIFICATE_ISSUED, certificate(world).number)
    with reading(site, SYSTEM) as unit:
        events = unit.db.scalars(
            select(journal.Event).where(journal.Event.kind == "case.certificate_issued")
        ).all()
    assert [one.actor_id for one in events] == ["system"]
    step(world, world.officer, "close")


def test_a_follow_up_goes_on_under_the_agreement_there_is(site: Site) -> None:
    world = issued(site)
    agreement = row(world).agreement_id
    follow(world)
    case = row(world)
    assert (case.status, case.agreement_id) == (State.AGREEMENT_IN_FORCE, agreement)
    with reading(site, world.client) as unit:
        shown = queries.case_view(unit, world.ref)
    assert shown.agreement
    assert shown.agreement.in_force
    assert len(shown.scope) == 1


def test_only_the_body_of_a_certificate_looks_again_at_it(site: Site) -> None:
    world = issued(site)
    other = make_body(site, make_manager(site), "Calder Assurance", "CAL")
    form = OpenFollowUp(
        certificate=certificate(world).number, kind=Kind.SPECIAL, reason="Something was heard."
    )
    with pytest.raises(NotFound), writing(site, other.officer) as unit:
        commands.open_follow_up(unit, form)
    with pytest.raises(Forbidden), writing(site, world.client) as unit:
        commands.open_follow_up(unit, form)
    with pytest.raises(Invalid), writing(site, world.officer) as unit:
        commands.open_follow_up(unit, form.model_copy(update={"kind": Kind.INITIAL}))


def test_a_certificate_is_maintained(site: Site) -> None:
    world = followed(site)
    recommend(world)
    step(world, world.decider, "maintain", reasons="Every requirement is met.")
    assert row(world).status is State.MAINTAINED
    assert certificate(world).status is Status.ACTIVE
    with pytest.raises(Exception, match="cannot be done now"):
        step(world, world.decider, "grant", granted=items(world), reasons="Again.")


def test_a_follow_up_cannot_grant(site: Site) -> None:
    world = followed(site)
    recommend(world)
    with pytest.raises(Refused, match="cannot grant or refuse"):
        step(world, world.decider, "grant", granted=items(world), reasons="Again.")


def test_a_certificate_is_suspended_and_restored_by_decisions(site: Site) -> None:
    world = followed(site)
    recommend(world, "suspend")
    step(
        world, world.decider, "suspend", reasons="Three courses had no trainer.", reason_code="nonconformity",
        ends_when="Each course has a trainer again.", limit_on=today(world) + timedelta(days=90), contact="Olive Officer, 0113 496 0000",
    )  # fmt: skip
    assert (row(world).status, certificate(world).status) == (State.SUSPENDED, Status.SUSPENDED)
    follow(world, Kind.SPECIAL)
    plan(world)
    begin_evaluation(world)
    record_all(world)
    step(world, world.lead, "complete-evaluation", verdict="restore", report="Trainers are back.")
    take_into_review(world)
    recommend(world, "restore")
    step(world, world.decider, "restore", reasons="Trainers are back.", reason_code="resolved")
    assert (row(world).status, certificate(world).status) == (State.RESTORED, Status.ACTIVE)


def test_a_certificate_is_withdrawn_by_a_decision(site: Site) -> None:
    world = followed(site)
    recommend(world, "withdraw_the_certificate")
    step(
        world,
        world.decider,
        "end-certificate",
        reasons="Nothing was put right.",
        reason_code="conditions_not_met",
    )
    assert (row(world).status, certificate(world).status) == (State.ENDED, Status.WITHDRAWN)
    with pytest.raises(Refused, match="nothing to look at again"):
        follow(world)


def test_a_certificate_is_reduced_by_a_decision(site: Site) -> None:
    world = followed(site, curricula=2)
    recommend(world, "reduce")
    gone, kept = items(world)
    step(
        world,
        world.decider,
        "reduce",
        reasons="Part 1 is no longer taught.",
        reason_code="other",
        removed=[gone],
    )
    assert (row(world).status, certificate(world).status) == (State.REDUCED, Status.REDUCED)
    with reading(site, SYSTEM) as unit:
        outcomes = {item.ref: item.outcome for item, _version in queries.scope_of(unit, row(world))}
    assert outcomes == {gone: Outcome.REFUSED, kept: Outcome.GRANTED}


def test_surveillance_is_decided_while_the_licence_is_suspended_and_a_restoration_is_not(
    site: Site, clock: SetClock
) -> None:
    world = followed(site)
    recommend(world)
    clock.now += timedelta(days=1)
    change(site, world.manager, world.body, "suspend", clock.now.date())
    step(world, world.decider, "maintain", reasons="Every requirement is met.")
    with reading(site, SYSTEM) as unit:
        assert [one.step for one in unit.db.scalars(select(Decision).order_by(Decision.id))] == [
            "grant",
            "maintain",
        ]
