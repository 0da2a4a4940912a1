"""The tables of complaints: the matter itself, and what was gathered on it."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.complaints.rules import Matter, Outcome, State
from app.kernel.database import Key, Record, Table
from app.kernel.journal import append_only

_STANDS = text("against_id IS NOT NULL AND status <> 'taken_back'")


class Complaint(Record, Table):
    """A complaint, an appeal or a concern on the desk of whoever has to deal with it."""

    __tablename__ = "complaint"
    __table_args__ = (
        Index("ix_complaint_desk", "desk_id", "status", "received_at"),
        Index("uq_complaint_against", "against_id", unique=True, sqlite_where=_STANDS, postgresql_where=_STANDS),
    )  # fmt: skip

    matter: Mapped[Matter]
    status: Mapped[State] = mapped_column(default=State.RECEIVED)
    status_since: Mapped[datetime]
    desk_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    """RRN or the certification body that deals with it."""
    rule_pack: Mapped[str]
    received_at: Mapped[datetime]
    acknowledge_by: Mapped[date]
    decide_by: Mapped[date | None]
    """Only appeals have a day in the rules."""
    from_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    """The organisation of whoever sent it, if they were signed in."""
    by: Mapped[str] = mapped_column(default="", index=True)
    by_name: Mapped[str] = mapped_column(default="")
    email: Mapped[str | None]
    """Where letters about it go, if somebody left an address; emptied when the matter is over."""
    code_digest: Mapped[str | None] = mapped_column(unique=True)
    """SHA-256 of the code with which a report is followed; the code itself is kept nowhere."""
    about_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    about_name: Mapped[str] = mapped_column(default="")
    number: Mapped[str] = mapped_column(default="")
    """The certificate number as it was typed."""
    place: Mapped[str] = mapped_column(default="")
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"), index=True)
    against_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    """The event of the decision an appeal is against; a decision is appealed against once."""
    words: Mapped[str] = mapped_column(Text)
    handler: Mapped[str] = mapped_column(default="", index=True)
    """Who looks into it and decides: a person's reference, of somebody who had no part in the matter."""
    handler_name: Mapped[str] = mapped_column(default="")
    outcome: Mapped[Outcome | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    """What whoever sent it is told in the end."""
    reasons: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None]


class ComplaintNote(Table):
    """What was found out, with a document perhaps. Only ever added."""

    __tablename__ = "complaint_note"

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    by: Mapped[str]
    by_name: Mapped[str]
    at: Mapped[datetime]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))


append_only("complaint_note")
