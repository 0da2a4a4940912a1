"""What follows a decision: paper, credential and seal made, checked, stored, published; lists and checkpoints signed.

Every process knows these effects, so that events queue them; only the worker carries them out. What they need for the
work itself (drawing, sealing) takes longer to load than a web process takes to start, so it is loaded at one place.
"""

import importlib
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from app.certificates import queries
from app.certificates.commands import publish, supersede_due
from app.certificates.did import Addresses, ListPurpose
from app.certificates.keys import RRN, KeyStore, Purpose
from app.certificates.models import Certificate, CertificateVersion, SignedStatusList
from app.certificates.rules import Statement
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, Unit, reading, writing
from app.kernel.files import digest
from app.kernel.journal import Event, Finish, after
from app.kernel.outbox import every
from app.ledger.models import LedgerCheckpoint
from app.ledger.note import Checkpoint, NoteKey, origin_of, sign_note
from app.ledger.queries import head, root
from app.licences.models import Accreditation, Licence
from app.licences.queries import standing
from app.organisations.models import Organisation
from app.organisations.queries import identifiers, organisation
from app.organisations.rules import Scheme
from app.settings import Settings
from app.standards.queries import edition, rule_pack

OWNER = "Restraint Reduction Network"
"""The name on the root of the seals."""
FRESH = timedelta(hours=12)
"""A status list is signed again before it is older than this, though nothing changed: lists say until when they count."""


@lru_cache(maxsize=1)
def press() -> Any:
    """app.certificates.press, loaded with the first certificate a worker makes and never by a web process.

    The only late import of the house: reportlab, pyHanko and pypdf take 1.4 s and 60 MiB.
    """
    return importlib.import_module("app.certificates.press")


@lru_cache(maxsize=4)
def key_store(settings: Settings) -> KeyStore:
    """The keys of this installation, private parts included: for the worker alone."""
    return KeyStore(settings.data_dir / "keys-private", settings.data_dir / "keys")


@after("licence.licensed")
def make_keys(unit: Unit, event: Event) -> None:
    """A licensed body gets its seal and credential keys, the seal certified by RRN's root."""
    licence = unit.db.get_one(Licence, event.subject_id)
    _ensure_keys(unit, organisation(unit, licence.body_id))


def _ensure_keys(unit: Unit, body: Organisation) -> KeyStore:
    store = key_store(unit.site.settings)
    store.ensure_root(OWNER, unit.now)
    store.ensure_seal(body.ref, body.name, _legal_number(unit, body), unit.now)
    store.ensure(Purpose.CREDENTIAL, body.ref, unit.now)
    return store


def _legal_number(unit: Unit, body: Organisation) -> str:
    """The body by number as EN 319 412-1 section 5.1.4 writes it: of the trade register, else UKAS's as a local scheme."""
    numbers = {row.scheme: row.value for row in identifiers(unit, body.id)}
    if company := numbers.get(Scheme.COMPANY):
        return f"NTRGB-{company}"
    return f"UK:GB-{standing(unit, body.id, unit.today).ukas_number or body.code}"


@after("certificate.granted")
@after("certificate.reduced")
def issue(unit: Unit, event: Event) -> Finish | None:
    """Make, check and store one version, or take what a worker that died had stored already; then publish it."""
    certificate = unit.db.get_one(Certificate, event.subject_id)
    version = queries.of_version(unit, certificate, event.data["release"])
    if version.issued_at is not None or certificate.status.is_final:
        return None
    files = _finished(unit, certificate, version)
    digests = {name: digest(content) for name, content in files.items()}

    def finish(unit: Unit) -> None:
        publish(unit, certificate.id, version.number, digests)

    return finish


def _finished(unit: Unit, certificate: Certificate, version: CertificateVersion) -> Any:
    """The files of a version: stored once and for ever, and looked at as a stranger would before anybody hears of them."""
    said, settings = Statement.model_validate_json(version.statement), unit.site.settings
    folder = queries.folder_of(settings, certificate.number, version.number)
    store = _ensure_keys(unit, organisation(unit, certificate.body_id))
    stored = press().kept(folder)
    files = stored or press().make(_order(unit, certificate, version, said), store)
    press().check(files, said, store, Addresses(settings.public_base_url))
    if stored is None:
        press().keep(folder, files)
    return files


def _order(unit: Unit, certificate: Certificate, version: CertificateVersion, said: Statement) -> Any:
    parts = edition(certificate.edition).children(None)
    return press().Order(
        statement=said, sections=[press().Section(part.number, part.label, True) for part in parts],
        place=press().Place(version.status_list, version.status_index), term_months=rule_pack(certificate.rule_pack).term_months,
        address_declared=bool(organisation(unit, certificate.holder_id).address),
        addresses=Addresses(unit.site.settings.public_base_url), moment=unit.now,
    )  # fmt: skip


def release_held(unit: Unit, event: Event) -> Finish | None:
    """The licence covers the day again: publish what had to wait for it."""
    row: Licence | Accreditation
    if event.subject == "licence":
        row = unit.db.get_one(Licence, event.subject_id)
    else:
        row = unit.db.get_one(Accreditation, event.subject_id)
    waiting = [one for one in queries.to_issue(unit, row.body_id) if one.held is not None]
    ready = [(one, unit.db.get_one(Certificate, one.certificate_id)) for one in waiting]
    digests = {
        one.id: {name: digest(data) for name, data in _finished(unit, held, one).items()}
        for one, held in ready
    }

    def finish(unit: Unit) -> None:
        for one, held in ready:
            publish(unit, held.id, one.number, digests[one.id])

    return finish if ready else None


for _kind in (
    "licence.licensed",
    "licence.renewed",
    "licence.reinstated",
    "accreditation.restored",
    "accreditation.renewed",
):
    after(_kind)(release_held)


def sign_lists(unit: Unit, event: Event) -> Finish | None:
    """Say at once, where machines look, what changed: the body's status lists, signed again."""
    body = unit.db.get_one(Certificate, event.subject_id).body_id
    return _lists(unit, body)


for _kind in (
    "published", "version_published", "suspended", "reinstated", "curricula_suspended", "curricula_reinstated", "reduced",
    "withdrawn", "terminated", "transferred", "superseded",
):  # fmt: skip
    after(f"certificate.{_kind}")(sign_lists)


def _lists(unit: Unit, body_id: int) -> Finish:
    """Sign every list of a body as of this moment; the older of two signings never takes the place of the newer."""
    body, as_of, now = organisation(unit, body_id), head(unit).size, unit.now
    key = _ensure_keys(unit, body).signing(Purpose.CREDENTIAL, body.ref, now)
    addresses = Addresses(unit.site.settings.public_base_url)
    signed = [
        (purpose, number, press().sign_list(body.ref, purpose, number, bits[purpose], now, key, addresses))
        for number in queries.lists_of(unit, body_id)
        for bits in (queries.set_bits(unit, body_id, number),)
        for purpose in ListPurpose
    ]

    def finish(unit: Unit) -> None:
        for purpose, number, token in signed:
            kept = unit.db.get(SignedStatusList, (body_id, purpose.value, number), with_for_update=True)
            if kept is None:
                kept = SignedStatusList(body_id=body_id, purpose=purpose.value, number=number)
                unit.db.add(kept)
            elif kept.as_of > as_of:
                continue
            kept.token, kept.as_of, kept.signed_at = token, as_of, now

    return finish


@after("certificate.published")
def sign_log(unit: Unit, _event: Event) -> Finish | None:
    """A new certificate can be proved in the log as soon as it is public."""
    return _checkpoint(unit)


def _checkpoint(unit: Unit) -> Finish | None:
    """Sign the log as it stands, unless the newest checkpoint already does."""
    settings, size, now = unit.site.settings, head(unit).size, unit.now
    known = unit.db.scalar(select(LedgerCheckpoint.size).order_by(LedgerCheckpoint.size.desc()).limit(1))
    if size == 0 or known == size:
        return None
    key = key_store(settings).ensure(Purpose.LOG, RRN, now)
    digest_of_all, origin = root(unit, size), origin_of(settings.host)
    note = sign_note(Checkpoint(origin, size, digest_of_all).text, log_key(key.public, origin), key.sign)

    def finish(unit: Unit) -> None:
        if unit.db.get(LedgerCheckpoint, size) is None:
            unit.db.add(LedgerCheckpoint(size=size, root=digest_of_all, note=note, signed_at=now))

    return finish


def log_key(public: Any, origin: str) -> NoteKey:
    """The log's key under the log's name."""
    return NoteKey(origin, public.public_key.public_bytes_raw())


def _do(site: Site, ask: Callable[[Unit], Finish | None]) -> None:
    """The work outside a transaction, its result in one."""
    with reading(site, SYSTEM) as unit:
        finish = ask(unit)
    if finish:
        with writing(site, SYSTEM) as unit:
            finish(unit)


@every(timedelta(seconds=15))
def sign_log_again(site: Site) -> None:
    """The log is signed within a minute of its newest entry."""
    _do(site, _checkpoint)


@every(timedelta(hours=1))
def supersede(site: Site) -> None:
    """Certificates that begin today take the place of those they renew."""
    with writing(site, SYSTEM) as unit:
        supersede_due(unit)


@every(timedelta(minutes=10))
def freshen_lists(site: Site) -> None:
    """Lists of bodies whose newest signature grows old are signed again, one body at a time."""
    with reading(site, SYSTEM) as unit:
        old = select(SignedStatusList.body_id).where(SignedStatusList.signed_at < unit.now - FRESH).distinct()
        bodies = unit.db.scalars(old).all()
    for body in bodies:
        _do(site, lambda unit, body=body: _lists(unit, body))  # type: ignore[misc]
