"""Every route asked by every role, by strangers of every kind and by nobody: each gets what is theirs and no more."""

from app.permissions import GRANTS, Permission
from app.web.gate import PUBLIC, SIGNED_IN
from app.web.routing import Route
from tests.faults.ground import ROUTES, Caller, Ground

READS = [route for route in ROUTES if route.method == "GET"]
WRITES = [route for route in ROUTES if route.method == "POST"]
AT_THE_SCREEN = {
    "",
    "licence_manager",
    "trustee",
    "case_officer",
    "decision_maker",
    "organisational_representative",
    "affiliate_manager",
}
"""Pages differ from their JSON by their template alone, so that these suffice for them."""
OPEN_BOOKS = ("/organisations",)
"""Who is on the books with its name is known to everybody who may look there."""


def may(caller: Caller | None, route: Route) -> bool:
    """The first question, asked of the matrix alone."""
    if route.may == PUBLIC:
        return True
    if caller is None or caller.role is None:
        return False
    return route.may == SIGNED_IN or (isinstance(route.may, Permission) and route.may in GRANTS[caller.role])


def told(name: str, route: Route, code: int) -> str:
    return f"{name or 'nobody'} {route.method} {route.path} {'json' if route.json else 'html'}: {code}"


def test_every_read_answers_every_role_as_the_matrix_says(ground: Ground) -> None:
    wrong = []
    for name in ("", *ground.callers):
        caller = ground.callers.get(name)
        for route in READS:
            if not route.json and name not in AT_THE_SCREEN:
                continue
            code = ground.get(route, name).status_code
            good = {200, 303, 404, 409, 422} if may(caller, route) else {403} if caller else {401, 303}
            if code not in good:
                wrong.append(told(name, route, code))
    assert not wrong, "\n".join(wrong)


def test_every_write_refuses_every_role_that_the_matrix_does_not_name(ground: Ground) -> None:
    wrong = []
    for name in ("", *ground.callers):
        caller = ground.callers.get(name)
        for route in WRITES:
            if not may(caller, route) and route.json == (name not in AT_THE_SCREEN):
                code = ground.send(route, name, {}).status_code
                if code not in ({403, 422} if caller else {401, 303}):
                    wrong.append(told(name, route, code))
    assert not wrong, "\n".join(wrong)


def test_a_stranger_learns_nothing_of_other_peoples_affairs(ground: Ground) -> None:
    """Outside one's scope is 404 whatever the role, and no list tells of it (rules page, 1)."""
    wrong = []
    secrets = {
        ref
        for table, ref in ground.refs.items()
        if table
        in (
            "case",
            "audit",
            "finding",
            "document",
            "curriculum_version",
            "surveillance_pick",
            "surveillance_draw",
        )
    }
    for name in (name for name in ground.callers if name.startswith("other ")):
        for route in READS:
            if (
                route.may == PUBLIC
                or route.path.startswith(OPEN_BOOKS)
                or not (route.json or may(ground.callers[name], route))
            ):
                continue
            answer = ground.get(route, name)
            whose = "{" in route.path and "{edition}" not in route.path
            told_of = answer.status_code == 200 and any(ref in answer.text for ref in secrets)
            if told_of or (whose and answer.status_code not in (403, 404)):
                wrong.append(told(name, route, answer.status_code))
    assert not wrong, "\n".join(wrong)


def test_a_stranger_changes_nothing_of_other_peoples_affairs(ground: Ground) -> None:
    """A whole form sent by somebody with the right role of the wrong organisation finds nothing there."""
    wrong = []
    for name in (name for name in ground.callers if name.startswith("other ")):
        for route in WRITES:
            if not route.json or "{" not in route.path or not may(ground.callers[name], route):
                continue
            answer = ground.send(route, name, {"version": 1})
            if answer.status_code not in (404, 403, 422) or (
                answer.status_code == 422 and "fields" not in answer.json()
            ):
                wrong.append(f"{told(name, route, answer.status_code)} {answer.text[:120]}")
    assert not wrong, "\n".join(wrong)
