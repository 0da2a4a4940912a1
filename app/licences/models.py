"""The tables of licences and accreditations, each with the history of its status."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Key, Record, Table
from app.kernel.journal import append_only
from app.licences.rules import AccreditationState, LicenceState

_OPEN = text("status NOT IN ('withdrawn', 'resigned', 'declined')")


class Licence(Record, Table):
    """What RRN granted to one certification body; a body has at most one that is not over."""

    __tablename__ = "licence"
    __table_args__ = (
        Index("uq_licence_open", "body_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    body_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    status: Mapped[LicenceState] = mapped_column(default=LicenceState.APPLIED)
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]
    """The last day of the licence."""
    editions: Mapped[list[str]] = mapped_column(default=list)
    agreement_digest: Mapped[str] = mapped_column(default="")
    """SHA-256 of the agreement both sides signed, in hex."""
    royalty_percent: Mapped[int] = mapped_column(default=0)


class Accreditation(Record, Table):
    """What UKAS accredited the body for; UKAS alone changes it, RRN only records it."""

    __tablename__ = "accreditation"

    body_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    ukas_number: Mapped[str]
    scope: Mapped[str]
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    status: Mapped[AccreditationState] = mapped_column(default=AccreditationState.ACTIVE)


class Change:
    """One change of status. `effective_on` answers "what was it on that day?", `recorded_at` "what did we say then?"."""

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    effective_on: Mapped[date]
    to_on: Mapped[date | None]
    """The last day of the term as agreed when this was recorded, so that a gap before a renewal stays a gap."""
    recorded_at: Mapped[datetime]
    reason_code: Mapped[str]
    public_text: Mapped[str]
    private_text: Mapped[str]
    by: Mapped[str]
    """The person who recorded it."""


class LicenceStatus(Change, Table):
    """One change of a licence. Only ever added."""

    __tablename__ = "licence_status"

    licence_id: Mapped[int] = mapped_column(ForeignKey("licence.id"), index=True)
    before: Mapped[LicenceState | None]
    status: Mapped[LicenceState]


class AccreditationStatus(Change, Table):
    """One change of an accreditation. Only ever added."""

    __tablename__ = "accreditation_status"

    accreditation_id: Mapped[int] = mapped_column(ForeignKey("accreditation.id"), index=True)
    before: Mapped[AccreditationState | None]
    status: Mapped[AccreditationState]


append_only("licence_status")
append_only("accreditation_status")
