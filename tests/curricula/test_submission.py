"""Writing a draft, what is missing, handing it in, and that it then stays as it is."""

import json
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.curricula import commands, queries
from app.curricula.models import PARTS, Coverage, Curriculum, CurriculumVersion, Document, Module, Technique
from app.curricula.rules import (
    Answer,
    CoverageForm,
    ModuleChange,
    PartRemoval,
    StartVersion,
    VersionStatus,
    VersionSubmission,
    digest_of,
)
from app.kernel.database import Site, Unit, reading, writing
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale, WrongState
from app.kernel.journal import history
from app.standards.rules import Level, Population
from tests.curricula.make import (
    HOLDS,
    World,
    a_file,
    a_module,
    a_technique,
    fill,
    make_curriculum,
    make_version,
    newest,
    some_details,
    submit,
)


def sentences(site: Site, world: World, ref: str) -> list[str]:
    with reading(site, world.manager) as unit:
        return [gap.sentence for gap in queries.version_view(unit, ref).gaps]


def test_an_empty_draft_says_everything_that_is_missing_and_what_to_do_first(
    site: Site, world: World
) -> None:
    ref = make_curriculum(site, world.manager)
    said = sentences(site, world, ref)
    assert said[0] == "Say in a few sentences what the curriculum is."
    assert "Add at least one module." in said
    assert any("requirements have no answer yet" in one for one in said)
    with reading(site, world.manager) as unit:
        view = queries.version_view(unit, ref)
        assert view.next and view.next.href.endswith("/details")
        assert [one.name for one in view.barred] == ["submit"]
    with pytest.raises(Refused, match="cannot be submitted yet"):
        submit(site, world.manager, ref)


def test_a_complete_draft_is_submitted_and_frozen_with_its_digest(site: Site, world: World) -> None:
    ref = make_version(site, world.manager)
    with reading(site, world.manager) as unit:
        version = queries.find_version(unit, ref)
        assert version.status is VersionStatus.SUBMITTED
        assert version.frozen and version.content_digest == digest_of(version.frozen)
        frozen = json.loads(version.frozen)
        assert frozen["modules"][1]["techniques"][0]["name"] == "Seated forearm hold"
        events = history(unit, version.thread)
        assert events[-1].kind == "curriculum_version.submitted"
        assert events[-1].data["digest"] == version.content_digest


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"rationale": ""}, "Write down why these techniques are taught: “Odd hold”."),
        ({"risk_assessment": ""}, "Assess the risks of these techniques: “Odd hold”."),
        ({"medical_review_on": None}, "Give the date of the last medical review of these techniques: “Odd hold”."),
        ({"medical_review_on": date(2026, 3, 3)}, "Give the date of the last medical review of these techniques: “Odd hold”."),
        ({"restrictiveness": Level.TERTIARY_RESTRICTIVE_ADVANCED}, "These techniques are more restrictive than the level of their module: “Odd hold”."),
    ],
)  # fmt: skip
def test_a_technique_without_its_safeguards_stops_the_submission(
    site: Site, world: World, broken: dict[str, object], said: str
) -> None:
    ref = make_curriculum(site, world.manager)
    fill(site, world.manager, ref)
    with writing(site, world.manager) as unit:
        module = queries.modules_of(unit, queries.find_version(unit, ref).id)[1]
        commands.add_technique(unit, module, a_technique("Odd hold", **broken))
    assert sentences(site, world, ref) == [said]
    with pytest.raises(Refused):
        submit(site, world.manager, ref)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"lived_experience": ""}, "Say how people with lived experience take part."),
        ({"populations": []}, "people supported are still missing"),
        ({"ratio": None}, "Say how many participants there are for one trainer"),
        ({"ratio": 13}, "more than the 1 to 12 usual here"),
        ({"summary": ""}, "Say in a few sentences"),
    ],
)
def test_details_that_are_missing_are_named(
    site: Site, world: World, changed: dict[str, object], said: str
) -> None:
    ref = make_curriculum(site, world.manager)
    fill(site, world.manager, ref)
    with writing(site, world.manager) as unit:
        version = queries.find_version(unit, ref)
        commands.change_details(unit, version, some_details(version, **changed))
    assert any(said in one for one in sentences(site, world, ref))


def test_a_high_ratio_is_allowed_with_a_reason_and_shown_as_a_warning(site: Site, world: World) -> None:
    ref = make_curriculum(site, world.manager)
    fill(site, world.manager, ref)
    with writing(site, world.manager) as unit:
        version = queries.find_version(unit, ref)
        commands.change_details(
            unit, version, some_details(version, ratio=16, ratio_reason="Two assistants watch.")
        )
    assert sentences(site, world, ref) == []
    with reading(site, world.manager) as unit:
        assert "1 to 12" in queries.version_view(unit, ref).ratio_warning


def test_with_advanced_holds_the_ratio_is_judged_from_nine_people_on(site: Site, world: World) -> None:
    ref = make_curriculum(site, world.manager)
    fill(site, world.manager, ref)
    with writing(site, world.manager) as unit:
        version = queries.find_version(unit, ref)
        commands.add_module(
            unit, version, a_module("Advanced holds", level=Level.TERTIARY_RESTRICTIVE_ADVANCED)
        )
    assert any("1 to 8" in one for one in sentences(site, world, ref))


def test_people_with_lived_experience_are_heard_before_any_technique(site: Site, world: World) -> None:
    ref = make_curriculum(site, world.manager)
    fill(site, world.manager, ref)
    with writing(site, world.manager) as unit:
        first = queries.modules_of(unit, queries.find_version(unit, ref).id)[0]
        form = ModuleChange(version=first.version, position=2, **a_module(lived_experience=True).model_dump())
        commands.change_module(unit, first, form)
    assert any("heard before any technique" in one for one in sentences(site, world, ref))


def test_a_hole_in_the_coverage_is_named_and_an_explanation_fills_it(site: Site, world: World) -> None:
    ref = make_curriculum(site, world.manager)
    fill(site, world.manager, ref)
    with writing(site, world.manager) as unit:
        version = queries.find_version(unit, ref)
        line = unit.db.query(Coverage).filter_by(version_id=version.id, requirement="1.1.1").one()
        unit.db.delete(line)
    assert any("1 requirement has no answer yet: 1.1.1" in one for one in sentences(site, world, ref))
    with writing(site, world.manager) as unit:
        form = CoverageForm(answer=Answer.NOT_COVERED, where="The commissioner makes the analysis.")
        commands.answer_requirement(unit, queries.find_version(unit, ref), "1.1.1", form)
    assert sentences(site, world, ref) == []
    with reading(site, world.manager) as unit:
        shown = {line.number: line for line in queries.version_view(unit, ref).coverage}
        assert shown["1.1.1"].state == "not_covered"


def test_removing_a_module_takes_its_techniques_along_and_opens_the_holes_again(
    site: Site, world: World
) -> None:
    ref = make_curriculum(site, world.manager)
    fill(site, world.manager, ref)
    with writing(site, world.manager) as unit:
        module = queries.modules_of(unit, queries.find_version(unit, ref).id)[1]
        commands.remove_module(unit, module, PartRemoval(version=module.version))
    with reading(site, world.manager) as unit:
        view = queries.version_view(unit, ref)
        assert view.holes and [one.title for level in view.levels for one in level.modules] == [
            "Hearing from people"
        ]
        assert unit.db.query(Technique).count() == 0


def test_a_requirement_that_does_not_apply_and_a_foreign_module_are_refused(site: Site, world: World) -> None:
    ref, other = make_curriculum(site, world.manager), make_curriculum(site, world.rival)
    with writing(site, world.rival) as unit:
        foreign = commands.add_module(unit, queries.find_version(unit, other), a_module()).ref
    form = CoverageForm(answer=Answer.COVERED, where="Nowhere at all.")
    with pytest.raises(NotFound), writing(site, world.manager) as unit:
        commands.answer_requirement(unit, queries.find_version(unit, ref), "9.9", form)
    form = CoverageForm(answer=Answer.COVERED, modules=[foreign], where="Session 2.")
    with pytest.raises(Invalid) as caught, writing(site, world.manager) as unit:
        commands.answer_requirement(unit, queries.find_version(unit, ref), "1.1.1", form)
    assert "modules" in caught.value.fields


def test_who_submits_an_older_look_at_the_draft_is_told_that_it_changed(site: Site, world: World) -> None:
    ref = make_curriculum(site, world.manager)
    fill(site, world.manager, ref)
    with reading(site, world.manager) as unit:
        seen = queries.find_version(unit, ref).version
    with writing(site, world.manager) as unit:
        commands.add_module(unit, queries.find_version(unit, ref), a_module("One more"))
    with pytest.raises(Stale), writing(site, world.manager) as unit:
        commands.submit(unit, queries.find_version(unit, ref), VersionSubmission(version=seen))


def test_two_people_changing_one_module_do_not_lose_each_others_words(site: Site, world: World) -> None:
    ref = make_curriculum(site, world.manager)
    with writing(site, world.manager) as unit:
        module = commands.add_module(unit, queries.find_version(unit, ref), a_module())
        form = ModuleChange(version=module.version, position=1, **a_module("First change").model_dump())
        module_ref = module.ref
    with writing(site, world.manager) as unit:
        commands.change_module(unit, queries.find_module(unit, module_ref), form)
    with pytest.raises(Stale), writing(site, world.manager) as unit:
        commands.change_module(unit, queries.find_module(unit, module_ref), form)


EDITS: dict[str, Callable[[Unit, CurriculumVersion], object]] = {
    "the title": lambda unit, version: setattr(version, "title", "Another"),
    "the summary": lambda unit, version: setattr(version, "summary", "Another"),
    "the ratio": lambda unit, version: setattr(version, "ratio", 40),
    "the digest": lambda unit, version: setattr(version, "content_digest", "0" * 64),
    "the frozen text": lambda unit, version: setattr(version, "frozen", "{}"),
    "a module": lambda unit, version: setattr(unit.db.query(Module).first(), "minutes", 1),
    "a module's owner": lambda unit, version: setattr(
        unit.db.query(Module).first(), "version_id", version.id + 1
    ),
    "a technique": lambda unit, version: setattr(
        unit.db.query(Technique).first(), "risk_assessment", "None."
    ),
    "an answer": lambda unit, version: setattr(unit.db.query(Coverage).first(), "where", "Elsewhere."),
    "a new module": lambda unit, version: unit.db.add(
        Module(version_id=version.id, position=9, **a_module().model_dump())
    ),
    "no technique": lambda unit, version: unit.db.delete(unit.db.query(Technique).first()),
    "no version": lambda unit, version: unit.db.delete(version),
    "a draft again": lambda unit, version: unit.db.execute(
        text("update curriculum_version set status = 'draft'")
    ),
    "other people": lambda unit, version: unit.db.execute(
        text("update curriculum_population set population = 'dementia'")
    ),
    "another document": lambda unit, version: commands.keep_document(
        unit,
        a_file(),
        unit.db.query(Curriculum).one().organisation_id,
        "curriculum_version",
        version.id,
        "Late",
    ),
}


@pytest.mark.parametrize("what", EDITS)
def test_the_database_itself_keeps_a_submitted_version_from(site: Site, world: World, what: str) -> None:
    ref = make_version(site, world.manager)
    if what == "a module's owner":
        start_next(site, world, ref)
    with pytest.raises(DBAPIError, match="frozen"), writing(site, world.manager) as unit:
        EDITS[what](unit, queries.find_version(unit, ref))


def start_next(site: Site, world: World, ref: str) -> str:
    with writing(site, world.manager) as unit:
        curriculum = unit.db.get_one(Curriculum, queries.find_version(unit, ref).curriculum_id)
        return commands.start_new_version(unit, curriculum, StartVersion(version=curriculum.version)).ref


@pytest.mark.parametrize("table", PARTS)
def test_rows_of_every_part_of_a_submitted_version_stay(site: Site, world: World, table: str) -> None:
    make_version(site, world.manager)
    with pytest.raises(DBAPIError, match="frozen"), writing(site, world.manager) as unit:
        unit.db.execute(text(f"delete from {table}"))


def test_the_commands_say_in_words_that_a_submitted_version_stays(site: Site, world: World) -> None:
    ref = make_version(site, world.manager)
    with pytest.raises(Refused, match="start a new version"), writing(site, world.manager) as unit:
        commands.add_module(unit, queries.find_version(unit, ref), a_module())
    with reading(site, world.manager) as unit:
        module = queries.version_view(unit, ref).levels[-1].modules[0].ref
    with pytest.raises(Refused), writing(site, world.manager) as unit:
        commands.add_technique(unit, queries.find_module(unit, module), a_technique())
    with pytest.raises(WrongState):
        submit(site, world.manager, ref)


def test_a_new_version_begins_as_a_copy_and_leaves_the_old_one_alone(site: Site, world: World) -> None:
    ref = make_curriculum(site, world.manager)
    with writing(site, world.manager) as unit:
        commands.attach(unit, queries.find_version(unit, ref), a_file(), "Risks")
    fill(site, world.manager, ref)
    submit(site, world.manager, ref)
    copied = start_next(site, world, ref)
    with reading(site, world.manager) as unit:
        old, new = queries.find_version(unit, ref), queries.find_version(unit, copied)
        assert (new.number, new.status, new.content_digest) == (2, VersionStatus.DRAFT, None)
        assert content(unit, old) == content(unit, new)
        view = queries.version_view(unit, copied)
        assert not view.gaps and len(view.documents) == 1
    with pytest.raises(Refused, match="Version 2 is still a draft"):
        start_next(site, world, ref)
    with writing(site, world.manager) as unit:
        new = queries.find_version(unit, copied)
        commands.change_details(unit, new, some_details(new, title="Safe Holding: renewed"))
    submit(site, world.manager, copied)
    with reading(site, world.manager) as unit:
        assert queries.find_version(unit, ref).title == "Safe Holding: intermediate"


def content(unit: Unit, version: CurriculumVersion) -> object:
    return queries.content_of(version, queries.parts_of(unit, version.id))


def test_certifying_a_version_supersedes_the_one_before_it(site: Site, world: World) -> None:
    ref = make_version(site, world.manager, "certified")
    copied = start_next(site, world, ref)
    submit(site, world.manager, copied)
    for step in ("take-into-evaluation", "take-into-evaluation", "certify", "certify"):
        with writing(site, world.manager) as unit:
            commands.mark(unit, queries.find_version(unit, copied), step)
    with reading(site, world.manager) as unit:
        assert queries.find_version(unit, ref).status is VersionStatus.SUPERSEDED
        assert queries.find_version(unit, copied).status is VersionStatus.CERTIFIED


def test_a_certified_version_stays_certified_while_it_is_looked_at_again(site: Site, world: World) -> None:
    ref = make_version(site, world.manager, "certified")
    for step in ("take-into-evaluation", "release"):
        with writing(site, world.manager) as unit:
            commands.mark(unit, queries.find_version(unit, ref), step)
    with reading(site, world.manager) as unit:
        assert queries.find_version(unit, ref).status is VersionStatus.CERTIFIED


def test_a_trainer_reads_and_does_not_write(site: Site, world: World) -> None:
    ref = make_curriculum(site, world.manager)
    with reading(site, world.trainer) as unit:
        view = queries.version_view(unit, ref)
        assert not view.may_write and not view.steps
    with pytest.raises(Forbidden), writing(site, world.trainer) as unit:
        commands.add_module(unit, queries.find_version(unit, ref), a_module())


def test_which_requirements_apply_follows_whom_it_is_for_and_what_is_taught(site: Site, world: World) -> None:
    ref = make_curriculum(site, world.manager)
    with reading(site, world.manager) as unit:
        before = {line.number for line in queries.version_view(unit, ref).coverage}
    with writing(site, world.manager) as unit:
        version = queries.find_version(unit, ref)
        commands.change_details(unit, version, some_details(version, populations=[Population.DEMENTIA]))
        commands.add_module(unit, version, a_module("Seated holds", level=HOLDS))
    with reading(site, world.manager) as unit:
        after = {line.number for line in queries.version_view(unit, ref).coverage}
    assert "1.2.2" in after - before


def test_documents_stay_as_they_were_given(site: Site, world: World) -> None:
    ref = make_curriculum(site, world.manager)
    with writing(site, world.manager) as unit:
        version = queries.find_version(unit, ref)
        commands.attach(unit, version, a_file(), "Risks")
        assert newest(unit, unit.db.get_one(Curriculum, version.curriculum_id)).id == version.id
    with pytest.raises(DBAPIError, match="append-only"), writing(site, world.manager) as unit:
        unit.db.delete(unit.db.query(Document).one())
