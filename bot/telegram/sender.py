"""Delivers what this channel's outbox holds: in order, at a pace Telegram accepts, never lost.

A row is marked after Telegram has taken it. When the process dies in between, or when Telegram
took a message but its answer never came, the person reads that message twice: that is the price
of never losing one.

PTB's own AIORateLimiter is no help here: it does not pace private chats, keeps no order within a
chat, and lets everybody wait when one chat must.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from pathlib import Path

from telegram import Bot
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.bootstrap import utc_now
from bot.services import outbox
from bot.services.outbox import Delivery
from bot.store.database import Database
from bot.telegram import messages
from bot.telegram.albums import Albums

_log = logging.getLogger(__name__)

_TOGETHER = 0.02  # seconds: what is written at about the same time is looked at once
_LOOK = 1000  # rows a look takes in; chats that have to wait must not hide the others
# Rows put off are looked at as well: it is the chat that waits, and no row overtakes an older one.
_AHEAD = timedelta(hours=1)


@dataclass(kw_only=True)
class Pace:
    """How fast Telegram may be asked, in seconds. It allows 30 messages a second, 1 to a chat."""

    between_messages: float = 1 / 25
    between_messages_of_a_chat: float = 1.0
    between_looks: float = 1.0
    first_pause: float = 2.0  # after a failure; doubled each time
    longest_pause: float = 60.0
    _next: float = field(default=0.0, init=False)

    async def turn(self) -> None:
        """Wait until it is one's turn."""
        now = time.monotonic()
        mine = max(now, self._next)
        self._next = mine + self.between_messages
        await asyncio.sleep(mine - now)

    def hold(self, until: float) -> None:
        self._next = max(self._next, until)


@dataclass
class Sender:
    """The one postman of this channel. A chat that has mail gets a round of its own."""

    database: Database
    bot: Bot
    photos: Path
    pace: Pace = field(default_factory=Pace)
    albums: Albums = field(default_factory=Albums)
    _rounds: dict[str, asyncio.Task[None]] = field(default_factory=dict, init=False)
    _waits: dict[str, float] = field(default_factory=dict, init=False)  # chat: until when
    _told_to_wait: dict[str, float] = field(default_factory=dict, init=False)  # by a 429
    _failures: dict[str, int] = field(default_factory=dict, init=False)  # chat: in a row
    _parts_sent: dict[int, int] = field(default_factory=dict, init=False)  # row: parts
    _awake: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _closing: bool = field(default=False, init=False)

    def wake(self) -> None:
        """There is something new in the outbox."""
        self._awake.set()

    async def run(self) -> None:
        """Deliver until closed; a look at least every second, for what other processes wrote."""
        while not self._closing:
            self._awake.clear()
            try:
                await self.look()
            except Exception as error:  # a bad moment of the database must not end the post
                _log.error("the outbox cannot be read: %s", type(error).__name__, exc_info=error)
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._awake.wait(), self.pace.between_looks)
            await asyncio.sleep(_TOGETHER)

    async def close(self, *, timeout: float = 2.0) -> None:
        """Finish the messages that are on their way; the rest is sent after the next start."""
        self._closing = True
        self.wake()
        rounds = list(self._rounds.values())
        if rounds:
            await asyncio.wait(rounds, timeout=timeout)
        for task in rounds:
            task.cancel()

    async def look(self) -> None:
        """Send somebody to every chat that has mail, unless somebody is there or it must wait."""
        # Who is away now may come back while we read, and what we read is then old news.
        away = set(self._rounds)
        due = await self.database.aread(
            lambda session: outbox.due(
                session, messages.CHANNEL, now=utc_now() + _AHEAD, limit=_LOOK
            )
        )
        now = time.monotonic()
        self._waits = {chat: until for chat, until in self._waits.items() if until > now}
        for chat, deliveries in groupby(sorted(due, key=lambda d: d.peer), lambda d: d.peer):
            if chat not in away and chat not in self._waits and not self._closing:
                self._rounds[chat] = asyncio.create_task(self._round(chat, list(deliveries)))

    async def _round(self, chat: str, deliveries: list[Delivery]) -> None:
        try:
            for delivery in deliveries:
                if self._closing or not await self._deliver(chat, delivery):
                    return
                await asyncio.sleep(self.pace.between_messages_of_a_chat)
        except Exception as error:
            _log.error("a delivery failed: %s", type(error).__name__, exc_info=error)
            self._put_off(chat)
        finally:
            del self._rounds[chat]
            self.wake()

    async def _deliver(self, chat: str, delivery: Delivery) -> bool:
        """False when the chat has to wait."""
        try:
            await self._send(chat, delivery)
        except RetryAfter as error:
            self._obey(chat, _seconds(error.retry_after))
            return False
        except (Forbidden, BadRequest) as error:
            # Blocked, gone, or a message Telegram will not take the next time either.
            _log.warning("message %s cannot be delivered: %s", delivery.id, error)
            await self._mark_failed(delivery, never=True)
        except TelegramError as error:
            _log.warning("message %s waits: %s", delivery.id, type(error).__name__)
            await self._mark_failed(delivery, never=False)
            self._put_off(chat)
            return False
        else:
            await self.database.arun(
                lambda session: outbox.mark_sent(session, [delivery.id], now=utc_now())
            )
        self._parts_sent.pop(delivery.id, None)
        self._failures.pop(chat, None)
        return True

    async def _send(self, chat: str, delivery: Delivery) -> None:
        """All parts; those that went out before a failure are not sent again."""
        if await self._was_said_to_the_album(delivery):
            return
        message = delivery.message
        texts = messages.parts(message.text)
        names = [name for name in message.photos if (self.photos / name).is_file()]
        done = self._parts_sent.get(delivery.id, 0)
        for number in range(done, len(names) + len(texts)):
            await self.pace.turn()
            if number < len(names):
                await self.bot.send_photo(chat, self.photos / names[number])
            else:
                is_last = number == len(names) + len(texts) - 1
                markup = messages.keyboard(delivery.id, message.buttons) if is_last else None
                text = texts[number - len(names)]
                await self.bot.send_message(chat, text, reply_markup=markup)
            self._parts_sent[delivery.id] = number + 1

    async def _was_said_to_the_album(self, delivery: Delivery) -> bool:
        if delivery.inbox_id is None or self.albums.is_empty:
            return False
        return await self.database.aread(lambda session: self.albums.heard(session, delivery))

    async def _mark_failed(self, delivery: Delivery, *, never: bool) -> None:
        await self.database.arun(
            lambda session: outbox.mark_failed(session, delivery.id, now=utc_now(), never=never)
        )

    def _obey(self, chat: str, seconds: float) -> None:
        """Telegram says how long to wait, but not whether the chat or the whole bot.

        When it has told another chat to wait as well, it is the bot that is too fast.
        """
        now = time.monotonic()
        until = now + seconds
        self._waits[chat] = until
        self._told_to_wait = {c: t for c, t in self._told_to_wait.items() if t > now} | {
            chat: until
        }
        if len(self._told_to_wait) > 1:
            self.pace.hold(until)
        _log.warning("Telegram asks for a pause of %.0f s", seconds)

    def _put_off(self, chat: str) -> None:
        failures = self._failures.get(chat, 0)
        self._failures[chat] = failures + 1
        pause = min(self.pace.first_pause * 2 ** min(failures, 10), self.pace.longest_pause)
        self._waits[chat] = time.monotonic() + pause


def _seconds(span: int | timedelta) -> float:
    return span.total_seconds() if isinstance(span, timedelta) else float(span)
