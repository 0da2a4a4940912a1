"""A certification body chooses what its certificates look like."""

from app.designs.models import DesignChoice
from app.designs.queries import choices_for, design_of, open_to
from app.designs.rules import ChooseDesign
from app.kernel.database import Unit
from app.kernel.errors import Invalid, Refused
from app.kernel.journal import hold_thread, record
from app.kernel.words import _
from app.organisations.models import Organisation
from app.permissions import Permission


def choose(unit: Unit, body: Organisation, form: ChooseDesign) -> DesignChoice:
    """From now on first certificates are drawn so; those that are there keep their design. Raises Forbidden, Invalid or Refused."""
    unit.actor.require(Permission.DESIGN_CHOOSE)
    if form.design not in dict(choices_for(unit, body)):
        gaps = [gap for one in open_to(body.code or "") if one.id == form.design for gap in one.gaps]
        said = _("Choose one of the designs offered.")
        raise Invalid(
            _("Nothing was saved: correct it and send it again."), {"design": " ".join([said, *gaps])}
        )
    row = DesignChoice(body_id=body.id, design=form.design, chosen_at=unit.now)
    hold_thread(unit, row.thread)
    if design_of(unit, body.id) == form.design:
        raise Refused(_("The certificates are drawn with this design already. Nothing was changed."))
    unit.db.add(row)
    unit.db.flush()
    record(unit, "design.chosen", row, design=form.design)
    return row
