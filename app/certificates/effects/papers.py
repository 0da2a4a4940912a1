"""Papers beside the certificates: drawn from what was frozen, signed and sealed by whoever says it, looked at, and kept.

What cannot be sealed just now waits with a sentence that says why, and is tried again until it can.
"""

from datetime import timedelta
from functools import partial
from typing import Any

from app.certificates import queries
from app.certificates.did import Addresses
from app.certificates.effects.worker import (
    OWNER,
    do,
    has_keys,
    is_put_off,
    keys_of,
    press,
    put_off,
    rrn_keys,
    stamps_of,
    to_wait_for,
)
from app.certificates.keys import RRN
from app.certificates.queries.doubted import doubted_papers
from app.kernel import files
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, Unit, reading, writing
from app.kernel.journal import Event, Finish, after
from app.kernel.outbox import every
from app.kernel.words import _, in_words, listed
from app.licences.models import Licence
from app.licences.queries import edition_choices, standing
from app.licences.rules import Terms
from app.organisations.models import Organisation
from app.organisations.queries import organisation
from app.papers.commands import hold, keep_sealed, order, replace
from app.papers.models import Paper
from app.papers.queries import said_in, waiting
from app.papers.rules import ATTACHED, TYP, Issuer, PaperKind, Part, Said, checking


@after("paper.ordered")
def make_paper(unit: Unit, event: Event) -> Finish | None:
    """Make the files of one paper, once; nobody can have them before they are stored."""
    return _sealed(unit, event.subject_id)


@every(timedelta(minutes=1))
def make_waiting_papers(site: Site) -> None:
    """What had to wait for a key or a time stamp is tried again, one paper at a time and no longer than it helps."""
    with reading(site, SYSTEM) as unit:
        papers = waiting(unit)
    without: set[str] = set()
    for paper_id, owner in papers:
        if owner in without:
            continue
        do(site, partial(_again, paper_id))
        with reading(site, SYSTEM) as unit:
            row = unit.db.get_one(Paper, paper_id)
            if is_put_off(row.held):
                return
            if row.sealed_at is None:
                without.add(owner)


@every(timedelta(seconds=15))
def replace_doubtful_papers(site: Site) -> None:
    """What was made with a key that others may have known is ordered anew, in the same words; the paper of before stays beside it."""
    with reading(site, SYSTEM) as unit:
        papers = doubted_papers(unit)
    for paper_id in papers:
        with writing(site, SYSTEM) as unit:
            replace(unit, paper_id)


def _again(paper_id: int, unit: Unit) -> Finish | None:
    return _sealed(unit, paper_id)


def _sealed(unit: Unit, paper_id: int) -> Finish | None:
    row = unit.db.get_one(Paper, paper_id)
    if row.sealed_at is not None:
        return None
    settings, at = unit.site.settings, unit.now
    addresses = Addresses(settings.public_base_url)
    laid, content = _laid(said_in(row)), row.content.encode()
    try:
        store = _keys(unit, row.owner)
        if store is None:
            why = _("Whoever seals it has no seal key. RRN has one made; the paper follows by itself.")
            return lambda unit: hold(unit, _locked(unit, paper_id), why, "no_key")
        made = press().seal_paper(laid, content, TYP, store, addresses, at, row.owner, stamps_of(unit))
    except to_wait_for() as fault:
        waits, word = put_off(fault)
        return lambda unit: hold(unit, _locked(unit, paper_id), waits, word)
    pdf, token = (files.keep(settings, content) for content in (made.pdf, made.token))

    def finish(unit: Unit) -> None:
        keys = (made.seal_key, made.credential_key)
        keep_sealed(unit, _locked(unit, paper_id), (pdf, token), keys, at)

    return finish


def _locked(unit: Unit, paper_id: int) -> Paper:
    return unit.db.get_one(Paper, paper_id, with_for_update=True)


def _keys(unit: Unit, owner: str) -> Any:
    """The keys that seal for RRN or for a body; None while there are none."""
    if owner == RRN:
        return rrn_keys(unit)
    body = queries.body_of(unit, owner)
    return keys_of(unit, body) if has_keys(unit, body) else None


def _laid(said: Said) -> Any:
    """A paper as it is drawn."""
    return press().Paper(
        title=said.title, heading=said.heading, name=said.name, lead=said.lead, author=said.issuer.name, corner=said.corner,
        sections=[press().Lines(part.heading, list(part.lines)) for part in said.parts], foot=said.foot, attached=ATTACHED,
    )  # fmt: skip


@after("licence.licensed")
@after("licence.renewed")
def order_licence(unit: Unit, event: Event) -> Finish:
    """The licence on paper, sealed by RRN: one for each term, with the terms that were agreed."""
    licence = unit.db.get_one(Licence, event.subject_id)
    terms = Terms.model_validate({"version": 1} | event.data["form"])
    said = _licence_said(unit, licence, organisation(unit, licence.body_id), terms)

    def finish(unit: Unit) -> None:
        order(unit, event, licence.id, RRN, said)

    return finish


def _licence_said(unit: Unit, licence: Licence, body: Organisation, terms: Terms) -> Said:
    settings, number = unit.site.settings, standing(unit, body.id, unit.today).ukas_number
    titles = dict(edition_choices())
    editions = listed([titles.get(name, name) for name in terms.editions])
    first, last = in_words(terms.effective_on), in_words(terms.to_on)
    entry = settings.link(f"/register/bodies/{body.ref}")
    granted = [
        _("RRN licenses {body} to certify training services against {editions}.").format(body=body.name, editions=editions),
        _("From {first} to {last}, both days included.").format(first=first, last=last),
        _("Its code on certificates is {code}.").format(code=body.code),
        *([_("UKAS accredits it to ISO/IEC 17065 under number {number}.").format(number=number)] if number else []),
    ]  # fmt: skip
    agreed = [
        _("Both sides signed an agreement. Its fingerprint (SHA-256) is"),
        terms.agreement_digest,
    ]
    stands = _("RRN may suspend or withdraw a licence. What is so today stands at {address}").format(
        address=entry
    )
    return Said(
        kind=PaperKind.LICENCE, issuer=Issuer(id=Addresses(settings.public_base_url).did(), name=OWNER), about=licence.ref,
        address=entry, title=_("Licence of {body}, from {first} to {last}").format(body=body.name, first=first, last=last),
        heading=_("Licence to certify"), name=body.name, lead=_("From {first} to {last}").format(first=first, last=last),
        corner=(_("Code"), body.code or ""),
        parts=(
            Part(heading=_("What is licensed"), lines=tuple(granted)),
            Part(heading=_("What was agreed"), lines=tuple(agreed)),
            Part(heading=_("What it does not mean"), lines=(_("A licence is no certificate of any training. UKAS accredits the body, RRN licenses it, and the body certifies the training service."),)),
            checking(OWNER),
        ),
        foot=stands,
    )  # fmt: skip
