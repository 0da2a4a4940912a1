"""An appeal: who may make one, who may never deal with it, its clock, and what follows when it is upheld."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from app.complaints import queries
from app.complaints.rules import State
from app.desks import queries as desks
from app.kernel import outbox
from app.kernel.actor import SYSTEM, Actor
from app.kernel.database import Site, reading, writing
from app.kernel.errors import Forbidden, Invalid, NotFound, Problem, Refused, WrongState
from app.people.commands import declare_interest, same_person
from app.people.models import Person
from app.people.queries import person
from app.people.rules import Tied
from app.people.rules.forms import Declare
from tests.cases.make import World, address, letters
from tests.cases.make import row as case_row
from tests.complaints.make import DECIDED, appeal, drive, make_refused, row, step
from tests.conftest import SetClock


def refusal(kind: type[Problem], work: Callable[[], object]) -> str:
    """The sentence somebody is told, which must be one."""
    with pytest.raises(kind) as caught:
        work()
    said = caught.value.detail
    assert said.endswith(".") and " " in said, said
    return said


def declare(world: World, who: Actor, kind: Tied, since: date, until: date | None = None) -> None:
    """Somebody declares a tie to the client."""
    with writing(world.site, who) as unit:
        form = Declare(
            organisation=world.client.organisation_ref,
            kind=kind,
            from_on=since,
            to_on=until,
            about="Two days.",
        )
        declare_interest(unit, unit.db.get_one(Person, person(unit, who.id).id), form)


def test_a_refused_client_appeals_and_its_clock_runs_in_working_days(site: Site) -> None:
    world = make_refused(site)
    ref = appeal(world)
    found = row(site, ref)
    assert (found.status, found.desk_id, found.from_id) == (
        State.RECEIVED,
        world.body.id,
        world.client.organisation_id,
    )
    assert found.acknowledge_by == date(2026, 3, 9)
    assert found.decide_by == date(2026, 4, 15), (
        "30 working days from 2 March, without Good Friday and Easter Monday"
    )


def test_nobody_appeals_against_what_is_no_decision_of_theirs_and_nobody_twice(site: Site) -> None:
    world = make_refused(site)
    ref = appeal(world)
    assert "Nothing was saved" in refusal(Invalid, lambda: appeal(world))
    with reading(site, world.stranger) as unit:
        assert queries.appealable(unit) == []
    stranger = World(**{**world.__dict__, "client": world.stranger})
    refusal(Invalid, lambda: appeal(stranger))
    step(site, world.client, ref, "take-back", reason="We apply again.")
    assert row(site, ref).status is State.TAKEN_BACK
    appeal(world)


def test_an_involved_person_is_refused_when_it_is_given_away_with_the_reason(site: Site) -> None:
    world = make_refused(site)
    ref = appeal(world)
    drive(site, world.director, world.impartial, ref, State.ACKNOWLEDGED)
    said = refusal(Refused, lambda: step(site, world.director, ref, "assign", person=world.decider.id))
    assert "Dafydd Decider had a part in" in said and world.ref in said and "Nothing was changed" in said
    said = refusal(Invalid, lambda: step(site, world.director, ref, "assign", person=world.reviewer.id))
    assert row(site, ref).status is State.ACKNOWLEDGED
    step(site, world.director, ref, "assign", person=world.impartial.id)
    assert row(site, ref).handler == world.impartial.id


@pytest.mark.parametrize("kind", [Tied.EMPLOYED, Tied.CONSULTED, Tied.FAMILY_OR_FINANCIAL])
def test_a_tie_of_the_last_two_years_keeps_somebody_away_and_an_older_one_does_not(
    site: Site, kind: Tied
) -> None:
    world = make_refused(site)
    ref = appeal(world)
    drive(site, world.director, world.impartial, ref, State.ACKNOWLEDGED)
    declare(world, world.impartial, kind, date(2020, 1, 1), date(2024, 3, 1))
    declare(world, world.both, kind, date(2020, 1, 1), date(2024, 3, 3))
    said = refusal(Refused, lambda: step(site, world.director, ref, "assign", person=world.both.id))
    assert "Bethan Both" in said and "client" in said
    step(site, world.director, ref, "assign", person=world.impartial.id)


def test_who_becomes_involved_afterwards_is_refused_at_the_decision(site: Site) -> None:
    world = make_refused(site)
    ref = appeal(world)
    drive(site, world.director, world.both, ref, State.GATHERED)
    declare(world, world.both, Tied.CONSULTED, date(2026, 1, 1))
    said = refusal(Refused, lambda: step(site, world.both, ref, "decide", **DECIDED))
    assert "You may not do this: Bethan Both advised the client" in said
    assert row(site, ref).status is State.GATHERED
    step(site, world.director, ref, "assign", person=world.impartial.id)
    assert row(site, ref).status is State.GATHERING


def test_a_second_account_of_somebody_involved_is_that_person(site: Site) -> None:
    world = make_refused(site)
    ref = appeal(world)
    drive(site, world.director, world.impartial, ref, State.ACKNOWLEDGED)
    with writing(site, SYSTEM) as unit:
        one, other = (
            unit.db.get_one(Person, person(unit, who.id).id) for who in (world.decider, world.impartial)
        )
        same_person(unit, other, one)
    with reading(site, world.director) as unit:
        people, against = queries.who_may(unit, queries.find_complaint(unit, ref))
    assert {one.ref for one in people} - against.keys() == {
        world.director.id,
        world.both.id,
        world.everything.id,
    }


def test_nobody_decides_but_who_it_was_given_to(site: Site) -> None:
    world = make_refused(site)
    ref = appeal(world)
    drive(site, world.director, world.impartial, ref, State.GATHERED)
    assert "Iris Impartial was asked" in refusal(
        Refused, lambda: step(site, world.both, ref, "decide", **DECIDED)
    )
    refusal(Forbidden, lambda: step(site, world.officer, ref, "decide", **DECIDED))
    refusal(NotFound, lambda: step(site, world.oversight, ref, "decide", **DECIDED))
    refusal(NotFound, lambda: step(site, world.stranger, ref, "take-back"))


def test_nothing_is_decided_before_something_was_found_out(site: Site) -> None:
    world = make_refused(site)
    ref = appeal(world)
    drive(site, world.director, world.impartial, ref, State.ACKNOWLEDGED)
    step(site, world.director, ref, "assign", person=world.impartial.id)
    assert "Nothing was written down" in refusal(
        Refused, lambda: step(site, world.impartial, ref, "complete")
    )
    refusal(WrongState, lambda: step(site, world.impartial, ref, "decide", **DECIDED))


def test_an_appeal_is_neither_passed_on_nor_sent_away(site: Site) -> None:
    world = make_refused(site)
    ref = appeal(world)
    desk = world.oversight.organisation_ref
    told = refusal(Refused, lambda: step(site, world.director, ref, "pass-on", desk=desk))
    assert "An appeal stays" in told
    told = refusal(Refused, lambda: step(site, world.director, ref, "not-ours", answer="Not us."))
    assert "An appeal stays" in told


def test_the_appellant_reads_the_answer_and_never_the_file(site: Site) -> None:
    world = make_refused(site)
    ref = appeal(world)
    drive(site, world.director, world.impartial, ref, State.DECIDED)
    with reading(site, world.client) as unit:
        before = queries.complaint_view(unit, ref)
    assert (before.outcome, before.answer) == ("", ""), "told once the letter is written"
    outbox.deliver_all(site)
    with reading(site, world.client) as unit:
        after = queries.complaint_view(unit, ref)
    assert (after.outcome, after.answer) == ("Not upheld", DECIDED["answer"])
    for seen in (before, after):
        text = seen.model_dump_json()
        assert "Both papers were read" not in text
        assert "Read the file of the review" not in text
        assert {line.who for line in seen.history} == {""}
    with reading(site, world.director) as unit:
        assert "Both papers were read" in queries.complaint_view(unit, ref).reasons


def test_an_upheld_appeal_asks_a_decision_maker_to_decide_anew_and_changes_nothing_itself(site: Site) -> None:
    world = make_refused(site)
    ref, before = appeal(world), case_row(world).status
    drive(site, world.director, world.impartial, ref, State.OUTCOME_SENT, outcome="upheld")
    assert case_row(world).status == before
    with reading(site, world.both) as unit:
        asked = [line.sentence for line in desks.desk(unit).waiting_for_me]
    assert f"Decide anew on {world.ref}: the appeal against the decision was upheld." in asked
    sent = [to for to, subject, _words in letters(world) if "decide anew" in subject]
    assert address(world.both.name, world.body.ref) in sent
    step(site, world.director, ref, "follow-up", note="Decided anew on 9 March.")
    with reading(site, world.both) as unit:
        assert not [line for line in desks.desk(unit).waiting_for_me if "Decide anew" in line.sentence]


def test_each_person_is_written_to_when_their_turn_comes(site: Site) -> None:
    world = make_refused(site)
    ref = appeal(world)
    drive(site, world.director, world.impartial, ref, State.FOLLOWED_UP)
    told = [(to, subject.partition(": ")[2]) for to, subject, _words in letters(world) if ref in subject]
    assert sorted(told) == sorted(
        [
            (address(world.director.name, world.body.ref), "something new has arrived"),
            (address(world.officer.name, world.body.ref), "something new has arrived"),
            (address(world.client.name, world.client.organisation_ref), "it has arrived and is taken on"),
            (address(world.impartial.name, world.body.ref), "you are asked to look into it"),
            (address(world.client.name, world.client.organisation_ref), "it is decided"),
        ]
    )


def test_the_desks_say_whose_turn_it_is_and_when_it_is_late(site: Site, clock: SetClock) -> None:
    world = make_refused(site)
    ref = appeal(world)

    def asked(who: Actor) -> list[tuple[str, bool, bool]]:
        with reading(site, who) as unit:
            seen = desks.desk(unit)
        lines = (*seen.late, *seen.waiting_for_me, *seen.i_wait_for)
        return [(line.sentence, line.mine, line.late) for line in lines if line.kind == "complaint"]

    assert asked(world.director) == [("Say whether it is yours to deal with.", True, False)]
    assert asked(world.impartial) == []
    assert asked(world.client) == [
        ("Your certification body has received it and looks whether it is theirs to deal with.", False, False)
    ]
    clock.now += timedelta(days=8)
    assert asked(world.director) == [("Say whether it is yours to deal with.", True, True)]
    drive(site, world.director, world.impartial, ref, State.GATHERED)
    assert asked(world.impartial) == [("Decide.", True, False)]
    assert asked(world.director) == [("Iris Impartial looks into it.", False, False)]
    clock.now += timedelta(days=60)
    assert asked(world.impartial) == [("Decide.", True, True)]
