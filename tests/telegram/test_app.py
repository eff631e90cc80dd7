"""Starting, stopping, and what the operator is told when something is wrong."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import pytest

from bot.desk.errors import BadSetting
from bot.services.outbox import Message
from bot.telegram import app as telegram_app
from tests.telegram.conftest import Channel
from tests.telegram.fake_bot_api import ApiError, Transport

WANG = 100


def with_token(channel: Channel, token: str | None) -> Channel:
    settings = replace(channel.office.settings, telegram_token=token)
    return replace(channel, office=replace(channel.office, settings=settings))


async def test_without_a_token_the_operator_reads_which_variable_is_missing(
    channel: Channel,
) -> None:
    with pytest.raises(BadSetting, match="LINLI_TELEGRAM_TOKEN"):
        telegram_app.build(with_token(channel, None).office, channel.gateway)


@pytest.mark.parametrize("token", ["42:WRONG", "no token\n"])
async def test_a_wrong_token_is_named_by_its_variable_and_never_shown(
    channel: Channel, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(BadSetting, match="LINLI_TELEGRAM_TOKEN") as wrong:
        async with with_token(channel, token).running():
            await asyncio.sleep(5)
    assert token not in str(wrong.value)
    assert token not in caplog.text


async def test_a_token_taken_back_ends_the_process(channel: Channel) -> None:
    with pytest.raises(BadSetting, match="LINLI_TELEGRAM_TOKEN"):
        async with channel.running():
            channel.api.faults["getUpdates"] = [ApiError(401, "Unauthorized")]
            channel.api.says(WANG, "你好")
            await channel.until(lambda: not channel.api.faults["getUpdates"])


async def test_telegram_out_of_reach_is_waited_for(channel: Channel) -> None:
    channel.api.faults["getMe"] = ["dropped"]
    channel.api.says(WANG, "你好")
    async with channel.running():
        await channel.reads(WANG, "听到：你好")


@pytest.mark.parametrize("fault", ["dropped", "timeout", ApiError(500, "Internal Server Error")])
async def test_a_failed_question_for_updates_is_asked_again(
    channel: Channel, fault: ApiError | str
) -> None:
    channel.api.faults["getUpdates"] = [fault]
    async with channel.running():
        channel.api.says(WANG, "你好")
        await channel.reads(WANG, "听到：你好")


async def test_of_two_pollers_one_is_told_and_every_message_is_answered_once(
    channel: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    async with channel.running(), channel.running():
        await channel.until(lambda: "only one may" in caplog.text)
        channel.api.says(WANG, "你好")
        await channel.reads(WANG, "听到：你好")
    assert len(channel.engine.heard) == 1


async def test_what_is_under_way_when_told_to_stop_is_finished_and_not_doubled(
    channel: Channel,
) -> None:
    channel.pace.between_messages_of_a_chat = 0.2
    async with channel.running():
        await channel.tell(WANG, *(Message(text=f"第{number}条") for number in range(3)))
        await channel.reads(WANG, "第0条")
    assert channel.api.texts(WANG) == ["第0条"]
    async with channel.running():
        await channel.reads(WANG, "第2条")
    assert channel.api.texts(WANG) == ["第0条", "第1条", "第2条"]


async def test_a_message_kept_before_a_crash_is_not_asked_for_twice(channel: Channel) -> None:
    """Stored, then killed before Telegram knew: it brings the update again."""
    async with channel.running():
        update = channel.api.says(WANG, "你好")
        await channel.reads(WANG, "听到：你好")
    channel.api.repeat(update)
    async with channel.running():
        channel.api.says(WANG, "再见")
        await channel.reads(WANG, "听到：再见")
    assert channel.api.texts(WANG) == ["听到：你好", "听到：再见"]


async def test_the_sign_of_life(channel: Channel) -> None:
    pulse = telegram_app.heartbeat(channel.office.settings.data_dir)
    beating = asyncio.create_task(telegram_app._beat(pulse))
    await channel.until(pulse.exists)
    beating.cancel()


async def test_handlers_work_for_ptbs_own_polling_too(channel: Channel) -> None:
    app = telegram_app.build(channel.office, channel.gateway, request=Transport(channel.api))
    assert app.updater
    async with app:
        await app.start()
        await app.updater.start_polling(timeout=1)
        channel.api.says(WANG, "你好")
        await channel.until(lambda: channel.sent())
        await app.updater.stop()
        await app.stop()
    assert [text for text, _ in channel.sent()] == ["听到：你好"]
