"""Certificate numbers: made with a check character, and read as people type them."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MAX_SERIAL: Final = 999_999
MAX_TYPED: Final = 40

_BODY_CODE = re.compile(r"[A-Z]{2,6}")
_NUMBER = re.compile(r"([A-Z]{2,6})-?([0-9]{6})-?([0-9A-Z])", re.ASCII)
_AROUND = " \t\r\n\u00a0.,;:!?'\"`()[]{}<>\u00ab\u00bb\u2018\u2019\u201a\u201c\u201d\u201e\u2026"
"""What may stand around a number that is copied out of a sentence: the register's own end with one and a full stop."""
_HYPHENS = re.compile(r"[\s\u00ad\u2010-\u2015\u2212-]+")


class NumberAnswer(StrEnum):
    """What can be said of something typed as a certificate number, before looking anything up."""

    WELL_FORMED = "well_formed"
    WRONG_CHECK = "wrong_check"
    NOT_A_NUMBER = "not_a_number"


@dataclass(frozen=True)
class TypedNumber:
    """A certificate number as typed: `number` is its one spelling, empty when it is none."""

    answer: NumberAnswer
    number: str = ""
    body_code: str = ""
    serial: int = 0


def check_character(text: str) -> str:
    """The check character over digits and capitals (ISO 7064 MOD 37,36).

    It catches every single wrong character and all but one in 600 swaps of neighbours. ValueError on other characters.
    """
    product = 36
    for char in text:
        product = (product + ALPHABET.index(char)) % 36 or 36
        product = product * 2 % 37
    return ALPHABET[(37 - product) % 36]


def make_number(body_code: str, serial: int) -> str:
    """`NGC`, 217 becomes `NGC-000217-` and its check character.

    ValueError when the code is not two to six capitals or the serial not 1 to 999,999.
    """
    if not _BODY_CODE.fullmatch(body_code) or not 1 <= serial <= MAX_SERIAL:
        raise ValueError(f"no certificate number can be made of {body_code!r} and {serial}")
    return f"{body_code}-{serial:06d}-{check_character(f'{body_code}{serial:06d}')}"


def parse_number(typed: str) -> TypedNumber:
    """Read a certificate number as people type it: small letters, spaces, other dashes and marks around it are forgiven."""
    found = (
        _NUMBER.fullmatch(_HYPHENS.sub("-", typed.strip().strip(_AROUND)).upper())
        if len(typed) <= MAX_TYPED
        else None
    )
    if found is None:
        return TypedNumber(NumberAnswer.NOT_A_NUMBER)
    code, digits, check = found.groups()
    right = check_character(code + digits) == check
    answer = NumberAnswer.WELL_FORMED if right else NumberAnswer.WRONG_CHECK
    return TypedNumber(answer, f"{code}-{digits}-{check}", code, int(digits))
