"""From the agreement through the plan to the end of the evaluation."""

from datetime import date

from sqlalchemy import delete

from app.audits.commands import close_audits, issue_findings, open_audit, reopen_audits
from app.cases import queries
from app.cases.models import Acceptance, Assignment, Case, PlannedAudit
from app.cases.rules import AUDIT_ORDER, CASE, Side, TeamRole, digest, text_digest
from app.cases.rules.forms import (
    AcceptAgreement,
    AnswerObjection,
    Complete,
    ObjectToTeam,
    Plan,
    SignAgreement,
)
from app.curricula.commands import mark
from app.kernel.casework import take
from app.kernel.database import Unit
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.fields import Note
from app.kernel.words import _
from app.people.queries import members, persons
from app.permissions import Role
from app.standards.rules import AuditKind

NOT_SAVED = "Nothing was saved: correct it and send it again."


def accept_agreement(unit: Unit, case: Case, form: AcceptAgreement) -> None:
    """The client accepts the very text it was shown (ISO/IEC 17065, 4.1.2)."""
    _accept(unit, case, form, Side.CLIENT, "accept-agreement")


def sign_agreement(unit: Unit, case: Case, form: SignAgreement) -> None:
    """The body signs what the client accepted; from here on it is in force."""
    _accept(unit, case, form, Side.BODY, "sign-agreement")
    agreement = queries.agreement_of(unit, case)
    assert agreement
    case.agreement_id = agreement.id


def _accept(unit: Unit, case: Case, form: AcceptAgreement, side: Side, step: str) -> None:
    if not form.entitled:
        raise Invalid(_(NOT_SAVED), {"entitled": _("Confirm this to accept the agreement.")})
    agreement = queries.agreement_of(unit, case)
    if agreement is None:
        raise NotFound(_("There is no agreement to accept yet. Nothing was saved."))
    if form.digest != agreement.digest or text_digest(agreement.text) != agreement.digest:
        raise Refused(
            _(
                "This is not the text that was shown to you. Nothing was saved: load the page and read it again."
            )
        )
    take(unit, CASE, case, step, form)
    unit.db.add(
        Acceptance(
            agreement_id=agreement.id, side=side.value, digest=form.digest, by=unit.actor.id,
            by_name=unit.actor.name, at=unit.now,
        )
    )  # fmt: skip
    unit.db.flush()


def plan(unit: Unit, case: Case, form: Plan) -> None:
    """Name the team and the days; the client is told and may object (ISO/IEC 17065, 7.4.1-2).

    Raises Invalid when somebody is not authorised on a day or tied to the client, and names the reason.
    """
    days = _days(unit, form)
    team = {form.lead: TeamRole.LEAD} | {one: TeamRole.ASSESSOR for one in form.assessors if one != form.lead}
    _check_team(unit, case, team, sorted({min(days.values()), max(days.values())}))
    take(unit, CASE, case, "plan", form)
    people = persons(unit, set(team))
    unit.db.execute(delete(Assignment).where(Assignment.case_id == case.id))
    unit.db.execute(delete(PlannedAudit).where(PlannedAudit.case_id == case.id))
    unit.db.add_all(
        Assignment(case_id=case.id, person=person, name=people[person].name, role=role)
        for person, role in team.items()
    )
    unit.db.add_all(
        PlannedAudit(case_id=case.id, kind=kind, on=day, place=form.place) for kind, day in days.items()
    )
    unit.db.flush()


def _days(unit: Unit, form: Plan) -> dict[AuditKind, date]:
    days = {kind: getattr(form, f"{kind.value}_on") for kind in AUDIT_ORDER}
    chosen = {kind: day for kind, day in days.items() if day is not None}
    if not chosen:
        raise Invalid(_(NOT_SAVED), {"desk_review_on": _("Give the day of at least one evaluation.")})
    early = {f"{kind.value}_on": _("This day is over.") for kind, day in chosen.items() if day < unit.today}
    if early:
        raise Invalid(_(NOT_SAVED), early)
    return chosen


def _check_team(unit: Unit, case: Case, team: dict[str, TeamRole], days: list[date]) -> None:
    """Everybody works for the body, is authorised on the days, and is tied to nobody there."""
    known = {one.ref: one for one in members(unit, case.body_id, Role.LEAD_ASSESSOR, Role.ASSESSOR)}
    faults = {
        ("lead" if role is TeamRole.LEAD else "assessors"): _("Choose people of your certification body.")
        for person, role in team.items()
        if person not in known
    }
    for person, why in queries.why_not(unit, case, team, *days).items():
        field = "lead" if team[person] is TeamRole.LEAD else "assessors"
        faults.setdefault(
            field,
            _("{name} cannot be on the team: {why}.").format(name=known[person].name, why=why)
            if person in known
            else why,
        )
    if faults:
        raise Invalid(_(NOT_SAVED), faults)


def object_to_team(unit: Unit, case: Case, form: ObjectToTeam) -> None:
    """The client objects to somebody, with a reason; the evaluation waits for the answer."""
    member = queries.member_of(unit, case, form.person)
    if member.objection_open:
        raise Refused(_("You have objected to {name} already. Nothing was changed.").format(name=member.name))
    take(unit, CASE, case, "object-to-team", form)
    member.objection, member.objected_at = form.reason, unit.now
    member.answer, member.answered_at = "", None


def answer_objection(unit: Unit, case: Case, form: AnswerObjection) -> None:
    """Stand by the choice, with the reason; giving way is a new plan."""
    member = queries.member_of(unit, case, form.person)
    if not member.objection_open:
        raise Refused(_("Nobody objects to {name}. Nothing was changed.").format(name=member.name))
    take(unit, CASE, case, "answer-objection", form)
    member.answer, member.answered_at = form.answer, unit.now


def begin_evaluation(unit: Unit, case: Case, form: Note) -> None:
    """Open the planned evaluations and take the curricula into them (ISO/IEC 17065, 7.4.3)."""
    take(unit, CASE, case, "begin-evaluation", form)
    versions = [version for _item, version in queries.scope_of(unit, case)]
    for version in versions:
        mark(unit, version, "take-into-evaluation")
    team = {one.person: one.name for one in queries.team_of(unit, case)}
    reach = queries.reach_of(unit, case, versions)
    for planned in queries.planned_audits(unit, case):
        open_audit(
            unit, case_id=case.id, case_ref=case.ref, body_id=case.body_id, client_id=case.client_id,
            kind=planned.kind, edition=case.edition, rule_pack=case.rule_pack, route=reach.route,
            populations=reach.populations, levels=reach.levels, lead=unit.actor.id, members=team,
            planned_on=planned.on, place=planned.place, versions=[version.id for version in versions],
        )  # fmt: skip


def tell_findings(unit: Unit, case: Case, form: Note) -> None:
    """Tell the client of all findings at once (ISO/IEC 17065, 7.4.6)."""
    take(unit, CASE, case, "issue-findings", form)
    issue_findings(unit, case.id)


def complete_evaluation(unit: Unit, case: Case, form: Complete) -> None:
    """Close the evaluations and recommend; from here on the report is locked (ISO/IEC 17065, 7.4.9)."""
    _complete(unit, case, form, "complete-evaluation")


def give_up(unit: Unit, case: Case, form: Complete) -> None:
    """End an evaluation whose findings the client did not close; it cannot lead to a certificate."""
    _complete(unit, case, form, "give-up")


def _complete(unit: Unit, case: Case, form: Complete, step: str) -> None:
    _check_verdict(unit, case, form.verdict.value)
    results = digest(queries.results_content(unit, case))
    take(unit, CASE, case, step, form, results=results)
    close_audits(unit, case.id)
    case.verdict, case.report, case.results_digest = form.verdict, form.report, results
    case.reviewed_at = case.review_verdict = None
    case.reviewer_name = case.review_reasons = ""


def _check_verdict(unit: Unit, case: Case, verdict: str) -> None:
    if verdict not in dict(queries.verdict_choices(unit, case)["verdict"]):
        raise Invalid(_(NOT_SAVED), {"verdict": _("Choose something this kind of case can end in.")})


def resume_evaluation(unit: Unit, case: Case, form: Note) -> None:
    """Open the evaluations again for what the review returned."""
    take(unit, CASE, case, "resume-evaluation", form)
    reopen_audits(unit, case.id)
