"""The whole scheme is as large as it says, and the life of one of its services leaves nothing out of order."""

import dataclasses
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from app.__main__ import bring_to_head
from app.cases.models import Case
from app.cases.rules import Kind
from app.certificates.models import Certificate
from app.check.walk import breaches
from app.demo import licensing, start
from app.demo.crowd import FOR_EACH_AFFILIATE, Fate, home_name, plans
from app.demo.delivering import Provider, looked_after
from app.demo.histories import many
from app.demo.making import Size, make
from app.demo.world import World
from app.demo.years import Story
from app.kernel.actor import SYSTEM
from app.kernel.database import connect, reading
from app.providers.models import Affiliate
from app.providers.rules import AffiliateState

pytestmark = pytest.mark.slow


def test_the_scheme_is_as_large_as_it_says() -> None:
    made = plans()
    assert len(made) + 12 == 300
    assert sum(len(plan.courses) for plan in made) + 30 == 1_500
    assert sum(plan.seniors for plan in made) + 80 == 3_000
    assert sum(len(plan.affiliates) for plan in made) + 40 == 5_000
    assert sum(len(plan.affiliates) for plan in made) * FOR_EACH_AFFILIATE > 19_000
    assert {plan.fate for plan in made} == set(Fate)


def test_no_two_services_and_no_two_homes_share_a_name() -> None:
    assert len({plan.house.name for plan in plans()}) == len(plans())
    assert len({home_name(at) for at in range(4_960)}) == 4_960


def test_a_handful_of_providers_hold_most_affiliates() -> None:
    held = sorted((len(plan.affiliates) for plan in plans()), reverse=True)
    assert sum(held[:8]) > sum(held) / 2


def test_everybody_meets_the_same_scheme() -> None:
    assert plans() == plans()


def test_ten_years_of_one_service(tmp_path: Path) -> None:
    """Suspended once, renewed again and again, with affiliates that are looked after."""
    plan = dataclasses.replace(
        plans()[2], fate=Fate.SUSPENDED_ONCE, affiliates=("Aldwick House", "Bellrose Lodge"), courses=plans()[2].courses[:2], seniors=2
    )  # fmt: skip

    def stories(world: World) -> Iterator[tuple[date, Story]]:
        certified: set[str] = set()
        one = Provider(plan.house.key, plan.body)
        yield world.ago(1900), licensing.renew(world, plan.body)
        yield world.ago(400), licensing.renew(world, plan.body)
        yield world.ago(3600), many.life(world, one, plan, 0, certified)
        yield world.ago(3580), many.grow(world, one, plan, certified)
        yield world.ago(3580), looked_after(world, one)

    settings = start.demo_settings(8000, {"RRN_DATA_DIR": str(tmp_path)})
    bring_to_head(settings)
    make(settings, "quiet lamp river stone", lambda _share: None, Size(3650, stories, "ten years"))
    site = connect(settings)
    with reading(site, SYSTEM) as unit:
        kinds = [case.kind for case in unit.db.scalars(select(Case))]
        certificates = unit.db.scalars(select(Certificate)).all()
        homes = unit.db.scalars(select(Affiliate)).all()
    assert kinds.count(Kind.RECERTIFICATION) >= 2
    assert kinds.count(Kind.SURVEILLANCE) >= 5
    assert kinds.count(Kind.SPECIAL) == 1
    assert len(certificates) >= 3
    assert [home.status for home in homes] == [AffiliateState.APPROVED] * 2
    assert list(breaches(site)) == []
    site.engine.dispose()
