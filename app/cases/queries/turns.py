"""Where a case stands among the seven stages, in one word, and whose turn it is."""

from collections.abc import Mapping, Sequence

from app.audits.queries import AuditLine, FindingLine
from app.cases.models import Case
from app.cases.queries.waited import waits
from app.cases.rules import AUDIT_ORDER, CASE, CaseFacts, Side, State, Turn, pack_state, sentence, turn_of
from app.kernel.casework import StageView, StepView, ToneView, TurnView
from app.kernel.clock import civil_date
from app.kernel.database import Unit
from app.kernel.words import _, label
from app.standards.queries import rule_pack
from app.standards.rules import AuditKind

TONES = {
    "granted": "yes", "certificate_issued": "yes", "maintained": "yes", "restored": "yes", "reduced": "partly",
    "suspended": "pause", "information_requested": "pause", "findings_issued": "pause", "returned": "pause",
    "deferred": "pause", "refused": "no", "refused_notice": "no", "declined": "no", "certificate_withdrawn": "no",
}  # fmt: skip
DONE = (State.CERTIFICATE_ISSUED, State.CLOSED, State.MAINTAINED, State.RESTORED)
ASKING = {"accept-agreement": "agreement", "sign-agreement": "agreement"}
"""Steps with a page of their own: a text is read before it is accepted."""


def word(status: str) -> ToneView:
    """A status with its word and tone."""
    return ToneView(word=label(status), tone=TONES.get(status, "plain"))


def stages(case: Case, audits: Sequence[AuditLine]) -> list[StageView]:
    """The seven stages; none for a case that was taken back."""
    if case.status is State.WITHDRAWN:
        return []
    pack = rule_pack(case.rule_pack)
    here = pack.stage_of(pack_state(case.status), in_hand(audits))
    place = pack.stages.index(here)
    ended = case.status in DONE
    return [
        StageView(
            label=_(stage.label),
            state="done" if number < place or ended else "now" if number == place else "todo",
        )
        for number, stage in enumerate(pack.stages)
    ]


def in_hand(audits: Sequence[AuditLine]) -> AuditKind | None:
    """The kind of the first evaluation that is not complete, or of the last one."""
    ordered = sorted(audits, key=lambda one: AUDIT_ORDER.index(AuditKind(one.kind)))
    waiting = [one for one in ordered if one.status != "complete"]
    found = waiting[:1] or ordered[-1:]
    return AuditKind(found[0].kind) if found else None


def shown_turn(
    unit: Unit, case: Case, seen: CaseFacts, names: Mapping[int, str], steps: Sequence[StepView],
    audits: Sequence[AuditLine], findings: Sequence[FindingLine],
) -> TurnView | None:  # fmt: skip
    """Whose turn it is, since when, and one button when it is the reader's."""
    turn = turn_of(
        case.status, client_accepted=seen.client_accepted, reviewed=case.reviewed_at is not None,
        objected=any(one.objection_open for one in seen.team),
    )  # fmt: skip
    if turn.side is Side.NOBODY:
        return None
    mine = waits(unit, case)
    href, button = _button(case, steps, audits, findings, turn) if mine else ("", "")
    return TurnView(
        sentence=sentence(turn, mine, names[case.client_id], names[case.body_id]),
        detail=_detail(case, seen), since=civil_date(case.status_since), mine=mine, href=href, button=button,
    )  # fmt: skip


def _detail(case: Case, seen: CaseFacts) -> str:
    if case.status is State.INFORMATION_REQUESTED:
        return _("The clock stands still until then.")
    if case.status is State.IN_EVALUATION and seen.required:
        return _("{recorded} of {required} results are recorded.").format(
            recorded=seen.recorded, required=seen.required
        )
    return ""


def _button(
    case: Case,
    steps: Sequence[StepView],
    audits: Sequence[AuditLine],
    findings: Sequence[FindingLine],
    turn: Turn,
) -> tuple[str, str]:
    """The one thing to do: the work itself where it lies on another page, else the first step of that turn on offer."""
    base = f"/cases/{case.ref}"
    offered = [step for step in steps if not step.danger and CASE.step(step.name).permission is turn.may]
    if case.status is State.DRAFT and not offered:
        return f"{base}/application", _("Fill in the application")
    if work := _work(case, audits, findings, turn):
        return work
    if not offered:
        return "", ""
    first = offered[0]
    page = ASKING.get(first.name, first.name) if first.asks else "#steps"
    return (f"{base}/{page}" if first.asks else page), first.label


def _work(
    case: Case, audits: Sequence[AuditLine], findings: Sequence[FindingLine], turn: Turn
) -> tuple[str, str] | None:
    side = "client" if turn.side is Side.CLIENT else "body"
    waiting = [
        one for one in findings if one.waits_for == side and one.status not in ("draft", "plan_accepted")
    ]
    if case.status in (State.FINDINGS_ISSUED, State.CLIENT_RESPONSE) and waiting:
        text = _("Answer the next finding") if side == "client" else _("Judge the next answer")
        return f"/findings/{waiting[0].ref}", text
    going = [one for one in audits if one.status != "complete" and _unfinished(one)]
    if case.status is State.IN_EVALUATION and going:
        return f"/audits/{going[0].ref}", _("Record the results")
    return None


def _unfinished(audit: AuditLine) -> bool:
    return audit.progress is None or audit.progress.recorded < audit.progress.total
