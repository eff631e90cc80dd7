"""What people send, handed to the gateway: kept first, answered in a task of its own."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from telegram import CallbackQuery, Message, Update
from telegram.error import TelegramError
from telegram.ext import Application, ContextTypes

from bot.bootstrap import Office, utc_now
from bot.desk.community import Community
from bot.desk.errors import BadInput, UnknownThing
from bot.gateway.gateway import Gateway, Kept
from bot.gateway.incoming import Incoming
from bot.gateway.words import BUTTON_GONE
from bot.language.danger.find import find_emergency
from bot.services import conversations, outbox, turns
from bot.store.database import Session
from bot.telegram import binding, downloads, messages, words
from bot.telegram.binding import Visit
from bot.telegram.messages import CHANNEL
from bot.telegram.sender import Sender

App = Application[Any, Any, Any, Any, Any, Any]
Context = ContextTypes.DEFAULT_TYPE
T = TypeVar("T")

_GROUP_HINT_EVERY = 3600.0  # seconds: a group is told once where we can be talked to
_ANSWERS_AT_ONCE = 32
_GUESSES = 10  # wrong codes a chat may try in a day
_log = logging.getLogger(__name__)


@dataclass
class Handlers:
    """One method for each kind of update. Updates run side by side, those of a chat in order.

    A method returns when the message is in the inbox: only then may Telegram forget it.
    """

    office: Office
    gateway: Gateway
    sender: Sender
    _order: WeakValueDictionary[str, asyncio.Lock] = field(
        default_factory=WeakValueDictionary, init=False
    )
    _at_once: asyncio.Semaphore = field(
        default_factory=lambda: asyncio.Semaphore(_ANSWERS_AT_ONCE), init=False
    )
    _hinted: dict[int, float] = field(default_factory=dict, init=False)
    _guesses: Counter[tuple[str, date]] = field(default_factory=Counter, init=False)

    async def text(self, update: Update, context: Context) -> None:
        text = _message(update).text or ""
        if find_emergency(text):  # does not wait for a photo that is still being fetched
            return await self._receive(update, context, text=text)
        async with self._turn(update):
            return await self._receive(update, context, text=text)

    async def photo(self, update: Update, context: Context) -> None:
        """A photo or a picture sent as a file; of an album, one of several such updates."""
        # The download begins at once, so that the photos of an album are loaded side by side;
        # they are kept in the order they came in.
        message = _message(update)
        download = asyncio.create_task(downloads.photo(message, self.office.settings.photos))
        self.sender.albums.note(str(update.update_id), message.media_group_id)
        async with self._turn(update):
            name, trouble = await download
            if name or message.caption:
                await self._receive(update, context, text=message.caption or "", photo=name)
            if trouble:
                await self._say(update, trouble)

    async def location(self, update: Update, context: Context) -> None:
        point = _message(update).location
        assert point is not None  # the filter lets nothing else through
        async with self._turn(update):
            await self._receive(update, context, location=(point.latitude, point.longitude))

    async def contact(self, update: Update, context: Context) -> None:
        contact = _message(update).contact
        assert contact is not None
        async with self._turn(update):
            await self._receive(update, context, text=contact.phone_number)

    async def start(self, update: Update, context: Context) -> None:
        if context.args:
            return await self.bind(update, context)
        async with self._turn(update):
            await self._write(binding.welcome, update, await self._community())
        return None

    async def bind(self, update: Update, context: Context) -> None:
        code = "".join(context.args or ())
        guesser = (_chat(update), utc_now().date())
        async with self._turn(update):
            if not code:
                await self._say(update, words.BIND_HOW)
            elif self._guesses[guesser] >= _GUESSES:
                await self._say(update, words.BIND_NO_MORE)
            elif not await self._write(binding.bind, update, code, await self._community()):
                self._guesses[guesser] += 1

    async def unknown_command(self, update: Update, _: Context) -> None:
        await self._say(update, words.UNKNOWN_COMMAND)

    async def unreadable(self, update: Update, _: Context) -> None:
        await self._say(update, words.UNREADABLE)

    async def group(self, update: Update, context: Context) -> None:
        """Silence, and to whoever speaks to us a hint now and then. Nothing is kept."""
        message = _message(update)
        text = message.text or message.caption or ""
        last = self._hinted.get(message.chat_id, -_GROUP_HINT_EVERY)
        if not (text.startswith("/") or f"@{context.bot.username}" in text):
            return
        if time.monotonic() - last >= _GROUP_HINT_EVERY:
            self._hinted[message.chat_id] = time.monotonic()
            with suppress(TelegramError):
                await message.reply_text(words.GROUP)

    async def tap(self, update: Update, context: Context) -> None:
        query = update.callback_query
        assert query is not None
        context.application.create_task(_answer(query), update=update)
        if query.message is None or query.message.chat.type != query.message.chat.PRIVATE:
            return
        async with self._turn(update):
            tap = await self.office.database.arun(
                lambda session: _tap(session, update, query.data or "")
            )
            if tap is None:
                await self._say(update, BUTTON_GONE)
            else:
                await self._receive(update, context, tap=tap)

    async def _receive(self, update: Update, context: Context, **what: Any) -> None:
        """Keep the message; then answer it without holding up what comes next."""
        incoming = Incoming(
            channel=CHANNEL, peer=_chat(update), update_id=str(update.update_id), **what
        )
        try:
            kept = await self.gateway.receive(incoming)
        except BadInput as error:
            _log.info("update %s is refused: %s", update.update_id, type(error).__name__)
            return await self._say(update, words.NOT_KEPT)
        context.application.create_task(self._process(update, kept), update=update)
        return None

    async def _process(self, update: Update, kept: Kept) -> None:
        async with self._at_once:
            try:
                await self.gateway.answer(kept)
            finally:
                self.sender.wake()
        if update.callback_query:
            await self._mark_card(update.callback_query, str(update.update_id))

    async def _mark_card(self, query: CallbackQuery, update_id: str) -> None:
        """The buttons of an answered card go; if something was done, a line says what."""
        turn = await self.office.database.aread(
            lambda session: turns.of_update(session, CHANNEL, update_id)
        )
        card = query.message
        if turn is None or not isinstance(card, Message):
            return
        label = _label(card, query.data)
        text = words.tapped(card.text or "", label)
        refused = turn.intent is None and turn.ticket_id is None
        with suppress(TelegramError):  # too old to be edited, or edited by a second tap
            if refused or not card.text or not label or messages.length(text) > messages.TEXT_LIMIT:
                await card.edit_reply_markup(None)
            else:
                await card.edit_text(text, reply_markup=None)

    async def _say(self, update: Update, message: outbox.Message) -> None:
        await self._write(binding.say, update, message)

    async def _write(self, deed: Callable[..., T], update: Update, *rest: Any) -> T:
        """A transaction outside of the dialogue, whose answer goes out by the outbox as well."""
        visit = Visit(peer=_chat(update), update_id=str(update.update_id), now=utc_now())
        done = await self.office.database.arun(lambda session: deed(session, visit, *rest))
        self.sender.wake()
        return done

    async def _community(self) -> Community:
        register = await self.office.registers.acurrent()
        return register.community

    def _turn(self, update: Update) -> asyncio.Lock:
        """Held while an update is stored: one lock for each chat, first come, first served."""
        return self._order.setdefault(_chat(update), asyncio.Lock())


def _message(update: Update) -> Message:
    assert update.message is not None  # no handler asks for edits or channel posts
    return update.message


def _chat(update: Update) -> str:
    assert update.effective_chat is not None  # no handler asks for polls or inline queries
    return str(update.effective_chat.id)


def _tap(session: Session, update: Update, data: str) -> str | None:
    """What was tapped; None when it is over."""
    speaker = conversations.enter(session, CHANNEL, _chat(update), now=utc_now())
    try:
        return messages.tap_behind(session, speaker.conversation_id, str(update.update_id), data)
    except UnknownThing:
        return None


def _label(card: Message, data: str | None) -> str:
    rows = card.reply_markup.inline_keyboard if card.reply_markup else ()
    return next((b.text for row in rows for b in row if b.callback_data == data), "")


async def _answer(query: CallbackQuery) -> None:
    """The button stops turning at once. A query that is too old to be answered is no harm."""
    with suppress(TelegramError):
        await query.answer()
