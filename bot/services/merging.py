"""Duplicates that the desk joins (并单) and takes apart again (拆单).

A merged ticket follows its parent: its reporter becomes one of the parent's followers, and what
they say reaches whoever has the parent. Parents have no parents: who follows a ticket that is
merged itself follows the one at the top.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from bot.desk.errors import BadInput, IllegalMove, NotAllowed
from bot.desk.moves import Move, Status
from bot.desk.people import Person
from bot.services import duplicates, followers, merge_cards, notices, subtasks
from bot.services.ticket_moves import Desk, Line, enter, made, make, route
from bot.store.once import InsertOnce
from bot.store.tables import FollowerRow, PhotoRow, TicketRow, TimelineRow

_FOLLOW = InsertOnce(FollowerRow)
_PHOTO = InsertOnce(PhotoRow)


def merge(
    session: Session,
    child: TicketRow,
    by: Person,
    desk: Desk,
    *,
    key: str,
    parent: TicketRow,
) -> None:
    """Let `child` follow `parent`, or what that follows itself. Everybody concerned is told.

    Raises NotAllowed for conduct reports, IllegalMove where the parent has ended, BadInput for a
    ticket and itself.
    """
    if made(session, child, Move.MERGE, key=key):
        return
    root = top(session, parent)
    _check(child, root)
    handler = child.assignee
    facts: dict[str, Any] = {"parent": root.number}

    def follow() -> None:
        child.parent_id, child.closed_at = root.id, desk.now
        flag_modified(root, "status")  # of two who merge them crosswise, one has to look again
        facts.update(_hand_on(session, child, root, desk, key))

    note = f"并入 {root.number}"
    if not make(
        session, child, Move.MERGE, by, desk, key=key, note=note, change=follow, facts=facts
    ):
        return
    _note(session, root, child, f"并入 {child.number}：{child.text}", by, desk, key)
    _raise_children(session, child, root, by, desk, key)
    subtasks.call_off(session, child, desk, key=key, why=f"已并入 {root.number}")
    _tell(session, child, root, handler, desk, key)


def merge_all(
    session: Session,
    parent: TicketRow,
    by: Person,
    desk: Desk,
    *,
    key: str,
    others: Sequence[TicketRow],
) -> None:
    """A whole cluster into one, or none of it."""
    for child in others:
        merge(session, child, by, desk, key=key, parent=parent)


def split(session: Session, child: TicketRow, by: Person, desk: Desk, *, key: str) -> None:
    """No duplicate after all: back on its own way, by the rules, with a clock of its own."""
    root = session.get(TicketRow, child.parent_id) if child.parent_id else None

    def part() -> None:
        child.parent_id = child.closed_at = child.assignee = None
        child.accepted_at = child.contacted_at = None
        if root:
            _take_back(session, child, root)

    note = f"从 {root.number} 拆出" if root else ""
    if not make(session, child, Move.SPLIT, by, desk, key=key, note=note, change=part):
        return
    route(session, child, desk, key=key)
    if root and Status(root.status).is_open:
        _note(session, root, child, f"拆出 {child.number}", by, desk, key)
        notices.handler(session, root, merge_cards.taken_out(root, child), "split", key, desk)
    card = merge_cards.on_its_own(child, desk.community)
    notices.resident(session, child, card, "split", key, desk)


def suggest(session: Session, ticket: TicketRow, desk: Desk, *, key: str) -> None:
    """The desk is asked whether a ticket is one with another, where one is alike."""
    found = duplicates.of_ticket(session, ticket, desk)
    if found:
        card = merge_cards.alike(ticket, found, desk.community, desk.describe)
        notices.sorters(session, ticket, card, "alike", key, desk)


def top(session: Session, ticket: TicketRow) -> TicketRow:
    """The ticket that all others follow."""
    seen = {ticket.id}
    while ticket.status == Status.MERGED.value and ticket.parent_id is not None:
        above = session.get(TicketRow, ticket.parent_id)
        if above is None or above.id in seen:
            break
        seen.add(above.id)
        ticket = above
    return ticket


def children(session: Session, ticket: TicketRow) -> list[TicketRow]:
    query = select(TicketRow).where(TicketRow.parent_id == ticket.id).order_by(TicketRow.id)
    return list(session.scalars(query))


def _note(
    session: Session,
    root: TicketRow,
    child: TicketRow,
    words: str,
    by: Person,
    desk: Desk,
    key: str,
) -> None:
    """A line on the parent's timeline."""
    line = Line(
        move=Move.ADD, by=by, before=Status(root.status), note=words, facts={"child": child.id}
    )
    enter(session, root, line, desk, key=f"{key}:{child.id}")


def _check(child: TicketRow, root: TicketRow) -> None:
    if child.confidential or root.confidential:
        raise NotAllowed("a conduct report is merged with nothing")
    if child.id == root.id:
        raise BadInput(f"{child.number} would follow itself")
    if not Status(root.status).is_open:
        raise IllegalMove(f"{root.number} is {root.status}: nothing can follow it any more")


def _hand_on(
    session: Session, child: TicketRow, root: TicketRow, desk: Desk, key: str
) -> dict[str, Any]:
    """Followers, reporter and photos of the child go to the root; what went is remembered."""
    session.flush()
    moved = []
    for row in followers.of_ticket(session, child):
        known = select(FollowerRow.id).where(
            FollowerRow.ticket_id == root.id, FollowerRow.conversation_id == row.conversation_id
        )
        if row.conversation_id is not None and session.scalars(known).first():
            session.delete(row)
        else:
            row.ticket_id = root.id
            moved.append(row.id)
    session.flush()
    who = {"resident_id": child.resident_id, "conversation_id": child.conversation_id}
    words = {"text": child.text, "at": desk.now, "source_key": f"merge:{child.id}:{key}"}
    is_reporter = child.resident_id is not None and child.resident_id == root.resident_id
    new = None if is_reporter else _FOLLOW(session, {"ticket_id": root.id, **who, **words})
    photos = select(PhotoRow).where(PhotoRow.ticket_id == child.id)
    for photo in session.scalars(photos).all():
        copy = {"path": photo.path, "stage": photo.stage, "added_at": photo.added_at}
        _PHOTO(session, {"ticket_id": root.id, **copy})
    return {"followers": moved, "reporter": new}


def _raise_children(
    session: Session, child: TicketRow, root: TicketRow, by: Person, desk: Desk, key: str
) -> None:
    for below in children(session, child):
        below.parent_id = root.id
        facts = {"parent": root.number, "parent_id": root.id}
        note = f"随 {child.number} 并入 {root.number}"
        line = Line(move=Move.MERGE, by=by, before=Status.MERGED, note=note, facts=facts)
        enter(session, below, line, desk, key=key)
    session.flush()


def _take_back(session: Session, child: TicketRow, root: TicketRow) -> None:
    """What went to the parent with it comes back, as far as it is still there."""
    lines = select(TimelineRow).where(TimelineRow.ticket_id == child.id)
    came: list[int] = []
    for line in session.scalars(lines.order_by(TimelineRow.id.desc())):
        if line.move == Move.SPLIT.value:
            break
        if line.move == Move.MERGE.value:
            came += line.facts.get("followers", ())
            reporter = line.facts.get("reporter")
            if reporter is not None:
                session.execute(delete(FollowerRow).where(FollowerRow.id == reporter))
    back = select(FollowerRow).where(FollowerRow.id.in_(came), FollowerRow.ticket_id == root.id)
    for row in session.scalars(back):
        row.ticket_id = child.id
    own = select(PhotoRow.path).where(PhotoRow.ticket_id == child.id)
    copies = delete(PhotoRow).where(
        PhotoRow.ticket_id == root.id, PhotoRow.path.in_(list(session.scalars(own)))
    )
    session.execute(copies.execution_options(synchronize_session=False))


def _tell(
    session: Session,
    child: TicketRow,
    root: TicketRow,
    handler: str | None,
    desk: Desk,
    key: str,
) -> None:
    count = followers.count(session, root)
    card = merge_cards.one_more(root, child, count)
    notices.handler(session, root, card, f"merged{child.id}", key, desk)
    if handler and handler != root.assignee:
        stop = merge_cards.stop_work(child, root, desk.community)
        notices.staff(session, handler, stop, child, "merged", key, desk)
    told = merge_cards.merged(child, root, desk.community, count)
    notices.resident(session, child, told, "merge", key, desk)
