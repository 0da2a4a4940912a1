"""Two people at once on one draft: what is submitted is what was hashed, whoever comes first."""

import threading

import pytest

from app.curricula import commands, queries
from app.curricula.models import Curriculum
from app.curricula.rules import StartVersion, VersionStatus, VersionSubmission, canonical, digest_of
from app.kernel.database import Site, reading, writing
from app.kernel.errors import Problem
from tests.curricula.make import World, a_module, fill, make_curriculum, make_version


def at_once(*acts: object) -> list[object]:
    """Run the acts together; what came of each, in no order."""
    outcomes: list[object] = []
    start = threading.Barrier(len(acts))

    def run(act: object) -> None:
        start.wait()
        try:
            act()  # type: ignore[operator]
            outcomes.append("done")
        except Problem as problem:
            outcomes.append(type(problem).__name__)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return outcomes


@pytest.mark.slow
def test_a_module_added_while_the_draft_is_submitted_is_either_in_the_digest_or_refused(
    site: Site, world: World
) -> None:
    for number in range(8):
        ref = make_curriculum(site, world.manager, f"Race {number}")
        fill(site, world.manager, ref)
        with reading(site, world.manager) as unit:
            seen = queries.find_version(unit, ref).version

        def add(ref: str = ref) -> None:
            with writing(site, world.manager) as unit:
                commands.add_module(unit, queries.find_version(unit, ref), a_module("Late"))

        def submit(ref: str = ref, seen: int = seen) -> None:
            with writing(site, world.manager) as unit:
                commands.submit(unit, queries.find_version(unit, ref), VersionSubmission(version=seen))

        assert sorted(map(str, at_once(add, submit))) in (["Refused", "done"], ["Stale", "done"])
        with reading(site, world.manager) as unit:
            version = queries.find_version(unit, ref)
            now = digest_of(canonical(queries.content_of(version, queries.parts_of(unit, version.id))))
            assert version.content_digest == (now if version.status is VersionStatus.SUBMITTED else None)


@pytest.mark.slow
def test_of_two_new_versions_started_at_once_one_stands(site: Site, world: World) -> None:
    ref = make_version(site, world.manager)
    with reading(site, world.manager) as unit:
        home = queries.version_view(unit, ref).curriculum_ref
        seen = queries.find_curriculum(unit, home).version

    def start() -> None:
        with writing(site, world.manager) as unit:
            commands.start_new_version(unit, queries.find_curriculum(unit, home), StartVersion(version=seen))

    assert at_once(start, start, start).count("done") == 1
    with reading(site, world.manager) as unit:
        assert unit.db.query(Curriculum).count() == 1
        assert [one.number for one in queries.curriculum_view(unit, home).versions] == [2, 1]
