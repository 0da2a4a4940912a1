"""A paper that somebody was sent: what the verifier found in it, and what the register says of the same certificate."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from pydantic import Field

from app.certificates.queries.rows import certificate_by_number, versions_of
from app.certificates.rules import Answer, Statement
from app.kernel.casework import ToneView
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.fetching import Unreachable
from app.kernel.fields import View
from app.kernel.words import _, in_words
from app.licences.queries import standing
from app.registry.queries.bodies import body_entry
from app.registry.queries.entries import Entry, affiliate_entry, curriculum_entry, service_entry
from app.registry.queries.verify import VerifyView, verify_view
from app.verifier.anchors import Published, Untrusted, anchors_from
from app.verifier.checking import checked, nothing
from app.verifier.report import About, Checked, Found, Report, What
from app.verifier.rules import advice
from app.verifier.shut_in import Opener

LABELS: Final[Mapping[What, str]] = {
    What.KIND: "Kind of file", What.SEAL: "The seal", What.WHOLE_FILE: "Nothing was changed", What.STAMP: "The time stamp", What.CREDENTIAL: "The credential",
    What.STATEMENT: "What the register published", What.LICENCE: "The licence behind it", What.LOG: "The public log", What.WITNESSES: "Witnesses of the log",
    What.KEYS: "The keys it was made with", What.BEGUN: "First day", What.EXPIRY: "Last day", What.REVOCATION: "Ended or replaced",
    What.SUSPENSION: "Suspended", What.BODY: "The certification body",
}  # fmt: skip
WORDS: Final[Mapping[Found, tuple[str, str]]] = {
    Found.YES: ("Passed", "yes"), Found.NO: ("Failed", "no"), Found.CANNOT_TELL: ("Cannot tell", "unknown"), Found.ASIDE: ("Note", "plain"),
}  # fmt: skip

ENTRIES: Final[Mapping[str, Callable[[Unit, str], Entry]]] = {
    "services": service_entry, "curricula": curriculum_entry, "affiliates": affiliate_entry, "bodies": body_entry,
}  # fmt: skip
"""What signed statements can be about besides certificates, by the word its address has."""
STANDS: Final = ("yes", "partly")


class LookView(View):
    """One thing that was looked at."""

    what: What
    found: Found
    sentence: str
    label: str
    tag: ToneView


class TodayView(View):
    """What the register says of an entry today."""

    title: str
    sentence: str
    tone: str
    address: str
    stands: bool


class SpokenView(View):
    """What a genuine signed statement speaks of: the entry, its day, what it says of that, and what is so today."""

    kind: str
    ref: str
    on: date
    known_at: datetime
    answer: Answer
    sentence: str
    today: TodayView | None
    """None when the register knows no such entry."""


class PaperView(View):
    """The answer about a paper, each thing it rests on, and the register's own answer about the same number."""

    answer: Answer = Answer.CANNOT_TELL
    sentence: str = ""
    title: str = ""
    tone: str = "unknown"
    number: str = ""
    """The certificate it gives itself out as; empty when it names none."""
    version: int | None = None
    genuine: bool = False
    """Whether a licensed body made it and the register published it, or RRN signed it and its log stood so, whatever has become of it since."""
    checks: list[LookView] = Field(default_factory=list)
    advice: str = ""
    today: VerifyView | None = None
    """What the register itself says of that number today, however true the paper is."""
    on_that_day: VerifyView | None = None
    newest: str = ""
    """Where the newest paper is, when this one is another."""
    why: str = ""
    """The sentence as it stands under the title, without the words that the title says."""
    statement: SpokenView | None = None
    """For a genuine signed statement: what it is about, and what the register says of that today."""


def paper_view(
    unit: Unit, paper: bytes, open_pdf: Opener, published: Published, on: date | None
) -> PaperView:
    """Verify a paper against what this register publishes, and tell what the register says today and on a day."""
    try:
        wanted = [text.rpartition("@")[0] for text in unit.site.settings.witnesses]
        anchors = replace(anchors_from(published, wanted, all_of_them=False), is_itself=True)
        found = checked(paper, anchors, published, unit.now, open_pdf)
    except (Untrusted, Unreachable):
        found = nothing(_("This register has published no keys that a paper could be checked with."))
    today = verify_view(unit, found.named, None, None) if found.named else None
    return _view(unit, _with_body(unit, found), today, on)


def _with_body(unit: Unit, found: Report) -> Report:
    """What RRN's licence let the certification body do on the day it decided: told, as the register alone knows it."""
    said = found.statement
    row = certificate_by_number(unit, said.number) if said else None
    if said is None or row is None:
        return found
    rights = standing(unit, row.body_id, said.decision.decided_on)
    words = _("On {day}, when it decided: {sentence}").format(
        day=in_words(said.decision.decided_on), sentence=rights.sentence
    )
    item = Checked(What.BODY, Found.YES if rights.may_issue else Found.ASIDE, words)
    return replace(found, items=(*found.items, item))


def _view(unit: Unit, found: Report, today: VerifyView | None, on: date | None) -> PaperView:
    said = found.statement
    answer, sentence = found.answer, found.sentence
    if answer is Answer.CERTIFIED and today and today.answer is not Answer.CERTIFIED:
        # The lists are signed some seconds after a change; the register itself knows it at once.
        answer, sentence = today.answer, today.sentence
    why = found.why or sentence
    title, tone = _headed(answer, found, today)
    return PaperView(
        answer=answer, sentence=sentence, why=why, title=title, tone=tone, number=found.named, version=said.version if said else None,
        genuine=_is_genuine(found), statement=_spoken(unit, found.about, today),
        checks=[_look(item) for item in found.items], advice=advice(found), today=today,
        on_that_day=verify_view(unit, found.named, on, None) if on and found.named else None, newest=_newest(unit, said),
    )  # fmt: skip


def _is_genuine(found: Report) -> bool:
    known = found.statement is not None and found.answer is not Answer.CANNOT_TELL
    return found.about is not None or (known and found.found(What.LOG) is Found.YES)


def _spoken(unit: Unit, about: About | None, number: VerifyView | None) -> SpokenView | None:
    """What a statement is about, with what the register says of the same entry today."""
    if about is None:
        return None
    return SpokenView(
        kind=about.kind, ref=about.ref, on=about.on, known_at=about.known_at, answer=about.answer, sentence=about.sentence,
        today=_of_number(number) if number else _of_entry(unit, about),
    )  # fmt: skip


def _of_number(found: VerifyView) -> TodayView:
    return TodayView(
        title=found.title, sentence=found.sentence, tone=found.tone, address=f"/verify/{found.number}",
        stands=found.answer is Answer.CERTIFIED,
    )  # fmt: skip


def _of_entry(unit: Unit, about: About) -> TodayView | None:
    """The register's own entry; none of a kind or a reference it does not know."""
    try:
        found = ENTRIES[about.kind](unit, about.ref)
    except (KeyError, NotFound):
        return None
    return TodayView(
        title=found.title, sentence=found.sentence, tone=found.tag.tone, address=f"/register/{about.kind}/{about.ref}",
        stands=found.tag.tone in STANDS,
    )  # fmt: skip


def _headed(answer: Answer, found: Report, today: VerifyView | None) -> tuple[str, str]:
    """The big words above, and their tone."""
    if found.about:
        return _("A genuine statement about {day}").format(day=in_words(found.about.on)), "plain"
    if answer is Answer.CERTIFIED:
        return _("Yes: it is genuine and counts today"), "yes"
    if answer is Answer.WAS_CERTIFIED:
        over = found.found(What.REVOCATION) is Found.NO or found.found(What.EXPIRY) is Found.NO
        paused = found.found(What.SUSPENSION) is Found.NO or (today is not None and today.tone == "pause")
        if paused and not over:
            return _("It is genuine, but not in force just now"), "pause"
        return _("It was genuine, and does not count any more"), "no"
    if answer is Answer.CANNOT_TELL:
        return _("We cannot tell from this"), "unknown"
    early = found.found(What.BEGUN) is Found.NO
    return (_("Not yet: it has not begun"), "pause") if early else (_("Do not rely on this paper"), "no")


def _newest(unit: Unit, said: Statement | None) -> str:
    """The address of the newest paper, when the one at hand is another."""
    row = certificate_by_number(unit, said.number) if said else None
    if said is None or row is None:
        return ""
    newest = max(version.number for version in versions_of(unit, row) if version.issued_at)
    return f"/certificates/{said.number}/{newest}/certificate.pdf" if newest > said.version else ""


def _look(item: Checked) -> LookView:
    word, tone = WORDS[item.found]
    return LookView(
        what=item.what, found=item.found, sentence=item.sentence, label=_(LABELS[item.what]), tag=ToneView(word=_(word), tone=tone),
    )  # fmt: skip
