"""What the worker's effects share: the press and the keys, loaded when they are first needed, and work in two steps."""

import importlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import func, select

from app.certificates.keys import RRN, KeyAway, Purpose, publish_stamp_roots
from app.certificates.models import KeyNotice, SignedRevocationList
from app.certificates.queries.keys import ended_keys
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, Unit, reading, writing
from app.kernel.journal import Finish
from app.kernel.logging import logger
from app.kernel.words import _
from app.ledger.note import NoteKey
from app.licences.queries import standing
from app.organisations.models import Organisation
from app.organisations.queries import identifiers
from app.organisations.rules import Scheme
from app.settings import Settings

OWNER = "Restraint Reduction Network"
"""The name on the root of the seals."""
RRN_NUMBER = "UK:GB-RRN"
"""RRN in the certificate of its own seal, as a local scheme of EN 319 412-1 section 5.1.4."""
FRESH = timedelta(hours=12)
"""A status list is signed again before it is older than this, though nothing changed: lists say until when they count."""

UNSTAMPED = "The time stamp authority gives no time stamp just now, and nothing is sealed without one. It is asked again every minute."
"""Why a paper waits while the authority does not answer, or answers what may not be believed."""
UNSIGNED = "Whoever holds the keys that seal and sign it does not answer just now. They are asked again every minute."
"""Why a paper waits while a token or a key management service does not answer, or answers what is no signature."""
_log = logger()


def to_wait_for() -> tuple[type[Exception], ...]:
    """What a paper is put off for: somebody outside does not answer just now."""
    return press().NotStamped, KeyAway


def put_off(fault: Exception) -> tuple[str, str]:
    """The sentence for people and the word for machines; what exactly happened goes into the log."""
    signs = isinstance(fault, KeyAway)
    _log.warning("key_away" if signs else "not_stamped", why=str(fault)[:200])
    if isinstance(fault, press().NewCertificate):  # seen by a process beside this one
        press().learned.clear()
    return (_(UNSIGNED), "no_signature") if signs else (_(UNSTAMPED), "no_time_stamp")


def is_put_off(held: str | None) -> bool:
    """Whether a paper waits for nothing but an answer, so that asking again may help."""
    return held in (_(UNSTAMPED), _(UNSIGNED))


@lru_cache(maxsize=1)
def press() -> Any:
    """app.certificates.press, loaded with the first certificate a worker makes and never by a web process.

    The only late import of the house: reportlab, pyHanko and pypdf take 1.4 s and 60 MiB.
    """
    return importlib.import_module("app.certificates.press")


@lru_cache(maxsize=4)
def key_store(settings: Settings) -> Any:
    """The keys of this installation (a KeyStore), private parts included: for the worker and the ceremony alone."""
    return press().KeyStore(settings)


def keys_of(unit: Unit, body: Organisation) -> Any:
    """The keys; where no order is needed, those of the body are made when there are none."""
    store = key_store(unit.site.settings)
    if not unit.site.settings.keys_by_order:
        store.ensure_root(OWNER, unit.now)
        store.ensure(Purpose.CREDENTIAL, body.ref, unit.now)
        if standing(unit, body.id, unit.today).may_surveil:
            store.ensure_seal(body.ref, body.name, legal_number(unit, body), unit.now)
    return store


def has_root(unit: Unit) -> bool:
    """Whether seals can be certified; where no order is needed, the root is made."""
    store = key_store(unit.site.settings)
    if not unit.site.settings.keys_by_order:
        store.ensure_root(OWNER, unit.now)
    return store.usable(Purpose.ROOT, RRN, unit.now) is not None


def rrn_keys(unit: Unit) -> Any:
    """The keys, when RRN has a seal and a credential key of its own; where no order is needed, they are made. None otherwise."""
    store, now = key_store(unit.site.settings), unit.now
    if not unit.site.settings.keys_by_order:
        store.ensure_root(OWNER, now)
        store.ensure(Purpose.CREDENTIAL, RRN, now)
        store.ensure_seal(RRN, OWNER, RRN_NUMBER, now)
    has_both = all(store.usable(purpose, RRN, now) for purpose in (Purpose.SEAL, Purpose.CREDENTIAL))
    return store if has_both else None


def rrn_signer(unit: Unit) -> Any:
    """The keys, when RRN has a credential key of its own; where no order is needed, it is made. None otherwise."""
    store = key_store(unit.site.settings)
    if not unit.site.settings.keys_by_order:
        store.ensure(Purpose.CREDENTIAL, RRN, unit.now)
    return store if store.usable(Purpose.CREDENTIAL, RRN, unit.now) else None


def stamps_of(unit: Unit) -> Any:
    """What every seal is stamped with and laid beside it (press.Stamps); None where no authority is set. Raises NotStamped."""
    settings, now = unit.site.settings, unit.now
    authority = press().authority_of(settings)
    if authority is None:
        return None
    publish_stamp_roots(settings.data_dir / "keys", authority.roots)
    proof, fresh = press().proof_for(authority, now), SignedRevocationList.signed_at > now - 2 * FRESH
    kept = unit.db.scalars(select(SignedRevocationList).where(fresh).order_by(SignedRevocationList.id)).all()
    if kept and len(kept) == len(key_store(settings).anchors()):
        return press().Stamps(authority, tuple(one.content for one in kept), proof)
    revoked = press().revoked_seals(key_store(settings), ended_keys(unit), last_notice(unit), now)
    return press().Stamps(authority, revoked, proof)


def last_notice(unit: Unit) -> int:
    """How many notices about keys the list of revoked seals knows of when it is signed now."""
    return unit.db.scalar(select(func.max(KeyNotice.id))) or 0


def legal_number(unit: Unit, body: Organisation) -> str:
    """The body by number as EN 319 412-1 section 5.1.4 writes it: of the trade register, else UKAS's as a local scheme."""
    numbers = {row.scheme: row.value for row in identifiers(unit, body.id)}
    if company := numbers.get(Scheme.COMPANY):
        return f"NTRGB-{company}"
    return f"UK:GB-{standing(unit, body.id, unit.today).ukas_number or body.code}"


def has_keys(unit: Unit, body: Organisation) -> bool:
    """Whether papers of the body can be sealed; keys that need no order are made."""
    store = keys_of(unit, body)
    return all(store.usable(purpose, body.ref, unit.now) for purpose in (Purpose.SEAL, Purpose.CREDENTIAL))


def log_keys(settings: Settings, moment: datetime) -> list[Any]:
    """Every log key that signs now; none before the ceremony."""
    store = key_store(settings)
    if not settings.keys_by_order:
        store.ensure(Purpose.LOG, RRN, moment)
    if store.usable(Purpose.LOG, RRN, moment) is None:
        return []
    return list(store.log_keys(moment)) or [store.signing(Purpose.LOG, RRN, moment)]


def log_key(public: Any, origin: str) -> NoteKey:
    """The log's key under the log's name."""
    return NoteKey(origin, public.public_key.public_bytes_raw())


def do(site: Site, ask: Callable[[Unit], Finish | None]) -> None:
    """The work outside a transaction, its result in one."""
    with reading(site, SYSTEM) as unit:
        finish = ask(unit)
    if finish:
        with writing(site, SYSTEM) as unit:
            finish(unit)
