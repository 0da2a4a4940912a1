"""Everything the public may know of some certificates on a day, in a fixed number of questions however many there are."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import Field
from sqlalchemy import BindParameter, ScalarSelect, String, bindparam, cast, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.certificates.models import Certificate, CertificateItem, CertificateStatus
from app.certificates.queries import derive, lines_of
from app.certificates.rules import ItemOn, StatusOn
from app.curricula.models import Curriculum, VersionNation, VersionPopulation, VersionSetting
from app.kernel.casework import ToneView
from app.kernel.database import Unit
from app.kernel.fields import View
from app.kernel.question import Question
from app.kernel.words import _, spoken
from app.ledger.queries import Asked, Head
from app.licences.queries import stamp
from app.organisations.models import Organisation, OrganisationName
from app.providers.models import TrainingService
from app.registry.rules import item_words, line_of, shown_status, tone_of
from app.standards.queries import newest_rule_pack
from app.standards.rules import Nation, Population, Route, Setting


class HolderView(View):
    """The training service that holds a certificate."""

    ref: str
    name: str
    route: Route


class BodyView(View):
    """The certification body that decided."""

    ref: str
    name: str


class CurriculumView(View):
    """One curriculum on a certificate, with its status on the day."""

    ref: str
    title: str
    status: str
    version: int
    from_on: date = Field(serialization_alias="from")
    to_on: date | None = Field(serialization_alias="to")
    for_whom: str
    """The people and places it is certified for, in words."""
    tag: ToneView


class ItemView(View):
    """One certificate in a list."""

    certificate_number: str
    sentence: str
    status: str | None
    expires_on: date
    holder: HolderView
    formerly: list[str]
    body: BodyView
    edition: str
    curricula: list[CurriculumView]
    nations: list[Nation]
    settings: list[Setting]
    populations: list[Population]
    tag: ToneView


@dataclass(frozen=True)
class Scope:
    """Where and for whom one curriculum version is certified."""

    nations: frozenset[str] = frozenset()
    settings: frozenset[str] = frozenset()
    populations: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Party:
    """An organisation on one side of a certificate, under the name it has now."""

    id: int
    ref: str
    name: str


@dataclass(frozen=True)
class Told:
    """One certificate with all that belongs to it."""

    certificate: Certificate
    seen: StatusOn
    holder: Party
    holder_name: str
    """Its name on the day asked about."""
    former_names: list[str]
    route: Route
    body: Party
    curriculum_refs: dict[int, str]
    scopes: dict[int, Scope]
    lines: Sequence[CertificateStatus]
    """Its history as far as it was known at the moment asked about."""

    @property
    def holder_view(self) -> HolderView:
        return HolderView(ref=self.holder.ref, name=self.holder_name, route=self.route)

    @property
    def body_view(self) -> BodyView:
        return BodyView(ref=self.body.ref, name=self.body.name)


_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_holder, _body = aliased(Organisation), aliased(Organisation)
_CERTIFICATES = (
    select(
        *Certificate.__table__.c, TrainingService.route, _holder.ref.label("holder_ref"), _holder.name.label("holder_name"),
        _body.ref.label("body_ref"), _body.name.label("body_name"), OrganisationName.name.label("called"),
        OrganisationName.from_on.label("called_from"), OrganisationName.to_on.label("called_to"),
    )
    .join(_holder, _holder.id == Certificate.holder_id)
    .join(_body, _body.id == Certificate.body_id)
    .join(OrganisationName, OrganisationName.organisation_id == Certificate.holder_id)
    .outerjoin(TrainingService, TrainingService.organisation_id == Certificate.holder_id)
    .order_by(OrganisationName.from_on)
)  # fmt: skip
"""A certificate with its two parties: a row for each name its holder has had, oldest first."""
_SCOPES = union_all(
    select(literal("nations"), VersionNation.version_id, cast(VersionNation.nation, String)).where(VersionNation.version_id.in_(_ids)),
    select(literal("settings"), VersionSetting.version_id, cast(VersionSetting.setting, String)).where(VersionSetting.version_id.in_(_ids)),
    select(literal("populations"), VersionPopulation.version_id, cast(VersionPopulation.population, String)).where(VersionPopulation.version_id.in_(_ids)),
)  # fmt: skip
_BY_ID = _CERTIFICATES.where(Certificate.id.in_(_ids))
_BY_NUMBER = Question(_CERTIFICATES.where(Certificate.number == bindparam("number")))


def _of_version(column: InstrumentedAttribute[Any], version: InstrumentedAttribute[int]) -> ScalarSelect[str]:
    """All values of one kind in the scope of an item's version, between commas."""
    values = select(func.aggregate_strings(cast(column, String), ","))
    return values.where(version == CertificateItem.curriculum_version_id).scalar_subquery()


_ITEMS = (
    select(
        CertificateItem.id, CertificateItem.certificate_id, CertificateItem.curriculum_id, CertificateItem.curriculum_version_id,
        CertificateItem.title, CertificateItem.number, Curriculum.ref,
        _of_version(VersionNation.nation, VersionNation.version_id).label("nations"),
        _of_version(VersionSetting.setting, VersionSetting.version_id).label("settings"),
        _of_version(VersionPopulation.population, VersionPopulation.version_id).label("populations"),
    )
    .join(Curriculum, Curriculum.id == CertificateItem.curriculum_id)
    .order_by(CertificateItem.id)
)  # fmt: skip
_ITEMS_OF_SOME = _ITEMS.where(CertificateItem.certificate_id.in_(_ids))
_ITEMS_OF_ONE = Question(_ITEMS.where(CertificateItem.certificate_id == bindparam("id", 0)))
"""Made once: building a statement costs as much as asking it, and every look-up of the public asks these."""


def told_of(
    unit: Unit, certificates: Sequence[Certificate], on: date, known_at: datetime | None = None
) -> list[Told]:
    """The certificates, in the order given, with their statuses, names and scopes: three questions in all."""
    ids = [one.id for one in certificates]
    found = _told(unit, unit.ask(_BY_ID, {"ids": ids}), on, known_at) if ids else {}
    return [found[id] for id in ids]


def told_of_number(unit: Unit, number: str, on: date, known_at: datetime | None = None) -> Told | None:
    """The same for the certificate of that number; None when there is none."""
    found = _told(unit, _BY_NUMBER.ask(unit, number=number), on, known_at)
    return next(iter(found.values()), None)


def _told(unit: Unit, rows: Iterable[Any], on: date, known_at: datetime | None) -> dict[int, Told]:
    named: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        named[row.id].append(row)
    if not named:
        return {}
    ids = list(named)
    lines, items = lines_of(unit, ids, known_at), _items_of(unit, ids)
    return {id: _one(names, items[id], lines[id], on) for id, names in named.items()}


def _items_of(unit: Unit, ids: Sequence[int]) -> dict[int, list[Any]]:
    """What stands on each certificate, with the reference of the curriculum and the scope of its version."""
    found: dict[int, list[Any]] = defaultdict(list)
    rows = _ITEMS_OF_ONE.ask(unit, id=ids[0]) if len(ids) == 1 else unit.ask(_ITEMS_OF_SOME, {"ids": ids})
    for item in rows:
        found[item.certificate_id].append(item)
    return found


def _one(names: list[Any], items: list[Any], lines: Sequence[CertificateStatus], on: date) -> Told:
    one = names[0]
    then = [row.called for row in names if row.called_from <= on]
    return Told(
        certificate=one, seen=derive(one, items, lines, on), holder=Party(one.holder_id, one.holder_ref, one.holder_name),
        holder_name=then[-1] if then else one.called,
        former_names=[row.called for row in names if row.called_to is not None and row.called_to <= on],
        route=one.route, body=Party(one.body_id, one.body_ref, one.body_name), lines=lines,
        curriculum_refs={item.curriculum_id: item.ref for item in items},
        scopes={item.curriculum_version_id: _scope(item) for item in items},
    )  # fmt: skip


def _scope(item: Any) -> Scope:
    return Scope(
        *(frozenset((said or "").split(",")) for said in (item.nations, item.settings, item.populations))
    )


def scopes_of(unit: Unit, versions: set[int]) -> dict[int, Scope]:
    """Nations, settings and people of several curriculum versions, in one question."""
    found: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for kind, version, value in unit.db.execute(_SCOPES, {"ids": list(versions)}):
        found[version][kind].add(value)
    return {
        version: Scope(**{kind: frozenset(values) for kind, values in kinds.items()})
        for version, kinds in found.items()
    }


def for_whom(scope: Scope) -> str:
    """People and places in the words of the rule pack: Adults, autistic people; health."""
    labels = newest_rule_pack().labels
    people = [labels.populations[one] for one in Population if one.value in scope.populations]
    places = [labels.settings[one] for one in Setting if one.value in scope.settings]
    said = "; ".join(", ".join(part) for part in (people, places) if part)
    return said[:1].upper() + said[1:].lower() if said else ""


def curriculum_view(told: Told, item: ItemOn) -> CurriculumView:
    """One curriculum of a certificate."""
    return CurriculumView(
        ref=told.curriculum_refs[item.curriculum_id], title=item.title, status=item.status.value, version=item.number,
        from_on=item.from_on, to_on=item.to_on, for_whom=for_whom(told.scopes.get(item.curriculum_version_id, Scope())),
        tag=ToneView(word=item_words(item), tone=tone_of(item.status)),
    )  # fmt: skip


def nobody_knows() -> ToneView:
    """What stands where a no would be, of days before the register began."""
    return ToneView(word=_("We cannot tell"), tone="unknown")


def tag_on(told: Told, about: Asked) -> ToneView:
    """How a certificate stands on the day asked about, as a word beside a name."""
    if told.seen.status is None and about.unknown:
        return nobody_knows()
    word, tone = shown_status(told.seen)
    return ToneView(word=word, tone=tone)


def item_view(told: Told, about: Asked) -> ItemView:
    """One certificate as a line of a list; where and for whom as its certified curricula say."""
    scopes = [
        told.scopes.get(item.curriculum_version_id, Scope())
        for item in told.seen.certified or told.seen.items
    ]
    said = line_of(told.seen, told.certificate.expires_on, now=about.now)
    return ItemView(
        certificate_number=told.certificate.number, sentence=about.unknown if told.seen.status is None and about.unknown else said,
        status=told.seen.status.value if told.seen.status else None, expires_on=told.certificate.expires_on, holder=told.holder_view,
        formerly=told.former_names, body=told.body_view, edition=told.certificate.edition,
        curricula=[curriculum_view(told, item) for item in told.seen.items],
        nations=[one for one in Nation if any(one.value in scope.nations for scope in scopes)],
        settings=[one for one in Setting if any(one.value in scope.settings for scope in scopes)],
        populations=[one for one in Population if any(one.value in scope.populations for scope in scopes)],
        tag=tag_on(told, about),
    )  # fmt: skip


def end_of(unit: Unit) -> Head:
    """Where the ledger ends, asked once for a page: page and footer speak of one moment."""
    return Head(size=stamp(unit).size, at=stamp(unit).at)


def register_line(unit: Unit) -> str:
    """How far the register goes: Register complete to entry 18,211, 22 November 2026 at 10:00."""
    end = end_of(unit)
    if end.at is None:
        return _("The register has no entry yet.")
    return _("Register complete to entry {size}, {moment}.").format(
        size=f"{end.size:,}", moment=spoken(end.at)
    )
