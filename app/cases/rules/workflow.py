"""The certification case as one table: who may do what, from where to where, on which conditions."""

from app.audits.rules import EVALUATED
from app.cases.rules import forms as f
from app.cases.rules import guards as g
from app.cases.rules.states import EVALUATING, OPEN, State
from app.kernel.workflow import Step, Workflow
from app.permissions import Permission as P

_S = State
EVALUATION = (*EVALUATED, "evaluation_begun", "evaluation_resumed", "findings_issued", "evaluation_completed")
"""Whoever caused one of these events evaluated, and neither reviews nor decides (ISO/IEC 17065, 7.5.1 and 7.6.2)."""
NOT_TIED = g.actor_is_not_tied_to_the_client
REVIEWER = (g.actor_is_not_on_the_team, NOT_TIED, g.actor_is_authorised_to_review)
DECIDER = (
    g.actor_is_not_on_the_team,
    NOT_TIED,
    g.actor_is_authorised_to_decide,
    g.review_is_complete,
    g.agreement_is_in_force,
    g.every_requirement_has_a_result,
    g.nothing_blocks,
    g.licence_covers_today,
)
"""Everything domain invariant 2 asks for, looked at again under the lock in the transaction of the decision."""
TAKER = tuple(guard for guard in DECIDER if guard not in (g.nothing_blocks, g.every_requirement_has_a_result))
"""A refusal, a suspension and a withdrawal are the very answer to findings that stay open."""


def _application() -> tuple[Step[State], ...]:
    return (
        Step("save", "saved", (_S.DRAFT,), _S.DRAFT, P.CASE_APPLY, form=f.SaveApplication, command=True,
             clause="7.2", label="Fill in the application", quiet=True),
        Step("submit", "submitted", (_S.DRAFT,), _S.SUBMITTED, P.CASE_APPLY, form=f.Declaration, command=True,
             guards=(g.application_is_complete,), clause="7.2", label="Send the application"),
        Step("begin-review", "review_begun", (_S.SUBMITTED,), _S.UNDER_APPLICATION_REVIEW, P.CASE_OFFICE,
             guards=(NOT_TIED,), command=True, clause="7.3.1", label="Begin the application review"),
        Step("accept-application", "application_accepted", (_S.UNDER_APPLICATION_REVIEW,), _S.AGREEMENT_PENDING,
             P.CASE_OFFICE, form=f.AcceptApplication, guards=(NOT_TIED, g.body_may_take_new_clients),
             command=True, clause="7.3.1", label="Accept the application"),
        Step("request-information", "information_requested", (_S.UNDER_APPLICATION_REVIEW,),
             _S.INFORMATION_REQUESTED, P.CASE_OFFICE, form=f.AskInformation, guards=(NOT_TIED,), command=True,
             clause="7.3.1", label="Ask the client for information"),
        Step("answer-information", "information_given", (_S.INFORMATION_REQUESTED,),
             _S.UNDER_APPLICATION_REVIEW, P.CASE_APPLY, form=f.AnswerInformation, command=True, clause="7.3.1",
             label="Answer the question"),
        Step("decline", "declined", (_S.UNDER_APPLICATION_REVIEW, _S.INFORMATION_REQUESTED), _S.DECLINED,
             P.CASE_OFFICE, form=f.Decline, guards=(NOT_TIED,), command=True, clause="7.3.4",
             label="Decline the application", danger=True),
    )  # fmt: skip


def _agreement() -> tuple[Step[State], ...]:
    return (
        Step("accept-agreement", "agreement_accepted", (_S.AGREEMENT_PENDING,), _S.AGREEMENT_PENDING,
             P.CASE_APPLY, form=f.AcceptAgreement, guards=(g.client_has_not_accepted,), command=True,
             clause="4.1.2", label="Read and accept the agreement"),
        Step("sign-agreement", "agreement_signed", (_S.AGREEMENT_PENDING,), _S.AGREEMENT_IN_FORCE,
             P.CASE_OFFICE, form=f.SignAgreement, guards=(g.client_accepted_the_agreement,
             g.body_may_take_new_clients), command=True, clause="4.1.2", label="Sign the agreement"),
    )  # fmt: skip


def _evaluation() -> tuple[Step[State], ...]:
    lead = (g.actor_leads_the_team, NOT_TIED)
    return (
        Step("plan", "planned", (_S.AGREEMENT_IN_FORCE, _S.PLANNED), _S.PLANNED, P.CASE_PLAN, form=f.Plan,
             guards=(g.agreement_is_in_force,), command=True, clause="7.4.1", label="Plan the evaluation"),
        Step("object-to-team", "objected", (_S.PLANNED,), _S.PLANNED, P.CASE_APPLY, form=f.ObjectToTeam,
             command=True, clause="7.4.2", label="Object to somebody on the team", danger=True),
        Step("answer-objection", "objection_answered", (_S.PLANNED,), _S.PLANNED, P.CASE_PLAN,
             form=f.AnswerObjection, guards=(g.team_objection_is_open,), command=True, clause="7.4.2",
             label="Answer the objection"),
        Step("begin-evaluation", "evaluation_begun", (_S.PLANNED,), _S.IN_EVALUATION, P.AUDIT_LEAD,
             guards=(*lead, g.team_is_fit, g.no_objection_is_open), command=True, clause="7.4.3",
             label="Begin the evaluation"),
        Step("complete-evaluation", "evaluation_completed", EVALUATING, _S.EVALUATION_COMPLETE, P.AUDIT_LEAD,
             form=f.Complete, guards=(*lead, g.every_requirement_has_a_result, g.client_was_told_of_all_findings,
             g.every_answer_is_judged, g.nothing_blocks), command=True, clause="7.4.9",
             label="Complete the evaluation"),
        Step("give-up", "evaluation_given_up", (_S.FINDINGS_ISSUED, _S.CLIENT_RESPONSE), _S.EVALUATION_COMPLETE,
             P.AUDIT_LEAD, form=f.Complete, guards=(*lead, g.every_requirement_has_a_result,
             g.client_was_told_of_all_findings, g.something_blocks), command=True, clause="7.4.9",
             label="End the evaluation with findings open", danger=True),
        Step("issue-findings", "findings_issued", EVALUATING, _S.FINDINGS_ISSUED, P.AUDIT_LEAD,
             guards=(*lead, g.something_to_issue), command=True, clause="7.4.6", label="Issue the findings"),
        Step("send-answers", "answers_sent", (_S.FINDINGS_ISSUED,), _S.CLIENT_RESPONSE, P.FINDING_ANSWER,
             guards=(g.findings_wait_for_nobody_of_the_client,), clause="7.4.7",
             label="Send your answers to the findings"),
        Step("ask-again", "answers_returned", (_S.CLIENT_RESPONSE,), _S.FINDINGS_ISSUED, P.AUDIT_LEAD,
             guards=(*lead, g.client_still_owes_an_answer), clause="7.4.8", label="Return answers to the client"),
        Step("continue-evaluation", "evaluation_continued", (_S.FINDINGS_ISSUED, _S.CLIENT_RESPONSE),
             _S.IN_EVALUATION, P.AUDIT_LEAD, guards=lead, clause="7.4.8", label="Go on evaluating"),
    )  # fmt: skip


def _review() -> tuple[Step[State], ...]:
    return (
        Step("take-into-review", "review_taken", (_S.EVALUATION_COMPLETE,), _S.IN_REVIEW, P.CASE_REVIEW,
             independent_of=EVALUATION, guards=REVIEWER, clause="7.5", label="Take into review"),
        Step("recommend", "review_completed", (_S.IN_REVIEW,), _S.IN_REVIEW, P.CASE_REVIEW, form=f.Recommend,
             independent_of=EVALUATION, guards=(*REVIEWER, g.review_has_not_ended, g.review_notes_are_closed),
             command=True, clause="7.5", label="End the review with a recommendation"),
        Step("note-section", "review_noted", (_S.IN_REVIEW,), _S.IN_REVIEW, P.CASE_REVIEW, form=f.ReviewNoteForm,
             independent_of=EVALUATION, guards=REVIEWER, command=True, clause="7.5", label="Write a review note"),
        Step("close-note", "review_note_closed", (_S.IN_REVIEW,), _S.IN_REVIEW, P.CASE_REVIEW, form=f.CloseNote,
             independent_of=EVALUATION, guards=(*REVIEWER, g.a_review_note_is_open), command=True,
             clause="7.5", label="Close a review note"),
        Step("return-to-evaluation", "returned", (_S.IN_REVIEW,), _S.RETURNED, P.CASE_REVIEW,
             form=f.ReturnToEvaluation, independent_of=EVALUATION, guards=REVIEWER, command=True, clause="7.5",
             label="Return to the evaluators"),
        Step("resume-evaluation", "evaluation_resumed", (_S.RETURNED,), _S.IN_EVALUATION, P.AUDIT_LEAD,
             guards=(g.actor_leads_the_team, NOT_TIED, g.team_is_fit), command=True, clause="7.4.3",
             label="Go on evaluating"),
    )  # fmt: skip


def _decision() -> tuple[Step[State], ...]:
    def decide(name: str, done: str, target: State, text: str, form: type[f.Decide] | type[f.Grant],
               guards: tuple[g.CaseGuard, ...], danger: bool = False) -> Step[State]:  # fmt: skip
        return Step(name, done, (_S.IN_REVIEW,), target, P.CASE_DECIDE, form=form, independent_of=EVALUATION,
                    guards=guards, command=True, clause="7.6", label=text, danger=danger)  # fmt: skip

    new, there_is = g.ends_in_a_certificate, g.looks_at_a_certificate
    return (
        decide("grant", "granted", _S.GRANTED, "Grant certification", f.Grant, (new, *DECIDER)),
        decide("maintain", "maintained", _S.MAINTAINED, "Maintain the certificate", f.Decide, (there_is, *DECIDER)),
        decide("restore", "restored", _S.RESTORED, "Restore the certificate", f.DecideOnCertificate,
               (there_is, *DECIDER)),
        decide("defer", "deferred", _S.RETURNED, "Defer the decision", f.Decide, TAKER),
        decide("reduce", "reduced", _S.REDUCED, "Reduce the certificate", f.ReduceCertificate, (there_is, *TAKER),
               danger=True),
        decide("suspend", "suspended", _S.SUSPENDED, "Suspend the certificate", f.SuspendCertificate,
               (there_is, *TAKER), danger=True),
        decide("end-certificate", "certificate_withdrawn", _S.ENDED, "Withdraw the certificate",
               f.DecideOnCertificate, (there_is, *TAKER), danger=True),
        decide("refuse", "refused", _S.REFUSED, "Refuse certification", f.Decide, (new, *TAKER), danger=True),
    )  # fmt: skip


def _ending() -> tuple[Step[State], ...]:
    filed = (_S.DECLINED, _S.REFUSED_NOTICE, _S.CERTIFICATE_ISSUED, _S.MAINTAINED, _S.REDUCED, _S.SUSPENDED,
             _S.RESTORED, _S.ENDED, _S.WITHDRAWN)  # fmt: skip
    return (
        Step("notice-sent", "notice_sent", (_S.REFUSED,), _S.REFUSED_NOTICE, P.REGISTER_CONTINUE, clause="7.6.6",
             label="Record that the reasons were sent", quiet=True),
        Step("certificate-issued", "certificate_issued", (_S.GRANTED,), _S.CERTIFICATE_ISSUED,
             P.REGISTER_CONTINUE, clause="7.7", label="Record that the certificate was issued", quiet=True),
        Step("close", "closed", filed, _S.CLOSED, P.CASE_OFFICE, clause="7.12", label="Close the case"),
        Step("withdraw-application", "withdrawn_by_client", OPEN, _S.WITHDRAWN, P.CASE_APPLY, form=f.TakeBack,
             clause="4.1.2", label="Take the application back", danger=True, command=True),
    )  # fmt: skip


CASE = Workflow(
    "case", (*_application(), *_agreement(), *_evaluation(), *_review(), *_decision(), *_ending())
)
