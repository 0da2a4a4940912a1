"""Who is acting. Every command and every query is asked on behalf of an Actor."""

from dataclasses import dataclass

from app.kernel.errors import Forbidden
from app.kernel.words import _, label
from app.permissions import GRANTS, REGISTER, Permission, Role, Seat


@dataclass(frozen=True)
class Actor:
    """A person, seen in the seat of one organisation; `id` is the person, so two accounts of one person are one."""

    id: str
    name: str
    roles: frozenset[Role] = frozenset()
    organisation_id: int | None = None
    organisation_ref: str = ""
    organisation_name: str = ""
    seat: Seat | None = None
    only: frozenset[Permission] | None = None
    """What an API token narrows its owner to; None for a person at the screen."""
    session_id: int | None = None

    @property
    def signed_in(self) -> bool:
        return self.id not in ("public", "system")

    def may(self, permission: Permission) -> bool:
        if self.only is not None and permission not in self.only:
            return False
        if self.id == "system":
            return permission in REGISTER
        return any(permission in GRANTS[role] for role in self.roles)

    def require(self, permission: Permission) -> None:
        if not self.may(permission):
            raise Forbidden(
                _("{name} may not do this here: it needs the right “{right}”. Nothing was changed.").format(
                    name=self.name, right=label(permission.replace(":", " "))
                )
            )


ANYONE = Actor(id="public", name="The public")
SYSTEM = Actor(id="system", name="The register", roles=frozenset(Role))
"""The software itself, carrying out what people decided: it may take every step, from the worker alone."""
