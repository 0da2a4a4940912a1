"""New paper for many as `rrn check` sees it: whoever was left out, counted wrongly or served twice is named."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.certificates.effects import reissue
from app.check.reissues import every_reissue_left_nobody_out
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, writing
from tests.certificates.make import make_world
from tests.certificates.test_reissue import go_to_the_end, some, start
from tests.conftest import SetClock
from tests.worlds import once

PLANTED = (
    ("UPDATE reissue_progress SET done = 2", "says that 2 are done, and 3 are"),
    ("UPDATE reissue_progress SET failed = 1", "says that 1 failed, and 0 are named"),
    ("UPDATE reissue SET total = 1", "has 3 of 1"),
    ("DELETE FROM reissue_progress", "has no row of progress"),
    ("UPDATE certificate_version SET reprint = (1 = 0) WHERE number = 2", "which is no such paper"),
    (
        "UPDATE certificate_version SET issued_at = '2026-01-01 09:00:00.000000' WHERE number = 2",
        "without new paper and without a reason",
    ),
    (
        "UPDATE certificate_version SET number = 3, certificate_id = (SELECT min(id) FROM certificate)"
        " WHERE number = 2 AND certificate_id = (SELECT max(id) FROM certificate)",
        "2 times",
    ),
    (
        "INSERT INTO reissue_fault (reissue_id, certificate_id, sentence) SELECT max(reissue.id), max(certificate.id), '' FROM reissue, certificate",
        "without a reason",
    ),
)  # fmt: skip


@once
def finished(site: Site) -> None:
    """New paper was made for three certificates."""
    world = make_world(site, curricula=3)
    some(world)
    site.clock.now += timedelta(days=1)  # type: ignore[attr-defined]
    start(world)
    go_to_the_end(site)
    reissue._presses.end()


def found(site: Site, statement: str) -> list[str]:
    """What the look finds with one fault planted, which is taken back."""
    with writing(site, SYSTEM) as unit:
        unit.db.execute(text(statement))
        breaches = [f"{one.where} {one.what}" for one in every_reissue_left_nobody_out(unit)]
        unit.db.rollback()
    return breaches


@pytest.mark.parametrize(("statement", "said"), PLANTED, ids=[said for _statement, said in PLANTED])
def test_a_fault_in_new_paper_for_many_is_found(
    site: Site, clock: SetClock, statement: str, said: str
) -> None:
    finished(site)
    assert found(site, "SELECT 1") == []
    assert any(said in line for line in found(site, statement)), found(site, statement)
