"""One case as its page shows it, to each party its own part."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import aliased

from app.audits.queries import AuditLine, audits_of
from app.cases.models import Acceptance, Agreement, Application, ApplicationCheck, Assignment, Case, Decision
from app.cases.queries import views as v
from app.cases.queries.choices import named
from app.cases.queries.content import affiliates_of, trainers_of
from app.cases.queries.facts import BEFORE_EVALUATION, gather
from app.cases.queries.scope import (
    agreement_of,
    application_of,
    find_case,
    notes_of,
    planned_audits,
    requests_of,
    scope_of,
    sent_application,
)
from app.cases.queries.turns import shown_turn, stages, word
from app.cases.rules import (
    CASE,
    CHECK_WORDS,
    KIND_WORDS,
    CaseFacts,
    Outcome,
    State,
    sees_the_inside,
)
from app.cases.rules.forms import SaveApplication
from app.certificates.queries import withdrawal_due_since
from app.curricula.models import CurriculumVersion
from app.curricula.queries import visible_versions
from app.kernel.casework import BarredView, HistoryLine, StepView, steps_of
from app.kernel.database import Unit, openable
from app.kernel.errors import NotFound
from app.kernel.journal import Event
from app.kernel.words import _, label
from app.organisations.models import Organisation
from app.organisations.queries import names_of
from app.papers.queries import SealedPaperView, papers_of
from app.papers.rules import PaperKind
from app.permissions import Permission
from app.providers.models import TrainingService
from app.standards.queries import edition, rule_pack

ANYBODYS_WORDS = {
    "case.information_requested": "question", "case.information_given": "answer", "case.declined": "reasons",
    "case.objected": "reason", "case.objection_answered": "answer", "case.granted": "reasons",
    "case.refused": "reasons", "case.withdrawn_by_client": "reason", "case.maintained": "reasons",
    "case.reduced": "reasons", "case.suspended": "reasons", "case.restored": "reasons",
    "case.certificate_withdrawn": "reasons",
}  # fmt: skip
INSIDE_WORDS = {
    "case.review_noted": "text", "case.review_note_closed": "answer", "case.returned": "reasons",
    "case.review_completed": "reasons", "case.evaluation_completed": "report", "case.deferred": "reasons",
    "case.evaluation_given_up": "report", "case.application_accepted": "note",
}  # fmt: skip
INSIDE_ONLY = ("case.review_noted", "case.review_note_closed", "case.returned", "case.review_completed")
NOT_THIS_KIND = {
    True: {"maintain", "restore", "reduce", "suspend", "end-certificate"},
    False: {"grant", "refuse"},
}
MOST_LINES = 200


def inside(unit: Unit) -> bool:
    """Whether internal notes are for these eyes."""
    return sees_the_inside(unit.actor.seat, unit.actor.roles)


def case_view(unit: Unit, ref: str) -> v.CaseView:
    """The page of one case. Raises NotFound outside the actor's scope."""
    case = find_case(unit, ref)
    found, works = gather(unit, case), inside(unit)
    seen, findings = found.facts, list(found.findings)
    steps, barred = _steps(unit, case, seen)
    audits = _audits(unit, case)
    parties, judged = _parties(unit, case), _judged(unit, case, works)
    names = {case.client_id: parties.client, case.body_id: parties.body}
    return v.CaseView(
        ref=case.ref, status=case.status, version=case.version, steps=steps, barred=barred,
        history=_history(unit, case, works), kind=_(KIND_WORDS[case.kind]), client=parties.client,
        client_ref=parties.client_ref, body=parties.body, body_ref=parties.body_ref, service_ref=parties.service_ref,
        edition=edition(case.edition).title, rule_pack=rule_pack(case.rule_pack).title, word=word(case.status),
        stages=stages(case, audits),
        turn=shown_turn(unit, case, seen, names, steps, audits, findings), blocks=_blocks(case, seen),
        opened_at=case.opened_at, age_days=age_days(unit, case), paused=case.paused_reason, owner=case.owner_name,
        inside=works, editable=_editable(unit, case), missing=list(seen.missing), scope=_scope(unit, case),
        **_application(unit, case, works), agreement=agreement_view(unit, agreement_of(unit, case)),
        team=_team(found.team), planned=_planned(unit, case), audits=audits, findings=findings,
        **judged, certificate=case.certificate_number, may_appeal=_may_appeal(unit, case, judged["decisions"]),
        withdrawal_due=withdrawal_due_since(unit, case.certificate_number) if case.certificate_number else None,
    )  # fmt: skip


def _steps(unit: Unit, case: Case, seen: CaseFacts) -> tuple[list[StepView], list[BarredView]]:
    """The steps of the kernel, without reasons that only say that this is another kind of case."""
    steps, barred = steps_of(unit, CASE, case, seen)
    return steps, [one for one in barred if one.name not in NOT_THIS_KIND[case.kind.grants]]


def _audits(unit: Unit, case: Case) -> list[AuditLine]:
    if case.status in BEFORE_EVALUATION or not unit.actor.may(Permission.AUDIT_READ):
        return []
    return audits_of(unit, case.id)


_Client, _Body = aliased(Organisation), aliased(Organisation)


def _parties(unit: Unit, case: Case) -> Row[str, str, str, str, str]:
    """Names and public references of client and body, and of the service, in one question."""
    client, body = _Client, _Body
    return unit.db.execute(
        select(
            client.name.label("client"), client.ref.label("client_ref"), body.name.label("body"),
            body.ref.label("body_ref"), TrainingService.ref.label("service_ref"),
        )
        .join_from(client, TrainingService, TrainingService.id == case.service_id)
        .join(body, body.id == case.body_id)
        .where(client.id == case.client_id)
    ).one()  # fmt: skip


def _blocks(case: Case, seen: CaseFacts) -> list[str]:
    """What stands in the way, in sentences."""
    found = list(seen.blocking)
    matters = case.status in (State.AGREEMENT_PENDING, State.UNDER_APPLICATION_REVIEW, State.IN_REVIEW)
    may = seen.standing
    if matters and may and not (may.may_take_new if case.kind.is_new else may.may_surveil):
        found.append(may.sentence)
    return found + [
        _("{name} cannot be on the team: {why}.").format(name=one.name, why=one.barred_by)
        for one in seen.team
        if one.barred_by
    ]


def age_days(unit: Unit, case: Case) -> int:
    """Whole days since the case was opened, without those in which it waited for the client's information."""
    paused = timedelta(seconds=case.paused_seconds)
    if case.status is State.INFORMATION_REQUESTED:
        paused += unit.now - case.status_since
    return max(0, (unit.now - case.opened_at - paused).days)


def _editable(unit: Unit, case: Case) -> bool:
    return case.status is State.DRAFT and unit.actor.may(Permission.CASE_APPLY)


def _scope(unit: Unit, case: Case) -> list[v.ItemView]:
    items = scope_of(unit, case)
    opens = openable(unit, visible_versions, CurriculumVersion, [version.ref for _item, version in items])
    return [
        v.ItemView(
            ref=item.ref, version_ref=version.ref, title=named(version), opens=version.ref in opens,
            outcome=word(item.outcome) if item.outcome else None,
        )
        for item, version in items
    ]  # fmt: skip


def _application(unit: Unit, case: Case, works: bool) -> dict[str, Any]:
    sent = sent_application(unit, case) if case.submitted_at else None
    checks = select(ApplicationCheck.item).where(ApplicationCheck.case_id == case.id)
    trainers = [one.person_name for one in trainers_of(unit, case)]
    partners = [one.organisation_id for one in affiliates_of(unit, case)]
    return {
        "application": _said(application_of(unit, case)) if case.kind.grants else [],
        "sent": v.SentView(number=sent.number, at=sent.at, by=sent.by_name, digest=sent.digest) if sent else None,
        "requests": [v.RequestView.model_validate(one, from_attributes=True) for one in (requests_of(unit, case) if sent else [])],
        "checks": [_(CHECK_WORDS[one]) for one in unit.db.scalars(checks)] if works else [],
        "trainers": trainers,
        "affiliates": sorted(names_of(unit, set(partners)).values()) if partners else [],
    }  # fmt: skip


def _said(row: Application) -> list[v.FactView]:
    """The application in the words of its own form; what is empty is left out."""
    lists = ("version", "curricula", "affiliates", "trainers", "consultant_used")
    fields = {name: one.title for name, one in SaveApplication.model_fields.items() if name not in lists}
    return [
        v.FactView(name=_(title or name), value=str(value))
        for name, title in fields.items()
        if (value := getattr(row, name))
    ]


def agreement_view(unit: Unit, agreement: Agreement | None) -> v.AgreementView | None:
    """The agreement with who accepted it."""
    if agreement is None:
        return None
    rows = unit.db.scalars(
        select(Acceptance).where(Acceptance.agreement_id == agreement.id).order_by(Acceptance.id)
    )
    accepted = [v.AcceptanceView(side=label(row.side), by=row.by_name, at=row.at) for row in rows]
    return v.AgreementView(
        number=agreement.number, text=agreement.text, digest=agreement.digest, accepted=accepted,
        in_force=len(accepted) == 2,
    )  # fmt: skip


def agreement_page(unit: Unit, ref: str) -> v.AgreementPage:
    """The agreement by itself, with the step that accepts it. Raises NotFound while there is none."""
    case = find_case(unit, ref)
    shown = agreement_view(unit, agreement_of(unit, case))
    if shown is None:
        raise NotFound(_("There is no agreement in this case yet."))
    steps, barred = steps_of(unit, CASE, case)
    wanted = ("accept-agreement", "sign-agreement")
    names = names_of(unit, {case.client_id, case.body_id})
    return v.AgreementPage(
        ref=case.ref, version=case.version, client=names[case.client_id], body=names[case.body_id], agreement=shown,
        step=next((one.name for one in steps if one.name in wanted), ""),
        barred=next((one.reason for one in barred if one.name in wanted), ""),
    )  # fmt: skip


def _team(team: Sequence[Assignment]) -> list[v.MemberView]:
    return [
        v.MemberView(
            name=one.name,
            role=label(one.role),
            objection=one.objection,
            answer=one.answer,
            open=one.objection_open,
        )
        for one in team
    ]


def _planned(unit: Unit, case: Case) -> list[v.PlannedView]:
    words = rule_pack(case.rule_pack).labels.audits
    return [
        v.PlannedView(kind=_(words[one.kind]), on=one.on, place=one.place)
        for one in planned_audits(unit, case)
    ]


def _judged(unit: Unit, case: Case, works: bool) -> dict[str, Any]:
    """Recommendations and notes for the body's own eyes, decisions for everybody's."""
    if case.status in BEFORE_EVALUATION:
        return {"decisions": [], "evaluation": None, "notes": [], "review": None}
    decisions = unit.db.scalars(
        select(Decision).where(Decision.case_id == case.id).order_by(Decision.id.desc())
    ).all()
    found = papers_of(unit, PaperKind.DECISION, case.id) if decisions else []
    papers = {one.about: one for one in found}
    told = [one for one in decisions if works or one.step != "defer"]
    seen = {"decisions": [_decision(one, papers.get(one.ref)) for one in told]}
    if not works:
        return seen | {"evaluation": None, "notes": [], "review": None}
    return seen | {
        "evaluation": _recommendation(case.verdict, case.report, "", None),
        "notes": [_note(one) for one in notes_of(unit, case)],
        "review": _recommendation(
            case.review_verdict, case.review_reasons, case.reviewer_name, case.reviewed_at
        ),
    }


def _may_appeal(unit: Unit, case: Case, decisions: Sequence[v.DecisionView]) -> bool:
    """Something was decided that the client need not take as it is: refused, declined, or less than there was or was asked for."""
    if not unit.actor.may(Permission.APPEAL_MAKE):
        return False
    less = any(one.word.tone in ("no", "pause", "partly") for one in decisions)
    refused = decisions and any(item.outcome is Outcome.REFUSED for item, _version in scope_of(unit, case))
    return case.status is State.DECLINED or less or bool(refused)


def _decision(one: Decision, paper: SealedPaperView | None) -> v.DecisionView:
    target = "deferred" if one.step == "defer" else CASE.step(one.step).target
    return v.DecisionView(
        word=word(target), reasons=one.reasons, by=one.by_name, on=one.on, digest=one.digest, paper=paper
    )


def _recommendation(verdict: Any, reasons: str, by: str, at: Any) -> v.RecommendationView | None:
    return v.RecommendationView(word=label(verdict), reasons=reasons, by=by, at=at) if verdict else None


def _note(one: Any) -> v.NoteView:
    return v.NoteView(
        ref=one.ref, section=label(one.section), text=one.text, by=one.by_name, at=one.at, answer=one.answer,
        closed_by=one.closed_by,
    )  # fmt: skip


def _history(unit: Unit, case: Case, works: bool) -> list[HistoryLine]:
    """What happened to the case as a whole, newest first; single results and evidence stand in the audits."""
    hidden = ("case.saved",) if works else ("case.saved", *INSIDE_ONLY)
    rows = unit.db.scalars(
        select(Event)
        .where(Event.thread == case.thread, Event.subject == CASE.name, Event.kind.not_in(hidden))
        .order_by(Event.seq.desc())
        .limit(MOST_LINES)
    )
    words = ANYBODYS_WORDS | (INSIDE_WORDS if works else {})
    return [
        HistoryLine(at=one.at, who=one.actor_name, what=_happened(one.kind), note=_note_of(one, words))
        for one in rows
    ]


def _happened(kind: str) -> str:
    return label(kind.partition(".")[2])


def _note_of(event: Event, words: dict[str, str]) -> str:
    said = event.data.get("form", {})
    return str(said.get(words.get(event.kind, "note"), "")) if event.kind in words else ""
