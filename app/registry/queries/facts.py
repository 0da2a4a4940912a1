"""What the register says of some certificates, put together for the search: in a fixed number of questions however many there are."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from app.certificates.models import Certificate, CertificateItem, CertificateStatus, CertificateVersion
from app.certificates.queries import was_published
from app.curricula.models import Curriculum
from app.kernel.database import Unit
from app.kernel.journal import Event
from app.organisations.models import Identifier, Organisation, OrganisationName
from app.organisations.rules import search_text
from app.providers.models import Affiliate, TrainingService
from app.registry.queries.terms import Filed, Item, Shown, folded, joined, label_term, periods_of
from app.registry.queries.told import Scope, scopes_of


class Facts(NamedTuple):
    """One certificate as it is filed and as it is shown."""

    filed: Filed
    shown: Shown


_Holder, _Body = aliased(Organisation), aliased(Organisation)
_CERTIFICATES = (
    select(
        Certificate.id, Certificate.number, Certificate.edition, Certificate.starts_on, Certificate.expires_on, Certificate.holder_id,
        Certificate.service_id, _Holder.ref.label("holder"), _Body.ref.label("body"), TrainingService.route,
    )
    .join(_Holder, _Holder.id == Certificate.holder_id)
    .join(_Body, _Body.id == Certificate.body_id)
    .join(TrainingService, TrainingService.id == Certificate.service_id)
    .where(was_published())
)  # fmt: skip


def certificates_about(unit: Unit, events: Iterable[Event]) -> set[int]:
    """The certificates that these events may have changed in the eyes of a search."""
    subjects: dict[str, set[int]] = defaultdict(set)
    for event in events:
        subjects[event.subject].add(event.subject_id)
    organisations, services = subjects["organisation"], subjects["training_service"]
    shared = select(Affiliate.service_id).where(
        or_(Affiliate.id.in_(subjects["affiliate"]), Affiliate.organisation_id.in_(organisations))
    )
    asked = select(Certificate.id).where(
        or_(
            Certificate.id.in_(subjects["certificate"]), Certificate.holder_id.in_(organisations),
            Certificate.service_id.in_(services), Certificate.service_id.in_(shared),
        )
    )  # fmt: skip
    return set(unit.db.scalars(asked))


def facts_of(unit: Unit, ids: Sequence[int]) -> dict[int, Facts]:
    """The facts of those among the certificates that the public was told of."""
    certificates = unit.db.execute(_CERTIFICATES.where(Certificate.id.in_(ids))).all()
    told = [one.id for one in certificates]
    lines, items, papers = _lines(unit, told), _items(unit, told), _former(unit, told)
    holders = {one.holder_id for one in certificates}
    names, numbers = _names(unit, holders), _identifiers(unit, holders)
    shared = _affiliates(unit, {one.service_id for one in certificates})
    return {
        one.id: Facts(
            Filed(
                words=folded(
                    [search_text(one.number), one.number.split("-")[1].lstrip("0"), *(name.search_text for name in names[one.holder_id]),
                     *(item.search_text for item, _shown in items[one.id]), *shared[one.service_id]]
                ),
                numbers=sorted({_joined(text) for text in (one.number, *numbers[one.holder_id], *papers[one.id])}),
                labels=_labels(one, [shown for _item, shown in items[one.id]]),
                periods=periods_of(lines[one.id], one.starts_on, one.expires_on),
            ),
            Shown(
                number=one.number, edition=one.edition, starts_on=one.starts_on.isoformat(), expires_on=one.expires_on.isoformat(),
                holder=one.holder, route=one.route.value, body=one.body, items=[shown for _item, shown in items[one.id]],
                names=[[name.name, name.from_on.isoformat(), name.to_on and name.to_on.isoformat()] for name in names[one.holder_id]],
            ),
        )
        for one in certificates
    }  # fmt: skip


def _labels(one: Any, items: Sequence[Item]) -> list[str]:
    """The filters a certificate answers to."""
    found = {label_term("route", one.route.value), label_term("body", one.body)}
    for item in items:
        found |= {label_term("nation", value) for value in item["nations"]}
        found |= {label_term("setting", value) for value in item["settings"]}
        found |= {label_term("population", value) for value in item["populations"]}
    return sorted(found)


def _joined(text: str) -> str:
    return joined(search_text(text).split())


def _lines(unit: Unit, ids: Sequence[int]) -> dict[int, list[Any]]:
    asked = select(
        CertificateStatus.certificate_id, CertificateStatus.id, CertificateStatus.item_id, CertificateStatus.status,
        CertificateStatus.effective_on,
    ).where(CertificateStatus.certificate_id.in_(ids))  # fmt: skip
    return _grouped(unit.db.execute(asked))


def _items(unit: Unit, ids: Sequence[int]) -> dict[int, list[tuple[Any, Item]]]:
    asked = (
        select(
            CertificateItem.certificate_id, CertificateItem.id, CertificateItem.curriculum_id, CertificateItem.curriculum_version_id,
            CertificateItem.title, CertificateItem.number, CertificateItem.search_text, Curriculum.ref,
        )
        .join(Curriculum, Curriculum.id == CertificateItem.curriculum_id)
        .where(CertificateItem.certificate_id.in_(ids))
        .order_by(CertificateItem.id)
    )  # fmt: skip
    rows = unit.db.execute(asked).all()
    scopes, found = scopes_of(unit, {row.curriculum_version_id for row in rows}), defaultdict(list)
    for row in rows:
        found[row.certificate_id].append((row, _item(row, scopes.get(row.curriculum_version_id, Scope()))))
    return found


def _item(row: Any, scope: Scope) -> Item:
    return Item(
        id=row.id, curriculum_id=row.curriculum_id, version_id=row.curriculum_version_id, ref=row.ref, title=row.title,
        number=row.number, nations=sorted(scope.nations), settings=sorted(scope.settings), populations=sorted(scope.populations),
    )  # fmt: skip


def _former(unit: Unit, ids: Sequence[int]) -> dict[int, list[str]]:
    """The numbers certificates had in the scheme before this one, as their papers say."""
    asked = select(CertificateVersion.certificate_id, CertificateVersion.statement)
    found: dict[int, list[str]] = defaultdict(list)
    for certificate, statement in unit.db.execute(asked.where(CertificateVersion.certificate_id.in_(ids))):
        found[certificate] += json.loads(statement).get("former_identifiers", [])
    return found


def _names(unit: Unit, organisations: set[int]) -> dict[int, list[Any]]:
    asked = (
        select(
            OrganisationName.organisation_id, OrganisationName.name, OrganisationName.search_text, OrganisationName.from_on,
            OrganisationName.to_on,
        )
        .where(OrganisationName.organisation_id.in_(organisations))
        .order_by(OrganisationName.from_on)
    )  # fmt: skip
    return _grouped(unit.db.execute(asked))


def _identifiers(unit: Unit, organisations: set[int]) -> dict[int, list[str]]:
    asked = select(Identifier.organisation_id, Identifier.value)
    return _values(unit.db.execute(asked.where(Identifier.organisation_id.in_(organisations))))


def _affiliates(unit: Unit, services: set[int]) -> dict[int, list[str]]:
    """The names of the affiliates that were ever approved; one that is only proposed is nobody's business."""
    asked = (
        select(Affiliate.service_id, OrganisationName.search_text)
        .join(OrganisationName, OrganisationName.organisation_id == Affiliate.organisation_id)
        .where(Affiliate.service_id.in_(services), Affiliate.approved_on.is_not(None))
    )
    return _values(unit.db.execute(asked))


def _grouped(rows: Iterable[Any]) -> dict[int, list[Any]]:
    """Rows by their first column."""
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return found


def _values(rows: Iterable[Any]) -> dict[int, list[str]]:
    """The second column of rows by their first."""
    found: dict[int, list[str]] = defaultdict(list)
    for key, value in rows:
        found[key].append(value)
    return found
