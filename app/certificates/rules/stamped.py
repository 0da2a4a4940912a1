"""What came of looking at the time stamp in a seal."""

from enum import StrEnum


class Stamped(StrEnum):
    """What came of looking at the time stamp in a seal. Only `counts` vouches for a time."""

    NONE = "none"
    """There is none, and the file does not say that there ever was."""
    COUNTS = "counts"
    TAKEN_OUT = "taken_out"
    """There is none, and the file, as it was sealed, holds the certificates of the authority that gave one."""
    FALSE = "false"
    """It is about something else, or its signature is false, or it is no time stamp at all."""
    ANOTHER = "another"
    """It is not of the authority whose certificates were sealed into the file."""
    STRANGER = "stranger"
    """No root we know of leads to whoever gave it."""
    DOUBTFUL = "doubtful"
    """Nothing shows that the certificate it was given with counted at that time; it may have been revoked."""
