"""Closing a day: report, paper and letters are ordered in one transaction, so a day is closed whole or not at all."""

from datetime import timedelta
from hashlib import sha256
from typing import Final

import rfc8785

from app.certificates.keys import RRN
from app.daily.models import DayReport
from app.daily.queries import due_days
from app.daily.rules import DayContent, parts, summary, text, title
from app.kernel import mail
from app.kernel.database import Unit
from app.kernel.journal import hold_thread, record
from app.kernel.words import _, in_words
from app.organisations.queries import of_seat
from app.papers.commands import order
from app.papers.rules import PaperKind, Said, checking
from app.people.queries import members
from app.permissions import Role, Seat

READERS: Final = (
    Role.LICENCE_MANAGER,
    Role.BRAND_MANAGER,
    Role.STANDARDS_MANAGER,
    Role.OVERSIGHT_OFFICER,
    Role.TRUSTEE,
)
NEWS: Final = timedelta(days=31)
"""Older days that are caught up are kept and shown, and nobody gets a letter about each."""


def close_day(unit: Unit, said: DayContent) -> DayReport | None:
    """Keep the report of a day, have it sealed, and write to its readers. None when another worker was first."""
    hold_thread(unit, DayReport.__tablename__)
    if said.day not in due_days(unit):
        return None
    content = rfc8785.dumps(said.model_dump(mode="json"))
    row = DayReport(
        day=said.day, size=said.size, content=content.decode(), digest=sha256(content).hexdigest(), made_at=unit.now
    )  # fmt: skip
    unit.db.add(row)
    unit.db.flush()
    event = record(unit, "day.closed", row, day=said.day.isoformat(), size=said.size)
    order(unit, event, row.id, RRN, paper(said))
    if unit.today - said.day <= NEWS:
        for address, name in readers(unit).items():
            mail.post(
                unit, address, "day-report", name=name, title=title(said), summary=summary(said), text=text(said), link=said.address
            )  # fmt: skip
    return row


def readers(unit: Unit) -> dict[str, str]:
    """Whom the report is mailed to, by address: RRN's managers, and those outside that RRN named."""
    found = {address: _("reader of the register’s log") for address in unit.site.settings.report_to}
    for one in of_seat(unit, Seat.RRN):
        found |= {person.email: person.name for person in members(unit, one.id, *READERS)}
    return found


def paper(said: DayContent) -> Said:
    """The report as it is sealed."""
    return Said(
        kind=PaperKind.DAY, issuer=said.issuer, about=said.day.isoformat(), address=said.address, title=title(said),
        heading=_("Report of the day"), name=in_words(said.day), lead=summary(said), corner=(_("Entries"), f"{said.size:,}"),
        parts=(*parts(said), checking(said.issuer.name)),
        foot=_("This report and all others stand at {address}").format(address=said.address),
    )  # fmt: skip
