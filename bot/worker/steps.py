"""What a worker does beside messages: one line a chore, in `table`.

A chore is a generator that yields after each of its transactions, so that a stop, or word that it
is still at work, can come between two of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial

from bot.bootstrap import Office, utc_now
from bot.desk.errors import Refused
from bot.desk.rhythm import At, Every, Rhythm
from bot.services import (
    alarms,
    forgetting,
    handover,
    queued,
    ticket_clocks,
    tickets,
    topics,
    unheard,
)
from bot.services.tickets import Desk
from bot.store import trackers
from bot.store.database import Database, Session
from bot.store.tables import TicketRow

_SECOND = timedelta(seconds=1)
Steps = Callable[[Office], Iterator[None]]
Work = Callable[..., bool]  # (session, desk) -> is there more to do


@dataclass(frozen=True, kw_only=True)
class Chore:
    """wanted: a cheap look whether there is anything to do at all, asked before the lease."""

    name: str
    rhythm: Rhythm
    do: Steps
    wanted: Callable[[Office], bool] = lambda office: True


def table() -> tuple[Chore, ...]:
    """All chores of a worker. Adding one is adding a line here."""
    clocks = Reckoning()
    return (
        Chore(name="alarms", rhythm=Every(_SECOND), do=batches(_ring), wanted=alarms_are_due),
        Chore(name="unheard", rhythm=Every(5 * _SECOND), do=file_unheard, wanted=some_fell_silent),
        Chore(name="queue", rhythm=Every(5 * _SECOND), do=give_out_queued, wanted=some_wait),
        Chore(name="leave", rhythm=Every(timedelta(minutes=1)), do=take_from_absent),
        Chore(name="review", rhythm=Every(10 * _SECOND), do=review_parked, wanted=some_are_parked),
        Chore(name="archive", rhythm=Every(timedelta(hours=1)), do=archive_unanswered),
        Chore(name="reckon", rhythm=Every(10 * _SECOND), do=clocks.do, wanted=clocks.wanted),
        Chore(name="wind", rhythm=Every(timedelta(hours=1)), do=batches(_wind)),
        Chore(name="topics", rhythm=At(time(5)), do=find_topics),
        Chore(name="forget", rhythm=At(time(3, 30)), do=forget_talks),
    )


def take_from_absent(office: Office) -> Iterator[None]:
    """What somebody had not accepted when their leave began goes to who is there."""
    desk = office.desk()
    for id in office.database.read(lambda session: handover.of_the_absent(session, desk)):
        office.database.run(partial(handover.take_from_absent, id=id, desk=desk))
        yield


def batches(work: Work) -> Steps:
    """A transaction of `work` again and again, until it says that there is no more."""

    def do(office: Office) -> Iterator[None]:
        more = True
        while more:
            more = office.database.run(partial(work, desk=office.desk()))
            yield

    return do


def alarms_are_due(office: Office) -> bool:
    return office.database.read(lambda session: alarms.is_any_due(session, now=utc_now()))


def some_fell_silent(office: Office) -> bool:
    return bool(office.database.read(lambda session: unheard.due(session, now=utc_now(), limit=1)))


def file_unheard(office: Office) -> Iterator[None]:
    """Reports whose writers fell silent go to the desk."""
    for conversation in office.database.read(lambda s: unheard.due(s, now=utc_now())):
        office.database.run(partial(unheard.file, conversation_id=conversation, desk=office.desk()))
        yield


def some_wait(office: Office) -> bool:
    return office.database.read(queued.is_anything)


def give_out_queued(office: Office) -> Iterator[None]:
    """Tickets that waited for somebody to have room go to whoever has, the oldest first."""
    desk = office.desk()
    for id in office.database.read(lambda session: queued.ready(session, desk)):
        office.database.run(partial(queued.give_one, id=id, desk=desk))
        yield


def some_are_parked(office: Office) -> bool:
    return bool(office.database.read(lambda session: tickets.to_review(session, utc_now())))


def review_parked(office: Office) -> Iterator[None]:
    """What waited for the resident, or was held, until now goes on or to the archive."""
    ids = office.database.read(lambda session: tickets.to_review(session, utc_now()))
    yield from _each(office, ids, tickets.review)


def archive_unanswered(office: Office) -> Iterator[None]:
    """Tickets whose residents did not say how it was for days."""
    community = office.registers.current().community
    ids = office.database.read(lambda s: tickets.unanswered(s, community, utc_now()))
    yield from _each(office, ids, tickets.close_unanswered)


def _each(office: Office, ids: list[int], deed: Callable[..., None]) -> Iterator[None]:
    """One transaction a ticket; one that somebody moves at this moment comes up again."""
    for id in ids:
        with suppress(Refused):
            office.database.run(partial(_on, id=id, deed=deed, desk=office.desk()))
        yield


def _on(session: Session, *, id: int, deed: Callable[..., None], desk: Desk) -> None:
    ticket = session.get(TicketRow, id)
    if ticket:
        deed(session, ticket, desk)


class Reckoning:
    """Deadlines are reckoned anew when rules or calendar are others than at the last time."""

    def __init__(self) -> None:
        self._done_for = ""

    def wanted(self, office: Office) -> bool:
        return self._version(office) != self._done_for

    def do(self, office: Office) -> Iterator[None]:
        version = self._version(office)
        yield from batches(_reckon)(office)
        self._done_for = version

    @staticmethod
    def _version(office: Office) -> str:
        return office.registers.current().community.reckoned_by


def find_topics(office: Office) -> Iterator[None]:
    """The topics of the week, brought up to date every morning."""
    community = office.registers.current().community
    words = office.settings.data_dir / "jieba"
    topics.weekly(office.database, community, words=words, now=utc_now())
    yield


def forget_talks(office: Office) -> Iterator[None]:
    """What the engine remembers of conversations that are over; the desk's own record stays."""
    before = utc_now() - timedelta(days=office.settings.talk_days)
    with office.engine_memory() as memory:
        last = ""
        while True:
            senders = memory.read(partial(trackers.untouched, before=before, after=last))
            if not senders:
                return
            _forget(office, memory, senders, before)
            last = senders[-1]
            yield


def _forget(office: Office, memory: Database, senders: list[str], before: datetime) -> None:
    ids = {id: sender for sender in senders if (id := trackers.conversation_of(sender)) is not None}
    used = office.database.read(lambda s: forgetting.in_use(s, sorted(ids)))
    kept = {ids[id] for id in used}
    gone = [sender for sender in senders if sender not in kept]
    memory.run(lambda s: trackers.forget_untouched(s, gone, before=before))


def _ring(session: Session, desk: Desk) -> bool:
    return alarms.ring(session, desk).seen >= alarms.AT_ONCE


def _reckon(session: Session, desk: Desk) -> bool:
    return ticket_clocks.reckon_all(session, desk).more


def _wind(session: Session, desk: Desk) -> bool:
    return alarms.wind_forgotten(session, desk) >= alarms.AT_ONCE
