"""The page on which a certification body sees and chooses what its certificates look like."""

from typing import Any

from app.designs import commands, queries
from app.designs.queries import DesignsView
from app.designs.rules import ChooseDesign
from app.kernel.database import Unit
from app.kernel.fields import Ref
from app.kernel.words import _
from app.permissions import Permission as P
from app.web.routing import Area, Ask

area = Area("designs")


@area.page("/designs/{ref}", "designs/show.html", may=P.LICENCE_READ)
def show(unit: Unit, ref: Ref) -> DesignsView:
    """What the certificates of a body look like, and what else they could."""
    return queries.designs_view(unit, ref)


def ask_design(unit: Unit, ref: Ref) -> Ask:
    """The form of a choice."""
    body = queries.find_body(unit, ref)
    return Ask(
        title=_("Choose a design"), submit=_("Use this design"), back=f"/designs/{ref}",
        lead=_("First certificates are drawn with it from now on. A certificate that is there keeps its design for as long as it counts."),
        choices={"design": queries.choices_for(unit, body)}, values={"design": queries.design_of(unit, body.id)},
    )  # fmt: skip


@area.action(
    "/designs/{ref}",
    then=show,
    may=P.DESIGN_CHOOSE,
    ask=ask_design,
    form_path="/designs/{ref}/new",
    status=201,
)
def choose(unit: Unit, ref: Ref, form: ChooseDesign) -> dict[str, Any]:
    """Choose what certificates look like from now on."""
    commands.choose(unit, queries.find_body(unit, ref), form)
    return {"ref": ref}
