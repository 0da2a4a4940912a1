"""Whatever is sent to whatever address: never a 500, always a sentence, and what was typed comes back."""

import inspect
from collections.abc import Callable, Iterator
from datetime import date
from enum import Enum
from html import escape
from typing import Any
from urllib.parse import quote

import pytest
from pydantic import BaseModel

from app.permissions import GRANTS, Permission
from app.web.forms import inner_type
from app.web.gate import PUBLIC
from app.web.routing import Route
from app.web.uploads import Upload
from tests.faults.ground import JSON, ROUTES, Ground, sentence

WRITES = [route for route in ROUTES if route.method == "POST" and route.path != "/sign-out"]
MODELS: dict[str, type[BaseModel]] = {route.path: route.form for route in ROUTES if route.form}
BAD_TEXT = {
    "lone surrogate": "\\ud800", "NUL": "a\\u0000b", "bidi": "invoice\\u202egnp.exe", "unassigned": "\\ufdd0", "bell": "\\u0007",
    "escape": "\\u001b[2J",
}  # fmt: skip
BAD_VALUES: dict[str, str] = {
    **{name: f'"{text}"' for name, text in BAD_TEXT.items()},
    "2^63": "9223372036854775808", "2^31": "2147483648", "-2^63": "-9223372036854775808", "a huge number": "1" + "0" * 4000, "1e999": "1e999",
    "true": "true", "null": "null", "nested": "[" * 60 + "]" * 60, "an object": '{"a": 1}', "long": '"' + "x" * 100_000 + '"',
    "year 9999": '"9999-12-31"', "year 0": '"0000-01-01"', "many": "[" + ",".join(['"x"'] * 3000) + "]",
}  # fmt: skip


SHARE = 4
"""Forms are made of the same few types: each bad value goes to a quarter of them, and each form gets a quarter of the values."""


def someone(route: Route) -> str:
    """Somebody at home who may ask this route."""
    if route.may == PUBLIC:
        return ""
    if isinstance(route.may, Permission):
        return next(role.value for role in GRANTS if route.may in GRANTS[role])
    return "organisational_representative"


def bodies(route: Route) -> Iterator[tuple[str, bytes]]:
    """Bodies that no form is, each with a bad value in every field."""
    assert route.form
    names = list(route.form.model_fields)
    for what, value in BAD_VALUES.items():
        yield what, ("{" + ",".join(f'"{name}": {value}' for name in names) + "}").encode()
    yield "an unknown field", b'{"nobody_asked": "x", "version": 1}'
    yield "900 deep", b"[" * 900 + b"]" * 900
    yield "not JSON", b"version=1"
    yield "not UTF-8", b'{"version": "\xff\xfe"}'
    yield "twice the same name", b'{"version": 1, "version": "two"}'
    yield "a bare number", b"7"
    yield "nothing", b""


@pytest.mark.slow
def test_no_bad_body_is_a_fault_of_ours_and_each_is_answered_in_words(ground: Ground) -> None:
    wrong = []
    for turn, route in enumerate(route for route in WRITES if route.json):
        address, who = ground.address(route.path, json=True), someone(route)
        for what, body in list(bodies(route))[turn % SHARE :: SHARE]:
            answer = ground.ask("POST", address, who, json=True, content=body, headers=JSON)
            if not 400 <= answer.status_code < 500 and (
                MODELS[route.path].model_fields or answer.status_code >= 500
            ):
                wrong.append(f"{route.path} {what}: {answer.status_code} {answer.text[:80]}")
            elif answer.status_code >= 400:
                sentence(answer)
    assert not wrong, "\n".join(wrong)


SENT: dict[str, Callable[[list[str]], tuple[bytes, str]]] = {
    "NUL": lambda names: ("&".join(f"{name}=a%00b" for name in names).encode(), "application/x-www-form-urlencoded"),
    "half a character": lambda names: ("&".join(f"{name}=%ED%A0%80" for name in names).encode(), "application/x-www-form-urlencoded"),
    "bidi": lambda names: ("&".join(f"{name}={quote(chr(0x202E))}x" for name in names).encode(), "application/x-www-form-urlencoded"),
    "2^63": lambda names: ("&".join(f"{name}=9223372036854775808" for name in names).encode(), "application/x-www-form-urlencoded"),
    "4,400 digits": lambda names: ("&".join(f"{name}={'9' * 4400}" for name in names).encode(), "application/x-www-form-urlencoded"),
    "every field three times": lambda names: ("&".join(f"{name}=1&{name}=2&{name}=" for name in names).encode(), "application/x-www-form-urlencoded"),
    "fields nobody asked for": lambda _names: (b"nobody=1&version-day=x&%00=%00&=&csrf-day=1", "application/x-www-form-urlencoded"),
    "a lying charset": lambda names: (part([(name, b"\\ud800") for name in names], "unicode_escape"), "multipart/form-data; boundary=b; charset=unicode_escape"),
    "a charset that is none": lambda names: (part([(name, b"xn--\xff-") for name in names], "idna"), "multipart/form-data; boundary=b; charset=idna"),
    "files instead of words": lambda names: (part([(f'{name}"; filename="x.txt', b"words") for name in names]), "multipart/form-data; boundary=b"),
    "an unfinished part": lambda names: (b'--b\r\nContent-Disposition: form-data; name="' + names[0].encode(), "multipart/form-data; boundary=b"),
    "no boundary": lambda _names: (b"--b\r\n\r\n--b--", "multipart/form-data"),
    "another kind": lambda _names: (b"<x/>", "text/xml"),
    "1,001 fields": lambda _names: (b"&".join(b"version=1" for _one in range(1001)), "application/x-www-form-urlencoded"),
}  # fmt: skip


def part(fields: list[tuple[str, bytes]], _charset: str = "") -> bytes:
    """A multipart body."""
    lines = [
        b'--b\r\nContent-Disposition: form-data; name="' + name.encode() + b'"\r\n\r\n' + value + b"\r\n"
        for name, value in fields
    ]
    return b"".join(lines) + b"--b--\r\n"


@pytest.mark.slow
@pytest.mark.parametrize("what", SENT)
def test_no_form_that_a_browser_could_be_made_to_send_is_a_fault_of_ours(ground: Ground, what: str) -> None:
    wrong = []
    for route in [route for route in WRITES if not route.json][list(SENT).index(what) % SHARE :: SHARE]:
        model = MODELS.get(route.path)
        names = [
            *(model.model_fields if model else ["email", "password", "code", "again", "next"]),
            "once",
            "csrf",
        ]
        body, kind = SENT[what](names)
        answer = ground.ask(
            "POST", ground.address(route.path), someone(route), content=body, headers={"Content-Type": kind}
        )
        if not 200 <= answer.status_code < 500 or "Traceback" in answer.text:
            wrong.append(f"{route.path}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("hidden", ["once", "csrf"])
def test_hidden_fields_and_keys_can_hold_anything(ground: Ground, hidden: str) -> None:
    """The key of a repeated call is stored, so that it meets the database; both engines must take it."""
    for value in (b"a%00b", b"%ED%A0%80", b"x" * 5000):
        for path in ("/curricula", "/people/invitations"):
            who = "organisational_representative"
            fields = {
                "title": "Holding",
                "name": "Ann",
                "email": "ann@example.org",
                "roles": "trainer",
                "csrf": ground.csrf(who),
            }
            names = {"/curricula": ("title",), "/people/invitations": ("name", "email", "roles")}[path]
            body = b"&".join(
                f"{name}={quote(fields[name])}".encode() for name in (*names, "csrf") if name != hidden
            )
            sent = body + b"&" + hidden.encode() + b"=" + value
            answer = ground.ask(
                "POST", path, who, content=sent, headers={"Content-Type": "application/x-www-form-urlencoded"}
            )
            assert answer.status_code in (303, 403, 422), (path, value[:20], answer.status_code)
    multipart = part([("csrf", b"\\ud800"), ("title", b"Holding")])
    kind = {"Content-Type": "multipart/form-data; boundary=b; charset=unicode_escape"}
    assert (
        ground.ask(
            "POST", "/curricula", "organisational_representative", content=multipart, headers=kind
        ).status_code
        == 415
    )


def plausible(annotation: Any, name: str) -> Any:
    """A value that looks right, so that what lies behind the form is reached."""
    inner, many = inner_type(annotation)
    words = 'Ŵyn Łukasz O\'Hara; DROP TABLE "event" -- <b>{{ 7*7 }}</b> =1+1 %s'
    one: Any = words
    if isinstance(inner, type) and issubclass(inner, Enum):
        one = next(iter(inner)).value
    elif inner is bool:
        one = True
    elif inner is int:
        one = 1
    elif inner is date:
        one = "2026-03-02"
    elif isinstance(inner, type) and issubclass(inner, Upload):
        one = None
    elif "email" in name:
        one = "ann.lee@example.org"
    return [one] if many else one


@pytest.mark.slow
def test_forms_that_look_right_are_taken_or_refused_in_words(ground: Ground) -> None:
    """Each form filled in as a stranger to the scheme would, for words first and for references then."""
    wrong = []
    for route in (route for route in WRITES if route.json and route.form):
        assert route.form
        whole = {name: plausible(field.annotation, name) for name, field in route.form.model_fields.items()}
        answers = [
            ground.send(
                route, someone(route), {name: value for name, value in whole.items() if value is not None}
            )
        ]
        fields = answers[0].json().get("fields", {}) if answers[0].status_code == 422 else {}
        mended = {
            name: ["nothing-here"] if isinstance(value, list) else "nothing-here"
            for name, value in whole.items()
            if name in fields
        }
        answers.append(
            ground.send(
                route,
                someone(route),
                {name: value for name, value in (whole | mended).items() if value is not None},
            )
        )
        for answer in answers:
            if answer.status_code >= 500:
                wrong.append(f"{route.path}: {answer.status_code} {answer.text[:100]}")
            elif answer.status_code >= 400:
                sentence(answer)
    assert not wrong, "\n".join(wrong)


STRANGE = [
    "%00",
    "%ED%A0%80",
    "..%2f..%2fetc",
    "9" * 400,
    "-",
    "%E2%80%AEx",
    "9223372036854775808",
    "a" * 3000,
    "%F0%9F%91%A9",
    "'%22--",
    ".",
]


def test_no_part_of_an_address_is_taken_as_it_comes() -> None:
    """A reference is matched against its pattern before anything is asked of the database; a badge answers whatever is asked."""
    raw = [
        f"{route.path} {name}"
        for route in ROUTES
        for name, one in inspect.signature(route.endpoint).parameters.items()
        if one.annotation is str and route.path != "/badge/{number}.svg"
    ]
    assert not raw, raw


def test_a_badge_of_anything_is_a_badge(ground: Ground) -> None:
    for strange in STRANGE:
        assert ground.ask("GET", f"/badge/{strange}.svg").status_code in (200, 404), strange


@pytest.mark.slow
def test_no_address_is_a_fault_of_ours(ground: Ground) -> None:
    wrong = []
    for turn, route in enumerate(route for route in ROUTES if route.method == "GET" and "{" in route.path):
        start, _brace, rest = route.path.partition("{")
        end = ground.address("/x/" + rest.partition("}")[2].lstrip("/"))[2:].rstrip("/")
        for strange in STRANGE[turn % SHARE :: SHARE] if route.may != PUBLIC else STRANGE:
            address = ("/api/v1" if route.json else "") + start + strange + end
            answer = ground.ask("GET", address, someone(route), json=route.json)
            if answer.status_code >= 500:
                wrong.append(f"{address[:90]}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
def test_no_question_is_a_fault_of_ours(ground: Ground) -> None:
    """Every query field of every page, with every strange value."""
    described = ground.app.openapi()
    wrong = []
    for path, methods in described["paths"].items():
        names = [one["name"] for one in methods.get("get", {}).get("parameters", ()) if one["in"] == "query"]
        route = next((one for one in ROUTES if one.json and "/api/v1" + one.path == path), None)
        if not names or route is None:
            continue
        for strange in (
            *STRANGE,
            "",
            "2026-02-30",
            "9999-12-31T23:59:59%2B14:00",
            "0001-01-01T00:00:00-14:00",
            "1" * 300,
            "*%20OR%201",
            "%22" * 50,
            "NEAR(a,b)",
        ):
            for face in (True, False):
                address = (
                    ground.address(route.path, json=face)
                    + "?"
                    + "&".join(f"{name}={strange}" for name in names)
                )
                answer = ground.ask("GET", address, someone(route), json=face)
                single = [
                    ground.ask(
                        "GET",
                        ground.address(route.path, json=True) + f"?{name}={strange}",
                        someone(route),
                        json=True,
                    )
                    for name in names
                    if face
                ]
                codes = {one.status_code for one in (answer, *single)}
                if max(codes) >= 500:
                    wrong.append(f"{address[:120]}: {codes}")
    assert not wrong, "\n".join(wrong)


def test_ten_megabytes_are_refused_in_words_everywhere(ground: Ground) -> None:
    for route in WRITES[:: max(1, len(WRITES) // 12)]:
        large = b"x=" + b"x" * (12 * 1024 * 1024)
        kind = "application/json" if route.json else "application/x-www-form-urlencoded"
        answer = ground.ask(
            "POST",
            ground.address(route.path, route.json),
            someone(route),
            json=route.json,
            content=large,
            headers={"Content-Type": kind},
        )
        assert answer.status_code == 413, route.path
        assert "Nothing was saved" in answer.text


def test_what_was_typed_comes_back_from_every_form_that_has_a_page(ground: Ground) -> None:
    """A form with one good answer and otherwise nothing: the good answer stands in it when it comes back."""
    asked = {route.name.removesuffix(".form") for route in ROUTES if route.name.endswith(".form")}
    lost, seen = [], 0
    words = "It took three visits & a <long> talk to find out why."
    for route in (route for route in WRITES if not route.json and route.name in asked):
        model = MODELS.get(route.path)
        texts = [
            name
            for name, field in (model.model_fields if model else {}).items()
            if inner_type(field.annotation) == (str, False)
        ]
        extra = {name: (model.model_fields[name].json_schema_extra or {}) for name in texts} if model else {}
        texts = [name for name in texts if not extra[name].get("kind")]  # type: ignore[union-attr]
        who = someone(route)
        if not texts or not who:
            continue
        said = dict.fromkeys(texts, words) | {"version": "0"}
        answer = ground.ask("POST", ground.address(route.path), who, data={"csrf": ground.csrf(who), **said})
        if answer.status_code == 404:
            continue
        seen += 1
        if answer.status_code not in (409, 422) or str(escape(words)) not in answer.text.replace(
            "&#34;", "&quot;"
        ):
            lost.append(f"{route.path} {texts}: {answer.status_code}")
    assert seen > 25
    assert not lost, "\n".join(lost)
