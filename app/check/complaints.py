"""Complaints and appeals: none was given to, or decided by, somebody who had a part in the matter or a tie to those concerned."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.cases.models import Assignment, Case
from app.certificates.models import Certificate
from app.check.breach import Breach
from app.complaints.models import Complaint
from app.kernel.clock import add_months, civil_date
from app.kernel.database import Unit
from app.kernel.journal import Event
from app.people.models import Interest, Membership, Person
from app.standards.queries import rule_pack

NO_TIE = "assessed"
"""Having assessed somebody before keeps nobody away by itself; having assessed what this is about does."""


def no_complaint_lands_on_an_involved_person(unit: Unit) -> Iterator[Breach]:
    """Invariant 8, from the events that gave each complaint to somebody and decided it."""
    people = {row.id: row for row in unit.db.execute(select(Person.id, Person.ref, Person.same_as_id))}
    stands = {one.ref: people[one.same_as_id or one.id].ref for one in people.values()}
    for row in unit.db.execute(select(Complaint.__table__).order_by(Complaint.id)):
        for event in _landings(unit, row):
            assigned = event.kind == "complaint.assigned"
            ref = event.data["form"]["person"] if assigned else event.actor_id
            person = stands.get(ref, ref)
            accounts = {one for one, same in stands.items() if same == person} | {person}
            if why := _why_not(unit, row, accounts, event.at):
                done = "was given to" if assigned else "was decided by"
                yield Breach(f"complaint {row.ref}", f"{done} {person}, who {why}")
        decided = _last_decider(unit, row)
        if row.outcome and stands.get(row.handler, row.handler) != stands.get(decided, decided):
            yield Breach(f"complaint {row.ref}", "was decided by somebody it was not given to")


def _landings(unit: Unit, row: Any) -> list[Event]:
    kinds = ("complaint.assigned", "complaint.decided", "complaint.not_ours")
    asked = select(Event).where(Event.thread == f"complaint:{row.id}", Event.kind.in_(kinds))
    return list(unit.db.scalars(asked.order_by(Event.seq)))


def _last_decider(unit: Unit, row: Any) -> str:
    asked = select(Event.actor_id).where(
        Event.thread == f"complaint:{row.id}", Event.kind == "complaint.decided"
    )
    return unit.db.scalar(asked.order_by(Event.seq.desc()).limit(1)) or ""


def _why_not(unit: Unit, row: Any, accounts: set[str], at: datetime) -> str:
    if row.by in accounts:
        return "brought it"
    threads = _threads(unit, row)
    acted = select(Event.id).where(Event.thread.in_(threads), Event.actor_id.in_(accounts), Event.at < at)
    if unit.db.scalar(acted.limit(1)):
        return "had a part in the matter"
    cases = [int(one.partition(":")[2]) for one in threads if one.startswith("case:")]
    teams = select(Assignment.id).where(Assignment.case_id.in_(cases), Assignment.person.in_(accounts))
    if row.matter == "appeal" and unit.db.scalar(teams.limit(1)):
        return "evaluated in the matter"
    concerned = {row.about_id, row.from_id} - {None, row.desk_id}
    return "is tied to those concerned" if concerned and _tied(unit, row, accounts, concerned, at) else ""


def _threads(unit: Unit, row: Any) -> list[str]:
    """The histories of what the complaint is about."""
    if row.case_id:
        return [f"case:{row.case_id}"]
    if row.matter == "appeal":
        held = select(Certificate.id, Certificate.case_thread).where(Certificate.id == row.certificate_id)
    else:
        held = select(Certificate.id, Certificate.case_thread).where(
            Certificate.holder_id == row.about_id, Certificate.body_id == row.desk_id
        )
    found = [name for id, case in unit.db.execute(held) for name in (f"certificate:{id}", case) if name]
    if row.matter != "appeal":
        cases = select(Case.id).where(Case.client_id == row.about_id, Case.body_id == row.desk_id)
        found += [f"case:{id}" for id in unit.db.scalars(cases)]
    return found


def _tied(unit: Unit, row: Any, accounts: set[str], concerned: set[int], at: datetime) -> bool:
    """Whether a tie was known by then and held inside the look-back of the rules."""
    day = civil_date(at)
    since = add_months(day, -rule_pack(row.rule_pack).look_back.complaint_handler_months)
    for table in (Interest, Membership):
        columns: Any = table.__table__.c
        asked = (
            select(table.id)
            .join(Person, Person.id == table.person_id)
            .where(
                Person.ref.in_(accounts), columns["organisation_id"].in_(concerned), columns["from_on"] <= day,
                columns["to_on"].is_(None) | (columns["to_on"] >= since),
            )
        )  # fmt: skip
        if table is Interest:
            asked = asked.where(columns["kind"] != NO_TIE, _declared_by(at))
        if unit.db.scalar(asked.limit(1)):
            return True
    return False


def _declared_by(at: datetime) -> Any:
    """A tie that somebody declared only later was not known when the complaint was given away."""
    told = select(Event.id).where(
        Event.kind == "person.interest_declared", Event.at <= at,
        Event.data["interest"].as_string() == Interest.ref,
    )  # fmt: skip
    return told.exists()
