"""What the sealed decision of a case says: what was decided on what, why, by whom, and what it rests on."""

from typing import Final

from sqlalchemy import select

from app.cases.models import Case, Decision
from app.cases.queries.choices import named
from app.cases.queries.scope import find_case, scope_of
from app.cases.rules import CASE, KIND_WORDS
from app.certificates.did import Addresses
from app.kernel.database import Unit
from app.kernel.words import _, in_words
from app.organisations.queries import organisation
from app.papers.queries import pdf_of
from app.papers.rules import Issuer, PaperKind, Part, Said, checking, paragraphs
from app.standards.queries import edition

WORDS: Final = {
    "grant": "Certification is granted",
    "refuse": "Certification is refused",
    "maintain": "The certificate stays as it is",
    "restore": "The suspension of the certificate ends",
    "reduce": "Curricula are taken off the certificate",
    "suspend": "The certificate is suspended",
    "end-certificate": "The certificate is withdrawn",
}
"""What each decision says to the client. One that decides nothing yet has no paper: it is the body's own business."""
OUTCOMES: Final = {"granted": "granted", "refused": "refused", "deferred": "decided later"}


def decision_of(unit: Unit, ref: str) -> Decision:
    """The decision of that reference; the caller has checked whose it is."""
    return unit.db.scalars(select(Decision).where(Decision.ref == ref)).one()


def decision_said(unit: Unit, case: Case, decision: Decision) -> Said:
    """The paper of one decision."""
    body, client = organisation(unit, case.body_id), organisation(unit, case.client_id)
    word, settings = _(WORDS[decision.step]), unit.site.settings
    return Said(
        kind=PaperKind.DECISION, issuer=Issuer(id=Addresses(settings.public_base_url).did(body.ref), name=body.name),
        about=decision.ref, address=settings.link(f"/cases/{case.ref}"),
        title=_("Decision of {day} on {client}: {word}").format(day=in_words(decision.on), client=client.name, word=word.lower()),
        heading=_("Decision on certification"), name=client.name, lead=_("{word}.").format(word=word),
        corner=(_("Decided on"), in_words(decision.on)),
        parts=(
            _about(unit, case, decision, body.name),
            Part(heading=_("Reasons"), lines=paragraphs(decision.reasons)),
            _rests_on(decision),
            Part(heading=_("If you do not agree"), lines=(_("You may appeal at {address}. It is free, and nobody who took part in the decision deals with it.").format(address=settings.link(f"/appeals/new?against={case.ref}")),)),
            checking(body.name),
        ),
        foot=_("This paper is no certificate. What is certified today stands in the register at {address}").format(address=settings.link("/")),
    )  # fmt: skip


def _about(unit: Unit, case: Case, decision: Decision, body: str) -> Part:
    """The items with what was decided on each, from what the decision itself keeps."""
    outcomes = decision.relied_on.get("outcomes", {})
    lines = [
        _("{kind} by {body} against {edition}, case {case}.").format(
            kind=_(KIND_WORDS[case.kind]), body=body, edition=edition(case.edition).title, case=case.ref
        )
    ]
    if case.certificate_number and not case.kind.grants:
        lines.append(_("Certificate {number}.").format(number=case.certificate_number))
    for item, version in scope_of(unit, case):
        said = outcomes.get(item.ref)
        lines.append(f"{named(version)}: {_(OUTCOMES[said])}." if said else f"{named(version)}.")
    return Part(heading=_("What was decided"), lines=tuple(lines))


def _rests_on(decision: Decision) -> Part:
    return Part(
        heading=_("Who decided, and on what"),
        lines=(
            _("Decided by {name}, who evaluated nothing in this case.").format(name=decision.by_name),
            _("Fingerprint of all it relies on (SHA-256):"),
            decision.digest,
        ),
    )


def decision_pdf(unit: Unit, ref: str, paper: str) -> bytes:
    """The sealed paper of a decision, for those who may read the case. Raises NotFound, and TooSoon while it is being made."""
    return pdf_of(unit, PaperKind.DECISION, find_case(unit, ref).id, paper)


def decided_events() -> list[str]:
    """The events of the decisions that are put on paper."""
    return [f"{CASE.name}.{CASE.step(name).done}" for name in WORDS]
