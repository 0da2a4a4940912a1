"""The press: from a statement to three finished files and back to the proof that they are what they should be.

Only the worker loads it (see effects): drawing, sealing and checking need libraries a web process has no use for.
"""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import Final

from app.certificates import jose
from app.certificates.credential import (
    Place,
    Section,
    credential,
    sign_credential,
    sign_status_list,
    status_list,
)
from app.certificates.did import MEDIA_TYPE, TYP, Addresses, ListPurpose
from app.certificates.document import Attachment, draw, load_design
from app.certificates.keys import KeyStore, Purpose, SigningKey
from app.certificates.lints import Drawn, Said, inspect_document, inspect_statement
from app.certificates.rules import Statement
from app.certificates.seal import RESERVE, seal
from app.certificates.verify import verify_pdf
from app.kernel.clock import civil_date
from app.kernel.files import sync_folder

PDF: Final = "certificate.pdf"
CREDENTIAL: Final = "credential.jwt"
STATEMENT: Final = "statement.json"
Files = Mapping[str, bytes]


class NotAsItShouldBe(Exception):
    """Finished files do not verify with the published keys, or do not belong to the statement. Nothing was published."""


@dataclass(frozen=True)
class Order:
    """One version to be made. `term_months` is the rule pack's, `moment` goes into the files as their time."""

    statement: Statement
    sections: Sequence[Section]
    place: Place
    term_months: int
    address_declared: bool
    addresses: Addresses
    moment: datetime


def make(order: Order, store: KeyStore) -> Files:
    """Lint, sign, draw, lint, seal: three files that exist nowhere yet. Raises LintRefused, TextFault or KeyFault."""
    said, owner = order.statement, order.statement.body.ref
    passed = inspect_statement(_said(order))
    signer = store.signing(Purpose.CREDENTIAL, owner, order.moment)
    unsigned = credential(said, order.sections, order.place, order.addresses)
    token = sign_credential(said, unsigned, signer, order.addresses, passed).encode()
    attachment = Attachment(CREDENTIAL, MEDIA_TYPE, token, "Data", "The same certificate for machines")
    drawn = draw(said, load_design(said.design), order.moment, (attachment,), RESERVE)
    whole = inspect_document(Drawn(drawn, said, token))
    sealed = seal(drawn, whole, store.signing(Purpose.SEAL, owner, order.moment))
    return {PDF: sealed, CREDENTIAL: token, STATEMENT: said.canonical}


def _said(order: Order) -> Said:
    today = civil_date(order.moment)
    return Said(order.statement, order.term_months, order.addresses.base, today, order.address_declared)


def check(files: Files, said: Statement, store: KeyStore, addresses: Addresses) -> None:
    """Look at finished files as a stranger would, with nothing but the published keys. Raises NotAsItShouldBe."""
    if files[STATEMENT] != said.canonical:
        raise NotAsItShouldBe("the stored statement is not the one that was decided")
    found = verify_pdf(files[PDF], store.anchors())
    if not found.genuine or found.signer != _short(said.body.name):
        raise NotAsItShouldBe(f"the seal does not verify: {found.fault or 'it is of another body'}")
    owner = said.body.ref
    keys = {addresses.kid(key, owner): key for key in store.all(Purpose.CREDENTIAL, owner)}
    payload = jose.verify(files[CREDENTIAL].decode(), keys, TYP)
    evidence = payload["credentialSubject"]["auditableEvidence"]["digestMultibase"]
    if evidence != jose.digest_multibase(said.canonical) or payload["issuer"]["id"] != addresses.did(owner):
        raise NotAsItShouldBe("the credential does not belong to this statement")


def _short(name: str) -> str:
    """The name as a certificate of X.509 can hold it."""
    return name[:64].strip()


def keep(folder: Path, files: Files) -> None:
    """Put the files where they stay: all of them or none, on disk before anything tells of them (rules page, 23)."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    for left in folder.parent.glob(f".{folder.name}.*"):  # of a worker that died in the middle
        shutil.rmtree(left)
    part = folder.parent / f".{folder.name}.{token_hex(8)}"
    part.mkdir()
    for name, content in files.items():
        _write(part / name, content)
    sync_folder(part)
    os.rename(part, folder)
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


def sign_list(
    body: str, purpose: ListPurpose, number: int, indexes: set[int], moment: datetime, key: SigningKey, addresses: Addresses
) -> str:  # fmt: skip
    """A body's status list, signed."""
    return sign_status_list(
        status_list(body, purpose, number, indexes, moment, addresses), body, key, addresses
    )
