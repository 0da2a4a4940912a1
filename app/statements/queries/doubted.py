"""Statements made with a key that others may have known by then: which they are, and what took their place."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import aliased

from app.certificates.keys import PublicKey
from app.certificates.models import KeyNotice
from app.certificates.queries.keys import MadeView, in_doubt, public_keys
from app.certificates.rules import KeyEnd
from app.kernel.clock import civil_date
from app.kernel.database import Unit
from app.statements.models import SignedStatement

AT_ONCE = 20
"""Statements that are sealed anew in one go."""


def replaced_by(unit: Unit, row: SignedStatement) -> SignedStatement | None:
    """The statement that took the place of this one."""
    return unit.db.scalar(select(SignedStatement).where(SignedStatement.replaces_id == row.id))


def first_asked_on(unit: Unit, row: SignedStatement) -> date:
    """The day the answer was worked out: a statement that took another's place says what was frozen for that one."""
    while row.replaces_id is not None:
        row = unit.db.get_one(SignedStatement, row.replaces_id)
    return civil_date(row.asked_at)


def doubted_statements(unit: Unit) -> Sequence[int]:
    """The next that are to be sealed anew, by id, oldest first."""
    one, later = SignedStatement, aliased(SignedStatement)
    made = or_(one.seal_key == KeyNotice.ref, one.credential_key == KeyNotice.ref)
    asked = (
        select(one.id)
        .join(KeyNotice, made)
        .where(KeyNotice.end == KeyEnd.SUSPECT, one.sealed_at >= KeyNotice.since)
        .where(~exists().where(later.replaces_id == one.id))
    )
    asked = asked.order_by(one.id).distinct().limit(AT_ONCE)
    return in_doubt(unit, "statements", lambda: unit.db.scalars(asked).all())


def statements_made_with(unit: Unit, key: PublicKey, since: datetime) -> list[MadeView]:
    """The statements a key made at or after a moment, oldest first; of a root those that were sealed under it."""
    ids = {key.id, *(one.id for one in public_keys(unit.site.settings).seals_under(key))}
    one = SignedStatement
    made = one.seal_key.in_(ids) | one.credential_key.in_(ids)
    rows = unit.db.scalars(select(one).where(made, one.sealed_at >= since).order_by(one.id))
    return [MadeView(what="signed statement", name=row.ref, at=row.sealed_at or since) for row in rows]
