"""A register of any size: a few certificates by the real commands, then many more rows of the kind those commands wrote.

The many are copies of one real certificate under other names and numbers: holder, service, curricula, paper, history, journal
and ledger. Their files, modules and cases are not there, so `rrn check` would complain.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import Table as PlainTable
from sqlalchemy import func, insert, select, text, update

from app.audits import queries as audits
from app.audits.models import Audit
from app.cases.rules import State
from app.certificates.models import (
    Certificate,
    CertificateCounter,
    CertificateItem,
    CertificateStatus,
    CertificateVersion,
)
from app.certificates.rules import LIST_LENGTH, Status, make_number
from app.curricula.models import (
    Curriculum,
    CurriculumVersion,
    VersionIntervention,
    VersionNation,
    VersionPopulation,
    VersionSetting,
)
from app.curricula.rules import VersionStatus
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, Table, Unit, new_ref, reading, writing
from app.kernel.journal import Event, digest_of
from app.ledger import tree
from app.ledger.models import LedgerEntry, LedgerHead, LedgerNode, LedgerTold
from app.ledger.rules import SALT_BYTES, Entry, EntryKind, canonical, commitment
from app.organisations.models import Organisation, OrganisationName
from app.organisations.rules import search_text, skeleton
from app.people import queries as people
from app.people.commands import make_token
from app.people.models import Session
from app.people.rules.codes import digest, new_secret
from app.permissions import GRANTS, Role
from app.providers.models import ServiceNation, ServicePopulation, ServiceSetting, TrainingService
from app.registry.commands import file_certificates
from tests.cases.make import make_case
from tests.certificates.make import issue
from tests.certificates.make import make_world as make_certified

RARE = "Quillfeather"
"""A word that a handful of holders have in their names; `Training` is in all of them."""
_FIRST = (
    "Alder", "Bramble", "Cedar", "Dunlin", "Elm", "Fern", "Gorse", "Heron", "Ivy", "Juniper", "Kestrel", "Larch", "Merlin", "Nettle",
    "Osprey", "Plover", "Quarry", "Rowan", "Sedge", "Teal", "Umber", "Vetch", "Willow", "Yarrow",
)  # fmt: skip
_SECOND = (
    "bank",
    "bridge",
    "combe",
    "dale",
    "field",
    "ford",
    "gate",
    "holme",
    "ley",
    "mere",
    "side",
    "stow",
    "thorpe",
    "wick",
)
_THIRD = ("Care", "Centre", "College", "Partnership", "School", "Trust", "Associates", "Group")
_BATCH = 4000
_TERM = timedelta(days=3 * 365)


@dataclass(frozen=True)
class World:
    """What a measurement asks for."""

    number: str
    service: str
    case: str
    cookie: str
    token: str
    lanes: tuple[tuple[str, str], ...]
    """Evaluation and requirement, each for one connection to record in."""
    numbers: tuple[str, ...]
    """Certificates that are public."""


def make_world(site: Site, certificates: int, tell: Callable[[int], None] = lambda _done: None) -> World:
    """One case under evaluation, one certificate issued by the worker, and as many more as asked for."""
    case = make_case(site, at=State.IN_EVALUATION)
    certified = make_certified(site, "Quayside Training", body=case.body, rrn=case.manager)
    number = issue(certified)
    Copies(site, number).write(certificates - 1, tell)
    with writing(site, SYSTEM) as unit:
        secret, token = _signed_in(unit, case.officer.id), _token(unit, case.assessor.id, case.body.id)
        service = unit.db.get_one(Organisation, certified.holder_id).ref
        numbers = tuple(
            unit.db.scalars(select(Certificate.number).order_by(Certificate.id.desc()).limit(5000))
        )
    with reading(site, SYSTEM) as unit:
        lanes = tuple(
            (one.ref, line.number)
            for one in unit.db.scalars(select(Audit))
            for line in audits.requirements(one)
        )
    return World(number, service, case.ref, secret, token, lanes, numbers)


def _signed_in(unit: Unit, person: str) -> str:
    """The secret of a session that is past its second factor."""
    secret = new_secret()
    unit.db.add(
        Session(
            person_id=people.person(unit, person).id, digest=digest(secret), second_factor=True, began_at=unit.now, seen_at=unit.now,
            address="", device="bench",
        )
    )  # fmt: skip
    return secret


def _token(unit: Unit, person: str, organisation_id: int) -> str:
    return make_token(unit, people.person(unit, person), organisation_id, "bench", GRANTS[Role.ASSESSOR])


@dataclass
class Copies:
    """Rows like those of one certificate, by the thousand."""

    site: Site
    number: str
    rows: dict[type[Table], list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    """What is still to be written, by table."""
    edge: dict[int, bytes] = field(default_factory=dict)
    """The last hash of each level that has no neighbour to its left: no other is asked for again."""
    size: int = 0

    def get(self, level: int, _index: int) -> bytes:
        """A hash of the tree (the `Nodes` of app.ledger.tree)."""
        return self.edge[level]

    def put(self, level: int, index: int, digest: bytes) -> None:
        """Keep a hash of the tree."""
        if index % 2 == 0:
            self.edge[level] = digest
        self.rows[LedgerNode].append({"level": level, "place": index, "digest": digest})

    def write(self, count: int, tell: Callable[[int], None]) -> None:
        """Write so many more certificates, a batch of them in one transaction."""
        with reading(self.site, SYSTEM) as unit:
            self._read(unit)
        for start in range(0, count, _BATCH):
            with writing(self.site, SYSTEM) as unit:
                for place in range(start, min(count, start + _BATCH)):
                    self._one(unit, place)
                self._flush(unit)
            tell(min(count, start + _BATCH))
        if self.site.engine.dialect.name == "postgresql":
            with writing(self.site, SYSTEM) as unit:
                self._count_on(unit)

    def _count_on(self, unit: Unit) -> None:
        """Ids were given by us: the server goes on behind them, and knows how many rows there are."""
        for table in _NUMBERED:
            name = _table(table).name
            unit.db.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {self.next[table]})")
            )
        unit.db.execute(text("ANALYZE"))

    def _read(self, unit: Unit) -> None:
        """The rows to be copied, and where numbers and the tree go on."""
        one = unit.db.scalars(select(Certificate).where(Certificate.number == self.number)).one()
        service = unit.db.get_one(TrainingService, one.service_id)
        items = _rows(unit, CertificateItem, CertificateItem.certificate_id == one.id)
        versions = [item["curriculum_version_id"] for item in items]
        self.certificate, self.items, self.service = _plain(one), items, _plain(service)
        self.holder = _plain(unit.db.get_one(Organisation, one.holder_id))
        self.name = _rows(unit, OrganisationName, OrganisationName.organisation_id == one.holder_id)[0]
        self.paper = _rows(unit, CertificateVersion, CertificateVersion.certificate_id == one.id)[0]
        self.history = _rows(unit, CertificateStatus, CertificateStatus.certificate_id == one.id)
        self.event = unit.db.scalars(select(Event).where(Event.kind == "certificate.published")).first()
        self.curricula = [_plain(unit.db.get_one(Curriculum, item["curriculum_id"])) for item in items]
        self.versions = [_plain(unit.db.get_one(CurriculumVersion, version)) for version in versions]
        self.scopes = [(table, _rows(unit, table, table.version_id.in_(versions))) for table in _SCOPES]
        self.places = [(table, _rows(unit, table, table.service_id == service.id)) for table in _PLACES]
        self.code, self.serial = (
            self.number.split("-")[0],
            unit.db.get_one(CertificateCounter, one.body_id).last,
        )
        self.size = unit.db.scalars(select(LedgerHead.size)).one()
        in_order = select(LedgerNode).where(LedgerNode.place % 2 == 0).order_by(LedgerNode.place)
        self.edge = {node.level: node.digest for node in unit.db.scalars(in_order)}
        self.next = {table: (unit.db.scalar(select(func.max(table.id))) or 0) for table in _NUMBERED}  # type: ignore[attr-defined]

    def _new(self, table: type[Table], before: dict[str, Any], **changed: Any) -> int:
        """A copy of a row under an id (and reference) of its own; its id."""
        self.next[table] += 1
        row = before | {"id": self.next[table]} | ({"ref": new_ref()} if "ref" in before else {}) | changed
        self.rows[table].append(row)
        return self.next[table]

    def _one(self, unit: Unit, place: int) -> None:
        """One certificate with its holder and everything it rests on."""
        name = _name(place)
        holder = self._new(Organisation, self.holder, name=name, skeleton=skeleton(name))
        self._new(
            OrganisationName,
            self.name,
            organisation_id=holder,
            name=name,
            skeleton=skeleton(name),
            search_text=search_text(name),
        )
        service = self._new(TrainingService, self.service, organisation_id=holder)
        for table, rows in self.places:
            self.rows[table] += [row | {"service_id": service} for row in rows]
        self.serial += 1
        starts = self.certificate["starts_on"] - timedelta(days=place % 400)
        certificate = self._new(
            Certificate, self.certificate, number=make_number(self.code, self.serial), holder_id=holder, service_id=service,
            decision_ref=f"bulk-{place}", granted_on=starts, starts_on=starts, expires_on=starts + _TERM,
        )  # fmt: skip
        for curriculum, version, item in zip(self.curricula, self.versions, self.items, strict=True):
            self._item(certificate, holder, service, curriculum, version, item)
        self._history(unit, certificate, starts, place)

    def _item(
        self, certificate: int, holder: int, service: int, curriculum: dict[str, Any], version: dict[str, Any], item: dict[str, Any]
    ) -> None:  # fmt: skip
        taught = self._new(Curriculum, curriculum, service_id=service, organisation_id=holder)
        new = self._new(CurriculumVersion, version, curriculum_id=taught, status=VersionStatus.DRAFT)
        for table, rows in self.scopes:
            self.rows[table] += [
                row | {"version_id": new} for row in rows if row["version_id"] == version["id"]
            ]
        self._new(
            CertificateItem, item, certificate_id=certificate, curriculum_id=taught, curriculum_version_id=new
        )

    def _history(self, unit: Unit, certificate: int, starts: date, place: int) -> None:
        """Granted, published, and every twentieth suspended; each public change is one entry of the ledger."""
        for line in self.history:
            self._new(CertificateStatus, line, certificate_id=certificate, effective_on=starts, by="system")
        number = self._tell(
            unit, certificate, EntryKind.CERTIFICATE_PUBLISHED, "certificate.published", starts, 1
        )
        index = certificate % LIST_LENGTH
        self._new(
            CertificateVersion, self.paper, certificate_id=certificate, ledger_number=number, status_index=index,
            status_list=self.paper["status_list"] + 1 + certificate // LIST_LENGTH,
        )  # fmt: skip
        if place % 20 == 7:
            self._tell(
                unit, certificate, EntryKind.CERTIFICATE_STATUS, "certificate.suspended", unit.today, 2
            )
            line = self.history[-1] | {
                "before": Status.ACTIVE,
                "status": Status.SUSPENDED,
                "effective_on": unit.today,
            }
            self._new(
                CertificateStatus,
                line,
                certificate_id=certificate,
                by="system",
                public_text="Two findings are open.",
            )
            self.rows[Certificate][-1]["status"] = Status.SUSPENDED

    def _tell(self, unit: Unit, certificate: int, kind: EntryKind, event: str, day: date, seq: int) -> int:
        """One event of the journal, chained to the one before, and its entry in the ledger."""
        before = self.rows[Event][-1]["digest"] if seq > 1 else ""
        assert self.event
        said = _plain(self.event) | {
            "id": 0,
            "at": unit.now,
            "kind": event,
            "subject_id": certificate,
            "thread": f"certificate:{certificate}",
        }
        made = Event(**(said | {"seq": seq, "previous": before, "actor_id": "system"}))
        found = self._new(Event, _plain(made), digest=digest_of(made))
        told = {"certificate": self.rows[Certificate][-1]["number"], "effective_on": day.isoformat()}
        salt, ref = (
            hashlib.sha256(str(self.size).encode()).digest()[:SALT_BYTES],
            self.rows[Certificate][-1]["ref"],
        )
        data = canonical(
            Entry(
                kind=kind,
                subject=ref,
                recorded_at=unit.now,
                effective_on=day,
                commitment=commitment(salt, told),
            )
        )
        number = self.size
        entry = {
            "number": number,
            "kind": kind.value,
            "subject_ref": ref,
            "event_id": found,
            "recorded_at": unit.now,
            "data": data,
        }
        self.rows[LedgerEntry].append(entry)
        self.rows[LedgerTold].append({"number": number, "salt": salt, "told": told})
        self.size = tree.append(self, number, tree.leaf_hash(data))
        return number

    def _flush(self, unit: Unit) -> None:
        """Write the batch, each row after those it points to: a row that is pointed to already is looked for all over.

        Scopes can only be written for drafts, so the versions are drafts until their scopes are there.
        """
        places = {table: place for place, table in enumerate(Table.metadata.sorted_tables)}
        for table in sorted(self.rows, key=lambda one: places[_table(one)]):
            unit.db.connection().execute(insert(_table(table)), self.rows[table])
        drafts = CurriculumVersion.id >= self.rows[CurriculumVersion][0]["id"]
        unit.db.execute(
            update(_table(CurriculumVersion)).where(drafts).values(status=self.versions[0]["status"])
        )
        file_certificates(unit, [row["id"] for row in self.rows[Certificate]])
        self.rows.clear()
        unit.db.execute(update(LedgerHead).values(size=self.size, at=unit.now))
        unit.db.execute(update(CertificateCounter).values(last=self.serial))


_SCOPES: tuple[Any, ...] = (VersionNation, VersionSetting, VersionPopulation, VersionIntervention)
_PLACES: tuple[Any, ...] = (ServiceNation, ServiceSetting, ServicePopulation)
_NUMBERED: tuple[type[Table], ...] = (
    Organisation, OrganisationName, TrainingService, Curriculum, CurriculumVersion, Certificate, CertificateItem, CertificateVersion,
    CertificateStatus, Event,
)  # fmt: skip


def _name(place: int) -> str:
    """A fictional name, another for every place."""
    first, second, third = _FIRST[place % 24], _SECOND[place // 24 % 14], _THIRD[place // 336 % 8]
    rare = f"{RARE} " if place % 10_000 == 500 else ""
    return f"{rare}{first}{second} {third} Training {place // 2688 or ''}".strip()


def _table(model: type[Table]) -> PlainTable:
    return cast(PlainTable, model.__table__)


def _plain(row: Table) -> dict[str, Any]:
    """The columns of a row."""
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


def _rows(unit: Unit, table: Any, condition: Any) -> list[dict[str, Any]]:
    found: Iterable[Any] = unit.db.scalars(select(table).where(condition))
    return [_plain(row) for row in found]
