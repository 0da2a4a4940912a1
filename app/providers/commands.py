"""What providers and their certification bodies do with services, affiliates and trainers; public changes reach the ledger."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified

from app.kernel.actor import SYSTEM
from app.kernel.casework import begin, take
from app.kernel.database import Unit, stale_sentence
from app.kernel.errors import Forbidden, Invalid, Refused
from app.kernel.fields import Note
from app.kernel.journal import Event, record
from app.kernel.words import _, in_words
from app.kernel.workflow import check_version
from app.ledger.commands import append
from app.ledger.rules import EntryKind
from app.organisations.commands import register_organisation
from app.organisations.models import Organisation
from app.organisations.queries import organisation, organisation_of_ref
from app.organisations.rules import NewOrganisation
from app.permissions import Permission, Seat
from app.providers import queries
from app.providers.models import (
    Affiliate,
    AffiliateApproval,
    ServiceNation,
    ServicePopulation,
    ServiceSetting,
    TrainerAppointment,
    TrainerApproval,
    TrainingService,
)
from app.providers.rules import (
    AFFILIATE,
    TRAINER,
    Ending,
    NeedsAnalysis,
    NewAffiliate,
    NewService,
    NewTrainer,
    ServiceDetails,
    TrainerEvidence,
    TrainerLevel,
    affiliate_until,
    trainer_until,
)
from app.standards.queries import newest_rule_pack

CORRECT_IT = "Nothing was saved: correct it and send it again."


def register_service(unit: Unit, holder: Organisation, form: NewService) -> TrainingService:
    """Describe the training service of an organisation. Raises Forbidden, or Refused when it has one."""
    _own(unit, holder.id)
    if holder.seat is not Seat.PROVIDER:
        raise Refused(_("Only a training provider describes a training service. Nothing was saved."))
    service = TrainingService(organisation_id=holder.id, route=form.route, about=form.about)
    _describe(service, form)
    unit.db.add(service)
    try:
        unit.db.flush()
    except IntegrityError as error:
        raise Refused(
            _(
                "This organisation has described its training service already. Nothing was saved: change that one."
            )
        ) from error
    record(unit, "service.described", service, form=form.model_dump(mode="json"))
    return service


def change_service(unit: Unit, service: TrainingService, form: ServiceDetails) -> TrainingService:
    """Describe a training service anew; the register shows it from now on. Raises Forbidden or Stale."""
    _own(unit, service.organisation_id)
    check_version(service, form.version, stale_sentence())
    before = _description(service)
    service.route, service.about = form.route, form.about
    _describe(service, form)
    flag_modified(service, "about")  # a change of the lists alone must make a new version too
    unit.db.flush()
    event = record(unit, "service.changed", service, form=form.model_dump(mode="json", exclude={"version"}))
    if (told := _description(service)) != before:
        append(unit, event, EntryKind.SERVICE_CHANGED, service.ref, told, effective_on=unit.today)
    return service


def _description(service: TrainingService) -> dict[str, Any]:
    """What the register says of a service, in plain JSON."""
    return {
        "route": service.route.value,
        "about": service.about,
        "nations": sorted(row.nation.value for row in service.nation_rows),
        "settings": sorted(row.setting.value for row in service.setting_rows),
        "populations": sorted(row.population.value for row in service.population_rows),
    }


def _describe(service: TrainingService, form: NewService) -> None:
    """Keep what stays, so that no row is removed and added again in one go."""
    nations = {row.nation: row for row in service.nation_rows}
    service.nation_rows = [
        nations.get(one) or ServiceNation(nation=one) for one in dict.fromkeys(form.nations)
    ]
    settings = {row.setting: row for row in service.setting_rows}
    service.setting_rows = [
        settings.get(one) or ServiceSetting(setting=one) for one in dict.fromkeys(form.settings)
    ]
    people = {row.population: row for row in service.population_rows}
    service.population_rows = [
        people.get(one) or ServicePopulation(population=one) for one in dict.fromkeys(form.populations)
    ]


def choose_body(unit: Unit, service: TrainingService, body_id: int) -> None:
    """Note which certification body looks after a service from now on; the application or transfer that says so asks the rights."""
    if service.body_id == body_id:
        return
    before, service.body_id = service.body_id, body_id
    unit.db.flush()
    refs = [organisation(unit, id).ref if id else None for id in (before, body_id)]
    record(unit, "service.body_chosen", service, before=refs[0], after=refs[1])


def _own(unit: Unit, organisation_id: int) -> None:
    """A provider writes about itself alone."""
    if unit.actor is SYSTEM:
        return
    unit.actor.require(Permission.PROVIDER_WRITE)
    if unit.actor.organisation_id != organisation_id:
        raise Forbidden(_("Only the provider itself may do this. Nothing was changed."))


def propose_affiliate(unit: Unit, service: TrainingService, form: NewAffiliate) -> Affiliate:
    """Name an organisation that will deliver the provider's curriculum to its own staff. Raises Invalid or Refused."""
    _own(unit, service.organisation_id)
    found = _affiliate_organisation(unit, form)
    name, row = found.name, Affiliate(service_id=service.id, organisation_id=found.id)
    try:
        begin(unit, AFFILIATE, row, "proposed", organisation=found.ref)
    except IntegrityError as error:
        raise Refused(
            _("{name} is among your affiliates already. Nothing was saved.").format(name=name)
        ) from error
    return row


def _affiliate_organisation(unit: Unit, form: NewAffiliate) -> Organisation:
    """The organisation of the reference, or a new one of the name."""
    if form.organisation:
        found = organisation_of_ref(unit, form.organisation)
        if found.seat in (Seat.RRN, Seat.BODY):
            raise Invalid(
                _(CORRECT_IT), {"organisation": _("RRN and certification bodies cannot be affiliates.")}
            )
        return found
    if form.name is None or form.nation is None:
        missing = {"name": form.name, "nation": form.nation}
        raise Invalid(
            _(CORRECT_IT),
            {
                name: _("Give an answer, or the reference.")
                for name, value in missing.items()
                if value is None
            },
        )
    new = NewOrganisation(
        seat=Seat.AFFILIATE,
        name=form.name,
        address=form.address,
        postcode=form.postcode,
        nation=form.nation,
        different=form.different,
    )
    return register_organisation(unit, new)


def hand_in_needs_analysis(unit: Unit, row: Affiliate, form: NeedsAnalysis) -> None:
    """The evidence of an affiliate is complete. Raises Invalid for days that have not come."""
    _not_to_come(unit, form, "tna_signed_on", "board_approved_on")
    take(unit, AFFILIATE, row, "complete-evidence", form)


def approve_affiliate(unit: Unit, row: Affiliate, form: Note) -> None:
    """From today the affiliate may deliver, until its needs analysis is a year old."""
    event = take(unit, AFFILIATE, row, "approve", form)
    _approve(unit, event, row, affiliate_until(row, newest_rule_pack().needs_analysis.max_age_months))


def renew_affiliate(unit: Unit, row: Affiliate, form: NeedsAnalysis) -> None:
    """The needs analysis was reviewed: the approval goes on. Raises Invalid when the review is too old to count."""
    _not_to_come(unit, form, "tna_signed_on", "board_approved_on")
    event = take(unit, AFFILIATE, row, "renew", form)
    until = affiliate_until(row, newest_rule_pack().needs_analysis.max_age_months)
    if until is None or until < unit.today:
        raise Invalid(_(CORRECT_IT), {"tna_signed_on": _("A review as old as this no longer counts.")})
    _approve(unit, event, row, until)


def end_affiliate(unit: Unit, row: Affiliate, form: Ending) -> None:
    """The affiliate delivers no longer from a day on. Raises Invalid for a day before its approval."""
    _end(unit, row, form)


def propose_trainer(unit: Unit, service: TrainingService, form: NewTrainer) -> TrainerAppointment:
    """Name somebody who will teach. Raises Invalid when the employer does not fit the level."""
    _own(unit, service.organisation_id)
    employer = unit.db.scalar(select(Organisation).where(Organisation.ref == form.employer))
    if employer is None or employer.id not in queries.employers(unit, service):
        raise Invalid(
            _(CORRECT_IT), {"employer": _("Choose your own organisation or one of your affiliates.")}
        )
    if form.level is TrainerLevel.SENIOR and employer.id != service.organisation_id:
        raise Invalid(_(CORRECT_IT), {"employer": _("Senior trainers are employed by the provider itself.")})
    row = TrainerAppointment(
        service_id=service.id,
        employer_id=employer.id,
        person_name=form.person_name,
        person_id=None,
        level=form.level,
    )
    begin(unit, TRAINER, row, "proposed", level=form.level.value, employer=employer.ref)
    return row


def hand_in_trainer_evidence(unit: Unit, row: TrainerAppointment, form: TrainerEvidence) -> None:
    """The evidence of a trainer is complete. Raises Invalid for days that have not come."""
    _not_to_come(unit, form, "care_from_on", "reaccredited_on")
    take(unit, TRAINER, row, "complete-evidence", form)


def approve_trainer(unit: Unit, row: TrainerAppointment, form: Note) -> None:
    """From today the trainer may teach, until the first thing the approval rests on runs out."""
    event = take(unit, TRAINER, row, "approve", form)
    _approve(unit, event, row, trainer_until(row, newest_rule_pack().trainers.reaccreditation_months))


def renew_trainer(unit: Unit, row: TrainerAppointment, form: TrainerEvidence) -> None:
    """Evidence was renewed: the approval goes on. Raises Invalid when some of it has run out already."""
    _not_to_come(unit, form, "care_from_on", "reaccredited_on")
    event = take(unit, TRAINER, row, "renew", form)
    until = trainer_until(row, newest_rule_pack().trainers.reaccreditation_months)
    if until is None or until < unit.today:
        said = _("Some of this ran out on {day}, so it cannot carry the approval.")
        raise Invalid(
            _(CORRECT_IT),
            {_shortest(form, until): said.format(day=in_words(until) if until else "")},
        )
    _approve(unit, event, row, until)


def _shortest(form: TrainerEvidence, until: date | None) -> str:
    """The field whose day runs out first."""
    return next(
        (name for name in ("ils_expires_on", "cpd_until") if getattr(form, name) == until), "reaccredited_on"
    )


def end_trainer(unit: Unit, row: TrainerAppointment, form: Ending) -> None:
    """The trainer teaches no longer from a day on. Raises Invalid for a day before the approval."""
    _end(unit, row, form)


AFFILIATE_STEPS: dict[str, Callable[[Unit, Affiliate, Any], None]] = {
    "complete-evidence": hand_in_needs_analysis, "approve": approve_affiliate, "renew": renew_affiliate, "end": end_affiliate,
}  # fmt: skip
TRAINER_STEPS: dict[str, Callable[[Unit, TrainerAppointment, Any], None]] = {
    "complete-evidence": hand_in_trainer_evidence, "approve": approve_trainer, "renew": renew_trainer, "end": end_trainer,
}  # fmt: skip


def _not_to_come(unit: Unit, form: NeedsAnalysis | TrainerEvidence, *names: str) -> None:
    faults = {name: _("This day has not come yet.") for name in names if getattr(form, name) > unit.today}
    if faults:
        raise Invalid(_(CORRECT_IT), faults)


def _approve(unit: Unit, event: Event, row: Affiliate | TrainerAppointment, until: date | None) -> None:
    """Write the span of days down beside the row, and tell the public."""
    assert until is not None, "the guards looked at the evidence"
    row.approved_on, row.lapses_on = row.approved_on or unit.today, until
    _add_span(unit, event, row, "approved", unit.today, until)


def _end(unit: Unit, row: Affiliate | TrainerAppointment, form: Ending) -> None:
    """End it from a day on; the empty span that is written down outranks the spans before it."""
    if row.approved_on and form.ended_on < row.approved_on:
        said = _("It was approved on {day}; it cannot be over before.")
        raise Invalid(_(CORRECT_IT), {"ended_on": said.format(day=in_words(row.approved_on))})
    event = take(unit, AFFILIATE if isinstance(row, Affiliate) else TRAINER, row, "end", form)
    row.ended_on = form.ended_on
    if row.approved_on:
        _add_span(unit, event, row, "ended", form.ended_on, form.ended_on - timedelta(days=1))


def _add_span(
    unit: Unit, event: Event, row: Affiliate | TrainerAppointment, status: str, start: date, end: date
) -> None:
    span: AffiliateApproval | TrainerApproval
    if isinstance(row, Affiliate):
        kind = EntryKind.AFFILIATE_STATUS
        span = AffiliateApproval(affiliate_id=row.id, from_on=start, to_on=end, recorded_at=unit.now)
        who = {"organisation": organisation(unit, row.organisation_id).ref}
    else:
        kind = EntryKind.TRAINER_STATUS
        span = TrainerApproval(trainer_id=row.id, from_on=start, to_on=end, recorded_at=unit.now)
        who = {"level": row.level.value}
    unit.db.add(span)
    unit.db.flush()
    service = unit.db.get_one(TrainingService, row.service_id)
    told = {**who, "service": service.ref, "status": status, "from_on": start.isoformat()}
    append(
        unit,
        event,
        kind,
        row.ref,
        told if status == "ended" else told | {"to_on": end.isoformat()},
        effective_on=start,
    )
