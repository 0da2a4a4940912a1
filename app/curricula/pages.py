"""Pages of curricula: the list, one curriculum, one version, writing a draft, evidence, submission."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from app.curricula import commands, queries
from app.curricula.models import CurriculumVersion
from app.curricula.queries import CurriculumList, CurriculumView, DocumentView, VersionView
from app.curricula.rules import (
    CURRICULUM_VERSION,
    PHYSICAL,
    CoverageForm,
    CurriculumDetails,
    ModuleChange,
    ModuleForm,
    OpenCurriculum,
    PartRemoval,
    StartVersion,
    TechniqueChange,
    TechniqueForm,
)
from app.kernel import files
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.fields import Form, Line, Ref, Text
from app.kernel.words import _, label
from app.permissions import Permission as P
from app.providers.queries import service_of
from app.standards.rules import Level
from app.web.evidence import Evidence
from app.web.routing import Answer, Area, Ask

area = Area("curricula")
Number = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]?(\.[1-9][0-9]?){0,2}$")]
MEDIA = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class EvidenceForm(Form):
    """A file and what it is."""

    title: Annotated[
        Line,
        Field(
            title="What is this document?", description="Example: Risk assessment of seated holds, May 2026."
        ),
    ]
    file: Annotated[
        Evidence,
        Field(
            title="The file",
            description="PDF, Word (.docx), Excel (.xlsx), PNG or JPEG, at most 10 MB, without a password.",
        ),
    ]


@area.page("/curricula", "curricula/index.html", may=P.CURRICULUM_READ)
def index(unit: Unit, q: Text = "", after: Ref | None = None) -> CurriculumList:
    """The curricula the actor may know of, by title."""
    return queries.curriculum_list(unit, q, after or "")


@area.page("/curricula/{ref}", "curricula/show.html", may=P.CURRICULUM_READ)
def show(unit: Unit, ref: Ref) -> CurriculumView:
    """One curriculum: its versions, and the newest of them in full."""
    return queries.curriculum_view(unit, ref)


@area.page("/curricula/versions/{ref}", "curricula/version.html", may=P.CURRICULUM_READ)
def version(unit: Unit, ref: Ref) -> VersionView:
    """One version in full."""
    return queries.version_view(unit, ref)


@area.page("/documents/{ref}", "curricula/document.html", may=P.CURRICULUM_READ)
def document(unit: Unit, ref: Ref) -> DocumentView:
    """What is known about one document."""
    return queries.document_view(unit, ref)


@area.file("/documents/{ref}/file", may=P.CURRICULUM_READ)
def document_file(unit: Unit, ref: Ref) -> Answer:
    """The document's bytes, always to be saved and never shown inside a page of ours."""
    return _bytes_of(unit, ref)


@area.file("/api/v1/documents/{ref}/file", may=P.CURRICULUM_READ)
def document_file_for_programs(unit: Unit, ref: Ref) -> Answer:
    """The same for a bearer token."""
    return _bytes_of(unit, ref)


def _bytes_of(unit: Unit, ref: str) -> Answer:
    row = queries.find_document(unit, ref)
    return Answer(
        files.fetch(unit.site.settings, row.digest), MEDIA[row.kind], f"document-{row.ref}.{row.kind}"
    )


def ask_open(unit: Unit) -> Ask:
    """The form of a new curriculum."""
    return Ask(
        title=_("A new curriculum"), submit=_("Begin the curriculum"), back="/curricula",
        lead=_("You can change all of this until you submit it. Modules, techniques and documents come next."),
    )  # fmt: skip


@area.action(
    "/curricula", then=show, may=P.CURRICULUM_WRITE, ask=ask_open, form_path="/curricula/new", status=201
)
def open_curriculum(unit: Unit, form: OpenCurriculum) -> dict[str, str]:
    """A new curriculum of the actor's own training service."""
    if unit.actor.organisation_id is None:
        raise NotFound(_("You do not act for a training service. Nothing was saved."))
    service = service_of(unit, unit.actor.organisation_id)
    return {"ref": commands.open_curriculum(unit, service, form).ref}


def ask_start(unit: Unit, ref: str) -> Ask:
    """The form that starts a new version."""
    curriculum = queries.find_curriculum(unit, ref)
    return Ask(
        title=_("Start a new version"), submit=_("Start a new version"), back=f"/curricula/{ref}", version=curriculum.version,
        lead=_("Everything in the newest version is copied, so that you change only what is new. What was submitted stays as it is."),
    )  # fmt: skip


@area.action(
    "/curricula/{ref}/start-new-version", then=version, may=P.CURRICULUM_WRITE, ask=ask_start, status=201
)
def start_new_version(unit: Unit, ref: Ref, form: StartVersion) -> dict[str, str]:
    """A new draft with everything the newest version contains."""
    curriculum = queries.find_curriculum(unit, ref)
    return {"ref": commands.start_new_version(unit, curriculum, form).ref}


def ask_details(unit: Unit, ref: str) -> Ask:
    """The form of a draft's details, with what is known."""
    draft = queries.find_draft(unit, ref)
    parts = queries.parts_of(unit, draft.id)
    content = queries.content_of(draft, parts)
    return Ask(
        title=_("About the curriculum"), submit=_("Save"), back=_page(ref), version=draft.version,
        values={name: getattr(content, name) for name in CurriculumDetails.model_fields if name != "version"},
    )  # fmt: skip


@area.action("/curricula/versions/{ref}/details", then=version, may=P.CURRICULUM_WRITE, ask=ask_details)
def change_details(unit: Unit, ref: Ref, form: CurriculumDetails) -> None:
    """What the draft says about itself as a whole."""
    commands.change_details(unit, queries.find_draft(unit, ref), form)


def ask_module(unit: Unit, ref: str) -> Ask:
    """The form of a new module."""
    queries.find_draft(unit, ref)
    return Ask(
        title=_("Add a module"), submit=_("Add the module"), back=_page(ref), values={"mandatory": True}
    )


@area.action(
    "/curricula/versions/{ref}/modules", then=version, may=P.CURRICULUM_WRITE, ask=ask_module,
    form_path="/curricula/versions/{ref}/modules/new", status=201,
)  # fmt: skip
def add_module(unit: Unit, ref: Ref, form: ModuleForm) -> None:
    """One more block of teaching."""
    commands.add_module(unit, queries.find_draft(unit, ref), form)


def ask_module_change(unit: Unit, ref: str) -> Ask:
    """The form of a module that stands there."""
    module = queries.find_module(unit, ref)
    draft = queries.as_draft(queries.version_of(unit, module))
    values = {name: getattr(module, name) for name in ModuleChange.model_fields}
    return Ask(
        title=_("Change the module"),
        submit=_("Save"),
        back=_page(draft.ref),
        version=module.version,
        values=values,
    )


@area.action(
    "/curricula/modules/{ref}",
    then=version,
    may=P.CURRICULUM_WRITE,
    ask=ask_module_change,
    form_path="/curricula/modules/{ref}/change",
)
def change_module(unit: Unit, ref: Ref, form: ModuleChange) -> dict[str, str]:
    """A module written anew."""
    return {"ref": commands.change_module(unit, queries.find_module(unit, ref), form).ref}


def ask_module_removal(unit: Unit, ref: str) -> Ask:
    """Whether the module shall really go."""
    module = queries.find_module(unit, ref)
    draft = queries.as_draft(queries.version_of(unit, module))
    return Ask(
        title=_("Remove “{title}”?").format(title=module.title), submit=_("Remove the module"), back=_page(draft.ref),
        version=module.version, danger=True,
        lead=_("Its techniques go with it, and requirements it alone covers have no answer any more."),
    )  # fmt: skip


@area.action("/curricula/modules/{ref}/remove", then=version, may=P.CURRICULUM_WRITE, ask=ask_module_removal)
def remove_module(unit: Unit, ref: Ref, form: PartRemoval) -> dict[str, str]:
    """Take a module out of the draft."""
    return {"ref": commands.remove_module(unit, queries.find_module(unit, ref), form).ref}


def _technique_choices(at_most: Level) -> dict[str, list[tuple[str, str]]]:
    """A technique is physical, and no more restrictive than the level of its module."""
    allowed = [level for level in list(Level)[: list(Level).index(at_most) + 1] if level in PHYSICAL]
    return {"restrictiveness": [(level.value, label(level)) for level in allowed or sorted(PHYSICAL)]}


def ask_technique(unit: Unit, ref: str) -> Ask:
    """The form of a new technique."""
    module = queries.find_module(unit, ref)
    draft = queries.as_draft(queries.version_of(unit, module))
    return Ask(
        title=_("Add a technique to “{title}”").format(title=module.title), submit=_("Add the technique"),
        back=_page(draft.ref), choices=_technique_choices(module.level),
        lead=_("The detail of a technique is never public: only you, your certification body and RRN read it."),
    )  # fmt: skip


@area.action(
    "/curricula/modules/{ref}/techniques", then=version, may=P.CURRICULUM_WRITE, ask=ask_technique,
    form_path="/curricula/modules/{ref}/techniques/new", status=201,
)  # fmt: skip
def add_technique(unit: Unit, ref: Ref, form: TechniqueForm) -> dict[str, str]:
    """One more physical skill."""
    module = queries.find_module(unit, ref)
    commands.add_technique(unit, module, form)
    return {"ref": queries.version_of(unit, module).ref}


def ask_technique_change(unit: Unit, ref: str) -> Ask:
    """The form of a technique that stands there."""
    technique = queries.find_technique(unit, ref)
    draft = queries.as_draft(queries.version_of(unit, technique))
    values = {name: getattr(technique, name) for name in TechniqueChange.model_fields}
    return Ask(
        title=_("Change the technique"), submit=_("Save"), back=_page(draft.ref), version=technique.version, values=values,
        choices=_technique_choices(Level.TERTIARY_RESTRICTIVE_ADVANCED),
    )  # fmt: skip


@area.action(
    "/curricula/techniques/{ref}",
    then=version,
    may=P.CURRICULUM_WRITE,
    ask=ask_technique_change,
    form_path="/curricula/techniques/{ref}/change",
)
def change_technique(unit: Unit, ref: Ref, form: TechniqueChange) -> dict[str, str]:
    """A technique written anew."""
    return {"ref": commands.change_technique(unit, queries.find_technique(unit, ref), form).ref}


def ask_technique_removal(unit: Unit, ref: str) -> Ask:
    """Whether the technique shall really go."""
    technique = queries.find_technique(unit, ref)
    draft = queries.as_draft(queries.version_of(unit, technique))
    return Ask(
        title=_("Remove “{title}”?").format(title=technique.name), submit=_("Remove the technique"), back=_page(draft.ref),
        version=technique.version, danger=True,
    )  # fmt: skip


@area.action(
    "/curricula/techniques/{ref}/remove", then=version, may=P.CURRICULUM_WRITE, ask=ask_technique_removal
)
def remove_technique(unit: Unit, ref: Ref, form: PartRemoval) -> dict[str, str]:
    """Take a technique out of the draft."""
    return {"ref": commands.remove_technique(unit, queries.find_technique(unit, ref), form).ref}


def ask_answer(unit: Unit, ref: str, number: str) -> Ask:
    """The form for one requirement, with what was answered before."""
    draft = queries.find_draft(unit, ref)
    parts = queries.parts_of(unit, draft.id)
    wanted = {one.number: one for one in queries.needed(unit, draft, queries.content_of(draft, parts))}
    if number not in wanted:
        raise NotFound(_("Requirement {number} does not apply to this curriculum.").format(number=number))
    lines = parts.coverage.get(number, [])
    refs = {module.id: module.ref for module in parts.modules}
    values: dict[str, Any] = {"modules": [refs[one.module_id] for one in lines if one.module_id is not None]}
    if lines:
        values |= {"answer": lines[0].answer, "where": lines[0].where}
    return Ask(
        title=f"{number} · {wanted[number].label}", submit=_("Save the answer"), back=_page(ref), lead=wanted[number].meaning,
        values=values, choices={"modules": [(module.ref, module.title) for module in parts.modules]},
    )  # fmt: skip


@area.action(
    "/curricula/versions/{ref}/coverage/{number}", then=version, may=P.CURRICULUM_WRITE, ask=ask_answer
)
def answer_requirement(unit: Unit, ref: Ref, number: Number, form: CoverageForm) -> None:
    """Say where one requirement is met, or why it is not."""
    commands.answer_requirement(unit, queries.find_draft(unit, ref), number, form)


def ask_evidence(unit: Unit, ref: str) -> Ask:
    """The form that takes a file."""
    queries.find_draft(unit, ref)
    return Ask(
        title=_("Add a document"), submit=_("Keep the document"), back=_page(ref),
        lead=_("It is kept for good with your name and the time. Take out names and anything else that tells who somebody is."),
    )  # fmt: skip


@area.action(
    "/curricula/versions/{ref}/documents", then=version, may=P.CURRICULUM_WRITE, ask=ask_evidence,
    form_path="/curricula/versions/{ref}/documents/new", status=201,
)  # fmt: skip
def add_document(unit: Unit, ref: Ref, form: EvidenceForm) -> None:
    """Evidence for a draft."""
    commands.attach(unit, queries.find_draft(unit, ref), form.file, form.title)


def _submit(unit: Unit, subject: CurriculumVersion, form: Any) -> None:
    commands.submit(unit, subject, form)


def _page(ref: str) -> str:
    return f"/curricula/versions/{ref}"


area.steps(
    "/curricula/versions/{ref}",
    CURRICULUM_VERSION,
    find=queries.find_version,
    then=version,
    doing={"submit": _submit},
)
