"""The one table of marks: every logo file that was handed out, each with an id of its own."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Record, Table
from app.kernel.journal import append_only
from app.marks.rules import FileKind


class LogoFile(Record, Table):
    """One file with the mark: for which certificate, for whom, as what. Its reference stands in the drawing."""

    __tablename__ = "logo_file"

    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    made_for_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    made_by: Mapped[str]
    kind: Mapped[FileKind]
    digest: Mapped[str]
    at: Mapped[datetime]


append_only("logo_file")
