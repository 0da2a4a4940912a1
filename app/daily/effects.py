"""The worker closes each day after midnight in London, and catches up what was missed, one day after the other."""

from datetime import timedelta

from app.daily.commands import close_day
from app.daily.queries import content_of, due_days
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, reading, writing
from app.kernel.outbox import every


@every(timedelta(minutes=5))
def close_days(site: Site) -> None:
    """Close every day that is over and has no report; stop at one that has to wait for a checkpoint."""
    with reading(site, SYSTEM) as unit:
        days = due_days(unit)
    for day in days:
        with reading(site, SYSTEM) as unit:
            said = content_of(unit, day)
        if said is None:
            return
        with writing(site, SYSTEM) as unit:
            close_day(unit, said)
