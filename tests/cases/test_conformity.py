"""What the certificate says part by part of the Standards: derived from results and findings, never assumed."""

import pytest
from sqlalchemy import select

from app.audits import commands as audit_commands
from app.audits import queries as audit_queries
from app.audits.rules import Outcome, RecordResult, conformity
from app.cases import queries
from app.cases.rules import State
from app.certificates.models import CertificateVersion
from app.certificates.rules import Statement
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, reading, writing
from tests.cases.make import (
    World,
    close_finding,
    grant,
    issue_findings,
    make_case,
    recommend,
    record_all,
    step,
    take_into_review,
)


def record_some(world: World, beginning: str, outcome: str, reason: str) -> None:
    """Another result for the requirements whose number begins so, in every evaluation of the case."""
    with writing(world.site, world.assessor) as unit:
        case = queries.find_case(unit, world.ref)
        for audit in audit_queries.rows_of_case(unit, case.id):
            for line in audit_queries.requirements(audit):
                if line.number.startswith(beginning):
                    before = audit_queries.result_of(unit, audit.id, line.number)
                    said = {
                        "outcome": outcome,
                        "note": "Seen.",
                        "reason": reason,
                        "version": before.version if before else 0,
                    }
                    audit_commands.record_result(
                        unit, audit.ref, line.number, RecordResult.model_validate(said)
                    )


def found_on_the_certificate(site: Site) -> dict[str, str]:
    with reading(site, SYSTEM) as unit:
        (version,) = unit.db.scalars(select(CertificateVersion))
    said = Statement.model_validate_json(version.statement)
    return {part.number: part.outcome.value for part in said.sections}


def test_the_certificate_says_part_by_part_what_the_evaluation_found(site: Site) -> None:
    world = make_case(site, State.IN_EVALUATION)
    record_all(world)
    record_some(world, "2.", "not_applicable", "No teaching of this kind here.")
    record_some(world, "3.1", "partly", "")
    step(world, world.lead, "complete-evaluation", verdict="grant", report="All is well but one.")
    take_into_review(world)
    recommend(world)
    grant(world)
    found = found_on_the_certificate(site)
    assert found.pop("2") == "not_assessed"
    assert found.pop("3") == "not_conform"
    assert set(found.values()) == {"conform"} and found


def test_what_was_put_right_conforms(site: Site) -> None:
    world = make_case(site, State.IN_EVALUATION)
    record_all(world)
    record_some(world, "1.1.1", "not_met", "")
    close_finding(world, issue_findings(world))
    step(world, world.lead, "complete-evaluation", verdict="grant", report="Put right.")
    take_into_review(world)
    recommend(world)
    grant(world)
    assert set(found_on_the_certificate(site).values()) == {"conform"}


@pytest.mark.parametrize(
    ("last", "put_right", "outcome"),
    [
        ({}, {}, "not_assessed"),
        ({"2.1": Outcome.NOT_MET}, {}, "not_assessed"),
        ({"1.1": Outcome.MET, "10.1": Outcome.NOT_MET}, {}, "conform"),
        ({"1.1": Outcome.MET, "1.2": Outcome.PARTLY}, {}, "not_conform"),
        ({"1.1": Outcome.MET}, {"1.1": False}, "not_conform"),
        ({"1.1": Outcome.NOT_MET}, {"1.1": True}, "conform"),
        ({"1.1": Outcome.NOT_MET, "1.2": Outcome.PARTLY}, {"1.1": True}, "not_conform"),
    ],
)
def test_a_part_is_never_better_than_its_weakest_requirement(
    last: dict[str, Outcome], put_right: dict[str, bool], outcome: str
) -> None:
    assert conformity("1", last, put_right).value == outcome
