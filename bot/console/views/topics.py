"""Hot topics of a week, and the form that makes a task of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from starlette.responses import Response

from bot.console.doors import SORTERS, Door
from bot.console.visit import Visit, whole
from bot.desk.community import Role
from bot.desk.errors import UnknownThing
from bot.services import topic_tasks, topics
from bot.services.community import place_from
from bot.services.topics import Shown
from bot.store.database import Session
from bot.store.tables import TopicRow

_MAKERS = SORTERS | {Role.SECRETARY}


async def index(visit: Visit) -> Response:
    week = _week(visit.asked("week"))

    def work(session: Session) -> tuple[Sequence[Shown], list[date]]:
        return topics.of_week(session, visit.person, week), topics.weeks(session)

    rows, weeks = await visit.read(work)
    return visit.page(
        "topics/index.html",
        rows=rows,
        weeks=weeks,
        week=rows[0].topic.week if rows else week,
        place_from=place_from,
    )


async def make_task(visit: Visit) -> Response:
    """Give the whole trouble to the person that the form names."""
    id, owner = whole(visit.request.path_params["id"]), visit.field("owner", least=1)
    key, desk = visit.key, visit.desk

    def work(session: Session) -> str:
        topic = session.get(TopicRow, id) if id is not None else None
        if topic is None:
            raise UnknownThing("no such topic")
        return str(topic_tasks.make_task(session, topic, owner, visit.person, desk, key=key).number)

    await visit.write(work)
    return visit.to("topics.index", done="topic")


def _week(text: str) -> date | None:
    """The week that was asked for; None for what is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


ROUTES = (
    Door("/topics", index, roles=_MAKERS),
    Door("/topics/{id}/task", make_task, roles=_MAKERS, post=True),
)
