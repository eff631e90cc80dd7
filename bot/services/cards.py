"""What residents read when a ticket is opened, put right or asked about.

Simple, warm, short; every message to a resident says what happens next and until when. What they
read while it goes through the loop is in loop_cards.py, what staff read in task_cards.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.desk import kinds
from bot.desk.community import Category, Community, Place, Staff
from bot.desk.moves import Status
from bot.desk.routing import NO_MATTER
from bot.services.community import place_from
from bot.services.outbox import Button, Message
from bot.services.ticket_rights import is_being_checked
from bot.store.tables import TicketRow


def when(moment: datetime, community: Community) -> str:
    """11月23日18:00, in the community's own time."""
    local = moment.astimezone(community.zone)
    return f"{local.month}月{local.day}日{local:%H:%M}"


def reached_by(ticket: TicketRow, community: Community) -> str:
    """Until when somebody talks to the resident: what the response clock says."""
    return when(ticket.contact_by or ticket.accept_by, community)


def who(person: Staff | None) -> str:
    return f"{person.title}{person.name}" if person else "社区受理台"


def which_matter(ticket: TicketRow, community: Community, choices: Sequence[Category]) -> Message:
    """Whoever says that it is filed wrongly chooses; nothing has changed until then."""
    name = community.category(ticket.matter).name
    return Message(
        text=f"编号 {ticket.number} 现在归在“{name}”。它是哪一类？点一下，我马上转给管这类事的人。",
        buttons=(
            *refile_buttons(ticket, choices),
            Button("都不是", f"refile:{ticket.number}:{NO_MATTER}"),
        ),
    )


def refile_buttons(ticket: TicketRow, choices: Sequence[Category]) -> tuple[Button, ...]:
    return tuple(Button(c.name, f"refile:{ticket.number}:{c.code}") for c in choices)


def refiled(ticket: TicketRow, community: Community, handler: Staff | None) -> Message:
    until = when(ticket.next_deadline_at or ticket.resolve_by, community)
    if handler is None:
        return Message(
            text=f"好的，编号 {ticket.number} 已交给受理台的同事看是哪类事，最晚{until}前安排好人。"
        )
    name = community.category(ticket.matter).name
    return Message(
        text=f"改好了，编号 {ticket.number} 归到“{name}”，"
        f"由{who(handler)}负责，最晚{until}前有进展。"
    )


def opened(ticket: TicketRow, community: Community, place: str, handler: Staff | None) -> Message:
    """What the resident hears when the ticket is open."""
    if ticket.confidential:
        return Message(
            text=f"收到，编号 {ticket.number}。您反映的情况只有纪检联络员能看到，其他人都看不到。"
            f"{reached_by(ticket, community)}前会有人处理。要补充情况，直接发给我就行。"
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
        f"最晚{reached_by(ticket, community)}前有人联系您，"
        f"{when(ticket.resolve_by, community)}前办好。"
    )
    buttons = (Button("不是这类事", f"refile:{ticket.number}"),) if may_refile(ticket) else ()
    return Message(text=f"{lead}{until}要补充照片或电话，直接发给我就行。", buttons=buttons)


def to_a_person(ticket: TicketRow, community: Community) -> Message:
    """What the resident hears when we have not understood them twice."""
    until = reached_by(ticket, community)
    reader = "纪检联络员，只有他能看到" if ticket.confidential else "受理台的同事"
    return Message(
        text=f"对不住，我还是没听明白。您的话我已原样转给{reader}（编号 {ticket.number}），"
        f"{until}前有人联系您，不用再说一遍。"
    )


def filed_unheard(ticket: TicketRow, community: Community) -> Message:
    """To a resident who was asked where and did not answer."""
    until = reached_by(ticket, community)
    reader = "纪检联络员" if ticket.confidential else "受理台"
    return Message(
        text=f"我先把您说的交给{reader}了，编号 {ticket.number}，{until}前有人联系您。"
        "想起来在哪里，随时发给我，我补上。"
    )


def opened_together(
    tickets: Sequence[TicketRow], community: Community, describe: Callable[[Place], str]
) -> Message:
    """What the resident hears when one message has become several tickets."""
    lines, buttons = ["收到，分开办："], []
    for n, ticket in enumerate(tickets, 1):
        handler = community.staff.get(ticket.assignee or "")
        until = reached_by(ticket, community)
        if ticket.confidential:
            lines.append(
                f"{n}. 编号 {ticket.number}：您反映的情况，只有纪检联络员能看到，{until}前处理。"
            )
            continue
        name = short_place(ticket, describe) + community.category(ticket.matter).name
        to = f"已派给{who(handler)}" if handler else "受理台马上安排人"
        lines.append(f"{n}. 编号 {ticket.number}：{name}，{to}，{until}前有人联系您。")
        if may_refile(ticket):
            buttons.append(Button(f"第{n}件不是这类事", f"refile:{ticket.number}"))
    lines.append("要补充照片或电话，直接发给我就行。")
    return Message(text="\n".join(lines), buttons=tuple(buttons))


def short_place(ticket: TicketRow, describe: Callable[[Place], str]) -> str:
    """Where it is, without the words around it once the building is known."""
    where = place_from(ticket.place)
    return describe(replace(where, detail="") if where.building else where)


def may_refile(ticket: TicketRow) -> bool:
    """Whether “it is about something else” makes sense: thanks are thanks, conduct is hidden."""
    return ticket.kind == kinds.REPORT and not ticket.confidential and ticket.assignee is not None


def added_in_confidence(ticket: TicketRow) -> Message:
    return Message(text=f"已补充到编号 {ticket.number}，同样只有纪检联络员能看到。")


def status_line(ticket: TicketRow, community: Community, staff: Mapping[str, Staff]) -> str:
    """One line of "my tickets" for the resident."""
    handler, status = staff.get(ticket.assignee or ""), Status(ticket.status)
    name = f"{ticket.number} {community.category(ticket.matter).name}"
    if is_being_checked(ticket):
        return f"{name}：已办理，正在核查，核查完请您评价"
    line = f"{name}：{status.chinese}，{who(handler)}负责"
    if ticket.review_at:
        when_due = when(ticket.review_at, community)
        waits = f"请在{when_due}前补充" if status is Status.WAITING else f"{when_due}再看"
        return f"{line}，{waits}"
    until = ticket.next_deadline_at
    return f"{line}，{when(until, community)}前有进展" if until else line


def subject(ticket: TicketRow, community: Community, describe: Callable[[Place], str]) -> str:
    """幸福里小区3号楼电梯故障: where and what, in one breath."""
    return describe(place_from(ticket.place)) + community.category(ticket.matter).name
