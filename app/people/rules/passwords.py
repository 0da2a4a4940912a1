"""Passwords: hashed with argon2id, and refused when anybody would guess them."""

import re

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from app.kernel.words import _

_WORD = re.compile(r"[^\W_]{1,100}")
SHORTEST = 12
"""Characters (NIST SP 800-63B asks for at least 8, and for length rather than odd signs)."""
LONGEST = 200
_HASHER = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1),))
"""OWASP's least for argon2id: 19 MiB, two passes, one lane; about 25 ms."""
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$ssM/hl+HmWBPOyciS/1c8w$KZiAACqI9LlVKD44vmOb5MBFjSyOYWgSYp3adcIZxCQ"
"""Nobody's password, hashed at the same cost; written down, because hashing it anew would be a part of every start."""
_OBVIOUS = frozenset(
    {
        "password", "passphrase", "letmein", "welcome", "administrator", "changeme", "qwerty", "qwertyuiop", "asdfghjkl",
        "asdfghjklqwertyuiop", "qwertyuiopasdfghjkl", "zxcvbnm", "iloveyou", "trustno", "monkey", "dragon", "football", "liverpool",
        "arsenal", "chelsea", "manchesterunited", "sunshine", "princess", "training", "restraint", "restraintreduction", "register",
        "certification", "certificate", "correcthorsebatterystaple", "abcdefghijkl", "abcdefghijklm", "secret", "topsecret",
        "mypassword", "passwordpassword", "thisismypassword", "newpassword", "temporary", "default", "company", "hospital", "school",
    }
)  # fmt: skip
_KEYS = (
    "qwertyuiopasdfghjklzxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "98765432109876543210",
)


def hashed(password: str) -> str:
    """The argon2id hash, with its salt and cost."""
    return _HASHER.hash(password)


def matches(password: str, known: str | None) -> bool:
    """Whether it is the password; takes as long when there is none, so that time does not tell who has an account."""
    try:
        return _HASHER.verify(password, known or _NOBODY) and known is not None
    except UnknownHashError:
        return False


def weakness(password: str, *about: str) -> str | None:
    """Why this password may not be used, or None; `about` is what an attacker knows: e-mail address, names."""
    if len(password) < SHORTEST:
        return _(
            "Use at least {count} characters. Four words that do not belong together are easy to remember."
        ).format(count=SHORTEST)
    low = "".join(password.lower().split())
    core = low.strip("0123456789!?.,-_*#+@$%&")
    parts = {part for text in about for part in _WORD.findall(text.lower()) if len(part) > 2}
    known = core in _OBVIOUS or any(low in keys or low[::-1] in keys for keys in _KEYS)
    if known or len(set(low)) < 5 or core == "":
        return _("This password is one of the first that anybody would try. Choose another.")
    rest = low
    for part in sorted(parts, key=len, reverse=True):
        rest = rest.replace(part, "")
    if sum(map(str.isalnum, rest)) < SHORTEST // 2:
        return _("This password holds little more than your name or e-mail address. Choose another.")
    return None
