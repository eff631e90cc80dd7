"""Deadlines on the row, reckoned anew when rules change, and explained."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import update

from bot.desk.community import Community, DeadlineRule, Stage
from bot.desk.moves import Move
from bot.desk.spans import Span
from bot.desk.working_time import Days
from bot.services import ticket_clocks, tickets
from bot.services.ticket_clocks import Reckoned
from bot.store.database import Session
from bot.store.tables import TicketRow, TimelineRow
from tests.desk.offices import at
from tests.services.conftest import Case


def longer(demo: Community) -> Community:
    """Everything may take ten working days."""
    limits = {Stage.RESOLVE: Span.parse("10 working days")}
    everything = DeadlineRule(code="all", urgency="urgent", matter="order.ebike", limits=limits)
    return replace(demo, deadlines=(*demo.deadlines, everything))


def reckon(case: Case, **more: int) -> Reckoned:
    return case.database.run(lambda s: ticket_clocks.reckon_all(s, case.desk, **more))


def steps(case: Case, name: str) -> tuple[str, ...] | None:
    def work(session: Session) -> tuple[str, ...] | None:
        ticket = tickets.by_number(session, case.number)
        return ticket_clocks.explain(session, ticket, case.demo).get(name)

    return case.database.read(work)


def test_a_ticket_has_its_deadlines_and_the_version_they_are_of(case: Case) -> None:
    ticket = case.open()
    assert (ticket.accept_by, ticket.contact_by) == (at("11-23 12:00"), at("11-23 14:00"))
    assert (ticket.resolve_by, ticket.review_at) == (at("11-24 10:00"), None)
    assert (ticket.next_deadline_at, ticket.provisional) == (ticket.accept_by, False)
    assert ticket.reckoned_by == case.demo.reckoned_by


def test_who_gets_a_returned_ticket_has_time_to_accept_it(case: Case) -> None:
    case.open()
    case.clock.pass_(hours=30)
    case.do(tickets.give_back, by="xiaoli", reason_code="wrong_grid")
    assert case.ticket().accept_by == at("11-24 18:00")
    case.clock.pass_(hours=1)
    ticket = case.do(tickets.assign, "laozhang", by="zhuren")
    assert ticket.next_deadline_at == ticket.accept_by == at("11-24 19:00")
    assert ticket.resolve_by == at("11-24 10:00")


def test_other_rules_give_open_tickets_other_deadlines_and_the_timeline_says_so(
    case: Case,
) -> None:
    case.open()
    case.do(tickets.accept, by="xiaoli")
    case.demo = longer(case.demo)
    assert reckon(case) == Reckoned(looked_at=1, changed=1, more=False)
    ticket = case.ticket()
    assert (ticket.resolve_by, ticket.contact_by) == (at("12-07 17:30"), at("11-23 14:00"))
    assert ticket.reckoned_by == case.demo.reckoned_by
    (line,) = case.rows(TimelineRow, move=Move.RECKON.value)
    assert line.actor == "system"
    assert "办结期限由11月24日10:00改为12月7日17:30" in line.note
    case.check_timelines()


def test_to_reckon_again_changes_nothing(case: Case) -> None:
    case.open()
    case.demo = longer(case.demo)
    reckon(case)
    before = case.everything()
    assert reckon(case) == Reckoned(looked_at=0, changed=0, more=False)
    assert case.everything() == before


def test_rules_that_give_the_same_leave_no_line(case: Case) -> None:
    case.open()
    same = replace(case.demo.deadlines[0], code="another")
    case.demo = replace(case.demo, deadlines=(*case.demo.deadlines, same))
    assert reckon(case) == Reckoned(looked_at=1, changed=0, more=False)
    assert Move.RECKON.value not in case.moves()


def test_rules_may_come_and_go_and_come_again(case: Case) -> None:
    case.open()
    before, after = case.demo, longer(case.demo)
    for community in (after, before, after):
        case.demo = community
        case.clock.pass_(minutes=1)
        assert reckon(case).changed == 1
    assert case.ticket().resolve_by == at("12-07 17:30")


def test_many_are_taken_up_in_batches(case: Case) -> None:
    for _ in range(3):
        case.open()
    case.demo = longer(case.demo)
    assert reckon(case, limit=2) == Reckoned(looked_at=2, changed=2, more=True)
    assert reckon(case, limit=2) == Reckoned(looked_at=1, changed=1, more=False)


def test_what_is_over_stays_as_it_was(case: Case) -> None:
    case.open()
    case.do(tickets.accept, by="xiaoli")
    case.do(tickets.resolve, by="xiaoli")
    case.do(tickets.rate, 5, by=case.wangayi)
    before = case.everything()
    case.demo = longer(case.demo)
    assert reckon(case).looked_at == 0
    assert case.everything() == before


def test_a_provisional_deadline_becomes_firm_when_the_table_arrives(case: Case) -> None:
    case.demo = replace(case.demo, statutory=Days(known_until=date(2026, 11, 30)))
    ticket = case.open("property.quality", kind="question")  # 15 d
    assert (ticket.resolve_by, ticket.provisional) == (at("12-08 17:30"), True)
    off = {date(2026, 12, 8): "搬迁日"}
    case.demo = replace(case.demo, statutory=Days(off=off, known_until=date(2027, 12, 31)))
    assert reckon(case).changed == 1
    ticket = case.ticket()
    assert (ticket.resolve_by, ticket.provisional) == (at("12-09 17:30"), False)
    case.check_timelines()


def test_a_table_that_changes_no_date_still_makes_it_firm(case: Case) -> None:
    case.demo = replace(case.demo, statutory=Days(known_until=date(2026, 11, 30)))
    case.open("property.quality", kind="question")
    case.demo = replace(case.demo, statutory=Days(known_until=date(2027, 12, 31)))
    assert reckon(case).changed == 1
    (line,) = case.rows(TimelineRow, move=Move.RECKON.value)
    assert line.note == "规则或放假安排有变：期限不变"
    assert not case.ticket().provisional


def test_a_ticket_written_before_timelines_had_facts_keeps_its_deadlines(case: Case) -> None:
    before = case.open().resolve_by
    case.database.run(lambda session: session.execute(update(TimelineRow).values(facts={})))
    case.demo = longer(case.demo)
    assert reckon(case) == Reckoned(looked_at=1, changed=0, more=False)
    assert case.ticket().resolve_by == before
    assert reckon(case).looked_at == 0


def test_somebody_who_moves_a_ticket_meanwhile_is_not_overwritten(case: Case) -> None:
    case.open()
    case.demo = longer(case.demo)

    def meanwhile(session: Session) -> Reckoned:
        ticket = tickets.by_number(session, case.number)
        session.connection().execute(
            update(TicketRow).where(TicketRow.id == ticket.id).values(version=99)
        )
        return ticket_clocks.reckon_all(session, case.desk)

    assert case.database.run(meanwhile).changed == 0
    assert Move.RECKON.value not in case.moves()


def test_every_deadline_is_explained_while_it_is_what_the_rules_give(case: Case) -> None:
    case.open()
    assert steps(case, "resolve_by") == ("11月23日10:00起，24小时", "11月24日10:00到期")
    case.demo = longer(case.demo)
    assert steps(case, "resolve_by") is None
    reckon(case)
    found = steps(case, "resolve_by")
    assert found is not None and "跳过11月28–29日周末、12月5–6日周末" in found
