"""A stranger with such a paper: it is told as genuine and as no certificate, and a forged one as what it is."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from app.certificates import effects
from app.certificates.effects import key_store
from app.certificates.rules import Answer
from app.kernel.database import Site, reading
from app.mirror.contents import everything
from app.papers.rules import TYP, PaperKind
from app.verifier.anchors import anchors_from
from app.verifier.checking import checked
from app.verifier.report import Found, Report, What
from tests.cases import make
from tests.papers.make import Made, decided, papers, work


@pytest.fixture
def world(site: Site) -> make.World:
    world = decided(site)
    work(site)
    return world


def look(site: Site, pdf: bytes, changed: Mapping[str, bytes | None] | None = None) -> Report:
    """What a stranger finds with a mirror, some files of which may be others, or gone."""
    effects.sign_log_again(site)
    with reading(site) as unit:
        published: dict[str, bytes | None] = {
            one.path: one.content().content
            for one in everything(unit)
            if not one.path.startswith("certificates")
        }
    published |= changed or {}
    return checked(pdf, anchors_from(published.get), published.get, site.clock())


@pytest.mark.parametrize("kind", [PaperKind.REPORT, PaperKind.DECISION, PaperKind.LICENCE])
def test_a_genuine_paper_is_told_as_genuine_and_as_no_certificate(world: make.World, kind: PaperKind) -> None:
    made = papers(world.site, kind)[0]
    found = look(world.site, made.pdf)
    assert (found.answer, found.found(What.SEAL)) == (Answer.CANNOT_TELL, Found.YES)
    assert found.sentence == (
        f"This is genuine: “{made.said.title}”, sealed by {made.said.issuer.name} on 2 March 2026. "
        "It is no certificate and does not tell what is certified today."
    )


def test_a_changed_paper_is_a_no(world: make.World) -> None:
    made = papers(world.site, PaperKind.DECISION)[0]
    assert look(world.site, made.pdf + b"x").answer is Answer.NOT_CERTIFIED


def forged(site: Site, made: Made, signer: str, name: str, typ: str = TYP) -> bytes:
    """A paper in the name of one, its words signed with the credential key of another, sealed by that other."""
    press, store = effects.press(), key_store(site.settings)
    addresses = press.Addresses(site.settings.public_base_url)
    said = json.loads(made.row.content)
    laid: Any = effects.papers._laid(made.said)
    content = press.json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    paper = press.Paper(**{**laid.__dict__, "author": name})
    sealed: bytes = press.seal_paper(paper, content, typ, store, addresses, site.clock(), signer).pdf
    return sealed


def test_a_licence_that_a_body_wrote_for_itself_is_a_no(world: make.World) -> None:
    licence = papers(world.site, PaperKind.LICENCE)[0]
    pdf = forged(world.site, licence, world.body.ref, "Northgate Certification")
    found = look(world.site, pdf)
    assert found.answer is Answer.NOT_CERTIFIED
    assert "signed by somebody else than they name" in found.sentence


def test_words_signed_as_something_else_are_a_no(world: make.World) -> None:
    decision = papers(world.site, PaperKind.DECISION)[0]
    pdf = forged(world.site, decision, world.body.ref, "Northgate Certification", "rrn-statement+jws")
    found = look(world.site, pdf)
    assert found.answer is Answer.NOT_CERTIFIED
    assert "false: they were changed or forged" in found.sentence
