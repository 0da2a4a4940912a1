"""What a suspect key made, as `rrn check` sees it a day later: whatever nobody made again is named."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.certificates import commands
from app.certificates.effects.keys import reissue_doubtful
from app.certificates.effects.papers import replace_doubtful_papers
from app.certificates.keys import RRN, Purpose
from app.check.doubted import everything_doubted_was_made_again
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, writing
from app.statements.effects import replace_doubtful_statements
from tests.certificates.make import issue, make_world, work
from tests.certificates.test_issuing import keys
from tests.statements.make import ask
from tests.worlds import once

PLANTED = (
    ("UPDATE paper SET replaces_id = NULL", "paper "),
    ("UPDATE signed_statement SET replaces_id = id WHERE replaces_id IS NOT NULL", "statement "),
    ("UPDATE certificate_version SET seal_key = (SELECT seal_key FROM certificate_version WHERE number = 1) WHERE number = 2", "version 2"),
)  # fmt: skip


@once
def drilled(site: Site) -> None:
    """A certificate, a licence on paper and a statement of keys that others may have known; two days have passed."""
    clock = site.clock
    world = make_world(site)
    number = issue(world)
    ask(site, number)
    work(site)
    clock.now += timedelta(hours=2)  # type: ignore[attr-defined]
    for owner in (world.body.ref, RRN):
        (seal,) = keys(site).all(Purpose.SEAL, owner)
        with writing(site, SYSTEM) as unit:
            commands.suspect(unit, seal, unit.now - timedelta(hours=3), "A disk was lost.", "Kay Keeper")
    for _round in range(2):
        work(site)
        for duty in (reissue_doubtful, replace_doubtful_papers, replace_doubtful_statements):
            duty(site)
    clock.now += timedelta(days=2)  # type: ignore[attr-defined]


def found(site: Site, statements: str) -> list[str]:
    """What the look finds with one fault planted, which is taken back."""
    with writing(site, SYSTEM) as unit:
        for one in statements.split(";"):
            unit.db.execute(text(one))
        breaches = [f"{one.where} {one.what}" for one in everything_doubted_was_made_again(unit)]
        unit.db.rollback()
    return breaches


@pytest.mark.parametrize(("statements", "said"), PLANTED, ids=["paper", "statement", "certificate"])
def test_what_nobody_made_again_is_found(site: Site, statements: str, said: str) -> None:
    drilled(site)
    assert found(site, "SELECT 1") == []
    lines = found(site, statements)
    assert any(said in line and "was not made again" in line for line in lines), lines


def test_the_worker_has_a_day_for_it(site: Site) -> None:
    drilled(site)
    site.clock.now -= timedelta(days=1, hours=20)  # type: ignore[attr-defined]
    assert found(site, PLANTED[0][0]) == []
