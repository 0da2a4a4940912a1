"""People, what they are to which organisation, what they may be trusted with, and everything they sign in with."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Key, Record, Table
from app.people.rules import Tied
from app.permissions import Permission, Role

_OPEN = text("to_on is null")


class Person(Record, Table):
    """One account of one person. `same_as_id` leads to the account that stands for the person, when there are two."""

    __tablename__ = "person"

    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    same_as_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)


class Membership(Record, Table):
    """A role a person has for an organisation, from a day until the day before another."""

    __tablename__ = "membership"
    __table_args__ = (
        Index(
            "uq_membership_open",
            "person_id",
            "organisation_id",
            "role",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[Role]
    from_on: Mapped[date]
    to_on: Mapped[date | None]


class SecondFactor(Record, Table):
    """The secret an authenticator app shares with us, encrypted; `last_step` makes each of its codes work once."""

    __tablename__ = "second_factor"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    secret: Mapped[str]
    last_step: Mapped[int] = mapped_column(default=0)
    confirmed_at: Mapped[datetime | None]


class RecoveryCode(Table):
    """A code for the day the app is lost; only its digest is known, and it works once."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("person_id", "digest"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    digest: Mapped[str]
    used_at: Mapped[datetime | None]


class Session(Record, Table):
    """A browser that is signed in; the cookie holds the random id, the row only its SHA-256."""

    __tablename__ = "session"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    digest: Mapped[str] = mapped_column(unique=True)
    second_factor: Mapped[bool] = mapped_column(default=False)
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(default="")
    device: Mapped[str] = mapped_column(default="")


class Token(Record, Table):
    """A key for a program, made by a person with at most that person's rights in one organisation; only its SHA-256 is kept."""

    __tablename__ = "token"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)
    second_factor: Mapped[bool]
    made_at: Mapped[datetime]
    expires_on: Mapped[date]
    ended_at: Mapped[datetime | None]


class TokenScope(Table):
    """One permission that a token may use."""

    __tablename__ = "token_scope"

    token_id: Mapped[int] = mapped_column(ForeignKey("token.id"), primary_key=True)
    permission: Mapped[Permission] = mapped_column(primary_key=True)


class Invitation(Record, Table):
    """A letter that asks somebody to join an organisation; the link works once, for seven days."""

    __tablename__ = "invitation"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str]
    email: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)
    invited_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class InvitationRole(Table):
    """One role that an invitation offers."""

    __tablename__ = "invitation_role"

    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(primary_key=True)


class Recovery(Record, Table):
    """Somebody asked for a new password; whether the address has an account is looked up later, by the worker."""

    __tablename__ = "recovery"

    email: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    digest: Mapped[str | None] = mapped_column(unique=True)
    asked_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Attempt(Table):
    """How often somebody failed lately, for an account or an address; the key is a keyed digest, never the thing itself."""

    __tablename__ = "attempt"

    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]


class Competence(Record, Table):
    """A certification body trusts a person with a role, for all requirements or one group of them."""

    __tablename__ = "competence"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[Role]
    clause_group: Mapped[str] = mapped_column(default="")
    evidence: Mapped[str]
    from_on: Mapped[date]
    to_on: Mapped[date | None]


class Interest(Record, Table):
    """A tie between a person and an organisation that could colour a judgement, declared or known from our records."""

    __tablename__ = "interest"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[Tied]
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    declared: Mapped[bool]
    about: Mapped[str] = mapped_column(default="")
