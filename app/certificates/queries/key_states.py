"""What each key is good for now, and whether anybody has to do something about it: one rule for the page of keys and for `rrn keys list`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import select

from app.certificates.keys import PublicKey, PublicKeys
from app.certificates.rules import KeyState, KeyUse
from app.kernel.casework import ToneView
from app.kernel.database import Unit
from app.kernel.words import _
from app.licences.queries import standing
from app.organisations.models import Organisation

UNLICENSED: Final = frozenset({"none", "expired", "withdrawn", "resigned"})
"""How a body stands that has no licence any more, and so needs no other keys."""


def key_states(unit: Unit, known: PublicKeys, ended: Mapping[str, KeyUse]) -> dict[str, KeyState]:
    """What each key is good for now, by thumbprint."""
    older = known.under_older_root(unit.now)
    states = {key.id: _state(key, ended.get(key.id), known, key in older, unit.now) for key in known.all()}
    due = [key for key in known.all() if states[key.id] is KeyState.DUE]
    asked = select(Organisation).where(Organisation.ref.in_({key.owner for key in due}))
    gone = {
        body.ref
        for body in unit.db.scalars(asked)
        if standing(unit, body.id, unit.today).status in UNLICENSED
    }
    return states | {key.id: KeyState.UNLICENSED for key in due if key.owner in gone}


def _state(key: PublicKey, use: KeyUse | None, known: PublicKeys, is_older: bool, now: datetime) -> KeyState:
    if use:
        return KeyState.SUSPECT if use.suspect else KeyState.WITHDRAWN
    if known.is_former_root(key, now):
        return KeyState.LIST_ONLY
    if known.is_over(key, now):
        return KeyState.RETIRED
    if key.sign_until <= now or is_older:
        return KeyState.DUE
    return KeyState.SIGNS if key.signs_from <= now else KeyState.SOON


def key_word(state: KeyState) -> ToneView:
    """The same on the page of keys."""
    word, tone = {
        KeyState.SUSPECT: (_("Suspect"), "no"),
        KeyState.WITHDRAWN: (_("Withdrawn"), "no"),
        KeyState.LIST_ONLY: (_("Signs its list only"), "plain"),
        KeyState.RETIRED: (_("Retired"), "plain"),
        KeyState.UNLICENSED: (_("Nothing to do: body not licensed"), "plain"),
        KeyState.DUE: (_("To be replaced"), "pause"),
        KeyState.SIGNS: (_("Signs"), "yes"),
        KeyState.SOON: (_("Signs soon"), "partly"),
    }[state]
    return ToneView(word=word, tone=tone)
