"""The web chat: one page and its API, equal to every other channel."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from bot.bootstrap import Office, utc_now
from bot.desk.errors import LinliError, UnknownThing
from bot.gateway.gateway import Clock, Gateway, Kept
from bot.gateway.incoming import Incoming
from bot.services import buttons, codes, conversations, devices, history, photos
from bot.services.devices import Device
from bot.services.history import Cursor, Said
from bot.store.database import Session
from bot.web import answers, limits, parsing, words
from bot.web.bell import Bell
from bot.web.guard import Guard
from bot.web.limits import Limits
from bot.web.parsing import Sent

LONGEST_WAIT = 25.0  # seconds a request waits for news

_HERE = Path(__file__).parent
_log = logging.getLogger(__name__)


def build(office: Office, gateway: Gateway, clock: Clock = utc_now) -> Starlette:
    """The application of the chat, to be mounted at "/" after everything else."""
    chat = Chat(office, gateway, clock)
    return Starlette(
        routes=[
            Route("/", chat.page),
            Route("/healthz", chat.health),
            Route("/api/hello", chat.who),
            Route("/api/hello", chat.hello, methods=["POST"]),
            Route("/api/messages", chat.read),
            Route("/api/messages", chat.send, methods=["POST"]),
            Route("/api/photos", chat.send_photo, methods=["POST"]),
            Route("/api/photos/{said}/{index:int}", chat.photo),
            Route("/api/code", chat.use_code, methods=["POST"]),
            Route("/api/forget", chat.forget, methods=["POST"]),
            Mount("/static", StaticFiles(directory=_HERE / "static")),
        ],
        middleware=[Middleware(Guard)],
        exception_handlers={HTTPException: answers.problem, LinliError: answers.problem},
        lifespan=chat.life,
    )


class Chat:
    """The handlers. What they share: the office, the gateway, the limits and the bell."""

    def __init__(self, office: Office, gateway: Gateway, clock: Clock) -> None:
        self._database = office.database
        self._registers = office.registers
        self._photos = office.settings.photos
        self._gateway = gateway
        self._clock = clock
        self._limits = Limits(clock)
        self._bell = Bell(office.database)
        self._answering: set[asyncio.Task[None]] = set()
        self._templates = Jinja2Templates(_HERE / "templates")

    @asynccontextmanager
    async def life(self, _app: Starlette) -> AsyncIterator[None]:
        yield
        await self._gateway.aclose()

    async def page(self, request: Request) -> Response:
        try:
            community = (await self._registers.acurrent()).community
            shown = {"name": community.name, "phone": community.settings.get("desk_phone", "")}
        except UnknownThing:  # no community was imported yet
            shown = {"name": "", "phone": ""}
        return self._templates.TemplateResponse(request, "chat.html", shown)

    async def health(self, _request: Request) -> Response:
        well = await self._database.in_thread(self._database.is_alive)
        return JSONResponse({"ok": well}, status_code=200 if well else 503)

    async def who(self, request: Request) -> Response:
        """Whether this device is known, and by which name; its key lives on from today."""
        key = request.cookies.get(answers.COOKIE, "")
        device = await self._database.aread(lambda session: devices.known(session, key))
        answer = JSONResponse({"known": bool(device), "name": device.name if device else ""})
        if device:
            answers.give_key(request, answer, key)
        return answer

    async def hello(self, request: Request) -> Response:
        """A new device gets its key; a known one keeps its own."""
        key, now = request.cookies.get(answers.COOKIE, ""), self._clock()
        if not await self._database.aread(lambda session: devices.known(session, key)):
            self._limits.take("hello at an address", _address(request))
            key = devices.new_key()
            await self._database.arun(lambda session: devices.begin(session, key, now=now))
        answer = JSONResponse({"known": True}, status_code=201)
        answers.give_key(request, answer, key)
        return answer

    async def forget(self, _request: Request) -> Response:
        answer = JSONResponse({"known": False})
        answers.take_key(answer)
        return answer

    async def send(self, request: Request) -> Response:
        device = await self._device(request, "message")
        self._limits.take("message at an address", _address(request))
        sent = await parsing.message(request)
        return await self._receive(device, sent, tap=await self._tap(device, sent))

    async def send_photo(self, request: Request) -> Response:
        device = await self._device(request, "photo")
        self._limits.take("message at an address", _address(request))
        sent = await parsing.photo(request)
        update_id = _update_id(device, sent)
        kept = await self._database.aread(
            lambda session: history.was_kept(session, devices.CHANNEL, update_id)
        )
        if kept:
            return answers.received(sent)
        name = await asyncio.to_thread(photos.keep, sent.photo, self._photos)
        return await self._receive(device, sent, photo=name)

    async def read(self, request: Request) -> Response:
        """What is new after the cursor; waits for it when asked to."""
        device = await self._device(request, "read")
        after = Cursor.read(request.query_params.get("after", ""))
        wait = parsing.seconds(request.query_params.get("wait"), most=LONGEST_WAIT)
        messages = await self._news(device.conversation_id, after, wait)
        alive = await self._database.aread(
            lambda session: buttons.alive(session, device.conversation_id)
        )
        return JSONResponse(
            {
                "messages": [answers.message(said) for said in messages],
                "cursor": str(after.past(messages)),
                "alive": [f"o{id}" for id in alive],
            },
            background=BackgroundTask(self._handed_over, messages),
        )

    async def photo(self, request: Request) -> Response:
        device = await self._device(request, "read")
        said, index = request.path_params["said"], request.path_params["index"]
        name = await self._database.aread(
            lambda session: history.photo(session, device.conversation_id, said, index)
        )
        path = self._photos / Path(name or "-").name
        if not path.is_file():
            raise HTTPException(404)
        return FileResponse(path, headers={"Cache-Control": "private, max-age=86400"})

    async def use_code(self, request: Request) -> Response:
        """A code from the community says who this is."""
        device = await self._device(request, "code")
        self._limits.take("code at an address", _address(request))
        code, now, key = await parsing.code(request), self._clock(), request.cookies[answers.COOKIE]

        def work(session: Session) -> Device | None:
            known_as = codes.redeem(session, code, now=now)
            conversations.bind(session, device.conversation_id, known_as, now=now)
            return devices.known(session, key)

        known = await self._database.arun(work)
        return JSONResponse({"known": True, "name": known.name if known else ""})

    async def _device(self, request: Request, what: str) -> Device:
        """Who asks; raises Stop for an unknown device, or when it asks too often."""
        key = request.cookies.get(answers.COOKIE, "")
        device = await self._database.aread(lambda session: devices.known(session, key))
        if device is None:
            raise words.Stop(401, words.NO_KEY)
        self._limits.take(what, device.peer)
        return device

    async def _tap(self, device: Device, sent: Sent) -> str | None:
        if sent.button is None:
            return None
        message, index = sent.button
        return await self._database.aread(
            lambda session: buttons.tap_of(session, device.conversation_id, message, index)
        )

    async def _receive(
        self, device: Device, sent: Sent, *, tap: str | None = None, photo: str | None = None
    ) -> Response:
        """Keep the message and answer at once; the reply comes as news."""
        incoming = Incoming(
            channel=devices.CHANNEL,
            peer=device.peer,
            update_id=_update_id(device, sent),
            text="" if tap else sent.text,
            tap=tap,
            location=sent.location,
            datum=sent.datum,
            photo=photo,
        )
        kept = await self._gateway.receive(incoming)
        self._bell.ring(kept.conversation_id)
        task = asyncio.create_task(self._answer(kept))
        self._answering.add(task)  # asyncio itself holds tasks only weakly
        task.add_done_callback(self._answering.discard)
        return answers.received(sent)

    async def _answer(self, kept: Kept) -> None:
        try:
            await self._gateway.answer(kept)
        except Exception as error:  # the message is kept; the worker will come for it
            _log.error("no answer yet: %s", type(error).__name__, exc_info=error)
        self._bell.ring(kept.conversation_id)

    async def _news(self, conversation_id: int, after: Cursor, wait: float) -> list[Said]:
        until = asyncio.get_running_loop().time() + wait
        with self._bell.listen(conversation_id) as news:
            while True:
                messages = await self._database.aread(
                    lambda session: history.history(session, conversation_id, after=after)
                )
                left = until - asyncio.get_running_loop().time()
                if messages or left <= 0:
                    return messages
                await news.wait(left)

    async def _handed_over(self, messages: list[Said]) -> None:
        if any(said.fresh for said in messages):
            now = self._clock()
            await self._database.arun(lambda session: history.hand_over(session, messages, now=now))


def _address(request: Request) -> str:
    return limits.address(request.client.host if request.client else None)


def _update_id(device: Device, sent: Sent) -> str:
    return f"{device.peer[:16]}:{sent.id}"
