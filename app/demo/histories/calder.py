"""What happened to the clients of Calder Assurance, and to those that Tarn Assessment left behind."""

from app.cases.rules import Kind, Section, State, Verdict
from app.certificates.rules import Reason
from app.demo import delivering as d
from app.demo import licensing, watching
from app.demo import teaching as t
from app.demo.cast import affiliate_names
from app.demo.certifying import ANALYSIS, ASSESSED, NOTED, RATIO, WARM, Matter
from app.demo.delivering import Provider
from app.demo.histories.acts import approve_seniors, beside, on_certificate, start, until
from app.demo.world import World
from app.demo.years import Story

S = State


def quillbeck(world: World) -> Story:
    """Many affiliates; a course taken off the certificate; three more matters on the body's desk."""
    one = Provider("quillbeck", "calder")
    versions = start(world, one, (t.REDUCING, t.DEESCALATION, t.CHILDREN_HOLDING, t.DEMENTIA), 10, 41)
    case = Matter(world, one.key, one.body, versions, concerns=(ASSESSED,))
    yield from case.apply()
    affiliates = d.propose_affiliates(world, one, affiliate_names(21, 14))
    d.hand_in(world, one, affiliates[:12], [])
    yield from beside(case.agree(), case.evaluate(), case.settle(), case.conclude(Verdict.GRANT))
    d.approve(world, one, affiliates[:12], world.trainers[one.key])
    case.grant()
    yield 5
    case.status()
    associates = [
        ref for at in range(4) for ref in d.propose_trainers(world, one, 51 + 2 * at, 2, affiliates[at])
    ]
    d.hand_in(world, one, [], associates[:6])
    d.approve(world, one, [], associates[:6])
    yield until(world, 540)
    yield from _quillbeck_reduced(world, case.number)
    yield until(world, 400)
    watching.draw(world, one.body, case.number)
    world.forgotten |= {*affiliates[9:12], world.trainers[one.key][9]}
    yield until(world, 40)
    d.hand_in(world, one, affiliates[12:13], associates[6:])
    classroom = t.write_curriculum(world, one.key, t.CLASSROOM)
    renewal = Matter(world, one.key, one.body, versions[:2], Kind.RECERTIFICATION)
    yield from renewal.certify(S.AGREEMENT_PENDING)
    yield until(world, 12)
    watching.open_case(world, one.body, case.number, "The yearly visit, with everything that was drawn.")
    wider = Matter(world, one.key, one.body, [classroom], Kind.SCOPE_CHANGE)
    wider.open()
    wider.save()
    wider.step(wider.manager, "submit", true_and_whole=True)


def _quillbeck_reduced(world: World, number: str) -> Story:
    look = Matter(world, "quillbeck", "calder", [])
    yield from look.look_again(number, Kind.SURVEILLANCE, "The yearly visit.", Verdict.REDUCE)
    removed = [look.item_refs()[-1]]
    look.step(
        "calder/decider",
        "reduce",
        removed=removed,
        reason_code=Reason.CONDITIONS_NOT_MET.value,
        reasons="Nobody is left who may teach this course.",
    )


def ellerthwaite(world: World) -> Story:
    """Certified early, applied again too late: the certificate ran out while the new evaluation is planned."""
    one = Provider("ellerthwaite", "calder")
    versions = start(world, one, (t.REDUCING, t.DEESCALATION), 4, 60)
    case = Matter(world, one.key, one.body, versions, audits=("desk_review",))
    yield from case.certify()
    approve_seniors(world, one)
    yield 20
    case.step("calder/officer", "close")
    yield until(world, 400)
    watching.draw(world, one.body, case.number)
    yield watching.DRAWN_WITHIN
    watching.observe(world, one.body, watching.waiting(world, one.body, case.number)[:1])
    yield until(world, 70)
    again = Matter(world, one.key, one.body, versions, Kind.RECERTIFICATION)
    yield from again.certify(S.PLANNED)
    yield 3
    assessor = world.actors["calder/assessor"].id
    again.step(
        again.manager,
        "object-to-team",
        person=assessor,
        reason="He taught for a competitor of ours until last spring.",
    )


def oskerby(world: World) -> Story:
    """The certificate was withdrawn; the second application was returned by the reviewer."""
    one = Provider("oskerby", "calder")
    versions = start(world, one, (t.DEMENTIA, t.REDUCING), 3, 70)
    case = Matter(world, one.key, one.body, versions, concerns=(RATIO,))
    yield from case.certify()
    approve_seniors(world, one)
    yield until(world, 480)
    worry = Matter(world, one.key, one.body, [])
    yield from worry.look_again(
        case.number,
        Kind.SPECIAL,
        "Courses were taught without any trainer who is approved.",
        Verdict.WITHDRAW,
    )
    worry.step(
        "calder/decider",
        "end-certificate",
        reasons="Eleven courses, none with an approved trainer.",
        reason_code=Reason.NONCONFORMITY.value,
    )
    yield until(world, 200)
    newer = [t.write_next_version(world, one.key, ref) for ref in versions]
    again = Matter(world, one.key, one.body, newer, concerns=(ASSESSED,))
    yield from again.certify(S.IN_REVIEW)
    yield 4
    again.step(
        "calder/reviewer",
        "note-section",
        section="results_and_evidence",
        text="For 2.10 only papers were seen, nobody was asked.",
    )
    again.step(
        "calder/reviewer",
        "return-to-evaluation",
        reasons="Ask two participants about 2.10 before this is decided.",
    )


def pendrennock(world: World) -> Story:
    """The holder ended its certificate, and has now applied to another certification body."""
    one = Provider("pendrennock", "calder")
    versions = start(world, one, (t.CHILDREN_HOLDING,), 3, 76)
    case = Matter(world, one.key, one.body, versions)
    yield from case.certify()
    approve_seniors(world, one)
    yield until(world, 400)
    on_certificate(
        world,
        "calder/decider",
        case.number,
        "terminate",
        Reason.ASKED_BY_THE_HOLDER,
        private_text="Letter of the manager: they change their model of care.",
    )
    yield until(world, 190)
    again = Matter(
        world,
        one.key,
        "northgate",
        [t.write_next_version(world, one.key, versions[0])],
        concerns=(RATIO, WARM),
    )
    yield from again.certify(S.IN_REVIEW)
    note = "Was the second trainer really in the room the whole morning?"
    again.step("northgate/reviewer", "note-section", section="findings", text=note)
    yield 3
    again.close_notes("Asked and answered: she was, and signed the list.")
    yield from again.recommend(Verdict.GRANT)


def skelderfen(world: World) -> Story:
    """Refused once, with reasons; the second evaluation is complete and waits for a reviewer."""
    one = Provider("skelderfen", "calder")
    versions = start(world, one, (t.AMBULANCE,), 3, 81, handed_in=False)
    case = Matter(world, one.key, one.body, versions, concerns=(ANALYSIS,))
    yield from beside(case.apply(), case.agree(), case.evaluate(), case.settle(S.FINDINGS_ISSUED))
    yield 50
    case.step(
        "calder/lead",
        "give-up",
        verdict=Verdict.REFUSE.value,
        report="The analysis still rests on seven months; no answer came.",
    )
    yield 7
    case.step("calder/reviewer", "take-into-review")
    case.step(
        "calder/reviewer",
        "recommend",
        sections=list(Section),
        verdict=Verdict.REFUSE.value,
        reasons="A major finding stays open.",
    )
    yield 5
    case.step(
        "calder/decider",
        "refuse",
        reasons="The training needs analysis does not carry what is taught. You may appeal, and apply again at any time.",
    )
    yield until(world, 170)
    d.hand_in(world, one, [], world.trainers[one.key])
    approve_seniors(world, one)
    again = Matter(
        world, one.key, one.body, [t.write_next_version(world, one.key, versions[0])], concerns=(NOTED,)
    )
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
    on_certificate(
        world,
        "tarn/decider",
        case.number,
        "transfer",
        Reason.BODY_CHANGED,
        private_text="Papers handed over to Calder.",
    )


def wexmarsh(world: World) -> Story:
    """Granted by Tarn on the very morning of the suspension: the certificate is held. Another application is a draft."""
    one = Provider("wexmarsh", "tarn")
    versions = start(world, one, (t.SECURITY,), 1, 86)
    case = Matter(world, one.key, one.body, versions)
    yield from beside(case.apply(), case.agree(), case.evaluate(), case.conclude(Verdict.GRANT))
    approve_seniors(world, one)
    yield until(world, 155)
    case.grant()
    licensing.suspend_tarn(world)
    yield until(world, 14)
    more = Matter(world, one.key, "northgate", [t.write_curriculum(world, one.key, t.CLINICAL)])
    yield from more.certify(S.DRAFT)
