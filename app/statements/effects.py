"""What follows a question for a signed statement: the worker draws, signs, seals, looks at it as a stranger would, and keeps it."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from app.certificates.did import STATEMENT_TYP, Addresses
from app.certificates.effects import OWNER, press
from app.certificates.effects.worker import do, rrn_keys, stamps_of
from app.kernel import files
from app.kernel.actor import SYSTEM
from app.kernel.clock import civil_date
from app.kernel.database import Site, Unit, reading, writing
from app.kernel.journal import Event, Finish, after, ending_with, record
from app.kernel.outbox import every
from app.kernel.words import _, in_words, spoken
from app.ledger.effects import TOLD_EVERY, tell_of
from app.statements.commands import hold, keep_sealed, replace, tell_sealed
from app.statements.models import SignedStatement
from app.statements.queries import HELD, left_over, untold_statements
from app.statements.queries.doubted import doubted_statements, first_asked_on
from app.statements.rules import CertificateFact, ChangeFact, Content, Part, status_word


@after("statement.asked")
@after("statement.released")
def make(unit: Unit, event: Event) -> Finish | None:
    """Make the files of one statement, once; nobody hears of them before they are stored. Without keys it waits for them, without a time stamp it is tried again."""
    return _made(unit, event.subject_id)


@every(timedelta(minutes=10))
def make_left_over(site: Site) -> None:
    """What nobody could sign for so long that its delivery gave up is tried again, for as long as it takes, one after another."""
    with reading(site, SYSTEM) as unit:
        waiting = left_over(unit)
    for statement_id in waiting:
        do(site, partial(_again, statement_id))


def _again(statement_id: int, unit: Unit) -> Finish | None:
    return _made(unit, statement_id)


def _made(unit: Unit, statement_id: int) -> Finish | None:
    row = unit.db.get_one(SignedStatement, statement_id)
    if row.sealed_at is not None:
        return None
    store = rrn_keys(unit)
    if store is None:
        return lambda unit: hold(unit, unit.db.get_one(SignedStatement, statement_id))
    addresses = Addresses(unit.site.settings.public_base_url)
    made = press().seal_paper(
        paper(Content.model_validate_json(row.content), first_asked_on(unit, row), civil_date(row.asked_at)),
        row.content.encode(),
        STATEMENT_TYP,
        store,
        addresses,
        unit.now,
        stamps=stamps_of(unit),
    )
    pdf, token = (files.keep(unit.site.settings, content) for content in (made.pdf, made.token))
    at = unit.now

    def finish(unit: Unit) -> None:
        mine = unit.db.get_one(SignedStatement, statement_id, with_for_update=True)
        keep_sealed(unit, mine, pdf, token, made.seal_key, made.credential_key, at)

    return finish


@after("key_order.done")
def release(unit: Unit, _event: Event) -> Finish | None:
    """The keys that were ordered may be RRN's own: what waited for them is made now."""
    return _release(unit)


@every(timedelta(seconds=15))
def release_held(site: Site) -> None:
    """The ceremony makes keys without telling the database, so the worker looks whether statements still have to wait."""
    do(site, _release)


def _release(unit: Unit) -> Finish | None:
    if not ending_with(unit, HELD) or rrn_keys(unit) is None:
        return None

    def finish(unit: Unit) -> None:
        for statement in ending_with(unit, HELD):
            record(unit, "statement.released", unit.db.get_one(SignedStatement, statement))

    return finish


@every(TOLD_EVERY)
def tell(site: Site) -> None:
    """The log tells of sealed statements."""
    tell_of(site, untold_statements, tell_sealed)


@every(timedelta(seconds=15))
def replace_doubtful_statements(site: Site) -> None:
    """What was sealed with a key that others may have known is sealed anew; the statement of before stays, and says so."""
    with reading(site, SYSTEM) as unit:
        statements = doubted_statements(unit)
    for statement_id in statements:
        with writing(site, SYSTEM) as unit:
            replace(unit, statement_id)


def paper(said: Content, asked_on: date, made_on: date) -> Any:
    """A statement as it is laid on paper. Both days are kept beside it, so that it can be drawn again as it was."""
    facts, known = said.then.facts, said.known_when(said.then, asked_on)
    sections = [press().Lines(_("What the register said"), [_known(said, said.then, asked_on), said.then.sentence])]  # fmt: skip
    if said.differs and said.now:
        sections.append(press().Lines(_("What is known now"), [_known(said, said.now, asked_on), said.now.sentence]))  # fmt: skip
        sections.append(
            press().Lines(
                "", [_("What was recorded later changes the answer: the two above are not the same.")]
            )
        )
    elif said.now:
        sections.append(
            press().Lines(_("What is known now"), [_("Nothing that was recorded later changes this answer.")])
        )
    sections += _rests_on((said.now or said.then) if said.differs else said.then)
    sections.append(press().Lines(_("How this can be checked"), _checking(said)))
    return press().Paper(
        title=_("Statement about {name} on {day}").format(name=facts.name, day=in_words(said.on)),
        heading=_("Signed statement"), name=facts.name, author=OWNER,
        lead=_("About {day}, {known}. Made on {made}.").format(day=in_words(said.on), known=known, made=in_words(made_on)),
        corner=(_("About the day"), in_words(said.on)), sections=sections, attached="statement.jwt",
        foot=_("This statement speaks of that day only. What is so today stands at {address}").format(address=said.address),
    )  # fmt: skip


def _known(said: Content, part: Part, asked_on: date) -> str:
    known = said.known_when(part, asked_on)
    return f"{known[:1].upper()}{known[1:]}: {part.title.rstrip('.')}."


def _rests_on(part: Part) -> list[Any]:
    """The histories an answer rests on, in words."""
    facts = part.facts
    found = [press().Lines(_("Former names"), [", ".join(facts.formerly)])] if facts.formerly else []
    found += [
        press().Lines(_("Certificate {number}").format(number=one.number), _certificate(one))
        for one in facts.certificates
    ]
    if facts.approvals:
        spans = [_("Approved from {first} to {last}").format(first=in_words(span.from_on), last=in_words(span.to_on)) for span in facts.approvals]  # fmt: skip
        found.append(press().Lines(_("Approvals as an affiliate"), spans))
    if facts.body:
        lines = (
            [_("UKAS number {number}").format(number=facts.body.ukas_number)]
            if facts.body.ukas_number
            else []
        )
        lines += [_change(line) for line in facts.history]
        found.append(press().Lines(_("What the register has said of its licence"), lines))
    return found


def _certificate(one: CertificateFact) -> list[str]:
    term = _("Held by {holder}; certified by {body}; granted on {granted}, last day {last}.")
    lines = [
        term.format(
            holder=one.holder,
            body=one.body.name,
            granted=in_words(one.granted_on),
            last=in_words(one.expires_on),
        ),
        _("On the day: {status}.").format(
            status=status_word(one.status).lower() if one.status else _("no status yet")
        ),
    ]
    lines += [
        _("Curriculum “{title}”, version {version}: {status}.").format(
            title=item.title, version=item.version, status=status_word(item.status).lower()
        )
        for item in one.curricula
    ]
    return [*lines, *(_change(line) for line in one.history)]


def _change(line: ChangeFact) -> str:
    said = _("From {day}, recorded on {moment}: {status}. {words}").format(
        day=in_words(line.effective_on), moment=spoken(line.recorded_at),
        status=status_word(line.status), words=line.words,
    ).strip()  # fmt: skip
    return f"{line.curriculum}: {said}" if line.curriculum else said


def _checking(said: Content) -> list[str]:
    return [
        _(
            "The seal of {owner} is in this file, with the same statement for programs (statement.jwt)."
        ).format(owner=OWNER),
        _("The register had {size} entries then. Their root hash (RFC 6962) is").format(
            size=f"{said.as_of_log_size:,}"
        ),
        said.root,
        _("Drawn by {software}.").format(software=said.drawn_by),
    ]
