"""Tables of evaluations: audits and their teams, results, findings with their versions, answers and verdicts."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.audits.rules import AnswerKind, AuditStatus, FindingStatus, Outcome, VerdictKind
from app.kernel.database import Key, Record, Table
from app.kernel.journal import append_only
from app.standards.rules import AuditKind, Route


class Audit(Record, Table):
    """One evaluation inside a case; its scope of requirements is frozen at opening.

    The counters are kept by difference with each result and never move `version`: two assessors who record
    different requirements do not stand in each other's way.
    """

    __tablename__ = "audit"
    __table_args__ = (
        CheckConstraint("recorded = met + partly + not_met + not_applicable", name="counters_add_up"),
        CheckConstraint("recorded <= total", name="recorded_within_total"),
        CheckConstraint(
            "met >= 0 AND partly >= 0 AND not_met >= 0 AND not_applicable >= 0", name="counters_not_negative"
        ),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    case_ref: Mapped[str]
    body_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[AuditKind]
    edition: Mapped[str]
    rule_pack: Mapped[str]
    route: Mapped[Route]
    populations: Mapped[list[str]]
    levels: Mapped[list[str]]
    status: Mapped[AuditStatus]
    planned_on: Mapped[date]
    place: Mapped[str]
    lead: Mapped[str]
    opened_at: Mapped[datetime]
    total: Mapped[int]
    recorded: Mapped[int] = mapped_column(default=0)
    met: Mapped[int] = mapped_column(default=0)
    partly: Mapped[int] = mapped_column(default=0)
    not_met: Mapped[int] = mapped_column(default=0)
    not_applicable: Mapped[int] = mapped_column(default=0)

    @property
    def thread(self) -> str:
        """What is done here is part of the case's history, so that independence sees it."""
        return f"case:{self.case_id}"


class AuditMember(Table):
    """A person on the team of an audit, by the name they had when the team was named."""

    __tablename__ = "audit_member"
    __table_args__ = (UniqueConstraint("audit_id", "person"), Index("ix_audit_member_person", "person"))

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey("audit.id"))
    person: Mapped[str]
    name: Mapped[str]


class AuditCurriculum(Table):
    """A curriculum version that is evaluated here; its coverage stands beside the assessor's view."""

    __tablename__ = "audit_curriculum"
    __table_args__ = (UniqueConstraint("audit_id", "version_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey("audit.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("curriculum_version.id"), index=True)


class Result(Table):
    """What was found for one requirement; what it was before stands in the journal."""

    __tablename__ = "audit_result"
    __table_args__ = (
        UniqueConstraint("audit_id", "requirement"),
        CheckConstraint("outcome <> 'not_applicable' OR length(reason) >= 3", name="left_out_with_a_reason"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey("audit.id"))
    requirement: Mapped[str]
    outcome: Mapped[Outcome]
    note: Mapped[str]
    reason: Mapped[str]
    by: Mapped[str]
    by_name: Mapped[str]
    at: Mapped[datetime]
    version: Mapped[int]


class ResultEvidence(Table):
    """A document that shows what a result says."""

    __tablename__ = "audit_result_evidence"
    __table_args__ = (UniqueConstraint("result_id", "document_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    result_id: Mapped[int] = mapped_column(ForeignKey("audit_result.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)


append_only("audit_result_evidence")


class Finding(Record, Table):
    """Something an assessor found; numbered within the case when it is issued, so that the client sees no gap."""

    __tablename__ = "finding"
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint("(number IS NULL) = (issued_at IS NULL)", name="numbered_when_issued"),
        Index("ix_finding_due", "status", "due_on"),
    )

    audit_id: Mapped[int] = mapped_column(ForeignKey("audit.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    number: Mapped[int | None]
    requirement: Mapped[str]
    grade: Mapped[str]
    statement: Mapped[str]
    evidence: Mapped[str]
    status: Mapped[FindingStatus]
    turn_since: Mapped[datetime]
    due_on: Mapped[date | None]
    issued_at: Mapped[datetime | None]
    drafted_by: Mapped[str]
    round: Mapped[int] = mapped_column(default=0)

    @property
    def thread(self) -> str:
        """What is done here is part of the case's history, so that independence sees it."""
        return f"case:{self.case_id}"


class FindingVersion(Table):
    """A finding as the client was told it: at issue, and when it was upgraded."""

    __tablename__ = "finding_version"
    __table_args__ = (UniqueConstraint("finding_id", "number"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"))
    number: Mapped[int]
    grade: Mapped[str]
    statement: Mapped[str]
    evidence: Mapped[str]
    due_on: Mapped[date | None]
    at: Mapped[datetime]
    by_name: Mapped[str]


append_only("finding_version")


class Response(Table):
    """One answer of the client: a plan, a report that it is done, or an objection."""

    __tablename__ = "finding_response"
    __table_args__ = (UniqueConstraint("finding_id", "round"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"))
    round: Mapped[int]
    kind: Mapped[AnswerKind]
    correction: Mapped[str]
    cause: Mapped[str]
    action: Mapped[str]
    evidence: Mapped[str]
    by: Mapped[str]
    by_name: Mapped[str]
    at: Mapped[datetime]


append_only("finding_response")


class ResponseEvidence(Table):
    """A document the client sent with an answer."""

    __tablename__ = "finding_response_evidence"
    __table_args__ = (UniqueConstraint("response_id", "document_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("finding_response.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)


append_only("finding_response_evidence")


class Verdict(Table):
    """What the certification body said to one answer."""

    __tablename__ = "finding_verdict"
    __table_args__ = (UniqueConstraint("finding_id", "round"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"))
    round: Mapped[int]
    kind: Mapped[VerdictKind]
    reason: Mapped[str]
    by: Mapped[str]
    by_name: Mapped[str]
    at: Mapped[datetime]


append_only("finding_verdict")
