"""What the register answers in words: four answers, a tone for each, and sentences that never say more than is so."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from app.certificates.rules import Answer, ItemOn, Status, StatusOn
from app.kernel.fields import Day, Form, Optional
from app.kernel.words import _, in_words, label, plural
from app.web.uploads import Upload

LONGEST_TYPED = 200


def forgiven(typed: object) -> str:
    """What was typed, as one line of characters that can be shown, cut at 200: a question is never refused for its spelling."""
    text = unicodedata.normalize("NFC", str(typed)[: LONGEST_TYPED * 4])
    seen = "".join(letter if unicodedata.category(letter)[0] != "C" else " " for letter in text)
    return " ".join(seen.split())[:LONGEST_TYPED]


class Paper(Form):
    """A certificate to be looked at: as a file, or as the text of its credential."""

    document: Annotated[
        Upload | None,
        Field(
            title="The certificate as a file",
            description="The PDF you were sent, or a credential. At most 10 MB. A PDF is sent to us: we look at it and keep nothing of it.",
            json_schema_extra={"needed": True},
        ),
        Optional,
    ] = None
    credential: Annotated[
        str,
        StringConstraints(max_length=200_000),
        Field(
            title="Or its credential",
            description="The long line of letters that programs exchange. Paste all of it.",
            json_schema_extra={"kind": "textarea", "rows": 3, "needed": True},
        ),
    ] = ""
    on: Annotated[
        Day | None,
        Field(title="A day you want to know about", description="Besides today. For example 27 3 2026."),
        Optional,
    ] = None


TONES = {
    Status.ACTIVE: "yes", Status.REDUCED: "partly", Status.SUSPENDED: "pause", Status.EXPIRED: "no", Status.WITHDRAWN: "no",
    Status.TERMINATED: "no", Status.SUPERSEDED: "plain", Status.TRANSFERRED: "plain",
}  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """The big plain answer: one of four words for programs, a tone, a title and a sentence for people."""

    answer: Answer
    tone: str
    title: str
    sentence: str


def word(status: Status) -> str:
    """A status in one word, as the public reads it."""
    return _("Certified") if status in (Status.ACTIVE, Status.REDUCED) else label(status)


def tone_of(status: Status | None) -> str:
    """The tone of a status; `unknown` when there is none."""
    return TONES.get(status, "unknown") if status else "unknown"


def item_words(item: ItemOn) -> str:
    """The status of one curriculum with the day it began: Suspended since 4 May 2026."""
    if item.status.gives_rights:
        return _("Certified")
    if item.to_on:
        return _("{status}, last day {day}").format(status=word(item.status), day=in_words(item.to_on))
    return _("{status} since {day}").format(status=word(item.status), day=in_words(item.since))


def verdict(
    name: str, number: str, seen: StatusOn, expires_on: date, starts_on: date, on: date, *, now: bool
) -> Verdict:
    """The answer about one certificate on a day: never better than the weakest line under it.

    It speaks in the present only `now`: asked about today, with all that is known.
    """
    if not seen.published:
        return never_issued()
    if seen.status is None:
        return _before(name, number, starts_on, on)
    if seen.certified:
        return _certified(name, number, seen, expires_on, on, now)
    if seen.status is Status.SUSPENDED or (seen.status.gives_rights and _paused(seen)):
        return _suspended(name, number, seen, on, now)
    return _ended(name, number, seen, on, now)


def _paused(seen: StatusOn) -> bool:
    return any(item.status is Status.SUSPENDED for item in seen.items)


def _before(name: str, number: str, starts_on: date, on: date) -> Verdict:
    sentence = _("{name} was not certified on {day} under certificate {number}: it counts from {start}.")
    said = sentence.format(name=name, day=in_words(on), number=number, start=in_words(starts_on))
    return Verdict(Answer.NOT_CERTIFIED, "no", _("No, not yet on that day"), said)


def _certified(name: str, number: str, seen: StatusOn, expires_on: date, on: date, now: bool) -> Verdict:
    good, whole = len(seen.certified), len(seen.certified) == len(seen.items)
    if now:
        said = _("{name} is certified until {day}.").format(name=name, day=in_words(expires_on))
    else:
        said = plural(
            "{{name}} was certified on {{day}} for {count} curriculum.",
            "{{name}} was certified on {{day}} for {count} curricula.",
            good,
        )
        said = said.format(name=name, day=in_words(on))
    rest = "" if whole else " " + _others(seen, now)
    return Verdict(
        Answer.CERTIFIED,
        "yes" if whole else "partly",
        yes_for(good, len(seen.items), now=now),
        f"{said}{rest} " + _("Certificate {number}.").format(number=number),
    )


def yes_for(good: int, all_of_them: int, *, now: bool) -> str:
    """The plain answer while anything on a certificate is certified; one about another day than today says so."""
    said = _("Yes, for {what}") if now else _("Yes, on that day, for {what}")
    if good < all_of_them:
        return said.format(what=_("{good} of {all} curricula").format(good=good, all=all_of_them))
    few = {1: _("the one curriculum on it"), 2: _("both curricula")}
    return said.format(what=few.get(good) or _("all {count} curricula").format(count=good))


def _others(seen: StatusOn, now: bool) -> str:
    """What stands under the curricula that are not certified, in a sentence for each kind."""
    counts: dict[Status, int] = {}
    for item in seen.items:
        if not item.status.gives_rights:
            counts[item.status] = counts.get(item.status, 0) + 1
    one, many = (
        ("{count} curriculum is {{status}}.", "{count} curricula are {{status}}.")
        if now
        else ("{count} curriculum was {{status}}.", "{count} curricula were {{status}}.")
    )
    return " ".join(
        plural(one, many, count).format(status=word(status).lower()) for status, count in counts.items()
    )


def _suspended(name: str, number: str, seen: StatusOn, on: date, now: bool) -> Verdict:
    since = seen.since if seen.status is Status.SUSPENDED else max(item.since for item in seen.items)
    sentence = _("The certification of {name} has been suspended since {since}. Certificate {number}.") if now else _(
        "On {day} the certification of {name} was suspended, since {since}. Certificate {number}."
    )  # fmt: skip
    said = sentence.format(name=name, since=in_words(since or on), day=in_words(on), number=number)
    title = _("Paused: not certified just now") if now else _("Paused: not certified on that day")
    return Verdict(Answer.WAS_CERTIFIED, "pause", title, said)


def _ended(name: str, number: str, seen: StatusOn, on: date, now: bool) -> Verdict:
    status = seen.status or Status.EXPIRED
    since = max(item.since for item in seen.items) if status.gives_rights and seen.items else seen.since or on
    last = date.fromordinal(since.toordinal() - 1)
    title = (_("Not now: it ended on {day}") if now else _("Not on that day: it had ended on {day}")).format(
        day=in_words(last)
    )
    said = _("{name} was certified until {day}. Certificate {number}.").format(
        name=name, day=in_words(last), number=number
    )
    return Verdict(Answer.WAS_CERTIFIED, "no", title, f"{said} {ending(status)}".strip())


def ending(status: Status) -> str:
    """How a certificate ended, as the public reads it; nothing for one that simply ran out."""
    return {
        Status.WITHDRAWN: _("The certification body withdrew it."),
        Status.TERMINATED: _("The training service gave it up."),
        Status.SUPERSEDED: _("A newer certificate took its place."),
        Status.TRANSFERRED: _("Another certification body took it over with a certificate of its own."),
    }.get(status, "")


def never_issued() -> Verdict:
    """A number that is right in itself and belongs to nothing."""
    return Verdict(
        Answer.NOT_CERTIFIED, "no", _("No"),
        _("No certificate with this number was ever issued. If somebody showed you one, it is not genuine."),
    )  # fmt: skip


def not_known_then(known: str) -> Verdict:
    """A certificate the register did not speak of yet at the moment asked about."""
    said = _("At that moment, {moment}, the register said nothing of a certificate with this number.")
    return Verdict(Answer.NOT_CERTIFIED, "no", _("No, not at that moment"), said.format(moment=known))


def cannot_tell(why: str) -> Verdict:
    """What nobody can know: of days to come, or of days before the register began."""
    return Verdict(Answer.CANNOT_TELL, "unknown", _("We cannot tell"), why)


def look_again(typed: str) -> Verdict:
    """A number that cannot be right: a slip of the pen is never told as a no."""
    said = _(
        "The last character of this number does not fit the others, so one of them is wrong. Please look again. Nothing is said about anybody."
    )
    return Verdict(Answer.CANNOT_TELL, "unknown", _("We cannot tell"), said) if typed else not_a_number()


def not_a_number() -> Verdict:
    """Something that does not look like a certificate number at all."""
    said = _(
        "That does not look like a certificate number. One looks like ABC-000123-4: three letters, six figures and one more character."
    )
    return Verdict(Answer.CANNOT_TELL, "unknown", _("We cannot tell"), said)


def line_of(seen: StatusOn, expires_on: date, *, now: bool) -> str:
    """One sentence for lists: Certified until 30 June 2028 for 3 curricula. Of another day only what was so on it."""
    good, all_of_them = len(seen.certified), len(seen.items)
    if seen.status is None:
        return _("Not certified on that day.")
    if good and not now:
        said = _("Certified on that day for {good} of {all} curricula.").format(good=good, all=all_of_them)
        return said if good == all_of_them else f"{said} {_others(seen, now)}"
    if good and good == all_of_them:
        said = plural(
            "Certified until {{day}} for {count} curriculum.",
            "Certified until {{day}} for {count} curricula.",
            good,
        )
        return said.format(day=in_words(expires_on))
    if good:
        said = _("Certified until {day} for {good} of {all} curricula.").format(
            day=in_words(expires_on), good=good, all=all_of_them
        )
        return f"{said} {_others(seen, now)}"
    if seen.status is Status.SUSPENDED or seen.status.gives_rights:
        since = (
            seen.since
            if seen.status is Status.SUSPENDED
            else max((item.since for item in seen.items), default=seen.since)
        )
        return _("Suspended since {day}.").format(day=in_words(since or expires_on))
    last = date.fromordinal((seen.since or expires_on).toordinal() - 1)
    return _("{status}: its last day was {day}.").format(status=word(seen.status), day=in_words(last))


def shown_status(seen: StatusOn) -> tuple[str, str]:
    """Word and tone of a certificate in a list: amber as soon as one line under it is not certified."""
    if seen.status is None:
        return _("Not certified"), "no"
    if seen.status.gives_rights and not seen.certified:
        return _("Suspended"), "pause"
    if seen.status.gives_rights and len(seen.certified) < len(seen.items):
        return _("Certified in part"), "partly"
    return word(seen.status), "yes" if seen.status.gives_rights else tone_of(seen.status)
