"""Statements, keys and finished papers for the tests of the pure parts; nothing here touches a database."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from cryptography import x509

from app.certificates.credential import Place, credential, sign_credential
from app.certificates.did import MEDIA_TYPE, Addresses
from app.certificates.document import Attachment, draw, load_design
from app.certificates.keys import Purpose, SigningKey
from app.certificates.keys.store import KeyStore
from app.certificates.lints import Drawn, Said, inspect_document, inspect_statement
from app.certificates.rules import ScopeItem, SectionFound, SectionOutcome, Statement, make_number, meaning
from app.certificates.seal import RESERVE, seal
from app.designs.rules import DEFAULT
from app.settings import Settings

BASE = "https://register.example"
ADDRESSES = Addresses(BASE)
NOW = datetime(2025, 6, 25, 9, 30, tzinfo=UTC)
PLACE = Place(1, 94_567)
SECTIONS = tuple(
    SectionFound(number=str(n), label=f"Part {n} of the Standards", outcome=SectionOutcome.CONFORM)
    for n in range(1, 5)
)

SHORT = "Harbour Lane Training"
WELSH = "Ymddiriedolaeth Gofal a Hyfforddiant Llanfairpwllgwyngyllgogerychwyrndrobwll Ŵyn a'r Tŷ Gwyn"
POLISH = "Łódzkie Stowarzyszenie Źródło Świętej Jadwigi, Bezpieczna Opieka i Żyzność"
VIETNAMESE = "Trung tâm Huấn luyện Chăm sóc Người khuyết tật Nguyễn Thị Phượng Hữu Nghị"
UKRAINIAN = "Щедрий Дім Їжакевич"
TITLES = (
    "Reducing Restrictive Practices",
    "Safe Holding: intermediate",
    "Clinical Holding for Children’s Wards",
    "De-escalation and Disengagement",
)


def a_statement(name: str = SHORT, curricula: int = 3, **changes: Any) -> Statement:
    """A statement as a decision of Northgate would make it, with some of it changed."""
    number = make_number("NGC", 217)
    fields: dict[str, object] = {
        "number": number,
        "version": 1,
        "holder": {
            "ref": "org_harbour",
            "name": name,
            "route": "commercial",
            "address": "4 Harbour Lane, Whitby YO21 0AA",
        },
        "body": {
            "ref": "org_northgate",
            "code": "NGC",
            "name": "Northgate Certification",
            "address": "12 North Gate, Leeds LS2 0AA",
            "ukas_number": "9217",
            "licence": "lic_3",
        },
        "edition": {"id": "rrn-1.2", "title": "RRN Training Standards, version 1.2"},
        "rule_pack": "rrn-2026",
        "decision": {"ref": "dec_41", "decided_on": date(2025, 6, 24)},
        "granted_on": date(2025, 6, 24),
        "starts_on": date(2025, 7, 1),
        "expires_on": date(2028, 6, 30),
        "scope": tuple(an_item(n) for n in range(curricula)),
        "sections": SECTIONS,
        "affiliates": 14,
        "sentence": meaning(
            "Northgate Certification", "RRN Training Standards, version 1.2", curricula, date(2028, 6, 30)
        ),
        "verify_url": f"{BASE}/c/{number}",
        "design": DEFAULT,
    }
    return Statement.model_validate(fields | changes)


def an_item(number: int) -> ScopeItem:
    return ScopeItem(
        ref=f"cur_{number}",
        title=TITLES[number % len(TITLES)],
        version=1,
        content_hash=f"{number:064x}",
        settings=("health", "social_care"),
        populations=("adults", "learning_disability"),
        nations=("england", "northern_ireland"),
        interventions=("physical",),
    )


def said(statement: Statement, **changes: Any) -> Said:
    fields: dict[str, Any] = {
        "term_months": 36,
        "public_base_url": BASE,
        "today": date(2025, 6, 25),
        "declared_address": True,
    }
    return Said(statement, **(fields | changes))


def drawn(statement: Statement, token: bytes = b"a.credential.jwt") -> bytes:
    """The document with its seal's place still empty."""
    attachment = Attachment("credential.jwt", MEDIA_TYPE, token, "Data", "The same certificate for machines")
    return draw(statement, load_design(statement.design), NOW, (attachment,), RESERVE)


@dataclass(frozen=True)
class Ceremony:
    """The keys of a register with one licensed body."""

    store: KeyStore
    root: SigningKey
    seal: SigningKey
    credential: SigningKey

    @property
    def anchor(self) -> x509.Certificate:
        certificate = self.root.public.certificate
        assert certificate
        return certificate

    def issue(self, statement: Statement) -> tuple[bytes, str]:
        """The sealed PDF and the credential in it, made as the worker makes them."""
        token = inspect_statement(said(statement))
        unsigned = credential(statement, PLACE, ADDRESSES)
        signed = sign_credential(statement, unsigned, self.credential, ADDRESSES, token)
        pdf = drawn(statement, signed.encode())
        passed = inspect_document(Drawn(pdf, statement, signed.encode()))
        return seal(pdf, passed, self.seal), signed


def a_ceremony(folder: Path, organisation: str = "Northgate Certification") -> Ceremony:
    store = KeyStore(Settings(data_dir=folder, public_base_url=BASE))
    root = store.ensure_root("Restraint Reduction Network", NOW)
    sealing = store.ensure_seal("org_northgate", organisation, "NTRGB-01234567", NOW)
    return Ceremony(store, root, sealing, store.ensure(Purpose.CREDENTIAL, "org_northgate", NOW))
