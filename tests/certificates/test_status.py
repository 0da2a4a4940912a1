"""What may happen to a certificate afterwards, and what one was on any day, as it was known at any moment."""

import base64
import gzip
import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.certificates import jose, queries
from app.certificates.commands import supersede_due
from app.certificates.did import Addresses
from app.certificates.keys import PublicKeys, Purpose
from app.certificates.rules import CERTIFICATE, CertificateFacts, Statement, Status, neutral_words
from app.kernel.actor import ANYONE, SYSTEM, Actor
from app.kernel.casework import steps_of
from app.kernel.database import Site, reading, writing
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale, WrongState
from app.kernel.journal import record
from app.ledger.models import LedgerEntry, LedgerTold
from app.permissions import Role
from tests.certificates.make import (
    World,
    change,
    grant,
    issue,
    lines,
    make_world,
    on,
    refs,
    row,
    status,
    versions,
    work,
)
from tests.conftest import SetClock
from tests.licences.make import change as change_licence

TODAY = date(2026, 3, 2)


@pytest.fixture
def world(site: Site) -> World:
    return make_world(site)


def later(clock: SetClock, days: int) -> date:
    clock.now += timedelta(days=days)
    return TODAY + timedelta(days=days)


def bits(site: Site, world: World, purpose: str) -> set[int]:
    """What a stranger reads in the list that is served."""
    with reading(site, ANYONE) as unit:
        token = queries.signed_list(unit, world.body.ref, purpose, 1).token
    addresses = Addresses("http://testserver")
    keys = PublicKeys(site.settings.data_dir / "keys").all(Purpose.CREDENTIAL, world.body.ref)
    payload = jose.verify(token, {addresses.kid(key, world.body.ref): key for key in keys}, "vc+jwt")
    encoded = payload["credentialSubject"]["encodedList"][1:]
    data = gzip.decompress(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    return {
        8 * n + place for n, byte in enumerate(data) if byte for place in range(8) if byte >> (7 - place) & 1
    }


def test_a_suspension_counts_at_once_and_says_what_ends_it(world: World) -> None:
    number = issue(world)
    change(world, number, "suspend", public_text="Suspended while two findings are open.")
    seen = on(world.site, number, TODAY)
    assert (seen.status, seen.ends_when, seen.limit_on) == (
        Status.SUSPENDED,
        "Both findings are closed.",
        date(2026, 8, 30),
    )
    assert not seen.certified
    assert row(world.site, number).status is Status.SUSPENDED


def test_the_bits_follow_the_worker(world: World) -> None:
    number = issue(world)
    index = versions(world.site, number)[0].status_index
    assert bits(world.site, world, "suspension") == bits(world.site, world, "revocation") == set()
    change(world, number, "suspend")
    work(world.site)
    assert bits(world.site, world, "suspension") == {index}
    change(world, number, "reinstate")
    work(world.site)
    assert bits(world.site, world, "suspension") == set()
    change(world, number, "withdraw")
    work(world.site)
    assert bits(world.site, world, "revocation") == {index}


def test_what_it_was_on_a_day_stays_answered_for_ever(world: World, clock: SetClock) -> None:
    number = issue(world)
    suspended = later(clock, 30)
    change(world, number, "suspend")
    reinstated = TODAY + timedelta(days=50)
    clock.now += timedelta(days=20)
    change(world, number, "reinstate")
    for day, expected in (
        (TODAY - timedelta(days=1), None),
        (TODAY, Status.ACTIVE),
        (suspended - timedelta(days=1), Status.ACTIVE),
        (suspended, Status.SUSPENDED),
        (reinstated - timedelta(days=1), Status.SUSPENDED),
        (reinstated, Status.ACTIVE),
        (date(2029, 3, 1), Status.ACTIVE),
        (date(2029, 3, 2), Status.EXPIRED),
    ):
        assert status(world.site, number, day) is expected, day


def test_what_we_said_then_is_not_what_we_know_now(world: World, clock: SetClock) -> None:
    number = issue(world)
    then = clock.now + timedelta(days=10)
    clock.now += timedelta(days=20)
    change(world, number, "suspend", effective_on=TODAY + timedelta(days=5))
    day = TODAY + timedelta(days=10)
    assert on(world.site, number, day).status is Status.SUSPENDED
    assert on(world.site, number, day, known_at=then).status is Status.ACTIVE


def test_expiry_follows_from_the_clock_and_nobody_has_to_do_anything(world: World, clock: SetClock) -> None:
    number = issue(world)
    clock.now += timedelta(days=3 * 365 + 1)
    assert status(world.site, number) is Status.EXPIRED
    assert row(world.site, number).status is Status.ACTIVE
    assert on(world.site, number, TODAY).status is Status.ACTIVE


def test_one_curriculum_can_be_suspended_by_itself(world: World) -> None:
    number = issue(world)
    first, second = refs(world.site, number)
    change(world, number, "suspend-curricula", curricula=[first])
    work(world.site)
    seen = on(world.site, number, TODAY)
    assert seen.status is Status.ACTIVE
    assert [item.status for item in seen.items] == [Status.SUSPENDED, Status.ACTIVE]
    assert bits(world.site, world, "suspension") == {versions(world.site, number)[0].status_index}
    with pytest.raises(Invalid):
        change(world, number, "suspend-curricula", curricula=[first])
    with pytest.raises(Invalid):
        change(world, number, "reinstate-curricula", curricula=[second])
    change(world, number, "reinstate-curricula", curricula=[first])
    assert len(on(world.site, number, TODAY).certified) == 2


def test_a_reduction_takes_rights_now_and_the_new_paper_follows(world: World) -> None:
    number = issue(world)
    first, second = refs(world.site, number)
    change(world, number, "reduce", curricula=[first])
    seen = on(world.site, number, TODAY)
    assert seen.status is Status.REDUCED
    assert [item.status for item in seen.items] == [Status.WITHDRAWN, Status.ACTIVE]
    work(world.site)
    one, two = versions(world.site, number)
    assert two.issued_at is not None
    said = Statement.model_validate_json(two.statement)
    assert [item.ref for item in said.scope] == [second]
    assert said.previous_version == one.statement_digest
    assert (said.number, said.expires_on) == (number, date(2029, 3, 1))
    assert bits(world.site, world, "revocation") == {one.status_index}
    with reading(world.site, ANYONE) as unit:
        assert queries.file_of(unit, number, 2, "certificate.pdf") != queries.file_of(
            unit, number, 1, "certificate.pdf"
        )


def test_taking_everything_off_is_a_withdrawal_and_said_so(world: World) -> None:
    number = issue(world)
    with pytest.raises(Invalid) as caught:
        change(world, number, "reduce", curricula=refs(world.site, number))
    assert "Withdraw" in caught.value.fields["curricula"]
    change(world, number, "reduce", curricula=refs(world.site, number)[:1])
    with reading(world.site, world.decider) as unit:
        _steps, barred = steps_of(unit, CERTIFICATE, queries.find_certificate(unit, number))
    assert "withdraw the certificate instead" in {step.name: step.reason for step in barred}["reduce"]


@pytest.mark.parametrize("step", ["withdraw", "terminate", "transfer"])
def test_an_end_is_for_good(world: World, step: str) -> None:
    number = issue(world)
    change(world, number, step)
    ended = row(world.site, number).status
    assert ended.is_final
    assert status(world.site, number, date(2029, 6, 1)) is ended
    for again in ("suspend", "reinstate", "withdraw"):
        with pytest.raises(WrongState):
            change(world, number, again)


def test_one_withdrawn_before_it_was_public_is_never_published_nor_told(world: World) -> None:
    number = grant(world)
    change(world, number, "withdraw")
    work(world.site)
    assert not on(world.site, number, TODAY).published
    with reading(world.site, SYSTEM) as unit:
        kinds = set(unit.db.scalars(select(LedgerEntry.kind)))
    assert not kinds & {"certificate.published", "certificate.status"}


def test_each_public_change_is_exactly_one_entry_with_its_reason_kept_private(world: World) -> None:
    number = issue(world)
    with reading(world.site, SYSTEM) as unit:
        before = len(unit.db.scalars(select(LedgerEntry)).all())
    change(world, number, "suspend")
    change(world, number, "reinstate")
    with reading(world.site, SYSTEM) as unit:
        entries = unit.db.scalars(select(LedgerEntry).order_by(LedgerEntry.number)).all()[before:]
        told = [unit.db.get_one(LedgerTold, entry.number).told for entry in entries]
    assert [one["status"] for one in told] == ["suspended", "active"]
    assert told[0]["ends_when"] == "Both findings are closed."
    assert told[0]["public_text"] == neutral_words(Status.SUSPENDED, TODAY)
    assert not any(
        "findings stayed open" in json.dumps(one) or "nonconformity" in json.dumps(one) for one in told
    )


def test_a_certificate_covering_the_same_curricula_takes_the_place_of_the_older(
    world: World, clock: SetClock
) -> None:
    old = issue(world, decision_ref="first")
    narrow = issue(world, decision_ref="second", items=world.versions[:1])
    assert row(world.site, old).status is Status.ACTIVE
    clock.now += timedelta(days=900)
    new = issue(world, decision_ref="third")
    assert [row(world.site, number).status for number in (old, narrow, new)] == [
        Status.SUPERSEDED,
        Status.SUPERSEDED,
        Status.ACTIVE,
    ]
    assert status(world.site, old, TODAY) is Status.ACTIVE


def test_the_older_one_is_superseded_on_the_first_day_of_the_newer(world: World, clock: SetClock) -> None:
    old = issue(world, decision_ref="first")
    issue(world, decision_ref="second", starts_on=TODAY + timedelta(days=20))
    assert row(world.site, old).status is Status.ACTIVE
    clock.now += timedelta(days=20)
    for _again in range(2):
        with writing(world.site, SYSTEM) as unit:
            supersede_due(unit)
    assert row(world.site, old).status is Status.SUPERSEDED
    assert len([line for line in lines(world.site, old) if line.status is Status.SUPERSEDED]) == 1


def test_a_suspension_ends_only_while_the_licence_covers_the_day(world: World) -> None:
    number = issue(world)
    change(world, number, "suspend")
    change_licence(world.site, world.rrn, world.body, "suspend", TODAY)
    with pytest.raises(Refused, match="nothing can be certified today"):
        change(world, number, "reinstate")
    change(world, number, "withdraw")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"effective_on": TODAY + timedelta(days=1)}, "effective_on"),
        ({"effective_on": TODAY - timedelta(days=1)}, "effective_on"),
        ({"limit_on": date(2026, 9, 3)}, "limit_on"),
        ({"limit_on": TODAY}, "limit_on"),
    ],
)
def test_days_that_do_not_fit_are_sent_back_with_a_sentence(
    world: World, said: dict[str, Any], field: str
) -> None:
    number = issue(world)
    with pytest.raises(Invalid) as caught:
        change(world, number, "suspend", **said)
    assert caught.value.fields[field].endswith(".")
    assert status(world.site, number) is Status.ACTIVE


def test_only_the_decision_makers_of_its_own_body_change_it(world: World) -> None:
    number = issue(world)
    for who, problem in (
        (world.assessor, Forbidden), (world.manager, Forbidden), (world.rrn, Forbidden), (world.stranger, NotFound),
        (other_decider(world), NotFound), (ANYONE, Forbidden),
    ):  # fmt: skip
        with pytest.raises(problem):
            change(world, number, "suspend", by=who)


def other_decider(world: World) -> Actor:
    return Actor(
        "decider-2",
        "Dan Decider",
        frozenset({Role.DECISION_MAKER}),
        999_999,
        "x",
        "Calder",
        world.decider.seat,
    )


def test_who_evaluated_does_not_decide_here_either(world: World) -> None:
    number = issue(world, case_thread="case:77")
    with writing(world.site, world.decider) as unit:
        record(unit, "audit.result_recorded", Case(77))
    with pytest.raises(Refused, match="you took part in the evaluation on 2 March 2026"):
        change(world, number, "suspend")


class Case:
    """Stands in for a case of the area above: the journal only asks for its id and its thread."""

    __tablename__ = "case"

    def __init__(self, id: int) -> None:
        self.id, self.ref, self.thread = id, "NGC-C-0077", f"case:{id}"


def test_two_people_looking_at_the_same_version_do_not_overwrite_each_other(world: World) -> None:
    number = issue(world)
    seen = row(world.site, number).version
    change(world, number, "suspend")
    with pytest.raises((Stale, WrongState)):
        change(world, number, "withdraw", version=seen)


def test_the_history_cannot_be_rewritten_by_anybody(world: World) -> None:
    number = issue(world)
    for statement in (
        "UPDATE certificate_status SET effective_on = '2020-01-01'",
        "DELETE FROM certificate_status",
    ):
        with pytest.raises(DBAPIError, match="append-only"), writing(world.site, SYSTEM) as unit:
            unit.db.execute(text(statement))
    assert status(world.site, number) is Status.ACTIVE


def test_buttons_offer_exactly_what_would_be_done(world: World) -> None:
    number = issue(world)
    with reading(world.site, world.decider) as unit:
        steps, barred = steps_of(unit, CERTIFICATE, queries.find_certificate(unit, number))
    assert [step.name for step in steps] == [
        "suspend",
        "suspend-curricula",
        "reduce",
        "withdraw",
        "terminate",
        "transfer",
    ]
    assert [step.name for step in barred] == ["reinstate-curricula"]
    assert CertificateFacts(TODAY).may_issue is False
