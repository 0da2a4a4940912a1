"""A training provider is certified: from the first word of a curriculum to the certificate in a stranger's hand, in a browser."""

from pathlib import Path

import pytest

from app.cases.rules import Check, Section
from tests.journeys import foreign
from tests.journeys.cast import Cast
from tests.journeys.conftest import Opens
from tests.journeys.live import Live
from tests.journeys.program import Program
from tests.journeys.screen import PHONE, TABLET, Screen
from tests.journeys.teaching import record_as_met, write_curriculum

pytestmark = pytest.mark.parametrize("prepared", ["sqlite"], indirect=True, scope="session")


class Story:
    """The people at their screens, and the case between them."""

    def __init__(self, live: Live, cast: Cast, opens: Opens, folder: Path) -> None:
        self.live, self.cast, self.opens, self.folder = live, cast, opens, folder
        self.screens: dict[str, Screen] = {}
        self.case = ""
        self.number = ""
        self.version = ""

    def of(self, who: str, width: int = 1280) -> Screen:
        """The screen of somebody, who signs in the first time."""
        if who not in self.screens:
            self.screens[who] = self.opens(width).signs_in(self.cast.people[who])
        return self.screens[who]

    def leaves(self, who: str) -> None:
        """Somebody closes the browser."""
        self.screens.pop(who).closes()

    def at_case(self, who: str, width: int = 1280) -> Screen:
        """Somebody who looks at the case, by way of nothing but its address."""
        return self.of(who, width).visits(f"/cases/{self.case}")


@pytest.fixture
def story(live: Live, cast: Cast, opens: Opens, tmp_path: Path) -> Story:
    return Story(live, cast, opens, tmp_path)


def test_a_provider_is_certified_and_the_whole_world_can_tell(story: Story) -> None:
    foreign.need_tools()
    a_curriculum_is_written_and_submitted(story)
    an_application_is_saved_left_resumed_and_sent(story)
    the_officer_asks_and_the_provider_answers(story)
    both_sides_accept_the_agreement(story)
    a_team_is_planned_without_anybody_who_advised_the_client(story)
    results_are_recorded_on_a_tablet_and_a_finding_is_written(story)
    the_provider_answers_the_finding_and_it_is_closed(story)
    the_evaluation_is_completed_and_reviewed(story)
    an_evaluator_may_not_decide_but_somebody_else_may(story)
    the_worker_issues_and_foreign_software_agrees(story)
    a_suspension_is_seen_everywhere_at_once(story)
    a_reinstatement_brings_it_all_back(story)


def a_curriculum_is_written_and_submitted(story: Story) -> None:
    wyn = story.of("provider")
    story.version = write_curriculum(wyn, story.cast, story.folder)
    wyn.presses("Submit this version").reads("submitted")


def an_application_is_saved_left_resumed_and_sent(story: Story) -> None:
    wyn = story.of("provider").visits("/cases/new")
    curriculum = wyn.page.locator("main [name=curricula]").first.get_attribute("value")
    wyn.sends("Begin the application", body=story.cast.body.ref, kind="initial", curricula=curriculum)
    story.case = wyn.ref
    wyn.follows("Go on with the application")
    wyn.sends("Save", legal_name="Harbour Lane Training Ltd", sites="1 High Street, Leeds").reads(
        "Still missing"
    )
    story.leaves("provider")
    wyn = story.at_case("provider").follows("Go on with the application")
    assert wyn.page.input_value("[name=sites]") == "1 High Street, Leeds"
    wyn.sends("Save", legal_identity="Company 01234567", trainers=story.cast.trainer, outsourced="none")
    wyn.takes("Send the application", true_and_whole=True).reads("submitted")


def the_officer_asks_and_the_provider_answers(story: Story) -> None:
    olive = story.at_case("officer").takes("Begin the application review")
    olive.takes("Ask the client for information", question="Who teaches in Wales?")
    story.at_case("provider").reads("Who teaches in Wales?").takes(
        "Answer the question", answer="The same trainers."
    )
    olive = story.at_case("officer").reads("The same trainers.")
    olive.takes("Accept the application", checks=[one.value for one in Check])


def both_sides_accept_the_agreement(story: Story) -> None:
    for who, words in (("provider", "Accept the agreement"), ("officer", "Sign the agreement")):
        story.of(who).visits(f"/cases/{story.case}/agreement").sends(words, entitled=True)
    story.at_case("provider").reads("In force")


def a_team_is_planned_without_anybody_who_advised_the_client(story: Story) -> None:
    cast, olive = story.cast, story.at_case("officer").presses("Plan the evaluation")
    olive.reads("Carys Consultant (not possible:")
    olive.writes(lead=cast.ref("lead"), desk_review_on=cast.today, place="Leeds")
    olive.sends("Plan the evaluation", assessors=[cast.ref("assessor"), cast.ref("trained_them")])
    olive.reads("Nothing was saved yet", "Carys Consultant advised the client")
    olive.page.locator(f"main [name=assessors][value='{cast.ref('trained_them')}']").uncheck(force=True)
    olive.presses("Plan the evaluation").reads("planned")
    story.at_case("provider").reads("Łukasz Wiśniewski", "Ánh Nguyễn")


def results_are_recorded_on_a_tablet_and_a_finding_is_written(story: Story) -> None:
    story.at_case("lead").takes("Begin the evaluation")
    anh = story.at_case("assessor", TABLET).follows("Desk review")
    audit = anh.ref
    anh.visits(f"/audits/{audit}/requirements/1.1.1")
    anh.sends("Save and go to the next", outcome="not_met", note="The analysis was signed by nobody.").reads(
        "1.1.2"
    )
    anh.sends("Save", outcome="met", note="Seen on page 4.").reads("Saved")
    anh.visits(f"/audits/{audit}/requirements/1.1.1").presses("Write a finding")
    anh.sends("Save this draft", grade="major", statement="The training needs analysis is not signed off.")
    program = Program(story.live, story.cast, "assessor")
    record_as_met(program, audit, skipping=2)
    story.at_case("lead").takes("Issue the findings")


def the_provider_answers_the_finding_and_it_is_closed(story: Story) -> None:
    wyn = story.at_case("provider").follows("Finding 1")
    finding = wyn.path
    wyn.reads("not signed off").takes(
        "Answer this finding",
        correction="We stopped the course.",
        cause="Nobody had read the plan.",
        action="A second reader.",
    )
    story.at_case("provider").takes("Send your answers to the findings")
    story.of("assessor").visits(finding).reads("A second reader.").takes("Accept the plan")
    story.of("provider").visits(finding).takes(
        "Report that it is done", action="Done in May.", evidence="Signed copy."
    )
    story.of("assessor").visits(finding).takes("It was done and works", reason="Seen in use.")
    story.of("assessor").visits(finding).takes("Close the finding").reads("closed")


def the_evaluation_is_completed_and_reviewed(story: Story) -> None:
    lukasz = story.at_case("lead")
    lukasz.takes(
        "Complete the evaluation", verdict="grant", report="Everything was seen and is as it should be."
    )
    rhiannon = story.at_case("reviewer").takes("Take into review")
    rhiannon.takes(
        "End the review with a recommendation",
        sections=[one.value for one in Section],
        verdict="grant",
        reasons="All in order.",
    )


def an_evaluator_may_not_decide_but_somebody_else_may(story: Story) -> None:
    anh = story.at_case("assessor").reads("Not possible just now, and why", "you took part in this case")
    anh.reads("Waiting for Northgate Certification to decide").does_not_read("It is your turn")
    assert not anh.offers("Grant certification")
    anh.visits(f"/cases/{story.case}/grant").sends("Grant certification", reasons="I saw it myself.")
    anh.reads("You may not do this: you took part in this case", "Nothing was changed")
    story.at_case("decider").takes("Grant certification", reasons="Every requirement is met.").reads(
        "Granted"
    )


def the_worker_issues_and_foreign_software_agrees(story: Story) -> None:
    story.live.worker()
    dafydd = story.at_case("decider").follows("Certificate NGC")
    story.number = dafydd.ref
    pdf = dafydd.downloads("PDF")
    stranger = Program(story.live)
    seal = foreign.seal_of(pdf, stranger.fetches("/.well-known/seal-ca.pem"), story.folder)
    for said in ("Signature is Valid", "Certificate is Trusted", "Total document signed"):
        assert said in seal
    token = stranger.fetches(f"/certificates/{story.number}/1/credential.jwt").decode()
    assert (
        foreign.credential(token, stranger)["credentialSubject"]["issuedToParty"]["name"]
        == "Harbour Lane Training"
    )
    address = foreign.code_on(pdf, story.folder)
    assert address == f"{story.live.url}/c/{story.number}"
    story.opens(PHONE).visits(address.removeprefix(story.live.url)).reads("Certified")
    wyn = story.of("provider").visits("/marks").follows("Make a logo file")
    wyn.sends("Make the file", kind="svg")
    assert wyn.downloads("SVG").startswith(b"<svg")
    the_world_reads(story, certified=True)


def a_suspension_is_seen_everywhere_at_once(story: Story) -> None:
    story.of("decider").visits(f"/certificates/{story.number}").takes(
        "Suspend the certificate", effective_on=story.cast.today, reason_code="nonconformity", ends_when="Both findings are closed.",
        limit_on=story.cast.day(90), contact="Olive Officer, 01234 567890", private_text="Two findings stayed open.",
    )  # fmt: skip
    the_world_reads(story, certified=False)


def a_reinstatement_brings_it_all_back(story: Story) -> None:
    story.of("decider").visits(f"/certificates/{story.number}").takes(
        "End the suspension",
        effective_on=story.cast.today,
        reason_code="resolved",
        public_text="It was put right.",
    )
    the_world_reads(story, certified=True)


def the_world_reads(story: Story, *, certified: bool) -> None:
    """The register, the answer to the number, the mark, the badge and the logo all say the same, now."""
    stranger, number = story.opens(), story.number
    no = "" if certified else "not "
    entry = stranger.visits("/register?q=Harbour+Lane").page.inner_text("main .entry")
    assert ("Certified until" if certified else "Suspended since") in entry
    stranger.visits(f"/verify/{number}").reads(
        "is certified until" if certified else "Paused: not certified just now"
    )
    stranger.visits(f"/marks/{story.cast.provider.ref}").reads(f"may {no}show the mark")
    badge = Program(story.live).fetches(f"/badge/{number}.svg").decode()
    assert ("Certified until" if certified else f"{number}: not certified just now") in badge
    wyn = story.of("provider").visits("/marks")
    assert wyn.offers("Make a logo file") is certified
    assert wyn.may_fetch(f"/marks/{number}/logo.svg") is certified
