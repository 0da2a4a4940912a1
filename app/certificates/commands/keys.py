"""Orders for keys by two people, and telling the public that a key counts no more."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.certificates.commands.granting import add_version
from app.certificates.commands.statements import reduced_statement
from app.certificates.keys import RRN, PublicKey
from app.certificates.models import Certificate, CertificateVersion, KeyNotice, KeyOrder
from app.certificates.queries import newest_version
from app.certificates.queries.keys import WAITS, key_owners, made_with, public_keys
from app.certificates.rules import KEY_ORDER, AskKeys, KeyEnd, KeyOrderState, KeyTask, Statement
from app.kernel.casework import begin
from app.kernel.clock import civil_date
from app.kernel.database import Unit
from app.kernel.errors import Invalid, Refused
from app.kernel.journal import ending_with, record
from app.kernel.words import _
from app.ledger.commands import append
from app.ledger.rules import EntryKind
from app.licences.queries import standing
from app.permissions import Permission

CORRECT_IT = "Nothing was saved: correct it and send it again."


def ask_keys(unit: Unit, form: AskKeys) -> KeyOrder:
    """Ask for keys to be made or withdrawn; somebody else has to confirm it. Raises Invalid or Refused."""
    unit.actor.require(Permission.KEY_MANAGE)
    if form.owner not in dict(key_owners(unit)):
        raise Invalid(_(CORRECT_IT), {"owner": _("Choose a certification body, or the log.")})
    if form.owner == RRN and form.task is KeyTask.WITHDRAW:
        said = _("The log cannot be without a key: have a new one made instead.")
        raise Invalid(_(CORRECT_IT), {"task": said})
    order = KeyOrder(owner=form.owner, task=form.task, reason=form.reason, asked_at=unit.now)
    try:
        begin(unit, KEY_ORDER, order, "asked", form=form.model_dump(mode="json"))
    except IntegrityError as error:
        raise Refused(
            _("There is an open order for these keys already. Nothing was saved: look at the list of orders.")
        ) from error
    return order


def wait_for_root(unit: Unit, order: KeyOrder) -> None:
    """Nothing can be certified before the ceremony made RRN's root: say so once, where the order is read."""
    if order.status is KeyOrderState.CONFIRMED and order.id not in ending_with(unit, WAITS):
        record(unit, WAITS, order)


def withdraw_keys(unit: Unit, keys: Sequence[PublicKey], since: datetime, public_text: str) -> None:
    """Tell the public that keys seal no longer; what they sealed before stands."""
    for key in keys:
        _notice(unit, key, KeyEnd.WITHDRAWN, since, public_text, "")


def suspect(unit: Unit, key: PublicKey, since: datetime, public_text: str, said_by: str) -> KeyNotice:
    """Tell the public that others may know a key since a moment. The worker replaces it, and what it made since.

    Of a root, every seal it certified is told of as well: nobody can tell those from seals that others certified. Raises
    Refused for a moment that is not past.
    """
    unit.actor.require(Permission.REGISTER_CONTINUE)
    if since > unit.now:
        raise Refused(_("The moment has to be past. Nothing was saved."))
    notice = _notice(unit, key, KeyEnd.SUSPECT, since, public_text, said_by)
    for seal in public_keys(unit.site.settings).seals_under(key):
        _notice(unit, seal, KeyEnd.SUSPECT, since, public_text, said_by)
    return notice


def _notice(
    unit: Unit, key: PublicKey, end: KeyEnd, since: datetime, public_text: str, said_by: str
) -> KeyNotice:
    """One notice, one event, one entry of the ledger."""
    notice = KeyNotice(
        ref=key.id, purpose=key.purpose.value, owner=key.owner, end=end, since=since, recorded_at=unit.now,
        public_text=public_text, said_by=said_by,
    )  # fmt: skip
    unit.db.add(notice)
    unit.db.flush()
    made = made_with(unit, key.id, since) if end is KeyEnd.SUSPECT else []
    event = record(unit, f"key.{end}", notice, since=since.isoformat(), said_by=said_by, made=len(made))
    told = {
        "key": key.id, "purpose": key.purpose.value, "owner": key.owner, "status": end.value, "since": since.isoformat(),
        "public_text": public_text,
    }  # fmt: skip
    append(unit, event, EntryKind.KEY_STATUS, key.id, told, effective_on=civil_date(since))
    return notice


def reissue(unit: Unit, certificate_id: int) -> None:
    """The same certificate on new paper, because others may know a key that made the old one.

    The statement is the same but for the version it names; the worker seals, stores and publishes it like any other.
    """
    unit.actor.require(Permission.REGISTER_CONTINUE)
    body_id = unit.db.get_one(Certificate, certificate_id).body_id
    standing(unit, body_id, unit.today)  # licence first, certificate then: the one order of locks
    certificate = unit.db.scalars(
        select(Certificate).where(Certificate.id == certificate_id).with_for_update()
    ).one()
    version = newest_version(unit, certificate)
    if version.issued_at is None or certificate.status.is_final:
        return
    record(unit, "certificate.reissued", certificate, release=version.number + 1)
    reprint(unit, certificate, version)


def reprint(unit: Unit, certificate: Certificate, version: CertificateVersion) -> CertificateVersion:
    """Another version that says what this one says, but for the number of the version; still to be issued."""
    said = Statement.model_validate_json(version.statement)
    same = reduced_statement(said, [item.ref for item in said.scope])
    return add_version(unit, certificate, same, reprint=True)
