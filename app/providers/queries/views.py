"""The pages of one service, one affiliate and one trainer."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from app.kernel.casework import Casework, HistoryLine, steps_of, told
from app.kernel.database import Unit, openable
from app.kernel.fields import View
from app.kernel.journal import Event
from app.kernel.words import _
from app.organisations.models import Organisation
from app.organisations.queries import names_of, organisation
from app.organisations.queries import visible as visible_organisations
from app.permissions import Seat
from app.providers.models import Affiliate, TrainerAppointment, TrainingService
from app.providers.queries.lists import (
    AffiliateLine,
    StatusView,
    TrainerLine,
    affiliate_lines,
    is_soon,
    may_write,
    shown,
    trainer_lines,
)
from app.providers.queries.scope import (
    find_affiliate,
    find_service,
    find_trainer,
    may_employ,
    visible_affiliates,
    visible_trainers,
)
from app.providers.rules import (
    AFFILIATE,
    TRAINER,
    WARN_DAYS,
    AffiliateState,
    TrainerLevel,
    TrainerState,
    trainer_ends,
)
from app.standards.queries import newest_rule_pack

SHORT = 20


class CountView(View):
    """How many there are of something, and how many of them are approved today."""

    approved: int
    all: int


class ServiceView(View):
    """The page of one training service."""

    ref: str
    version: int
    name: str
    organisation_ref: str
    organisation_opens: bool
    """Whether the reader may open the page of the organisation."""
    route: str
    about: str
    nations: list[str]
    settings: list[str]
    populations: list[str]
    body: str
    affiliates: CountView
    senior_trainers: CountView
    associate_trainers: CountView
    affiliates_due: list[AffiliateLine]
    trainers_due: list[TrainerLine]
    may_change: bool
    history: list[HistoryLine]


class RequirementView(View):
    """One thing an approval rests on, and until when it holds."""

    label: str
    value: str
    until: date | None
    status: StatusView


class AffiliateView(Casework):
    """The page of one affiliate."""

    name: str
    organisation_ref: str
    organisation_opens: bool
    """Whether the reader may open the page of the organisation."""
    service: str
    service_ref: str
    word: StatusView
    soon: bool
    tna_signed_off_by: str
    tna_signed_on: date | None
    board_approved_on: date | None
    plan: str
    approved_on: date | None
    lapses_on: date | None
    ended_on: date | None
    trainers: CountView


class TrainerView(Casework):
    """The page of one trainer's appointment."""

    name: str
    level: str
    associate: bool
    employer: str
    service: str
    service_ref: str
    word: StatusView
    soon: bool
    requirements: list[RequirementView]
    approved_on: date | None
    lapses_on: date | None
    ended_on: date | None


def service_view(unit: Unit, ref: str) -> ServiceView:
    """The page of one training service, narrowed to what the reader may know of."""
    row = find_service(unit, ref)
    holder, labels = organisation(unit, row.organisation_id), newest_rule_pack().labels
    inside = unit.actor.seat is not Seat.AFFILIATE
    return ServiceView(
        ref=row.ref, version=row.version, name=holder.name, organisation_ref=holder.ref, organisation_opens=_opens(unit, holder), route=labels.routes[row.route], about=row.about,
        nations=[labels.nations[one] for one in row.nations], settings=[labels.settings[one] for one in row.settings],
        populations=[labels.populations[one] for one in row.populations],
        body=organisation(unit, row.body_id).name if row.body_id else "", affiliates=_affiliate_count(unit, row),
        senior_trainers=_trainer_count(unit, TrainerAppointment.service_id == row.id, TrainerAppointment.level == TrainerLevel.SENIOR),
        associate_trainers=_trainer_count(unit, TrainerAppointment.service_id == row.id, TrainerAppointment.level == TrainerLevel.ASSOCIATE),
        affiliates_due=_affiliates_due(unit, row), trainers_due=_trainers_due(unit, row), may_change=may_write(unit, row),
        history=told(unit, row.thread) if inside else [],
    )  # fmt: skip


def _opens(unit: Unit, organisation: Organisation) -> bool:
    return bool(openable(unit, visible_organisations, Organisation, [organisation.ref]))


def _affiliate_count(unit: Unit, service: TrainingService) -> CountView:
    rows = visible_affiliates(unit).where(Affiliate.service_id == service.id).with_only_columns(Affiliate.id)
    good = rows.where(Affiliate.status == AffiliateState.APPROVED, Affiliate.lapses_on >= unit.today)
    current = rows.where(Affiliate.status != AffiliateState.ENDED)
    return CountView(approved=_count(unit, good), all=_count(unit, current))


def _trainer_count(unit: Unit, *which: ColumnElement[bool]) -> CountView:
    rows = visible_trainers(unit).where(*which).with_only_columns(TrainerAppointment.id)
    good = rows.where(
        TrainerAppointment.status == TrainerState.APPROVED, TrainerAppointment.lapses_on >= unit.today
    )
    current = rows.where(TrainerAppointment.status != TrainerState.ENDED)
    return CountView(approved=_count(unit, good), all=_count(unit, current))


def _count(unit: Unit, rows: Select[Any]) -> int:
    return unit.db.scalar(select(func.count()).select_from(rows.subquery())) or 0


def _affiliates_due(unit: Unit, service: TrainingService) -> list[AffiliateLine]:
    """Those that have lapsed or soon will, and those that wait for the body, the most urgent first."""
    rows = visible_affiliates(unit).where(Affiliate.service_id == service.id)
    lapsing = (Affiliate.status == AffiliateState.APPROVED) & (
        Affiliate.lapses_on <= unit.today + timedelta(days=WARN_DAYS)
    )
    rows = rows.where(or_(lapsing, Affiliate.status == AffiliateState.EVIDENCE_COMPLETE))
    return affiliate_lines(
        unit,
        unit.db.scalars(rows.order_by(Affiliate.lapses_on.nulls_last(), Affiliate.id).limit(SHORT)).all(),
    )


def _trainers_due(unit: Unit, service: TrainingService) -> list[TrainerLine]:
    """Those who have lapsed or soon will, and those who wait for the body, the most urgent first."""
    own = TrainerAppointment
    rows = visible_trainers(unit).where(own.service_id == service.id)
    lapsing = (own.status == TrainerState.APPROVED) & (
        own.lapses_on <= unit.today + timedelta(days=WARN_DAYS)
    )
    rows = rows.where(or_(lapsing, own.status == TrainerState.EVIDENCE_COMPLETE))
    return trainer_lines(
        unit, unit.db.scalars(rows.order_by(own.lapses_on.nulls_last(), own.id).limit(SHORT)).all()
    )


def affiliate_view(unit: Unit, ref: str) -> AffiliateView:
    """The page of one affiliate."""
    row = find_affiliate(unit, ref)
    service, who = unit.db.get_one(TrainingService, row.service_id), organisation(unit, row.organisation_id)
    steps, barred = steps_of(unit, AFFILIATE, row)
    own = TrainerAppointment
    return AffiliateView(
        ref=row.ref, status=row.status.value, version=row.version, steps=steps, barred=barred, history=told(unit, row.thread, _note),
        name=who.name, organisation_ref=who.ref, organisation_opens=_opens(unit, who), service=organisation(unit, service.organisation_id).name, service_ref=service.ref,
        word=shown(unit, row), soon=is_soon(unit, row), tna_signed_off_by=row.tna_signed_off_by, tna_signed_on=row.tna_signed_on,
        board_approved_on=row.board_approved_on, plan=row.plan, approved_on=row.approved_on, lapses_on=row.lapses_on,
        ended_on=row.ended_on,
        trainers=_trainer_count(unit, own.service_id == row.service_id, own.employer_id == row.organisation_id),
    )  # fmt: skip


def trainer_view(unit: Unit, ref: str) -> TrainerView:
    """The page of one trainer's appointment."""
    row = find_trainer(unit, ref)
    service = unit.db.get_one(TrainingService, row.service_id)
    names = names_of(unit, {service.organisation_id, row.employer_id})
    steps, barred = steps_of(unit, TRAINER, row)
    return TrainerView(
        ref=row.ref, status=row.status.value, version=row.version, steps=steps, barred=barred, history=told(unit, row.thread, _note),
        name=row.person_name, level=_("Senior trainer") if row.level is TrainerLevel.SENIOR else _("Associate trainer"),
        associate=row.level is TrainerLevel.ASSOCIATE, employer=names[row.employer_id], service=names[service.organisation_id],
        service_ref=service.ref, word=shown(unit, row), soon=is_soon(unit, row), requirements=_requirements(unit, row),
        approved_on=row.approved_on, lapses_on=row.lapses_on, ended_on=row.ended_on,
    )  # fmt: skip


def _requirements(unit: Unit, row: TrainerAppointment) -> list[RequirementView]:
    """What the approval rests on (Standards, section 4), each with the last day it holds."""
    words = {
        "immediate_life_support": _("Immediate life support"),
        "professional_development": _("Continuing professional development"),
        "reaccreditation": _("Yearly assessment as a trainer"),
    }
    ends = trainer_ends(row, newest_rule_pack().trainers.reaccreditation_months)
    dated = [
        RequirementView(label=words[name], value="", until=end, status=_holds(unit, end))
        for name, end in ends.items()
    ]
    since, employed = row.care_from_on, may_employ(unit, row)
    chain = (
        StatusView(word=_("Approved"), tone="yes")
        if employed
        else StatusView(word=_("Not approved today"), tone="no")
    )
    employer = [RequirementView(label=_("Their employer"), value="", until=None, status=chain)]
    return [
        *(employer if row.level is TrainerLevel.ASSOCIATE else []),
        *dated,
        RequirementView(
            label=_("Qualification"),
            value=row.qualification,
            until=None,
            status=_given(bool(row.qualification)),
        ),
        RequirementView(
            label=_("In a support or care role since"),
            value=f"{since:%B %Y}" if since else "",
            until=None,
            status=_given(bool(since)),
        ),
    ]


def _given(given: bool) -> StatusView:
    return StatusView(word=_("Shown"), tone="yes") if given else StatusView(word=_("Missing"), tone="plain")


def _holds(unit: Unit, end: date | None) -> StatusView:
    if end is None:
        return _given(False)
    left = (end - unit.today).days
    if left < 0:
        return StatusView(word=_("Run out"), tone="no")
    return (
        StatusView(word=_("Runs out soon"), tone="pause")
        if left <= WARN_DAYS
        else StatusView(word=_("In date"), tone="yes")
    )


def _note(event: Event) -> str:
    form = event.data.get("form", {})
    return str(form.get("reason") or form.get("note") or "")
