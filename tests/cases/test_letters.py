"""Letters that time writes: an answer that was late, a turn that waits too long."""

from datetime import timedelta

from app.audits.effects import upgrade_late_findings
from app.cases.rules import State
from app.kernel.database import Site
from tests.cases.make import issue_findings, make_case, told
from tests.conftest import SetClock


def test_a_finding_upgraded_because_its_answer_was_late_is_told_to_client_and_lead(
    site: Site, clock: SetClock
) -> None:
    world = make_case(site, State.IN_EVALUATION)
    issue_findings(world, "minor")
    clock.now += timedelta(days=91)
    upgrade_late_findings(site)
    for reader in (world.client, world.lead):
        (letter,) = told(world, reader, "finding 1 is upgraded")
        assert "it counts as “Major nonconformity” from now on" in letter
        assert "by 1 July 2026 at the latest" in letter
        assert "/findings/" in letter
    upgrade_late_findings(site)
    assert len(told(world, world.client, "finding 1 is upgraded")) == 1
    assert told(world, world.reviewer, "is upgraded") == []
