"""What one entry of the ledger says, and its bytes: opaque references and hashes only, never a name."""

import hashlib
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Final

import rfc8785
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from app.kernel.fields import Form, Words
from app.kernel.workflow import Step, Workflow
from app.permissions import Permission

MAX_ENTRY_BYTES: Final = 65_535
"""An entry bundle counts the bytes of an entry in two (C2SP tlog-tiles, "Log entries")."""

SALT_BYTES: Final = 32

Opaque = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class EntryKind(StrEnum):
    """What kind of public change an entry records."""

    CERTIFICATE_PUBLISHED = "certificate.published"
    CERTIFICATE_STATUS = "certificate.status"
    LICENCE_STATUS = "licence.status"
    ACCREDITATION_STATUS = "accreditation.status"
    AFFILIATE_STATUS = "affiliate.status"
    TRAINER_STATUS = "trainer.status"
    NAME_CHANGED = "name.changed"
    NUMBERS_CHANGED = "numbers.changed"
    SERVICE_CHANGED = "service.changed"
    REDACTED = "entry.redacted"
    DRAW_COMMITTED = "draw.committed"
    KEY_STATUS = "key.status"
    KEY_MADE = "key.made"
    """The subject is the RFC 7638 thumbprint of the key: whoever is shown a key can see whether the log announced it."""
    KEY_RETIRED = "key.retired"
    STATEMENT_SEALED = "statement.sealed"
    """The subject is the SHA-256 of the signed token: whoever holds the statement finds its entry, and nobody else learns of it."""
    PAPER_SEALED = "paper.sealed"
    """The same of a paper beside the certificates (a report, a decision, a licence), by the SHA-256 of the sealed PDF."""

    @property
    def noun(self) -> str:
        """What it is about, in a word."""
        return self.partition(".")[0]


ASIDE: Final = frozenset(
    {EntryKind.KEY_MADE, EntryKind.KEY_RETIRED, EntryKind.STATEMENT_SEALED, EntryKind.PAPER_SEALED}
)
"""Entries that change nothing of what the register says: the same question before and after has the same answer."""


def proof_at(kind: EntryKind, digest: str) -> str:
    """Where the proof of an entry is that is found by the digest of what somebody holds, below the address of the register."""
    return f"log/{kind.noun}s/{digest}.tlog-proof"


class Entry(BaseModel):
    """One public change.

    `commitment` binds what was told without telling it: without the salt nothing can be guessed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: EntryKind
    subject: Opaque
    recorded_at: AwareDatetime
    effective_on: date
    commitment: Digest
    files: dict[Opaque, Digest] = Field(default_factory=dict, max_length=16)
    """SHA-256 of each published file, by its name, where the change published files."""


def canonical(entry: Entry) -> bytes:
    """The bytes that are logged: RFC 8785 JSON, times in UTC to the microsecond; ValueError above 65,535
    bytes."""
    fields = entry.model_dump(mode="json")
    fields["recorded_at"] = instant(entry.recorded_at)
    data = rfc8785.dumps(fields)
    if len(data) > MAX_ENTRY_BYTES:
        raise ValueError(f"a ledger entry holds at most {MAX_ENTRY_BYTES} bytes, this one has {len(data)}")
    return data


def instant(moment: datetime) -> str:
    """A moment as it stands in the ledger, one spelling only: `2026-11-22T10:00:00.000000Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def commitment(salt: bytes, told: JsonValue) -> str:
    """Hex SHA-256 over the salt and the canonical JSON of what was told.

    Whoever holds the salt can prove what was told; deleting salt and text redacts it and leaves the log
    whole.
    ValueError when the salt has not 32 bytes.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError("the salt of a commitment has 32 bytes")
    return hashlib.sha256(salt + rfc8785.dumps(told)).hexdigest()


class RedactionState(StrEnum):
    """Where a redaction stands."""

    ASKED = "asked"
    DONE = "done"
    DECLINED = "declined"


class NewRedaction(Form):
    """Somebody at RRN asks that words the public was told be taken out."""

    number: Annotated[
        int,
        Field(
            ge=0,
            le=2**53,
            title="Number of the entry in the log",
            description="Counted from 0, as the log and the monitors count.",
        ),
    ]
    reason: Annotated[
        Words,
        Field(
            title="Why",
            description="Kept in the record and read by RRN only. Do not repeat the words themselves.",
        ),
    ]


_S = RedactionState
REDACTION = Workflow(
    "redaction",
    (
        Step(
            "confirm", "confirmed", (_S.ASKED,), _S.DONE, Permission.LEDGER_REDACT, independent_of=("asked",), command=True,
            label="Take the words out for good", danger=True,
        ),
        Step("decline", "declined", (_S.ASKED,), _S.DECLINED, Permission.LEDGER_REDACT, label="Leave the words as they are"),
    ),
)  # fmt: skip
"""Two people: one asks with a reason, another does it. The entry, its hashes and every proof stay as they are."""
