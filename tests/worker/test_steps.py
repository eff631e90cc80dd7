"""The chores themselves, as a worker does them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select, update

from bot.bootstrap import Office, utc_now
from bot.desk.people import Person
from bot.services import alarms, conversations, tickets
from bot.services.tickets import Draft
from bot.store import trackers
from bot.store.database import Database, Session
from bot.store.tables import OutboxRow, TicketRow
from bot.store.trackers import TrackerRow, sender_of
from bot.worker import steps
from bot.worker.chores import Chores
from tests.conftest import HOME


def open_ticket(office: Office, peer: str) -> tuple[int, TicketRow]:
    def work(session: Session) -> tuple[int, TicketRow]:
        speaker = conversations.enter(session, "web", peer, known_as=None, now=utc_now())
        draft = Draft(
            key=peer,
            kind="report",
            matter="environment.greening",
            text="树倒了",
            place=HOME,
            conversation_id=speaker.conversation_id,
            resident_id=speaker.resident_id,
            urgency="emergency",  # rings at any hour
        )
        return speaker.conversation_id, tickets.open_ticket(session, draft, office.desk())

    return office.database.run(work)


def speak(memory: Database, sender: str, *, days_ago: float) -> datetime:
    at = utc_now() - timedelta(days=days_ago)
    memory.run(lambda session: trackers.save(session.connection(), sender, "[]", now=at))
    return at


def remembered(memory: Database) -> list[str]:
    query = select(TrackerRow.sender).order_by(TrackerRow.sender)
    return memory.read(lambda session: list(session.scalars(query)))


async def test_a_worker_rings_what_is_due(office: Office) -> None:
    _, ticket = open_ticket(office, "a")
    worker = Chores(office, steps.table())
    await worker.look()
    await worker.rest()
    late = update(TicketRow).values(
        next_deadline_at=utc_now() - timedelta(minutes=1), alarm_at=utc_now()
    )
    office.database.run(lambda session: session.execute(late) and None)
    while steps.alarms_are_due(office):
        await worker.look()
        await worker.rest()
    told = select(OutboxRow.body).where(OutboxRow.key.startswith("alarm:"))
    (body,) = office.database.read(lambda session: list(session.scalars(told)))
    assert body["text"].startswith(f"已超时 {ticket.number}")


def test_the_engine_forgets_what_is_over_and_keeps_what_is_not(
    office: Office, memory: Database
) -> None:
    with_ticket, _ = open_ticket(office, "a")
    over, ticket = open_ticket(office, "b")
    office.database.run(
        lambda session: tickets.withdraw(
            session,
            tickets.by_number(session, str(ticket.number)),
            Person(resident_id=ticket.resident_id),
            office.desk(),
            key="x",
        )
    )
    for sender in (sender_of(with_ticket), sender_of(over), "console"):
        speak(memory, sender, days_ago=31)
    speak(memory, sender_of(over + 1), days_ago=29)
    list(steps.forget_talks(office))
    assert remembered(memory) == sorted([sender_of(with_ticket), sender_of(over + 1)])


def test_how_long_the_engine_remembers_is_a_setting(office: Office, memory: Database) -> None:
    speak(memory, sender_of(7), days_ago=3)
    patient = replace(office, settings=replace(office.settings, talk_days=4))
    list(steps.forget_talks(patient))
    assert remembered(memory) == [sender_of(7)]
    hasty = replace(office, settings=replace(office.settings, talk_days=2))
    list(steps.forget_talks(hasty))
    assert remembered(memory) == []


def test_who_speaks_just_now_is_not_forgotten(memory: Database) -> None:
    at = speak(memory, sender_of(7), days_ago=31)
    speak(memory, sender_of(7), days_ago=0)
    gone = memory.run(
        lambda s: trackers.forget_untouched(s, [sender_of(7)], before=at + timedelta(days=1))
    )
    assert gone == 0


def test_everything_old_is_seen_though_much_of_it_is_kept(memory: Database) -> None:
    for id in range(5):
        speak(memory, sender_of(id), days_ago=40)
    before = utc_now() - timedelta(days=30)
    first = memory.read(lambda s: trackers.untouched(s, before=before, limit=2))
    rest = memory.read(lambda s: trackers.untouched(s, before=before, after=first[-1], limit=9))
    assert [*first, *rest] == [sender_of(id) for id in range(5)]


async def test_deadlines_are_reckoned_once_for_every_set_of_rules(office: Office) -> None:
    clocks = steps.Reckoning()
    assert clocks.wanted(office)
    list(clocks.do(office))
    assert not clocks.wanted(office)


def test_tickets_without_an_alarm_get_one(office: Office) -> None:
    open_ticket(office, "a")
    bare = update(TicketRow).values(alarm_at=None, alarm_step=0)
    office.database.run(lambda session: session.execute(bare) and None)
    wind = next(chore for chore in steps.table() if chore.name == "wind")
    list(wind.do(office))
    query = select(TicketRow.alarm_at)
    assert office.database.read(lambda session: session.scalars(query).one()) is not None
    assert not office.database.read(lambda session: alarms.is_any_due(session, now=utc_now()))


async def test_a_worker_takes_up_what_waited_and_archives_what_nobody_rated(
    office: Office,
) -> None:
    _, waiting = open_ticket(office, "waits")
    _, done = open_ticket(office, "done")
    desk = office.desk()

    def work(session: Session) -> None:
        for row in (waiting, done):
            ticket = tickets.by_number(session, str(row.number))
            handler = Person(staff=desk.community.person(str(ticket.assignee)))
            tickets.accept(session, ticket, handler, desk, key="a")
            if row is waiting:
                tickets.ask_more(session, ticket, handler, desk, key="m", note="哪一棵？")
            else:
                tickets.resolve(session, ticket, handler, desk, key="r")

    office.database.run(work)
    worker = Chores(office, steps.table())
    await worker.look()
    await worker.rest()
    assert states(office) == ["waiting", "resolved"]

    past = utc_now() - timedelta(days=30)

    def age(session: Session) -> None:
        session.execute(update(TicketRow).values(review_at=past, next_deadline_at=past))
        ticket = tickets.by_number(session, str(done.number))
        ticket.resolved_at = past
        ticket.closure = {**(ticket.closure or {}), "asked_at": past.isoformat()}

    office.database.run(age)
    for name in ("review", "archive"):
        chore = next(chore for chore in steps.table() if chore.name == name)
        for _ in chore.do(office):
            pass
    assert states(office) == ["accepted", "closed"]


def states(office: Office) -> list[str]:
    query = select(TicketRow.status).order_by(TicketRow.id)
    return office.database.read(lambda session: list(session.scalars(query)))
