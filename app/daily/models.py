"""The table of reports, one a day."""

from datetime import date, datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Key, Record, Table


class DayReport(Record, Table):
    """One day, closed once. What it says never changes; its paper follows."""

    __tablename__ = "day_report"

    day: Mapped[date] = mapped_column(unique=True)
    size: Mapped[int] = mapped_column(Key)
    """Entries of the log when the day ended."""
    content: Mapped[str] = mapped_column(Text)
    """What it says, as canonical JSON (RFC 8785)."""
    digest: Mapped[str]
    """SHA-256 of that."""
    made_at: Mapped[datetime]
