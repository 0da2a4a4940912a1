"""The search's index answers as somebody would who read the whole register, certificate by certificate, for every day."""

import itertools
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.certificates.models import Certificate, CertificateItem, CertificateVersion
from app.certificates.queries import status_on
from app.certificates.rules import Status
from app.check import search as checks
from app.curricula import commands, queries
from app.curricula.models import VersionNation, VersionSetting
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, Unit, reading, writing
from app.organisations.commands import change_details
from app.organisations.models import Identifier, Organisation, OrganisationName
from app.organisations.rules import ChangedDetails, search_text
from app.providers.commands import change_service
from app.providers.models import Affiliate, TrainingService
from app.providers.rules import ServiceDetails
from app.registry.commands import file_everything, file_what_is_missing
from app.registry.models import RegisterEntry, RegisterTerm
from app.registry.queries import Filters, register_view
from app.registry.queries.terms import BLOCK, FEW, LIVE, as_bits, highest_first, on_day, terms_of, with_places
from app.standards.rules import Nation, Population, Route, Setting
from tests.conftest import SetClock
from tests.curricula.make import fill, make_curriculum, some_details, submit
from tests.providers.make import Service, make_affiliate
from tests.registry.make import World, add_service, change, give_name, make_world, moment, publish

TODAY = date(2026, 3, 2)
DAYS = (
    None,
    date(2025, 12, 31),
    date(2026, 1, 15),
    date(2026, 3, 1),
    date(2026, 6, 30),
    date(2028, 12, 31),
    date(2029, 1, 1),
)
WORDS = (
    "", "training", "TRAIN", "t", "harbour lane", "lane har", "safe harbour", "dunlin", "larkfield", "wales", "moving safe", "NGC", "000301",
    "NGC-000217-H", "ngc000217h", "PITAS/10053", "pitas 10053", "pitas", "01234567", "0123", "nobody here", "!!", "lagodne",
)  # fmt: skip
NARROWED: tuple[dict[str, Any], ...] = (
    {}, {"nation": Nation.WALES}, {"nation": Nation.ENGLAND, "setting": Setting.HEALTH}, {"setting": Setting.EDUCATION},
    {"population": Population.ADULTS}, {"route": Route.IN_HOUSE}, {"nation": Nation.WALES, "route": Route.IN_HOUSE},
)  # fmt: skip


def a_version(site: Site, service: Service, title: str, nation: Nation, setting: Setting) -> str:
    """A certified curriculum for one nation and one setting."""
    ref = make_curriculum(site, service.manager, title)
    fill(site, service.manager, ref)
    with writing(site, service.manager) as unit:
        version = queries.find_version(unit, ref)
        commands.change_details(
            unit,
            version,
            some_details(version).model_copy(update={"nations": [nation], "settings": [setting]}),
        )
    submit(site, service.manager, ref)
    with writing(site, service.manager) as unit:
        for step in ("take-into-evaluation", "certify"):
            commands.mark(unit, queries.find_version(unit, ref), step)
    return ref


@pytest.fixture
def varied(site: Site, clock: SetClock) -> World:
    """Certificates of every kind: statuses that came and went, names, numbers, affiliates, curricula for other places."""
    world = make_world(site)
    publish(world, former=["PITAS/10053"], at=moment(date(2026, 1, 1)))
    first = world.service
    other = add_service(site, world.body, "Dunlinford Partnership Training", route=Route.IN_HOUSE)
    welsh = replace(world, service=other)
    welsh.versions = [a_version(site, other, "Moving in Wales", Nation.WALES, Setting.EDUCATION)]
    third = add_service(site, world.body, "Ośrodek Szkoleń Łagodne Dłonie")
    for serial, (of, service) in enumerate([(world, first), (welsh, other), (world, third)] * 4, 301):
        publish(
            of,
            serial,
            service,
            starts=date(2026, 1, 1) + timedelta(days=serial % 5 * 40 - 60),
            at=moment(date(2026, 1, 2)),
        )
    publish(world, 400, third, told=False)
    publish(world, 401, third, expires=date(2026, 2, 1))
    with writing(site, SYSTEM) as unit:
        holder = unit.db.get_one(Organisation, third.organisation_id)
        change_details(
            unit,
            holder,
            ChangedDetails(version=holder.version, nation=Nation.ENGLAND, company_number="01234567"),
        )
    clock.now += timedelta(days=120)
    known = {one[4:10]: one for one in everything(site)}
    changes = (
        ("000301", [(Status.SUSPENDED, 10), (Status.ACTIVE, 40)]), ("000302", [(Status.SUSPENDED, 20)]), ("000303", [(Status.REDUCED, 15)]),
        ("000304", [(Status.WITHDRAWN, 5)]), ("000305", [(Status.SUPERSEDED, 60)]), ("000306", [(Status.TRANSFERRED, 61)]),
        ("000307", [(Status.SUSPENDED, 3), (Status.TERMINATED, 90)]), ("000308", [(Status.SUSPENDED, 8), (Status.ACTIVE, 8)]),
    )  # fmt: skip
    for name, steps in changes:
        for status, later in steps:
            change(world, status, TODAY + timedelta(days=later), number=known[name])
    change(world, Status.SUSPENDED, TODAY, number=known["000310"], title="Safe Holding: intermediate")
    make_affiliate(site, other, "Larkfield Care Homes", signed=date(2026, 6, 1))
    make_affiliate(site, first, "Nobody Here Yet", at="evidence_complete", signed=date(2026, 6, 1))
    give_name(world, "Safe Harbour Learning", date(2026, 4, 1))
    return world


def everything(site: Site) -> list[str]:
    with reading(site) as unit:
        return list(unit.db.scalars(select(Certificate.number)))


@dataclass
class Reader:
    """Reads the whole register itself."""

    unit: Unit

    def __post_init__(self) -> None:
        self.rows = self.unit.db.scalars(select(Certificate).order_by(Certificate.id.desc())).all()
        self.bags = {one.id: self.bag(one) for one in self.rows}

    def bag(self, one: Certificate) -> tuple[set[str], set[str], set[str]]:
        """Words, whole numbers and places of a certificate."""
        db = self.unit.db
        shared = select(Affiliate.organisation_id).where(
            Affiliate.service_id == one.service_id, Affiliate.approved_on.is_not(None)
        )
        whose = OrganisationName.organisation_id
        texts = [
            *db.scalars(select(OrganisationName.name).where((whose == one.holder_id) | whose.in_(shared)))
        ]
        items = db.scalars(select(CertificateItem).where(CertificateItem.certificate_id == one.id)).all()
        texts += [item.title for item in items]
        words = {word for text in texts for word in search_text(text).split()} | set(
            search_text(one.number).split()
        )
        words |= {one.number.split("-")[1].lstrip("0")}
        numbers = {
            one.number,
            *db.scalars(select(Identifier.value).where(Identifier.organisation_id == one.holder_id)),
        }
        paper = db.scalars(
            select(CertificateVersion.statement).where(CertificateVersion.certificate_id == one.id)
        ).one()
        numbers |= {"PITAS/10053"} if "PITAS/10053" in paper else set()
        versions = [item.curriculum_version_id for item in items]
        places = {
            str(n)
            for n in db.scalars(select(VersionNation.nation).where(VersionNation.version_id.in_(versions)))
        }
        places |= {
            str(s)
            for s in db.scalars(select(VersionSetting.setting).where(VersionSetting.version_id.in_(versions)))
        }
        return words, {squeezed(number) for number in numbers}, places

    def finds(self, asked: Filters, day: date) -> list[str]:
        """The numbers of the certificates, those in force before the others and each newest first."""
        live, others = list[str](), list[str]()
        for one in self.rows:
            seen = status_on(self.unit, one.id, day)
            status = (
                Status.ACTIVE
                if seen.status is Status.REDUCED and asked.status is Status.ACTIVE
                else seen.status
            )
            if status is None or not self.fits(one, asked):
                continue
            if (
                (status is asked.status)
                if asked.status
                else (status not in (Status.SUPERSEDED, Status.TRANSFERRED))
            ):
                (live if seen.status and seen.status.gives_rights else others).append(one.number)
        return live + others

    def fits(self, one: Certificate, asked: Filters) -> bool:
        words, numbers, places = self.bags[one.id]
        typed = search_text(asked.q).split()
        named = all(any(word.startswith(start) for word in words) for start in typed)
        route = self.unit.db.get_one(TrainingService, one.service_id).route
        return (
            (not typed or named or squeezed(asked.q) in numbers)
            and all(value is None or value in places for value in (asked.nation, asked.setting))
            and (asked.population in (None, Population.ADULTS))
            and (asked.route in (None, route))
        )


def squeezed(text: str) -> str:
    return search_text(text).replace(" ", "")


def pages(unit: Unit, asked: Filters, on: date | None) -> tuple[list[str], int]:
    """Every page, one behind the other, and what the first says of how many there are."""
    first = view = register_view(unit, asked, on)
    found = [one.certificate_number for one in view.items]
    while view.next:
        view = register_view(unit, asked, on, view.next)
        found += [one.certificate_number for one in view.items]
    return found, first.count if not first.instead else 0


def test_every_search_finds_what_somebody_finds_who_reads_everything(
    varied: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.registry.queries.search.PAGE", 4)
    monkeypatch.setattr("app.registry.queries.search.mend", lambda _unit, _q: "")
    statuses = (None, *Status)
    seen: set[str] = set()
    with reading(varied.site) as unit:
        reader = Reader(unit)
        combined = (
            [(q, {}, None) for q in WORDS]
            + [("", one, None) for one in NARROWED]
            + [("", {}, one) for one in statuses]
        )
        combined += [
            ("training", one, status) for one in NARROWED for status in (Status.ACTIVE, Status.SUSPENDED)
        ]
        now = unit.now
        for (q, narrowed, status), on in itertools.product(combined, DAYS):
            unit.now = max(now, moment(on)) if on else now  # nobody is told of days to come
            asked = Filters(q=q, status=status, **narrowed)
            expected = reader.finds(asked, on or unit.today)
            assert pages(unit, asked, on) == (expected, len(expected)), (asked, on)
            seen.update(expected)
    assert len(seen) == len(reader.rows) - 1, "all but the one that was never published"


def test_the_check_finds_nothing_and_a_new_index_is_the_same(varied: World) -> None:
    before = stored(varied.site)
    with reading(varied.site) as unit:
        assert list(checks.every_term_leads_where_it_should(unit)) == []
    with writing(varied.site, SYSTEM) as unit:
        assert file_what_is_missing(unit) == 0
        assert file_everything(unit) == len(before[0])
    assert stored(varied.site) == before


def stored(site: Site) -> tuple[dict[int, Any], dict[tuple[str, int], int]]:
    with reading(site) as unit:
        entries = {
            one.certificate_id: (one.filed, one.shown) for one in unit.db.scalars(select(RegisterEntry))
        }
        rows = unit.db.scalars(select(RegisterTerm)).all()
        return entries, {(row.term, row.block): bits for row in rows if (bits := as_bits(row.places))}


def test_details_and_route_are_filed_anew_when_they_change(site: Site) -> None:
    world = make_world(site)
    publish(world)
    found = finder(world)
    assert (found(q="SC123456"), found(route=Route.COMMERCIAL), found(route=Route.IN_HOUSE)) == (0, 1, 0)
    with writing(site, SYSTEM) as unit:
        holder = unit.db.get_one(Organisation, world.service.organisation_id)
        change_details(
            unit,
            holder,
            ChangedDetails(version=holder.version, nation=Nation.ENGLAND, company_number="SC123456"),
        )
        service = unit.db.get_one(TrainingService, world.service.id)
        said = {"nations": [Nation.ENGLAND], "settings": [Setting.HEALTH], "populations": [Population.ADULTS]}
        change_service(unit, service, ServiceDetails(version=service.version, route=Route.IN_HOUSE, **said))  # type: ignore[arg-type]
    assert (found(q="SC 123456"), found(route=Route.COMMERCIAL), found(route=Route.IN_HOUSE)) == (1, 0, 1)
    with writing(site, SYSTEM) as unit:
        holder = unit.db.get_one(Organisation, world.service.organisation_id)
        change_details(unit, holder, ChangedDetails(version=holder.version, nation=Nation.ENGLAND))
    assert found(q="SC123456") == 0


def finder(world: World) -> Callable[..., int]:
    def found(**asked: object) -> int:
        with reading(world.site) as unit:
            view = register_view(unit, Filters(**asked))  # type: ignore[arg-type]
            return 0 if view.instead else view.count

    return found


def test_publications_at_the_same_time_lose_no_place_in_the_index(site: Site) -> None:
    world = make_world(site)
    services = [add_service(site, world.body, f"Alderbank Training {turn}") for turn in range(3)]
    ready = threading.Barrier(len(services))

    def work(turn: int, service: Service) -> None:
        ready.wait()
        for serial in (500 + turn, 600 + turn):
            for _again in range(
                5
            ):  # on a busy machine PostgreSQL may refuse one that waited for 4 s; nothing of it is saved
                with suppress(OperationalError):
                    publish(replace(world), serial, service)
                    break

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(services)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert finder(world)(q="alderbank training") == 6
    with reading(site) as unit:
        assert list(checks.every_term_leads_where_it_should(unit)) == []


days = st.integers(0, 30_000).map(lambda later: date(1990, 1, 1) + timedelta(days=later))


@given(begun=days, later=st.integers(1, 5000) | st.none(), day=days)
def test_a_period_shares_one_term_with_each_of_its_days_and_none_with_others(
    begun: date, later: int | None, day: date
) -> None:
    ended = begun + timedelta(days=later) if later else None
    period = ["active", begun.isoformat(), ended.isoformat() if ended else None]
    terms = terms_of({"words": [], "numbers": [], "labels": [], "periods": [period]})
    for asked in {
        day,
        begun,
        begun - timedelta(days=1),
        *((ended, ended - timedelta(days=1)) if ended else ()),
    }:
        inside = begun <= asked and (ended is None or asked < ended)
        if asked >= date(1990, 1, 1):
            assert len(terms.intersection(on_day(LIVE, asked))) == inside


@given(
    first=st.sets(st.integers(0, BLOCK - 1), max_size=2 * FEW),
    gone=st.sets(st.integers(0, BLOCK - 1)),
    new=st.sets(st.integers(0, BLOCK - 1)),
)
def test_places_are_kept_however_many_there_are(first: set[int], gone: set[int], new: set[int]) -> None:
    gone = gone | set(sorted(first)[::3])
    row = with_places(b"", dict.fromkeys(first, True))
    row = with_places(row, dict.fromkeys(gone, False) | dict.fromkeys(new, True))
    assert list(highest_first(as_bits(row))) == sorted((first - gone) | new, reverse=True)
