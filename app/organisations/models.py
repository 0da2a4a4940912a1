"""Legal bodies, the names they have had, and the numbers they have in other registers."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Key, Record, Table
from app.organisations.rules import Scheme
from app.permissions import Seat
from app.standards.rules import Nation


class Organisation(Record, Table):
    """One legal body, whatever it is to the scheme; `name` is the one it has now."""

    __tablename__ = "organisation"
    __table_args__ = (CheckConstraint("code is null or seat = 'certification_body'", name="code_of_a_body"),)

    seat: Mapped[Seat] = mapped_column(index=True)
    name: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str | None]
    nation: Mapped[Nation]
    email: Mapped[str | None]
    website: Mapped[str | None]
    code: Mapped[str | None] = mapped_column(unique=True)
    skeleton: Mapped[str] = mapped_column(index=True)


class OrganisationName(Table):
    """A name an organisation had from a day until the day before another."""

    __tablename__ = "organisation_name"
    __table_args__ = (
        UniqueConstraint("organisation_id", "from_on"),
        Index(
            "uq_organisation_name_now",
            "organisation_id",
            unique=True,
            sqlite_where=text("to_on is null"),
            postgresql_where=text("to_on is null"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str]
    skeleton: Mapped[str] = mapped_column(index=True)
    search_text: Mapped[str] = mapped_column(index=True)
    from_on: Mapped[date]
    to_on: Mapped[date | None]


class Identifier(Table):
    """The number of an organisation in one register of the United Kingdom."""

    __tablename__ = "identifier"
    __table_args__ = (UniqueConstraint("scheme", "value"), UniqueConstraint("organisation_id", "scheme"))

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    scheme: Mapped[Scheme]
    value: Mapped[str]
