"""Who had a part in a matter, or is tied to those concerned: nobody of them looks into it (domain, invariant 8)."""

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.audits.models import Audit, AuditMember
from app.cases.models import Assignment, Case
from app.cases.queries import case_of_id, ties, ties_to
from app.certificates.models import Certificate
from app.complaints.models import Complaint, ComplaintNote
from app.complaints.queries.scope import is_inside
from app.complaints.rules import COMPLAINT, ComplaintFacts, Matter
from app.kernel.casework import facts_for
from app.kernel.clock import add_months, civil_date
from app.kernel.database import Unit
from app.kernel.journal import Event, hold_thread
from app.kernel.words import _, in_words
from app.organisations.queries import organisation
from app.people.models import Person
from app.people.queries import members, persons
from app.permissions import GRANTS, Permission, Role
from app.standards.queries import rule_pack, working_days_after
from app.standards.rules import Nation
from app.standards.rules.packs import Deadline, RulePack

Account = aliased(Person, name="account")
"""The account that did something; `Person` then is the one that stands for the person."""
DECIDERS = tuple(role for role in Role if Permission.COMPLAINT_DECIDE in GRANTS[role])
OFFICE = tuple(role for role in Role if Permission.COMPLAINT_OFFICE in GRANTS[role])


@facts_for(COMPLAINT)
def complaint_facts(unit: Unit, row: Complaint) -> ComplaintFacts:
    """What the guards look at; what ties the actor is asked only of those at the desk."""
    if not is_inside(unit, row):
        return ComplaintFacts(unit.today)
    notes = select(func.count()).select_from(ComplaintNote).where(ComplaintNote.complaint_id == row.id)
    return ComplaintFacts(
        unit.today,
        involved=involved(unit, row, {unit.actor.id}).get(unit.actor.id, ""),
        gathered=unit.db.scalar(notes) or 0,
    )


def who_may(unit: Unit, row: Complaint) -> tuple[list[Person], dict[str, str]]:
    """Everybody at the desk whose role it is to decide complaints, and what speaks against some of them."""
    people = members(unit, row.desk_id, *DECIDERS)
    return people, involved(unit, row, {one.ref for one in people})


def involved(unit: Unit, row: Complaint, people: Collection[str]) -> dict[str, str]:
    """What speaks against each of these people, in words; empty for whoever had no part and has no tie.

    When the unit writes, nobody can take a part in the matter until it is written down.
    """
    asked = set(people)
    cases, certificates = _matters(unit, row)
    if unit.writes:
        for thread in sorted([f"case:{id}" for id in cases] + [f"certificate:{id}" for id in certificates]):
            hold_thread(unit, thread)
    found = {row.by: _("they brought it themselves")} if row.by in asked else {}
    return _tied(unit, row, asked) | _took_part(unit, cases, certificates, asked) | found


def _matters(unit: Unit, row: Complaint) -> tuple[Mapping[int, str], Mapping[int, str]]:
    """The cases and certificates it is about, with the names people know them by.

    An appeal is about one decision; a complaint about a client is about all that the desk ever certified for them.
    """
    cases = select(Case.id, Case.ref)
    certificates = select(Certificate.id, Certificate.number)
    if row.case_id:
        return dict(unit.db.execute(cases.where(Case.id == row.case_id)).all()), {}
    if row.matter is Matter.APPEAL:
        held = dict(unit.db.execute(certificates.where(Certificate.id == row.certificate_id)).all())
        granted = select(Certificate.case_ref).where(Certificate.id == row.certificate_id)
        return dict(unit.db.execute(cases.where(Case.ref.in_(granted))).all()), held
    if row.about_id is None:
        return {}, {}
    both = Case.client_id == row.about_id, Case.body_id == row.desk_id
    held_by = Certificate.holder_id == row.about_id, Certificate.body_id == row.desk_id
    return (
        dict(unit.db.execute(cases.where(*both)).all()),
        dict(unit.db.execute(certificates.where(*held_by)).all()),
    )


def _took_part(
    unit: Unit, cases: Mapping[int, str], certificates: Mapping[int, str], people: set[str]
) -> dict[str, str]:
    """Whoever did something in one of these cases or to one of these certificates, or is on a team there."""
    names = {f"case:{id}": ref for id, ref in cases.items()}
    names |= {f"certificate:{id}": number for id, number in certificates.items()}
    if not names:
        return {}
    stands = Person.id == func.coalesce(Account.same_as_id, Account.id)
    acted = (
        select(Person.ref, Person.name, Event.thread, func.max(Event.at))
        .join(Account, Account.ref == Event.actor_id)
        .join(Person, stands)
        .where(Event.thread.in_(names), Person.ref.in_(people))
        .group_by(Person.ref, Person.name, Event.thread)
    )
    found = {
        ref: _("{name} had a part in {what}, last on {day}").format(
            name=name, what=names[thread], day=in_words(civil_date(at))
        )
        for ref, name, thread, at in unit.db.execute(acted)
    }
    teams = (
        select(Assignment.person, Assignment.case_id).where(Assignment.case_id.in_(cases)),
        select(AuditMember.person, Audit.case_id)
        .join(Audit, Audit.id == AuditMember.audit_id)
        .where(Audit.case_id.in_(cases)),
    )
    on_teams = {who: case for asked in teams for who, case in unit.db.execute(asked)}
    for account, one in persons(unit, on_teams.keys()).items() if on_teams else ():
        if one.ref in people:
            said = _("{name} is on the evaluation team of {what}")
            found.setdefault(one.ref, said.format(name=one.name, what=cases[on_teams[account]]))
    return found


def _tied(unit: Unit, row: Complaint, people: set[str]) -> dict[str, str]:
    """Ties to the organisation complained of and to the one that complains, inside the look-back (7.13.6)."""
    if not people:
        return {}
    since = add_months(unit.today, -rule_pack(row.rule_pack).look_back.complaint_handler_months)
    found: dict[str, str] = {}
    for concerned in {row.about_id, row.from_id} - {None, row.desk_id}:
        assert concerned is not None
        found |= ties_to(unit, concerned, people, since)
    return found | (ties(unit, case_of_id(unit, row.case_id), people) if row.case_id else {})


def days(unit: Unit, desk_id: int, pack: RulePack, *, appeal: bool) -> tuple[date, date | None]:
    """By when it is to be acknowledged, and by when decided where the rules name a day; counted where the desk is."""
    nation, clocks = organisation(unit, desk_id).nation, pack.deadlines
    decided = _after(unit, clocks.appeal_decided, nation, pack) if appeal else None
    return _after(unit, clocks.complaint_acknowledged, nation, pack), decided


def _after(unit: Unit, span: Deadline, nation: Nation, pack: RulePack) -> date:
    if span.unit == "working_days":
        return working_days_after(unit.today, span.count, nation, pack)
    return date.fromordinal(unit.today.toordinal() + span.count)
