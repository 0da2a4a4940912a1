"""What RRN's credential about a licence says, and what an endorsement for badges is about."""

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

import rfc8785
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.certificates.rules.statement import EditionNamed, Ref, Text, plain


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LicensedBody(_Frozen):
    """The certification body that is licensed."""

    ref: Ref
    name: Text


class AccreditationNamed(_Frozen):
    """The accreditation the licence rests on, as UKAS publishes it."""

    ukas_number: Annotated[str, Field(min_length=1, max_length=20), AfterValidator(plain)]
    scope: Annotated[str, Field(min_length=1, max_length=2_000), AfterValidator(plain)]
    from_on: date
    to_on: date | None


class LicenceSaid(_Frozen):
    """Everything a version of a licence's credential says. Whether it is suspended or over stands in RRN's status lists."""

    form: Literal[1] = 1
    version: Annotated[int, Field(ge=1, le=10_000)]
    licence: Ref
    licensor: Text
    body: LicensedBody
    from_on: date
    to_on: date
    editions: Annotated[tuple[EditionNamed, ...], Field(min_length=1, max_length=20)]
    accreditation: AccreditationNamed

    @property
    def canonical(self) -> bytes:
        """The same said again gives the same bytes (RFC 8785)."""
        return rfc8785.dumps(self.model_dump(mode="json"))

    def same_but_version(self, other: "LicenceSaid") -> bool:
        """Whether the other says nothing else."""
        return self == other.model_copy(update={"version": self.version})


class EndorsedKind(StrEnum):
    """What is endorsed, by the word its address in the register has."""

    SERVICE = "services"
    CURRICULUM = "curricula"


@dataclass(frozen=True)
class Endorsed:
    """The service a certificate belongs to, or a curriculum on it."""

    kind: EndorsedKind
    ref: str
    name: str


def sha256(token: str) -> str:
    """Hex SHA-256 of a signed credential, as others refer to it."""
    return hashlib.sha256(token.encode()).hexdigest()
