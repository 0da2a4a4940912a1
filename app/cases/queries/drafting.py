"""What the page of an application asks: the draft, what it lacks, and when it was saved."""

from app.cases.models import Case
from app.cases.queries.facts import named_in
from app.cases.queries.scope import application_of, find_case
from app.cases.queries.views import GapView
from app.cases.rules import State, gaps
from app.kernel.clock import LONDON
from app.kernel.database import Unit
from app.kernel.errors import WrongState
from app.kernel.words import _, in_words
from app.organisations.queries import organisation


def draft_of(unit: Unit, ref: str) -> Case:
    """The case while its application can be changed. Raises NotFound, or WrongState once it was sent."""
    case = find_case(unit, ref)
    if case.status is not State.DRAFT:
        raise WrongState(_("The application was sent and stays as it was sent. Nothing was changed."))
    return case


def gaps_of(unit: Unit, case: Case) -> list[GapView]:
    """What the application still lacks, field by field."""
    found = gaps(application_of(unit, case), *named_in(unit, case))
    return [GapView(field=gap.field, what=gap.what) for gap in found]


def saved_words(unit: Unit, case: Case) -> str:
    """When it was last saved, as a sentence."""
    at = application_of(unit, case).saved_at
    if at is None:
        return _("Nothing is saved yet.")
    here = at.astimezone(LONDON)
    return _("Saved on {day} at {time}.").format(day=in_words(here), time=f"{here:%H:%M}")


def body_of(unit: Unit, case: Case) -> str:
    """The name of the certification body."""
    return organisation(unit, case.body_id).name
