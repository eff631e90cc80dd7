"""The console: pages for the people who do the work, behind a login."""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.bootstrap import Office, utc_now
from bot.console.house import HERE, Clock, House, templates
from bot.console.views import (
    accounts,
    conversations,
    login,
    looks,
    merging,
    parts,
    photos,
    rates,
    tasks,
    tickets,
    topics,
)
from bot.desk.errors import (
    AlreadyDecided,
    BadInput,
    BeingChecked,
    IllegalMove,
    LinliError,
    NobodyThere,
    NobodyToAsk,
    NotAllowed,
    PartOpen,
    TicketAlreadyMoved,
    TooLate,
    UnknownThing,
)

_VIEWS = (
    login,
    tasks,
    tickets,
    parts,
    merging,
    conversations,
    accounts,
    looks,
    photos,
    topics,
    rates,
)

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}
# Pages and photos hold personal data: nothing but our own style stays in a shared phone's cache.
_OURS = ("text/css", "text/javascript", "image/svg+xml")


def build(office: Office, clock: Clock = utc_now) -> Starlette:
    """The application, to be mounted at /console (or anywhere: its links follow)."""
    static = Mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    app = Starlette(
        routes=[*(door for view in _VIEWS for door in view.ROUTES), static],
        middleware=[Middleware(_Headers)],
        exception_handlers={LinliError: _refused, HTTPException: _http_error, 500: _broken},
    )
    app.state.house = House(office=office, clock=clock, templates=templates())
    return app


async def _refused(request: Request, error: Exception) -> Response:
    """Every error of the desk as a page. Whether a thing exists is not said."""
    if isinstance(error, TicketAlreadyMoved):
        holder = error.holder or "受理台"
        values = {"number": error.number, "holder": holder, "standing": error.standing}
        return _page(request, 409, "moved", **values)
    if isinstance(error, PartOpen):
        return _page(request, 409, "part_open", number=error.number, whose=error.whose)
    if isinstance(error, NobodyThere):
        present = error.present
        return _page(request, 409, "away", absent=error.absent, present=present)
    if isinstance(error, IllegalMove):
        return _page(request, 409, "illegal", standing=error.standing)
    for kind, code, name in (
        (NotAllowed, 403, "not_allowed"),
        (TooLate, 409, "too_late"),
        (AlreadyDecided, 409, "decided"),
        (NobodyToAsk, 409, "nobody"),
        (BeingChecked, 409, "illegal"),
        (UnknownThing, 404, "not_found"),
        (BadInput, 400, "bad_input"),
    ):
        if isinstance(error, kind):
            return _page(request, code, name, standing=None)
    return _page(request, 503, "broken")


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    name = {404: "not_found", 405: "not_found"}.get(error.status_code, "bad_input")
    return _page(request, error.status_code, name)


async def _broken(request: Request, error: Exception) -> Response:
    return _page(request, 500, "broken")


def _page(request: Request, code: int, name: str, **values: Any) -> HTMLResponse:
    house: House = request.app.state.house
    root = str(request.scope.get("root_path", "")).rstrip("/")
    page = house.templates.get_template("parts/error.html")
    content = page.render(name=name, root=root, **values)
    # The headers again: an answer to a crash does not pass through the middleware.
    return HTMLResponse(content, status_code=code, headers=_HEADERS)


class _Headers:
    """Puts the same careful headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def careful(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
                if not headers.get("content-type", "").startswith(_OURS):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await self._app(scope, receive, careful)
