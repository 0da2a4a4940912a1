"""Where private keys lie: the port of a vault, the vault that is a folder only the worker reads, and those of other makers."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from app.certificates.keys.public import (
    KeyAway,
    KeyFault,
    Public,
    PublicKey,
    Purpose,
    SigningKey,
    hash_of,
    is_signature,
    thumbprint,
)
from app.kernel.files import write_once
from app.settings import KEY_HOLDERS

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


class Vault(Protocol):
    """Makes keys, opens them for signing, and destroys them; never gives one away.

    One that is far away gives up in time and raises KeyAway; an OSError out of it is taken for the same.
    """

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
        return self._private.sign(message, ec.ECDSA(hash_of(self._private.public_key())))


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


def vault_of_others(uri: str) -> Vault:
    """The vault that an installed package offers for addresses of this kind (entry point group `rrn.key_holders`).

    What stands behind the entry point is called with the whole address and answers with a Vault. KeyFault when nobody offers one.
    """
    scheme = uri.partition(":")[0]
    offered = list(entry_points(group=KEY_HOLDERS, name=scheme))
    if len(offered) != 1:
        raise KeyFault(f"{len(offered)} installed packages hold keys at {scheme}: addresses")
    vault: Vault = offered[0].load()(uri)
    return vault


@contextlib.contextmanager
def reached(key: PublicKey) -> Iterator[None]:
    """Whatever the system says of a holder of keys that it cannot reach is KeyAway."""
    try:
        yield
    except OSError as fault:
        raise KeyAway(f"whoever holds the {key.purpose} key of {key.owner} does not answer") from fault


@dataclass(frozen=True)
class ProvenKey:
    """A signing key that looks at each signature before anybody has it: its holder may be far away, and may err."""

    public: PublicKey
    _holder: SigningKey

    def sign(self, message: bytes) -> bytes:
        """See SigningKey."""
        with reached(self.public):
            signature = self._holder.sign(message)
        if not is_signature(self.public, message, signature):
            raise KeyAway(
                f"the answer for the {self.public.purpose} key of {self.public.owner} is no signature of it"
            )
        return signature
