"""Tables of the doors: accounts of the console, sessions, codes, and who looked at what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped

from bot.store.base import Base, BigKey, Moment, column


class AccountRow(Base):
    """A member of staff who may log in. What they may do follows from their posts."""

    __tablename__ = "accounts"

    staff: Mapped[str] = column(String(40), ForeignKey("staff.code"), primary_key=True)
    password_hash: Mapped[str] = column(String(200))  # argon2id
    must_change: Mapped[bool] = column(Boolean, default=False)  # a one-time password
    failures: Mapped[int] = column(Integer, default=0)
    locked_until: Mapped[datetime | None] = column(Moment, nullable=True)
    created_at: Mapped[datetime] = column(Moment)


class SessionRow(Base):
    """A login. The row holds only the hash of the token that the browser has."""

    __tablename__ = "console_sessions"

    token_hash: Mapped[str] = column(String(64), primary_key=True)
    staff: Mapped[str] = column(String(40), ForeignKey("staff.code"), index=True)
    csrf: Mapped[str] = column(String(64))
    started_at: Mapped[datetime] = column(Moment)
    seen_at: Mapped[datetime] = column(Moment)
    ends_at: Mapped[datetime] = column(Moment, index=True)


class CodeRow(Base):
    """A one-time code that binds a channel's peer to a member of staff or a resident."""

    __tablename__ = "codes"

    code_hash: Mapped[str] = column(String(64), primary_key=True)
    known_as: Mapped[str] = column(String(40), index=True)  # code of the person
    made_at: Mapped[datetime] = column(Moment)
    ends_at: Mapped[datetime] = column(Moment)
    used_at: Mapped[datetime | None] = column(Moment, nullable=True)


class LookRow(Base):
    """Somebody looked at unmasked personal data, or at a conversation. Never changed."""

    __tablename__ = "looks"

    id: Mapped[int] = column(BigKey, primary_key=True)
    at: Mapped[datetime] = column(Moment, index=True)
    staff: Mapped[str] = column(String(40), ForeignKey("staff.code"), index=True)
    what: Mapped[str] = column(String(40))  # ticket | conversation
    reference: Mapped[str] = column(String(80))  # its number or id
    reason: Mapped[str] = column(String(200), default="")
