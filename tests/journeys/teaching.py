"""How a provider writes a curriculum in the browser; answers and results that are all alike are given by a program."""

from pathlib import Path

from app.standards.rules import Level
from tests.curricula.make import a_pdf
from tests.journeys.cast import Cast
from tests.journeys.program import Program
from tests.journeys.screen import Screen

TITLE = "Safe Holding: intermediate"
HOLDS = Level.TERTIARY_RESTRICTIVE_INTERMEDIATE.value


def write_curriculum(wyn: Screen, cast: Cast, folder: Path) -> str:
    """A complete draft: two modules, a technique, a document, an answer to every requirement. Its version's reference."""
    wyn.visits("/curricula/new")
    wyn.sends(
        "Begin the curriculum", title=TITLE, summary="Holding somebody safely, and mostly how not to.",
        nations=["england", "wales"], settings="health", populations=["adults", "autism"],
    )  # fmt: skip
    wyn.reads(TITLE, "draft")
    ref = wyn.address_of("Add a module").split("/")[3]
    wyn.visits(f"/curricula/versions/{ref}")
    _modules(wyn, cast)
    _document(wyn, folder)
    _answers(wyn, cast, ref)
    return ref


def _modules(wyn: Screen, cast: Cast) -> None:
    wyn.presses("Add a module").sends(
        "Add the module", title="Hearing from people", level="primary", minutes=90, mandatory=True, lived_experience=True,
        outcomes="Say what restraint does to a person.",
    )  # fmt: skip
    wyn.presses("Add a module").sends(
        "Add the module",
        title="Seated holds",
        level=HOLDS,
        minutes=120,
        mandatory=True,
        outcomes="Hold without pain.",
    )
    wyn.follows("Add a technique Seated holds").sends(
        "Add the technique", name="Seated forearm hold", position="seated", restrictiveness=HOLDS,
        rationale="The analysis shows the need.", risk_assessment="Breathing is watched.", medical_review_on=cast.day(-90),
    )  # fmt: skip
    wyn.follows("Change this").sends(
        "Save", interventions="physical", lived_experience="Three people tell their story first.", ratio=10
    )
    wyn.reads("Hearing from people", "Seated forearm hold")


def _document(wyn: Screen, folder: Path) -> None:
    file = folder / "risks.pdf"
    file.write_bytes(a_pdf())
    wyn.presses("Add a document")
    wyn.sends("Keep the document", title="Risk assessment of seated holds", file=file)
    wyn.reads("Risk assessment of seated holds")


def _answers(wyn: Screen, cast: Cast, ref: str) -> None:
    """Two answers as a person gives them, the rest by a program: nobody wants to watch all of them."""
    program = Program(wyn.live, cast, "provider")
    view = program.asks(f"/curricula/versions/{ref}")
    modules = [module["ref"] for level in view["levels"] for module in level["modules"]]
    numbers = [line["number"] for line in view["coverage"]]
    for number in numbers[:2]:
        wyn.visits(f"/curricula/versions/{ref}/coverage/{number}")
        wyn.sends("Save the answer", answer="covered", modules=modules[:1], where="Session 1, page 3.")
    answer_all(program, ref, numbers[2:], modules[-1:])
    wyn.visits(f"/curricula/versions/{ref}")


def answer_all(program: Program, ref: str, numbers: list[str], modules: list[str]) -> None:
    """Say of every requirement where it is met."""
    for number in numbers:
        program.does(
            f"/curricula/versions/{ref}/coverage/{number}",
            answer="covered",
            modules=modules,
            where="Session 2, page 14.",
        )


def record_as_met(program: Program, audit: str, skipping: int = 0) -> None:
    """A result for every requirement of an evaluation but the first few."""
    sections = program.asks(f"/audits/{audit}")["sections"]
    numbers = [line["number"] for section in sections for line in section["lines"]]
    for number in numbers[skipping:]:
        program.does(f"/audits/{audit}/requirements/{number}", outcome="met", note="Seen.")
