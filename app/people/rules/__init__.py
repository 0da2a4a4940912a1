"""Pure rules of people: ties to organisations, passwords, codes, and the forms they fill in."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.permissions import Role, Seat

SESSION_LASTS = timedelta(days=14)
SESSION_IDLE = timedelta(hours=12)
INVITATION_LASTS = timedelta(days=7)
RECOVERY_LASTS = timedelta(hours=1)


class Tied(StrEnum):
    """How a person can be tied to an organisation (domain page, section 3)."""

    EMPLOYED = "employed"
    TRAINED = "trained"
    CONSULTED = "consulted"
    CO_WROTE = "co_wrote"
    ASSESSED = "assessed"
    FAMILY_OR_FINANCIAL = "family_or_financial"


@dataclass(frozen=True)
class Tie:
    """One tie of a person to an organisation; `person_ref` is the person whatever account it was found at."""

    person_ref: str
    person_name: str
    organisation_id: int
    kind: Tied
    from_on: date
    to_on: date | None
    declared: bool


FIRST_ROLES: dict[Seat, Role] = {
    Seat.RRN: Role.LICENCE_MANAGER,
    Seat.BODY: Role.DIRECTOR,
    Seat.PROVIDER: Role.REPRESENTATIVE,
    Seat.AFFILIATE: Role.AFFILIATE_MANAGER,
}
"""Who is invited first into an organisation of each seat, and then invites everybody else."""
