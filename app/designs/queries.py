"""The designs that lie in `certificates/designs`, and which one a body's certificates are drawn with."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from pydantic import ValidationError
from sqlalchemy import select

from app.designs.models import DesignChoice
from app.designs.rules import DEFAULT, DesignFile, gaps, plain_fault
from app.kernel.database import Unit
from app.kernel.errors import NotFound
from app.kernel.fields import Ref, View
from app.kernel.words import _, label
from app.organisations.models import Organisation
from app.permissions import Permission, Seat

FOLDER: Final = Path(__file__).resolve().parents[2] / "certificates" / "designs"
FILE: Final = "design.toml"


@dataclass(frozen=True)
class Found:
    """A design that lies there: what its file says, if that can be read, and why it may not be used, if it may not."""

    id: str
    file: DesignFile | None
    gaps: tuple[str, ...]


class DesignView(View):
    """One design on the page of a body."""

    id: str
    name: str
    gaps: tuple[str, ...]
    chosen_at: datetime | None
    """Since when the body uses it; None when it does not."""
    in_use: bool


class DesignsView(View):
    """What the certificates of a body look like, and what else they could."""

    body: str
    body_ref: str
    now: str
    designs: list[DesignView]
    may_choose: bool


def find(design_id: str) -> Found:
    """A design by its id, with what is missing in it. Raises NotFound."""
    found = _all(FOLDER).get(design_id)
    if found is None:
        raise NotFound(_("There is no design of that name."))
    return found


@lru_cache(maxsize=4)
def _all(folder: Path) -> dict[str, Found]:
    return {path.parent.name: _read(path) for path in sorted(folder.glob(f"*/{FILE}"))}


def _read(path: Path) -> Found:
    name = path.parent.name
    try:
        file = DesignFile.model_validate(tomllib.loads(path.read_text()))
    except ValidationError as fault:
        return Found(name, None, tuple(plain_fault(one) for one in fault.errors()))
    except ValueError as fault:
        return Found(name, None, (f"Its file cannot be read: {fault}.",))
    strange = () if file.id == name else (f"It lies in the folder {name} and calls itself {file.id}.",)
    return Found(name, file, strange + gaps(file))


def open_to(code: str) -> list[Found]:
    """The designs that the body of that code may use, incomplete ones among them."""
    return [one for one in _all(FOLDER).values() if one.file is None or one.file.is_for(code)]


def design_of(unit: Unit, body_id: int) -> str:
    """What the first certificates of a body are drawn with from now on. Later versions keep the design of the first."""
    newest = _choices(unit, body_id)
    return newest[0].design if newest else DEFAULT


def _choices(unit: Unit, body_id: int) -> list[DesignChoice]:
    rows = select(DesignChoice).where(DesignChoice.body_id == body_id).order_by(DesignChoice.id.desc())
    return list(unit.db.scalars(rows))


def find_body(unit: Unit, ref: Ref) -> Organisation:
    """The certification body, if the actor may know of its papers: RRN of all, a body of its own. Raises NotFound."""
    unit.actor.require(Permission.LICENCE_READ)
    asked = select(Organisation).where(Organisation.ref == ref, Organisation.seat == Seat.BODY)
    if unit.actor.seat is not Seat.RRN:
        asked = asked.where(Organisation.id == unit.actor.organisation_id)
    found = unit.db.scalar(asked)
    if found is None:
        raise NotFound(_("There is no certification body of that reference among those you may see."))
    return found


def designs_view(unit: Unit, ref: Ref) -> DesignsView:
    """The page of a body's designs."""
    body = find_body(unit, ref)
    now, choices = design_of(unit, body.id), _choices(unit, body.id)
    since = choices[0].chosen_at if choices else None
    found = [
        DesignView(
            id=one.id, name=label(one.id), gaps=one.gaps, in_use=one.id == now,
            chosen_at=since if one.id == now else None,
        )
        for one in open_to(body.code or "")
    ]  # fmt: skip
    return DesignsView(
        body=body.name, body_ref=body.ref, now=label(now), designs=found,
        may_choose=unit.actor.may(Permission.DESIGN_CHOOSE),
    )  # fmt: skip


def choices_for(unit: Unit, body: Organisation) -> list[tuple[str, str]]:
    """The complete designs that a body may choose."""
    return [(one.id, label(one.id)) for one in open_to(body.code or "") if not one.gaps]
