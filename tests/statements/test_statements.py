"""Signed statements: two times, the same bytes for the same question, and what a stranger can check."""

import json
import subprocess
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.certificates import effects
from app.certificates.rules import Answer, Status
from app.check.statements import every_statement_can_be_computed_again
from app.kernel import outbox
from app.kernel.actor import SYSTEM
from app.kernel.database import Site, reading, writing
from app.kernel.errors import NotFound, Refused, TooSoon
from app.kernel.fields import Note
from app.ledger.commands import ask_redaction, confirm_redaction
from app.ledger.queries import find_redaction, head
from app.ledger.rules import NewRedaction
from app.main import create_app
from app.statements import commands
from app.statements.queries import answer_view, file_of, find_statement
from app.statements.queries.views import AnswerView
from app.statements.rules import AskStatement, Content, Kind, same_but_redacted
from tests.conftest import SetClock
from tests.licences import make as licences
from tests.registry.make import World, change, give_name, make_world, moment, publish
from tests.statements.make import ask

DAY = date(2026, 3, 14)


@pytest.fixture
def world(site: Site) -> World:
    world = make_world(site, titles=("Safe Holding: intermediate", "De-escalation and Disengagement"))
    publish(world)
    return world


@pytest.fixture
def later(clock: SetClock) -> SetClock:
    """Some weeks after the day most questions are about."""
    clock.now = moment(date(2026, 6, 1))
    return clock


def look(world: World, kind: Kind = Kind.CERTIFICATES, ref: str = "", on: date | None = DAY, known_at: datetime | None = None) -> AnswerView:  # fmt: skip
    with reading(world.site) as unit:
        return answer_view(unit, kind, ref or world.number, on, known_at)


def files(site: Site, ref: str) -> dict[str, bytes]:
    with reading(site) as unit:
        row = find_statement(unit, ref)
        return {name: file_of(unit, row, name) for name in ("pdf", "json", "jwt")}


def suspended_late(world: World) -> None:
    """Suspended from 10 March, recorded on 2 May."""
    change(
        world,
        Status.SUSPENDED,
        date(2026, 3, 10),
        at=moment(date(2026, 5, 2)),
        text="Staff were not trained.",
    )


def test_a_yes_about_a_day_before_it_ended_is_read_after_what_is_so_today(
    world: World, later: SetClock
) -> None:
    assert look(world).so_today is None, "it is certified today as well"
    change(world, Status.WITHDRAWN, date(2026, 4, 1), at=moment(date(2026, 4, 1)))
    found = look(world)
    assert found.then.facts.answer is Answer.CERTIFIED and found.so_today is not None
    assert found.so_today.facts.answer is Answer.WAS_CERTIFIED
    assert look(world, on=date(2026, 5, 1)).so_today is None, "it was none on that day either"
    with TestClient(create_app(world.site.settings, later)) as web:
        page = web.get(f"/register/certificates/{world.number}/statement?on={DAY}").text
    first = page.index("This is not so today, 1 June 2026")
    assert first < page.index(found.then.sentence.split(". ")[0])
    assert "verdict--yes" not in page


def test_a_correction_recorded_later_makes_two_answers_that_differ_in_words(
    world: World, later: SetClock
) -> None:
    suspended_late(world)
    said = look(world, known_at=moment(date(2026, 4, 1)))
    assert (said.then.facts.answer, said.differs) == (Answer.CERTIFIED, True)
    assert "was certified on 14 March 2026" in said.then.sentence
    assert said.now is not None
    assert said.now.facts.answer is Answer.WAS_CERTIFIED
    assert "was suspended, since 10 March 2026" in said.now.sentence
    assert [line.words for line in said.then.facts.certificates[0].history] == ["Certified."]
    alone = look(world)
    assert (alone.now, alone.then.facts) == (None, said.now.facts)


def test_the_statement_of_then_stays_what_it_was_when_more_is_recorded(world: World, later: SetClock) -> None:
    before = look(world, known_at=moment(date(2026, 4, 1)))
    suspended_late(world)
    later.now += timedelta(days=900)
    assert look(world, known_at=moment(date(2026, 4, 1))).then == before.then


@pytest.mark.parametrize(
    ("on", "known_at"),
    [(date(2026, 6, 2), None), (DAY, datetime(2026, 6, 3, tzinfo=UTC))],
    ids=["a day to come", "a moment to come"],
)
def test_what_has_not_come_yet_is_refused_in_a_sentence(
    world: World, later: SetClock, on: date, known_at: datetime | None
) -> None:
    with pytest.raises(Refused, match="That has not come yet"):
        look(world, on=on, known_at=known_at)


def test_before_the_register_began_nobody_can_tell(world: World, later: SetClock) -> None:
    for said in (look(world, on=date(2019, 5, 1)), look(world, known_at=datetime(2020, 1, 1, tzinfo=UTC))):
        assert (said.then.facts.answer, said.then.title) == (Answer.CANNOT_TELL, "We cannot tell")
        assert "neither that it was certified nor that it was not" in said.then.sentence


def test_a_former_name_is_the_name_of_its_day_and_a_later_renaming_is_not_known_earlier(
    world: World, later: SetClock
) -> None:
    later.now = moment(date(2026, 5, 1))
    give_name(world, "Harbour Lane Care", date(2026, 3, 10))
    then, now = look(world, known_at=moment(date(2026, 4, 1))), look(world)
    assert (then.then.facts.name, then.then.facts.formerly) == ("Harbour Lane Training", ())
    assert (now.then.facts.name, now.then.facts.formerly) == ("Harbour Lane Care", ("Harbour Lane Training",))
    assert then.differs


def test_a_suspended_licence_is_told_of_the_body(world: World, later: SetClock) -> None:
    with reading(world.site) as unit:
        body = look(world, Kind.CERTIFICATES).then.facts.certificates[0].body
        said = answer_view(unit, Kind.BODIES, body.ref, DAY, None).then
    assert (said.facts.answer, body.standing) == (Answer.CERTIFIED, "licensed")
    assert said.sentence == f"{body.name} as a certification body on 14 March 2026: licensed."
    suspend_licence(world, date(2026, 3, 10))
    with reading(world.site) as unit:
        now = answer_view(unit, Kind.BODIES, body.ref, DAY, None).then
        earlier = answer_view(unit, Kind.BODIES, body.ref, date(2026, 3, 1), None).then
    assert (now.facts.answer, now.title) == (Answer.WAS_CERTIFIED, "Not on that day: suspended")
    assert earlier.facts.answer is Answer.CERTIFIED


def test_services_and_curricula_have_statements_too(world: World, later: SetClock) -> None:
    one = look(world).then.facts.certificates[0]
    assert look(world, Kind.SERVICES, one.holder_ref).then.facts.answer is Answer.CERTIFIED
    said = look(world, Kind.CURRICULA, one.curricula[0].ref).then
    assert said.sentence.startswith("“Safe Holding: intermediate” was certified on 14 March 2026")
    for kind in Kind:
        with pytest.raises(NotFound):
            look(world, kind, "nobody")


def test_asked_again_the_same_question_has_the_same_bytes_and_another_state_of_the_register_others(
    world: World, later: SetClock
) -> None:
    first = ask(world.site, world.number, DAY)
    outbox.deliver_all(world.site)
    made = files(world.site, first)
    later.now += timedelta(hours=3)
    assert ask(world.site, world.number, DAY) == first
    outbox.deliver_all(world.site)
    assert files(world.site, first) == made
    suspended_late(world)
    second = ask(world.site, world.number, DAY)
    assert second != first
    outbox.deliver_all(world.site)
    assert files(world.site, second)["json"] != made["json"]
    assert files(world.site, first) == made


def test_the_files_say_the_same_and_hold_together(world: World, later: SetClock, tmp_path: Path) -> None:
    suspended_late(world)
    ref = ask(world.site, world.number, DAY, known_at=moment(date(2026, 4, 1)))
    with reading(world.site) as unit, pytest.raises(TooSoon):
        file_of(unit, find_statement(unit, ref), "pdf")
    outbox.deliver_all(world.site)
    made = files(world.site, ref)
    said = Content.model_validate_json(made["json"])
    assert said.differs
    press = effects.press()
    store = effects.key_store(world.site.settings)
    addresses = press.Addresses(world.site.settings.public_base_url)
    keys = {addresses.kid(key): key for key in store.all(press.Purpose.CREDENTIAL, "rrn")}
    assert press.jose.verify(made["jwt"].decode(), keys, "rrn-statement+jws") == json.loads(made["json"])
    assert press.jose.decode(made["jwt"].decode().split(".")[1]) == made["json"]
    found = press.verify_pdf(made["pdf"], store.anchors())
    assert (found.genuine, found.signer) == (True, "Restraint Reduction Network")
    shown = text_of(made["pdf"], tmp_path)
    for words in (said.root, "What is known now", "Staff were not trained.", said.then.sentence[:40]):
        assert "".join(words.split()) in "".join(shown.split())


def test_pdfsig_finds_the_seal_valid_and_the_whole_document_signed(
    world: World, later: SetClock, tmp_path: Path
) -> None:
    ref = ask(world.site, world.number, DAY)
    outbox.deliver_all(world.site)
    path = tmp_path / "statement.pdf"
    path.write_bytes(files(world.site, ref)["pdf"])
    told = subprocess.run(
        ["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False
    ).stdout
    assert "Signature is Valid." in told
    assert "Total document signed" in told


def test_the_paper_says_when_it_was_made_and_whose_knowledge_it_holds(
    world: World, later: SetClock, tmp_path: Path
) -> None:
    suspended_late(world)
    ref = ask(world.site, world.number, DAY, known_at=moment(date(2026, 4, 1)))
    later.now += timedelta(days=3)
    outbox.deliver_all(world.site)
    shown = " ".join(text_of(files(world.site, ref)["pdf"], tmp_path).split())
    assert "About 14 March 2026, as known on 1 April 2026 at 13:00. Made on 1 June 2026." in shown
    stood = "As the register stood on 1 June 2026 (it last changed on 2 May 2026 at 13:00): Paused"
    assert stood in shown
    assert "certified" in shown and "active" not in shown.lower()
    page = client_of(world.site, later).get(f"/statements/{ref}").text
    assert stood.partition(":")[0] in page
    assert ">Certified<" in page and "Active" not in page


def test_two_who_ask_at_once_get_one_paper(world: World, later: SetClock) -> None:
    ready, refs = threading.Barrier(4), list[str]()

    def run() -> None:
        with reading(world.site) as unit:
            freeze = commands.ask(unit, Kind.CERTIFICATES, world.number, AskStatement(on=DAY))
        ready.wait()
        with writing(world.site) as unit:
            refs.append(freeze(unit).ref)

    threads = [threading.Thread(target=run) for _unused in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(refs) == 4
    assert len(set(refs)) == 1


def test_the_check_computes_every_statement_again(world: World, later: SetClock) -> None:
    ref = ask(world.site, world.number, DAY)
    outbox.deliver_all(world.site)
    suspended_late(world)
    assert found_by_check(world.site) == []
    with writing(world.site, SYSTEM) as unit:
        row = find_statement(unit, ref)
        row.content = row.content.replace('"status":"active"', '"status":"expired"')
    assert any("does not follow from the register" in one for one in found_by_check(world.site))
    with writing(world.site, SYSTEM) as unit:
        row = find_statement(unit, ref)
        row.content = row.content.replace('"status":"expired"', '"status":"active"')
        path = world.site.settings.data_dir / "files" / str(row.pdf_digest)[:2] / str(row.pdf_digest)
        path.write_bytes(path.read_bytes()[:-1])
    assert found_by_check(world.site) == ["its PDF is gone or was changed"]


def test_words_taken_out_since_are_no_breach_and_are_not_given_out(world: World, later: SetClock) -> None:
    stored = {"words": "Anna Smith said so.", "more": [1, {"a": "b"}]}
    assert same_but_redacted(stored, stored | {"words": "Redacted on 3 June 2026."})
    assert not same_but_redacted(stored, stored | {"words": "Something else."})
    assert not same_but_redacted(stored, stored | {"more": [1]})
    suspended_late(world)
    ref = ask(world.site, world.number, DAY)
    outbox.deliver_all(world.site)
    redact_last(world)
    assert found_by_check(world.site) == []
    with pytest.raises(NotFound, match="taken words out"):
        files(world.site, ref)


def test_the_page_leads_to_the_files(world: World, later: SetClock) -> None:
    suspended_late(world)
    client = client_of(world.site, later)
    address = f"/register/certificates/{world.number}/statement"
    query = {"on": "2026-03-14", "known_at": "2026-04-01T10:00:00Z"}
    page = client.get(address, params=query)
    assert page.status_code == 200
    assert "the two above are not the same" in page.text
    assert client.get(f"{address}.pdf", params=query).status_code == 404
    known = page.text.split('name="known_at" value="')[1].split('"')[0]
    landed = client.post(address, data={"on": "2026-03-14", "known_at": known}, follow_redirects=False)
    assert landed.status_code == 303
    place = landed.headers["location"]
    assert "It is being made" in client.get(place).text
    early = client.get(f"{place}/statement.pdf")
    assert (early.status_code, early.headers["retry-after"]) == (429, "5")
    outbox.deliver_all(world.site)
    assert "It is ready" in client.get(place).text
    assert client.get(f"{place}/statement.pdf").content.startswith(b"%PDF-")
    assert client.get(f"{address}.pdf", params=query).content == client.get(f"{place}/statement.pdf").content
    assert client.get(f"{address}.json", params=query).json()["as_of_log_size"] > 0
    told = client.post(f"/api/v1{address}", json={"on": "2026-03-14", "known_at": known})
    assert (told.status_code, f"/statements/{told.json()['ref']}") == (201, place)
    assert client.get(address, params={"on": "2031-01-01"}).status_code == 422
    assert client.get("/register/services/nobody/statement").status_code == 404
    assert client.get("/register/nonsense/nobody/statement").status_code in (404, 422)
    assert client.get("/statements/nobody").status_code == 404


def test_nobody_may_have_very_many_made(world: World, later: SetClock) -> None:
    client = TestClient(create_app(world.site.settings, later))
    address = f"/register/certificates/{world.number}/statement"
    answers = [client.post(address, data={"on": "2026-03-14"}, follow_redirects=False) for _n in range(24)]
    assert answers[0].status_code == 303
    assert answers[-1].status_code == 429


def client_of(site: Site, clock: SetClock) -> TestClient:
    return TestClient(create_app(site.settings, clock, rates={}))


def text_of(pdf: bytes, folder: Path) -> str:
    path = folder / "shown.pdf"
    path.write_bytes(pdf)
    return subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout


def found_by_check(site: Site) -> list[str]:
    with reading(site, SYSTEM) as unit:
        return [breach.what for breach in every_statement_can_be_computed_again(unit)]


def redact_last(world: World) -> None:
    """The words of the newest entry are taken out by two people."""
    other = replace(world.rrn, id="second", name="Olga Oversight")
    with writing(world.site, world.rrn) as unit:
        row = ask_redaction(unit, NewRedaction(number=head(unit).size - 1, reason="A name was in it."))
        ref = row.ref
    with writing(world.site, other) as unit:
        row = find_redaction(unit, ref)
        confirm_redaction(unit, row, Note(version=row.version))


def suspend_licence(world: World, on: date) -> None:
    licences.change(world.site, world.rrn, world.body, "suspend", on)
