"""The one area that all pages of people belong to."""

from app.web.routing import Area

area = Area("people")
