"""Taps of handlers: take it, reach the resident, ask, give back, more time, parked, done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.desk import reasons
from bot.desk.closure import Closure
from bot.desk.community import Staff
from bot.desk.moves import Move
from bot.desk.reasons import NOT_TRUE, Group
from bot.gateway import ahead, taps
from bot.gateway.taps import Answer, Ask, Tap
from bot.services import task_cards, tickets
from bot.services.cards import when
from bot.services.outbox import Button, Message
from bot.services.tickets import Desk
from bot.store.database import Session
from bot.store.tables import TicketRow

_UNSOLVED = "unsolved"  # behind resolve:NUMBER
_LATER = (("3天", "3"), ("7天", "7"), ("15天", "15"))
_REVIEWS = (("7天后", "7"), ("15天后", "15"), ("30天后", "30"))
_NO_DATE = "没看懂日期。请写“5天”或者“12月1日”，或者点一个。"


def _accept(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Answer:
    tickets.accept(session, ticket, tap.by, desk, key=tap.key)
    return task_cards.to_resolve(ticket, desk.community)


def _contact(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Answer:
    tickets.contact(session, ticket, tap.by, desk, key=tap.key)
    return task_cards.to_resolve(ticket, desk.community)


def _return(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Answer:
    found = taps.why(session, ticket, tap, desk, Group.RETURN, f"为什么退 {ticket.number}？")
    if isinstance(found, Ask):
        return found
    tickets.give_back(
        session, ticket, tap.by, desk, key=tap.key, reason_code=found.code, note=found.note
    )
    if tickets.awaits_arbitration(session, ticket):
        return Message(text=f"{ticket.number} 第二次退单，已请上级裁定归谁办，定了马上通知。")
    return Message(text=f"{ticket.number} 已退回受理台，由受理台另行分派。")


def _ask_more(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Answer:
    question = (
        f"要居民补充什么（{ticket.number}）？写一句发给我，我原话转给居民，等回复期间不计时。"
    )
    note = taps.words(session, ticket, tap, desk, question)
    if isinstance(note, Ask):
        return note
    tickets.ask_more(session, ticket, tap.by, desk, key=tap.key, note=note)
    until = when(ticket.review_at or ticket.resolve_by, desk.community)
    return Message(text=f"已问居民，{until}前等回复，期间不计时。居民一回复我就告诉您。")


def _resume(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Answer:
    tickets.resume(session, ticket, tap.by, desk, key=tap.key, note=tap.words)
    return task_cards.to_resolve(ticket, desk.community)


def _ask_extension(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Answer:
    question = (
        f"{ticket.number} 原定{when(ticket.resolve_by, desk.community)}，要延多久？点一个，"
        "或者写日期。"
    )
    return _later(
        session, ticket, tap, desk, _Later(question, _LATER, ticket.resolve_by, Group.EXTENSION)
    )


def _ask_hold(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Answer:
    question = f"{ticket.number} 挂账，多久以后再看？点一个，或者写日期。"
    return _later(session, ticket, tap, desk, _Later(question, _REVIEWS, desk.now, Group.HOLD))


def _resolve(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Answer:
    """One tap is true and solved; what was done may follow. Unsolved needs a reason first."""
    if tap.parts[:1] == [_UNSOLVED]:
        question = f"{ticket.number} 为什么没办成？居民会看到，也会请居民评价。"
        found = taps.why(session, ticket, tap, desk, Group.UNSOLVED, question, at=1)
        if isinstance(found, Ask):
            return found
        form = Closure(
            true=found.code != NOT_TRUE, solved=False, reason_code=found.code, answer=found.note
        )
        tickets.resolve(session, ticket, tap.by, desk, key=tap.key, form=form)
        return task_cards.done(ticket, (), _checker(ticket, desk))
    photos = (tap.photo,) if tap.photo else ()
    form = Closure(answer=tap.words)
    tickets.resolve(session, ticket, tap.by, desk, key=tap.key, form=form, photos=photos)
    buttons = [
        Button(reason.name, f"add:{ticket.number}:{reason.code}")
        for reason in reasons.of(desk.community, Group.ANSWER)
    ]
    return Ask(task_cards.done(ticket, buttons, _checker(ticket, desk)), f"add:{ticket.number}")


def answer(session: Session, ticket: TicketRow, tap: Tap, desk: Desk) -> Answer:
    """What was done, after “done”: one of the usual answers, words, or a photo."""
    usual = reasons.one(desk.community, Group.ANSWER, tap.which).text if tap.which else ""
    text, photos = tap.words or usual, (tap.photo,) if tap.photo else ()
    if not text and not photos:
        question = f"{ticket.number} 怎么办的？写一句或拍张照片发给我，居民会看到。"
        return Ask(Message(text=question), tap.on())
    tickets.answer(session, ticket, tap.by, desk, key=tap.key, text=text, photos=photos)
    more = "，还有照片或要说的接着发" if photos else ""
    done = Message(text=f"记下了，居民能看到{more}。")
    return Ask(done, f"add:{ticket.number}") if photos else done


@dataclass(frozen=True)
class _Later:
    """What asking for a later date needs. start: from when days count (aware)."""

    question: str
    choices: tuple[tuple[str, str], ...]
    start: datetime
    group: Group


def _later(session: Session, ticket: TicketRow, tap: Tap, desk: Desk, ask: _Later) -> Answer:
    """First the date, then the reason: verb:NUMBER:DATE:CODE."""
    zone = desk.community.zone
    if not tap.parts:
        tickets.allowed(session, ticket, Move(tap.verb), tap.by, desk)
        said = ahead.token(tap.words, desk.now, zone) if tap.words else None
        if said is None:
            return taps.choose(tap, _NO_DATE if tap.words else ask.question, ask.choices)
        tap = replace(tap, which=said, words="")
    until = ahead.moment(tap.parts[0], ask.start, zone)
    if until is None or until <= ask.start:
        return taps.choose(replace(tap, which=""), _NO_DATE, ask.choices)
    question = f"到{when(until, desk.community)}。什么原因？"
    found = taps.why(session, ticket, tap, desk, ask.group, question, at=1)
    if isinstance(found, Ask):
        return found
    _SEND[tap.verb](
        session,
        ticket,
        tap.by,
        desk,
        key=tap.key,
        reason_code=found.code,
        until=until,
        note=found.note,
    )
    return Message(text=f"{ticket.number} 的申请已送上级，批了或不批都会告诉您。批之前请照常办。")


def _checker(ticket: TicketRow, desk: Desk) -> Staff | None:
    return desk.community.staff.get((ticket.closure or {}).get("checker") or "")


_SEND: dict[str, Callable[..., None]] = {
    Move.ASK_EXTENSION.value: tickets.ask_extension,
    Move.ASK_HOLD.value: tickets.ask_hold,
}
DEEDS = {
    Move.ACCEPT.value: _accept,
    Move.CONTACT.value: _contact,
    Move.RETURN.value: _return,
    Move.ASK_MORE.value: _ask_more,
    Move.RESUME.value: _resume,
    Move.ASK_EXTENSION.value: _ask_extension,
    Move.ASK_HOLD.value: _ask_hold,
    Move.RESOLVE.value: _resolve,
}
