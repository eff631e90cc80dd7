"""Answers of the chat's API: messages, the device's key, and errors in plain words."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.desk.errors import BadInput, NotAllowed, Unavailable
from bot.services.buttons import ButtonGone
from bot.services.history import Said
from bot.services.photos import BadPhoto
from bot.web import words
from bot.web.parsing import Sent

COOKIE = "linli_device"

_AGE = 400 * 24 * 3600  # the longest that browsers allow
_PATH = "/api"  # the console on the same host never sees the key
_OF_STATUS = {
    400: words.BAD_INPUT,
    404: words.NOT_FOUND,
    405: words.NOT_FOUND,
    413: words.TOO_LARGE,
}


def message(said: Said) -> dict[str, Any]:
    """A message for the page. uuid: the page's own name for what it sent."""
    return {
        "id": said.id,
        "mine": said.mine,
        "at": said.at.isoformat(),
        "text": said.text,
        "photos": [f"/api/photos/{said.id}/{index}" for index in range(len(said.photos))],
        "location": said.location is not None,
        "buttons": list(said.labels),
        "uuid": said.update_id.rpartition(":")[2],
    }


def received(sent: Sent) -> Response:
    return JSONResponse({"id": sent.id}, status_code=202)


def give_key(request: Request, answer: Response, key: str) -> None:
    answer.set_cookie(
        COOKIE,
        key,
        max_age=_AGE,
        path=_PATH,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def take_key(answer: Response) -> None:
    answer.delete_cookie(COOKIE, path=_PATH)


def problem(_request: Request, error: Exception) -> Response:
    """Any error as a short, friendly answer; what happened inside stays inside."""
    status, said = _explain(error)
    headers = getattr(error, "headers", None)
    return JSONResponse({"error": said}, status_code=status, headers=headers)


def _explain(error: Exception) -> tuple[int, str]:
    if isinstance(error, words.Stop):
        return error.status_code, error.detail
    if isinstance(error, HTTPException):
        return error.status_code, _OF_STATUS.get(error.status_code, words.BROKEN)
    if isinstance(error, BadPhoto):
        return 415, error.advice
    if isinstance(error, NotAllowed):
        return 403, words.CODE_REFUSED
    if isinstance(error, ButtonGone):
        return 410, words.BUTTON_GONE
    if isinstance(error, BadInput):
        return 400, words.BAD_INPUT
    if isinstance(error, Unavailable):
        return 503, words.UNAVAILABLE
    return 500, words.BROKEN
