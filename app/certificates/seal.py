"""The seal: a PAdES signature put into the place laid out for it, so that the file stays one revision.

ECDSA draws a random number for each signature, so sealing twice gives different bytes. What fixes the bytes is that they
are stored before anything is published, and never made again.
"""

import asyncio
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from asn1crypto import cms
from cryptography import x509
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import Signer
from pyhanko.sign.timestamps import TimeStamper

from app.certificates.keys import KeyFault, SigningKey
from app.certificates.lints import LintPassed
from app.certificates.stamp.asking import LARGEST
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


class _PatternSigner(Signer):
    """pyHanko's signer without a key: it makes the pattern that the signatures of one certificate are all cut from."""

    def __init__(self, certificate: x509.Certificate) -> None:
        super().__init__(signing_cert=asn1_of(certificate))

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Room for an ECDSA signature with SHA-256, which is what `SigningKey.sign` does on P-256."""
        if digest_algorithm != "sha256" or not dry_run:
            raise SigningError("seals are made with SHA-256, by the key itself")
        return bytes(72)


class _StampedSigner(_PatternSigner):
    """The same with a key: a time stamp is over the signature itself, so each of these seals is made whole."""

    def __init__(self, certificate: x509.Certificate, key: SigningKey) -> None:
        super().__init__(certificate)
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """ECDSA with SHA-256."""
        if dry_run or digest_algorithm != "sha256":
            return await super().async_sign_raw(data, digest_algorithm, dry_run)
        return self._key.sign(data)


@dataclass(frozen=True)
class _Pattern:
    """The DER of a seal (RFC 5652 sections 3 and 5) in the pieces between what differs from one seal to the next."""

    kind: bytes
    """The name of the type, first in ContentInfo."""
    before: bytes
    """SignedData up to the signers: version, digest algorithms, content, certificates."""
    signer: bytes
    """SignerInfo up to the signed attributes."""
    attributes: tuple[bytes, bytes]
    """The signed attributes up to the digest of the file, and after it."""
    algorithm: bytes

    def cut(self, digest: bytes, key: SigningKey) -> bytes:
        """The seal of a file with that SHA-256."""
        attributes = digest.join(self.attributes)
        signature = key.sign(b"\x31" + attributes[1:])  # signed as a SET, sent as [0]: RFC 5652 section 5.4
        signer = _der(0x30, self.signer + attributes + self.algorithm + _der(0x04, signature))
        signed = _der(0x30, self.before + _der(0x31, signer))
        return _der(0x30, self.kind + _der(0xA0, signed))


def _der(tag: int, content: bytes) -> bytes:
    """One value of DER (X.690 sections 8.1 and 10.1)."""
    size = len(content)
    length = bytes([size]) if size < 0x80 else size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, *([0x80 | len(length)] if size >= 0x80 else [])]) + length + content


@lru_cache(maxsize=64)
def _pattern(certificate: x509.Certificate) -> _Pattern:
    """pyHanko makes one seal of nothing; it takes 12 ms, and everything in it but digest and signature is the same for all."""
    nothing = hashlib.sha256(b"nothing").digest()
    signer = _PatternSigner(certificate)
    made = asyncio.run(signer.async_sign(nothing, "sha256", dry_run=True, use_pades=True)).dump()
    info = cms.ContentInfo.load(made)
    signed = info["content"]
    one = signed["signer_infos"][0]
    before, after = one["signed_attrs"].dump().split(nothing)
    return _Pattern(
        info["content_type"].dump(),
        _dumped(signed, "version", "digest_algorithms", "encap_content_info", "certificates"),
        _dumped(one, "version", "sid", "digest_algorithm"),
        (before, after),
        one["signature_algorithm"].dump(),
    )


def _dumped(value: cms.Sequence, *names: str) -> bytes:
    return b"".join(value[name].dump() for name in names)


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
    signature = _sign(bytes(sealed[:start] + sealed[end:]), key, stamper).hex().encode()
    if len(signature) > end - start - 2:
        raise SealFault(f"the seal needs {len(signature) // 2} bytes, more than were kept free")
    sealed[start + 1 : start + 1 + len(signature)] = signature
    return bytes(sealed)


def _sign(covered: bytes, key: SigningKey, stamper: TimeStamper | None) -> bytes:
    certificate, digest = key.public.certificate, hashlib.sha256(covered).digest()
    if certificate is None:
        raise KeyFault("a seal key without a certificate cannot seal")
    if stamper is None:
        return _pattern(certificate).cut(digest, key)
    signed = _StampedSigner(certificate, key).async_sign(
        digest, "sha256", use_pades=True, timestamper=stamper
    )
    return bytes(asyncio.run(signed).dump())
