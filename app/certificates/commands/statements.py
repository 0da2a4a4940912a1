"""Freezing what a certificate says: the statement, made once from everything it names, on the day it is decided."""

from collections.abc import Sequence

from pydantic import ValidationError
from sqlalchemy import select

from app.certificates.queries import licence_named
from app.certificates.rules import (
    Body,
    DecisionNamed,
    EditionNamed,
    Grant,
    Holder,
    ScopeItem,
    Statement,
    last_day,
    meaning,
    one_line,
)
from app.curricula.models import Curriculum, CurriculumVersion
from app.curricula.queries import parts_of
from app.designs.queries import design_of
from app.kernel.database import Unit
from app.kernel.errors import Refused
from app.kernel.words import _
from app.licences.rules import Standing
from app.organisations.models import Organisation
from app.organisations.queries import name_on, organisation
from app.providers.models import TrainingService
from app.standards.queries import edition


def first_statement(unit: Unit, grant: Grant, number: str, standing: Standing) -> Statement:
    """What the first version says. Raises Refused when something it must say is missing or cannot be printed."""
    title = edition(grant.edition).title
    expires_on = last_day(grant.starts_on, grant.term_months)
    holder = organisation(unit, grant.holder_id)
    try:
        return Statement(
            form=2, number=number, version=1, holder=_holder(unit, holder, grant), body=_body(unit, grant, standing),
            edition=EditionNamed(id=grant.edition, title=title), rule_pack=grant.rule_pack,
            decision=DecisionNamed(ref=grant.decision_ref, decided_on=grant.decided_on), granted_on=grant.decided_on,
            starts_on=grant.starts_on, expires_on=expires_on, scope=tuple(_items(unit, grant.items)),
            sections=grant.sections, affiliates=grant.affiliates,
            sentence=meaning(name_on(unit, grant.body_id, grant.decided_on), title, len(grant.items), expires_on),
            verify_url=unit.site.settings.link(f"/c/{number}"), design=design_of(unit, grant.body_id),
            licence_credential=licence_named(unit, organisation(unit, grant.body_id)),
        )  # fmt: skip
    except ValidationError as error:
        raise Refused(
            _(
                "The certificate cannot say what it has to say ({what}). Nothing was decided: correct the entry and decide again."
            ).format(
                what=", ".join(sorted({str(fault["loc"][0]) for fault in error.errors() if fault["loc"]}))
            )
        ) from error


def reduced_statement(before: Statement, keep: Sequence[str]) -> Statement:
    """The next version, with only the curricula of those references left on it."""
    scope = tuple(item for item in before.scope if item.ref in keep)
    fields = before.model_dump() | {
        "version": before.version + 1,
        "previous_version": before.digest,
        "scope": [item.model_dump() for item in scope],
        "sentence": meaning(before.body.name, before.edition.title, len(scope), before.expires_on),
    }
    return Statement.model_validate(fields)


def _holder(unit: Unit, holder: Organisation, grant: Grant) -> Holder:
    service = unit.db.get_one(TrainingService, grant.service_id)
    name = name_on(unit, holder.id, grant.decided_on)
    return Holder(
        ref=holder.ref,
        name=name,
        route=service.route.value,
        address=one_line(holder.address, holder.postcode),
    )


def _body(unit: Unit, grant: Grant, standing: Standing) -> Body:
    body = organisation(unit, grant.body_id)
    return Body(
        ref=body.ref, code=body.code or "", name=name_on(unit, body.id, grant.decided_on), address=one_line(body.address, body.postcode),
        ukas_number=standing.ukas_number, licence=standing.licence_ref or "",
    )  # fmt: skip


def _items(unit: Unit, versions: Sequence[int]) -> list[ScopeItem]:
    asked = (
        select(CurriculumVersion, Curriculum.ref)
        .join(Curriculum, Curriculum.id == CurriculumVersion.curriculum_id)
        .where(CurriculumVersion.id.in_(versions))
        .order_by(CurriculumVersion.title, CurriculumVersion.id)
    )
    return [_item(unit, version, ref) for version, ref in unit.db.execute(asked)]


def _item(unit: Unit, version: CurriculumVersion, ref: str) -> ScopeItem:
    parts = parts_of(unit, version.id)
    return ScopeItem(
        ref=ref, title=version.title, version=version.number, content_hash=version.content_digest or "",
        settings=tuple(parts.settings), populations=tuple(parts.populations), nations=tuple(parts.nations),
        interventions=tuple(parts.interventions),
    )  # fmt: skip
