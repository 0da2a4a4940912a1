"""An application: saved as it is typed, sent and frozen, questioned, declined or accepted."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from app.cases import commands, queries
from app.cases.models import ApplicationVersion, CaseCounter
from app.cases.rules import Kind, State, digest
from app.cases.rules.forms import OpenCase
from app.curricula.models import CurriculumVersion
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, reading, writing
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale, WrongState
from app.providers.models import TrainingService
from tests.cases.make import (
    World,
    begin_review,
    go,
    make_case,
    make_client,
    make_world,
    open_case,
    row,
    step,
    submit,
    told,
    whole,
)
from tests.conftest import SetClock
from tests.curricula.make import make_version
from tests.licences.make import change


def sent(world: World) -> ApplicationVersion:
    with reading(world.site, SYSTEM) as unit:
        found = queries.sent_application(unit, row(world))
        assert found
        return found


def test_cases_of_a_body_are_numbered_one_after_the_other(site: Site) -> None:
    world = make_world(site)
    refs = []
    for _each in range(3):
        open_case(world)
        refs.append(world.ref)
    assert refs == ["NGC-C-0001", "NGC-C-0002", "NGC-C-0003"]
    with reading(site, SYSTEM) as unit:
        assert unit.db.scalar(select(CaseCounter.last)) == 3


def test_a_case_is_pinned_to_edition_and_rule_pack_by_their_digests(site: Site) -> None:
    case = row(make_case(site, State.DRAFT))
    assert (case.edition, case.rule_pack) == ("rrn-1.2", "rrn-2026")
    assert len(case.edition_digest) == len(case.rule_pack_digest) == 64


def test_an_application_is_saved_half_done_and_resumed(site: Site) -> None:
    world = make_case(site, State.DRAFT)
    step(world, world.client, "save", sites="1 High Street, Leeds", curricula=world.versions)
    step(world, world.client, "save", sites="1 High Street, Leeds", legal_identity="Company 01234567")
    with reading(site, world.client) as unit:
        values = queries.application_values(unit, row(world))
    assert values["legal_identity"] == "Company 01234567"
    assert values["sites"] == "1 High Street, Leeds"
    assert values["curricula"] == []


def test_what_is_missing_is_named_and_nothing_is_sent(site: Site) -> None:
    world = make_case(site, State.DRAFT)
    with pytest.raises(Refused, match=r"where you work.*at least one senior trainer"):
        step(world, world.client, "submit", true_and_whole=True)
    assert row(world).status is State.DRAFT
    with reading(site, world.client) as unit:
        assert {gap.field for gap in queries.gaps_of(unit, row(world))} == {
            "legal_identity", "sites", "trainers", "outsourced",
        }  # fmt: skip


def test_it_is_sent_only_when_somebody_says_that_it_is_true(site: Site) -> None:
    world = make_case(site, State.DRAFT)
    step(world, world.client, "save", **whole(world))
    with pytest.raises(Invalid):
        step(world, world.client, "submit", true_and_whole=False)
    assert row(world).submitted_at is None


def test_what_was_sent_is_frozen_with_its_hash(site: Site) -> None:
    world = make_case(site, State.SUBMITTED)
    frozen = sent(world)
    assert frozen.digest == digest(frozen.content)
    assert frozen.content["legal_name"] == "Harbour Lane Training Ltd"
    assert len(frozen.content["curricula"][0]["digest"]) == 64
    with pytest.raises(WrongState):
        step(world, world.client, "save", **whole(world, legal_name="Another"))
    with pytest.raises(DBAPIError, match="append-only"), writing(site, SYSTEM) as unit:
        unit.db.execute(update(ApplicationVersion).values(digest="0" * 64))


def test_sending_makes_the_body_that_of_the_service(site: Site) -> None:
    world = make_case(site, State.DRAFT)
    with reading(site, SYSTEM) as unit:
        assert unit.db.get_one(TrainingService, world.service_id).body_id is None
    submit(world)
    with reading(site, SYSTEM) as unit:
        assert unit.db.get_one(TrainingService, world.service_id).body_id == world.body.id


def test_a_body_knows_nothing_of_a_draft(site: Site) -> None:
    world = make_case(site, State.DRAFT)
    with pytest.raises(NotFound):
        step(world, world.officer, "begin-review")
    with reading(site, world.officer) as unit:
        assert (
            queries.queue(
                unit, state=None, owner=None, late_only=False, mine=False, older=None, every=True, after=None
            ).items
            == []
        )


def test_curricula_of_somebody_else_cannot_be_chosen(site: Site) -> None:
    world = make_world(site)
    theirs, _service = make_client(site, "Calder Care Training", "Cai Calder")
    foreign = make_version(site, theirs, title="Clinical Holding")
    with pytest.raises(Invalid) as refusal, writing(site, world.client) as unit:
        commands.open_case(unit, OpenCase(body=world.body.ref, curricula=[foreign]))
    assert set(refusal.value.fields) == {"curricula"}
    with reading(site, world.client) as unit:
        assert unit.db.scalar(select(CaseCounter.last)) is None


def test_a_draft_curriculum_cannot_be_applied_for(site: Site) -> None:
    world = make_world(site)
    draft = make_version(site, world.client, at="draft", title="Not yet")
    with pytest.raises(Invalid), writing(site, world.client) as unit:
        commands.open_case(unit, OpenCase(body=world.body.ref, curricula=[draft]))


def test_nobody_applies_to_a_body_whose_licence_is_suspended(site: Site) -> None:
    world = make_world(site)
    with reading(site, SYSTEM) as unit:
        today = unit.today
    change(site, world.manager, world.body, "suspend", today)
    with pytest.raises(Refused, match="choose another certification body"):
        open_case(world)


def test_only_a_client_applies_and_only_for_what_ends_in_a_certificate(site: Site) -> None:
    world = make_world(site)
    with pytest.raises(Forbidden), writing(site, world.officer) as unit:
        commands.open_case(unit, OpenCase(body=world.body.ref, curricula=world.versions))
    with pytest.raises(Invalid), writing(site, world.client) as unit:
        commands.open_case(
            unit, OpenCase(body=world.body.ref, kind=Kind.SURVEILLANCE, curricula=world.versions)
        )
    with pytest.raises(Invalid), writing(site, world.client) as unit:
        commands.open_case(unit, OpenCase(body=world.stranger.organisation_ref, curricula=world.versions))


def test_whoever_begins_the_review_owns_the_case(site: Site) -> None:
    case = row(make_case(site, State.UNDER_APPLICATION_REVIEW))
    assert case.owner_name == "Olive Officer"


def test_the_clock_stands_still_while_information_is_asked_for(site: Site, clock: SetClock) -> None:
    world = make_case(site, State.UNDER_APPLICATION_REVIEW)
    clock.now += timedelta(days=2)
    step(world, world.officer, "request-information", question="Which sites have their own trainers?")
    clock.now += timedelta(days=5)
    with reading(site, world.client) as unit:
        view = queries.case_view(unit, world.ref)
    assert (view.age_days, view.paused) == (2, "Which sites have their own trainers?")
    assert view.turn
    assert view.turn.mine
    step(world, world.client, "answer-information", answer="Leeds alone.")
    clock.now += timedelta(days=1)
    with reading(site, world.officer) as unit:
        view = queries.case_view(unit, world.ref)
    assert (view.age_days, view.paused) == (3, "")
    assert [(one.question, one.answer) for one in view.requests] == [
        ("Which sites have their own trainers?", "Leeds alone.")
    ]


def test_a_case_waits_since_it_last_moved(site: Site, clock: SetClock) -> None:
    world = make_case(site, State.DRAFT)
    opened = clock.now
    clock.now += timedelta(days=3)
    step(world, world.client, "save", **whole(world))
    assert row(world).status_since == opened
    step(world, world.client, "submit", true_and_whole=True)
    assert row(world).status_since == clock.now


def test_each_check_must_be_true_before_an_application_is_accepted(site: Site) -> None:
    world = make_case(site, State.UNDER_APPLICATION_REVIEW)
    with pytest.raises(Invalid, match="Nothing was saved"):
        step(world, world.officer, "accept-application", checks=["clear", "scope"])
    assert row(world).status is State.UNDER_APPLICATION_REVIEW


def test_a_declined_client_gets_the_reasons_and_the_way_to_appeal(site: Site) -> None:
    world = make_case(site, State.UNDER_APPLICATION_REVIEW)
    step(world, world.officer, "decline", reasons="We have nobody who knows secure transport.")
    (letter,) = told(world, world.client, "declined")
    assert "We have nobody who knows secure transport." in letter
    assert "You may appeal. It is free" in letter
    assert f"http://testserver/cases/{world.ref}" in letter


def test_the_certification_body_is_told_of_an_application(site: Site) -> None:
    world = make_case(site, State.SUBMITTED)
    assert len(told(world, world.officer, "a new application")) == 1
    assert len(told(world, world.officer, "a new application")) == 1
    assert told(world, world.reviewer, "") == []


def test_a_client_takes_its_application_back_and_its_curricula_are_free(site: Site) -> None:
    world = make_case(site, State.IN_EVALUATION)
    step(world, world.client, "withdraw-application", reason="We go another way.")
    assert row(world).status is State.WITHDRAWN
    with reading(site, SYSTEM) as unit:
        assert {one.status.value for one in unit.db.scalars(select(CurriculumVersion))} == {"submitted"}
    open_case(world)
    go(world, State.SUBMITTED)
    step_refs = world.ref
    assert step_refs == "NGC-C-0002"


def test_a_stale_page_loses_nobodys_words(site: Site) -> None:
    world = make_case(site, State.DRAFT)
    seen = row(world).version
    step(world, world.client, "save", **whole(world, notes="First."))
    with pytest.raises(Stale, match="Nothing of yours was saved"):
        step(world, world.client, "save", **(whole(world, notes="Second.") | {"version": seen}))
    with reading(site, world.client) as unit:
        assert queries.application_of(unit, row(world)).notes == "First."


def test_two_officers_do_not_both_begin_the_review(site: Site) -> None:
    world = make_case(site, State.SUBMITTED)
    seen = row(world).version
    begin_review(world)
    with pytest.raises(Stale):
        step(world, world.officer, "begin-review", version=seen)
