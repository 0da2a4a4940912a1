"""A commissioner pastes a credential: the browser checks it by itself, sends nothing of it, and says what the register would say."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request as Post
from urllib.request import urlopen

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Browser, Page, Request, Route

from app.certificates.jose import decode
from app.kernel.clock import system_clock
from app.ledger.note import COSIGNATURE, NoteKey, add_cosignature
from app.settings import Settings
from app.verifier.anchors import Published, anchors_from
from app.verifier.checking import checked
from app.verifier.report import Found
from app.verifier.source import source
from tests.conftest import SetClock
from tests.journeys.conftest import Opens
from tests.journeys.live import Live, serve
from tests.journeys.screen import DESK, PHONE, Screen
from tests.mirror.made import Mirrored, made_of
from tests.verifier.forging import CREDENTIALS
from tests.verifier.test_forged import FORGED, LISTS, Forger, a_list

BUTTON = "Check this paper"
TAGS = {Found.YES: "Passed", Found.NO: "Failed", Found.CANNOT_TELL: "Cannot tell", Found.ASIDE: "Note"}


@pytest.fixture
def issued(live: Live, tmp_path: Path) -> Mirrored:
    return issue_in(live, tmp_path)


def issue_in(live: Live, tmp_path: Path) -> Mirrored:
    """Certificates in several states, by the running register, and a mirror of it."""
    clock = SetClock(live.site.clock())
    with ThreadPoolExecutor(1) as alone:  # the browser's driver holds this one
        made: Mirrored = alone.submit(made_of, live.site, clock, tmp_path / "mirror").result()
    clock.now = live.site.clock()  # after its keys were made
    return made


@pytest.fixture
def commissioner(opens: Opens) -> Screen:
    return opens().visits("/verify")


def token_of(issued: Mirrored, number: str, version: int = 1) -> str:
    return issued.paper(number, version, "credential.jwt").decode()


@dataclass(frozen=True)
class Shown:
    """An answer as it stands on the page."""

    title: str
    sentence: str
    advice: str
    looks: list[tuple[str, str, str]]


def shown(page: Page) -> Shown:
    page.locator("#answer").wait_for()
    rows = [row.locator(".table__value").all_inner_texts() for row in page.locator("tbody tr").all()]
    advice = " ".join(page.locator("[data-put=advice] [data-said]").all_inner_texts())
    return Shown(
        page.inner_text("#answer"), page.inner_text(".verdict__sentence"), advice, [(row[0], row[1].strip(), row[2]) for row in rows]
    )  # fmt: skip


def pastes(screen: Screen, token: str) -> Shown:
    """Ask anew about a text."""
    screen.page.goto(f"{screen.live.url}/verify")
    screen.page.fill("[name=credential]", token)
    screen.page.get_by_role("button", name=BUTTON).click()
    return shown(screen.page)


def told(live: Live, token: str) -> dict[str, Any]:
    """What the register says when the same text is sent to it."""
    said = json.dumps({"credential": token}).encode()
    post = Post(f"{live.url}/api/v1/verify", said, {"content-type": "application/json"})
    with urlopen(post) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def same(live: Live, token: str) -> Shown:
    found = told(live, token)
    return Shown(
        found["title"], found["why"], found["advice"], [(one["label"], one["tag"]["word"], one["sentence"]) for one in found["checks"]]
    )  # fmt: skip


def listens(page: Page) -> list[Request]:
    asked: list[Request] = []
    page.on("request", lambda one: asked.append(one))
    return asked


def test_a_genuine_credential_is_answered_in_the_browser_and_nothing_of_it_is_sent(
    live: Live, issued: Mirrored, commissioner: Screen
) -> None:
    token, page = token_of(issued, issued.good), commissioner.page
    commissioner.reads("A credential is checked in your browser. Only the certificate’s number is asked")
    commissioner.does_not_read("or the text of a credential, is sent to the register")
    asked = listens(page)
    page.fill("[name=credential]", f"  {token[:100]}\n {token[100:]}\n")
    page.get_by_role("button", name=BUTTON).press("Enter")
    found = shown(page)
    assert found == same(live, token)
    assert found.title == "Yes: it is genuine and counts today"
    assert {word for _label, word, _sentence in found.looks} == {"Passed", "Note"} and len(found.looks) == 10
    assert page.evaluate("document.activeElement.id") == "answer"
    commissioner.reads("Nobody has inspected", f"What the register says about {issued.good}", "Version 1")
    commissioner.does_not_read("Paste all of it", "Type its number", "On that day")
    assert {one.method for one in asked} == {"GET"} and not [one.url for one in asked if one.post_data_buffer]
    assert not [one.url for one in asked if not one.url.startswith(live.url)]
    assert not [one.url for one in asked for part in token.split(".") if part[:20] in one.url]
    commissioner.looks_again()


def test_a_file_with_a_credential_stays_here_and_a_pdf_is_sent(
    live: Live, issued: Mirrored, commissioner: Screen, tmp_path: Path
) -> None:
    page, kept = commissioner.page, tmp_path / "credential.jwt"
    kept.write_text(token_of(issued, issued.good) + "\n")
    asked = listens(page)
    commissioner.writes(document=kept)
    page.get_by_role("button", name=BUTTON).click()
    assert shown(page).title == "Yes: it is genuine and counts today"
    assert {one.method for one in asked} == {"GET"}
    (tmp_path / "certificate.pdf").write_bytes(issued.paper(issued.good))
    commissioner.visits("/verify").sends(BUTTON, document=tmp_path / "certificate.pdf")
    commissioner.reads("Yes: it is genuine and counts today", "The seal covers the whole file")
    assert [one.method for one in asked].count("POST") == 1


def test_both_a_file_and_a_text_are_refused_before_anything_is_sent(
    issued: Mirrored, commissioner: Screen, tmp_path: Path
) -> None:
    (tmp_path / "certificate.pdf").write_bytes(issued.paper(issued.good))
    asked = listens(commissioner.page)
    commissioner.writes(document=tmp_path / "certificate.pdf", credential=token_of(issued, issued.good))
    commissioner.page.get_by_role("button", name=BUTTON).click()
    commissioner.page.get_by_text("Choose a file or paste a credential, one of the two.").wait_for()
    assert not asked


def test_what_is_over_says_so_as_the_register_does(
    live: Live, issued: Mirrored, commissioner: Screen, opens: Opens
) -> None:
    for number, version, title in (
        (issued.suspended, 1, "It is genuine, but not in force just now"),
        (issued.withdrawn, 1, "It was genuine, and does not count any more"),
        (issued.reduced, 1, "It was genuine, and does not count any more"),
        (issued.reduced, 2, "Yes: it is genuine and counts today"),
    ):
        found = pastes(commissioner, token_of(issued, number, version))
        assert (found, found.title) == (same(live, token_of(issued, number, version)), title)
    parent = opens(PHONE)
    pastes(parent, token_of(issued, issued.reduced))
    parent.looks_again()
    newest = parent.address_of(f"The newest certificate {issued.reduced} (PDF)")
    assert newest == f"/certificates/{issued.reduced}/2/certificate.pdf"
    parent.page.goto(f"{live.url}/verify")
    parent.writes(credential=token_of(issued, issued.good), on=date(2020, 3, 14))
    parent.page.get_by_role("button", name=BUTTON).click()
    shown(parent.page)
    parent.reads("14 March 2020")


def test_every_forgery_gets_the_answer_that_the_register_gives(
    live: Live, issued: Mirrored, commissioner: Screen, tmp_path: Path
) -> None:
    forger = Forger(issued)
    forged = {how: forge(forger) for how, (forge, _why, _told) in FORGED.items()}
    forged |= {how: forge(issued, tmp_path).decode() for how, (forge, _words) in CREDENTIALS.items()}
    other = token_of(issued, issued.suspended).split(".")
    forged |= {
        "a flipped byte": forger.token[:400]
        + ("A" if forger.token[400] != "A" else "B")
        + forger.token[401:],
        "the signature of another": f"{forger.head}.{forger.body}.{other[2]}",
        "other claims, truly signed": forger.signed(forger.header, json.dumps(_later(forger)).encode()),
        "a kid that climbs": forger.signed(
            forger.header | {"kid": forger.header["kid"].replace(forger.owner, "..")}
        ),
        "a kid that nobody can write": forger.signed(
            forger.header | {"kid": forger.header["kid"].replace(forger.owner, "\ud800")}
        ),
        "broken over lines, in quotes": f" “{forger.token[:70]}\n{forger.token[70:]}” ",
        "three words with dots": "a.b.c",
        "nothing like it": "Dear commissioner, we are certified",
        "a number alone": issued.good,
    }
    for how, token in forged.items():
        if not token.strip("."):
            continue
        found = pastes(commissioner, token)
        assert found == same(live, token), how
        assert found.title.startswith("Yes") == (how == "broken over lines, in quotes"), how
    commissioner.looks_again()


def _later(forger: Forger) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(decode(forger.body))
    return said | {"validUntil": "2099-01-01T00:00:00Z"}


Serve = Callable[[bytes], bytes | None]


def as_if(page: Page, live: Live, path: str, change: Serve) -> Published:
    """The register, but for one address: to the browser and to the verifier."""
    there = source(live.url)

    def answer(route: Route) -> None:
        content = change(there(path) or b"")
        route.abort() if content is None else route.fulfill(body=content)

    page.unroute_all()
    page.route(f"{live.url}/{path}", answer)
    return lambda asked: change(there(asked) or b"") if asked == path else there(asked)


def agrees(screen: Screen, token: str, published: Published, now: datetime) -> str:
    """The answer, once browser and verifier were seen to agree on every look."""
    found = pastes(screen, token)
    report = checked(token.encode(), replace(anchors_from(published), is_itself=True), published, now)
    looked = [one for one in found.looks if one[0] != "The certification body"]
    assert [one[1:] for one in looked] == [(TAGS[item.found], item.sentence) for item in report.items]
    assert found.sentence == (report.why or report.sentence)
    return report.answer.value


def test_what_cannot_be_had_or_is_not_true_is_never_a_yes(
    live: Live, issued: Mirrored, commissioner: Screen
) -> None:
    token, forger = token_of(issued, issued.good), Forger(issued)
    folder = f"certificates/{issued.good}/1"
    bundle = next((issued.folder / "log/tile/entries").rglob("*.p/*")).relative_to(issued.folder).as_posix()
    did, listed = f"bodies/{forger.owner}/did.json", f"status/{forger.owner}/suspension/1"
    other = (issued.folder / f"status/{forger.owner}/revocation/1").read_bytes()

    def answer(path: str, change: Serve) -> str:
        return agrees(commissioner, token, as_if(commissioner.page, live, path, change), system_clock())

    for path in (did, listed, f"status/{forger.owner}/revocation/1", f"{folder}/statement.json", f"{folder}/proof.tlog-proof", "log/checkpoint", bundle):  # fmt: skip
        assert answer(path, lambda _content: None) == "cannot_tell", path
    for how, (change, _why) in LISTS.items():
        made = forger.signed(forger.header, json.dumps(change(a_list(forger))).encode()).encode()
        assert answer(listed, lambda _content, made=made: made) == "cannot_tell", how  # type: ignore[misc]
    assert answer(listed, lambda _content: other) == "cannot_tell"
    for broken in (
        lambda content: content.replace(b"P-256", b"P-384"),
        lambda _content: b"junk",
        lambda _content: b"[]",
    ):
        assert answer(did, broken) == "cannot_tell"
    for path in (f"{folder}/statement.json", f"{folder}/proof.tlog-proof", "log/checkpoint", bundle):
        assert answer(path, lambda content: content[: len(content) // 2]) == "cannot_tell", path
    assert answer(f"{folder}/statement.json", lambda content: content.replace(b"Harbour", b"Hardour")) == "not_certified"  # fmt: skip
    proof = (issued.folder / f"certificates/{issued.suspended}/1/proof.tlog-proof").read_bytes()
    assert answer(f"{folder}/proof.tlog-proof", lambda _content: proof) == "not_certified"
    assert answer("log/checkpoint", lambda note: note[:-10] + b"AAAAAAAA=\n") == "not_certified"
    assert answer(bundle, lambda entries: entries.replace(b"certificate.published", b"certificate.publishex")) == "not_certified"  # fmt: skip
    revoked = json.dumps({"revoked": "2020-01-01T00:00:00Z"})[1:-1].encode()
    assert answer(did, lambda content: content.replace(b'"publicKeyJwk"', revoked + b', "publicKeyJwk"')) == "cannot_tell"  # fmt: skip


def test_witnesses_that_the_register_names_are_told_of(
    settings: Settings, browser: Browser, tmp_path: Path
) -> None:
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    witness = NoteKey("witness.example/w1", private.public_key().public_bytes_raw(), COSIGNATURE)
    with serve(replace(settings, witnesses=(f"{witness.vkey}@http://127.0.0.1:9",))) as live:
        made, screen = issue_in(live, tmp_path), Screen(browser, live, set(), DESK)
        path, token = f"certificates/{made.good}/1/proof.tlog-proof", token_of(made, made.good)
        assert pastes(screen, token) == same(live, token)
        screen.reads("witness.example/w1 has not cosigned this state of the log.")

        def cosigned(sign: Callable[[bytes], bytes]) -> Serve:
            return lambda proof: b"\n\n".join(
                [*proof.split(b"\n\n", 1)[:1], add_cosignature(proof.decode().split("\n\n", 1)[1], witness, sign, 1_800_000_000).encode()]
            )  # fmt: skip

        for sign, words in (
            (private.sign, "1 outside witness has cosigned the log."),
            (lambda _message: bytes(64), "witness.example/w1 has not cosigned"),
        ):
            published = as_if(screen.page, live, path, cosigned(sign))
            anchors = anchors_from(published, [witness.vkey], all_of_them=False)
            found, report = pastes(screen, token), checked(token.encode(), anchors, published, system_clock())
            assert (found.sentence, found.looks[3][2]) == (
                report.why or report.sentence,
                report.items[3].sentence,
            )
            assert words in found.looks[3][2]
        screen.closes()


def test_the_clock_is_looked_at_as_the_verifier_looks_at_it(
    live: Live, issued: Mirrored, commissioner: Screen
) -> None:
    for after in (timedelta(days=-2), timedelta(days=3), timedelta(days=1200)):
        now = system_clock() + after
        commissioner.page.clock.set_fixed_time(now)
        agrees(commissioner, token_of(issued, issued.good), source(live.url), now)


def test_what_the_register_says_today_counts_before_its_lists_are_signed_anew(
    live: Live, issued: Mirrored, commissioner: Screen
) -> None:
    with urlopen(f"{live.url}/api/v1/verify/{issued.suspended}") as answer:
        suspended = json.load(answer)
    commissioner.page.route(f"**/api/v1/verify/{issued.good}*", lambda route: route.fulfill(json=suspended))
    found = pastes(commissioner, token_of(issued, issued.good))
    assert (found.title, found.sentence) == (
        "It is genuine, but not in force just now",
        suspended["sentence"],
    )


def test_when_the_register_cannot_be_asked_what_is_so_today_the_answer_is_open(
    live: Live, issued: Mirrored, commissioner: Screen
) -> None:
    commissioner.page.route("**/api/v1/verify/**", lambda route: route.abort())
    found = pastes(commissioner, token_of(issued, issued.good))
    assert found.title == "We cannot tell from this"
    assert "could not be asked what it says today" in found.sentence


def test_what_is_no_certificate_is_named_and_sent_only_when_somebody_says_so(
    live: Live, issued: Mirrored, commissioner: Screen
) -> None:
    kinds = {
        "signed statement": next(issued.folder.rglob("statement.jwt")),
        "credential about a licence": next(issued.folder.glob("bodies/*/licence/*/credential.jwt")),
        "endorsement for badges": next(issued.folder.glob("certificates/*/*/endorsements/*")),
    }
    for words, path in kinds.items():
        asked = listens(commissioner.page)
        found = pastes(commissioner, path.read_text())
        assert (found.title, words in found.sentence) == ("We cannot tell from this", True)
        assert {one.method for one in asked} == {"GET"}
        commissioner.looks_again()
        commissioner.presses("Send it to the register")
        assert commissioner.title == told(live, path.read_text())["title"]


def test_a_browser_that_lacks_what_is_needed_says_that_the_text_is_sent(
    issued: Mirrored, opens: Opens
) -> None:
    token = token_of(issued, issued.good)
    old = opens()
    old.page.add_init_script("delete globalThis.DecompressionStream")
    for somebody in (old, opens(scripts=False)):
        somebody.visits("/verify").reads("or the text of a credential, is sent to the register")
        somebody.sends(BUTTON, credential=token).reads("Yes: it is genuine and counts today")


def test_a_browser_that_knows_no_ed25519_offers_to_send_it(issued: Mirrored, commissioner: Screen) -> None:
    commissioner.page.add_init_script(
        "const own = crypto.subtle.importKey.bind(crypto.subtle);"
        "crypto.subtle.importKey = (form, key, name, ...more) =>"
        " name === 'Ed25519' ? Promise.reject(new DOMException('', 'NotSupportedError')) : own(form, key, name, ...more);"
    )
    found = pastes(commissioner, token_of(issued, issued.good))
    assert found.sentence == "This browser cannot check the signature of the register’s log."
    commissioner.presses("Send it to the register").reads("Yes: it is genuine and counts today")


def test_when_the_parts_cannot_be_fetched_nothing_is_sent_either(
    issued: Mirrored, commissioner: Screen
) -> None:
    commissioner.page.context.set_offline(True)
    commissioner.writes(credential=token_of(issued, issued.good))
    commissioner.page.get_by_role("button", name=BUTTON).click()
    commissioner.page.get_by_text("This browser could not check it, and nothing was sent.").wait_for()
