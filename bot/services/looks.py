"""Who looked at unmasked personal data, at what, and why. Rows are only ever added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from bot.desk.community import Role
from bot.desk.errors import NotAllowed
from bot.desk.people import Person
from bot.store.tables import LookRow, TicketRow

TICKET = "ticket"
CONVERSATION = "conversation"
ACCOUNT = "account"  # a one-time password or a code opens a door to a person's data
_CONFIDENTIAL = ":confidential"


@dataclass(frozen=True, kw_only=True)
class Look:
    """One entry. reference and reason are None where they would tell of a conduct report."""

    id: int
    at: datetime
    staff: str
    what: str
    reference: str | None
    reason: str | None


def note(
    session: Session,
    by: Person,
    *,
    what: str,
    reference: str,
    reason: str,
    now: datetime,
    confidential: bool = False,
) -> None:
    """Write down a look, in the transaction that reads what is looked at."""
    assert by.staff is not None  # only staff look
    session.add(
        LookRow(
            at=now,
            staff=by.staff.code,
            what=what + (_CONFIDENTIAL if confidential else ""),
            reference=reference,
            reason=reason[:200],
        )
    )


def read(
    session: Session, person: Person, *, before: int | None = None, limit: int = 100
) -> list[Look]:
    """The newest looks, for administrators: that a conduct report was read, never which one."""
    if not person.holds(Role.ADMIN):
        raise NotAllowed("only an administrator reads the log")
    query = (
        select(LookRow, TicketRow.confidential)
        .outerjoin(TicketRow, and_(LookRow.what == TICKET, TicketRow.number == LookRow.reference))
        .order_by(LookRow.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(LookRow.id < before)
    veiled = not person.holds(Role.DISCIPLINE)
    return [_look(row, bool(hidden), veiled) for row, hidden in session.execute(query)]


def _look(row: LookRow, hidden: bool, veiled: bool) -> Look:
    what, _, confidential = row.what.partition(":")
    hide = veiled and (hidden or bool(confidential))
    return Look(
        id=row.id,
        at=row.at,
        staff=row.staff,
        what=what,
        reference=None if hide else row.reference,
        reason=None if hide else row.reason,
    )
