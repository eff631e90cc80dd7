"""Anybody tries anything at any time, also two at once: the desk stays right.

Hypothesis drives it; when it finds a way to break the desk, it prints the shortest one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.desk.community import Community, Place
from bot.desk.parts import PartKind
from bot.store.database import Database
from tests.conftest import HOME
from tests.services.conftest import SOUTH
from tests.services.loop_world import (
    DEEDS,
    Deed,
    World,
    ask_for_a_part,
    deed,
    go_on_with_a_part,
)

# Those who have most to do with these tickets, and strangers to them.
_CAST = (
    "resident 0", "resident 1", "system", "xiaoli", "laozhang", "liushifu", "songshifu",
    "chenshuji", "zhuren", "xiaomeng", "yanjie", "yanduizhang",
)  # fmt: skip
_MATTERS = ("order.ebike", "property.leak", "environment.garbage", "safety.gas", "other")
_PLACES = (HOME, SOUTH, replace(HOME, building=None, unit=None, room=None), Place())
_WAITS = (1, 20, 90, 600, 1500, 4400, 15000, 60000)  # minutes

_people = st.sampled_from(_CAST)
_deeds: st.SearchStrategy[Deed] = st.one_of(
    st.sampled_from(sorted(DEEDS)).map(deed),
    st.sampled_from(["accept", "arrive", "done", "cannot", "cancel"]).map(go_on_with_a_part),
    st.builds(
        ask_for_a_part,
        st.sampled_from([PartKind.ASSIST, PartKind.WHISTLE]),
        st.sampled_from(["laozhang", "yanduizhang", "xiaoli"]),
        required=st.booleans(),
    ),
)
# The way of most tickets, so that the later states are reached often.
_GOOD_WAY = ("accept", "contact", "resolve", "verify", "say_solved", "rate")


class Loop(RuleBasedStateMachine):
    world: World
    made = 0

    def make_world(self) -> World:
        raise NotImplementedError

    @initialize(who=st.integers(0, 1), matter=st.sampled_from(_MATTERS))
    def begin(self, who: int, matter: str) -> None:
        self.world, self.keys, self.rules_changed = self.make_world(), 0, 0
        self.world.open(key=self.key(), who=who, matter=matter, kind="report", place=HOME)

    def key(self) -> str:
        self.keys += 1
        return f"key:{self.keys}"

    @rule(
        who=st.integers(0, 1),
        matter=st.sampled_from(_MATTERS),
        kind=st.sampled_from(["report", "report", "question", "praise", "conduct"]),
        place=st.sampled_from(_PLACES),
        again=st.booleans(),
    )
    def somebody_reports(self, who: int, matter: str, kind: str, place: Place, again: bool) -> None:
        key, before = self.key(), len(self.world.numbers)
        for _ in range(1 + again):  # the same message may come twice
            self.world.open(key=key, who=who, matter=matter, kind=kind, place=place)
        assert len(self.world.numbers) == before + 1

    @rule(what=_deeds, who=_people, which=st.integers(0, 5), again=st.booleans())
    def somebody_tries(self, what: Deed, who: str, which: int, again: bool) -> None:
        key, number = self.key(), self.number(which)
        done = self.world.attempt(number, what, self.world.people()[who], key)
        if done and again:
            self.world.attempt(number, what, self.world.people()[who], key)

    @rule(steps=st.integers(1, len(_GOOD_WAY)), which=st.integers(0, 5))
    def the_right_ones_go_on(self, steps: int, which: int) -> None:
        number = self.number(which)
        for name in _GOOD_WAY[:steps]:
            who = (self.world.holder(number), "resident 0", "resident 1", "zhuren")
            any(
                self.world.attempt(number, deed(name), self.world.people()[code], self.key())
                for code in who
                if code
            )

    @rule(first=_deeds, second=_deeds, who=st.tuples(_people, _people), which=st.integers(0, 5))
    def two_tap_at_once(self, first: Deed, second: Deed, who: tuple[str, str], which: int) -> None:
        people = self.world.people()
        tries = [(first, people[who[0]]), (second, people[who[1]])]
        self.world.attempt_both(self.number(which), tries, self.key())

    @rule(minutes=st.sampled_from(_WAITS))
    def time_passes(self, minutes: int) -> None:
        self.world.clock.pass_(minutes=minutes)

    @rule()
    def the_worker_looks(self) -> None:
        self.world.look()

    @rule(who=st.sampled_from(["xiaoli", "liushifu", "chenshuji", "xiaomeng"]))
    def somebody_goes_on_leave(self, who: str) -> None:
        self.world.go_on_leave(who, days=3)

    @precondition(lambda self: self.keys > 5 and self.rules_changed < 3)
    @rule()
    def the_rules_change(self) -> None:
        self.rules_changed += 1
        self.world.change_the_rules(self.key())
        self.world.look()

    def number(self, which: int) -> str:
        return self.world.numbers[which % len(self.world.numbers)]

    def check_invariants(self, *args: Any, **kwargs: Any) -> None:
        if hasattr(self, "world"):
            self.world.check()
        super().check_invariants(*args, **kwargs)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            type(self).made += self.world.done
            self.world.database.close()


def _few(examples: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture
def machine(
    tmp_path: Path, _empty_sqlite: Path, demo: Community
) -> Iterator[type[RuleBasedStateMachine]]:
    """Each run gets a database of its own, as new."""

    class OnSqlite(Loop):
        def make_world(self) -> World:
            path = tmp_path / "linli.db"
            for left in tmp_path.glob("linli.db*"):
                left.unlink()
            path.write_bytes(_empty_sqlite.read_bytes())
            return World(Database(f"sqlite:///{path}"), demo)

    yield OnSqlite
    assert OnSqlite.made > 20  # else everything was refused, and nothing was shown


def test_whatever_people_do_the_desk_stays_right(machine: type[RuleBasedStateMachine]) -> None:
    run_state_machine_as_test(machine, settings=_few(12))  # type: ignore[no-untyped-call]


@pytest.mark.heavy
def test_the_same_for_long(machine: type[RuleBasedStateMachine]) -> None:
    run_state_machine_as_test(machine, settings=_few(200))  # type: ignore[no-untyped-call]
