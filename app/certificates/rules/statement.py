"""The statement a certificate makes: everything on paper, in the credential and in the register comes of it alone."""

import hashlib
import unicodedata
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, Self

import rfc8785
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from app.kernel.words import NAMES, in_words

LONGEST_NAME: Final = 200
LONGEST_ADDRESS: Final = 300


def plain(text: str) -> str:
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
Text = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME), AfterValidator(plain)]
Address = Annotated[str, Field(max_length=LONGEST_ADDRESS), AfterValidator(plain)]
Sentences = Annotated[str, Field(min_length=1, max_length=600), AfterValidator(plain)]
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
    ukas_number: Annotated[str, Field(min_length=1, max_length=20), AfterValidator(plain)]
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


class SectionOutcome(StrEnum):
    """What was found for one part of the Standards as a whole."""

    CONFORM = "conform"
    NOT_CONFORM = "not_conform"
    """Something in it was not as required, and it has not been put right yet."""
    NOT_ASSESSED = "not_assessed"
    """Nothing in it applies to this training."""


class SectionFound(_Frozen):
    """One part of the Standards: its number, our label for it, and what the evaluation found."""

    number: Annotated[str, Field(pattern=r"^[1-9][0-9]?$")]
    label: Text
    outcome: SectionOutcome


class LicenceNamed(_Frozen):
    """RRN's credential about the licence the body decided under: where it is, and the SHA-256 of its bytes."""

    address: Annotated[str, Field(pattern=r"^https?://[^\s\"<>#?]+/bodies/[A-Za-z0-9._:-]{1,64}/licence/[1-9][0-9]{0,4}/credential\.jwt$", max_length=400)]  # fmt: skip
    digest: Digest


NOT_IN_FORM_1: Final = ("form", "licence_credential")


class Statement(_Frozen):
    """Everything a version of a certificate says. Document, credential and register entry are made of this alone.

    Dates are civil dates in London. `sentence` is what the certificate means, in plain words. A statement says by its
    `form` which members it has, so that one made under an older form is read, and written again, exactly as it was:

    | form | what it has                                                     |
    |------|-----------------------------------------------------------------|
    | 1    | does not name its form, and knows of no credential of a licence |
    | 2    | names its form and the credential of the licence, if there was one |
    """

    form: Literal[1, 2] = 1
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
    sections: Annotated[tuple[SectionFound, ...], Field(min_length=1, max_length=40)]
    """Part by part of the Standards, what the evaluation found on the day of the decision."""
    affiliates: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    sentence: Sentences
    verify_url: Annotated[str, Field(pattern=r"^https?://[^\s\"<>]+$", max_length=200)]
    design: Slug
    former_identifiers: Annotated[tuple[Text, ...], Field(max_length=20)] = ()
    previous_version: Digest | None = None
    """SHA-256 of the statement this version takes the place of."""
    licence_credential: LicenceNamed | None = None

    @model_validator(mode="after")
    def _closed_by_form(self) -> Self:
        """Nobody may add to an old form what a newer one has, or leave out of a newer one what it has."""
        if any((name in self.model_fields_set) != (self.form > 1) for name in NOT_IN_FORM_1):
            raise ValueError(
                "what a statement has is said by its form, and the first form does not name itself"
            )
        return self

    @model_serializer(mode="wrap")
    def _by_form(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        found: dict[str, Any] = write(self)
        return {name: value for name, value in found.items() if self.form > 1 or name not in NOT_IN_FORM_1}

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


def one_line(address: str, postcode: str | None) -> str:
    """An address in one line: as many of its lines, from the top, as a certificate has room for, and the postcode always."""
    lines = [line for part in address.splitlines() if (line := " ".join(part.strip(" ,").split()))]
    last = [postcode] if postcode and postcode not in address else []
    while lines and len(", ".join(lines + last)) > LONGEST_ADDRESS:
        lines.pop()
    return ", ".join(lines + last)


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
    text = ", ".join(NAMES.get(word, word.replace("_", " ").replace("-", " ")).lower() for word in words)
    return text[:1].upper() + text[1:]
