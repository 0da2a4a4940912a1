"""The table of sealed papers: what each says, and the files made of it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Key, Table
from app.ledger.models import Sealed
from app.papers.rules import PaperKind

_UNTOLD = text("entry IS NULL")


class Paper(Sealed, Table):
    """One paper, ordered by one event. What it says never changes; its files come once, and then never change either."""

    __tablename__ = "paper"
    __table_args__ = (
        Index("ix_paper_subject", "kind", "subject_id"),
        Index("ix_paper_waiting", "sealed_at"),
        Index("ix_paper_untold", "entry", sqlite_where=_UNTOLD, postgresql_where=_UNTOLD),
    )

    kind: Mapped[PaperKind]
    subject_id: Mapped[int] = mapped_column(Key)
    """The row whose page it is on: an audit, a case or a licence, by kind."""
    about: Mapped[str]
    """The reference of what it is about: of that row, or of a decision in it."""
    owner: Mapped[str]
    """Whose keys seal it: a body's reference, or RRN's."""
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), unique=True)
    content: Mapped[str] = mapped_column(Text)
    """What it says, as canonical JSON (RFC 8785)."""
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("paper.id"), unique=True)
    """The paper whose words it repeats, because others may have known a key that made that one."""
    ordered_at: Mapped[datetime]
    held: Mapped[str] = mapped_column(Text, default="")
    """Why it waits, in a sentence; empty when it does not."""
