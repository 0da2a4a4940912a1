"""The pages at the desk: certificates and their steps, keys, new paper for many, specimens of designs."""

from collections.abc import Mapping
from typing import Any

from app.certificates import commands, queries
from app.certificates.commands import CERTIFICATE_STEPS
from app.certificates.models import Certificate
from app.certificates.pages.door import area
from app.certificates.queries import CertificateList, CertificateView, keys
from app.certificates.queries import reissue as reissuing
from app.certificates.queries.keys import KeyOrderView, KeysView
from app.certificates.queries.reissue import ReissueList, ReissueView
from app.certificates.queries.specimens import specimen
from app.certificates.rules import CERTIFICATE, KEY_ORDER, REISSUE, AskKeys, KeyTask, StartReissue, Status
from app.kernel.clock import add_months
from app.kernel.database import Unit
from app.kernel.fields import Ref
from app.kernel.words import _
from app.permissions import Permission as P
from app.standards.queries import rule_pack
from app.web.forms import Choices
from app.web.routing import Answer, Ask


@area.page("/certificates", "certificates/index.html", may=P.CERTIFICATE_READ)
def index(unit: Unit, status: Status | None = None, after: Ref | None = None) -> CertificateList:
    """The certificates the reader may know of, newest first."""
    return queries.certificate_list(unit, status, after)


@area.page("/certificates/{number}", "certificates/show.html", may=P.CERTIFICATE_READ)
def show(unit: Unit, number: Ref) -> CertificateView:
    """One certificate: what it says today, its papers, its history, what can be done."""
    return queries.certificate_view(unit, number)


@area.page("/keys", "certificates/keys.html", may=P.KEY_MANAGE)
def show_keys(unit: Unit) -> KeysView:
    """Every key of the register, and the orders for new ones."""
    return keys.keys_view(unit)


@area.page("/keys/{ref}", "certificates/key_order.html", may=P.KEY_MANAGE)
def show_order(unit: Unit, ref: Ref) -> KeyOrderView:
    """One order for keys: who asked, who confirmed, what became of it."""
    return keys.order_view(unit, ref)


def ask_about_keys(unit: Unit) -> Ask:
    """The form of an order."""
    return Ask(
        title=_("Order keys"), submit=_("Ask for it"), back="/keys",
        lead=_("Somebody else has to confirm the order before anything is done. Keys made before go on verifying what they signed."),
        choices={"owner": keys.key_owners(unit), "task": [(one.value, _TASKS[one]) for one in KeyTask]},
    )  # fmt: skip


_TASKS = {KeyTask.MAKE: "Make new keys", KeyTask.WITHDRAW: "Withdraw the seal keys"}


@area.action(
    "/keys", then=show_order, may=P.KEY_MANAGE, ask=ask_about_keys, form_path="/keys/new", status=201
)
def order_keys(unit: Unit, form: AskKeys) -> dict[str, Any]:
    """Ask for keys to be made or withdrawn."""
    return {"ref": commands.ask_keys(unit, form).ref}


area.steps("/keys/{ref}", KEY_ORDER, find=keys.find_order, then=show_order)


@area.page("/reissues", "certificates/reissues.html", may=P.CERTIFICATE_REISSUE)
def reissues(unit: Unit) -> ReissueList:
    """New paper for all certificates of a body: what was asked for and how far it is."""
    return reissuing.reissue_list(unit)


@area.page("/reissues/{ref}", "certificates/reissue.html", may=P.CERTIFICATE_REISSUE)
def show_reissue(unit: Unit, ref: Ref) -> ReissueView:
    """One of them: how far it is, and which certificates could not be put on new paper."""
    return reissuing.reissue_view(unit, ref)


def ask_about_reissue(unit: Unit) -> Ask:
    """The form that starts it."""
    return Ask(
        title=_("New paper for many certificates"), submit=_("Begin"), back="/reissues",
        lead=_("Each certificate gets a new version that says the same. Nothing changes for the public: the paper of before counts until the new one is there. It takes about a minute for a thousand."),
        choices={"body": reissuing.bodies(unit), "key": reissuing.key_choices(unit)},
    )  # fmt: skip


@area.action(
    "/reissues", then=show_reissue, may=P.CERTIFICATE_REISSUE, ask=ask_about_reissue, form_path="/reissues/new", status=201
)  # fmt: skip
def begin_reissue(unit: Unit, form: StartReissue) -> dict[str, Any]:
    """Ask for new paper for the certificates of a body."""
    return {"ref": commands.start_reissue(unit, form).ref}


area.steps("/reissues/{ref}", REISSUE, find=reissuing.find_reissue, then=show_reissue)


def _certified(unit: Unit, certificate: Certificate) -> Choices:
    return {"curricula": queries.curriculum_choices(unit, certificate, Status.ACTIVE)}


def _suspended(unit: Unit, certificate: Certificate) -> Choices:
    return {"curricula": queries.curriculum_choices(unit, certificate, Status.SUSPENDED)}


def _still_on_it(unit: Unit, certificate: Certificate) -> Choices:
    suspended = queries.curriculum_choices(unit, certificate, Status.SUSPENDED)
    return {"curricula": [*queries.curriculum_choices(unit, certificate, Status.ACTIVE), *suspended]}


def _today(unit: Unit, _certificate: Certificate) -> Mapping[str, Any]:
    return {"effective_on": unit.today.isoformat()}


def _longest(unit: Unit, certificate: Certificate) -> Mapping[str, Any]:
    months = rule_pack(certificate.rule_pack).suspension_limit_months
    return {"effective_on": unit.today.isoformat(), "limit_on": add_months(unit.today, months).isoformat()}


area.steps(
    "/certificates/{number}", CERTIFICATE, find=queries.find_certificate, then=show, doing=CERTIFICATE_STEPS,
    choices={"suspend-curricula": _certified, "reinstate-curricula": _suspended, "reduce": _still_on_it},
    values={
        **{step.name: _today for step in CERTIFICATE.steps}, "suspend": _longest, "suspend-curricula": _longest,
    },
)  # fmt: skip


@area.file("/designs/{ref}/{design}/specimen.pdf", may=P.LICENCE_READ)
def design_specimen(unit: Unit, ref: Ref, design: Ref) -> Answer:
    """What a certificate of a body would look like in a design it may use: about nobody, and not sealed."""
    return Answer(specimen(unit, ref, design), "application/pdf", name=f"specimen-{design}.pdf")
