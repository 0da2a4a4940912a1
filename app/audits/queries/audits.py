"""Evaluations as pages show them: lists, progress, and one evaluation with its requirements."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import ColumnElement, Select, select

from app.audits.models import Audit, AuditMember, Result
from app.audits.queries.findings import FindingLine, findings_on
from app.audits.queries.scope import (
    find_audit,
    inside,
    no_such_audit,
    requirements,
    rows_of_case,
    team_of,
    visible,
)
from app.audits.queries.told import history_of, kind_label, organisation_name
from app.audits.rules import AUDIT, AuditStatus, Outcome
from app.kernel.casework import Casework, HistoryLine, steps_of
from app.kernel.database import Unit
from app.kernel.fields import View
from app.kernel.words import _
from app.organisations.models import Organisation
from app.papers.queries import SealedPaperView, papers_of, pdf_of
from app.papers.rules import PaperKind
from app.permissions import Permission
from app.standards.queries import edition

MOST_UNANSWERED = 20
"""How many unanswered requirements are named; the count says how many there are."""
PAGE = 50
TONES = {
    Outcome.MET: "yes",
    Outcome.PARTLY: "partly",
    Outcome.NOT_MET: "no",
    Outcome.NOT_APPLICABLE: "unknown",
}
OUTCOME_WORDS = {
    Outcome.MET: "Met",
    Outcome.PARTLY: "Partly met",
    Outcome.NOT_MET: "Not met",
    Outcome.NOT_APPLICABLE: "Does not apply",
}
STATUS_WORDS = {
    AuditStatus.PLANNED: "Planned",
    AuditStatus.IN_EVALUATION: "Under way",
    AuditStatus.COMPLETE: "Complete",
}
STATUS_TONES = {AuditStatus.PLANNED: "plain", AuditStatus.IN_EVALUATION: "pause", AuditStatus.COMPLETE: "yes"}


class Progress(View):
    """How far the evaluations of a case are. `unanswered` names at most 20 requirements, in sentences."""

    total: int
    recorded: int
    unanswered: tuple[str, ...] = ()
    by_outcome: dict[str, int]


class AuditLine(View):
    """An evaluation in a list. The client sees no progress in it, so `progress` is None then."""

    ref: str
    kind: str
    kind_label: str
    case_ref: str
    client: str
    status: str
    status_word: str
    status_tone: str
    planned_on: date
    place: str
    lead_name: str
    progress: Progress | None


class AuditsView(View):
    """The evaluations of one person, newest first."""

    items: list[AuditLine]
    next: str | None


class ResultLine(View):
    """One requirement in the list of an evaluation, with the result it has."""

    number: str
    label: str
    provisional: bool
    outcome: str | None
    word: str
    tone: str


class SectionView(View):
    """The requirements of one section of the Standards."""

    number: str
    label: str
    lines: list[ResultLine]


class AuditView(Casework):
    """One evaluation. To the client it is a status; results and progress are the body's work."""

    kind: str
    kind_label: str
    case_ref: str
    client: str
    body: str
    edition: str
    edition_title: str
    planned_on: date
    place: str
    lead_name: str
    team: list[str]
    status_word: str
    status_tone: str
    inside: bool
    may_record: bool
    progress: Progress | None
    continue_at: str | None
    sections: list[SectionView]
    findings: list[FindingLine]
    papers: list[SealedPaperView]
    """The sealed reports, for those who see the work itself."""


def audits_of(unit: Unit, case_id: int) -> list[AuditLine]:
    """The evaluations of a case, oldest first. Raises Forbidden without the right to read them."""
    return _lines(unit, visible(unit).where(Audit.case_id == case_id).order_by(Audit.id))


def audits_view(unit: Unit, after: str | None = None) -> AuditsView:
    """The evaluations of the actor's own teams; for people who record nothing, all they may see."""
    wanted = visible(unit).order_by(Audit.id.desc()).limit(PAGE + 1)
    if unit.actor.may(Permission.AUDIT_RECORD):
        wanted = wanted.where(_is_on_team(unit))
    if after:
        wanted = wanted.where(
            Audit.id < select(Audit.id).where(Audit.ref == after).correlate(None).scalar_subquery()
        )
    lines = _lines(unit, wanted)
    return AuditsView(items=lines[:PAGE], next=lines[PAGE - 1].ref if len(lines) > PAGE else None)


def _is_on_team(unit: Unit) -> ColumnElement[bool]:
    return Audit.id.in_(
        select(AuditMember.audit_id).where(AuditMember.person == unit.actor.id).correlate(None)
    )


def _lines(unit: Unit, wanted: Select[Audit]) -> list[AuditLine]:
    lead = (AuditMember.audit_id == Audit.id) & (AuditMember.person == Audit.lead)
    joined = (
        wanted.join(Organisation, Organisation.id == Audit.client_id)
        .outerjoin(AuditMember, lead)
        .add_columns(Organisation.name, AuditMember.name)
    )
    return [_line(unit, audit, client, leader or "") for audit, client, leader in unit.db.execute(joined)]


def _line(unit: Unit, audit: Audit, client: str, leader: str) -> AuditLine:
    return AuditLine(
        ref=audit.ref,
        kind=audit.kind,
        kind_label=kind_label(audit),
        case_ref=audit.case_ref,
        client=client,
        status=audit.status,
        status_word=_(STATUS_WORDS[audit.status]),
        status_tone=STATUS_TONES[audit.status],
        planned_on=audit.planned_on,
        place=audit.place,
        lead_name=leader,
        progress=counters(audit) if inside(unit) else None,
    )


def counters(audit: Audit) -> Progress:
    """Progress as the counters of the row have it; no result is read for it."""
    by_outcome = {outcome.value: getattr(audit, outcome.value) for outcome in Outcome}
    return Progress(total=audit.total, recorded=audit.recorded, by_outcome=by_outcome)


def progress(unit: Unit, case_id: int) -> Progress:
    """How far all evaluations of a case are; the caller has checked whose case it is."""
    audits = rows_of_case(unit, case_id)
    parts = [counters(audit) for audit in audits]
    return Progress(
        total=sum(part.total for part in parts),
        recorded=sum(part.recorded for part in parts),
        unanswered=tuple(
            [sentence for audit in audits for sentence in _unanswered(unit, audit)][:MOST_UNANSWERED]
        ),
        by_outcome={outcome.value: sum(part.by_outcome[outcome] for part in parts) for outcome in Outcome},
    )


def _unanswered(unit: Unit, audit: Audit) -> list[str]:
    if audit.recorded >= audit.total:
        return []
    have, kind = outcomes(unit, audit.id), kind_label(audit)
    missing = [line for line in requirements(audit) if line.number not in have]
    return [
        _("{kind}: {number} {label} has no result yet.").format(
            kind=kind, number=line.number, label=line.label
        )
        for line in missing[:MOST_UNANSWERED]
    ]


def outcomes(unit: Unit, audit_id: int) -> dict[str, Outcome]:
    """The results recorded so far, by requirement."""
    rows = unit.db.execute(select(Result.requirement, Result.outcome).where(Result.audit_id == audit_id))
    return {row.requirement: row.outcome for row in rows}


def sections(audit: Audit, have: Mapping[str, Outcome]) -> list[SectionView]:
    """The applicable requirements under the sections of the edition, each with its result."""
    tops = edition(audit.edition).children(None)
    grouped: dict[str, list[ResultLine]] = {top.number: [] for top in tops}
    for line in requirements(audit):
        outcome = have.get(line.number)
        grouped[line.number.partition(".")[0]].append(
            ResultLine(
                number=line.number,
                label=line.label,
                provisional=line.provisional,
                outcome=outcome,
                word=_(OUTCOME_WORDS[outcome]) if outcome else _("Not yet"),
                tone=TONES[outcome] if outcome else "plain",
            )
        )
    return [
        SectionView(number=top.number, label=top.label, lines=grouped[top.number])
        for top in tops
        if grouped[top.number]
    ]


def view_audit(unit: Unit, ref: str) -> AuditView:
    """One evaluation as its page shows it. Raises NotFound outside the actor's scope."""
    audit = find_audit(unit, ref)
    team, works = team_of(unit, audit.id), inside(unit)
    have = outcomes(unit, audit.id) if works else {}
    steps, barred = steps_of(unit, AUDIT, audit)
    waiting = [line.number for line in requirements(audit) if line.number not in have]
    may_record = recordable(unit, audit, team)
    return AuditView(
        ref=audit.ref, status=audit.status, version=audit.version, steps=steps, barred=barred if works else [],
        history=audit_history(unit, audit) if works else [], kind=audit.kind, kind_label=kind_label(audit), case_ref=audit.case_ref,
        client=organisation_name(unit, audit.client_id), body=organisation_name(unit, audit.body_id), edition=audit.edition,
        edition_title=edition(audit.edition).title, planned_on=audit.planned_on, place=audit.place, lead_name=team.get(audit.lead, ""),
        team=list(team.values()), status_word=_(STATUS_WORDS[audit.status]), status_tone=STATUS_TONES[audit.status], inside=works,
        may_record=may_record, progress=counters(audit) if works else None, continue_at=waiting[0] if may_record and waiting else None,
        sections=sections(audit, have) if works else [], findings=findings_on(unit, audit.id),
        papers=papers_of(unit, PaperKind.REPORT, audit.id) if works else [],
    )  # fmt: skip


def recordable(unit: Unit, audit: Audit, team: Mapping[str, str]) -> bool:
    """Whether this actor may record a result here now."""
    return (
        unit.actor.id in team
        and unit.actor.may(Permission.AUDIT_RECORD)
        and audit.status is not AuditStatus.COMPLETE
    )


def audit_history(unit: Unit, audit: Audit) -> list[HistoryLine]:
    """What happened to the evaluation as a whole, newest first; single results are counted, not listed."""
    return history_of(unit, "audit", audit.id, ("audit.result_recorded", "audit.evidence_added"))


def report_pdf(unit: Unit, ref: str, paper: str) -> bytes:
    """A sealed report, for those who see the work itself. Raises NotFound, and TooSoon while it is being made."""
    audit = find_audit(unit, ref)
    if not inside(unit):
        raise no_such_audit()
    return pdf_of(unit, PaperKind.REPORT, audit.id, paper)
