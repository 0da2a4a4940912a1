"""One entry of the register, and the question with three keys."""

from datetime import date, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.certificates.rules import Answer, Status
from app.kernel.database import Site, reading
from app.kernel.errors import NotFound
from app.main import create_app
from app.providers.rules import TrainerLevel
from app.registry import queries
from app.registry.queries import CheckView
from app.settings import Settings
from tests.conftest import SetClock
from tests.licences.make import change as change_licence
from tests.providers.make import affiliate_step, employer_of, make_affiliate, make_trainer
from tests.registry.make import World, add_service, change, give_name, make_world, moment, publish

TODAY = date(2026, 3, 2)


@pytest.fixture
def world(site: Site) -> World:
    world = make_world(site, titles=("Safe Holding: intermediate", "De-escalation and Disengagement"))
    publish(world, at=moment(date(2026, 1, 1)))
    return world


def check(
    world: World, organisation: str = "Harbour Lane Training", on: date | None = None, **keys: str
) -> CheckView:
    with reading(world.site) as unit:
        return queries.check_view(
            unit,
            organisation,
            keys.get("curriculum", ""),
            keys.get("trainer", ""),
            keys.get("affiliate", ""),
            on,
        )


def test_a_service_shows_its_path_up_to_ukas(world: World) -> None:
    with reading(world.site) as unit:
        entry = queries.service_entry(unit, world.service.organisation_ref)
    assert entry.title == "Yes, for both curricula"
    assert [link.tag.tone for link in entry.chain] == ["yes", "yes", "yes"]
    assert entry.claim
    assert entry.legal


def test_the_path_shows_the_link_that_does_not_hold(world: World) -> None:
    change_licence(world.site, world.rrn, world.body, "suspend", TODAY)
    with reading(world.site) as unit:
        entry = queries.service_entry(unit, world.service.organisation_ref)
        body = queries.body_entry(unit, world.body.ref)
    assert entry.chain[1].tag.tone == "pause"
    assert body.title == "Not just now: suspended"
    assert body.changes[0].public_text == "RRN looks into how decisions were made."


def test_an_entry_answers_for_a_past_day_too(world: World, clock: SetClock) -> None:
    clock.now += timedelta(days=60)
    give_name(world, "Safe Harbour Learning", date(2026, 4, 1))
    change(world, Status.WITHDRAWN, date(2026, 4, 2))
    with reading(world.site) as unit:
        now = queries.service_entry(unit, world.service.organisation_ref)
        then = queries.service_entry(unit, world.service.organisation_ref, date(2026, 3, 1))
    assert (now.name, now.tag.tone, now.claim, now.formerly) == (
        "Safe Harbour Learning",
        "no",
        "",
        ["Harbour Lane Training"],
    )
    assert (then.name, then.tag.tone) == ("Harbour Lane Training", "yes")


def test_a_service_without_a_published_certificate_has_no_entry(world: World) -> None:
    other = add_service(world.site, world.body, "Wrenmoor Partnership Trust")
    publish(world, 300, other, told=False)
    with reading(world.site) as unit, pytest.raises(NotFound):
        queries.service_entry(unit, other.organisation_ref)


def test_a_curriculum_is_never_better_than_its_certificate(world: World) -> None:
    with reading(world.site) as unit:
        refs = {
            line.title: line.ref
            for line in queries.service_entry(unit, world.service.organisation_ref).items[0].curricula
        }
    change(world, Status.SUSPENDED, TODAY, title="Safe Holding: intermediate")
    with reading(world.site) as unit:
        paused = queries.curriculum_entry(unit, refs["Safe Holding: intermediate"])
        good = queries.curriculum_entry(unit, refs["De-escalation and Disengagement"])
    assert (paused.tag.tone, good.tag.tone) == ("pause", "yes")
    change(world, Status.SUSPENDED, TODAY)
    with reading(world.site) as unit:
        assert queries.curriculum_entry(unit, refs["De-escalation and Disengagement"]).tag.tone == "pause"


def test_an_affiliate_counts_only_while_its_provider_is_certified(world: World) -> None:
    ref = make_affiliate(world.site, world.service)
    with reading(world.site) as unit:
        assert queries.affiliate_entry(unit, ref).title == "Yes, an approved affiliate"
    change(world, Status.SUSPENDED, TODAY)
    with reading(world.site) as unit:
        entry = queries.affiliate_entry(unit, ref)
    assert (entry.title, entry.tag.tone) == ("Approved, but its provider is not certified", "pause")


def test_a_proposed_affiliate_is_nobodys_business(world: World) -> None:
    ref = make_affiliate(world.site, world.service, at="proposed")
    with reading(world.site) as unit, pytest.raises(NotFound):
        queries.affiliate_entry(unit, ref)


def test_an_organisation_is_found_by_the_beginnings_of_its_words_among_those_that_ever_were_certified(
    world: World,
) -> None:
    publish(world, 301, add_service(world.site, world.body, "Harbour View School"))
    add_service(world.site, world.body, "Harbour Side Care")
    both = check(world, "harb")
    assert [choice.name for choice in both.choices] == ["Harbour Lane Training", "Harbour View School"]
    assert check(world, "lane harbour").holder == check(world).holder
    assert check(world, "arbour").choices == []
    assert "No organisation of that name" in check(world, "safe holding").sentence, "a title is no name"


def test_all_keys_turn(world: World) -> None:
    make_trainer(world.site, world.service)
    make_affiliate(world.site, world.service)
    said = check(
        world, curriculum="safe holding", trainer="Lukasz Wisniewski", affiliate="Larkfield Care Homes"
    )
    assert (said.answer, said.failing, said.tone) == (Answer.CERTIFIED, [], "yes")
    assert [key.key for key in said.keys] == ["organisation", "curriculum", "trainer", "affiliate"]


@pytest.mark.parametrize(
    ("keys", "failing"),
    [
        ({"curriculum": "Underwater Holding"}, ["curriculum"]), ({"trainer": "Nobody Known"}, ["trainer"]),
        ({"affiliate": "Some Other Home"}, ["affiliate"]), ({"curriculum": "safe holding", "trainer": "Nobody Known"}, ["trainer"]),
    ],
)  # fmt: skip
def test_the_failing_key_is_named(world: World, keys: dict[str, Any], failing: list[str]) -> None:
    said = check(world, **keys)
    assert said.failing == failing
    assert said.answer is Answer.NOT_CERTIFIED
    assert said.tone == "no"


def test_the_suspended_curriculum_is_the_failing_key(world: World) -> None:
    change(world, Status.SUSPENDED, TODAY, title="Safe Holding: intermediate")
    said = check(world, curriculum="Safe Holding: intermediate")
    assert (said.failing, said.answer, said.tone) == (["curriculum"], Answer.WAS_CERTIFIED, "pause")
    assert check(world, curriculum="de-escalation").failing == []
    assert check(world).tone == "partly"


def test_an_associate_trainer_counts_only_where_employed(world: World) -> None:
    ref = make_affiliate(world.site, world.service)
    place = employer_of(world.site, ref)
    make_trainer(world.site, world.service, "Ana Associate", level=TrainerLevel.ASSOCIATE, employer=place)
    assert check(world, trainer="Ana Associate", affiliate="Larkfield Care Homes").failing == []
    assert check(world, trainer="Ana Associate").failing == ["trainer"]


def test_days_decide_every_key(world: World, clock: SetClock) -> None:
    make_trainer(world.site, world.service)
    ref = make_affiliate(world.site, world.service)
    clock.now += timedelta(days=10)
    affiliate_step(
        world.site, world.service.manager, ref, "end", ended_on=date(2026, 3, 10), reason="It moved on."
    )
    assert check(world, affiliate="Larkfield Care Homes").failing == ["affiliate"]
    assert check(world, affiliate="Larkfield Care Homes", on=date(2026, 3, 5)).failing == []
    assert check(world, trainer="Łukasz Wiśniewski", on=date(2026, 2, 1)).failing == ["trainer"]
    assert check(world, on=date(2025, 12, 31)).failing == ["organisation"]


def test_a_name_that_means_several_is_asked_back_and_an_unknown_one_is_no_no(world: World) -> None:
    publish(world, 301, add_service(world.site, world.body, "Harbour House Training"))
    several = check(world, "harbour")
    assert (several.answer, len(several.choices)) == (Answer.CANNOT_TELL, 2)
    unknown = check(world, "Zebra Consulting")
    assert (unknown.answer, unknown.title) == (Answer.CANNOT_TELL, "We cannot tell")


def test_nothing_asked_is_nothing_said(world: World) -> None:
    assert not check(world, "").given


def test_every_public_page_is_drawn(world: World, settings: Settings, clock: SetClock) -> None:
    ref = make_affiliate(world.site, world.service)
    change(world, Status.SUSPENDED, TODAY, title="Safe Holding: intermediate")
    organisation = world.service.organisation_ref
    with reading(world.site) as unit:
        curriculum = queries.service_entry(unit, organisation).items[0].curricula[0].ref
    addresses = {
        "/": "Is this restraint training certified?", f"/register/services/{organisation}": "Yes, for 1 of 2 curricula",
        f"/register/curricula/{curriculum}": "Safe Holding", f"/register/affiliates/{ref}": "Larkfield", f"/register/bodies/{world.body.ref}": "Northgate",
        f"/marks/{organisation}": "Yes, for some of its curricula", "/check?organisation=harbour": "Key by key", "/verify": "Check a certificate",
        f"/verify/{world.number}": "1 curriculum is suspended", f"/verify/{world.number}?on=2026-02-01": "This is about",
    }  # fmt: skip
    with TestClient(create_app(settings, clock)) as client:
        for address, words in addresses.items():
            answer = client.get(address)
            assert answer.status_code == 200, address
            assert words in answer.text, address
            assert answer.headers["cache-control"].startswith("public"), address
        badge = client.get(f"/badge/{world.number}.svg")
        assert badge.headers["content-type"].startswith("image/svg+xml")
        assert client.get("/register/services/0000000000").status_code == 404
