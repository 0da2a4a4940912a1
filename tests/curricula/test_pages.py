"""The pages of curricula and their JSON twins, through the application."""

from collections.abc import Iterator, Mapping

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import event
from starlette.testclient import TestClient

from app.curricula import commands, queries
from app.kernel.actor import Actor
from app.kernel.database import Site, Unit, reading, writing
from app.main import create_app
from app.settings import Settings
from app.web.gate import Credentials, Ports, cookie_name, csrf_token
from app.web.uploads import LARGEST
from tests.conftest import SetClock
from tests.curricula.make import World, a_file, a_pdf, fill, make_curriculum, make_version


@pytest.fixture
def web(settings: Settings, clock: SetClock, world: World) -> Iterator[FastAPI]:
    """The application, with people known by their id alone: signing in is another area's matter."""
    known = {
        one.id: one
        for one in (
            world.manager,
            world.rival,
            world.trainer,
            world.assessor,
            world.other_assessor,
            world.standards,
        )
    }

    def identify(_unit: Unit, brought: Credentials) -> Actor | None:
        return known.get(brought.session or brought.token or "")

    made = create_app(settings, clock)
    made.state.ports = Ports(identify=identify)
    yield made
    made.state.site.engine.dispose()


def browser(web: FastAPI, who: Actor) -> TestClient:
    client = TestClient(web, follow_redirects=True)
    client.cookies.set(cookie_name(web.state.site.settings), who.id)
    return client


def program(web: FastAPI, who: Actor) -> TestClient:
    return TestClient(web, headers={"Authorization": f"Bearer {who.id}"})


def send(
    client: TestClient, web: FastAPI, who: Actor, path: str, data: Mapping[str, object], files: object = None
) -> httpx2.Response:
    own = {"csrf": csrf_token(web.state.site.settings, who.id)}
    answer: httpx2.Response = client.post(path, data={**data, **own}, files=files)  # type: ignore[arg-type]
    return answer


def test_a_curriculum_is_written_and_submitted_through_the_pages(web: FastAPI, world: World) -> None:
    maya = world.manager
    client = browser(web, maya)
    begun = send(
        client,
        web,
        maya,
        "/curricula",
        {"title": "Safe Holding", "nations": ["england"], "settings": ["health"], "populations": ["adults"]},
    )
    assert begun.status_code == 200 and "Say in a few sentences what the curriculum is." in begun.text
    ref = client.get("/curricula").text.split('href="/curricula/')[2].split('"')[0]
    with reading(web.state.site, maya) as unit:
        version = queries.curriculum_view(unit, ref).current.ref
    base = f"/curricula/versions/{version}"
    assert "One outcome a line." in client.get(f"{base}/modules/new").text
    module = {
        "title": "Hearing <b>people</b>",
        "level": "primary",
        "minutes": "90",
        "mandatory": "true",
        "lived_experience": "true",
        "outcomes": "Listen",
    }
    added = send(client, web, maya, f"{base}/modules", module)
    assert "Hearing &lt;b&gt;people&lt;/b&gt;" in added.text
    refused = send(client, web, maya, f"{base}/modules", module | {"minutes": "-1"})
    assert refused.status_code == 422 and "Minutes of teaching must be 0 or more." in refused.text
    fill(web.state.site, maya, version)
    ready = client.get(base).text
    assert "Everything is there." in ready and "What you can do now" in ready
    with reading(web.state.site, maya) as unit:
        row = queries.find_version(unit, version).version
    done = send(client, web, maya, f"{base}/submit", {"version": row})
    assert "Submitted" in done.text and "Fingerprint of its content" in done.text
    assert "Add a module" not in done.text
    late = send(client, web, maya, f"{base}/modules", module)
    assert late.status_code == 422 or late.status_code == 409
    assert "was submitted and stays as it is" in late.text


@pytest.mark.parametrize(
    "page",
    [
        "/curricula",
        "/curricula/new",
        "/curricula/{curriculum}",
        "/curricula/{curriculum}/start-new-version",
        "{base}",
        "{base}/withdraw",
    ],
)
def test_every_page_about_a_submitted_version_is_drawn(
    web: FastAPI, site: Site, world: World, page: str
) -> None:
    version = make_version(site, world.manager)
    with reading(site, world.manager) as unit:
        curriculum = queries.version_view(unit, version).curriculum_ref
    answer = browser(web, world.manager).get(
        page.format(curriculum=curriculum, base=f"/curricula/versions/{version}")
    )
    assert answer.status_code == 200, answer.text


def test_every_form_of_a_draft_is_drawn_with_what_is_known(web: FastAPI, site: Site, world: World) -> None:
    version = make_curriculum(site, world.manager)
    fill(site, world.manager, version)
    with reading(site, world.manager) as unit:
        module = queries.version_view(unit, version).levels[-1].modules[0]
    client, base = browser(web, world.manager), f"/curricula/versions/{version}"
    expected = {
        f"{base}/details": "Three people tell their story first.",
        f"{base}/coverage/1.1.1": "Session 2, page 14.",
        f"{base}/documents/new": 'type="file"',
        f"{base}/submit": "Submit this version",
        f"/curricula/modules/{module.ref}/change": "Seated holds",
        f"/curricula/modules/{module.ref}/remove": "Its techniques go with it",
        f"/curricula/modules/{module.ref}/techniques/new": "never public",
        f"/curricula/techniques/{module.techniques[0].ref}/change": "Breathing is watched.",
        f"/curricula/techniques/{module.techniques[0].ref}/remove": "Remove the technique",
    }
    for path, words in expected.items():
        answer = client.get(path)
        assert answer.status_code == 200 and words in answer.text, path
    assert client.get(f"{base}/coverage/8.8").status_code == 404
    assert client.get(f"{base}/coverage/1.1.1;drop").status_code in (404, 422)


def test_a_file_is_sent_kept_and_saved_again_as_an_attachment(web: FastAPI, site: Site, world: World) -> None:
    maya = world.manager
    version = make_curriculum(site, maya)
    client, base = browser(web, maya), f"/curricula/versions/{version}"
    sent = send(
        client,
        web,
        maya,
        f"{base}/documents",
        {"title": "Risks of seated holds"},
        {"file": ("../../ri\0sks.pdf", a_pdf(), "text/html")},
    )
    assert sent.status_code == 200 and "Risks of seated holds" in sent.text
    with reading(site, maya) as unit:
        document = queries.version_view(unit, version).documents[0]
    assert "SHA-256" in client.get(f"/documents/{document.ref}").text
    saved = client.get(f"/documents/{document.ref}/file")
    assert saved.content == a_pdf() and saved.headers["content-type"] == "application/pdf"
    assert saved.headers["content-disposition"] == f'attachment; filename="document-{document.ref}.pdf"'
    assert saved.headers["x-content-type-options"] == "nosniff"
    for stranger in (world.rival, world.assessor, world.other_assessor):
        assert browser(web, stranger).get(f"/documents/{document.ref}/file").status_code == 404


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        (b"", 422, ""),
        (b"MZ not a document", 422, "only PDF, PNG, JPEG"),
        (b"%PDF-1.7 broken", 422, "damaged"),
        (b"%PDF-" + bytes(LARGEST - 4), 422, "larger than 10 MB"),
    ],
)
def test_a_file_we_do_not_take_comes_back_with_a_sentence(
    web: FastAPI, site: Site, world: World, content: bytes, status: int, said: str
) -> None:
    version = make_curriculum(site, world.manager)
    client, base = browser(web, world.manager), f"/curricula/versions/{version}"
    answer = send(
        client,
        web,
        world.manager,
        f"{base}/documents",
        {"title": "Kept words"},
        {"file": ("x.pdf", content, "application/pdf")},
    )
    assert answer.status_code == status and said in answer.text and "Kept words" in answer.text
    with reading(site, world.manager) as unit:
        assert not queries.version_view(unit, version).documents


def test_the_same_work_is_done_through_json(web: FastAPI, site: Site, world: World) -> None:
    client = program(web, world.manager)
    opened = client.post("/api/v1/curricula", json={"title": "Safe Holding", "nations": ["wales"]})
    assert opened.status_code == 201
    view = opened.json()
    version = view["current"]["ref"]
    base = f"/api/v1/curricula/versions/{version}"
    added = client.post(
        f"{base}/modules",
        json={
            "title": "One",
            "level": "tertiary_restrictive_intermediate",
            "minutes": 60,
            "outcomes": "Hold",
        },
    )
    assert added.status_code == 201
    module = added.json()["levels"][0]["modules"][0]["ref"]
    hold = {
        "name": "Hold",
        "position": "seated",
        "restrictiveness": "tertiary_restrictive_intermediate",
        "medical_review_on": "2026-01-05",
    }
    assert client.post(f"/api/v1/curricula/modules/{module}/techniques", json=hold).status_code == 201
    answered = client.post(
        f"{base}/coverage/1.1.1", json={"answer": "covered", "modules": [module], "where": "Session 1."}
    )
    assert answered.json()["coverage"][0]["state"] == "covered"
    refused = client.post(f"{base}/submit", json={"version": answered.json()["version"]})
    assert refused.status_code == 422 and "cannot be submitted yet" in refused.json()["detail"]
    kept = client.post(
        f"{base}/documents", data={"title": "Risks"}, files={"file": ("r.pdf", a_pdf(), "application/pdf")}
    )
    assert kept.status_code == 201
    document = kept.json()["documents"][0]["ref"]
    assert client.get(f"/api/v1/documents/{document}/file").content == a_pdf()
    assert client.get("/api/v1/curricula").json()["items"][0]["title"] == "Safe Holding"
    assert program(web, world.rival).get(base).status_code == 404
    assert client.post(f"{base}/modules", json={"title": "One", "sudo": True}).status_code == 422


def test_a_case_step_has_no_address(web: FastAPI, site: Site, world: World) -> None:
    version = make_version(site, world.manager)
    for who in (world.manager, world.assessor):
        for step in ("take-into-evaluation", "certify", "supersede", "release", "end"):
            answer = program(web, who).post(
                f"/api/v1/curricula/versions/{version}/{step}", json={"version": 1}
            )
            assert answer.status_code in (404, 405), step


def test_the_body_reads_techniques_and_is_offered_nothing(web: FastAPI, site: Site, world: World) -> None:
    version = make_version(site, world.manager)
    page = browser(web, world.assessor).get(f"/curricula/versions/{version}")
    assert (
        "Seated forearm hold" in page.text
        and "What you can do now" not in page.text
        and "Add a module" not in page.text
    )
    assert (
        program(web, world.assessor)
        .post(f"/api/v1/curricula/versions/{version}/withdraw", json={"version": 2, "reason": "No no"})
        .status_code
        == 403
    )


def test_a_version_taken_back_says_why_and_the_next_one_may_begin(
    web: FastAPI, site: Site, world: World
) -> None:
    maya = world.manager
    version = make_version(site, maya)
    client = browser(web, maya)
    with reading(site, maya) as unit:
        view = queries.version_view(unit, version)
    sent = send(
        client,
        web,
        maya,
        f"/curricula/versions/{version}/withdraw",
        {"version": view.version, "reason": "A hold was wrong."},
    )
    assert "A hold was wrong." in sent.text
    assert "Start a new version" in client.get(f"/curricula/{view.curriculum_ref}").text


def test_the_number_of_questions_does_not_grow_with_the_list(site: Site, world: World) -> None:
    counts = []
    for _round in range(2):
        for number in range(3):
            make_curriculum(site, world.manager, f"Course {_round}{number}")
        counts.append(statements(site, world))
    assert counts[0] == counts[1] <= 4


def statements(site: Site, world: World) -> int:
    asked: list[str] = []
    event.listen(site.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    with reading(site, world.manager) as unit:
        queries.curriculum_list(unit)
    return len([one for one in asked if one.lstrip().upper().startswith("SELECT")])


def test_too_many_documents_are_refused(site: Site, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    version = make_curriculum(site, world.manager)
    monkeypatch.setattr("app.curricula.commands.evidence.MOST_DOCUMENTS", 1)
    with writing(site, world.manager) as unit:
        commands.attach(unit, queries.find_version(unit, version), a_file(), "One")
    with pytest.raises(Exception, match="at most 1 documents"), writing(site, world.manager) as unit:
        commands.attach(unit, queries.find_version(unit, version), a_file(), "Two")
