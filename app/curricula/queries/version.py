"""From the rows of one version to its view: modules by level, coverage with its holes, what is missing, what is next."""

from app.curricula.models import Coverage, Curriculum, CurriculumVersion, Document, Module, Technique
from app.curricula.queries.contents import Parts, content_of, facts_about, needed, parts_of
from app.curricula.queries.views import (
    TONES,
    CoverageLine,
    DocumentLine,
    GapView,
    LevelView,
    ModuleView,
    NextAction,
    TechniqueView,
    VersionView,
)
from app.curricula.rules import (
    CURRICULUM_VERSION,
    Answer,
    Content,
    Gap,
    VersionFacts,
    VersionStatus,
    gaps,
    holes_of,
)
from app.kernel.casework import HistoryLine, steps_of, told
from app.kernel.database import Unit
from app.kernel.journal import Event, history
from app.kernel.words import _
from app.organisations.models import Organisation
from app.permissions import Permission as P
from app.standards.queries import edition
from app.standards.rules import Level, Requirement

_SUBMITTED = "curriculum_version.submitted"
_TOLD = {CURRICULUM_VERSION.event(step) for step in CURRICULUM_VERSION.steps} | {
    "curriculum_version.started",
    "curriculum_version.document_added",
}


def version_view_of(
    unit: Unit, curriculum: Curriculum, version: CurriculumVersion, owner: Organisation
) -> VersionView:
    """Everything about a version that was found in the actor's scope."""
    parts = parts_of(unit, version.id)
    content = content_of(version, parts)
    requirements = needed(unit, version, content)
    facts = facts_about(unit, content, requirements)
    own = unit.actor.may(P.CURRICULUM_WRITE) and owner.id == unit.actor.organisation_id
    writing = own and version.status is VersionStatus.DRAFT
    missing = gaps(facts) if writing else []
    steps, barred = steps_of(unit, CURRICULUM_VERSION, version) if own else ([], [])
    return VersionView(
        ref=version.ref, status=version.status, version=version.version, steps=steps, barred=barred,
        history=_history(unit, version, own), number=version.number, tone=TONES[version.status], title=version.title,
        summary=version.summary, edition=version.edition, edition_title=edition(version.edition).title,
        curriculum_ref=curriculum.ref, organisation_ref=owner.ref, organisation_name=owner.name,
        nations=parts.nations, settings=parts.settings, populations=parts.populations, interventions=parts.interventions,
        lived_experience=version.lived_experience, ratio=version.ratio, ratio_reason=version.ratio_reason,
        ratio_warning=_ratio_warning(content, facts), minutes=content.minutes, levels=_levels(parts),
        coverage=_coverage(parts, requirements), holes=holes_of(content, facts.needed),
        documents=[document_line(one) for one in parts.documents],
        gaps=[GapView(sentence=one.sentence, href=_fix(version, one, content, facts)) for one in missing],
        next=_next(version, missing, content, facts) if writing else None, may_write=writing,
        submitted_at=version.submitted_at, content_digest=version.content_digest,
    )  # fmt: skip


def _history(unit: Unit, version: CurriculumVersion, own: bool) -> list[HistoryLine]:
    """The steps and documents of a version, newest first; single edits of a draft stay in the journal.

    How a draft came about is the provider's business: everybody else reads from the submission on.
    """
    kinds = [event.kind for event in history(unit, version.thread)]
    first = 0 if own or _SUBMITTED not in kinds else kinds.index(_SUBMITTED)
    newest_first = zip(reversed(kinds[first:]), told(unit, version.thread, _note), strict=False)
    return [line for kind, line in newest_first if kind in _TOLD]


def _note(event: Event) -> str:
    data = event.data
    form = data.get("form") or {}
    said = form.get("reason") or data.get("title") or data.get("name") or data.get("requirement") or ""
    return str(said)


def _levels(parts: Parts) -> list[LevelView]:
    modules = [_module(one, parts.techniques.get(one.id, [])) for one in parts.modules]
    return [
        LevelView(level=level, minutes=sum(one.minutes for one in there), modules=there)
        for level in Level
        if (there := [one for one in modules if one.level is level])
    ]


def _module(module: Module, techniques: list[Technique]) -> ModuleView:
    return ModuleView(
        ref=module.ref, version=module.version, position=module.position, title=module.title, level=module.level,
        minutes=module.minutes, mandatory=module.mandatory, lived_experience=module.lived_experience,
        outcomes=[line for line in module.outcomes.splitlines() if line.strip()], assessment=module.assessment,
        techniques=[_technique(one) for one in techniques],
    )  # fmt: skip


def _technique(technique: Technique) -> TechniqueView:
    return TechniqueView(**{name: getattr(technique, name) for name in TechniqueView.model_fields})


def _coverage(parts: Parts, requirements: list[Requirement]) -> list[CoverageLine]:
    titles = {module.id: module.title for module in parts.modules}
    return [_line(one, parts.coverage.get(one.number, []), titles) for one in requirements]


def _line(requirement: Requirement, lines: list[Coverage], titles: dict[int, str]) -> CoverageLine:
    return CoverageLine(
        number=requirement.number, label=requirement.label, meaning=requirement.meaning,
        provisional=requirement.provisional,
        state="hole" if not lines else "covered" if lines[0].answer is Answer.COVERED else "not_covered",
        modules=[titles[one.module_id] for one in lines if one.module_id is not None],
        where=lines[0].where if lines else "",
    )  # fmt: skip


def document_line(row: Document) -> DocumentLine:
    """A document as a list shows it."""
    return DocumentLine(
        ref=row.ref, title=row.title, name=row.name, kind=row.kind, size=row.size, pages=row.pages, digest=row.digest,
        uploaded_by=row.uploader_name, at=row.at,
    )  # fmt: skip


def _ratio_warning(content: Content, facts: VersionFacts) -> str:
    if content.ratio is None or content.ratio <= facts.warn_above:
        return ""
    return _("This is more than the 1 to {limit} usual for what is taught here.").format(
        limit=facts.warn_above
    )


def _fix(version: CurriculumVersion, gap: Gap, content: Content, facts: VersionFacts) -> str:
    """The address at which a gap is put right."""
    base = f"/curricula/versions/{version.ref}"
    if gap.fix == "details":
        return f"{base}/details"
    if gap.fix == "coverage":
        return f"{base}/coverage/{holes_of(content, facts.needed)[0]}"
    return f"{base}#modules" if content.modules else f"{base}/modules/new"


def _next(
    version: CurriculumVersion, missing: list[Gap], content: Content, facts: VersionFacts
) -> NextAction:
    """The one clear thing to do: put the first gap right, or hand the version in."""
    if missing:
        return NextAction(
            sentence=missing[0].sentence,
            href=_fix(version, missing[0], content, facts),
            button=_("Do this next"),
        )
    return NextAction(
        sentence=_("Everything is there. Once you submit this version it stays as it is."),
        href=f"/curricula/versions/{version.ref}/submit", button=_("Submit this version"),
    )  # fmt: skip
