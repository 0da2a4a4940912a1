"""Status lists that were served before: each signed by its issuer, and none missing between the first and the one of today."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from app.certificates import jose
from app.certificates.did import TYP, Addresses
from app.certificates.keys import RRN, Purpose
from app.certificates.models import PastStatusList, SignedStatusList
from app.certificates.queries.keys import public_keys
from app.check.breach import BATCH, Breach
from app.kernel.database import Unit
from app.organisations.models import Organisation
from app.permissions import Seat


def every_past_list_is_genuine_and_none_is_missing(unit: Unit) -> Iterator[Breach]:
    """Each verifies with a published key of its issuer, and was served until the moment the next one was signed."""
    spans: dict[tuple[int, str, int], list[tuple[Any, Any]]] = {}
    keys: dict[int, dict[str, Any]] = {}
    order = (PastStatusList.body_id, PastStatusList.purpose, PastStatusList.number, PastStatusList.signed_at)
    asked = select(PastStatusList).order_by(*order, PastStatusList.id).execution_options(yield_per=BATCH)
    for row in unit.db.scalars(asked):
        if row.body_id not in keys:
            keys[row.body_id] = _keys(unit, row.body_id)
        spans.setdefault((row.body_id, row.purpose, row.number), []).append((row.signed_at, row.until))
        try:
            jose.verify(row.token, keys[row.body_id], TYP)
        except jose.TokenRefused as fault:
            where = f"past status list {row.purpose} {row.number} of body {row.body_id}"
            yield Breach(f"{where} of {row.signed_at:%Y-%m-%d %H:%M}", f"does not verify: {fault}")
    for place, found in spans.items():
        newest = unit.db.get(SignedStatusList, place)
        begun = [*found, (newest.signed_at, None)] if newest else found
        for (_signed, until), (follows, _until) in pairwise(begun):
            if until != follows:
                where = f"past status list {place[1]} {place[2]} of body {place[0]}"
                yield Breach(where, f"was served until {until:%Y-%m-%d %H:%M}, and the next one is of {follows:%Y-%m-%d %H:%M}")  # fmt: skip


def _keys(unit: Unit, issuer: int) -> dict[str, Any]:
    body = unit.db.get_one(Organisation, issuer)
    owner = RRN if body.seat is Seat.RRN else body.ref
    addresses = Addresses(unit.site.settings.public_base_url)
    known = public_keys(unit.site.settings).all(Purpose.CREDENTIAL, owner)
    return {addresses.kid(key, owner): key for key in known}
