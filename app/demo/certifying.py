"""One certification case of the demonstration, taken step by step by the people whose turn it is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from app.audits import commands as audits
from app.audits import queries as audit_queries
from app.audits.models import Finding
from app.audits.rules import FINDING, DraftFinding, Outcome, RecordResult
from app.cases import commands, queries
from app.cases.rules import CASE, Check, Kind, Section, State, Verdict
from app.cases.rules.forms import OpenCase, OpenFollowUp
from app.demo.world import World
from app.demo.years import Story, working_day
from app.kernel.casework import take
from app.kernel.database import Unit

S = State
FINDING_STEPS: dict[str, Callable[[Unit, Finding, Any], None]] = {
    "respond": audits.respond, "accept-plan": audits.accept_plan, "return": audits.return_answer, "report-implemented": audits.report_implemented,
    "accept-implementation": audits.accept_implementation, "close": audits.close, "dispute": audits.dispute, "uphold": audits.uphold, "withdraw": audits.withdraw,
}  # fmt: skip
ANSWER = {
    "correction": "The course was paused the same week and the people concerned were told.",
    "cause": "The analysis was written by one person and read by nobody else.",
    "action": "Two people sign from now on, and the manager reads every analysis before a course is booked.",
    "evidence": "The new form, and the analyses of the last two months.",
}
DONE = {
    "action": "The new form is in use since the first of the month.",
    "evidence": "Six analyses signed by two people each.",
}
WORKS = {"reason": "Three analyses were read with those who wrote them: both had read all of it."}
SEEN = (
    "Read in the papers and heard again from two participants.", "Seen in the session of the second day.",
    "The register of the last twelve months was read in full.", "Three records were followed from booking to debrief.",
    "Asked of the trainer and of the person with lived experience; both said the same.",
)  # fmt: skip


@dataclass(frozen=True)
class Concern:
    """A finding that will be made: what is not as the requirement asks, and how it grades."""

    requirement: str
    grade: str
    statement: str
    evidence: str


ANALYSIS = Concern(
    "1.1.1",
    "major",
    "The training needs analysis of two affiliates rests on seven months of incidents, not on two years.",
    "Analyses of Gorsefield and Netherby, pages 2 and 3.",
)
RATIO = Concern(
    "1.6.5",
    "minor",
    "On one course a single trainer taught sixteen people to hold, and nobody had written down why that was safe.",
    "Attendance list and session plan of the third course this spring.",
)
ASSESSED = Concern(
    "3.1",
    "minor",
    "Four participants passed although their practical assessment was not signed.",
    "Assessment sheets of the spring course.",
)
REFRESHED = Concern(
    "3.2",
    "minor",
    "Three people went on teaching after the day on which their refresher was due.",
    "The register of refreshers, rows 14 to 16.",
)
WARM = Concern(
    "1.5",
    "good_practice",
    "People who were restrained as children plan the first day, and are paid for planning it.",
    "Interview with three of them, and the contract.",
)
NOTED = Concern(
    "3.3",
    "observation",
    "The effect of training is measured after a month; a second look after a year would show more.",
    "Evaluation reports of two years.",
)


@dataclass
class Matter:
    """A case as the stories hold it: who is on which side, and its reference once it is opened."""

    world: World
    client: str
    body: str
    versions: list[str]
    kind: Kind = Kind.INITIAL
    concerns: tuple[Concern, ...] = ()
    audits: tuple[str, ...] = ("desk_review", "practice_observation")
    ref: str = ""
    number: str = ""
    """The number of the certificate it ended in."""
    findings: list[str] = field(default_factory=list)
    affiliates: list[str] = field(default_factory=list)

    @property
    def manager(self) -> str:
        return f"{self.client}/manager"

    def of(self, role: str) -> str:
        """Somebody of the certification body."""
        return f"{self.body}/{role}"

    def step(self, who: str, name: str, **said: Any) -> None:
        """Take a step as its page does: find the case in one's scope, read the form, call the command."""
        with self.world.acting(who) as unit:
            case = queries.find_case(unit, self.ref)
            form = CASE.step(name).form.model_validate({"version": case.version, **said})
            doing = commands.DOING.get(name)
            if doing:
                doing(unit, case, form)
            else:
                take(unit, CASE, case, name, form)

    def on_finding(self, who: str, ref: str, name: str, **said: Any) -> None:
        """Take a step of a finding as its page does."""
        with self.world.acting(who) as unit:
            finding = audit_queries.find_finding(unit, ref)
            form = FINDING.step(name).form.model_validate({"version": finding.version, **said})
            FINDING_STEPS[name](unit, finding, form)

    def open(self) -> None:
        with self.world.acting(self.manager) as unit:
            body = self.world.organisations[self.body][1]
            self.ref = commands.open_case(
                unit, OpenCase(body=body, kind=self.kind, curricula=self.versions)
            ).ref

    def follow_up(self, number: str, kind: Kind, reason: str) -> None:
        """The body looks again at a certificate."""
        with self.world.acting(self.of("officer")) as unit:
            self.ref = commands.open_follow_up(
                unit, OpenFollowUp(certificate=number, kind=kind, reason=reason)
            ).ref
        self.kind, self.number = kind, number

    def save(self) -> None:
        house = self.world.houses[self.client]
        identity = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in house.numbers.items())
        self.step(
            self.manager, "save", legal_name=house.name, legal_identity=identity or "Unincorporated charity", sites=house.address or "Example Lane 1",
            curricula=self.versions, trainers=self.world.trainers[self.client], affiliates=self.affiliates, outsourced="none",
            notes="Please ring before you come: somebody who was restrained here would like to meet you." if self.concerns else "",
        )  # fmt: skip

    def town(self) -> str:
        """Where the provider is."""
        address = self.world.houses[self.client].address
        return address.splitlines()[-1] if address else "Leeds"

    def digest(self) -> str:
        with self.world.acting(self.manager) as unit:
            agreement = queries.agreement_of(unit, queries.find_case(unit, self.ref))
            assert agreement
            return agreement.digest

    def plan(self) -> None:
        """The days are three weeks from now, each evaluation a week after the last."""
        people = self.world.actors
        days = {
            f"{kind}_on": working_day(self.world.day + timedelta(days=21 + 7 * at))
            for at, kind in enumerate(self.audits)
        }
        self.step(
            self.of("officer"),
            "plan",
            lead=people[self.of("lead")].id,
            assessors=[people[self.of("assessor")].id],
            place=self.town(),
            **days,
        )

    def record(self, at: int, share: float = 1.0) -> None:
        """Record the results of one evaluation; a share of them when the work is not done yet."""
        with self.world.acting(self.of("assessor")) as unit:
            row = audit_queries.rows_of_case(unit, queries.find_case(unit, self.ref).id)[at]
            lines = audit_queries.requirements(row)
            for place, line in enumerate(lines[: int(len(lines) * share)]):
                audits.record_result(unit, row.ref, line.number, self._result(line.number, place))

    def _result(self, number: str, at: int) -> RecordResult:
        found = {
            concern.requirement: concern for concern in self.concerns if concern.grade in ("major", "minor")
        }
        if number in found:
            outcome = Outcome.NOT_MET if found[number].grade == "major" else Outcome.PARTLY
            return RecordResult(outcome=outcome, note=found[number].evidence)
        if number == "1.6.3":
            return RecordResult(
                outcome=Outcome.NOT_APPLICABLE,
                reason="First aid cover is the host’s duty under its own contract.",
            )
        return RecordResult(outcome=Outcome.MET, note=SEEN[at % len(SEEN)])

    def draft_findings(self) -> None:
        with self.world.acting(self.of("assessor")) as unit:
            row = audit_queries.rows_of_case(unit, queries.find_case(unit, self.ref).id)[0]
            self.findings += [
                audits.draft_finding(
                    unit,
                    row,
                    DraftFinding(
                        requirement=one.requirement,
                        grade=one.grade,
                        statement=one.statement,
                        evidence=one.evidence,
                    ),
                ).ref
                for one in self.concerns
            ]

    def to_answer(self) -> list[str]:
        """The findings that need an answer."""
        return [
            ref
            for ref, one in zip(self.findings, self.concerns, strict=True)
            if one.grade in ("major", "minor")
        ]

    def item_refs(self) -> list[str]:
        with self.world.acting(self.of("officer")) as unit:
            return [item.ref for item, _version in queries.scope_of(unit, queries.find_case(unit, self.ref))]

    def status(self) -> State:
        with self.world.acting(self.manager) as unit:
            case = queries.find_case(unit, self.ref)
            self.number = self.number or case.certificate_number
            return case.status

    # The way of a case, in the pieces that the stories put together ------------------------------------------------

    def apply(self, until: State | None = None) -> Story:
        """From the first line to the submitted application."""
        self.open()
        if until is S.DRAFT:
            return
        yield 9
        self.save()
        yield 4
        self.step(self.manager, "submit", true_and_whole=True)

    def agree(self, until: State | None = None) -> Story:
        """From the review of the application to the agreement in force."""
        yield 5
        self.step(self.of("officer"), "begin-review")
        if until is S.UNDER_APPLICATION_REVIEW:
            return
        yield 6
        self.step(self.of("officer"), "accept-application", checks=list(Check))
        if until is S.AGREEMENT_PENDING:
            return
        yield 6
        self.step(self.manager, "accept-agreement", digest=self.digest(), entitled=True)
        yield 3
        self.step(self.of("officer"), "sign-agreement", digest=self.digest(), entitled=True)

    def evaluate(self, until: State | None = None) -> Story:
        """From the plan to the results; what is found is written down but nobody is told yet."""
        yield 6
        self.plan()
        if until is S.PLANNED:
            return
        yield 22
        self.step(self.of("lead"), "begin-evaluation")
        for at, _kind in enumerate(self.audits):
            self.record(at, 0.6 if until is S.IN_EVALUATION else 1.0)
            if at == 0 and self.concerns:
                self.draft_findings()
            if until is S.IN_EVALUATION:
                return
            yield 8

    def settle(self, until: State | None = None) -> Story:
        """Findings issued, answered, judged and closed."""
        if not self.concerns:
            return
        self.step(self.of("lead"), "issue-findings")
        if until is S.FINDINGS_ISSUED:
            return
        yield 16
        for ref in self.to_answer():
            self.on_finding(self.manager, ref, "respond", **ANSWER)
        self.step(self.manager, "send-answers")
        if until is S.CLIENT_RESPONSE:
            return
        yield 6
        for ref in self.to_answer():
            self.on_finding(
                self.of("assessor"), ref, "accept-plan", reason="Clear and quick. Tell us when it is done."
            )
        yield 24
        for ref in self.to_answer():
            self.on_finding(self.manager, ref, "report-implemented", **DONE)
        yield 7
        for ref in self.to_answer():
            self.on_finding(self.of("assessor"), ref, "accept-implementation", **WORKS)
            self.on_finding(self.of("assessor"), ref, "close")

    def conclude(self, verdict: Verdict, until: State | None = None) -> Story:
        """The evaluation completed, reviewed and recommended by somebody who did not evaluate."""
        self.step(
            self.of("lead"),
            "complete-evaluation",
            verdict=verdict.value,
            report="Everything was looked at. What was found is settled, and what people told us fits what we saw.",
        )
        if until is S.EVALUATION_COMPLETE:
            return
        yield 8
        self.step(self.of("reviewer"), "take-into-review")
        if until is S.IN_REVIEW:
            return
        yield 5
        yield from self.recommend(verdict)

    def recommend(self, verdict: Verdict) -> Story:
        """The review ends."""
        said = "Every part of the case is in order and fits together."
        self.step(
            self.of("reviewer"), "recommend", sections=list(Section), verdict=verdict.value, reasons=said
        )
        yield 6

    def close_notes(self, answer: str) -> None:
        """The reviewer says how each open note was resolved."""
        with self.world.acting(self.of("reviewer")) as unit:
            notes = [
                ref for ref, _words in queries.note_choices(unit, queries.find_case(unit, self.ref))["note"]
            ]
        for ref in notes:
            self.step(self.of("reviewer"), "close-note", note=ref, answer=answer)

    def grant(self, but: int = 0) -> None:
        """Certify everything applied for but the last few."""
        items = self.item_refs()
        self.step(
            self.of("decider"),
            "grant",
            granted=items[: len(items) - but],
            reasons="Every requirement is met for what is granted, and the review found nothing left open.",
        )

    def certify(self, until: State | None = None) -> Story:
        """The whole way to a certificate, or as far as `until`."""
        for part in (self.apply, self.agree, self.evaluate, self.settle):
            yield from part(until)
            if until and self.status() is until:
                return
        yield from self.conclude(Verdict.GRANT, until)
        if until not in (S.EVALUATION_COMPLETE, S.IN_REVIEW):
            self.grant()
            yield 0
            self.status()

    def look_again(self, number: str, kind: Kind, reason: str, verdict: Verdict) -> Story:
        """Surveillance or a special case, up to the recommendation."""
        self.follow_up(number, kind, reason)
        yield from self.evaluate()
        yield from self.settle()
        yield from self.conclude(verdict)
