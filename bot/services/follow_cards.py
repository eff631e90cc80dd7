"""What followers of a ticket read of its progress, and what its handler reads of them.

Who else reported is nobody's business: a follower reads what it is, who has it and until when.
"""

from __future__ import annotations

from bot.desk.community import Community
from bot.services import cards
from bot.services.outbox import Button, Message
from bot.store.tables import TicketRow

_LONGEST = 200  # characters of earlier words behind a button


def one_more(ticket: TicketRow, text: str, phone: str | None, count: int) -> Message:
    """For the handler: another resident met the same thing."""
    call = f"\n电话：{phone}" if phone else ""
    return Message(text=f"{ticket.number} 又有居民遇到（连报的人共{count + 1}位）：{text}{call}")


def more(ticket: TicketRow, said: str, phone: str | None) -> Message:
    """For the handler: a follower has said more."""
    call = f"\n电话：{phone}" if phone else ""
    return Message(text=f"{ticket.number} 也遇到此事的居民补充：{said}{call}")


def following(ticket: TicketRow, community: Community, subject: str, count: int) -> Message:
    """For the resident, after “I met it too”."""
    handler = community.staff.get(ticket.assignee or "")
    return Message(
        text=f"好的，给您记上了。编号 {ticket.number}（{subject}）现在一共{count + 1}位居民遇到，"
        f"由{cards.who(handler)}负责，{_until(ticket, community)}前有进展。"
        "办到哪一步我都告诉您；要补充照片或情况，直接发给我。"
    )


def added(ticket: TicketRow, community: Community) -> Message:
    handler = cards.who(community.staff.get(ticket.assignee or ""))
    return Message(text=f"已补充到编号 {ticket.number}，{handler}能看到，有进展告诉您。")


def left(ticket: TicketRow) -> Message:
    return Message(text=f"好的，编号 {ticket.number} 的进展不再发给您。要再报随时说。")


def accepted(ticket: TicketRow, community: Community) -> Message:
    handler = community.staff.get(ticket.assignee or "")
    until = cards.when(ticket.resolve_by, community)
    return Message(text=f"{_yours(ticket, community)}：{cards.who(handler)}已接单，{until}前办好。")


def resolved(ticket: TicketRow, community: Community) -> Message:
    handler = community.staff.get(ticket.assignee or "")
    return Message(
        text=f"{_yours(ticket, community)}：{cards.who(handler)}说办好了。"
        "您那边要是还没好，直接告诉我，我马上再报。"
    )


def reopened(ticket: TicketRow, community: Community) -> Message:
    until = cards.when(ticket.resolve_by, community)
    return Message(text=f"{_yours(ticket, community)}：没弄好，已退回重办，{until}前有结果。")


def later(ticket: TicketRow, community: Community) -> Message:
    until = cards.when(ticket.resolve_by, community)
    return Message(text=f"{_yours(ticket, community)}：需要多些时间，改在{until}前办好。")


def held(ticket: TicketRow, community: Community) -> Message:
    until = _until(ticket, community)
    return Message(text=f"{_yours(ticket, community)}：一时办不了，先挂账，{until}再看，没有结案。")


def not_any_more(ticket: TicketRow, words: str) -> Message:
    text = f"您也遇到的编号 {ticket.number}：社区看过了，不归社区办，不再往下办。"
    return Message(
        text=f"{text}您那边情况不同的话，点一下，我按您的话单独报。", buttons=_again(words)
    )


def withdrawn(ticket: TicketRow, words: str) -> Message:
    text = f"您也遇到的编号 {ticket.number}：报的居民撤回了，不再往下办。"
    return Message(
        text=f"{text}您那边还要办的话，点一下，我按您的话重新报。", buttons=_again(words)
    )


def _again(words: str) -> tuple[Button, ...]:
    return (Button("还要办", f"say:{words[:_LONGEST]}"),) if words else ()


def _yours(ticket: TicketRow, community: Community) -> str:
    return f"您也遇到的编号 {ticket.number}（{community.category(ticket.matter).name}）"


def _until(ticket: TicketRow, community: Community) -> str:
    return cards.when(ticket.next_deadline_at or ticket.resolve_by, community)
