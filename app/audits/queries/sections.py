"""What the results of a case come to, part by part of the Standards, for the certificate its decision grants."""

from sqlalchemy import select

from app.audits.models import Audit, Finding, Result
from app.audits.queries.findings import DONE, grade_today
from app.audits.rules import Outcome, conformity
from app.certificates.rules import SectionFound
from app.kernel.database import Unit
from app.standards.queries import edition


def sections_found(unit: Unit, case_id: int, name: str) -> tuple[SectionFound, ...]:
    """Every part of the edition of that name with what the evaluations of the case found in it."""
    last, put_right = _last_outcomes(unit, case_id), _put_right(unit, case_id)
    return tuple(
        SectionFound(
            number=part.number, label=part.label,
            outcome=conformity(part.number, last, put_right),
        )
        for part in edition(name).children(None)
    )  # fmt: skip


def _last_outcomes(unit: Unit, case_id: int) -> dict[str, Outcome]:
    """What was found last for each requirement; an evaluation in which it did not apply takes nothing back."""
    asked = select(Result.requirement, Result.outcome).join(Audit, Audit.id == Result.audit_id)
    rows = unit.db.execute(asked.where(Audit.case_id == case_id).order_by(Audit.id, Result.id)).all()
    return {name: outcome for name, outcome in rows if outcome is not Outcome.NOT_APPLICABLE}


def _put_right(unit: Unit, case_id: int) -> dict[str, bool]:
    """Whether each requirement with a nonconformity has none left that is open."""
    asked = select(Finding, Audit).join(Audit, Audit.id == Finding.audit_id)
    found: dict[str, bool] = {}
    for finding, audit in unit.db.execute(asked.where(Finding.case_id == case_id).order_by(Finding.id)):
        if grade_today(unit, finding, audit).nonconformity:
            found[finding.requirement] = found.get(finding.requirement, True) and finding.status in DONE
    return found
