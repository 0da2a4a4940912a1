"""Whose turn it is in each state, and what they are waited for; one table, read by pages, queue and letters."""

from enum import StrEnum
from typing import NamedTuple

from app.cases.rules.states import State
from app.kernel.words import _
from app.permissions import Permission as P


class Side(StrEnum):
    """Which side of a case."""

    CLIENT = "client"
    BODY = "body"
    REGISTER = "register"
    NOBODY = "nobody"


class Turn(NamedTuple):
    """Who is waited for, by which right of theirs, and what for."""

    side: Side
    may: P | None
    what: str


_S, _C, _B = State, Side.CLIENT, Side.BODY
TURNS: dict[State, Turn] = {
    _S.DRAFT: Turn(_C, P.CASE_APPLY, "fill in the application and send it"),
    _S.SUBMITTED: Turn(_B, P.CASE_OFFICE, "begin the application review"),
    _S.UNDER_APPLICATION_REVIEW: Turn(
        _B, P.CASE_OFFICE, "accept the application, or ask for what is missing"
    ),
    _S.INFORMATION_REQUESTED: Turn(_C, P.CASE_APPLY, "answer the question about the application"),
    _S.AGREEMENT_PENDING: Turn(_C, P.CASE_APPLY, "read and accept the agreement"),
    _S.AGREEMENT_IN_FORCE: Turn(_B, P.CASE_PLAN, "plan the evaluation"),
    _S.PLANNED: Turn(_B, P.AUDIT_LEAD, "begin the evaluation"),
    _S.IN_EVALUATION: Turn(_B, P.AUDIT_LEAD, "record the results"),
    _S.FINDINGS_ISSUED: Turn(_C, P.FINDING_ANSWER, "answer the findings"),
    _S.CLIENT_RESPONSE: Turn(_B, P.AUDIT_LEAD, "judge the answers"),
    _S.EVALUATION_COMPLETE: Turn(_B, P.CASE_REVIEW, "take the case into review"),
    _S.IN_REVIEW: Turn(_B, P.CASE_REVIEW, "review the case"),
    _S.RETURNED: Turn(_B, P.AUDIT_LEAD, "look again at what the review returned"),
    _S.GRANTED: Turn(Side.REGISTER, None, "issue the certificate"),
    _S.REFUSED: Turn(Side.REGISTER, None, "send the reasons"),
}
SIGN = Turn(_B, P.CASE_OFFICE, "sign the agreement that the client accepted")
DECIDE = Turn(_B, P.CASE_DECIDE, "decide")
ANSWER_OBJECTION = Turn(_B, P.CASE_PLAN, "answer the objection to the team")
NOBODYS = Turn(Side.NOBODY, None, "")


def turn_of(
    state: State, *, client_accepted: bool = False, reviewed: bool = False, objected: bool = False
) -> Turn:
    """Whose turn it is. Nobody's when the case is over."""
    if state is State.AGREEMENT_PENDING and client_accepted:
        return SIGN
    if state is State.IN_REVIEW and reviewed:
        return DECIDE
    if state is State.PLANNED and objected:
        return ANSWER_OBJECTION
    return TURNS.get(state, NOBODYS)


def sentence(turn: Turn, mine: bool, client: str, body: str) -> str:
    """Whose turn, as one sentence for the person who reads it."""
    if turn.side is Side.NOBODY:
        return ""
    if mine:
        return _("It is your turn: {what}.").format(what=_(turn.what))
    who = {Side.CLIENT: client, Side.BODY: body}.get(turn.side, _("the register"))
    return _("Waiting for {who} to {what}.").format(who=who, what=_(turn.what))
