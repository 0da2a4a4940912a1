"""Where a demonstration is kept, whether it is whole, its password, and the ways in for the people who look at it."""

import json
import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select

from app.demo.cast import BODIES, LARKFIELD, PROVIDERS, RRN
from app.demo.making import SIZES, make
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, Unit, connect, reading, writing
from app.kernel.errors import NotFound
from app.kernel.words import label
from app.people.commands import make_token, set_password
from app.people.models import Membership, Person
from app.people.queries import by_email, totp_code_now
from app.people.rules.passwords import hashed
from app.permissions import GRANTS, NEEDS_SECOND_FACTOR
from app.settings import Settings, read_settings

MADE = "made.json"
"""Written last: without it the folder holds half a world, and is made anew."""
WORDS = (
    "anchor", "basket", "candle", "daisy", "ember", "feather", "garden", "harvest", "island", "jasmine", "kettle", "lantern", "meadow", "nutmeg",
    "orchard", "pebble", "quiver", "ribbon", "saddle", "thimble", "umbrella", "velvet", "willow", "yonder",
)  # fmt: skip


@dataclass(frozen=True)
class SignIn:
    """One line of what is printed: who, for which organisation, as what, and whether a code is asked for."""

    email: str
    name: str
    roles: str
    organisation: str
    second_factor: bool


def demo_settings(port: int, environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings of the demonstration: a folder, a database and keys of its own, whatever else is configured here."""
    given = {
        name: text
        for name, text in environment.items()
        if name not in ("RRN_DATABASE_URL", "RRN_SMTP_URL", "RRN_FILES_URL")
    }
    folder = Path(given.get("RRN_DATA_DIR", "var")) / "demo"
    kept = _kept(folder)
    given.setdefault("RRN_PUBLIC_BASE_URL", kept.get("base", f"http://127.0.0.1:{port}"))
    return replace(read_settings({**given, "RRN_DATA_DIR": str(folder)}), demo=True)


def _kept(folder: Path) -> dict[str, str]:
    path = folder / MADE
    found: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    return found


def is_made(settings: Settings) -> bool:
    """Whether a whole demonstration lies there."""
    return (settings.data_dir / MADE).exists()


def clear(folder: Path) -> None:
    """Take away what lies there, whole or half; the folder is ours alone."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def size_of(settings: Settings) -> str:
    """The size of the demonstration that lies there."""
    return _kept(settings.data_dir)["size"]


def fill(settings: Settings, heard: Callable[[float], None], size: str = "small") -> None:
    """Make a world in the empty database of these settings, and note that it is whole."""
    password = settings.demo_password or "-".join(secrets.choice(WORDS) for _unused in range(4))
    make(settings, password, heard, SIZES[size])
    os.sync()  # the world was written without waiting for the disk; the note that it is whole must not be first there
    _keep(settings, password, size)


def _keep(settings: Settings, password: str, size: str) -> None:
    draft = settings.data_dir / f".{MADE}"
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        json.dump({"password": password, "base": settings.public_base_url, "size": size}, file)
    draft.replace(settings.data_dir / MADE)


def password_of(settings: Settings) -> str:
    """The password of everybody; one that is set now takes the place of the one before."""
    kept = _kept(settings.data_dir)["password"]
    wanted = settings.demo_password
    if not wanted or wanted == kept:
        return kept
    site = connect(settings)
    known = hashed(wanted)
    with writing(site, SYSTEM) as unit:
        for person in unit.db.scalars(select(Person).where(Person.password_hash.is_not(None))):
            set_password(unit, person, wanted, known_hash=known)
    site.engine.dispose()
    _keep(settings, wanted, size_of(settings))
    return wanted


def sign_ins() -> list[SignIn]:
    """The sign-ins of the contract, in its order."""
    return [
        SignIn(
            f"{member.local}@{house.domain}", member.name, ", ".join(label(role) for role in member.roles), house.name,
            bool(NEEDS_SECOND_FACTOR.intersection(member.roles)),
        )
        for house in (RRN, *BODIES, *PROVIDERS, LARKFIELD)
        for member in house.people
        if member.printed
    ]  # fmt: skip


def code_now(site: Site, email: str) -> str:
    """What the person's authenticator app shows now; empty for people who need none. Raises NotFound."""
    with reading(site, SYSTEM) as unit:
        return totp_code_now(unit, _somebody(unit, email))


def token_now(site: Site, email: str) -> str:
    """A bearer token for thirty days with all the rights of the person's first organisation. Raises NotFound."""
    with writing(site, SYSTEM) as unit:
        somebody = _somebody(unit, email)
        held = unit.db.scalars(
            select(Membership).where(Membership.person_id == somebody.id).order_by(Membership.id)
        ).all()
        rights = {
            right
            for row in held
            if row.organisation_id == held[0].organisation_id
            for right in GRANTS[row.role]
        }
        return make_token(unit, somebody, held[0].organisation_id, "demonstration", rights)


def _somebody(unit: Unit, email: str) -> Person:
    found = by_email(unit, email.strip().lower())
    if found is None:
        raise NotFound(f"Nobody in the demonstration has the address {email}.")
    return found
