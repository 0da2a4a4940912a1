"""What can be chosen in the forms of a pick."""

from sqlalchemy import select

from app.audits.models import Audit
from app.cases.models import Case
from app.kernel.database import Unit
from app.kernel.words import _, in_words, label
from app.people.models import Person
from app.people.queries import members
from app.permissions import Role
from app.surveillance.models import Cycle
from app.surveillance.queries.scope import certificate_of


def observers(unit: Unit, cycle: Cycle) -> list[Person]:
    """The assessors of the certification body, by name; whether one may observe on a day is asked when it is planned."""
    return members(unit, certificate_of(unit, cycle).body_id, Role.LEAD_ASSESSOR, Role.ASSESSOR)


def observer_choices(unit: Unit, cycle: Cycle) -> list[tuple[str, str]]:
    """The same as choices of a form."""
    return [(one.ref, one.name) for one in observers(unit, cycle)]


def audit_choices(unit: Unit, cycle: Cycle) -> list[tuple[str, str]]:
    """The evaluations of the cases on the certificate of a cycle, the newest first."""
    rows = (
        select(Audit)
        .join(Case, Case.id == Audit.case_id)
        .where(
            Case.certificate_number == certificate_of(unit, cycle).number, Audit.planned_on >= cycle.starts_on
        )
        .order_by(Audit.planned_on.desc(), Audit.id)
    )
    said = _("{kind} of {day}, case {ref}")
    return [
        (one.ref, said.format(kind=label(one.kind), day=in_words(one.planned_on), ref=one.case_ref))
        for one in unit.db.scalars(rows)
    ]
