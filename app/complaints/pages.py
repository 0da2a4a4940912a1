"""Reporting for everybody, appeals for clients, and the desk that deals with both."""

from typing import Annotated, Any

from fastapi import Query

from app.complaints import commands, queries
from app.complaints.queries import ComplaintList, ComplaintView, ProgressView, SentView
from app.complaints.rules import COMPLAINT, REPORTS, plain_code
from app.complaints.rules.forms import Follow, NewAppeal, Report
from app.curricula.pages import MEDIA
from app.kernel import files
from app.kernel.database import Unit
from app.kernel.fields import Optional, Ref, Text
from app.kernel.words import _
from app.organisations.queries import organisation
from app.permissions import Permission as P
from app.web.gate import PUBLIC
from app.web.routing import Answer, Area, Ask, Landing

area = Area("complaints")


@area.page("/report/sent", "complaints/sent.html", may=PUBLIC, api="")
def sent(_unit: Unit) -> SentView:
    """A reference and a code were shown here once; the code is not known any more."""
    return SentView()


def ask_report(unit: Unit, number: Text = "") -> Ask:
    """The form for anybody; whoever is signed in is told that their name goes with it."""
    danger = _("If somebody is in danger now, call 999: we look into training and cannot come.")
    named = _(
        "You are signed in as {name}, so your name goes with it. Sign out first to report without a name."
    )
    lead = _(
        "You need no account and no name. We answer by way of a reference and a code, which we show you once it is sent. It costs nothing."
    )
    return Ask(
        title=_("Report a false claim or a concern"), submit=_("Send the report"), back="/",
        lead=f"{danger} {named.format(name=unit.actor.name) if unit.actor.signed_in else lead}",
        values={"number": number},
        choices={"matter": [(matter.value, _(text)) for matter, text in REPORTS.items()]},
        template="complaints/report.html",
    )  # fmt: skip


@area.action("/reports", then=sent, may=PUBLIC, ask=ask_report, form_path="/report", status=201)
def report(unit: Unit, form: Report) -> Landing:
    """Take a report in, and show once what it is followed by."""
    row, code = commands.report(unit, form)
    desk = organisation(unit, row.desk_id).name
    return Landing(show=SentView(ref=row.ref, code=code, desk=desk, acknowledge_by=row.acknowledge_by))


@area.page("/report/progress", "complaints/progress.html", may=PUBLIC, api="")
def progress(_unit: Unit) -> ProgressView:
    """Nothing without reference and code: they are never part of an address."""
    return ProgressView()


def ask_follow(_unit: Unit) -> Ask:
    """The form for reference and code."""
    return Ask(
        title=_("Follow a report"), submit=_("Show where it stands"), back="/report",
        lead=_("Both were shown to you once, when the report was sent."),
    )  # fmt: skip


@area.action("/reports/follow", then=progress, may=PUBLIC, ask=ask_follow, form_path="/report/follow")
def follow(unit: Unit, form: Follow) -> Landing:
    """Where one report stands."""
    row = queries.complaint_of_code(unit, form.reference, plain_code(form.code))
    return Landing(show=queries.progress(unit, row))


@area.page("/complaints", "complaints/index.html", may=P.COMPLAINT_READ)
def index(
    unit: Unit, every: bool = False, after: Annotated[Ref | None, Optional, Query()] = None
) -> ComplaintList:
    """Complaints, appeals and concerns, what came first at the top."""
    return queries.complaint_list(unit, every, after)


@area.page("/complaints/{ref}", "complaints/show.html", may=P.COMPLAINT_READ)
def show(unit: Unit, ref: Ref) -> ComplaintView:
    """One complaint: where it stands, whose turn it is, what was found out, how it was decided."""
    return queries.complaint_view(unit, ref)


@area.file("/complaints/{ref}/documents/{document}/file", may=P.COMPLAINT_READ)
def document_file(unit: Unit, ref: Ref, document: Ref) -> Answer:
    """A document that was gathered, always to be saved."""
    row = queries.find_document(unit, ref, document)
    return Answer(
        files.fetch(unit.site.settings, row.digest), MEDIA[row.kind], f"document-{row.ref}.{row.kind}"
    )


def ask_appeal(unit: Unit, against: Annotated[Ref | None, Optional, Query()] = None) -> Ask:
    """The form of an appeal, with the decision chosen when one came from its page."""
    return Ask(
        title=_("Appeal against a decision"), submit=_("Send the appeal"), back="/complaints",
        values={"decision": against or ""}, choices=queries.decision_choices(unit),
        template="complaints/appeal.html", more=queries.appeal_terms(unit),
    )  # fmt: skip


@area.action("/appeals", then=show, may=P.APPEAL_MAKE, ask=ask_appeal, form_path="/appeals/new", status=201)
def appeal(unit: Unit, form: NewAppeal) -> dict[str, Any]:
    """Appeal against a decision."""
    return {"ref": commands.appeal(unit, form).ref}


area.steps(
    "/complaints/{ref}", COMPLAINT, find=queries.find_complaint, then=show, doing=commands.DOING,
    choices={"pass-on": queries.desk_choices, "assign": queries.handler_choices},
)  # fmt: skip
