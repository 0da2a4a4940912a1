"""The periods of a certificate leave no gap and do not overlap, whatever was known and when."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.certificates import queries
from app.certificates.models import Certificate, CertificateItem, CertificateStatus
from app.certificates.rules import Status

TODAY = date(2026, 3, 2)


def a_certificate(items: int) -> tuple[Certificate, list[CertificateItem]]:
    certificate = Certificate(id=1, starts_on=TODAY, expires_on=date(2029, 3, 1))
    return certificate, [
        CertificateItem(
            id=n,
            certificate_id=1,
            curriculum_id=n,
            curriculum_version_id=n,
            title=f"Curriculum {n}",
            number=1,
        )
        for n in range(1, items + 1)
    ]


STATUSES = st.sampled_from([Status.ACTIVE, Status.SUSPENDED, Status.REDUCED])


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(STATUSES, st.integers(0, 40), st.sampled_from([None, 1, 2])), max_size=12),
    st.integers(0, 12),
)
def test_the_periods_of_a_certificate_have_no_gap_and_no_overlap_whatever_was_known(
    changes: list[tuple[Status, int, int | None]], known: int
) -> None:
    """Invariant 11: on any day from the first there is exactly one status, and it only moves where a line says so."""
    certificate, items = a_certificate(2)
    day, told = TODAY, [line(1, Status.GRANTED, TODAY, None), line(2, Status.ACTIVE, TODAY, None)]
    for number, (status_then, days, item) in enumerate(changes, start=3):
        day += timedelta(days=days)
        told.append(line(number, status_then, day, item))
    told = told[: 2 + known]
    moves = {entry.effective_on for entry in told} | {TODAY, certificate.expires_on + timedelta(days=1)}
    last, day_before = None, TODAY
    for today in days_worth_asking(moves, certificate.expires_on):
        seen = queries.derive(certificate, items, told, today)
        assert seen.status is not None
        assert len(seen.items) == 2
        now = (seen.status, *(item.status for item in seen.items))
        assert now == last or any(day_before <= move <= today for move in moves)
        assert not seen.certified or seen.status.gives_rights
        last, day_before = now, today + timedelta(days=1)


def days_worth_asking(moves: set[date], expires: date) -> list[date]:
    """The days around each move, and every ninth day of the whole term: nothing may move between two of them unseen."""
    around = {move + timedelta(days=more) for move in moves for more in (-1, 0, 1)}
    spread = {TODAY + timedelta(days=n) for n in range(0, (expires - TODAY).days + 3, 9)}
    return sorted(day for day in around | spread if TODAY <= day <= expires + timedelta(days=2))


def line(number: int, status: Status, day: date, item: int | None) -> CertificateStatus:
    return CertificateStatus(
        id=number, certificate_id=1, item_id=item, before=None if item is None else Status.ACTIVE, status=status,
        effective_on=day, public_text="", ends_when="", limit_on=None, contact="",
    )  # fmt: skip
