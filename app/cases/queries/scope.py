"""Which cases an actor may know of."""

from collections.abc import Sequence

from sqlalchemy import Select, false, select

from app.cases.models import (
    Agreement,
    Application,
    ApplicationVersion,
    Assignment,
    Case,
    InformationRequest,
    PlannedAudit,
    ReviewNote,
    ScopeItem,
)
from app.certificates.models import Certificate
from app.certificates.rules import parse_number
from app.curricula.models import CurriculumVersion
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.fields import Ref
from app.kernel.words import _
from app.permissions import Permission, Seat


def visible(unit: Unit) -> Select[Case]:
    """A client sees its own cases, a body those that were sent to it, RRN all that were sent to anybody."""
    unit.actor.require(Permission.CASE_READ)
    actor, sent = unit.actor, Case.submitted_at.is_not(None)
    match actor.seat:
        case Seat.PROVIDER:
            return select(Case).where(Case.client_id == actor.organisation_id)
        case Seat.BODY:
            return select(Case).where(Case.body_id == actor.organisation_id, sent)
        case Seat.RRN:
            return select(Case).where(sent)
    return select(Case) if actor.id == "system" else select(Case).where(false())


def find_case(unit: Unit, ref: Ref) -> Case:
    """The case of that reference, if the actor may know of it. Raises NotFound.

    It is not locked: a step locks the licence first, then moves the case with one conditional UPDATE (rules page, 20).
    """
    found = unit.db.scalar(visible(unit).where(Case.ref == ref))
    if found is None:
        raise NotFound(_("There is no case of that reference among those you may see."))
    return found


def case_of_id(unit: Unit, id: int) -> Case:
    """The case of that id, for code that holds the id already; scope is the caller's."""
    return unit.db.get_one(Case, id)


def application_of(unit: Unit, case: Case) -> Application:
    """The application as it is typed."""
    return unit.db.scalars(select(Application).where(Application.case_id == case.id)).one()


def sent_application(unit: Unit, case: Case) -> ApplicationVersion | None:
    """The application as it was last sent."""
    newest = ApplicationVersion.number.desc()
    return unit.db.scalar(
        select(ApplicationVersion).where(ApplicationVersion.case_id == case.id).order_by(newest).limit(1)
    )


def scope_of(unit: Unit, case: Case) -> list[tuple[ScopeItem, CurriculumVersion]]:
    """What is to be certified: each item with its curriculum version, by title."""
    rows = unit.db.execute(
        select(ScopeItem, CurriculumVersion)
        .join(CurriculumVersion, CurriculumVersion.id == ScopeItem.version_id)
        .where(ScopeItem.case_id == case.id)
        .order_by(CurriculumVersion.title, CurriculumVersion.number)
    )
    return [(item, version) for item, version in rows]


def agreement_of(unit: Unit, case: Case) -> Agreement | None:
    """The agreement the case is worked on under, or the newest offered in it."""
    wanted = select(Agreement).where(Agreement.case_id == case.id)
    if case.agreement_id is not None:
        wanted = select(Agreement).where(Agreement.id == case.agreement_id)
    return unit.db.scalar(wanted.order_by(Agreement.number.desc()).limit(1))


def team_of(unit: Unit, case: Case) -> Sequence[Assignment]:
    """The evaluation team, the lead first."""
    rows = unit.db.scalars(select(Assignment).where(Assignment.case_id == case.id).order_by(Assignment.id))
    return rows.all()


def member_of(unit: Unit, case: Case, person: str) -> Assignment:
    """Somebody on the team. Raises NotFound."""
    for member in team_of(unit, case):
        if member.person == person:
            return member
    raise NotFound(_("Nobody of that reference is on the team of this case. Nothing was changed."))


def planned_audits(unit: Unit, case: Case) -> Sequence[PlannedAudit]:
    """The evaluations of the plan, in the order of their days."""
    return unit.db.scalars(
        select(PlannedAudit).where(PlannedAudit.case_id == case.id).order_by(PlannedAudit.on)
    ).all()


def requests_of(unit: Unit, case: Case) -> Sequence[InformationRequest]:
    """Questions to the client and their answers, oldest first."""
    asked = select(InformationRequest).where(InformationRequest.case_id == case.id)
    return unit.db.scalars(asked.order_by(InformationRequest.id)).all()


def notes_of(unit: Unit, case: Case) -> Sequence[ReviewNote]:
    """The review notes, oldest first. For the eyes of the body only."""
    return unit.db.scalars(
        select(ReviewNote).where(ReviewNote.case_id == case.id).order_by(ReviewNote.id)
    ).all()


def note_of(unit: Unit, case: Case, ref: str) -> ReviewNote:
    """An open review note of the case. Raises NotFound."""
    for note in notes_of(unit, case):
        if note.ref == ref and note.closed_at is None:
            return note
    raise NotFound(_("No open review note has that reference. Nothing was changed."))


def case_that_granted(unit: Unit, certificate_id: int) -> Case | None:
    """The case whose decision a certificate came from."""
    ref = select(Certificate.case_ref).where(Certificate.id == certificate_id).scalar_subquery()
    return unit.db.scalar(select(Case).where(Case.ref == ref))


def granting_case(unit: Unit, certificate: Certificate) -> Case:
    """The same, for code that needs there to be one. Raises NotFound."""
    found = case_that_granted(unit, certificate.id)
    if found is None:
        raise NotFound(
            _("The case that granted this certificate is not in this register. Nothing was saved.")
        )
    return found


def certificate_to_follow(unit: Unit, typed: str) -> Certificate:
    """A certificate of the actor's own body by its number as people type it. Raises NotFound."""
    number = parse_number(typed).number
    own = Certificate.body_id == unit.actor.organisation_id
    found = unit.db.scalar(select(Certificate).where(Certificate.number == number, own)) if number else None
    if found is None:
        raise NotFound(_("Your certification body has no certificate of that number. Nothing was saved."))
    return found
