"""The search's own tables: what each published certificate is filed under, and for each of these terms the certificates that have it.

They repeat what the register says elsewhere, written in the transaction of each change; `rrn check` compares the two.
"""

from typing import Any

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Table


class RegisterEntry(Table):
    """One certificate the public was told of, as the search files it and as a list shows it."""

    __tablename__ = "register_entry"

    certificate_id: Mapped[int] = mapped_column(
        ForeignKey("certificate.id"), primary_key=True, autoincrement=False
    )
    filed: Mapped[dict[str, Any]]
    """Words, numbers, labels and periods (`app.registry.queries.terms.Filed`): every term follows from them."""
    shown: Mapped[dict[str, Any]]
    """Names, curricula and scopes (`app.registry.queries.terms.Shown`); its status comes from the history."""


class RegisterTerm(Table):
    """The certificates of one block of ids that have a term, as places in the block."""

    __tablename__ = "register_term"
    __table_args__ = ({"sqlite_with_rowid": False},)

    term: Mapped[str] = mapped_column(primary_key=True)
    block: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    places: Mapped[bytes] = mapped_column(LargeBinary)


class RegisterWord(Table):
    """A word of the register under each spelling it is also found by when somebody mistypes it."""

    __tablename__ = "register_word"
    __table_args__ = ({"sqlite_with_rowid": False},)

    spelling: Mapped[str] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(primary_key=True)
