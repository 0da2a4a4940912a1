"""Reports of days: each agrees with the entries of its day, by a second path, and none is missing between the first and the last."""

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import rfc8785
from sqlalchemy import select

from app.check.breach import Breach
from app.check.ledger import hashed, root_over
from app.daily.models import DayReport
from app.kernel.clock import civil_date
from app.kernel.database import Unit
from app.ledger.models import LedgerEntry

ENTRY = LedgerEntry.__table__


def every_report_agrees_with_the_ledger(unit: Unit) -> Iterator[Breach]:
    """Size, root, checkpoint and counts of each day are those the entries give; each names the one before by its digest."""
    reports = unit.db.scalars(select(DayReport).order_by(DayReport.day)).all()
    if not reports:
        return
    kinds = unit.db.execute(select(ENTRY.c.kind, ENTRY.c.recorded_at).order_by(ENTRY.c.number)).all()
    rows, before = hashed(unit), None
    for row in reports:
        where, said = f"report of {row.day}", json.loads(row.content)
        if hashlib.sha256(row.content.encode()).hexdigest() != row.digest or rfc8785.dumps(said).decode() != row.content:  # fmt: skip
            yield Breach(where, "was changed after it was made")
        elif said["size"] > len(kinds):
            yield Breach(where, f"speaks of {said['size']} entries, and there are {len(kinds)}")
        elif root_over(rows, said["size"]).hex() != said["root"]:
            yield Breach(where, "names another root than the entries give")
        else:
            yield from _day(where, said, kinds, before)
        before = row


def _day(where: str, said: Any, kinds: Sequence[Any], before: DayReport | None) -> Iterator[Breach]:
    start, size, day = said["size_before"], said["size"], date.fromisoformat(said["day"])
    if Counter(row.kind for row in kinds[start:size]) != said["entries"]:
        yield Breach(where, "counts other entries than the ledger has for this day")
    if size and civil_date(kinds[size - 1].recorded_at) > day:
        yield Breach(where, "counts entries of a later day")
    if not _covered(said):
        yield Breach(where, "its checkpoint is not one of its size that covers the day")
    if before and (said["before"] != {"day": before.day.isoformat(), "digest": before.digest} or start != before.size):  # fmt: skip
        yield Breach(where, "does not follow from the report before it")
    if before and day - before.day != timedelta(days=1):
        yield Breach(where, f"follows on that of {before.day}: a day between them has none")


def _covered(said: Any) -> bool:
    lines = said["checkpoint"].split("\n")
    return int(lines[1]) == said["checkpoint_size"] >= said["size"] and len(base64.b64decode(lines[2])) == 32
