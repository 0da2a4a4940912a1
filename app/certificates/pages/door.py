"""The one area that all pages of certificates belong to, and for how long what they answer may be kept."""

from app.web.routing import Area

area = Area("certificates")
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
SHORTLY = {"Cache-Control": "public, max-age=5"}
A_WHILE = {"Cache-Control": "public, max-age=300"}
