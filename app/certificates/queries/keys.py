"""What may be asked about keys: what counts no more, what was made with them, and the pages of keys and orders."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.certificates.keys import RRN, PublicKey, PublicKeys, Purpose
from app.certificates.models import (
    Certificate,
    CertificateVersion,
    KeyNotice,
    KeyOrder,
    Reissue,
    SignedRevocationList,
    SignedStatusList,
)
from app.certificates.queries.key_states import key_states, key_word
from app.certificates.rules import KEY_ORDER, LIVE, KeyEnd, KeyState, KeyTask, KeyUse, ReissueState
from app.kernel.casework import Casework, ToneView, steps_of, told
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.fields import Ref, View
from app.kernel.journal import Event, ending_with
from app.kernel.words import _, label
from app.ledger.models import LedgerCheckpoint
from app.licences.queries import stamp
from app.organisations.models import Organisation
from app.organisations.queries import of_seat
from app.papers.models import Paper
from app.permissions import Permission, Seat
from app.settings import Settings

WAITS = "key_order.waits"
"""The event of an order that cannot be carried out before there is a root."""
AT_ONCE = 20
"""Certificates that are put on new paper in one go."""
DOUBT_PAUSE: Final = timedelta(minutes=10)
"""How long nothing is looked for among what suspect keys made, once nothing was left."""
T = TypeVar("T")


class KeyLineView(View):
    """One key in the list."""

    id: str
    owner: str
    purpose: str
    signs_from: datetime
    ends_at: datetime
    """When it is to be replaced, or when its use ended."""
    word: ToneView


class KeyOrderLineView(View):
    """One order in the list."""

    ref: str
    what: str
    asked_at: datetime
    word: ToneView


class KeysView(View):
    """The keys of the register, and the orders for them."""

    keys: list[KeyLineView]
    orders: list[KeyOrderLineView]
    older: list[str]
    """Whose seal key was certified by an older root than the one that certifies now: new keys are to be ordered."""


class KeyOrderView(Casework):
    """The page of one order."""

    what: str
    reason: str
    asked_at: datetime
    word: ToneView
    waits: str
    """What it still waits for, in a sentence; empty when for nothing."""


class MadeView(View):
    """One thing that a key made."""

    what: str
    name: str
    at: datetime


def public_keys(settings: Settings) -> PublicKeys:
    """The published keys of this installation."""
    return PublicKeys(settings.data_dir / "keys")


def key_owners(unit: Unit) -> list[tuple[str, str]]:
    """Who has keys that people order: certification bodies, and the log."""
    return [(body.ref, body.name) for body in of_seat(unit, Seat.BODY)] + [
        (RRN, _("The register itself: its log, its seal, its credentials"))
    ]


def ended_keys(unit: Unit) -> dict[str, KeyUse]:
    """The keys that count no more, by thumbprint: the earliest moment that was told counts, and a suspicion stays one."""
    found: dict[str, KeyUse] = {}
    for row in unit.db.scalars(select(KeyNotice).order_by(KeyNotice.id)):
        known = found.get(row.ref, KeyUse(row.since, False))
        found[row.ref] = KeyUse(min(known.since, row.since), known.suspect or row.end is KeyEnd.SUSPECT)
    return found


def made_with(unit: Unit, key_id: str, since: datetime) -> list[MadeView]:
    """Everything that was made with a key at or after a moment, oldest first: papers, status lists, checkpoints."""
    key = public_keys(unit.site.settings).find(key_id)
    if key.purpose is Purpose.LOG:
        rows = select(LedgerCheckpoint.size, LedgerCheckpoint.signed_at).where(
            LedgerCheckpoint.signed_at >= since
        )
        asked = unit.db.execute(rows.order_by(LedgerCheckpoint.size))
        return [MadeView(what="checkpoint", name=str(row.size), at=row.signed_at) for row in asked]
    if key.purpose is Purpose.ROOT:
        return _sealed_under(unit, key, since)
    made = _papers(unit, key, since) + _other_papers(unit, key, since)
    return made + (_lists(unit, key, since) if key.purpose is Purpose.CREDENTIAL else [])


def seal_to_replace(unit: Unit) -> list[str]:
    """Who has no seal key because others may know the last one, by reference: another takes its place once there is a root."""
    keys, last = public_keys(unit.site.settings), dict[str, KeyNotice]()
    for row in unit.db.scalars(
        select(KeyNotice).where(KeyNotice.purpose == Purpose.SEAL).order_by(KeyNotice.id)
    ):
        last[row.owner] = row
    withdrawn = set(unit.db.scalars(select(KeyNotice.ref).where(KeyNotice.end == KeyEnd.WITHDRAWN)))
    return [
        owner
        for owner, row in last.items()
        if row.end is KeyEnd.SUSPECT
        and row.ref not in withdrawn
        and keys.usable(Purpose.SEAL, owner, unit.now) is None
    ]


def _sealed_under(unit: Unit, root: PublicKey, since: datetime) -> list[MadeView]:
    """The seal certificates a root made since a moment, and everything that was sealed under it since."""
    names, found = dict(key_owners(unit)), list[MadeView]()
    for key in public_keys(unit.site.settings).seals_under(root):
        if key.made_at >= since:
            found.append(
                MadeView(what="seal certificate", name=names.get(key.owner, key.owner), at=key.made_at)
            )
        found += _papers(unit, key, since) + _other_papers(unit, key, since)
    return sorted(found, key=lambda one: one.at)


def _papers(unit: Unit, key: PublicKey, since: datetime) -> list[MadeView]:
    column = CertificateVersion.seal_key if key.purpose is Purpose.SEAL else CertificateVersion.credential_key
    rows = (
        select(Certificate.number, CertificateVersion.number.label("version"), CertificateVersion.issued_at)
        .join(CertificateVersion, CertificateVersion.certificate_id == Certificate.id)
        .where(column == key.id, CertificateVersion.issued_at >= since)
        .order_by(CertificateVersion.issued_at, CertificateVersion.id)
    )
    what = "certificate" if key.purpose is Purpose.SEAL else "credential"
    return [
        MadeView(what=what, name=f"{row.number} version {row.version}", at=row.issued_at)
        for row in unit.db.execute(rows)
    ]


def _other_papers(unit: Unit, key: PublicKey, since: datetime) -> list[MadeView]:
    """Reports, decisions and licences."""
    column = Paper.seal_key if key.purpose is Purpose.SEAL else Paper.credential_key
    rows = select(Paper).where(column == key.id, Paper.sealed_at >= since).order_by(Paper.id)
    return [
        MadeView(what=f"{row.kind.value} on paper", name=row.ref, at=row.sealed_at or since)
        for row in unit.db.scalars(rows)
    ]


def _lists(unit: Unit, key: PublicKey, since: datetime) -> list[MadeView]:
    rows = (
        select(SignedStatusList)
        .join(Organisation, Organisation.id == SignedStatusList.body_id)
        .where(Organisation.ref == key.owner, SignedStatusList.signed_at >= since)
        .order_by(SignedStatusList.purpose, SignedStatusList.number)
    )
    return [
        MadeView(what="status list", name=f"{row.purpose} {row.number}", at=row.signed_at)
        for row in unit.db.scalars(rows)
    ]


def _on_doubtful_paper(unit: Unit) -> Select[Any]:
    """Live certificates whose newest paper is public and was made with a key that others may have known by then."""
    later = aliased(CertificateVersion)
    newer = exists().where(
        later.certificate_id == CertificateVersion.certificate_id, later.number > CertificateVersion.number
    )
    made = or_(
        CertificateVersion.seal_key == KeyNotice.ref, CertificateVersion.credential_key == KeyNotice.ref
    )
    return (
        select(Certificate.id)
        .join(CertificateVersion, CertificateVersion.certificate_id == Certificate.id)
        .join(KeyNotice, made)
        .where(KeyNotice.end == KeyEnd.SUSPECT, CertificateVersion.issued_at >= KeyNotice.since)
        .where(Certificate.status.in_(LIVE), Certificate.expires_on >= unit.today, ~newer)
    )


def to_reissue(unit: Unit) -> Sequence[int]:
    """The next certificates to be put on new paper one by one; those that ran out are left alone, and those of many."""
    many = select(Reissue.body_id).where(Reissue.status == ReissueState.RUNNING)
    asked = _on_doubtful_paper(unit).where(Certificate.body_id.not_in(many)).order_by(Certificate.id)
    return in_doubt(unit, "certificates", lambda: unit.db.scalars(asked.distinct().limit(AT_ONCE)).all())


def many_doubtful(unit: Unit) -> Sequence[Any]:
    """Body, key and moment, where more certificates wait for new paper than are put on it in one go."""
    columns = (Certificate.body_id, KeyNotice.ref, func.min(KeyNotice.since).label("since"))
    asked = _on_doubtful_paper(unit).with_only_columns(*columns).group_by(Certificate.body_id, KeyNotice.ref)
    asked = asked.having(func.count(Certificate.id.distinct()) > AT_ONCE)
    return in_doubt(unit, "many certificates", lambda: unit.db.execute(asked).all())


def in_doubt(unit: Unit, what: str, find: Callable[[], Sequence[T]]) -> Sequence[T]:
    """What `find` finds of those things made with a key that others may know.

    That goes through all a key ever made. So where nothing was left it is asked again when another key becomes suspect, else
    every ten minutes, for what was under way at that moment; and never while no key is.
    """
    count, name = _suspects(unit), f"no {what} in doubt"
    before, since = unit.site.memory.get(name, (0, unit.now))
    if count == before and unit.now < since + DOUBT_PAUSE:
        return ()
    found = find()
    if not found:
        unit.site.memory[name] = (count, unit.now)
    return found


def doubt_about(unit: Unit, certificate_id: int) -> datetime | None:
    """Since when others may have known a key that made the newest public paper of a certificate; None: nobody does."""
    if not _suspects(unit):
        return None
    newest = (
        select(CertificateVersion)
        .where(CertificateVersion.certificate_id == certificate_id, CertificateVersion.issued_at.is_not(None))
        .order_by(CertificateVersion.number.desc())
        .limit(1)
        .subquery()
    )
    made = or_(newest.c.seal_key == KeyNotice.ref, newest.c.credential_key == KeyNotice.ref)
    asked = select(KeyNotice.since).join(newest, made)
    asked = asked.where(KeyNotice.end == KeyEnd.SUSPECT, newest.c.issued_at >= KeyNotice.since)
    return unit.db.scalar(asked.order_by(KeyNotice.since).limit(1))


def _suspects(unit: Unit) -> int:
    """How many notices say that a key is suspect; remembered until the ledger grows, as each such notice makes it."""
    size, known = stamp(unit).size, unit.site.memory.get("suspects")
    if known is None or known[0] != size:
        asked = select(func.count()).select_from(KeyNotice).where(KeyNotice.end == KeyEnd.SUSPECT)
        known = unit.site.memory["suspects"] = (size, unit.db.scalar(asked) or 0)
    return int(known[1])


def revocation_list(unit: Unit, root: int) -> SignedRevocationList:
    """The list of revoked seals of the root of that number, as it is served. Raises NotFound."""
    found = unit.db.get(SignedRevocationList, root)
    if found is None:
        raise NotFound(_("There is no list of revoked seals of that root. It is made with the root."))
    return found


def key_list(unit: Unit) -> list[dict[str, Any]]:
    """Every key ever published, for machines: whose, what for, from when until when, and whether it counts no more."""
    ended = ended_keys(unit)
    return [_for_machines(key, ended.get(key.id)) for key in public_keys(unit.site.settings).all()]


def _for_machines(key: PublicKey, use: KeyUse | None) -> dict[str, Any]:
    return {
        "id": key.id, "purpose": key.purpose.value, "owner": key.owner, "made_at": key.made_at.isoformat(),
        "signs_from": key.signs_from.isoformat(), "signs_until": key.sign_until.isoformat(),
        "retired_at": key.retired_at.isoformat() if key.retired_at else None,
        "withdrawn_since": use.since.isoformat() if use and not use.suspect else None,
        "suspect_since": use.since.isoformat() if use and use.suspect else None,
    }  # fmt: skip


def visible_orders(unit: Unit) -> Select[KeyOrder]:
    """Orders for keys are RRN's own affair."""
    unit.actor.require(Permission.KEY_MANAGE)
    return select(KeyOrder)


def find_order(unit: Unit, ref: Ref) -> KeyOrder:
    """The order of that reference. Raises NotFound."""
    found = unit.db.scalar(visible_orders(unit).where(KeyOrder.ref == ref))
    if found is None:
        raise NotFound(_("There is no order for keys of that reference."))
    return found


def keys_view(unit: Unit) -> KeysView:
    """Every key and every order, newest first. There are a few for each body, so there is one page."""
    orders = unit.db.scalars(visible_orders(unit).order_by(KeyOrder.id.desc())).all()
    names, ended, known = dict(key_owners(unit)), ended_keys(unit), public_keys(unit.site.settings)
    states = key_states(unit, known, ended)
    older = [key for key in known.under_older_root(unit.now) if states[key.id] is KeyState.DUE]
    return KeysView(
        keys=[_key_line(key, names, key_word(states[key.id]), ended.get(key.id)) for key in reversed(known.all())],
        orders=[_order_line(order, names) for order in orders], older=[names.get(key.owner, key.owner) for key in older],
    )  # fmt: skip


def _key_line(key: PublicKey, names: dict[str, str], word: ToneView, use: KeyUse | None) -> KeyLineView:
    return KeyLineView(
        id=key.id, owner=names.get(key.owner, key.owner), purpose=label(f"{key.purpose} key"), signs_from=key.signs_from,
        ends_at=use.since if use else key.retired_at or key.sign_until, word=word,
    )  # fmt: skip


def _order_line(order: KeyOrder, names: dict[str, str]) -> KeyOrderLineView:
    return KeyOrderLineView(
        ref=order.ref, what=_what(order, names), asked_at=order.asked_at, word=_order_word(order)
    )


def _order_word(order: KeyOrder) -> ToneView:
    tones = {"done": "yes", "declined": "no"}
    return ToneView(word=label(order.status.value), tone=tones.get(order.status.value, "pause"))


def _what(order: KeyOrder, names: dict[str, str]) -> str:
    asked = _("New keys: {name}") if order.task is KeyTask.MAKE else _("Withdraw the seal keys: {name}")
    return asked.format(name=names.get(order.owner, order.owner))


def order_view(unit: Unit, ref: str) -> KeyOrderView:
    """The page of one order."""
    row = find_order(unit, ref)
    steps, barred = steps_of(unit, KEY_ORDER, row)
    return KeyOrderView(
        ref=row.ref, status=row.status.value, version=row.version, steps=steps, barred=barred, history=told(unit, row.thread, _note),
        what=_what(row, dict(key_owners(unit))), reason=row.reason, asked_at=row.asked_at, word=_order_word(row),
        waits=_waits(unit, row),
    )  # fmt: skip


def _waits(unit: Unit, row: KeyOrder) -> str:
    if row.id not in ending_with(unit, WAITS):
        return ""
    return _(
        "There is no root yet, so nothing was made. Hold the key ceremony (rrn keys ceremony): the order is then carried out by itself within a minute."
    )


def _note(event: Event) -> str:
    return str(event.data.get("form", {}).get("note", ""))
