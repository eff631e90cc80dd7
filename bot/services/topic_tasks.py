"""A topic becomes a proactive task (未诉先办): one ticket, with an owner, for the whole trouble."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.desk import kinds
from bot.desk.community import Place, Role
from bot.desk.errors import NotAllowed
from bot.desk.moves import Status
from bot.desk.people import Person
from bot.language.masking import mask
from bot.services import cards, notices, tickets
from bot.services.community import place_from
from bot.services.outbox import Message
from bot.services.tickets import Desk, Draft
from bot.services.topics import OF_A_TOPIC, WEEKS
from bot.store.tables import TicketRow, TopicRow

PROACTIVE = "proactive"  # rates leave such a ticket out: nobody reported it
MAKERS = (Role.DESK, Role.ADMIN, Role.SECRETARY)
_LEVELS = ("community", "grid", "estate", "building", "unit")
_QUOTED = 80  # characters of an example
_NAMED = 20  # numbers of tickets
_UNRESOLVED = tuple(
    s.value for s in Status if s.is_open and s not in (Status.RESOLVED, Status.VERIFIED)
)


def make_task(
    session: Session, topic: TopicRow, owner: str, by: Person, desk: Desk, *, key: str
) -> TicketRow:
    """Open the task and hand it to `owner`; whoever reported it and still waits is told.

    A topic has one task: a second wish finds the first one's. The tickets themselves go on as they
    are, with their own deadlines. Raises NotAllowed, and UnknownThing for an unknown owner.
    """
    if not by.holds(*MAKERS):
        raise NotAllowed(f"{by.name} may not make tasks of topics")
    known = session.get(TicketRow, topic.ticket_id) if topic.ticket_id else None
    if known:
        return known
    handler = desk.community.person(owner)
    behind = _behind(session, topic)
    draft = Draft(
        key=f"{OF_A_TOPIC}{topic.id}",
        kind=kinds.REPORT,
        matter=topic.matter,
        text=_text(topic, behind),
        place=common_place([place_from(ticket.place) for ticket in behind]),
        by=by,
        owner=handler.code,
        reason_code=PROACTIVE,
    )
    task = tickets.open_ticket(session, draft, desk)
    topic.ticket_id = task.id
    _tell(session, task, behind, desk, key=key)
    return task


def common_place(places: Sequence[Place]) -> Place:
    """As exact as at least half of these places agree on; nothing where they do not."""
    common = Place()
    for level in _LEVELS:
        counted = Counter(getattr(place, level) for place in places if getattr(place, level))
        if not counted:
            continue
        value, count = counted.most_common(1)[0]
        if 2 * count < len(places):
            break
        common = replace(common, **{level: value})
        places = [place for place in places if getattr(place, level) == value]
    return replace(common, confidence=1.0) if common != Place() else common


def _behind(session: Session, topic: TopicRow) -> list[TicketRow]:
    """The topic's tickets, without what has turned out to be confidential since."""
    query = select(TicketRow).where(
        TicketRow.id.in_(topic.tickets), TicketRow.confidential.is_(False)
    )
    rows = {row.id: row for row in session.scalars(query)}
    return [rows[id] for id in topic.tickets if id in rows]


def _text(topic: TopicRow, behind: Sequence[TicketRow]) -> str:
    waiting = sum(ticket.status in _UNRESOLVED for ticket in behind)
    examples = [ticket for ticket in behind if ticket.id in topic.examples]
    numbers = "、".join(str(ticket.number) for ticket in behind[:_NAMED])
    return "\n".join(
        (
            f"【未诉先办】{topic.title}",
            f"近{WEEKS}周有{topic.reporters}人反映，共{len(behind)}件，其中{waiting}件还没办完。",
            *(f"· {mask(ticket.text)[:_QUOTED]}" for ticket in examples),
            f"相关工单：{numbers}{'等' if len(behind) > _NAMED else ''}",
            "请牵头查清原因，一次解决一类问题。",
        )
    )


def _tell(
    session: Session, task: TicketRow, behind: Sequence[TicketRow], desk: Desk, *, key: str
) -> None:
    """Each conversation once, about the ticket in it that is the most typical."""
    told: set[int | None] = {None}
    for ticket in behind:
        if ticket.status in _UNRESOLVED and ticket.conversation_id not in told:
            told.add(ticket.conversation_id)
            notices.resident(session, ticket, _news(ticket, task, desk), "topic", key, desk)


def _news(ticket: TicketRow, task: TicketRow, desk: Desk) -> Message:
    matter = desk.community.category(ticket.matter).name
    owner = cards.who(desk.community.staff.get(task.assignee or ""))
    until = cards.when(ticket.resolve_by, desk.community)
    return Message(
        text=f"您反映的“{matter}”（{ticket.number}），近来好几位邻居也遇到了。社区已经立项，"
        f"由{owner}牵头，从根上解决。\n您这一件照常办理，{until}前给您答复。"
    )
