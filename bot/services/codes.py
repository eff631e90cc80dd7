"""One-time codes: how a chat that nobody vouches for comes to belong to a known person."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.desk.errors import NotAllowed, UnknownThing
from bot.store.tables import CodeRow, ResidentRow, StaffRow

VALID_FOR = timedelta(days=7)

# Without 0 O 1 I L: a code is read from paper and typed on a phone. 31^8 is 850 thousand million.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LENGTH = 8


def issue(session: Session, known_as: str, *, now: datetime) -> str:
    """A new code, XXXX-XXXX, for a member of staff or a resident; their older ones end now.

    Only its hash is kept: whoever made it must hand it over, it cannot be shown again. Raises
    UnknownThing for nobody's code, and for staff who have left.
    """
    if not _is_known(session, known_as):
        raise UnknownThing(f"no resident or member of staff {known_as!r}")
    session.execute(
        update(CodeRow)
        .where(CodeRow.known_as == known_as, CodeRow.used_at.is_(None), CodeRow.ends_at > now)
        .values(ends_at=now)
        .execution_options(synchronize_session=False)
    )
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    session.add(
        CodeRow(code_hash=_hash(code), known_as=known_as, made_at=now, ends_at=now + VALID_FOR)
    )
    session.flush()
    return f"{code[:4]}-{code[4:]}"


def redeem(session: Session, code: str, *, now: datetime) -> str:
    """Use a code up and say whose it is. Case, spaces and hyphens do not matter.

    Raises NotAllowed for a code that is unknown, used or over, never saying which of them; so it
    does for somebody who has left since.
    """
    code_hash = _hash(code)
    used = session.execute(
        update(CodeRow)
        .where(CodeRow.code_hash == code_hash, CodeRow.used_at.is_(None), CodeRow.ends_at > now)
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    if not getattr(used, "rowcount", 0):
        raise NotAllowed("this code is not valid, or not any more")
    known_as: str = session.scalars(
        select(CodeRow.known_as).where(CodeRow.code_hash == code_hash)
    ).one()
    if not _is_known(session, known_as):
        raise NotAllowed("this code is not valid, or not any more")
    return known_as


def _is_known(session: Session, known_as: str) -> bool:
    staff = session.get(StaffRow, known_as)
    if staff:
        return bool(staff.active)
    known = select(ResidentRow.id).where(ResidentRow.code == known_as)
    return session.scalars(known).first() is not None


def _hash(code: str) -> str:
    plain = re.sub(r"[\s‐-―-]", "", unicodedata.normalize("NFKC", code)).upper()
    return hashlib.sha256(plain.encode()).hexdigest()
