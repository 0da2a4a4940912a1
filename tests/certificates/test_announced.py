"""The log tells of every key: that it was made, and that another takes its place."""

import json
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_der_public_key
from sqlalchemy import select

from app.certificates.commands import suspect
from app.certificates.effects import key_store, sign_log_again
from app.certificates.effects.announcing import announce
from app.certificates.keys import RRN, Purpose, thumbprint
from app.certificates.keys.store import LEAD, LOG_OVERLAP
from app.certificates.pages.published import all_keys, log_vkey
from app.certificates.queries.announced import untold
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, reading, writing
from app.ledger.models import LedgerEntry, LedgerTold
from app.ledger.rules import Entry, EntryKind
from tests.certificates.make import World, issue, make_world, work
from tests.certificates.test_issuing import keys
from tests.certificates.test_key_orders import order, second
from tests.conftest import SetClock


@pytest.fixture
def world(site: Site) -> World:
    world = make_world(site)
    issue(world)
    sign_log_again(site)
    announce(site)
    return world


def told(site: Site, kind: EntryKind) -> list[dict[str, Any]]:
    asked = select(LedgerTold.told).join(LedgerEntry, LedgerEntry.number == LedgerTold.number)
    with reading(site, SYSTEM) as unit:
        return list(unit.db.scalars(asked.where(LedgerEntry.kind == kind).order_by(LedgerEntry.number)))


def lines(site: Site) -> int:
    with reading(site, SYSTEM) as unit:
        return len(log_vkey(unit).content.splitlines())


def test_each_key_has_one_entry_that_anybody_can_hold_against_the_key(world: World) -> None:
    site = world.site
    announce(site)
    said = told(site, EntryKind.KEY_MADE)
    assert sorted(one["key"] for one in said) == sorted(key.id for key in keys(site).all())
    with reading(site, SYSTEM) as unit:
        entries = unit.db.scalars(select(LedgerEntry).where(LedgerEntry.kind == EntryKind.KEY_MADE)).all()
        listed = {one["id"]: one["log_entry"] for one in json.loads(all_keys(unit).content)["keys"]}
    for row, one in zip(entries, said, strict=True):
        entry = Entry.model_validate_json(row.data)
        assert entry.subject == one["key"] == thumbprint(load_der_public_key(b64decode(one["public_key"])))  # type: ignore[arg-type]
        assert listed[one["key"]] == row.number
    assert {(one["purpose"], one["owner"]) for one in said} >= {("log", RRN), ("seal", world.body.ref)}


def test_the_planned_end_of_a_key_is_told_and_one_that_was_told_otherwise_is_not_told_twice(
    world: World, clock: SetClock
) -> None:
    site, first = world.site, keys(world.site).current(Purpose.LOG, RRN, clock.now)
    assert first
    order(site, world.rrn, second(world), RRN)
    announce(site)
    (said,) = [one for one in told(site, EntryKind.KEY_RETIRED) if one["purpose"] == "log"]
    assert said["key"] == first.id
    assert said["signs_until"] == (clock.now + LEAD + LOG_OVERLAP).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    seal = keys(site).current(Purpose.SEAL, world.body.ref, clock.now)
    assert seal
    with writing(site, SYSTEM) as unit:
        suspect(unit, seal, clock.now - timedelta(hours=1), "Others may know it.", "Rhea")
    work(site)
    announce(site)
    assert seal.id not in {one["key"] for one in told(site, EntryKind.KEY_RETIRED)}
    with reading(site, SYSTEM) as unit:
        assert untold(unit) == []


def test_a_successor_of_the_log_key_is_published_once_it_was_announced_and_before_it_signs(
    world: World, clock: SetClock
) -> None:
    site = world.site
    order(site, world.rrn, second(world), RRN)
    assert lines(site) == 1
    announce(site)
    assert lines(site) == 2
    assert len(key_store(site.settings).log_keys(clock.now)) == 1
    assert len(key_store(site.settings).log_keys(clock.now + LEAD)) == 2


def test_a_log_key_that_signs_is_published_though_the_log_did_not_tell_of_it_yet(
    world: World, clock: SetClock
) -> None:
    site = world.site
    (first,) = keys(site).all(Purpose.LOG)
    with writing(site, SYSTEM) as unit:
        suspect(unit, first, clock.now - timedelta(hours=1), "Others may know it.", "Rhea")
    work(site)
    assert lines(site) == 2


def test_of_two_workers_who_look_at_once_one_tells(world: World) -> None:
    site = world.site
    order(site, world.rrn, second(world), RRN)
    with ThreadPoolExecutor(4) as workers:
        list(workers.map(announce, [site] * 4))
    said = [one["key"] for one in told(site, EntryKind.KEY_MADE)]
    assert len(said) == len(set(said)) == len(keys(site).all())
