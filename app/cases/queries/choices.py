"""What can be chosen in the forms of a case, and what they are filled with."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from app.cases.models import Case, CaseAffiliate, CaseTrainer, ScopeItem
from app.cases.queries.facts import why_not
from app.cases.queries.scope import (
    agreement_of,
    application_of,
    notes_of,
    planned_audits,
    scope_of,
    team_of,
)
from app.cases.rules import CHECK_WORDS, KIND_WORDS, Check, Kind, Section, TeamRole, Verdict
from app.cases.rules.forms import SaveApplication
from app.curricula.models import CurriculumVersion
from app.curricula.queries import versions_of_service
from app.curricula.rules import VersionStatus
from app.kernel.database import Unit
from app.kernel.words import _, label
from app.organisations.models import Organisation
from app.organisations.queries import body_choices
from app.people.models import Person
from app.people.queries import members
from app.permissions import Role
from app.providers.models import Affiliate, TrainerAppointment
from app.providers.rules import AffiliateState, TrainerLevel, TrainerState

Choices = Mapping[str, Sequence[tuple[str, str]]]
CLIENTS_KINDS = tuple(kind for kind in Kind if kind.grants)
BODYS_KINDS = tuple(kind for kind in Kind if not kind.grants)
GRANTING = (Verdict.GRANT, Verdict.GRANT_IN_PART, Verdict.REFUSE)


def named(version: CurriculumVersion) -> str:
    """A curriculum version as people speak of it."""
    return _("{title}, version {number}").format(title=version.title, number=version.number)


def versions_to_choose(unit: Unit, client_id: int, kind: Kind) -> list[CurriculumVersion]:
    """Versions that can be applied for: submitted ones; certified ones too when there is a certificate already."""
    wanted = (
        {VersionStatus.SUBMITTED}
        if kind is Kind.INITIAL
        else {VersionStatus.SUBMITTED, VersionStatus.CERTIFIED}
    )
    return [version for version in versions_of_service(unit, client_id) if version.status in wanted]


def opening_choices(unit: Unit) -> Choices:
    """Bodies, kinds of application, and the client's own curricula."""
    own = unit.actor.organisation_id or 0
    versions = versions_to_choose(unit, own, Kind.RECERTIFICATION)
    return {
        "body": body_choices(unit),
        "kind": [(kind.value, _(KIND_WORDS[kind])) for kind in CLIENTS_KINDS],
        "curricula": [(version.ref, named(version)) for version in versions],
    }


def follow_up_choices(_unit: Unit) -> Choices:
    """Why a body looks again at a certificate."""
    return {"kind": [(kind.value, _(KIND_WORDS[kind])) for kind in BODYS_KINDS]}


def affiliates_to_choose(unit: Unit, case: Case) -> list[tuple[Affiliate, str]]:
    """The affiliates of the client's service that have not ended, with their names."""
    rows = unit.db.execute(
        select(Affiliate, Organisation.name)
        .join(Organisation, Organisation.id == Affiliate.organisation_id)
        .where(Affiliate.service_id == case.service_id, Affiliate.status != AffiliateState.ENDED)
        .order_by(Organisation.name)
    )
    return [(affiliate, name) for affiliate, name in rows]


def trainers_to_choose(unit: Unit, case: Case) -> list[TrainerAppointment]:
    """The senior trainers of the client's service whose appointment has not ended."""
    rows = select(TrainerAppointment).where(
        TrainerAppointment.service_id == case.service_id,
        TrainerAppointment.level == TrainerLevel.SENIOR,
        TrainerAppointment.status != TrainerState.ENDED,
    )
    return list(unit.db.scalars(rows.order_by(TrainerAppointment.person_name)))


def application_choices(unit: Unit, case: Case) -> Choices:
    """Everything the application can name."""
    return {
        "curricula": [(one.ref, named(one)) for one in versions_to_choose(unit, case.client_id, case.kind)],
        "affiliates": [(one.ref, name) for one, name in affiliates_to_choose(unit, case)],
        "trainers": [(one.ref, one.person_name) for one in trainers_to_choose(unit, case)],
    }


def application_values(unit: Unit, case: Case) -> Mapping[str, object]:
    """The application as it was last saved."""
    row = application_of(unit, case)
    lists = ("version", "curricula", "affiliates", "trainers")
    said = {name: getattr(row, name) for name in SaveApplication.model_fields if name not in lists}
    affiliates = select(Affiliate.ref).join(CaseAffiliate, CaseAffiliate.affiliate_id == Affiliate.id)
    trainers = select(TrainerAppointment.ref).join(
        CaseTrainer, CaseTrainer.trainer_id == TrainerAppointment.id
    )
    return said | {
        "curricula": [version.ref for _item, version in scope_of(unit, case)],
        "affiliates": list(unit.db.scalars(affiliates.where(CaseAffiliate.case_id == case.id))),
        "trainers": list(unit.db.scalars(trainers.where(CaseTrainer.case_id == case.id))),
    }


def check_choices(_unit: Unit, _case: Case) -> Choices:
    """The checklist of the application review, in words."""
    return {"checks": [(check.value, _(CHECK_WORDS[check])) for check in Check]}


def agreement_values(unit: Unit, case: Case) -> Mapping[str, object]:
    """The digest of the text on the page, so that nobody accepts another one."""
    agreement = agreement_of(unit, case)
    return {"digest": agreement.digest if agreement else ""}


def plan_choices(unit: Unit, case: Case) -> Choices:
    """Who may be on the team. Somebody who may not stands there with the reason, so that nobody wonders."""
    leads = members(unit, case.body_id, Role.LEAD_ASSESSOR)
    others = members(unit, case.body_id, Role.LEAD_ASSESSOR, Role.ASSESSOR)
    against = why_not(unit, case, {one.ref: TeamRole.ASSESSOR for one in others})
    leading = why_not(unit, case, {one.ref: TeamRole.LEAD for one in leads})
    return {"lead": _with_reasons(leads, leading), "assessors": _with_reasons(others, against)}


def _with_reasons(people: Sequence[Person], against: Mapping[str, str]) -> list[tuple[str, str]]:
    return [
        (one.ref, _("{name} (not possible: {why})").format(name=one.name, why=against[one.ref]))
        if one.ref in against
        else (one.ref, one.name)
        for one in people
    ]


def plan_values(unit: Unit, case: Case) -> Mapping[str, object]:
    """The plan as it stands, when it is made anew."""
    team, audits = team_of(unit, case), planned_audits(unit, case)
    days: dict[str, object] = {f"{audit.kind.value}_on": audit.on for audit in audits}
    return days | {
        "lead": next((one.person for one in team if one.role is TeamRole.LEAD), ""),
        "assessors": [one.person for one in team if one.role is TeamRole.ASSESSOR],
        "place": audits[0].place if audits else "",
    }


def team_choices(unit: Unit, case: Case) -> Choices:
    """Everybody on the team."""
    return {"person": [(one.person, f"{one.name}, {label(one.role).lower()}") for one in team_of(unit, case)]}


def objected_choices(unit: Unit, case: Case) -> Choices:
    """Those on the team to whom the client objects."""
    return {"person": [(one.person, one.name) for one in team_of(unit, case) if one.objection_open]}


def note_choices(unit: Unit, case: Case) -> Choices:
    """Review notes that are open."""
    notes = [note for note in notes_of(unit, case) if note.closed_at is None]
    return {"note": [(note.ref, f"{label(note.section)}: {note.text[:80]}") for note in notes]}


def verdict_choices(_unit: Unit, case: Case) -> Choices:
    """What can be recommended in a case of this kind."""
    fitting = [one for one in Verdict if (one in GRANTING) == case.kind.grants]
    return {
        "verdict": [(one.value, label(one)) for one in fitting],
        "sections": [(section.value, label(section)) for section in Section],
    }


def item_choices(unit: Unit, case: Case) -> Choices:
    """The curricula applied for, each to be granted, deferred or, left out, refused."""
    items = [(item.ref, named(version)) for item, version in scope_of(unit, case)]
    return {"granted": items, "deferred": items, "removed": items}


def item_values(unit: Unit, case: Case) -> Mapping[str, object]:
    """All of them, as a start: what is left out is refused."""
    return {"granted": [item.ref for item, _version in scope_of(unit, case)]}


def items_by_ref(unit: Unit, case: Case) -> dict[str, tuple[ScopeItem, CurriculumVersion]]:
    """The items of a case by their reference."""
    return {item.ref: (item, version) for item, version in scope_of(unit, case)}
