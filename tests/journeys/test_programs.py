"""The same story without a browser: every act by a program with a bearer token, every unsafe call with a key of its own."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.cases.rules import Check, Section
from tests.conftest import ENGINES
from tests.curricula.make import a_pdf
from tests.journeys import foreign
from tests.journeys.cast import STAFF, Cast
from tests.journeys.live import Live
from tests.journeys.program import Program
from tests.journeys.teaching import HOLDS, TITLE, answer_all, record_as_met

pytestmark = pytest.mark.parametrize("prepared", ENGINES, indirect=True, scope="session")


class Story:
    """The programs of all people, and the case between them."""

    def __init__(self, live: Live, cast: Cast) -> None:
        self.live, self.cast, self.stranger = live, cast, Program(live)
        self.of = {who: Program(live, cast, who) for who in (*STAFF, "provider")}
        self.curriculum = self.case = self.number = ""

    def takes(self, who: str, step: str, expected: int = 200, **said: Any) -> dict[str, Any]:
        """Somebody takes a step of the case."""
        return dict(self.of[who].takes(f"/cases/{self.case}", step, expected, **said))


@pytest.fixture
def story(live: Live, cast: Cast) -> Story:
    return Story(live, cast)


def test_a_provider_is_certified_through_json_alone(story: Story, tmp_path: Path) -> None:
    a_curriculum_is_written_and_submitted(story, tmp_path)
    an_application_is_sent_once_although_it_is_asked_twice(story)
    the_application_is_accepted_and_agreed(story)
    the_evaluation_ends_with_a_finding_closed(story)
    the_case_is_reviewed_and_decided_by_people_who_did_not_evaluate(story)
    the_certificate_is_public_and_can_be_checked(story)
    a_suspension_and_its_end_are_seen_at_once(story)


def a_curriculum_is_written_and_submitted(story: Story, folder: Path) -> None:
    wyn = story.of["provider"]
    current = wyn.does("/curricula", 201, title=TITLE, summary="Mostly how not to hold.")["current"]
    draft = f"/curricula/versions/{current['ref']}"
    wyn.does(
        f"{draft}/details", version=current["version"], title=TITLE, summary="Mostly how not to hold.", nations=["england"],
        settings=["health"], populations=["adults"], interventions=["physical"], lived_experience="Three people speak first.", ratio=10,
    )  # fmt: skip
    listening: dict[str, Any] = {
        "title": "Hearing from people",
        "level": "primary",
        "minutes": 90,
        "mandatory": True,
        "outcomes": "Say why.",
    }
    wyn.does(f"{draft}/modules", 201, lived_experience=True, **listening)
    view = wyn.does(f"{draft}/modules", 201, **listening | {"title": "Seated holds", "level": HOLDS})
    modules = [module["ref"] for level in view["levels"] for module in level["modules"]]
    wyn.does(
        f"/curricula/modules/{modules[-1]}/techniques", 201, name="Seated forearm hold", position="seated", restrictiveness=HOLDS,
        rationale="The analysis shows the need.", risk_assessment="Breathing is watched.",
        medical_review_on=story.cast.day(-90).isoformat(),
    )  # fmt: skip
    paper = folder / "risks.pdf"
    paper.write_bytes(a_pdf())
    wyn.uploads(f"{draft}/documents", paper, title="Risk assessment")
    answer_all(wyn, current["ref"], [line["number"] for line in wyn.asks(draft)["coverage"]], modules[-1:])
    assert wyn.takes(draft, "submit")["status"] == "submitted"
    story.curriculum = current["ref"]


def an_application_is_sent_once_although_it_is_asked_twice(story: Story) -> None:
    wyn, said = (
        story.of["provider"],
        {"body": story.cast.body.ref, "kind": "initial", "curricula": [story.curriculum]},
    )
    first, again = (wyn.does("/cases", 201, key="our-application-1", **said) for _time in range(2))
    assert first["ref"] == again["ref"]
    story.case = first["ref"]
    story.takes("provider", "submit", 422, true_and_whole=True)
    story.takes(
        "provider", "save", legal_name="Harbour Lane Training Ltd", legal_identity="Company 01234567", sites="1 High Street, Leeds",
        curricula=[story.curriculum], trainers=[story.cast.trainer], outsourced="none",
    )  # fmt: skip
    assert story.takes("provider", "submit", true_and_whole=True)["status"] == "submitted"


def the_application_is_accepted_and_agreed(story: Story) -> None:
    story.takes("officer", "begin-review")
    story.takes("officer", "accept-application", checks=[one.value for one in Check])
    digest = story.of["provider"].asks(f"/cases/{story.case}/agreement")["agreement"]["digest"]
    story.takes("officer", "sign-agreement", 422, digest=digest, entitled=True)
    story.takes("provider", "accept-agreement", digest=digest, entitled=True)
    assert (
        story.takes("officer", "sign-agreement", digest=digest, entitled=True)["status"]
        == "agreement_in_force"
    )


def the_evaluation_ends_with_a_finding_closed(story: Story) -> None:
    cast, anh = story.cast, story.of["assessor"]
    plan: dict[str, Any] = {"lead": cast.ref("lead"), "desk_review_on": cast.today.isoformat()}
    story.takes("officer", "plan", 422, assessors=[cast.ref("trained_them")], **plan)
    story.takes("officer", "plan", assessors=[cast.ref("assessor")], **plan)
    audit = story.takes("lead", "begin-evaluation")["audits"][0]["ref"]
    record_as_met(anh, audit)
    written = {"grade": "major", "statement": "It is not signed off.", "evidence": "Page 2."}
    finding = f"/findings/{anh.does(f'/audits/{audit}/findings', 201, requirement='1.1.1', **written)['ref']}"
    story.takes("lead", "issue-findings")
    wyn = story.of["provider"]
    wyn.takes(
        finding, "respond", correction="We stopped.", cause="Nobody read it.", action="A second reader."
    )
    anh.takes(finding, "accept-plan")
    wyn.takes(finding, "report-implemented", action="Done.", evidence="Signed copy.")
    checked = anh.takes(finding, "accept-implementation", reason="Seen in use.")
    assert checked["status"] == "effectiveness_checked"
    assert anh.takes(finding, "close")["status"] == "closed"
    story.takes("lead", "complete-evaluation", verdict="grant", report="Everything was seen.")


def the_case_is_reviewed_and_decided_by_people_who_did_not_evaluate(story: Story) -> None:
    story.takes("reviewer", "take-into-review")
    story.takes(
        "reviewer",
        "recommend",
        sections=[one.value for one in Section],
        verdict="grant",
        reasons="All in order.",
    )
    items = [item["ref"] for item in story.of["decider"].asks(f"/cases/{story.case}")["scope"]]
    said: dict[str, Any] = {"granted": items, "reasons": "Every requirement is met."}
    refused = story.takes("assessor", "grant", 422, **said)
    assert "you took part in this case" in str(refused["detail"])
    assert story.takes("decider", "grant", **said)["status"] == "granted"


def the_certificate_is_public_and_can_be_checked(story: Story) -> None:
    story.live.worker()
    story.number = story.of["provider"].asks(f"/cases/{story.case}")["certificate"]
    address, stranger = f"/certificates/{story.number}/1", story.stranger
    assert stranger.asks(f"/verify/{story.number}")["answer"] == "certified"
    assert stranger.fetches(f"{address}/certificate.pdf").startswith(b"%PDF")
    said = foreign.credential(stranger.fetches(f"{address}/credential.jwt").decode(), stranger)
    assert said["credentialSubject"]["issuedToParty"]["name"] == "Harbour Lane Training"
    assert json.loads(stranger.fetches(f"{address}/statement.json"))["number"] == story.number
    issuer = json.loads(stranger.fetches("/.well-known/did.json"))["id"]
    assert issuer.startswith("did:web:127.0.0.1")


def a_suspension_and_its_end_are_seen_at_once(story: Story) -> None:
    certificate, today = f"/certificates/{story.number}", story.cast.today.isoformat()
    story.of["decider"].takes(
        certificate, "suspend", effective_on=today, reason_code="nonconformity", private_text="Two findings stayed open.",
        ends_when="Both are closed.", limit_on=story.cast.day(90).isoformat(), contact="Olive Officer",
    )  # fmt: skip
    assert seen(story) == ("was_certified", False)
    story.of["decider"].takes(
        certificate, "reinstate", effective_on=today, reason_code="resolved", public_text="It was put right."
    )
    assert seen(story) == ("certified", True)


def seen(story: Story) -> tuple[str, bool]:
    """What a stranger is told of the number and of the mark."""
    return (
        story.stranger.asks(f"/verify/{story.number}")["answer"],
        story.stranger.asks(f"/marks/{story.cast.provider.ref}")["may_use"],
    )
