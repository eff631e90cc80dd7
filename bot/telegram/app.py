"""Puts the channel together and runs it: receiving, delivering, and a sign of life."""

from __future__ import annotations

import asyncio
import logging
import re
import signal
from contextlib import suppress
from pathlib import Path
from typing import cast

from telegram.error import InvalidToken, TelegramError
from telegram.ext import ApplicationBuilder, CallbackQueryHandler, CommandHandler, MessageHandler
from telegram.ext.filters import (
    COMMAND,
    CONTACT,
    LOCATION,
    PHOTO,
    TEXT,
    ChatType,
    Document,
    StatusUpdate,
    UpdateType,
)
from telegram.request import BaseRequest

from bot.bootstrap import Office
from bot.desk.errors import BadSetting
from bot.gateway.gateway import Gateway
from bot.telegram import words
from bot.telegram.handlers import App, Handlers
from bot.telegram.poller import Poller
from bot.telegram.sender import Pace, Sender

_VARIABLE = "LINLI_TELEGRAM_TOKEN"
_BEAT = 1.0  # seconds between two signs of life
_log = logging.getLogger(__name__)


def heartbeat(data_dir: Path) -> Path:
    """A file touched every second; its age says whether this process is well.

    It does not say that Telegram answers: starting the process again would not help with that.
    """
    return data_dir / "run" / "telegram"


def build(
    office: Office,
    gateway: Gateway,
    *,
    request: BaseRequest | None = None,
    pace: Pace | None = None,
) -> App:
    """The application with its handlers; `sender_of` gives its sender. Raises BadSetting.

    request: another transport than HTTP, for tests.
    """
    settings = office.settings
    _keep_token_from_logs()
    builder = (
        ApplicationBuilder()
        .token(_token(settings.telegram_token))
        .base_url(f"{settings.telegram_api}/bot")
        .base_file_url(f"{settings.telegram_api}/file/bot")
        .concurrent_updates(True)
    )
    if request:
        builder = builder.request(request).get_updates_request(request)
    else:
        builder = builder.connection_pool_size(64).pool_timeout(20)
    app = builder.build()
    sender = Sender(office.database, app.bot, settings.photos, pace or Pace())
    app.bot_data["sender"] = sender
    _add_handlers(app, Handlers(office, gateway, sender))
    return app


def sender_of(app: App) -> Sender:
    return cast(Sender, app.bot_data["sender"])


async def run(app: App, stop: asyncio.Event) -> None:
    """Receive and deliver until `stop`, then finish what is under way. Raises BadSetting."""
    if not await _log_in(app, stop):
        return
    poller, sender = Poller(app), sender_of(app)
    await app.start()
    working = [asyncio.create_task(poller.run()), asyncio.create_task(sender.run())]
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([*working, stopping], return_when=asyncio.FIRST_COMPLETED)
    finally:
        working[0].cancel()
        await poller.finish()
        with suppress(asyncio.TimeoutError):  # a message in the engine: its inbox row is pending
            await asyncio.wait_for(app.stop(), 3.0)
        await sender.close()
        ended = await asyncio.gather(*working, return_exceptions=True)
        stopping.cancel()
        await app.shutdown()
    for outcome in ended:
        if isinstance(outcome, InvalidToken):
            raise _wrong_token() from None
        if isinstance(outcome, Exception):
            raise outcome


def serve(office: Office) -> None:
    """Long polling until SIGTERM or SIGINT. Raises BadSetting for a missing or a wrong token."""
    asyncio.run(_serve(office))


async def _serve(office: Office) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    gateway = office.gateway()
    app = build(office, gateway)
    beating = asyncio.create_task(_beat(heartbeat(office.settings.data_dir)))
    try:
        await run(app, stop)
    finally:
        beating.cancel()
        await gateway.aclose()


async def _beat(pulse: Path) -> None:
    await asyncio.to_thread(pulse.parent.mkdir, parents=True, exist_ok=True)
    while True:
        await asyncio.to_thread(pulse.touch)
        await asyncio.sleep(_BEAT)


async def _log_in(app: App, stop: asyncio.Event) -> bool:
    """Keep trying until Telegram answers; False when told to stop before."""
    pause = 1.0
    while not stop.is_set():
        try:
            await app.initialize()
            await app.bot.delete_webhook(drop_pending_updates=False)  # or polling is refused
            await app.bot.set_my_commands(words.COMMANDS)
            return True
        except InvalidToken:
            await app.shutdown()
            raise _wrong_token() from None
        except TelegramError as error:
            _log.warning("Telegram does not answer (%s); trying again", type(error).__name__)
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)
        pause = min(2 * pause, 30.0)
    await app.bot.shutdown()
    return False


def _add_handlers(app: App, handlers: Handlers) -> None:
    private = ChatType.PRIVATE & UpdateType.MESSAGE & ~StatusUpdate.ALL
    photo = PHOTO | Document.IMAGE
    app.add_handlers(
        [
            CallbackQueryHandler(handlers.tap),
            CommandHandler("start", handlers.start, private),
            CommandHandler("bind", handlers.bind, private),
            MessageHandler(private & COMMAND, handlers.unknown_command),
            MessageHandler(private & TEXT, handlers.text),
            MessageHandler(private & photo, handlers.photo),
            MessageHandler(private & LOCATION, handlers.location),
            MessageHandler(private & CONTACT, handlers.contact),
            MessageHandler(private, handlers.unreadable),
            MessageHandler(ChatType.GROUPS & UpdateType.MESSAGE, handlers.group),
        ]
    )


def _keep_token_from_logs() -> None:
    """The address of every request has the token in it, and these libraries like to log it."""
    logging.getLogger("telegram").setLevel(logging.INFO)
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _token(token: str | None) -> str:
    if not token:
        raise BadSetting(variable=_VARIABLE, value="", expected="the token @BotFather gave you")
    if not re.fullmatch(r"[\w:-]+", token):
        raise _wrong_token()
    return token


def _wrong_token() -> BadSetting:
    # The value is a secret: it is never shown, not even when it is wrong.
    return BadSetting(
        variable=_VARIABLE, value="***", expected="a token that Telegram accepts; this one is not"
    )
