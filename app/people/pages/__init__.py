"""Pages of people: signing in, one's own account, and the people of an organisation."""

from app.people.pages import account, joining, members, sign_in
from app.people.pages.door import area

__all__ = ["account", "area", "joining", "members", "sign_in"]
