"""Secrets we hand out and take back: links, cookies, tokens, codes of an app, and how each is kept."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

import pyotp
from cryptography.fernet import Fernet

STEP = 30
"""Seconds one code of the app lasts (RFC 6238)."""
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
RECOVERY_CODES = 10
TOKEN_PREFIX = "rrn_"


def new_secret() -> str:
    """256 random bits as they stand in a link or a cookie."""
    return secrets.token_urlsafe(32)


def new_token() -> str:
    """A key for a program: 256 random bits behind a prefix that scanners of leaked secrets can look for."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """The SHA-256 of a secret with at least 128 random bits: all that is kept of it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def keyed(key: str, purpose: str, text: str) -> str:
    """A digest nobody can make without our key: for what has too little chance in it for a plain one."""
    return hmac.new(key.encode(), f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()


def locked(key: str, text: str) -> str:
    """The text encrypted with our key (Fernet: AES-128-CBC with HMAC-SHA256)."""
    return _fernet(key).encrypt(text.encode()).decode()


def unlocked(key: str, text: str) -> str:
    """The text again. Raises InvalidToken when our key is another one."""
    return _fernet(key).decrypt(text.encode()).decode()


def _fernet(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"second factor:{key}".encode()).digest()))


def new_totp() -> str:
    """A new secret for an authenticator app: 160 bits in base 32 (RFC 4226, section 4)."""
    return pyotp.random_base32()


def totp_code(secret: str, at: datetime) -> str:
    """The code the app shows at that moment."""
    return pyotp.TOTP(secret).at(at)


def totp_step(secret: str, code: str, at: datetime) -> int | None:
    """The 30-second step this code belongs to, one step either way allowed (RFC 6238, section 5.2), or None."""
    now = int(at.timestamp()) // STEP
    typed = "".join(code.split())
    found = None
    for step in (now - 1, now, now + 1):
        if hmac.compare_digest(pyotp.TOTP(secret).at(step * STEP).encode(), typed.encode()):
            found = step
    return found


def totp_address(secret: str, email: str) -> str:
    """What the QR code of the app says."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Certified Training Register")


def new_recovery_codes() -> list[str]:
    """Ten codes of ten letters, 49 bits each, for the day the app is lost."""
    return [
        "-".join("".join(secrets.choice(_LETTERS) for _unused in range(5)) for _half in range(2))
        for _unused in range(RECOVERY_CODES)
    ]


def plain_code(typed: str) -> str:
    """A recovery code as it was made, however it was typed."""
    letters = "".join(letter for letter in typed.lower() if letter in _LETTERS)
    return f"{letters[:5]}-{letters[5:]}"
