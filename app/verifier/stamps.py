"""Looking at the time stamp in a seal: who vouches for when it was made, and whether all that names a time agrees."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from app.certificates.rules import Stamped
from app.kernel.words import _, in_words
from app.verifier.report import Checked, Found, What
from app.verifier.shut_in import OpenedPdf

APART: Final = timedelta(hours=1)
"""How far the times of one sealing may be apart: the seal's own, the stamp's, and that of the log afterwards."""
SAID: Final[Mapping[Stamped, tuple[Found, str]]] = {
    Stamped.TAKEN_OUT: (Found.NO, "This is not the file as it was sealed: the time stamp in its seal was taken out."),
    Stamped.FALSE: (Found.NO, "This is not the file as it was sealed: the time stamp in its seal is false, or belongs to another file."),
    Stamped.ANOTHER: (Found.NO, "This is not the file as it was sealed: the time stamp in its seal is not of the authority that it was sealed with."),
    Stamped.STRANGER: (Found.ASIDE, "The seal bears a time stamp of {authority}, whom this register does not name. It is not counted; the seal stands on its own."),
    Stamped.DOUBTFUL: (Found.CANNOT_TELL, "Nothing shows that the certificate of the time stamp in the seal counted at that time, so it is not certain when the seal was made."),
}  # fmt: skip


def look_at_stamp(
    seal: OpenedPdf | None, published_at: datetime | None
) -> tuple[list[Checked], datetime | None]:
    """What there is to tell of the stamp, and the time it vouches for, if it does.

    `published_at` is when the log says that the file was published; it was sealed before.
    """
    if seal is None or seal.stamp is Stamped.NONE:
        return [], None
    known = seal.stamp in (Stamped.COUNTS, Stamped.DOUBTFUL)
    if known and seal.stamped_at and (odd := _at_odds(seal, seal.stamped_at, published_at)):
        return [Checked(What.STAMP, Found.CANNOT_TELL, odd)], None
    if seal.stamp is not Stamped.COUNTS or seal.stamped_at is None:
        found, words = SAID.get(seal.stamp, SAID[Stamped.FALSE])
        return [Checked(What.STAMP, found, _(words).format(authority=seal.stamped_by))], None
    words = _("A time stamp of {authority} covers this seal: it was there on {moment}.")
    said = words.format(authority=seal.stamped_by, moment=moment_in_words(seal.stamped_at))
    if seal.stamp_is_proven:
        said += " " + _("The file itself shows that the authority’s certificate counted then.")
    return [Checked(What.STAMP, Found.YES, said)], seal.stamped_at


def _at_odds(seal: OpenedPdf, at: datetime, published_at: datetime | None) -> str:
    """Which other time the stamp's contradicts, in a sentence, or nothing."""
    stamp = _("The time stamp in the seal is of {moment}.").format(moment=moment_in_words(at))
    if seal.sealed_since and at < seal.sealed_since:
        return stamp + " " + _("The key of the seal was not there before {moment}: one of the two is not true.").format(moment=moment_in_words(seal.sealed_since))  # fmt: skip
    if seal.sealed_at is None or abs(at - seal.sealed_at) > APART:
        said = moment_in_words(seal.sealed_at) if seal.sealed_at else _("no time at all")
        return stamp + " " + _("The seal itself names {moment}: one of the two is not true.").format(moment=said)  # fmt: skip
    if published_at and at > published_at + APART:
        return stamp + " " + _("The register’s log told of the file before, on {moment}: one of the two is not true.").format(moment=moment_in_words(published_at))  # fmt: skip
    return ""


def moment_in_words(at: datetime) -> str:
    """A moment to the minute, in UTC."""
    utc = at.astimezone(UTC)
    return _("{day} at {time} UTC").format(day=in_words(utc.date()), time=f"{utc:%H:%M}")
