"""What somebody is being asked: the deed that their next words complete.

Kept with the conversation, so that any process can take the answer, also after a restart.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from sqlalchemy import bindparam, null, update
from sqlalchemy.orm import Session

from bot.store.base import table
from bot.store.tables import ConversationRow

WAIT = timedelta(minutes=30)  # after that, words are words again
_CONVERSATION = table(ConversationRow)
_OF = update(_CONVERSATION).where(_CONVERSATION.c.id == bindparam("conversation"))
_ASK = _OF.values(asked=bindparam("asked"))
_FORGET = _OF.where(_CONVERSATION.c.asked.is_not(None)).values(asked=null())


def ask(session: Session, conversation_id: int, tap: str, *, until: datetime) -> None:
    """The next words in this conversation complete `tap`, until then (aware)."""
    asked = {"tap": tap, "until": until.astimezone(timezone.utc).isoformat()}
    session.flush()
    session.connection().execute(_ASK, {"conversation": conversation_id, "asked": asked})


def forget(session: Session, conversation_id: int) -> None:
    """It has been answered, or something else was tapped."""
    session.flush()
    session.connection().execute(_FORGET, {"conversation": conversation_id})


def still(asked: Mapping[str, Any] | None, now: datetime) -> str | None:
    """The tap that is waiting for words, if it still does."""
    if not asked or datetime.fromisoformat(asked["until"]) < now:
        return None
    return str(asked["tap"])
