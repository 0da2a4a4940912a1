"""New paper for every certificate of a body: once each, whatever happens meanwhile, and the public notices nothing."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from typer.testing import CliRunner

from app.__main__ import rrn
from app.certificates import queries
from app.certificates.commands import start_reissue
from app.certificates.commands.reissuing import order_papers
from app.certificates.did import ListPurpose
from app.certificates.effects import reissue
from app.certificates.effects.keys import reissue_doubtful
from app.certificates.effects.reissue import LEASE, go_on
from app.certificates.keys import Purpose
from app.certificates.models import (
    Certificate,
    CertificateVersion,
    PastStatusList,
    Reissue,
    ReissueProgress,
    SignedStatusList,
)
from app.certificates.queries import keys as asking
from app.certificates.queries.reissue import find_reissue, progress, reissue_view
from app.certificates.rules import REISSUE, ReissueState, StartReissue, Statement, Status
from app.certificates.verify import verify_pdf
from app.check.reissues import every_reissue_left_nobody_out
from app.kernel.actor import SYSTEM, Actor
from app.kernel.casework import take
from app.kernel.clock import system_clock
from app.kernel.database import Site, reading, writing
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.fields import Note
from app.ledger.models import LedgerCheckpoint, LedgerEntry
from app.ledger.queries import head
from app.organisations.models import Organisation
from app.permissions import Role
from app.registry.queries.verify import verify_view
from tests.certificates.make import World, change, grant, issue, make_world, row, versions, work
from tests.certificates.test_issuing import file, keys
from tests.certificates.test_key_ends import drill, key_of
from tests.conftest import SetClock
from tests.licences.make import actor_of
from tests.licences.make import change as change_licence

OF_BODIES = (
    select(SignedStatusList)
    .join(Organisation, Organisation.id == SignedStatusList.body_id)
    .where(Organisation.code.is_not(None))
)
"""RRN's own lists are about licences, and nothing here changes one."""


@pytest.fixture
def world(site: Site) -> Iterator[World]:
    """However a test ends, the register's own check has nothing to say of the work."""
    yield make_world(site, curricula=3)
    reissue._presses.end()
    with reading(site, SYSTEM) as unit:
        assert list(every_reissue_left_nobody_out(unit)) == []


def some(world: World, count: int = 3) -> list[str]:
    """Certificates of one service, each for a curriculum of its own, so that none takes the place of another."""
    numbers = [grant(world, decision_ref=f"d{n}", items=world.versions[n : n + 1]) for n in range(count)]
    work(world.site)
    return numbers


def officer(world: World, body_id: int | None = None) -> Actor:
    with reading(world.site, SYSTEM) as unit:
        body = unit.db.get_one(Organisation, body_id or world.body.id)
        return actor_of(body, Role.CERTIFICATE_OFFICER, "Cora Certificates")


def start(world: World, by: Actor | None = None, **said: str) -> str:
    fields = {"body": world.body.ref, "reason": "The artwork is new."} | said
    with writing(world.site, by or officer(world)) as unit:
        return start_reissue(unit, StartReissue.model_validate(fields)).ref


def go_to_the_end(site: Site) -> None:
    for _piece in range(100):
        if not go_on(site):
            return
    raise AssertionError("it never ends")


def job(site: Site) -> tuple[ReissueState, ReissueProgress]:
    """State and progress of the newest."""
    with reading(site, SYSTEM) as unit:
        newest = unit.db.scalars(select(Reissue).order_by(Reissue.id.desc())).all()[0]
        return newest.status, progress(unit, newest)


def take_step(world: World, ref: str, step: str) -> None:
    with writing(world.site, officer(world)) as unit:
        found = find_reissue(unit, ref)
        take(unit, REISSUE, found, step, Note(version=found.version))


def counted(site: Site, table: type) -> int:
    with reading(site, SYSTEM) as unit:
        return unit.db.scalar(select(func.count()).select_from(table)) or 0


def entries(site: Site) -> Sequence[str]:
    with reading(site, SYSTEM) as unit:
        return unit.db.scalars(select(LedgerEntry.kind).order_by(LedgerEntry.number)).all()


def test_every_certificate_gets_one_new_paper_that_says_the_same(world: World, clock: SetClock) -> None:
    numbers, told = some(world), len(entries(world.site))
    clock.now += timedelta(days=1)
    ref = start(world)
    go_to_the_end(world.site)
    for number in numbers:
        first, second = versions(world.site, number)
        assert second.reprint and second.issued_at == clock.now
        assert said(second) == said(first) | {"version": 2, "previous_version": first.statement_digest}
        assert verify_pdf(file(world.site, number, "certificate.pdf", 2), keys(world.site).anchors()).genuine
    assert list(entries(world.site)[told:]) == ["certificate.published"] * 3
    with reading(world.site, officer(world)) as unit:
        view = reissue_view(unit, ref)
    assert (view.total, view.done, view.failed, view.status) == (3, 3, 0, "done")
    assert view.sentence == "3 of 3 certificates are on new paper, 0 could not be."
    go_to_the_end(world.site)
    assert [len(versions(world.site, number)) for number in numbers] == [2, 2, 2]


def said(version: CertificateVersion) -> dict[str, object]:
    return Statement.model_validate_json(version.statement).model_dump(mode="json")


def test_lists_and_log_are_signed_once_for_all(world: World, clock: SetClock) -> None:
    numbers = some(world)
    clock.now += timedelta(days=1)
    past, checkpoints = counted(world.site, PastStatusList), counted(world.site, LedgerCheckpoint)
    start(world)
    go_to_the_end(world.site)
    work(world.site)
    assert counted(world.site, PastStatusList) == past + 1  # nobody was suspended
    assert counted(world.site, LedgerCheckpoint) == checkpoints + 1
    with reading(world.site, SYSTEM) as unit:
        assert {one.as_of for one in unit.db.scalars(OF_BODIES)} == {head(unit).size}
        revoked = queries.set_bits(unit, world.body.id, 1)
    firsts = {versions(world.site, number)[0].status_index for number in numbers}
    assert [bits for bits in revoked.values() if bits] == [firsts]


def test_until_the_new_paper_is_public_the_old_one_counts(world: World, clock: SetClock) -> None:
    (number,) = some(world, 1)
    clock.now += timedelta(days=1)
    start(world)
    with writing(world.site, SYSTEM) as unit:
        one = unit.db.scalars(select(Reissue)).one()
        (ordered,) = order_papers(unit, one, progress(unit, one), 10, clock.now)
        assert ordered.number == 2
    with reading(world.site, SYSTEM) as unit:
        assert all(not bits for bits in queries.set_bits(unit, world.body.id, 1).values())
        with pytest.raises(NotFound, match="is being issued"):
            queries.file_of(unit, number, 2, "certificate.pdf")
        assert verify_view(unit, number, None, None).answer == "certified"
    go_to_the_end(world.site)
    assert len(versions(world.site, number)) == 2


def test_a_certificate_that_is_changed_meanwhile_keeps_what_was_changed(
    world: World, clock: SetClock
) -> None:
    number = issue(world)
    clock.now += timedelta(days=1)
    start(world)
    with writing(world.site, SYSTEM) as unit:
        one = unit.db.scalars(select(Reissue)).one()
        order_papers(unit, one, progress(unit, one), 10, clock.now)
    with reading(world.site, world.decider) as unit:
        certificate = queries.find_certificate(unit, number)
        gone = next(iter(queries.items_by_ref(unit, certificate)))
    change(world, number, "reduce", curricula=[gone])
    work(world.site)
    go_to_the_end(world.site)
    _first, overtaken, reduced = versions(world.site, number)
    assert overtaken.issued_at is None and reduced.issued_at == clock.now
    assert gone not in [item.ref for item in Statement.model_validate_json(reduced.statement).scope]
    state, at = job(world.site)
    assert (state, at.done, at.failed) == (ReissueState.DONE, 0, 0)


def test_what_has_ended_gets_no_new_paper(world: World, clock: SetClock) -> None:
    first, second, third = some(world)
    change(world, first, "withdraw")
    change(world, second, "suspend")
    clock.now += timedelta(days=1)
    start(world)
    go_to_the_end(world.site)
    assert [len(versions(world.site, number)) for number in (first, second, third)] == [1, 2, 2]
    assert row(world.site, second).status is Status.SUSPENDED


def test_one_that_cannot_be_drawn_is_named_and_holds_up_no_other(world: World, clock: SetClock) -> None:
    first, second, third = some(world)
    with writing(world.site, SYSTEM) as unit:
        bad = unit.db.scalars(select(Certificate).where(Certificate.number == second)).one()
        paper = unit.db.scalars(
            select(CertificateVersion).where(CertificateVersion.certificate_id == bad.id)
        ).one()
        paper.statement = paper.statement.replace("Harbour Lane", "Harbour \U0001f6a2 Lane")
    clock.now += timedelta(days=1)
    ref = start(world)
    go_to_the_end(world.site)
    with reading(world.site, officer(world)) as unit:
        view = reissue_view(unit, ref)
    assert (view.done, view.failed, view.status, view.reached) == (2, 1, "done", 3)
    assert [one.number for one in view.faults] == [second] and "cannot draw: SHIP" in view.faults[0].sentence
    assert [bool(versions(world.site, number)[1].issued_at) for number in (first, second, third)] == [
        True,
        False,
        True,
    ]
    with reading(world.site, SYSTEM) as unit:
        assert verify_view(unit, second, None, None).answer == "certified"
        revoked = queries.set_bits(unit, world.body.id, 1)[ListPurpose.REVOCATION]
        assert versions(world.site, second)[0].status_index not in revoked


def test_without_a_licence_it_waits_and_then_goes_on_by_itself(world: World, clock: SetClock) -> None:
    numbers = some(world)
    clock.now += timedelta(days=1)
    ref = start(world)
    change_licence(world.site, world.rrn, world.body, "suspend", clock.now.date())
    go_to_the_end(world.site)
    with reading(world.site, officer(world)) as unit:
        assert "It goes on by itself" in reissue_view(unit, ref).sentence
    assert [len(versions(world.site, number)) for number in numbers] == [1, 1, 1]
    change_licence(world.site, world.rrn, world.body, "reinstate", clock.now.date())
    clock.now += timedelta(minutes=2)
    go_to_the_end(world.site)
    assert job(world.site)[1].done == 3


def test_only_papers_of_one_key_are_made_anew_when_that_is_asked(world: World, clock: SetClock) -> None:
    (before,) = some(world, 1)
    old = key_of(world)
    with pytest.raises(Invalid) as refused:
        start(world, key=old.id)
    assert "still signs would make the new paper too" in refused.value.fields["key"]
    clock.now += timedelta(hours=1)
    drill(world, old, clock.now)
    after = grant(world, decision_ref="after", items=world.versions[1:2])
    work(world.site)
    clock.now += timedelta(hours=1)
    start(world, key=old.id)
    go_to_the_end(world.site)
    assert [len(versions(world.site, number)) for number in (before, after)] == [2, 1]
    assert (
        versions(world.site, before)[1].seal_key == keys(world.site).all(Purpose.SEAL, world.body.ref)[1].id
    )


def test_what_a_doubted_key_made_is_made_anew_by_every_core_when_it_is_much(
    world: World, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "AT_ONCE", 1)
    (before,) = some(world, 1)
    clock.now += timedelta(days=1)
    since = clock.now
    after = [grant(world, decision_ref=f"after{n}", items=world.versions[n : n + 1]) for n in (1, 2)]
    work(world.site)
    clock.now += timedelta(days=1)
    drill(world, key_of(world), since)
    assert job(world.site)[0] is ReissueState.RUNNING
    go_to_the_end(world.site)
    reissue_doubtful(world.site)
    work(world.site)
    assert [len(versions(world.site, number)) for number in (before, *after)] == [1, 2, 2]
    assert (counted(world.site, Reissue), job(world.site)[1].done) == (1, 2)
    new = keys(world.site).all(Purpose.SEAL, world.body.ref)[1].id
    assert {versions(world.site, number)[1].seal_key for number in after} == {new}


def test_it_can_be_stopped_and_gone_on_with_and_given_up(world: World, clock: SetClock) -> None:
    numbers = some(world)
    clock.now += timedelta(days=1)
    ref = start(world)
    take_step(world, ref, "stop")
    assert not go_on(world.site)
    with pytest.raises(Refused, match="already"):
        start(world)
    take_step(world, ref, "go-on")
    go_to_the_end(world.site)
    assert [len(versions(world.site, number)) for number in numbers] == [2, 2, 2]
    clock.now += timedelta(days=1)
    again = start(world)
    take_step(world, again, "stop")
    take_step(world, again, "give-up")
    assert not go_on(world.site)
    start(world)


def test_what_was_told_before_it_was_stopped_reaches_the_lists(
    world: World, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    some(world)
    clock.now += timedelta(days=1)
    ref = start(world)
    monkeypatch.setattr(reissue, "PIECE", 1)
    assert go_on(world.site)
    assert job(world.site)[1].unlisted == 1
    take_step(world, ref, "stop")
    go_to_the_end(world.site)
    state, at = job(world.site)
    assert (at.unlisted, at.done, state) == (0, 1, ReissueState.STOPPED)
    with reading(world.site, SYSTEM) as unit:
        assert {one.as_of for one in unit.db.scalars(OF_BODIES)} == {head(unit).size}


def test_two_workers_are_never_at_the_same_one(world: World, clock: SetClock) -> None:
    some(world)
    clock.now += timedelta(days=1)
    start(world)
    with writing(world.site, SYSTEM) as unit:
        unit.db.execute(update(ReissueProgress).values(busy_until=clock.now + LEASE))
    assert not go_on(world.site)
    clock.now += LEASE
    assert go_on(world.site)


def test_a_body_starts_its_own_and_rrn_any(world: World, clock: SetClock) -> None:
    some(world, 1)
    clock.now += timedelta(days=1)
    stranger = Actor(
        "s",
        "Sid Stranger",
        frozenset({Role.CERTIFICATE_OFFICER}),
        10**6,
        "nobody",
        "Nobody",
        officer(world).seat,
    )
    with pytest.raises(Invalid):
        start(world, stranger)
    with pytest.raises(Forbidden):
        start(world, world.decider)
    ref = start(world, world.rrn)
    with reading(world.site, stranger) as unit, pytest.raises(NotFound):
        reissue_view(unit, ref)
    with reading(world.site, officer(world)) as unit:
        assert reissue_view(unit, ref).total == 1


def test_there_is_something_to_do_or_it_does_not_begin(world: World, clock: SetClock) -> None:
    with pytest.raises(Refused, match="no certificate of this kind"):
        start(world)
    some(world, 1)
    clock.now += timedelta(days=1)
    change_licence(world.site, world.rrn, world.body, "suspend", clock.now.date())
    with pytest.raises(Refused, match="nothing can be put on new paper today"):
        start(world)


def test_the_command_does_it_and_says_how_it_went(
    world: World, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.now = system_clock()
    numbers = some(world)
    clock.now = system_clock()
    for name, value in (
        ("DATABASE_URL", world.site.settings.database),
        ("DATA_DIR", str(world.site.settings.data_dir)),
    ):
        monkeypatch.setenv(f"RRN_{name}", value)
    monkeypatch.setenv("RRN_SECRET_KEY", world.site.settings.secret_key)
    monkeypatch.setenv("RRN_PUBLIC_BASE_URL", world.site.settings.public_base_url)
    asked = CliRunner().invoke(rrn, ["reissue", "ngc", "--by", "Kay Keeper"])
    assert (asked.exit_code, "3 of 3 certificates are on new paper" in asked.output) == (0, True), (
        asked.output
    )
    assert [len(versions(world.site, number)) for number in numbers] == [2, 2, 2]
    unknown = CliRunner().invoke(rrn, ["reissue", "XYZ", "--by", "Kay Keeper"])
    assert unknown.exit_code == 2 and "no certification body of that code" in " ".join(unknown.output.split())
