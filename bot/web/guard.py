"""What stands before every request: its origin, its size, and the headers of every answer."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.services import photos
from bot.web import answers, words

OWN_HEADER = "x-linli"  # a page of another origin cannot send it without asking us first

_log = logging.getLogger(__name__)

_SAFE = ("GET", "HEAD", "OPTIONS")
_MOST_TEXT = 64 * 1024  # 8000 characters, escaped
_MOST_PHOTO = photos.MAX_BYTES + _MOST_TEXT
_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        guarded = _Sending(scope, send)
        if scope["method"] not in _SAFE and not _is_own(Headers(scope=scope)):
            refusal = answers.problem(Request(scope), words.Stop(403, words.FOREIGN))
            await refusal(scope, receive, guarded)
            return
        try:
            await self._app(scope, _counted(scope, receive), guarded)
        except Exception as error:  # a person reads a sentence; the log keeps what happened
            _log.error("%s failed: %s", scope["path"], type(error).__name__, exc_info=error)
            if guarded.has_begun:
                raise
            await answers.problem(Request(scope), error)(scope, receive, guarded)


def _is_own(headers: Headers) -> bool:
    """Whether our own page sent it. Old browsers leave out some of the signs; none may be wrong."""
    if headers.get(OWN_HEADER) != "1":
        return False
    if headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return False
    origin = headers.get("origin")
    # Only the host is compared: behind a proxy that ends TLS we do not see the scheme.
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def _counted(scope: Scope, receive: Receive) -> Receive:
    most = _MOST_PHOTO if scope["path"].endswith("/api/photos") else _MOST_TEXT
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise words.Stop(413, words.TOO_LARGE)
        return message

    return counted


class _Sending:
    """Sends, with our headers on every answer."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._send = send
        # "no-cache" asks each time whether the file has changed; words of people are not kept.
        is_static = scope["path"].startswith("/static/")
        self._headers = {**_HEADERS, "Cache-Control": "no-cache" if is_static else "no-store"}
        self.has_begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_begun = True
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers.setdefault(name, value)
        await self._send(message)
