"""Until when: from the timeline of a ticket."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from bot.desk import deadlines, record
from bot.desk.community import Community
from bot.desk.deadlines import Deadlines
from bot.desk.moves import Move, Status
from bot.desk.record import Entry, State
from tests.conftest import MONDAY_TEN
from tests.desk.offices import at
from tests.desk.test_deadline_rules import rule


@pytest.fixture
def ours(demo: Community) -> Community:
    """4 working hours to accept, 1 working day to contact, 3 to solve."""
    stages = {"accept": "4 working hours", "contact": "1 working day"}
    parked = {"reply_wait": "3d", "hold_review": "30d"}
    quick = rule("24h", matter="utility.water")
    return replace(demo, deadlines=(rule("3 working days", **stages, **parked), quick))


def line(moment: str, move: Move, after: Status, **facts: Any) -> Entry:
    known = record.changed({}, facts)
    return Entry(at=at(moment), move=move, actor="", before=None, after=after, facts=known)


# Monday 23 November: opened at ten, with 小李 at once.
OPENED = line("11-23 10:00", Move.OPEN, Status.TRIAGE, matter="order.parking", urgency="normal")
GIVEN = line("11-23 10:00", Move.ASSIGN, Status.ASSIGNED, assignee="xiaoli")
TAKEN = line("11-23 11:00", Move.ACCEPT, Status.ACCEPTED, accepted_at=at("11-23 11:00"))
REACHED = line("11-23 14:00", Move.CONTACT, Status.CONTACTED, contacted_at=at("11-23 14:00"))
WAITS = line("11-24 08:30", Move.ASK_MORE, Status.WAITING)
ANSWERED = line("11-24 17:30", Move.RESUME, Status.ACCEPTED)


def of(community: Community, *lines: Entry) -> Deadlines:
    found = deadlines.from_timeline(lines, community)
    assert found is not None
    return found


def test_a_fresh_ticket_has_all_three(ours: Community) -> None:
    found = deadlines.at_opening("order.parking", "normal", ours, at("11-23 10:00"))
    due = (found.accept_by, found.contact_by, found.resolve_by, found.review_at)
    assert due == (at("11-23 15:30"), at("11-24 17:30"), at("11-26 17:30"), None)
    assert found == of(ours, OPENED)


def test_who_gets_it_later_has_as_long_to_accept_but_the_resident_waits_no_longer(
    ours: Community,
) -> None:
    returned = line("11-23 16:30", Move.RETURN, Status.TRIAGE, assignee=None)
    given = line("11-24 08:30", Move.ASSIGN, Status.ASSIGNED, assignee="laozhang")
    found = of(ours, OPENED, GIVEN, TAKEN, returned, given)
    assert found.accept_by == at("11-24 14:00")
    assert (found.contact_by, found.resolve_by) == (at("11-24 17:30"), at("11-26 17:30"))


def test_another_assignee_without_another_state_starts_the_clock_for_accepting(
    ours: Community,
) -> None:
    again = line("11-23 16:30", Move.ASSIGN, Status.ASSIGNED, assignee="laozhang")
    same = line("11-23 16:30", Move.ASSIGN, Status.ASSIGNED, assignee="xiaoli")
    assert of(ours, OPENED, GIVEN, again).accept_by == at("11-24 11:30")
    assert of(ours, OPENED, GIVEN, same).accept_by == at("11-23 15:30")


def test_while_it_is_the_residents_turn_the_clock_stands_still(ours: Community) -> None:
    waiting = of(ours, OPENED, GIVEN, TAKEN, REACHED, WAITS)
    assert (waiting.resolve_by, waiting.review_at) == (at("11-26 17:30"), at("11-27 17:30"))
    back = of(ours, OPENED, GIVEN, TAKEN, REACHED, WAITS, ANSWERED)
    assert (back.resolve_by, back.review_at) == (at("11-27 17:30"), None)


def test_a_pause_after_the_resident_was_reached_does_not_move_that_deadline(
    ours: Community,
) -> None:
    late = line("11-25 09:00", Move.CONTACT, Status.CONTACTED, contacted_at=at("11-25 09:00"))
    waits = line("11-25 10:00", Move.ASK_MORE, Status.WAITING)
    back = line("11-26 10:00", Move.RESUME, Status.ACCEPTED)
    assert of(ours, OPENED, GIVEN, TAKEN, late, waits, back).contact_by == at("11-24 17:30")
    unreached = of(ours, OPENED, GIVEN, TAKEN, WAITS, ANSWERED)
    assert unreached.contact_by == at("11-25 17:30")


def test_a_held_ticket_comes_up_when_agreed_or_else_by_the_rules(ours: Community) -> None:
    agreed = line("11-24 09:00", Move.HOLD, Status.HELD, review_at=at("12-15 09:00"))
    assert of(ours, OPENED, GIVEN, TAKEN, agreed).review_at == at("12-15 09:00")
    silent = line("11-24 09:00", Move.HOLD, Status.HELD)
    assert of(ours, OPENED, GIVEN, TAKEN, silent).review_at == at("12-24 17:30")


def test_an_approved_extension_is_a_fact_of_the_timeline(ours: Community) -> None:
    granted = line("11-25 09:00", Move.EXTEND, Status.ACCEPTED, resolve_by=at("12-04 17:30"))
    found = of(ours, OPENED, GIVEN, TAKEN, granted)
    assert (found.resolve_by, found.contact_by) == (at("12-04 17:30"), at("11-24 17:30"))


def test_a_recorded_deadline_of_another_move_is_none(ours: Community) -> None:
    reckoned = line("11-25 09:00", Move.RECKON, Status.ACCEPTED, resolve_by=at("12-04 17:30"))
    assert of(ours, OPENED, GIVEN, TAKEN, reckoned).resolve_by == at("11-26 17:30")


def test_another_matter_has_its_own_deadline_from_the_opening(ours: Community) -> None:
    refiled = line("11-23 12:00", Move.REFILE, Status.ACCEPTED, matter="utility.water")
    assert of(ours, OPENED, GIVEN, TAKEN, refiled).resolve_by == at("11-24 10:00")


def test_the_time_of_a_check_that_failed_is_given_back(ours: Community) -> None:
    done = line("11-24 08:30", Move.RESOLVE, Status.RESOLVED)
    failed = line("11-25 17:30", Move.REJECT, Status.ACCEPTED)
    assert of(ours, OPENED, GIVEN, TAKEN, done).resolve_by == at("11-26 17:30")
    assert of(ours, OPENED, GIVEN, TAKEN, done, failed).resolve_by == at("11-30 17:30")


def test_reopening_starts_everything_anew(ours: Community) -> None:
    extended = line("11-24 09:00", Move.EXTEND, Status.CONTACTED, resolve_by=at("12-31 17:30"))
    done = line("11-25 09:00", Move.RESOLVE, Status.RESOLVED)
    again = line("11-30 09:00", Move.REOPEN, Status.ASSIGNED, contacted_at=None)
    found = of(ours, OPENED, GIVEN, TAKEN, REACHED, WAITS, ANSWERED, extended, done, again)
    due = (found.accept_by, found.contact_by, found.resolve_by)
    assert due == (at("11-30 14:30"), at("12-01 17:30"), at("12-03 17:30"))


def test_a_ticket_split_off_again_gets_the_time_back(ours: Community) -> None:
    merged = line("11-24 08:30", Move.MERGE, Status.MERGED)
    split = line("11-24 17:30", Move.SPLIT, Status.TRIAGE, assignee=None)
    assert of(ours, OPENED, GIVEN, merged, split).resolve_by == at("11-27 17:30")


def test_what_was_met_keeps_the_deadline_that_held_then(ours: Community) -> None:
    opened = replace(OPENED, facts={**OPENED.facts, "contact_by": at("11-24 10:00").isoformat()})
    done = line("11-24 09:00", Move.RESOLVE, Status.RESOLVED, resolve_by=at("11-24 12:00"))
    reached = of(ours, opened, GIVEN, TAKEN, REACHED)
    assert reached.contact_by == at("11-24 10:00") != reached.contact.at
    assert of(ours, opened, GIVEN, TAKEN).contact_by == at("11-24 17:30")
    assert of(ours, opened, GIVEN, TAKEN, REACHED, done).resolve_by == at("11-24 12:00")


def test_a_line_about_to_be_written_counts_as_if_it_stood_there(ours: Community) -> None:
    lines = [OPENED, GIVEN, TAKEN, REACHED, WAITS]
    pending = deadlines.from_timeline(lines, ours, pending=ANSWERED)
    assert pending == of(ours, *lines, ANSWERED)


def test_only_what_lies_ahead_can_be_provisional(ours: Community) -> None:
    late = [replace(one, at=one.at.replace(month=12, day=30)) for one in (OPENED, GIVEN, TAKEN)]
    assert of(ours, *late).provisional
    done = line("12-30 16:00", Move.RESOLVE, Status.RESOLVED)
    assert not of(ours, *late, done).provisional
    assert not of(ours, OPENED, GIVEN, TAKEN).provisional


@pytest.mark.parametrize("lines", [[], [line("11-23 10:00", Move.OPEN, Status.TRIAGE)]])
def test_a_timeline_that_does_not_say_what_it_is_about_gives_none(
    ours: Community, lines: list[Entry]
) -> None:
    assert deadlines.from_timeline(lines, ours) is None


RUNNING = State(
    status=Status.ASSIGNED,
    accept_by=at("11-23 12:00"),
    contact_by=at("11-24 12:00"),
    resolve_by=at("11-25 12:00"),
    review_at=at("11-26 12:00"),
)


@pytest.mark.parametrize(
    ("status", "more", "due"),
    [
        (Status.TRIAGE, {}, "11-23 12:00"),
        (Status.ASSIGNED, {}, "11-23 12:00"),
        (Status.ACCEPTED, {}, "11-24 12:00"),
        (Status.ACCEPTED, {"contact_by": at("11-30 12:00")}, "11-25 12:00"),
        (Status.ACCEPTED, {"contact_by": None}, "11-25 12:00"),
        (Status.ACCEPTED, {"contacted_at": at("11-23 11:00")}, "11-25 12:00"),
        (Status.CONTACTED, {}, "11-25 12:00"),
        (Status.WAITING, {}, "11-26 12:00"),
        (Status.HELD, {}, "11-26 12:00"),
    ],
)
def test_the_running_deadline_is_that_of_the_stage(
    status: Status, more: dict[str, Any], due: str
) -> None:
    assert deadlines.next_deadline(status, replace(RUNNING, **more)) == at(due)


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.VERIFIED, Status.CLOSED])
def test_no_clock_runs_when_it_is_done(status: Status) -> None:
    assert deadlines.next_deadline(status, RUNNING) is None


def length(demo: Community, matter: str, urgency: str) -> list[datetime]:
    found = deadlines.at_opening(matter, urgency, demo, MONDAY_TEN)
    return [found.accept_by, found.contact_by, found.resolve_by]


@pytest.mark.parametrize("urgency", ["urgent", "emergency"])
def test_in_the_demo_the_more_urgent_one_is_due_earlier_whatever_the_matter(
    demo: Community, urgency: str
) -> None:
    for matter in demo.categories:
        pressing, ordinary = length(demo, matter, urgency), length(demo, matter, "normal")
        assert pressing == sorted(pressing) and pressing[0] > MONDAY_TEN
        assert all(one <= other for one, other in zip(pressing, ordinary, strict=True)), matter
