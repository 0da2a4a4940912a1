"""Orders for keys: two people, one order at a time, and keys that take over without a signature nobody can check."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from joserfc import jws
from joserfc.jwk import ECKey
from sqlalchemy import select

from app.ceremony import hold
from app.certificates import commands
from app.certificates.did import Addresses, did_document
from app.certificates.effects import key_store
from app.certificates.effects.issuing import sign_log_again
from app.certificates.effects.keys import carry_out_waiting
from app.certificates.effects.worker import OWNER
from app.certificates.keys import RRN, PublicKey, Purpose
from app.certificates.keys.store import LEAD, LOG_OVERLAP
from app.certificates.models import CertificateVersion, KeyOrder, SignedStatusList
from app.certificates.queries.keys import find_order, key_list, key_owners, keys_view, order_view
from app.certificates.rules import KEY_ORDER, AskKeys, KeyTask, Status
from app.certificates.verify import verify_pdf
from app.kernel.actor import SYSTEM, Actor
from app.kernel.casework import take
from app.kernel.database import Site, connect, reading, writing
from app.kernel.errors import Forbidden, Invalid, Problem, Refused
from app.kernel.fields import Note
from app.ledger.note import NoteKey, open_note, origin_of
from app.ledger.queries import newest_checkpoint
from app.permissions import Role
from app.settings import Settings
from tests.certificates.make import World, grant, issue, make_world, row, versions, work
from tests.certificates.test_issuing import file, keys
from tests.conftest import SetClock
from tests.licences.make import change as change_licence


def ask(site: Site, who: Actor, owner: str, task: KeyTask = KeyTask.MAKE) -> str:
    with writing(site, who) as unit:
        form = AskKeys(owner=owner, task=task, reason="The keys are two years old.")
        return commands.ask_keys(unit, form).ref


def answer(site: Site, who: Actor, ref: str, step: str = "confirm") -> None:
    with writing(site, who) as unit:
        order = find_order(unit, ref)
        take(unit, KEY_ORDER, order, step, Note(version=order.version))


def order(site: Site, who: Actor, other: Actor, owner: str, task: KeyTask = KeyTask.MAKE) -> None:
    site.clock.now += timedelta(hours=1)  # type: ignore[attr-defined]
    answer(site, other, ask(site, who, owner, task))
    work(site)


def second(world: World) -> Actor:
    """Another person of RRN."""
    return replace(world.rrn, id="ola-second", name="Ola Second", roles=frozenset({Role.OVERSIGHT_OFFICER}))


@pytest.fixture
def world(site: Site) -> World:
    return make_world(site)


def state(site: Site, ref: str) -> str:
    with reading(site, SYSTEM) as unit:
        return str(unit.db.scalars(select(KeyOrder).where(KeyOrder.ref == ref)).one().status)


def of(site: Site, purpose: Purpose, owner: str) -> list[PublicKey]:
    return keys(site).all(purpose, owner)


def test_whoever_asked_may_not_confirm_and_somebody_else_may(world: World) -> None:
    ref = ask(world.site, world.rrn, world.body.ref)
    with pytest.raises(Refused, match="must be done by somebody who did not"):
        answer(world.site, world.rrn, ref)
    with reading(world.site, world.rrn) as unit:
        assert [one.name for one in order_view(unit, ref).barred] == ["confirm"]
    assert state(world.site, ref) == "asked"
    answer(world.site, second(world), ref)
    assert state(world.site, ref) == "confirmed"


def test_nothing_is_made_before_the_second_person_and_once_after(world: World) -> None:
    work(world.site)
    world.site.clock.now += timedelta(hours=1)  # type: ignore[attr-defined]
    ref = ask(world.site, world.rrn, world.body.ref)
    work(world.site)
    made = len(of(world.site, Purpose.SEAL, world.body.ref))
    answer(world.site, second(world), ref)
    work(world.site)
    assert made == 1
    assert len(of(world.site, Purpose.SEAL, world.body.ref)) == 2
    assert len(of(world.site, Purpose.CREDENTIAL, world.body.ref)) == 2
    assert state(world.site, ref) == "done"


def test_nobody_of_a_certification_body_knows_of_orders(world: World) -> None:
    with pytest.raises(Forbidden):
        ask(world.site, world.decider, world.body.ref)
    ref = ask(world.site, world.rrn, world.body.ref)
    with pytest.raises(Forbidden):
        answer(world.site, world.decider, ref)


def test_there_is_one_open_order_for_an_owner(world: World) -> None:
    ref = ask(world.site, world.rrn, world.body.ref)
    with pytest.raises(Refused, match="There is an open order"):
        ask(world.site, second(world), world.body.ref)
    answer(world.site, second(world), ref, "decline")
    assert ask(world.site, world.rrn, world.body.ref) != ref


def test_an_order_names_somebody_who_has_keys_and_the_log_keeps_one(world: World) -> None:
    with pytest.raises(Invalid):
        ask(world.site, world.rrn, "nobody")
    with pytest.raises(Invalid):
        ask(world.site, world.rrn, RRN, KeyTask.WITHDRAW)


def test_of_two_people_who_confirm_at_once_one_does(world: World) -> None:
    ref, said = ask(world.site, world.rrn, world.body.ref), []

    def confirm(who: Actor) -> None:
        try:
            answer(world.site, who, ref)
            said.append("done")
        except Problem as problem:
            said.append(problem.__class__.__name__)

    others = [second(world), replace(second(world), id="third-person", name="Third Person")]
    run_at_once([lambda who=one: confirm(who) for one in others])  # type: ignore[misc]
    assert said.count("done") == 1 and len(said) == 2
    work(world.site)
    assert len(of(world.site, Purpose.SEAL, world.body.ref)) <= 2


def run_at_once(calls: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_through_a_rotation_there_is_always_a_key_and_every_paper_goes_on_verifying(
    world: World, clock: SetClock
) -> None:
    old = issue(world)
    order(world.site, world.rrn, second(world), world.body.ref)
    first, then = of(world.site, Purpose.SEAL, world.body.ref)
    assert first.retired_at == then.signs_from == clock.now + LEAD
    clock.now += LEAD - timedelta(minutes=5)
    between = issue(world, decision_ref="between")
    clock.now += timedelta(minutes=5)
    new = issue(world, decision_ref="new")
    made = [versions(world.site, number)[0].seal_key for number in (old, between, new)]
    assert made == [first.id, first.id, then.id]
    for number in (old, between, new):
        assert verify_pdf(file(world.site, number, "certificate.pdf"), keys(world.site).anchors()).genuine
        assert_another_library_believes(world, file(world.site, number, "credential.jwt").decode())
    with reading(world.site, SYSTEM) as unit:
        for signed in unit.db.scalars(
            select(SignedStatusList).where(SignedStatusList.body_id == world.body.id)
        ):
            assert_another_library_believes(world, signed.token)


def assert_another_library_believes(world: World, token: str, base: str = "http://testserver") -> None:
    """joserfc, with the key that the DID document publishes under the name in the token's header."""
    did = Addresses(base).did(world.body.ref)
    document = did_document(did, of(world.site, Purpose.CREDENTIAL, world.body.ref), {})
    published = {one["id"]: one["publicKeyJwk"] for one in document["verificationMethod"]}
    kid = jws.extract_compact(token.encode()).headers()["kid"]
    jws.deserialize_compact(token, ECKey.import_key(published[kid]), algorithms=["ES256"])


def test_a_private_key_is_destroyed_once_its_use_is_over(world: World, clock: SetClock) -> None:
    issue(world)
    order(world.site, world.rrn, second(world), world.body.ref)
    first, _then = of(world.site, Purpose.SEAL, world.body.ref)
    private = world.site.settings.data_dir / "keys-private" / f"{first.id}.pem"
    store = key_store(world.site.settings)
    store.clear(clock.now)
    assert private.exists()
    store.clear(clock.now + LEAD)
    assert not private.exists()


def test_both_log_keys_sign_while_one_takes_the_place_of_the_other(world: World, clock: SetClock) -> None:
    issue(world)
    order(world.site, world.rrn, second(world), RRN)
    issue(world, decision_ref="before")
    assert len(noted(world.site)) == 1
    clock.now += LEAD
    issue(world, decision_ref="after")
    signers = noted(world.site)
    assert len(signers) == 2
    clock.now += LOG_OVERLAP
    issue(world, decision_ref="later")
    assert noted(world.site) == signers[1:]


def noted(site: Site) -> list[str]:
    """The log keys that signed the newest checkpoint, oldest first."""
    sign_log_again(site)
    origin = origin_of(site.settings.host)
    known = {NoteKey(origin, raw(one)): one.id for one in keys(site).all(Purpose.LOG)}
    with reading(site, SYSTEM) as unit:
        signed = open_note(newest_checkpoint(unit).note, known).signed_by
    return [name for key, name in known.items() if key in signed]


def raw(key: PublicKey) -> bytes:
    assert isinstance(key.public_key, ed25519.Ed25519PublicKey)
    return key.public_key.public_bytes_raw()


@pytest.fixture
def production(settings: Settings, clock: SetClock) -> Any:
    """Where people reach the register over https: no key is made without an order."""
    site = connect(replace(settings, public_base_url="https://register.example"), clock)
    yield site
    site.engine.dispose()


def test_in_production_nothing_is_made_without_ceremony_and_order(production: Site) -> None:
    world = make_world(production)
    number = issue(world)
    assert keys(production).all() == []
    assert row(production, number).status is Status.GRANTED
    (version,) = versions(production, number)
    assert version.held and version.held.startswith("The certification body has no seal key yet.")


def test_in_production_a_certificate_that_waits_for_keys_follows_by_itself(
    production: Site, clock: SetClock
) -> None:
    world = make_world(production)
    number = issue(world)
    key_store(production.settings).ensure_root(OWNER, clock.now)
    order(production, world.rrn, second(world), world.body.ref)
    assert row(production, number).status is Status.ACTIVE
    assert verify_pdf(file(production, number, "certificate.pdf"), keys(production).anchors()).genuine


def test_an_order_before_the_ceremony_waits_and_nothing_is_half_made(production: Site) -> None:
    world = make_world(production)
    ref = ask(production, world.rrn, world.body.ref)
    answer(production, second(world), ref)
    work(production)
    assert state(production, ref) == "confirmed"
    assert keys(production).all() == []


@pytest.mark.parametrize("tries", [1, 15], ids=["soon", "after more tries than a delivery has"])
def test_the_page_of_an_order_without_a_root_says_so_and_the_ceremony_finishes_it(
    production: Site, clock: SetClock, tries: int
) -> None:
    world = make_world(production)
    ref = ask(production, world.rrn, RRN)
    answer(production, second(world), ref)
    for _ in range(tries):
        work(production)
        carry_out_waiting(production)
        clock.now += timedelta(hours=1)
    with reading(production, world.rrn) as unit:
        assert "There is no root yet, so nothing was made." in order_view(unit, ref).waits
        assert order_view(unit, ref).history[0].what == "Key order waits"
    hold(production.settings, ["Kay Keeper", "Wyn Witness"], clock.now)
    made = {key.id for key in keys(production).all()}
    carry_out_waiting(production)
    assert state(production, ref) == "done"
    assert {key.id for key in keys(production).all()} == made, "the ceremony made what was ordered"
    with reading(production, world.rrn) as unit:
        assert order_view(unit, ref).waits == ""


def test_the_ceremony_finishes_the_order_of_a_body_and_publishes_what_waited(
    production: Site, clock: SetClock
) -> None:
    world = make_world(production)
    number = issue(world)
    order(production, world.rrn, second(world), world.body.ref)
    hold(production.settings, ["Kay Keeper", "Wyn Witness"], clock.now)
    carry_out_waiting(production)
    work(production)
    assert row(production, number).status is Status.ACTIVE


def test_a_key_that_should_have_been_replaced_goes_on_signing_lists(
    production: Site, clock: SetClock
) -> None:
    world = make_world(production)
    key_store(production.settings).ensure_root(OWNER, clock.now)
    order(production, world.rrn, second(world), world.body.ref)
    clock.now += timedelta(days=3 * 365 - 200)
    assert key_store(production.settings).usable(Purpose.CREDENTIAL, world.body.ref, clock.now)
    with reading(production, SYSTEM) as unit:
        assert len(key_list(unit)) == 3


def test_a_key_whose_time_ran_out_is_over_once_another_signs_in_its_place(
    production: Site, clock: SetClock
) -> None:
    store = key_store(production.settings)
    first = store.ensure(Purpose.CREDENTIAL, RRN, clock.now).public
    clock.now = first.sign_until
    known = keys(production)
    assert not known.is_over(first, clock.now), "nobody has taken its place, so there is something to be done"
    store.renew(Purpose.CREDENTIAL, RRN, clock.now, clock.now)
    clock.now += timedelta(minutes=16)
    assert keys(production).is_over(first, clock.now)


def test_a_key_that_was_replaced_stays_over_when_its_successor_runs_out_too(
    production: Site, clock: SetClock
) -> None:
    store = key_store(production.settings)
    first = store.ensure(Purpose.CREDENTIAL, RRN, clock.now).public
    clock.now = first.sign_until
    store.renew(Purpose.CREDENTIAL, RRN, clock.now, clock.now)
    second = store.all(Purpose.CREDENTIAL, RRN)[-1]
    clock.now = second.sign_until
    known = keys(production)
    assert known.is_over(first, clock.now)
    assert not known.is_over(second, clock.now), "this is the one to be replaced"


def words(world: World, purpose: str, owner: str) -> list[str]:
    """What the page of keys says of an owner's keys of one kind, newest first."""
    with reading(world.site, world.rrn) as unit:
        found = keys_view(unit).keys
    return [one.word.word for one in found if one.purpose == purpose and one.owner == owner]


def test_no_order_is_asked_for_when_the_licence_of_a_body_has_ended(world: World, clock: SetClock) -> None:
    issue(world)
    (credential,) = of(world.site, Purpose.CREDENTIAL, world.body.ref)
    with reading(world.site, world.rrn) as unit:
        name = dict(key_owners(unit))[world.body.ref]
    clock.now += timedelta(days=1)
    change_licence(world.site, world.rrn, world.body, "suspend", clock.now.date())
    clock.now = credential.sign_until
    assert words(world, "Credential key", name) == ["To be replaced"], (
        "a licence that is suspended may come back"
    )
    assert words(world, "Seal key", name) == ["To be replaced"]
    change_licence(world.site, world.rrn, world.body, "withdraw", clock.now.date())
    work(world.site)
    assert words(world, "Credential key", name) == ["Nothing to do: body not licensed"]
    assert words(world, "Seal key", name) == ["Withdrawn"]
    with reading(world.site, world.rrn) as unit:
        assert keys_view(unit).older == []


def test_seal_keys_end_with_the_licence_and_the_credential_key_goes_on(world: World, clock: SetClock) -> None:
    number = issue(world)
    clock.now += timedelta(days=1)
    change_licence(world.site, world.rrn, world.body, "withdraw", clock.now.date())
    work(world.site)
    (seal,) = of(world.site, Purpose.SEAL, world.body.ref)
    assert seal.retired_at == clock.now
    assert key_store(world.site.settings).usable(Purpose.CREDENTIAL, world.body.ref, clock.now)
    assert verify_pdf(file(world.site, number, "certificate.pdf"), keys(world.site).anchors()).genuine
    clock.now += timedelta(hours=13)
    grant_is_held(world)


def grant_is_held(world: World) -> None:
    with reading(world.site, SYSTEM) as unit:
        assert (
            unit.db.scalars(select(CertificateVersion).where(CertificateVersion.held.is_not(None))).all()
            == []
        )
    with pytest.raises(Refused):
        grant(world, decision_ref="late")


def test_the_list_for_machines_tells_when_a_key_signs(world: World, clock: SetClock) -> None:
    issue(world)
    order(world.site, world.rrn, second(world), world.body.ref)
    with reading(world.site, SYSTEM) as unit:
        told = [one for one in key_list(unit) if (one["purpose"], one["owner"]) == ("seal", world.body.ref)]
    assert [datetime.fromisoformat(one["signs_from"]) for one in told[1:]] == [clock.now + LEAD]
    assert told[0]["retired_at"] == told[1]["signs_from"]
    assert {one["suspect_since"] for one in told} == {None}
