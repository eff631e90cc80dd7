"""The words of alarms: a card for one task, a digest for many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.desk.community import Community, Role
from bot.desk.moves import Move, Status
from bot.services.cards import when, who
from bot.services.outbox import Button, Message

_SUPERIORS = (Role.SECRETARY, Role.ADMIN)  # who may order progress
_NAMED = 3  # tasks a digest tells of; the others are counted
_URGENCIES = ("emergency", "urgent", "normal")
_SIGNS = {"emergency": "（紧急！）", "urgent": "（加急）"}
_WHAT_IS_DUE = {
    Status.TRIAGE.value: "分派",
    Status.ASSIGNED.value: "接单",
}


@dataclass(frozen=True, kw_only=True)
class Item:
    """One alarm as somebody is told of it. subject: where and what. due: what is to be done.

    handler: code of whoever has it, or None. is_part: only a part of the ticket is about.
    acts: whether the reader is to act, or only hears that others were told; told: their names.
    buttons: of whoever has the task.
    """

    number: str
    subject: str
    urgency: str
    status: str
    move: Move
    deadline: datetime
    due: str
    handler: str | None
    acts: bool = True
    is_part: bool = False
    told: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()


def due_of(status: str, *, to_contact: bool) -> str:
    """接单, 联系居民, 办好 ...: what the running deadline of a ticket asks for."""
    if status == Status.ACCEPTED.value and to_contact:
        return "联系居民"
    return _WHAT_IS_DUE.get(status, "办好")


def one(item: Item, reader: str, community: Community, now: datetime) -> Message:
    """A card of its own, with the buttons that end the alarm."""
    until = when(item.deadline, community)
    lines = [_headline(item)]
    if item.move is Move.REMIND:
        lines.append(f"请在{until}前{item.due}，还有{_span(item.deadline - now)}。")
    elif item.move is Move.OVERDUE:
        lines.append(f"应在{until}前{item.due}，已过时限。请现在处理，再拖会报给上一级。")
    elif item.acts:
        late = who(community.staff.get(item.handler or ""))
        lines.append(f"{late}应在{until}前{item.due}，已过{_span(now - item.deadline)}。请您督促。")
    else:
        told = "、".join(item.told)
        lines.append(f"应在{until}前{item.due}，已过{_span(now - item.deadline)}，已报给{told}。")
        lines.append("请尽快处理；有难处直接跟他们说。")
    return Message(text="\n".join([*lines, *_stands_in(item, reader, community)]),
                   buttons=_buttons(item, reader, community))  # fmt: skip


def digest(items: Sequence[Item], reader: str, community: Community) -> Message:
    """Many at once: how many of what, the most urgent by name, the others are in the list."""
    ranked = sorted(items, key=lambda i: (not i.acts, _URGENCIES.index(i.urgency), i.deadline))
    lines = [f"您有{len(items)}件事到了时限：{_counted(items)}。最急的："]
    for item in ranked[:_NAMED]:
        lines.append(
            f"· {item.number} {item.subject}{_SIGNS.get(item.urgency, '')}，"
            f"应在{when(item.deadline, community)}前{item.due}"
        )
    if len(items) > _NAMED:
        lines.append("其余的在后台“我的任务”里，最急的排在前面。")
    buttons = tuple(Button(f"打开 {i.number}", f"card:{i.number}") for i in ranked[:_NAMED])
    return Message(text="\n".join(lines), buttons=tuple(dict.fromkeys(buttons)))


def _headline(item: Item) -> str:
    what = {Move.REMIND: "快到时限", Move.OVERDUE: "已超时"}.get(item.move, "超时上报")
    part = "（协办）" if item.is_part else ""
    return f"{what}{part} {item.number}：{item.subject}{_SIGNS.get(item.urgency, '')}"


def _counted(items: Sequence[Item]) -> str:
    kinds = Counter(_kind(item) for item in items)
    return "，".join(f"{name}{kinds[name]}件" for name in _KINDS if kinds[name])


def _kind(item: Item) -> str:
    if item.move is Move.REMIND:
        return "快到时限"
    return "别人超时、请您督促" if item.move is Move.ESCALATE and item.acts else "已超时"


_KINDS = ("别人超时、请您督促", "已超时", "快到时限")


def _stands_in(item: Item, reader: str, community: Community) -> list[str]:
    """Why the card comes to somebody else than the one who has the task."""
    handler = community.staff.get(item.handler or "")
    if handler is None or reader == item.handler or item.move is Move.ESCALATE:
        return []
    return [f"{handler.name}请假，先告诉您。"]


def _buttons(item: Item, reader: str, community: Community) -> tuple[Button, ...]:
    """What ends the alarm, for whoever has the task; a word to them, for whoever is above."""
    more = Button("更多", f"card:{item.number}")
    if item.handler == reader:
        return item.buttons if item.is_part else (*item.buttons, more)
    above = community.staff.get(reader)
    orders = above and any(above.holds(role) for role in _SUPERIORS)
    if orders and item.move is Move.ESCALATE and not item.is_part:
        label = Move.SUPERVISE.chinese
        return Button(label, f"{Move.SUPERVISE.value}:{item.number}"), more
    return (more,)


def _span(span: timedelta) -> str:
    minutes = max(1, round(span / timedelta(minutes=1)))
    if minutes < 60:
        return f"{minutes}分钟"
    return f"{round(minutes / 60)}小时" if minutes < 48 * 60 else f"{round(minutes / 1440)}天"
