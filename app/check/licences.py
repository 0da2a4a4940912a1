"""Credentials of licences and endorsements for badges: genuine, about what they are kept for, and ended when it ended."""

import base64
import gzip
import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select

from app.certificates import jose
from app.certificates.did import ENDORSEMENT_TYP, TYP, Addresses
from app.certificates.keys import RRN, Purpose
from app.certificates.models import (
    Certificate,
    CertificateVersion,
    Endorsement,
    LicenceCredential,
    SignedStatusList,
)
from app.certificates.queries.keys import public_keys
from app.check.breach import Breach
from app.kernel.database import Unit
from app.kernel.journal import Delivery
from app.licences.models import Licence, LicenceStatus
from app.organisations.models import Organisation
from app.permissions import Seat

LISTS = "app.certificates.effects.licences.tell_lists"
ENDED = frozenset({"withdrawn", "resigned"})


def every_licence_credential_says_what_was_licensed(unit: Unit) -> Iterator[Breach]:
    """Each is signed by RRN, says what was kept as its content, and is about the body and the licence it is kept for."""
    known = _rrn_keys(unit)
    asked = select(LicenceCredential, Licence.ref, Organisation.ref).join(
        Licence, Licence.id == LicenceCredential.licence_id
    )
    asked = asked.join(Organisation, Organisation.id == LicenceCredential.body_id)
    for row, licence, body in unit.db.execute(asked.order_by(LicenceCredential.id)).all():
        where = f"credential {row.number} of licence {licence}"
        try:
            payload = jose.verify(row.token, known, TYP)
        except jose.TokenRefused as fault:
            yield Breach(where, f"does not verify: {fault}")
            continue
        said, subject = json.loads(row.content), payload["credentialSubject"]
        told = (subject["licenceNumber"], subject["issuedToParty"]["registeredId"], subject["issuedToParty"]["name"])  # fmt: skip
        if told != (licence, body, said["body"]["name"]) or said["licence"] != licence:
            yield Breach(where, "is about another licence or body")
        places = {one["statusListCredential"].rpartition("/")[2] + "#" + one["statusListIndex"] for one in payload["credentialStatus"]}  # fmt: skip
        if places != {f"{row.status_list}#{row.status_index}"}:
            yield Breach(where, "points to another entry of the status lists than is kept for it")


def every_list_of_rrn_says_which_licences_ended(unit: Unit) -> Iterator[Breach]:
    """RRN's lists say of each licence that was suspended or ended before today, and of each replaced credential, that it is so.

    Lists that are just being signed again are left out.
    """
    if unit.db.scalar(
        select(Delivery.id).where(Delivery.effect == LISTS, Delivery.done_at.is_(None)).limit(1)
    ):
        return
    known, set_ones = _rrn_keys(unit), dict[tuple[int, str], set[int]]()
    keepers = select(SignedStatusList).join(Organisation, Organisation.id == SignedStatusList.body_id)
    for one in unit.db.scalars(keepers.where(Organisation.seat == Seat.RRN)).all():
        try:
            payload = jose.verify(one.token, known, TYP)
        except jose.TokenRefused as fault:
            yield Breach(f"status list {one.purpose} {one.number} of RRN", f"does not verify: {fault}")
            continue
        set_ones[one.number, one.purpose] = _bits(payload["credentialSubject"]["encodedList"])
    newest = dict(
        unit.db.execute(
            select(LicenceCredential.body_id, func.max(LicenceCredential.number)).group_by(
                LicenceCredential.body_id
            )
        ).all()
    )
    for row in unit.db.scalars(select(LicenceCredential).order_by(LicenceCredential.id)).all():
        state = _yesterday(unit, row.licence_id)
        must = {"revocation": row.number < newest[row.body_id] or state in ENDED, "suspension": state == "suspended"}  # fmt: skip
        for purpose, is_set in must.items():
            if is_set and row.status_index not in set_ones.get((row.status_list, purpose), set()):
                yield Breach(f"licence credential {row.number} of body {row.body_id}", f"is not set in RRN's list for {purpose}")  # fmt: skip


def _yesterday(unit: Unit, licence_id: int) -> str:
    """How a licence stood before today, by its last line that had taken effect."""
    lines = select(LicenceStatus.status).where(
        LicenceStatus.licence_id == licence_id, LicenceStatus.effective_on < unit.today
    )
    found = unit.db.scalar(lines.order_by(LicenceStatus.id.desc()).limit(1))
    return found.value if found else ""


def every_endorsement_is_genuine(unit: Unit) -> Iterator[Breach]:
    """Each is signed by the body, names the version and the thing it is kept for, and that version's own status entry."""
    addresses = Addresses(unit.site.settings.public_base_url)
    asked = (
        select(Endorsement, CertificateVersion, Certificate.number, Organisation.ref)
        .join(CertificateVersion, CertificateVersion.id == Endorsement.version_id)
        .join(Certificate, Certificate.id == CertificateVersion.certificate_id)
        .join(Organisation, Organisation.id == Certificate.body_id)
    )
    keys = dict[str, dict[str, Any]]()
    for row, version, number, body in unit.db.execute(asked.order_by(Endorsement.id)).all():
        if body not in keys:
            mine = public_keys(unit.site.settings).all(Purpose.CREDENTIAL, body)
            keys[body] = {addresses.key(body, key): key for key in mine}
        where = f"endorsement of {row.about} by certificate {number} version {version.number}"
        try:
            claims = jose.verify(row.token, keys[body], ENDORSEMENT_TYP)
        except jose.TokenRefused as fault:
            yield Breach(where, f"does not verify: {fault}")
            continue
        indexes = {one["statusListIndex"] for one in claims["credentialStatus"]}
        told = (claims["jti"], claims["iss"], indexes)
        due = (addresses.endorsement(number, version.number, row.about), addresses.did(body), {str(version.status_index)})  # fmt: skip
        if told != due or not claims["sub"].endswith(f"/{row.about}"):
            yield Breach(where, "is about something else, or has another entry in the status lists")


def _rrn_keys(unit: Unit) -> dict[str, Any]:
    addresses = Addresses(unit.site.settings.public_base_url)
    known = public_keys(unit.site.settings).all(Purpose.CREDENTIAL, RRN)
    return {addresses.kid(key): key for key in known}


def _bits(encoded: str) -> set[int]:
    """The entries that are set (Bitstring Status List 1.0, section 3.3)."""
    data = encoded.removeprefix("u")
    bits = gzip.decompress(base64.urlsafe_b64decode(data + "=" * (-len(data) % 4)))
    return {
        8 * at + place for at, byte in enumerate(bits) if byte for place in range(8) if byte & 0x80 >> place
    }
