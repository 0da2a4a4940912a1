"""A cycle from its first day to its last: counted, drawn from, observed, substituted, met or flagged."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.cases import queries as cases
from app.certificates.commands import CERTIFICATE_STEPS
from app.certificates.models import Certificate
from app.certificates.queries import find_certificate
from app.certificates.rules import CERTIFICATE, Reason
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, reading, writing
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale, WrongState
from app.kernel.journal import Event
from app.people.commands import declare_interest
from app.people.models import Person
from app.people.queries import person
from app.people.rules import Tied
from app.people.rules.forms import Declare
from app.permissions import Role
from app.surveillance import effects, queries
from app.surveillance.rules import CycleState, PickState, Stratum, order, thawed
from tests.cases.make import make_member, row, step
from tests.providers.make import affiliate_step, make_affiliate
from tests.surveillance import make
from tests.surveillance.make import SEEN, Watched, make_watched

S = Stratum


def shares(watched: Watched) -> dict[Stratum, tuple[int, int]]:
    return {stratum: (one.population, one.owed) for stratum, one in make.numbers(watched).items()}


def test_a_cycle_opens_with_its_certificate_and_owes_a_fifth_of_each_kind(site: Site) -> None:
    watched = make_watched(site)
    cycle = make.cycle(watched)
    with reading(site, SYSTEM) as unit:
        certificate = unit.db.get_one(Certificate, cycle.certificate_id)
    assert (cycle.starts_on, cycle.ends_on) == (certificate.starts_on, certificate.expires_on)
    assert shares(watched) == {
        S.CURRICULA: (2, 1), S.SENIOR_TRAINERS: (2, 1), S.AFFILIATES: (6, 2), S.ASSOCIATE_TRAINER_RECORDS: (2, 1),
    }  # fmt: skip


def test_the_event_of_a_publication_opens_one_cycle_however_often_it_is_delivered(site: Site) -> None:
    watched = make_watched(site, affiliates=1, associates=0)
    with reading(site, SYSTEM) as unit:
        event = unit.db.scalars(select(Event).where(Event.kind == "certificate.published")).one()
        finish = effects.open_cycle(unit, event)
    assert finish
    for _twice in range(2):
        with writing(site, SYSTEM) as unit:
            finish(unit)
    with reading(site, SYSTEM) as unit:
        assert len(unit.db.scalars(select(Event).where(Event.kind == "cycle.opened")).all()) == 1
    assert make.cycle(watched).status is CycleState.RUNNING


def test_what_is_owed_follows_the_books_from_day_to_day(site: Site) -> None:
    watched = make_watched(site, affiliates=5)
    assert shares(watched)[S.AFFILIATES] == (5, 1)
    make_affiliate(site, watched.service, "One home more")
    assert shares(watched)[S.AFFILIATES] == (6, 2)
    make.pass_days(watched, 1)
    effects.count_cycles(site)
    with reading(site, SYSTEM) as unit:
        kept = queries.cycle_list(unit, None, None).items[0]
    assert kept.owed == sum(owed for _size, owed in shares(watched).values())


def test_an_observation_is_planned_made_by_the_one_who_was_to_make_it_and_counts(site: Site) -> None:
    watched = make_watched(site)
    pick = make.draw(watched)[0]
    make.plan(watched, pick)
    lead, other = watched.world.lead, watched.world.assessor
    seen = {"observed_on": make.today(watched), "note": SEEN}
    with pytest.raises(Refused, match="Only Łukasz Wiśniewski, who was to observe"):
        make.pick_step(watched, other, pick.ref, "observe", **seen)
    make.pick_step(watched, lead, pick.ref, "observe", **seen)
    assert make.picks(watched)[0].status is PickState.OBSERVED
    assert make.numbers(watched)[pick.stratum].still_owed == make.numbers(watched)[pick.stratum].owed - 1


@pytest.mark.parametrize("days", [-1, 1])
def test_an_observation_is_neither_ahead_nor_before_the_cycle(site: Site, days: int) -> None:
    watched = make_watched(site, affiliates=1, associates=0)
    pick = make.draw(watched)[0]
    make.plan(watched, pick)
    day = make.today(watched) + timedelta(days=days)
    with pytest.raises(Invalid) as refused:
        make.pick_step(watched, watched.world.lead, pick.ref, "observe", observed_on=day, note=SEEN)
    assert refused.value.fields == {"observed_on": "Give a day of the cycle that is not ahead."}


def test_nobody_observes_who_is_not_authorised_or_tied_to_the_client(site: Site) -> None:
    watched = make_watched(site, affiliates=1, associates=0)
    pick = make.draw(watched)[0]
    world = watched.world
    fresh = make_member(site, world.body, "Nia New", Role.ASSESSOR, authorised=False)
    with writing(site, world.assessor) as unit:
        tie = Declare(
            organisation=world.client.organisation_ref, kind=Tied.EMPLOYED, from_on=unit.today - timedelta(days=90), to_on=None,
            about="Trainer there.",
        )  # fmt: skip
        declare_interest(unit, unit.db.get_one(Person, person(unit, world.assessor.id).id), tie)
    for somebody, why in (
        (fresh, "not authorised"),
        (world.assessor, "works or worked"),
        (world.decider, "Choose an"),
    ):
        with pytest.raises(Invalid) as refused:
            make.pick_step(
                watched,
                watched.officer,
                pick.ref,
                "plan",
                observer=somebody.id,
                planned_on=make.today(watched),
            )
        assert why in refused.value.fields["observer"]


def test_what_cannot_be_observed_is_replaced_by_the_next_of_the_order_with_a_reason(site: Site) -> None:
    watched = make_watched(site)
    pick = next(one for one in make.draw(watched) if one.stratum is S.AFFILIATES)
    draw = make.draws(watched)[0]
    for reason in ("", "  "):
        with pytest.raises(ValueError, match="reason"):
            make.pick_step(watched, watched.officer, pick.ref, "substitute", reason=reason)
    make.pick_step(watched, watched.officer, pick.ref, "substitute", reason="The home is closed for repairs.")
    homes = [one for one in make.picks(watched) if one.stratum is S.AFFILIATES]
    drawn = order(bytes.fromhex(draw.seed or ""), thawed(draw.listed)[2].items)
    assert [one.item for one in homes] == drawn[:3]
    assert [one.status for one in homes].count(PickState.SUBSTITUTED) == 1
    assert make.numbers(watched)[S.AFFILIATES].drawn == 2


def test_when_the_order_is_used_up_the_debt_stays(site: Site) -> None:
    watched = make_watched(site, affiliates=1, associates=0)
    pick = next(one for one in make.draw(watched) if one.stratum is S.CURRICULA)
    make.pick_step(watched, watched.officer, pick.ref, "substitute", reason="No course is planned this year.")
    second = next(one for one in make.picks(watched) if one.stratum is S.CURRICULA and one.ref != pick.ref)
    make.pick_step(watched, watched.officer, second.ref, "substitute", reason="No course here either.")
    assert len([one for one in make.picks(watched) if one.stratum is S.CURRICULA]) == 2
    assert make.numbers(watched)[S.CURRICULA].to_draw == 1


def test_a_surveillance_case_takes_what_was_drawn_into_its_scope_and_its_evaluations_can_be_named(
    site: Site,
) -> None:
    watched = make_watched(site)
    world = watched.world
    picks = make.draw(watched)
    make.cycle_step(watched, watched.officer, "open-case", reason="The first year.")
    world.ref = make.picks(watched)[0].case_ref
    with reading(site, watched.officer) as unit:
        view = cases.case_view(unit, world.ref)
    named = {pick.name for pick in picks if pick.stratum is not S.CURRICULA}
    assert {*view.trainers, *view.affiliates} == named and len(view.scope) == 2
    with pytest.raises(Refused, match="Nothing that was drawn waits for a case"):
        make.cycle_step(watched, watched.officer, "open-case", reason="Again.")
    plan = {
        "lead": world.lead.id,
        "assessors": [],
        "practice_observation_on": make.today(watched),
        "place": "Leeds",
    }
    step(world, watched.officer, "plan", **plan)
    step(world, world.lead, "begin-evaluation")
    make.plan(watched, picks[0])
    with reading(site, world.lead) as unit:
        (audit, words), *_more = queries.audit_choices(unit, queries.find_cycle(unit, watched.number))
    assert words.startswith("Practice observation of") and row(world).ref in words
    seen = {"observed_on": make.today(watched), "note": SEEN}
    with pytest.raises(Invalid, match="Nothing was saved"):
        make.pick_step(watched, world.lead, picks[0].ref, "observe", audit="elsewhere", **seen)
    make.pick_step(watched, world.lead, picks[0].ref, "observe", audit=audit, **seen)
    assert make.picks(watched)[0].audit_ref == audit


def test_a_cycle_in_which_everything_owed_was_observed_ends_by_itself(site: Site) -> None:
    watched = make_watched(site, affiliates=1, associates=0)
    make.observe(watched, make.draw(watched))
    make.end_cycle(watched)
    cycle = make.cycle(watched)
    assert (cycle.status, cycle.fell_short_on) == (CycleState.ENDED, None)


def test_a_cycle_that_ends_in_debt_is_flagged_for_good_and_answered(site: Site) -> None:
    watched = make_watched(site, affiliates=1, associates=0)
    make.observe(watched, make.draw(watched)[:1])
    left = make.picks(watched)[1]
    make.plan(watched, left)
    make.end_cycle(watched)
    assert (make.cycle(watched).status, make.cycle(watched).fell_short_on) == (
        CycleState.IN_DEBT,
        make.today(watched),
    )
    with pytest.raises(Refused, match="cycle is over"):
        make.pick_step(watched, watched.officer, left.ref, "substitute", reason="Too late.")
    with reading(site, SYSTEM) as unit:
        kinds = unit.db.scalars(select(Event.kind).where(Event.subject == "certificate")).all()
    assert "certificate.sample_not_reached" in kinds
    with pytest.raises(Forbidden):
        make.cycle_step(watched, watched.impartial, "answer", answer="We read it.")
    make.cycle_step(watched, watched.officer, "answer", answer="One observer was ill; two are trained now.")
    cycle = make.cycle(watched)
    assert cycle.status is CycleState.ENDED and cycle.fell_short_on
    with pytest.raises(WrongState):
        make.cycle_step(watched, watched.officer, "draw")


def test_a_cycle_ends_with_its_certificate_and_owes_nothing_then(site: Site) -> None:
    watched = make_watched(site, affiliates=1, associates=0)
    end_certificate(watched)
    make.pass_days(watched, 1)
    effects.count_cycles(site)
    cycle = make.cycle(watched)
    assert (cycle.status, cycle.fell_short_on) == (CycleState.ENDED, None)
    with reading(site, watched.officer) as unit:
        assert "nothing is owed any more" in queries.cycle_view(unit, watched.number).sentence


def end_certificate(watched: Watched) -> None:
    with writing(watched.site, watched.world.decider) as unit:
        certificate = find_certificate(unit, watched.number)
        said: dict[str, Any] = {
            "version": certificate.version, "effective_on": unit.today, "reason_code": Reason.ASKED_BY_THE_HOLDER,
        }  # fmt: skip
        form = CERTIFICATE.step("terminate").form.model_validate(said)
        CERTIFICATE_STEPS["terminate"](unit, certificate, form)


def test_an_affiliate_that_ended_is_put_out_of_the_sample_and_the_owed_number_follows(site: Site) -> None:
    watched = make_watched(site, affiliates=6)
    pick = next(one for one in make.draw(watched) if one.stratum is S.AFFILIATES)
    affiliate_step(
        site, watched.world.client, pick.item, "end", ended_on=make.today(watched), reason="The home closed."
    )
    make.pass_days(watched, 1)
    size, owed = shares(watched)[S.AFFILIATES]
    assert (size, owed) == (6, 2)  # six at first, one more that let the log go on, one less
    make.pick_step(watched, watched.officer, pick.ref, "substitute", reason="The home closed.")
    assert make.numbers(watched)[S.AFFILIATES].drawn == 2


def test_what_was_drawn_stays_due_when_the_books_shrink(site: Site) -> None:
    watched = make_watched(site, affiliates=1, associates=0)
    make.draw(watched)
    make.end_cycle(watched)  # every approval has lapsed by then
    numbers = make.numbers(watched)
    assert (
        numbers[S.AFFILIATES].population,
        numbers[S.AFFILIATES].owed,
        numbers[S.AFFILIATES].still_owed,
    ) == (0, 0, 1)
    assert make.cycle(watched).status is CycleState.IN_DEBT


def test_two_who_look_at_the_same_cycle_do_not_both_draw(site: Site) -> None:
    watched = make_watched(site, affiliates=1, associates=0)
    seen = make.cycle(watched).version
    make.order(watched)
    with pytest.raises((Stale, Refused)):
        make.cycle_step(watched, watched.officer, "draw", version=seen)


def test_strangers_find_nothing_and_readers_change_nothing(site: Site) -> None:
    watched = make_watched(site, affiliates=1, associates=0)
    pick = make.draw(watched)[0]
    draw = make.draws(watched)[0].ref
    for stranger in (watched.world.stranger, make.outsider(watched)):
        with reading(site, stranger) as unit:
            for find, ref in (
                (queries.find_cycle, watched.number),
                (queries.find_pick, pick.ref),
                (queries.find_draw, draw),
            ):
                with pytest.raises(NotFound):
                    find(unit, ref)
            assert queries.cycle_list(unit, None, None).items == []
    for reader in (watched.world.client, watched.impartial):
        with reading(site, reader) as unit:
            assert queries.cycle_view(unit, watched.number).draws[0].seed
        with pytest.raises(Forbidden):
            make.pick_step(watched, reader, pick.ref, "substitute", reason="We do not like it.")


def test_rrn_reads_what_each_body_owes(site: Site) -> None:
    watched = make_watched(site, affiliates=1, associates=0)
    make.observe(watched, make.draw(watched)[:1])
    make.pass_days(watched, 1)
    effects.count_cycles(site)
    with reading(site, watched.world.manager) as unit:
        (body,) = queries.cycle_list(unit, None, None).bodies
    assert (body.running, body.owed, body.still_owed, body.fell_short) == (1, 3, 2, 0)
    make.end_cycle(watched)
    with reading(site, watched.world.manager) as unit:
        (body,) = queries.cycle_list(unit, None, None).bodies
    assert (body.running, body.still_owed, body.fell_short, body.unanswered) == (0, 0, 1, 1)
    with reading(site, watched.officer) as unit:
        assert queries.cycle_list(unit, None, None).bodies == []
