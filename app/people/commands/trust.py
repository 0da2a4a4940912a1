"""What people are trusted with, and what ties them: both decide who may evaluate and decide what."""

from app.kernel.actor import SYSTEM
from app.kernel.database import Unit
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.journal import record
from app.kernel.words import _, label
from app.organisations.queries import organisation, organisation_of_ref
from app.people import queries
from app.people.models import Competence, Interest, Person
from app.people.rules.forms import Authorise, Declare
from app.permissions import SEAT, Permission, Seat


def authorise(unit: Unit, person: Person, form: Authorise, body_id: int | None = None) -> Competence:
    """Trust a person with a role for the actor's body (ISO/IEC 17065, 6.1.2). Raises Forbidden, Invalid."""
    if unit.actor is not SYSTEM:
        unit.actor.require(Permission.COMPETENCE_MANAGE)
    body = organisation(unit, body_id or unit.actor.organisation_id or 0)
    said = _("Nothing was saved: correct it and send it again.")
    if SEAT[form.role] is not Seat.BODY or body.seat is not Seat.BODY:
        raise Invalid(
            said, {"role": _("“{role}” is not a role of a certification body.").format(role=label(form.role))}
        )
    if form.to_on and form.to_on <= form.from_on:
        raise Invalid(said, {"to_on": _("The last day must come after the first.")})
    made = Competence(
        person_id=person.id,
        body_id=body.id,
        role=form.role,
        clause_group=form.clause_group,
        evidence=form.evidence,
        from_on=form.from_on,
        to_on=form.to_on,
    )
    unit.db.add(made)
    unit.db.flush()
    record(unit, "person.authorised", person, competence=made.ref, form=form.model_dump(mode="json"))
    return made


def end_authorisation(unit: Unit, ref: str) -> Person:
    """The trust ends today. Raises NotFound, Refused."""
    found = queries.find_competence(unit, ref)
    if found.to_on is not None and found.to_on <= unit.today:
        raise Refused(_("This ended already. Nothing was changed."))
    found.to_on = unit.today
    person = unit.db.get_one(Person, found.person_id)
    unit.db.flush()
    record(unit, "person.authorisation_ended", person, competence=ref)
    return person


def declare_interest(unit: Unit, person: Person, form: Declare) -> Interest:
    """Write down what ties a person to an organisation, in the person's own words. Raises Invalid, NotFound."""
    if form.to_on and form.to_on < form.from_on:
        raise Invalid(
            _("Nothing was saved: correct it and send it again."),
            {"to_on": _("The last day must not come before the first.")},
        )
    return note_interest(unit, person, organisation_of_ref(unit, form.organisation).id, form, declared=True)


def note_interest(
    unit: Unit, person: Person, organisation_id: int, form: Declare, *, declared: bool
) -> Interest:
    """Write down a tie; `declared` is false when it was read off our own records."""
    made = Interest(
        person_id=person.id,
        organisation_id=organisation_id,
        kind=form.kind,
        from_on=form.from_on,
        to_on=form.to_on,
        declared=declared,
        about=form.about,
    )
    unit.db.add(made)
    unit.db.flush()
    record(
        unit,
        "person.interest_declared",
        person,
        interest=made.ref,
        form=form.model_dump(mode="json"),
        declared=declared,
    )
    return made


def end_interest(unit: Unit, ref: str) -> None:
    """A tie of one's own ends today; it stays on record, because it counts for two more years. Raises NotFound, Refused."""
    account = queries.account_of(unit)
    found = next((row for row in queries.declared_by(unit, account.id) if row.ref == ref), None)
    if found is None:
        raise NotFound(_("You declared no interest of that reference."))
    if found.to_on is not None and found.to_on <= unit.today:
        raise Refused(_("This ended already. Nothing was changed."))
    found.to_on = max(unit.today, found.from_on)
    unit.db.flush()
    record(unit, "person.interest_ended", account, interest=ref)
