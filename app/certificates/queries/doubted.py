"""Papers beside the certificates that were made with a key which others may have known by then, and that nothing replaced yet."""

from collections.abc import Sequence

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import aliased

from app.certificates.models import KeyNotice
from app.certificates.queries.keys import in_doubt
from app.certificates.rules import KeyEnd
from app.kernel.database import Unit
from app.papers.models import Paper

AT_ONCE = 20
"""Papers that are put on new paper in one go."""


def doubted_papers(unit: Unit) -> Sequence[int]:
    """The next of them by id, oldest first."""
    later = aliased(Paper)
    made = or_(Paper.seal_key == KeyNotice.ref, Paper.credential_key == KeyNotice.ref)
    asked = (
        select(Paper.id)
        .join(KeyNotice, made)
        .where(KeyNotice.end == KeyEnd.SUSPECT, Paper.sealed_at >= KeyNotice.since)
        .where(~exists().where(later.replaces_id == Paper.id))
    )
    asked = asked.order_by(Paper.id).distinct().limit(AT_ONCE)
    return in_doubt(unit, "papers", lambda: unit.db.scalars(asked).all())
