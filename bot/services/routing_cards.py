"""The words for those who are told that nobody is there to take a ticket, or to help with it."""

from __future__ import annotations

from bot.desk.community import Community
from bot.desk.moves import Status
from bot.desk.routing import Explanation
from bot.services.cards import when
from bot.services.outbox import Message
from bot.store.tables import TicketRow


def nobody_there(ticket: TicketRow, community: Community, place: str) -> Message:
    """For the level above: everybody who could take it is away."""
    return Message(
        text=f"暂时没人能接 {ticket.number}：{place}{community.category(ticket.matter).name}。\n"
        f"该接单的人都请假了。受理台会在{when(ticket.accept_by, community)}前安排，请您留意、协调。"
    )


def helper_missing(ticket: TicketRow, community: Community, explanation: Explanation) -> Message:
    """For the desk: it is in good hands, but who must lend one is away."""
    roles = "、".join(role.chinese for role in explanation.missing)
    handler = community.staff.get(ticket.assignee or "")
    return Message(
        text=f"{ticket.number} 由{handler.name if handler else '受理台'}办理，"
        f"但要协办的{roles}暂时没人在岗。请在{when(ticket.resolve_by, community)}前安排人协办。"
    )


def conduct_waits() -> Message:
    """For somebody who may not read the report: only that one waits for a reader."""
    return Message(
        text="有一件保密反映在等纪检联络员接收，目前没有合适的联络员在岗。"
        "请尽快通知上级指定联络员，或请联络员上线查看。内容只有联络员能看。"
    )


def taken_over(ticket: TicketRow, community: Community) -> Message:
    """For whoever goes on with a parked ticket of somebody who has left."""
    status = Status(ticket.status).chinese
    until = f"，{when(ticket.review_at, community)}再看" if ticket.review_at else ""
    return Message(
        text=f"{ticket.number} 原经办人已离岗，现在转给您（{status}{until}）。\n"
        f"事项：{community.category(ticket.matter).name}\n内容：{ticket.text}"
    )
