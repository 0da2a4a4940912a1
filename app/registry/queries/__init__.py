"""What the public may ask of the register: search, one certificate on a day, one entry, one course on one day."""

from app.registry.queries.ask import AskView, ask_view
from app.registry.queries.bodies import BodyEntry, body_entry
from app.registry.queries.check import CheckView, check_view
from app.registry.queries.entries import (
    AffiliateEntry,
    CurriculumEntry,
    ServiceEntry,
    affiliate_entry,
    curriculum_entry,
    service_entry,
)
from app.registry.queries.paper import PaperView, paper_view
from app.registry.queries.search import Filters, HomeView, RegisterView, home_view, register_view
from app.registry.queries.told import register_line
from app.registry.queries.verify import VerifyView, verify_view

__all__ = [
    "AffiliateEntry", "AskView", "BodyEntry", "CheckView", "CurriculumEntry", "Filters", "HomeView", "PaperView", "RegisterView", "ServiceEntry",
    "VerifyView", "affiliate_entry", "ask_view", "body_entry", "check_view", "curriculum_entry", "home_view", "paper_view", "register_line",
    "register_view", "service_entry", "verify_view",
]  # fmt: skip
