"""Archive copies are stamped again before the certificate of their newest stamp ends, so that they can be believed for ever."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from app.certificates.effects.archiving import archive, stamp_again
from app.certificates.effects.keys import freshen_revocations
from app.certificates.keys import PublicKeys
from app.certificates.stamp.archive import archive_fault, stamp_ends
from app.certificates.stamp.judging import store_in
from app.kernel.database import Site, connect
from tests.certificates.make import issue, make_world
from tests.certificates.stamping import Tsa, make_tsa, running
from tests.certificates.test_archive import breaches, copy_of, passes
from tests.certificates.test_issuing import file, folder
from tests.conftest import SetClock

YEAR = timedelta(days=365)
TERM = timedelta(days=300)
"""How long the authority's certificate counts. All stamps here are of the past, because pyHanko looks at the true time as well."""
NOW = timedelta(0)


@pytest.fixture
def tsa(clock: SetClock) -> Iterator[Tsa]:
    """An authority whose certificate ends in three hundred days."""
    authority = make_tsa(clock.now, "list", until=clock.now + TERM)
    authority.set_right(clock.now)
    with running(authority) as tsa:
        yield tsa


@pytest.fixture
def number(stamped: Site) -> str:
    """A certificate with its copy."""
    number = issue(make_world(stamped))
    assert [one.fault for one in archive(stamped, NOW)] == [""]
    return number


def later(clock: SetClock, tsa: Tsa, days: int) -> None:
    clock.now = tsa.now = clock.now + timedelta(days=days)


def stamps(site: Site, number: str) -> int:
    return len(list(PdfFileReader(BytesIO(copy_of(site, number))).embedded_timestamp_signatures))


def roots(site: Site) -> list[object]:
    return list(PublicKeys(site.settings.data_dir / "keys").stamp_roots())


def test_while_the_newest_stamp_has_long_to_go_nothing_is_done(
    stamped: Site, tsa: Tsa, number: str, clock: SetClock
) -> None:
    before = copy_of(stamped, number)
    assert stamp_ends(before) == clock.now + TERM
    later(clock, tsa, 300 - 91)
    tsa.new_certificate()
    stamp_again(stamped)
    assert list(archive(stamped, NOW)) == []
    assert copy_of(stamped, number) == before
    assert breaches(stamped) == []


@pytest.mark.parametrize("by", ["the worker", "the command"])
def test_before_it_ends_the_copy_is_stamped_again_and_believed_years_after(
    stamped: Site, tsa: Tsa, number: str, clock: SetClock, by: str
) -> None:
    before, pdf = copy_of(stamped, number), file(stamped, number, "certificate.pdf")
    later(clock, tsa, 300 - 80)
    tsa.new_certificate()
    if by == "the worker":
        stamp_again(stamped)
    else:
        assert [one.fault for one in archive(stamped, NOW)] == [""]
    copy = copy_of(stamped, number)
    assert copy.startswith(before) and stamps(stamped, number) == 2
    assert archive_fault(copy, pdf, [tsa.root]) == "" and stamp_ends(copy) > clock.now + 10 * YEAR
    assert breaches(stamped) == [] and list(archive(stamped, NOW)) == []
    for years in (1, 7):
        assert passes(stamped, tsa, copy, clock.now + years * YEAR)
        assert not passes(stamped, tsa, before, clock.now + years * YEAR), "the first stamp has ended by then"


def test_each_of_the_stamps_has_to_hold(stamped: Site, tsa: Tsa, number: str, clock: SetClock) -> None:
    pdf, once = file(stamped, number, "certificate.pdf"), copy_of(stamped, number)
    later(clock, tsa, 300 - 80)
    tsa.new_certificate()
    stamp_again(stamped)
    turned = bytearray(copy_of(stamped, number))
    turned[once.rindex(b"/Contents <") + 4000] = ord("0") + (
        turned[once.rindex(b"/Contents <") + 4000] == ord("0")
    )
    assert archive_fault(bytes(turned), pdf, [tsa.root]) != ""


def test_an_authority_with_no_later_certificate_is_not_asked_for_stamps_that_help_nobody(
    stamped: Site, tsa: Tsa, number: str, clock: SetClock
) -> None:
    before = copy_of(stamped, number)
    later(clock, tsa, 300 - 80)
    stamp_again(stamped)
    assert copy_of(stamped, number) == before
    assert breaches(stamped) == []
    later(clock, tsa, 51)
    stamp_again(stamped)
    (said,) = breaches(stamped)
    assert (
        said
        == "the certificate of its newest time stamp ends on 27 December 2026, and it was not stamped again"
    )


def test_broken_off_it_goes_on_where_it_was(stamped: Site, tsa: Tsa, clock: SetClock) -> None:
    world = make_world(stamped)
    numbers = [issue(world, decision_ref=f"decision-{n}") for n in range(2)]
    assert len(list(archive(stamped, NOW))) == 2
    later(clock, tsa, 300 - 80)
    tsa.new_certificate()
    first = next(archive(stamped, NOW))
    assert first.fault == "" and [stamps(stamped, one) for one in numbers] == [2, 1]
    tsa.mood = "broken"
    kept = [copy_of(stamped, one) for one in numbers]
    (fault,) = archive(stamped, NOW)
    assert "gave no stamp: it answers with status 500" in fault.fault
    stamp_again(stamped)
    assert [copy_of(stamped, one) for one in numbers] == kept
    tsa.mood = "right"
    stamp_again(stamped)
    assert [stamps(stamped, one) for one in numbers] == [2, 2]


def test_a_copy_that_was_changed_is_named_and_not_stamped_again(
    stamped: Site, tsa: Tsa, number: str, clock: SetClock
) -> None:
    path = folder(stamped, number) / "certificate-archive.pdf"
    changed = path.read_bytes() + b"\n%more"
    path.write_bytes(changed)
    later(clock, tsa, 300 - 80)
    tsa.new_certificate()
    (one,) = archive(stamped, NOW)
    assert one.fault == "its time stamp is false, or does not cover the whole copy"
    assert path.read_bytes() == changed


@pytest.mark.parametrize("former", ["answers", "is gone"])
def test_another_authority_goes_on_where_the_former_one_ended(
    stamped: Site, tsa: Tsa, number: str, clock: SetClock, former: str, tmp_path: Path
) -> None:
    """The former one's own word on its certificate is laid under the new stamp; when nobody can be asked, that is waited for."""
    later(clock, tsa, 300 - 80)
    place, pdf = tmp_path / "next", file(stamped, number, "certificate.pdf")
    place.mkdir()
    with running(make_tsa(clock.now, "list")) as heir:
        site = connect(replace(stamped.settings, tsa_url=heir.url, tsa_roots=heir.roots(place)), clock)
        if former == "is gone":
            tsa.says = "broken"
            (one,) = archive(site, NOW)
            assert "could not be seen" in one.fault and stamps(site, number) == 1
            later(clock, heir, 51)
        assert [one.fault for one in archive(site, NOW)] == [""]
        site.engine.dispose()
    copy = copy_of(stamped, number)
    assert stamps(stamped, number) == 2
    assert archive_fault(copy, pdf, [tsa.root, heir.root]) == ""
    assert (tsa.list() in store_in(copy).lists) == (former == "answers")
    assert roots(stamped) == [tsa.root, heir.root]
    assert breaches(stamped) == []


def test_a_copy_made_after_the_authority_has_a_new_certificate_is_believed_as_long(
    stamped: Site, tsa: Tsa, clock: SetClock
) -> None:
    """What shows today that the seal and the stamp in it count is laid under the stamp of the archive."""
    number = issue(make_world(stamped))
    later(clock, tsa, 200)
    tsa.new_certificate()
    freshen_revocations(stamped)
    assert [one.fault for one in archive(stamped, NOW)] == [""]
    assert passes(stamped, tsa, copy_of(stamped, number), datetime(2035, 1, 1, tzinfo=clock.now.tzinfo))
