"""Cases: who evaluated, reviewed and decided, and whether everything a decision needs was there on its day."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.audits.models import Audit, AuditMember, Finding, Result, Verdict
from app.cases.models import Acceptance, Agreement, Assignment, Case, Decision, ReviewNote
from app.check.breach import Breach
from app.kernel.database import Unit
from app.kernel.journal import Event
from app.licences.models import Accreditation, AccreditationStatus, Licence, LicenceStatus
from app.people.models import Competence, Person
from app.standards.queries import rule_pack

AFFIRMING = ("grant", "maintain", "restore")
"""Decisions that say yes: they need a whole evaluation with nothing open that forbids them."""
NEW = ("initial", "transfer")
GRANTING = ("initial", "transfer", "recertification", "scope_change")
SETTLED = ("closed", "withdrawn")


@dataclass
class Look:
    """What was done in cases, by whom, gathered once."""

    same: Mapping[str, str]
    evaluators: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    reviewers: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    reviewed: dict[int, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    evaluated: dict[int, list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def person(self, ref: str) -> str:
        """The account that stands for a person who has two."""
        return self.same.get(ref, ref)


def _same(unit: Unit) -> dict[str, str]:
    people = {
        row.id: (row.ref, row.same_as_id)
        for row in unit.db.execute(select(Person.id, Person.ref, Person.same_as_id))
    }
    return {ref: people[same][0] for ref, same in people.values() if same in people}


def _look(unit: Unit) -> Look:
    look = Look(_same(unit))
    _add_work(unit, look)
    _add_events(unit, look)
    return look


def _add_work(unit: Unit, look: Look) -> None:
    """Whoever left a result, a finding or a verdict evaluated, and so did everybody on a team."""
    of_audit = Audit.id
    for asked in (
        select(Audit.case_id, Result.by).join(Audit, of_audit == Result.audit_id),
        select(Audit.case_id, AuditMember.person).join(Audit, of_audit == AuditMember.audit_id),
        select(Finding.case_id, Finding.drafted_by),
        select(Finding.case_id, Verdict.by).join(Finding, Finding.id == Verdict.finding_id),
        select(Assignment.case_id, Assignment.person),
    ):
        for case, who in unit.db.execute(asked.distinct()):
            look.evaluators[case].add(look.person(who))
    for case, by, closed_by in unit.db.execute(
        select(ReviewNote.case_id, ReviewNote.by, ReviewNote.closed_by)
    ):
        look.reviewers[case] |= {look.person(who) for who in (by, closed_by) if who}


def _add_events(unit: Unit, look: Look) -> None:
    kinds = (
        "case.review_taken",
        "case.review_completed",
        "case.evaluation_completed",
        "case.evaluation_given_up",
    )
    asked = select(Event.thread, Event.kind, Event.actor_id, Event.at).where(Event.kind.in_(kinds))
    for thread, kind, who, at in unit.db.execute(asked.order_by(Event.id)):
        case = int(thread.partition(":")[2])
        if kind.startswith("case.review"):
            look.reviewers[case].add(look.person(who))
        if kind == "case.review_completed":
            look.reviewed[case].append(at)
        if kind.startswith("case.evaluation"):
            look.evaluators[case].add(look.person(who))
            look.evaluated[case].append(at)


def _decisions(unit: Unit) -> list[Any]:
    """Every decision with its case, oldest first."""
    asked = select(
        Decision.id, Decision.ref, Decision.case_id, Decision.step, Decision.by, Decision.by_name, Decision.at, Decision.on.label("on"),
        Case.ref.label("case"), Case.kind, Case.body_id, Case.edition, Case.rule_pack, Case.agreement_id,
    ).join(Case, Case.id == Decision.case_id)  # fmt: skip
    return list(unit.db.execute(asked.order_by(Decision.id)))


def no_evaluator_reviews_or_decides(unit: Unit) -> Iterator[Breach]:
    """Invariant 1: nobody is evaluator and reviewer or decision maker of the same case, under any of their accounts."""
    look = _look(unit)
    names = dict(unit.db.execute(select(Case.id, Case.ref)).all())
    for case, who in sorted(look.reviewers.items()):
        for person in sorted(who & look.evaluators[case]):
            yield Breach(f"case {names.get(case, case)}", f"{person} evaluated and reviewed it")
    for row in _decisions(unit):
        if look.person(row.by) in look.evaluators[row.case_id]:
            yield Breach(
                f"decision {row.ref} on case {row.case}", f"{row.by_name} evaluated the case and decided it"
            )


def every_decision_had_what_it_needs(unit: Unit) -> Iterator[Breach]:
    """Invariant 2: evaluation, review, agreement, licence, accreditation and authorised people, each on the day."""
    look = _look(unit)
    tests: tuple[Callable[[Unit, Look, Any], str], ...] = (
        _evaluation_missing, _review_missing, _agreement_missing, _licence_missing, _accreditation_missing, _authority_missing,
        _results_missing, _finding_open,
    )  # fmt: skip
    for row in _decisions(unit):
        for test in tests:
            if fault := test(unit, look, row):
                yield Breach(f"decision {row.ref} on case {row.case}", fault)


def _evaluation_missing(_unit: Unit, look: Look, row: Any) -> str:
    done = any(at <= row.at for at in look.evaluated[row.case_id])
    return "" if done else "was made before the evaluation was complete"


def _review_missing(_unit: Unit, look: Look, row: Any) -> str:
    """The review that counts came after the last evaluation that was completed before the decision."""
    last = max((at for at in look.evaluated[row.case_id] if at <= row.at), default=None)
    done = any((last is None or at >= last) and at <= row.at for at in look.reviewed[row.case_id])
    return "" if done else "was made without a review that had ended"


def _agreement_missing(unit: Unit, _look: Look, row: Any) -> str:
    agreement = unit.db.execute(
        select(Agreement.id, Agreement.text, Agreement.digest).where(Agreement.id == row.agreement_id)
    ).one_or_none()
    if agreement is None:
        return "was made without an agreement"
    if hashlib.sha256(agreement.text.encode()).hexdigest() != agreement.digest:
        return "rests on an agreement whose text was changed"
    accepted = select(Acceptance.side).where(
        Acceptance.agreement_id == agreement.id,
        Acceptance.digest == agreement.digest,
        Acceptance.at <= row.at,
    )
    sides = set(unit.db.scalars(accepted))
    return "" if sides == {"client", "body"} else "was made before both sides had accepted the agreement"


def _licence_missing(unit: Unit, _look: Look, row: Any) -> str:
    """What the licence said of the day, as far as it was known when the decision was made."""
    lines = select(LicenceStatus.licence_id, LicenceStatus.status, LicenceStatus.to_on).join(
        Licence, Licence.id == LicenceStatus.licence_id
    )
    known = lines.where(
        Licence.body_id == row.body_id,
        LicenceStatus.effective_on <= row.on,
        LicenceStatus.recorded_at <= row.at,
    )
    said = _last_words(unit, known.order_by(LicenceStatus.id))
    enough = {"licensed", "on_watch"} if row.kind in GRANTING else {"licensed", "on_watch", "suspended"}
    return "" if _covers(said, enough, row.on) else "was made on a day its body's licence did not cover it"


def _accreditation_missing(unit: Unit, _look: Look, row: Any) -> str:
    lines = select(
        AccreditationStatus.accreditation_id, AccreditationStatus.status, AccreditationStatus.to_on
    ).join(Accreditation, Accreditation.id == AccreditationStatus.accreditation_id)
    known = lines.where(
        Accreditation.body_id == row.body_id,
        AccreditationStatus.effective_on <= row.on,
        AccreditationStatus.recorded_at <= row.at,
    )
    said = _last_words(unit, known.order_by(AccreditationStatus.id))
    enough = {"active"} if row.kind in GRANTING else {"active", "suspended"}
    return (
        ""
        if _covers(said, enough, row.on)
        else "was made on a day on which its body was not accredited for it"
    )


def _last_words(unit: Unit, lines: Any) -> dict[int, tuple[str, date | None]]:
    """The last line of each licence or accreditation."""
    return {owner: (str(status), to_on) for owner, status, to_on in unit.db.execute(lines)}


def _covers(said: Mapping[int, tuple[str, date | None]], enough: set[str], on: date) -> bool:
    return any(status in enough and (to_on is None or to_on >= on) for status, to_on in said.values())


def _authority_missing(unit: Unit, look: Look, row: Any) -> str:
    accounts = {row.by} | {ref for ref, stands in look.same.items() if stands == look.person(row.by)}
    held = (
        select(Competence.id)
        .join(Person, Person.id == Competence.person_id)
        .where(
            Person.ref.in_(accounts | {look.person(row.by)}), Competence.body_id == row.body_id, Competence.role == "decision_maker",
            Competence.from_on <= row.on, (Competence.to_on.is_(None)) | (Competence.to_on > row.on),
        )
        .limit(1)
    )  # fmt: skip
    return (
        ""
        if unit.db.scalar(held)
        else f"was made by {row.by_name}, who was not authorised to decide on that day"
    )


def _results_missing(unit: Unit, _look: Look, row: Any) -> str:
    """Counted from the results themselves; the counters on the audit are only a convenience."""
    if row.step not in AFFIRMING:
        return ""
    audits = unit.db.execute(select(Audit.id, Audit.total).where(Audit.case_id == row.case_id)).all()
    for audit in audits:
        found = unit.db.scalars(select(Result.id).where(Result.audit_id == audit.id)).all()
        if len(found) < audit.total:
            return f"says yes, although {audit.total - len(found)} requirements have no result"
    return "" if audits else "says yes, although nothing was evaluated"


def _finding_open(unit: Unit, _look: Look, row: Any) -> str:
    if row.step not in AFFIRMING:
        return ""
    grades = {grade.code for grade in rule_pack(row.rule_pack).grades if grade.blocks_decision}
    blocking = select(Finding.number).where(
        Finding.case_id == row.case_id,
        Finding.grade.in_(grades),
        Finding.status.not_in(SETTLED),
        Finding.issued_at <= row.at,
    )
    number = unit.db.scalar(blocking.limit(1))
    return f"says yes, although finding {number} is not closed" if number is not None else ""


def every_counter_is_the_sum_of_its_results(unit: Unit) -> Iterator[Breach]:
    """The progress of an evaluation is what its results add up to."""
    found: dict[int, list[str]] = defaultdict(list)
    for audit, outcome in unit.db.execute(select(Result.audit_id, Result.outcome)):
        found[audit].append(outcome.value)
    columns = ("met", "partly", "not_met", "not_applicable")
    for row in unit.db.execute(
        select(Audit.id, Audit.ref, Audit.recorded, *(getattr(Audit, name) for name in columns))
    ):
        counted = [found[row.id].count(name) for name in columns]
        if [row.recorded, *(getattr(row, name) for name in columns)] != [len(found[row.id]), *counted]:
            yield Breach(f"audit {row.ref}", f"counts {row.recorded} results, there are {len(found[row.id])}")
