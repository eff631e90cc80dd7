"""What residents read as their ticket goes through the loop: what comes next, and until when."""

from __future__ import annotations

from datetime import datetime

from bot.desk.community import Community, Staff
from bot.desk.moves import Status
from bot.desk.ratings import LEVELS
from bot.desk.reasons import Group, Reason, of
from bot.services.cards import when, who
from bot.services.outbox import Button, Message
from bot.store.tables import TicketRow


def accepted(ticket: TicketRow, community: Community, handler: Staff | None) -> Message:
    return Message(
        text=f"{who(handler)}已接单（编号 {ticket.number}），会尽快联系您，"
        f"最晚{when(ticket.resolve_by, community)}前办好。"
    )


def reassigned(ticket: TicketRow, community: Community, handler: Staff | None) -> Message:
    return Message(
        text=f"编号 {ticket.number} 现在由{who(handler)}负责，"
        f"{when(ticket.resolve_by, community)}前办好。"
    )


def declined(ticket: TicketRow, why: Reason) -> Message:
    return Message(text=f"编号 {ticket.number}：{why.text}{why.refer}")


def asked_more(
    ticket: TicketRow, community: Community, asker: Staff | None, question: str
) -> Message:
    assert ticket.review_at is not None  # a ticket that waits has its date
    return Message(
        text=f"编号 {ticket.number}，{who(asker)}想请您补充：{question}\n"
        f"请在{when(ticket.review_at, community)}前直接回复我，文字、照片都行。"
        "等您回复的时间不算在办理时间里。"
    )


def added(ticket: TicketRow, community: Community, handler: Staff | None) -> Message:
    """To whoever added something themselves."""
    lead = f"已补充到编号 {ticket.number}，{who(handler)}能看到。"
    if ticket.status == Status.HELD.value and ticket.review_at:
        return Message(
            text=f"{lead}这件事还在挂账跟踪，{when(ticket.review_at, community)}会再看。"
        )
    if ticket.status == Status.WAITING.value and ticket.review_at:
        return Message(text=f"{lead}要补的情况，请在{when(ticket.review_at, community)}前告诉我。")
    until = ticket.next_deadline_at
    return Message(text=f"{lead}最晚{when(until, community)}前有进展。" if until else lead)


def never_added(ticket: TicketRow) -> Message:
    return Message(
        text=f"编号 {ticket.number} 一直没有等到您补充的情况，先归档了。"
        "还需要办，随时告诉我，我重新登记。"
    )


def resumed(ticket: TicketRow, community: Community, handler: Staff | None) -> Message:
    until = when(ticket.next_deadline_at or ticket.resolve_by, community)
    return Message(
        text=f"编号 {ticket.number} 接着办了，由{who(handler)}负责，最晚{until}前有进展。"
    )


def extended(
    ticket: TicketRow, community: Community, handler: Staff | None, before: datetime, why: str
) -> Message:
    return Message(
        text=f"编号 {ticket.number} 要晚一点办好（{why}）：原定{when(before, community)}，"
        f"改到{when(ticket.resolve_by, community)}前，还是由{who(handler)}负责。请您谅解。"
    )


def held(ticket: TicketRow, community: Community, why: Reason) -> Message:
    assert ticket.review_at is not None  # a ticket that is held has its date
    return Message(
        text=f"编号 {ticket.number} 的事一时办不下来：{why.text or why.name}。我们先挂账跟踪，"
        f"{when(ticket.review_at, community)}会再看，到时给您回话。挂账不是办结，事情不会丢。"
    )


def supervised(
    ticket: TicketRow, community: Community, superior: Staff | None, handler: Staff | None
) -> Message:
    until = when(ticket.next_deadline_at or ticket.resolve_by, community)
    return Message(
        text=f"{who(superior)}在督办编号 {ticket.number}，{who(handler)}最晚{until}前给您回话。"
    )


def urged(ticket: TicketRow, community: Community, handler: Staff | None) -> Message:
    if ticket.status == Status.WAITING.value and ticket.review_at:
        return Message(
            text=f"编号 {ticket.number} 正等您补充情况：请在{when(ticket.review_at, community)}前"
            f"直接发给我，一发我就请{who(handler)}接着办。"
        )
    if ticket.status == Status.HELD.value and ticket.review_at:
        return Message(
            text=f"我已提醒{who(handler)}。编号 {ticket.number} 在挂账跟踪，"
            f"{when(ticket.review_at, community)}会再看，到时给您回话。"
        )
    until = ticket.next_deadline_at or ticket.resolve_by
    return Message(
        text=f"让您久等了。我已提醒{who(handler)}（编号 {ticket.number}），"
        f"最晚{when(until, community)}前给您回话。"
    )


def resolved(ticket: TicketRow, handler: Staff | None) -> Message:
    """The resident is asked: is it solved? ticket.closure is filled in."""
    form = ticket.closure or {}
    if not form.get("true", True):
        lead = f"{who(handler)}核实了编号 {ticket.number}，情况和您说的有出入。"
    elif not form.get("solved", True):
        lead = f"{who(handler)}说编号 {ticket.number} 的事没能办成，给您一个交代。"
    else:
        lead = f"{who(handler)}说编号 {ticket.number} 的事办好了。"
    told = f"说明：{form['answer'].rstrip('。')}。" if form.get("answer") else ""
    return Message(
        text=f"{lead}{told}您看解决了吗？",
        buttons=(
            Button("解决了", f"solved:{ticket.number}"),
            Button("没解决", f"reopen:{ticket.number}"),
        ),
    )


def answered(
    ticket: TicketRow, handler: Staff | None, text: str, photos: tuple[str, ...]
) -> Message:
    """What the handler says or shows after “done”."""
    shown = text or "处理后的照片"
    return Message(text=f"编号 {ticket.number}，{who(handler)}说明：{shown}", photos=photos)


def ask_level(ticket: TicketRow) -> Message:
    return Message(
        text="太好了。这次办得您满意吗？点一下就行。",
        buttons=tuple(
            Button(label, f"rate:{ticket.number}:{level}") for level, label in LEVELS.items()
        ),
    )


def rated(ticket: TicketRow, community: Community, visit_by: datetime | None) -> Message:
    """visit_by: until when somebody goes and asks, after a bad rating; None where nobody may."""
    level = LEVELS[ticket.satisfaction or 3]
    if (ticket.satisfaction or 3) > 2:
        return Message(text=f"记下了：{level}。谢谢您，这件事就办结了。有别的事随时找我。")
    visit = f"{when(visit_by, community)}前会有人回访您。" if visit_by else ""
    return Message(
        text=f"记下了：{level}。对不住，没让您满意。{visit}哪里不好？点一下，或者直接写给我。",
        buttons=_why(ticket, community, "explain", Group.BAD_RATING),
    )


def what_was_bad(ticket: TicketRow, community: Community) -> Message:
    return Message(
        text=f"编号 {ticket.number}，哪里不好？点一下，或者直接写给我。",
        buttons=_why(ticket, community, "explain", Group.BAD_RATING),
    )


def explained(ticket: TicketRow, community: Community, answer_by: datetime) -> Message:
    return Message(
        text=f"记下了，已转给回访您的同事（编号 {ticket.number}），"
        f"最晚{when(answer_by, community)}前给您回话。"
    )


def reopened(ticket: TicketRow, community: Community, handler: Staff | None) -> Message:
    return Message(
        text=f"好的，编号 {ticket.number} 已退回重办，由{who(handler)}继续处理，"
        f"{when(ticket.resolve_by, community)}前给您结果。哪里没弄好？点一下，或者直接写给我。",
        buttons=_why(ticket, community, "add", Group.REOPEN),
    )


def reopened_for_you(ticket: TicketRow, community: Community, handler: Staff | None) -> Message:
    """To a resident whose ticket somebody else has reopened."""
    return Message(
        text=f"编号 {ticket.number} 社区决定重办，由{who(handler)}负责，"
        f"{when(ticket.resolve_by, community)}前给您结果。"
    )


def not_again(ticket: TicketRow, community: Community, answer_by: datetime) -> Message:
    """The second time it is not solved: a superior looks."""
    return Message(
        text=f"编号 {ticket.number} 重办过还是没解决，对不住。这次我直接报给了社区负责人督办，"
        f"最晚{when(answer_by, community)}前给您回话。"
    )


def archived(ticket: TicketRow) -> Message:
    return Message(
        text=f"编号 {ticket.number} 一直没等到您的评价，先归档了。要是还没解决，点下面的按钮，"
        "我马上请人重办。",
        buttons=(Button("没解决", f"reopen:{ticket.number}"),),
    )


def withdrawn(ticket: TicketRow) -> Message:
    return Message(text=f"好的，编号 {ticket.number} 已撤回，不会再有人上门。要再报随时说。")


def withdrawn_for_you(ticket: TicketRow) -> Message:
    """To a resident whose ticket the desk has withdrawn."""
    return Message(
        text=f"编号 {ticket.number} 受理台已替您撤回，不会再有人上门。"
        "要是弄错了，把事情再发给我，我马上重报。"
    )


def _why(ticket: TicketRow, community: Community, verb: str, group: Group) -> tuple[Button, ...]:
    return tuple(
        Button(reason.name, f"{verb}:{ticket.number}:{reason.code}")
        for reason in of(community, group)
    )
