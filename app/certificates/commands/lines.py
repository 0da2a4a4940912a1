"""One line of a certificate's status history, and what the public is told with it."""

from datetime import date
from typing import Any

from app.certificates.models import Certificate, CertificateStatus
from app.certificates.rules import Status, Suspend
from app.certificates.rules.workflow import ChangeStatus
from app.kernel.database import Unit
from app.kernel.journal import Event
from app.ledger.commands import append
from app.ledger.rules import EntryKind


def write_line(
    unit: Unit,
    certificate: Certificate,
    before: Status | None,
    status: Status,
    day: date,
    *,
    public_text: str,
    form: ChangeStatus | None = None,
    item_id: int | None = None,
) -> None:
    """Add one line; nothing ever changes or removes one."""
    held = form if isinstance(form, Suspend) else None
    unit.db.add(
        CertificateStatus(
            certificate_id=certificate.id, item_id=item_id, before=before, status=status, effective_on=day, recorded_at=unit.now,
            by=unit.actor.id, reason_code=form.reason_code.value if form else "", public_text=public_text,
            private_text=form.private_text if form else "", ends_when=held.ends_when if held else "",
            limit_on=held.limit_on if held else None, contact=held.contact if held else "",
        )
    )  # fmt: skip
    unit.db.flush()


def tell(
    unit: Unit,
    event: Event,
    certificate: Certificate,
    before: Status,
    status: Status,
    day: date,
    public_text: str,
    **more: Any,
) -> int:
    """What the register says of the certificate from now on: one entry of the ledger."""
    told = {
        "certificate": certificate.number,
        "before": before.value,
        "status": status.value,
        "effective_on": day.isoformat(),
        "public_text": public_text,
        **more,
    }
    return append(unit, event, EntryKind.CERTIFICATE_STATUS, certificate.ref, told, effective_on=day)
