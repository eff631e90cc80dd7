"""A Bot API in this process: what Telegram's servers do, as far as this bot can see it.

`FakeBotApi` is the server with its people; `Transport` is how python-telegram-bot reaches it.
First come the people (says, sends_photo, taps …), then what tests look at, then the methods of
the Bot API under their own names, called with the parameters PTB sends.
"""

# ruff: noqa: N802 the Bot API's own names

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import unquote

from telegram.error import TimedOut
from telegram.request import BaseRequest, RequestData

TOKEN = "42:FAKE"
BOT = {"id": 42, "is_bot": True, "first_name": "邻里通", "username": "linli_bot"}

Json = dict[str, Any]

_IDS = count(1001)  # of everything; several servers may serve one database after another


class ApiError(Exception):
    """An answer that is not ok."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.body: Json = {"ok": False, "error_code": code, "description": description}
        if parameters:
            self.body["parameters"] = parameters


def too_many(retry_after: int) -> ApiError:
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


@dataclass
class Sent:
    """A message of the bot, as the chat shows it now. at: when, monotonic seconds."""

    chat: int
    id: int
    text: str
    markup: Json | None
    at: float
    photo: bytes | None = None

    @property
    def buttons(self) -> dict[str, str]:
        """Label: callback data."""
        rows = (self.markup or {}).get("inline_keyboard", [])
        return {button["text"]: button["callback_data"] for row in rows for button in row}


@dataclass
class FakeBotApi:
    """The server. `faults[method]` are used up one by one, before the method does anything.

    An ApiError is answered; "timeout" never reaches the server; "late" is done, but its answer
    comes too late; "dropped" is a broken connection.
    """

    sent: list[Sent] = field(default_factory=list)
    calls: list[tuple[str, Json]] = field(default_factory=list)
    faults: dict[str, list[ApiError | str]] = field(default_factory=lambda: defaultdict(list))
    files: dict[str, bytes] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    answered: list[str] = field(default_factory=list)
    commands: list[Json] = field(default_factory=list)
    webhook: str = ""
    updates: list[Json] = field(default_factory=list)
    _ids: Any = _IDS
    _open_queries: set[str] = field(default_factory=set)
    _poller: object = None
    _known: dict[int, Json] = field(default_factory=dict)
    _again: list[Json] = field(default_factory=list)

    def says(self, chat: int, text: str, **more: Any) -> int:
        """Somebody writes; returns the update's id. chat < 0: in a group."""
        if text.startswith("/"):
            size = len(text.split()[0])
            more["entities"] = [{"type": "bot_command", "offset": 0, "length": size}]
        return self.message(chat, text=text, **more)

    def sends_photo(self, chat: int, data: bytes, caption: str = "", **more: Any) -> int:
        """A photo in two sizes, of which only the larger has the data."""
        small, large = self._file(b"small"), self._file(data)
        sizes = [
            {**small, "width": 90, "height": 60, "file_size": 5},
            {**large, "width": 1280, "height": 960, "file_size": len(data), **more.pop("size", {})},
        ]
        return self.message(chat, photo=sizes, **({"caption": caption} if caption else {}), **more)

    def sends_file(self, chat: int, data: bytes, mime: str) -> int:
        file = {**self._file(data), "mime_type": mime, "file_size": len(data)}
        return self.message(chat, document=file)

    def sends_album(self, chat: int, photos: list[bytes], caption: str = "") -> None:
        """One update for each photo; the first carries the caption."""
        group = f"album{next(self._ids)}"
        for number, data in enumerate(photos):
            self.sends_photo(chat, data, "" if number else caption, media_group_id=group)

    def shares_location(self, chat: int, latitude: float, longitude: float) -> int:
        return self.message(chat, location={"latitude": latitude, "longitude": longitude})

    def taps(self, chat: int, label: str) -> int:
        """The newest button with this label that the chat still shows."""
        for sent in reversed(self.of(chat)):
            if label in sent.buttons:
                return self.taps_on(sent, sent.buttons[label])
        raise AssertionError(f"chat {chat} shows no button {label}: {self.texts(chat)}")

    def taps_on(self, sent: Sent, data: str) -> int:
        """A tap on this message, whatever it shows by now; clients can send any data."""
        query = str(next(self._ids))
        self._open_queries.add(query)
        message = self._as_message(sent)
        tapped = {"from": _person(sent.chat), "chat_instance": "1", "message": message}
        return self._update(callback_query={"id": query, "data": data, **tapped})

    def message(self, chat: int, **content: Any) -> int:
        """Any other kind of message: voice=…, sticker=…, contact=…"""
        about = {"message_id": next(self._ids), "date": int(time.time())}
        sender = _person(chat if chat > 0 else 7)
        return self._update(message={**about, "chat": _chat(chat), "from": sender, **content})

    def repeat(self, update_id: int) -> None:
        """Deliver an update once more, though it was confirmed: servers do, now and then."""
        self._again.append(self._known[update_id])

    def of(self, chat: int) -> list[Sent]:
        return [sent for sent in self.sent if sent.chat == chat]

    def texts(self, chat: int) -> list[str]:
        return [sent.text for sent in self.of(chat)]

    def called(self, method: str) -> list[Json]:
        return [parameters for name, parameters in self.calls if name == method]

    def getMe(self) -> Json:
        return {**BOT, "can_join_groups": True, "can_read_all_group_messages": False}

    def deleteWebhook(self, drop_pending_updates: bool = False) -> bool:
        self.webhook = ""
        if drop_pending_updates:
            self.updates.clear()
        return True

    def setMyCommands(self, commands: list[Json]) -> bool:
        self.commands = commands
        return True

    async def getUpdates(
        self,
        offset: int = 0,
        limit: int = 100,
        timeout: float = 0,
        allowed_updates: list[str] | None = None,
    ) -> list[Json]:
        """Everything below `offset` is forgotten. A second poller ends the first with 409."""
        if self.webhook:
            raise ApiError(409, "Conflict: can't use getUpdates method while webhook is active")
        me = self._poller = object()
        self.updates = [u for u in self.updates if u["update_id"] >= offset]
        wanted = set(allowed_updates or ("message", "callback_query"))
        deadline = time.monotonic() + timeout
        while not (found := self._again + [u for u in self.updates if wanted & set(u)]):
            if time.monotonic() >= deadline:
                return []
            await asyncio.sleep(0.005)
            if self._poller is not me:
                raise ApiError(409, "Conflict: terminated by other getUpdates request")
        self._again = []
        return found[:limit]

    def sendMessage(
        self,
        chat_id: str,
        text: str,
        reply_markup: Json | None = None,
        reply_parameters: Json | None = None,
    ) -> Json:
        return self._as_message(self._send(int(chat_id), text, reply_markup))

    def sendPhoto(self, chat_id: str, photo: bytes) -> Json:
        return self._as_message(self._send(int(chat_id), "[照片]", None, photo))

    def editMessageText(
        self, chat_id: int, message_id: int, text: str, reply_markup: Json | None = None
    ) -> Json:
        _check_text(text)
        return self._edit(chat_id, message_id, text, reply_markup)

    def editMessageReplyMarkup(
        self, chat_id: int, message_id: int, reply_markup: Json | None = None
    ) -> Json:
        return self._edit(chat_id, message_id, None, reply_markup)

    def answerCallbackQuery(self, callback_query_id: str, text: str = "") -> bool:
        if callback_query_id not in self._open_queries:
            raise ApiError(400, "Bad Request: query is too old or query ID is invalid")
        self._open_queries.discard(callback_query_id)
        self.answered.append(callback_query_id)
        return True

    def getFile(self, file_id: str) -> Json:
        if len(self.files[file_id]) > 20 * 1024 * 1024:
            raise ApiError(400, "Bad Request: file is too big")
        return {"file_id": file_id, "file_unique_id": file_id, "file_path": f"photos/{file_id}"}

    def download(self, path: str) -> bytes:
        return self.files[path.rsplit("/", 1)[-1]]

    def _update(self, **content: Any) -> int:
        update = {"update_id": next(self._ids), **content}
        self._known[update["update_id"]] = update
        self.updates.append(update)
        return int(update["update_id"])

    def _file(self, data: bytes) -> Json:
        name = f"file{next(self._ids)}"
        self.files[name] = data
        return {"file_id": name, "file_unique_id": name}

    def _send(self, chat: int, text: str, markup: Json | None, photo: bytes | None = None) -> Sent:
        _check_text(text)
        _check_markup(markup)
        if chat in self.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        sent = Sent(chat, next(self._ids), text, markup, time.monotonic(), photo)
        self.sent.append(sent)
        return sent

    def _edit(self, chat: int, message_id: int, text: str | None, markup: Json | None) -> Json:
        found = [s for s in self.sent if (s.chat, s.id) == (int(chat), message_id)]
        if not found:
            raise ApiError(400, "Bad Request: message to edit not found")
        sent = found[0]
        text = sent.text if text is None else text
        if (text, markup or None) == (sent.text, sent.markup or None):
            raise ApiError(400, "Bad Request: message is not modified: specified new message …")
        sent.text, sent.markup = text, markup
        return self._as_message(sent)

    def _as_message(self, sent: Sent) -> Json:
        body = {"message_id": sent.id, "date": 1, "chat": _chat(sent.chat), "from": BOT}
        markup = {"reply_markup": sent.markup} if sent.markup else {}
        return {**body, "text": sent.text, **markup}


class Transport(BaseRequest):
    """How PTB reaches the server: no socket, the same bytes."""

    def __init__(self, api: FakeBotApi) -> None:
        self.api = api

    @property
    def read_timeout(self) -> float | None:
        return 5.0

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        url = unquote(url)
        base, _, name = url.rpartition("/")
        parameters = _parameters(request_data)
        try:
            if f"/bot{TOKEN}" not in url:
                raise ApiError(401, "Unauthorized")
            if "/file/" in base:
                self._fail("download")
                return 200, self.api.download(url)
            self.api.calls.append((name, parameters))
            late = self._fail(name)
            result = getattr(self.api, name)(**parameters)
            result = await result if asyncio.iscoroutine(result) else result
        except ApiError as error:
            return error.body["error_code"], json.dumps(error.body).encode()
        if late:
            raise TimedOut
        return 200, json.dumps({"ok": True, "result": result}).encode()

    def _fail(self, name: str) -> bool:
        """Use up a fault; True when the answer shall come too late."""
        fault = self.api.faults[name].pop(0) if self.api.faults[name] else None
        if isinstance(fault, ApiError):
            raise fault
        if fault == "timeout":
            raise TimedOut
        if fault == "dropped":
            raise ConnectionError("connection reset")
        return fault == "late"


def _parameters(data: RequestData | None) -> Json:
    """The parameters as the server reads them; files as their bytes."""
    if data is None:
        return {}
    files = {name: content[1] for name, content in (data.multipart_data or {}).items()}
    return {**data.parameters, **files}


def _check_text(text: str) -> None:
    if not text.strip():
        raise ApiError(400, "Bad Request: message text is empty")
    if len(text.encode("utf-16-le")) // 2 > 4096:
        raise ApiError(400, "Bad Request: message is too long")


def _check_markup(markup: Json | None) -> None:
    for row in (markup or {}).get("inline_keyboard", []):
        for button in row:
            if not 1 <= len(button["callback_data"].encode()) <= 64:
                raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")


def _chat(chat: int) -> Json:
    if chat < 0:
        return {"id": chat, "type": "supergroup", "title": "幸福里业主群"}
    return {"id": chat, "type": "private", "first_name": f"居民{chat}"}


def _person(chat: int) -> Json:
    return {"id": chat, "is_bot": False, "first_name": f"居民{chat}"}
