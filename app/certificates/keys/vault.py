"""Where private keys lie: the port of a vault, and the vault that is a folder only the worker reads."""

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from app.certificates.keys.public import KeyFault, Public, PublicKey, Purpose, SigningKey, thumbprint
from app.kernel.files import write_once

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


class Vault(Protocol):
    """Makes keys, opens them for signing, and destroys them; never gives one away."""

    def make(self, purpose: Purpose, owner: str) -> Public:
        """A new key, kept; its public part."""

    def open(self, key: PublicKey) -> SigningKey:
        """The key of that public part; KeyFault when it is not here or is another."""

    def destroy(self, key: PublicKey) -> None:
        """End a private key for good; nothing happens when it is gone already."""


@dataclass(frozen=True)
class FileKey:
    """A signing key read from a file once and kept in memory."""

    public: PublicKey
    _private: PrivateKey

    def sign(self, message: bytes) -> bytes:
        """See SigningKey."""
        if isinstance(self._private, ed25519.Ed25519PrivateKey):
            return self._private.sign(message)
        wide = isinstance(self._private.curve, ec.SECP384R1)
        return self._private.sign(message, ec.ECDSA(hashes.SHA384() if wide else hashes.SHA256()))


class FileVault:
    """One PEM file a key, mode 0600, named by the key's thumbprint."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self, purpose: Purpose, owner: str) -> Public:
        """See Vault."""
        private = (
            ed25519.Ed25519PrivateKey.generate()
            if purpose is Purpose.LOG
            else ec.generate_private_key(ec.SECP384R1() if purpose is Purpose.ROOT else ec.SECP256R1())
        )
        pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_once(self._path(thumbprint(private.public_key())), pem)
        self._path(thumbprint(private.public_key())).chmod(0o600)
        return private.public_key()

    def open(self, key: PublicKey) -> SigningKey:
        """See Vault."""
        path = self._path(key.id)
        try:
            private = serialization.load_pem_private_key(path.read_bytes(), None)
        except FileNotFoundError as fault:
            raise KeyFault(f"the private part of the {key.purpose} key of {key.owner} is not here") from fault
        if path.stat().st_mode & 0o077:
            raise KeyFault(f"others than its owner can read the {key.purpose} key of {key.owner}")
        if not isinstance(private, PrivateKey) or thumbprint(private.public_key()) != key.id:
            raise KeyFault(f"the private part of the {key.purpose} key of {key.owner} is another key")
        return FileKey(key, private)

    def destroy(self, key: PublicKey) -> None:
        """See Vault."""
        with contextlib.suppress(FileNotFoundError):
            self._path(key.id).unlink()

    def _path(self, key_id: str) -> Path:
        return self.folder / f"{key_id}.pem"
