"""The seal: a PAdES signature put into the place laid out for it, so that the file stays one revision.

ECDSA draws a random number for each signature, so sealing twice gives different bytes. What fixes the bytes is that they
are stored before anything is published, and never made again.
"""

import asyncio
import hashlib
import re
from typing import Final

from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import Signer
from pyhanko.sign.timestamps import TimeStamper

from app.certificates.keys import KeyFault, SigningKey
from app.certificates.lints import LintPassed
from app.certificates.stamp import LARGEST
from app.certificates.verify import asn1_of

RESERVE: Final = 2_048
"""Bytes kept free for the signature: a P-256 one with the body's certificate takes about 1,300.

The root is not put in: nothing signs it there, and whoever checks a seal has to have it from elsewhere anyway.
"""
STAMPED: Final = RESERVE + LARGEST
"""The same for a seal with a time stamp, as large as one may be."""

_RANGE = re.compile(rb"/ByteRange \[(\d{10}) (\d{10}) (\d{10}) (\d{10})\]")
_HOLE = re.compile(rb"/Contents (<0+>)")


class SealFault(Exception):
    """The file cannot be sealed: no place for the seal, or too small a one. Nothing was signed."""


class _PortSigner(Signer):
    """pyHanko's signer, with the signature itself made by whoever holds the key."""

    def __init__(self, key: SigningKey) -> None:
        certificate = key.public.certificate
        if certificate is None:
            raise KeyFault("a seal key without a certificate cannot seal")
        super().__init__(signing_cert=asn1_of(certificate))
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """ECDSA with SHA-256, which is what `SealKey.sign` does on P-256."""
        if digest_algorithm != "sha256":
            raise SigningError("seals are made with SHA-256")
        return bytes(72) if dry_run else self._key.sign(data)


def seal(pdf: bytes, token: LintPassed, key: SigningKey, stamper: TimeStamper | None = None) -> bytes:
    """The file with the body's seal in its place; `token` is what linting exactly this file gave, and is used up.

    PAdES B-B (ETSI EN 319 142-1), B-T with a stamper. SealFault when the place is missing or too small, TokenSpent on a
    wrong token, NotStamped when no time stamp could be had: then nothing is sealed.
    """
    token.redeem(pdf)
    holes = list(_HOLE.finditer(pdf))
    ranges = list(_RANGE.finditer(pdf))
    if len(holes) != 1 or len(ranges) != 1:
        raise SealFault("the file has no place for a seal, or more than one")
    start, end = holes[0].span(1)
    sealed = bytearray(pdf)
    parts = b"/ByteRange [%010d %010d %010d %010d]" % (0, start, end, len(pdf) - end)
    sealed[slice(*ranges[0].span())] = parts
    signature = _sign(bytes(sealed[:start] + sealed[end:]), _PortSigner(key), stamper).hex().encode()
    if len(signature) > end - start - 2:
        raise SealFault(f"the seal needs {len(signature) // 2} bytes, more than were kept free")
    sealed[start + 1 : start + 1 + len(signature)] = signature
    return bytes(sealed)


def _sign(covered: bytes, signer: _PortSigner, stamper: TimeStamper | None) -> bytes:
    digest = hashlib.sha256(covered).digest()
    signed = signer.async_sign(digest, "sha256", use_pades=True, timestamper=stamper)
    return bytes(asyncio.run(signed).dump())
