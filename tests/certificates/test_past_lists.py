"""Status lists of the past: what a verifier was served then is served for ever, bit for bit; and one signing for many changes."""

import random
import secrets
from collections.abc import Iterator, Set
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from starlette.testclient import TestClient

from app.certificates import queries
from app.certificates.commands import granting
from app.certificates.did import ListPurpose
from app.certificates.effects import issuing
from app.certificates.models import PastStatusList, SignedStatusList
from app.certificates.press import listed
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, Unit, reading, writing
from app.kernel.errors import Problem
from app.kernel.journal import Finish
from app.ledger.queries import head
from app.main import create_app
from tests.certificates.make import World, change, grant, issue, make_world, refs, versions, work
from tests.certificates.strangers import set_bits
from tests.conftest import SetClock


@pytest.fixture
def world(site: Site) -> World:
    return make_world(site)


@pytest.fixture
def public(site: Site, clock: SetClock) -> Iterator[TestClient]:
    web = create_app(site.settings, clock)
    yield TestClient(web)
    web.state.site.engine.dispose()


def address(world: World, purpose: str = "suspension") -> str:
    return f"/status/{world.body.ref}/{purpose}/1"


def at(moment: datetime) -> str:
    return f"?timestamp={moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def test_the_past_is_answered_with_the_very_bytes_that_were_served_then(
    world: World, clock: SetClock, public: TestClient
) -> None:
    number, begun = issue(world), clock.now
    index = versions(world.site, number)[0].status_index
    served = {begun: public.get(address(world)).content}
    for step in ("suspend", "reinstate"):
        clock.now += timedelta(days=10)
        change(world, number, step)
        work(world.site)
        served[clock.now] = public.get(address(world)).content
    assert len(set(served.values())) == 3
    suspended, reinstated = list(served)[1:]
    for since, content in served.items():
        for moment in (since, since + timedelta(days=3)):
            assert public.get(address(world) + at(min(moment, clock.now))).content == content
    for moment, bits in (
        (suspended - timedelta(microseconds=1), set()), (suspended, {index}),
        (reinstated - timedelta(microseconds=1), {index}), (reinstated, set()),
    ):  # fmt: skip
        assert set_bits(public.get(address(world) + at(moment)).text) == bits


def test_the_past_may_be_kept_for_ever_and_the_present_may_not(
    world: World, clock: SetClock, public: TestClient
) -> None:
    issue(world)
    begun = clock.now
    clock.now += timedelta(hours=13)
    issuing.freshen_lists(world.site)
    past, now, newest = (public.get(address(world) + more) for more in (at(begun), at(clock.now), ""))
    assert "immutable" in past.headers["cache-control"]
    assert past.headers["content-type"] == "application/vc+jwt"
    assert now.content == newest.content != past.content
    assert now.headers["cache-control"] == newest.headers["cache-control"] == "public, max-age=5"


def test_a_moment_before_the_first_list_or_still_to_come_is_told_so(
    world: World, clock: SetClock, public: TestClient
) -> None:
    issue(world)
    early = public.get(address(world) + at(clock.now - timedelta(seconds=1)))
    assert (early.status_code, early.headers["content-type"]) == (404, "application/problem+json")
    assert "begins with the first certificate" in early.json()["detail"]
    assert public.get(address(world) + at(clock.now + timedelta(minutes=4))).status_code == 200
    late = public.get(address(world) + at(clock.now + timedelta(days=1)))
    assert (late.status_code, "still to come" in late.json()["detail"]) == (422, True)
    nobody = public.get(address(world).replace("/1", "/2") + at(clock.now))
    assert nobody.status_code == 404


NONSENSE = (
    "yesterday", "5", "1772445600", "2026-03-02", "2026-03-02T10:00:00", "2026-02-30T10:00:00Z", "2026-03-02T25:00:00Z",
    "2026-03-02T10:00:00 01:00", "", "%00", "9999999999999-01-01T00:00:00Z", "٢٠٢٦-03-02T10:00:00Z", "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-12:00",
)  # fmt: skip


def test_nonsense_is_refused_in_a_sentence(world: World, public: TestClient) -> None:
    issue(world)
    for typed in NONSENSE:
        answer = public.get(f"{address(world)}?timestamp={typed}")
        assert answer.status_code == 422, typed
        assert "timestamp" in answer.json()["detail"] and answer.json()["detail"].endswith(".")


def test_offsets_of_other_places_mean_the_same_moment(
    world: World, clock: SetClock, public: TestClient
) -> None:
    issue(world)
    begun = clock.now.astimezone(UTC)
    clock.now += timedelta(hours=13)
    issuing.freshen_lists(world.site)
    east = (begun + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.%f%%2B01:00")
    assert (
        public.get(f"{address(world)}?timestamp={east}").content
        == public.get(address(world) + at(begun)).content
    )


def test_many_changes_at_once_are_signed_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [issue(world, decision_ref=f"d{n}", items=world.versions[n % 2 :][:1]) for n in range(2)]
    calls: list[int] = []
    really = issuing.changed_lists

    def counted(unit: Unit, body_id: int, also: Set[int] = frozenset()) -> Finish:
        calls.append(body_id)
        return really(unit, body_id, also)

    monkeypatch.setattr(issuing, "changed_lists", counted)
    for number in numbers:
        change(world, number, "suspend")
    work(world.site)
    assert len(calls) == 1
    change(world, numbers[0], "reinstate")
    work(world.site)
    assert len(calls) == 2
    with reading(world.site, SYSTEM) as unit:
        (newest,) = unit.db.scalars(
            select(SignedStatusList.token).where(
                SignedStatusList.purpose == "suspension", SignedStatusList.body_id == world.body.id
            )
        )
    assert set_bits(newest) == {versions(world.site, numbers[1])[0].status_index}


def test_an_older_signing_neither_takes_the_place_of_a_newer_nor_enters_the_past(
    world: World, clock: SetClock
) -> None:
    issue(world)
    with reading(world.site, SYSTEM) as unit:
        older = issuing.body_lists(unit, world.body.id)
    clock.now += timedelta(hours=13)
    issuing.freshen_lists(world.site)
    with reading(world.site, SYSTEM) as unit:
        before = unit.db.scalar(select(func.count()).select_from(PastStatusList))
    with writing(world.site, SYSTEM) as unit:
        older(unit)
    with reading(world.site, SYSTEM) as unit:
        assert unit.db.scalar(select(func.count()).select_from(PastStatusList)) == before
        assert {
            row.signed_at
            for row in unit.db.scalars(
                select(SignedStatusList).where(SignedStatusList.body_id == world.body.id)
            )
        } == {clock.now}


def test_nobody_rewrites_the_past(world: World, clock: SetClock) -> None:
    issue(world)
    clock.now += timedelta(hours=13)
    issuing.freshen_lists(world.site)
    for statement in ("UPDATE past_status_list SET token = 'x'", "DELETE FROM past_status_list"):
        with pytest.raises(DBAPIError, match="append-only"), writing(world.site, SYSTEM) as unit:
            unit.db.execute(text(statement))


def test_a_full_list_is_followed_by_the_next(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(granting, "FULL", 2)
    numbers = [grant(world, decision_ref=f"d{n}") for n in range(5)]
    found = [versions(world.site, number)[0] for number in numbers]
    assert [one.status_list for one in found] == [1, 1, 2, 2, 3]
    work(world.site)
    with reading(world.site, SYSTEM) as unit:
        mine = select(SignedStatusList).where(SignedStatusList.body_id == world.body.id)
        signed = {(row.purpose, row.number) for row in unit.db.scalars(mine)}
    assert signed == {(purpose, n) for purpose in ("revocation", "suspension") for n in (1, 2, 3)}


def test_an_entry_is_nobody_elses_and_tells_nothing_of_the_order(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def next_of(_length: int) -> int:
        asked.append(0)
        return (7, 7, 7, 3)[len(asked) - 1]

    with monkeypatch.context() as patch:
        patch.setattr(secrets, "randbelow", next_of)
        places = [versions(world.site, grant(world, decision_ref=f"d{n}"))[0].status_index for n in range(2)]
    assert (places, len(asked)) == ([7, 3], 4)
    with writing(world.site, world.decider) as unit:
        drawn = [granting.take_place(unit, world.body.id)[1] for _turn in range(200)]
    steps = [abs(two - one) for one, two in pairwise(drawn)]
    assert drawn != sorted(drawn) and sorted(steps)[100] > 10_000 and max(drawn) > 100_000


@pytest.mark.parametrize("order", range(3))
def test_a_list_carried_on_from_change_to_change_says_what_it_would_say_worked_out_anew(
    world: World, clock: SetClock, order: int
) -> None:
    chance = random.Random(order)
    numbers = [issue(world, decision_ref=f"d{n}", items=world.versions[n % 2 :][:1]) for n in range(2)]
    both = issue(make_world(world.site, "Wrenmoor Training", body=world.body, rrn=world.rrn))
    for _turn in range(12):
        clock.now += timedelta(hours=1)
        number = chance.choice([*numbers, both])
        with suppress(Problem):
            step = chance.choice(
                ("suspend", "reinstate", "suspend-curricula", "reinstate-curricula", "reduce", "withdraw")
            )
            more: dict[str, Any] = (
                {"curricula": refs(world.site, number)[:1]}
                if step not in ("suspend", "reinstate", "withdraw")
                else {}
            )
            change(world, number, step, **more)
        if chance.random() < 0.6:
            work(world.site)
    work(world.site)
    with reading(world.site, SYSTEM) as unit:
        anew = queries.set_bits(unit, world.body.id, 1)
        signed = {
            ListPurpose(row.purpose): listed(row.token)
            for row in unit.db.scalars(
                select(SignedStatusList).where(SignedStatusList.body_id == world.body.id)
            )
        }
    assert signed == anew and any(anew.values())


def test_a_list_worked_out_anew_knows_of_one_suspended_curriculum(world: World, clock: SetClock) -> None:
    other = issue(make_world(world.site, "Wrenmoor Training", body=world.body, rrn=world.rrn))
    number = issue(world)
    clock.now += timedelta(days=1)
    change(world, number, "suspend-curricula", curricula=refs(world.site, number)[:1])
    with reading(world.site, SYSTEM) as unit:
        bits = queries.set_bits(unit, world.body.id, 1)
    place, others = (versions(world.site, one)[0].status_index for one in (number, other))
    assert bits == {ListPurpose.REVOCATION: set(), ListPurpose.SUSPENSION: {place}} and others != place


def test_a_list_in_which_nothing_changed_is_not_signed_again(world: World, clock: SetClock) -> None:
    number = issue(world)
    clock.now += timedelta(hours=1)
    change(world, number, "suspend")
    work(world.site)
    with reading(world.site, SYSTEM) as unit:
        own = select(SignedStatusList).where(SignedStatusList.body_id == world.body.id)
        rows = {row.purpose: row for row in unit.db.scalars(own)}
        assert (rows["suspension"].signed_at, rows["revocation"].signed_at) == (
            clock.now,
            clock.now - timedelta(hours=1),
        )
        assert {row.as_of for row in rows.values()} == {head(unit).size}
