"""The page of the log, and the reports of its days: to read, to keep, and for programs."""

from typing import Annotated

from fastapi import Query

from app.daily import queries
from app.daily.queries import DayView, LogView
from app.daily.rules import text
from app.kernel.database import Unit
from app.kernel.fields import Day, Optional
from app.web.gate import PUBLIC
from app.web.routing import Answer, Area

area = Area("daily")
A_WHILE = {"Cache-Control": "public, max-age=300"}


@area.page("/log", "daily/index.html", may=PUBLIC)
def index(unit: Unit, before: Annotated[Day | None, Optional, Query()] = None) -> LogView:
    """What the log is, how far it goes, and its days."""
    return queries.log_view(unit, before)


@area.page("/log/days/{day}", "daily/show.html", may=PUBLIC)
def show(unit: Unit, day: Day) -> DayView:
    """The report of one day."""
    return queries.day_view(unit, day)


@area.file("/log/days/{day}/report.json", may=PUBLIC)
def report_json(unit: Unit, day: Day) -> Answer:
    """The report as canonical JSON (RFC 8785)."""
    return Answer(queries.find_day(unit, day).content.encode(), "application/json", headers=A_WHILE)


@area.file("/log/days/{day}/report.txt", may=PUBLIC)
def report_text(unit: Unit, day: Day) -> Answer:
    """The report as plain text, as it is mailed, the checkpoint verbatim."""
    said = queries.said_in(queries.find_day(unit, day))
    return Answer(text(said).encode(), "text/plain; charset=utf-8", headers=A_WHILE)


@area.file("/log/days/{day}/report.pdf", may=PUBLIC)
def report_pdf(unit: Unit, day: Day) -> Answer:
    """The report on paper, sealed by RRN."""
    return Answer(queries.pdf_of_day(unit, day), "application/pdf", f"register-{day}.pdf", headers=A_WHILE)
