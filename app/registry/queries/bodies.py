"""The entry of a certification body: its licence, what was said of it, and how many certificates stand how."""

from datetime import date, datetime

from pydantic import Field
from sqlalchemy import and_, case, func, literal, select

from app.certificates.models import Certificate
from app.certificates.queries import newest_credential, was_published
from app.certificates.rules import Status
from app.kernel.casework import ToneView
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.fields import View
from app.kernel.words import _
from app.ledger.queries import Asked, asked_day
from app.licences.queries import licence_lines, licences_of, shown, standing
from app.licences.rules import Standing
from app.organisations.models import Organisation
from app.permissions import Seat
from app.registry.queries.entries import Entry
from app.registry.queries.told import end_of, nobody_knows
from app.registry.rules import word


class LicenceChange(View):
    """One change of a licence, as the public was told."""

    effective_on: date
    recorded_at: datetime
    public_text: str
    tag: ToneView


class BodyEntry(Entry):
    """A certification body."""

    code: str
    ukas_number: str
    licence: str | None
    licence_credential: str | None
    """Where RRN's credential about the licence is, for machines."""
    endorsements: str
    """Where its endorsements for learners' badges are, as a template (RFC 6570): a certificate's number, and what is endorsed."""
    may_take_new: bool
    certificates: dict[str, int] = Field(default_factory=dict)
    changes: list[LicenceChange]


def body_entry(unit: Unit, ref: str, on: date | None = None) -> BodyEntry:
    """One certification body. Raises NotFound."""
    about = asked_day(unit, on)
    day = about.on
    body = unit.db.scalar(select(Organisation).where(Organisation.ref == ref, Organisation.seat == Seat.BODY))
    if body is None:
        raise NotFound(_("There is no certification body of that reference on the register."))
    rights = standing(unit, body.id, day)
    view = shown(rights.status)
    unknown = about.unknown if not rights.licence_ref else ""
    tag = nobody_knows() if unknown else ToneView(word=view.word, tone=view.tone)
    counts = _counts(unit, body.id, unit.today)
    lines = [
        line
        for licence in licences_of(unit, body.id)
        for line in licence_lines(unit, licence.id)
        if line.reason_code
    ]
    return BodyEntry(
        ref=ref, name=body.name, on=day, today=unit.today, as_of_log_size=end_of(unit).size, tag=tag,
        title=tag.word if unknown else _title(rights, about), sentence=unknown or rights.sentence, chain=[], history=[], code=body.code or "", ukas_number=rights.ukas_number, licence=rights.licence_ref,
        licence_credential=f"/bodies/{ref}/licence/credential.jwt" if newest_credential(unit, body.id) else None,
        endorsements="/certificates/{number}/endorsements/{about}",
        may_take_new=rights.may_take_new, certificates=counts,
        changes=[
            LicenceChange(
                effective_on=line.effective_on, recorded_at=line.recorded_at, public_text=line.public_text,
                tag=ToneView(word=shown(line.status).word, tone=shown(line.status).tone),
            )
            for line in reversed(lines)
        ],
    )  # fmt: skip


def _title(rights: Standing, about: Asked) -> str:
    """The plain answer about a body."""
    if rights.may_issue:
        return (
            _("Yes, licensed and accredited") if about.now else _("Yes, licensed and accredited on that day")
        )
    why = shown(rights.status).word.lower() if rights.licence_ref else _("no licence")
    return (_("Not just now: {word}") if about.now else _("Not on that day: {word}")).format(word=why)


def _counts(unit: Unit, body_id: int, day: date) -> dict[str, int]:
    """How many certificates of a body stand how today; one that ran out counts as expired, whatever was recorded last."""
    finals = [status for status in Status if status.is_final]
    gone = case(
        (and_(Certificate.expires_on < day, Certificate.status.not_in(finals)), literal(1)), else_=literal(0)
    )
    rows = select(Certificate.status, gone, func.count()).where(
        Certificate.body_id == body_id, was_published()
    )
    counts: dict[str, int] = {}
    for status, over, count in unit.db.execute(rows.group_by(Certificate.status, gone)):
        said = word(Status.EXPIRED if over else status)
        counts[said] = counts.get(said, 0) + count
    return counts
