"""What was said: a searchable list of turns, and a conversation turn by turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from starlette.responses import Response

from bot.console.doors import READERS, Door
from bot.console.visit import Visit, whole
from bot.desk.errors import NotAllowed
from bot.services import accounts, conversations, looks, ticket_lists, turns
from bot.services.community import place_from
from bot.services.conversations import Speaker
from bot.store.database import Session
from bot.store.tables import TurnRow

_PAGE = 50
_LOW = 0.6  # less sure than this is worth a look
_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class Talk:
    """Turns of one conversation, oldest first. Nothing is masked yet."""

    speaker: Speaker
    before: int | None  # the page: turns older than this one
    turns: Sequence[TurnRow]
    numbers: Mapping[int, str]
    names: Mapping[str, str]

    @property
    def earlier(self) -> int | None:
        return self.turns[0].id if len(self.turns) == _PAGE else None


async def index(visit: Visit) -> Response:
    since = _day(visit, "since") or _midnight(visit, visit.now) - timedelta(days=_DAYS - 1)
    until = _day(visit, "until")

    def work(session: Session) -> tuple[Sequence[TurnRow], list[str]]:
        found = turns.search(
            session,
            visit.person,
            since=since,
            until=until + timedelta(days=1) if until else None,
            intent=visit.asked("intent") or None,
            matter=visit.asked("matter") or None,
            below=_LOW if visit.asked("low") else None,
            before=visit.asked_number("before"),
            limit=_PAGE,
        )
        return found, turns.intents(session, visit.person)

    rows, intents = await visit.read(work)
    return visit.page(
        "conversations/index.html",
        rows=rows,
        intents=intents,
        since=_written(visit, since),
        until=_written(visit, until),
        more=rows[-1].id if len(rows) == _PAGE else None,
        low=_LOW,
    )


async def show(visit: Visit) -> Response:
    before, at = visit.asked_number("before"), visit.asked_number("at")
    talk = await visit.read(lambda session: _talk(session, visit, before, at=at))
    return _page(visit, talk, revealed=False)


async def look(visit: Visit) -> Response:
    """The same turns with nothing masked, once, for a reason that is written down."""
    reason, before = visit.field("reason", least=2, most=200), whole(visit.field("before"))

    def work(session: Session) -> Talk:
        talk = _talk(session, visit, before)
        looks.note(
            session,
            visit.person,
            what=looks.CONVERSATION,
            reference=str(talk.speaker.conversation_id),
            reason=reason,
            now=visit.now,
            confidential=any(turn.confidential for turn in talk.turns),
        )
        return talk

    return _page(visit, await visit.write(work), revealed=True)


def _talk(session: Session, visit: Visit, before: int | None, *, at: int | None = None) -> Talk:
    """A page of it, the newest or the one with the turn `at`.

    Raises NotAllowed where there is nothing this person may read, or nothing at all.
    """
    id = whole(visit.request.path_params["id"])
    if id is None:
        raise NotAllowed("no such conversation")
    found = turns.search(session, visit.person, conversation=id, before=before, limit=_PAGE)
    if at is not None and at not in [turn.id for turn in found]:
        before = at + 1
        found = turns.search(session, visit.person, conversation=id, before=before, limit=_PAGE)
    if not found:
        raise NotAllowed("no turn of this conversation is for this person")
    return Talk(
        speaker=conversations.speaker(session, id),
        before=before,
        turns=found[::-1],
        numbers=ticket_lists.numbers(session, visit.person, [turn.ticket_id for turn in found]),
        names=accounts.names(session),
    )


def _page(visit: Visit, talk: Talk, *, revealed: bool) -> Response:
    return visit.page(
        "conversations/show.html",
        talk=talk,
        revealed=revealed,
        low=_LOW,
        place_from=place_from,
    )


def _day(visit: Visit, name: str) -> datetime | None:
    """The beginning of a day that was asked for; None for what is no day."""
    try:
        day = date.fromisoformat(visit.asked(name))
    except ValueError:
        return None
    if not 2000 <= day.year <= 2100:
        return None
    return datetime.combine(day, time(), visit.register.community.zone)


def _midnight(visit: Visit, moment: datetime) -> datetime:
    local = moment.astimezone(visit.register.community.zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def _written(visit: Visit, day: datetime | None) -> str:
    return day.date().isoformat() if day else ""


ROUTES = (
    Door("/conversations", index, roles=READERS),
    Door("/conversations/{id}", show, roles=READERS),
    Door("/conversations/{id}/look", look, roles=READERS, post=True),
)
