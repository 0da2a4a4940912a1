"""Who may know of which curriculum, version, part and document."""

import pytest

from app.curricula import commands, queries
from app.curricula.models import Curriculum
from app.curricula.rules import OpenCurriculum, StartVersion
from app.kernel.actor import ANYONE, Actor
from app.kernel.database import Site, reading, writing
from app.kernel.errors import Forbidden, NotFound
from app.permissions import Role
from app.providers.queries import service_of
from tests.curricula.make import (
    World,
    a_file,
    a_technique,
    acting,
    fill,
    make_curriculum,
    make_version,
    some_details,
    submit,
)


def seen(site: Site, who: Actor) -> list[str]:
    with reading(site, who) as unit:
        return [line.title for line in queries.curriculum_list(unit).items]


def test_a_draft_is_the_providers_own_business(site: Site, world: World) -> None:
    ref = make_curriculum(site, world.manager)
    assert seen(site, world.manager) == seen(site, world.trainer) == ["Safe Holding: intermediate"]
    assert seen(site, world.assessor) == seen(site, world.rival) == []
    with pytest.raises(NotFound), reading(site, world.assessor) as unit:
        queries.version_view(unit, ref)


def test_a_submitted_version_is_seen_by_the_services_own_body_and_no_other(site: Site, world: World) -> None:
    ref = make_version(site, world.manager)
    for who in (world.assessor, world.standards):
        with reading(site, who) as unit:
            view = queries.version_view(unit, ref)
            assert view.levels[-1].modules[0].techniques[0].name == "Seated forearm hold"
            assert not view.may_write and not view.steps and not view.gaps
    for stranger in (world.other_assessor, world.rival):
        assert seen(site, stranger) == []
        with pytest.raises(NotFound), reading(site, stranger) as unit:
            queries.version_view(unit, ref)


def test_a_body_does_not_see_the_next_draft_nor_its_title_nor_how_it_came_about(
    site: Site, world: World
) -> None:
    ref = make_version(site, world.manager)
    with writing(site, world.manager) as unit:
        curriculum = unit.db.get_one(Curriculum, queries.find_version(unit, ref).curriculum_id)
        draft = commands.start_new_version(unit, curriculum, StartVersion(version=curriculum.version))
        commands.change_details(unit, draft, some_details(draft, title="A secret new title"))
        home = curriculum.ref
    with reading(site, world.assessor) as unit:
        view = queries.curriculum_view(unit, home)
        assert [one.number for one in view.versions] == [1]
        assert "secret" not in view.model_dump_json()
        assert [line.what for line in view.current.history] == ["Curriculum version submitted"]
    assert seen(site, world.assessor) == ["Safe Holding: intermediate"]
    assert seen(site, world.manager) == ["A secret new title"]


def test_parts_of_somebody_elses_draft_are_not_found(site: Site, world: World) -> None:
    ref = make_curriculum(site, world.manager)
    fill(site, world.manager, ref)
    with reading(site, world.manager) as unit:
        level = queries.version_view(unit, ref).levels[-1]
        module, technique = level.modules[0].ref, level.modules[0].techniques[0].ref
    for who in (world.rival, world.assessor):
        with reading(site, who) as unit:
            with pytest.raises(NotFound):
                queries.find_module(unit, module)
            with pytest.raises(NotFound):
                queries.find_technique(unit, technique)


def test_documents_follow_the_version_they_belong_to(site: Site, world: World) -> None:
    ref = make_curriculum(site, world.manager)
    with writing(site, world.manager) as unit:
        document = commands.attach(unit, queries.find_version(unit, ref), a_file(), "Risks").ref
    with pytest.raises(NotFound), reading(site, world.assessor) as unit:
        queries.find_document(unit, document)
    fill(site, world.manager, ref)
    submit(site, world.manager, ref)
    for who in (world.manager, world.assessor, world.standards):
        with reading(site, who) as unit:
            assert queries.document_view(unit, document).title == "Risks"
    for who in (world.rival, world.other_assessor):
        with pytest.raises(NotFound), reading(site, who) as unit:
            queries.find_document(unit, document)


def test_an_assessors_own_evidence_is_not_the_providers_to_read(site: Site, world: World) -> None:
    with writing(site, world.assessor) as unit:
        ref = commands.keep_document(unit, a_file(), world.body.id, "audit", 1, "What I saw").ref
    with pytest.raises(NotFound), reading(site, world.manager) as unit:
        queries.find_document(unit, ref)
    with reading(site, world.assessor) as unit:
        assert queries.find_document(unit, ref).title == "What I saw"


def test_nobody_without_the_right_reads_or_writes(site: Site, world: World) -> None:
    make_version(site, world.manager)
    trustee = acting("Tess", Role.TRUSTEE, world.rrn)
    for who in (ANYONE, trustee):
        with pytest.raises(Forbidden), reading(site, who) as unit:
            queries.curriculum_list(unit)
    with pytest.raises(Forbidden), writing(site, world.assessor) as unit:
        commands.open_curriculum(unit, service_of(unit, world.home.id), OpenCurriculum(title="Not mine"))


def test_no_one_writes_into_another_organisations_module(site: Site, world: World) -> None:
    ref = make_curriculum(site, world.manager)
    fill(site, world.manager, ref)
    with reading(site, world.manager) as unit:
        module = queries.version_view(unit, ref).levels[-1].modules[0].ref
    with pytest.raises(NotFound), writing(site, world.rival) as unit:
        commands.add_technique(unit, queries.find_module(unit, module), a_technique())


def test_the_list_is_read_in_pages_and_searched_by_title(site: Site, world: World) -> None:
    for number in range(53):
        make_curriculum(site, world.manager, f"Course {number:02}")
    with reading(site, world.manager) as unit:
        first = queries.curriculum_list(unit)
        assert len(first.items) == 50 and first.next
        rest = queries.curriculum_list(unit, after=first.next)
        assert [one.title for one in rest.items] == ["Course 50", "Course 51", "Course 52"] and not rest.next
        assert [one.title for one in queries.curriculum_list(unit, q="course 07").items] == ["Course 07"]
        assert not queries.curriculum_list(unit, q="%").items
