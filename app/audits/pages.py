"""The pages of evaluations and findings: the list, one evaluation, the recording page, one finding."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import StringConstraints

from app.audits import commands, queries
from app.audits.models import Finding
from app.audits.rules import AUDIT, FINDING, DraftFinding, RecordResult
from app.kernel.database import Unit
from app.kernel.fields import Ref
from app.kernel.words import _
from app.permissions import Permission as P
from app.web.routing import Answer, Area, Ask

area = Area("audits")
RequirementNumber = Annotated[str, StringConstraints(pattern=r"^[1-9]\d?(\.[1-9]\d?){0,2}$")]


@area.page("/audits", "audits/audits.html", may=P.AUDIT_READ)
def audits(unit: Unit, after: Ref | None = None) -> queries.AuditsView:
    """The evaluations I work on, or may read."""
    return queries.audits_view(unit, after)


@area.page("/audits/{ref}", "audits/show.html", may=P.AUDIT_READ)
def show(unit: Unit, ref: Ref) -> queries.AuditView:
    """One evaluation: how far it is, its requirements, its findings."""
    return queries.view_audit(unit, ref)


@area.file("/audits/{ref}/papers/{paper}", may=P.AUDIT_READ)
def report(unit: Unit, ref: Ref, paper: Ref) -> Answer:
    """The report of an evaluation, sealed by the certification body."""
    content = queries.report_pdf(unit, ref, paper)
    return Answer(content, "application/pdf", f"evaluation-report-{paper}.pdf")


area.steps("/audits/{ref}", AUDIT, find=queries.find_audit, then=show)


@area.page("/audits/{ref}/requirements/{number}", "audits/requirement.html", may=P.AUDIT_READ)
def requirement(unit: Unit, ref: Ref, number: RequirementNumber) -> queries.RequirementView:
    """One requirement: what it means, what the provider says, what was found."""
    return queries.view_requirement(unit, ref, number)


def ask_result(unit: Unit, ref: str, number: str) -> Ask:
    """The form alone, shown when a result was refused: what stands there now is said above it."""
    view = queries.view_requirement(unit, ref, number)
    lead = _("Nothing is recorded here yet.")
    if view.outcome:
        lead = _("Recorded now, by {name}: {result}. {note}").format(
            name=view.recorded_by,
            result=next(one.label for one in view.choices if one.value == view.outcome),
            note=view.reason or view.note,
        )
    return Ask(
        title=f"{view.number} {view.label}", submit=_("Save"), lead=lead, back=f"/audits/{ref}/requirements/{number}", version=view.version,
        values={"outcome": view.outcome, "note": view.note, "reason": view.reason},
    )  # fmt: skip


@area.action(
    "/audits/{ref}/requirements/{number}",
    then=requirement,
    may=P.AUDIT_RECORD,
    ask=ask_result,
    form_path="/audits/{ref}/requirements/{number}/record",
)
def record(unit: Unit, ref: Ref, number: RequirementNumber, form: RecordResult) -> dict[str, str]:
    """Record the result of one requirement."""
    return {"number": commands.record_result(unit, ref, number, form)}


@area.page("/findings/{ref}", "audits/finding.html", may=P.AUDIT_READ)
def finding(unit: Unit, ref: Ref) -> queries.FindingView:
    """One finding: what was found, whose turn it is, what was answered and judged."""
    return queries.view_finding(unit, ref)


def ask_finding(unit: Unit, ref: str, requirement: str | None = None) -> Ask:
    """The form of a new finding, filled from the result it belongs to."""
    audit = queries.find_audit(unit, ref)
    result = queries.result_of(unit, audit.id, requirement) if requirement else None
    back = f"/audits/{ref}/requirements/{requirement}" if requirement else f"/audits/{ref}"
    return Ask(
        title=_("Write a finding"), submit=_("Save this draft"), back=back, choices=queries.finding_choices(audit),
        lead=_("It stays a draft until the lead assessor issues all findings of the case together. Then its text stands."),
        values={"requirement": requirement, "evidence": result.note if result else ""},
    )  # fmt: skip


@area.action(
    "/audits/{ref}/findings",
    then=finding,
    may=P.AUDIT_RECORD,
    ask=ask_finding,
    form_path="/audits/{ref}/findings/new",
    status=201,
)
def write_finding(
    unit: Unit, ref: Ref, form: DraftFinding, requirement: RequirementNumber | None = None
) -> dict[str, str]:
    """Write a finding as a draft."""
    return {"ref": commands.draft_finding(unit, queries.find_audit(unit, ref), form).ref}


def revise_choices(unit: Unit, finding: Finding) -> dict[str, list[tuple[str, str]]]:
    return {"grade": queries.grade_choices(queries.audit_of(unit, finding))}


def revise_values(_unit: Unit, finding: Finding) -> dict[str, Any]:
    return {"grade": finding.grade, "statement": finding.statement, "evidence": finding.evidence}


DOING: dict[str, Callable[[Unit, Finding, Any], None]] = {
    "revise": commands.revise,
    "respond": commands.respond,
    "accept-plan": commands.accept_plan,
    "return": commands.return_answer,
    "report-implemented": commands.report_implemented,
    "accept-implementation": commands.accept_implementation,
    "close": commands.close,
    "return-implementation": commands.return_implementation,
    "dispute": commands.dispute,
    "uphold": commands.uphold,
    "upgrade": commands.upgrade,
    "withdraw": commands.withdraw,
}
area.steps(
    "/findings/{ref}",
    FINDING,
    find=queries.find_finding,
    then=finding,
    doing=DOING,
    choices={"revise": revise_choices},
    values={"revise": revise_values},
)
