"""What the sealed report of an evaluation says: its scope, its team, the result of each requirement, and the findings that were issued.

What assessors wrote down as evidence is left out: it may describe techniques, and a file travels further than a page.
"""

from sqlalchemy import select

from app.audits.models import Audit, AuditCurriculum, Finding, Result
from app.audits.queries.audits import OUTCOME_WORDS
from app.audits.queries.findings import DONE, grade_today, status_word
from app.audits.queries.scope import requirements, team_of
from app.audits.queries.told import kind_label, organisation_name
from app.audits.rules import Outcome
from app.certificates.did import Addresses
from app.curricula.models import CurriculumVersion
from app.kernel.database import Unit
from app.kernel.journal import Event
from app.kernel.words import _, in_words, label, listed, plural
from app.organisations.queries import organisation
from app.papers.rules import Issuer, PaperKind, Part, Said, checking, paragraphs
from app.standards.queries import edition


def report_of(unit: Unit, audit: Audit) -> Said:
    """The report of a completed evaluation, as it stands now."""
    body, settings = organisation(unit, audit.body_id), unit.site.settings
    client, kind = organisation_name(unit, audit.client_id), kind_label(audit)
    return Said(
        kind=PaperKind.REPORT, issuer=Issuer(id=Addresses(settings.public_base_url).did(body.ref), name=body.name),
        about=audit.ref, address=settings.link(f"/audits/{audit.ref}"),
        title=_("Report of the evaluation of {client}: {kind}").format(client=client, kind=kind),
        heading=_("Evaluation report"), name=client, corner=(_("Case"), audit.case_ref),
        lead=_("{kind}, {day}").format(kind=kind, day=in_words(audit.planned_on)),
        parts=(
            _scope(unit, audit, body.name), _figures(audit), *_results(unit, audit), _findings(unit, audit), _left_out(),
            checking(body.name),
        ),
        foot=_("This report is no certificate and decides nothing. Only a decision made by others does."),
    )  # fmt: skip


def is_newest_completion(unit: Unit, event: Event) -> bool:
    """Whether the evaluation was not completed once more since: that completion has a report of its own."""
    later = select(Event.id).where(
        Event.kind == event.kind,
        Event.subject == event.subject,
        Event.subject_id == event.subject_id,
        Event.id > event.id,
    )
    return unit.db.scalar(later.limit(1)) is None


def _scope(unit: Unit, audit: Audit, body: str) -> Part:
    team = team_of(unit, audit.id)
    versions = unit.db.scalars(
        select(CurriculumVersion)
        .join(AuditCurriculum, AuditCurriculum.version_id == CurriculumVersion.id)
        .where(AuditCurriculum.audit_id == audit.id)
        .order_by(CurriculumVersion.title)
    )
    lines = [
        _("Evaluated by {body} against {edition}.").format(body=body, edition=edition(audit.edition).title),
        _("Lead assessor: {name}. Team: {names}.").format(
            name=team.get(audit.lead, ""), names=listed(list(team.values()))
        ),
        *([_("Place: {place}.").format(place=audit.place)] if audit.place else []),
        _("Populations: {names}.").format(names=_words(audit.populations)),
        *(
            _("Curriculum: {title}, version {number}.").format(title=one.title, number=one.number)
            for one in versions
        ),
    ]
    return Part(heading=_("What was evaluated, and by whom"), lines=tuple(lines))


def _words(names: list[str]) -> str:
    return listed([label(name).lower() for name in names])


def _figures(audit: Audit) -> Part:
    said = _(
        "{total} requirements. Met: {met}. Partly met: {partly}. Not met: {not_met}. Not applicable: {left}."
    )
    figures = said.format(
        total=audit.total, met=audit.met, partly=audit.partly, not_met=audit.not_met, left=audit.not_applicable,
    )  # fmt: skip
    return Part(heading=_("The results in figures"), lines=(figures,))


def _results(unit: Unit, audit: Audit) -> list[Part]:
    """Requirement by requirement, under the parts of the Standards."""
    rows = unit.db.execute(
        select(Result.requirement, Result.outcome, Result.reason).where(Result.audit_id == audit.id)
    )
    found = {row.requirement: row for row in rows}
    grouped: dict[str, list[str]] = {}
    for line in requirements(audit):
        row = found.get(line.number)
        word = _(OUTCOME_WORDS[row.outcome]) if row else _("No result")
        why = f" ({' '.join(row.reason.split())})" if row and row.outcome is Outcome.NOT_APPLICABLE else ""
        grouped.setdefault(line.number.partition(".")[0], []).append(
            f"{line.number} {line.label}: {word}{why}"
        )
    return [
        Part(heading=f"{top.number} {top.label}", lines=tuple(grouped[top.number]))
        for top in edition(audit.edition).children(None)
        if top.number in grouped
    ]


def _findings(unit: Unit, audit: Audit) -> Part:
    """Every finding the client was told of, as it was told; a draft is nobody's finding yet."""
    rows = unit.db.scalars(
        select(Finding)
        .where(Finding.audit_id == audit.id, Finding.issued_at.is_not(None))
        .order_by(Finding.number)
    ).all()
    lines: list[str] = []
    for one in rows:
        grade = grade_today(unit, one, audit)
        head = _("Finding {number} on {requirement}, {grade}. {status}.").format(
            number=one.number, requirement=one.requirement, grade=_(grade.label).lower(),
            status=status_word(one, grade),
        )  # fmt: skip
        lines += [head, *paragraphs(one.statement)]
    issued = plural("{count} finding was issued.", "{count} findings were issued.", len(rows))
    lines.insert(0, f"{issued} {_open_words(sum(one.status not in DONE for one in rows))}")
    return Part(
        heading=_("Findings"),
        lines=tuple(lines) if rows else (_("No finding had been issued when this was sealed."),),
    )


def _open_words(count: int) -> str:
    if not count:
        return _("None was open when this was sealed.")
    return plural("{count} was open when this was sealed.", "{count} were open when this was sealed.", count)


def _left_out() -> Part:
    said = _(
        "The notes and documents behind each result stay in the register, where those who may read them do so: they may describe techniques, which belong on no paper."
    )
    return Part(heading=_("What this report leaves out"), lines=(said,))
