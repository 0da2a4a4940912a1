"""Pages of people."""

from app.people import models
from app.web.routing import Area

area = Area("people")
__all__ = ["area", "models"]
