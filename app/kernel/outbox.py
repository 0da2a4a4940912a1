"""Carrying out what committed events call for: claim, work outside any transaction, write down the result."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from app.kernel.actor import SYSTEM
from app.kernel.database import Site, Unit, reading, writing
from app.kernel.journal import Delivery, effect_named, retry_after
from app.kernel.logging import logger

LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 12
Tick = Callable[[Site], None]
Spare = Callable[[Site], bool]
_spare: list[Spare] = []
_ticks: dict[str, tuple[timedelta, Tick]] = {}
_log = logger()


def every(pause: timedelta) -> Callable[[Tick], Tick]:
    """Let the worker call the function again and again, this far apart."""

    def register(tick: Tick) -> Tick:
        _ticks[f"{tick.__module__}.{tick.__name__}"] = (pause, tick)
        return tick

    return register


def run_ticks(site: Site, last: dict[str, datetime]) -> None:
    """Call every tick whose pause has passed since `last` says it ran."""
    now = site.clock()
    for name, (pause, tick) in _ticks.items():
        if name not in last or now - last[name] >= pause:
            last[name] = now
            tick(site)


def in_idle_time(work: Spare) -> Spare:
    """Let the worker call the function when nothing is due: it does a small piece, and says whether there was one to do."""
    _spare.append(work)
    return work


def use_idle_time(site: Site) -> bool:
    """A piece of each work that can wait, so that none waits for another; False when there is none."""
    had_some = [work(site) for work in _spare]
    return any(had_some)


def deliver_next(site: Site) -> bool:
    """Carry out one due delivery. False when there is none. A failure is written down and tried again later."""
    claimed = _claim(site)
    if claimed is None:
        return False
    try:
        _carry_out(site, claimed)
    except Exception as error:
        _log.exception("delivery_failed", delivery=claimed)
        with writing(site, SYSTEM) as unit:
            unit.db.get_one(Delivery, claimed).failure = f"{type(error).__name__}: {error}"[:500]
    return True


def deliver_all(site: Site) -> int:
    """Carry out everything that is due now; how many deliveries that were."""
    count = 0
    while deliver_next(site):
        count += 1
    return count


def waiting(unit: Unit) -> tuple[int, int]:
    """How many deliveries are open, and how many of them have failed as often as they may."""
    open_ones = Delivery.done_at.is_(None)
    count = unit.db.scalar(select(func.count()).select_from(Delivery).where(open_ones)) or 0
    stuck = (
        unit.db.scalar(
            select(func.count()).select_from(Delivery).where(open_ones, Delivery.attempts >= MOST_ATTEMPTS)
        )
        or 0
    )
    return count, stuck


def _claim(site: Site) -> int | None:
    """Take the oldest due delivery under a lease: a worker that dies gives it back by time."""
    with reading(site, SYSTEM) as unit:  # an idle worker must not queue among the writers
        if unit.db.scalar(_due(unit)) is None:
            return None
    with writing(site, SYSTEM) as unit:
        delivery = unit.db.scalar(_due(unit).with_for_update(skip_locked=True))
        if delivery is None:
            return None
        delivery.attempts += 1
        delivery.due_at = unit.now + max(LEASE, retry_after(delivery.attempts))
        return delivery.id


def _due(unit: Unit) -> Select[Delivery]:
    return (
        select(Delivery)
        .where(Delivery.done_at.is_(None), Delivery.due_at <= unit.now, Delivery.attempts < MOST_ATTEMPTS)
        .order_by(Delivery.id)
        .limit(1)
    )


def _carry_out(site: Site, claimed: int) -> None:
    with reading(site, SYSTEM) as unit:
        delivery = unit.db.get_one(Delivery, claimed, options=[joinedload(Delivery.event)])
        finish = effect_named(delivery.effect)(unit, delivery.event)
    with writing(site, SYSTEM) as unit:
        if finish:
            finish(unit)
        delivery = unit.db.get_one(Delivery, claimed)
        delivery.done_at, delivery.failure = unit.now, None
