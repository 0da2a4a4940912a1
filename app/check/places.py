"""Where keys and issued papers lie."""

from pathlib import Path

from cryptography import x509

from app.certificates.effects import press
from app.certificates.keys import PublicKeys
from app.settings import Settings


def public_keys(settings: Settings) -> PublicKeys:
    """The published keys; no private one is ever looked at."""
    return PublicKeys(settings.data_dir / "keys")


def issued_folder(settings: Settings, number: str, version: int) -> Path:
    """Where the files of one version of a certificate lie."""
    return settings.issued_dir / number / str(version)


def stamp_roots(settings: Settings) -> list[x509.Certificate]:
    """The roots under which time stamps are believed: those published, and those of the settings of today."""
    authority = press().authority_of(settings)
    return list(
        dict.fromkeys([*public_keys(settings).stamp_roots(), *(authority.roots if authority else ())])
    )
