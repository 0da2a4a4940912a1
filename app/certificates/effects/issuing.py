"""What follows a decision: paper, credential and seal made, checked, stored, published; lists and checkpoints signed.

Every process knows these effects, so that events queue them; only the worker carries them out.
"""

from collections.abc import Set
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import func, select, update

from app.certificates import queries
from app.certificates.commands import hold, publish, supersede_due
from app.certificates.did import Addresses, ListPurpose
from app.certificates.effects.worker import (
    FRESH,
    do,
    has_keys,
    is_put_off,
    keys_of,
    log_key,
    log_keys,
    press,
    put_off,
    stamps_of,
    to_wait_for,
)
from app.certificates.keys import RRN, Purpose
from app.certificates.models import (
    Certificate,
    CertificateVersion,
    KeyOrder,
    PastStatusList,
    SignedStatusList,
)
from app.certificates.rules import Statement
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, Unit, reading, writing
from app.kernel.files import digest
from app.kernel.journal import Event, Finish, after
from app.kernel.outbox import every
from app.kernel.words import _
from app.ledger.models import LedgerCheckpoint, LedgerEntry
from app.ledger.note import Checkpoint, add_signature, origin_of, sign_note
from app.ledger.queries import head, root
from app.licences.models import Accreditation, Licence
from app.licences.queries import standing
from app.organisations.models import Organisation
from app.organisations.queries import organisation
from app.permissions import Seat
from app.standards.queries import rule_pack

MANY_ENTRIES = 20_000
"""From so many entries of the log on, status lists are worked out anew: it takes about as long and holds as well."""


@after("certificate.granted")
@after("certificate.reduced")
@after("certificate.reissued")
def issue(unit: Unit, event: Event) -> Finish | None:
    """Make, check and store one version, or take what a worker that died had stored already; then publish it."""
    certificate = unit.db.get_one(Certificate, event.subject_id)
    return _issued(unit, queries.of_version(unit, certificate, event.data["release"]))


def _issued(unit: Unit, version: CertificateVersion) -> Finish | None:
    """The same for one version; what it has to wait for is said where people look for it."""
    certificate, version_id = unit.db.get_one(Certificate, version.certificate_id), version.id
    if version.issued_at is not None or certificate.status.is_final:
        return None
    try:
        if not has_keys(unit, organisation(unit, certificate.body_id)):
            return lambda unit: _hold_for_keys(unit, version_id)
        made = _finished(unit, certificate, version)
    except to_wait_for() as fault:
        said, why = put_off(fault)
        return lambda unit: _hold(unit, version_id, said, why)
    return lambda unit: _publish(unit, version_id, made)


def _publish(unit: Unit, version_id: int, files: Any) -> None:
    """Note which keys made the files, then tell the public."""
    version = unit.db.get_one(CertificateVersion, version_id)
    version.seal_key, version.credential_key = press().made_with(files)
    publish(
        unit,
        version.certificate_id,
        version.number,
        {name: digest(content) for name, content in files.items()},
    )


def _hold_for_keys(unit: Unit, version_id: int) -> None:
    said = _(
        "The certification body has no seal key yet. RRN has one made; the certificate follows by itself."
    )
    rights = standing(unit, unit.db.get_one(CertificateVersion, version_id).body_id, unit.today)
    why, said = ("no_key", said) if rights.may_issue else (rights.status, rights.sentence)
    _hold(unit, version_id, said, why)


def _hold(unit: Unit, version_id: int, said: str, why: str) -> None:
    """Asked again and again, it is written down when the sentence changes."""
    version = unit.db.get_one(CertificateVersion, version_id)
    if version.issued_at is None and version.held != said:
        hold(unit, unit.db.get_one(Certificate, version.certificate_id), version, said, why)


def _finished(unit: Unit, certificate: Certificate, version: CertificateVersion) -> Any:
    """The files of a version: stored once and for ever, and looked at as a stranger would before anybody hears of them."""
    said, settings = Statement.model_validate_json(version.statement), unit.site.settings
    folder = queries.folder_of(settings, certificate.number, version.number)
    store = keys_of(unit, organisation(unit, certificate.body_id))
    stored = press().kept(folder)
    files = stored or press().make(order_of(unit, certificate, version), store)
    press().check(files, said, store, Addresses(settings.public_base_url))
    if stored is None:
        press().keep(folder, files)
    return files


def order_of(unit: Unit, certificate: Certificate, version: CertificateVersion) -> Any:
    """What the press needs to make a version (an Order)."""
    return press().Order(
        statement=Statement.model_validate_json(version.statement), place=press().Place(version.status_list, version.status_index),
        term_months=rule_pack(certificate.rule_pack).term_months,
        address_declared=bool(organisation(unit, certificate.holder_id).address),
        addresses=Addresses(unit.site.settings.public_base_url), moment=unit.now, stamps=stamps_of(unit),
    )  # fmt: skip


def release_held(unit: Unit, event: Event) -> Finish | None:
    """The licence covers the day again, or the keys are there: publish what had to wait for it."""
    body = _body_of(unit, event)
    return release(unit, body) if body else None


def release(unit: Unit, body: Organisation) -> Finish | None:
    """Publish what a body decided on and what does not have to wait any more."""
    if not has_keys(unit, body):
        return None
    waiting = [one for one in queries.to_issue(unit, body.id) if one.held and not is_put_off(one.held)]
    finishes = [finish for one in waiting if (finish := _issued(unit, one))]

    def finish_all(unit: Unit) -> None:
        for finish in finishes:
            finish(unit)

    return finish_all if finishes else None


@every(timedelta(minutes=1))
def release_put_off(site: Site) -> None:
    """Certificates that wait for nothing but a time stamp or a signature are tried again, one at a time, until there is an answer."""
    with reading(site, SYSTEM) as unit:
        waiting = [one.id for one in queries.to_issue(unit) if is_put_off(one.held)]
    for version_id in waiting:
        do(site, partial(_again, version_id))
        with reading(site, SYSTEM) as unit:
            if is_put_off(unit.db.get_one(CertificateVersion, version_id).held):
                return


def _again(version_id: int, unit: Unit) -> Finish | None:
    return _issued(unit, unit.db.get_one(CertificateVersion, version_id))


def _body_of(unit: Unit, event: Event) -> Organisation | None:
    """The certification body that a licence, an accreditation or an order for keys is about; none of the log's."""
    if event.subject == "key_order":
        owner = unit.db.get_one(KeyOrder, event.subject_id).owner
        return None if owner == RRN else queries.body_of(unit, owner)
    row: Licence | Accreditation
    if event.subject == "licence":
        row = unit.db.get_one(Licence, event.subject_id)
    else:
        row = unit.db.get_one(Accreditation, event.subject_id)
    return organisation(unit, row.body_id)


for _kind in (
    "licence.licensed",
    "licence.renewed",
    "licence.reinstated",
    "accreditation.restored",
    "accreditation.renewed",
    "key_order.done",
):
    after(_kind)(release_held)


def sign_lists(unit: Unit, event: Event) -> Finish | None:
    """Say at once, where machines look, what changed: the status lists that it changes, signed again."""
    one = unit.db.get_one(Certificate, event.subject_id)
    return None if _lists_know(unit, one, event) else changed_lists(unit, one.body_id, {one.id})


def _lists_know(unit: Unit, certificate: Certificate, event: Event) -> bool:
    """Whether each list the certificate is on was made after the event: of many changes at once, the first signing tells all."""
    entry = unit.db.scalar(select(LedgerEntry.number).where(LedgerEntry.event_id == event.id))
    if entry is None:
        return False
    own = CertificateVersion.certificate_id == certificate.id
    on = set(unit.db.scalars(select(CertificateVersion.status_list).where(own)))
    newer = (SignedStatusList.body_id == certificate.body_id) & (SignedStatusList.as_of > entry)
    asked = select(func.count()).select_from(SignedStatusList)
    return unit.db.scalar(asked.where(newer, SignedStatusList.number.in_(on))) == len(on) * len(ListPurpose)


def changed_lists(unit: Unit, body_id: int, also: Set[int] = frozenset()) -> Finish:
    """Sign again each list of a body that what was told since changes; of the others it is only noted that nothing did.

    What a list says is what it said before and what changed: to work it out anew takes as long as there are certificates,
    so it is done where as much was told since, as beside a register that was brought here from elsewhere.
    """
    body, as_of, now = organisation(unit, body_id), head(unit).size, unit.now
    kept = unit.db.scalars(select(SignedStatusList).where(SignedStatusList.body_id == body_id)).all()
    since = min((one.as_of for one in kept), default=0)
    if not kept or as_of - since > MANY_ENTRIES:
        return body_lists(unit, body_id)
    changed = queries.changed_since(unit, body_id, since) | also
    key = keys_of(unit, body).signing(Purpose.CREDENTIAL, body.ref, now)
    addresses, tokens = (
        Addresses(unit.site.settings.public_base_url),
        {(one.number, one.purpose): one.token for one in kept},
    )
    signed: list[tuple[ListPurpose, int, str]] = []
    for number, (entries, bits) in queries.changed_bits(unit, changed).items():
        anew = (
            {}
            if (number, ListPurpose.REVOCATION.value) in tokens
            else queries.set_bits(unit, body_id, number)
        )
        for purpose in ListPurpose:
            before = press().listed(tokens[number, purpose.value]) if not anew else None
            told = anew[purpose] if before is None else (before - entries) | bits[purpose]
            if told != before:
                token = press().sign_list(body.ref, purpose, number, told, now, key, addresses)
                signed.append((purpose, number, token))

    def finish(unit: Unit) -> None:
        for purpose, number, token in signed:
            put_list(unit, (body_id, purpose.value, number), token, as_of, now)
        older = (SignedStatusList.body_id == body_id) & (SignedStatusList.as_of < as_of)
        unit.db.execute(update(SignedStatusList).where(older).values(as_of=as_of))

    return finish


for _kind in (
    "published", "version_published", "suspended", "reinstated", "curricula_suspended", "curricula_reinstated", "reduced",
    "withdrawn", "terminated", "transferred", "superseded",
):  # fmt: skip
    after(f"certificate.{_kind}")(sign_lists)


def body_lists(unit: Unit, body_id: int) -> Finish:
    """Sign every list of a body as of this moment; the older of two signings never takes the place of the newer."""
    body, as_of, now = organisation(unit, body_id), head(unit).size, unit.now
    key = keys_of(unit, body).signing(Purpose.CREDENTIAL, body.ref, now)
    addresses = Addresses(unit.site.settings.public_base_url)
    signed = [
        (purpose, number, press().sign_list(body.ref, purpose, number, bits[purpose], now, key, addresses))
        for number in queries.lists_of(unit, body_id)
        for bits in (queries.set_bits(unit, body_id, number),)
        for purpose in ListPurpose
    ]

    def finish(unit: Unit) -> None:
        for purpose, number, token in signed:
            put_list(unit, (body_id, purpose.value, number), token, as_of, now)

    return finish


def put_list(unit: Unit, place: tuple[int, str, int], token: str, as_of: int, now: datetime) -> None:
    """Serve this list from now on, and keep the one before for those who ask about the past."""
    names = dict(zip(("body_id", "purpose", "number"), place, strict=True))
    kept = unit.db.get(SignedStatusList, place, with_for_update=True)
    if kept is None:
        kept = SignedStatusList(**names)
        unit.db.add(kept)
    elif (kept.as_of, kept.signed_at) > (as_of, now):
        return
    else:
        past = {"token": kept.token, "as_of": kept.as_of, "signed_at": kept.signed_at, "until": now}
        unit.db.add(PastStatusList(**names, **past))
    kept.token, kept.as_of, kept.signed_at = token, as_of, now


@after("certificate.published")
def sign_log(unit: Unit, _event: Event) -> Finish | None:
    """A new certificate can be proved in the log as soon as it is public."""
    return sign_log_now(unit)


def sign_log_now(unit: Unit) -> Finish | None:
    """Sign the log as it stands, unless the newest checkpoint already does."""
    settings, size, now = unit.site.settings, head(unit).size, unit.now
    known = unit.db.scalar(select(LedgerCheckpoint.size).order_by(LedgerCheckpoint.size.desc()).limit(1))
    if size == 0 or known == size:
        return None
    keys = log_keys(settings, now)
    if not keys:
        return None
    digest_of_all, origin = root(unit, size), origin_of(settings.host)
    first, *others = keys
    note = sign_note(Checkpoint(origin, size, digest_of_all).text, log_key(first.public, origin), first.sign)
    for other in others:
        note = add_signature(note, log_key(other.public, origin), other.sign)

    def finish(unit: Unit) -> None:
        if unit.db.get(LedgerCheckpoint, size) is None:
            unit.db.add(LedgerCheckpoint(size=size, root=digest_of_all, note=note, signed_at=now))

    return finish


@every(timedelta(seconds=15))
def sign_log_again(site: Site) -> None:
    """The log is signed within a minute of its newest entry."""
    do(site, sign_log_now)


@every(timedelta(hours=1))
def supersede(site: Site) -> None:
    """Certificates that begin today take the place of those they renew."""
    with reading(site, SYSTEM) as unit:
        any_due = bool(queries.to_supersede(unit))
    if any_due:
        with writing(site, SYSTEM) as unit:
            supersede_due(unit)


@every(timedelta(minutes=10))
def freshen_lists(site: Site) -> None:
    """Lists of bodies whose newest signature grows old are signed again, one body at a time."""
    with reading(site, SYSTEM) as unit:
        old = select(SignedStatusList.body_id).where(SignedStatusList.signed_at < unit.now - FRESH).distinct()
        bodies = [body for body in unit.db.scalars(old) if organisation(unit, body).seat is Seat.BODY]
    for body in bodies:
        do(site, lambda unit, body=body: body_lists(unit, body))  # type: ignore[misc]
