"""Lists of services, affiliates and trainers, searched by name and read by key, a page at a time."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Select, select, tuple_

from app.kernel.database import Unit
from app.kernel.fields import View
from app.kernel.words import label
from app.organisations.models import Organisation, OrganisationName
from app.organisations.queries import names_of
from app.organisations.rules import search_words
from app.permissions import Permission, Seat
from app.providers.models import Affiliate, ServiceNation, ServiceSetting, TrainerAppointment, TrainingService
from app.providers.queries.scope import find_service, visible, visible_affiliates, visible_trainers
from app.providers.rules import WARN_DAYS, state_word
from app.standards.queries import newest_rule_pack
from app.standards.rules import Nation, Setting

PAGE = 50
TONES = {"approved": "yes", "evidence_complete": "partly", "lapsed": "no", "ended": "unknown"}


class StatusView(View):
    """A status as it is drawn: word and tone (yes, partly, no, unknown, plain)."""

    word: str
    tone: str


class ServiceLine(View):
    """A service in the list."""

    ref: str
    name: str
    route: str
    nations: list[str]
    body: str


class ServiceList(View):
    """The services the reader may know of."""

    q: str
    nation: Nation | None
    setting: Setting | None
    items: list[ServiceLine]
    nations: list[tuple[str, str]]
    settings: list[tuple[str, str]]
    next: str | None
    first: str | None
    may_describe: bool


class AffiliateLine(View):
    """An affiliate in a list."""

    ref: str
    name: str
    status: StatusView
    lapses_on: date | None
    soon: bool


class AffiliateList(View):
    """The affiliates of one service that the reader may know of."""

    service_ref: str
    service: str
    items: list[AffiliateLine]
    next: str | None
    first: str | None
    may_propose: bool


class TrainerLine(View):
    """A trainer in a list."""

    ref: str
    name: str
    level: str
    employer: str
    status: StatusView
    lapses_on: date | None
    soon: bool


class TrainerList(View):
    """The trainers of one service that the reader may know of."""

    service_ref: str
    service: str
    q: str
    items: list[TrainerLine]
    next: str | None
    first: str | None
    may_propose: bool


def shown(unit: Unit, row: Affiliate | TrainerAppointment) -> StatusView:
    """The status of today, with its tone."""
    word = state_word(row.status.value, row.lapses_on, row.ended_on, unit.today)
    return StatusView(word=label(word), tone=TONES.get(word, "plain"))


def is_soon(unit: Unit, row: Affiliate | TrainerAppointment) -> bool:
    """Whether an approval lapses within the days of warning."""
    if row.status.value != "approved" or row.lapses_on is None:
        return False
    return 0 <= (row.lapses_on - unit.today).days <= WARN_DAYS


def service_list(
    unit: Unit, q: str, nation: Nation | None, setting: Setting | None, after: str | None
) -> ServiceList:
    """Services by name, any of whose holder's names, now or formerly, holds every word of `q`."""
    rows = visible(unit).join(Organisation, Organisation.id == TrainingService.organisation_id)
    for word in search_words(q):
        named = select(OrganisationName.organisation_id).where(
            OrganisationName.search_text.contains(word, autoescape=True)
        )
        rows = rows.where(TrainingService.organisation_id.in_(named))
    if nation:
        rows = rows.where(
            TrainingService.id.in_(select(ServiceNation.service_id).where(ServiceNation.nation == nation))
        )
    if setting:
        rows = rows.where(
            TrainingService.id.in_(select(ServiceSetting.service_id).where(ServiceSetting.setting == setting))
        )
    found = _page(unit, rows, Organisation.name, TrainingService, after)
    asked = {"q": q, "nation": nation.value if nation else "", "setting": setting.value if setting else ""}
    labels = newest_rule_pack().labels
    return ServiceList(
        q=q, nation=nation, setting=setting, items=_service_lines(unit, found[:PAGE]), next=_next("/providers", asked, found),
        first=_first("/providers", asked, after), nations=[(one.value, labels.nations[one]) for one in Nation],
        settings=[(one.value, labels.settings[one]) for one in Setting], may_describe=_may_describe(unit),
    )  # fmt: skip


def _may_describe(unit: Unit) -> bool:
    """A provider that has not described its service yet may do so."""
    if not unit.actor.may(Permission.PROVIDER_WRITE) or unit.actor.seat is not Seat.PROVIDER:
        return False
    own = select(TrainingService.id).where(TrainingService.organisation_id == unit.actor.organisation_id)
    return unit.db.scalar(own) is None


def _service_lines(unit: Unit, rows: Sequence[TrainingService]) -> list[ServiceLine]:
    labels = newest_rule_pack().labels
    names = names_of(
        unit, {row.organisation_id for row in rows} | {row.body_id for row in rows if row.body_id}
    )
    return [
        ServiceLine(
            ref=row.ref, name=names[row.organisation_id], route=labels.routes[row.route],
            nations=[labels.nations[nation] for nation in row.nations], body=names[row.body_id] if row.body_id else "",
        )
        for row in rows
    ]  # fmt: skip


def affiliate_list(unit: Unit, ref: str, after: str | None) -> AffiliateList:
    """The affiliates of a service, by name."""
    service = find_service(unit, ref)
    rows = visible_affiliates(unit).where(Affiliate.service_id == service.id)
    rows = rows.join(Organisation, Organisation.id == Affiliate.organisation_id)
    found = _page(unit, rows, Organisation.name, Affiliate, after)
    path = f"/providers/{ref}/affiliates"
    return AffiliateList(
        service_ref=ref, service=names_of(unit, {service.organisation_id})[service.organisation_id],
        items=affiliate_lines(unit, found[:PAGE]), next=_next(path, {}, found), first=_first(path, {}, after),
        may_propose=may_write(unit, service),
    )  # fmt: skip


def affiliate_lines(unit: Unit, rows: Sequence[Affiliate]) -> list[AffiliateLine]:
    """Affiliates as lines of a list."""
    names = names_of(unit, {row.organisation_id for row in rows})
    return [
        AffiliateLine(
            ref=row.ref,
            name=names[row.organisation_id],
            status=shown(unit, row),
            lapses_on=row.lapses_on,
            soon=is_soon(unit, row),
        )
        for row in rows
    ]


def trainer_list(unit: Unit, ref: str, q: str, after: str | None) -> TrainerList:
    """The trainers of a service, by name."""
    service = find_service(unit, ref)
    rows = visible_trainers(unit).where(TrainerAppointment.service_id == service.id)
    for word in q.split()[:6]:
        rows = rows.where(TrainerAppointment.person_name.icontains(word, autoescape=True))
    found = _page(unit, rows, TrainerAppointment.person_name, TrainerAppointment, after)
    path = f"/providers/{ref}/trainers"
    return TrainerList(
        service_ref=ref, service=names_of(unit, {service.organisation_id})[service.organisation_id], q=q,
        items=trainer_lines(unit, found[:PAGE]), next=_next(path, {"q": q}, found), first=_first(path, {"q": q}, after),
        may_propose=may_write(unit, service),
    )  # fmt: skip


def trainer_lines(unit: Unit, rows: Sequence[TrainerAppointment]) -> list[TrainerLine]:
    """Trainers as lines of a list."""
    names = names_of(unit, {row.employer_id for row in rows})
    return [
        TrainerLine(
            ref=row.ref, name=row.person_name, level=label(row.level.value), employer=names[row.employer_id], status=shown(unit, row),
            lapses_on=row.lapses_on, soon=is_soon(unit, row),
        )
        for row in rows
    ]  # fmt: skip


def may_write(unit: Unit, service: TrainingService) -> bool:
    """Whether the reader writes for this service."""
    return unit.actor.may(Permission.PROVIDER_WRITE) and unit.actor.organisation_id == service.organisation_id


def _page(unit: Unit, rows: Select[Any], name: Any, table: Any, after: str | None) -> Sequence[Any]:
    """One page and one row more, by name; `after` is the reference of the last row of the page before."""
    if after:
        last = unit.db.execute(rows.with_only_columns(name, table.id).where(table.ref == after)).one_or_none()
        if last:
            rows = rows.where(tuple_(name, table.id) > tuple_(last[0], last[1]))
    return unit.db.scalars(rows.order_by(name, table.id).limit(PAGE + 1)).all()


def _next(path: str, asked: dict[str, str], found: Sequence[Any]) -> str | None:
    if len(found) <= PAGE:
        return None
    return f"{path}?{urlencode({**_said(asked), 'after': found[PAGE - 1].ref})}"


def _first(path: str, asked: dict[str, str], after: str | None) -> str | None:
    if not after:
        return None
    return f"{path}?{urlencode(_said(asked))}" if _said(asked) else path


def _said(asked: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in asked.items() if value}
