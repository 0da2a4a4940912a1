"""The four answers, the same for a number, a paper and a credential."""

from enum import StrEnum


class Answer(StrEnum):
    """The four answers about a certificate on a day; silence and a broken register are never a no."""

    CERTIFIED = "certified"
    WAS_CERTIFIED = "was_certified"
    NOT_CERTIFIED = "not_certified"
    CANNOT_TELL = "cannot_tell"
