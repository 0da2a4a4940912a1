"""What the clock does to findings, and the report that follows an evaluation: sealed by the body, frozen as it was completed."""

from datetime import timedelta

from app.audits.commands import upgrade_overdue
from app.audits.models import Audit
from app.audits.queries import is_newest_completion, overdue, report_of
from app.audits.rules import AuditStatus
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, Unit, reading, writing
from app.kernel.journal import Event, Finish, after
from app.kernel.outbox import every
from app.organisations.queries import organisation
from app.papers.commands import order


@every(timedelta(minutes=30))
def upgrade_late_findings(site: Site) -> None:
    """Write down the grade of findings that nobody answered in time; their grade counted already from the day itself."""
    with reading(site, SYSTEM) as unit:  # most of the time there is nothing to write
        if not overdue(unit):
            return
    with writing(site, SYSTEM) as unit:
        upgrade_overdue(unit)


@after("audit.completed")
def order_report(unit: Unit, event: Event) -> Finish | None:
    """The report of an evaluation that is complete; opened again meanwhile, it has another one when it is complete again."""
    audit = unit.db.get_one(Audit, event.subject_id)
    if audit.status is not AuditStatus.COMPLETE or not is_newest_completion(unit, event):
        return None
    said, owner = report_of(unit, audit), organisation(unit, audit.body_id).ref

    def finish(unit: Unit) -> None:
        order(unit, event, audit.id, owner, said)

    return finish
