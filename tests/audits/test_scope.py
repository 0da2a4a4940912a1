"""Who may know of an evaluation, and how much of it."""

import pytest

from app.audits import queries
from app.kernel.database import Site, reading
from app.kernel.errors import NotFound
from app.standards.rules import AuditKind, Level
from tests.audits import make


def test_the_client_sees_that_it_is_under_way_and_nothing_of_the_work(site: Site) -> None:
    world = make.make_world(site)
    make.record(site, world, "1.1.1", "not_met")
    with reading(site, world.client) as unit:
        view = queries.view_audit(unit, world.audit)
        line = queries.audits_of(unit, world.case_id)[0]
        with pytest.raises(NotFound):
            queries.view_requirement(unit, world.audit, "1.1.1")
    assert view.status_word == "Under way"
    assert (view.progress, view.sections, view.history, view.steps, view.barred) == (None, [], [], [], [])
    assert line.progress is None


def test_everybody_of_the_body_reads_and_only_the_team_records(site: Site) -> None:
    world = make.make_world(site)
    for actor, may in (
        (world.assessor, True),
        (world.colleague, False),
        (world.officer, False),
        (world.overseer, False),
    ):
        with reading(site, actor) as unit:
            view = queries.view_audit(unit, world.audit)
            assert queries.view_requirement(unit, world.audit, "1.1.1").may_record is may
        assert view.inside
        assert view.may_record is may
        assert view.progress is not None
        assert view.progress.total == sum(len(section.lines) for section in view.sections)


def test_other_bodies_and_other_clients_do_not_know_of_it(site: Site) -> None:
    world = make.make_world(site)
    for actor in (world.stranger, world.neighbour):
        with reading(site, actor) as unit, pytest.raises(NotFound):
            queries.view_audit(unit, world.audit)
        with reading(site, actor) as unit:
            assert queries.audits_of(unit, world.case_id) == []
            assert queries.audits_view(unit).items == []


def test_my_list_holds_the_evaluations_of_my_teams(site: Site) -> None:
    world = make.make_world(site)
    for actor, count in ((world.assessor, 1), (world.colleague, 0), (world.officer, 1), (world.client, 1)):
        with reading(site, actor) as unit:
            assert len(queries.audits_view(unit).items) == count


def test_what_does_not_concern_the_training_is_not_asked(site: Site) -> None:
    world = make.make_world(site, levels=(Level.PRIMARY,), kind=AuditKind.PANEL)
    physical = make.make_another(site, world, (Level.TERTIARY_RESTRICTIVE_ADVANCED,))
    assert len(make.numbers(site, physical)) > len(make.numbers(site, world))
