"""The clock of a task speaks: to whom, how often, and when it keeps silent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import select

from bot.desk.community import Absence, Community
from bot.desk.moves import Status
from bot.desk.parts import PartKind
from bot.services import alarm_clock, alarms, subtasks, ticket_views, tickets
from bot.services.alarms import Outcome
from bot.services.subtasks import Wish
from bot.store.database import Session
from bot.store.tables import OutboxRow, SubtaskRow, TicketRow, TimelineRow
from tests.conftest import HOME, MONDAY_TEN, staff
from tests.services.conftest import SOUTH, Case

ALARMS = ("remind", "overdue", "escalate")


def ring(case: Case, **more: Any) -> Outcome:
    return case.database.run(lambda session: alarms.ring(session, case.desk, **more))


def start(case: Case, hours: float = 24, **more: Any) -> TicketRow:
    """A ticket that is to be accepted within so many natural hours, whatever the rules say."""
    case.open(**{"matter": "environment.greening", "urgency": "normal", **more})

    def limit(session: Session) -> TicketRow:
        ticket = tickets.by_number(session, case.number)
        ticket.next_deadline_at = case.clock() + timedelta(hours=hours)
        alarm_clock.wind(ticket, None, case.demo, case.clock())
        return ticket

    return case.database.run(limit)


def wait(case: Case, **span: float) -> Outcome:
    """Time passes, with a worker that is there whenever something is due."""
    until = case.clock() + timedelta(**span)
    said = people = seen = 0
    while case.clock() < until:
        rows = [*case.rows(TicketRow), *case.rows(SubtaskRow)]
        soon = [row.alarm_at for row in rows if row.alarm_at and row.alarm_at < until]
        case.clock.now = max(min(soon, default=until), case.clock())
        done = ring(case)
        said, people, seen = said + done.said, people + done.people, seen + done.seen
    return Outcome(said=said, people=people, seen=seen)


def said(case: Case) -> list[str]:
    return [move for move in case.moves() if move in ALARMS]


def cards(case: Case, code: str) -> list[str]:
    """What they were told by the clock, oldest first."""
    rows = case.rows(OutboxRow, staff=code)
    return [row.body["text"] for row in rows if row.key.startswith(("alarm:", "digest:"))]


def everybody_told(case: Case) -> list[str]:
    rows = case.rows(OutboxRow)
    return [row.staff for row in rows if row.key.startswith(("alarm:", "digest:"))]


def on_leave(demo: Community, *codes: str) -> Community:
    away = Absence(start=MONDAY_TEN - timedelta(days=9), end=MONDAY_TEN + timedelta(days=99))
    gone = {code: replace(demo.person(code), absences=(away,)) for code in codes}
    return replace(demo, staff={**demo.staff, **gone})


def test_a_new_ticket_has_an_alarm_and_so_has_every_state_whose_clock_runs(case: Case) -> None:
    ticket = start(case)
    assert (ticket.assignee, ticket.alarm_step) == ("xiaoli", 0)
    assert MONDAY_TEN < ticket.alarm_at < ticket.next_deadline_at
    accepted = case.do(tickets.accept, by="xiaoli")
    assert accepted.alarm_at > ticket.alarm_at
    done = case.do(tickets.contact, by="xiaoli") and case.do(tickets.resolve, by="xiaoli")
    assert (done.alarm_at, done.alarm_step) == (None, 0)
    again = case.do(tickets.reopen, by=case.wangayi)
    assert again.alarm_at is not None


def test_nothing_is_said_before_it_is_time(case: Case) -> None:
    start(case)
    assert ring(case) == Outcome(said=0, people=0, seen=0)


def test_whoever_has_the_task_is_reminded_once_with_the_buttons_that_end_it(case: Case) -> None:
    start(case)
    wait(case, hours=23)
    assert said(case) == ["remind"]
    (card,) = [row for row in case.rows(OutboxRow, staff="xiaoli") if row.key.startswith("alarm:")]
    assert card.body["text"].startswith("快到时限") and "前接单，还有" in card.body["text"]
    assert [b["tap"] for b in card.body["buttons"]] == [
        f"accept:{case.number}",
        f"return:{case.number}",
        f"card:{case.number}",
    ]


def test_up_the_ladder_and_then_it_stops(case: Case) -> None:
    start(case)
    wait(case, days=7)
    assert said(case) == ["remind", "overdue", *["escalate"] * 4]
    lines = [row for row in case.rows(TimelineRow) if row.move == "escalate"]
    told = [line.facts["told"] for line in lines]
    # 小李 is the grid worker himself; in the evening neither of the desk's two is on duty.
    assert told == [["chenshuji"], ["chenshuji"], ["xiaomeng", "xiaojiang"], ["zhuren"]]
    assert "请您督促" in cards(case, "chenshuji")[0]
    assert "已报给陈书记" in cards(case, "xiaoli")[3]
    ticket = case.ticket()
    assert ticket.alarm_at is None and ticket.alarm_step == 6
    assert wait(case, days=30).seen == 0


def test_whoever_is_above_may_open_it_and_order_progress(case: Case) -> None:
    start(case)
    wait(case, days=2)
    (row,) = [
        row for row in case.rows(OutboxRow, staff="chenshuji") if row.key.startswith("alarm:")
    ][:1]
    assert [b["label"] for b in row.body["buttons"]] == ["督办", "更多"]
    above = staff(case.demo, "chenshuji")
    seen = case.database.read(lambda s: ticket_views.detail(s, case.number, above))
    assert seen[0].number == case.number
    case.do(tickets.supervise, by="chenshuji")


def test_what_is_done_in_time_is_silent_until_the_next_deadline(case: Case) -> None:
    start(case)
    case.clock.pass_(hours=1)
    case.do(tickets.accept, by="xiaoli")
    ticket = case.do(tickets.contact, by="xiaoli")
    spare = ticket.alarm_at - case.clock() - timedelta(minutes=1)
    assert wait(case, seconds=spare.total_seconds()).said == 0
    wait(case, minutes=2)
    assert said(case) == ["remind"] and "前办好" in cards(case, "xiaoli")[0]


def test_the_night_is_quiet_for_ordinary_tasks(case: Case) -> None:
    case.clock.now = datetime(2026, 11, 23, 15, 30, tzinfo=timezone.utc)  # half past eleven
    start(case)
    case.clock.pass_(hours=24)  # overdue, in the night
    assert ring(case).said == 0
    assert case.ticket().alarm_at == datetime(2026, 11, 24, 23, 30, tzinfo=timezone.utc)
    case.clock.pass_(hours=8)
    assert ring(case).said == 1
    assert cards(case, "xiaoli")[0].startswith("已超时")


def test_an_emergency_rings_in_the_night_and_goes_up_within_the_hour(case: Case) -> None:
    case.clock.now = datetime(2026, 11, 23, 15, 30, tzinfo=timezone.utc)
    ticket = start(case, 0.5, matter="safety.gas", urgency="emergency")
    wait(case, hours=1.5)
    assert said(case)[:4] == ["remind", "overdue", "escalate", "escalate"]
    assert cards(case, str(ticket.assignee))[0].startswith("快到时限")
    assert "（紧急！）" in cards(case, "chenshuji")[0]


def test_after_downtime_one_thing_is_said_and_what_was_missed_is_on_record(case: Case) -> None:
    start(case)
    case.clock.pass_(days=3)  # reminder, deadline and two rungs went by
    assert ring(case).said == 1
    (line,) = [row for row in case.rows(TimelineRow) if row.move in ALARMS]
    assert line.move == "escalate" and line.facts["skipped"] == ["remind", "overdue", "escalate"]
    assert len(cards(case, "xiaoli")) == 1 and len(cards(case, "chenshuji")) == 1
    assert ring(case).said == 0


def test_a_stale_reminder_is_never_sent(case: Case) -> None:
    start(case)
    case.clock.pass_(hours=25)
    ring(case)
    assert said(case) == ["overdue"]
    assert not any("快到时限" in text for text in cards(case, "xiaoli"))


def test_many_at_once_come_as_one_digest_with_the_most_urgent_first(case: Case) -> None:
    numbers = [start(case, place=HOME).number for _ in range(6)]
    case.clock.pass_(minutes=10)
    urgent = start(case, urgency="urgent").number
    case.clock.now = MONDAY_TEN + timedelta(hours=25)
    ring(case)
    (text,) = cards(case, "xiaoli")
    first = text.splitlines()[1]
    assert "7件事" in text and str(urgent) in first and "（加急）" in first
    assert sum(str(number) in text for number in numbers) == 2
    assert all(row.alarm_step > 0 for row in case.rows(TicketRow))


def test_after_a_digest_there_is_an_hour_of_peace_and_nothing_is_lost(case: Case) -> None:
    for _ in range(3):
        start(case)
    case.clock.pass_(minutes=20)
    late = start(case).number
    case.clock.now = MONDAY_TEN + timedelta(hours=24, minutes=1)
    ring(case)
    assert len(cards(case, "xiaoli")) == 1
    case.clock.pass_(minutes=20)  # the fourth is overdue now
    assert ring(case).said == 0
    case.clock.pass_(minutes=41)
    assert ring(case).said == 1
    assert str(late) in cards(case, "xiaoli")[1]


def test_an_emergency_does_not_wait_for_the_end_of_the_peace(case: Case) -> None:
    for _ in range(3):
        start(case, place=SOUTH)
    case.clock.now = MONDAY_TEN + timedelta(hours=25)
    ring(case)
    start(case, 0.5, urgency="emergency", place=SOUTH)
    case.do(tickets.assign, "laozhang", by="xiaomeng")
    case.clock.pass_(minutes=31)
    assert ring(case).said == 1
    assert "（紧急！）" in cards(case, "laozhang")[1]


def test_the_deputy_is_told_for_somebody_on_leave_without_the_buttons(case: Case) -> None:
    start(case)
    case.demo = on_leave(case.demo, "xiaoli")
    case.clock.pass_(hours=25)
    ring(case)
    assert cards(case, "xiaoli") == []
    (row,) = [row for row in case.rows(OutboxRow, staff="xiaohe") if row.key.startswith("alarm:")]
    assert "小李请假" in row.body["text"]
    assert [b["tap"] for b in row.body["buttons"]] == [f"card:{case.number}"]


def test_without_a_deputy_the_next_level_is_told(case: Case) -> None:
    start(case)
    case.demo = on_leave(case.demo, "xiaoli", "xiaohe")
    case.clock.pass_(hours=25)
    ring(case)
    assert everybody_told(case) == ["chenshuji"]


def test_if_everybody_is_on_leave_somebody_still_finds_it(case: Case) -> None:
    start(case)
    case.demo = on_leave(case.demo, *case.demo.staff)
    case.clock.pass_(hours=25)
    ring(case)
    assert set(everybody_told(case)) == {"xiaomeng", "xiaojiang"}  # the messages wait for them


@pytest.mark.parametrize("away", [(), ("yanjie",), ("yanjie", "zhuren", "xiaomeng")])
def test_of_a_conduct_report_only_the_discipline_contact_ever_hears(
    case: Case, away: tuple[str, ...]
) -> None:
    start(case, matter="admin.conduct", kind="conduct")
    case.demo = on_leave(case.demo, *away)
    wait(case, days=9)
    assert said(case)[-1] == "escalate"
    assert set(everybody_told(case)) == {"yanjie"}


def test_a_ticket_nobody_has_rings_at_the_desk(case: Case) -> None:
    start(case, confidence=0.0)
    assert case.ticket().status == Status.TRIAGE.value
    case.clock.pass_(hours=25)
    ring(case)
    assert "分派" in cards(case, "xiaomeng")[0]


def test_a_cadre_who_taps_while_the_clock_speaks_is_not_told_that_somebody_was_faster(
    case: Case,
) -> None:
    ticket = start(case)
    case.clock.pass_(hours=25)
    ring(case)
    assert case.ticket().version == ticket.version


def test_while_it_is_the_residents_turn_nobody_is_reminded(case: Case) -> None:
    start(case)
    case.do(tickets.accept, by="xiaoli")
    asked = case.do(tickets.ask_more, by="xiaoli", note="请补一张照片")
    assert asked.next_deadline_at is not None and asked.alarm_at is None
    assert case.database.run(lambda session: alarms.wind_forgotten(session, case.desk)) == 0
    back = case.do(tickets.resume, by="xiaoli")
    assert back.alarm_at is not None


def test_two_workers_at_once_tell_each_person_once(case: Case) -> None:
    for number in range(40):
        start(case, place=HOME if number % 2 else SOUTH)
    case.clock.pass_(hours=25)
    gate, done = Barrier(2), list[Outcome]()

    def work() -> None:
        gate.wait()
        done.append(ring(case))

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(outcome.said for outcome in done) == 40
    told = everybody_told(case)
    assert sorted(told) == sorted(set(told))
    rows = [row for row in case.rows(TimelineRow) if row.move in ALARMS]
    assert len(rows) == len({row.ticket_id for row in rows}) == 40


def test_what_does_not_fit_into_one_look_comes_with_the_next(case: Case) -> None:
    for _ in range(4):
        start(case)
    case.clock.pass_(hours=25)
    assert ring(case, limit=3).seen == 3
    assert ring(case, limit=3).said == 0  # 小李 has just had a digest
    case.clock.pass_(minutes=61)
    assert ring(case, limit=3).said == 1


def test_tickets_from_before_the_alarms_get_theirs(case: Case) -> None:
    start(case)

    def forget(session: Session) -> None:
        ticket = tickets.by_number(session, case.number)
        ticket.alarm_at, ticket.alarm_step = None, 0

    case.database.run(forget)
    found = case.database.run(lambda session: alarms.wind_forgotten(session, case.desk))
    assert found == 1 and case.ticket().alarm_at is not None
    assert case.database.run(lambda session: alarms.wind_forgotten(session, case.desk)) == 0


def call(case: Case) -> None:
    """闫队长 is called to the place (吹哨): to be there within two hours, done within nine."""
    case.do(tickets.accept, by="xiaoli")
    wish = Wish(
        kind=PartKind.WHISTLE,
        task="到场拆除飞线",
        arrive_by=case.clock() + timedelta(hours=2),
        due_by=case.clock() + timedelta(hours=9),
    )
    case.do(subtasks.ask, wish, ["yanduizhang"], by="xiaoli")


def step(case: Case, deed: Callable[..., bool]) -> None:
    """闫队长 takes a step."""
    by = staff(case.demo, "yanduizhang")

    def work(session: Session) -> None:
        part = session.scalars(select(SubtaskRow)).one()
        deed(session, part, by, case.desk, key=deed.__name__)

    case.database.run(work)


def test_whoever_was_called_is_reminded_and_the_lead_hears_that_they_are_late(case: Case) -> None:
    start(case)
    call(case)
    wait(case, hours=3)
    assert [text[:8] for text in cards(case, "yanduizhang")] == [
        "快到时限（协办）",
        "已超时（协办） "[:8],
    ]
    assert "到场" in cards(case, "yanduizhang")[1]
    wait(case, hours=14)
    assert "执法队联络员闫队长" in cards(case, "xiaoli")[0]
    parts = [row.facts.get("part") for row in case.rows(TimelineRow) if row.move in ALARMS]
    assert all(parts)


def test_whoever_has_arrived_has_until_the_end_of_the_work(case: Case) -> None:
    start(case)
    call(case)
    case.clock.pass_(hours=1)
    step(case, subtasks.arrive)
    assert wait(case, hours=2).said == 0
    wait(case, hours=6)
    assert "前办好" in cards(case, "yanduizhang")[0]


def test_what_was_said_of_a_part_is_not_said_again_after_a_step(case: Case) -> None:
    start(case)
    call(case)
    wait(case, hours=3)
    before = everybody_told(case)

    step(case, subtasks.accept)
    case.clock.pass_(minutes=5)
    assert ring(case).said == 0
    assert everybody_told(case) == before
