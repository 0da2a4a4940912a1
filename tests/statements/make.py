"""Statements for tests, asked as the page asks them."""

from datetime import date, datetime

from app.kernel.database import Site, reading, writing
from app.statements import commands
from app.statements.rules import AskStatement, Kind


def ask(
    site: Site,
    ref: str,
    on: date | None = None,
    known_at: datetime | None = None,
    kind: Kind = Kind.CERTIFICATES,
) -> str:
    """Have an answer signed; the statement's reference."""
    with reading(site) as unit:
        freeze = commands.ask(unit, kind, ref, AskStatement(on=on, known_at=known_at))
    with writing(site) as unit:
        return freeze(unit).ref
