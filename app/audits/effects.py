"""What the clock does to findings: a late one is upgraded as the rule pack says."""

from datetime import timedelta

from app.audits.commands import upgrade_overdue
from app.audits.queries import overdue
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, reading, writing
from app.kernel.outbox import every


@every(timedelta(minutes=30))
def upgrade_late_findings(site: Site) -> None:
    """Write down the grade of findings that nobody answered in time; their grade counted already from the day itself."""
    with reading(site, SYSTEM) as unit:  # most of the time there is nothing to write
        if not overdue(unit):
            return
    with writing(site, SYSTEM) as unit:
        upgrade_overdue(unit)
