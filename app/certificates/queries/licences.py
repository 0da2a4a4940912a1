"""RRN's credentials about licences: what one would say today, which are published, and which bits are set in RRN's lists."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import func, select

from app.certificates.did import Addresses, ListPurpose
from app.certificates.models import LicenceCredential
from app.certificates.rules import (
    AccreditationNamed,
    EditionNamed,
    LicenceNamed,
    LicenceSaid,
    LicensedBody,
    sha256,
)
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.words import _
from app.licences.models import Licence, LicenceStatus
from app.licences.queries import accreditation_on, licence_lines, licences_of, past_of, standing
from app.licences.rules import line_on
from app.organisations.models import Organisation
from app.organisations.queries import organisation
from app.standards.queries import edition

OVER: Final = frozenset({"none", "withdrawn", "resigned", "declined"})
PAUSED: Final = frozenset({"suspended", "accreditation_suspended", "not_accredited"})


def licence_today(unit: Unit, body: Organisation, licensor: str) -> tuple[Licence, LicenceSaid] | None:
    """What a credential about the body's licence says today; None while the body may not certify."""
    rights = standing(unit, body.id, unit.today)
    if not rights.may_issue:
        return None
    licence = next(one for one in licences_of(unit, body.id) if one.ref == rights.licence_ref)
    row, held = accreditation_on(past_of(unit, body.id), unit.today)
    lines = [line for line in licence_lines(unit, licence.id) if line.reason_code]
    newest = line_on(lines, unit.today)
    if row is None or held is None or newest is None or newest.to_on is None:
        return None
    said = LicenceSaid(
        version=(newest_number(unit, body.id) or 0) + 1, licence=licence.ref, licensor=licensor,
        body=LicensedBody(ref=body.ref, name=body.name), from_on=_first_day(lines), to_on=newest.to_on,
        editions=tuple(EditionNamed(id=one, title=edition(one).title) for one in sorted(licence.editions)),
        accreditation=AccreditationNamed(
            ukas_number=row.ukas_number, scope=" ".join(row.scope.split()), from_on=row.from_on, to_on=held.to_on
        ),
    )  # fmt: skip
    return licence, said


def _first_day(lines: Sequence[LicenceStatus]) -> date:
    return min(line.effective_on for line in lines)


def newest_number(unit: Unit, body_id: int) -> int | None:
    """The newest version of the credential about a body's licence; None when there is none."""
    return unit.db.scalar(
        select(func.max(LicenceCredential.number)).where(LicenceCredential.body_id == body_id)
    )


def newest_credential(unit: Unit, body_id: int) -> LicenceCredential | None:
    """The credential about a body's licence that was made last."""
    rows = select(LicenceCredential).where(LicenceCredential.body_id == body_id)
    return unit.db.scalar(rows.order_by(LicenceCredential.number.desc()).limit(1))


def of_licence(unit: Unit, body: Organisation, number: int | None) -> LicenceCredential:
    """One version of the credential about a body's licence, the newest without a number. Raises NotFound."""
    rows = select(LicenceCredential).where(LicenceCredential.body_id == body.id)
    found = (
        newest_credential(unit, body.id)
        if number is None
        else unit.db.scalar(rows.where(LicenceCredential.number == number))
    )
    if found is None:
        raise NotFound(
            _("There is no such credential. RRN makes one when it licenses the body, as soon as it has keys.")
        )
    return found


def licence_named(unit: Unit, body: Organisation) -> LicenceNamed | None:
    """RRN's credential about the licence a body decides under today, to be named in what it decides."""
    found, rights = newest_credential(unit, body.id), standing(unit, body.id, unit.today)
    if found is None or unit.db.get_one(Licence, found.licence_id).ref != rights.licence_ref:
        return None
    address = Addresses(unit.site.settings.public_base_url).licence(body.ref, found.number)
    return LicenceNamed(address=address, digest=sha256(found.token))


def every_licence_credential(unit: Unit) -> Sequence[LicenceCredential]:
    """Every version of every one, oldest first."""
    return unit.db.scalars(select(LicenceCredential).order_by(LicenceCredential.id)).all()


def licence_lists(unit: Unit) -> list[int]:
    """The numbers of RRN's own status lists."""
    return sorted(unit.db.scalars(select(LicenceCredential.status_list).distinct()))


def licence_bits(unit: Unit, number: int) -> dict[ListPurpose, set[int]]:
    """The entries to set in RRN's lists of that number.

    Revoked: the licence is over, or a later version took the place of this one. Suspended: the licence is, or UKAS took
    away what it rests on.
    """
    found: dict[ListPurpose, set[int]] = {purpose: set() for purpose in ListPurpose}
    for row in every_licence_credential(unit):
        if row.status_list != number:
            continue
        rights = standing(unit, row.body_id, unit.today)
        other = rights.licence_ref != unit.db.get_one(Licence, row.licence_id).ref
        if other or rights.status in OVER or row.number < (newest_number(unit, row.body_id) or 0):
            found[ListPurpose.REVOCATION].add(row.status_index)
        if rights.status in PAUSED:
            found[ListPurpose.SUSPENSION].add(row.status_index)
    return found


def licensed_bodies(unit: Unit) -> list[Organisation]:
    """Every certification body that ever had a licence."""
    ids = unit.db.scalars(select(Licence.body_id).distinct().order_by(Licence.body_id))
    return [organisation(unit, id) for id in ids]
