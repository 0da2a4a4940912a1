"""Whoever is waited for next gets a letter: the body for approval, the provider for an answer, the affiliate for itself."""

from app.kernel.actor import SYSTEM
from app.kernel.casework import take
from app.kernel.database import Site, writing
from app.organisations.queries import organisation, organisation_of_ref
from app.people.commands import add_member
from app.permissions import Role
from app.providers import queries
from app.providers.commands import hand_in_needs_analysis
from app.providers.rules import AFFILIATE, SentBack
from tests.licences.test_letters import letters
from tests.providers.make import affiliate_step, analysis, employer_of, make_affiliate, make_service


def test_an_affiliate_travels_between_provider_and_body_and_each_hears_when_it_is_their_turn(
    site: Site,
) -> None:
    service = make_service(site)
    ref = make_affiliate(site, service, at="evidence_complete")
    affiliate = employer_of(site, ref)
    with writing(site, SYSTEM) as unit:
        add_member(
            unit,
            organisation(unit, service.body_id),
            "Olive Officer",
            "officer@ngc.example",
            Role.CASE_OFFICER,
        )
        add_member(
            unit,
            organisation(unit, service.organisation_id),
            "Ŵyn Prydderch",
            "manager@harbour.example",
            Role.REPRESENTATIVE,
        )
        add_member(
            unit,
            organisation_of_ref(unit, affiliate),
            "Anna Larkfield",
            "manager@larkfield.example",
            Role.AFFILIATE_MANAGER,
        )
    seen = {(to, subject) for to, subject, _text in letters(site)}
    assert seen == {("officer@ngc.example", "Larkfield Care Homes waits for your approval")}
    with writing(site, service.officer) as unit:
        row = queries.find_affiliate(unit, ref)
        take(
            unit, AFFILIATE, row, "send-back", SentBack(version=row.version, reason="The plan has no dates.")
        )
    sent = [one for one in letters(site) if "asks for more" in one[1]]
    assert [to for to, _subject, _text in sent] == [
        "manager@harbour.example"
    ] and "The plan has no dates." in sent[0][2]
    with writing(site, service.manager) as unit:
        row = queries.find_affiliate(unit, ref)
        hand_in_needs_analysis(unit, row, analysis(row.version))
    affiliate_step(site, service.officer, ref, "approve")
    approved = {to for to, subject, _text in letters(site) if "is approved" in subject}
    assert approved == {"manager@harbour.example", "manager@larkfield.example"}
