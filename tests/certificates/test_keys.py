"""Keys: one purpose each, private ones unreadable by others, public ones published for ever."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from app.certificates.keys import RRN, KeyFault, PublicKeys, Purpose, thumbprint
from app.certificates.keys.store import KeyStore
from app.settings import Settings
from tests.certificates.paper import NOW, a_ceremony


def test_each_key_is_on_the_curve_of_its_purpose(tmp_path: Path) -> None:
    made = a_ceremony(tmp_path)
    log = made.store.ensure(Purpose.LOG, RRN, NOW)
    curves = [key.public.public_key.curve for key in (made.root, made.seal, made.credential)]  # type: ignore[union-attr]
    assert [type(curve) for curve in curves] == [ec.SECP384R1, ec.SECP256R1, ec.SECP256R1]
    assert isinstance(log.public.public_key, ed25519.Ed25519PublicKey)


def test_the_seals_certificate_names_the_body_and_leads_to_the_root(tmp_path: Path) -> None:
    made = a_ceremony(tmp_path)
    certificate = made.seal.public.certificate
    assert certificate
    certificate.verify_directly_issued_by(made.anchor)
    assert "Northgate Certification" in certificate.subject.rfc4514_string()
    assert "2.5.4.97=NTRGB-01234567" in certificate.subject.rfc4514_string()
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert certificate.not_valid_after_utc > NOW + timedelta(days=2 * 365 + 3 * 365)


def test_asking_again_gives_the_same_key_and_after_two_years_another(tmp_path: Path) -> None:
    made = a_ceremony(tmp_path)
    again = made.store.ensure(Purpose.CREDENTIAL, "org_northgate", NOW + timedelta(days=700))
    assert again.public.id == made.credential.public.id
    later = made.store.ensure(Purpose.CREDENTIAL, "org_northgate", NOW + timedelta(days=731))
    assert later.public.id != made.credential.public.id
    assert len(made.store.all(Purpose.CREDENTIAL)) == 2


def test_a_restarted_worker_finds_its_keys_again(tmp_path: Path) -> None:
    made = a_ceremony(tmp_path)
    again = KeyStore(Settings(data_dir=tmp_path))
    assert again.signing(Purpose.SEAL, "org_northgate", NOW).public == made.seal.public


def test_nobody_but_the_owner_can_read_a_private_key(tmp_path: Path) -> None:
    a_ceremony(tmp_path)
    files = list((tmp_path / "keys-private").iterdir())
    assert len(files) == 3
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    for path in files:
        path.chmod(0o644)
    with pytest.raises(KeyFault, match="others than its owner"):
        KeyStore(Settings(data_dir=tmp_path)).signing(Purpose.SEAL, "org_northgate", NOW)


def test_the_published_folder_holds_no_private_key(tmp_path: Path) -> None:
    a_ceremony(tmp_path)
    assert all(b"PRIVATE" not in path.read_bytes() for path in (tmp_path / "keys").iterdir())


def test_without_the_private_folder_the_keys_can_be_read_and_nothing_signed(tmp_path: Path) -> None:
    made = a_ceremony(tmp_path)
    shutil.rmtree(tmp_path / "keys-private")
    assert {key.id for key in PublicKeys(tmp_path / "keys").all()} == {key.id for key in made.store.all()}
    with pytest.raises(KeyFault, match="is not here"):
        KeyStore(Settings(data_dir=tmp_path)).signing(Purpose.SEAL, "org_northgate", NOW)


def test_a_retired_key_stays_published_with_its_date_and_cannot_sign_again(tmp_path: Path) -> None:
    made = a_ceremony(tmp_path)
    made.store.retire(made.credential.public.id, NOW + timedelta(days=1))
    (kept,) = made.store.all(Purpose.CREDENTIAL)
    assert kept.retired_at == NOW + timedelta(days=1)
    assert made.store.current(Purpose.CREDENTIAL, "org_northgate", NOW + timedelta(days=2)) is None
    assert not (tmp_path / "keys-private" / f"{kept.id}.pem").exists()
    other = made.store.ensure(Purpose.CREDENTIAL, "org_northgate", NOW + timedelta(days=2))
    assert other.public.id != kept.id


def test_a_seal_key_needs_a_root(tmp_path: Path) -> None:
    with pytest.raises(KeyFault, match="no root key"):
        KeyStore(Settings(data_dir=tmp_path)).ensure_seal("org_x", "Somebody", "NTRGB-1", NOW)


def test_the_name_of_a_key_is_the_thumbprint_of_the_rfc_example() -> None:
    """RFC 8037 appendix A.3."""
    raw = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    found = thumbprint(ed25519.Ed25519PublicKey.from_public_bytes(raw))
    assert found == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


@pytest.mark.parametrize("change", ["purpose", "file name", "certificate"])
def test_a_published_key_that_was_exchanged_is_noticed(tmp_path: Path, change: str) -> None:
    made = a_ceremony(tmp_path)
    folder = tmp_path / "keys"
    seal = folder / f"{made.seal.public.id}.json"
    root = folder / f"{made.root.public.id}.json"
    if change == "file name":
        root.write_bytes(seal.read_bytes())
    elif change == "purpose":
        seal.write_text(seal.read_text().replace('"seal"', '"root"'))
    else:
        fields = json.loads(seal.read_text())
        fields["certificate"] = json.loads(root.read_text())["certificate"]
        seal.write_text(json.dumps(fields))
    with pytest.raises(KeyFault):
        PublicKeys(folder).all()
