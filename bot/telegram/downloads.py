"""Fetches a photo from Telegram and keeps it."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from telegram import Document, Message, PhotoSize
from telegram.error import BadRequest, TelegramError

from bot.services import outbox, photos
from bot.services.photos import BadPhoto
from bot.telegram import words

_LIMIT = 20 * 1024 * 1024  # bots may fetch no more
_TRIES = 3
_PAUSE = 0.5  # seconds before the second try
_log = logging.getLogger(__name__)


async def photo(message: Message, folder: Path) -> tuple[str | None, outbox.Message | None]:
    """The stored photo's name, or what to tell the person whose photo it is not."""
    best = _best(message)
    if best is None:
        return None, words.PHOTO_LARGE
    try:
        data = await _fetch(best)
        return await asyncio.to_thread(photos.keep, data, folder), None
    except BadPhoto as error:
        return None, outbox.Message(text=error.advice)
    except BadRequest as error:
        return None, words.PHOTO_LARGE if "too big" in str(error) else words.PHOTO_LOST
    except TelegramError as error:
        _log.warning("a photo could not be fetched: %s", type(error).__name__)
        return None, words.PHOTO_LOST


def _best(message: Message) -> PhotoSize | Document | None:
    """The largest size that may be fetched."""
    offered = [message.document] if message.document else list(message.photo)
    fitting = [size for size in offered if (size.file_size or 0) <= _LIMIT]
    return max(fitting, key=lambda size: size.file_size or _pixels(size), default=None)


def _pixels(size: PhotoSize | Document) -> int:
    return size.width * size.height if isinstance(size, PhotoSize) else 0


async def _fetch(best: PhotoSize | Document) -> bytes:
    for attempt in range(_TRIES):
        try:
            file = await best.get_file()
            return bytes(await file.download_as_bytearray(read_timeout=20))
        except BadRequest:
            raise
        except TelegramError:
            if attempt == _TRIES - 1:
                raise
            await asyncio.sleep(_PAUSE * 2**attempt)
    raise AssertionError("unreachable")
