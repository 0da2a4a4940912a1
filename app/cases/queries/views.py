"""What the pages of cases show: plain values, already narrowed to the actor."""

from datetime import date, datetime

from app.audits.queries import AuditLine, FindingLine
from app.kernel.casework import Casework, StageView, ToneView, TurnView
from app.kernel.fields import View
from app.papers.queries import SealedPaperView


class FactView(View):
    """A name and a value."""

    name: str
    value: str


class ItemView(View):
    """A curriculum version applied for, and what was decided on it."""

    ref: str
    version_ref: str
    title: str
    opens: bool
    """Whether the reader may open the page of the version."""
    outcome: ToneView | None


class SentView(View):
    """The application as it was sent."""

    number: int
    at: datetime
    by: str
    digest: str


class RequestView(View):
    """A question to the client and the answer."""

    question: str
    asked_by: str
    asked_at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None


class AcceptanceView(View):
    """One side's acceptance of the agreement."""

    side: str
    by: str
    at: datetime


class AgreementView(View):
    """The agreement: the very words, their digest, and who accepted them."""

    number: int
    text: str
    digest: str
    accepted: list[AcceptanceView]
    in_force: bool


class MemberView(View):
    """Somebody on the team."""

    name: str
    role: str
    objection: str
    answer: str
    open: bool


class PlannedView(View):
    """One evaluation of the plan."""

    kind: str
    on: date
    place: str


class NoteView(View):
    """A review note."""

    ref: str
    section: str
    text: str
    by: str
    at: datetime
    answer: str
    closed_by: str


class RecommendationView(View):
    """What somebody recommends, and why."""

    word: str
    reasons: str
    by: str
    at: datetime | None


class DecisionView(View):
    """What was decided."""

    word: ToneView
    reasons: str
    by: str
    on: date
    digest: str
    paper: SealedPaperView | None
    """The decision on paper, sealed; None when it says nothing to the client."""


class CaseView(Casework):
    """The page of one case: each party sees its part."""

    kind: str
    client: str
    client_ref: str
    body: str
    body_ref: str
    service_ref: str
    edition: str
    rule_pack: str
    word: ToneView
    stages: list[StageView]
    turn: TurnView | None
    blocks: list[str]
    opened_at: datetime
    age_days: int
    paused: str
    owner: str
    inside: bool
    editable: bool
    missing: list[str]
    scope: list[ItemView]
    affiliates: list[str]
    trainers: list[str]
    application: list[FactView]
    sent: SentView | None
    requests: list[RequestView]
    checks: list[str]
    agreement: AgreementView | None
    team: list[MemberView]
    planned: list[PlannedView]
    audits: list[AuditLine]
    findings: list[FindingLine]
    evaluation: RecommendationView | None
    notes: list[NoteView]
    review: RecommendationView | None
    decisions: list[DecisionView]
    certificate: str
    withdrawal_due: date | None
    """Since when the withdrawal of that certificate is due."""
    may_appeal: bool
    """The reader speaks for the client, and something was decided against it."""


class AgreementPage(View):
    """The agreement by itself, to be read and accepted."""

    ref: str
    version: int
    client: str
    body: str
    agreement: AgreementView
    step: str
    """The step the actor can take here now, or nothing."""
    barred: str


class GapView(View):
    """Something the application lacks."""

    field: str
    what: str


class CaseLine(View):
    """A case in a list."""

    ref: str
    kind: str
    client: str
    body: str
    word: ToneView
    turn: str
    mine: bool
    owner: str
    since: datetime
    days: int
    late: bool


class QueueView(View):
    """The work queue: what waits longest comes first."""

    items: list[CaseLine]
    next: str | None
    state: str | None
    owner: str | None
    late: bool
    mine: bool
    older: int | None
    every: bool
    states: list[tuple[str, str]]
    owners: list[tuple[str, str]]
    may_apply: bool
    may_follow_up: bool
