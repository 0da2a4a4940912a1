"""Tables of curricula, and the triggers that keep a version as it was submitted."""

from datetime import date, datetime

from sqlalchemy import DDL, ForeignKey, Index, Text, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import ExecutableDDLElement

from app.curricula.rules import Answer, Position, VersionStatus
from app.kernel.database import Record, Table
from app.kernel.journal import append_only
from app.standards.rules import InterventionType, Level, Nation, Population, Setting

VERSION_SUBJECT = "curriculum_version"
"""What a document's `subject` says when it is evidence for a curriculum version."""
COMPLAINT_SUBJECT = "complaint"
"""The same for what was gathered on a complaint: only those who deal with the complaint see it, at the complaint."""


class Curriculum(Record, Table):
    """One curriculum of a training service; what it contains stands in its versions."""

    __tablename__ = "curriculum"

    service_id: Mapped[int] = mapped_column(ForeignKey("training_service.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    title: Mapped[str]
    """The title of its newest version."""


class CurriculumVersion(Record, Table):
    """One version: edited while a draft, unchangeable from the moment it is submitted."""

    __tablename__ = VERSION_SUBJECT
    __table_args__ = (
        UniqueConstraint("curriculum_id", "number"),
        Index(
            "uq_curriculum_version_one_draft", "curriculum_id", unique=True,
            sqlite_where=text("status = 'draft'"), postgresql_where=text("status = 'draft'"),
        ),
    )  # fmt: skip

    curriculum_id: Mapped[int] = mapped_column(ForeignKey("curriculum.id"), index=True)
    number: Mapped[int]
    status: Mapped[VersionStatus] = mapped_column(default=VersionStatus.DRAFT)
    edition: Mapped[str]
    title: Mapped[str]
    summary: Mapped[str] = mapped_column(Text, default="")
    ratio: Mapped[int | None]
    """Participants for one trainer."""
    ratio_reason: Mapped[str] = mapped_column(Text, default="")
    lived_experience: Mapped[str] = mapped_column(Text, default="")
    changed_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    content_digest: Mapped[str | None] = mapped_column(index=True)
    frozen: Mapped[str | None] = mapped_column(Text)
    """The canonical JSON that the digest is of."""


class VersionNation(Table):
    """A nation in which the version is meant to be taught."""

    __tablename__ = "curriculum_nation"

    version_id: Mapped[int] = mapped_column(ForeignKey("curriculum_version.id"), primary_key=True)
    nation: Mapped[Nation] = mapped_column(primary_key=True)


class VersionSetting(Table):
    """A kind of service for whose staff the version is meant."""

    __tablename__ = "curriculum_setting"

    version_id: Mapped[int] = mapped_column(ForeignKey("curriculum_version.id"), primary_key=True)
    setting: Mapped[Setting] = mapped_column(primary_key=True)


class VersionPopulation(Table):
    """People whom the trained staff support."""

    __tablename__ = "curriculum_population"

    version_id: Mapped[int] = mapped_column(ForeignKey("curriculum_version.id"), primary_key=True)
    population: Mapped[Population] = mapped_column(primary_key=True)


class VersionIntervention(Table):
    """A kind of restrictive intervention the version speaks of."""

    __tablename__ = "curriculum_intervention"

    version_id: Mapped[int] = mapped_column(ForeignKey("curriculum_version.id"), primary_key=True)
    intervention: Mapped[InterventionType] = mapped_column(primary_key=True)


class Module(Record, Table):
    """One block of teaching."""

    __tablename__ = "curriculum_module"

    version_id: Mapped[int] = mapped_column(ForeignKey("curriculum_version.id"), index=True)
    position: Mapped[int]
    """Its place in the order of teaching, from 1."""
    title: Mapped[str]
    level: Mapped[Level]
    minutes: Mapped[int]
    mandatory: Mapped[bool]
    lived_experience: Mapped[bool]
    """People with lived experience speak in it."""
    outcomes: Mapped[str] = mapped_column(Text)
    assessment: Mapped[str] = mapped_column(Text)


class Technique(Record, Table):
    """One physical skill in a module. Its detail is never public."""

    __tablename__ = "technique"

    version_id: Mapped[int] = mapped_column(ForeignKey("curriculum_version.id"), index=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("curriculum_module.id"), index=True)
    name: Mapped[str]
    position: Mapped[Position]
    restrictiveness: Mapped[Level]
    rationale: Mapped[str] = mapped_column(Text)
    risk_assessment: Mapped[str] = mapped_column(Text)
    elevated_risks: Mapped[str] = mapped_column(Text)
    medical_review_on: Mapped[date | None]
    high_risk: Mapped[bool]


class Coverage(Record, Table):
    """Where one requirement of the Standards is met, in one module or outside all; or why it is not."""

    __tablename__ = "coverage"
    __table_args__ = (UniqueConstraint("version_id", "requirement", "module_id"),)

    version_id: Mapped[int] = mapped_column(ForeignKey("curriculum_version.id"), index=True)
    requirement: Mapped[str]
    answer: Mapped[Answer]
    module_id: Mapped[int | None] = mapped_column(ForeignKey("curriculum_module.id"), index=True)
    where: Mapped[str] = mapped_column("place", Text)


class Document(Record, Table):
    """A file somebody gave as evidence, kept by its digest. Never changed and never removed."""

    __tablename__ = "document"
    __table_args__ = (Index("ix_document_subject", "subject", "subject_id"),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    """Whose evidence it is."""
    subject: Mapped[str]
    subject_id: Mapped[int]
    title: Mapped[str]
    name: Mapped[str]
    """What the sender called the file: shown, never used as a path."""
    kind: Mapped[str]
    """pdf, png, jpg, docx or xlsx, by its content."""
    size: Mapped[int]
    """Bytes."""
    pages: Mapped[int | None]
    digest: Mapped[str] = mapped_column(index=True)
    uploaded_by: Mapped[str]
    uploader_name: Mapped[str]
    at: Mapped[datetime]


append_only("document")

PARTS = (
    "curriculum_nation", "curriculum_setting", "curriculum_population", "curriculum_intervention",
    "curriculum_module", "technique", "coverage",
)  # fmt: skip
"""Tables whose rows are part of a version and freeze with it."""
_KEPT = (
    "curriculum_id",
    "number",
    "edition",
    "title",
    "summary",
    "ratio",
    "ratio_reason",
    "lived_experience",
)
_SEALED = ("submitted_at", "content_digest", "frozen")


def freezing(table: str, dialect: str) -> list[str]:
    """The statements that keep a submitted version's rows of this table as they are; migrations run them too."""
    if table == VERSION_SUBJECT:
        return _freeze_version(dialect)
    if table == "document":
        return _freeze_part(
            table, dialect, ("INSERT",), "NEW.subject_id", f"NEW.subject = '{VERSION_SUBJECT}' AND "
        )
    return _freeze_part(table, dialect, ("INSERT", "UPDATE", "DELETE"))


def _freeze_part(
    table: str, dialect: str, verbs: tuple[str, ...], key: str = "", only: str = ""
) -> list[str]:
    """Refuse rows of a version that is no draft; FOR SHARE makes the writer wait for a submission under way."""
    statements = []
    for verb in verbs:
        keys = [key] if key else [f"{row}.version_id" for row in _rows(verb)]
        if dialect == "sqlite":
            tests = " OR ".join(
                f"(SELECT status FROM {VERSION_SUBJECT} WHERE id = {one}) <> 'draft'" for one in keys
            )
            statements.append(
                f"CREATE TRIGGER {table}_frozen_{verb.lower()} BEFORE {verb} ON {table} WHEN {only}({tests}) "
                f"BEGIN SELECT RAISE(ABORT, 'a submitted version is frozen'); END"
            )
            continue
        tests = " OR ".join(
            f"(SELECT status FROM {VERSION_SUBJECT} WHERE id = {one} FOR SHARE) <> 'draft'" for one in keys
        )
        back = "OLD" if verb == "DELETE" else "NEW"
        statements += _postgres_trigger(
            f"{table}_frozen_{verb.lower()}", table, verb, f"{only}({tests})", back
        )
    return statements


def _rows(verb: str) -> tuple[str, ...]:
    return {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}[verb]


def _freeze_version(dialect: str) -> list[str]:
    """Content never changes after submission, the seal is set once, and no way leads back to draft."""
    differs = "IS NOT" if dialect == "sqlite" else "IS DISTINCT FROM"
    changed = " OR ".join(f"NEW.{name} {differs} OLD.{name}" for name in _KEPT)
    resealed = " OR ".join(
        f"((OLD.{name} IS NOT NULL OR OLD.status <> 'submitted') AND NEW.{name} {differs} OLD.{name})"
        for name in _SEALED
    )
    update = f"OLD.status <> 'draft' AND (NEW.status = 'draft' OR {changed} OR {resealed})"
    if dialect != "sqlite":
        return [
            *_postgres_trigger(f"{VERSION_SUBJECT}_frozen_update", VERSION_SUBJECT, "UPDATE", update, "NEW"),
            *_postgres_trigger(
                f"{VERSION_SUBJECT}_frozen_delete", VERSION_SUBJECT, "DELETE", "OLD.status <> 'draft'", "OLD"
            ),
        ]
    return [
        f"CREATE TRIGGER {VERSION_SUBJECT}_frozen_{verb.lower()} BEFORE {verb} ON {VERSION_SUBJECT} WHEN {test} "
        f"BEGIN SELECT RAISE(ABORT, 'a submitted version is frozen'); END"
        for verb, test in (("UPDATE", update), ("DELETE", "OLD.status <> 'draft'"))
    ]


def _postgres_trigger(name: str, table: str, verb: str, test: str, back: str) -> list[str]:
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {test} THEN RAISE EXCEPTION 'a submitted version is frozen'; END IF; RETURN {back}; END $$",
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]


def _install(table: str) -> None:
    for engine in ("sqlite", "postgresql"):
        for statement in freezing(table, engine):
            ddl: ExecutableDDLElement = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
            event.listen(Table.metadata.tables[table], "after_create", ddl.execute_if(dialect=engine))


FROZEN = (VERSION_SUBJECT, "document", *PARTS)
"""Every table that `freezing` has statements for."""
for _table in FROZEN:
    _install(_table)
