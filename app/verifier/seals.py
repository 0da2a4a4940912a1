"""Looking at the keys behind a paper: whether one of them was withdrawn, or may have been known to others, when it was made."""

import json
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec

from app.certificates.keys import revoked_seals_at, thumbprint
from app.kernel.clock import civil_date
from app.kernel.fetching import Unreachable
from app.kernel.words import _, in_words
from app.verifier.anchors import Anchors, Published, Unreadable, had, moment
from app.verifier.report import Checked, Found, What
from app.verifier.shut_in import OpenedPdf

KEYS: Final = ".well-known/keys.json"
"""Every key with its dates. A register that never had a further root may publish none to its mirrors."""


def look_at_keys(
    seal: OpenedPdf | None, revoked: datetime | None, made_at: datetime | None, anchors: Anchors, published: Published, now: datetime
) -> Checked:  # fmt: skip
    """Whether the keys count: of the seal and of its root, if there is a seal, and of the credential.

    `made_at` is when the log says that the paper was published, or a time stamp that it was sealed; whoever has a stolen key
    can move neither.
    """
    ends = [revoked] if revoked else []
    if seal:
        try:
            ends += _suspect_root(seal, anchors, published)
            ends += _revoked_seal(seal, anchors, published, now)
        except _Unseen as fault:
            said = _("Whether the seal was withdrawn could not be seen: {why}.")
            return Checked(What.KEYS, Found.CANNOT_TELL, said.format(why=fault))
    if ends and (made_at is None or made_at >= min(ends)):
        said = _(
            "It was made with a key that counts no more since {day}. Others may know it, so ask for new paper and rely on the register meanwhile."
        )
        return Checked(What.KEYS, Found.CANNOT_TELL, said.format(day=in_words(civil_date(min(ends)))))
    return Checked(What.KEYS, Found.YES, _("The keys it was made with counted when it was published."))


class _Unseen(Exception):
    """The list could not be believed; the message is a clause."""


def _suspect_root(seal: OpenedPdf, anchors: Anchors, published: Published) -> list[datetime]:
    """Since when others may know the root that certified the seal: no list of seals can name those that others certified."""
    try:
        content = published(KEYS)
        known = json.loads(content)["keys"] if content is not None else []
        public = anchors.roots[seal.root - 1].public_key()
        mine = [one for one in known if one["id"] == thumbprint(public)]  # type: ignore[arg-type]
        return [moment(one["suspect_since"]) for one in mine if one["suspect_since"] is not None]
    except Unreachable as fault:
        raise _Unseen(_("the list of keys could not be had")) from fault
    except (Unreadable, ValueError, LookupError, TypeError, AttributeError, RecursionError) as fault:
        raise _Unseen(_("the list of keys could not be read")) from fault


def _revoked_seal(seal: OpenedPdf, anchors: Anchors, published: Published, now: datetime) -> list[datetime]:
    content = had(published, revoked_seals_at(seal.root))
    if content is None:
        raise _Unseen(_("the list of revoked seals could not be had"))
    try:
        revoked = x509.load_der_x509_crl(content)
        signed = _signed_by(revoked, anchors.roots[seal.root - 1])
        line = revoked.get_revoked_certificate_by_serial_number(int(seal.serial, 16))
    except (ValueError, TypeError, IndexError, UnsupportedAlgorithm) as fault:
        raise _Unseen(_("the list of revoked seals is not a true one")) from fault
    if not signed:
        raise _Unseen(_("the list of revoked seals is not a true one"))
    ends = revoked.next_update_utc
    if ends is None or ends < now:
        raise _Unseen(_("the list of revoked seals is too old, and a newer one is needed"))
    return [line.revocation_date_utc] if line else []


def _signed_by(revoked: x509.CertificateRevocationList, root: x509.Certificate) -> bool:
    key = root.public_key()
    return isinstance(key, ec.EllipticCurvePublicKey) and revoked.is_signature_valid(key)
