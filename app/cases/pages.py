"""The pages of certification cases: the queue, one case, its application and its agreement."""

import secrets
from typing import Annotated, Any

from pydantic import Field

from app.cases import commands, queries
from app.cases.queries import AgreementPage, CaseView, QueueView
from app.cases.rules import CASE, State
from app.cases.rules.forms import OpenCase, OpenFollowUp, SaveApplication
from app.kernel.database import Unit
from app.kernel.fields import Optional, Ref, View
from app.kernel.words import _
from app.permissions import Permission as P
from app.web.forms import FormView, draw_form
from app.web.routing import Answer, Area, Ask

area = Area("cases")
Days = Annotated[int, Field(ge=1, le=3650)]


class ApplicationPage(View):
    """The application as it stands, to be filled in over many days, and what it still lacks."""

    ref: str
    body: str
    form: FormView
    missing: list[queries.GapView]
    saved: str
    ever_saved: bool
    version: int


@area.page("/cases", "cases/index.html", may=P.CASE_READ)
def index(
    unit: Unit,
    state: Annotated[State | None, Optional] = None,
    owner: Annotated[Ref | None, Optional] = None,
    late: bool = False,
    mine: bool = False,
    older: Annotated[Days | None, Optional] = None,
    every: bool = False,
    after: Annotated[Ref | None, Optional] = None,
) -> QueueView:
    """The work queue: what waits longest comes first."""
    return queries.queue(
        unit, state=state, owner=owner, late_only=late, mine=mine, older=older, every=every, after=after
    )


@area.page("/cases/{ref}", "cases/show.html", may=P.CASE_READ)
def show(unit: Unit, ref: Ref) -> CaseView:
    """One case: where it stands, whose turn it is, and what can be done."""
    return queries.case_view(unit, ref)


@area.page("/cases/{ref}/agreement", "cases/agreement.html", may=P.CASE_READ)
def agreement(unit: Unit, ref: Ref) -> AgreementPage:
    """The agreement, to be read and accepted."""
    return queries.agreement_page(unit, ref)


@area.file("/cases/{ref}/papers/{paper}", may=P.CASE_READ)
def decision(unit: Unit, ref: Ref, paper: Ref) -> Answer:
    """A decision on paper, sealed by the certification body."""
    return Answer(queries.decision_pdf(unit, ref, paper), "application/pdf", f"decision-{paper}.pdf")


@area.page("/cases/{ref}/application", "cases/application.html", may=P.CASE_APPLY)
def application(unit: Unit, ref: Ref) -> ApplicationPage:
    """The long form of an application: saved as it is, resumed later, checked before it is sent."""
    case = queries.draft_of(unit, ref)
    drawn = draw_form(
        SaveApplication, f"/cases/{ref}/save", _("Your application"), _("Save"), version=case.version,
        once=secrets.token_urlsafe(16), values=queries.application_values(unit, case),
        choices=queries.application_choices(unit, case),
    )  # fmt: skip
    return ApplicationPage(
        ref=case.ref, version=case.version, form=drawn, missing=queries.gaps_of(unit, case),
        saved=queries.saved_words(unit, case), ever_saved=queries.application_of(unit, case).saved_at is not None,
        body=queries.body_of(unit, case),
    )  # fmt: skip


def ask_application(unit: Unit, ref: Ref) -> Ask:
    """The same form when something in it could not be taken."""
    case = queries.draft_of(unit, ref)
    return Ask(
        title=_("Your application"), submit=_("Save"), back=f"/cases/{ref}/application", version=case.version,
        values=queries.application_values(unit, case), choices=queries.application_choices(unit, case),
    )  # fmt: skip


@area.action("/cases/{ref}/save", then=application, may=P.CASE_APPLY, ask=ask_application)
def save(unit: Unit, ref: Ref, form: SaveApplication) -> dict[str, Any]:
    """Keep the application as it is typed."""
    commands.DOING["save"](unit, queries.find_case(unit, ref), form)
    return {"ref": ref}


def ask_open(unit: Unit) -> Ask:
    """The form that begins an application."""
    return Ask(
        title=_("Apply for certification"), submit=_("Begin the application"), back="/cases",
        lead=_("You can save the application and come back to it as often as you like before you send it."),
        choices=queries.opening_choices(unit),
    )  # fmt: skip


@area.action("/cases", then=show, may=P.CASE_APPLY, ask=ask_open, form_path="/cases/new", status=201)
def open_case(unit: Unit, form: OpenCase) -> dict[str, Any]:
    """Begin an application."""
    return {"ref": commands.open_case(unit, form).ref}


def ask_follow_up(unit: Unit) -> Ask:
    """The form that looks again at a certificate there is."""
    return Ask(
        title=_("Look again at a certificate"), submit=_("Open the case"), back="/cases",
        lead=_("For surveillance, or when something was heard. The agreement with the client goes on."),
        choices=queries.follow_up_choices(unit),
    )  # fmt: skip


@area.action("/cases/follow-up", then=show, may=P.CASE_OFFICE, ask=ask_follow_up, status=201)
def open_follow_up(unit: Unit, form: OpenFollowUp) -> dict[str, Any]:
    """Open a case on a certificate there is."""
    return {"ref": commands.open_follow_up(unit, form).ref}


area.steps(
    "/cases/{ref}", CASE, find=queries.find_case, then=show,
    doing={name: function for name, function in commands.DOING.items() if name != "save"},
    choices={
        "accept-application": queries.check_choices, "plan": queries.plan_choices,
        "object-to-team": queries.team_choices, "answer-objection": queries.objected_choices,
        "complete-evaluation": queries.verdict_choices, "give-up": queries.verdict_choices,
        "close-note": queries.note_choices, "recommend": queries.verdict_choices, "grant": queries.item_choices,
        "reduce": queries.item_choices,
    },
    values={
        "accept-agreement": queries.agreement_values, "sign-agreement": queries.agreement_values,
        "plan": queries.plan_values, "grant": queries.item_values,
    },
)  # fmt: skip
