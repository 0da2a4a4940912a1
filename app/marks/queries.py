"""Who may use the mark on a day, and why: derived from certificates, licences and affiliates, and stored nowhere."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, select

from app.certificates.models import Certificate
from app.certificates.queries import status_on, statuses_on, was_published
from app.certificates.rules import Status, StatusOn, parse_number
from app.kernel.casework import ToneView
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.fields import View
from app.kernel.words import _, in_words, label
from app.ledger.queries import Asked, asked_day, head
from app.licences.queries import standing
from app.marks.models import LogoFile
from app.marks.rules import Badge, authority_sentence, badge_of
from app.organisations.models import Organisation
from app.organisations.queries import name_on, names_of, organisation, organisation_of_ref
from app.permissions import Permission, Seat
from app.providers.models import Affiliate
from app.providers.queries import affiliate_is_approved
from app.standards.queries import rule_pack

MOST_SHOWN = 100
MOST_CHAINED = 5
"""How many certificates or providers of one organisation are looked into; nobody has had more at a time."""


class ScopeView(View):
    """One curriculum beside which the mark may or may not stand."""

    certificate_number: str
    title: str
    status: str
    may_use: bool
    tag: ToneView


class MarkView(View):
    """May this organisation use the mark on this day, and why?"""

    organisation: str
    name: str
    on: date
    today: date
    may_use: bool
    title: str
    tone: str
    sentence: str
    reasons: list[str]
    scopes: list[ScopeView]
    claim: str
    as_of_log_size: int


class WrongView(View):
    """Words nobody may use, and why."""

    words: str
    why: str


class FileView(View):
    """A logo file that was made."""

    ref: str
    kind: str
    at: str
    href: str


class HolderMarkView(View):
    """The mark of one certificate, for those who hold it."""

    number: str
    name: str
    may_use: bool
    sentence: str
    tag: ToneView
    claim: str
    files: list[FileView]
    may_make: bool


class MarksView(View):
    """The page of the mark for people who work with it."""

    certificates: list[HolderMarkView]
    wrong: list[WrongView]
    organisation: str


def mark_view(unit: Unit, ref: str, on: date | None = None) -> MarkView:
    """The public answer about one organisation: by its own certificate, or as an affiliate of somebody certified.

    Raises Refused for a day to come.
    """
    about, found = asked_day(unit, on), organisation_of_ref(unit, ref)
    rows = select(Certificate).where(Certificate.holder_id == found.id, was_published())
    held = unit.db.scalars(rows.order_by(Certificate.id.desc()).limit(MOST_CHAINED)).all()
    name = name_on(unit, found.id, about.on)
    if held:
        return _as_holder(unit, found, name, held, about)
    return _as_affiliate(unit, found, name, about)


def _as_holder(
    unit: Unit, found: Organisation, name: str, held: Sequence[Certificate], about: Asked
) -> MarkView:
    day = about.on
    seen = statuses_on(unit, held, day)
    best = max(
        held, key=lambda one: (len(seen[one.id].certified) > 0, seen[one.id].status is not None, one.id)
    )
    rights = standing(unit, best.body_id, day)
    sentence = authority_sentence(
        name, best.number, seen[best.id], in_words(best.expires_on), rights.may_surveil, day="" if about.now else in_words(day)
    )  # fmt: skip
    may = bool(seen[best.id].certified) and rights.may_surveil
    claim = rule_pack(best.rule_pack).claims.correct.format(
        body=organisation(unit, best.body_id).name, number=best.number
    )
    scopes = _scopes([(best, seen[best.id])], rights.may_surveil)
    known = may or seen[best.id].status is not None
    return _answer(unit, found, name, about, may, sentence, [rights.sentence], scopes, claim, known=known)


def _as_affiliate(unit: Unit, found: Organisation, name: str, about: Asked) -> MarkView:
    """An affiliate shows the mark of its provider, for training its own staff, while both stand."""
    day = about.on
    rows = (
        select(Affiliate)
        .where(Affiliate.organisation_id == found.id)
        .order_by(Affiliate.id.desc())
        .limit(MOST_CHAINED)
    )
    approved = [one for one in unit.db.scalars(rows) if affiliate_is_approved(unit, one.id, day)]
    for one in approved:
        held = unit.db.scalars(
            select(Certificate)
            .where(Certificate.service_id == one.service_id, was_published())
            .order_by(Certificate.id.desc())
            .limit(MOST_CHAINED)
        ).all()
        seen = statuses_on(unit, held, day)
        for certificate in held:
            rights = standing(unit, certificate.body_id, day)
            if seen[certificate.id].certified and rights.may_surveil:
                provider = name_on(unit, certificate.holder_id, day)
                sentence = (
                    _("As an approved affiliate of {provider}, {name} may show the mark with number {number} for training its own staff.")
                    if about.now
                    else _("On {day}, as an approved affiliate of {provider}, {name} might show the mark with number {number} for training its own staff.")
                )  # fmt: skip
                said = sentence.format(
                    provider=provider, name=name, number=certificate.number, day=in_words(day)
                )
                claim = rule_pack(certificate.rule_pack).claims.correct.format(
                    body=organisation(unit, certificate.body_id).name, number=certificate.number
                )
                scopes = _scopes([(certificate, seen[certificate.id])], True)
                return _answer(unit, found, name, about, True, said, [rights.sentence], scopes, claim)
    sentence = (
        _("{name} is an approved affiliate, but its provider is not certified on this day.")
        if approved
        else _(
            "{name} neither holds a certificate nor is an approved affiliate on this day, so it may not show the mark."
        )
    )
    return _answer(unit, found, name, about, False, sentence.format(name=name), [], [], "", known=False)


def _scopes(held: list[tuple[Certificate, StatusOn]], in_order: bool) -> list[ScopeView]:
    return [
        ScopeView(
            certificate_number=one.number, title=item.title, status=item.status.value, may_use=item.status.gives_rights and in_order,
            tag=ToneView(word=_("May show it"), tone="yes") if item.status.gives_rights and in_order else ToneView(word=label(item.status), tone="pause" if item.status is Status.SUSPENDED else "no"),
        )
        for one, seen in held
        for item in seen.items
    ]  # fmt: skip


def _answer(
    unit: Unit, found: Organisation, name: str, about: Asked, may: bool, sentence: str, reasons: list[str], scopes: list[ScopeView],
    claim: str, *, known: bool = True,
) -> MarkView:  # fmt: skip
    """`known` is whether the register says anything of the organisation that would be so on that day, if only a no."""
    unknown = about.unknown if not known else ""
    part = may and not all(scope.may_use for scope in scopes)
    return MarkView(
        organisation=found.ref, name=name, on=about.on, today=unit.today, may_use=may, title=_("We cannot tell") if unknown else _title(may, part, about.now),
        tone="unknown" if unknown else "partly" if part else "yes" if may else "no", sentence=unknown or sentence, reasons=[] if unknown else reasons,
        scopes=scopes, claim=claim if may and about.now else "", as_of_log_size=head(unit).size,
    )  # fmt: skip


def _title(may: bool, part: bool, now: bool) -> str:
    """The plain answer."""
    if part:
        return (
            _("Yes, for some of its curricula") if now else _("Yes, on that day, for some of its curricula")
        )
    if may:
        return _("Yes, it may show the mark") if now else _("Yes, on that day it might show the mark")
    return _("No, it may not show the mark") if now else _("No, not on that day")


def visible(unit: Unit) -> Select[Certificate]:
    """RRN sees every certificate the public was told of, a body its own, a service those it holds, others none."""
    unit.actor.require(Permission.MARK_READ)
    rows = select(Certificate).where(was_published())
    if unit.actor.seat is Seat.RRN:
        return rows
    owner = Certificate.body_id if unit.actor.seat is Seat.BODY else Certificate.holder_id
    return rows.where(owner == unit.actor.organisation_id)


def find_certificate(unit: Unit, number: str) -> Certificate:
    """The certificate of that number, if the actor may know of its mark. Raises NotFound."""
    found = unit.db.scalar(visible(unit).where(Certificate.number == parse_number(number).number))
    if found is None:
        raise NotFound(_("There is no certificate with that number among those you may see."))
    return found


def marks_view(unit: Unit) -> MarksView:
    """The mark today: what may be shown, the words that go with it, the words that may not."""
    held = unit.db.scalars(visible(unit).order_by(Certificate.id.desc()).limit(MOST_SHOWN)).all()
    seen = statuses_on(unit, held, unit.today)
    rights = {body: standing(unit, body, unit.today).may_surveil for body in {one.body_id for one in held}}
    names = names_of(unit, {one.holder_id for one in held} | set(rights))
    files = files_of(unit, [one.id for one in held])
    packs = [rule_pack(one.rule_pack) for one in held[:1]] or [rule_pack("rrn-2026")]
    return MarksView(
        certificates=[_holder_view(unit, one, seen[one.id], rights[one.body_id], names, [file for file in files if file.certificate_id == one.id]) for one in held],
        wrong=[WrongView(words=one.words, why=one.why) for one in packs[0].claims.wrong], organisation=unit.actor.organisation_ref,
    )  # fmt: skip


def files_of(unit: Unit, ids: list[int]) -> Sequence[LogoFile]:
    """The logo files made for some certificates, newest first."""
    return unit.db.scalars(
        select(LogoFile)
        .where(LogoFile.certificate_id.in_(ids))
        .order_by(LogoFile.id.desc())
        .limit(MOST_SHOWN)
    ).all()


def _holder_view(
    unit: Unit, one: Certificate, seen: StatusOn, in_order: bool, names: dict[int, str], files: list[LogoFile]
) -> HolderMarkView:
    badge = badge_of(seen, one.number, in_words(one.expires_on))
    may = bool(seen.certified) and in_order
    return HolderMarkView(
        number=one.number, name=names[one.holder_id], may_use=may, sentence=authority_sentence(names[one.holder_id], one.number, seen, in_words(one.expires_on), in_order),
        tag=ToneView(word=badge.first, tone=badge.tone), claim=rule_pack(one.rule_pack).claims.correct.format(body=names[one.body_id], number=one.number) if may else "",
        files=[FileView(ref=file.ref, kind=file.kind.value, at=in_words(file.at.date()), href=f"/marks/{one.number}/logo.{file.kind.value}?file={file.ref}") for file in files] if may else [],
        may_make=may and unit.actor.may(Permission.MARK_DOWNLOAD) and unit.actor.organisation_id == one.holder_id,
    )  # fmt: skip


def authority_refusal(unit: Unit, certificate: Certificate) -> str | None:
    """Why the holder may not use the mark today, or None. Asked at every download, so it is true the moment a suspension is."""
    seen = status_on(unit, certificate.id, unit.today)
    in_order = standing(unit, certificate.body_id, unit.today).may_surveil
    if seen.certified and in_order:
        return None
    name = organisation(unit, certificate.holder_id).name
    return authority_sentence(name, certificate.number, seen, in_words(certificate.expires_on), in_order)


def find_file(unit: Unit, certificate: Certificate, ref: str, kind: str) -> LogoFile:
    """The logo file of that reference and kind, or the newest of the kind when none is named. Raises NotFound."""
    rows = (
        select(LogoFile)
        .where(LogoFile.certificate_id == certificate.id, LogoFile.kind == kind)
        .order_by(LogoFile.id.desc())
        .limit(1)
    )
    found = unit.db.scalar(rows.where(LogoFile.ref == ref) if ref else rows)
    if found is None:
        raise NotFound(
            _("No such logo file was made yet. Make one on the page of the logo, then download it.")
        )
    return found


def badge_view(unit: Unit, number: str) -> Badge:
    """What the badge of a number says now."""
    typed = parse_number(number)
    one = (
        unit.db.scalar(select(Certificate).where(Certificate.number == typed.number))
        if typed.number
        else None
    )
    seen = status_on(unit, one.id, unit.today) if one else None
    return badge_of(seen, typed.number, in_words(one.expires_on) if one else "")
