"""The answer about one entry on one day, the button that has it signed, and the signed files."""

from collections.abc import Callable
from typing import Any

from app.kernel.database import Unit
from app.kernel.fields import AskedMoment, MaybeDay, Ref
from app.statements import commands, queries
from app.statements.queries import AnswerView, StatementView
from app.statements.rules import AskStatement, Kind
from app.web.gate import PUBLIC
from app.web.routing import Answer, Area

area = Area("statements")
PATH = "/register/{kind}/{ref}/statement"
ASK_AGAIN = {"Cache-Control": "public, no-cache"}
"""Words may be taken out of what the public was told, so a copy on the way has to ask before it is shown."""


@area.page(PATH, "statements/answer.html", may=PUBLIC)
def answer(unit: Unit, kind: Kind, ref: Ref, on: MaybeDay = None, known_at: AskedMoment = None) -> AnswerView:
    """What the register says of one entry on one day, as known at one moment, beside what is known now."""
    return queries.answer_view(unit, kind, ref, on, known_at)


@area.page("/statements/{ref}", "statements/show.html", may=PUBLIC)
def show(unit: Unit, ref: Ref) -> StatementView:
    """One statement: being made, or ready to be saved."""
    return queries.statement_view(unit, ref)


@area.action(PATH, then=show, may=PUBLIC, rate="statement", status=201, slow=True)
def ask(unit: Unit, kind: Kind, ref: Ref, form: AskStatement) -> Callable[[Unit], dict[str, Any]]:
    """Have the answer signed; asked again of the same register, it leads to the same statement."""
    freeze = commands.ask(unit, kind, ref, form)
    return lambda unit: {"ref": freeze(unit).ref}


@area.file(PATH + ".pdf", may=PUBLIC)
def asked_pdf(unit: Unit, kind: Kind, ref: Ref, on: MaybeDay = None, known_at: AskedMoment = None) -> Answer:
    """The sealed paper of this question, when somebody had it made."""
    row = queries.made_for(unit, kind, ref, on, known_at)
    return Answer(queries.file_of(unit, row, "pdf"), "application/pdf", f"statement-{row.ref}.pdf", ASK_AGAIN)


@area.file(PATH + ".json", may=PUBLIC)
def asked_json(unit: Unit, kind: Kind, ref: Ref, on: MaybeDay = None, known_at: AskedMoment = None) -> Answer:
    """The canonical JSON of this question, when somebody had it made."""
    row = queries.made_for(unit, kind, ref, on, known_at)
    return Answer(queries.file_of(unit, row, "json"), "application/json", headers=ASK_AGAIN)


@area.file("/statements/{ref}/statement.pdf", may=PUBLIC)
def pdf(unit: Unit, ref: Ref) -> Answer:
    """The statement on paper, sealed by RRN."""
    content = queries.file_of(unit, queries.find_statement(unit, ref), "pdf")
    return Answer(content, "application/pdf", f"statement-{ref}.pdf", ASK_AGAIN)


@area.file("/statements/{ref}/statement.json", may=PUBLIC)
def plain_json(unit: Unit, ref: Ref) -> Answer:
    """What is said, as canonical JSON (RFC 8785)."""
    content = queries.file_of(unit, queries.find_statement(unit, ref), "json")
    return Answer(content, "application/json", headers=ASK_AGAIN)


@area.file("/statements/{ref}/statement.jwt", may=PUBLIC)
def token(unit: Unit, ref: Ref) -> Answer:
    """The same JSON, signed with RRN's credential key (JWS)."""
    content = queries.file_of(unit, queries.find_statement(unit, ref), "jwt")
    return Answer(content, "application/jose", f"statement-{ref}.jwt", ASK_AGAIN)
