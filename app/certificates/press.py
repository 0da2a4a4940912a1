"""The press: from a statement to three finished files and back to the proof that they are what they should be.

Only the worker loads it (see effects): drawing, sealing and checking need libraries a web process has no use for.
"""

import gzip
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from secrets import token_hex
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.timestamps import TimeStamper

from app.certificates import jose
from app.certificates.credential import (
    Place,
    credential,
    encode_bits,
    endorsement,
    licence_credential,
    sign_credential,
    sign_endorsement,
    sign_licence,
    sign_status_list,
    status_list,
)
from app.certificates.did import ENDORSEMENT_TYP, MEDIA_TYPE, TYP, Addresses, ListPurpose
from app.certificates.document import (
    Attachment,
    Evidence,
    PlainPaper,
    draw,
    draw_plain,
    load_design,
    texts_of,
)
from app.certificates.document import Section as Lines
from app.certificates.document.design import CURRENT
from app.certificates.document.text import TextFault
from app.certificates.keys import RRN, KeyFault, PublicKeys, Purpose, SigningKey
from app.certificates.keys.authority import Revoked, revocation_list, short_name
from app.certificates.keys.store import KeyStore
from app.certificates.lints import (
    Drawn,
    Laid,
    LintRefused,
    Said,
    inspect_document,
    inspect_paper,
    inspect_statement,
)
from app.certificates.rules import Endorsed, KeyUse, LicenceSaid, Statement
from app.certificates.seal import RESERVE, STAMPED, seal
from app.certificates.stamp import (
    Authority,
    NotStamped,
    archive_fault,
    archived,
    authority_of,
    roots_of,
)
from app.certificates.verify import sealing_key, verify_pdf
from app.kernel.clock import civil_date
from app.kernel.files import digest, sync_folder
from app.settings import Settings

PDF: Final = "certificate.pdf"
CREDENTIAL: Final = "credential.jwt"
STATEMENT: Final = "statement.json"
ARCHIVE: Final = "certificate-archive.pdf"
"""Beside the three, made later (effects.archiving): never served, and never in place of the certificate."""
Files = Mapping[str, bytes]
Paper = PlainPaper
__all__ = ["Lines", "NotStamped", "archive_fault", "archived", "authority_of", "encode_bits", "roots_of"]


class NotAsItShouldBe(Exception):
    """Finished files do not verify with the published keys, or do not belong to the statement. Nothing was published."""


@dataclass(frozen=True)
class Stamps:
    """The time stamp authority that every seal is stamped by, and the lists of revoked seals, of which one goes into the file."""

    authority: Authority
    revoked: tuple[bytes, ...]
    """One for each root, in the order of the roots."""


@dataclass(frozen=True)
class Order:
    """One version to be made. `term_months` is the rule pack's, `moment` goes into the files as their time."""

    statement: Statement
    place: Place
    term_months: int
    address_declared: bool
    addresses: Addresses
    moment: datetime
    stamps: Stamps | None = None


def make(order: Order, store: KeyStore) -> Files:
    """Lint, sign, draw, lint, seal: three files that exist nowhere yet. Raises LintRefused, TextFault, KeyFault or NotStamped."""
    said, owner = order.statement, order.statement.body.ref
    passed = inspect_statement(_said(order))
    signer = store.signing(Purpose.CREDENTIAL, owner, order.moment)
    unsigned = credential(said, order.place, order.addresses)
    token = sign_credential(said, unsigned, signer, order.addresses, passed).encode()
    attachment = Attachment(CREDENTIAL, MEDIA_TYPE, token, "Data", "The same certificate for machines")
    sealer = store.signing(Purpose.SEAL, owner, order.moment)
    reserve, evidence, stamper = _stamped(order.stamps, sealer, store, order.moment)
    drawn = draw(said, load_design(said.design), order.moment, (attachment,), reserve, evidence)
    whole = inspect_document(Drawn(drawn, said, token))
    sealed = seal(drawn, whole, sealer, stamper)
    return {PDF: sealed, CREDENTIAL: token, STATEMENT: said.canonical}


def _stamped(
    stamps: Stamps | None, sealer: SigningKey, store: PublicKeys, moment: datetime
) -> tuple[int, Evidence | None, TimeStamper | None]:
    """How much room a seal takes, what is laid beside it, and who stamps it."""
    if stamps is None:
        return RESERVE, None, None
    own = sealer.public.certificate
    if own is None:
        raise KeyFault("a seal key without a certificate cannot seal")
    number = store.root_of(own)
    chain = (own, store.anchors()[number - 1])
    revoked = stamps.revoked[number - 1]
    evidence = Evidence(tuple(one.public_bytes(Encoding.DER) for one in chain), (revoked,))
    return STAMPED, evidence, stamps.authority.stamper(moment)


def _said(order: Order) -> Said:
    today = civil_date(order.moment)
    return Said(order.statement, order.term_months, order.addresses.base, today, order.address_declared)


@dataclass(frozen=True)
class Stored:
    """Files that lie where they stay: their SHA-256 by name, and the keys that made them."""

    digests: dict[str, str]
    seal_key: str
    credential_key: str


def make_and_keep(order: Order, folder: Path, settings: Settings) -> Stored | str:
    """Make, check and store one version in a process of its own, or take what one that died had stored.

    A sentence when it cannot be made as it should be; KeyFault when there is no key, which is no fault of this version.
    """
    store, said = _store_of(settings), order.statement
    try:
        stored = kept(folder)
        files = stored or make(order, store)
        check(files, said, store, order.addresses)
        if stored is None and not _put(folder, files):
            return make_and_keep(order, folder, settings)
    except (LintRefused, TextFault, NotAsItShouldBe) as fault:
        return f"The paper cannot be made: {fault}"
    seal_key, credential_key = made_with(files)
    return Stored({name: digest(content) for name, content in files.items()}, seal_key, credential_key)


def _put(folder: Path, files: Files) -> bool:
    """Keep the files; False when another process put some there first, which are then the ones that count."""
    try:
        keep(folder, files)
    except OSError:
        if not folder.is_dir():
            raise
        return False
    return True


@lru_cache(maxsize=1)
def _store_of(settings: Settings) -> KeyStore:
    return KeyStore(settings)


def check(files: Files, said: Statement, store: PublicKeys, addresses: Addresses) -> None:
    """Look at finished files as a stranger would, with nothing but the published keys. Raises NotAsItShouldBe."""
    if files[STATEMENT] != said.canonical:
        raise NotAsItShouldBe("the stored statement is not the one that was decided")
    found = verify_pdf(files[PDF], store.anchors())
    if not found.genuine or found.signer != short_name(said.body.name):
        raise NotAsItShouldBe(f"the seal does not verify: {found.fault or 'it is of another body'}")
    owner = said.body.ref
    keys = {addresses.kid(key, owner): key for key in store.all(Purpose.CREDENTIAL, owner)}
    payload = jose.verify(files[CREDENTIAL].decode(), keys, TYP)
    evidence = payload["credentialSubject"]["auditableEvidence"]["digestMultibase"]
    if evidence != jose.digest_multibase(said.canonical) or payload["issuer"]["id"] != addresses.did(owner):
        raise NotAsItShouldBe("the credential does not belong to this statement")


@dataclass(frozen=True)
class Sealed:
    """A paper of the register itself, the token inside it, and the keys that made both."""

    pdf: bytes
    token: bytes
    seal_key: str
    credential_key: str


def seal_paper(
    said: Paper, content: bytes, typ: str, store: KeyStore, addresses: Addresses, moment: datetime, owner: str = RRN,
    stamps: Stamps | None = None,
) -> Sealed:  # fmt: skip
    """Sign canonical JSON as RRN or as a body, draw the paper that carries it, lint, seal, and look at both as a stranger would.

    For every paper but certificates; `owner` is RRN or the body's reference. Raises LintRefused, TextFault, KeyFault,
    NotStamped or NotAsItShouldBe.
    """
    signer, sealer = (store.signing(one, owner, moment) for one in (Purpose.CREDENTIAL, Purpose.SEAL))
    kid = addresses.kid(signer.public, None if owner == RRN else owner)
    token = jose.sign(json.loads(content), signer, kid, typ, "json").encode()
    inside = Attachment(said.attached, "application/jose", token, "Data", "The same for programs")
    design = load_design(CURRENT)
    reserve, evidence, stamper = _stamped(stamps, sealer, store, moment)
    drawn = draw_plain(said, design, moment, inside, reserve, evidence)
    passed = inspect_paper(Laid(drawn, said.title, texts_of(said, design), said.attached, token))
    pdf = seal(drawn, passed, sealer, stamper)
    if jose.decode(token.decode().split(".")[1]) != content:
        raise NotAsItShouldBe("the token holds another spelling than was asked for")
    found = verify_pdf(pdf, store.anchors())
    if not found.genuine or found.signer != short_name(said.author):
        raise NotAsItShouldBe(f"the seal does not verify: {found.fault or 'it is of somebody else'}")
    jose.verify(token.decode(), {kid: signer.public}, typ)
    return Sealed(pdf, token, sealer.public.id, signer.public.id)


def made_with(files: Files) -> tuple[str, str]:
    """The keys that made finished files, by thumbprint, as the files themselves tell it: of the seal, of the credential."""
    return sealing_key(files[PDF]), jose.kid_of(files[CREDENTIAL].decode()).rpartition("#")[2]


def revoked_seals(
    store: KeyStore, ended: Mapping[str, KeyUse], as_of: int, moment: datetime
) -> tuple[bytes, ...]:
    """The lists of revoked seals, one signed by each root, in the order of the roots; none while there is no root."""
    revoked = [
        Revoked(key.certificate, ended[key.id].since, ended[key.id].suspect)
        for key in store.all(Purpose.SEAL)
        if key.id in ended and key.certificate
    ]
    number = (as_of << 40) + int(moment.timestamp())  # grows with what is in it, and with time
    roots = [store.root(at + 1) for at in range(len(store.anchors()))]
    return tuple(revocation_list(root, revoked, number, moment) for root in roots)


def keep(folder: Path, files: Files) -> None:
    """Put the files where they stay: all of them or none, on disk before anything tells of them (rules page, 23)."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = folder.parent / f".{folder.name}.{token_hex(8)}"
    part.mkdir()
    for name, content in files.items():
        _write(part / name, content)
    sync_folder(part)
    os.rename(part, folder)
    for left in folder.parent.glob(
        f".{folder.name}.*"
    ):  # of a worker that died in the middle, or is too late
        shutil.rmtree(left, ignore_errors=True)
    sync_folder(folder.parent)
    sync_folder(folder.parent.parent)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def kept(folder: Path) -> Files | None:
    """The files that were put there, or None when none were."""
    if not folder.is_dir():
        return None
    return {name: (folder / name).read_bytes() for name in (PDF, CREDENTIAL, STATEMENT)}


def listed(token: str) -> set[int]:
    """The entries that are set in a status list of ours, as it was signed."""
    encoded = json.loads(jose.decode(token.split(".")[1]))["credentialSubject"]["encodedList"]
    bits = gzip.decompress(jose.decode(encoded[1:]))
    return {8 * at + bit for at, byte in enumerate(bits) if byte for bit in range(8) if byte & 0x80 >> bit}


def sign_list(
    body: str, purpose: ListPurpose, number: int, indexes: set[int], moment: datetime, key: SigningKey, addresses: Addresses
) -> str:  # fmt: skip
    """A body's status list, signed."""
    return sign_status_list(
        status_list(body, purpose, number, indexes, moment, addresses), body, key, addresses
    )


def make_licence(said: LicenceSaid, place: Place, key: SigningKey, addresses: Addresses) -> str:
    """RRN's credential about a licence, signed, and looked at as a stranger would."""
    token = sign_licence(licence_credential(said, place, addresses), key, addresses)
    jose.verify(token, {addresses.kid(key.public): key.public}, TYP)
    return token


def make_endorsement(
    said: Statement, about: Endorsed, place: Place, key: SigningKey, addresses: Addresses
) -> str:
    """A body's endorsement for badges, signed, and looked at as a stranger would."""
    token = sign_endorsement(endorsement(said, about, place, addresses), said.body.ref, key, addresses)
    jose.verify(token, {addresses.key(said.body.ref, key.public): key.public}, ENDORSEMENT_TYP)
    return token
