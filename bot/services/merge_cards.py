"""What people read when tickets are joined, and when they are taken apart again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.desk.community import Community, Place
from bot.services import cards
from bot.services.duplicates import Candidate
from bot.services.outbox import Button, Message
from bot.store.tables import TicketRow

_SHOWN = 60  # characters of somebody's words


def alike(
    ticket: TicketRow,
    found: Sequence[Candidate],
    community: Community,
    describe: Callable[[Place], str],
) -> Message:
    """For the desk: may this be one with one of those? One tap merges."""
    lines = [f"{ticket.number} 可能和已有的工单是一件事：“{_short(ticket.text)}”"]
    for one in found:
        where = describe(one.place) + community.category(one.matter).name
        status = one.status.chinese
        lines.append(f"· {one.number} {where}（{status}，{one.reporters}位居民）：“{one.text}”")
    lines.append("是一件事就点一下并单；不是就不用管。")
    return Message(
        text="\n".join(lines),
        buttons=tuple(
            Button(f"并入 {one.number}", f"merge:{ticket.number}:{one.number}") for one in found
        ),
    )


def nothing_alike(ticket: TicketRow) -> Message:
    return Message(text=f"没有找到和 {ticket.number} 像的工单。要并到别的工单，请到工作台。")


def merged_for_desk(child: TicketRow, root: TicketRow) -> Message:
    return Message(
        text=f"{child.number} 已并入 {root.number}，居民和经办人都会收到通知。并错了可以拆开。",
        buttons=(Button("拆开", f"split:{child.number}"),),
    )


def split_for_desk(child: TicketRow, community: Community) -> Message:
    handler = community.staff.get(child.assignee or "")
    return Message(text=f"{child.number} 已拆出单独办，由{cards.who(handler)}负责。")


def one_more(root: TicketRow, child: TicketRow, count: int) -> Message:
    """For whoever has the parent."""
    return Message(
        text=f"{child.number} 并到您的 {root.number} 一起办（一共{count + 1}位居民）。"
        f"那边说的是：{child.text}"
    )


def stop_work(child: TicketRow, root: TicketRow, community: Community) -> Message:
    """For whoever had the child."""
    handler = community.staff.get(root.assignee or "")
    return Message(
        text=f"{child.number} 已并入 {root.number}，由{cards.who(handler)}一起办，您不用再办了。"
    )


def merged(child: TicketRow, root: TicketRow, community: Community, count: int) -> Message:
    """For the reporter of the child."""
    handler = community.staff.get(root.assignee or "")
    until = cards.when(root.next_deadline_at or root.resolve_by, community)
    return Message(
        text=f"您报的编号 {child.number} 和编号 {root.number} 是同一件事，"
        f"一共{count + 1}位居民遇到，合在一起办，由{cards.who(handler)}负责，{until}前有进展。"
        "您补充的情况他都能看到，办到哪一步我都告诉您。"
    )


def taken_out(root: TicketRow, child: TicketRow) -> Message:
    return Message(text=f"{child.number} 不是一件事，已从您的 {root.number} 拆出单独办。")


def on_its_own(child: TicketRow, community: Community) -> Message:
    """For the reporter of the child."""
    handler = community.staff.get(child.assignee or "")
    until = cards.when(child.next_deadline_at or child.resolve_by, community)
    return Message(
        text=f"您的编号 {child.number} 又单独办了，由{cards.who(handler)}负责，{until}前有进展。"
    )


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
