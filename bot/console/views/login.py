"""In and out, and the password."""

from __future__ import annotations

import re

from starlette.responses import RedirectResponse, Response

from bot.console.doors import COOKIE, EVERYBODY, NOBODY_YET, READERS, Door
from bot.console.visit import Visit
from bot.desk.errors import BadInput
from bot.services import accounts

_OUR_PATH = re.compile(r"/[A-Za-z0-9_/-]*", re.ASCII)


async def home(visit: Visit) -> Response:
    return visit.to("tickets.index" if visit.person.holds(*READERS) else "tasks.index")


async def show(visit: Visit) -> Response:
    if visit.login:
        return visit.to("login.home")
    return visit.page("login/show.html", back=_back(visit, visit.asked("next")), refused=False)


async def enter(visit: Visit) -> Response:
    staff, password = visit.field("staff", most=40), visit.form.get("password", "")
    back = _back(visit, visit.field("next"))
    async with visit.house.passwords:
        attempt = await visit.read(lambda session: accounts.check(session, staff, password))
    token = await visit.write(lambda session: accounts.log_in(session, attempt, now=visit.now))
    if token is None:
        return visit.page("login/show.html", code=403, back=back, refused=True)
    await _forget(visit)
    return _with_cookie(visit, token, RedirectResponse(back, status_code=303))


async def leave(visit: Visit) -> Response:
    await _forget(visit)
    answer = visit.to("login.show")
    answer.delete_cookie(COOKIE, path=_root(visit))
    return answer


async def password(visit: Visit) -> Response:
    return visit.page("login/password.html", problem="")


async def change(visit: Visit) -> Response:
    old, new = visit.form.get("old", ""), visit.form.get("new", "")
    if new != visit.form.get("again"):
        return visit.page("login/password.html", code=400, problem="again")
    async with visit.house.passwords:
        attempt = await visit.read(lambda session: accounts.check(session, visit.staff, old))
        try:
            token = await visit.write(
                lambda session: accounts.change_password(session, attempt, new, now=visit.now)
            )
        except BadInput:
            return visit.page("login/password.html", code=400, problem="new")
    if token is None:
        return visit.page("login/password.html", code=403, problem="old")
    return _with_cookie(visit, token, visit.to("login.home"))


def _back(visit: Visit, wanted: str) -> str:
    """Where to go after the login: only to a page of this console."""
    if _OUR_PATH.fullmatch(wanted) and wanted.startswith(visit.url("login.home")):
        return wanted if not wanted.startswith("//") else visit.url("login.home")
    return visit.url("login.home")


async def _forget(visit: Visit) -> None:
    token = visit.request.cookies.get(COOKIE)
    if token:
        await visit.write(lambda session: accounts.end(session, token))


def _with_cookie(visit: Visit, token: str, answer: RedirectResponse) -> Response:
    answer.set_cookie(
        COOKIE,
        token,
        max_age=int(accounts.LONGEST.total_seconds()),
        path=_root(visit),
        secure=visit.request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
    return answer


def _root(visit: Visit) -> str:
    return visit.url("login.home").rstrip("/") or "/"


ROUTES = (
    Door("/", home, roles=EVERYBODY),
    Door("/login", show, roles=NOBODY_YET),
    Door("/login", enter, roles=NOBODY_YET, post=True),
    Door("/logout", leave, roles=EVERYBODY, post=True, with_old_password=True),
    Door("/password", password, roles=EVERYBODY, with_old_password=True),
    Door("/password", change, roles=EVERYBODY, post=True, with_old_password=True),
)
