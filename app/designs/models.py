"""Which design a certification body chose, and when."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Key, Table, new_ref
from app.kernel.journal import append_only


class DesignChoice(Table):
    """From this moment on a body's first certificates are drawn with this design. Only ever added; the newest counts."""

    __tablename__ = "design_choice"

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    ref: Mapped[str] = mapped_column(unique=True, default=new_ref)
    body_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    design: Mapped[str]
    chosen_at: Mapped[datetime]

    @property
    def thread(self) -> str:
        """The chain of journal events of a body's choices."""
        return f"design:{self.body_id}"


append_only("design_choice")
