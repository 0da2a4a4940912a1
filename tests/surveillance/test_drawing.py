"""The draw as a pure function: the same again for anybody, whatever order the list came in, and nobody is picked twice."""

import hashlib
import json
import random
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from app.surveillance.rules import (
    StratumList,
    frozen,
    order,
    seed_of,
    sha256,
    stratum_list,
    successor,
    thawed,
)

refs = st.sets(st.text("0123456789abcdefghjkmnpqrstvwxyz", min_size=1, max_size=10), max_size=40)
seeds = st.binary(min_size=32, max_size=32)
GOLDEN = ["a", "b", "d", "c", "e"]


@given(refs, seeds, st.randoms())
def test_the_order_does_not_depend_on_the_order_of_the_list(
    items: set[str], seed: bytes, chance: random.Random
) -> None:
    shuffled = sorted(items)
    chance.shuffle(shuffled)
    assert order(seed, shuffled) == order(seed, sorted(items))
    assert sorted(order(seed, shuffled)) == sorted(items)


@given(refs, seeds)
def test_whoever_follows_the_words_of_the_algorithm_gets_the_same_order(items: set[str], seed: bytes) -> None:
    by_hash = {hashlib.sha256(seed + ref.encode()).hexdigest(): ref for ref in items}
    assert order(seed, items) == [by_hash[one] for one in sorted(by_hash)]


def test_a_draw_worked_out_by_hand_stays_as_it_is_for_ever() -> None:
    seed = seed_of(bytes(range(32)), b"\xff" * 32)
    assert seed.hex() == hashlib.sha256(bytes(range(32)) + b"\xff" * 32).hexdigest()
    assert order(seed, ["a", "b", "c", "d", "e"]) == GOLDEN


@given(refs, st.data())
def test_as_many_are_picked_as_the_quota_still_asks_for(items: set[str], data: st.DataObject) -> None:
    before = data.draw(st.sets(st.sampled_from(sorted(items)))) if items else set()
    gone = data.draw(st.sets(st.sampled_from(["gone-1", "gone-2"])))
    quota = data.draw(st.integers(0, len(items)))
    made = stratum_list("affiliates", items, before | gone, quota)
    assert made.picks == max(0, quota - len(before | gone))
    assert len(made.items) >= made.picks
    assert not set(made.items) & before and made.population == len(items)


@given(refs.filter(lambda items: len(items) > 1), seeds, st.data())
def test_what_comes_instead_is_the_next_of_the_order_that_does_not_stand(
    items: set[str], seed: bytes, data: st.DataObject
) -> None:
    drawn = order(seed, items)
    last = data.draw(st.integers(0, len(drawn) - 1))
    standing = data.draw(st.sets(st.sampled_from(drawn)))
    place = successor(drawn, last, standing)
    skipped = drawn[last + 1 : place]
    assert set(skipped) <= standing
    assert place is None or (place > last and drawn[place] not in standing)


def test_a_frozen_list_holds_references_only_and_reads_back_as_it_was() -> None:
    strata = [stratum_list("affiliates", ["b", "a", "c"], ["c"], 2), stratum_list("curricula", [], [], 0)]
    moment = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    text = frozen("NGC-000001-X", date(2026, 3, 2), date(2029, 3, 1), moment, strata)
    assert thawed(text) == strata
    assert thawed(text)[0] == StratumList("affiliates", 3, 2, ("c",), ("a", "b"), 1)
    said = json.loads(text)
    assert said["algorithm"] == "rrn-draw-1" and said["cycle"] == {"from": "2026-03-02", "to": "2029-03-01"}
    assert sha256(text.encode()) == hashlib.sha256(text.encode()).hexdigest()
