"""What happened to the twelve training services: every state of every machine is where one of these stories stopped."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from app.cases.rules import Kind, Section, State, Verdict
from app.certificates.commands import CERTIFICATE_STEPS
from app.certificates.queries import find_certificate
from app.certificates.rules import CERTIFICATE, Reason
from app.curricula import queries as curricula
from app.curricula.rules import CURRICULUM_VERSION
from app.demo import delivering as d
from app.demo import licensing
from app.demo import teaching as t
from app.demo.cast import LARKFIELD, affiliate_names
from app.demo.certifying import ANALYSIS, ASSESSED, NOTED, RATIO, WARM, Matter
from app.demo.delivering import Provider
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
CERTIFIED_ONCE = (
    Provider("harbourlane", "northgate"), Provider("wrenmoor", "northgate"), Provider("quillbeck", "calder"), Provider("ellerthwaite", "calder"),
    Provider("dyffryn", "northgate"), Provider("oskerby", "calder"), Provider("thornmere", "northgate"), Provider("pendrennock", "calder"),
    Provider("tarrowfield", "calder"),
)  # fmt: skip
"""Providers whose trainers were approved at some time."""
HALF_A_YEAR = timedelta(days=170)


def stories(world: World) -> Iterable[tuple[date, Story]]:
    """Every story with the day on which it begins."""
    told = (
        (1290, harbour_lane(world)), (1000, wrenmoor(world)), (1080, quillbeck(world)), (1285, ellerthwaite(world)), (700, dyffryn(world)),
        (960, oskerby(world)), (640, thornmere(world)), (1040, pendrennock(world)), (520, marrowdale(world)), (560, skelderfen(world)),
        (760, tarrowfield(world)), (330, wexmarsh(world)), (880, licensing.watch_calder(world)), (700, licensing.resign_penhallow(world)),
        (900, licensing.lose_ribblewood(world)), (980, ties(world)),
        *((1180 - 7 * at, d.looked_after(world, one)) for at, one in enumerate(CERTIFIED_ONCE)),
    )  # fmt: skip
    return [(world.ago(days), story) for days, story in told]


def until(world: World, days_ago: int) -> int:
    """How many days pass until so many days before people look; 1 when that day is over."""
    return max(1, (world.ago(days_ago) - world.day).days)


def on_certificate(world: World, who: str, number: str, name: str, reason: Reason, **said: Any) -> None:
    """Take a step of a certificate as its page does, from today."""
    with world.acting(who) as unit:
        certificate = find_certificate(unit, number)
        form = CERTIFICATE.step(name).form.model_validate({"version": certificate.version, "effective_on": unit.today, "reason_code": reason, **said})
        CERTIFICATE_STEPS[name](unit, certificate, form)


def start(world: World, provider: Provider, courses: tuple[t.Course, ...], seniors: int, first: int) -> list[str]:
    """Curricula written and submitted, senior trainers proposed with their evidence; the versions' references."""
    versions = [t.write_curriculum(world, provider.key, course) for course in courses]
    d.hand_in(world, provider, [], d.propose_trainers(world, provider, first, seniors))
    return versions


def approve_seniors(world: World, provider: Provider) -> None:
    d.approve(world, provider, [], world.trainers[provider.key])


def harbour_lane(world: World) -> Story:
    """The long way: certified, grown, looked after, and being evaluated for something new."""
    one = Provider("harbourlane", "northgate")
    versions = start(world, one, (t.REDUCING, t.DEESCALATION, t.HOLDING, t.CHILDREN_HOLDING), 12, 0)
    yield 5
    first = Matter(world, one.key, one.body, versions, concerns=(ANALYSIS, WARM, NOTED), audits=("desk_review", "office_visit", "practice_observation", "panel"))
    yield from first.apply()
    affiliates = d.propose_affiliates(world, one, [LARKFIELD.name, *affiliate_names(0, 15)])
    _welcome_larkfield(world, affiliates[0])
    d.hand_in(world, one, affiliates, [])
    yield 4
    d.approve(world, one, affiliates, world.trainers[one.key])
    associates = [ref for at, home in enumerate(affiliates[:7]) for ref in d.propose_trainers(world, one, 12 + 2 * at, 2, home)]
    d.hand_in(world, one, [], associates)
    yield 3
    d.approve(world, one, [], associates)
    world.forgotten |= {affiliates[13], *associates[-2:], world.trainers[one.key][-1]}
    yield from _beside(first.agree(), first.evaluate(), first.settle(), first.conclude(Verdict.GRANT))
    first.grant()
    yield 30
    first.step("northgate/officer", "close")
    _logos(world, one.manager, first)
    yield until(world, 760)
    yield from _harbour_lane_grows(world, one, versions, affiliates, associates)


def _harbour_lane_grows(world: World, one: Provider, versions: list[str], affiliates: list[str], associates: list[str]) -> Story:
    """A course more, a new version of another, a second certificate in place of the first."""
    newer = [t.write_curriculum(world, one.key, t.TRAINERS), t.write_next_version(world, one.key, versions[0])]
    wider = Matter(world, one.key, one.body, [*newer, *versions[1:]], Kind.SCOPE_CHANGE, affiliates=affiliates[:10])
    yield from wider.certify()
    d.end(world, one, affiliate=affiliates[14], why="The home closed.")
    d.end(world, one, trainer=associates[0], why="Moved to another employer.")
    look = Matter(world, one.key, one.body, [], concerns=(NOTED,))
    yield until(world, 240)
    yield from look.look_again(wider.number, Kind.SURVEILLANCE, "The yearly visit.", Verdict.MAINTAIN)
    look.step("northgate/decider", "maintain", reasons="What was seen this year is as it should be.")
    yield until(world, 150)
    later = d.propose_affiliates(world, one, affiliate_names(15, 6))
    d.hand_in(world, one, later[:4], [])
    yield 5
    d.approve(world, one, later[:2], [])
    t.write_curriculum(world, one.key, t.CLINICAL, submitted=False)
    yield until(world, 75)
    again = Matter(world, one.key, one.body, [t.write_next_version(world, one.key, versions[2])], Kind.SCOPE_CHANGE, concerns=(RATIO, WARM))
    yield from again.certify(S.IN_EVALUATION)


def _beside(*parts: Story) -> Story:
    for part in parts:
        yield from part


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
    yield until(world, 560)
    worry = Matter(world, one.key, one.body, [], concerns=())
    yield from worry.look_again(case.number, Kind.SPECIAL, "A ward reported a hold that is not in the curriculum.", Verdict.SUSPEND)
    suspend(worry, "A hold was taught on two wards that the curriculum does not contain.", "Every trainer has been assessed again on the curriculum as it was certified.")
    yield 30
    restored = Matter(world, one.key, one.body, [])
    yield from restored.look_again(case.number, Kind.SPECIAL, "The trust reports that all trainers were assessed again.", Verdict.RESTORE)
    restored.step("northgate/decider", "restore", reasons="All eight trainers were watched; none teaches the hold.", reason_code=Reason.RESOLVED.value)
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
    now.on_finding(now.manager, now.findings[1], "respond", correction="The four were assessed again.", cause="The sheet has no place for a name.", action="A new sheet.")
    now.on_finding(now.manager, now.findings[2], "dispute", reason="A second trainer was in the room; she is on the photograph of that morning.")
    yield 6
    now.on_finding(now.of("assessor"), now.findings[1], "return", reason="Tell us also how you will notice when a sheet is not signed.")
    now.on_finding(now.of("lead"), now.findings[3], "withdraw", reason="The second look after a year is there; we had not been given it.")


def suspend(case: Matter, reasons: str, ends_when: str) -> None:
    """The decision to suspend, from today."""
    case.step(
        case.of("decider"), "suspend", reasons=reasons, reason_code=Reason.NONCONFORMITY.value, ends_when=ends_when,
        limit_on=case.world.day + HALF_A_YEAR, contact=f"The case office, office@{case.body}.example",
    )  # fmt: skip


def quillbeck(world: World) -> Story:
    """Many affiliates; a course taken off the certificate; three more matters on the body's desk."""
    one = Provider("quillbeck", "calder")
    versions = start(world, one, (t.REDUCING, t.DEESCALATION, t.CHILDREN_HOLDING, t.DEMENTIA), 10, 41)
    case = Matter(world, one.key, one.body, versions, concerns=(ASSESSED,))
    yield from case.apply()
    affiliates = d.propose_affiliates(world, one, affiliate_names(21, 14))
    d.hand_in(world, one, affiliates[:13], [])
    yield from _beside(case.agree(), case.evaluate(), case.settle(), case.conclude(Verdict.GRANT))
    d.approve(world, one, affiliates[:12], world.trainers[one.key])
    case.grant()
    yield 5
    case.status()
    associates = [ref for at in range(4) for ref in d.propose_trainers(world, one, 51 + 2 * at, 2, affiliates[at])]
    d.hand_in(world, one, [], associates)
    d.approve(world, one, [], associates[:6])
    yield until(world, 540)
    world.forgotten |= {*affiliates[9:12], world.trainers[one.key][9]}
    yield from _quillbeck_reduced(world, case.number)
    yield until(world, 40)
    t_new = t.write_curriculum(world, one.key, t.CLASSROOM)
    renewal = Matter(world, one.key, one.body, versions[:2], Kind.RECERTIFICATION)
    yield from renewal.certify(S.AGREEMENT_PENDING)
    yield until(world, 12)
    Matter(world, one.key, one.body, []).follow_up(case.number, Kind.SURVEILLANCE, "The yearly visit.")
    wider = Matter(world, one.key, one.body, [t_new], Kind.SCOPE_CHANGE)
    wider.open()
    wider.save()
    wider.step(wider.manager, "submit", true_and_whole=True)


def _quillbeck_reduced(world: World, number: str) -> Story:
    look = Matter(world, "quillbeck", "calder", [])
    yield from look.look_again(number, Kind.SURVEILLANCE, "The yearly visit.", Verdict.REDUCE)
    removed = [look.item_refs()[-1]]
    look.step("calder/decider", "reduce", removed=removed, reason_code=Reason.CONDITIONS_NOT_MET.value, reasons="Nobody is left who may teach this course.")


def ellerthwaite(world: World) -> Story:
    """Certified early, applied again too late: the certificate ran out while the new evaluation is planned."""
    one = Provider("ellerthwaite", "calder")
    versions = start(world, one, (t.REDUCING, t.DEESCALATION), 4, 60)
    case = Matter(world, one.key, one.body, versions, audits=("desk_review",))
    yield from case.certify()
    approve_seniors(world, one)
    yield 20
    case.step("calder/officer", "close")
    yield until(world, 70)
    again = Matter(world, one.key, one.body, versions, Kind.RECERTIFICATION)
    yield from again.certify(S.PLANNED)
    yield 3
    assessor = world.actors["calder/assessor"].id
    again.step(again.manager, "object-to-team", person=assessor, reason="He taught for a competitor of ours until last spring.")


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
    d.hand_in(world, one, [], associates[:1])
    yield until(world, 120)
    now = Matter(world, one.key, one.body, [], concerns=(ANALYSIS, RATIO, ASSESSED))
    now.follow_up(case.number, Kind.SURVEILLANCE, "The yearly visit.")
    yield from now.evaluate()
    yield from now.settle(S.CLIENT_RESPONSE)
    yield 4
    for ref in now.findings[1:]:
        now.on_finding(now.of("assessor"), ref, "accept-plan")
    yield 4
    now.on_finding(now.manager, now.findings[2], "report-implemented", action="New sheets are in use.", evidence="Twelve signed sheets.")
    yield until(world, 30)
    wider = Matter(world, one.key, one.body, [t.write_curriculum(world, one.key, t.HOLDING)], Kind.SCOPE_CHANGE)
    yield from wider.certify(S.UNDER_APPLICATION_REVIEW)


def oskerby(world: World) -> Story:
    """The certificate was withdrawn; the second application was returned by the reviewer."""
    one = Provider("oskerby", "calder")
    versions = start(world, one, (t.DEMENTIA, t.REDUCING), 3, 70)
    case = Matter(world, one.key, one.body, versions, concerns=(RATIO,))
    yield from case.certify()
    approve_seniors(world, one)
    yield until(world, 480)
    worry = Matter(world, one.key, one.body, [])
    yield from worry.look_again(case.number, Kind.SPECIAL, "Courses were taught without any trainer who is approved.", Verdict.WITHDRAW)
    worry.step("calder/decider", "end-certificate", reasons="Eleven courses, none with an approved trainer.", reason_code=Reason.NONCONFORMITY.value)
    yield until(world, 200)
    newer = [t.write_next_version(world, one.key, ref) for ref in versions]
    again = Matter(world, one.key, one.body, newer, concerns=(ASSESSED,))
    yield from again.certify(S.IN_REVIEW)
    yield 4
    again.step("calder/reviewer", "note-section", section="results_and_evidence", text="For 2.10 only papers were seen, nobody was asked.")
    again.step("calder/reviewer", "return-to-evaluation", reasons="Ask two participants about 2.10 before this is decided.")


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
    yield from worry.look_again(case.number, Kind.SPECIAL, "A parent reported that a child was held face down.", Verdict.SUSPEND)
    suspend(worry, "What the parent reported was confirmed by two members of staff.", "All staff have been trained again without that hold, and a second person has watched.")


def pendrennock(world: World) -> Story:
    """The holder ended its certificate, and has now applied to another certification body."""
    one = Provider("pendrennock", "calder")
    versions = start(world, one, (t.CHILDREN_HOLDING,), 3, 76)
    case = Matter(world, one.key, one.body, versions)
    yield from case.certify()
    approve_seniors(world, one)
    yield until(world, 400)
    on_certificate(world, "calder/decider", case.number, "terminate", Reason.ASKED_BY_THE_HOLDER, private_text="Letter of the manager: they change their model of care.")
    yield until(world, 190)
    again = Matter(world, one.key, "northgate", [t.write_next_version(world, one.key, versions[0])], concerns=(RATIO, WARM))
    yield from again.certify(S.IN_REVIEW)
    again.step("northgate/reviewer", "note-section", section="findings", text="Was the second trainer really in the room the whole morning?")


def marrowdale(world: World) -> Story:
    """Declined once; the second application waits for an answer."""
    one = Provider("marrowdale", "northgate")
    versions = start(world, one, (t.SECURE,), 2, 79)
    case = Matter(world, one.key, one.body, versions)
    yield from case.certify(S.UNDER_APPLICATION_REVIEW)
    yield 12
    case.step("northgate/officer", "decline", reasons="Nobody with lived experience has a part in the curriculum beyond one film. We cannot evaluate it like this.")
    yield until(world, 60)
    _take_back(world, one.manager, versions[0])
    again = Matter(world, one.key, one.body, [t.write_next_version(world, one.key, versions[0])])
    yield from again.certify(S.UNDER_APPLICATION_REVIEW)
    yield 5
    again.step("northgate/officer", "request-information", question="Who watches breathing during the three-person hold, and how was that person trained?")


def _take_back(world: World, who: str, version: str) -> None:
    """The provider takes a version back."""
    with world.acting(who) as unit:
        row = curricula.find_version(unit, version)
        form = CURRICULUM_VERSION.step("withdraw").form.model_validate({"version": row.version, "reason": "We write it anew together with people who were held."})
        take(unit, CURRICULUM_VERSION, row, "withdraw", form)


def skelderfen(world: World) -> Story:
    """Refused once, with reasons; the second evaluation is complete and waits for a reviewer."""
    one = Provider("skelderfen", "calder")
    versions = start(world, one, (t.AMBULANCE,), 3, 81)
    case = Matter(world, one.key, one.body, versions, concerns=(ANALYSIS,))
    yield from _beside(case.apply(), case.agree(), case.evaluate(), case.settle(S.FINDINGS_ISSUED))
    yield 50
    case.step("calder/lead", "give-up", verdict=Verdict.REFUSE.value, report="The analysis still rests on seven months; no answer came.")
    yield 7
    case.step("calder/reviewer", "take-into-review")
    case.step("calder/reviewer", "recommend", sections=list(Section), verdict=Verdict.REFUSE.value, reasons="A major finding stays open.")
    yield 5
    case.step("calder/decider", "refuse", reasons="The training needs analysis does not carry what is taught. You may appeal within a month, and apply again at any time.")
    yield until(world, 170)
    again = Matter(world, one.key, one.body, [t.write_next_version(world, one.key, versions[0])], concerns=(NOTED,))
    yield from again.certify(S.EVALUATION_COMPLETE)


def tarrowfield(world: World) -> Story:
    """Certified by Tarn; when its licence was suspended, transferred to Calder."""
    one = Provider("tarrowfield", "tarn")
    versions = start(world, one, (t.TRANSPORT,), 2, 84)
    case = Matter(world, one.key, one.body, versions)
    yield from case.certify()
    approve_seniors(world, one)
    yield until(world, 135)
    moved = Matter(world, one.key, "calder", versions, Kind.TRANSFER, audits=("desk_review",))
    yield from moved.certify()
    on_certificate(world, "tarn/decider", case.number, "transfer", Reason.BODY_CHANGED, private_text="Papers handed over to Calder.")


def wexmarsh(world: World) -> Story:
    """Granted by Tarn on the very morning of the suspension: the certificate is held. Another application is a draft."""
    one = Provider("wexmarsh", "tarn")
    versions = start(world, one, (t.SECURITY,), 1, 86)
    case = Matter(world, one.key, one.body, versions)
    yield from _beside(case.apply(), case.agree(), case.evaluate(), case.conclude(Verdict.GRANT))
    yield until(world, 155)
    case.grant()
    licensing.suspend_tarn(world)
    yield until(world, 14)
    more = Matter(world, one.key, "northgate", [t.write_curriculum(world, one.key, t.CLINICAL)])
    yield from more.certify(S.DRAFT)


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
            form = Declare(organisation=world.organisations[client][1], kind=kind, from_on=unit.today - timedelta(days=since), to_on=None, about=about)
            declare_interest(unit, unit.db.get_one(Person, person(unit, world.actors[who].id).id), form)
