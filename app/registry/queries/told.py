"""Everything the public may know of some certificates on a day, in a fixed number of questions however many there are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pydantic import Field
from sqlalchemy import BindParameter, String, bindparam, cast, literal, select, union_all

from app.certificates.models import Certificate, CertificateItem, CertificateStatus
from app.certificates.queries import derive, lines_of
from app.certificates.rules import ItemOn, StatusOn, in_words
from app.curricula.models import Curriculum, VersionNation, VersionPopulation, VersionSetting
from app.kernel.casework import ToneView
from app.kernel.clock import LONDON
from app.kernel.database import Unit
from app.kernel.fields import View
from app.kernel.words import _
from app.ledger.queries import Head, head
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
class Told:
    """One certificate with all that belongs to it."""

    certificate: Certificate
    seen: StatusOn
    holder: Organisation
    holder_name: str
    """Its name on the day asked about."""
    former_names: list[str]
    route: Route
    body: Organisation
    curriculum_refs: dict[int, str] = field(default_factory=dict)
    scopes: dict[int, Scope] = field(default_factory=dict)
    lines: Sequence[CertificateStatus] = ()
    """Its history as far as it was known at the moment asked about."""

    @property
    def holder_view(self) -> HolderView:
        return HolderView(ref=self.holder.ref, name=self.holder_name, route=self.route)

    @property
    def body_view(self) -> BodyView:
        return BodyView(ref=self.body.ref, name=self.body.name)


_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_PEOPLE = (
    select(Organisation, TrainingService.route)
    .outerjoin(TrainingService, TrainingService.organisation_id == Organisation.id)
    .where(Organisation.id.in_(_ids))
)
_ITEMS = (
    select(CertificateItem, Curriculum.ref)
    .join(Curriculum, Curriculum.id == CertificateItem.curriculum_id)
    .where(CertificateItem.certificate_id.in_(_ids))
    .order_by(CertificateItem.id)
)
_NAMES = (
    select(OrganisationName)
    .where(OrganisationName.organisation_id.in_(_ids))
    .order_by(OrganisationName.from_on)
)
_SCOPES = union_all(
    select(literal("nations"), VersionNation.version_id, cast(VersionNation.nation, String)).where(VersionNation.version_id.in_(_ids)),
    select(literal("settings"), VersionSetting.version_id, cast(VersionSetting.setting, String)).where(VersionSetting.version_id.in_(_ids)),
    select(literal("populations"), VersionPopulation.version_id, cast(VersionPopulation.population, String)).where(VersionPopulation.version_id.in_(_ids)),
)  # fmt: skip
"""Made once: building a statement costs as much as asking it, and every look-up of the public asks these."""


def told_of(
    unit: Unit, certificates: Sequence[Certificate], on: date, known_at: datetime | None = None
) -> list[Told]:
    """The certificates, in the order given, with their statuses, names and scopes: five questions in all."""
    if not certificates:
        return []
    lines, (named, refs) = (
        lines_of(unit, [one.id for one in certificates], known_at),
        items_of(unit, certificates),
    )
    seen = {one.id: derive(one, named[one.id], lines[one.id], on) for one in certificates}
    who = {one.holder_id for one in certificates} | {one.body_id for one in certificates}
    people = {row[0].id: row for row in unit.db.execute(_PEOPLE, {"ids": list(who)})}
    names = names_of_holders(unit, {one.holder_id for one in certificates})
    scopes = scopes_of(unit, {item.curriculum_version_id for one in seen.values() for item in one.items})
    return [
        Told(
            certificate=one, seen=seen[one.id], holder=people[one.holder_id][0], holder_name=name_among(names[one.holder_id], on),
            former_names=[row.name for row in names[one.holder_id] if row.to_on is not None and row.to_on <= on],
            route=people[one.holder_id][1], body=people[one.body_id][0], curriculum_refs=refs, scopes=scopes, lines=lines[one.id],
        )
        for one in certificates
    ]  # fmt: skip


def items_of(
    unit: Unit, certificates: Sequence[Certificate]
) -> tuple[dict[int, list[CertificateItem]], dict[int, str]]:
    """What stands on each certificate, and the references of the curricula."""
    found: dict[int, list[CertificateItem]] = defaultdict(list)
    refs: dict[int, str] = {}
    for item, ref in unit.db.execute(_ITEMS, {"ids": [one.id for one in certificates]}):
        found[item.certificate_id].append(item)
        refs[item.curriculum_id] = ref
    return found, refs


def names_of_holders(unit: Unit, ids: set[int]) -> dict[int, list[OrganisationName]]:
    """Every name some organisations have had, oldest first."""
    found: dict[int, list[OrganisationName]] = defaultdict(list)
    for row in unit.db.scalars(_NAMES, {"ids": list(ids)}):
        found[row.organisation_id].append(row)
    return found


def name_among(names: Sequence[OrganisationName], on: date) -> str:
    """The name on a day; before the first known one, that first one."""
    then = [row.name for row in names if row.from_on <= on]
    return then[-1] if then else names[0].name


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


def item_view(told: Told) -> ItemView:
    """One certificate as a line of a list; where and for whom as its certified curricula say."""
    scopes = [
        told.scopes.get(item.curriculum_version_id, Scope())
        for item in told.seen.certified or told.seen.items
    ]
    word, tone = shown_status(told.seen)
    return ItemView(
        certificate_number=told.certificate.number, sentence=line_of(told.seen, told.certificate.expires_on),
        status=told.seen.status.value if told.seen.status else None, expires_on=told.certificate.expires_on, holder=told.holder_view,
        formerly=told.former_names, body=told.body_view, edition=told.certificate.edition,
        curricula=[curriculum_view(told, item) for item in told.seen.items],
        nations=[one for one in Nation if any(one.value in scope.nations for scope in scopes)],
        settings=[one for one in Setting if any(one.value in scope.settings for scope in scopes)],
        populations=[one for one in Population if any(one.value in scope.populations for scope in scopes)],
        tag=ToneView(word=word, tone=tone),
    )  # fmt: skip


def end_of(unit: Unit) -> Head:
    """Where the ledger ends, asked once for a page: page and footer speak of one moment."""
    if "ledger_end" not in unit.db.info:
        unit.db.info["ledger_end"] = head(unit)
    end: Head = unit.db.info["ledger_end"]
    return end


def register_line(unit: Unit) -> str:
    """How far the register goes: Register complete to entry 18,211, 22 November 2026 at 10:00."""
    end = end_of(unit)
    if end.at is None:
        return _("The register has no entry yet.")
    when = end.at.astimezone(LONDON)
    return _("Register complete to entry {size}, {day} at {time}.").format(
        size=f"{end.size:,}", day=in_words(when.date()), time=f"{when:%H:%M}"
    )
