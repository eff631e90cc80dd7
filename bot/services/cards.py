"""The words of cards and notices: everything a person reads that a ticket's move causes.

Simple, warm, short; every message to a resident says what happens next and until when.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.desk import kinds
from bot.desk.community import Category, Community, Place, Staff
from bot.desk.moves import Status
from bot.desk.ratings import LEVELS
from bot.desk.routing import NO_MATTER
from bot.language import masking
from bot.language.happened import in_words
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
        *_facts(ticket, community),
    ]
    if ticket.contact_phone:
        lines.append(f"电话：{ticket.contact_phone}")
    lines.append(f"请在{when(ticket.accept_by, community)}前接单。")
    lines.append(f"派给您的原因：{ticket.reason}")
    buttons = (
        Button("接单", f"accept:{ticket.number}"),
        Button("退单", f"return:{ticket.number}"),
        Button("归类不对", f"refile:{ticket.number}"),
    )
    return Message(text="\n".join(lines), buttons=buttons)


def _facts(ticket: TicketRow, community: Community) -> list[str]:
    """What a handler need not look for in the text: when it happened, which cars."""
    plates = [n.value for n in masking.find_numbers(ticket.text) if n.kind == "plate"]
    return [
        *([f"时间：{in_words(ticket.happened, community.zone)}"] if ticket.happened else []),
        *([f"车牌：{'、'.join(dict.fromkeys(plates))}"] if plates else []),
    ]


def watch(ticket: TicketRow, community: Community, place: str, handler: Staff | None) -> Message:
    return Message(
        text=f"请关注 {ticket.number}：{place}{community.category(ticket.matter).name}。\n"
        f"由{who(handler)}办理，{when(ticket.resolve_by, community)}前办结。"
    )


def to_sort(
    ticket: TicketRow, community: Community, place: str, choices: Sequence[Category] = ()
) -> Message:
    """For the desk: a ticket that no rule could place. With a tap on a matter the rules can."""
    how = "点一下是哪类事，就按规则派出去。" if choices else ""
    return Message(
        text=f"待分派 {ticket.number}（{ticket.reason}）\n地点：{place or '居民没有说明'}\n"
        f"内容：{ticket.text}\n"
        + "".join(f"{fact}\n" for fact in _facts(ticket, community))
        + f"请在{when(ticket.accept_by, community)}前分派。{how}",
        buttons=_to_refile(ticket, choices),
    )


def which_matter(ticket: TicketRow, community: Community, choices: Sequence[Category]) -> Message:
    """Whoever says that it is filed wrongly chooses; nothing has changed until then."""
    name = community.category(ticket.matter).name
    return Message(
        text=f"编号 {ticket.number} 现在归在“{name}”。它是哪一类？点一下，我马上转给管这类事的人。",
        buttons=(
            *_to_refile(ticket, choices),
            Button("都不是", f"refile:{ticket.number}:{NO_MATTER}"),
        ),
    )


def _to_refile(ticket: TicketRow, choices: Sequence[Category]) -> tuple[Button, ...]:
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


def refiled_for_handler(ticket: TicketRow, note: str) -> Message:
    return Message(text=f"{ticket.number} {note}，还是由您办。")


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
    buttons = (Button("不是这类事", f"refile:{ticket.number}"),) if may_refile(ticket) else ()
    return Message(text=f"{lead}{until}要补充照片或电话，直接发给我就行。", buttons=buttons)


def to_a_person(ticket: TicketRow, community: Community) -> Message:
    """What the resident hears when we have not understood them twice."""
    until = when(ticket.accept_by, community)
    reader = "纪检联络员，只有他能看到" if ticket.confidential else "受理台的同事"
    return Message(
        text=f"对不住，我还是没听明白。您的话我已原样转给{reader}（编号 {ticket.number}），"
        f"{until}前有人联系您，不用再说一遍。"
    )


def filed_unheard(ticket: TicketRow, community: Community) -> Message:
    """To a resident who was asked where and did not answer."""
    until = when(ticket.accept_by, community)
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
        until = when(ticket.accept_by, community)
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
