"""The tables of a case: what was applied for, asked, agreed, planned, noted in review, and decided."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.cases.rules import Check, Kind, Outcome, Section, State, TeamRole, Verdict
from app.kernel.database import Key, Record, Table
from app.kernel.journal import append_only
from app.standards.rules import AuditKind


class Case(Record, Table):
    """One certification case, pinned to an edition, a rule pack and a certification body for its whole life."""

    __tablename__ = "case"
    __table_args__ = (
        Index("ix_case_queue", "body_id", "status", "status_since"),
        Index("ix_case_client_queue", "client_id", "status_since"),
        CheckConstraint(
            "(reviewed_at IS NULL) = (review_verdict IS NULL)", name="review_ends_with_a_recommendation"
        ),
    )

    kind: Mapped[Kind]
    client_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("training_service.id"), index=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    edition: Mapped[str]
    edition_digest: Mapped[str]
    rule_pack: Mapped[str]
    rule_pack_digest: Mapped[str]
    status: Mapped[State] = mapped_column(default=State.DRAFT)
    opened_at: Mapped[datetime]
    status_since: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    """When the client first sent the application; until then it is the client's own business."""
    paused_seconds: Mapped[int] = mapped_column(default=0)
    """How long the clock of the body has stood still so far, waiting for information from the client."""
    paused_reason: Mapped[str] = mapped_column(Text, default="")
    owner: Mapped[str] = mapped_column(default="", index=True)
    """The case officer: a person's reference; empty until somebody begins the application review."""
    owner_name: Mapped[str] = mapped_column(default="")
    certificate_number: Mapped[str] = mapped_column(default="")
    """The certificate a follow-up looks at; empty otherwise."""
    agreement_id: Mapped[int | None] = mapped_column(
        ForeignKey("agreement.id", use_alter=True, name="fk_case_agreement_id")
    )
    """The agreement under which the case is worked on; a follow-up goes on under that of the certificate."""
    verdict: Mapped[Verdict | None]
    """What the lead assessor recommends."""
    report: Mapped[str] = mapped_column(Text, default="")
    results_digest: Mapped[str] = mapped_column(default="")
    """SHA-256 over every result and finding as they stood when the evaluation was completed."""
    reviewed_at: Mapped[datetime | None]
    reviewer_name: Mapped[str] = mapped_column(default="")
    review_verdict: Mapped[Verdict | None]
    review_reasons: Mapped[str] = mapped_column(Text, default="")


class CaseCounter(Table):
    """The last number a certification body gave to a case."""

    __tablename__ = "case_counter"

    body_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    last: Mapped[int]


class Application(Record, Table):
    """The application as it is typed; frozen as an ApplicationVersion when it is sent."""

    __tablename__ = "application"

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), unique=True)
    legal_name: Mapped[str] = mapped_column(default="")
    legal_identity: Mapped[str] = mapped_column(default="")
    sites: Mapped[str] = mapped_column(Text, default="")
    specialist_modules: Mapped[str] = mapped_column(Text, default="")
    outsourced: Mapped[str] = mapped_column(Text, default="")
    consultant_used: Mapped[bool] = mapped_column(default=False)
    consultant_name: Mapped[str] = mapped_column(default="")
    consultant_organisation: Mapped[str] = mapped_column(default="")
    consultant_email: Mapped[str | None]
    notes: Mapped[str] = mapped_column(Text, default="")
    saved_at: Mapped[datetime | None]


class ApplicationVersion(Table):
    """What was sent, for good."""

    __tablename__ = "application_version"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    digest: Mapped[str]
    by: Mapped[str]
    by_name: Mapped[str]
    at: Mapped[datetime]


class ScopeItem(Record, Table):
    """A curriculum version that is to be certified, and what was decided on it."""

    __tablename__ = "scope_item"
    __table_args__ = (UniqueConstraint("case_id", "version_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("curriculum_version.id"), index=True)
    outcome: Mapped[Outcome | None]


class CaseAffiliate(Table):
    """An affiliate that is to stand on the certificate."""

    __tablename__ = "case_affiliate"

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    affiliate_id: Mapped[int] = mapped_column(ForeignKey("affiliate.id"), primary_key=True)


class CaseTrainer(Table):
    """A senior trainer named in the application."""

    __tablename__ = "case_trainer"

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    trainer_id: Mapped[int] = mapped_column(ForeignKey("trainer_appointment.id"), primary_key=True)


class ApplicationCheck(Table):
    """One line of the application review's checklist, ticked by somebody (ISO/IEC 17065, 7.3.1)."""

    __tablename__ = "application_check"

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    item: Mapped[Check] = mapped_column(primary_key=True)
    by_name: Mapped[str]
    at: Mapped[datetime]


class InformationRequest(Record, Table):
    """A question to the client during the application review, and the answer."""

    __tablename__ = "information_request"

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    question: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]


class Agreement(Record, Table):
    """The certification agreement: the text that both sides accepted, by its digest."""

    __tablename__ = "agreement"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    digest: Mapped[str]
    made_at: Mapped[datetime]


class Acceptance(Table):
    """One side accepted one agreement: who, when, and the digest of the words they were shown."""

    __tablename__ = "acceptance"
    __table_args__ = (UniqueConstraint("agreement_id", "side"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"))
    side: Mapped[str]
    digest: Mapped[str]
    by: Mapped[str]
    by_name: Mapped[str]
    at: Mapped[datetime]


class PlannedAudit(Table):
    """One evaluation of the plan."""

    __tablename__ = "planned_audit"

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    kind: Mapped[AuditKind] = mapped_column(primary_key=True)
    on: Mapped[date] = mapped_column("planned_on")
    place: Mapped[str]


class Assignment(Record, Table):
    """Somebody on the evaluation team, what the client says to it, and the answer."""

    __tablename__ = "assignment"
    __table_args__ = (UniqueConstraint("case_id", "person"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    person: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    role: Mapped[TeamRole]
    objection: Mapped[str] = mapped_column(Text, default="")
    objected_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]

    @property
    def objection_open(self) -> bool:
        return self.objected_at is not None and self.answered_at is None


class ReviewNote(Record, Table):
    """What a reviewer noted on one part of the case, and how it was resolved."""

    __tablename__ = "review_note"

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    section: Mapped[Section]
    text: Mapped[str] = mapped_column(Text)
    by: Mapped[str]
    by_name: Mapped[str]
    at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(Text, default="")
    closed_by: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]


class Decision(Table):
    """What was decided, by whom, why, and on what it rests. Never changed: another decision follows it."""

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    ref: Mapped[str] = mapped_column(unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    step: Mapped[str]
    reasons: Mapped[str] = mapped_column(Text)
    by: Mapped[str]
    by_name: Mapped[str]
    at: Mapped[datetime]
    on: Mapped[date] = mapped_column("decided_on")
    relied_on: Mapped[dict[str, Any]]
    digest: Mapped[str]
    """SHA-256 over the canonical bytes of everything relied on."""


for _table in ("application_version", "acceptance", "decision"):
    append_only(_table)
