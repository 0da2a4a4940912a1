"""The pages anybody may read: home, search, one certificate, one entry, one course on one day."""

from typing import Annotated

from fastapi import Query
from pydantic import AwareDatetime, BeforeValidator

from app.certificates.rules import Status
from app.kernel.database import Unit
from app.kernel.fields import Day, Optional, Ref
from app.registry import queries
from app.registry.queries import (
    AffiliateEntry,
    AskView,
    BodyEntry,
    CheckView,
    CurriculumEntry,
    Filters,
    HomeView,
    RegisterView,
    ServiceEntry,
    VerifyView,
)
from app.registry.rules import forgiven
from app.standards.rules import Nation, Population, Route, Setting
from app.web.gate import PUBLIC
from app.web.routing import Area

area = Area("registry")

Typed = Annotated[str, BeforeValidator(forgiven)]
"""What a person typed into a search: whatever it is, there is an answer."""
AskedDay = Annotated[Day | None, Optional, Query()]
Moment = Annotated[AwareDatetime | None, Optional, Query()]


@area.page("/", "registry/home.html", may=PUBLIC, api="")
def home(unit: Unit) -> HomeView:
    """One question, one box, three ways on."""
    return queries.home_view(unit)


@area.page("/register", "registry/register.html", may=PUBLIC)
def register(
    unit: Unit, q: Typed = "", nation: Annotated[Nation | None, Optional, Query()] = None,
    setting: Annotated[Setting | None, Optional, Query()] = None, population: Annotated[Population | None, Optional, Query()] = None,
    route: Annotated[Route | None, Optional, Query()] = None, body: Annotated[Ref | None, Optional, Query()] = None,
    status: Annotated[Status | None, Optional, Query()] = None, on: AskedDay = None, after: Annotated[Ref | None, Optional, Query()] = None,
) -> RegisterView:  # fmt: skip
    """Search the register, today or on a past day."""
    asked = Filters(
        q=q, nation=nation, setting=setting, population=population, route=route, body=body, status=status
    )
    return queries.register_view(unit, asked, on, after)


@area.page("/verify", "registry/ask.html", may=PUBLIC, api="")
def ask(unit: Unit, number: Typed = "", on: AskedDay = None) -> AskView:
    """Type a certificate number."""
    return queries.ask_view(unit, number, on)


@area.page("/verify/{number}", "registry/verify.html", may=PUBLIC)
def verify(unit: Unit, number: Typed, on: AskedDay = None, known_at: Moment = None) -> VerifyView:
    """The four-valued answer about one certificate, on a day, as known at a moment."""
    return queries.verify_view(unit, number, on, known_at)


@area.page("/c/{number}", "registry/verify.html", may=PUBLIC, api="")
def scanned(unit: Unit, number: Typed, on: AskedDay = None, known_at: Moment = None) -> VerifyView:
    """The same answer at the short address that is printed as a code."""
    return queries.verify_view(unit, number, on, known_at)


@area.page("/check", "registry/check.html", may=PUBLIC)
def check(
    unit: Unit,
    organisation: Typed = "",
    curriculum: Typed = "",
    trainer: Typed = "",
    affiliate: Typed = "",
    on: AskedDay = None,
) -> CheckView:
    """Does this course by this organisation with this trainer at this place count on this day?"""
    return queries.check_view(unit, organisation, curriculum, trainer, affiliate, on)


@area.page("/register/services/{ref}", "registry/service.html", may=PUBLIC)
def service(unit: Unit, ref: Ref, on: AskedDay = None) -> ServiceEntry:
    """One training service."""
    return queries.service_entry(unit, ref, on)


@area.page("/register/curricula/{ref}", "registry/curriculum.html", may=PUBLIC)
def curriculum(unit: Unit, ref: Ref, on: AskedDay = None) -> CurriculumEntry:
    """One curriculum."""
    return queries.curriculum_entry(unit, ref, on)


@area.page("/register/affiliates/{ref}", "registry/affiliate.html", may=PUBLIC)
def affiliate(unit: Unit, ref: Ref, on: AskedDay = None) -> AffiliateEntry:
    """One affiliate."""
    return queries.affiliate_entry(unit, ref, on)


@area.page("/register/bodies/{ref}", "registry/body.html", may=PUBLIC)
def body(unit: Unit, ref: Ref, on: AskedDay = None) -> BodyEntry:
    """One certification body."""
    return queries.body_entry(unit, ref, on)
