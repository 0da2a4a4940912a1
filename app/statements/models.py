"""The table of signed statements: what was asked, the answer frozen as canonical JSON, and the files made of it."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Key, Table
from app.ledger.models import Sealed
from app.statements.rules import Kind

_FIRST = text("replaces_id IS NULL")
_UNTOLD = text("entry IS NULL")


class SignedStatement(Sealed, Table):
    """One answer somebody asked to have signed. Asked again of the same register, it is the same row and the same files.

    But where others may have known a key that made those: then another row with the same answer takes its place.
    """

    __tablename__ = "signed_statement"
    __table_args__ = (
        Index("ix_signed_statement_untold", "entry", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD),
        Index("uq_signed_statement_question", "kind", "subject_ref", "on_day", "known_at", "size", unique=True, sqlite_where=_FIRST, postgresql_where=_FIRST),
    )  # fmt: skip

    kind: Mapped[Kind]
    subject_ref: Mapped[str]
    on_day: Mapped[date]
    """The day the question is about."""
    known_at: Mapped[datetime]
    """The moment whose knowledge it is about."""
    size: Mapped[int] = mapped_column(Key)
    """How many entries the ledger had when it was asked."""
    content: Mapped[str] = mapped_column(Text)
    """What is said, as canonical JSON (RFC 8785): frozen when it was asked, everything else is made of it."""
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("signed_statement.id"), unique=True)
    """The statement it took the place of."""
    asked_at: Mapped[datetime]
