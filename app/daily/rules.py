"""What the report of a day says, as canonical JSON and in words. Numbers and references only: nothing that may have to be taken out."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from pydantic import BaseModel, ConfigDict

from app.kernel.words import _, in_words, label
from app.papers.rules import Issuer, Part
from app.statements.rules import Instant

FORMAT: Final = "rrn-day-1"
GRACE: Final = timedelta(minutes=5)
"""How long after midnight a day is closed: a change that was begun before it is committed by then."""
PATIENCE: Final = timedelta(hours=1)
"""How long a report waits for a witness."""
MOST_IN_WORDS: Final = 60
"""Lines of one heading on paper and in letters; the JSON has them all."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Cosigned(_Frozen):
    """An outside witness that cosigned the checkpoint."""

    witness: str
    came_at: Instant


class StatusLine(_Frozen):
    """What the public was told of a certificate (that a version was published, or a new status) or a licence."""

    about: str
    """The number of the certificate, or the code of the certification body."""
    what: str
    effective_on: date | None
    whole: bool
    """Whether it is about the whole certificate, and not about one curriculum on it."""


class KeyLine(_Frozen):
    """What the public was told of one key."""

    key: str
    purpose: str
    owner: str
    what: str
    since: Instant


class LookLine(_Frozen):
    """One thing that was looked at when the day was closed."""

    look: str
    well: bool


class Before(_Frozen):
    """The report before this one, and the SHA-256 of its JSON."""

    day: date
    digest: str


class DayContent(_Frozen):
    """One whole report."""

    format: str = FORMAT
    issuer: Issuer
    day: date
    address: str
    size_before: int
    size: int
    """Entries of the log at midnight in London, when the day began and when it ended."""
    root: str
    """The root hash over them (RFC 6962), in hexadecimal."""
    checkpoint: str
    """A signed checkpoint that covers all of them, verbatim, with the cosignatures that had come."""
    checkpoint_size: int
    witnesses: tuple[Cosigned, ...]
    entries: dict[str, int]
    certificates: tuple[StatusLine, ...]
    licences: tuple[StatusLine, ...]
    keys: tuple[KeyLine, ...]
    suspect: tuple[KeyLine, ...]
    """Every key that others may know, whenever that was told."""
    looks: tuple[LookLine, ...]
    before: Before | None


def title(said: DayContent) -> str:
    """The report in a line."""
    return _("The register on {day}").format(day=in_words(said.day))


def summary(said: DayContent) -> str:
    """How far the log went, in a sentence."""
    size, new = f"{said.size:,}", said.size - said.size_before
    if not new:
        return _("At midnight the log held {size} entries, none of them of this day.").format(size=size)
    words = _("At midnight the log held {size} entries, {new} of them of this day.")
    return words.format(size=size, new=f"{new:,}")


def parts(said: DayContent) -> tuple[Part, ...]:
    """The report in words, for paper, page and letter."""
    return (
        Part(heading=_("The log"), lines=_log(said)),
        Part(heading=checkpoint_heading(), lines=tuple(said.checkpoint.splitlines())),
        Part(heading=_("What was entered"), lines=_counted(said)),
        Part(heading=_("Certificates"), lines=_short([_status(one) for one in said.certificates])),
        Part(heading=_("Licences"), lines=_short([_status(one) for one in said.licences])),
        Part(heading=_("Keys"), lines=_short([_key(one) for one in said.keys] + _suspects(said))),
        Part(heading=_("What was looked at"), lines=tuple(_look(one) for one in said.looks)),
        Part(heading=_("Keep it"), lines=(keep(), _("{address} has this report and all others.").format(address=said.address))),
    )  # fmt: skip


def checkpoint_heading() -> str:
    """What stands above the checkpoint."""
    return _("Its checkpoint")


def text(said: DayContent) -> str:
    """The report as plain text, the checkpoint verbatim, as it is mailed."""
    found = [title(said), ""]
    for part in parts(said):
        lines = (
            [said.checkpoint.rstrip("\n")]
            if part.heading == checkpoint_heading()
            else [f"- {line}" for line in part.lines]
        )
        found += [part.heading, "", *lines, ""]
    return "\n".join(found)


def keep() -> str:
    """Why the letter is worth keeping."""
    return _(
        "Keep this report where RRN cannot reach it. rrn monitor FOLDER --checkpoint FILE tells whether this checkpoint is still the beginning of the log: if not, the log was made anew or cut short."
    )


def _log(said: DayContent) -> tuple[str, ...]:
    lines = [summary(said), _("Their root hash (RFC 6962): {root}").format(root=said.root)]
    if said.witnesses:
        words = _("Cosigned by {witness} on {moment}.")
        lines += [
            words.format(witness=one.witness, moment=f"{one.came_at:%Y-%m-%d %H:%M} UTC")
            for one in said.witnesses
        ]
    else:
        lines.append(_("No outside witness had cosigned the checkpoint when this report was made."))
    if said.before:
        words = _("The SHA-256 of the JSON of the report before, {day}: {digest}")
        lines.append(words.format(day=in_words(said.before.day), digest=said.before.digest))
    return tuple(lines)


def _counted(said: DayContent) -> tuple[str, ...]:
    if not said.entries:
        return (_("Nothing was entered on this day."),)
    return tuple(
        f"{label(kind.replace('.', ' '))}: {count:,}" for kind, count in sorted(said.entries.items())
    )


def _short(lines: Sequence[str]) -> tuple[str, ...]:
    if not lines:
        return (_("Nothing on this day."),)
    rest = len(lines) - MOST_IN_WORDS
    more = [_("And {count} more: report.json has all of them.").format(count=f"{rest:,}")] if rest > 0 else []
    return (*lines[:MOST_IN_WORDS], *more)


def _status(one: StatusLine) -> str:
    if one.effective_on is None:
        return _("{about}: {what}").format(about=one.about, what=label(one.what).lower())
    words = _("{about}: {what} from {day}") if one.whole else _("{about}, one curriculum: {what} from {day}")
    return words.format(about=one.about, what=label(one.what).lower(), day=in_words(one.effective_on))


def _key(one: KeyLine) -> str:
    return _("{purpose} key {key} of {owner}: {what}, from {moment} UTC").format(
        purpose=label(one.purpose), key=one.key, owner=one.owner, what=label(one.what).lower(), moment=f"{one.since:%Y-%m-%d %H:%M}",
    )  # fmt: skip


def _suspects(said: DayContent) -> list[str]:
    words = _("Others may know the {purpose} key {key} since {moment} UTC.")
    return [
        words.format(purpose=one.purpose, key=one.key, moment=f"{one.since:%Y-%m-%d %H:%M}")
        for one in said.suspect
    ]


def _look(one: LookLine) -> str:
    return f"{one.look}: {_('in order') if one.well else _('NOT in order')}"
