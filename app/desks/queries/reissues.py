"""New paper for many certificates: what was stopped waits for whoever may go on with it, what runs is told."""

from app.certificates.models import Reissue, ReissueProgress
from app.certificates.queries.reissue import visible_reissues
from app.certificates.rules import ReissueState
from app.desks.queries.views import DeskLine
from app.desks.rules import MOST
from app.kernel.clock import civil_date
from app.kernel.database import Unit
from app.kernel.words import _
from app.organisations.models import Organisation
from app.permissions import Permission

STOPPED = "New paper was stopped when {done} of {total} certificates had it: go on, or give it up."
RUNNING = "New paper is being made: {done} of {total} certificates have it."


def reissue_lines(unit: Unit) -> list[DeskLine]:
    """What is not over, for RRN and for the body whose certificates they are."""
    if not unit.actor.may(Permission.CERTIFICATE_REISSUE):
        return []
    at = ReissueProgress
    rows = unit.db.execute(
        visible_reissues(unit).where(Reissue.status.in_((ReissueState.RUNNING, ReissueState.STOPPED)))
        .join(at, at.reissue_id == Reissue.id).join(Organisation, Organisation.id == Reissue.body_id)
        .add_columns(Organisation.name, at.done, at.waits).order_by(Reissue.id).limit(MOST)
    )  # fmt: skip
    return [_line(*row) for row in rows]


def _line(row: Reissue, body: str, done: int, waits: str) -> DeskLine:
    stopped = row.status is ReissueState.STOPPED
    said = _(STOPPED if stopped else RUNNING).format(done=f"{done:,}", total=f"{row.total:,}")
    return DeskLine(
        kind="reissue", about=_("New paper for the certificates of {body}").format(body=body),
        sentence=said if stopped or not waits else f"{said} {waits}", since=civil_date(row.asked_at), mine=stopped,
        href=f"/reissues/{row.ref}", button=_("Look how far it is"),
    )  # fmt: skip
