"""Keys for programs: named, narrowed to chosen permissions, expiring, shown once."""

from collections.abc import Collection
from datetime import timedelta

from app.kernel.database import Unit
from app.kernel.errors import Invalid, NotFound
from app.kernel.journal import record
from app.kernel.words import _
from app.people import queries
from app.people.models import Person, Token, TokenScope
from app.people.rules.codes import digest, new_token
from app.people.rules.forms import NewToken
from app.permissions import Permission


def issue_token(unit: Unit, form: NewToken) -> tuple[Token, str]:
    """A token for the actor's own organisation with at most the actor's rights; gives it in clear this once. Raises Invalid."""
    beyond = [scope for scope in form.scopes if not unit.actor.may(scope)]
    if beyond or unit.actor.organisation_id is None:
        raise Invalid(
            _("Nothing was saved."), {"scopes": _("A token cannot do more than you may do yourself.")}
        )
    session = queries.session_of(unit)
    account = queries.account_of(unit)
    return _issue(
        unit,
        account,
        unit.actor.organisation_id,
        form.name,
        form.scopes,
        form.days,
        bool(session and session.second_factor),
    )


def make_token(
    unit: Unit,
    person: Person,
    organisation_id: int,
    name: str,
    scopes: Collection[Permission],
    days: int = 30,
) -> str:
    """A token for somebody else, as the operator of the machine makes it (`rrn demo token`); it counts as past the second factor."""
    return _issue(unit, person, organisation_id, name, scopes, days, second_factor=True)[1]


def _issue(
    unit: Unit,
    person: Person,
    organisation_id: int,
    name: str,
    scopes: Collection[Permission],
    days: int,
    second_factor: bool,
) -> tuple[Token, str]:
    secret = new_token()
    made = Token(
        person_id=person.id,
        organisation_id=organisation_id,
        name=name,
        digest=digest(secret),
        second_factor=second_factor,
        made_at=unit.now,
        expires_on=unit.today + timedelta(days=days),
    )
    unit.db.add(made)
    unit.db.flush()
    unit.db.add_all(TokenScope(token_id=made.id, permission=scope) for scope in sorted(set(scopes)))
    unit.db.flush()
    record(unit, "token.made", made, name=name, scopes=sorted(set(scopes)), days=days)
    return made, secret


def end_token(unit: Unit, ref: str) -> None:
    """One of one's own tokens stops working. Raises NotFound."""
    account = queries.account_of(unit)
    token = next((row for row in queries.open_tokens(unit, account.id) if row.ref == ref), None)
    if token is None:
        raise NotFound(_("You have no token of that reference that still works."))
    token.ended_at = unit.now
    unit.db.flush()
    record(unit, "token.ended", token)
