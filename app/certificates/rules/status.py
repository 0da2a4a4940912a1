"""The statuses of a certificate, and what one was on a day."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


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


LIVE = (Status.ACTIVE, Status.REDUCED, Status.SUSPENDED)
"""Public and not ended: more may happen to it."""


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
    limit_on: date | None = None
    """The last day of a suspension of this curriculum by itself."""


def withdrawal_due(limit_on: date | None, day: date) -> date | None:
    """Since when withdrawal is due: from the day after the limit of a suspension. None while it is not."""
    return limit_on + timedelta(days=1) if limit_on and limit_on < day else None


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
