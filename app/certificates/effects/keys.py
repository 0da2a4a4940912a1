"""What follows orders for keys, the end of a licence, and the suspicion that others know a key."""

from datetime import datetime, timedelta
from typing import Any

from app.certificates import queries
from app.certificates.commands import reissue, wait_for_root, withdraw_keys
from app.certificates.commands.reissuing import reissue_doubtful as begin_many
from app.certificates.effects.issuing import body_lists
from app.certificates.effects.worker import (
    FRESH,
    OWNER,
    RRN_NUMBER,
    do,
    has_root,
    key_store,
    keys_of,
    last_notice,
    legal_number,
    press,
)
from app.certificates.keys import RRN, PublicKey, Purpose
from app.certificates.models import KeyNotice, KeyOrder, SignedRevocationList
from app.certificates.queries.keys import WAITS, ended_keys, many_doubtful, to_reissue
from app.certificates.rules import KEY_ORDER, KeyOrderState, KeyTask
from app.kernel.actor import SYSTEM
from app.kernel.casework import take
from app.kernel.database import Site, Unit, reading, writing
from app.kernel.fields import Note
from app.kernel.journal import Event, Finish, after, ending_with, history
from app.kernel.outbox import every
from app.kernel.words import _
from app.licences.models import Licence
from app.licences.queries import standing
from app.organisations.models import Organisation
from app.organisations.queries import organisation


@after("licence.licensed")
def make_keys(unit: Unit, event: Event) -> Finish | None:
    """On one's own machine a licensed body gets its keys at once; elsewhere two people order them."""
    licence = unit.db.get_one(Licence, event.subject_id)
    keys_of(unit, organisation(unit, licence.body_id))
    return _revocations(unit)


@after("key_order.confirmed")
def carry_out(unit: Unit, event: Event) -> Finish | None:
    """Do what two people ordered, once, however often it is asked; before there is a root, new keys have to wait."""
    order, settings = unit.db.get_one(KeyOrder, event.subject_id), unit.site.settings
    if order.status is not KeyOrderState.CONFIRMED:
        return None
    if order.task is KeyTask.MAKE and not has_root(unit):
        return lambda unit: wait_for_root(unit, unit.db.get_one(KeyOrder, event.subject_id))
    ended: list[PublicKey] = []
    if order.task is KeyTask.WITHDRAW:
        ended = _retire_seals(unit, order.owner)
    elif order.owner == RRN:
        _new_keys_of_rrn(key_store(settings), event.at, unit.now)
    else:
        _new_keys(unit, queries.body_of(unit, order.owner), Purpose.SEAL, event.at)
        key_store(settings).renew(Purpose.CREDENTIAL, order.owner, event.at, unit.now)

    def finish(unit: Unit) -> None:
        done = unit.db.get_one(KeyOrder, event.subject_id, with_for_update=True)
        if done.status is KeyOrderState.CONFIRMED:
            withdraw_keys(unit, ended, event.at, _("RRN withdrew this seal key."))
            take(unit, KEY_ORDER, done, "finish", Note(version=done.version))

    return finish


def _new_keys_of_rrn(store: Any, since: datetime, moment: datetime) -> None:
    store.renew(Purpose.LOG, RRN, since, moment)
    store.renew(Purpose.CREDENTIAL, RRN, since, moment)
    store.renew_seal(RRN, OWNER, RRN_NUMBER, since, moment)


@every(timedelta(seconds=15))
def carry_out_waiting(site: Site) -> None:
    """The root came, and the ceremony tells the database nothing: orders that waited for it are carried out now.

    What the ceremony made since an order was confirmed is what the order asked for, so it is not made twice.
    """
    with reading(site, SYSTEM) as unit:
        orders = ending_with(unit, WAITS)
        if not orders or not has_root(unit):
            return
        confirmed = [said for order in orders for said in [_confirmed(unit, order)] if said]
    for said in confirmed:
        do(site, lambda unit, said=said: carry_out(unit, said))  # type: ignore[misc]


def _confirmed(unit: Unit, order_id: int) -> Event | None:
    thread = unit.db.get_one(KeyOrder, order_id).thread
    return next((one for one in history(unit, thread) if one.kind == "key_order.confirmed"), None)


def _new_keys(unit: Unit, body: Organisation, purpose: Purpose, since: datetime) -> None:
    store = key_store(unit.site.settings)
    if purpose is Purpose.SEAL:
        store.renew_seal(body.ref, body.name, legal_number(unit, body), since, unit.now)
    else:
        store.renew(purpose, body.ref, since, unit.now)


@after("licence.withdrawn")
@after("licence.resigned")
def withdraw_seals(unit: Unit, event: Event) -> Finish | None:
    """Seal keys are issued and withdrawn with the licence; the credential key goes on signing what has ended."""
    licence = unit.db.get_one(Licence, event.subject_id)
    ended = _retire_seals(unit, organisation(unit, licence.body_id).ref)

    def finish(unit: Unit) -> None:
        withdraw_keys(unit, ended, event.at, _("The licence of this certification body ended."))

    return finish if ended else None


def _retire_seals(unit: Unit, owner: str) -> list[PublicKey]:
    """End the use of an owner's seal keys; which of them the public has yet to be told of."""
    store, known = key_store(unit.site.settings), ended_keys(unit)
    keys: list[PublicKey] = store.all(Purpose.SEAL, owner)
    for key in keys:
        store.retire(key.id, unit.now)
    return [key for key in keys if key.id not in known]


@after("key.suspect")
def replace_suspect(unit: Unit, event: Event) -> Finish | None:
    """A key that others may know signs no more from this moment, and another takes its place."""
    notice, store = unit.db.get_one(KeyNotice, event.subject_id), key_store(unit.site.settings)
    purpose = Purpose(notice.purpose)
    store.retire(notice.ref, unit.now)
    if notice.owner == RRN:
        if purpose is Purpose.SEAL:
            store.ensure_seal(RRN, OWNER, RRN_NUMBER, unit.now)
        else:
            store.ensure(purpose, RRN, unit.now)
        return None
    body = queries.body_of(unit, notice.owner)
    may_seal = purpose is not Purpose.SEAL or standing(unit, body.id, unit.today).may_surveil
    if may_seal and store.usable(purpose, body.ref, unit.now) is None:
        _new_keys(unit, body, purpose, event.at)
    return body_lists(unit, body.id) if purpose is Purpose.CREDENTIAL else None


@every(timedelta(seconds=15))
def reissue_doubtful(site: Site) -> None:
    """Certificates made with a key that others may have known get new paper: many by every core, a few one by one."""
    with reading(site, SYSTEM) as unit:
        many = many_doubtful(unit)
    for one in many:
        with writing(site, SYSTEM) as unit:
            begin_many(unit, one.body_id, one.ref, one.since)
    with reading(site, SYSTEM) as unit:
        waiting = to_reissue(unit)
    for certificate_id in waiting:
        with writing(site, SYSTEM) as unit:
            reissue(unit, certificate_id)


@after("key.suspect")
@after("key.withdrawn")
@after("key_order.done")
def sign_revocations(unit: Unit, _event: Event) -> Finish | None:
    """The list of revoked seals says it at once."""
    return _revocations(unit)


def _revocations(unit: Unit) -> Finish | None:
    """Sign the list of revoked seals as of this moment; the older of two signings never takes the place of the newer."""
    as_of, now = last_notice(unit), unit.now
    content = press().revoked_seals(key_store(unit.site.settings), ended_keys(unit), as_of, now)

    def finish(unit: Unit) -> None:
        kept = unit.db.get(SignedRevocationList, 1, with_for_update=True)
        if kept is None:
            kept = SignedRevocationList(id=1)
            unit.db.add(kept)
        elif (kept.as_of, kept.signed_at) > (as_of, now):
            return
        kept.content, kept.as_of, kept.signed_at = content, as_of, now

    return finish if content else None


@every(timedelta(minutes=10))
def freshen_revocations(site: Site) -> None:
    """The list of revoked seals is signed again long before it runs out, and private parts past their use are destroyed."""
    with reading(site, SYSTEM) as unit:
        kept = unit.db.get(SignedRevocationList, 1)
        old = kept is None or kept.signed_at < unit.now - FRESH
        key_store(site.settings).clear(unit.now)
    if old:
        do(site, _revocations)
