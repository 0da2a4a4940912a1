"""Where keys and issued papers lie."""

from pathlib import Path

from app.certificates.keys import PublicKeys
from app.settings import Settings


def public_keys(settings: Settings) -> PublicKeys:
    """The published keys; no private one is ever looked at."""
    return PublicKeys(settings.data_dir / "keys")


def issued_folder(settings: Settings, number: str, version: int) -> Path:
    """Where the files of one version of a certificate lie."""
    return settings.issued_dir / number / str(version)
