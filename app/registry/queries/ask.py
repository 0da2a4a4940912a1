"""The page that asks for a certificate: by its number, or by the paper itself, which the browser checks as far as it can."""

from datetime import date

from app.kernel.casework import ToneView
from app.kernel.database import Unit
from app.kernel.fields import View
from app.kernel.words import MONTHS, _
from app.registry.queries.paper import LABELS, WORDS
from app.registry.queries.verify import VerifyView, verify_view
from app.verifier.report import Found, What


class FoundView(View):
    """How what came of a look is shown."""

    found: Found
    tag: ToneView


class AskView(View):
    """The page that asks, with the answer when a number was typed, and what a browser needs to check a credential itself."""

    typed: str
    found: VerifyView | None
    witnesses: list[str]
    """The keys of the outside witnesses that are looked for."""
    labels: dict[What, str]
    tags: list[FoundView]
    months: list[str]


def ask_view(unit: Unit, typed: str, on: date | None) -> AskView:
    """The page of the question."""
    return AskView(
        typed=typed, found=verify_view(unit, typed, on, None) if typed else None,
        witnesses=[text.rpartition("@")[0] for text in unit.site.settings.witnesses],
        labels={what: _(words) for what, words in LABELS.items()},
        tags=[FoundView(found=found, tag=ToneView(word=_(word), tone=tone)) for found, (word, tone) in WORDS.items()],
        months=[_(month) for month in MONTHS],
    )  # fmt: skip
