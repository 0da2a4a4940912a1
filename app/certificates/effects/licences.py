"""What follows changes of licences and accreditations for machines: RRN's credentials about them, and RRN's own status lists."""

import json
import secrets
from datetime import timedelta

from app.certificates import jose, queries
from app.certificates.commands import keep_licence_credential
from app.certificates.did import Addresses, ListPurpose
from app.certificates.effects.issuing import put_list
from app.certificates.effects.worker import FRESH, OWNER, do, press, rrn_signer
from app.certificates.keys import RRN, Purpose
from app.certificates.models import LicenceCredential, SignedStatusList
from app.certificates.queries.keys import ended_keys
from app.certificates.rules import LIST_LENGTH, KeyUse, LicenceSaid
from app.kernel.database import Site, Unit
from app.kernel.journal import Event, Finish, after
from app.kernel.outbox import every
from app.ledger.queries import head
from app.organisations.models import Organisation

CHANGES = (
    "licence.licensed", "licence.renewed", "licence.suspended", "licence.reinstated", "licence.withdrawn", "licence.resigned",
    "accreditation.recorded", "accreditation.suspended", "accreditation.restored", "accreditation.withdrawn", "accreditation.renewed",
    "key_order.done", "key.suspect",
)  # fmt: skip


def make_credentials(unit: Unit, _event: Event) -> Finish | None:
    """Whoever may certify has RRN's credential that says so as it is today."""
    return _credentials(unit)


def tell_lists(unit: Unit, _event: Event) -> Finish | None:
    """What was taken away, or replaced, stands in RRN's status lists at once."""
    return _lists(unit)


for _kind in CHANGES:
    after(_kind)(make_credentials)
    after(_kind)(tell_lists)
after("licence.credential_made")(tell_lists)


@every(timedelta(minutes=10))
def keep_up(site: Site) -> None:
    """Days pass, names change, and the ceremony tells the database nothing: what is no longer so is said anew; old lists too."""
    do(site, _credentials)
    do(site, _lists)


def _credentials(unit: Unit) -> Finish | None:
    store = rrn_signer(unit)
    if store is None:
        return None
    ended, addresses = ended_keys(unit), Addresses(unit.site.settings.public_base_url)
    key = store.signing(Purpose.CREDENTIAL, RRN, unit.now)
    made = []
    for body in queries.licensed_bodies(unit):
        found = _due(unit, body, ended)
        if found is not None:
            place = press().Place(1, secrets.randbelow(LIST_LENGTH))
            made.append((body.id, *found, place, press().make_licence(found[1], place, key, addresses)))
    now = unit.now

    def finish(unit: Unit) -> None:
        for body, licence, said, place, token in made:
            row = LicenceCredential(
                body_id=body, licence_id=licence, number=said.version, content=said.canonical.decode(), token=token,
                credential_key=key.public.id, made_at=now, status_list=place.number, status_index=place.index,
            )  # fmt: skip
            keep_licence_credential(unit, row)

    return finish if made else None


def _due(unit: Unit, body: Organisation, ended: dict[str, KeyUse]) -> tuple[int, LicenceSaid] | None:
    """What is to be said anew of a body's licence: the newest credential says something else, or others may know its key."""
    today = queries.licence_today(unit, body, OWNER)
    if today is None:
        return None
    licence, said = today
    newest = queries.newest_credential(unit, body.id)
    if newest and newest.licence_id == licence.id:
        use = ended.get(newest.credential_key)
        doubtful = use is not None and use.suspect and newest.made_at >= use.since
        if not doubtful and LicenceSaid.model_validate_json(newest.content).same_but_version(said):
            return None
    return licence.id, said


def _lists(unit: Unit) -> Finish | None:
    """Sign RRN's lists that say something else than is so, that grow old, or whose key signs no more."""
    keeper, store = queries.list_keeper(unit), rrn_signer(unit)
    if keeper is None or store is None:
        return None
    key, addresses = (
        store.signing(Purpose.CREDENTIAL, RRN, unit.now),
        Addresses(unit.site.settings.public_base_url),
    )
    as_of, now, signed = head(unit).size, unit.now, []
    for number in queries.licence_lists(unit):
        bits = queries.licence_bits(unit, number)
        for purpose in ListPurpose:
            kept = unit.db.get(SignedStatusList, (keeper.id, purpose.value, number))
            if kept is None or kept.signed_at < now - FRESH or not _says(kept, bits[purpose], key.public.id):
                token = press().sign_list(RRN, purpose, number, bits[purpose], now, key, addresses)
                signed.append((purpose.value, number, token))
    keeper_id = keeper.id

    def finish(unit: Unit) -> None:
        for purpose, number, token in signed:
            put_list(unit, (keeper_id, purpose, number), token, as_of, now)

    return finish if signed else None


def _says(kept: SignedStatusList, bits: set[int], key: str) -> bool:
    """Whether a list says these bits already, signed with the key of today."""
    said = json.loads(jose.decode(kept.token.split(".")[1]))["credentialSubject"]["encodedList"]
    return bool(said == press().encode_bits(bits)) and jose.kid_of(kept.token).endswith(f"#{key}")
