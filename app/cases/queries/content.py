"""What is frozen, hashed and relied on: the application as sent, the agreement, the results, a decision's grounds."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.audits.models import Audit, Finding, Result
from app.cases.models import (
    Acceptance,
    Agreement,
    Case,
    CaseAffiliate,
    CaseTrainer,
)
from app.cases.queries.choices import application_values, named
from app.cases.queries.facts import standing_of
from app.cases.queries.scope import agreement_of, planned_audits, scope_of, sent_application, team_of
from app.cases.rules import Parties, agreement_text, text_digest
from app.curricula.models import CurriculumVersion, Module, VersionPopulation
from app.kernel.database import Unit
from app.organisations.queries import names_of
from app.providers.models import Affiliate, TrainerAppointment, TrainingService
from app.standards.queries import edition, rule_pack
from app.standards.rules import Level, Population, Route


@dataclass(frozen=True)
class Reach:
    """Whom the curricula of a case are for: what decides which requirements apply."""

    route: Route
    populations: frozenset[Population]
    levels: frozenset[Level]


def application_content(unit: Unit, case: Case) -> dict[str, Any]:
    """The application as it stands, whole and plain, as it is frozen when it is sent."""
    chosen = [
        {
            "ref": version.ref,
            "title": version.title,
            "number": version.number,
            "digest": version.content_digest,
        }
        for _item, version in scope_of(unit, case)
    ]
    return {
        **application_values(unit, case),
        "case": case.ref,
        "kind": case.kind.value,
        "curricula": chosen,
        "edition": {"id": case.edition, "digest": case.edition_digest},
        "rule_pack": {"id": case.rule_pack, "digest": case.rule_pack_digest},
    }


def next_application(unit: Unit, case: Case) -> int:
    """The number of the next version of the application."""
    sent = sent_application(unit, case)
    return sent.number + 1 if sent else 1


def new_agreement(unit: Unit, case: Case) -> Agreement:
    """The agreement for both sides to accept, written from the case; the caller adds it."""
    names = names_of(unit, {case.client_id, case.body_id})
    text = agreement_text(
        Parties(
            case=case.ref, client=names[case.client_id], body=names[case.body_id], edition=edition(case.edition).title,
            rule_pack=rule_pack(case.rule_pack).title, rules_digest=case.rule_pack_digest,
            term_months=rule_pack(case.rule_pack).term_months,
            curricula=[named(version) for _item, version in scope_of(unit, case)],
        )
    )  # fmt: skip
    before = unit.db.scalar(select(func.max(Agreement.number)).where(Agreement.case_id == case.id)) or 0
    return Agreement(
        case_id=case.id, number=before + 1, text=text, digest=text_digest(text), made_at=unit.now
    )


def reach_of(unit: Unit, case: Case, versions: list[CurriculumVersion]) -> Reach:
    """Route, populations and strategy levels of the curricula together."""
    ids = [version.id for version in versions]
    people = select(VersionPopulation.population).where(VersionPopulation.version_id.in_(ids))
    levels = select(Module.level).where(Module.version_id.in_(ids))
    return Reach(
        route=unit.db.get_one(TrainingService, case.service_id).route,
        populations=frozenset(unit.db.scalars(people)),
        levels=frozenset(unit.db.scalars(levels)),
    )


def results_content(unit: Unit, case: Case) -> dict[str, Any]:
    """Every result and every finding as they stand, in an order that never changes."""
    results = unit.db.execute(
        select(Audit.ref, Result.requirement, Result.outcome, Result.note, Result.reason)
        .join(Audit, Audit.id == Result.audit_id)
        .where(Audit.case_id == case.id)
        .order_by(Audit.id, Result.requirement)
    )
    findings = unit.db.execute(
        select(Finding.ref, Finding.requirement, Finding.grade, Finding.status, Finding.statement)
        .where(Finding.case_id == case.id)
        .order_by(Finding.id)
    )
    return {"results": [list(row) for row in results], "findings": [list(row) for row in findings]}


def grounds(unit: Unit, case: Case, step: str) -> dict[str, Any]:
    """Everything a decision relies on, as digests and references; its canonical bytes are hashed with the decision."""
    sent, agreement = sent_application(unit, case), agreement_of(unit, case)
    may = standing_of(unit, case)
    return {
        "case": case.ref,
        "step": step,
        "decided_by": unit.actor.id,
        "decided_on": unit.today.isoformat(),
        "application": sent.digest if sent else None,
        "agreement": {"digest": agreement.digest, "accepted": _acceptances(unit, agreement)}
        if agreement
        else None,
        "edition": case.edition_digest,
        "rule_pack": case.rule_pack_digest,
        "plan": [[one.kind.value, one.on.isoformat()] for one in planned_audits(unit, case)],
        "team": sorted([one.person, one.role.value] for one in team_of(unit, case)),
        "results": case.results_digest,
        "evaluation": case.verdict.value if case.verdict else None,
        "review": case.review_verdict.value if case.review_verdict else None,
        "licence": may.sentence,
        "items": [item.ref for item, _version in scope_of(unit, case)],
    }


def _acceptances(unit: Unit, agreement: Agreement) -> list[list[str]]:
    rows = unit.db.execute(
        select(Acceptance.side, Acceptance.by, Acceptance.at)
        .where(Acceptance.agreement_id == agreement.id)
        .order_by(Acceptance.side)
    )
    return [[side, by, at.isoformat()] for side, by, at in rows]


def affiliates_of(unit: Unit, case: Case) -> list[Affiliate]:
    """The affiliates that are to stand on the certificate."""
    named_ones = select(CaseAffiliate.affiliate_id).where(CaseAffiliate.case_id == case.id)
    return list(unit.db.scalars(select(Affiliate).where(Affiliate.id.in_(named_ones)).order_by(Affiliate.id)))


def trainers_of(unit: Unit, case: Case) -> list[TrainerAppointment]:
    """The senior trainers named in the application."""
    named_ones = select(CaseTrainer.trainer_id).where(CaseTrainer.case_id == case.id)
    rows = select(TrainerAppointment).where(TrainerAppointment.id.in_(named_ones))
    return list(unit.db.scalars(rows.order_by(TrainerAppointment.person_name)))
