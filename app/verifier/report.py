"""What a verification comes to: each thing that was looked at in a sentence, and one of four answers over all of them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.certificates.rules import Answer, Statement


class What(StrEnum):
    """The things that are looked at, in the order they are told."""

    KIND = "kind"
    SEAL = "seal"
    WHOLE_FILE = "whole_file"
    STAMP = "stamp"
    CREDENTIAL = "credential"
    STATEMENT = "statement"
    LICENCE = "licence"
    LOG = "log"
    WITNESSES = "witnesses"
    KEYS = "keys"
    BODY = "body"
    BEGUN = "begun"
    EXPIRY = "expiry"
    REVOCATION = "revocation"
    SUSPENSION = "suspension"


class Found(StrEnum):
    """What came of one look. Only `aside` weighs nothing."""

    YES = "yes"
    NO = "no"
    CANNOT_TELL = "cannot_tell"
    ASIDE = "aside"


@dataclass(frozen=True)
class Checked:
    """One thing that was looked at."""

    what: What
    found: Found
    sentence: str


@dataclass(frozen=True)
class About:
    """What a genuine signed statement of the register speaks of: it proves what was so on a day, and nothing of today."""

    kind: str
    """The kind of entry, by the word its address has: certificates, services, curricula, affiliates, bodies."""
    ref: str
    on: date
    known_at: datetime
    """The moment up to which it knew."""
    answer: Answer
    """What it says of its day."""
    sentence: str


@dataclass(frozen=True)
class Report:
    """The answer, the sentence that gives it, and what it rests on."""

    answer: Answer
    sentence: str
    items: tuple[Checked, ...]
    statement: Statement | None = None
    """What the certificate says, once its statement was seen to be the published one."""
    named: str = ""
    """The certificate number the paper gives, whether anything about it is true or not."""
    why: str = ""
    """The sentence without the words that begin it, for who shows the answer in a heading above; empty where there are none."""
    about: About | None = None
    """What a signed statement speaks of, once it was seen to be genuine."""

    def found(self, what: What) -> Found | None:
        """What came of one look; None when it was not reached."""
        return next((item.found for item in self.items if item.what is what), None)
