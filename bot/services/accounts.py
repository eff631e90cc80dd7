"""Who may log in to the console: accounts, passwords and logins."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.desk.community import Community, Role
from bot.desk.errors import BadInput, UnknownThing
from bot.store.tables import AccountRow, SessionRow, StaffRow

FAILURES = 5
LOCKED = timedelta(minutes=15)
LONGEST = timedelta(hours=12)
IDLE = timedelta(minutes=60)
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200

_FOREVER = datetime(9999, 1, 1, tzinfo=timezone.utc)  # locked by an administrator
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read aloud or typed as another sign


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A password that was compared. hash: what it was compared with."""

    staff: str
    hash: str
    matched: bool


@dataclass(frozen=True, kw_only=True)
class Login:
    """A login that is good now. csrf: the token that every form of it carries."""

    staff: str
    csrf: str
    must_change: bool
    seen_at: datetime


def issue(session: Session, staff: str, *, now: datetime) -> str:
    """A fresh one-time password; opens the account if there is none, unlocks it, ends its logins.

    It has to be changed at the first login. Raises UnknownThing for nobody and for who has left.
    """
    person = session.get(StaffRow, staff)
    if person is None or not person.active:
        raise UnknownThing(f"no member of staff {staff!r}")
    password = "-".join("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(3))
    account = session.get(AccountRow, staff)
    if account is None:
        account = AccountRow(staff=staff, created_at=now)
        session.add(account)
    account.password_hash = _hasher().hash(password)
    account.must_change, account.failures, account.locked_until = True, 0, None
    session.flush()
    _end_all(session, staff)
    return password


def first_administrator(
    session: Session, community: Community, *, now: datetime
) -> tuple[str, str] | None:
    """Open the administrators' missing accounts; code and one-time password of the first of them.

    None when none was missing. The first gives the others theirs, in the console.
    """
    known = set(session.scalars(select(AccountRow.staff)))
    missing = [
        person.code
        for person in community.staff.values()
        if person.holds(Role.ADMIN) and person.code not in known
    ]
    made = [(code, issue(session, code, now=now)) for code in missing]
    return made[0] if made else None


def check(session: Session, staff: str, password: str) -> Attempt:
    """Compare a password, slowly and only reading; who is not known costs just as long."""
    account = session.get(AccountRow, staff)
    hash = account.password_hash if account else _nobodys_hash()
    matched = _matches(hash, password[:LONGEST_PASSWORD]) and account is not None
    return Attempt(staff=staff, hash=hash, matched=matched)


def log_in(session: Session, attempt: Attempt, *, now: datetime) -> str | None:
    """The token of a new login, or None, which does not say why. Five failures lock for a while."""
    account = session.get(AccountRow, attempt.staff, with_for_update=True)
    person = session.get(StaffRow, attempt.staff)
    if account is None or person is None or not person.active:
        return None
    if account.locked_until and account.locked_until > now:
        return None
    if not attempt.matched or attempt.hash != account.password_hash:
        account.failures += 1
        if account.failures >= FAILURES:
            account.failures, account.locked_until = 0, now + LOCKED
        return None
    account.failures, account.locked_until = 0, None
    return _start(session, attempt.staff, now)


def change_password(session: Session, attempt: Attempt, new: str, *, now: datetime) -> str | None:
    """Set a new password after the old one was compared (`attempt`); ends every earlier login.

    Returns the token of a new login, or None when the old one was wrong, which counts as a
    failure. Raises BadInput for a new one that cannot be used.
    """
    if not SHORTEST_PASSWORD <= len(new) <= LONGEST_PASSWORD:
        raise BadInput(f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    if _matches(attempt.hash, new):
        raise BadInput("the new password is the old one")
    token = log_in(session, attempt, now=now)
    if token is None:
        return None
    account = session.get(AccountRow, attempt.staff)
    assert account is not None  # it has just logged in
    account.password_hash, account.must_change = _hasher().hash(new), False
    _end_all(session, attempt.staff, but=token)
    return token


def read(session: Session, token: str, *, now: datetime) -> Login | None:
    """The login of a token, while it lasts and its person works here."""
    found = session.execute(
        select(SessionRow, AccountRow.must_change)
        .join(AccountRow, AccountRow.staff == SessionRow.staff)
        .join(StaffRow, StaffRow.code == SessionRow.staff)
        .where(
            SessionRow.token_hash == _hashed(token),
            SessionRow.ends_at > now,
            SessionRow.seen_at > now - IDLE,
            StaffRow.active.is_(True),
        )
    ).first()
    if found is None:
        return None
    row, must_change = found
    return Login(staff=row.staff, csrf=row.csrf, must_change=must_change, seen_at=row.seen_at)


def touch(session: Session, token: str, *, now: datetime) -> None:
    """Somebody is still there."""
    row = session.get(SessionRow, _hashed(token))
    if row:
        row.seen_at = now


def end(session: Session, token: str) -> None:
    session.execute(delete(SessionRow).where(SessionRow.token_hash == _hashed(token)))


def lock(session: Session, staff: str) -> None:
    """Nobody gets in, until there is a fresh one-time password. Raises UnknownThing."""
    account = session.get(AccountRow, staff)
    if account is None:
        raise UnknownThing(f"no account {staff!r}")
    account.locked_until = _FOREVER
    _end_all(session, staff)


def all_accounts(session: Session) -> dict[str, AccountRow]:
    """Every account by its person's code."""
    return {account.staff: account for account in session.scalars(select(AccountRow))}


def names(session: Session) -> dict[str, str]:
    """What everybody is called, people who left included: timelines name them."""
    return {person.code: person.name for person in session.scalars(select(StaffRow))}


def _start(session: Session, staff: str, now: datetime) -> str:
    session.execute(
        delete(SessionRow)
        .where(SessionRow.ends_at <= now)
        .execution_options(synchronize_session=False)
    )
    token = secrets.token_urlsafe(32)
    session.add(
        SessionRow(
            token_hash=_hashed(token),
            staff=staff,
            csrf=secrets.token_urlsafe(32),
            started_at=now,
            seen_at=now,
            ends_at=now + LONGEST,
        )
    )
    session.flush()
    return token


def _end_all(session: Session, staff: str, *, but: str = "") -> None:
    session.execute(
        delete(SessionRow)
        .where(SessionRow.staff == staff, SessionRow.token_hash != _hashed(but))
        .execution_options(synchronize_session=False)
    )


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _matches(hash: str, password: str) -> bool:
    try:
        return _hasher().verify(hash, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()  # argon2id


@cache
def _nobodys_hash() -> str:
    return _hasher().hash(secrets.token_urlsafe(32))
