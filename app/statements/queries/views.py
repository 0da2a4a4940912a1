"""The content of a statement as it would be frozen now, and the pages of the answer and of the finished paper."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from app.certificates.did import Addresses
from app.certificates.effects import OWNER
from app.certificates.rules import Answer
from app.kernel import files
from app.kernel.database import Unit
from app.kernel.errors import NotFound, Refused, TooSoon
from app.kernel.fields import View
from app.kernel.journal import ending_with
from app.kernel.words import _
from app.ledger.queries import asked, last_change, root, untold
from app.statements.models import SignedStatement
from app.statements.queries.doubted import first_asked_on, replaced_by
from app.statements.queries.facts import part_of
from app.statements.rules import FORMAT, Content, Facts, Kind, Part, same_but_redacted

AGAIN_SECONDS = 5
WAIT_SECONDS = 86_400
PATIENCE = timedelta(hours=6)
"""How long a statement is left to the tries of its delivery."""
HELD = "statement.held"
"""The event of a statement that cannot be made before RRN has keys of its own."""
DRAWN_BY = "RRN register, " + FORMAT


class AnswerView(View):
    """The answer of then, and what is known now when that differs."""

    kind: Kind
    ref: str
    on: date
    known_at: datetime
    today: date
    as_of_log_size: int
    then: Part
    now: Part | None
    differs: bool
    asked_then: bool
    """Whether the question is about what was known at an earlier moment."""
    known: str
    """Whose knowledge the answer is, in words."""
    known_now: str
    """The same of what is known now."""
    so_today: Part | None
    """What is so today, where the answer is a yes about another day or of an earlier knowledge and today's is none: that is read first."""


class StatementView(View):
    """One statement: what it says, and its files once they are made."""

    ref: str
    kind: Kind
    subject: str
    on: date
    known_at: datetime
    as_of_log_size: int
    root: str
    then: Part
    now: Part | None
    differs: bool
    known: str
    known_now: str
    asked_at: datetime
    sealed_at: datetime | None
    redacted: bool
    """Words in it were taken out since, so its files are not given any more."""
    entry: int | None
    """The entry of the log that tells of it; none for some minutes."""
    waits: bool
    """RRN has no keys to seal it with yet; it is made by itself when it has."""
    replaced_by: str
    """The statement with the same answer that took its place, because others may have known the key of this one; empty for none."""


def asked_content(unit: Unit, kind: Kind, ref: str, on: date | None, known_at: datetime | None) -> Content:
    """What a statement asked now would say. Raises NotFound, and Refused for days and moments that have not come yet."""
    end, about = last_change(unit), asked(unit, on, known_at)
    if about.to_come:
        raise Refused(_("{why} Nothing was saved.").format(why=about.to_come))
    if end.at is None:
        raise Refused(_("The register has no entry yet, so there is nothing to state. Nothing was saved."))
    day, then_at = about.on, about.known_at or end.at
    then = part_of(unit, kind, ref, day, then_at)
    addresses = Addresses(unit.site.settings.public_base_url)
    where = f"verify/{ref}" if kind is Kind.CERTIFICATES else f"register/{kind}/{ref}"
    return Content(
        format=FORMAT, issuer={"id": addresses.did(), "name": OWNER}, address=f"{addresses.base}/{where}", kind=kind, ref=ref,  # type: ignore[arg-type]
        on=day, then=then, now=part_of(unit, kind, ref, day, end.at) if then_at < end.at else None, as_of_log_size=end.size,
        as_of=end.at, root=root(unit, end.size).hex(), drawn_by=DRAWN_BY,
    )  # fmt: skip


def answer_view(unit: Unit, kind: Kind, ref: str, on: date | None, known_at: datetime | None) -> AnswerView:
    """The answer, before anything is signed."""
    said = asked_content(unit, kind, ref, on, known_at)
    today = asked_content(unit, kind, ref, None, None).then
    is_over = said.then.facts.answer is Answer.CERTIFIED and today.facts.answer is not Answer.CERTIFIED
    return AnswerView(
        kind=kind, ref=ref, on=said.on, known_at=said.then.known_at, today=unit.today, as_of_log_size=said.as_of_log_size,
        then=said.then, now=said.now, differs=said.differs, asked_then=said.now is not None, so_today=today if is_over else None,
        **_known(said, unit.today),
    )  # fmt: skip


def _known(said: Content, asked_on: date) -> dict[str, str]:
    return {
        "known": said.known_when(said.then, asked_on),
        "known_now": said.known_when(said.now, asked_on) if said.now else "",
    }


def find_statement(unit: Unit, ref: str) -> SignedStatement:
    """A statement by its own reference. Raises NotFound."""
    found = unit.db.scalar(select(SignedStatement).where(SignedStatement.ref == ref))
    if found is None:
        raise NotFound(_("There is no signed statement of that reference."))
    return found


def statement_view(unit: Unit, ref: str) -> StatementView:
    """Where a statement stands."""
    row = find_statement(unit, ref)
    said = Content.model_validate_json(row.content)
    redacted, later = not _still_said(unit, said), replaced_by(unit, row)
    return StatementView(
        ref=row.ref, kind=row.kind, subject=row.subject_ref, on=row.on_day, known_at=row.known_at, as_of_log_size=row.size, root=said.root,
        then=parts_again(unit, said)[0] if redacted else said.then, now=None if redacted else said.now,
        differs=not redacted and said.differs, asked_at=row.asked_at, sealed_at=row.sealed_at, redacted=redacted,
        waits=held(unit, row), entry=row.entry, replaced_by=later.ref if later else "", **_known(said, first_asked_on(unit, row)),
    )  # fmt: skip


def every_sealed_statement(unit: Unit) -> list[SignedStatement]:
    """Every statement whose files are given out, oldest first."""
    rows = select(SignedStatement).where(SignedStatement.sealed_at.is_not(None)).order_by(SignedStatement.id)
    return [
        row for row in unit.db.scalars(rows) if _still_said(unit, Content.model_validate_json(row.content))
    ]


def untold_statements(unit: Unit) -> list[SignedStatement]:
    """Sealed statements of which the log has yet to tell."""
    return untold(unit, SignedStatement)


def held(unit: Unit, row: SignedStatement) -> bool:
    """Whether it waits for RRN's keys."""
    return row.sealed_at is None and row.id in ending_with(unit, HELD)


def left_over(unit: Unit) -> list[int]:
    """The statements that have been waiting for so long for a signature, and not for RRN's keys, by id, oldest first."""
    one = SignedStatement
    waiting = one.sealed_at.is_(None), one.entry.is_(None), one.asked_at < unit.now - PATIENCE
    asked = select(SignedStatement.id).where(*waiting).order_by(SignedStatement.id)
    held_ones = set(ending_with(unit, HELD))
    return [one for one in unit.db.scalars(asked) if one not in held_ones]


def parts_again(unit: Unit, said: Content) -> list[Part]:
    """The same answers computed today: facts must come out the same, but for words that were taken out since."""
    return [
        part_of(unit, said.kind, said.ref, said.on, part.known_at) for part in (said.then, said.now) if part
    ]


def differs_from_today(said: Content, again: list[Part]) -> bool:
    """Whether the facts do not follow from the register, taken-out words aside."""
    stored = [part.facts for part in (said.then, said.now) if part]
    return not all(
        same_but_redacted(_plain(one), _plain(other.facts)) for one, other in zip(stored, again, strict=True)
    )


def _plain(facts: Facts) -> object:
    return facts.model_dump(mode="json")


def _still_said(unit: Unit, said: Content) -> bool:
    """Whether every word in it may still be given out."""
    stored = [part.facts for part in (said.then, said.now) if part]
    return stored == [part.facts for part in parts_again(unit, said)]


def made_for(unit: Unit, kind: Kind, ref: str, on: date | None, known_at: datetime | None) -> SignedStatement:
    """The statement somebody had signed for this question and this register. Raises NotFound or Refused."""
    said = asked_content(unit, kind, ref, on, known_at)
    found = same_question(unit, said)
    if found is None:
        raise NotFound(
            _(
                "Nobody has had this answer signed yet. Open its page without .pdf or .json and press “Make a signed statement”."
            )
        )
    return found


def same_question(unit: Unit, said: Content) -> SignedStatement | None:
    """The statement that answers the same question of the same register: the newest, where one took the place of another."""
    return unit.db.scalar(
        select(SignedStatement).where(
            SignedStatement.kind == said.kind, SignedStatement.subject_ref == said.ref, SignedStatement.on_day == said.on,
            SignedStatement.known_at == said.then.known_at, SignedStatement.size == said.as_of_log_size,
        ).order_by(SignedStatement.id.desc()).limit(1)
    )  # fmt: skip


def file_of(unit: Unit, row: SignedStatement, name: str) -> bytes:
    """A file of a statement. Raises TooSoon while it is being made, NotFound once words in it were taken out."""
    if not _still_said(unit, Content.model_validate_json(row.content)):
        raise NotFound(
            _(
                "RRN has taken words out of what this statement says, so its files are not given any more. Ask for a new statement of the same day."
            )
        )
    if held(unit, row):
        raise TooSoon(
            _(
                "RRN has no seal key yet, so the statement waits. It is made by itself as soon as there is one: keep the address and ask again tomorrow."
            ),
            WAIT_SECONDS,
        )
    if row.sealed_at is None:
        raise TooSoon(
            _("The statement is being made. Ask again in {seconds} seconds.").format(seconds=AGAIN_SECONDS),
            AGAIN_SECONDS,
        )
    if name == "json":
        return row.content.encode()
    digest = row.pdf_digest if name == "pdf" else row.token_digest
    return files.fetch(unit.site.settings, digest or "")
