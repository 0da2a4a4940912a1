"""Keys: their records agree with what was told and with what they made, by a second path."""

from collections.abc import Iterator
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from app.certificates.effects import press
from app.certificates.keys import KeyFault, PublicKey, PublicKeys, Purpose
from app.certificates.models import (
    Certificate,
    CertificateVersion,
    KeyAnnouncement,
    KeyNotice,
    SignedRevocationList,
)
from app.check.breach import Breach
from app.check.places import issued_folder, public_keys
from app.kernel.database import Unit
from app.ledger.models import LedgerEntry

ENTRY = LedgerEntry.__table__


def every_key_is_what_its_record_says(unit: Unit) -> Iterator[Breach]:
    """Each published key has the name of its thumbprint, the curve of its purpose, and a seal a certificate of our root."""
    keys = public_keys(unit.site.settings)
    try:
        anchors, seals = keys.anchors(), keys.all(Purpose.SEAL)
    except (KeyFault, KeyError, ValueError) as fault:
        yield Breach("the published keys", f"cannot be believed: {fault}")
        return
    for key in seals:
        if key.certificate is None or not any(_leads(key.certificate, anchor) for anchor in anchors):
            yield Breach(f"seal key {key.id}", "has no certificate that leads to our root")


def _leads(certificate: x509.Certificate, anchor: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(anchor)
    except Exception:  # three kinds of fault, of which each says no
        return False
    return True


def every_key_that_ended_signs_no_more(unit: Unit) -> Iterator[Breach]:
    """What the public was told of a key, its record says too, and the list of revoked seals as well, from that moment on."""
    keys = {key.id: key for key in public_keys(unit.site.settings).all()}
    serials = _revoked(unit, public_keys(unit.site.settings))
    for row in unit.db.scalars(select(KeyNotice).order_by(KeyNotice.id)):
        key = keys.get(row.ref)
        if key is None:
            yield Breach(f"key {row.ref}", "was told to have ended, and is not published")
        elif key.retired_at is None:
            yield Breach(f"key {row.ref}", "was told to have ended, and goes on signing")
        elif key.purpose is Purpose.SEAL and not _is_revoked(serials, key, row):
            yield Breach(f"seal key {row.ref}", "is not on the list of revoked seals from that moment on")


def _is_revoked(serials: dict[int, float], key: PublicKey, row: KeyNotice) -> bool:
    since = serials.get(key.certificate.serial_number) if key.certificate else None
    return since is not None and since <= row.since.timestamp()


def _revoked(unit: Unit, keys: PublicKeys) -> dict[int, float]:
    """The serial numbers on the lists with their moments; none of a list that its own root did not sign."""
    found: dict[int, float] = {}
    for number, anchor in enumerate(keys.anchors(), 1):
        row, public = unit.db.get(SignedRevocationList, number), anchor.public_key()
        listed = x509.load_der_x509_crl(row.content) if row else None
        if listed and isinstance(public, ec.EllipticCurvePublicKey) and listed.is_signature_valid(public):
            found |= {one.serial_number: one.revocation_date_utc.timestamp() for one in listed}
    return found


def every_key_was_told_in_the_log(unit: Unit) -> Iterator[Breach]:
    """What was noted as told of a key stands in one entry of its own moment; no key was passed over once telling began."""
    kinds = {False: "key.made", True: "key.retired"}
    entries = {
        (row.kind, row.subject_ref, row.recorded_at)
        for row in unit.db.execute(select(ENTRY).where(ENTRY.c.kind.in_(kinds.values())))
    }
    told = unit.db.scalars(select(KeyAnnouncement).order_by(KeyAnnouncement.id)).all()
    for row in told:
        if (kinds[row.ends], row.ref, row.recorded_at) not in entries:
            yield Breach(f"key {row.ref}", "is noted as told of, and no entry of the log tells of it")
    if len(entries) != len(told):
        yield Breach("the log", f"tells of keys in {len(entries)} entries, and {len(told)} are noted")
    last, made = max((row.recorded_at for row in told), default=None), {row.ref for row in told}
    for key in public_keys(unit.site.settings).all():
        if last and key.made_at < last and key.id not in made:
            yield Breach(f"key {key.id}", "was made, and the log never told of it")


def every_paper_names_its_keys(unit: Unit) -> Iterator[Breach]:
    """The keys noted for each published version are those that its files themselves name."""
    asked = (
        select(
            CertificateVersion.number, CertificateVersion.seal_key, CertificateVersion.credential_key,
            Certificate.number.label("certificate"),
        )
        .join(Certificate, Certificate.id == CertificateVersion.certificate_id)
        .where(CertificateVersion.issued_at.is_not(None))
    )  # fmt: skip
    for row in unit.db.execute(asked.order_by(CertificateVersion.id)):
        files = press().kept(issued_folder(unit.site.settings, row.certificate, row.number))
        if files and _made_with(files) != (row.seal_key, row.credential_key):
            where = f"certificate {row.certificate} version {row.number}"
            yield Breach(where, "was made with other keys than noted, or does not tell with which")


def _made_with(files: Any) -> Any:
    try:
        return press().made_with(files)
    except Exception:  # a broken file takes the libraries anywhere; it tells of no key then
        return None
