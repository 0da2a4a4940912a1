"""Copies for the archive: beside each issued certificate one that bears a time stamp over all of it, made when somebody asks.

The certificate itself is never touched: it stays what is served, and the copy begins with its very bytes.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from app.certificates import queries
from app.certificates.effects.worker import press
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, reading
from app.kernel.files import digest, write_once


class NoAuthority(Exception):
    """No time stamp authority is set, so nothing can be archived."""


class Archived(NamedTuple):
    """What came of one version: its name, and why it has no copy, or nothing when it was made."""

    name: str
    fault: str


def archive(site: Site, older_than: timedelta) -> Iterator[Archived]:
    """Make the copies that are not there yet of versions published at least so long ago. Raises NoAuthority.

    Ends at the first that the authority gives no stamp for: the next run goes on there.
    """
    settings = site.settings
    authority = press().authority_of(settings)
    if authority is None:
        raise NoAuthority
    with reading(site, SYSTEM) as unit:
        rows = queries.issued_until(unit, unit.now - older_than)
    for row in rows:
        folder, name = (
            queries.folder_of(settings, row.certificate, row.number),
            f"{row.certificate} version {row.number}",
        )
        if (folder / press().ARCHIVE).exists():
            continue
        pdf = (folder / press().PDF).read_bytes()
        if digest(pdf) != row.pdf_digest:
            yield Archived(name, "the certificate itself was changed: see rrn check")
            continue
        try:
            copy = press().archived(pdf, authority, site.clock())
        except press().NotStamped as why:
            yield Archived(name, f"the time stamp authority gave no stamp: {why}")
            return
        fault = press().archive_fault(copy, pdf, authority.roots)
        if not fault:
            write_once(folder / press().ARCHIVE, copy)
        yield Archived(name, fault)
