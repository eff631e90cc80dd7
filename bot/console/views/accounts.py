"""Who may log in, for administrators: one-time passwords, codes for chat, locks."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.doors import ADMINISTRATORS, Door
from bot.console.visit import Visit
from bot.desk.errors import NotAllowed
from bot.services import accounts, codes, looks
from bot.store.database import Session


async def index(visit: Visit) -> Response:
    return await _page(visit)


async def issue(visit: Visit) -> Response:
    code = _known(visit)

    def work(session: Session) -> str:
        _note(session, visit, code, "新的一次性密码")
        return accounts.issue(session, code, now=visit.now)

    return await _page(visit, secret=await visit.write(work), of=code, what="password")


async def bind(visit: Visit) -> Response:
    code = _known(visit)

    def work(session: Session) -> str:
        _note(session, visit, code, "新的绑定码")
        return codes.issue(session, code, now=visit.now)

    return await _page(visit, secret=await visit.write(work), of=code, what="code")


async def lock(visit: Visit) -> Response:
    code = _known(visit)
    if code == visit.staff:
        raise NotAllowed("nobody locks themselves out")

    def work(session: Session) -> None:
        _note(session, visit, code, "停用账号")
        accounts.lock(session, code)

    await visit.write(work)
    return visit.to("accounts.index", done="lock")


async def _page(visit: Visit, *, secret: str = "", of: str = "", what: str = "") -> Response:
    found = await visit.read(accounts.all_accounts)
    staff = visit.register.community.staff
    return visit.page(
        "accounts/index.html", accounts=found, staff=staff, secret=secret, of=of, what=what
    )


def _known(visit: Visit) -> str:
    return visit.register.community.person(visit.request.path_params["code"]).code


def _note(session: Session, visit: Visit, code: str, reason: str) -> None:
    """Whoever holds a password or a code sees what its owner sees: it is kept who made it."""
    looks.note(
        session, visit.person, what=looks.ACCOUNT, reference=code, reason=reason, now=visit.now
    )


ROUTES = (
    Door("/accounts", index, roles=ADMINISTRATORS),
    Door("/accounts/{code}/password", issue, roles=ADMINISTRATORS, post=True),
    Door("/accounts/{code}/code", bind, roles=ADMINISTRATORS, post=True),
    Door("/accounts/{code}/lock", lock, roles=ADMINISTRATORS, post=True),
)
