"""The pages of training services, affiliates and trainers, for providers, affiliates, their bodies and RRN."""

from typing import Any

from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.fields import Ref, Text
from app.kernel.words import _
from app.organisations.queries import organisation
from app.permissions import Permission as P
from app.providers import commands, queries
from app.providers.models import Affiliate, TrainerAppointment
from app.providers.queries import (
    AffiliateList,
    AffiliateView,
    ServiceList,
    ServiceView,
    TrainerList,
    TrainerView,
)
from app.providers.rules import AFFILIATE, TRAINER, NewAffiliate, NewService, NewTrainer, ServiceDetails
from app.standards.queries import newest_rule_pack
from app.standards.rules import Nation, Setting
from app.web.forms import Choices
from app.web.routing import Area, Ask

area = Area("providers")


@area.page("/providers", "providers/index.html", may=P.PROVIDER_READ)
def index(
    unit: Unit,
    q: Text = "",
    nation: Nation | None = None,
    setting: Setting | None = None,
    after: Ref | None = None,
) -> ServiceList:
    """Training services by name."""
    return queries.service_list(unit, q, nation, setting, after)


@area.page("/providers/{ref}", "providers/show.html", may=P.PROVIDER_READ)
def show(unit: Unit, ref: Ref) -> ServiceView:
    """One training service: what it offers, and what needs somebody's attention."""
    return queries.service_view(unit, ref)


@area.page("/providers/{ref}/affiliates", "providers/affiliates.html", may=P.PROVIDER_READ)
def affiliates(unit: Unit, ref: Ref, after: Ref | None = None) -> AffiliateList:
    """The affiliates of a service."""
    return queries.affiliate_list(unit, ref, after)


@area.page("/providers/{ref}/trainers", "providers/trainers.html", may=P.PROVIDER_READ)
def trainers(unit: Unit, ref: Ref, q: Text = "", after: Ref | None = None) -> TrainerList:
    """The trainers of a service."""
    return queries.trainer_list(unit, ref, q, after)


@area.page("/affiliates/{ref}", "providers/show_affiliate.html", may=P.PROVIDER_READ)
def show_affiliate(unit: Unit, ref: Ref) -> AffiliateView:
    """One affiliate."""
    return queries.affiliate_view(unit, ref)


@area.page("/trainers/{ref}", "providers/show_trainer.html", may=P.PROVIDER_READ)
def show_trainer(unit: Unit, ref: Ref) -> TrainerView:
    """One trainer's appointment."""
    return queries.trainer_view(unit, ref)


def _words() -> Choices:
    """The closed lists of the scheme in the words of the rule pack."""
    labels = newest_rule_pack().labels
    return {
        "route": [(one.value, text) for one, text in labels.routes.items()],
        "nations": [(one.value, text) for one, text in labels.nations.items()],
        "settings": [(one.value, text) for one, text in labels.settings.items()],
        "populations": [(one.value, text) for one, text in labels.populations.items()],
    }


def ask_service(_unit: Unit) -> Ask:
    """The form that describes a service."""
    return Ask(
        title=_("Describe your training service"), submit=_("Save"), back="/providers", choices=_words(),
        lead=_("You need this once, before you apply. You can change it later."),
    )  # fmt: skip


@area.action(
    "/providers", then=show, may=P.PROVIDER_WRITE, ask=ask_service, form_path="/providers/new", status=201
)
def describe(unit: Unit, form: NewService) -> dict[str, Any]:
    """Describe the service of the organisation the actor works for."""
    if unit.actor.organisation_id is None:
        raise NotFound(_("You are not working for a training provider just now. Nothing was saved."))
    return {"ref": commands.register_service(unit, organisation(unit, unit.actor.organisation_id), form).ref}


def ask_change(unit: Unit, ref: Ref) -> Ask:
    """The same form, filled in."""
    row = queries.find_service(unit, ref)
    values = {
        "route": row.route,
        "about": row.about,
        "nations": row.nations,
        "settings": row.settings,
        "populations": row.populations,
    }
    plain = {
        name: [str(one.value) for one in value] if isinstance(value, list) else value
        for name, value in values.items()
    }
    return Ask(
        title=_("Change your training service"), submit=_("Save"), back=f"/providers/{ref}", version=row.version, values=plain,
        choices=_words(),
    )  # fmt: skip


@area.action(
    "/providers/{ref}", then=show, may=P.PROVIDER_WRITE, ask=ask_change, form_path="/providers/{ref}/change"
)
def change(unit: Unit, ref: Ref, form: ServiceDetails) -> None:
    """Describe a service anew."""
    commands.change_service(unit, queries.find_service(unit, ref), form)


def ask_affiliate(unit: Unit, ref: Ref) -> Ask:
    """The form that proposes an affiliate."""
    queries.find_service(unit, ref)
    return Ask(
        title=_("Propose an affiliate"), submit=_("Propose it"), back=f"/providers/{ref}/affiliates",
        lead=_(
            "An affiliate delivers your curriculum to its own staff only, with associate trainers of its own. "
            "A certificate of a train-the-trainer course is not enough: the affiliate must be approved."
        ),
        choices={"nation": _words()["nations"]},
    )  # fmt: skip


@area.action(
    "/providers/{ref}/affiliates", then=show_affiliate, may=P.PROVIDER_WRITE, ask=ask_affiliate,
    form_path="/providers/{ref}/affiliates/new", status=201,
)  # fmt: skip
def propose_affiliate(unit: Unit, ref: Ref, form: NewAffiliate) -> dict[str, Any]:
    """Propose an affiliate."""
    return {"ref": commands.propose_affiliate(unit, queries.find_service(unit, ref), form).ref}


def ask_trainer(unit: Unit, ref: Ref) -> Ask:
    """The form that proposes a trainer."""
    service = queries.find_service(unit, ref)
    return Ask(
        title=_("Propose a trainer"), submit=_("Propose this trainer"), back=f"/providers/{ref}/trainers",
        lead=_("Somebody who teaches for two employers has two appointments: an associate trainer's does not move with the person."),
        choices={"employer": queries.employer_choices(unit, service)},
    )  # fmt: skip


@area.action(
    "/providers/{ref}/trainers", then=show_trainer, may=P.PROVIDER_WRITE, ask=ask_trainer,
    form_path="/providers/{ref}/trainers/new", status=201,
)  # fmt: skip
def propose_trainer(unit: Unit, ref: Ref, form: NewTrainer) -> dict[str, Any]:
    """Propose a trainer."""
    return {"ref": commands.propose_trainer(unit, queries.find_service(unit, ref), form).ref}


def _analysis(_unit: Unit, row: Affiliate) -> dict[str, Any]:
    """What was handed in last time; the days are asked anew."""
    return {"tna_signed_off_by": row.tna_signed_off_by, "plan": row.plan}


def _evidence(_unit: Unit, row: TrainerAppointment) -> dict[str, Any]:
    """What was handed in last time, to be changed where it changed."""
    days = {
        name: getattr(row, name)
        for name in ("ils_expires_on", "care_from_on", "cpd_until", "reaccredited_on")
    }
    return {
        "qualification": row.qualification,
        **{name: day.isoformat() for name, day in days.items() if day},
    }


area.steps(
    "/affiliates/{ref}", AFFILIATE, find=queries.find_affiliate, then=show_affiliate, doing=commands.AFFILIATE_STEPS,
    values={"complete-evidence": _analysis, "renew": _analysis},
)  # fmt: skip
area.steps(
    "/trainers/{ref}", TRAINER, find=queries.find_trainer, then=show_trainer, doing=commands.TRAINER_STEPS,
    values={"complete-evidence": _evidence, "renew": _evidence},
)  # fmt: skip
