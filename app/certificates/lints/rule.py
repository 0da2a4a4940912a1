"""What a rule on certificates is, and the one-time token that shows all rules were kept."""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

Subject = TypeVar("Subject")
Check = Callable[[Subject], "str | None"]

_MINT: Final = secrets.token_bytes(16)
"""Known inside this module only, so that no token is made except by looking."""


@dataclass(frozen=True)
class Rule(Generic[Subject]):
    """One rule: what it looks at, and where it comes from. `check` gives a sentence when the rule is broken."""

    name: str
    source: str
    check: Check[Subject]


@dataclass(frozen=True)
class Breach:
    """One broken rule, in words, with its source."""

    rule: str
    source: str
    sentence: str


class LintRefused(Exception):
    """The certificate breaks rules and is not issued; `breaches` says which."""

    def __init__(self, breaches: tuple[Breach, ...]) -> None:
        super().__init__(
            "; ".join(f"{breach.rule}: {breach.sentence} ({breach.source})" for breach in breaches)
        )
        self.breaches = breaches


class TokenSpent(Exception):
    """The token was used before, or is for other bytes. Nothing was signed."""


class LintPassed:
    """Says that exactly these bytes kept every rule. It can be redeemed once, for nothing but them."""

    def __init__(self, content: bytes, mint: bytes) -> None:
        if mint is not _MINT:
            raise TokenSpent("only the rules themselves give this token")
        self.sha256 = hashlib.sha256(content).hexdigest()
        self._spent = False

    def redeem(self, content: bytes) -> None:
        """Use the token up for the bytes it was given for; TokenSpent otherwise."""
        if self._spent or hashlib.sha256(content).hexdigest() != self.sha256:
            raise TokenSpent("the token was used before, or is for other bytes")
        self._spent = True


class Rules(Generic[Subject]):
    """A set of rules on one kind of subject, filled by decorating functions."""

    def __init__(self) -> None:
        self.all: list[Rule[Subject]] = []

    def rule(self, source: str) -> Callable[[Check[Subject]], Check[Subject]]:
        """Add the function below as a rule with that source."""

        def add(check: Check[Subject]) -> Check[Subject]:
            self.all.append(Rule(check.__name__, source, check))
            return check

        return add


def inspect(subject: Subject, content: bytes, sets: Iterable[Rules[Subject]]) -> LintPassed:
    """Look at the subject by every rule; the token for `content`, or LintRefused with everything that was found."""
    rules = [rule for each in sets for rule in each.all]
    found = [(rule, rule.check(subject)) for rule in rules]
    breaches = tuple(Breach(rule.name, rule.source, sentence) for rule, sentence in found if sentence)
    if breaches:
        raise LintRefused(breaches)
    return LintPassed(content, _MINT)
