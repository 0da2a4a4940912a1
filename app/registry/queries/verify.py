"""One certificate on a day, as known at a moment: the four answers."""

from datetime import date, datetime

from pydantic import Field

from app.certificates.models import CertificateStatus
from app.certificates.queries import status_on
from app.certificates.queries.keys import doubt_about
from app.certificates.rules import Answer, NumberAnswer, Status, StatusOn, TypedNumber, parse_number
from app.kernel.casework import ToneView
from app.kernel.database import Unit
from app.kernel.fields import View
from app.kernel.words import _, label, spoken
from app.ledger.queries import Asked, asked, size_at
from app.licences.queries import standing
from app.registry.queries.told import (
    BodyView,
    CurriculumView,
    HolderView,
    Told,
    curriculum_view,
    end_of,
    told_of_number,
)
from app.registry.rules import (
    Verdict,
    cannot_tell,
    look_again,
    never_issued,
    not_a_number,
    not_known_then,
    tone_of,
    verdict,
    word,
)
from app.standards.queries import edition, rule_pack


class LicensedBodyView(BodyView):
    """The certification body with what gave it the right to decide, on the day."""

    ukas_number: str
    licence: str | None
    standing: str
    """One sentence: what it may do on the day."""
    in_order: bool


class ChangeView(View):
    """One change of status, as the public was told."""

    status: str
    effective_on: date
    recorded_at: datetime
    public_text: str
    curriculum: str
    """The title of the curriculum, when only that changed."""
    tag: ToneView


class NowView(View):
    """What is known now, beside an answer about another day or an earlier moment."""

    on: date
    answer: Answer
    title: str
    tone: str
    sentence: str


class VerifyView(View):
    """The answer about one number."""

    answer: Answer
    sentence: str
    number: str
    status: str | None
    on: date
    known_at: datetime | None
    as_of_log_size: int
    holder: HolderView | None = None
    body: LicensedBodyView | None = None
    edition: str | None = None
    granted_on: date | None = None
    expires_on: date | None = None
    curricula: list[CurriculumView] = Field(default_factory=list)
    history: list[ChangeView] = Field(default_factory=list)
    title: str = ""
    tone: str = "unknown"
    today: date
    edition_title: str = ""
    claim: str = ""
    """The line the holder may write, when it may."""
    note: str = ""
    ends_when: str = ""
    """What ends the suspension, as the body said it in public."""
    limit_on: date | None = None
    """The last day a suspension may last."""
    doubt: str = ""
    """Why the paper itself is not to be believed for now, when others may know the key it was sealed with."""
    asked_then: bool = False
    """Whether the answer is about what was known at an earlier moment."""
    to_come: bool = False
    """Whether the day or the moment has not come yet."""
    now: list[NowView] = Field(default_factory=list)
    """What is so today, and what is known now of the day asked about, each where it is another answer."""
    now_first: bool = False
    """Whether that has to be read first: the answer is a yes, and what is known now is none. Then nothing about it is green."""


def verify_view(unit: Unit, typed: str, on: date | None, known_at: datetime | None) -> VerifyView:
    """The four-valued answer. Nothing a person types makes it fail; a slip of the pen is never told as a no."""
    number, about, end = parse_number(typed), asked(unit, on, known_at), end_of(unit)
    found = _told(unit, number, about)
    said = _verdict(unit, number, found, about)
    now = _known_now(unit, number, about, said)
    worse = said.answer is Answer.CERTIFIED and any(one.answer is not Answer.CERTIFIED for one in now)
    view = VerifyView(
        answer=said.answer, sentence=_as_known(said, found, about), number=number.number or typed.strip()[:40],
        status=found.seen.status.value if found and found.seen.status else None, on=about.on, known_at=about.known_at or end.at,
        as_of_log_size=end.size if about.known_at is None else size_at(unit, about.known_at), title=said.title, tone="plain" if worse else said.tone,
        today=unit.today, asked_then=about.known_at is not None and not about.to_come,
        to_come=bool(about.to_come) and number.answer is NumberAnswer.WELL_FORMED, now=now,
        now_first=worse,
    )  # fmt: skip
    return _filled(unit, view, found, about) if found and found.seen.published else view


def _told(unit: Unit, number: TypedNumber, about: Asked) -> Told | None:
    if number.answer is not NumberAnswer.WELL_FORMED or about.to_come:
        return None
    return told_of_number(unit, number.number, about.on, about.known_at)


def _verdict(unit: Unit, number: TypedNumber, found: Told | None, about: Asked) -> Verdict:
    if number.answer is NumberAnswer.NOT_A_NUMBER:
        return not_a_number()
    if number.answer is NumberAnswer.WRONG_CHECK:
        return look_again(number.number)
    if about.to_come:
        return cannot_tell(about.to_come)
    if found is None:
        return never_issued()
    if not found.seen.published:
        later = about.known_at is not None and status_on(unit, found.certificate.id, about.on).published
        if about.known_at is None or not later:
            return never_issued()
        return cannot_tell(about.unknown) if about.unknown else not_known_then(spoken(about.known_at))
    return _of(found, about)


def _of(found: Told, about: Asked) -> Verdict:
    """The answer about a certificate the public was told of by then; a no from before the register began is none."""
    one, seen = found.certificate, found.seen
    said = verdict(
        found.holder_name, one.number, seen, one.expires_on, one.starts_on, about.on, now=about.now
    )
    return cannot_tell(about.unknown) if about.unknown and said.answer is Answer.NOT_CERTIFIED else said


def _as_known(said: Verdict, found: Told | None, about: Asked) -> str:
    """The sentence; one about what was known at an earlier moment begins with that."""
    told = found is not None and found.seen.published and said.answer is not Answer.CANNOT_TELL
    if about.known_at is None or not told:
        return said.sentence
    return _("As known on {moment}: {sentence}").format(moment=spoken(about.known_at), sentence=said.sentence)


def _known_now(unit: Unit, number: TypedNumber, about: Asked, said: Verdict) -> list[NowView]:
    """What is so today, and what is known now of the same day, each where it is another answer."""
    if about.now or about.to_come or number.answer is not NumberAnswer.WELL_FORMED:
        return []
    found: list[NowView] = []
    for same in (asked(unit, None), asked(unit, about.on)) if about.known_at else (asked(unit, None),):
        told = _told(unit, number, same)
        if told is None or not told.seen.published or any(one.on == same.on for one in found):
            continue
        again = _of(told, same)
        if (again.answer, again.tone) != (said.answer, said.tone) or (not same.now and again != said):
            found.append(
                NowView(on=same.on, answer=again.answer, title=again.title, tone=again.tone, sentence=again.sentence)
            )  # fmt: skip
    return found


def _filled(unit: Unit, view: VerifyView, found: Told, about: Asked) -> VerifyView:
    """The answer with everything it rests on."""
    one, seen = found.certificate, found.seen
    claims = rule_pack(one.rule_pack).claims
    return view.model_copy(
        update={
            "holder": found.holder_view, "body": licensed_body(unit, found, about), "edition": one.edition,
            "granted_on": one.granted_on, "expires_on": one.expires_on,
            "curricula": [curriculum_view(found, item) for item in seen.items], "history": changes(found),
            "edition_title": edition(one.edition).title, "note": _said(seen), "ends_when": seen.ends_when,
            "limit_on": seen.limit_on, "doubt": _doubt(unit, one.id) if about.known_at is None else "",
            "claim": claims.correct.format(body=found.body.name, number=one.number) if seen.certified and about.now else "",
        }
    )  # fmt: skip


def _said(seen: StatusOn) -> str:
    """What the body said about what is not certified: of the whole certificate, or of the curricula that are not."""
    if seen.status and not seen.status.gives_rights:
        return seen.public_text
    return " ".join(
        f"{item.title}: {item.public_text}"
        for item in seen.items
        if not item.status.gives_rights and item.public_text
    )


def _doubt(unit: Unit, certificate_id: int) -> str:
    """The register's own answer rests on no key; only the paper does."""
    since = doubt_about(unit, certificate_id)
    if since is None:
        return ""
    return _(
        "Others may have known the key behind this certificate’s paper since {moment}. Do not rely on a paper or file you were sent: this page is what counts. New paper is being made."
    ).format(moment=spoken(since))


def licensed_body(unit: Unit, found: Told, about: Asked) -> LicensedBodyView:
    """The body of a certificate and what it might do on the day, as far as anybody knows."""
    rights = standing(unit, found.body.id, about.on, about.known_at)
    unknown = about.unknown if not rights.licence_ref else ""
    return LicensedBodyView(
        ref=found.body.ref, name=found.body.name, ukas_number=rights.ukas_number, licence=rights.licence_ref, standing=unknown or rights.sentence,
        in_order=rights.may_issue,
    )  # fmt: skip


def changes(found: Told) -> list[ChangeView]:
    """What the public was told of a certificate, newest first; the days before it was published are nobody's business."""
    titles = {item.item_id: item.title for item in found.seen.items}
    told = [
        line
        for line in found.lines
        if line.status is not Status.GRANTED and (line.item_id is None or line.before is not None)
    ]
    return [_change(line, titles.get(line.item_id or 0, "")) for line in reversed(told)]


def _change(line: CertificateStatus, title: str) -> ChangeView:
    said = label("reduced") if line.status is Status.REDUCED else word(line.status)
    return ChangeView(
        status=line.status.value, effective_on=line.effective_on, recorded_at=line.recorded_at, public_text=line.public_text,
        curriculum=title, tag=ToneView(word=said, tone=tone_of(line.status)),
    )  # fmt: skip
