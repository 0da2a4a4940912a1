"""Pure rules of the Standards: what an edition, a rule pack and a legal note are, and what follows."""

from app.standards.rules.documents import Document, State, Text, state_on
from app.standards.rules.editions import Appendix, Edition, Requirement, applicable, applicable_appendices
from app.standards.rules.faults import StandardsFault
from app.standards.rules.notes import LegalNote, LegalNotes, notes_for
from app.standards.rules.packs import Grade, RulePack, Stage, Stratum, WrongClaim
from app.standards.rules.scope import (
    AuditKind,
    Circumstance,
    InterventionType,
    Level,
    Nation,
    Population,
    Route,
    Setting,
)

__all__ = [
    "Appendix",
    "AuditKind",
    "Circumstance",
    "Document",
    "Edition",
    "Grade",
    "InterventionType",
    "LegalNote",
    "LegalNotes",
    "Level",
    "Nation",
    "Population",
    "Requirement",
    "Route",
    "RulePack",
    "Setting",
    "Stage",
    "StandardsFault",
    "State",
    "Stratum",
    "Text",
    "WrongClaim",
    "applicable",
    "applicable_appendices",
    "notes_for",
    "state_on",
]
