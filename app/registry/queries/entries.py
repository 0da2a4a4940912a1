"""The entries of the register: one training service, curriculum, affiliate or certification body, with what it rests on."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from app.certificates.models import Certificate, CertificateItem
from app.certificates.queries import endorsement_at, was_published
from app.certificates.rules import ItemOn, Status
from app.curricula.models import Curriculum
from app.kernel.casework import ToneView
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.fields import View
from app.kernel.words import _, in_words
from app.ledger.queries import Asked, asked_day
from app.licences.queries import shown, standing
from app.licences.rules import Standing
from app.organisations.models import Organisation
from app.providers.models import Affiliate, AffiliateApproval, TrainingService
from app.providers.queries import affiliate_is_approved, affiliates_on, services_named
from app.providers.rules import AffiliateState
from app.registry.queries.told import ItemView, Told, end_of, item_view, nobody_knows, tag_on, told_of
from app.registry.queries.verify import ChangeView, changes
from app.registry.rules import item_words, tone_of, yes_for
from app.standards.queries import legal_notes, newest_rule_pack
from app.standards.rules import Nation, Route

MOST_SHOWN = 100


class Link(View):
    """One link of the path of inheritance: what it is, who, and how it stands on the day."""

    what: str
    name: str
    href: str
    tag: ToneView


class LegalView(View):
    """A dated note on the law of a nation, with its source."""

    text: str
    dated: str
    source: str
    address: str | None


class NamedView(View):
    """Something with an entry of its own."""

    ref: str
    name: str
    tag: ToneView


class Entry(View):
    """What every entry shows."""

    ref: str
    name: str
    on: date
    today: date
    as_of_log_size: int
    tag: ToneView
    title: str
    """The plain answer."""
    sentence: str
    chain: list[Link]
    history: list[ChangeView]


class ServiceEntry(Entry):
    """A training service."""

    route: Route
    about: str
    formerly: list[str]
    items: list[ItemView]
    affiliates: list[NamedView]
    affiliates_count: int
    claim: str
    legal: list[LegalView]
    endorsement: str | None
    """Where the certification body's endorsement for learners' badges is today; none on other days and while nothing stands."""


class CurriculumEntry(Entry):
    """A curriculum."""

    holder: NamedView
    items: list[ItemView]
    for_whom: str
    endorsement: str | None
    """The same of the curriculum."""


class AffiliateEntry(Entry):
    """An affiliate of a training service."""

    provider: NamedView
    approved: bool
    periods: list[tuple[date, date]]


def service_entry(unit: Unit, ref: str, on: date | None = None) -> ServiceEntry:
    """One training service, by its organisation's reference. Raises NotFound when the public was never told of it."""
    about = asked_day(unit, on)
    day = about.on
    row = unit.db.execute(
        select(TrainingService, Organisation)
        .join(Organisation, Organisation.id == TrainingService.organisation_id)
        .where(TrainingService.id.in_(services_named(ref)))
        .options(lazyload(TrainingService.nation_rows), lazyload(TrainingService.population_rows))
    ).one_or_none()
    told = certificates_told(unit, row[0].id, day) if row else []
    if row is None or not told:
        raise NotFound(_("There is no training service of that reference on the register."))
    service, holder = row
    best = best_of(told)
    items = [item_view(one, about) for one in told]
    approved = affiliates_on(unit, service.id, day)
    return ServiceEntry(
        ref=holder.ref, name=best.holder_name, on=day, today=unit.today, as_of_log_size=end_of(unit).size, tag=tag_on(best, about),
        title=answer_title(best, about), sentence=items[told.index(best)].sentence, route=service.route, about=service.about,
        chain=[*chain_of(best, standing(unit, best.body.id, day), about)], history=changes(best), formerly=best.former_names, items=items,
        affiliates=affiliate_links(unit, [one.id for one in approved[:MOST_SHOWN]]), affiliates_count=len(approved),
        claim=_claim(best) if about.now and best.seen.certified else "", legal=legal_of(holder.nation, service, day),
        endorsement=_endorsement(unit, told, holder.ref, day),
    )  # fmt: skip


def _endorsement(unit: Unit, told: list[Told], about: str, day: date) -> str | None:
    """The first that can be fetched, the newest certificate's before others; a badge is made today and not in the past."""
    whole = [
        one.certificate.id for one in told
        if one.seen.certified and all(item.status is not Status.SUSPENDED for item in one.seen.items)
    ]  # fmt: skip
    return endorsement_at(unit, whole, about) if day == unit.today and whole else None


def certificates_told(unit: Unit, service_id: int, day: date) -> list[Told]:
    """The certificates of a service the public has been told of, newest first."""
    rows = select(Certificate).where(Certificate.service_id == service_id, was_published())
    return told_of(unit, unit.db.scalars(rows.order_by(Certificate.id.desc()).limit(MOST_SHOWN)).all(), day)


def best_of(told: list[Told]) -> Told:
    """The certificate that says most about the service on the day: one in force before one that is over, the newest of those."""
    return max(
        told, key=lambda one: (len(one.seen.certified) > 0, one.seen.status is not None, one.certificate.id)
    )


def answer_title(told: Told, about: Asked) -> str:
    """The plain answer about a service."""
    if told.seen.certified:
        return yes_for(len(told.seen.certified), len(told.seen.items), now=about.now)
    return _no_title(told.seen.status, about)


def _no_title(status: Status | None, about: Asked) -> str:
    """The plain answer about what is not certified on the day."""
    if status is None and about.unknown:
        return nobody_knows().word
    if status is Status.SUSPENDED:
        return _("Paused: not certified just now") if about.now else _("Paused: not certified on that day")
    return _("Not certified now") if about.now else _("Not certified on that day")


def _claim(told: Told) -> str:
    return newest_rule_pack().claims.correct.format(body=told.body.name, number=told.certificate.number)


def chain_of(told: Told, rights: Standing, about: Asked) -> list[Link]:
    """From the service upwards: certificate, body, licence, accreditation. Each is shown as it stands on the day."""
    licence, accredited = shown(rights.status), _accredited(rights)
    body = ToneView(word=licence.word, tone=licence.tone)
    ukas = ToneView(
        word=_("Accredited") if accredited else _("Not accredited"), tone="yes" if accredited else "no"
    )
    if about.unknown and not rights.licence_ref:
        body = ukas = nobody_knows()
    return [
        Link(what=_("Training service"), name=told.holder_name, href=f"/register/services/{told.holder.ref}", tag=tag_on(told, about)),
        Link(what=_("Certification body, licensed by RRN"), name=told.body.name, href=f"/register/bodies/{told.body.ref}", tag=body),
        Link(
            what=_("Accredited by UKAS"), name=_("UKAS {number}").format(number=rights.ukas_number) if rights.ukas_number else _("No accreditation"), href="",
            tag=ukas,
        ),
    ]  # fmt: skip


def _accredited(rights: Standing) -> bool:
    return bool(rights.ukas_number) and rights.status not in ("not_accredited", "accreditation_suspended")


def affiliate_links(unit: Unit, ids: list[int]) -> list[NamedView]:
    """Approved affiliates by name, each with its entry."""
    rows = select(Affiliate.ref, Organisation.name).join(
        Organisation, Organisation.id == Affiliate.organisation_id
    )
    found = unit.db.execute(rows.where(Affiliate.id.in_(ids)).order_by(Organisation.name)).all()
    return [
        NamedView(ref=ref, name=name, tag=ToneView(word=_("Approved"), tone="yes")) for ref, name in found
    ]


def legal_of(nation: Nation, service: TrainingService, day: date) -> list[LegalView]:
    """What is noted for the nation and the settings of a service; nothing noted is not nothing required."""
    notes = {note.text: note for setting in service.settings for note in legal_notes(nation, setting, day)}
    return [
        LegalView(
            text=note.text,
            dated=note.dated,
            source=note.source,
            address=str(note.address) if note.address else None,
        )
        for note in notes.values()
    ]


def curriculum_entry(unit: Unit, ref: str, on: date | None = None) -> CurriculumEntry:
    """One curriculum that is or was on a certificate. Raises NotFound when the public was never told of it."""
    about = asked_day(unit, on)
    day = about.on
    curriculum = unit.db.scalar(select(Curriculum).where(Curriculum.ref == ref))
    told = _certificates_with(unit, curriculum.id, day) if curriculum else []
    if curriculum is None or not told:
        raise NotFound(_("There is no curriculum of that reference on the register."))
    pairs = [(one, item) for one in told for item in one.seen.items if item.curriculum_id == curriculum.id]
    best, item = max(
        pairs, key=lambda pair: (pair[1].status.gives_rights, pair[0].certificate.id), default=(told[0], None)
    )
    tag = _curriculum_tag(item, about)
    good = item is not None and item.status.gives_rights
    views = [item_view(one, about) for one in told]
    shown_for = [line.for_whom for view in views for line in view.curricula if line.ref == ref]
    return CurriculumEntry(
        ref=ref, name=item.title if item else curriculum.title, on=day, today=unit.today, as_of_log_size=end_of(unit).size, tag=tag,
        title=_curriculum_title(good, item.status if item else None, about), sentence=_curriculum_sentence(best, item, about),
        chain=[Link(what=_("Curriculum"), name=curriculum.title, href=f"/register/curricula/{ref}", tag=tag), *chain_of(best, standing(unit, best.body.id, day), about)],
        history=[line for line in changes(best) if line.curriculum in ("", item.title if item else "")],
        holder=NamedView(ref=best.holder.ref, name=best.holder_name, tag=tag_on(best, about)), items=views,
        for_whom=shown_for[0] if shown_for else "", endorsement=_endorsement(unit, told, ref, day),
    )  # fmt: skip


def _curriculum_tag(item: ItemOn | None, about: Asked) -> ToneView:
    if item is None:
        return nobody_knows() if about.unknown else ToneView(word=_("Not certified"), tone="no")
    return ToneView(word=item_words(item), tone=tone_of(item.status))


def _curriculum_title(good: bool, status: Status | None, about: Asked) -> str:
    if not good:
        return _no_title(status, about)
    return (
        _("Yes, this curriculum is certified")
        if about.now
        else _("Yes, this curriculum was certified on that day")
    )


def _curriculum_sentence(told: Told, item: ItemOn | None, about: Asked) -> str:
    if item is None and about.unknown:
        return about.unknown
    if item is None or not item.status.gives_rights:
        said = _("It stands on certificate {number} of {name}.")
    elif about.now:
        said = _("Taught by {name}, certificate {number}, until {day}.")
    else:
        said = _("It was taught by {name}, certificate {number}.")
    return said.format(
        name=told.holder_name, number=told.certificate.number, day=in_words(told.certificate.expires_on)
    )


def _certificates_with(unit: Unit, curriculum_id: int, day: date) -> list[Told]:
    holding = select(CertificateItem.certificate_id).where(CertificateItem.curriculum_id == curriculum_id)
    rows = select(Certificate).where(Certificate.id.in_(holding), was_published())
    return told_of(unit, unit.db.scalars(rows.order_by(Certificate.id.desc()).limit(MOST_SHOWN)).all(), day)


def affiliate_entry(unit: Unit, ref: str, on: date | None = None) -> AffiliateEntry:
    """One affiliate, by its own reference. Raises NotFound while it was only proposed."""
    about = asked_day(unit, on)
    day = about.on
    row = unit.db.execute(
        select(Affiliate, Organisation)
        .join(Organisation, Organisation.id == Affiliate.organisation_id)
        .where(Affiliate.ref == ref)
    ).one_or_none()
    periods = _periods(unit, row[0].id) if row else []
    told = certificates_told(unit, row[0].service_id, day) if row and periods else []
    if row is None or not told:
        raise NotFound(_("There is no affiliate of that reference on the register."))
    affiliate, organisation = row
    best, approved = best_of(told), affiliate_is_approved(unit, affiliate.id, day)
    own = (
        ToneView(word=_("Approved"), tone="yes")
        if approved
        else ToneView(word=_ended_word(affiliate), tone="no")
    )
    return AffiliateEntry(
        ref=ref, name=organisation.name, on=day, today=unit.today, as_of_log_size=end_of(unit).size,
        tag=_affiliate_tag(own, best, approved, about), title=_affiliate_title(best, approved, about), sentence=_affiliate_sentence(best, approved, about),
        chain=[
            Link(what=_("Affiliate"), name=organisation.name, href=f"/register/affiliates/{ref}", tag=own if approved or not about.unknown else nobody_knows()),
            *chain_of(best, standing(unit, best.body.id, day), about),
        ],
        history=changes(best), provider=NamedView(ref=best.holder.ref, name=best.holder_name, tag=tag_on(best, about)),
        approved=approved, periods=periods,
    )  # fmt: skip


def _ended_word(affiliate: Affiliate) -> str:
    return _("Ended") if affiliate.status is AffiliateState.ENDED else _("Not approved")


def _affiliate_tag(own: ToneView, best: Told, approved: bool, about: Asked) -> ToneView:
    """How it stands: no better than its provider."""
    if not (approved and best.seen.certified) and about.unknown:
        return nobody_knows()
    if not approved:
        return own
    tone = tag_on(best, about).tone
    return ToneView(word=own.word, tone=tone)


def _affiliate_title(best: Told, approved: bool, about: Asked) -> str:
    if approved and best.seen.certified:
        return _("Yes, an approved affiliate") if about.now else _("Yes, an approved affiliate on that day")
    if about.unknown:
        return nobody_knows().word
    if not approved:
        return _("Not an approved affiliate now") if about.now else _("Not an approved affiliate on that day")
    return (
        _("Approved, but its provider is not certified")
        if about.now
        else _("Approved, but its provider was not certified on that day")
    )


def _affiliate_sentence(best: Told, approved: bool, about: Asked) -> str:
    if approved and best.seen.certified:
        said = (
            _("Its own trainers may teach the certified curricula of {name} to its own staff.")
            if about.now
            else _("On that day its own trainers might teach the certified curricula of {name} to its own staff.")
        )  # fmt: skip
        return said.format(name=best.holder_name)
    if about.unknown:
        return about.unknown
    if not approved:
        said = _("Training by its own trainers does not count on this day, whatever {name} is certified for.")
        return said.format(name=best.holder_name)
    said = _(
        "{name}, whose curricula it teaches, is not certified on this day, so its training does not count either."
    )
    return said.format(name=best.holder_name)


def _periods(unit: Unit, affiliate_id: int) -> list[tuple[date, date]]:
    """The spans it was approved for, newest first."""
    rows = select(AffiliateApproval.from_on, AffiliateApproval.to_on).where(
        AffiliateApproval.affiliate_id == affiliate_id
    )
    return [
        (row.from_on, row.to_on)
        for row in unit.db.execute(rows.order_by(AffiliateApproval.id.desc()).limit(MOST_SHOWN))
        if row.to_on >= row.from_on
    ]
