"""The first page after signing in."""

from app.desks import queries
from app.desks.queries import DeskView
from app.kernel.database import Unit
from app.web.gate import SIGNED_IN
from app.web.routing import Area

area = Area("desks")


@area.page("/desk", "desks/show.html", may=SIGNED_IN)
def show(unit: Unit) -> DeskView:
    """What waits for the reader, what is late, and whom the reader waits for."""
    return queries.desk(unit)
