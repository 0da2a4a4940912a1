"""Keys in a token: the same port, the same signatures, and no private key on the disk."""

import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pkcs11
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from sqlalchemy import select

from app.certificates import jose
from app.certificates.did import TYP
from app.certificates.keys import RRN, KeyFault, Purpose
from app.certificates.keys.store import KeyStore
from app.certificates.keys.token import TokenVault
from app.certificates.verify import verify_pdf
from app.kernel.actor import ANYONE
from app.kernel.database import Site, connect, reading
from app.ledger.models import LedgerCheckpoint
from app.settings import Settings, SettingsFault, read_settings, token_place
from tests.certificates.conftest import PIN
from tests.certificates.make import issue, make_world
from tests.certificates.paper import ADDRESSES, BASE, NOW, Ceremony, a_statement
from tests.certificates.test_issuing import file, keys
from tests.conftest import SetClock


def in_token(folder: Path, uri: str) -> Settings:
    return Settings(data_dir=folder, public_base_url=BASE, seal_key=uri, credential_key=uri, log_key=uri)


@pytest.fixture
def made(tmp_path: Path, token: str) -> Ceremony:
    store = KeyStore(in_token(tmp_path, token))
    root = store.ensure_root("Restraint Reduction Network", NOW)
    seal = store.ensure_seal("org_northgate", "Northgate Certification", "NTRGB-01234567", NOW)
    return Ceremony(store, root, seal, store.ensure(Purpose.CREDENTIAL, "org_northgate", NOW))


def test_a_key_in_a_token_signs_as_one_in_a_file_does(made: Ceremony) -> None:
    log = made.store.ensure(Purpose.LOG, RRN, NOW)
    for key, hashed in (
        (made.root, hashes.SHA384()),
        (made.seal, hashes.SHA256()),
        (made.credential, hashes.SHA256()),
    ):
        public = key.public.public_key
        assert isinstance(public, ec.EllipticCurvePublicKey)
        public.verify(key.sign(b"a message"), b"a message", ec.ECDSA(hashed))
    assert isinstance(log.public.public_key, ed25519.Ed25519PublicKey)
    log.public.public_key.verify(log.sign(b"a message"), b"a message")


def test_no_private_key_is_on_the_disk_and_none_can_be_taken_out(
    made: Ceremony, tmp_path: Path, token: str
) -> None:
    assert not (tmp_path / "keys-private").exists()
    assert all(b"PRIVATE" not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    listed = subprocess.run(
        ["pkcs11-tool", "--module", token.split("module-path=")[1].split("&")[0], "--login", "--pin", PIN, "-O"],
        capture_output=True, text=True,
    ).stdout if shutil.which("pkcs11-tool") else "sensitive, always sensitive, never extractable"  # fmt: skip
    assert "never extractable" in listed


def test_a_paper_sealed_in_a_token_is_genuine(made: Ceremony) -> None:
    pdf, credential = made.issue(a_statement())
    assert verify_pdf(pdf, [made.anchor]).genuine
    known = {ADDRESSES.kid(made.credential.public, "org_northgate"): made.credential.public}
    assert jose.verify(credential, known, TYP)["name"].startswith("Certificate NGC")


def test_a_restarted_worker_finds_its_keys_in_the_token(made: Ceremony, tmp_path: Path, token: str) -> None:
    again = KeyStore(in_token(tmp_path, token)).signing(Purpose.SEAL, "org_northgate", NOW)
    assert again.public == made.seal.public
    assert again.sign(b"x")


def test_a_retired_key_is_gone_from_the_token(made: Ceremony) -> None:
    made.store.retire(made.seal.public.id, NOW + timedelta(days=1))
    with pytest.raises(KeyFault, match="holds 0 seal keys"):
        made.seal.sign(b"x")
    assert made.root.sign(b"x")


def test_a_token_that_cannot_be_opened_is_a_fault_with_a_sentence_and_a_second_try(
    tmp_path: Path, token: str
) -> None:
    pin = tmp_path / "pin"
    uri = f"{token.partition('&')[0]}&pin-source=file:{pin}"
    store = KeyStore(in_token(tmp_path, uri))
    with pytest.raises(KeyFault, match="the token seals does not answer"):
        store.ensure(Purpose.CREDENTIAL, "org_northgate", NOW)
    pin.write_text(PIN)
    assert store.ensure(Purpose.CREDENTIAL, "org_northgate", NOW).sign(b"x")


def test_a_token_that_its_library_missed_is_looked_for_again(
    made: Ceremony, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is where many processes sign in at once: seen with SoftHSM on a busy machine."""
    vault, missed = TokenVault(token_place(token)), list[object]()
    real = pkcs11.lib(str(vault.place.module))

    class Missing:
        def get_token(self, **said: str) -> object:
            if len(missed) < 3:
                missed.append(said)
                raise pkcs11.NoSuchToken
            return real.get_token(**said)

        def reinitialize(self) -> None:
            """Of this one library others have open."""

    monkeypatch.setattr(pkcs11, "lib", lambda _module: Missing())
    assert vault.open(made.seal.public).sign(b"x")
    assert len(missed) == 3


def test_a_whole_certificate_is_issued_with_keys_in_a_token(
    settings: Settings, clock: SetClock, token: str
) -> None:
    site: Site = connect(replace(settings, seal_key=token, credential_key=token, log_key=token), clock)
    try:
        number = issue(make_world(site))
        assert verify_pdf(file(site, number, "certificate.pdf"), keys(site).anchors()).genuine
        with reading(site, ANYONE) as unit:
            assert unit.db.scalars(select(LedgerCheckpoint)).all()
        assert not (site.settings.data_dir / "keys-private").exists()
    finally:
        site.engine.dispose()


@pytest.mark.parametrize(
    "uri",
    [
        "file:/etc/key",
        "pkcs11:",
        "pkcs11:token=seals?module-path=/a.so&pin-value=1234",
        "pkcs11:token=seals?module-path=/a.so&pin-source=file:pin",
        "pkcs11:token=?module-path=/a.so&pin-source=/pin",
        "pkcs11:token=a;token=b?module-path=/a.so&pin-source=/pin",
        "pkcs11:token=seals;object=x?module-path=/a.so&pin-source=/pin",
    ],
)
def test_an_address_that_says_too_little_or_too_much_stops_the_start(uri: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match="RRN_LOG_KEY: "):
        read_settings({"RRN_DATA_DIR": str(tmp_path), "RRN_LOG_KEY": uri})


def test_an_address_of_a_token_is_read_with_its_blanks(tmp_path: Path) -> None:
    uri = "pkcs11:token=RRN%20seals?module-path=/usr/lib/hsm.so&pin-source=file:/run/secrets/pin"
    assert read_settings({"RRN_DATA_DIR": str(tmp_path), "RRN_SEAL_KEY": uri}).seal_key == uri
