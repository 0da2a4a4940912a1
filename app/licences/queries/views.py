"""The pages of licences and accreditations, their rows inside the reader's scope, and what their steps look at."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select

from app.kernel.casework import Casework, facts_for, past, steps_of, told
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.fields import Ref, View
from app.kernel.journal import Event
from app.kernel.words import _, label
from app.licences.models import Accreditation, AccreditationStatus, Licence, LicenceStatus
from app.licences.queries.rights import (
    accreditation_lines,
    accreditation_on,
    accreditations_of,
    licence_lines,
    licences_of,
    past_of,
    standing,
)
from app.licences.rules import (
    ACCREDITATION,
    LICENCE,
    OVER,
    RUNNING,
    LicenceFacts,
    Standing,
    accredited,
    is_over,
    line_on,
)
from app.organisations.queries import names_of, of_seat, organisation
from app.papers.queries import SealedPaperView, papers_of, pdf_of
from app.papers.rules import PaperKind
from app.permissions import Permission, Seat
from app.standards.queries import catalogue, newest_rule_pack
from app.standards.rules import State

TONES = {
    "licensed": "yes",
    "active": "yes",
    "on_watch": "partly",
    "suspended": "pause",
    "accreditation_suspended": "pause",
}
NEUTRAL = ("applied", "checked", "not_yet")


class StatusView(View):
    """A status as it is drawn: word and tone (yes, partly, pause, no, plain)."""

    word: str
    tone: str


class ChangeView(View):
    """One line of the history of a status."""

    status: StatusView
    effective_on: date
    recorded_at: datetime
    reason: str
    public_text: str
    private_text: str


class AccreditationLineView(View):
    """An accreditation in a list."""

    ref: str
    ukas_number: str
    scope: str
    from_on: date
    to_on: date | None
    status: StatusView


class StandingView(View):
    """What a body may do on a day, for people."""

    on: date
    status: StatusView
    sentence: str
    may_take_new: bool
    may_surveil: bool
    may_issue: bool


class LicenceLineView(View):
    """A licence in the list."""

    ref: str
    body: str
    code: str
    status: StatusView
    from_on: date | None
    to_on: date | None


class LicenceList(View):
    """The licences the reader may know of."""

    items: list[LicenceLineView]
    may_add: bool


class LicenceView(Casework):
    """The page of one licence."""

    body: str
    body_ref: str
    code: str
    word: StatusView
    from_on: date | None
    to_on: date | None
    editions: list[str]
    agreement_digest: str
    royalty_percent: int
    today: StandingView
    changes: list[ChangeView]
    accreditations: list[AccreditationLineView]
    papers: list[SealedPaperView]
    """The licence on paper, one for each term."""
    may_record: bool


class AccreditationView(Casework):
    """The page of one accreditation."""

    body: str
    licence_ref: str | None
    ukas_number: str
    scope: str
    from_on: date
    to_on: date | None
    word: StatusView
    changes: list[ChangeView]


def shown(status: str) -> StatusView:
    """A status with its word and its tone."""
    return StatusView(word=label(status), tone=TONES.get(status, "plain" if status in NEUTRAL else "no"))


def visible(unit: Unit) -> Select[Licence]:
    """RRN sees every licence, a certification body its own."""
    unit.actor.require(Permission.LICENCE_READ)
    rows = select(Licence)
    return rows if unit.actor.seat is Seat.RRN else rows.where(Licence.body_id == unit.actor.organisation_id)


def find_licence(unit: Unit, ref: Ref) -> Licence:
    """The licence of that reference, if the actor may know of it. Raises NotFound."""
    found = unit.db.scalar(visible(unit).where(Licence.ref == ref))
    if found is None:
        raise NotFound(_("There is no licence of that reference among those you may see."))
    return found


def visible_accreditations(unit: Unit) -> Select[Accreditation]:
    """RRN sees every accreditation, a certification body its own."""
    unit.actor.require(Permission.LICENCE_READ)
    rows = select(Accreditation)
    return (
        rows
        if unit.actor.seat is Seat.RRN
        else rows.where(Accreditation.body_id == unit.actor.organisation_id)
    )


def find_accreditation(unit: Unit, ref: Ref) -> Accreditation:
    """The accreditation of that reference, if the actor may know of it. Raises NotFound."""
    found = unit.db.scalar(visible_accreditations(unit).where(Accreditation.ref == ref))
    if found is None:
        raise NotFound(_("There is no accreditation of that reference among those you may see."))
    return found


@facts_for(LICENCE)
def licence_facts(unit: Unit, licence: Licence) -> LicenceFacts:
    """What the guards of a licence look at."""
    _row, line = accreditation_on(past_of(unit, licence.body_id), unit.today)
    return LicenceFacts(
        unit.today, past(unit, licence.thread), accredited=accredited(line, unit.today) == "active"
    )


def edition_choices() -> list[tuple[str, str]]:
    """The published editions of the Standards, as choices of a form."""
    return [(name, one.title) for name, one in catalogue().editions.items() if one.state is State.PUBLISHED]


def proposed_terms(unit: Unit, _licence: Licence) -> dict[str, Any]:
    """What the newest rule pack proposes for a first licence: its editions and its royalty."""
    pack = newest_rule_pack()
    return {
        "editions": list(pack.editions),
        "royalty_percent": pack.royalty.percent,
        "effective_on": unit.today.isoformat(),
    }


def body_choices(unit: Unit) -> list[tuple[str, str]]:
    """The certification bodies without an open licence, as choices of a form."""
    open_ones = set(unit.db.scalars(select(Licence.body_id).where(Licence.status.not_in(OVER))))
    return [(body.ref, body.name) for body in of_seat(unit, Seat.BODY) if body.id not in open_ones]


def licence_list(unit: Unit) -> LicenceList:
    """The licences the reader may know of, by body. There are a handful of bodies, so there is one page."""
    rows = unit.db.scalars(visible(unit).order_by(Licence.id.desc())).all()
    names = names_of(unit, {row.body_id for row in rows})
    items = [_list_line(unit, row) for row in sorted(rows, key=lambda row: names[row.body_id])]
    return LicenceList(items=items, may_add=unit.actor.may(Permission.LICENCE_MANAGE))


def _list_line(unit: Unit, row: Licence) -> LicenceLineView:
    body = organisation(unit, row.body_id)
    return LicenceLineView(
        ref=row.ref,
        body=body.name,
        code=body.code or "",
        status=_today(unit, row),
        from_on=row.from_on,
        to_on=row.to_on,
    )


def _today(unit: Unit, row: Licence) -> StatusView:
    """What this licence says today, `expired` when its days are over."""
    lines = licence_lines(unit, row.id)
    line = line_on(lines, unit.today)
    if line is None:
        return shown("not_yet")
    expired = line.status in RUNNING and is_over(line, unit.today)
    return shown("expired" if expired else line.status.value)


def licence_view(unit: Unit, ref: str) -> LicenceView:
    """The page of one licence."""
    row = find_licence(unit, ref)
    body = organisation(unit, row.body_id)
    steps, barred = steps_of(unit, LICENCE, row)
    titles = dict(edition_choices())
    return LicenceView(
        ref=row.ref, status=row.status.value, version=row.version, steps=steps, barred=barred, history=told(unit, row.thread, _note),
        body=body.name, body_ref=body.ref, code=body.code or "", word=_today(unit, row), from_on=row.from_on, to_on=row.to_on,
        editions=[titles.get(name, name) for name in row.editions], agreement_digest=row.agreement_digest,
        royalty_percent=row.royalty_percent, today=_standing_view(standing(unit, row.body_id, unit.today)),
        changes=[_change(line) for line in reversed(licence_lines(unit, row.id))],
        accreditations=[_accreditation_line(unit, one) for one in accreditations_of(unit, row.body_id)],
        papers=papers_of(unit, PaperKind.LICENCE, row.id), may_record=unit.actor.may(Permission.LICENCE_MANAGE),
    )  # fmt: skip


def licence_pdf(unit: Unit, ref: str, paper: str) -> bytes:
    """A licence on paper, sealed by RRN. Raises NotFound, and TooSoon while it is being made."""
    return pdf_of(unit, PaperKind.LICENCE, find_licence(unit, ref).id, paper)


def _standing_view(seen: Standing) -> StandingView:
    return StandingView(
        on=seen.on, status=shown(seen.status), sentence=seen.sentence, may_take_new=seen.may_take_new,
        may_surveil=seen.may_surveil, may_issue=seen.may_issue,
    )  # fmt: skip


def _change(line: LicenceStatus | AccreditationStatus) -> ChangeView:
    return ChangeView(
        status=shown(line.status.value), effective_on=line.effective_on, recorded_at=line.recorded_at,
        reason=label(line.reason_code) if line.reason_code else "", public_text=line.public_text, private_text=line.private_text,
    )  # fmt: skip


def _note(event: Event) -> str:
    form = event.data.get("form", {})
    return str(form.get("private_text") or form.get("public_text") or event.data.get("note") or "")


def _accreditation_today(unit: Unit, row: Accreditation) -> StatusView:
    line = line_on(accreditation_lines(unit, row.id), unit.today)
    if line is None:
        return shown("not_yet")
    return shown("expired" if is_over(line, unit.today) else line.status.value)


def _accreditation_line(unit: Unit, row: Accreditation) -> AccreditationLineView:
    return AccreditationLineView(
        ref=row.ref, ukas_number=row.ukas_number, scope=row.scope, from_on=row.from_on, to_on=row.to_on,
        status=_accreditation_today(unit, row),
    )  # fmt: skip


def accreditation_view(unit: Unit, ref: str) -> AccreditationView:
    """The page of one accreditation."""
    row = find_accreditation(unit, ref)
    steps, barred = steps_of(unit, ACCREDITATION, row)
    licences = licences_of(unit, row.body_id)
    return AccreditationView(
        ref=row.ref, status=row.status.value, version=row.version, steps=steps, barred=barred, history=told(unit, row.thread, _note),
        body=organisation(unit, row.body_id).name, licence_ref=licences[0].ref if licences else None, ukas_number=row.ukas_number,
        scope=row.scope, from_on=row.from_on, to_on=row.to_on, word=_accreditation_today(unit, row),
        changes=[_change(line) for line in reversed(accreditation_lines(unit, row.id))],
    )  # fmt: skip
