"""The tables of certificates: the certificate, its versions, what is on them, the history of every status; and of keys."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column

from app.certificates.rules import KeyEnd, KeyOrderState, KeyTask, ReissueState, Status
from app.kernel.database import Key, Record, Table
from app.kernel.journal import append_only
from app.organisations.rules import search_text


def _folded_title(context: DefaultExecutionContext) -> str:
    return search_text(context.get_current_parameters()["title"])  # type: ignore[no-untyped-call]


class Certificate(Record, Table):
    """One certificate. Its number is never used again and resolves for ever (domain page, invariant 10)."""

    __tablename__ = "certificate"
    __table_args__ = (
        CheckConstraint("starts_on >= granted_on", name="begins_after_grant"),
        CheckConstraint("expires_on > starts_on", name="ends_after_beginning"),
    )

    number: Mapped[str] = mapped_column(unique=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("training_service.id"), index=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    case_ref: Mapped[str] = mapped_column(index=True)
    case_thread: Mapped[str] = mapped_column(default="")
    """The history of the case that granted it: whoever evaluated there does not decide here."""
    decision_ref: Mapped[str] = mapped_column(unique=True)
    edition: Mapped[str]
    rule_pack: Mapped[str]
    status: Mapped[Status] = mapped_column(default=Status.GRANTED)
    granted_on: Mapped[date]
    starts_on: Mapped[date] = mapped_column(index=True)
    expires_on: Mapped[date] = mapped_column(index=True)


class CertificateCounter(Table):
    """The last serial number a body has used; locked while a number is taken."""

    __tablename__ = "certificate_counter"

    body_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    last: Mapped[int]


class CertificateItem(Table):
    """One curriculum version on a certificate, certified from a day on; its status is in the history."""

    __tablename__ = "certificate_item"
    __table_args__ = (UniqueConstraint("certificate_id", "curriculum_version_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    curriculum_id: Mapped[int] = mapped_column(ForeignKey("curriculum.id"), index=True)
    curriculum_version_id: Mapped[int] = mapped_column(ForeignKey("curriculum_version.id"))
    title: Mapped[str]
    number: Mapped[int]
    """The number of the curriculum's version."""
    search_text: Mapped[str] = mapped_column(default=_folded_title)
    """The title without case and accents, as people search for it."""


_TO_ISSUE = text("issued_at IS NULL")


class CertificateVersion(Table):
    """One version of the paper: the statement frozen at the decision, then the digests of what was issued."""

    __tablename__ = "certificate_version"
    __table_args__ = (
        UniqueConstraint("certificate_id", "number"),
        UniqueConstraint("body_id", "status_list", "status_index"),
        Index(
            "ix_certificate_version_to_issue", "issued_at", sqlite_where=_TO_ISSUE, postgresql_where=_TO_ISSUE
        ),
        CheckConstraint("status_index >= 0 and status_index < 131072", name="place_in_list"),
        CheckConstraint(
            "issued_at is null or (pdf_digest is not null and credential_digest is not null and ledger_number is not null)",
            name="published_whole",
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    number: Mapped[int]
    statement: Mapped[str]
    """The canonical statement (RFC 8785), as text."""
    design: Mapped[str]
    decided_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]
    pdf_digest: Mapped[str | None]
    credential_digest: Mapped[str | None]
    statement_digest: Mapped[str]
    seal_key: Mapped[str | None] = mapped_column(index=True)
    """The key that sealed it, by its thumbprint."""
    credential_key: Mapped[str | None] = mapped_column(index=True)
    ledger_number: Mapped[int | None]
    body_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    status_list: Mapped[int]
    status_index: Mapped[int]
    """The entry in that list of the body, chosen at random so that it tells nothing about the certificate."""
    held: Mapped[str | None]
    """Why it is ready and not published: the sentence about the licence that stood in the way."""
    reprint: Mapped[bool] = mapped_column(default=False)
    """It says what the version before says, on new paper: until it is public the one before counts."""


class CertificateStatus(Table):
    """One change of status, of a whole certificate (`item_id` empty) or of one curriculum on it. Only ever added.

    `effective_on` answers "was it certified on that day?", `recorded_at` answers "what did we say on that day?".
    """

    __tablename__ = "certificate_status"
    __table_args__ = (Index("ix_certificate_status_known", "certificate_id", "recorded_at"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("certificate_item.id"))
    before: Mapped[Status | None]
    status: Mapped[Status]
    effective_on: Mapped[date]
    recorded_at: Mapped[datetime]
    by: Mapped[str]
    reason_code: Mapped[str]
    public_text: Mapped[str]
    private_text: Mapped[str]
    ends_when: Mapped[str] = mapped_column(default="")
    """What ends a suspension, in words."""
    limit_on: Mapped[date | None]
    """The day a suspension runs out and withdrawal is due."""
    contact: Mapped[str] = mapped_column(default="")


class SignedStatusList(Table):
    """The newest signed status list of a body for one purpose, as it is served (Bitstring Status List 1.0)."""

    __tablename__ = "signed_status_list"

    body_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str]
    as_of: Mapped[int] = mapped_column(Key)
    """The size of the ledger it was made from; an older one never takes the place of a newer."""
    signed_at: Mapped[datetime]


class PastStatusList(Table):
    """A signed status list that another took the place of, bit for bit as it was served from `signed_at` until `until`."""

    __tablename__ = "past_status_list"
    __table_args__ = (Index("ix_past_status_list_until", "body_id", "purpose", "number", "until"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    purpose: Mapped[str]
    number: Mapped[int]
    token: Mapped[str]
    as_of: Mapped[int] = mapped_column(Key)
    signed_at: Mapped[datetime]
    until: Mapped[datetime]


class LicenceCredential(Table):
    """RRN's credential about the licence of a body, one row a version. Only ever added; the newest counts."""

    __tablename__ = "licence_credential"
    __table_args__ = (
        UniqueConstraint("body_id", "number"),
        UniqueConstraint("status_list", "status_index"),
        CheckConstraint("status_index >= 0 and status_index < 131072", name="place_in_list"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    licence_id: Mapped[int] = mapped_column(ForeignKey("licence.id"), index=True)
    number: Mapped[int]
    """Its version, counted for each body."""
    content: Mapped[str]
    """What it says, as canonical JSON (RFC 8785)."""
    token: Mapped[str]
    credential_key: Mapped[str] = mapped_column(index=True)
    made_at: Mapped[datetime]
    status_list: Mapped[int]
    status_index: Mapped[int]
    """The entry in that list of RRN's own."""


class Endorsement(Table):
    """The word of a body that the service of a certificate, or a curriculum on it, is certified: for badges. Only ever added."""

    __tablename__ = "endorsement"
    __table_args__ = (UniqueConstraint("version_id", "about"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("certificate_version.id"))
    about: Mapped[str]
    """The reference of the service's organisation, or of the curriculum."""
    token: Mapped[str]
    made_at: Mapped[datetime]


_OPEN = text("status IN ('asked', 'confirmed')")


class KeyOrder(Record, Table):
    """Two people's order to make or withdraw keys; each owner has at most one that is not over."""

    __tablename__ = "key_order"
    __table_args__ = (
        Index("uq_key_order_open", "owner", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    owner: Mapped[str]
    """The ref of a certification body, or `rrn` for the log."""
    task: Mapped[KeyTask]
    status: Mapped[KeyOrderState] = mapped_column(default=KeyOrderState.ASKED)
    reason: Mapped[str]
    asked_at: Mapped[datetime]


class KeyNotice(Table):
    """A key counts no more from a moment on, as the public was told. Only ever added; the earliest moment counts."""

    __tablename__ = "key_notice"

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    ref: Mapped[str] = mapped_column(index=True)
    """The key, by its thumbprint."""
    purpose: Mapped[str]
    owner: Mapped[str]
    end: Mapped[KeyEnd]
    since: Mapped[datetime]
    recorded_at: Mapped[datetime]
    public_text: Mapped[str]
    said_by: Mapped[str]
    """Who said so, in words, where nobody is signed in."""

    @property
    def thread(self) -> str:
        """The chain of journal events of the key."""
        return f"key:{self.ref}"


class KeyAnnouncement(Table):
    """The log told of a key: that it was made and signs from a moment on, or that its planned use ends at one. Only ever added."""

    __tablename__ = "key_announcement"
    __table_args__ = (UniqueConstraint("ref", "ends", "at"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    ref: Mapped[str]
    """The key, by its thumbprint."""
    ends: Mapped[bool]
    """False: it was made. True: its use ends, because another takes its place."""
    at: Mapped[datetime]
    """From when it signs, or until when."""
    recorded_at: Mapped[datetime]

    @property
    def thread(self) -> str:
        """The chain of journal events of the key."""
        return f"key:{self.ref}"


class SignedRevocationList(Table):
    """The newest list of revoked seals of each root, as it is served (RFC 5280)."""

    __tablename__ = "signed_revocation_list"

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    """The number of the root that signed it, counted from 1 in the order they were made."""
    content: Mapped[bytes]
    as_of: Mapped[int] = mapped_column(Key)
    """The newest notice in it; an older list never takes the place of a newer."""
    signed_at: Mapped[datetime]


_UNFINISHED = text("status IN ('running', 'stopped')")


class Reissue(Record, Table):
    """New paper for every certificate of a body that stood when it was asked for; a body has at most one that is not over."""

    __tablename__ = "reissue"
    __table_args__ = (
        Index("uq_reissue_unfinished", "body_id", unique=True, sqlite_where=_UNFINISHED, postgresql_where=_UNFINISHED),
    )  # fmt: skip

    body_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    key: Mapped[str] = mapped_column(default="")
    """Only certificates whose newest paper was made with this key, by its thumbprint; empty for all."""
    since: Mapped[datetime | None]
    """Only papers that became public at this moment or later."""
    reason: Mapped[str]
    status: Mapped[ReissueState] = mapped_column(default=ReissueState.RUNNING)
    asked_at: Mapped[datetime]
    total: Mapped[int]
    """How many certificates there were to put on new paper when it was asked for."""


class ReissueProgress(Table):
    """How far it is. A row of its own, because the worker writes it every second and people look at the other one.

    The worker goes on where it left off: everything up to `reached` is settled, in the transaction that moved it.
    """

    __tablename__ = "reissue_progress"

    reissue_id: Mapped[int] = mapped_column(ForeignKey("reissue.id"), primary_key=True)
    done: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    reached: Mapped[int] = mapped_column(Key, default=0)
    """The id of the last certificate that was settled; they are taken in this order."""
    unlisted: Mapped[int] = mapped_column(default=0)
    """Published since the status lists were signed last."""
    waits: Mapped[str] = mapped_column(default="")
    """Why nothing happens at the moment, in a sentence."""
    busy_until: Mapped[datetime | None]
    """A worker is at it; should it have died, another takes over then."""


class ReissueFault(Table):
    """A certificate that could not be put on new paper, and why. Its paper of before goes on counting."""

    __tablename__ = "reissue_fault"
    __table_args__ = (UniqueConstraint("reissue_id", "certificate_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    reissue_id: Mapped[int] = mapped_column(ForeignKey("reissue.id"))
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"))
    sentence: Mapped[str]


append_only("certificate_status")
append_only("key_notice")
append_only("key_announcement")
append_only("past_status_list")
append_only("licence_credential")
append_only("endorsement")
