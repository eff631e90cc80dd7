"""The words of cards and notices: everything a person reads that a ticket's move causes.

Simple, warm, short; every message to a resident says what happens next and until when.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.desk.community import Community, Place, Staff
from bot.desk.moves import Status
from bot.desk.ratings import LEVELS
from bot.services.community import place_from
from bot.services.outbox import Button, Message
from bot.store.tables import TicketRow


def when(moment: datetime, community: Community) -> str:
    """11月23日18:00, in the community's own time."""
    local = moment.astimezone(community.zone)
    return f"{local.month}月{local.day}日{local:%H:%M}"


def who(person: Staff | None) -> str:
    return f"{person.title}{person.name}" if person else "社区受理台"


def task(ticket: TicketRow, community: Community, place: str) -> Message:
    """The card of a new task, for the person responsible."""
    lines = [
        f"新任务 {ticket.number}",
        f"事项：{community.category(ticket.matter).name}{_urgent(ticket)}",
        f"地点：{place or '居民没有说明'}",
        f"内容：{ticket.text}",
    ]
    if ticket.contact_phone:
        lines.append(f"电话：{ticket.contact_phone}")
    lines.append(f"请在{when(ticket.accept_by, community)}前接单。")
    lines.append(f"派给您的原因：{ticket.reason}")
    buttons = (
        Button("接单", f"accept:{ticket.number}"),
        Button("退单", f"return:{ticket.number}"),
    )
    return Message(text="\n".join(lines), buttons=buttons)


def watch(ticket: TicketRow, community: Community, place: str, handler: Staff | None) -> Message:
    return Message(
        text=f"请关注 {ticket.number}：{place}{community.category(ticket.matter).name}。\n"
        f"由{who(handler)}办理，{when(ticket.resolve_by, community)}前办结。"
    )


def to_sort(ticket: TicketRow, community: Community, place: str) -> Message:
    """For the desk: a ticket that no rule could place."""
    return Message(
        text=f"待分派 {ticket.number}（{ticket.reason}）\n地点：{place or '居民没有说明'}\n"
        f"内容：{ticket.text}\n请在{when(ticket.accept_by, community)}前分派。"
    )


def opened(ticket: TicketRow, community: Community, place: str, handler: Staff | None) -> Message:
    """What the resident hears when the ticket is open."""
    if ticket.confidential:
        return Message(
            text=f"收到，编号 {ticket.number}。您反映的情况只有纪检联络员能看到，其他人都看不到。"
            f"{when(ticket.accept_by, community)}前会有人处理。要补充情况，直接发给我就行。"
        )
    name = community.category(ticket.matter).name
    if ticket.urgency == "emergency":
        lines = [
            "如果现在还有危险，请马上打：火情119、急救120、报警110，先顾好人。",
            f"已通知{who(handler)}，编号 {ticket.number}。",
        ]
        if not place:
            lines.append("安全的话，请告诉我在几号楼几单元。")
        return Message(text="\n".join(lines))
    if ticket.kind == "praise":
        return Message(text=f"谢谢您的表扬！我已经转给{who(handler)}，一定带到。")
    if ticket.kind == "suggestion":
        lead = f"谢谢您的建议，编号 {ticket.number}，已交给{who(handler)}。"
    elif handler is None:
        lead = f"收到，编号 {ticket.number}：{place}{name}。受理台马上为您安排人。"
    else:
        lead = f"收到，编号 {ticket.number}：{place}{name}，已派给{who(handler)}。"
    until = (
        f"最晚{when(ticket.accept_by, community)}前有人联系您，"
        f"{when(ticket.resolve_by, community)}前办好。"
    )
    return Message(text=f"{lead}{until}要补充照片或电话，直接发给我就行。")


def added_in_confidence(ticket: TicketRow) -> Message:
    return Message(text=f"已补充到编号 {ticket.number}，同样只有纪检联络员能看到。")


def accepted(ticket: TicketRow, community: Community, handler: Staff | None) -> Message:
    return Message(
        text=f"{who(handler)}已接单（编号 {ticket.number}），会尽快联系您，"
        f"最晚{when(ticket.resolve_by, community)}前办好。"
    )


def to_resolve(ticket: TicketRow, community: Community) -> Message:
    """For the handler, after accepting."""
    return Message(
        text=f"您已接单 {ticket.number}。请在{when(ticket.resolve_by, community)}前办好，"
        "办好后点一下“完成”。",
        buttons=(
            Button("已联系居民", f"contact:{ticket.number}"),
            Button("完成", f"resolve:{ticket.number}"),
        ),
    )


def resolved(ticket: TicketRow, handler: Staff | None, note: str) -> Message:
    told = f"说明：{note}。" if note else ""
    return Message(
        text=f"{who(handler)}说编号 {ticket.number} 的事办好了。{told}您看解决了吗？",
        buttons=(
            Button("解决了", f"solved:{ticket.number}"),
            Button("没解决", f"reopen:{ticket.number}"),
        ),
    )


def ask_level(ticket: TicketRow) -> Message:
    return Message(
        text="太好了。这次办得您满意吗？点一下就行。",
        buttons=tuple(
            Button(label, f"rate:{ticket.number}:{level}") for level, label in LEVELS.items()
        ),
    )


def rated(ticket: TicketRow) -> Message:
    level = LEVELS[ticket.satisfaction or 3]
    if (ticket.satisfaction or 3) <= 2:
        return Message(
            text=f"记下了：{level}。对不住，没让您满意。哪里不好，发给我，我转给社区负责人。"
        )
    return Message(text=f"记下了：{level}。谢谢您，这件事就办结了。有别的事随时找我。")


def rating_for_handler(ticket: TicketRow) -> Message:
    return Message(text=f"{ticket.number} 居民评价：{LEVELS[ticket.satisfaction or 3]}，已归档。")


def reopened(ticket: TicketRow, community: Community, handler: Staff | None) -> Message:
    return Message(
        text=f"好的，编号 {ticket.number} 已退回重办，由{who(handler)}继续处理，"
        f"{when(ticket.resolve_by, community)}前给您结果。哪里没弄好，也可以直接告诉我。"
    )


def withdrawn(ticket: TicketRow) -> Message:
    return Message(text=f"好的，编号 {ticket.number} 已撤回，不会再有人上门。要再报随时说。")


def stop_work(ticket: TicketRow) -> Message:
    return Message(text=f"{ticket.number} 居民已撤回，不用再办了。")


def urged(ticket: TicketRow, community: Community, handler: Staff | None) -> Message:
    until = ticket.next_deadline_at or ticket.resolve_by
    return Message(
        text=f"让您久等了。我已提醒{who(handler)}（编号 {ticket.number}），"
        f"最晚{when(until, community)}前给您回话。"
    )


def hurry(ticket: TicketRow, community: Community) -> Message:
    until = ticket.next_deadline_at or ticket.resolve_by
    return Message(
        text=f"居民催办 {ticket.number}（{community.category(ticket.matter).name}），"
        f"请在{when(until, community)}前处理。",
        buttons=(Button("接单", f"accept:{ticket.number}"),)
        if ticket.status == "assigned"
        else (Button("完成", f"resolve:{ticket.number}"),),
    )


def more(ticket: TicketRow, text: str) -> Message:
    """For the handler: the resident added or corrected something."""
    return Message(text=f"{ticket.number} 居民补充：{text}")


def reassigned(ticket: TicketRow, community: Community, handler: Staff | None) -> Message:
    return Message(
        text=f"编号 {ticket.number} 现在由{who(handler)}负责，"
        f"{when(ticket.resolve_by, community)}前办好。"
    )


def taken_away(ticket: TicketRow) -> Message:
    return Message(text=f"{ticket.number} 已转给别人，您不用再办了。")


def status_line(ticket: TicketRow, community: Community, staff: Mapping[str, Staff]) -> str:
    """One line of "my tickets" for the resident."""
    handler = staff.get(ticket.assignee or "")
    line = (
        f"{ticket.number} {community.category(ticket.matter).name}："
        f"{Status(ticket.status).chinese}，{who(handler)}负责"
    )
    until = ticket.next_deadline_at
    return f"{line}，{when(until, community)}前有进展" if until else line


def _urgent(ticket: TicketRow) -> str:
    return {"emergency": "（紧急！）", "urgent": "（加急）"}.get(ticket.urgency, "")


def subject(ticket: TicketRow, community: Community, describe: Callable[[Place], str]) -> str:
    """幸福里小区3号楼电梯故障: where and what, in one breath."""
    return describe(place_from(ticket.place)) + community.category(ticket.matter).name
