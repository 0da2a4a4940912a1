"""What the guards of a case look at, gathered only as far as the state the case is in can need it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.audits.queries import FindingLine, blocking, findings_of, rows_of_case
from app.cases.models import Acceptance, Application, Assignment, Case, CaseTrainer, ReviewNote, ScopeItem
from app.cases.queries.scope import agreement_of, application_of, team_of
from app.cases.rules import (
    CASE,
    EVALUATING,
    EVALUATION,
    CaseFacts,
    Member,
    Side,
    Standing,
    State,
    TeamRole,
    gaps,
)
from app.kernel.casework import facts_for
from app.kernel.clock import add_months, civil_date
from app.kernel.database import Unit
from app.kernel.journal import Event
from app.kernel.words import _, in_words
from app.kernel.workflow import Done
from app.licences.queries import standing
from app.people.models import Person
from app.people.queries import authorised, interests, members, persons
from app.people.rules import Tie, Tied
from app.permissions import Permission, Role, Seat
from app.standards.queries import rule_pack

S = State
Account = aliased(Person, name="account")
"""The account that did something; `Person` then is the one that stands for the person."""
TYING = {
    Tied.EMPLOYED: "{name} works or worked for the client",
    Tied.TRAINED: "{name} trained the client’s staff or was trained by the client",
    Tied.CONSULTED: "{name} advised the client",
    Tied.CO_WROTE: "{name} helped to write a curriculum of the client",
    Tied.FAMILY_OR_FINANCIAL: "{name} has a family or financial tie to the client",
}
"""Ties that keep somebody away (ISO/IEC 17065, 4.2); having assessed the client before is none of them."""
LICENCE_MATTERS = (S.UNDER_APPLICATION_REVIEW, S.AGREEMENT_PENDING, S.IN_REVIEW)
TEAM_MATTERS = (S.PLANNED, S.RETURNED)
REVIEW_MATTERS = (S.EVALUATION_COMPLETE, S.IN_REVIEW)
DECIDERS = {
    Role.REVIEWER: (Role.REVIEWER, Role.DECISION_MAKER),
    Role.DECISION_MAKER: (Role.DECISION_MAKER,),
}
"""The roles that judge an evaluation, and the authorisations of which each needs one."""
FINDINGS_MATTER = (*EVALUATING, S.IN_REVIEW)
BEFORE_EVALUATION = (
    S.DRAFT,
    S.SUBMITTED,
    S.UNDER_APPLICATION_REVIEW,
    S.INFORMATION_REQUESTED,
    S.DECLINED,
    S.AGREEMENT_PENDING,
    S.AGREEMENT_IN_FORCE,
    S.PLANNED,
)
AGREEMENT_MATTERS = (S.AGREEMENT_PENDING, S.AGREEMENT_IN_FORCE, S.PLANNED, S.IN_REVIEW)


@dataclass(frozen=True)
class Gathered:
    """The facts of a case, and the rows they were read from, so that a page asks for nothing twice."""

    facts: CaseFacts
    team: Sequence[Assignment]
    findings: Sequence[FindingLine]


@facts_for(CASE)
def case_facts(unit: Unit, case: Case) -> CaseFacts:
    """What the guards look at."""
    return gather(unit, case).facts


def gather(unit: Unit, case: Case) -> Gathered:
    """Licences are locked first, so that every right a decision rests on stays as it is (rules page, 20)."""
    may = standing_of(unit, case) if case.status in LICENCE_MATTERS else None
    sides = _accepted(unit, case) if case.status in AGREEMENT_MATTERS else set()
    team = team_of(unit, case)
    audits = rows_of_case(unit, case.id) if case.status in FINDINGS_MATTER else []
    told = _Findings(unit, case)
    facts = CaseFacts(
        today=unit.today, past=evaluators(unit, case), standing=may, missing=missing(unit, case),
        client_accepted=Side.CLIENT in sides, body_signed=Side.BODY in sides, team=_members(unit, case, team),
        audits=len(audits), required=sum(one.total for one in audits), recorded=sum(one.recorded for one in audits),
        drafts=told.drafts, unanswered=told.unanswered, owed=told.owed, to_judge=told.to_judge,
        blocking=told.blocking, open_notes=_open_notes(unit, case), conflict=actors_tie(unit, case),
        authorised=_authorised(unit, case),
    )  # fmt: skip
    return Gathered(_with_others(unit, case, facts), team, told.lines)


def standing_of(unit: Unit, case: Case, on: date | None = None) -> Standing:
    """What the licence of the case's body allows on a day; locked when something will rest on it."""
    may = standing(unit, case.body_id, on or unit.today)
    has_edition = case.edition in may.editions
    return Standing(
        sentence=may.sentence
        if has_edition
        else _("{sentence} Its licence does not cover {edition}.").format(
            sentence=may.sentence, edition=case.edition
        ),
        may_take_new=may.may_take_new and has_edition,
        may_surveil=may.may_surveil and has_edition,
        may_issue=may.may_issue and has_edition,
    )


def missing(unit: Unit, case: Case) -> tuple[str, ...]:
    """What the application still lacks, in a few words each."""
    if case.status is not S.DRAFT:
        return ()
    return tuple(gap.what for gap in gaps(application_of(unit, case), *named_in(unit, case)))


def named_in(unit: Unit, case: Case) -> tuple[int, int]:
    """How many curricula and senior trainers the application names."""
    items = select(func.count()).select_from(ScopeItem).where(ScopeItem.case_id == case.id)
    trainers = select(func.count()).select_from(CaseTrainer).where(CaseTrainer.case_id == case.id)
    row = unit.db.execute(select(items.scalar_subquery(), trainers.scalar_subquery())).one()
    return row[0], row[1]


def _accepted(unit: Unit, case: Case) -> set[str]:
    """The sides that accepted the very text of the agreement as it stands."""
    agreement = agreement_of(unit, case)
    if agreement is None:
        return set()
    rows = select(Acceptance.side).where(
        Acceptance.agreement_id == agreement.id, Acceptance.digest == agreement.digest
    )
    return set(unit.db.scalars(rows))


def evaluators(unit: Unit, case: Case) -> tuple[Done, ...]:
    """Who evaluated here, each kind of work once, by the account that stands for the person."""
    if case.status in BEFORE_EVALUATION:
        return ()
    kinds = {kind if "." in kind else f"{CASE.name}.{kind}" for kind in EVALUATION}
    stands = Person.id == func.coalesce(Account.same_as_id, Account.id)
    rows = unit.db.execute(
        select(Event.kind, func.coalesce(Person.ref, Event.actor_id), func.min(Event.at))
        .outerjoin(Account, Account.ref == Event.actor_id)
        .outerjoin(Person, stands)
        .where(Event.thread == case.thread, Event.kind.in_(kinds))
        .group_by(Event.kind, func.coalesce(Person.ref, Event.actor_id))
    )
    return tuple(Done(kind, by, civil_date(at)) for kind, by, at in rows)


def _members(unit: Unit, case: Case, people: Sequence[Assignment]) -> tuple[Member, ...]:
    matter = case.status in TEAM_MATTERS
    barred = why_not(unit, case, {one.person: one.role for one in people}) if matter else {}
    return tuple(
        Member(
            one.person, one.name, one.role is TeamRole.LEAD, barred.get(one.person, ""), one.objection_open
        )
        for one in people
    )


def why_not(unit: Unit, case: Case, people: dict[str, TeamRole], *days: date) -> dict[str, str]:
    """What speaks against each of these people on the team, on these days (default: today). Empty: nothing."""
    found: dict[str, str] = dict(ties(unit, case, set(people)))
    for day in days or (unit.today,):
        leads = authorised(unit, case.body_id, Role.LEAD_ASSESSOR, day)
        assess = leads | authorised(unit, case.body_id, Role.ASSESSOR, day)
        for person, role in people.items():
            if person not in (leads if role is TeamRole.LEAD else assess):
                found.setdefault(person, _("not authorised for this on {day}").format(day=in_words(day)))
    return found


def ties(unit: Unit, case: Case, people: set[str]) -> dict[str, str]:
    """What ties each of these people to the client inside the look-back of the rule pack, in words."""
    if not people:
        return {}
    since = add_months(unit.today, -rule_pack(case.rule_pack).look_back.decision_maker_months)
    found = ties_to(unit, case.client_id, people, since)
    consultant = unit.db.scalar(select(Application.consultant_email).where(Application.case_id == case.id))
    if consultant:
        for ref, person in persons(unit, people).items():
            if person.email == consultant:
                found[ref] = _("{name} is the consultant whom the client named").format(name=person.name)
    return found


def ties_to(unit: Unit, organisation_id: int, people: set[str], since: date) -> dict[str, str]:
    """What tied each of these people to an organisation on that day or after it, in words; what never matters is left out."""
    return {
        tie.person_ref: _in_words(tie)
        for tie in interests(unit, people, organisation_id, since)
        if tie.kind in TYING
    }


def _in_words(tie: Tie) -> str:
    return _(TYING[tie.kind]).format(name=tie.person_name)


def actors_tie(unit: Unit, case: Case) -> str:
    """What ties the actor to the client; a client’s own people and RRN are not asked."""
    if unit.actor.seat is not Seat.BODY or case.status is S.CLOSED:
        return ""
    return ties(unit, case, {unit.actor.id}).get(unit.actor.id, "")


def _authorised(unit: Unit, case: Case) -> frozenset[str]:
    if unit.actor.seat is not Seat.BODY or case.status not in REVIEW_MATTERS:
        return frozenset()
    return frozenset(
        role.value for role in DECIDERS if unit.actor.id in authorised(unit, case.body_id, role, unit.today)
    )


def _with_others(unit: Unit, case: Case, facts: CaseFacts) -> CaseFacts:
    """Who may review and decide instead, when the actor would but took part."""
    apart = {done.person for done in facts.past} | {one.person for one in facts.team}
    asks = unit.actor.may(Permission.CASE_REVIEW) or unit.actor.may(Permission.CASE_DECIDE)
    if case.status not in REVIEW_MATTERS or not asks or unit.actor.id not in apart:
        return facts
    trusted = {role: authorised(unit, case.body_id, role, unit.today) for role in DECIDERS}
    found = {
        role: [one for one in members(unit, case.body_id, role) if one.ref not in apart] for role in DECIDERS
    }
    tied = ties(unit, case, {one.ref for people in found.values() for one in people})
    reviewers, deciders = (
        tuple(
            one.name
            for one in found[role]
            if one.ref not in tied and any(one.ref in trusted[given] for given in enough)
        )
        for role, enough in DECIDERS.items()
    )
    return replace(facts, reviewers=reviewers, deciders=deciders)


def _open_notes(unit: Unit, case: Case) -> int:
    if case.status is not S.IN_REVIEW:
        return 0
    notes = select(func.count()).select_from(ReviewNote)
    return unit.db.scalar(notes.where(ReviewNote.case_id == case.id, ReviewNote.closed_at.is_(None))) or 0


class _Findings:
    """The findings of a case, counted by what they wait for."""

    def __init__(self, unit: Unit, case: Case) -> None:
        matter = case.status in FINDINGS_MATTER and unit.actor.may(Permission.AUDIT_READ)
        self.blocking = tuple(blocking(unit, case.id)) if matter else ()  # first: it locks the rows
        worked = case.status not in BEFORE_EVALUATION and unit.actor.may(Permission.AUDIT_READ)
        self.lines = findings_of(unit, case.id) if worked else []
        self.drafts = sum(line.status == "draft" for line in self.lines)
        self.unanswered = sum(
            line.waits_for == "client" and line.status in ("issued", "returned") for line in self.lines
        )
        self.owed = sum(line.waits_for == "client" for line in self.lines)
        self.to_judge = sum(line.waits_for == "body" and line.status != "draft" for line in self.lines)
