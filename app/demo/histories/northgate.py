"""What happened to the clients of Northgate Certification."""

from datetime import timedelta

from app.cases.rules import Kind, State, Verdict
from app.certificates.queries import find_certificate
from app.certificates.rules import Reason
from app.curricula import queries as curricula
from app.curricula.rules import CURRICULUM_VERSION
from app.demo import delivering as d
from app.demo import teaching as t
from app.demo import watching
from app.demo.cast import LARKFIELD, affiliate_names
from app.demo.certifying import ANALYSIS, ASSESSED, NOTED, RATIO, REFRESHED, WARM, Matter
from app.demo.delivering import Provider
from app.demo.histories.acts import approve_seniors, beside, start, suspend, until
from app.demo.world import World, welcome_larkfield
from app.demo.years import Story
from app.kernel.casework import take
from app.marks.commands import NewLogo, make_logo
from app.marks.rules import FileKind
from app.people.commands import declare_interest
from app.people.models import Person
from app.people.queries import person
from app.people.rules import Tied
from app.people.rules.forms import Declare
from app.providers import queries as providers

S = State


def harbour_lane(world: World) -> Story:
    """The long way: certified, grown, looked after, and being evaluated for something new."""
    one = Provider("harbourlane", "northgate")
    versions = start(world, one, (t.REDUCING, t.DEESCALATION, t.HOLDING, t.CHILDREN_HOLDING), 12, 0)
    yield 5
    first = Matter(
        world,
        one.key,
        one.body,
        versions,
        concerns=(ANALYSIS, WARM, NOTED),
        audits=("desk_review", "office_visit", "practice_observation", "panel"),
    )
    yield from first.apply()
    affiliates = d.propose_affiliates(world, one, [LARKFIELD.name, *affiliate_names(0, 15)])
    _welcome_larkfield(world, affiliates[0])
    d.hand_in(world, one, affiliates, [])
    yield 4
    d.approve(world, one, affiliates, world.trainers[one.key])
    associates = [
        ref
        for at, home in enumerate(affiliates[:7])
        for ref in d.propose_trainers(world, one, 12 + 2 * at, 2, home)
    ]
    d.hand_in(world, one, [], associates)
    yield 3
    d.approve(world, one, [], associates)
    yield from beside(first.agree(), first.evaluate(), first.settle(), first.conclude(Verdict.GRANT))
    first.grant()
    yield 30
    first.step("northgate/officer", "close")
    _logos(world, one.manager, first)
    yield until(world, 760)
    yield from _harbour_lane_grows(world, one, versions, affiliates, associates)


def _harbour_lane_grows(
    world: World, one: Provider, versions: list[str], affiliates: list[str], associates: list[str]
) -> Story:
    """A course more, a new version of another, a second certificate in place of the first."""
    newer = [
        t.write_curriculum(world, one.key, t.TRAINERS),
        t.write_next_version(world, one.key, versions[0]),
    ]
    wider = Matter(
        world, one.key, one.body, [*newer, *versions[1:]], Kind.SCOPE_CHANGE, affiliates=affiliates[:10]
    )
    yield from wider.certify()
    d.end(world, one, affiliate=affiliates[14], why="The home closed.")
    d.end(world, one, trainer=associates[0], why="Moved to another employer.")
    look = Matter(world, one.key, one.body, [], concerns=(NOTED,))
    yield until(world, 420)
    watching.draw(world, one.body, wider.number)
    world.forgotten |= {affiliates[13], *associates[-2:], world.trainers[one.key][-1]}
    yield until(world, 240)
    yield from look.look_again(wider.number, Kind.SURVEILLANCE, "The yearly visit.", Verdict.MAINTAIN)
    look.step("northgate/decider", "maintain", reasons="What was seen this year is as it should be.")
    _harbour_lane_sample(world, wider.number)
    yield until(world, 150)
    later = d.propose_affiliates(world, one, affiliate_names(15, 6))
    d.hand_in(world, one, later[:4], [])
    yield 5
    d.approve(world, one, later[:2], [])
    t.write_curriculum(world, one.key, t.CLINICAL, submitted=False)
    yield until(world, 75)
    again = Matter(
        world,
        one.key,
        one.body,
        [t.write_next_version(world, one.key, versions[2])],
        Kind.SCOPE_CHANGE,
        concerns=(RATIO, WARM),
    )
    yield from again.certify(S.IN_EVALUATION)


def _harbour_lane_sample(world: World, number: str) -> None:
    """Most of what was drawn was observed at the yearly visit, one home could not be; one day is planned, one is not."""
    first, *seen, later, _unplanned = watching.waiting(world, "northgate", number)
    watching.substitute(
        world, "northgate", first, "The home is being rebuilt; nobody is taught there this year."
    )
    watching.observe(world, "northgate", seen)
    watching.plan(world, "northgate", later, world.today + timedelta(days=12))


def _welcome_larkfield(world: World, affiliate: str) -> None:
    with world.acting("harbourlane/manager") as unit:
        found = providers.find_affiliate(unit, affiliate).organisation_id
    welcome_larkfield(world, found)


def _logos(world: World, who: str, case: Matter) -> None:
    """Files of the mark for the holder."""
    case.status()
    with world.acting(who) as unit:
        certificate = find_certificate(unit, case.number)
        for kind in FileKind:
            make_logo(unit, certificate, NewLogo(kind=kind))


def wrenmoor(world: World) -> Story:
    """Certified, suspended, restored; and this year's visit found something that waits for an answer."""
    one = Provider("wrenmoor", "northgate")
    versions = start(world, one, (t.REDUCING, t.DEESCALATION, t.HOLDING, t.SECURE), 8, 26)
    case = Matter(world, one.key, one.body, versions, concerns=(RATIO, ASSESSED))
    yield from case.certify()
    approve_seniors(world, one)
    yield until(world, 700)
    watching.draw(world, one.body, case.number)
    yield watching.DRAWN_WITHIN
    watching.observe(world, one.body, watching.waiting(world, one.body, case.number))
    yield until(world, 560)
    worry = Matter(world, one.key, one.body, [], concerns=())
    yield from worry.look_again(
        case.number, Kind.SPECIAL, "A ward reported a hold that is not in the curriculum.", Verdict.SUSPEND
    )
    suspend(
        worry,
        "A hold was taught on two wards that the curriculum does not contain.",
        "Every trainer has been assessed again on the curriculum as it was certified.",
    )
    yield 30
    restored = Matter(world, one.key, one.body, [])
    yield from restored.look_again(
        case.number, Kind.SPECIAL, "The trust reports that all trainers were assessed again.", Verdict.RESTORE
    )
    restored.step(
        "northgate/decider",
        "restore",
        reasons="All eight trainers were watched; none teaches the hold.",
        reason_code=Reason.RESOLVED.value,
    )
    yield until(world, 130)
    d.hand_in(world, one, [], d.propose_trainers(world, one, 40, 1))
    yield from _wrenmoor_now(world, case.number)


def _wrenmoor_now(world: World, number: str) -> Story:
    concerns = (ANALYSIS, ASSESSED, RATIO, NOTED)
    now = Matter(world, "wrenmoor", "northgate", [], concerns=concerns)
    now.follow_up(number, Kind.SURVEILLANCE, "The yearly visit.")
    yield from now.evaluate()
    yield from now.settle(S.FINDINGS_ISSUED)
    yield 9
    now.on_finding(
        now.manager,
        now.findings[1],
        "respond",
        correction="The four were assessed again.",
        cause="The sheet has no place for a name.",
        action="A new sheet.",
    )
    now.on_finding(
        now.manager,
        now.findings[2],
        "dispute",
        reason="A second trainer was in the room; she is on the photograph of that morning.",
    )
    yield 6
    now.on_finding(
        now.of("assessor"),
        now.findings[1],
        "return",
        reason="Tell us also how you will notice when a sheet is not signed.",
    )
    now.on_finding(
        now.of("lead"),
        now.findings[3],
        "withdraw",
        reason="The second look after a year is there; we had not been given it.",
    )


def dyffryn(world: World) -> Story:
    """Certified in Wales; answers to this year's findings are with the assessors, and a course more is applied for."""
    one = Provider("dyffryn", "northgate")
    versions = start(world, one, (t.REDUCING, t.DEMENTIA), 5, 64)
    case = Matter(world, one.key, one.body, versions, concerns=(WARM,))
    yield from case.certify()
    affiliates = d.propose_affiliates(world, one, affiliate_names(35, 4))
    d.hand_in(world, one, affiliates[:3], [])
    d.approve(world, one, affiliates[:3], world.trainers[one.key])
    associates = d.propose_trainers(world, one, 69, 2, affiliates[0])
    yield until(world, 120)
    now = Matter(world, one.key, one.body, [], concerns=(ANALYSIS, RATIO, ASSESSED, REFRESHED))
    now.follow_up(case.number, Kind.SURVEILLANCE, "The yearly visit.")
    yield from now.evaluate()
    yield from now.settle(S.CLIENT_RESPONSE)
    yield 4
    for ref in now.findings[1:]:
        now.on_finding(now.of("assessor"), ref, "accept-plan")
    yield 4
    now.on_finding(
        now.manager,
        now.findings[2],
        "report-implemented",
        action="New sheets are in use.",
        evidence="Twelve signed sheets.",
    )
    now.on_finding(
        now.manager,
        now.findings[3],
        "report-implemented",
        action="All three were refreshed, and the list warns a month ahead.",
        evidence="Three attendance sheets and the list.",
    )
    yield 3
    now.on_finding(
        now.of("assessor"),
        now.findings[3],
        "accept-implementation",
        reason="The list was opened together: two warnings of this month had led to a booking.",
    )
    yield until(world, 30)
    d.hand_in(world, one, [], associates[:1])
    wider = Matter(
        world, one.key, one.body, [t.write_curriculum(world, one.key, t.HOLDING)], Kind.SCOPE_CHANGE
    )
    yield from wider.certify(S.UNDER_APPLICATION_REVIEW)


def thornmere(world: World) -> Story:
    """A school whose certificate is suspended today; it once took an application back."""
    one = Provider("thornmere", "northgate")
    versions = start(world, one, (t.CLASSROOM, t.CHILDREN_HOLDING), 3, 73)
    early = Matter(world, one.key, one.body, versions[:1])
    yield from early.apply()
    yield 8
    early.step(early.manager, "withdraw-application", reason="We want to apply for both courses together.")
    yield 20
    case = Matter(world, one.key, one.body, versions, concerns=(WARM, NOTED))
    yield from case.certify()
    approve_seniors(world, one)
    yield until(world, 150)
    worry = Matter(world, one.key, one.body, [], concerns=())
    yield from worry.look_again(
        case.number, Kind.SPECIAL, "A parent reported that a child was held face down.", Verdict.SUSPEND
    )
    suspend(
        worry,
        "What the parent reported was confirmed by two members of staff.",
        "All staff have been trained again without that hold, and a second person has watched.",
    )
    yield 10
    better = Matter(world, one.key, one.body, [])
    better.follow_up(case.number, Kind.SPECIAL, "The school reports that all staff were trained again.")
    yield from better.evaluate()
    yield from better.conclude(Verdict.RESTORE, S.EVALUATION_COMPLETE)


def marrowdale(world: World) -> Story:
    """Declined once; the second application waits for an answer."""
    one = Provider("marrowdale", "northgate")
    versions = start(world, one, (t.SECURE,), 2, 79, handed_in=False)
    case = Matter(world, one.key, one.body, versions)
    yield from case.certify(S.UNDER_APPLICATION_REVIEW)
    yield 12
    case.step(
        "northgate/officer",
        "decline",
        reasons="Nobody with lived experience has a part in the curriculum beyond one film. We cannot evaluate it like this.",
    )
    yield until(world, 60)
    d.hand_in(world, one, [], world.trainers[one.key])
    _take_back(world, one.manager, versions[0])
    again = Matter(world, one.key, one.body, [t.write_next_version(world, one.key, versions[0])])
    yield from again.certify(S.UNDER_APPLICATION_REVIEW)
    yield 5
    again.step(
        "northgate/officer",
        "request-information",
        question="Who watches breathing during the three-person hold, and how was that person trained?",
    )


def _take_back(world: World, who: str, version: str) -> None:
    """The provider takes a version back."""
    with world.acting(who) as unit:
        row = curricula.find_version(unit, version)
        form = CURRICULUM_VERSION.step("withdraw").form.model_validate(
            {"version": row.version, "reason": "We write it anew together with people who were held."}
        )
        take(unit, CURRICULUM_VERSION, row, "withdraw", form)


def ties(world: World) -> Story:
    """What people of the bodies declared, among it one tie that keeps somebody away from a client."""
    yield 2
    told = (
        ("northgate/certificates", "harbourlane", Tied.CONSULTED, 250, "Two days of advice on record keeping."),
        ("northgate/director", "wrenmoor", Tied.EMPLOYED, 3000, "Ward manager, long ago."),
        ("calder/reviewer", "dyffryn", Tied.FAMILY_OR_FINANCIAL, 900, "My sister works there."),
    )  # fmt: skip
    for who, client, kind, since, about in told:
        with world.acting(who) as unit:
            form = Declare(
                organisation=world.organisations[client][1],
                kind=kind,
                from_on=unit.today - timedelta(days=since),
                to_on=None,
                about=about,
            )
            declare_interest(unit, unit.db.get_one(Person, person(unit, world.actors[who].id).id), form)
