"""The way into a view: who is there, may they, is the form one of ours."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from datetime import timedelta
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.console.house import House
from bot.console.visit import Visit, read_form, read_photos
from bot.desk.community import Role
from bot.desk.errors import BadInput, NotAllowed
from bot.desk.people import Person
from bot.services import accounts
from bot.services.accounts import Login

COOKIE = "linli_console"
EVERYBODY = frozenset(Role)  # everybody who works here
SORTERS = frozenset({Role.DESK, Role.ADMIN})
READERS = SORTERS | {Role.DISCIPLINE}
ADMINISTRATORS = frozenset({Role.ADMIN})
NOBODY_YET = None  # also who has not logged in

_SEEN_EVERY = timedelta(seconds=60)  # not every click needs a write

View = Callable[[Visit], Awaitable[Response]]


class Door(Route):
    """A route with its permission: one of `roles` has to be held to reach the view.

    with_old_password: also open to somebody who has to change the one-time password first.
    photos: its form may carry some.
    """

    def __init__(
        self,
        path: str,
        view: View,
        *,
        roles: frozenset[Role] | None,
        post: bool = False,
        with_old_password: bool = False,
        photos: bool = False,
    ) -> None:
        async def endpoint(request: Request) -> Response:
            return await self._enter(request)

        methods = ["POST"] if post else ["GET"]
        super().__init__(path, endpoint, methods=methods, name=_name(view))
        self.roles, self.view, self.with_old_password = roles, view, with_old_password
        self.photos = photos

    async def _enter(self, request: Request) -> Response:
        _refuse_nul(request.scope["path"], *request.query_params.values())
        visit = await _visit(request, photos=self.photos)
        if self.roles is not None:
            if visit.login is None:
                return _to_login(visit)
            _check_form(visit, visit.login)
            if visit.login.must_change and not self.with_old_password:
                return visit.to("login.password")
            if not visit.person.holds(*self.roles):
                raise NotAllowed("this page is for others")
        return await self.view(visit)


def _name(view: View) -> str:
    """bot.console.views.tickets.show → tickets.show"""
    return f"{view.__module__.rsplit('.', 1)[-1]}.{view.__name__}"


async def _visit(request: Request, *, photos: bool) -> Visit:
    house: House = request.app.state.house
    office, now = house.office, house.clock()
    form: dict[str, str] = {}
    files: tuple[bytes, ...] = ()
    if request.method == "POST":
        _refuse_other_sites(request)
        form, files = await read_photos(request) if photos else (await read_form(request), ())
        _refuse_nul(*form.values())
    register = await office.registers.acurrent()
    login = await _login(request, house)
    person = register.community.staff.get(login.staff) if login else None
    return Visit(
        request=request,
        house=house,
        register=register,
        now=now,
        person=Person(staff=person),
        login=login if person else None,
        form=form,
        files=files,
    )


async def _login(request: Request, house: House) -> Login | None:
    token, now = request.cookies.get(COOKIE), house.clock()
    if not token:
        return None
    database = house.office.database
    login = await database.aread(lambda session: accounts.read(session, token, now=now))
    if login and now - login.seen_at > _SEEN_EVERY:
        await database.arun(lambda session: accounts.touch(session, token, now=now))
    return login


def _check_form(visit: Visit, login: Login) -> None:
    if visit.request.method == "POST":
        sent = visit.form.get("csrf", "").encode("utf-8", "replace")
        if not hmac.compare_digest(sent, login.csrf.encode()):
            raise NotAllowed("this form is not from one of our pages")


def _refuse_other_sites(request: Request) -> None:
    """Modern browsers say where a form comes from; that covers the login, which has no token."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed("this form is not from one of our pages")


def _refuse_nul(*texts: str) -> None:
    """PostgreSQL cannot hold NUL; nobody types it."""
    if any("\0" in text for text in texts):
        raise BadInput("a text with NUL in it")


def _to_login(visit: Visit) -> RedirectResponse:
    back = visit.request.scope["path"] if visit.request.method == "GET" else ""
    query = f"?next={quote(back)}" if back else ""
    return RedirectResponse(visit.url("login.show") + query, status_code=303)
