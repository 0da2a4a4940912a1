"""A parent with a phone at night: what they heard half, spelled wrong and mistyped still leads to a true answer. No script runs."""

from datetime import timedelta

import pytest

from tests.certificates.make import World, grant, make_world
from tests.journeys.conftest import Opens
from tests.journeys.live import Live
from tests.journeys.screen import PHONE, Screen
from tests.licences.make import make_body, make_manager

pytestmark = pytest.mark.parametrize("prepared", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
def world(live: Live) -> World:
    today = live.site.clock().date()
    rrn = make_manager(live.site)
    body = make_body(live.site, rrn, from_on=today - timedelta(days=60), to_on=today + timedelta(days=1000))
    return make_world(live.site, body=body, rrn=rrn)


@pytest.fixture
def number(live: Live, world: World) -> str:
    """The number of a certificate that the school's training service holds."""
    given = grant(world)
    live.worker()
    return given


def test_a_parent_finds_out_whether_the_training_at_school_is_certified(
    live: Live, number: str, opens: Opens
) -> None:
    parent = opens(PHONE, scripts=False)
    a_name_spelled_wrong_is_found(parent)
    the_entry_says_so_today_and_says_what_nobody_knows(parent, live)
    a_number_with_a_slip_is_neither_yes_nor_no(parent, number)
    the_right_number_is_answered_with_what_it_does_not_mean(parent, number)


def a_name_spelled_wrong_is_found(parent: Screen) -> None:
    parent.visits("/").reads("Is this restraint training certified?", "What certification means")
    parent.sends("Search the register", q="Harbor Lane Trainning")
    parent.reads("These were found for", "Harbour Lane Training", "Certified until")


def the_entry_says_so_today_and_says_what_nobody_knows(parent: Screen, live: Live) -> None:
    parent.follows("Harbour Lane Training").reads("Yes, for both curricula", "certified until")
    before = live.site.clock().date() - timedelta(days=30)
    parent.page.fill("main [name=on]", before.isoformat())
    parent.presses("Ask about that day").reads(
        "We cannot tell", "The register began on", f"{before.day} {before:%B %Y}"
    )


def a_number_with_a_slip_is_neither_yes_nor_no(parent: Screen, number: str) -> None:
    parent.visits("/").follows("Check a certificate")
    slipped = number[:-1] + ("7" if number[-1] != "7" else "4")
    parent.sends("Check it", number=slipped.lower()).reads("cannot tell")
    parent.does_not_read("is certified until", "is not certified")


def the_right_number_is_answered_with_what_it_does_not_mean(parent: Screen, number: str) -> None:
    parent.sends("Check it", number=number.lower().replace("-", " "))
    parent.reads("is certified until", "What this does not mean", "Nobody has inspected your school")
