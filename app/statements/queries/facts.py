"""The facts of one entry on one day, as known at one moment: from append-only records alone, so the same for ever."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from app.certificates.models import Certificate, CertificateItem
from app.certificates.queries import was_published
from app.certificates.rules import Answer
from app.curricula.models import Curriculum
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.words import _, in_words, spoken
from app.ledger.queries import asked
from app.licences.queries import licence_lines, licences_of, shown, standing
from app.organisations.models import Organisation
from app.permissions import Seat
from app.providers.models import Affiliate, AffiliateApproval
from app.providers.queries import affiliate_is_approved, services_named
from app.registry.queries.entries import best_of
from app.registry.queries.told import Told, told_of
from app.registry.queries.verify import changes
from app.registry.rules import verdict
from app.statements.queries.names import Called, names_of
from app.statements.rules import (
    BodyFact,
    CertificateFact,
    ChangeFact,
    CurriculumFact,
    Facts,
    Kind,
    Part,
    SpanFact,
)

Said = tuple[Facts, str, str]


def part_of(unit: Unit, kind: Kind, ref: str, on: date, known_at: datetime) -> Part:
    """The answer as known at a moment. Raises NotFound when the public was never told of such an entry."""
    facts, title, sentence = _BY_KIND[kind](unit, ref, on, known_at)
    unknown = asked(unit, on, known_at).unknown
    if unknown and facts.answer is Answer.NOT_CERTIFIED:
        facts = facts.model_copy(update={"answer": Answer.CANNOT_TELL})
        title, sentence = _("We cannot tell"), unknown
    return Part(known_at=known_at, title=title, sentence=sentence, facts=facts)


def _certificate(unit: Unit, ref: str, on: date, known_at: datetime) -> Said:
    rows = select(Certificate).where(Certificate.number == ref, was_published())
    found = _told(unit, unit.db.scalars(rows).all(), on, known_at, _("No certificate of this number"))
    return _of_service(unit, found, on, known_at)


def _service(unit: Unit, ref: str, on: date, known_at: datetime) -> Said:
    rows = (
        select(Certificate)
        .where(Certificate.service_id.in_(services_named(ref)), was_published())
        .order_by(Certificate.id)
    )
    found = _told(unit, unit.db.scalars(rows).all(), on, known_at, _("No training service"))
    return _of_service(unit, found, on, known_at)


def _told(unit: Unit, rows: Sequence[Certificate], on: date, known_at: datetime, what: str) -> list[Told]:
    if not rows:
        raise NotFound(_("{what} of that reference is on the register.").format(what=what))
    return told_of(unit, rows, on, known_at)


def _of_service(unit: Unit, told: list[Told], on: date, known_at: datetime) -> Said:
    """The answer about a service, or one certificate of it: that of the certificate that says most on the day."""
    names = _names(unit, told, on, known_at)
    holder = names[told[0].holder.id]
    facts = _facts(unit, told, names, holder, on, known_at)
    if not facts.certificates:
        return facts, _("No"), _unknown(holder.name, known_at)
    best = best_of([one for one in told if one.seen.published])
    one = best.certificate
    # a statement speaks of its day as past, also when that is the day it is made: it will be read later
    said = verdict(holder.name, one.number, best.seen, one.expires_on, one.starts_on, on, now=False)
    return facts.model_copy(update={"answer": said.answer}), said.title, said.sentence


def _unknown(name: str, known_at: datetime) -> str:
    said = _("At that moment, {moment}, the register said nothing of a certificate of {name}.")
    return said.format(moment=spoken(known_at), name=name)


def _names(unit: Unit, told: Sequence[Told], on: date, known_at: datetime, *more: int) -> dict[int, Called]:
    return names_of(
        unit, {id for one in told for id in (one.holder.id, one.body.id)} | set(more), on, known_at
    )


def _facts(
    unit: Unit, told: Sequence[Told], names: dict[int, Called], called: Called, on: date, known_at: datetime
) -> Facts:
    """What the certificates say, those of them that the public had been told of by that moment."""
    return Facts(
        answer=Answer.NOT_CERTIFIED, name=called.name, formerly=called.formerly,
        certificates=tuple(_certified(unit, one, names, on, known_at) for one in told if one.seen.published),
    )  # fmt: skip


def _certified(
    unit: Unit, told: Told, names: dict[int, Called], on: date, known_at: datetime
) -> CertificateFact:
    one, seen = told.certificate, told.seen
    return CertificateFact(
        number=one.number, holder_ref=told.holder.ref, holder=names[told.holder.id].name,
        body=_body_fact(unit, told.body.id, names, on, known_at), edition=one.edition, granted_on=one.granted_on,
        starts_on=one.starts_on, expires_on=one.expires_on, status=seen.status.value if seen.status else None, since=seen.since,
        curricula=tuple(
            CurriculumFact(
                ref=told.curriculum_refs[item.curriculum_id], title=item.title, version=item.number, status=item.status.value,
                from_on=item.from_on, to_on=item.to_on,
            )
            for item in seen.items
        ),
        history=tuple(
            ChangeFact(
                status=line.status, effective_on=line.effective_on, recorded_at=line.recorded_at, curriculum=line.curriculum,
                words=line.public_text,
            )
            for line in changes(told)
        ),
    )  # fmt: skip


def _body_fact(unit: Unit, id: int, names: dict[int, Called], on: date, known_at: datetime) -> BodyFact:
    rights = standing(unit, id, on, known_at)
    return BodyFact(
        ref=names[id].ref, name=names[id].name, standing=rights.status, licence=rights.licence_ref,
        ukas_number=rights.ukas_number,
    )  # fmt: skip


def _curriculum(unit: Unit, ref: str, on: date, known_at: datetime) -> Said:
    rows = (
        select(Certificate)
        .join(CertificateItem, CertificateItem.certificate_id == Certificate.id)
        .join(Curriculum, Curriculum.id == CertificateItem.curriculum_id)
        .where(Curriculum.ref == ref, was_published())
        .order_by(Certificate.id)
    )
    told = _told(unit, unit.db.scalars(rows).unique().all(), on, known_at, _("No curriculum"))
    names = _names(unit, told, on, known_at)
    facts = _facts(unit, told, names, names[told[0].holder.id], on, known_at)
    lines = [(one, line) for one in facts.certificates for line in one.curricula if line.ref == ref]
    if not lines:
        said = _(
            "On {day} this curriculum stood on no certificate of {name} that had begun, as far as was known."
        )
        return facts, _("Not certified on that day"), said.format(day=in_words(on), name=facts.name)
    good = [pair for pair in lines if pair[1].status == "active"]
    one, line = (good or lines)[-1]
    if good:
        answer, title = Answer.CERTIFIED, _("Yes, it was certified on that day")
        said = _("“{title}” was certified on {day}, taught by {name}, certificate {number}.")
    elif line.status == "suspended":
        answer, title = Answer.WAS_CERTIFIED, _("Paused: not certified on that day")
        said = _(
            "On {day} the certification of “{title}”, taught by {name}, was suspended. Certificate {number}."
        )
    else:
        answer, title = Answer.WAS_CERTIFIED, _("Not certified on that day")
        said = _(
            "The certification of “{title}”, taught by {name}, had ended by {day}. Certificate {number}."
        )
    said = said.format(title=line.title, day=in_words(on), name=one.holder, number=one.number)
    return facts.model_copy(update={"answer": answer, "name": line.title, "formerly": ()}), title, said


def _affiliate(unit: Unit, ref: str, on: date, known_at: datetime) -> Said:
    affiliate = unit.db.scalar(select(Affiliate).where(Affiliate.ref == ref))
    rows = select(Certificate).where(
        Certificate.service_id == (affiliate.service_id if affiliate else None), was_published()
    )
    told = _told(unit, unit.db.scalars(rows.order_by(Certificate.id)).all(), on, known_at, _("No affiliate"))
    ever = select(AffiliateApproval).where(
        AffiliateApproval.affiliate_id == (affiliate.id if affiliate else None)
    )
    if (
        affiliate is None or unit.db.scalar(ever.limit(1)) is None
    ):  # one that was only proposed is nobody's business
        raise NotFound(_("No affiliate of that reference is on the register."))
    names = _names(unit, told, on, known_at, affiliate.organisation_id)
    facts = _facts(unit, told, names, names[affiliate.organisation_id], on, known_at)
    approvals = ever.where(AffiliateApproval.recorded_at <= known_at)
    spans = tuple(
        SpanFact(from_on=row.from_on, to_on=row.to_on, recorded_at=row.recorded_at)
        for row in unit.db.scalars(approvals.order_by(AffiliateApproval.id))
    )
    approved = affiliate_is_approved(unit, affiliate.id, on, known_at)
    certified = any(one.seen.certified for one in told)
    answer = Answer.CERTIFIED if approved and certified else Answer.NOT_CERTIFIED
    title, said = _affiliated(approved, certified)
    words = {"name": facts.name, "provider": names[told[0].holder.id].name, "day": in_words(on)}
    return facts.model_copy(update={"answer": answer, "approvals": spans}), title, said.format(**words)


def _affiliated(approved: bool, certified: bool) -> tuple[str, str]:
    if approved and certified:
        return _("Yes, an approved affiliate"), _(
            "{name} was an approved affiliate of {provider} on {day}, and {provider} was certified."
        )
    if approved:
        return _("Approved, but its provider was not certified"), _(
            "{name} was an approved affiliate of {provider} on {day}, but {provider} was not certified on that day."
        )
    return _("Not an approved affiliate on that day"), _(
        "{name} was not an approved affiliate of {provider} on {day}."
    )


def _body(unit: Unit, ref: str, on: date, known_at: datetime) -> Said:
    id = unit.db.scalar(
        select(Organisation.id).where(Organisation.ref == ref, Organisation.seat == Seat.BODY)
    )
    if id is None:
        raise NotFound(_("There is no certification body of that reference on the register."))
    names = names_of(unit, [id], on, known_at)
    fact, rights = _body_fact(unit, id, names, on, known_at), standing(unit, id, on, known_at)
    lines = [
        line
        for licence in licences_of(unit, id)
        for line in licence_lines(unit, licence.id)
        if line.reason_code and line.recorded_at <= known_at
    ]
    answer = (
        Answer.CERTIFIED
        if rights.may_issue
        else Answer.WAS_CERTIFIED
        if rights.licence_ref
        else Answer.NOT_CERTIFIED
    )
    history = tuple(
        ChangeFact(
            status=line.status.value, effective_on=line.effective_on, recorded_at=line.recorded_at, words=line.public_text,
        )
        for line in sorted(lines, key=lambda line: line.id, reverse=True)
    )  # fmt: skip
    facts = Facts(answer=answer, name=fact.name, formerly=names[id].formerly, body=fact, history=history)
    word = shown(rights.status).word
    title = (
        _("Yes, licensed and accredited")
        if rights.may_issue
        else _("Not on that day: {word}").format(word=word.lower())
    )
    said = _("{name} as a certification body on {day}: {word}.")
    return facts, title, said.format(name=fact.name, day=in_words(on), word=word.lower())


_BY_KIND = {
    Kind.SERVICES: _service, Kind.CURRICULA: _curriculum, Kind.AFFILIATES: _affiliate, Kind.BODIES: _body,
    Kind.CERTIFICATES: _certificate,
}  # fmt: skip
