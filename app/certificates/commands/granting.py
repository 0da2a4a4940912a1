"""From a decision to a certificate: number, curricula and statement frozen, in the decision's own transaction."""

import secrets

from sqlalchemy import func, select

from app.certificates.commands.lines import write_line
from app.certificates.commands.statements import first_statement
from app.certificates.models import Certificate, CertificateCounter, CertificateItem, CertificateVersion
from app.certificates.rules import CERTIFICATE, LIST_LENGTH, MAX_SERIAL, Grant, Statement, Status, make_number
from app.curricula.models import Curriculum, CurriculumVersion
from app.kernel.casework import begin
from app.kernel.database import Unit
from app.kernel.errors import Refused
from app.kernel.words import _
from app.licences.queries import standing
from app.organisations.queries import organisation
from app.permissions import Permission

FULL = LIST_LENGTH // 2
"""Entries of a list that are given away before the next is begun: a fuller one would no longer be random."""


def grant(unit: Unit, asked: Grant) -> Certificate:
    """Write the certificate a decision grants; the worker draws, seals and publishes it afterwards.

    Call it inside the transaction of the decision. Raises Forbidden, or Refused when licence or accreditation do not
    cover the day, when nothing is granted, or when the certificate could not say what it must; nothing is changed then.
    """
    unit.actor.require(Permission.CASE_DECIDE)
    rights = standing(unit, asked.body_id, unit.today)
    if not rights.may_issue or asked.edition not in rights.editions:
        raise Refused(
            _("{licence} So nothing can be certified today; nothing was changed.").format(
                licence=rights.sentence
            )
        )
    if not asked.items or not asked.decided_on <= unit.today or asked.starts_on < asked.decided_on:
        raise Refused(
            _(
                "A certificate needs at least one curriculum, and begins on the day of the decision or later. Nothing was changed."
            )
        )
    number = take_number(unit, asked.body_id)
    said = first_statement(unit, asked, number, rights)
    certificate = Certificate(
        number=number, holder_id=asked.holder_id, service_id=asked.service_id, body_id=asked.body_id, case_ref=asked.case_ref,
        case_thread=asked.case_thread, decision_ref=asked.decision_ref, edition=asked.edition, rule_pack=asked.rule_pack,
        granted_on=said.granted_on, starts_on=said.starts_on, expires_on=said.expires_on,
    )  # fmt: skip
    begin(unit, CERTIFICATE, certificate, "granted", number=number, release=1)
    add_version(unit, certificate, said)
    add_items(unit, certificate, asked.items)
    write_line(unit, certificate, None, Status.GRANTED, said.granted_on, public_text="")
    return certificate


def take_number(unit: Unit, body_id: int) -> str:
    """The next number of a body. Its licence is locked already, so two decisions of one body take turns."""
    code = organisation(unit, body_id).code
    if not code:
        raise Refused(
            _(
                "This certification body has no code for its numbers yet. Nothing was changed; RRN gives the code."
            )
        )
    counter = unit.db.scalar(
        select(CertificateCounter).where(CertificateCounter.body_id == body_id).with_for_update()
    )
    if counter is None:
        counter = CertificateCounter(body_id=body_id, last=0)
        unit.db.add(counter)
    if counter.last >= MAX_SERIAL:
        raise Refused(
            _(
                "This certification body has used all its numbers. Nothing was changed; RRN gives it another code."
            )
        )
    counter.last += 1
    unit.db.flush()
    return make_number(code, counter.last)


def add_version(
    unit: Unit, certificate: Certificate, said: Statement, *, reprint: bool = False
) -> CertificateVersion:
    """One version of the paper, still to be issued, with a place of its own in the status lists."""
    number, index = take_place(unit, certificate.body_id)
    version = CertificateVersion(
        certificate_id=certificate.id, number=said.version, statement=said.canonical.decode(), design=said.design,
        decided_at=unit.now, statement_digest=said.digest, body_id=certificate.body_id, status_list=number, status_index=index,
        reprint=reprint,
    )  # fmt: skip
    unit.db.add(version)
    unit.db.flush()
    return version


def take_place(unit: Unit, body_id: int) -> tuple[int, int]:
    """A status list of the body with room, and a random entry in it that nobody has."""
    of_body = CertificateVersion.body_id == body_id
    number = unit.db.scalar(select(func.max(CertificateVersion.status_list)).where(of_body)) or 1
    in_list = of_body & (CertificateVersion.status_list == number)
    if (unit.db.scalar(select(func.count()).where(in_list)) or 0) >= FULL:
        return number + 1, secrets.randbelow(LIST_LENGTH)
    while True:
        index = secrets.randbelow(LIST_LENGTH)
        taken = select(CertificateVersion.id).where(in_list, CertificateVersion.status_index == index)
        if unit.db.scalar(taken) is None:
            return number, index


def add_items(unit: Unit, certificate: Certificate, versions: tuple[int, ...]) -> None:
    """The curricula on the certificate."""
    asked = (
        select(CurriculumVersion)
        .join(Curriculum, Curriculum.id == CurriculumVersion.curriculum_id)
        .where(CurriculumVersion.id.in_(versions), Curriculum.service_id == certificate.service_id)
        .order_by(CurriculumVersion.title, CurriculumVersion.id)
    )
    found = unit.db.scalars(asked).all()
    if len(found) != len(set(versions)):
        raise Refused(
            _("A curriculum named in the decision is not one of this training service. Nothing was changed.")
        )
    for version in found:
        unit.db.add(
            CertificateItem(
                certificate_id=certificate.id, curriculum_id=version.curriculum_id, curriculum_version_id=version.id,
                title=version.title, number=version.number,
            )
        )  # fmt: skip
    unit.db.flush()
