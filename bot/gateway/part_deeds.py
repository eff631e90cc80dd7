"""Taps on parts of a ticket: asking for help, and the steps of whoever is asked.

assist:NUMBER and whistle:NUMBER show who can be asked, with :CODE they ask that person;
part:NUMBER:ID:STEP is a step of a part, part:NUMBER:ID:cannot:REASON says why not, and the words
after part:NUMBER:ID:said what was done.
"""

from __future__ import annotations

from bot.desk import parts
from bot.desk.errors import UnknownThing
from bot.desk.moves import Move
from bot.desk.parts import PartKind, Step
from bot.gateway.taps import Answer, Ask, Deed, Tap
from bot.services import part_cards, subtask_views, subtasks, tickets
from bot.services.community import place_from
from bot.services.outbox import Message
from bot.services.subtasks import Wish
from bot.services.tickets import Desk
from bot.store.database import Session
from bot.store.tables import TicketRow

_SAID = "said"  # words after “done”
_TASKS = {PartKind.ASSIST: "请协助办理", PartKind.WHISTLE: "请到现场一起处理"}


def assist(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Message:
    return _ask(session, ticket, tap, desk, PartKind.ASSIST)


def whistle(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Message:
    return _ask(session, ticket, tap, desk, PartKind.WHISTLE)


def part(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Answer:
    """A step of whoever has the part. "Cannot" asks why first; after "done", words say how."""
    id, name, reason = (*tap.which.split(":", 2), "", "")[:3]
    if not id.isdigit() or name not in {_SAID, *(step.value for step in Step)}:
        raise UnknownThing(f"no step {tap.which!r}")
    row = subtask_views.by_id(session, ticket, int(id))
    if name == _SAID:
        subtasks.say(session, row, tap.by, desk, key=tap.key, note=tap.words)
        return part_cards.said(ticket, desk.community)
    if Step(name) is Step.CANNOT:
        note = parts.REASONS.get(reason) or tap.words
        if not note:
            return Ask(part_cards.why_not(ticket, row), tap.on())
        subtasks.cannot(session, row, tap.by, desk, key=tap.key, note=note)
    else:
        _STEPS[Step(name)](session, row, tap.by, desk, key=tap.key)
    told = part_cards.step_for_helper(ticket, row, desk.community)
    if Step(name) is Step.DONE:
        return Ask(told, f"part:{ticket.number}:{row.id}:{_SAID}")
    return told


def _ask(session: Session, ticket: TicketRow, tap: Tap, desk: Desk, kind: PartKind) -> Message:
    if not tap.which:
        tickets.allowed(session, ticket, Move(kind.value), tap.by, desk)
        find = parts.departments if kind is PartKind.WHISTLE else parts.helpers
        place = place_from(ticket.place)
        found = find(place, ticket.matter, desk.community, desk.now)
        return part_cards.whom_to_ask(ticket, kind, found)
    wish = Wish(kind=kind, task=_TASKS[kind])
    asked = subtasks.ask(session, ticket, wish, [tap.which], tap.by, desk, key=tap.key)
    return part_cards.asked_for_lead(ticket, asked, desk.community)


_STEPS = {
    Step.ACCEPT: subtasks.accept,
    Step.ARRIVE: subtasks.arrive,
    Step.DONE: subtasks.done,
    Step.CANCEL: subtasks.cancel,
}
DEEDS: dict[str, Deed] = {"assist": assist, "whistle": whistle, "part": part}
