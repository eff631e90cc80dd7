"""Photos of tickets, for whoever may see the ticket."""

from __future__ import annotations

from starlette.responses import FileResponse, Response

from bot.console.doors import EVERYBODY, Door
from bot.console.visit import Visit
from bot.desk.errors import NotAllowed
from bot.services import ticket_lists

_TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".gif": "image/gif",
}


async def show(visit: Visit) -> Response:
    name = visit.request.path_params["name"]
    allowed = await visit.read(
        lambda session: ticket_lists.may_see_photo(session, name, visit.person)
    )
    folder = visit.house.office.settings.photos.resolve()
    path = (folder / name).resolve()
    if not allowed or not path.is_relative_to(folder) or not path.is_file():
        raise NotAllowed("no such photo for this person")
    kind = _TYPES.get(path.suffix.lower())
    if kind is None:  # never shown as a page, whatever it is
        return FileResponse(path, media_type="application/octet-stream", filename="photo")
    return FileResponse(path, media_type=kind)


ROUTES = (Door("/photos/{name:path}", show, roles=EVERYBODY),)
