"""The log of looks at unmasked data, for administrators."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.doors import ADMINISTRATORS, Door
from bot.console.visit import Visit
from bot.services import accounts, looks
from bot.services.looks import Look
from bot.store.database import Session

_PAGE = 100


async def index(visit: Visit) -> Response:
    before = visit.asked_number("before")

    def work(session: Session) -> tuple[list[Look], dict[str, str]]:
        found = looks.read(session, visit.person, before=before, limit=_PAGE)
        return found, accounts.names(session)

    rows, names = await visit.read(work)
    more = rows[-1].id if len(rows) == _PAGE else None
    return visit.page("looks/index.html", rows=rows, names=names, more=more)


ROUTES = (Door("/looks", index, roles=ADMINISTRATORS),)
