"""Keys in a token behind PKCS #11: made inside it, never to leave it, found by their thumbprint.

A key is called by owner and purpose (CKA_LABEL, `seal of 7k2m…`) and found by its RFC 7638 thumbprint (CKA_ID).
"""

import base64
import contextlib
import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

import pkcs11
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters

from app.certificates.keys.public import (
    KeyAway,
    KeyFault,
    Public,
    PublicKey,
    Purpose,
    SigningKey,
    der_of,
    thumbprint,
)
from app.settings import TokenPlace

EDWARDS_25519: Final = b"\x13\x0cedwards25519"
"""The curve by its name, as a PrintableString (PKCS #11 3.0, section 2.3.5): what SoftHSM and most tokens understand."""

PAUSES: Final = (0.05, 0.1, 0.2, 0.4)
"""Seconds until a token that was not found is looked for again. Of 300 processes that opened SoftHSM 2.6 eight at a time,
21 did not find it at first and none after the third time."""


class TokenVault:
    """One token. It is opened with the first use and again after a fault; a session takes one caller at a time."""

    def __init__(self, place: TokenPlace) -> None:
        self.place = place
        self._session: Any = None
        self._turn = Lock()

    def make(self, purpose: Purpose, owner: str) -> Public:
        """See Vault."""
        with self._open() as session:
            kind, curve, how = _kind(purpose)
            parameters = session.create_domain_parameters(kind, {Attribute.EC_PARAMS: curve}, local=True)
            public, private = parameters.generate_keypair(
                mechanism=how, store=True, label=f"{purpose} of {owner}",
                private_template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
            )  # fmt: skip
            made = _public(public, purpose)
            public[Attribute.ID] = private[Attribute.ID] = _raw(thumbprint(made))
            return made

    def open(self, key: PublicKey) -> SigningKey:
        """See Vault."""
        with self._open() as session:
            self._private(session, key)
        return TokenKey(key, self)

    def sign(self, key: PublicKey, message: bytes) -> bytes:
        """A signature of that key, made in the token."""
        with self._open() as session:
            private = self._private(session, key)
            if key.purpose is Purpose.LOG:
                return bytes(private.sign(message, mechanism=Mechanism.EDDSA))
            hashed = hashlib.sha384 if key.purpose is Purpose.ROOT else hashlib.sha256
            return der_of(private.sign(hashed(message).digest(), mechanism=Mechanism.ECDSA))

    def destroy(self, key: PublicKey) -> None:
        """See Vault."""
        with self._open() as session:
            for one in list(session.get_objects({Attribute.ID: _raw(key.id)})):
                one.destroy()

    def _private(self, session: Any, key: PublicKey) -> Any:
        wanted = {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.ID: _raw(key.id)}
        found = list(session.get_objects(wanted))
        if len(found) != 1:
            raise KeyFault(
                f"the token {self.place.label} holds {len(found)} {key.purpose} keys of {key.owner} with that id"
            )
        return found[0]

    @contextlib.contextmanager
    def _open(self) -> Iterator[Any]:
        """The session, for one caller. What the token refuses is KeyAway, and the next caller opens it anew."""
        with self._turn:
            try:
                if self._session is None:
                    self._session = self._begin()
                yield self._session
            except (pkcs11.PKCS11Error, OSError, RuntimeError) as fault:
                self._end()
                raise KeyAway(
                    f"the token {self.place.label} does not answer ({type(fault).__name__})"
                ) from fault

    def _begin(self) -> Any:
        pin, token = self.place.pin_file.read_text().strip(), self._found()
        try:
            return token.open(rw=True, user_pin=pin)
        except pkcs11.UserAlreadyLoggedIn:  # a process signs in once, for all its sessions
            return token.open(rw=True)

    def _found(self) -> Any:
        """The token. Its library is begun anew when it is not there: one that began while another process signed in may miss it."""
        library = pkcs11.lib(str(self.place.module))
        for pause in PAUSES:
            try:
                return library.get_token(token_label=self.place.label)
            except (pkcs11.NoSuchToken, pkcs11.GeneralError):
                time.sleep(pause)
                library.reinitialize()
        return library.get_token(token_label=self.place.label)

    def _end(self) -> None:
        if self._session is not None:
            with contextlib.suppress(pkcs11.PKCS11Error):
                self._session.close()
        self._session = None


@dataclass(frozen=True)
class TokenKey:
    """A signing key that stays in its token."""

    public: PublicKey
    _vault: TokenVault

    def sign(self, message: bytes) -> bytes:
        """See SigningKey."""
        return self._vault.sign(self.public, message)


def _kind(purpose: Purpose) -> tuple[KeyType, bytes, Mechanism]:
    if purpose is Purpose.LOG:
        return KeyType.EC_EDWARDS, EDWARDS_25519, Mechanism.EC_EDWARDS_KEY_PAIR_GEN
    curve = "secp384r1" if purpose is Purpose.ROOT else "secp256r1"
    return KeyType.EC, encode_named_curve_parameters(curve), Mechanism.EC_KEY_PAIR_GEN


def _public(key: Any, purpose: Purpose) -> Public:
    """The public part as the token tells it; an Ed25519 point comes wrapped in an OCTET STRING or bare."""
    if purpose is Purpose.LOG:
        return ed25519.Ed25519PublicKey.from_public_bytes(bytes(key[Attribute.EC_POINT])[-32:])
    found = serialization.load_der_public_key(encode_ec_public_key(key))
    if not isinstance(found, ec.EllipticCurvePublicKey):
        raise KeyFault("the token made a key of another kind than it was asked for")
    return found


def _raw(key_id: str) -> bytes:
    return base64.urlsafe_b64decode(key_id + "=")
