"""Proofs for whoever holds what the log tells of by digest; the desk of redactions: RRN takes words out of what the public was told, two people together."""

from typing import Annotated, Any

from fastapi import Path

from app.kernel.database import Unit
from app.kernel.fields import Ref
from app.kernel.words import _
from app.ledger import commands, queries
from app.ledger.queries import RedactionList, RedactionView
from app.ledger.rules import REDACTION, EntryKind, NewRedaction
from app.permissions import Permission as P
from app.web.gate import PUBLIC
from app.web.routing import Answer, Area, Ask

area = Area("ledger")
PLAIN = "text/plain; charset=utf-8"
SHORTLY = {"Cache-Control": "public, max-age=30"}
Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]


@area.file("/log/statements/{digest}.tlog-proof", may=PUBLIC)
def statement_proof(unit: Unit, digest: Digest) -> Answer:
    """That a signed statement stands in the log, and so since when there is one; by the SHA-256 of its token."""
    return _proof(unit, EntryKind.STATEMENT_SEALED, digest)


@area.file("/log/papers/{digest}.tlog-proof", may=PUBLIC)
def paper_proof(unit: Unit, digest: Digest) -> Answer:
    """The same of a report, a decision or a licence, by the SHA-256 of its sealed PDF."""
    return _proof(unit, EntryKind.PAPER_SEALED, digest)


def _proof(unit: Unit, kind: EntryKind, digest: str) -> Answer:
    return Answer(queries.proof_by_digest(unit, kind, digest).encode(), PLAIN, headers=SHORTLY)


@area.page("/redactions", "ledger/index.html", may=P.LEDGER_REDACT)
def index(unit: Unit) -> RedactionList:
    """What was taken out, and what is asked to be."""
    return queries.redaction_list(unit)


@area.page("/redactions/{ref}", "ledger/show.html", may=P.LEDGER_REDACT)
def show(unit: Unit, ref: Ref) -> RedactionView:
    """One redaction."""
    return queries.redaction_view(unit, ref)


def ask_for_one(_unit: Unit) -> Ask:
    """The form that asks for one."""
    return Ask(
        title=_("Take words out of the log"), submit=_("Ask for it"), back="/redactions",
        lead=_("For words that must not be public any more, such as somebody’s name. A second person at RRN does it. The log keeps the entry and its proof, and says that words were taken out."),
    )  # fmt: skip


@area.action(
    "/redactions", then=show, may=P.LEDGER_REDACT, ask=ask_for_one, form_path="/redactions/new", status=201
)
def ask_redaction(unit: Unit, form: NewRedaction) -> dict[str, Any]:
    """Ask that the words of one entry be taken out."""
    return {"ref": commands.ask_redaction(unit, form).ref}


area.steps(
    "/redactions/{ref}", REDACTION, find=queries.find_redaction, then=show, doing=commands.REDACTION_STEPS
)
