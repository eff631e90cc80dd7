"""The deeds a person of the staff can do on a ticket in the console, and the form of each.

A deed is a move of the table with the fields its form has; what stands in them is checked by the
service that does it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.desk.closure import Closure
from bot.desk.errors import BadInput
from bot.desk.moves import Move, Status
from bot.desk.people import Person
from bot.desk.reasons import NOT_TRUE, Group
from bot.services import tickets
from bot.services.tickets import Desk
from bot.store.database import Session
from bot.store.tables import TicketRow

Values = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a form. kind: words, reason, person, matter, day, moment or photos.

    group: of a reason. needed: the form is not sent without it.
    """

    name: str
    label: str
    kind: str = "words"
    group: Group | None = None
    needed: bool = False


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a form asks for. photos: names of stored files."""

    by: Person
    desk: Desk
    key: str
    values: Values
    photos: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Deed:
    """A button, and the form behind it."""

    move: Move
    do: Callable[[Session, TicketRow, Order], None]
    fields: tuple[Field, ...] = ()
    title: str = ""

    @property
    def name(self) -> str:
        return self.move.value

    @property
    def label(self) -> str:
        return self.title or self.move.chinese

    @property
    def takes_photos(self) -> bool:
        return any(field.kind == "photos" for field in self.fields)


def _plainly(deed: Callable[..., None], *names: str) -> Callable[[Session, TicketRow, Order], None]:
    """A service that takes these fields as they are."""

    def do(session: Session, ticket: TicketRow, order: Order) -> None:
        values = {name: order.values[name] for name in names}
        deed(session, ticket, order.by, order.desk, key=order.key, **values)

    return do


def _to_somebody(deed: Callable[..., None]) -> Callable[[Session, TicketRow, Order], None]:
    def do(session: Session, ticket: TicketRow, order: Order) -> None:
        deed(session, ticket, order.values["to"], order.by, order.desk, key=order.key)

    return do


def _until(deed: Callable[..., None]) -> Callable[[Session, TicketRow, Order], None]:
    """A service that takes a reason, words and a day: until the end of work on it."""

    def do(session: Session, ticket: TicketRow, order: Order) -> None:
        until = _end_of_work(order)
        words = {name: order.values[name] for name in ("reason_code", "note")}
        deed(session, ticket, order.by, order.desk, key=order.key, until=until, **words)

    return do


def _resolve(session: Session, ticket: TicketRow, order: Order) -> None:
    code = order.values["reason_code"]
    form = Closure(
        true=code != NOT_TRUE,
        solved=not code,
        reason_code=code,
        answer=order.values["answer"],
        note=order.values["note"],
        contacted_at=_moment(order),
    )
    tickets.resolve(
        session, ticket, order.by, order.desk, key=order.key, form=form, photos=order.photos
    )


def _answer(session: Session, ticket: TicketRow, order: Order) -> None:
    """From the handler of what is done: the resident reads it; else a note for the staff."""
    is_answer = Status(ticket.status) in (Status.RESOLVED, Status.VERIFIED)
    deed = tickets.answer if is_answer else tickets.add
    text = order.values["note"]
    deed(session, ticket, order.by, order.desk, key=order.key, text=text, photos=order.photos)


def _end_of_work(order: Order) -> datetime | None:
    """18:00 on the day of the form, local; None where it names none."""
    day = order.values["until"]
    if not day:
        return None
    try:
        local = datetime.fromisoformat(day).replace(hour=18, tzinfo=order.desk.community.zone)
    except ValueError:
        raise BadInput(f"until is {day!r}, expected a day such as 2026-12-01") from None
    return local


def _moment(order: Order) -> datetime | None:
    said = order.values["contacted_at"]
    if not said:
        return None
    try:
        local = datetime.fromisoformat(said).replace(tzinfo=order.desk.community.zone)
    except ValueError:
        raise BadInput(f"contacted_at is {said!r}, expected a date and a time") from None
    # A form knows minutes: the one that runs is not the future.
    return min(local, order.desk.now) if local - order.desk.now < timedelta(minutes=1) else local


def _reason(group: Group, label: str, *, needed: bool = True) -> Field:
    return Field(name="reason_code", label=label, kind="reason", group=group, needed=needed)


def _note(label: str, *, needed: bool = False) -> Field:
    return Field(name="note", label=label, needed=needed)


_PHOTOS = Field(name="photos", label="处理后的照片", kind="photos")
_TO = Field(name="to", label="派给谁", kind="person", needed=True)
# In the order in which a page offers them: the usual first.
DEEDS: tuple[Deed, ...] = (
    Deed(move=Move.ACCEPT, do=_plainly(tickets.accept)),
    Deed(move=Move.CONTACT, do=_plainly(tickets.contact)),
    Deed(
        move=Move.RESOLVE,
        do=_resolve,
        fields=(
            Field(name="answer", label="怎么办的？（居民会看到这句话）", needed=True),
            _reason(Group.UNSOLVED, "没办成的话，为什么？（办成了不用选）", needed=False),
            Field(name="contacted_at", label="什么时候联系上居民的？", kind="moment"),
            _note("内部备注（居民看不到）"),
            _PHOTOS,
        ),
    ),
    Deed(move=Move.VERIFY, do=_plainly(tickets.verify, "note"), fields=(_note("看到了什么？"),)),
    Deed(
        move=Move.REJECT,
        do=_plainly(tickets.reject, "reason_code", "note"),
        fields=(_reason(Group.REJECT, "哪里不行？"), _note("说明（经办人会看到）")),
    ),
    Deed(move=Move.EXTEND, do=_plainly(tickets.extend)),
    Deed(
        move=Move.REFUSE_EXTENSION,
        do=_plainly(tickets.refuse_extension, "note"),
        fields=(_note("为什么？（经办人会看到）"),),
    ),
    Deed(
        move=Move.HOLD,
        do=_until(tickets.hold),
        fields=(
            _reason(Group.HOLD, "什么原因？（经办人申请过的不用选）", needed=False),
            Field(name="until", label="哪天再看？（经办人申请过的不用填）", kind="day"),
            _note("说明"),
        ),
    ),
    Deed(
        move=Move.REFUSE_HOLD,
        do=_plainly(tickets.refuse_hold, "note"),
        fields=(_note("为什么？（经办人会看到）"),),
    ),
    Deed(move=Move.ARBITRATE, do=_to_somebody(tickets.arbitrate), fields=(_TO,)),
    Deed(move=Move.ASSIGN, do=_to_somebody(tickets.assign), fields=(_TO,)),
    Deed(move=Move.RESUME, do=_plainly(tickets.resume)),
    Deed(
        move=Move.ASK_MORE,
        do=_plainly(tickets.ask_more, "note"),
        fields=(_note("要居民补充什么？（原话转给居民，等回复期间不计时）", needed=True),),
    ),
    Deed(
        move=Move.ASK_EXTENSION,
        do=_until(tickets.ask_extension),
        fields=(
            _reason(Group.EXTENSION, "什么原因？"),
            Field(name="until", label="延到哪天？", kind="day", needed=True),
            _note("说明"),
        ),
    ),
    Deed(
        move=Move.ASK_HOLD,
        do=_until(tickets.ask_hold),
        fields=(
            _reason(Group.HOLD, "什么原因？"),
            Field(name="until", label="哪天再看？", kind="day", needed=True),
            _note("说明"),
        ),
    ),
    Deed(
        move=Move.SUPERVISE,
        do=_plainly(tickets.supervise, "note"),
        fields=(_note("要办到什么程度？（经办人会看到）"),),
    ),
    Deed(move=Move.URGE, do=_plainly(tickets.urge)),
    Deed(
        move=Move.RETURN,
        do=_plainly(tickets.give_back, "reason_code", "note"),
        fields=(
            _reason(Group.RETURN, "为什么退单？"),
            _note("说明：归谁管、该是哪类事（受理台会看到）"),
        ),
    ),
    Deed(
        move=Move.REFILE,
        do=_plainly(tickets.refile, "matter"),
        fields=(
            Field(
                name="matter",
                label="是哪一类？（按规则转给管这类事的人）",
                kind="matter",
                needed=True,
            ),
        ),
    ),
    Deed(move=Move.ADD, do=_answer, fields=(_note("写什么？", needed=True), _PHOTOS)),
    Deed(
        move=Move.REOPEN,
        do=_plainly(tickets.reopen, "reason_code", "note"),
        fields=(_reason(Group.REOPEN, "为什么重办？"), _note("说明（经办人会看到）")),
    ),
    Deed(
        move=Move.DECLINE,
        do=_plainly(tickets.decline, "reason_code", "note"),
        fields=(
            _reason(Group.DECLINE, "为什么不受理？（居民会看到原因和该找谁）"),
            _note("内部备注（居民看不到）"),
        ),
    ),
    Deed(
        move=Move.WITHDRAW,
        do=_plainly(tickets.withdraw, "note"),
        fields=(_note("居民怎么说的？", needed=True),),
        title="替居民撤回",
    ),
)
