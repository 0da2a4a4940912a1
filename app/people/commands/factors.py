"""The second factor: an authenticator app, ten recovery codes, and what happens when the telephone is lost."""

from sqlalchemy import delete, update

from app.kernel.actor import SYSTEM
from app.kernel.database import Unit
from app.kernel.errors import Invalid, Refused
from app.kernel.journal import record
from app.kernel.words import _
from app.people import queries
from app.people.models import Person, RecoveryCode, SecondFactor
from app.people.rules.codes import (
    keyed,
    locked,
    new_recovery_codes,
    new_totp,
    plain_code,
    totp_step,
)


def begin_factor(unit: Unit, person: Person) -> SecondFactor:
    """A new secret for an app; it counts once a code of it was typed."""
    factor = queries.second_factor(unit, person.id)
    if factor is None:
        factor = SecondFactor(person_id=person.id, secret="")
        unit.db.add(factor)
    factor.secret = locked(unit.site.settings.secret_key, new_totp())
    factor.confirmed_at, factor.last_step = None, 0
    unit.db.flush()
    return factor


def confirm_factor(unit: Unit, person: Person, code: str) -> list[str]:
    """The app is set up: gives the ten recovery codes, shown now and never again. Raises Refused, Invalid."""
    factor = queries.second_factor(unit, person.id)
    if factor is None or factor.confirmed_at:
        raise Refused(_("Your authenticator app is set up already. Nothing was changed."))
    step = totp_step(queries.secret_of(unit, factor), code, unit.now)
    if step is None:
        raise Invalid(
            _("Nothing was saved yet."),
            {"code": _("That code does not fit. Is the clock of your telephone right? Type the next one.")},
        )
    factor.confirmed_at, factor.last_step = unit.now, step
    unit.db.flush()
    record(unit, "person.second_factor_set_up", person)
    return new_codes(unit, person)


def new_codes(unit: Unit, person: Person) -> list[str]:
    """Ten new recovery codes; those from before stop working."""
    codes = new_recovery_codes()
    unit.db.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    unit.db.add_all(RecoveryCode(person_id=person.id, digest=_digest(unit, code)) for code in codes)
    unit.db.flush()
    record(unit, "person.recovery_codes_made", person)
    return codes


def passes(unit: Unit, person: Person, code: str) -> bool:
    """Whether the code is the app's of now, never used before, or an unused recovery code. It is used up by this."""
    factor = queries.second_factor(unit, person.id)
    if factor is None or factor.confirmed_at is None:
        return False
    step = totp_step(queries.secret_of(unit, factor), code, unit.now)
    if step is not None:
        return _use_step(unit, factor, step)
    return _use_recovery_code(unit, person, code)


def _use_step(unit: Unit, factor: SecondFactor, step: int) -> bool:
    """One conditional UPDATE: of two who type one code at the same moment, one passes."""
    table = SecondFactor.__table__
    used = unit.db.execute(
        update(SecondFactor).where(table.c.id == factor.id, table.c.last_step < step).values(last_step=step),
        execution_options={"synchronize_session": False},
    )
    unit.db.expire(factor)
    return bool(used.rowcount == 1)  # type: ignore[attr-defined]


def _use_recovery_code(unit: Unit, person: Person, code: str) -> bool:
    used = unit.db.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person.id,
            RecoveryCode.digest == _digest(unit, plain_code(code)),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=unit.now)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        return False
    record(unit, "person.recovery_code_used", person)
    return True


def reset_factor(unit: Unit, person: Person) -> None:
    """Take the app away from somebody who lost it: they set up another one when they next sign in. Raises Refused."""
    elsewhere = queries.guarded_elsewhere(unit, person.id)
    if elsewhere and unit.actor is not SYSTEM:
        raise Refused(
            _(
                "This person also works for {name}, which asks for a second factor too. Nothing was changed: RRN's operator can do this."
            ).format(name=elsewhere)
        )
    unit.db.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    begin_factor(unit, person)
    record(unit, "person.second_factor_reset", person)


def enrol_totp(unit: Unit, person: Person) -> str:
    """Set up the second factor at once, without a telephone (demonstrations and tests); gives the secret."""
    factor = begin_factor(unit, person)
    factor.confirmed_at = unit.now
    unit.db.flush()
    record(unit, "person.second_factor_set_up", person)
    return queries.secret_of(unit, factor)


def _digest(unit: Unit, code: str) -> str:
    return keyed(unit.site.settings.secret_key, "recovery code", code)
