"""Evidence: files looked at in a sandbox, kept by their digest, written down with who gave them."""

import unicodedata
from typing import Protocol, runtime_checkable

from app.curricula import queries
from app.curricula.commands.writing import written
from app.curricula.models import VERSION_SUBJECT, Curriculum, CurriculumVersion, Document
from app.kernel import files, journal
from app.kernel.database import Unit
from app.kernel.errors import Invalid
from app.kernel.sandbox import Seen, Unfit, look
from app.kernel.words import _
from app.permissions import Permission as P

MOST_DOCUMENTS = 100
LONGEST_NAME = 120


class Sent(Protocol):
    """A file as it arrived: the sender's name for it and its bytes."""

    @property
    def name(self) -> str: ...
    @property
    def content(self) -> bytes: ...


@runtime_checkable
class LookedAt(Protocol):
    """A file that was looked at before the transaction began (`app.web.evidence`)."""

    @property
    def seen(self) -> Seen: ...


def keep_document(
    unit: Unit, upload: Sent, organisation_id: int, subject: str, subject_id: int, title: str
) -> Document:
    """Keep a file as evidence for any subject. Whether the actor may is the caller's question.

    Raises Invalid when the file is not one we take. A file that was not looked at yet is looked at now.
    """
    try:
        seen = upload.seen if isinstance(upload, LookedAt) else look(upload.content)
    except Unfit as problem:
        raise Invalid(
            _("The file cannot be taken: {why}. Nothing was saved.").format(why=problem),
            {"file": f"{problem}."},
        ) from problem
    digest = files.keep(unit.site.settings, upload.content)
    document = Document(
        organisation_id=organisation_id, subject=subject, subject_id=subject_id, title=title,
        name=shown_name(upload.name, seen.kind), kind=seen.kind, size=len(upload.content), pages=seen.pages,
        digest=digest, uploaded_by=unit.actor.id, uploader_name=unit.actor.name, at=unit.now,
    )  # fmt: skip
    unit.db.add(document)
    unit.db.flush()
    journal.record(
        unit, "document.kept", document, title=title, digest=digest, about=f"{subject}:{subject_id}"
    )
    return document


def attach(unit: Unit, version: CurriculumVersion, upload: Sent, title: str) -> Document:
    """Evidence for a draft, which becomes part of its content. Raises Forbidden, Refused or Invalid."""
    unit.actor.require(P.CURRICULUM_WRITE)
    queries.as_draft(version)
    if len(queries.documents_of(unit, VERSION_SUBJECT, version.id)) >= MOST_DOCUMENTS:
        raise Invalid(
            _("A version has at most {count} documents. Nothing was saved.").format(count=MOST_DOCUMENTS), {}
        )
    curriculum = unit.db.get_one(Curriculum, version.curriculum_id)
    document = keep_document(unit, upload, curriculum.organisation_id, VERSION_SUBJECT, version.id, title)
    written(unit, version, "document_added", {"title": title, "digest": document.digest})
    return document


def shown_name(name: str, kind: str) -> str:
    """The sender's name for a file as it may be shown: no folders, nothing that hides something, never empty."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(one for one in last if unicodedata.category(one)[0] != "C")
    return (
        unicodedata.normalize("NFC", " ".join(plain.split()))[:LONGEST_NAME].strip(". ") or f"document.{kind}"
    )
