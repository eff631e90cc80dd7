"""What staff read: a new task, what happened to it, what waits for their decision.

One glance and one tap, in the street: what, where, until when, and buttons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from bot.desk.community import Category, Community, Place, Staff
from bot.desk.moves import Move, Status
from bot.desk.people import Person
from bot.desk.ratings import LEVELS
from bot.language import masking
from bot.language.happened import in_words
from bot.services.cards import refile_buttons, subject, when, who
from bot.services.outbox import Button, Message
from bot.store.tables import TicketRow

REVISIT = "居民给了差评：请联系居民，问清哪里不好，写下结果"


def button(move: Move, ticket: TicketRow, *more: str) -> Button:
    """The button of a move; what stands on it is the move's own name."""
    return Button(move.chinese, ":".join((move.value, str(ticket.number), *more)))


def more_button(ticket: TicketRow) -> Button:
    """Leads to everything that whoever taps may do now."""
    return Button("更多", f"card:{ticket.number}")


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
        button(Move.ACCEPT, ticket),
        button(Move.RETURN, ticket),
        button(Move.REFILE, ticket),
    )
    return Message(text="\n".join(lines), buttons=buttons)


def watch(ticket: TicketRow, community: Community, place: str, handler: Staff | None) -> Message:
    return Message(
        text=f"请关注 {ticket.number}：{place}{community.category(ticket.matter).name}。\n"
        f"由{who(handler)}办理，{when(ticket.resolve_by, community)}前办结。"
    )


def to_sort(
    ticket: TicketRow, community: Community, place: str, choices: Sequence[Category] = ()
) -> Message:
    """For the desk: a ticket that no rule could place. With a tap on a matter the rules can."""
    how = "点一下是哪类事，就按规则派出去；也可以直接派给一个人。" if choices else ""
    return Message(
        text=f"待分派 {ticket.number}（{ticket.reason}）\n地点：{place or '居民没有说明'}\n"
        f"内容：{ticket.text}\n"
        + "".join(f"{fact}\n" for fact in _facts(ticket, community))
        + f"请在{when(ticket.accept_by, community)}前分派。{how}",
        buttons=(
            *refile_buttons(ticket, choices),
            button(Move.ASSIGN, ticket),
            button(Move.DECLINE, ticket),
        ),
    )


def overview(
    ticket: TicketRow, community: Community, describe: Callable[[Place], str], may: Iterable[Button]
) -> Message:
    """The ticket as it stands, with everything that whoever tapped may do now."""
    handler = community.staff.get(ticket.assignee or "")
    until = ticket.review_at or ticket.next_deadline_at
    due = f"，{when(until, community)}前" if until else ""
    return Message(
        text=f"{ticket.number} {subject(ticket, community, describe)}\n"
        f"{Status(ticket.status).chinese}，{who(handler)}负责{due}。您可以：",
        buttons=tuple(may),
    )


def to_resolve(ticket: TicketRow, community: Community) -> Message:
    """For the handler, after accepting."""
    contacted = ticket.status == Status.CONTACTED.value
    lead = f"{'记下了，您联系过居民' if contacted else '您已接单'} {ticket.number}。"
    first = () if contacted else (button(Move.CONTACT, ticket),)
    return Message(
        text=f"{lead}请在{when(ticket.resolve_by, community)}前办好，办好后点一下“完成”。",
        buttons=(
            *first,
            button(Move.RESOLVE, ticket),
            Button("没办成", f"resolve:{ticket.number}:unsolved"),
            more_button(ticket),
        ),
    )


def done(ticket: TicketRow, answers: Sequence[Button], checker: Staff | None) -> Message:
    """For the handler, after “done”: the answer for the resident may still be written."""
    waits = f"等{who(checker)}核查" if checker else "等居民评价"
    return Message(
        text=f"{ticket.number} 已反馈，{waits}。辛苦了！\n怎么办的？点一个，或者写一句、"
        "拍张处理后的照片发给我，居民会看到。",
        buttons=tuple(answers),
    )


def refiled(ticket: TicketRow, note: str) -> Message:
    return Message(text=f"{ticket.number} {note}，还是由您办。")


def more(ticket: TicketRow, text: str) -> Message:
    """The resident added or corrected something."""
    return Message(text=f"{ticket.number} 居民补充：{text}")


def hurry(ticket: TicketRow, community: Community, by: Person) -> Message:
    until = ticket.next_deadline_at or ticket.resolve_by
    first = Move.ACCEPT if ticket.status == Status.ASSIGNED.value else Move.RESOLVE
    return Message(
        text=f"{by.name}催办 {ticket.number}（{community.category(ticket.matter).name}），"
        f"请在{when(until, community)}前处理。",
        buttons=(button(first, ticket),),
    )


def supervised(ticket: TicketRow, community: Community, by: Person, note: str) -> Message:
    until = ticket.next_deadline_at or ticket.resolve_by
    order = f"：{note}" if note else ""
    return Message(
        text=f"【督办】{who(by.staff)}督办 {ticket.number}"
        f"（{community.category(ticket.matter).name}）{order}。"
        f"请在{when(until, community)}前办好并回复居民。",
        buttons=(more_button(ticket),),
    )


def stop_work(ticket: TicketRow, why: str) -> Message:
    return Message(text=f"{ticket.number} {why}，不用再办了。")


def taken_away(ticket: TicketRow) -> Message:
    return Message(text=f"{ticket.number} 已转给别人，您不用再办了。")


def resumed(ticket: TicketRow, community: Community, was: Status, by: Person, note: str) -> Message:
    told = f"居民补充：{note}" if by.resident_id is not None else f"（原来是{was.chinese}）"
    until = when(ticket.next_deadline_at or ticket.resolve_by, community)
    return Message(
        text=f"{ticket.number} 恢复办理{told}\n请在{until}前继续办。",
        buttons=(more_button(ticket),),
    )


def to_arbitrate(ticket: TicketRow, community: Community, codes: Sequence[str]) -> Message:
    """For a superior: it was returned twice."""
    names = [
        Button(community.person(code).name, f"arbitrate:{ticket.number}:{code}") for code in codes
    ]
    return Message(
        text=f"请您裁定 {ticket.number}：{community.category(ticket.matter).name}，"
        f"已两次退单（{ticket.reason}）。\n内容：{ticket.text}\n"
        f"定给谁？点一个，定了就不能再退；别的人点“派给别人”。"
        f"请在{when(ticket.accept_by, community)}前定。",
        buttons=(*names, Button("派给别人", f"arbitrate:{ticket.number}")),
    )


def to_extend(
    ticket: TicketRow, community: Community, by: Person, until: datetime, why: str, note: str
) -> Message:
    return Message(
        text=f"{who(by.staff)}申请延期 {ticket.number}"
        f"（{community.category(ticket.matter).name}）：{_why(why, note)}\n"
        f"原定{when(ticket.resolve_by, community)}，申请延到{when(until, community)}。",
        buttons=(button(Move.EXTEND, ticket), button(Move.REFUSE_EXTENSION, ticket)),
    )


def to_hold(
    ticket: TicketRow, community: Community, by: Person, until: datetime, why: str, note: str
) -> Message:
    return Message(
        text=f"{who(by.staff)}申请挂账 {ticket.number}"
        f"（{community.category(ticket.matter).name}）：{_why(why, note)}\n"
        f"{when(until, community)}复查。挂账不是办结，居民会知道。",
        buttons=(Button("同意挂账", f"hold:{ticket.number}"), button(Move.REFUSE_HOLD, ticket)),
    )


def extended(ticket: TicketRow, community: Community, by: Person) -> Message:
    return Message(
        text=f"{ticket.number} {by.name}同意延期，请在{when(ticket.resolve_by, community)}前办好。"
        "居民已知道。"
    )


def held(ticket: TicketRow, community: Community, by: Person) -> Message:
    assert ticket.review_at is not None  # a ticket that is held has its date
    return Message(
        text=f"{ticket.number} {by.name}同意挂账，{when(ticket.review_at, community)}复查。"
        "能办了就点“恢复办理”。",
        buttons=(button(Move.RESUME, ticket),),
    )


def refused(ticket: TicketRow, community: Community, by: Person, what: str, note: str) -> Message:
    why = f"：{note}" if note else ""
    until = when(ticket.next_deadline_at or ticket.resolve_by, community)
    return Message(
        text=f"{ticket.number} {by.name}不同意{what}{why}。请在{until}前办好。",
        buttons=(more_button(ticket),),
    )


def to_check(
    ticket: TicketRow,
    community: Community,
    describe: Callable[[Place], str],
    handler: Staff | None,
) -> Message:
    """For whoever checks the work, who did none of it."""
    form = ticket.closure or {}
    answer = form.get("answer") or "没有写"
    return Message(
        text=f"请您核查 {ticket.number}：{subject(ticket, community, describe)}\n"
        f"{who(handler)}反馈：{answer}\n内容：{ticket.text}\n"
        "看过现场或问过居民后点一个；通过了才请居民评价。",
        buttons=(button(Move.VERIFY, ticket), button(Move.REJECT, ticket)),
    )


def rejected(ticket: TicketRow, community: Community, by: Person, why: str) -> Message:
    until = when(ticket.next_deadline_at or ticket.resolve_by, community)
    return Message(
        text=f"{ticket.number} {by.name}核查没有通过：{why}。请在{until}前办好，再点“完成”。",
        buttons=(button(Move.RESOLVE, ticket), more_button(ticket)),
    )


def rated(ticket: TicketRow) -> Message:
    return Message(text=f"{ticket.number} 居民评价：{LEVELS[ticket.satisfaction or 3]}，已归档。")


def explained(ticket: TicketRow, why: str) -> Message:
    return Message(text=f"{ticket.number} 居民说明哪里不好：{why}")


def to_supervise(
    ticket: TicketRow,
    community: Community,
    describe: Callable[[Place], str],
    said: str,
    answer_by: datetime,
) -> Message:
    """For a superior: not solved for the second time."""
    handler = community.staff.get(ticket.assignee or "")
    words = f"\n居民说：{said}" if said else ""
    return Message(
        text=f"请您督办 {ticket.number}：{subject(ticket, community, describe)}，由{who(handler)}"
        f"办理，居民第二次说没解决。{words}\n请在{when(answer_by, community)}前定下来，回复居民。",
        buttons=(Button("督办重办", f"reopen:{ticket.number}"), more_button(ticket)),
    )


def _facts(ticket: TicketRow, community: Community) -> list[str]:
    """What a handler need not look for in the text: when it happened, which cars."""
    plates = [n.value for n in masking.find_numbers(ticket.text) if n.kind == "plate"]
    return [
        *([f"时间：{in_words(ticket.happened, community.zone)}"] if ticket.happened else []),
        *([f"车牌：{'、'.join(dict.fromkeys(plates))}"] if plates else []),
    ]


def _why(reason: str, note: str) -> str:
    return f"{reason}，{note}" if note else reason


def _urgent(ticket: TicketRow) -> str:
    return {"emergency": "（紧急！）", "urgent": "（加急）"}.get(ticket.urgency, "")
