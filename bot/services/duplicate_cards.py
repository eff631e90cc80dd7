"""Before a ticket is opened: what may be the same thing, in enough detail to tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.desk.community import Community, Place
from bot.desk.moves import Status
from bot.services import cards
from bot.services.duplicates import Candidate
from bot.services.outbox import Button, Message
from bot.store.tables import TicketRow

ME_TOO, ANOTHER = "我也遇到", "不是一回事，另开一件"
# Taps for the dialogue: which one, or none of them.
YES, NO = "/affirm", "/deny"
_WHICH = ("/first_choice", "/second_choice", "/third_choice")

Describe = Callable[[Place], str]


def is_it(found: Sequence[Candidate], community: Community, describe: Describe) -> Message:
    """The question. Their own report comes alone: they know best whether it is the same."""
    first, *more = found
    if first.own:
        return _own(first, community, describe)
    if not more:
        text = f"先跟您核对一下，{_detail(first, community, describe)}\n您说的是同一件事吗？"
        return Message(text=text, buttons=(Button(ME_TOO, YES), Button(ANOTHER, NO)))
    lines = [f"{n}. {_detail(one, community, describe)}" for n, one in enumerate(found, 1)]
    taps = [Button(f"第{n}件我也遇到", _WHICH[n - 1]) for n in range(1, len(found) + 1)]
    return Message(
        text="\n".join(("先跟您核对一下，附近已经有人报过：", *lines, "您说的是其中一件吗？")),
        buttons=(*taps, Button("都不是，另开一件", NO)),
    )


def filed_anyway(ticket: TicketRow, community: Community) -> Message:
    """To a resident who was asked whether it is the same and did not answer."""
    handler = community.staff.get(ticket.assignee or "")
    until = cards.reached_by(ticket, community)
    return Message(
        text=f"您没回话，我先给您单独报上了，编号 {ticket.number}，"
        f"由{cards.who(handler)}负责，{until}前有人联系您。"
    )


def told_the_desk(ticket: TicketRow, number: str) -> Message:
    return Message(
        text=f"好的，您的编号 {ticket.number} 和编号 {number} 是同一件事，我告诉受理台了，"
        "他们核对后合在一起办，进展照样告诉您。"
    )


def _own(one: Candidate, community: Community, describe: Describe) -> Message:
    day = cards.when(one.opened_at, community)
    return Message(
        text=f"您{day}说过这样一件事：编号 {one.number}，{_subject(one, community, describe)}。"
        f"{_standing(one, community)}\n是补充这件，还是另外一件？",
        buttons=(Button("补充到这件", YES), Button("另外一件，新报", NO)),
    )


def _detail(one: Candidate, community: Community, describe: Describe) -> str:
    said = f"说的是“{one.text}”。" if one.text else ""
    return (
        f"{_subject(one, community, describe)}已经有人报过（编号 {one.number}）。{said}"
        f"{cards.when(one.opened_at, community)}报的，{_standing(one, community)}"
        f"已有{one.reporters}位居民遇到。"
    )


def _standing(one: Candidate, community: Community) -> str:
    handler = cards.who(community.staff.get(one.assignee or ""))
    until = cards.when(one.until, community)
    status = "等报的人补充" if one.status is Status.WAITING else one.status.chinese
    return f"现在{status}，由{handler}负责，{until}前有进展。"


def _subject(one: Candidate, community: Community, describe: Describe) -> str:
    return describe(one.place) + community.category(one.matter).name
