"""Asking for a signed statement: the answer is frozen in the transaction that asks, once for each question and register."""

from collections.abc import Callable
from datetime import datetime

import rfc8785
from sqlalchemy.exc import IntegrityError

from app.kernel.database import Unit
from app.kernel.journal import record
from app.ledger.commands import tell_by_digest
from app.ledger.rules import EntryKind
from app.statements.models import SignedStatement
from app.statements.queries import HELD, asked_content, held, untold_statements
from app.statements.queries.doubted import replaced_by
from app.statements.queries.views import same_question
from app.statements.rules import AskStatement, Content, Kind


def ask(unit: Unit, kind: Kind, ref: str, form: AskStatement) -> Callable[[Unit], SignedStatement]:
    """Work out the answer in one look at the register; what is given back writes it down. Raises NotFound or Refused."""
    said = asked_content(unit, kind, ref, form.on, form.known_at)
    return lambda unit: _freeze(unit, said)


def _freeze(unit: Unit, said: Content) -> SignedStatement:
    """The row of this question: another's when they were first."""
    found = same_question(unit, said)
    if found:
        return found
    row = SignedStatement(
        kind=said.kind, subject_ref=said.ref, on_day=said.on, known_at=said.then.known_at, size=said.as_of_log_size,
        content=rfc8785.dumps(said.model_dump(mode="json")).decode(), asked_at=unit.now,
    )  # fmt: skip
    try:
        with unit.db.begin_nested():
            unit.db.add(row)
            unit.db.flush()
    except IntegrityError:
        found = same_question(unit, said)
        if found is None:
            raise
        return found
    record(unit, "statement.asked", row, question=said.kind.value, about=said.ref, on=said.on.isoformat())
    return row


def replace(unit: Unit, statement_id: int) -> None:
    """The same answer, to be sealed anew, because others may know a key that sealed this one; asked twice, it is one."""
    old = unit.db.get_one(SignedStatement, statement_id, with_for_update=True, populate_existing=True)
    if replaced_by(unit, old):
        return
    row = SignedStatement(
        kind=old.kind, subject_ref=old.subject_ref, on_day=old.on_day, known_at=old.known_at, size=old.size, content=old.content,
        replaces_id=old.id, asked_at=unit.now,
    )  # fmt: skip
    unit.db.add(row)
    unit.db.flush()
    record(unit, "statement.doubted", old, by=row.ref)
    record(
        unit,
        "statement.asked",
        row,
        question=row.kind.value,
        about=row.subject_ref,
        on=row.on_day.isoformat(),
    )


def hold(unit: Unit, row: SignedStatement) -> None:
    """RRN has no keys to seal it with yet: note it once. It is made by itself when RRN has."""
    if row.sealed_at is None and not held(unit, row):
        record(unit, HELD, row)


def keep_sealed(
    unit: Unit, row: SignedStatement, pdf: str, token: str, seal_key: str, credential_key: str, at: datetime
) -> None:
    """Note the files of a statement, unless another worker was first: what was given out once stays."""
    if row.sealed_at is not None:
        return
    row.pdf_digest, row.token_digest, row.sealed_at = pdf, token, at
    row.seal_key, row.credential_key = seal_key, credential_key
    unit.db.flush()
    record(unit, "statement.sealed", row, pdf=pdf, token=token)


def tell_sealed(unit: Unit) -> int:
    """Tell the public of each sealed statement of which the log has yet to tell: by digests, nothing of what it says.

    The digest of the JSON is not told: of a short text from which words were taken out, a digest would tell too much.
    """
    return tell_by_digest(unit, EntryKind.STATEMENT_SEALED, untold_statements, _told)


def _told(row: SignedStatement) -> tuple[str, dict[str, str]]:
    files = {"statement.pdf": row.pdf_digest or "", "statement.jwt": row.token_digest or ""}
    return files["statement.jwt"], files
