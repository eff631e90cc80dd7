"""What a timeline remembers, and how it is read back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.desk import record
from bot.desk.moves import Move, Status
from bot.desk.record import Entry, State
from tests.conftest import MONDAY_TEN

HOUR = timedelta(hours=1)


def entry(move: Move, after: Status, *, hours: int = 0, **facts: Any) -> Entry:
    at = MONDAY_TEN + hours * HOUR
    known = record.changed({}, facts)
    return Entry(at=at, move=move, actor="system", before=None, after=after, facts=known)


OPENED = entry(Move.OPEN, Status.TRIAGE, matter="property.lift", accept_by=MONDAY_TEN + HOUR)
ASSIGNED = entry(Move.ASSIGN, Status.ASSIGNED, hours=1, assignee="xiaoli")
TAKEN = entry(Move.ACCEPT, Status.ACCEPTED, hours=2, accepted_at=MONDAY_TEN + 2 * HOUR)


def test_nothing_has_no_state() -> None:
    assert record.fold([]) is None
    assert record.fold([OPENED], as_of=MONDAY_TEN - HOUR) is None


def test_later_facts_win_and_untouched_ones_stay() -> None:
    state = record.fold([OPENED, ASSIGNED, TAKEN])
    assert state == State(
        status=Status.ACCEPTED,
        matter="property.lift",
        accept_by=MONDAY_TEN + HOUR,
        assignee="xiaoli",
        accepted_at=MONDAY_TEN + 2 * HOUR,
    )


@pytest.mark.parametrize(
    ("hours", "status"), [(0, Status.TRIAGE), (1, Status.ASSIGNED), (9, Status.ACCEPTED)]
)
def test_a_past_moment_is_as_it_was(hours: int, status: Status) -> None:
    state = record.fold([OPENED, ASSIGNED, TAKEN], as_of=MONDAY_TEN + hours * HOUR)
    assert state is not None and state.status is status


def test_only_what_changed_is_written_and_a_fact_can_be_taken_back() -> None:
    before = record.facts_of(State(status=Status.CLOSED, solved=True, satisfaction=5))
    after = record.facts_of(State(status=Status.ASSIGNED, satisfaction=5))
    assert record.changed(before, after) == {"solved": None}
