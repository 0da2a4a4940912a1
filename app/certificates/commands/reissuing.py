"""New paper for many certificates: asked for by a person, carried on by the worker piece by piece."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from app.certificates.commands.keys import CORRECT_IT, reprint
from app.certificates.commands.publishing import publish
from app.certificates.models import CertificateVersion, Reissue, ReissueFault, ReissueProgress
from app.certificates.queries.reissue import bodies, how_many, next_papers, replaced_keys, unfinished
from app.certificates.queries.rows import body_of
from app.certificates.rules import REISSUE, StartReissue
from app.kernel.casework import begin, take
from app.kernel.database import Unit
from app.kernel.errors import Invalid, Refused
from app.kernel.fields import Note
from app.kernel.journal import record
from app.kernel.words import _
from app.licences.queries import standing
from app.permissions import Permission


@dataclass(frozen=True)
class Printed:
    """What became of one version: the digests of its files and the keys that made them, or why there are none."""

    version_id: int
    digests: dict[str, str]
    seal_key: str = ""
    credential_key: str = ""
    fault: str = ""


def start_reissue(unit: Unit, form: StartReissue, said_by: str = "") -> Reissue:
    """Ask for new paper for the certificates of a body. Raises Invalid or Refused; nothing is changed then.

    `said_by` names who decided it where nobody is signed in: the command line.
    """
    unit.actor.require(Permission.REGISTER_CONTINUE if said_by else Permission.CERTIFICATE_REISSUE)
    if form.body not in dict(bodies(unit)):
        raise Invalid(
            _(CORRECT_IT), {"body": _("Choose a certification body whose certificates you look after.")}
        )
    body = body_of(unit, form.body)
    if form.key and form.key not in {key.id for key in replaced_keys(unit, body.ref)}:
        wrong = _(
            "Choose a key of this certification body that signs no longer: one that still signs would make the new paper too."
        )
        raise Invalid(_(CORRECT_IT), {"key": wrong})
    rights = standing(unit, body.id, unit.today)
    if not rights.may_issue:
        refused = _("{licence} So nothing can be put on new paper today; nothing was changed.")
        raise Refused(refused.format(licence=rights.sentence))
    job = Reissue(body_id=body.id, key=form.key, reason=form.reason, asked_at=unit.now)
    job.total = how_many(unit, job, 0)
    if job.total == 0:
        raise Refused(_("There is no certificate of this kind that stands today. Nothing was changed."))
    try:
        begin(
            unit, REISSUE, job, "asked", said_by=said_by, form=form.model_dump(mode="json"), total=job.total
        )
    except IntegrityError as error:
        raise Refused(
            _(
                "The certificates of this body are being put on new paper already. Nothing was changed: look how far that is."
            )
        ) from error
    unit.db.add(ReissueProgress(reissue_id=job.id))
    return job


def reissue_doubtful(unit: Unit, body_id: int, key: str, since: datetime) -> None:
    """Begin new paper for what a key made that others may know since then; nothing while another such work is not over."""
    unit.actor.require(Permission.REGISTER_CONTINUE)
    if unfinished(unit, body_id) or not standing(unit, body_id, unit.today).may_issue:
        return
    reason = _("Others may know the key that made this paper.")
    job = Reissue(body_id=body_id, key=key, since=since, reason=reason, asked_at=unit.now)
    job.total = how_many(unit, job, 0)
    begin(unit, REISSUE, job, "asked", total=job.total)
    unit.db.add(ReissueProgress(reissue_id=job.id))


def order_papers(
    unit: Unit, job: Reissue, at: ReissueProgress, count: int, until: datetime
) -> Sequence[CertificateVersion]:
    """Decide on the next new papers, so that whoever goes on makes these and no others; the job is held until then.

    A paper that a worker began and did not finish is given out again.
    """
    standing(unit, job.body_id, unit.today)  # licence first, certificates then: the one order of locks
    ordered: list[CertificateVersion] = []
    for certificate, newest in next_papers(unit, job, at.reached, count):
        ordered.append(newest if newest.issued_at is None else reprint(unit, certificate, newest))
    at.busy_until, at.waits = until, ""
    if ordered:
        record(unit, "reissue.ordered", job, versions=[one.id for one in ordered])
    return ordered


def settle_papers(unit: Unit, at: ReissueProgress, printed: Sequence[Printed], until: datetime) -> None:
    """Tell the public of papers that are made, in the order in which they were ordered, and note those that are not.

    One that another worker settled meanwhile is passed over, and so is one whose certificate was changed or has ended.
    """
    for one in printed:
        version = unit.db.get_one(CertificateVersion, one.version_id)
        if version.certificate_id <= at.reached:
            continue
        at.reached = version.certificate_id
        if one.fault:
            _fail(unit, at, version, one.fault)
            continue
        version.seal_key, version.credential_key = one.seal_key, one.credential_key
        if publish(unit, version.certificate_id, version.number, one.digests, one_of_many=True):
            at.done, at.unlisted = at.done + 1, at.unlisted + 1
        elif version.held:
            _fail(unit, at, version, version.held)
    at.busy_until = until
    unit.db.flush()


def _fail(unit: Unit, at: ReissueProgress, version: CertificateVersion, sentence: str) -> None:
    at.failed += 1
    unit.db.add(
        ReissueFault(reissue_id=at.reissue_id, certificate_id=version.certificate_id, sentence=sentence[:500])
    )


def finish_reissue(unit: Unit, job: Reissue) -> None:
    """Nothing is left to do."""
    take(unit, REISSUE, job, "finish", Note(version=job.version))
