"""Carrying on with new paper for many certificates: a piece at a time, when the worker has nothing else to do."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any, Final, TypeVar

from app.certificates import queries
from app.certificates.commands.reissuing import Printed, finish_reissue, order_papers, settle_papers
from app.certificates.effects.issuing import changed_lists, order_of, sign_log_now
from app.certificates.effects.pool import Presses
from app.certificates.effects.worker import do, has_keys, put_off, to_wait_for
from app.certificates.models import Certificate, CertificateVersion, Reissue, ReissueProgress
from app.certificates.queries.reissue import next_papers, progress, to_go_on_with
from app.certificates.rules import ReissueState
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, Unit, reading, writing
from app.kernel.errors import Problem
from app.kernel.logging import logger
from app.kernel.outbox import in_idle_time
from app.kernel.words import _
from app.licences.queries import standing
from app.organisations.queries import organisation

T = TypeVar("T")
LEASE: Final = timedelta(seconds=10)
"""How long a worker that says nothing is believed to be at it."""
PAUSE: Final = timedelta(minutes=1)
"""Until it is looked again whether licence and keys are there."""
PIECE: Final = 48
"""Papers that are ordered at once: what else comes in waits a second or two."""
TOLD_AT_ONCE: Final = 12
"""Papers told in one transaction: other writers wait for it."""
LISTED_AT_ONCE: Final = 240
"""Papers after which status lists and log are signed again."""
_presses: Final = Presses()


@in_idle_time
def go_on(site: Site) -> bool:
    """One piece of the oldest work there is; False when there is none, or another worker is at it."""
    with reading(site, SYSTEM) as unit:
        found = unit.db.scalar(to_go_on_with(unit))
        if found is None:
            _presses.end()
            return False
        job_id, why_not = found.id, _why_not(unit, found)
    if why_not:
        return _wait(site, job_id, why_not)
    ordered = _order(site, job_id)
    if ordered is None:
        return False
    try:
        for some in _in_parts(_printed(site, ordered), TOLD_AT_ONCE):
            _settle(site, job_id, some)
    except to_wait_for() as fault:
        return _wait(site, job_id, put_off(fault)[0])
    return _tidy(site, job_id)


def _why_not(unit: Unit, job: Reissue) -> str:
    """Why nothing can be put on new paper at the moment, or nothing."""
    if job.status is not ReissueState.RUNNING:
        return ""
    rights = standing(unit, job.body_id, unit.today)
    if not rights.may_issue:
        return _("{licence} It goes on by itself when that is no longer so.").format(licence=rights.sentence)
    if not has_keys(unit, organisation(unit, job.body_id)):
        return _(
            "The certification body has no seal key at the moment. It goes on by itself when there is one."
        )
    return ""


def _wait(site: Site, job_id: int, why: str) -> bool:
    with writing(site, SYSTEM) as unit:
        at = _held(unit, job_id)
        at.waits, at.busy_until = why, unit.now + PAUSE
    return False


def _held(unit: Unit, job_id: int) -> ReissueProgress:
    return unit.db.get_one(ReissueProgress, job_id, with_for_update=True, populate_existing=True)


def _order(site: Site, job_id: int) -> list[int] | None:
    """The next papers by the ids of their versions; None when somebody else is at it by now."""
    with writing(site, SYSTEM) as unit:
        at, job = _held(unit, job_id), unit.db.get_one(Reissue, job_id)
        if at.busy_until is not None and at.busy_until > unit.now:
            return None
        if job.status is not ReissueState.RUNNING:
            return []
        return [one.id for one in order_papers(unit, job, at, PIECE, unit.now + LEASE)]


def _printed(site: Site, ordered: Sequence[int]) -> Iterator[Printed]:
    """Each of them made, or why not; in the order of the certificates."""
    if not ordered:
        return
    with reading(site, SYSTEM) as unit:
        orders = [_ordered(unit, one) for one in ordered]
    for version_id, made in zip(ordered, _presses.print_all(orders), strict=True):
        if isinstance(made, str):
            yield Printed(version_id, {}, fault=made)
        else:
            yield Printed(version_id, made.digests, made.seal_key, made.credential_key)


def _ordered(unit: Unit, version_id: int) -> tuple[Any, ...]:
    version = unit.db.get_one(CertificateVersion, version_id)
    certificate = unit.db.get_one(Certificate, version.certificate_id)
    folder = queries.folder_of(unit.site.settings, certificate.number, version.number)
    return order_of(unit, certificate, version), folder, unit.site.settings


def _settle(site: Site, job_id: int, printed: Sequence[Printed]) -> None:
    """All of them in one transaction; when that fails, each in its own, so that one that cannot be told holds up no other."""
    try:
        with writing(site, SYSTEM) as unit:
            settle_papers(unit, _held(unit, job_id), printed, unit.now + LEASE)
    except Problem as problem:
        if len(printed) > 1:
            for one in printed:
                _settle(site, job_id, [one])
            return
        logger().exception("paper_not_told", version=printed[0].version_id)
        with writing(site, SYSTEM) as unit:
            fault = Printed(printed[0].version_id, {}, fault=problem.detail)
            settle_papers(unit, _held(unit, job_id), [fault], unit.now + LEASE)


def _tidy(site: Site, job_id: int) -> bool:
    """After a piece: lists and log signed when it is time, the end written down when it is reached."""
    with reading(site, SYSTEM) as unit:
        job = unit.db.get_one(Reissue, job_id)
        body_id, unlisted = job.body_id, progress(unit, job).unlisted
        running = job.status is ReissueState.RUNNING
        over = running and not next_papers(unit, job, progress(unit, job).reached, 1)
    if unlisted and (over or not running or unlisted >= LISTED_AT_ONCE):
        do(site, lambda unit: changed_lists(unit, body_id))
        do(site, sign_log_now)
    else:
        unlisted = 0
    with writing(site, SYSTEM) as unit:
        at, job = _held(unit, job_id), unit.db.get_one(Reissue, job_id)
        at.unlisted, at.busy_until = at.unlisted - unlisted, None
        if over and job.status is ReissueState.RUNNING:
            finish_reissue(unit, job)
    return True


def _in_parts(items: Iterable[T], count: int) -> Iterator[list[T]]:
    waiting = iter(items)
    while part := list(islice(waiting, count)):
        yield part
