"""What an application says, what it still lacks, and the bytes it is frozen as when it is sent."""

import hashlib
from typing import Any, NamedTuple, Protocol

import rfc8785

from app.kernel.words import _
from app.permissions import Role, Seat


class ApplicationFields(Protocol):
    """The fields of an application that can be missing."""

    legal_name: str
    legal_identity: str
    sites: str
    outsourced: str
    consultant_used: bool
    consultant_name: str
    consultant_email: str | None


class Gap(NamedTuple):
    """Something the application lacks, and the field where it goes."""

    field: str
    what: str


def gaps(application: ApplicationFields, curricula: int, trainers: int) -> list[Gap]:
    """What the application lacks before it may be sent (ISO/IEC 17065, 7.2)."""
    said = [
        ("legal_name", application.legal_name, _("the legal name")),
        ("legal_identity", application.legal_identity, _("the kind of organisation and its number")),
        ("sites", application.sites, _("where you work")),
        ("curricula", curricula, _("at least one curriculum")),
        ("trainers", trainers, _("at least one senior trainer")),
        ("outsourced", application.outsourced, _("what others do for you, or “none”")),
    ]
    found = [Gap(field, what) for field, value, what in said if not value]
    if application.consultant_used:
        named = (("consultant_name", application.consultant_name, _("the name of the consultant")),
                 ("consultant_email", application.consultant_email, _("the e-mail address of the consultant")))  # fmt: skip
        found += [Gap(field, what) for field, value, what in named if not value]
    return found


def canonical(content: Any) -> bytes:
    """The one spelling of what is relied on (RFC 8785): the same content always gives the same bytes."""
    return rfc8785.dumps(content)


def digest(content: Any) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical(content)).hexdigest()


def text_digest(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


BODY_STAFF_CAN_SEE_NOTES = frozenset(
    {Role.DIRECTOR, Role.CASE_OFFICER, Role.REVIEWER, Role.DECISION_MAKER, Role.LEAD_ASSESSOR, Role.ASSESSOR}
)


def sees_the_inside(seat: Seat | None, roles: frozenset[Role]) -> bool:
    """Whether notes, checks and recommendations are for these eyes: the body's own people, never the client."""
    return seat is Seat.BODY and bool(roles & BODY_STAFF_CAN_SEE_NOTES)


def reference(code: str, number: int) -> str:
    """The 142nd case of the body NGC is NGC-C-0142."""
    return f"{code}-C-{number:04d}"
