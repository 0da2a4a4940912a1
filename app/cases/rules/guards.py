"""The conditions of the steps of a case: each answers with the sentence that the person reads, or None."""

from collections.abc import Callable
from typing import Any

from app.cases.rules.facts import CaseFacts, Member
from app.kernel.actor import Actor
from app.kernel.words import _, listed
from app.permissions import Role

CaseGuard = Callable[[Any, Actor, CaseFacts], str | None]


def application_is_complete(_case: Any, _actor: Actor, facts: CaseFacts) -> str | None:
    """ISO/IEC 17065, 7.2: everything that is needed is there."""
    if not facts.missing:
        return None
    return _(
        "The application is not complete yet. Still missing: {missing}. What you wrote is saved."
    ).format(missing=listed(list(facts.missing)))


def actor_is_not_tied_to_the_client(_case: Any, _actor: Actor, facts: CaseFacts) -> str | None:
    """ISO/IEC 17065, 4.2 and 7.6.2: no consultancy for the client inside the look-back."""
    if not facts.conflict:
        return None
    return _("You may not do this: {tie}. Somebody without that tie must. Nothing was changed.").format(
        tie=facts.conflict
    )


def body_may_take_new_clients(case: Any, _actor: Actor, facts: CaseFacts) -> str | None:
    """While its licence is suspended a body makes no new agreements; surveillance goes on."""
    standing = facts.standing
    allowed = standing and (standing.may_take_new if case.kind.is_new else standing.may_surveil)
    if allowed:
        return None
    return _("{standing} So no agreement can be made today. Nothing was changed.").format(
        standing=standing.sentence if standing else _("The certification body holds no licence.")
    )


def licence_covers_today(case: Any, _actor: Actor, facts: CaseFacts) -> str | None:
    """No decision unless licence and accreditation cover it on the day it is made (domain, invariant 2)."""
    standing = facts.standing
    allowed = standing and (standing.may_issue if case.kind.grants else standing.may_surveil)
    if case.kind.is_new:
        allowed = allowed and standing and standing.may_take_new
    if allowed:
        return None
    return _("{standing} So nothing can be decided today. Nothing was changed.").format(
        standing=standing.sentence if standing else _("The certification body holds no licence.")
    )


def client_has_not_accepted(_case: Any, _actor: Actor, facts: CaseFacts) -> str | None:
    if not facts.client_accepted:
        return None
    return _("The agreement was accepted for the client already. Nothing was changed.")


def client_accepted_the_agreement(_case: Any, _actor: Actor, facts: CaseFacts) -> str | None:
    """The client reads and accepts first, so that the body signs exactly what the client accepted."""
    if facts.client_accepted:
        return None
    return _("The client has not accepted the agreement yet. Nothing was changed: wait for their acceptance.")


def agreement_is_in_force(_case: Any, _actor: Actor, facts: CaseFacts) -> str | None:
    """ISO/IEC 17065, 4.1.2 and domain, invariant 2."""
    if facts.client_accepted and facts.body_signed:
        return None
    return _("No agreement is in force between the client and the certification body. Nothing was changed.")


def actor_leads_the_team(_case: Any, actor: Actor, facts: CaseFacts) -> str | None:
    lead = next((member for member in facts.team if member.leads), None)
    if lead and lead.person == actor.id:
        return None
    who = lead.name if lead else _("nobody yet")
    return _("Only the lead assessor of this case can do this: {name}. Nothing was changed.").format(name=who)


def team_is_fit(_case: Any, _actor: Actor, facts: CaseFacts) -> str | None:
    """ISO/IEC 17065, 7.4.2: everybody competent and free of conflicts on the very day."""
    barred = [_barred(member) for member in facts.team if member.barred_by]
    if not facts.team:
        return _("No team is named yet. Nothing was changed: plan the evaluation first.")
    return " ".join([*barred, _("Nothing was changed: name somebody else.")]) if barred else None


def _barred(member: Member) -> str:
    return _("{name} cannot be on the team: {why}.").format(name=member.name, why=member.barred_by)


def no_objection_is_open(_case: Any, _actor: Actor, facts: CaseFacts) -> str | None:
    """ISO/IEC 17065, 7.4.2 with 4.2: the client may object to people before they start."""
    names = [member.name for member in facts.team if member.objection_open]
    if not names:
        return None
    return _("The client objects to {names}. Answer the objection or change the team first.").format(
        names=listed(names)
    )


def something_to_issue(_case: Any, _actor: Actor, facts: CaseFacts) -> str | None:
    if facts.drafts:
        return None
    return _("There are no findings that the client has not been told of. Nothing was changed.")


def findings_wait_for_nobody_of_the_client(_case: Any, _actor: Actor, facts: CaseFacts) -> str | None:
    if not facts.unanswered:
        return None
    return _("Findings without your answer: {number}. Answer each of them, then send your answers.").format(
        number=facts.unanswered
    )


def client_still_owes_an_answer(_case: Any, _actor: Actor, facts: CaseFacts) -> str | None:
    if facts.owed:
        return None
    return _("No finding waits for the client. Nothing was changed.")


def every_requirement_has_a_result(_case: Any, _actor: Actor, facts: CaseFacts) -> str | None:
    """ISO/IEC 17065, 7.4.4: a result, or a reasoned “not applicable”, for each requirement."""
    if facts.audits and facts.recorded >= facts.required:
        return None
    return _(
        "Requirements without a result: {left} of {all}. Record them, or say why they do not apply."
    ).format(left=facts.required - facts.recorded, all=facts.required)


def client_was_told_of_all_findings(_case: Any, _actor: Actor, facts: CaseFacts) -> str | None:
    """ISO/IEC 17065, 7.4.6."""
    if not facts.drafts:
        return None
    return _("Findings the client has not been told of: {number}. Issue them first.").format(
        number=facts.drafts
    )


def every_answer_is_judged(_case: Any, _actor: Actor, facts: CaseFacts) -> str | None:
    if not facts.to_judge:
        return None
    return _("Answers of the client that wait for a verdict: {number}. Judge them first.").format(
        number=facts.to_judge
    )


def nothing_blocks(_case: Any, _actor: Actor, facts: CaseFacts) -> str | None:
    """No finding is open of a grade that forbids a decision by the rule pack of the case."""
    return " ".join(facts.blocking) if facts.blocking else None


def actor_is_not_on_the_team(_case: Any, actor: Actor, facts: CaseFacts) -> str | None:
    """Domain, invariant 1: whoever was named to evaluate neither reviews nor decides, recorded or not."""
    if actor.id not in {member.person for member in facts.team}:
        return None
    return _(
        "You may not do this: you are on the evaluation team of this case, and nobody judges their own work. {who}"
    ).format(who=facts.who_may())


def review_notes_are_closed(_case: Any, _actor: Actor, facts: CaseFacts) -> str | None:
    if not facts.open_notes:
        return None
    return _("Review notes that are still open: {number}. Close them first.").format(number=facts.open_notes)


def a_review_note_is_open(_case: Any, _actor: Actor, facts: CaseFacts) -> str | None:
    return None if facts.open_notes else _("No review note is open. Nothing was changed.")


def review_has_not_ended(case: Any, _actor: Actor, _facts: CaseFacts) -> str | None:
    """A review ends once; a note opens it again."""
    if case.reviewed_at is None:
        return None
    return _(
        "The review has ended with a recommendation. Nothing was changed: write a review note if something has to be looked at again."
    )


def review_is_complete(case: Any, _actor: Actor, _facts: CaseFacts) -> str | None:
    """ISO/IEC 17065, 7.5: the reviewer's recommendation comes before the decision."""
    if case.reviewed_at is not None:
        return None
    return _("The review has not ended with a recommendation yet. Nothing was changed.")


def actor_is_authorised_to_review(_case: Any, _actor: Actor, facts: CaseFacts) -> str | None:
    return _authorised(facts, Role.REVIEWER, Role.DECISION_MAKER)


def actor_is_authorised_to_decide(_case: Any, _actor: Actor, facts: CaseFacts) -> str | None:
    return _authorised(facts, Role.DECISION_MAKER)


def _authorised(facts: CaseFacts, *roles: Role) -> str | None:
    if facts.authorised & {role.value for role in roles}:
        return None
    return _(
        "Your certification body has not recorded that you are authorised for this today. "
        "Nothing was changed: ask the certification director."
    )


def ends_in_a_certificate(case: Any, _actor: Actor, _facts: CaseFacts) -> str | None:
    if case.kind.grants:
        return None
    return _("This case looks at a certificate there is; it cannot grant or refuse one. Nothing was changed.")


def looks_at_a_certificate(case: Any, _actor: Actor, _facts: CaseFacts) -> str | None:
    if not case.kind.grants:
        return None
    return _("This case is about granting a certificate. Nothing was changed.")


def team_objection_is_open(_case: Any, _actor: Actor, facts: CaseFacts) -> str | None:
    if any(member.objection_open for member in facts.team):
        return None
    return _("The client has not objected to anybody. Nothing was changed.")


def something_blocks(_case: Any, _actor: Actor, facts: CaseFacts) -> str | None:
    """An evaluation ends with findings open only when there are such findings: its report says so."""
    if facts.blocking:
        return None
    return _("No finding is open that forbids a certificate. Nothing was changed: complete the evaluation.")
