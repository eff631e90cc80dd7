"""When the clock speaks, and when it is silent."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.desk import ladder
from bot.desk.alarms import Alarm, Bell, Told, peace_until
from bot.desk.moves import Move
from tests.conftest import MONDAY_TEN

BEIJING = ZoneInfo("Asia/Shanghai")
HOUR = timedelta(hours=1)


def bell(urgency: str = "normal") -> Bell:
    return Bell(ladder.DEFAULT.rule_for("order.ebike", urgency), ladder.DEFAULT.quiet, BEIJING)


def local(day: int, clock: str) -> datetime:
    hour, minute = clock.split(":")
    return datetime(2026, 11, day, int(hour), int(minute), tzinfo=BEIJING)


def story(of: Bell, deadline: datetime, since: datetime) -> list[tuple[Move, datetime]]:
    """Everything a clock says whose worker never sleeps."""
    told = []
    alarm: Alarm | None = of.first(deadline, since)
    while alarm:
        saying = of.says(deadline, alarm.step, alarm.at)
        assert saying and saying.step == alarm.step and not saying.skipped
        told.append((saying.move, alarm.at))
        alarm = of.after(deadline, saying.step, alarm.at)
    return told


def test_a_task_of_the_day_is_reminded_then_overdue_then_goes_up_and_then_it_is_quiet() -> None:
    at = [
        (move.value, moment)
        for move, moment in story(bell(), local(24, "14:00"), local(24, "10:00"))
    ]
    assert at == [
        ("remind", local(24, "13:00")),
        ("overdue", local(24, "14:00")),
        ("escalate", local(25, "08:00")),  # eight waking hours later
        ("escalate", local(26, "10:00")),
        ("escalate", local(27, "08:00")),
        ("escalate", local(27, "20:00")),
    ]


def test_the_night_is_quiet_except_for_emergencies() -> None:
    late, later = local(24, "23:00"), local(24, "22:00")
    assert story(bell(), late, later)[0] == (Move.OVERDUE, local(25, "07:30"))
    assert [at for _, at in story(bell("emergency"), late, later)][:3] == [
        local(24, "22:30"),
        local(24, "23:00"),
        local(24, "23:15"),
    ]


def test_a_reminder_that_falls_into_the_night_comes_in_the_evening_or_in_the_morning() -> None:
    # Three quarters of the way is four in the morning, and the deadline as early as the day.
    assert bell().first(local(25, "07:00"), local(24, "19:00")).at == local(24, "20:30")
    # Here the morning is early enough.
    assert bell().first(local(25, "09:00"), local(24, "19:00")).at == local(25, "07:30")


def test_no_reminder_where_there_is_no_time_for_one() -> None:
    first = bell().first(local(25, "07:00"), local(24, "21:00"))
    assert first == Alarm(local(25, "07:30"), 1)


def test_a_deadline_that_is_over_already_rings_at_once() -> None:
    now = local(24, "10:00")
    assert bell().first(now - HOUR, now) == Alarm(now, 1)


def test_after_downtime_only_the_newest_is_said_and_what_was_missed_is_named() -> None:
    deadline = local(24, "14:00")
    saying = bell().says(deadline, 0, local(26, "11:00"))
    assert saying and (saying.move, saying.rung) == (Move.ESCALATE, 1)
    assert saying.skipped == ("remind", "overdue", "escalate")


def test_a_reminder_of_what_is_overdue_is_never_given() -> None:
    deadline = local(24, "14:00")
    saying = bell().says(deadline, 0, deadline)
    assert saying and (saying.move, saying.skipped) == (Move.OVERDUE, ("remind",))


def test_what_was_put_off_meanwhile_is_not_overdue() -> None:
    assert bell().says(local(24, "14:00"), 1, local(24, "13:00")) is None


def test_hours_before_the_end_are_reminders_as_well() -> None:
    rule = ladder.LadderRule(code="x", remind_before=(24 * HOUR, 2 * HOUR))
    told = story(Bell(rule, None, BEIJING), local(26, "12:00"), local(24, "12:00"))
    assert [at for _, at in told] == [local(25, "12:00"), local(26, "10:00"), local(26, "12:00")]
    short = story(Bell(rule, None, BEIJING), local(24, "15:00"), local(24, "12:00"))
    assert [at for _, at in short] == [local(24, "13:00"), local(24, "15:00")]


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(timezone.utc))
spans = st.timedeltas(timedelta(minutes=1), timedelta(days=20))


@given(moments, spans, st.sampled_from(["normal", "urgent", "emergency"]))
def test_a_clock_always_says_overdue_and_every_rung_in_order_then_stops(
    since: datetime, span: timedelta, urgency: str
) -> None:
    of = bell(urgency)
    deadline = since + span
    told = story(of, deadline, since)
    moves = [move for move, _ in told]
    assert moves[-5:] == [Move.OVERDUE] + [Move.ESCALATE] * 4
    assert moves[:-5] in ([], [Move.REMIND])
    at = [moment for _, moment in told]
    assert at == sorted(at) and at[0] > since
    assert all(moment < deadline for move, moment in told if move is Move.REMIND)
    assert all(moment >= deadline for move, moment in told if move is not Move.REMIND)
    if urgency != "emergency":
        assert not any(of.rests_until(moment) for moment in at)


@given(moments, spans, st.timedeltas(timedelta(0), timedelta(days=30)))
def test_however_long_the_worker_slept_one_thing_is_said_and_the_rest_is_still_to_come(
    since: datetime, span: timedelta, slept: timedelta
) -> None:
    of, deadline = bell(), since + span
    alarm = of.first(deadline, since)
    now = of.rests_until(alarm.at + slept) or alarm.at + slept
    saying = of.says(deadline, alarm.step, now)
    assert saying
    assert len(saying.skipped) == saying.step - alarm.step
    following = of.after(deadline, saying.step, now)
    assert following is None or (following.at >= now and following.step == saying.step + 1)
    if now >= deadline:
        assert saying.move is not Move.REMIND


def told(*minutes_ago: int, many: bool = False) -> list[Told]:
    return [Told(MONDAY_TEN - timedelta(minutes=m), many) for m in minutes_ago]


def test_after_a_digest_there_is_peace_for_an_hour() -> None:
    assert peace_until(told(20, many=True), HOUR, MONDAY_TEN) == MONDAY_TEN + timedelta(minutes=40)
    assert peace_until(told(61, many=True), HOUR, MONDAY_TEN) is None


def test_after_three_single_ones_the_rest_is_gathered() -> None:
    assert peace_until(told(10, 20), HOUR, MONDAY_TEN) is None
    assert peace_until(told(10, 20, 50), HOUR, MONDAY_TEN) == MONDAY_TEN + timedelta(minutes=10)
    assert peace_until(told(10, 20, 70), HOUR, MONDAY_TEN) is None
