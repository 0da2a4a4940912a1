"""The review: every part looked at, every note closed, and what opens it again."""

import pytest

from app.cases import queries
from app.cases.rules import Section, State
from app.kernel.database import Site, reading
from app.kernel.errors import Invalid, Refused
from tests.cases.make import (
    grant,
    make_case,
    recommend,
    row,
    step,
    told,
)
from tests.cases.test_decision import reviewed


def test_every_part_is_reviewed_and_every_note_closed_before_the_review_ends(site: Site) -> None:
    world = make_case(site, State.IN_REVIEW)
    step(world, world.reviewer, "note-section", section="team", text="Who checked the second day?")
    with pytest.raises(Refused, match="still open: 1"):
        recommend(world)
    with reading(site, world.reviewer) as unit:
        (note,) = queries.notes_of(unit, row(world))
    step(world, world.reviewer, "close-note", note=note.ref, answer="The lead did; see the plan.")
    with pytest.raises(Invalid) as refusal:
        step(
            world,
            world.reviewer,
            "recommend",
            sections=list(Section)[1:],
            verdict="grant",
            reasons="All in order.",
        )
    assert "application" in refusal.value.fields["sections"]
    recommend(world)
    assert row(world).reviewer_name == "Rhiannon Reviewer"


def test_a_note_after_the_recommendation_opens_the_review_again(site: Site) -> None:
    world = reviewed(site)
    step(world, world.reviewer, "note-section", section="results_and_evidence", text="One more thing.")
    with pytest.raises(Refused, match="review has not ended"):
        grant(world)


def test_a_returned_case_is_evaluated_and_reviewed_again(site: Site) -> None:
    world = reviewed(site)
    step(world, world.reviewer, "return-to-evaluation", reasons="Requirement 2.9 says too little.")
    assert row(world).reviewed_at is None
    assert len(told(world, world.lead, "returned")) == 1
    step(world, world.lead, "resume-evaluation")

    step(world, world.lead, "complete-evaluation", verdict="grant", report="Looked at again.")
    assert row(world).status is State.EVALUATION_COMPLETE
