"""What a certificate is: its number, its statuses, its term, and the statement it makes, with the statement's bytes."""

import calendar
import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Final, Literal, Self

import rfc8785
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MAX_SERIAL: Final = 999_999
MAX_TYPED: Final = 40
LONGEST_NAME: Final = 200

_BODY_CODE = re.compile(r"[A-Z]{2,6}")
_NUMBER = re.compile(r"([A-Z]{2,6})-?([0-9]{6})-?([0-9A-Z])", re.ASCII)
_HYPHENS = re.compile(r"[\s\u00ad\u2010-\u2015\u2212-]+")


class Status(StrEnum):
    """The status of a certificate, or of one curriculum on it. `expired` follows from dates and is never waited for."""

    GRANTED = "granted"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REDUCED = "reduced"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    TERMINATED = "terminated"
    SUPERSEDED = "superseded"
    TRANSFERRED = "transferred"

    @property
    def gives_rights(self) -> bool:
        """Whether a holder may say today that it is certified. A reduced certificate holds for what is left of it."""
        return self in (Status.ACTIVE, Status.REDUCED)

    @property
    def is_final(self) -> bool:
        """Whether nothing can follow it any more; only a new certificate can."""
        return self in (Status.WITHDRAWN, Status.TERMINATED, Status.SUPERSEDED, Status.TRANSFERRED)


class NumberAnswer(StrEnum):
    """What can be said of something typed as a certificate number, before looking anything up."""

    WELL_FORMED = "well_formed"
    WRONG_CHECK = "wrong_check"
    NOT_A_NUMBER = "not_a_number"


@dataclass(frozen=True)
class TypedNumber:
    """A certificate number as typed: `number` is its one spelling, empty when it is none."""

    answer: NumberAnswer
    number: str = ""
    body_code: str = ""
    serial: int = 0


def check_character(text: str) -> str:
    """The check character over digits and capitals (ISO 7064 MOD 37,36).

    It catches every single wrong character and all but one in 600 swaps of neighbours. ValueError on other characters.
    """
    product = 36
    for char in text:
        product = (product + ALPHABET.index(char)) % 36 or 36
        product = product * 2 % 37
    return ALPHABET[(37 - product) % 36]


def make_number(body_code: str, serial: int) -> str:
    """`NGC`, 217 becomes `NGC-000217-` and its check character.

    ValueError when the code is not two to six capitals or the serial not 1 to 999,999.
    """
    if not _BODY_CODE.fullmatch(body_code) or not 1 <= serial <= MAX_SERIAL:
        raise ValueError(f"no certificate number can be made of {body_code!r} and {serial}")
    return f"{body_code}-{serial:06d}-{check_character(f'{body_code}{serial:06d}')}"


def parse_number(typed: str) -> TypedNumber:
    """Read a certificate number as people type it: small letters, spaces and other dashes are forgiven."""
    found = _NUMBER.fullmatch(_HYPHENS.sub("-", typed.strip()).upper()) if len(typed) <= MAX_TYPED else None
    if found is None:
        return TypedNumber(NumberAnswer.NOT_A_NUMBER)
    code, digits, check = found.groups()
    right = check_character(code + digits) == check
    answer = NumberAnswer.WELL_FORMED if right else NumberAnswer.WRONG_CHECK
    return TypedNumber(answer, f"{code}-{digits}-{check}", code, int(digits))


def last_day(starts_on: date, months: int) -> date:
    """The last day of a term: the day before it has run so many months, so 1 July 2025 and 36 give 30 June 2028.

    Where the month has no such day, the term runs to the end of that month.
    """
    years, month = divmod(starts_on.month - 1 + months, 12)
    year, month = starts_on.year + years, month + 1
    days = calendar.monthrange(year, month)[1]
    if starts_on.day > days:
        return date(year, month, days)
    return date(year, month, starts_on.day) - timedelta(days=1)


def in_words(day: date) -> str:
    """A date as every page and paper of ours writes it: 30 June 2028."""
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def _plain(text: str) -> str:
    """Text that looks the same everywhere: NFC, no control, bidi or private characters, no spaces at the ends."""
    if text != unicodedata.normalize("NFC", text) or text != text.strip():
        raise ValueError("write the text in NFC without spaces at its ends")
    if any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for char in text):
        raise ValueError("the text holds characters that cannot be seen or printed")
    return text


Ref = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$", max_length=60)]
Slugs = Annotated[tuple[Slug, ...], Field(max_length=20)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Text = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME), AfterValidator(_plain)]
Address = Annotated[str, Field(max_length=300), AfterValidator(_plain)]
Sentences = Annotated[str, Field(min_length=1, max_length=600), AfterValidator(_plain)]
Certificate = Annotated[str, Field(pattern=r"^[A-Z]{2,6}-[0-9]{6}-[0-9A-Z]$")]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Holder(_Frozen):
    """The training service the certificate belongs to, under the name it had on the day of the decision."""

    ref: Ref
    name: Text
    route: Literal["in_house", "commercial"]
    address: Address = ""


class Body(_Frozen):
    """The certification body that decided, with what gave it the right to: accreditation and licence."""

    ref: Ref
    code: Annotated[str, Field(pattern=r"^[A-Z]{2,6}$")]
    name: Text
    address: Address = ""
    ukas_number: Annotated[str, Field(min_length=1, max_length=20), AfterValidator(_plain)]
    licence: Ref


class EditionNamed(_Frozen):
    """The edition of the Standards the training was examined against."""

    id: Slug | Annotated[str, Field(pattern=r"^[a-z]+-[0-9]+(\.[0-9]+)*$")]
    title: Text


class DecisionNamed(_Frozen):
    """The decision the certificate rests on, and its date in London."""

    ref: Ref
    decided_on: date


class ScopeItem(_Frozen):
    """One certified curriculum: exactly this version of it, for these settings, people, nations and interventions."""

    ref: Ref
    title: Text
    version: Annotated[int, Field(ge=1, le=100_000)]
    content_hash: Digest
    settings: Slugs = ()
    populations: Slugs = ()
    nations: Slugs = ()
    interventions: Slugs = ()


class Statement(_Frozen):
    """Everything a version of a certificate says. Document, credential and register entry are made of this alone.

    Dates are civil dates in London. `sentence` is what the certificate means, in plain words.
    """

    number: Certificate
    version: Annotated[int, Field(ge=1, le=10_000)]
    holder: Holder
    body: Body
    edition: EditionNamed
    rule_pack: Slug
    decision: DecisionNamed
    granted_on: date
    starts_on: date
    expires_on: date
    scope: Annotated[tuple[ScopeItem, ...], Field(min_length=1, max_length=500)]
    affiliates: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    sentence: Sentences
    verify_url: Annotated[str, Field(pattern=r"^https?://[^\s\"<>]+$", max_length=200)]
    design: Slug
    former_identifiers: Annotated[tuple[Text, ...], Field(max_length=20)] = ()
    previous_version: Digest | None = None
    """SHA-256 of the statement this version takes the place of."""

    @model_validator(mode="after")
    def _first_or_linked(self) -> Self:
        if (self.version == 1) != (self.previous_version is None):
            raise ValueError("the first version has no previous one, every later version names it")
        return self

    @property
    def canonical(self) -> bytes:
        """The bytes of `statement.json` (RFC 8785): the same statement always gives the same bytes."""
        return rfc8785.dumps(self.model_dump(mode="json"))

    @property
    def digest(self) -> str:
        """Hex SHA-256 of those bytes."""
        return hashlib.sha256(self.canonical).hexdigest()


def meaning(body_name: str, edition_title: str, curricula: int, expires_on: date) -> str:
    """What a certificate means, in words that claim neither more nor less than was looked at."""
    what = "the curriculum named here" if curricula == 1 else f"the {curricula} curricula named here"
    return (
        f"{body_name} has examined {what}, the people who teach and the way the training is checked, and certifies "
        f"until {in_words(expires_on)} that they comply with the {edition_title}."
    )


def summary(curricula: int, expires_on: date) -> str:
    """One line for lists: Certified until 30 June 2028 for 3 curricula."""
    what = "1 curriculum" if curricula == 1 else f"{curricula:,} curricula"
    return f"Certified until {in_words(expires_on)} for {what}."


def printed(words: Sequence[str]) -> str:
    """Words of the scope as they are printed: `social_care`, `health` become "Social care, health"."""
    text = ", ".join(word.replace("_", " ").replace("-", " ") for word in words)
    return text[:1].upper() + text[1:]


@dataclass(frozen=True)
class ItemOn:
    """One curriculum of a certificate on a day."""

    item_id: int
    curriculum_id: int
    curriculum_version_id: int
    title: str
    number: int
    status: Status
    since: date
    from_on: date
    to_on: date | None
    """The last day it was certified; None while nothing ends it."""
    public_text: str


@dataclass(frozen=True)
class StatusOn:
    """What a certificate is on a day: no status before the public was told of it, or before its first day."""

    certificate_id: int
    status: Status | None
    since: date | None
    public_text: str = ""
    published: bool = False
    """Whether the public had been told of the certificate at all."""
    ever_certified: bool = False
    """Whether it was certified on this day or any day before it."""
    ends_when: str = ""
    limit_on: date | None = None
    contact: str = ""
    items: tuple[ItemOn, ...] = ()

    @property
    def certified(self) -> tuple[ItemOn, ...]:
        """The curricula that are certified on the day."""
        return tuple(item for item in self.items if item.status.gives_rights)
