"""The navigation: everybody is led to all they may use, and on an ordinary screen it takes no more than two rows."""

import pytest

from app.kernel.actor import ANYONE, Actor
from app.permissions import SEAT, Role
from app.web.menu import DESK_LINKS, IN_A_ROW, links


def of(role: Role) -> Actor:
    return Actor("ref", "Orla Okafor", frozenset({role}), 1, "org", "Restraint Reduction Network", SEAT[role])


@pytest.mark.parametrize("role", Role)
def test_what_does_not_fit_into_a_row_is_folded_and_nothing_is_lost(role: Role) -> None:
    shown = links(of(role), "/desk")
    row = [link for link in shown if not link.folded]
    assert len(row) + any(link.folded for link in shown) <= IN_A_ROW
    assert shown[0].href == "/desk" and shown[0].current
    may = {
        href
        for _text, href, may, seats in DESK_LINKS
        if of(role).may(may) and (not seats or SEAT[role] in seats)
    }
    assert {link.href for link in shown} == {"/desk", *may}
    assert [link.folded for link in shown] == sorted(link.folded for link in shown), (
        "the folded ones come last"
    )


def test_one_link_alone_is_never_folded() -> None:
    """`More` would take its place."""
    for role in Role:
        assert sum(link.folded for link in links(of(role), "/desk")) != 1


def test_a_page_below_a_link_is_where_one_is() -> None:
    assert [link.href for link in links(of(Role.LICENCE_MANAGER), "/keys/of/NGC") if link.current] == [
        "/keys"
    ]


def test_the_public_sees_all_its_links() -> None:
    assert not any(link.folded for link in links(ANYONE, "/"))
