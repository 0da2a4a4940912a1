"""Papers made with a key that others may have known: made again in the same words, the old ones kept and named so."""

from datetime import timedelta

import pytest

from app.certificates import commands
from app.certificates.effects.papers import replace_doubtful_papers
from app.certificates.keys import PublicKey, Purpose
from app.certificates.queries.keys import made_with
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, reading, writing
from app.papers.queries import papers_of
from app.papers.rules import PaperKind
from tests.certificates.test_issuing import keys
from tests.conftest import SetClock
from tests.papers.make import decided, papers, work


def suspect(site: Site, key: PublicKey, since: timedelta) -> None:
    with writing(site, SYSTEM) as unit:
        commands.suspect(unit, key, unit.now - since, "A disk was lost on its way.", "Kay Keeper")
    work(site)
    replace_doubtful_papers(site)
    work(site)


@pytest.mark.parametrize("purpose", [Purpose.SEAL, Purpose.CREDENTIAL])
def test_every_paper_of_the_key_is_made_again_in_the_same_words(
    site: Site, clock: SetClock, purpose: Purpose
) -> None:
    decided(site)
    work(site)
    before = papers(site)
    body = next(one.row.owner for one in before if one.row.kind is PaperKind.DECISION)
    clock.now += timedelta(days=1)
    (key,) = keys(site).all(purpose, body)
    with reading(site, SYSTEM) as unit:
        listed = {one.name for one in made_with(unit, key.id, clock.now - timedelta(days=2))}
    suspect(site, key, timedelta(days=2))
    replaced = [one for one in papers(site) if one.row.replaces_id]
    of_the_body = [one for one in before if one.row.owner == body]
    assert {one.row.replaces_id for one in replaced} == {one.row.id for one in of_the_body}
    assert {one.row.ref for one in of_the_body} <= listed
    for old, new in zip(of_the_body, replaced, strict=True):
        assert new.said == old.said and new.row.content == old.row.content
        assert key.id in (old.row.seal_key, old.row.credential_key)
        assert key.id not in (new.row.seal_key, new.row.credential_key)
        assert new.row.sealed_at == clock.now and new.pdf != old.pdf
    replace_doubtful_papers(site)
    work(site)
    assert len(papers(site)) == len(before) + len(replaced), "once"


def test_the_page_gives_the_newer_one_and_names_the_older_superseded(site: Site, clock: SetClock) -> None:
    decided(site)
    work(site)
    (old,) = papers(site, PaperKind.LICENCE)
    clock.now += timedelta(days=1)
    (seal,) = keys(site).all(Purpose.SEAL, "rrn")
    suspect(site, seal, timedelta(days=2))
    with reading(site, SYSTEM) as unit:
        (shown,) = papers_of(unit, PaperKind.LICENCE, old.row.subject_id)
    assert shown.ref != old.row.ref and shown.sealed_at == clock.now
    assert [one.ref for one in shown.former] == [old.row.ref]


def test_what_was_made_before_the_moment_stands(site: Site, clock: SetClock) -> None:
    decided(site)
    work(site)
    clock.now += timedelta(days=1)
    (seal,) = keys(site).all(Purpose.SEAL, "rrn")
    suspect(site, seal, timedelta(hours=1))
    assert not [one for one in papers(site) if one.row.replaces_id]
