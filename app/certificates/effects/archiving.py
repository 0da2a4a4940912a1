"""Copies for the archive: beside each issued certificate one that bears a time stamp over all of it, made when somebody asks.

The certificate itself is never touched: it stays what is served, and the copy begins with its very bytes. Before the
certificate of a copy's newest stamp ends, the worker has the copy stamped again.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from app.certificates import queries
from app.certificates.effects.worker import press
from app.certificates.keys import PublicKeys, publish_stamp_roots
from app.certificates.models import SignedRevocationList
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, reading
from app.kernel.files import digest, write_once, write_over
from app.kernel.logging import logger
from app.kernel.outbox import every

BEFORE: Final = timedelta(days=90)
"""How long before the certificate of its newest stamp ends a copy is stamped again."""
LAST: Final = timedelta(days=30)
"""When so little is left, a copy is stamped again though nobody says any more whether its last stamp counts."""
A_DAY: Final = 200
"""Copies that the worker stamps again in one day: a minute or so of its time. `rrn archive` does all that are left."""


class NoAuthority(Exception):
    """No time stamp authority is set, so nothing can be archived."""


class Archived(NamedTuple):
    """What came of one version: its name, and why it has no copy that is stamped as it should be, or nothing when it was made."""

    name: str
    fault: str


def archive(site: Site, older_than: timedelta) -> Iterator[Archived]:
    """Make the copies that are not there yet of versions published at least so long ago, and stamp again those that need it.

    Ends at the first that the authority gives no stamp for: the next run goes on there. Raises NoAuthority.
    """
    return _each(site, older_than, new_ones=True)


@every(timedelta(days=1))
def stamp_again(site: Site) -> None:
    """Copies whose newest stamp will soon end get another one."""
    if press().authority_of(site.settings) is None:
        return
    for one in islice(_each(site, timedelta(0), new_ones=False), A_DAY):
        if one.fault:
            logger().warning("not_stamped_again", copy=one.name, why=one.fault[:200])


def _each(site: Site, older_than: timedelta, *, new_ones: bool) -> Iterator[Archived]:
    authority = _authority(site)
    with reading(site, SYSTEM) as unit:
        rows = queries.issued_until(unit, unit.now - older_than)
        kept = unit.db.get(SignedRevocationList, 1)
        ours = press().Proof(lists=(kept.content,)) if kept else press().Proof()
    for row in rows:
        folder = queries.folder_of(site.settings, row.certificate, row.number)
        name = f"{row.certificate} version {row.number}"
        there = (folder / press().ARCHIVE).exists()
        if not there and not new_ones:
            continue
        try:
            fault = (_again if there else _new)(site, folder, row.pdf_digest, authority, ours)
        except press().NotStamped as why:
            yield Archived(name, f"the time stamp authority gave no stamp: {why}")
            return
        if fault is not None:
            yield Archived(name, fault)


def _authority(site: Site) -> Any:
    """The authority, believed under the roots of every former one as well: their stamps are looked at again."""
    authority, folder = press().authority_of(site.settings), site.settings.data_dir / "keys"
    if authority is None:
        raise NoAuthority
    publish_stamp_roots(folder, authority.roots)
    return replace(authority, roots=tuple(PublicKeys(folder).stamp_roots()))


def _new(site: Site, folder: Path, pdf_digest: str, authority: Any, ours: Any) -> str | None:
    """Make the copy of one version. Raises NotStamped."""
    pdf = (folder / press().PDF).read_bytes()
    if digest(pdf) != pdf_digest:
        return "the certificate itself was changed: see rrn check"
    copy = press().archived(pdf, authority, site.clock(), ours)
    fault: str = press().archive_fault(copy, pdf, authority.roots)
    if not fault:
        write_once(folder / press().ARCHIVE, copy)
    return fault


def _again(site: Site, folder: Path, _digest: str, authority: Any, ours: Any) -> str | None:
    """Stamp one copy again, when it is time and the authority has a certificate that ends later. Raises NotStamped.

    None when there is nothing to do. The copy of before is there until the new one is, whole and on the disk.
    """
    path, now = folder / press().ARCHIVE, site.clock()
    copy, pdf = path.read_bytes(), (folder / press().PDF).read_bytes()
    try:
        ends = press().stamp_ends(copy)
    except ValueError as why:
        return str(why)
    if ends > now + BEFORE or ends >= press().newest_end(authority, now):
        return None
    if fault := press().archive_fault(copy, pdf, authority.roots):
        return str(fault)
    try:
        made = press().archived(copy, authority, now, ours)
    except press().NotStamped:
        if ends > now + LAST:
            raise
        made = press().archived(copy, authority, now, ours, former_too=False)
    if fault := press().archive_fault(made, pdf, authority.roots):
        return str(fault)
    write_over(path, made)
    return ""
