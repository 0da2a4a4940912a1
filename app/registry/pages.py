"""The pages anybody may read: home, search, one certificate, one entry, one course on one day."""

from collections.abc import Callable
from functools import partial
from typing import Annotated

from fastapi import Query
from pydantic import BeforeValidator

from app.certificates.pages.published import published
from app.certificates.queries.keys import public_keys
from app.certificates.rules import Status
from app.kernel.database import Site, Unit
from app.kernel.errors import Invalid
from app.kernel.fields import AskedMoment, MaybeDay, Optional, Ref
from app.kernel.words import _
from app.registry import queries
from app.registry.queries import (
    AffiliateEntry,
    BodyEntry,
    CheckView,
    CurriculumEntry,
    Filters,
    HomeView,
    PaperView,
    RegisterView,
    ServiceEntry,
    VerifyView,
)
from app.registry.rules import Paper, forgiven
from app.standards.rules import Nation, Population, Route, Setting
from app.verifier.checking import may_be_sealed
from app.verifier.shut_in import open_shut_in
from app.web.gate import PUBLIC
from app.web.routing import Area, Ask

area = Area("registry")

Typed = Annotated[str, BeforeValidator(forgiven)]
"""What a person typed into a search: whatever it is, there is an answer."""


@area.page("/", "registry/home.html", may=PUBLIC, api="")
def home(unit: Unit) -> HomeView:
    """One question, one box, three ways on."""
    return queries.home_view(unit)


@area.page("/register", "registry/register.html", may=PUBLIC)
def register(
    unit: Unit, q: Typed = "", nation: Annotated[Nation | None, Optional, Query()] = None,
    setting: Annotated[Setting | None, Optional, Query()] = None, population: Annotated[Population | None, Optional, Query()] = None,
    route: Annotated[Route | None, Optional, Query()] = None, body: Annotated[Ref | None, Optional, Query()] = None,
    status: Annotated[Status | None, Optional, Query()] = None, on: MaybeDay = None, after: Annotated[Ref | None, Optional, Query()] = None,
) -> RegisterView:  # fmt: skip
    """Search the register, today or on a past day."""
    asked = Filters(
        q=q, nation=nation, setting=setting, population=population, route=route, body=body, status=status
    )
    return queries.register_view(unit, asked, on, after)


@area.page("/verify/paper", "registry/paper.html", may=PUBLIC, api="")
def paper(_unit: Unit) -> PaperView:
    """The answer about a paper stands here only while it is on the screen: nothing of it is kept."""
    return PaperView()


def ask(unit: Unit, number: Typed = "", on: MaybeDay = None) -> Ask:
    """Type a certificate number, or send the paper itself."""
    return Ask(
        title=_("Check a certificate"), submit=_("Check this paper"), back="/", template="registry/ask.html",
        more=queries.ask_view(unit, number, on),
    )  # fmt: skip


@area.action("/verify", then=paper, may=PUBLIC, ask=ask, rate="paper", asks=True)
def verify_paper(site: Site, form: Paper) -> Callable[[Unit], PaperView]:
    """Whether a paper is genuine, whole and in force: read in a child, answered from what is published, kept nowhere."""
    content = form.document.content if form.document else form.credential.strip().encode(errors="replace")
    if not content or (form.document and form.credential.strip()):
        said = _("Choose a file or paste a credential, one of the two.")
        raise Invalid(_("There is nothing to look at, or too much."), {"document": said})
    keys = public_keys(site.settings)
    roots = keys.anchors()
    opened = open_shut_in(content, roots, keys.stamp_roots()) if roots and may_be_sealed(content) else None

    def told(unit: Unit) -> PaperView:
        return queries.paper_view(unit, content, lambda *_given: opened, partial(published, unit), form.on)

    return told


@area.page("/verify/{number}", "registry/verify.html", may=PUBLIC)
def verify(unit: Unit, number: Typed, on: MaybeDay = None, known_at: AskedMoment = None) -> VerifyView:
    """The four-valued answer about one certificate, on a day, as known at a moment."""
    return queries.verify_view(unit, number, on, known_at)


@area.page("/c/{number}", "registry/verify.html", may=PUBLIC, api="")
def scanned(unit: Unit, number: Typed) -> VerifyView:
    """The answer of today at the short address that is printed as a code: a code that asks about a better day is not listened to."""
    return queries.verify_view(unit, number, None, None)


@area.page("/check", "registry/check.html", may=PUBLIC)
def check(
    unit: Unit,
    organisation: Typed = "",
    curriculum: Typed = "",
    trainer: Typed = "",
    affiliate: Typed = "",
    on: MaybeDay = None,
) -> CheckView:
    """Does this course by this organisation with this trainer at this place count on this day?"""
    return queries.check_view(unit, organisation, curriculum, trainer, affiliate, on)


@area.page("/register/services/{ref}", "registry/service.html", may=PUBLIC)
def service(unit: Unit, ref: Ref, on: MaybeDay = None) -> ServiceEntry:
    """One training service."""
    return queries.service_entry(unit, ref, on)


@area.page("/register/curricula/{ref}", "registry/curriculum.html", may=PUBLIC)
def curriculum(unit: Unit, ref: Ref, on: MaybeDay = None) -> CurriculumEntry:
    """One curriculum."""
    return queries.curriculum_entry(unit, ref, on)


@area.page("/register/affiliates/{ref}", "registry/affiliate.html", may=PUBLIC)
def affiliate(unit: Unit, ref: Ref, on: MaybeDay = None) -> AffiliateEntry:
    """One affiliate."""
    return queries.affiliate_entry(unit, ref, on)


@area.page("/register/bodies/{ref}", "registry/body.html", may=PUBLIC)
def body(unit: Unit, ref: Ref, on: MaybeDay = None) -> BodyEntry:
    """One certification body."""
    return queries.body_entry(unit, ref, on)
