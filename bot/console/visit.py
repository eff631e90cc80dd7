"""One request of one person: who it is, what they sent, and how a view answers."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import parse_qsl, quote, urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from bot.console.house import House
from bot.desk.errors import BadInput
from bot.desk.people import Person
from bot.services import photos
from bot.services.accounts import Login
from bot.services.places import Register
from bot.services.tickets import Desk
from bot.store.database import Session

T = TypeVar("T")

LARGEST_FORM = 64 * 1024
MOST_FIELDS = 50
MOST_PHOTOS = 3
_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What a view is given. form: the fields of a POST, each once."""

    request: Request
    house: House
    register: Register
    now: datetime
    person: Person
    login: Login | None
    form: Mapping[str, str]
    files: tuple[bytes, ...] = ()

    @property
    def desk(self) -> Desk:
        """The rules and the present moment, for one deed."""
        return Desk(
            community=self.register.community, describe=self.register.describe, now=self.now
        )

    @property
    def key(self) -> str:
        """Names the form that was sent: sent twice, it is one deed. Raises BadInput without."""
        key = self.field("key")
        if not (8 <= len(key) <= 64) or not key.isascii():
            raise BadInput("this form has no key")
        return f"console:{self.staff}:{key}"

    @property
    def staff(self) -> str:
        assert self.person.staff is not None  # the door let them in
        return self.person.staff.code

    async def read(self, work: Callable[[Session], T]) -> T:
        return await self.house.office.database.aread(work)

    async def write(self, work: Callable[[Session], T]) -> T:
        return await self.house.office.database.arun(work)

    def field(self, name: str, *, least: int = 0, most: int = 500) -> str:
        """A field of the form without the space around it; raises BadInput for a wrong length."""
        text = self.form.get(name, "").strip()
        if not least <= len(text) <= most:
            raise BadInput(f"{name} has {len(text)} characters, expected {least} to {most}")
        return text

    async def photos(self) -> tuple[str, ...]:
        """Names of the photos that came with the form, once they are stored; raises BadPhoto."""
        folder = self.house.office.settings.photos
        return tuple([await asyncio.to_thread(photos.keep, data, folder) for data in self.files])

    def asked(self, name: str) -> str:
        """A parameter of the address, empty when it is not there."""
        return self.request.query_params.get(name, "").strip()

    def asked_number(self, name: str) -> int | None:
        return whole(self.asked(name))

    def url(self, name: str, /, **params: Any) -> str:
        """The path of a page, right under whatever this application is mounted at."""
        root = str(self.request.scope.get("root_path", "")).rstrip("/")
        return root + str(self.request.app.url_path_for(name, **params))

    def url_again(self, **changed: Any) -> str:
        """This page's own address with other parameters (paging)."""
        params = {**self.request.query_params, **changed}
        return f"{quote(self.request.scope['path'])}?{urlencode(params)}"

    def page(self, template: str, *, code: int = 200, **values: Any) -> HTMLResponse:
        page = self.house.templates.get_template(template)
        return HTMLResponse(page.render(visit=self, **values), status_code=code)

    def to(self, name: str, /, *, done: str = "", **params: Any) -> RedirectResponse:
        """Look at another page next; `done` names the sentence that it shows on top."""
        query = f"?done={done}" if done else ""
        return RedirectResponse(self.url(name, **params) + query, status_code=303)

    def may(self, name: str) -> bool:
        """Whether this person may enter the page of this name: menus follow the doors."""
        roles = [getattr(r, "roles", ()) for r in self.request.app.routes if r.name == name]
        return any(self.person.holds(*found) for found in roles if found)

    def new_key(self) -> str:
        return secrets.token_urlsafe(12)


def whole(text: str) -> int | None:
    """A row's id that somebody sent; None for what can be none."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None
    return number if number is not None and number <= _LARGEST_ID else None


async def read_photos(request: Request) -> tuple[dict[str, str], tuple[bytes, ...]]:
    """The fields and the photos of a form that may carry some. Raises as `read_form` does."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await read_form(request), ()
    size = whole(request.headers.get("content-length", ""))
    if size is None or size > MOST_PHOTOS * photos.MAX_BYTES + LARGEST_FORM:
        raise HTTPException(413)
    async with request.form(max_files=MOST_PHOTOS, max_fields=MOST_FIELDS) as form:
        fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
        sent = [value for _, value in form.multi_items() if not isinstance(value, str)]
        read = [await file.read() for file in sent]
    return fields, tuple(data for data in read if data)  # an empty field is a file of no bytes


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form. Raises BadInput for what no form of ours sends."""
    if request.headers.get("content-type", "").split(";")[0] != "application/x-www-form-urlencoded":
        raise BadInput("expected a form")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            raise HTTPException(413)
    try:
        fields = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise BadInput("this is not a form") from None
    return dict(fields)
