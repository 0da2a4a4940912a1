"""The spine with one toy area: a table of steps, taken on a real database, on both engines."""

import threading
from enum import StrEnum

import pytest
from sqlalchemy import MetaData, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import casework, outbox
from app.kernel.actor import Actor
from app.kernel.database import Record, Site, Table, Unit, connect, reading, writing
from app.kernel.errors import Forbidden, Problem, Refused, Stale, WrongState
from app.kernel.fields import Note
from app.kernel.journal import Delivery, Event, Finish, after, digest_of, history
from app.kernel.workflow import Step, Workflow
from app.permissions import Permission as P
from app.permissions import Role
from app.settings import Settings
from tests.conftest import SetClock


class Status(StrEnum):
    DRAFT = "draft"
    EVALUATED = "evaluated"
    GRANTED = "granted"
    REFUSED = "refused"


class Toys(Table):
    """Tables of tests stand apart from those of the register."""

    __abstract__ = True
    metadata = MetaData()


class Toy(Record, Toys):
    __tablename__ = "toy"
    status: Mapped[Status] = mapped_column(default=Status.DRAFT)


TOY = Workflow(
    "toy",
    (
        Step("evaluate", "evaluated", (Status.DRAFT,), Status.EVALUATED, P.AUDIT_RECORD),
        Step(
            "grant",
            "granted",
            (Status.EVALUATED,),
            Status.GRANTED,
            P.CASE_DECIDE,
            independent_of=("evaluated",),
        ),
        Step(
            "refuse",
            "refused",
            (Status.EVALUATED,),
            Status.REFUSED,
            P.CASE_DECIDE,
            independent_of=("evaluated",),
        ),
    ),
)
EVE = Actor("eve", "Eve", frozenset({Role.ASSESSOR, Role.DECISION_MAKER}))
DAN = Actor("dan", "Dan", frozenset({Role.DECISION_MAKER}))
heard: list[int] = []


@after("toy.granted")
def hear(_unit: Unit, event: Event) -> Finish | None:
    heard.append(event.subject_id)
    return None


@pytest.fixture
def toy(site: Site) -> str:
    Toys.metadata.create_all(site.engine)
    with writing(site, EVE) as unit:
        made = Toy()
        casework.begin(unit, TOY, made, "made")
        casework.take(unit, TOY, made, "evaluate", Note(version=made.version))
        return made.ref


def find(unit: Unit, ref: str) -> Toy:
    return unit.db.scalars(select(Toy).where(Toy.ref == ref)).one()


def decide(site: Site, who: Actor, ref: str, step: str = "grant") -> None:
    with writing(site, who) as unit:
        found = find(unit, ref)
        casework.take(unit, TOY, found, step, Note(version=found.version))


def test_a_step_moves_its_subject_and_leaves_one_event_each(site: Site, toy: str) -> None:
    decide(site, DAN, toy)
    with reading(site, DAN) as unit:
        found = find(unit, toy)
        assert found.status is Status.GRANTED
        assert [event.kind for event in history(unit, found.thread)] == [
            "toy.made",
            "toy.evaluated",
            "toy.granted",
        ]


def test_who_evaluated_may_not_decide_and_the_sentence_says_so(site: Site, toy: str) -> None:
    with pytest.raises(Refused, match="you took part in this case on 2 March 2026"):
        decide(site, EVE, toy)
    with reading(site, EVE) as unit:
        assert find(unit, toy).status is Status.EVALUATED


def test_a_role_without_the_right_is_forbidden(site: Site, toy: str) -> None:
    with pytest.raises(Forbidden):
        decide(site, Actor("tom", "Tom", frozenset({Role.TRUSTEE})), toy)


def test_a_step_from_the_wrong_state_is_refused(site: Site, toy: str) -> None:
    decide(site, DAN, toy)
    with pytest.raises(WrongState, match="granted"):
        decide(site, DAN, toy, "refuse")


def test_an_old_version_is_stale(site: Site, toy: str) -> None:
    with pytest.raises(Stale), writing(site, DAN) as unit:
        casework.take(unit, TOY, find(unit, toy), "grant", Note(version=1))


def test_what_is_offered_is_what_would_be_taken(site: Site, toy: str) -> None:
    with reading(site, DAN) as unit:
        steps, barred = casework.steps_of(unit, TOY, find(unit, toy))
        assert [step.name for step in steps] == ["grant", "refuse"] and not barred
    with reading(site, EVE) as unit:
        steps, barred = casework.steps_of(unit, TOY, find(unit, toy))
        assert not steps and [step.name for step in barred] == ["grant", "refuse"]


@pytest.mark.slow
def test_of_two_decisions_at_once_exactly_one_wins(settings: Settings, clock: SetClock) -> None:
    site = connect(settings, clock)
    Toys.metadata.create_all(site.engine)
    for _try in range(30):
        with writing(site, EVE) as unit:
            made = Toy()
            casework.begin(unit, TOY, made, "made")
            casework.take(unit, TOY, made, "evaluate", Note(version=made.version))
            ref, thread = made.ref, made.thread
        outcomes: list[object] = []
        start = threading.Barrier(4)

        def attempt(
            step: str, ref: str = ref, start: threading.Barrier = start, outcomes: list[object] = outcomes
        ) -> None:
            start.wait()
            try:
                decide(site, DAN, ref, step)
                outcomes.append("won")
            except Problem as problem:
                outcomes.append(type(problem))

        threads = [
            threading.Thread(target=attempt, args=(step,)) for step in ("grant", "refuse", "grant", "refuse")
        ]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert outcomes.count("won") == 1, outcomes
        with reading(site, DAN) as unit:
            assert len(history(unit, thread)) == 3
    site.engine.dispose()


def test_events_are_chained_and_cannot_be_edited_or_removed(site: Site, toy: str) -> None:
    with reading(site, DAN) as unit:
        first, second = history(unit, find(unit, toy).thread)
        assert second.previous == first.digest and digest_of(second) == second.digest
    for statement in ("update event set actor_name = 'nobody'", "delete from event"):
        with pytest.raises(DBAPIError, match="append-only"), writing(site, DAN) as unit:
            unit.db.execute(text(statement))


def test_an_effect_follows_its_event_once_and_again_after_a_crash(
    site: Site, toy: str, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard.clear()
    decide(site, DAN, toy)
    real = writing
    calls: list[int] = []

    def dying(*arguments: object) -> object:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "writing", dying)
    with pytest.raises(KeyboardInterrupt):
        outbox.deliver_next(site)
    monkeypatch.setattr(outbox, "writing", real)
    assert not outbox.deliver_next(site), "a claimed delivery is leased"
    clock.now = clock.now.replace(hour=clock.now.hour + 1)
    assert outbox.deliver_next(site)
    assert not outbox.deliver_next(site)
    assert len(heard) == 2
    with reading(site) as unit:
        assert unit.db.scalars(select(Delivery)).one().done_at is not None


DURABLE: dict[str, dict[str, int | str]] = {
    "sqlite": {"pragma synchronous": 2, "pragma foreign_keys": 1, "pragma journal_mode": "wal"},
    "postgresql": {"show synchronous_commit": "on", "show lock_timeout": "4s"},
}


def test_a_commit_waits_for_the_disk(site: Site) -> None:
    """The server below the tests may flush nothing; what the register asks of it is looked at here (rules page, 23)."""
    with reading(site) as unit:
        for asked, answer in DURABLE[site.engine.dialect.name].items():
            assert unit.db.execute(text(asked)).scalar() == answer
