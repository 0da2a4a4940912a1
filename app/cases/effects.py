"""What follows the steps of a case: letters to whoever is waited for next, decisions on paper, and steps of the register's own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.audits.models import Finding
from app.cases import queries
from app.cases.models import Case
from app.cases.rules import CASE, State, TeamRole
from app.certificates.models import Certificate
from app.kernel import mail
from app.kernel.casework import take
from app.kernel.database import Unit
from app.kernel.fields import Note
from app.kernel.journal import Event, Finish, after
from app.kernel.words import _, in_words, listed
from app.organisations.queries import names_of, organisation
from app.papers.commands import order
from app.people.models import Person
from app.people.queries import members, persons
from app.permissions import Role
from app.standards.queries import rule_pack

Audience = Callable[[Unit, Case], Sequence[Person]]


@dataclass(frozen=True)
class Handover:
    """Who is told of an event of a case, in which words; `said` names the field of the form they read in full."""

    to: Audience
    headline: str
    what: str
    said: str = ""
    appeal: bool = False


def client(unit: Unit, case: Case) -> Sequence[Person]:
    return members(unit, case.client_id, Role.REPRESENTATIVE)


def office(unit: Unit, case: Case) -> Sequence[Person]:
    """The case officer who owns the case; all of them while nobody does."""
    owner = persons(unit, {case.owner}).get(case.owner) if case.owner else None
    return [owner] if owner else members(unit, case.body_id, Role.CASE_OFFICER)


def lead(unit: Unit, case: Case) -> Sequence[Person]:
    leads = {one.person for one in queries.team_of(unit, case) if one.role is TeamRole.LEAD}
    return list(persons(unit, leads).values())


def reviewers(unit: Unit, case: Case) -> Sequence[Person]:
    return members(unit, case.body_id, Role.REVIEWER)


def deciders(unit: Unit, case: Case) -> Sequence[Person]:
    return members(unit, case.body_id, Role.DECISION_MAKER)


HANDOVERS: dict[str, Handover] = {
    "case.submitted": Handover(office, "a new application", "An application for certification has arrived. Begin the application review when you are ready."),
    "case.information_requested": Handover(client, "a question about your application", "The certification body asks for information. The clock stands still until you answer.", "question"),
    "case.information_given": Handover(office, "the client has answered", "The client has answered your question about the application.", "answer"),
    "case.declined": Handover(client, "your application was declined", "The certification body has declined your application, for these reasons:", "reasons", appeal=True),
    "case.application_accepted": Handover(client, "the agreement is ready", "Your application is accepted. Read the certification agreement and accept it."),
    "case.agreement_accepted": Handover(office, "the client accepted the agreement", "The client has accepted the agreement. It is in force once you sign it."),
    "case.agreement_signed": Handover(client, "the agreement is in force", "The agreement between you and the certification body is in force. The evaluation is planned next."),
    "case.planned": Handover(client, "the team is named", "The evaluation is planned. You may object to anybody on the team."),
    "case.objected": Handover(office, "the client objects to the team", "The client objects to somebody on the team. Answer the objection or plan again.", "reason"),
    "case.objection_answered": Handover(client, "an answer to your objection", "The certification body has answered your objection to the team.", "answer"),
    "case.findings_issued": Handover(client, "findings to answer", "The evaluation has findings. You are told of all of them; each says what is not as it should be, and by when your answer is due."),
    "case.answers_sent": Handover(lead, "the client has answered the findings", "The client has answered the findings. Judge the answers."),
    "case.answers_returned": Handover(client, "answers came back to you", "Some of your answers came back with a reason, or something is still to be reported as done."),
    "case.evaluation_completed": Handover(reviewers, "ready for review", "The evaluation is complete. Somebody who evaluated nothing here takes it into review."),
    "case.evaluation_given_up": Handover(reviewers, "ready for review", "The evaluation ended with findings open. Somebody who evaluated nothing here takes it into review."),
    "case.returned": Handover(lead, "the review returned the case", "The reviewer has returned the case to the evaluators.", "reasons"),
    "case.review_completed": Handover(deciders, "ready for a decision", "The review has ended with a recommendation. The case is ready to be decided."),
    "case.granted": Handover(client, "certification is granted", "The certification body has decided to certify you, for these reasons. The certificate follows.", "reasons"),
    "case.refused": Handover(client, "certification is refused", "The certification body has decided not to certify you, for these reasons:", "reasons", appeal=True),
    "case.withdrawn_by_client": Handover(office, "the application was taken back", "The client has taken the application back.", "reason"),
}  # fmt: skip


def tell(unit: Unit, event: Event) -> Finish | None:
    """Write to whoever is waited for next; the letters are written down in one transaction."""
    told, case = HANDOVERS[event.kind], queries.case_of_id(unit, event.subject_id)
    names = names_of(unit, {case.client_id, case.body_id})
    values = {
        "ref": case.ref, "headline": _(told.headline), "what": _(told.what), "words": _words(unit, case, event, told),
        "client": names[case.client_id], "body": names[case.body_id],
        "appeal": unit.site.settings.link(f"/appeals/new?against={case.ref}") if told.appeal else "",
        "link": unit.site.settings.link(f"/cases/{case.ref}"),
    }  # fmt: skip
    people = [(one.email, one.name) for one in told.to(unit, case)]

    def finish(unit: Unit) -> None:
        for email, name in people:
            mail.post(unit, email, "case-handover", **values, name=name)
        if event.kind == "case.refused":
            _continue(unit, event.subject_id, State.REFUSED, "notice-sent")

    return finish


def _words(unit: Unit, case: Case, event: Event, told: Handover) -> str:
    """What the other side wrote in full, or the names of the team."""
    if event.kind == "case.planned":
        return _("On the team: {names}.").format(
            names=listed([one.name for one in queries.team_of(unit, case)])
        )
    return str(event.data.get("form", {}).get(told.said, ""))


for _kind in HANDOVERS:
    after(_kind)(tell)


def order_decision(unit: Unit, event: Event) -> Finish:
    """The decision on paper, sealed by the body; it says what the row of the decision has kept for good."""
    case = queries.case_of_id(unit, event.subject_id)
    said = queries.decision_said(unit, case, queries.decision_of(unit, event.data["decision"]))
    owner = organisation(unit, case.body_id).ref

    def finish(unit: Unit) -> None:
        order(unit, event, case.id, owner, said)

    return finish


for _kind in queries.decided_events():
    after(_kind)(order_decision)


@after("finding.upgraded")
def tell_of_upgrade(unit: Unit, event: Event) -> Finish | None:
    """An answer was late, so the finding counts for more: to the client, and to the lead who waits for the answer."""
    finding = unit.db.get_one(Finding, event.subject_id)
    case = queries.case_of_id(unit, finding.case_id)
    grade = rule_pack(case.rule_pack).grade(event.data["grade"])
    due = in_words(finding.due_on) if finding.due_on else ""
    what = _(
        "Finding {number} on {requirement} was not answered in time, so it counts as “{grade}” from now on. It is still to be answered, by {day} at the latest."
    ).format(number=finding.number, requirement=finding.requirement, grade=_(grade.label), day=due)
    headline = _("finding {number} is upgraded").format(number=finding.number)
    return _letters(
        unit, case, [*client(unit, case), *lead(unit, case)], headline, what, f"/findings/{finding.ref}"
    )


def _letters(unit: Unit, case: Case, people: Sequence[Person], headline: str, what: str, path: str) -> Finish:
    names = names_of(unit, {case.client_id, case.body_id})
    values = {
        "ref": case.ref, "headline": headline, "what": what, "words": "", "appeal": False,
        "client": names[case.client_id], "body": names[case.body_id], "link": unit.site.settings.link(path),
    }  # fmt: skip
    to = {one.email: one.name for one in people}

    def finish(unit: Unit) -> None:
        for email, name in to.items():
            mail.post(unit, email, "case-handover", **values, name=name)

    return finish


@after("certificate.published")
def certificate_published(unit: Unit, event: Event) -> Finish | None:
    """The certificate is public: the case that granted it knows its number and has done its work (7.7)."""
    number = unit.db.get_one(Certificate, event.subject_id).number
    case = queries.case_that_granted(unit, event.subject_id)
    if case is None:
        return None
    found = case.id

    def finish(unit: Unit) -> None:
        queries.case_of_id(unit, found).certificate_number = number
        unit.db.flush()  # the number makes a new version of the row, and the step is taken from that one
        _continue(unit, found, State.GRANTED, "certificate-issued")

    return finish


def _continue(unit: Unit, case_id: int, waiting: State, step: str) -> None:
    """Take a step of the register's own, once: an effect may come twice."""
    case = queries.case_of_id(unit, case_id)
    if case.status is waiting:
        take(unit, CASE, case, step, Note(version=case.version))
