"""The tasks of whoever is logged in: made for a phone, in the street, with one hand."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from bot.console import deeds, file
from bot.console.doors import EVERYBODY, Door
from bot.console.visit import Visit
from bot.desk.moves import Move
from bot.services import subtask_views, ticket_lists
from bot.services.community import place_from
from bot.store.database import Session

_REVEALED = "办理时查看电话和原文"


async def index(visit: Visit) -> Response:
    def work(session: Session) -> dict[str, Any]:
        return {
            "mine": ticket_lists.in_hand(session, visit.person),
            "helped": subtask_views.of_person(session, visit.person),
            "beside": ticket_lists.beside(session, visit.person),
        }

    lists = await visit.read(work)
    return visit.page(
        "tasks/index.html",
        **lists,
        offered=deeds.at_a_glance,
        place_from=place_from,
    )


async def show(visit: Visit) -> Response:
    found = await visit.read(file.fetch(visit))
    return visit.page("tasks/show.html", **_values(visit, found), revealed=False)


async def phone(visit: Visit) -> Response:
    """Number and words unmasked, once, for the person who has to call; written down."""
    found = await visit.write(file.reveal(visit, _REVEALED, only_handler=True))
    return visit.page("tasks/show.html", **_values(visit, found), revealed=True)


async def do(visit: Visit) -> Response:
    deed = await deeds.do(visit)
    if deed.move in (
        Move.RETURN,
        Move.REFILE,
        Move.ASSIGN,
        Move.ARBITRATE,
    ):  # it may be somebody else's now
        return visit.to("tasks.index", done=deed.name)
    return visit.to("tasks.show", number=visit.request.path_params["number"], done=deed.name)


def _values(visit: Visit, found: file.File) -> dict[str, Any]:
    return {
        "file": found,
        "ticket": found.ticket,
        "own": found.ticket.assignee == visit.staff,
        "offered": deeds.offered(found.may),
        "candidates": found.candidates,
    }


ROUTES = (
    Door("/tasks", index, roles=EVERYBODY),
    Door("/tasks/{number}", show, roles=EVERYBODY),
    Door("/tasks/{number}/phone", phone, roles=EVERYBODY, post=True),
    Door("/tasks/{number}/{deed}", do, roles=EVERYBODY, post=True, photos=True),
)
