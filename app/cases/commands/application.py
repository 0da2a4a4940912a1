"""From the first line of an application to the day it is accepted or declined."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from app.cases import queries
from app.cases.models import (
    Application,
    ApplicationCheck,
    ApplicationVersion,
    Case,
    CaseAffiliate,
    CaseCounter,
    CaseTrainer,
    InformationRequest,
    ScopeItem,
)
from app.cases.rules import CASE, Check, Kind, State, digest, reference
from app.cases.rules.forms import (
    AcceptApplication,
    AnswerInformation,
    AskInformation,
    Declaration,
    Decline,
    OpenCase,
    SaveApplication,
    TakeBack,
)
from app.curricula.commands import mark
from app.curricula.models import CurriculumVersion
from app.curricula.rules import VersionStatus
from app.kernel.casework import begin, take
from app.kernel.database import Unit
from app.kernel.errors import Invalid, Refused
from app.kernel.fields import Note
from app.kernel.words import _
from app.organisations.models import Organisation
from app.organisations.queries import organisation, organisation_of_ref
from app.permissions import Permission, Seat
from app.providers.commands import choose_body
from app.providers.models import TrainingService
from app.providers.queries import service_of
from app.standards.queries import edition, newest_rule_pack

NOT_SAVED = "Nothing was saved: correct it and send it again."


def open_case(unit: Unit, form: OpenCase) -> Case:
    """A client begins an application to a certification body. Raises Forbidden, Invalid, or Refused by the licence."""
    unit.actor.require(Permission.CASE_APPLY)
    if unit.actor.organisation_id is None:
        raise Refused(_("Choose first for which organisation you work. Nothing was saved."))
    if not form.kind.grants:
        raise Invalid(_(NOT_SAVED), {"kind": _("Only the certification body opens a case of this kind.")})
    body = organisation_of_ref(unit, form.body)
    if body.seat is not Seat.BODY:
        raise Invalid(_(NOT_SAVED), {"body": _("Choose one of the certification bodies.")})
    service = service_of(unit, unit.actor.organisation_id)
    case = new_case(unit, form.kind, service, body)
    _check_licence(unit, case)
    begin(unit, CASE, case, "opened", purpose=form.kind.value, body=body.ref)
    unit.db.add(Application(case_id=case.id, legal_name=organisation(unit, case.client_id).name))
    _choose_curricula(unit, case, form.curricula)
    return case


def new_case(
    unit: Unit, kind: Kind, service: TrainingService, body: Organisation, first: State = State.DRAFT
) -> Case:
    """A case pinned to the rules of today, with the next number of its body."""
    pack = newest_rule_pack()
    standards = edition(pack.editions[0])
    return Case(
        ref=reference(body.code or "X", _next_number(unit, body.id)), kind=kind, client_id=service.organisation_id,
        service_id=service.id, body_id=body.id, edition=standards.id, edition_digest=standards.digest,
        rule_pack=pack.id, rule_pack_digest=pack.digest, status=first, opened_at=unit.now,
        status_since=unit.now,
    )  # fmt: skip


def _next_number(unit: Unit, body_id: int) -> int:
    """Counted up in one UPDATE, which holds the row until the case is written down."""
    count = update(CaseCounter).where(CaseCounter.body_id == body_id).values(last=CaseCounter.last + 1)
    number = unit.db.scalar(count.returning(CaseCounter.last))
    if number is not None:
        return int(number)
    # Somebody else may write this body's first line at the same moment; then theirs is counted up.
    with suppress(IntegrityError), unit.db.begin_nested():
        unit.db.add(CaseCounter(body_id=body_id, last=0))
    number = unit.db.execute(count.returning(CaseCounter.last)).scalar_one()
    return int(number)


def _check_licence(unit: Unit, case: Case) -> None:
    may = queries.standing_of(unit, case)
    if not (may.may_take_new if case.kind.is_new else may.may_surveil):
        raise Refused(
            _("{standing} Nothing was saved: choose another certification body.").format(
                standing=may.sentence
            )
        )


def save(unit: Unit, case: Case, form: SaveApplication) -> None:
    """Keep the application as it is typed; nothing is required yet."""
    take(unit, CASE, case, "save", form)
    row = queries.application_of(unit, case)
    chosen = ("version", "curricula", "affiliates", "trainers")
    for name in set(SaveApplication.model_fields).difference(chosen):
        setattr(row, name, getattr(form, name))
    row.saved_at = unit.now
    _choose_curricula(unit, case, form.curricula)
    _choose_partners(unit, case, form)


def _choose_curricula(unit: Unit, case: Case, refs: list[str]) -> None:
    offered = {one.ref: one for one in queries.versions_to_choose(unit, case.client_id, case.kind)}
    _only_offered("curricula", refs, offered)
    wanted = {offered[ref].id for ref in refs}
    standing = {version.id: item for item, version in queries.scope_of(unit, case)}
    for gone in standing.keys() - wanted:
        unit.db.delete(standing[gone])
    unit.db.add_all(ScopeItem(case_id=case.id, version_id=one) for one in sorted(wanted - standing.keys()))
    unit.db.flush()


def _choose_partners(unit: Unit, case: Case, form: SaveApplication) -> None:
    affiliates = {one.ref: one.id for one, _name in queries.affiliates_to_choose(unit, case)}
    trainers = {one.ref: one.id for one in queries.trainers_to_choose(unit, case)}
    _only_offered("affiliates", form.affiliates, affiliates)
    _only_offered("trainers", form.trainers, trainers)
    unit.db.execute(delete(CaseAffiliate).where(CaseAffiliate.case_id == case.id))
    unit.db.execute(delete(CaseTrainer).where(CaseTrainer.case_id == case.id))
    unit.db.add_all(
        CaseAffiliate(case_id=case.id, affiliate_id=affiliates[ref]) for ref in set(form.affiliates)
    )
    unit.db.add_all(CaseTrainer(case_id=case.id, trainer_id=trainers[ref]) for ref in set(form.trainers))
    unit.db.flush()


def _only_offered(field: str, refs: list[str], offered: Any) -> None:
    if set(refs) - set(offered):
        raise Invalid(
            _(NOT_SAVED), {field: _("Choose only what the list offers; it may have changed meanwhile.")}
        )


def submit(unit: Unit, case: Case, form: Declaration) -> None:
    """Send the application: it is frozen with its digest, and the body is the service's from now on."""
    if not form.true_and_whole:
        raise Invalid(_(NOT_SAVED), {"true_and_whole": _("Confirm this to send the application.")})
    content = queries.application_content(unit, case)
    take(unit, CASE, case, "submit", form, digest=digest(content))
    case.submitted_at = case.submitted_at or unit.now
    unit.db.add(
        ApplicationVersion(
            case_id=case.id, number=queries.next_application(unit, case), content=content, digest=digest(content),
            by=unit.actor.id, by_name=unit.actor.name, at=unit.now,
        )
    )  # fmt: skip
    choose_body(unit, service_of(unit, case.client_id), case.body_id)
    unit.db.flush()


def begin_review(unit: Unit, case: Case, form: Note) -> None:
    """A case officer takes the application on, and is its owner from now on."""
    take(unit, CASE, case, "begin-review", form)
    case.owner, case.owner_name = unit.actor.id, unit.actor.name


def request_information(unit: Unit, case: Case, form: AskInformation) -> None:
    """Ask the client; the clock stands still until the answer (ISO/IEC 17065, 7.3.1)."""
    take(unit, CASE, case, "request-information", form)
    case.paused_reason = form.question
    unit.db.add(
        InformationRequest(
            case_id=case.id, question=form.question, asked_by=unit.actor.name, asked_at=unit.now
        )
    )


def answer_information(unit: Unit, case: Case, form: AnswerInformation) -> None:
    """The client answers; the clock goes on."""
    since = case.status_since
    take(unit, CASE, case, "answer-information", form)
    case.paused_seconds += int((unit.now - since) / timedelta(seconds=1))
    case.paused_reason = ""
    asked = queries.requests_of(unit, case)[-1]
    asked.answer, asked.answered_by, asked.answered_at = form.answer, unit.actor.name, unit.now


def decline(unit: Unit, case: Case, form: Decline) -> None:
    """Decline with reasons; the client may appeal (ISO/IEC 17065, 7.3.4)."""
    take(unit, CASE, case, "decline", form)


def accept_application(unit: Unit, case: Case, form: AcceptApplication) -> None:
    """Every check is true: the agreement is written for both sides to accept."""
    if missing := [check for check in Check if check not in form.checks]:
        raise Invalid(
            _(NOT_SAVED),
            {
                "checks": _(
                    "Each of these must be true before an application is accepted: {number} are not."
                ).format(number=len(missing))
            },
        )
    take(unit, CASE, case, "accept-application", form)
    unit.db.add_all(
        ApplicationCheck(case_id=case.id, item=check, by_name=unit.actor.name, at=unit.now) for check in Check
    )
    unit.db.add(queries.new_agreement(unit, case))
    unit.db.flush()


def withdraw_application(unit: Unit, case: Case, form: TakeBack) -> None:
    """The client takes the application back; its curricula are free for another one."""
    take(unit, CASE, case, "withdraw-application", form)
    release(unit, [version for _item, version in queries.scope_of(unit, case)])


def release(unit: Unit, versions: list[CurriculumVersion]) -> None:
    """Versions that were being evaluated may be applied for again."""
    for version in versions:
        if version.status is VersionStatus.IN_EVALUATION:
            mark(unit, version, "release")
