"""The desk of each role, with the work other people's commands brought to it."""

from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest

from app.cases.rules import State
from app.certificates.commands import start_reissue
from app.certificates.queries.reissue import find_reissue
from app.certificates.rules import REISSUE, StartReissue
from app.desks import queries
from app.desks.queries import DeskLine, DeskView
from app.kernel.actor import ANYONE, Actor
from app.kernel.casework import take
from app.kernel.database import Site, reading, writing
from app.kernel.fields import Note
from app.permissions import Role
from app.web.rendering import render
from tests.audits.make import statements
from tests.cases.make import (
    ANSWER,
    World,
    finding_step,
    go,
    issue_findings,
    make_case,
    recommend,
    step,
)
from tests.certificates import make as certificates
from tests.conftest import SetClock
from tests.licences.make import change as change_licence
from tests.licences.make import make_body, make_manager
from tests.providers.make import affiliate_actor, make_affiliate, make_service, make_trainer


def desk(site: Site, actor: Actor) -> DeskView:
    with reading(site, actor) as unit:
        return queries.desk(unit)


def told(lines: list[DeskLine]) -> list[tuple[str, str]]:
    return [(line.kind, line.sentence) for line in lines]


def sentences(seen: DeskView) -> list[str]:
    return [line.sentence for line in (*seen.late, *seen.waiting_for_me, *seen.i_wait_for)]


def asked(site: Site, actor: Actor) -> list[str]:
    """What the person is asked to do, late or not."""
    seen = desk(site, actor)
    return [line.sentence for line in (*seen.late, *seen.waiting_for_me) if line.mine]


def test_an_application_waits_for_the_officer_and_the_client_waits_for_the_body(site: Site) -> None:
    world = make_case(site, State.SUBMITTED)
    seen, clients = desk(site, world.officer), desk(site, world.client)
    assert ("case", "It is your turn: begin the application review.") in told(seen.waiting_for_me)
    assert seen.next and seen.next.href.startswith("/cases/")
    assert ("case", "Waiting for Northgate Certification to begin the application review.") in told(
        clients.i_wait_for
    )
    assert not [line for line in clients.waiting_for_me if line.kind == "case"]


@pytest.mark.parametrize(
    ("state", "who", "what"),
    [
        (State.DRAFT, "client", "fill in the application and send it"),
        (State.UNDER_APPLICATION_REVIEW, "officer", "accept the application, or ask for what is missing"),
        (State.AGREEMENT_PENDING, "client", "read and accept the agreement"),
        (State.AGREEMENT_IN_FORCE, "officer", "plan the evaluation"),
        (State.PLANNED, "lead", "begin the evaluation"),
        (State.EVALUATION_COMPLETE, "reviewer", "take the case into review"),
        (State.IN_REVIEW, "reviewer", "review the case"),
    ],
)
def test_in_every_state_the_case_stands_on_the_desk_of_whose_turn_it_is(
    site: Site, state: State, who: str, what: str
) -> None:
    world = make_case(site, state)
    assert f"It is your turn: {what}." in asked(site, getattr(world, who))
    for other in {"officer", "client", "lead", "reviewer"} - {who}:
        assert f"It is your turn: {what}." not in sentences(desk(site, getattr(world, other)))


def test_a_decision_waits_for_the_decision_maker_once_the_review_is_complete(site: Site) -> None:
    world = make_case(site, State.IN_REVIEW)
    assert asked(site, world.decider) == []
    recommend(world)
    assert asked(site, world.decider) == ["It is your turn: decide."]


def test_an_assessor_has_the_evaluation_to_record_and_not_the_case_beside_it(site: Site) -> None:
    world = make_case(site, State.IN_EVALUATION)
    seen = desk(site, world.lead)
    assert {line.kind for line in seen.waiting_for_me} == {"audit"}
    assert {line.kind for line in desk(site, world.assessor).waiting_for_me} == {"audit"}
    assert desk(site, world.reviewer).waiting_for_me == []


def test_an_assessor_waits_only_in_the_cases_of_the_own_teams(site: Site) -> None:
    world = make_case(site, State.EVALUATION_COMPLETE)
    assert [line.case for line in desk(site, world.assessor).i_wait_for] == [world.ref]
    assert desk(site, world.everything).i_wait_for == []


def test_a_finding_goes_from_desk_to_desk_with_its_rounds(site: Site) -> None:
    world = make_case(site, State.IN_EVALUATION)
    ref = issue_findings(world)
    seen = desk(site, world.client)
    assert "Answer finding 1 on 1.1.1." in asked(site, world.client)
    assert [line.href for line in seen.waiting_for_me if line.kind == "finding"] == [f"/findings/{ref}"]
    finding_step(world, world.client, ref, "respond", **ANSWER)
    assert "Judge the answer to finding 1 on 1.1.1." in asked(site, world.assessor)
    assert "Judge the answer to finding 1 on 1.1.1." not in asked(site, world.everything)  # not of the team
    assert "Answer finding 1 on 1.1.1." not in asked(site, world.client)


def test_a_finding_that_is_not_issued_is_on_no_desk_of_the_client(site: Site) -> None:
    world = make_case(site, State.IN_EVALUATION)
    assert not [line for line in desk(site, world.client).waiting_for_me if line.kind in ("finding", "audit")]


def test_an_answer_that_is_overdue_stands_first_and_is_the_next_action(site: Site, clock: SetClock) -> None:
    world = make_case(site, State.IN_EVALUATION)
    ref = issue_findings(world)
    due = desk(site, world.client).waiting_for_me
    day = next(line.due_on for line in due if line.kind == "finding")
    assert day
    clock.now += timedelta(days=(day - clock.now.date()).days)
    assert desk(site, world.client).late == []  # the day itself is in time
    clock.now += timedelta(days=1)
    seen = desk(site, world.client)
    assert seen.late[0].href == f"/findings/{ref}" and seen.late[0].mine
    assert seen.next and seen.next.href == f"/findings/{ref}"
    assert [line.case for line in desk(site, world.officer).late] == [
        world.ref
    ]  # the officer sees it, and waits


def test_a_planned_day_that_has_passed_is_late_on_the_lead_s_desk(site: Site, clock: SetClock) -> None:
    world = make_case(site, State.PLANNED)
    assert desk(site, world.lead).late == []
    clock.now += timedelta(days=2)
    assert [line.case for line in desk(site, world.lead).late] == [world.ref]


def test_an_objection_waits_for_who_planned(site: Site) -> None:
    world = make_case(site, State.PLANNED)
    step(
        world, world.client, "object-to-team", person=world.lead.id, reason="She trained our staff last year."
    )
    assert "It is your turn: answer the objection to the team." in asked(site, world.officer)
    assert "It is your turn: begin the evaluation." not in asked(site, world.lead)


def test_no_line_stands_on_a_desk_twice(site: Site) -> None:
    world = make_case(site, State.IN_EVALUATION)
    issue_findings(world)
    for actor in (world.client, world.lead, world.officer):
        seen = desk(site, actor)
        lines = [*seen.late, *seen.waiting_for_me, *seen.i_wait_for]
        assert len({line.href for line in lines}) == len(lines)


def test_another_client_and_another_body_see_nothing_of_it(site: Site) -> None:
    world = make_case(site, State.IN_EVALUATION)
    other = make_body(site, world.manager, "Calder Assurance", "CAL")
    assert sentences(desk(site, world.stranger)) == []
    assert sentences(desk(site, other.officer)) == []


def test_evidence_waits_for_the_provider_then_for_the_body(site: Site) -> None:
    service = make_service(site)
    make_affiliate(site, service, at="proposed")
    make_trainer(site, service, at="evidence_complete")
    mine, theirs = desk(site, service.manager), desk(site, service.officer)
    assert [(line.kind, line.since) for line in mine.waiting_for_me] == [("affiliate", date(2026, 3, 2))]
    assert [line.kind for line in mine.i_wait_for] == ["trainer"]
    assert [line.kind for line in theirs.waiting_for_me] == ["trainer"]


def test_an_approval_that_lapses_is_told_sixty_days_before_and_is_late_after(
    site: Site, clock: SetClock
) -> None:
    service = make_service(site)
    make_trainer(site, service, ils_expires_on=date(2026, 9, 30))
    clock.now = clock.now.replace(month=7, day=31)
    assert desk(site, service.manager).waiting_for_me == []
    clock.now = clock.now.replace(month=8, day=1)
    assert [line.due_on for line in desk(site, service.manager).waiting_for_me] == [date(2026, 9, 30)]
    clock.now = clock.now.replace(month=10, day=1)
    seen = desk(site, service.manager)
    assert [line.sentence for line in seen.late] == [
        "The approval lapsed on 30 September 2026. No course counts until renewed evidence is recorded."
    ]


def test_an_affiliate_knows_when_its_own_approval_lapses_but_acts_through_its_provider(
    site: Site, clock: SetClock
) -> None:
    service = make_service(site)
    ref = make_affiliate(site, service)
    make_affiliate(site, service, "Wrenmoor Homes")
    clock.now = clock.now.replace(year=2027, month=1)
    seen = desk(site, affiliate_actor(site, ref))
    assert [(line.href, line.mine) for line in seen.i_wait_for] == [(f"/affiliates/{ref}", False)]
    assert "unless Harbour Lane Training records renewed evidence" in seen.i_wait_for[0].sentence


def test_a_licence_to_check_waits_for_rrn_and_the_body_waits_for_rrn(site: Site) -> None:
    manager = make_manager(site)
    body = make_body(site, manager, at="applied")
    seen = desk(site, manager)
    assert told(seen.waiting_for_me) == [
        ("licence", "Northgate Certification asked for a licence: check the application.")
    ]
    assert seen.waiting_for_me[0].since == date(2026, 3, 2)
    assert told(desk(site, body.director).i_wait_for) == [
        ("licence", "RRN checks your application for a licence.")
    ]


def test_a_licence_about_to_end_is_told_and_one_that_ended_is_late(site: Site, clock: SetClock) -> None:
    manager = make_manager(site)
    make_body(site, manager, to_on=date(2026, 12, 31))
    assert desk(site, manager).waiting_for_me == []
    clock.now = clock.now.replace(month=11)
    assert [line.due_on for line in desk(site, manager).waiting_for_me] == [date(2026, 12, 31)]
    clock.now = clock.now.replace(year=2027, month=1, day=4)
    assert [line.kind for line in desk(site, manager).late] == ["licence"]


def test_trustees_read_figures_and_no_work(site: Site) -> None:
    world = make_case(site, State.IN_EVALUATION)
    trustee = Actor(
        "trustee", "Tegid Trustee", frozenset({Role.TRUSTEE}), world.manager.organisation_id,
        world.manager.organisation_ref, world.manager.organisation_name, world.manager.seat,
    )  # fmt: skip
    seen = desk(site, trustee)
    assert not seen.has_desk and sentences(seen) == [] and seen.next is None
    numbers = {figure.words: figure.number for figure in seen.figures}
    assert numbers["certification bodies licensed today"] == 1 and numbers["cases open"] == 1


def test_a_body_counts_its_own_work_only(site: Site) -> None:
    world = make_case(site, State.SUBMITTED)
    other = make_body(site, world.manager, "Calder Assurance", "CAL")
    own = {one.words: one.number for one in desk(site, world.officer).figures}
    theirs = {one.words: one.number for one in desk(site, other.officer).figures}
    assert own["cases open"] == 1 and theirs["cases open"] == 0


def test_somebody_without_a_role_is_told_so(site: Site) -> None:
    seen = desk(site, Actor("p1", "Ann Lee"))
    assert not seen.has_desk and seen.figures == []
    assert "You have no work in this register yet" in drawn(seen)


def drawn(seen: DeskView) -> str:
    around: dict[str, Any] = {
        "csrf": "",
        "actor": ANYONE,
        "path": "/desk",
        "address": "",
        "nav": [],
        "demo": False,
    }
    return render("desks/show.html", page=seen, **around)


def test_the_page_says_every_line_once_with_its_day(site: Site) -> None:
    world = make_case(site, State.IN_EVALUATION)
    issue_findings(world)
    seen = desk(site, world.client)
    text = drawn(seen)
    for line in (*seen.waiting_for_me, *seen.late, *seen.i_wait_for):
        assert f'href="{line.href}"' in text
    assert "Since 2 March 2026." in text and "Due on" in text and "What" not in seen.name


def test_questions_do_not_grow_with_the_work(site: Site) -> None:
    world = make_case(site, State.IN_EVALUATION)
    few = statements(site, lambda: desk(site, world.client))
    service = make_service(site, "Wrenmoor Trust", "WRN")
    for name in ("One", "Two", "Three"):
        make_affiliate(site, service, name, at="proposed")
        make_trainer(site, service, name, at="proposed")
    many = statements(site, lambda: desk(site, service.manager))
    assert few <= 14 and many <= 14


def test_the_desk_follows_the_case_to_its_end(site: Site) -> None:
    world: World = make_case(site, State.DRAFT)
    for state in (State.SUBMITTED, State.AGREEMENT_PENDING, State.IN_EVALUATION, State.IN_REVIEW):
        go(world, state)
        people = (world.client, world.officer, world.lead, world.reviewer, world.assessor)
        assert any(asked(site, one) for one in people), state


def test_a_suspension_and_an_end_in_sight_stand_on_the_holder_s_desk_and_its_limit_on_the_body_s(
    site: Site, clock: SetClock
) -> None:
    world = certificates.make_world(site)
    number = certificates.grant(world)
    assert [line.sentence for line in desk(site, world.manager).i_wait_for] == [
        "The register is drawing, sealing and publishing the certificate."
    ]
    certificates.work(site)
    assert desk(site, world.manager).i_wait_for == []
    certificates.change(
        world,
        number,
        "suspend",
        ends_when="The analysis is signed.",
        limit_on=date(2026, 5, 1),
        contact="Olive Officer",
    )
    assert asked(site, world.manager) == [
        "The certificate is suspended. What ends it: The analysis is signed."
    ]
    assert asked(site, world.decider) == []
    clock.now += timedelta(days=30)
    assert asked(site, world.decider) == [
        "The suspension reaches its limit on 1 May 2026: reinstate the certificate, or withdraw it."
    ]
    clock.now += timedelta(days=31)
    assert [line.kind for line in desk(site, world.decider).late] == ["certificate"]
    assert asked(site, world.decider) == [
        "Withdrawal is due since 2 May 2026: the suspension has reached its limit. Withdraw the certificate, or end the suspension."
    ]


def test_a_certificate_that_ends_within_a_year_asks_its_holder_to_apply(site: Site, clock: SetClock) -> None:
    world = certificates.make_world(site)
    number = certificates.issue(world)
    assert asked(site, world.manager) == []
    clock.now = clock.now.replace(year=2028, month=4)
    seen = desk(site, world.manager).waiting_for_me
    assert [(line.about, line.href) for line in seen if line.kind == "certificate"] == [
        (number, "/cases/new")
    ]
    assert [line for line in desk(site, world.stranger).waiting_for_me if line.kind == "certificate"] == []


def test_a_certificate_that_waits_for_the_licence_says_why_to_body_and_holder(site: Site) -> None:
    world = certificates.make_world(site)
    certificates.grant(world)
    change_licence(site, world.rrn, world.body, "suspend", date(2026, 3, 2))
    certificates.work(site)
    for actor in (world.decider, world.manager):
        (line,) = [one for one in desk(site, actor).i_wait_for if one.kind == "certificate"]
        assert line.sentence.startswith("The certificate waits and is not published. ")
        assert "suspended" in line.sentence and line.since == date(2026, 3, 2)
        assert line.sentence in unescape(drawn(desk(site, actor)))
    change_licence(site, world.rrn, world.body, "reinstate", date(2026, 3, 2))
    certificates.work(site)
    assert [one for one in desk(site, world.decider).i_wait_for if one.kind == "certificate"] == []


def test_the_certificate_officer_reads_what_comes_here_and_what_was_stopped_is_the_next_action(
    site: Site, clock: SetClock
) -> None:
    world = certificates.make_world(site)
    officer = replace(world.decider, id="cai-certificates", roles=frozenset({Role.CERTIFICATE_OFFICER}))
    certificates.issue(world)
    clock.now += timedelta(days=1)
    empty = desk(site, officer)
    assert empty.start and empty.start.href == "/certificates" and "not waited for" not in drawn(empty)
    with writing(site, officer) as unit:
        job = start_reissue(unit, StartReissue(body=world.body.ref, reason="The artwork is new."))
        ref = job.ref
    running = desk(site, officer)
    assert running.next is None
    assert [line.sentence for line in running.i_wait_for] == [
        "New paper is being made: 0 of 1 certificates have it."
    ]
    with writing(site, officer) as unit:
        take(unit, REISSUE, find_reissue(unit, ref), "stop", Note(version=1))
    stopped = desk(site, officer)
    assert stopped.next and stopped.next.href == f"/reissues/{ref}"
    assert "New paper was stopped when 0 of 1 certificates had it: go on, or give it up." in drawn(stopped)
    assert asked(site, world.rrn) == asked(site, officer)
    assert sentences(desk(site, world.decider)) == [] and sentences(desk(site, world.stranger)) == []


def test_an_empty_desk_says_what_it_is_for_and_where_to_go_next(site: Site) -> None:
    world = make_case(site, State.SUBMITTED)
    seen = desk(site, world.decider)
    assert sentences(seen) == [] and seen.start
    assert "Nothing waits for you today. A case comes here when its review has ended" in drawn(seen)
    assert f'href="{seen.start.href}"' in drawn(seen)
    service = make_service(site, "Wrenmoor Trust", "WRN")
    ref = make_affiliate(site, service)
    affiliates = desk(site, affiliate_actor(site, ref))
    assert sentences(affiliates) == [] and affiliates.start
    assert "Your provider looks after the approvals." in drawn(affiliates)
    assert affiliates.start.href == "/providers"
    assert desk(site, world.officer).start is None  # an application waits there
