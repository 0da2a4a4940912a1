"""Recording results: every kind, in order, by the team only, and by many at once without losing one."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from app.audits import commands, queries
from app.audits.models import Result
from app.audits.rules import AuditStatus, RecordResult
from app.kernel.database import Site, reading, writing
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale, WrongState
from app.kernel.journal import Event, digest_of, history
from tests.audits import make


@pytest.mark.parametrize("outcome", ["met", "partly", "not_met"])
def test_a_result_is_saved_with_who_and_when(site: Site, outcome: str) -> None:
    world = make.make_world(site)
    make.record(site, world, "1.1.1", outcome)
    with reading(site, world.officer) as unit:
        view = queries.view_requirement(unit, world.audit, "1.1.1")
    assert (view.outcome, view.note, view.version) == (outcome, "Seen in 1.1.1.", 1)
    assert view.recorded_by == world.assessor.name
    assert view.recorded_at == site.clock()
    assert view.progress.by_outcome[outcome] == 1
    assert view.progress.recorded == 1


def test_a_requirement_is_left_out_only_with_a_reason(site: Site) -> None:
    world = make.make_world(site)
    with pytest.raises(Invalid) as refused:
        make.record(site, world, "1.1.1", "not_applicable")
    assert "reason" in refused.value.fields
    assert make.row(site, world).recorded == 0
    make.record(site, world, "1.1.1", "not_applicable", reason="No physical skills are taught.")
    assert make.row(site, world).not_applicable == 1


def test_the_first_result_begins_the_evaluation(site: Site) -> None:
    world = make.make_world(site)
    assert make.row(site, world).status is AuditStatus.PLANNED
    make.record(site, world, "1.1.1")
    assert make.row(site, world).status is AuditStatus.IN_EVALUATION


def test_a_result_changed_moves_the_counters_by_the_difference(site: Site) -> None:
    world = make.make_world(site)
    make.record(site, world, "1.1.1", "met")
    make.record(site, world, "1.1.1", "not_met", version=1)
    row = make.row(site, world)
    assert (row.recorded, row.met, row.not_met) == (1, 0, 1)


def test_the_journal_keeps_what_a_result_was_before(site: Site) -> None:
    world = make.make_world(site)
    make.record(site, world, "1.1.1", "met", note="It was all there.")
    make.record(site, world, "1.1.1", "partly", note="Page 3 is missing.", version=1)
    with reading(site, world.lead) as unit:
        told = unit.db.scalars(
            select(Event).where(Event.kind == "audit.result_recorded").order_by(Event.id)
        ).all()
    assert [event.data["note"] for event in told] == ["It was all there.", "Page 3 is missing."]
    assert {event.thread for event in told} == {f"case:{world.case_id}"}


def test_the_chain_of_the_case_holds_through_results_and_steps(site: Site) -> None:
    world = make.make_world(site)
    make.record(site, world, "1.1.1", "not_met")
    make.issued(site, world)
    make.record(site, world, "1.1.2")
    with reading(site, world.lead) as unit:
        chain = history(unit, f"case:{world.case_id}")
    assert [event.seq for event in chain] == list(range(1, len(chain) + 1))
    assert all(digest_of(event) == event.digest for event in chain)
    assert [event.previous for event in chain] == ["", *(event.digest for event in chain[:-1])]


def test_two_people_on_the_same_requirement_lose_nobodys_words(site: Site) -> None:
    world = make.make_world(site)
    make.record(site, world, "1.1.1", "met")
    with pytest.raises(Stale):
        make.record(site, world, "1.1.1", "not_met", by=world.lead)
    assert make.row(site, world).met == 1


def test_the_same_result_sent_twice_is_saved_once(site: Site) -> None:
    world = make.make_world(site)
    make.record(site, world, "1.1.1", "met")
    make.record(site, world, "1.1.1", "met")
    with reading(site, world.lead) as unit:
        assert (
            unit.db.scalar(
                select(func.count()).select_from(Event).where(Event.kind == "audit.result_recorded")
            )
            == 1
        )


def test_a_version_of_a_result_that_does_not_exist_is_stale(site: Site) -> None:
    world = make.make_world(site)
    with pytest.raises(Stale):
        make.record(site, world, "1.1.1", "met", version=5)
    assert make.row(site, world).recorded == 0


def test_only_the_team_records(site: Site) -> None:
    world = make.make_world(site)
    make.record(site, world, "1.1.2")
    with pytest.raises(Refused, match="not on the team"):
        make.record(site, world, "1.1.1", by=world.colleague)
    with pytest.raises(Forbidden):
        make.record(site, world, "1.1.1", by=world.officer)
    with pytest.raises(NotFound):
        make.record(site, world, "1.1.1", by=world.stranger)
    with pytest.raises(Forbidden):
        make.record(site, world, "1.1.1", by=world.client)
    assert make.row(site, world).recorded == 1


def test_a_requirement_that_does_not_belong_to_the_evaluation_is_refused(site: Site) -> None:
    world = make.make_world(site)
    with pytest.raises(NotFound):
        make.record(site, world, "9.9.9")


def test_after_saving_the_next_requirement_is_shown_when_asked_for(site: Site) -> None:
    world = make.make_world(site)
    first, second, *rest = make.numbers(site, world)
    assert make.record(site, world, first, go="next") == second
    assert make.record(site, world, second) == second
    assert make.record(site, world, rest[-1], go="next") == rest[-1]


def test_an_evaluation_is_complete_only_when_every_requirement_has_a_result(site: Site) -> None:
    world = make.make_world(site)
    all_numbers = make.numbers(site, world)
    for number in all_numbers[:-1]:
        make.record(site, world, number)
    with pytest.raises(Refused, match="1 requirement has no result"), writing(site, world.lead) as unit:
        commands.close_audits(unit, world.case_id)
    with reading(site, world.lead) as unit:
        assert len(queries.progress(unit, world.case_id).unanswered) == 1
    make.record(site, world, all_numbers[-1])
    with writing(site, world.lead) as unit:
        commands.close_audits(unit, world.case_id)
    assert make.row(site, world).status is AuditStatus.COMPLETE


def test_a_complete_evaluation_takes_no_result_until_it_is_opened_again(site: Site) -> None:
    world = make.make_world(site)
    make.record_all(site, world)
    with writing(site, world.lead) as unit:
        commands.close_audits(unit, world.case_id)
    with pytest.raises(WrongState):
        make.record(site, world, "1.1.1", "not_met", version=1)
    with writing(site, world.lead) as unit:
        commands.reopen_audits(unit, world.case_id)
    make.record(site, world, "1.1.1", "not_met", version=1)
    assert make.row(site, world).not_met == 1


def test_many_recording_at_once_lose_nothing_and_the_counters_agree_with_the_rows(site: Site) -> None:
    world = make.make_world(site)
    wanted = make.numbers(site, world)
    make.record(site, world, wanted[0])  # the evaluation has begun

    def work(place: int) -> None:
        outcome = ("met", "partly", "not_met")[place % 3]
        make.record(site, world, wanted[place], outcome, by=world.lead if place % 2 else world.assessor)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(1, len(wanted))))
    row = make.row(site, world)
    with reading(site, world.lead) as unit:
        rows = dict(unit.db.execute(select(Result.outcome, func.count()).group_by(Result.outcome)).all())
    assert row.recorded == row.total == len(wanted) == sum(rows.values())
    assert {outcome: getattr(row, outcome) for outcome in rows} == rows


def test_of_many_on_one_requirement_one_wins_and_the_others_are_told(site: Site) -> None:
    world = make.make_world(site)

    def work(place: int) -> bool:
        try:
            make.record(site, world, "1.1.1", "met", note=f"Seen by {place}")
        except Stale:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(work, range(24)))
    assert won.count(True) == 1
    assert make.row(site, world).recorded == 1


def test_a_document_is_kept_with_the_result(site: Site) -> None:
    world = make.make_world(site)
    picture = (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc"
               b"\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82")  # fmt: skip
    form = RecordResult.model_validate({"outcome": "met", "evidence": make.upload("room.png", picture)})
    with writing(site, world.lead) as unit:
        commands.record_result(unit, world.audit, "1.1.1", form)
    with reading(site, world.officer) as unit:
        kept = queries.view_requirement(unit, world.audit, "1.1.1").evidence
    assert [document.title for document in kept] == ["Evidence on requirement 1.1.1: room.png"]


def test_the_statements_of_one_recording_do_not_grow_with_the_results(site: Site) -> None:
    world = make.make_world(site)
    wanted = make.numbers(site, world)
    make.record(site, world, wanted[0])
    few = make.statements(site, lambda: make.record(site, world, wanted[1]))
    make.record_all_but(site, world, {wanted[-1]})
    many = make.statements(site, lambda: make.record(site, world, wanted[-1]))
    assert many == few <= 9
