"""The keys with their private parts, for the worker and the key ceremony alone: made, found, replaced, retired."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import Certificate

from app.certificates.keys.authority import root_certificate, seal_certificate
from app.certificates.keys.public import (
    RRN,
    KeyFault,
    Public,
    PublicKey,
    PublicKeys,
    Purpose,
    SigningKey,
    revoked_seals_at,
    thumbprint,
    write_public,
    write_retired,
)
from app.certificates.keys.token import TokenVault
from app.certificates.keys.vault import FileVault, ProvenKey, Vault, reached, vault_of_others
from app.settings import Settings, token_place

USE: Final = timedelta(days=2 * 365)
"""How long a key signs before the next one takes its place."""
LEAD: Final = timedelta(minutes=15)
"""How long a successor is published before it signs: three times as long as a reader may keep the list of keys."""
LOG_OVERLAP: Final = timedelta(days=30)
"""How long the old and the new log key sign together, so that witnesses and monitors find time to learn the new one."""
ROOT_LEAD: Final = timedelta(days=30)
"""How long a further root is published before it certifies seals, so that whoever keeps the roots finds time to take it."""


class KeyStore(PublicKeys):
    """Every key of an installation; `base` is PUBLIC_BASE_URL, which stands in the certificates of seals."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings.data_dir / "keys")
        self.base = settings.public_base_url
        self._vaults = _vaults(settings)
        self._opened: dict[str, SigningKey] = {}

    def signing(self, purpose: Purpose, owner: str, moment: datetime) -> SigningKey:
        """The key that signs for that purpose and owner at that moment; KeyFault when there is none."""
        key = self.usable(purpose, owner, moment)
        if key is None:
            raise KeyFault(f"there is no {purpose} key of {owner} for {moment:%Y-%m-%d}")
        return self._open(key)

    def log_keys(self, moment: datetime) -> list[SigningKey]:
        """Every log key that signs at that moment: two while one takes the place of the other."""
        return [self._open(key) for key in self.all(Purpose.LOG, RRN) if key.signs_at(moment)]

    def ensure(self, purpose: Purpose, owner: str, moment: datetime) -> SigningKey:
        """The key that signs now; a credential or log key is made when there is none yet."""
        if self.current(purpose, owner, moment) is None:
            self._make(purpose, owner, moment, moment)
        return self.signing(purpose, owner, moment)

    def ensure_root(self, organisation: str, moment: datetime) -> SigningKey:
        """RRN's root for the seals of licensed bodies; made, with its own certificate, when there is none yet."""
        if self.current(Purpose.ROOT, RRN, moment) is None:
            self._make_root(organisation, moment, moment)
        return self.signing(Purpose.ROOT, RRN, moment)

    def further_root(self, organisation: str, moment: datetime) -> PublicKey:
        """Another root beside those there are. It certifies seals once everybody could take it; at once where no other may."""
        waits = self.current(Purpose.ROOT, RRN, moment) is not None
        self._make_root(organisation, moment, moment + ROOT_LEAD if waits else moment)
        return self.all(Purpose.ROOT)[-1]

    def root(self, number: int) -> SigningKey:
        """The root of that number, whether or not it still certifies: each signs the list of its own seals for ever."""
        return self._open(self.all(Purpose.ROOT)[number - 1])

    def _make_root(self, organisation: str, moment: datetime, begins: datetime) -> None:
        vault, before = self._vaults[Purpose.ROOT], self.all(Purpose.ROOT)
        made_at = max(
            [moment, *(root.made_at + timedelta(seconds=1) for root in before)]
        )  # they are numbered by it
        public = vault.make(Purpose.ROOT, RRN)
        assert isinstance(public, ec.EllipticCurvePublicKey)
        bare = PublicKey(thumbprint(public), Purpose.ROOT, RRN, public, moment, moment, moment)
        sign = ProvenKey(bare, vault.open(bare)).sign
        certificate = root_certificate(public, sign, organisation, moment, len(before) + 1)
        dates = (made_at, begins, certificate.not_valid_after_utc)
        self._publish(public, Purpose.ROOT, RRN, dates, certificate)

    def ensure_seal(self, owner: str, organisation: str, identifier: str, moment: datetime) -> SigningKey:
        """The seal key of a licensed body; made, and certified by the root, when there is none yet.

        `identifier` names the legal person by number (EN 319 412-1), such as `NTRGB-01234567`. KeyFault without a root.
        """
        if self.current(Purpose.SEAL, owner, moment) is None:
            self._make_seal(owner, organisation, identifier, moment, moment)
        return self.signing(Purpose.SEAL, owner, moment)

    def renew_seal(
        self, owner: str, organisation: str, identifier: str, since: datetime, moment: datetime
    ) -> None:
        """Another seal key takes over, unless one was made since `since`: asked twice, it is done once."""
        if not self._made_since(Purpose.SEAL, owner, since):
            begins = self._handover(Purpose.SEAL, owner, moment)
            self._make_seal(owner, organisation, identifier, moment, begins)
        self._end_older(Purpose.SEAL, owner, since)

    def renew(self, purpose: Purpose, owner: str, since: datetime, moment: datetime) -> None:
        """Another credential or log key takes over, unless one was made since `since`: asked twice, it is done once."""
        if not self._made_since(purpose, owner, since):
            self._make(purpose, owner, moment, self._handover(purpose, owner, moment))
        self._end_older(purpose, owner, since)

    def _made_since(self, purpose: Purpose, owner: str, since: datetime) -> list[PublicKey]:
        return [key for key in self.all(purpose, owner) if key.made_at >= since]

    def _handover(self, purpose: Purpose, owner: str, moment: datetime) -> datetime:
        """From when on a new key signs: at once when there is none, else once everybody can know it."""
        return moment + LEAD if self.current(purpose, owner, moment) else moment

    def _end_older(self, purpose: Purpose, owner: str, since: datetime) -> None:
        """Older keys sign until the new one does, so that there is never none; those of the log for longer."""
        begins = self._made_since(purpose, owner, since)[-1].signs_from
        for key in self.all(purpose, owner):
            if key.made_at < since:
                write_retired(self.folder, key, begins + LOG_OVERLAP if purpose is Purpose.LOG else begins)

    def retire(self, key_id: str, moment: datetime, by: str = "") -> None:
        """End the use of a key. Its public part stays, now with the date and who said so, and its private part is destroyed.

        But for a root's, which goes on signing the list of its seals.
        """
        key = self.find(key_id)
        write_retired(self.folder, key, moment, by)
        if key.purpose is not Purpose.ROOT:
            self._destroy(key)

    def clear(self, moment: datetime) -> list[PublicKey]:
        """Destroy the private parts of keys whose use has ended since they were opened; which those were."""
        ended = [key for key in self.all() if key.retired_at and key.retired_at <= moment]
        over = [key for key in ended if key.purpose is not Purpose.ROOT]
        for key in over:
            self._destroy(key)
        return over

    def _destroy(self, key: PublicKey) -> None:
        self._opened.pop(key.id, None)
        self._vaults[key.purpose].destroy(key)

    def _open(self, key: PublicKey) -> SigningKey:
        if key.id not in self._opened:
            with reached(key):
                self._opened[key.id] = ProvenKey(key, self._vaults[key.purpose].open(key))
        return self._opened[key.id]

    def _make(self, purpose: Purpose, owner: str, moment: datetime, begins: datetime) -> None:
        public = self._vaults[purpose].make(purpose, owner)
        self._publish(public, purpose, owner, (moment, begins, begins + USE), None)

    def _make_seal(
        self, owner: str, organisation: str, identifier: str, moment: datetime, begins: datetime
    ) -> None:
        root = self.signing(Purpose.ROOT, RRN, moment)
        public = self._vaults[Purpose.SEAL].make(Purpose.SEAL, owner)
        assert isinstance(public, ec.EllipticCurvePublicKey)
        list_at = f"{self.base}/{revoked_seals_at(self.all(Purpose.ROOT).index(root.public) + 1)}"
        certificate = seal_certificate(public, root, organisation, identifier, list_at, moment)
        self._publish(public, Purpose.SEAL, owner, (moment, begins, begins + USE), certificate)

    def _publish(
        self,
        public: Public,
        purpose: Purpose,
        owner: str,
        dates: tuple[datetime, datetime, datetime],
        certificate: Certificate | None,
    ) -> None:
        """After the private part: a published key that nobody can use would be worse than an unused one."""
        key = PublicKey(thumbprint(public), purpose, owner, public, *dates, None, certificate)
        write_public(self.folder, key)


def _vaults(settings: Settings) -> Mapping[Purpose, Vault]:
    """A vault for each purpose, one for those that lie in the same place. The root lies where the seals do."""
    places = {
        Purpose.ROOT: settings.seal_key,
        Purpose.SEAL: settings.seal_key,
        Purpose.CREDENTIAL: settings.credential_key,
        Purpose.LOG: settings.log_key,
    }
    made = {uri: _vault(settings, uri) for uri in set(places.values())}
    return {purpose: made[uri] for purpose, uri in places.items()}


def _vault(settings: Settings, uri: str) -> Vault:
    if not uri:
        return FileVault(settings.data_dir / "keys-private")
    return TokenVault(token_place(uri)) if uri.startswith("pkcs11:") else vault_of_others(uri)
