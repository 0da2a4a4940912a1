"""What may be asked about new paper for many certificates: what is left of it, how far it is, and its pages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Select, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from app.certificates.keys import PublicKey, Purpose
from app.certificates.models import Certificate, CertificateVersion, Reissue, ReissueFault, ReissueProgress
from app.certificates.queries.keys import public_keys
from app.certificates.rules import LIVE, REISSUE, ReissueState
from app.kernel.casework import Casework, ToneView, steps_of, told
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.fields import Ref, View
from app.kernel.words import _, label
from app.organisations.models import Organisation
from app.organisations.queries import names_of, of_seat, organisation
from app.permissions import Permission, Seat

MOST_SHOWN: Final = 200
_TONES: Final = {"running": "partly", "stopped": "pause", "done": "yes", "given_up": "no"}
Paper = tuple[Certificate, CertificateVersion]


class ReissueLine(View):
    """One of them in the list."""

    ref: str
    body: str
    asked_at: datetime
    done: int
    total: int
    word: ToneView


class ReissueList(View):
    """All that the reader may know of, newest first."""

    items: list[ReissueLine]


class FaultView(View):
    """A certificate that could not be put on new paper, and why."""

    number: str
    sentence: str


class ReissueView(Casework):
    """How far it is."""

    body: str
    reason: str
    which: str
    asked_at: datetime
    total: int
    done: int
    failed: int
    reached: int
    """Of the total, how many need nothing more: done, failed, or changed or ended meanwhile."""
    sentence: str
    faults: list[FaultView]
    word: ToneView


def left(unit: Unit, job: Reissue, reached: int) -> Select[Certificate, CertificateVersion]:
    """The certificates after `reached` that are to be put on new paper, each with its newest version, in the order in which they are taken.

    Those whose newest version was decided on before it was asked for, and new paper that was begun and is not public yet.
    """
    later, one = aliased(CertificateVersion), CertificateVersion
    newer = exists().where(later.certificate_id == one.certificate_id, later.number > one.number)
    old = one.issued_at.is_not(None) & (one.decided_at < job.asked_at)
    if job.key:
        old &= or_(one.seal_key == job.key, one.credential_key == job.key)
    if job.since:
        old &= one.issued_at >= job.since
    begun = one.reprint & one.issued_at.is_(None) & one.held.is_(None)
    return (
        select(Certificate, one)
        .join(one, one.certificate_id == Certificate.id)
        .where(Certificate.body_id == job.body_id, Certificate.id > reached, Certificate.status.in_(LIVE))
        .where(Certificate.expires_on >= unit.today, ~newer, or_(old, begun))
        .order_by(Certificate.id)
    )


def next_papers(unit: Unit, job: Reissue, reached: int, count: int) -> Sequence[Paper]:
    """The next of them, at most so many."""
    return [(one, version) for one, version in unit.db.execute(left(unit, job, reached).limit(count))]


def how_many(unit: Unit, job: Reissue, reached: int) -> int:
    """How many are left."""
    return unit.db.scalar(select(func.count()).select_from(left(unit, job, reached).subquery())) or 0


def to_go_on_with(unit: Unit) -> Select[Reissue]:
    """Those a worker has something to do for now: running, or stopped before the lists were signed; and nobody is at it."""
    at = ReissueProgress
    wanted = (Reissue.status == ReissueState.RUNNING) | (at.unlisted > 0)
    free = at.busy_until.is_(None) | (at.busy_until <= unit.now)
    return (
        select(Reissue)
        .join(at, at.reissue_id == Reissue.id)
        .where(wanted, free)
        .order_by(Reissue.id)
        .limit(1)
    )


def progress(unit: Unit, job: Reissue) -> ReissueProgress:
    """How far it is."""
    return unit.db.get_one(ReissueProgress, job.id)


def unfinished(unit: Unit, body_id: int) -> Reissue | None:
    """The one of a body that is not over."""
    over = (ReissueState.DONE, ReissueState.GIVEN_UP)
    return unit.db.scalar(select(Reissue).where(Reissue.body_id == body_id, Reissue.status.not_in(over)))


def visible_reissues(unit: Unit) -> Select[Reissue]:
    """RRN sees all, a body its own."""
    unit.actor.require(Permission.CERTIFICATE_READ)
    rows, own = select(Reissue), unit.actor.organisation_id
    if unit.actor.seat is Seat.RRN or unit.actor.id == "system":
        return rows
    return rows.where(Reissue.body_id == own if unit.actor.seat is Seat.BODY else false())


def find_reissue(unit: Unit, ref: Ref) -> Reissue:
    """The one of that reference. Raises NotFound."""
    found: Reissue | None = unit.db.scalar(unit.lock(visible_reissues(unit).where(Reissue.ref == ref)))
    if found is None:
        raise NotFound(_("There is no such work among what you may see."))
    return found


def bodies(unit: Unit) -> list[tuple[str, str]]:
    """Whose certificates the actor may put on new paper."""
    if unit.actor.seat is Seat.BODY:
        return [(unit.actor.organisation_ref, unit.actor.organisation_name)]
    return [(one.ref, one.name) for one in of_seat(unit, Seat.BODY)]


def replaced_keys(unit: Unit, owner: str) -> list[PublicKey]:
    """The keys of a body that made papers and sign no longer."""
    store = public_keys(unit.site.settings)
    kinds = (Purpose.SEAL, Purpose.CREDENTIAL)
    return [
        key for kind in kinds for key in store.all(kind, owner) if store.usable(kind, owner, unit.now) != key
    ]


def key_choices(unit: Unit) -> list[tuple[str, str]]:
    """All certificates, or those made with one replaced key."""
    named = _("Those made with the {purpose} key {key} of {body}")
    return [("", _("All that stand today"))] + [
        (key.id, named.format(purpose=key.purpose.value, key=key.id[:12], body=name))
        for ref, name in bodies(unit)
        for key in replaced_keys(unit, ref)
    ]


def reissue_list(unit: Unit) -> ReissueList:
    """The newest of them."""
    rows = unit.db.scalars(visible_reissues(unit).order_by(Reissue.id.desc()).limit(MOST_SHOWN)).all()
    names = names_of(unit, {row.body_id for row in rows})
    asked = select(ReissueProgress).where(ReissueProgress.reissue_id.in_([row.id for row in rows]))
    done = {at.reissue_id: at.done for at in unit.db.scalars(asked)}
    return ReissueList(
        items=[
            ReissueLine(
                ref=row.ref, body=names[row.body_id], asked_at=row.asked_at, done=done[row.id], total=row.total, word=_word(row)
            )
            for row in rows
        ]
    )  # fmt: skip


def _word(row: Reissue) -> ToneView:
    return ToneView(word=label(row.status.value), tone=_TONES[row.status.value])


def reissue_view(unit: Unit, ref: Ref) -> ReissueView:
    """The page of one of them."""
    row = find_reissue(unit, ref)
    at, (steps, barred) = progress(unit, row), steps_of(unit, REISSUE, row)
    which = (
        _("Those made with the key {key}").format(key=row.key[:12])
        if row.key
        else _("All that stood when it was asked for")
    )
    return ReissueView(
        ref=row.ref, status=row.status.value, version=row.version, steps=steps, barred=barred, history=told(unit, row.thread),
        body=organisation(unit, row.body_id).name, reason=row.reason, which=which, asked_at=row.asked_at, total=row.total,
        done=at.done, failed=at.failed, reached=settled(unit, row, at), sentence=_sentence(row, at), faults=_faults(unit, row), word=_word(row),
    )  # fmt: skip


def settled(unit: Unit, row: Reissue, at: ReissueProgress) -> int:
    """How many of the total need nothing more: done, failed, or changed or ended meanwhile."""
    if row.status is ReissueState.DONE:
        return row.total
    return min(row.total, max(at.done + at.failed, row.total - how_many(unit, row, at.reached)))


def _sentence(row: Reissue, at: ReissueProgress) -> str:
    said = _("{done} of {total} certificates are on new paper, {failed} could not be.")
    told = said.format(done=f"{at.done:,}", total=f"{row.total:,}", failed=f"{at.failed:,}")
    if row.status is ReissueState.DONE and (other := row.total - at.done - at.failed) > 0:
        changed = _("{count} needed none any more: they were changed or ended meanwhile.")
        return f"{told} {changed.format(count=f'{other:,}')}"
    return f"{told} {at.waits}" if at.waits and row.status is ReissueState.RUNNING else told


def _faults(unit: Unit, row: Reissue) -> list[FaultView]:
    asked = (
        select(Certificate.number, ReissueFault.sentence)
        .join(Certificate, Certificate.id == ReissueFault.certificate_id)
        .where(ReissueFault.reissue_id == row.id)
        .order_by(ReissueFault.id)
        .limit(MOST_SHOWN)
    )
    return [FaultView(number=number, sentence=sentence) for number, sentence in unit.db.execute(asked)]


def body_by_code(unit: Unit, code: str) -> Organisation:
    """The certification body whose certificates begin with that code. Raises NotFound."""
    found = unit.db.scalar(
        select(Organisation).where(Organisation.code == code.upper(), Organisation.seat == Seat.BODY)
    )
    if found is None:
        raise NotFound(_("There is no certification body of that code. Nothing was started."))
    return found
