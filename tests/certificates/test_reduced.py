"""A certificate that covers fewer curricula than at first: suspended, in part and whole, and what it comes back as."""

from datetime import timedelta

import pytest

from app.certificates.rules import Status
from app.kernel.database import Site
from app.kernel.errors import Invalid
from tests.certificates.make import (
    World,
    change,
    issue,
    lines,
    make_world,
    on,
    reading_day,
    refs,
    row,
    status,
)
from tests.conftest import SetClock


@pytest.fixture
def world(site: Site) -> World:
    return make_world(site, curricula=3)


def reduced(world: World) -> tuple[str, list[str]]:
    """A certificate without its first curriculum, and the references of those left on it."""
    number = issue(world)
    first, *left = refs(world.site, number)
    change(world, number, "reduce", curricula=[first])
    return number, left


def test_a_reduced_certificate_comes_back_from_a_suspension_as_reduced(world: World) -> None:
    number, left = reduced(world)
    change(world, number, "suspend")
    change(world, number, "reinstate")
    assert row(world.site, number).status is status(world.site, number) is Status.REDUCED
    seen = on(world.site, number, reading_day(world.site))
    assert [item.status for item in seen.items] == [Status.WITHDRAWN, Status.ACTIVE, Status.ACTIVE]
    assert seen.public_text == (
        "Certified again from 2 March 2026, for the curricula that are left on the certificate."
    )
    last = lines(world.site, number)[-1]
    assert (last.before, last.status, last.item_id) == (Status.SUSPENDED, Status.REDUCED, None)
    assert len(left) == 2


def test_one_that_was_never_reduced_comes_back_active(world: World) -> None:
    number = issue(world)
    change(world, number, "suspend")
    change(world, number, "reinstate")
    assert row(world.site, number).status is status(world.site, number) is Status.ACTIVE


def test_single_curricula_of_a_reduced_certificate_are_suspended_and_it_stays_reduced(
    world: World, clock: SetClock
) -> None:
    number, left = reduced(world)
    change(world, number, "suspend-curricula", curricula=left[:1])
    assert row(world.site, number).status is Status.REDUCED
    assert [item.status for item in on(world.site, number, reading_day(world.site)).items] == [
        Status.WITHDRAWN,
        Status.SUSPENDED,
        Status.ACTIVE,
    ]
    clock.now += timedelta(days=3)
    change(world, number, "reinstate-curricula", curricula=left[:1])
    assert row(world.site, number).status is Status.REDUCED
    assert len(on(world.site, number, reading_day(world.site)).certified) == 2


def test_single_curricula_of_a_suspended_certificate_are_not_suspended_once_more(world: World) -> None:
    number, left = reduced(world)
    change(world, number, "suspend")
    with pytest.raises(Invalid):
        change(world, number, "suspend-curricula", curricula=left[:1])
