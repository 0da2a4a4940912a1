"""The rules of an evaluation: its states and those of findings, results, guards and forms; pure."""

from app.audits.rules.audits import (
    AUDIT,
    AuditFacts,
    AuditStatus,
    Outcome,
    RecordResult,
    reason_is_missing,
)
from app.audits.rules.findings import (
    FINDING,
    Accepted,
    Answer,
    AnswerKind,
    DraftFinding,
    FindingFacts,
    FindingStatus,
    Implementation,
    Objection,
    Reasoned,
    ReviseFinding,
    VerdictKind,
    effective_grade,
    is_overdue,
)

EVALUATED: tuple[str, ...] = (
    "audit.begun",
    "audit.result_recorded",
    "audit.evidence_added",
    "audit.completed",
    "finding.drafted",
    "finding.revised",
    "finding.issued",
    "finding.plan_accepted",
    "finding.returned",
    "finding.implementation_returned",
    "finding.closed",
    "finding.upheld",
    "finding.upgraded",
    "finding.withdrawn",
)
"""What makes a person an evaluator of a case, for `independent_of` (ISO/IEC 17065, 7.5.1 and 7.6.2)."""

__all__ = [
    "AUDIT",
    "EVALUATED",
    "FINDING",
    "Accepted",
    "Answer",
    "AnswerKind",
    "AuditFacts",
    "AuditStatus",
    "DraftFinding",
    "FindingFacts",
    "FindingStatus",
    "Implementation",
    "Objection",
    "Outcome",
    "Reasoned",
    "RecordResult",
    "ReviseFinding",
    "VerdictKind",
    "effective_grade",
    "is_overdue",
    "reason_is_missing",
]
