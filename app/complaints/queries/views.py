"""What the pages of complaints show: to the public its progress, to the desk everything, to the appellant their part."""

from datetime import date, datetime

from app.kernel.casework import Casework, ToneView, TurnView
from app.kernel.fields import View


class SentView(View):
    """What is shown once when a report has arrived; the code is kept nowhere."""

    ref: str = ""
    code: str = ""
    desk: str = ""
    acknowledge_by: date | None = None


class ProgressView(View):
    """What whoever holds reference and code may read: where it stands, and the answer."""

    ref: str = ""
    matter: str = ""
    sentence: str = ""
    received_at: datetime | None = None
    acknowledge_by: date | None = None
    """Only while it is not acknowledged yet."""
    outcome: str = ""
    answer: str = ""


class NoteView(View):
    """One thing that was found out."""

    text: str
    by: str
    at: datetime
    document: str
    document_name: str


class CandidateView(View):
    """Somebody whose role it is to decide complaints, and what speaks against them here."""

    name: str
    why_not: str


class ComplaintView(Casework):
    """One complaint, appeal or concern."""

    title: str
    is_appeal: bool
    word: ToneView
    turn: TurnView
    desk: str
    inside: bool
    """Whether the reader sits at the desk that deals with it."""
    received_at: datetime
    acknowledge_by: date | None
    """Only while it is not acknowledged yet."""
    decide_by: date | None
    decided_at: datetime | None
    sent_by: str
    about: str
    number: str
    place: str
    against: str
    against_on: date | None
    against_href: str
    stays_effect: bool
    words: str
    handler: str
    reach: str
    """The address of whoever sent it, for the one who looks into it."""
    notes: list[NoteView]
    people: list[CandidateView]
    outcome: str
    answer: str
    reasons: str
    new_decision: bool
    """An appeal was upheld: the body decides anew."""


class AppealTermsView(View):
    """What the rules of the scheme say about an appeal, in sentences."""

    clock: str
    effect: str


class ComplaintLine(View):
    """One row of the list."""

    ref: str
    title: str
    about: str
    word: ToneView
    received_at: datetime
    due_on: date | None
    late: bool
    handler: str


class ComplaintList(View):
    """The complaints and appeals the reader may know of."""

    items: list[ComplaintLine]
    next: str | None
    every: bool
    may_appeal: bool
    inside: bool
