"""All tickets, for the desk and the administrators; conduct reports for the discipline contact."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from bot.console import deeds, file
from bot.console.doors import READERS, Door
from bot.console.visit import Visit
from bot.desk.moves import Status
from bot.services import ticket_lists
from bot.services.community import place_from
from bot.services.ticket_lists import Wanted

_PAGE = 50
NOBODY = "-"  # in the choice of assignees


async def index(visit: Visit) -> Response:
    wanted = _wanted(visit)
    rows = await visit.read(lambda session: ticket_lists.search(session, visit.person, wanted))
    return visit.page(
        "tickets/index.html",
        rows=rows,
        more=rows[-1].id if len(rows) == _PAGE else None,
        chosen=visit.asked,
        nobody=NOBODY,
        place_from=place_from,
        statuses=[status.value for status in Status],
    )


async def show(visit: Visit) -> Response:
    found = await visit.read(file.fetch(visit))
    return visit.page("tickets/show.html", **_values(visit, found), revealed=False)


async def look(visit: Visit) -> Response:
    """The page with nothing masked, once, for a reason that is written down."""
    reason = visit.field("reason", least=2, most=200)
    found = await visit.write(file.reveal(visit, reason))
    return visit.page("tickets/show.html", **_values(visit, found), revealed=True)


async def do(visit: Visit) -> Response:
    deed = await deeds.do(visit)
    return visit.to("tickets.show", number=visit.request.path_params["number"], done=deed.name)


def _wanted(visit: Visit) -> Wanted:
    status, assignee = visit.asked("status"), visit.asked("assignee")
    statuses: tuple[str, ...] = ticket_lists.OPEN if status in ("", "late") else (status,)
    return Wanted(
        statuses=() if status == "all" else statuses,
        late_at=visit.now if status == "late" else None,
        matter=visit.asked("matter") or None,
        assignee=assignee if assignee != NOBODY else None,
        nobodys=assignee == NOBODY,
        grid=visit.asked("grid") or None,
        text=visit.asked("text")[:100],
        before=visit.asked_number("before"),
        limit=_PAGE,
    )


def _values(visit: Visit, found: file.File) -> dict[str, Any]:
    return {
        "file": found,
        "ticket": found.ticket,
        "offered": deeds.offered(found.may),
        "candidates": found.candidates,
    }


ROUTES = (
    Door("/tickets", index, roles=READERS),
    Door("/tickets/{number}", show, roles=READERS),
    Door("/tickets/{number}/look", look, roles=READERS, post=True),
    Door("/tickets/{number}/{deed}", do, roles=READERS, post=True, photos=True),
)
