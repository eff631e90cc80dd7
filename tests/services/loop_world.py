"""A desk on which anybody may try anything at any time, and what must hold whatever they try."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier
from typing import Any

from sqlalchemy import select

from bot.desk import deadlines, moves, record
from bot.desk.closure import Closure
from bot.desk.community import Absence, Community, Place, Role
from bot.desk.errors import LinliError
from bot.desk.moves import Move, Status
from bot.desk.parts import PartKind
from bot.desk.people import SYSTEM, Person
from bot.desk.rate_rules import Rate
from bot.desk.record import Entry
from bot.services import (
    alarm_clock,
    alarms,
    queued,
    rates,
    subtask_views,
    subtasks,
    ticket_clocks,
    tickets,
    timeline,
)
from bot.services.rates import Question
from bot.services.tickets import Desk, Draft
from bot.store.database import Database, Session
from bot.store.tables import OutboxRow, TicketRow
from tests.conftest import MONDAY_TEN, Clock, staff
from tests.services.conftest import meet

_LONG = timedelta(days=3000)


@dataclass
class World:
    """The desk, its people and its clock."""

    database: Database
    community: Community
    clock: Clock = field(default_factory=Clock)
    residents: list[tuple[int, Person]] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    done: int = 0  # moves that were made
    refused: int = 0

    def __post_init__(self) -> None:
        for name in ("wangayi", "yangxiansheng"):
            conversation, speaker = meet(self.database, name, known_as=None, clock=self.clock)
            self.residents.append((conversation, Person(resident_id=speaker.resident_id)))

    @property
    def desk(self) -> Desk:
        return Desk(
            community=self.community,
            describe=lambda place: place.building or "",
            now=self.clock(),
        )

    def people(self) -> dict[str, Person]:
        known = {code: staff(self.community, code) for code in sorted(self.community.staff)}
        for n, (_conversation, person) in enumerate(self.residents):
            known[f"resident {n}"] = person
        return {**known, "system": SYSTEM}

    def open(self, *, key: str, who: int, matter: str, kind: str, place: Place) -> None:
        conversation, person = self.residents[who]
        draft = Draft(
            key=key,
            kind=kind,
            matter=matter,
            text="楼道里有事",
            place=place,
            resident_id=person.resident_id,
            conversation_id=conversation,
        )
        ticket = self.database.run(lambda s: tickets.open_ticket(s, draft, self.desk))
        if str(ticket.number) not in self.numbers:
            self.numbers.append(str(ticket.number))

    def attempt(self, number: str, deed: Deed, by: Person, key: str) -> bool:
        """Whether it was done. What is refused must have changed nothing."""
        before = self._written(number)
        try:
            self.database.run(lambda s: deed(s, tickets.by_number(s, number), by, self.desk, key))
        except LinliError:
            self.refused += 1
            assert self._written(number) == before
            return False
        self.done += 1
        return True

    def holder(self, number: str) -> str | None:
        return self.database.read(lambda s: tickets.by_number(s, number)).assignee

    def attempt_both(self, number: str, tries: list[tuple[Deed, Person]], key: str) -> None:
        """Two people tap at the same moment."""
        gate = Barrier(2)

        def one(n: int) -> None:
            deed, by = tries[n]
            gate.wait(timeout=10)
            try:
                self.database.run(
                    lambda s: deed(s, tickets.by_number(s, number), by, self.desk, f"{key}:{n}")
                )
            except LinliError:
                self.refused += 1

        with ThreadPoolExecutor(2) as threads:
            list(threads.map(one, range(2)))

    def look(self) -> None:
        """All that a worker does about tickets."""
        desk, run = self.desk, self.database.run
        run(lambda s: queued.give_out(s, desk))
        while run(lambda s: ticket_clocks.reckon_all(s, desk)).more:
            pass
        for id in run(lambda s: tickets.to_review(s, desk.now)):
            run(partial(_on, id, lambda s, t: tickets.review(s, t, desk)))
        for id in run(lambda s: tickets.unanswered(s, self.community, desk.now)):
            run(partial(_on, id, lambda s, t: tickets.close_unanswered(s, t, desk)))
        run(lambda s: alarms.ring(s, desk))

    def go_on_leave(self, code: str, days: int) -> None:
        away = Absence(start=self.clock(), end=self.clock() + timedelta(days=days))
        person = self.community.staff[code]
        person = replace(person, absences=(*person.absences, away))
        self.community = replace(self.community, staff={**self.community.staff, code: person})

    def change_the_rules(self, version: str) -> None:
        """Everything may take twice as long."""
        longer = tuple(
            replace(
                rule,
                limits={
                    stage: replace(span, count=span.count * 2)
                    for stage, span in rule.limits.items()
                },
            )
            for rule in self.community.deadlines
        )
        self.community = replace(self.community, deadlines=longer, version=version)

    def check(self) -> None:
        """What holds at any moment."""
        for row in self.database.read(lambda s: list(s.scalars(select(TicketRow)))):
            lines = self.database.read(partial(timeline.entries, ticket_id=row.id))
            _timeline_is_legal(lines)
            _timeline_says_all(row, lines)
            _somebody_is_responsible(row, self.community)
            _deadlines_follow(row, lines, self.community)
        self._conduct_is_for_one_reader()
        self._rates_are_what_the_rows_say()

    def _written(self, number: str) -> tuple[Any, ...]:
        row = self.database.read(lambda s: tickets.by_number(s, number))
        lines = self.database.read(lambda s: timeline.entries(s, row.id))
        return row.version, row.status, row.assignee, len(lines)

    def _conduct_is_for_one_reader(self) -> None:
        hidden = (
            select(OutboxRow.staff)
            .join(TicketRow, TicketRow.id == OutboxRow.ticket_id)
            .where(TicketRow.kind == "conduct", OutboxRow.staff.is_not(None))
        )
        for code in self.database.read(lambda s: set(s.scalars(hidden))):
            assert self.community.person(code).holds(Role.DISCIPLINE)

    def _rates_are_what_the_rows_say(self) -> None:
        """The figures from timelines equal a slow count over the rows as they stand."""
        now = self.clock()
        asked = Question(as_of=now, start=MONDAY_TEN - _LONG, end=now + _LONG)
        desk = staff(self.community, "zhuren")
        found = self.database.read(lambda s: rates.figures(s, desk, asked, self.community))
        rows = self.database.read(lambda s: list(s.scalars(select(TicketRow))))
        counted = [row for row in rows if not row.confidential and _counts(row)]
        slow = {
            Rate.RESPONSE: _slow_response(counted, now),
            Rate.SOLVED: _slow(counted, lambda row: row.solved),
            Rate.SATISFIED: _slow(
                counted, lambda row: None if row.satisfaction is None else row.satisfaction >= 3
            ),
        }
        for rate, (good, bad) in slow.items():
            figure = found.get("", {}).get(rate)
            assert good == set(figure.counted if figure else ())
            assert bad == {number for number, _why in (figure.missed if figure else ())}


Deed = Callable[[Session, TicketRow, Person, Desk, str], Any]


def _on(id: int, deed: Callable[[Session, TicketRow], Any], session: Session) -> None:
    ticket = session.get(TicketRow, id)
    assert ticket is not None
    deed(session, ticket)


def _timeline_is_legal(lines: list[Entry]) -> None:
    """Each line begins where the last one ended, and its move is in the table of moves."""
    status: Status | None = None
    for line in lines:
        assert line.before is status
        if line.move is not Move.OPEN:
            rule = moves.MOVES[line.move]
            assert line.before in rule.sources or _is_called_off(line), (line.move, line.before)
            to = {rule.to or line.before}
            if line.move is Move.RESUME:
                to = {Status.ASSIGNED, Status.ACCEPTED, Status.CONTACTED}
            if line.move is Move.ASSIGN and line.actor == "system":
                to |= {Status.TRIAGE}  # nobody there: the desk sorts it
            assert line.after in to, (line.move, line.before, line.after)
        status = line.after


def _is_called_off(line: Entry) -> bool:
    """What others were still asked for on a ticket that has just ended."""
    return line.move is Move.PART and line.facts["step"] == "cancel" and line.actor == "system"


def _timeline_says_all(row: TicketRow, lines: list[Entry]) -> None:
    state = record.fold(lines)
    assert state is not None and state.status.value == row.status
    assert record.facts_of(state) == record.facts_of(row)


def _somebody_is_responsible(row: TicketRow, community: Community) -> None:
    status = Status(row.status)
    if status.is_open and status is not Status.TRIAGE:
        holder = community.person(str(row.assignee))
        assert not row.confidential or holder.holds(Role.DISCIPLINE)


def _deadlines_follow(row: TicketRow, lines: list[Entry], community: Community) -> None:
    """Every deadline can be reckoned from the timeline; what runs has an alarm."""
    status = Status(row.status)
    if not status.is_open:
        return
    assert row.next_deadline_at == deadlines.next_deadline(status, row)
    assert alarm_clock.running(row) is None or alarm_clock.is_wound(row)
    if row.reckoned_by == community.reckoned_by:
        found = deadlines.from_timeline(lines, community)
        assert found is not None
        assert (row.accept_by, row.contact_by) == (found.accept_by, found.contact_by)
        assert (row.resolve_by, row.review_at) == (found.resolve_by, found.review_at)


def _counts(row: TicketRow) -> bool:
    return row.kind != "praise" and row.status not in ("declined", "merged", "withdrawn")


def _slow_response(rows: list[TicketRow], now: datetime) -> tuple[set[str], set[str]]:
    good, bad = set(), set()
    for row in rows:
        reached = [at for at in (row.contacted_at, row.resolved_at) if at is not None]
        assert row.contact_by is not None
        if reached:
            (good if min(reached) <= row.contact_by else bad).add(str(row.number))
        elif now > row.contact_by:
            bad.add(str(row.number))
    return good, bad


def _slow(
    rows: list[TicketRow], answer: Callable[[TicketRow], bool | None]
) -> tuple[set[str], set[str]]:
    told = [(str(row.number), answer(row)) for row in rows if row.urgency != "emergency"]
    return {n for n, good in told if good}, {n for n, good in told if good is False}


def deed(name: str) -> Deed:
    """What somebody tries, by its name in DEEDS, with words and codes that fit it."""
    more = DEEDS[name]

    def do(session: Session, ticket: TicketRow, by: Person, desk: Desk, key: str) -> Any:
        values = more(ticket, desk)
        first = [values.pop("first")] if "first" in values else []
        call: Callable[..., Any] = getattr(tickets, name)
        return call(session, ticket, *first, by, desk, key=key, **values)

    return do


def ask_for_a_part(kind: PartKind, who: str, *, required: bool) -> Deed:
    def do(session: Session, ticket: TicketRow, by: Person, desk: Desk, key: str) -> Any:
        wish = subtasks.Wish(kind=kind, task="来看看", required=required)
        return subtasks.ask(session, ticket, wish, [who], by, desk, key=key)

    return do


def go_on_with_a_part(step: str) -> Deed:
    """accept, arrive, done, cannot or cancel: of the first part that is open."""

    def do(session: Session, ticket: TicketRow, by: Person, desk: Desk, key: str) -> Any:
        parts = subtask_views.open_of(session, ticket)
        more = {"note": "来不了"} if step in ("cannot", "done") else {}
        return getattr(subtasks, step)(session, parts[0], by, desk, key=key, **more) if parts else 0

    return do


_More = Callable[[TicketRow, Desk], dict[str, Any]]


def _nothing(_ticket: TicketRow, _desk: Desk) -> dict[str, Any]:
    return {}


def _of(**values: Any) -> _More:
    return lambda _ticket, _desk: dict(values)


DEEDS: Mapping[str, _More] = {
    "accept": _nothing,
    "contact": _nothing,
    "urge": _nothing,
    "withdraw": _nothing,
    "resume": _nothing,
    "say_solved": _nothing,
    "verify": _nothing,
    "extend": _nothing,
    "refuse_extension": _nothing,
    "refuse_hold": _nothing,
    "supervise": _nothing,
    "reopen": _of(note="还是老样子"),
    "reject": _of(reason_code="not_done", note="还在漏"),
    "add": _of(text="还有一件事"),
    "ask_more": _of(note="是几单元？"),
    "give_back": _of(reason_code="wrong_grid"),
    "decline": _of(reason_code="elsewhere"),
    "assign": _of(first="xiaoli"),
    "arbitrate": _of(first="laozhang"),
    "refile": _of(matter="property.leak"),
    "rate": _of(first=2),
    "resolve": _of(form=Closure(answer="修好了")),
    "explain": _of(note="来得太慢"),
    "ask_extension": lambda ticket, desk: {
        "reason_code": "parts",
        "until": ticket.resolve_by + timedelta(days=2),
        "note": "等配件",
    },
    "ask_hold": lambda _ticket, desk: {
        "reason_code": "money",
        "until": desk.now + timedelta(days=30),
        "note": "等立项",
    },
    "hold": lambda _ticket, desk: {
        "reason_code": "money",
        "until": desk.now + timedelta(days=30),
    },
}
