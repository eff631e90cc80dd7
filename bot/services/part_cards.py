"""The words of parts: what helpers, the lead and the resident read of 协办, 吹哨 and 回访."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.desk import parts
from bot.desk.community import Community, Staff
from bot.desk.moves import Move
from bot.desk.parts import Choice, PartKind, PartStatus, Step
from bot.desk.spans import hours_and_minutes
from bot.services import cards, subtask_views
from bot.services.outbox import Button, Message
from bot.store.tables import SubtaskRow, TicketRow

STEP_LABELS = {
    Step.ACCEPT: "接受",
    Step.ARRIVE: "我到了",
    Step.DONE: "办好了",
    Step.CANNOT: "办不了",
    Step.CANCEL: "取消",
}
_HEADS = {
    PartKind.ASSIST: "请您协办",
    PartKind.WHISTLE: "社区吹哨，请到现场",
    PartKind.REVISIT: "请您回访",
}
_A_MINUTE = timedelta(minutes=1)
_AT_MOST = 6  # people to tap on; more is a list to study


def asked_note(task: str, people: Sequence[Staff]) -> str:
    """The line of the timeline."""
    return f"请{'、'.join(cards.who(person) for person in people)}：{task}"


def asked(ticket: TicketRow, part: SubtaskRow, community: Community, place: str) -> Message:
    """The card of a part, for whoever is to do it."""
    kind = PartKind(part.kind)
    lines = [
        f"{_HEADS[kind]} {ticket.number}",
        f"事项：{community.category(ticket.matter).name}",
        f"地点：{place or '居民没有说明'}",
        f"内容：{ticket.text}",
        f"要您做的：{part.task}",
    ]
    if kind is PartKind.REVISIT and ticket.contact_phone:
        lines.append(f"电话：{ticket.contact_phone}")
    if part.arrive_by:
        lines.append(f"请在{cards.when(part.arrive_by, community)}前到场，到了点“我到了”。")
    lines.append(f"请在{cards.when(part.due_by, community)}前办好。")
    if part.required:
        lines.append("您这部分办好后，主办人才能结单。")
    lines.append(f"谁请的：{_asker(part, community)}，主办：{_lead(ticket, community)}。")
    return Message(text="\n".join(lines), buttons=buttons(ticket, part))


def buttons(ticket: TicketRow, part: SubtaskRow) -> tuple[Button, ...]:
    """What whoever has the part can tap now."""
    steps = parts.next_steps(PartKind(part.kind), PartStatus(part.status))
    return tuple(Button(STEP_LABELS[s], f"part:{ticket.number}:{part.id}:{s.value}") for s in steps)


def step_for_helper(ticket: TicketRow, part: SubtaskRow, community: Community) -> Message:
    """The answer to a tap of whoever has the part."""
    status = PartStatus(part.status)
    lead = _lead(ticket, community)
    if status is PartStatus.DONE:
        text = f"记下了，{ticket.number} 您这部分办好了，已告诉{lead}。怎么办的，写一句发给我。"
    elif status is PartStatus.CANCELLED:
        text = f"记下了，{ticket.number} 您这部分办不了，已告诉{lead}另想办法。"
    elif status is PartStatus.ARRIVED:
        text = f"{_arrival(part, community)}，已告诉{lead}。办好后点一下“办好了”。"
    elif PartKind(part.kind) is PartKind.WHISTLE and part.arrive_by:
        text = f"好的。请在{cards.when(part.arrive_by, community)}前到场，到了点一下“我到了”。"
    else:
        text = f"好的，{ticket.number} 请在{cards.when(part.due_by, community)}前办好。"
    return Message(text=text, buttons=buttons(ticket, part))


def said(ticket: TicketRow, community: Community) -> Message:
    return Message(text=f"记下了，{_lead(ticket, community)}能看到。")


def said_for_lead(ticket: TicketRow, part: SubtaskRow, community: Community) -> Message:
    name = cards.who(community.staff.get(part.staff))
    return Message(text=f"{ticket.number} {name}：{part.outcome}")


def why_not(ticket: TicketRow, part: SubtaskRow) -> Message:
    """Whoever cannot do it says why, with a tap; nothing has changed until then."""
    tap = f"part:{ticket.number}:{part.id}:{Step.CANNOT.value}"
    return Message(
        text=f"{ticket.number} 您这部分为什么办不了？点一下，或者写一句，我告诉请您的人。",
        buttons=tuple(Button(label, f"{tap}:{code}") for code, label in parts.REASONS.items()),
    )


def step_for_lead(ticket: TicketRow, part: SubtaskRow, step: Step, community: Community) -> Message:
    """For the lead and whoever asked: how far somebody's part is."""
    name = cards.who(community.staff.get(part.staff))
    what = f"{ticket.number} {name}"
    if step is Step.ACCEPT:
        return Message(text=f"{what}接受了：{part.task}。{_until(part, community)}")
    if step is Step.ARRIVE:
        return Message(text=f"{what}{_arrival(part, community)}。")
    if step is Step.CANNOT:
        return Message(
            text=f"{what}办不了：{part.outcome}。要请别人，点一下。",
            buttons=(Button("请别人", f"assist:{ticket.number}"),),
        )
    outcome = f"：{part.outcome}" if part.outcome else ""
    return Message(text=f"{what}那部分办好了{outcome}。")


def called_off(ticket: TicketRow, part: SubtaskRow, why: str) -> Message:
    return Message(text=f"{ticket.number} 的{_name(part)}不用办了：{why}。谢谢您！")


def whistled_for_resident(
    ticket: TicketRow, people: Sequence[Staff], part: SubtaskRow, community: Community
) -> Message:
    names = "、".join(cards.who(person) for person in people)
    until = cards.when(part.arrive_by or part.due_by, community)
    return Message(
        text=f"编号 {ticket.number}：已请{names}到现场一起处理，{until}前到。有结果马上告诉您。"
    )


def whom_to_ask(ticket: TicketRow, kind: PartKind, choices: Sequence[Choice]) -> Message:
    """The lead chooses with a tap; nobody is asked until then."""
    there = [choice for choice in choices if choice.comes and choice.comes.code != ticket.assignee]
    verb = Move.WHISTLE if kind is PartKind.WHISTLE else Move.ASSIST
    if not there:
        return Message(text=f"{ticket.number} 这会儿没有人在岗，请联系受理台。")
    ask = "叫谁到现场？" if kind is PartKind.WHISTLE else "请谁帮忙？"
    return Message(
        text=f"{ticket.number} {ask}点一下，我马上通知。想写清楚要做什么、定时间，请到工作台。",
        buttons=tuple(
            Button(cards.who(choice.comes), f"{verb.value}:{ticket.number}:{choice.person.code}")
            for choice in there[:_AT_MOST]
        ),
    )


def asked_for_lead(ticket: TicketRow, asked: Sequence[SubtaskRow], community: Community) -> Message:
    """The answer to whoever asked."""
    names = "、".join(cards.who(community.staff.get(part.staff)) for part in asked)
    return Message(text=f"已通知{names}。{_until(asked[0], community)}有进展我告诉您。")


def as_line(part: SubtaskRow, community: Community) -> str:
    """One line of a list: 协办 综合执法队联络员闫队长：已到场，11月23日18:00前办好."""
    name = cards.who(community.staff.get(part.staff))
    status = PartStatus(part.status)
    line = f"{_name(part)} {name}：{status.chinese}"
    return f"{line}，{cards.when(part.due_by, community)}前办好" if status.is_open else line


def lateness(part: SubtaskRow) -> str:
    """How the arrival compares with what was asked: 提前20分钟, 晚了1小时5分钟, or nothing."""
    if part.arrived_at is None or part.arrive_by is None:
        return ""
    early = part.arrive_by - part.arrived_at
    if abs(early) < _A_MINUTE:
        return ""
    words = hours_and_minutes(abs(early))
    return f"提前{words}" if early > timedelta(0) else f"晚了{words}"


def _arrival(part: SubtaskRow, community: Community) -> str:
    assert part.arrived_at is not None
    late = lateness(part)
    return f"{cards.when(part.arrived_at, community)}到场" + (f"，{late}" if late else "")


def _until(part: SubtaskRow, community: Community) -> str:
    def until(moment: datetime) -> str:
        return f"{cards.when(moment, community)}前"

    arrives = f"{until(part.arrive_by)}到场，" if part.arrive_by else ""
    return f"{arrives}{until(part.due_by)}办好。"


def _asker(part: SubtaskRow, community: Community) -> str:
    person = subtask_views.asker(part, community)
    return cards.who(person) if person else "按社区的派单规则"


def _lead(ticket: TicketRow, community: Community) -> str:
    return cards.who(community.staff.get(ticket.assignee or ""))


def _name(part: SubtaskRow) -> str:
    return parts.KIND_NAMES[PartKind(part.kind)]
