"""The public pages of the scheme: how it works in plain words, and the tree of requirements of an edition."""

from typing import Annotated

from pydantic import StringConstraints

from app.kernel.database import Unit
from app.standards.queries import EditionView, SchemeView, edition_view, scheme_view
from app.web.gate import PUBLIC
from app.web.routing import Area

area = Area("standards")
EditionId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9._-]{1,60}$")]


@area.page("/scheme", "standards/scheme.html", may=PUBLIC)
def scheme(unit: Unit) -> SchemeView:
    """Who does what in the scheme, what certification means, and how anybody can check it."""
    return scheme_view(unit.today)


@area.page("/scheme/standards/{edition}", "standards/edition.html", may=PUBLIC, api="/standards/{edition}")
def show_edition(unit: Unit, edition: EditionId) -> EditionView:
    """An edition of the Standards: the tree of requirements in our own labels."""
    return edition_view(edition, unit.today)
