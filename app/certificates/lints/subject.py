"""What the rules look at: a statement with what it must agree with, or a drawn document with what it must show."""

from dataclasses import dataclass
from datetime import date

from app.certificates.rules import Statement


@dataclass(frozen=True)
class Said:
    """A statement, and from elsewhere what it has to agree with: term in months (rule pack), base address, the day."""

    statement: Statement
    term_months: int
    public_base_url: str
    today: date
    declared_address: bool = False


@dataclass(frozen=True)
class Drawn:
    """A document before it is sealed, the statement it was drawn from and the credential it must carry."""

    pdf: bytes
    statement: Statement
    credential: bytes


@dataclass(frozen=True)
class Laid:
    """Any other paper before it is sealed: what it has to show, and the one file it must carry."""

    pdf: bytes
    title: str
    shown: tuple[str, ...]
    name: str
    attached: bytes
