"""What goes in and out at the edge: settings, headers, forged forms, sessions, and nothing public that is not allowed to be."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from app.settings import SettingsFault, read_settings
from app.web.gate import PUBLIC, cookie_name
from tests.faults.ground import ROUTES, Ground

ALLOWED = Path(__file__).with_name("public_fields.txt")
"""Every key that any public answer may hold. A new one is a decision, and shows as a line of this file's diff."""


def keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {key for one in value.values() for key in keys(one)}
    return {key for one in value for key in keys(one)} if isinstance(value, list) else set()


def public_answers(ground: Ground) -> dict[str, Any]:
    """Every public JSON answer there is, on the references of the register."""
    found = {}
    for route in ROUTES:
        if route.method == "GET" and route.may == PUBLIC and route.json:
            queries = ["", "?on=2026-03-04"]
            if route.path == "/check":
                queries.append(f"?organisation=Harbour&curriculum={ground.refs['curriculum']}&on=2026-03-20")
            if route.path == "/verify/{number}":
                queries.append("?on=2026-03-05&known_at=2026-03-30T00:00:00Z")
            for query in queries:
                answer = ground.ask("GET", ground.address(route.path, json=True) + query, json=True)
                assert answer.status_code in (200, 404), (route.path, answer.text[:200])
                if answer.status_code == 200:
                    found[route.path + query] = answer.json()
    return found


def test_public_answers_hold_only_the_fields_that_are_allowed(ground: Ground) -> None:
    """An allow-list, so that a field added to a View for the desk does not reach the public by itself (rules page, 17)."""
    allowed = set(ALLOWED.read_text().split())
    found = public_answers(ground)
    assert len(found) > 10
    surplus = {
        place: sorted(keys(answer) - allowed) for place, answer in found.items() if keys(answer) - allowed
    }
    assert not surplus, " ".join(sorted({one for some in surplus.values() for one in some}))


def test_nothing_private_and_no_technique_is_told_to_the_public(ground: Ground) -> None:
    """Private words of the register, each looked for in every public answer, page and file."""
    private = [
        "left in anger",
        "Three files had no reviewer",
        "Signed by nobody",
        "We stopped the course",
        "Page 2, 3 May",
    ]
    with ground.site.engine.connect() as connection:
        private += [str(row[0]) for row in connection.exec_driver_sql("SELECT name FROM technique")]
        private += [str(row[0]) for row in connection.exec_driver_sql("SELECT email FROM person")]
    assert len(private) > 12
    told = []
    for route in ROUTES:
        if route.method == "GET" and route.may == PUBLIC:
            answer = ground.ask("GET", ground.address(route.path, route.json), json=route.json)
            told += [(route.path, words) for words in private if words in answer.text]
    assert not told, told


def test_public_answers_may_be_kept_and_carry_no_cookie_and_the_others_may_not(ground: Ground) -> None:
    for route in ROUTES:
        if route.method != "GET" or route.rate == "sign_in":
            continue
        answer = ground.get(route, "" if route.may == PUBLIC else "organisational_representative")
        caching = answer.headers["cache-control"]
        a_form = (
            route.name.endswith(".form") and 'name="once"' in answer.text
        )  # the key that makes its sending safe to repeat
        if route.may == PUBLIC and answer.status_code == 200 and not a_form:
            assert "set-cookie" not in answer.headers, route.path
            assert caching.startswith("public"), route.path
        else:
            assert caching == "no-store", (route.path, caching)


def test_public_pages_are_not_kept_for_who_is_signed_in(ground: Ground) -> None:
    who = "organisational_representative"
    answer = ground.ask("GET", "/register", who)
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in ground.ask("GET", "/register").headers
    assert ground.callers[who].name.capitalize()[:5] not in ground.ask("GET", "/register").text


def test_every_answer_carries_the_headers_and_no_page_runs_a_script_of_its_own(ground: Ground) -> None:
    for path in (
        "/",
        "/register",
        "/sign-in",
        "/nowhere",
        "/desk",
        "/static/none.css",
        "/api/v1/cases",
        "/healthz",
        "/badge/x.svg",
    ):
        answer = ground.ask("GET", path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=\"|javascript:", answer.text)


@pytest.mark.parametrize("path", ["/", "/register", "/verify/NGC-000001-X", "/sign-in", "/desk", "/nowhere"])
def test_no_answer_believes_the_host_it_was_asked_by(ground: Ground, path: str) -> None:
    lies = {
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "ftp",
        "X-Original-URL": "/cases",
    }
    answer = ground.ask("GET", path, headers=lies)
    assert "evil.example" not in answer.text
    assert "evil.example" not in answer.headers.get("location", "")
    honest = ground.ask("GET", path)
    assert len(answer.text) == len(honest.text)
    assert answer.status_code == honest.status_code


def test_get_changes_nothing(ground: Ground) -> None:
    """Every GET there is, and afterwards the journal and the ledger are as long as before (rules page, 4)."""

    def size() -> tuple[int, ...]:
        with ground.site.engine.connect() as connection:
            tables = ("event", "ledger_entry", "delivery", "letter", "token", "membership")
            return tuple(
                connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() for table in tables
            )

    before = size()
    for route in ROUTES:
        if route.method == "GET" and not route.json:
            ground.get(route, "" if route.may == PUBLIC else "case_officer")
    assert size() == before


def test_a_session_id_somebody_else_chose_is_never_taken_over(ground: Ground) -> None:
    """Session fixation: what the browser brought before signing in is worth nothing afterwards."""
    name = cookie_name(ground.settings)
    planted = {"Cookie": f"{name}=chosen-by-somebody-else-entirely-000000000"}
    assert ground.ask("GET", "/desk", headers=planted).status_code == 303
    answer = ground.ask("POST", "/sign-in", headers=planted, data={"email": "a@example.org", "password": "x"})
    assert "set-cookie" not in answer.headers or "chosen-by" not in answer.headers["set-cookie"]
    assert ground.ask("GET", "/desk", headers=planted).status_code == 303


def test_a_bearer_token_does_not_open_pages_and_a_cookie_does_not_open_the_interface(ground: Ground) -> None:
    who = ground.callers["case_officer"]
    assert ground.ask("GET", "/cases", headers={"Authorization": f"Bearer {who.token}"}).status_code == 303
    cookie = {"Cookie": f"{cookie_name(ground.settings)}={who.cookie}"}
    assert ground.ask("GET", "/api/v1/cases", headers=cookie).status_code == 401


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        "Bearer \xff\xfe",
        "Bearer " + "x" * 8000,
        "bearer null",
        "Bearer a b",
    ],
)
def test_no_token_that_is_none_is_a_fault_of_ours(ground: Ground, bad: str) -> None:
    answer = ground.ask("GET", "/api/v1/cases", headers={"Authorization": bad.encode("latin-1")})
    assert answer.status_code == 401
    assert json.loads(answer.text)["detail"].endswith(".")


def test_every_fault_of_the_settings_is_said_at_once(tmp_path: Path) -> None:
    wrong = {
        "RRN_DATA_DIR": str(tmp_path), "RRN_PUBLIC_BASE_URL": "http://register.example.org", "RRN_SECRET_KEY": "short",
        "RRN_DATABASE_URL": "mysql://x/y", "RRN_LOG_LEVEL": "LOUD", "RRN_TRUSTED_PROXIES": "10.0.0.0/8, not-an-address",
    }  # fmt: skip
    with pytest.raises(SettingsFault) as caught:
        read_settings(wrong)
    lines = str(caught.value).splitlines()
    assert [
        name for name in wrong if name != "RRN_DATA_DIR" and not any(name in line for line in lines)
    ] == []
    assert all(line.endswith(".") for line in lines)
    assert "short" not in str(caught.value), "a secret is not repeated"


def test_logs_of_database_faults_hold_no_values(ground: Ground) -> None:
    """An error of the database quotes the statement, never what somebody typed (rules page, 18)."""
    with (
        ground.site.engine.connect() as connection,
        pytest.raises(Exception, match=r"no_such_table|hidden") as caught,
    ):
        connection.exec_driver_sql(
            "SELECT * FROM no_such_table WHERE x = ?"
            if connection.dialect.name == "sqlite"
            else "SELECT * FROM no_such_table WHERE x = %s",
            ("somebody's secret",),
        )
    assert "somebody's secret" not in str(caught.value)
