"""What can be done in evaluations: opening and closing them, recording results, findings, answers and verdicts."""

from app.audits.commands.answers import (
    accept_implementation,
    accept_plan,
    close,
    dispute,
    report_implemented,
    respond,
    return_answer,
    return_implementation,
    uphold,
)
from app.audits.commands.audits import close_audits, open_audit, reopen_audits
from app.audits.commands.findings import (
    draft_finding,
    issue_findings,
    revise,
    upgrade,
    upgrade_overdue,
    withdraw,
)
from app.audits.commands.recording import record_result

__all__ = [
    "accept_implementation",
    "accept_plan",
    "close",
    "close_audits",
    "dispute",
    "draft_finding",
    "issue_findings",
    "open_audit",
    "record_result",
    "reopen_audits",
    "report_implemented",
    "respond",
    "return_answer",
    "return_implementation",
    "revise",
    "upgrade",
    "upgrade_overdue",
    "uphold",
    "withdraw",
]
