"""What a signed statement says: the question, the facts it rests on, and the words, as one canonical JSON."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer

from app.certificates.rules import Answer, Status
from app.kernel.fields import AskedMoment, Form, MaybeDay
from app.kernel.words import _, in_words, label, spoken
from app.ledger.rules import instant

FORMAT: Final = "rrn-statement-1"
Instant = Annotated[AwareDatetime, PlainSerializer(instant, return_type=str, when_used="json")]
"""A moment, in JSON in the one spelling of the ledger."""
REDACTED: Final = "Redacted on "
"""How words that RRN took out begin, wherever they stood."""


class Kind(StrEnum):
    """What a statement can be about, by the word its address has."""

    SERVICES = "services"
    CURRICULA = "curricula"
    AFFILIATES = "affiliates"
    BODIES = "bodies"
    CERTIFICATES = "certificates"


class AskStatement(Form):
    """Somebody asks for a signed statement: of which day, and as known at which moment (nothing: now)."""

    on: Annotated[MaybeDay, Field(title="Day")] = None
    known_at: Annotated[AskedMoment, Field(title="As known at")] = None


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ChangeFact(_Frozen):
    """One change the public was told of."""

    status: str
    effective_on: date
    recorded_at: Instant
    curriculum: str = ""
    words: str


class CurriculumFact(_Frozen):
    """One curriculum of a certificate on the day."""

    ref: str
    title: str
    version: int
    status: str
    from_on: date
    to_on: date | None


class BodyFact(_Frozen):
    """A certification body, and what gave it the right to decide on the day."""

    ref: str
    name: str
    standing: str
    licence: str | None
    ukas_number: str


class CertificateFact(_Frozen):
    """One certificate on the day, with its history as far as it was known."""

    number: str
    holder_ref: str
    holder: str
    body: BodyFact
    edition: str
    granted_on: date
    starts_on: date
    expires_on: date
    status: str | None
    since: date | None
    curricula: tuple[CurriculumFact, ...]
    history: tuple[ChangeFact, ...]


class SpanFact(_Frozen):
    """A span of days in which an affiliate was approved, first and last day included."""

    from_on: date
    to_on: date
    recorded_at: Instant


class Facts(_Frozen):
    """All that an answer rests on. It follows from append-only records alone, so it can be computed again at any time."""

    answer: Answer
    name: str
    formerly: tuple[str, ...] = ()
    certificates: tuple[CertificateFact, ...] = ()
    approvals: tuple[SpanFact, ...] = ()
    body: BodyFact | None = None
    history: tuple[ChangeFact, ...] = ()
    """Of a certification body: what was said of its licences."""


class Part(_Frozen):
    """The answer as known at one moment: facts for programs, words for people."""

    known_at: Instant
    title: str
    sentence: str
    facts: Facts


class Issuer(_Frozen):
    """Who says it."""

    id: str
    name: str


class Content(_Frozen):
    """A whole statement. `now` is there when more was recorded after the moment asked about."""

    format: str
    issuer: Issuer
    address: str
    kind: Kind
    ref: str
    on: date
    then: Part
    now: Part | None
    as_of_log_size: int
    as_of: Instant
    root: str
    """The root hash of the ledger over that many entries (RFC 6962), in hexadecimal."""
    drawn_by: str

    @property
    def differs(self) -> bool:
        """Whether what was recorded later changes the facts."""
        return self.now is not None and self.now.facts != self.then.facts

    def known_when(self, part: Part, asked_on: date) -> str:
        """Whose knowledge an answer is: of a moment, or all that stood in the register on the day somebody asked."""
        if part.known_at != self.as_of:
            return _("as known on {moment}").format(moment=spoken(part.known_at))
        return _("as the register stood on {day} (it last changed on {moment})").format(
            day=in_words(asked_on), moment=spoken(self.as_of)
        )


def status_word(status: str) -> str:
    """A status as every public page says it."""
    return _("Certified") if status == Status.ACTIVE else label(status)


def same_but_redacted(stored: Any, today: Any) -> bool:
    """Whether an answer computed today is the stored one, but for words that were taken out since."""
    if isinstance(stored, dict) and isinstance(today, dict):
        return stored.keys() == today.keys() and all(
            same_but_redacted(stored[name], today[name]) for name in stored
        )
    if isinstance(stored, list) and isinstance(today, list):
        return len(stored) == len(today) and all(map(same_but_redacted, stored, today))
    return bool(stored == today) or (isinstance(today, str) and today.startswith(REDACTED))
