"""One certificate on a day, as known at a moment: the four answers."""

from datetime import date, datetime

from pydantic import Field

from app.certificates.models import CertificateStatus
from app.certificates.queries import status_on
from app.certificates.queries.keys import doubt_about
from app.certificates.rules import Answer, NumberAnswer, Status, StatusOn, TypedNumber, parse_number
from app.kernel.casework import ToneView
from app.kernel.clock import LONDON
from app.kernel.database import Unit
from app.kernel.fields import View
from app.kernel.words import _, in_words, label
from app.ledger.queries import size_at
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


def verify_view(unit: Unit, typed: str, on: date | None, known_at: datetime | None) -> VerifyView:
    """The four-valued answer. Nothing a person types makes it fail; a slip of the pen is never told as a no."""
    number, day = parse_number(typed), on or unit.today
    end = end_of(unit)
    size = end.size if known_at is None else size_at(unit, known_at)
    found = _told(unit, number, day, known_at)
    said = _verdict(unit, number, found, day, known_at)
    view = VerifyView(
        answer=said.answer, sentence=said.sentence, number=number.number or typed.strip()[:40],
        status=found.seen.status.value if found and found.seen.status else None, on=day, known_at=known_at or end.at, as_of_log_size=size,
        title=said.title, tone=said.tone, today=unit.today, asked_then=known_at is not None,
    )  # fmt: skip
    return _filled(unit, view, found, known_at) if found and found.seen.published else view


def _told(unit: Unit, number: TypedNumber, day: date, known_at: datetime | None) -> Told | None:
    if number.answer is not NumberAnswer.WELL_FORMED:
        return None
    return told_of_number(unit, number.number, day, known_at)


def _verdict(
    unit: Unit, number: TypedNumber, found: Told | None, day: date, known_at: datetime | None
) -> Verdict:
    if number.answer is NumberAnswer.NOT_A_NUMBER:
        return not_a_number()
    if number.answer is NumberAnswer.WRONG_CHECK:
        return look_again(number.number)
    if found is None:
        return never_issued()
    if not found.seen.published:
        later = known_at is not None and status_on(unit, found.certificate.id, day).published
        return not_known_then(spoken(known_at)) if known_at and later else never_issued()
    one = found.certificate
    return verdict(found.holder_name, one.number, found.seen, one.expires_on, one.starts_on, day, unit.today)


def spoken(moment: datetime) -> str:
    """22 November 2026 at 10:00, the time in London."""
    local = moment.astimezone(LONDON)
    return _("{day} at {time}").format(day=in_words(local.date()), time=f"{local:%H:%M}")


def _filled(unit: Unit, view: VerifyView, found: Told, known_at: datetime | None) -> VerifyView:
    """The answer with everything it rests on."""
    one, seen = found.certificate, found.seen
    claims = rule_pack(one.rule_pack).claims
    return view.model_copy(
        update={
            "holder": found.holder_view, "body": licensed_body(unit, found, view.on, known_at), "edition": one.edition,
            "granted_on": one.granted_on, "expires_on": one.expires_on,
            "curricula": [curriculum_view(found, item) for item in seen.items], "history": changes(found),
            "edition_title": edition(one.edition).title, "note": _said(seen), "ends_when": seen.ends_when,
            "limit_on": seen.limit_on, "doubt": _doubt(unit, one.id) if known_at is None else "",
            "claim": claims.correct.format(body=found.body.name, number=one.number) if seen.certified and view.on == view.today else "",
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


def licensed_body(unit: Unit, found: Told, day: date, known_at: datetime | None) -> LicensedBodyView:
    """The body of a certificate and what it might do on the day."""
    rights = standing(unit, found.body.id, day, known_at)
    return LicensedBodyView(
        ref=found.body.ref, name=found.body.name, ukas_number=rights.ukas_number, licence=rights.licence_ref, standing=rights.sentence,
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
