"""The keys: RRN's root for seals, one seal and one credential key a body, and the log's.

What is here every process may know. What opens private keys (`store`, `vault`, `token`) is loaded by the press alone.
"""

from app.certificates.keys.public import (
    CURVES,
    RRN,
    KeyAway,
    KeyFault,
    PublicKey,
    PublicKeys,
    Purpose,
    SigningKey,
    publish_stamp_roots,
    revoked_seals_at,
    thumbprint,
)

ORGANIZATION_IDENTIFIER = "2.5.4.97"
"""Where a certificate names a legal person by number (ETSI EN 319 412-1 section 5.1.4)."""

__all__ = [
    "CURVES",
    "ORGANIZATION_IDENTIFIER",
    "RRN",
    "KeyAway",
    "KeyFault",
    "PublicKey",
    "PublicKeys",
    "Purpose",
    "SigningKey",
    "publish_stamp_roots",
    "revoked_seals_at",
    "thumbprint",
]
