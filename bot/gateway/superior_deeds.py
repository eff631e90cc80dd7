"""Taps of the desk and of superiors: whose it is, not ours, more time, parked, hurry, checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.desk import parts, reasons
from bot.desk.community import Role, Staff
from bot.desk.moves import Move
from bot.desk.reasons import Group
from bot.gateway import ahead, taps
from bot.gateway.taps import Answer, Ask, Tap
from bot.services import cards, tickets
from bot.services.community import place_from
from bot.services.outbox import Message
from bot.services.tickets import Desk
from bot.store.database import Session
from bot.store.tables import TicketRow

_OFFERED = 6  # people on buttons; anybody else is named in words
_REVIEWS = (("7天后", "7"), ("15天后", "15"), ("30天后", "30"))


def _assign(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Answer:
    return _hand_over(session, ticket, tap, desk, tickets.assign)


def _arbitrate(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Answer:
    return _hand_over(session, ticket, tap, desk, tickets.arbitrate)


def _decline(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Answer:
    question = f"为什么不受理 {ticket.number}？居民会看到原因和该找谁。"
    tickets.allowed(session, ticket, Move.DECLINE, tap.by, desk)
    if not tap.which:
        found = reasons.of(desk.community, Group.DECLINE)
        return taps.choose(tap, question, [(reason.name, reason.code) for reason in found])
    tickets.decline(session, ticket, tap.by, desk, key=tap.key, reason_code=tap.which)
    return Message(text=f"{ticket.number} 已不予受理，居民已收到原因和该找谁。")


def _extend(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Answer:
    tickets.extend(session, ticket, tap.by, desk, key=tap.key)
    until = cards.when(ticket.resolve_by, desk.community)
    return Message(text=f"已同意，{ticket.number} 延到{until}，经办人和居民都知道了。")


def _refuse_extension(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Answer:
    return _refuse(session, ticket, tap, desk, tickets.refuse_extension)


def _hold(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Answer:
    """As the handler asked; where nobody asked, a date and a reason are asked for."""
    asked = Move.REFUSE_HOLD in tickets.possible(session, ticket, tap.by, desk)
    if asked or tickets.made(session, ticket, Move.HOLD, key=tap.key):
        tickets.hold(session, ticket, tap.by, desk, key=tap.key)
        return _held(ticket, desk)
    tickets.allowed(session, ticket, Move.HOLD, tap.by, desk)
    zone = desk.community.zone
    if not tap.parts:
        said = ahead.token(tap.words, desk.now, zone) if tap.words else None
        if said is None:
            question = f"{ticket.number} 挂账，多久以后再看？点一个，或者写日期。"
            return taps.choose(tap, question, _REVIEWS)
        tap = replace(tap, which=said, words="")
    until = ahead.moment(tap.parts[0], desk.now, zone)
    found = taps.why(session, ticket, tap, desk, Group.HOLD, "什么原因？", at=1)
    if isinstance(found, Ask):
        return found
    tickets.hold(
        session,
        ticket,
        tap.by,
        desk,
        key=tap.key,
        reason_code=found.code,
        until=until,
        note=found.note,
    )
    return _held(ticket, desk)


def _refuse_hold(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Answer:
    return _refuse(session, ticket, tap, desk, tickets.refuse_hold)


def _supervise(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Answer:
    question = f"督办 {ticket.number}：要办到什么程度？写一句发给我，经办人会看到。"
    note = taps.words(session, ticket, tap, desk, question, "直接督办")
    if isinstance(note, Ask):
        return note
    tickets.supervise(session, ticket, tap.by, desk, key=tap.key, note=note)
    return Message(text=f"已督办 {ticket.number}，经办人和居民都收到了。")


def _verify(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Answer:
    tickets.verify(session, ticket, tap.by, desk, key=tap.key, note=tap.words)
    return Message(text=f"{ticket.number} 核查通过，已请居民评价。辛苦了！")


def _reject(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Answer:
    found = taps.why(session, ticket, tap, desk, Group.REJECT, f"{ticket.number} 哪里不行？")
    if isinstance(found, Ask):
        return found
    tickets.reject(
        session, ticket, tap.by, desk, key=tap.key, reason_code=found.code, note=found.note
    )
    return Message(text=f"{ticket.number} 已退回经办人重新办，办好后再请人核查。")


def _hand_over(
    session: Session, ticket: TicketRow, tap: Tap, desk: Desk, deed: Callable[..., None]
) -> Answer:
    """To the person behind the number, or named in words; asks who."""
    named = _named(tap.words, ticket, desk) if tap.words else []
    to = tap.which or (named[0].code if len(named) == 1 else "")
    if not to:
        tickets.allowed(session, ticket, Move(tap.verb), tap.by, desk)
        question = (
            "有好几位对得上，点一个。" if named else f"{ticket.number} 派给谁？点一个，或者写姓名。"
        )
        offered = named or _nearest(ticket, desk)
        choices = [(f"{person.name}（{person.title}）", person.code) for person in offered]
        return taps.choose(tap, question, choices)
    deed(session, ticket, to, tap.by, desk, key=tap.key)
    return Message(text=f"{ticket.number} 已派给{cards.who(desk.community.person(to))}。")


def _refuse(
    session: Session, ticket: TicketRow, tap: Tap, desk: Desk, deed: Callable[..., None]
) -> Answer:
    question = f"{ticket.number} 为什么不同意？写一句发给我，经办人会看到。"
    note = taps.words(session, ticket, tap, desk, question, "不写原因")
    if isinstance(note, Ask):
        return note
    deed(session, ticket, tap.by, desk, key=tap.key, note=note)
    return Message(text=f"已回复经办人：{ticket.number} 按原期限办。")


def _held(ticket: TicketRow, desk: Desk) -> Message:
    until = cards.when(ticket.review_at or ticket.resolve_by, desk.community)
    return Message(text=f"{ticket.number} 已挂账，{until}再看，居民已知道。")


def _may_have(ticket: TicketRow, desk: Desk) -> list[Staff]:
    staff = desk.community.staff.values()
    return [
        person
        for person in staff
        if person.code != ticket.assignee
        and (not ticket.confidential or person.holds(Role.DISCIPLINE))
    ]


def _named(said: str, ticket: TicketRow, desk: Desk) -> list[Staff]:
    return [person for person in _may_have(ticket, desk) if person.name in said][:_OFFERED]


def _nearest(ticket: TicketRow, desk: Desk) -> list[Staff]:
    able = {person.code for person in _may_have(ticket, desk)}
    place = place_from(ticket.place)
    near = parts.helpers(place, ticket.matter, desk.community, desk.now)
    there = [choice.comes for choice in near if choice.comes and choice.comes.code in able]
    found = dict.fromkeys(person.code for person in there) if there else dict.fromkeys(sorted(able))
    return [desk.community.person(code) for code in list(found)[:_OFFERED]]


DEEDS = {
    Move.ASSIGN.value: _assign,
    Move.ARBITRATE.value: _arbitrate,
    Move.DECLINE.value: _decline,
    Move.EXTEND.value: _extend,
    Move.REFUSE_EXTENSION.value: _refuse_extension,
    Move.HOLD.value: _hold,
    Move.REFUSE_HOLD.value: _refuse_hold,
    Move.SUPERVISE.value: _supervise,
    Move.VERIFY.value: _verify,
    Move.REJECT.value: _reject,
}
