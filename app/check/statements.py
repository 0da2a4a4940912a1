"""Signed statements: each says what the register still says of that day and that moment, and its files are as they were sealed."""

from collections.abc import Iterator

from sqlalchemy import select

from app.certificates import jose
from app.check.breach import Breach
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.files import Damaged, fetch
from app.ledger.queries import root
from app.statements.models import SignedStatement
from app.statements.queries.views import differs_from_today, parts_again
from app.statements.rules import Content

FILES = {"pdf_digest": "PDF", "token_digest": "signed JSON"}


def every_statement_can_be_computed_again(unit: Unit) -> Iterator[Breach]:
    """The facts of each, computed anew for its two times, are those that were signed, but for words taken out since."""
    for row in unit.db.scalars(select(SignedStatement).order_by(SignedStatement.id)):
        where, said = f"statement {row.ref}", Content.model_validate_json(row.content)
        if differs_from_today(said, parts_again(unit, said)):
            yield Breach(where, "what it says does not follow from the register")
        if root(unit, said.as_of_log_size).hex() != said.root:
            yield Breach(where, "names another root of the ledger than the entries give")
        if row.sealed_at is not None:
            yield from _files(unit, where, row)


def _files(unit: Unit, where: str, row: SignedStatement) -> Iterator[Breach]:
    for name, what in FILES.items():
        digest = getattr(row, name)
        try:
            content = fetch(unit.site.settings, digest)
        except (NotFound, Damaged):
            yield Breach(where, f"its {what} is gone or was changed")
            continue
        if name == "token_digest" and (fault := _token_fault(content, row.content.encode())):
            yield Breach(where, fault)


def _token_fault(token: bytes, said: bytes) -> str:
    try:
        same = jose.decode(token.decode("ascii").split(".")[1]) == said
    except (UnicodeDecodeError, LookupError, jose.TokenRefused):
        return "its signed JSON is no such thing"
    return "" if same else "its signed JSON says something else than the statement"
