"""What follows orders for keys, the end of a licence, and the suspicion that others know a key."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.certificates import queries
from app.certificates.commands import reissue, wait_for_root, withdraw_keys
from app.certificates.commands.reissuing import reissue_doubtful as begin_many
from app.certificates.effects.issuing import body_lists, release
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
from app.certificates.queries.keys import WAITS, ended_keys, many_doubtful, seal_to_replace, to_reissue
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
    for root in store.all(Purpose.ROOT):  # before anything is certified again, in whatever order notices come
        if root.id in ended_keys(unit):
            store.retire(root.id, unit.now)
    store.retire(notice.ref, unit.now)
    if purpose is Purpose.ROOT:  # two people make another in a ceremony; on one's own machine it is made here
        has_root(unit)
    elif purpose is Purpose.SEAL:
        _replace_seal(unit, notice.owner, event.at)
    elif notice.owner == RRN:
        store.ensure(purpose, RRN, unit.now)
    else:
        body = queries.body_of(unit, notice.owner)
        if store.usable(purpose, body.ref, unit.now) is None:
            _new_keys(unit, body, purpose, event.at)
        return body_lists(unit, body.id) if purpose is Purpose.CREDENTIAL else None
    return None


def _replace_seal(unit: Unit, owner: str, since: datetime) -> None:
    """Another seal key for whoever may seal and has none, once there is a root to certify it."""
    store = key_store(unit.site.settings)
    if store.usable(Purpose.SEAL, owner, unit.now) is not None or not has_root(unit):
        return
    if owner == RRN:
        store.ensure_seal(RRN, OWNER, RRN_NUMBER, unit.now)
        return
    body = queries.body_of(unit, owner)
    if standing(unit, body.id, unit.today).may_surveil:
        _new_keys(unit, body, Purpose.SEAL, since)


@every(timedelta(seconds=15))
def replace_seals(site: Site) -> None:
    """Another root took the place of one that others may know: the seal keys that ended with it are replaced now."""
    with reading(site, SYSTEM) as unit:
        owners = seal_to_replace(unit)
        if not owners or not has_root(unit):
            return
        for owner in owners:
            _replace_seal(unit, owner, unit.now)
    do(site, _revocations)
    for owner in owners:
        if owner != RRN:
            do(site, lambda unit, owner=owner: release(unit, queries.body_of(unit, owner)))  # type: ignore[misc]


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
    """Sign the list of revoked seals of each root as of this moment; the older of two signings never takes the place of the newer."""
    as_of, now = last_notice(unit), unit.now
    lists = press().revoked_seals(key_store(unit.site.settings), ended_keys(unit), as_of, now)

    def finish(unit: Unit) -> None:
        for root, content in enumerate(lists, 1):
            kept = unit.db.get(SignedRevocationList, root, with_for_update=True)
            if kept is None:
                kept = SignedRevocationList(id=root)
                unit.db.add(kept)
            elif (kept.as_of, kept.signed_at) > (as_of, now):
                continue
            kept.content, kept.as_of, kept.signed_at = content, as_of, now

    return finish if lists else None


@every(timedelta(minutes=1))
def freshen_revocations(site: Site) -> None:
    """Lists of revoked seals are signed with their root and again long before they run out; private parts past their use are destroyed."""
    with reading(site, SYSTEM) as unit:
        asked = select(SignedRevocationList.id).where(SignedRevocationList.signed_at >= unit.now - FRESH)
        fresh, roots = set(unit.db.scalars(asked)), len(key_store(site.settings).anchors())
        key_store(site.settings).clear(unit.now)
    if not fresh.issuperset(range(1, roots + 1)):
        do(site, _revocations)
