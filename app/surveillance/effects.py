"""What the register does by itself: a cycle opens with its certificate, draws are made, cycles are counted and ended."""

from datetime import timedelta

from app.certificates.models import Certificate
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, Unit, reading, writing
from app.kernel.journal import Event, Finish, after
from app.kernel.outbox import every
from app.surveillance import commands, queries
from app.surveillance.models import Draw
from app.surveillance.rules import DrawState

BATCH = 20
"""Cycles counted in one transaction, so that other writers wait for none of them long."""


@after("certificate.published")
def open_cycle(_unit: Unit, event: Event) -> Finish:
    """Surveillance begins when the public is told of a certificate."""

    def finish(unit: Unit) -> None:
        commands.open_cycle(unit, unit.db.get_one(Certificate, event.subject_id))

    return finish


@every(timedelta(seconds=30))
def draw_committed(site: Site) -> None:
    """Make the draws for which the public log has gone on far enough."""
    with reading(site, SYSTEM) as unit:
        ready = [one.id for one in queries.open_draws(unit) if queries.deciding_checkpoint(unit, one)]
    for id in ready:
        with writing(site, SYSTEM) as unit:
            draw = unit.db.get_one(Draw, id)
            if draw.status is DrawState.COMMITTED:  # another worker may have been here
                commands.carry_out(unit, draw)


@every(timedelta(hours=1))
def count_cycles(site: Site) -> None:
    """Count each running cycle once a day; end those that are over, and flag those whose sample was not reached."""
    while _count_some(site):
        pass


def _count_some(site: Site) -> bool:
    with reading(site, SYSTEM) as unit:  # an idle worker must not queue among the writers
        if not queries.uncounted(unit, 1):
            return False
    with writing(site, SYSTEM) as unit:
        for cycle in queries.uncounted(unit, BATCH):
            commands.reckon(unit, cycle)
    return True
